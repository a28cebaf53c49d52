//! How long a text is, as each platform counts.
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
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
    /// As X weighs: most letters of the world 1, Chinese, Japanese, Korean and pictures 2, every link 23.
    XWeighted,
    /// As Weibo counts Chinese characters: two letters of ASCII are one, every other character is one.
    WeiboStyle,
}

impl Count {
    pub fn of(self, text: &str) -> usize {
        match self {
            Count::Chars => text.chars().count(),
            Count::Graphemes => text.graphemes(true).count(),
            Count::Utf8Bytes => text.len(),
            Count::Utf16Units => text.encode_utf16().count(),
            Count::MastodonStyle => mastodon_style(text),
            Count::XWeighted => x_weighted(text),
            Count::WeiboStyle => text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>().div_ceil(2),
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

/// X's own table, in hundredths of a character (configuration v3 of `twitter-text`: `config/v3.json`). What stands in no
/// range weighs double; pictures made of several characters weigh as one.
const X_SCALE: usize = 100;
const X_LIGHT: usize = 100;
const X_HEAVY: usize = 200;
const X_LIGHT_RANGES: [(u32, u32); 4] = [(0, 4351), (8192, 8205), (8208, 8223), (8242, 8247)];
const X_LINK: usize = 23 * X_SCALE;

/// X makes a link of a bare name, too, if it knows its ending. It knows some 1,500; these are the ones a government writes.
/// A text that is too long because of another one is refused by X itself.
const X_ENDINGS: [&str; 8] = ["bt", "com", "edu", "gov", "info", "int", "net", "org"];

fn x_weighted(text: &str) -> usize {
    let text: String = text.nfc().collect();
    let mut total = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let mut rest = word;
        loop {
            let (before, link, after) = match split_link(rest) {
                (_, "", _) => split_bare_link(rest),
                found => found,
            };
            total += before.graphemes(true).map(x_weight).sum::<usize>();
            if link.is_empty() {
                break;
            }
            total += X_LINK;
            rest = after;
        }
    }
    total / X_SCALE
}

fn x_weight(grapheme: &str) -> usize {
    if is_picture_sequence(grapheme) {
        return X_HEAVY;
    }
    let light = |c: char| X_LIGHT_RANGES.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(c)));
    grapheme.chars().map(|c| if light(c) { X_LIGHT } else { X_HEAVY }).sum()
}

/// Several characters that are shown as one picture: a family, a flag, a hand with a colour of skin, a key with a digit.
fn is_picture_sequence(grapheme: &str) -> bool {
    let mut chars = grapheme.chars();
    let Some(first) = chars.next() else { return false };
    let pictorial =
        matches!(u32::from(first), 0xa9 | 0xae | 0x203c..=0x2bff | 0x3030..=0x303d | 0x3297..=0x3299 | 0x1f000..);
    let key = first.is_ascii_digit() || first == '#' || first == '*';
    let joins = |c: char| matches!(u32::from(c), 0x200d | 0xfe0f | 0x20e3 | 0x1f1e6..);
    (pictorial && chars.clone().any(joins)) || (key && chars.any(|c| c == '\u{20e3}'))
}

/// A word as what stands before a name of a server without `https://`, the name with its path, and what follows.
fn split_bare_link(word: &str) -> (&str, &str, &str) {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let mut from = 0;
    while let Some(start) = word[from..].find(|c: char| c.is_ascii_alphanumeric()).map(|at| from + at) {
        let length = word[start..].find(|c| !in_name(c)).unwrap_or(word.len() - start);
        let name = word[start..start + length].trim_end_matches(['.', '-']);
        let before = word[..start].chars().next_back();
        // The part of an address behind its @ is no link, nor is a part of a tag.
        let free = before.is_none_or(|c| !c.is_alphanumeric() && !"@#$_-./".contains(c));
        let after = &word[start + name.len()..];
        if free && is_server(name) && !after.starts_with(['@', '_']) {
            let end = |c: char| c.is_whitespace() || ".,;:!?\"'»”’)།".contains(c);
            let path = if after.starts_with('/') { after.trim_end_matches(end).len() } else { 0 };
            let stop = start + name.len() + path;
            return (&word[..start], &word[start..stop], &word[stop..]);
        }
        from = start + length;
    }
    (word, "", "")
}

fn is_server(name: &str) -> bool {
    name.split('.').all(|label| !label.is_empty())
        && name.rsplit_once('.').is_some_and(|(_, ending)| X_ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_as_x_weighs() {
        let of = |text: &str| Count::XWeighted.of(text);
        for (text, length) in [
            ("", 0),
            ("abc", 3),
            ("འབྲུག", 5),
            ("नमस्ते", 6),
            ("道路封闭", 8),
            ("ถนน", 3),
            ("길", 2),
            ("e\u{301}", 1),
            ("“quoted” – and … so", 20),
            ("😀", 2),
            ("👩‍👩‍👧‍👦", 2),
            ("👍🏽", 2),
            ("🇧🇹", 2),
            ("❤️", 2),
            ("1️⃣", 2),
            ("12", 2),
            ("see https://example.org/a/very/long/path/that/goes/on/and/on", 27),
            ("https://a.bt.", 24),
            ("(https://a.bt/x)", 25),
            ("https://a.bt https://b.bt", 47),
            ("moh.gov.bt", 23),
            ("see (www.moh.gov.bt/dengue?x=1).", 30),
            ("a moh.gov.bt, rbp.gov.bt", 50),
            ("me@moh.gov.bt", 13),
            ("form.pdf", 8),
            ("at noon.Then", 12),
            (".bt", 3),
            ("3.5", 3),
            ("https://", 8),
        ] {
            assert_eq!(of(text), length, "{text}");
        }
        assert_eq!(of(&"ཀ".repeat(280)), 280);
        assert_eq!(of(&"道".repeat(140)), 280);
    }

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
        assert_eq!(
            ["", "a", "ab", "abc", "道路", "道路a", "འབྲུག"].map(|t| Count::WeiboStyle.of(t)),
            [0, 1, 1, 2, 2, 3, 5]
        );
    }
}
