//! Plain text as Markdown that shows just that text, and Markdown as plain text.

/// How what we write for ourselves begins; readers do not see it.
const SIGN: &str = "<!-- drelwa ";

/// Text whose signs mean nothing but themselves. Line ends stay: a forum shows them.
pub(crate) fn escape(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A description of a picture: one line.
pub(crate) fn escape_alt(text: &str) -> String {
    escape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn line(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    let mut out = String::with_capacity(text.len() * 2);
    let mut in_address = false;
    for (at, c) in chars.iter().copied().enumerate() {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        in_address = if in_address { !c.is_whitespace() && !"<>\"".contains(c) } else { opens_address(&chars[at..]) };
        let special = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '$' => true,
            // An address with a backslash in it would be cut there.
            '_' | '#' => !in_address,
            '&' => !in_address || names_a_sign(&chars[at + 1..]),
            // The name of a little picture stands between colons.
            ':' => !in_address && (next.is_alphanumeric() || "+-_".contains(next)),
            '+' | '-' | '=' => at == 0,
            // A list with numbers.
            '.' | ')' => digits > 0 && at == digits,
            _ => false,
        };
        match c {
            // Indented lines would be code.
            ' ' | '\t' if at == 0 => out.push_str(&format!("&#{};", u32::from(c))),
            c if special => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn opens_address(rest: &[char]) -> bool {
    ["https://", "http://"].iter().any(|scheme| scheme.chars().eq(rest.iter().take(scheme.len()).copied()))
}

/// Whether what follows an ampersand makes it another sign: `amp;`, `#32;`.
fn names_a_sign(rest: &[char]) -> bool {
    let name = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '#').count();
    name > 0 && rest.get(name) == Some(&';')
}

pub(super) fn signed(text: &str, mark: &str) -> String {
    format!("{text}\n\n{SIGN}{mark} -->")
}

pub(super) fn is_signed(raw: &str, mark: &str) -> bool {
    raw.contains(&format!("{SIGN}{mark} -->"))
}

/// The mark in a text of ours: it stands at the end.
pub(super) fn mark_in(raw: &str) -> Option<&str> {
    let (_, rest) = raw.rsplit_once(SIGN)?;
    rest.split_once(" -->").map(|(mark, _)| mark).filter(|m| m.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Markdown as people read it, as far as it is plain: our own escapes are undone, our pictures and signs left out; markup
/// that somebody typed stays as typed.
pub(super) fn plain(raw: &str) -> String {
    plain_without(raw, "upload://")
}

/// The same for any forum: our pictures are those whose address begins so.
pub(crate) fn plain_without(raw: &str, pictures: &str) -> String {
    let opens = format!("]({pictures}");
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['\\', '<', '!', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end_of = |start: &str, end: &str| rest.starts_with(start).then(|| rest.find(end)).flatten();
        let picture = rest.strip_prefix("![").and_then(|rest| after_picture(rest, &opens));
        if let Some(end) = end_of(SIGN, "-->") {
            rest = &rest[end + 3..];
        } else if let Some(after) = picture {
            rest = after;
        } else if let Some(after) = rest.strip_prefix("&#32;") {
            out.push(' ');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("&#9;") {
            out.push('\t');
            rest = after;
        } else {
            let mut chars = rest.chars();
            let first = chars.next().unwrap_or_default();
            let second = chars.next().filter(|c| first == '\\' && c.is_ascii_punctuation());
            out.push(second.unwrap_or(first));
            rest = &rest[first.len_utf8() + second.map_or(0, char::len_utf8)..];
        }
    }
    out.push_str(rest);
    out.trim().to_owned()
}

/// What follows a picture that was uploaded, from its description on. A bracket of the description is escaped.
fn after_picture<'a>(rest: &'a str, opens: &str) -> Option<&'a str> {
    let line = rest.split('\n').next().unwrap_or_default();
    let escaped = |at: usize| line[..at].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1;
    let (at, _) = line.match_indices(opens).find(|(at, _)| !escaped(*at))?;
    rest[at..].split_once(')').map(|(_, after)| after)
}

/// The title of a topic: the first line, and more of the text where that is too short for a title.
pub(super) fn title(text: &str) -> String {
    const SHORT: usize = 15;
    const LONG: usize = 255;
    let mut out = String::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if !out.is_empty() {
            out.push_str(" – ");
        }
        out.extend(line.chars().filter(|c| !c.is_control()));
        if out.chars().count() >= SHORT {
            break;
        }
    }
    if out.chars().count() > LONG {
        out = out.chars().take(LONG - 1).collect::<String>().trim_end().to_owned() + "…";
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECES: [&str; 44] = [
        "a",
        "word",
        " ",
        "    ",
        "\n",
        "\n\n",
        "\t",
        "*",
        "**",
        "_",
        "__",
        "`",
        "```\n",
        "~~",
        "[x](y)",
        "[quote]",
        "![a](b)",
        "![a](upload://x.png)",
        "#",
        "# ",
        "-",
        "---",
        "+ ",
        "1. ",
        "12) ",
        "=",
        "===",
        ">",
        "<",
        "<b>",
        "<!-- drelwa x -->",
        "-->",
        "&",
        "&amp;",
        "&#32;",
        "\\",
        "\\*",
        "|",
        ":smile:",
        "12:30",
        "https://a.bt/x_y?a=1&b=2#c",
        "$x$",
        "འབྲུག་",
        "😀",
    ];

    #[test]
    fn what_is_read_back_is_what_was_given() {
        let mut chance = 20_261_129_u64;
        let mut below = |n: usize| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (chance >> 33) as usize % n
        };
        for _ in 0..4000 {
            let text: String = (0..=below(12)).map(|_| PIECES[below(PIECES.len())]).collect();
            let raw = escape(&text);
            assert_eq!(plain(&raw), text.trim(), "{text:?} as {raw:?}");
            let with_more = signed(&format!("{raw}\n\n![{}](upload://x.png)", escape_alt(&text)), "0a1b");
            assert_eq!(plain(&with_more), text.trim(), "{text:?} as {with_more:?}");
            assert_eq!((mark_in(&with_more), mark_in(&raw)), (Some("0a1b"), None));
            for first in raw.lines().filter_map(|l| l.chars().next()) {
                assert!(!"#*+-=>` \t|~<".contains(first), "{raw:?}");
            }
        }
    }

    #[test]
    fn markdown_and_titles() {
        assert_eq!(
            escape("See https://a.bt/x_y?a=1&b=2#c *now* at 12:30"),
            "See https://a.bt/x_y?a=1&b=2#c \\*now\\* at 12\\:30"
        );
        assert_eq!(escape("1. one\n2) two\n3 three"), "1\\. one\n2\\) two\n3 three");
        assert_eq!(plain("Is <b>Wangdue</b> *open* & safe?"), "Is <b>Wangdue</b> *open* & safe?");
        assert_eq!(title("Road closed at Dochula\nmore"), "Road closed at Dochula");
        assert_eq!(title("Road\n\nclosed at Dochula\nmore"), "Road – closed at Dochula");
        assert_eq!(title(&"ཀ".repeat(400)).chars().count(), 255);
        assert_eq!(title(" \n"), "");
    }
}
