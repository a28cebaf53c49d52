//! A text as a website's post: a title and paragraphs. And back again, as plain text.
use crate::count::split_link;
use crate::plain::plain;

/// The longest title that is taken from a text, in characters.
const TITLE: usize = 120;
/// What a comment may hold, a little below WordPress' own limit.
pub(super) const COMMENT_BYTES: usize = 60_000;

/// Title and rest. The first line is the title where it is short enough, else its first sentence. Where both are too
/// long, the title is the beginning with "…", and the whole text follows it: no word is lost.
pub(super) fn titled(text: &str) -> (String, &str) {
    let text = text.trim();
    let line = text.lines().next().unwrap_or_default();
    let fits = |part: &str| part.chars().count() <= TITLE;
    if fits(line) {
        return (line.trim_end().to_owned(), text[line.len()..].trim_start());
    }
    if let Some(end) = sentence(line).filter(|end| fits(&text[..*end])) {
        return (text[..end].to_owned(), text[end..].trim_start());
    }
    let mut title = String::new();
    for word in line.split_inclusive(char::is_whitespace) {
        if title.chars().count() + word.chars().count() >= TITLE {
            break;
        }
        title.push_str(word);
    }
    if title.is_empty() {
        title = line.chars().take(TITLE - 1).collect();
    }
    (format!("{}…", title.trim_end()), text)
}

/// Where the first sentence ends. A point after a short word ("Nu. 500", "Dr. Tashi") ends none.
fn sentence(line: &str) -> Option<usize> {
    line.char_indices().find_map(|(at, c)| {
        let end = at + c.len_utf8();
        let ends = match c {
            '།' => true,
            '!' | '?' => line[end..].starts_with(char::is_whitespace),
            '.' => {
                let word = line[..at].rsplit(char::is_whitespace).next().unwrap_or_default();
                line[end..].starts_with(char::is_whitespace) && word.chars().count() > 3
            }
            _ => false,
        };
        ends.then_some(end)
    })
}

/// Text as HTML that says exactly that text: nothing in it is a tag, an entity or one of WordPress' `[shortcodes]`.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#039;"),
            '[' => out.push_str("&#091;"),
            ']' => out.push_str("&#093;"),
            '\\' => out.push_str("&#092;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn word(word: &str) -> String {
    match split_link(word) {
        (_, "", _) => escaped(word),
        (before, link, after) => {
            let link = escaped(link);
            format!("{}<a href=\"{link}\">{link}</a>{}", escaped(before), escaped(after))
        }
    }
}

/// Paragraphs, line breaks, and links that can be followed.
pub(super) fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let line = |l: &str| l.split_inclusive(char::is_whitespace).map(word).collect::<String>();
    let paragraph = |p: &str| format!("<p>{}</p>", p.trim().lines().map(line).collect::<Vec<_>>().join("<br />"));
    text.split("\n\n").filter(|p| !p.trim().is_empty()).map(paragraph).collect::<Vec<_>>().join("\n")
}

/// HTML as plain text without anything that cannot be stored or shown.
pub(super) fn said(html: &str) -> String {
    plain(html).chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Title and content as the one text they were made from.
pub(super) fn whole(title: &str, content: &str) -> String {
    let (title, content) = (said(title), said(content));
    let repeated = title.strip_suffix('…').is_some_and(|start| content.starts_with(start));
    match (title.is_empty() || repeated, content.is_empty()) {
        (true, _) => content,
        (false, true) => title,
        (false, false) => format!("{title}\n\n{content}"),
    }
}

/// A link a person may follow.
pub(super) fn web(link: Option<String>) -> Option<String> {
    link.filter(|l| (l.starts_with("https://") || l.starts_with("http://")) && !l.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint;

    #[test]
    fn the_first_line_or_sentence_is_the_title() {
        let of = |text: &'static str| titled(text);
        assert_eq!(of("Road closed"), ("Road closed".into(), ""));
        assert_eq!(
            of("Road closed\n\nUse the bypass.\nDrive on the left."),
            ("Road closed".into(), "Use the bypass.\nDrive on the left.")
        );
        assert_eq!(of(""), (String::new(), ""));
        let rest = "The ministry asks everybody who uses this road to plan for delays of up to two hours until the evening of Friday.";
        let long = format!("Dr. Tashi opened the bridge for Nu. 500 million. {rest}");
        assert_eq!(titled(&long), ("Dr. Tashi opened the bridge for Nu. 500 million.".into(), rest));
        let shad = format!("འབྲུག་ལམ་ཁ་ཕྱེ་ཡོད།{}", "ཀ".repeat(130));
        assert_eq!(titled(&shad).0, "འབྲུག་ལམ་ཁ་ཕྱེ་ཡོད།");
        let endless = "word ".repeat(60);
        let (title, content) = titled(&endless);
        assert!(title.ends_with("word…") && title.chars().count() <= TITLE && content == endless.trim());
        let one_word = "ཀ".repeat(300);
        assert_eq!((titled(&one_word).0.chars().count(), titled(&one_word).1), (TITLE, one_word.as_str()));
    }

    #[test]
    fn every_text_comes_back() {
        for text in [
            "The *bridge* at <b>Wangdue</b> & [gallery] \\o/ \"is\" 'open'\n\nSee (https://example.org/a?b=1&c=<d>).\nད་ལྟོ།",
            "One line https://example.org/bridge",
            &"endless ".repeat(100),
            "&amp; is no ampersand &#91;",
        ] {
            let (title, content) = titled(text);
            assert_eq!(fingerprint(&whole(&escaped(&title), &paragraphs(content))), fingerprint(text), "{text}");
        }
        assert_eq!(
            paragraphs("a <b>\r\nc\u{7}\n\n\n\nhttps://a.bt/x."),
            "<p>a &lt;b&gt;<br />c</p>\n<p><a href=\"https://a.bt/x\">https://a.bt/x</a>.</p>"
        );
        assert_eq!(web(Some("javascript:alert(1)".into())), None);
    }
}
