//! Plain text as a Lemmy post and back: a post has a title of one line, shown as it is, and a body in Markdown, which may
//! be empty. Lengths are in characters.
//!
//! Source: Lemmy's checks of a title (three signs in a row, 200 characters, no line end) and of bodies; its dialect of Markdown is CommonMark
//! with `^` for raised text and `:::` for text that is folded away.
use crate::markdown;
use unicode_segmentation::UnicodeSegmentation;

/// The longest title.
const TITLE: usize = 200;
/// So many signs without a space between them a title must have somewhere.
const IN_A_ROW: usize = 3;
/// The longest body of a comment; some versions take longer ones for posts.
pub(super) const BODY: usize = 10_000;
/// What the server puts in place of a word its administrators do not want.
const CENSORED: &str = "*removed*";

fn one_line(text: &str) -> String {
    let spaced = text.trim().chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    spaced.filter(|c| !c.is_control()).collect()
}

/// Whether the server takes it for a title, if it is not too long.
pub(super) fn makes_a_title(line: &str) -> bool {
    line.split_whitespace().any(|word| word.chars().count() >= IN_A_ROW)
}

/// The title a text gets, and what of the text is left for the body. A first line that is no title by itself stays in the
/// body, so that nothing of the text is lost.
pub(super) fn parts(text: &str) -> (String, &str) {
    let text = text.trim();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let first = one_line(first);
    if makes_a_title(&first) && first.chars().count() <= TITLE {
        return (first, rest.trim());
    }
    let mut title = String::new();
    for line in text.lines().map(one_line).filter(|l| !l.is_empty()) {
        if !title.is_empty() {
            title.push_str(" – ");
        }
        title.push_str(&line);
        if makes_a_title(&title) {
            break;
        }
    }
    (cut(&title), text)
}

/// At most as long as a title may be; signs that people see as one are kept or left out together.
fn cut(title: &str) -> String {
    if title.chars().count() <= TITLE {
        return title.to_owned();
    }
    let (mut out, mut left) = (String::new(), TITLE - 1);
    for sign in title.graphemes(true) {
        let length = sign.chars().count();
        if length > left {
            break;
        }
        left -= length;
        out.push_str(sign);
    }
    out.trim_end().to_owned() + "…"
}

/// Text whose signs mean nothing but themselves, and whose line ends are shown.
pub(super) fn escape(text: &str) -> String {
    let escaped = markdown::escape(text);
    let mut out = String::with_capacity(escaped.len());
    let mut lines = escaped.split('\n').peekable();
    while let Some(line) = lines.next() {
        if line.starts_with(':') {
            out.push('\\');
        }
        out.push_str(&line.replace('^', "\\^"));
        if let Some(next) = lines.peek() {
            // Two spaces before a line end keep it; between paragraphs nothing is needed.
            out.push_str(if line.trim().is_empty() || next.trim().is_empty() { "\n" } else { "  \n" });
        }
    }
    out
}

/// A body with its pictures below the text, each `file|description`, found below that address.
pub(super) fn body(text: &str, media: &[String], pictures: &str) -> String {
    let mut out = escape(text);
    for picture in media {
        let (file, alt) = picture.split_once('|').unwrap_or((picture, ""));
        out.push_str(&format!("\n\n![{}]({pictures}{file})", markdown::escape_alt(alt)));
    }
    out.trim().to_owned()
}

/// Markdown as people read it, without our own pictures.
pub(super) fn plain(raw: &str, pictures: &str) -> String {
    markdown::plain_without(&raw.replace("\r\n", "\n").replace("  \n", "\n"), pictures)
}

/// A post as the one text it was made of.
pub(super) fn whole(title: &str, body: &str) -> String {
    let first = one_line(body.lines().next().unwrap_or_default());
    if body.is_empty() {
        title.to_owned()
    } else if parts(body).0 == title && (first != title || !makes_a_title(title)) {
        body.to_owned()
    } else {
        format!("{title}\n\n{body}")
    }
}

/// Whether a text of the server's may be another one than was given to it: words were taken out.
pub(super) fn censored(raw: &str) -> bool {
    raw.contains(CENSORED)
}

/// Some versions between 0.17 and 0.19 kept texts with the signs of HTML written out.
pub(super) fn without_html_signs(raw: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    signs.iter().fold(raw.to_owned(), |text, (written, sign)| text.replace(written, sign))
}

#[cfg(test)]
mod tests;
