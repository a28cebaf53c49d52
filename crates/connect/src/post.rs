//! What is said, and what a platform would refuse about it.
use crate::Capabilities;
use crate::recording::{self, Recording};
use ground::crypto::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use unicode_normalization::UnicodeNormalization;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    pub text: String,
    /// The language of the text, `dz` or `en`.
    pub lang: String,
    pub media: Vec<Media>,
    /// The one film or sound recording of the post, if it has one.
    pub recording: Option<Recording>,
    /// The remote id this answers; empty where [`crate::Connector::problems`] is asked about an answer to a post of one's own that
    /// is not out yet.
    pub reply_to: Option<String>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    pub bytes: Vec<u8>,
    pub mime: String,
    /// What the picture shows, for people who cannot see it.
    pub alt: String,
    /// Where anybody who knows it can fetch the picture for an hour: some platforms take no bytes, they come and get them.
    /// `None` where the program cannot be reached from outside.
    pub url: Option<String>,
    /// Where the same bytes lie as a file that never changes; `None` where they are in memory only.
    pub path: Option<PathBuf>,
}

/// A post ready for the one irreversible call: its media are at the platform, or named by where their files lie. Can be
/// stored, so it is small: it holds no bytes of what goes along.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    pub text: String,
    pub lang: String,
    pub reply_to: Option<String>,
    /// The media's ids at the platform, or whatever else the connector needs to send them.
    pub media: Vec<String>,
    /// The unpublished post's id, on platforms that publish in two steps.
    pub container: Option<String>,
    /// When what was made ready is thrown away if nothing was published with it, in microseconds; `None` where the platform
    /// does not tell.
    #[serde(default)]
    pub until_us: Option<i64>,
}

impl Prepared {
    pub fn of(post: &Post, media: Vec<String>) -> Prepared {
        Prepared {
            text: post.text.clone(),
            lang: post.lang.clone(),
            reply_to: post.reply_to.clone(),
            media,
            container: None,
            until_us: None,
        }
    }
}

/// One thing the platform would refuse. `code` is a stable name: `text-empty`, `text-too-long`, `media-too-many`,
/// `media-missing`, `media-type`, `media-too-large`, `alt-too-long`, `reply-not-possible`, `link-missing`,
/// `publish-not-possible`, `recording-missing`, `recording-not-possible`, `recording-type`, `recording-too-large`,
/// `recording-too-long`, `recording-alone`, `captions-too-long`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub code: &'static str,
    pub limit: Option<usize>,
    pub found: Option<usize>,
}

/// Every problem of a post with a platform, at once.
pub fn problems(can: &Capabilities, post: &Post) -> Vec<Problem> {
    let mut out = Vec::new();
    let mut over = |code, limit: Option<usize>, found: usize| {
        if let Some(limit) = limit.filter(|l| found > *l) {
            out.push(Problem { code, limit: Some(limit), found: Some(found) });
        }
    };
    over("text-too-long", can.text_limit, can.count.of(&post.text));
    over("media-too-many", Some(can.max_media), post.media.len());
    for media in &post.media {
        over("media-too-large", can.image_bytes, media.bytes.len());
        over("alt-too-long", can.alt_limit, media.alt.chars().count());
    }
    let plain = |code| Problem { code, limit: None, found: None };
    if post.text.trim().is_empty() && post.media.is_empty() && post.recording.is_none() {
        out.push(plain("text-empty"));
    }
    if can.needs_media && post.media.is_empty() && post.recording.is_none() && post.reply_to.is_none() {
        out.push(plain("media-missing"));
    }
    let known = |mime: &String| can.image_types.is_empty() || can.image_types.contains(mime);
    if can.max_media > 0 && post.media.iter().any(|m| !known(&m.mime)) {
        out.push(plain("media-type"));
    }
    if post.reply_to.is_none() && !can.publishes {
        out.push(plain("publish-not-possible"));
    }
    if post.reply_to.is_some() && !can.can_reply {
        out.push(plain("reply-not-possible"));
    }
    out.extend(recording::problems(can.recordings.as_ref(), post));
    out
}

/// A text as something to recognise it by after a platform rewrote its spaces, its Unicode form and its mentions.
pub fn fingerprint(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        kept.extend(short_mention(word).nfc().filter(|c| !invisible(*c)));
    }
    let digest = Sha256::digest(kept.as_bytes());
    hex(&digest)
}

fn invisible(c: char) -> bool {
    c.is_control() || c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{00ad}')
}

/// `@name@server` as `@name`, which is how platforms show and count it. Anything else is unchanged.
pub(crate) fn short_mention(word: &str) -> String {
    let Some(at) = word.find('@') else { return word.to_owned() };
    if word[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
        return word.to_owned();
    }
    let name_char = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let after = &word[at + 1..];
    let name = &after[..after.find(|c| !name_char(c)).unwrap_or(after.len())];
    let Some(rest) = after[name.len()..].strip_prefix('@').filter(|_| !name.is_empty()) else { return word.to_owned() };
    let host = &rest[..rest.find(|c: char| !(c.is_alphanumeric() || ".-".contains(c))).unwrap_or(rest.len())];
    let host = host.trim_end_matches(['.', '-']);
    if host.is_empty() {
        return word.to_owned();
    }
    format!("{}@{name}{}", &word[..at], &rest[host.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Count, Kind, Proof, Safety};

    fn can() -> Capabilities {
        Capabilities {
            platform: "x",
            name: "X",
            kind: Kind::Practice,
            publishes: true,
            text_limit: Some(10),
            count: Count::MastodonStyle,
            max_media: 1,
            needs_media: false,
            alt_limit: Some(3),
            image_types: vec!["image/png".into()],
            image_bytes: Some(4),
            recordings: None,
            can_edit: true,
            can_delete: true,
            can_reply: false,
            can_hide: false,
            reads_comments: true,
            rereads: false,
            lists_own: false,
            has_metrics: true,
            calls_us: false,
            key: crate::Key::Token,
            server: None,
            safety: Safety::Blind,
            proof: Proof::Practice,
        }
    }

    #[test]
    fn every_problem_at_once() {
        let picture = Media { bytes: vec![0; 5], mime: "image/bmp".into(), alt: "four".into(), url: None, path: None };
        let post = Post {
            text: "much too long".into(),
            lang: "en".into(),
            media: vec![picture.clone(), picture],
            recording: None,
            reply_to: Some("1".into()),
        };
        let codes: Vec<_> = problems(&can(), &post).into_iter().map(|p| (p.code, p.limit, p.found)).collect();
        assert_eq!(
            codes,
            [
                ("text-too-long", Some(10), Some(13)),
                ("media-too-many", Some(1), Some(2)),
                ("media-too-large", Some(4), Some(5)),
                ("alt-too-long", Some(3), Some(4)),
                ("media-too-large", Some(4), Some(5)),
                ("alt-too-long", Some(3), Some(4)),
                ("media-type", None, None),
                ("reply-not-possible", None, None),
            ]
        );
        assert_eq!(problems(&can(), &Post::default())[0].code, "text-empty");
        let fits = Post { text: "fits".into(), ..Post::default() };
        assert!(problems(&can(), &fits).is_empty());
        let pictures_only = Capabilities { needs_media: true, can_reply: true, ..can() };
        assert_eq!(problems(&pictures_only, &fits)[0].code, "media-missing");
        let answer = Post { reply_to: Some("1".into()), ..fits.clone() };
        assert!(problems(&pictures_only, &answer).is_empty());
        let answers_only = Capabilities { publishes: false, can_reply: true, ..can() };
        assert_eq!(problems(&answers_only, &fits)[0].code, "publish-not-possible");
        assert!(problems(&answers_only, &answer).is_empty());
    }

    #[test]
    fn the_same_words_have_one_fingerprint() {
        let same = |a, b| assert_eq!(fingerprint(a), fingerprint(b), "{a} / {b}");
        same("Road  closed\n\nat Dochula", "Road closed at Dochula ");
        same("caf\u{e9}", "cafe\u{301}");
        same("thanks @tashi@a.example.", "thanks @tashi.");
        assert_ne!(fingerprint("Road closed"), fingerprint("Road opened"));
        assert_ne!(fingerprint("Road closed."), fingerprint("Road closed!"));
    }
}
