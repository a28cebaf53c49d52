//! How long a text is, as each platform counts.
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;

/// How the platform counts the length of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    Chars,
    Graphemes,
    Utf8Bytes,
    Utf16Units,
    /// Characters as people see them; every link counts 23; of `@name@server` only `@name` counts.
    MastodonStyle,
}

impl Count {
    pub fn of(self, text: &str) -> usize {
        match self {
            Count::Chars => text.chars().count(),
            Count::Graphemes => text.graphemes(true).count(),
            Count::Utf8Bytes => text.len(),
            Count::Utf16Units => text.encode_utf16().count(),
            Count::MastodonStyle => mastodon_style(text),
        }
    }
}

const LINK_LENGTH: usize = 23;

fn mastodon_style(text: &str) -> usize {
    let mut total = 0;
    let mut plain = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let (before, link, after) = split_link(word);
        plain.push_str(&crate::post::short_mention(before));
        if !link.is_empty() {
            total += LINK_LENGTH;
            plain.push_str(after);
        }
    }
    total + plain.graphemes(true).count()
}

/// A word as what stands before a link, the link, and what follows it (closing punctuation is not part of a link).
pub(crate) fn split_link(word: &str) -> (&str, &str, &str) {
    let Some(start) = word.find("https://").or_else(|| word.find("http://")) else { return (word, "", "") };
    let rest = &word[start..];
    let is_end = |c: char| c.is_whitespace() || ".,;:!?\"'»”’།".contains(c);
    let mut link = rest.trim_end_matches(is_end);
    // A closing bracket belongs to the link only if the link opened one.
    while link.ends_with(')') && link.matches(')').count() > link.matches('(').count() {
        link = link[..link.len() - 1].trim_end_matches(is_end);
    }
    if !link.split_once("://").is_some_and(|(_, host)| host.starts_with(char::is_alphanumeric)) {
        return (word, "", "");
    }
    (&word[..start], link, &rest[link.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_as_the_platform_counts() {
        let of = |text: &str| Count::MastodonStyle.of(text);
        assert_eq!(of(""), 0);
        assert_eq!(of("abc"), 3);
        assert_eq!(of("see https://example.org/a/very/long/path/that/goes/on/and/on"), 27);
        assert_eq!(of("see https://a.bt."), 28);
        assert_eq!(of("(https://a.bt/x)"), 25);
        assert_eq!(of("https://a.bt/x_(y)"), 23);
        assert_eq!(of("https://a.bt https://b.bt"), 47);
        assert_eq!(of("https://"), 8);
        assert_eq!(of("hello @tashi@social.example.org!"), 13);
        assert_eq!(of("mail me@example.org"), 19);
        assert_eq!(of("👩‍👩‍👧‍👦"), 1);
        assert_eq!(Count::Chars.of("👩‍👩‍👧‍👦"), 7);
        assert_eq!(of("འབྲུག"), Count::Graphemes.of("འབྲུག"));
        assert_eq!(Count::Utf8Bytes.of("འ"), 3);
        assert_eq!(Count::Utf16Units.of("😀"), 2);
    }
}
