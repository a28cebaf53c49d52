//! LinkedIn's names for things: `urn:li:organization:N` for a page, `urn:li:share:N` or `urn:li:ugcPost:N` for a post,
//! `urn:li:comment:(urn:li:activity:N,M)` for a comment in the thread of a post. They come from the platform or from a
//! database and go into addresses, so nothing but these forms is let through.

/// What a remote id stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Post(String),
    Comment {
        /// What is commented on: a post by one of its names.
        thread: String,
        id: String,
    },
}

fn number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn named(text: &str, kinds: &[&str]) -> bool {
    let rest = text.strip_prefix("urn:li:").and_then(|t| t.split_once(':'));
    rest.is_some_and(|(kind, id)| kinds.contains(&kind) && number(id))
}

/// The number of a page.
pub(super) fn organization(text: &str) -> Option<&str> {
    text.strip_prefix("urn:li:organization:").filter(|id| number(id))
}

/// The part of a member's name that stands in addresses.
pub(super) fn person(text: &str) -> Option<&str> {
    let fits = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    text.strip_prefix("urn:li:person:").filter(fits)
}

pub(super) fn is_post(text: &str) -> bool {
    named(text, &["share", "ugcPost"])
}

fn of_media(text: &str, kind: &str) -> bool {
    let id = text.strip_prefix(kind).unwrap_or_default();
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

pub(super) fn is_image(text: &str) -> bool {
    of_media(text, "urn:li:image:")
}

pub(super) fn is_video(text: &str) -> bool {
    of_media(text, "urn:li:video:")
}

/// A comment by its thread and number; `None` where these are no such names.
pub(super) fn comment(thread: &str, id: &str) -> Option<Place> {
    // Older comments name their thread without the beginning.
    let thread = if thread.starts_with("urn:") { thread.to_owned() } else { format!("urn:li:{thread}") };
    (named(&thread, &["activity", "share", "ugcPost"]) && number(id))
        .then(|| Place::Comment { thread, id: id.to_owned() })
}

pub(super) fn place(remote_id: &str) -> Option<Place> {
    if is_post(remote_id) {
        return Some(Place::Post(remote_id.to_owned()));
    }
    let (thread, id) = remote_id.strip_prefix("urn:li:comment:(")?.strip_suffix(')')?.split_once(',')?;
    comment(thread, id)
}

impl Place {
    pub fn urn(&self) -> String {
        match self {
            Place::Post(urn) => urn.clone(),
            Place::Comment { thread, id } => format!("urn:li:comment:({thread},{id})"),
        }
    }
    /// The thread comments are written into.
    pub fn thread(&self) -> &str {
        match self {
            Place::Post(urn) => urn,
            Place::Comment { thread, .. } => thread,
        }
    }
    /// The address of what is written below this.
    pub fn comments(&self) -> String {
        format!("/rest/socialActions/{}/comments", encoded(&self.urn()))
    }
    /// The address of this.
    pub fn path(&self) -> String {
        match self {
            Place::Post(urn) => format!("/rest/posts/{}", encoded(urn)),
            Place::Comment { thread, id } => format!("/rest/socialActions/{}/comments/{id}", encoded(thread)),
        }
    }
}

/// As it stands in an address, where every sign of a name is escaped.
pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Where people see a post.
pub(super) fn post_url(urn: &str) -> String {
    format!("https://www.linkedin.com/feed/update/{urn}")
}

/// The number or the name of a page as people give it: `roads-bhutan`, `@roads-bhutan`, the page's address, or its urn.
pub(super) fn handle(text: &str) -> Option<&str> {
    let text = text.trim().trim_start_matches('@');
    let text = organization(text).unwrap_or(text);
    let marks = ["/company/", "/showcase/", "/school/"];
    let text = marks.iter().find_map(|m| text.split_once(m).map(|(_, rest)| rest)).unwrap_or(text);
    let text = text.split(['/', '?', '#']).next().unwrap_or_default();
    ((1..=100).contains(&text.chars().count()) && !text.chars().any(|c| c.is_control() || c.is_whitespace()))
        .then_some(text)
}

#[cfg(test)]
mod tests;
