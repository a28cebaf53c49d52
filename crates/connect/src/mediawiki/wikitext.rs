//! Plain text as wikitext that shows just that text, and wikitext as plain text.
use super::EMBEDS;

/// Text as paragraphs and lines: every sign that could be read as markup is written as a character reference.
pub(super) fn escape(text: &str) -> String {
    let text = clean(text);
    let lines: Vec<&str> = text.split('\n').collect();
    let mut out = String::with_capacity(text.len() * 2);
    for (at, line) in lines.iter().enumerate() {
        escape_line(line, &mut out);
        if let Some(next) = lines.get(at + 1) {
            // Two lines with nothing between them would flow into one.
            out.push_str(if line.is_empty() || next.is_empty() { "\n" } else { "<br>\n" });
        }
    }
    out
}

/// The same on one line, for places where a line is all there is: an answer, a description.
pub(super) fn escape_inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (at, line) in clean(text).split('\n').enumerate() {
        if at > 0 {
            out.push_str("<br>");
        }
        escape_line(line, &mut out);
    }
    out
}

/// A description of a picture: no lines, no markup.
pub(super) fn escape_alt(text: &str) -> String {
    escape_inline(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What a wiki would drop or replace anyway is left out before.
fn clean(text: &str) -> String {
    let kept: String = text.replace("\r\n", "\n").replace('\r', "\n");
    kept.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn escape_line(line: &str, out: &mut String) {
    let chars: Vec<char> = line.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let twin = |other: Option<&char>| other == Some(&c);
        let doubled = twin(chars.get(at + 1)) || at > 0 && twin(chars.get(at - 1));
        let special = match c {
            '&' | '<' | '>' | '[' | ']' | '{' | '}' | '|' => true,
            // Bold, signatures and magic words begin with doubled signs; the last also in their wide form.
            '\'' | '~' | '_' | '＿' => doubled,
            '*' | '#' | ':' | ';' | '=' | ' ' | '!' | '-' | '+' => at == 0,
            // Numbers of books and standards become links.
            'R' | 'P' | 'I' => names_a_number(&chars[at..]),
            _ => false,
        };
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if special => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
}

fn names_a_number(rest: &[char]) -> bool {
    ["RFC", "PMID", "ISBN"].iter().any(|word| word.chars().eq(rest.iter().take(word.len()).copied()))
}

/// Wikitext as people read it, as far as it is plain: our own escapes are undone; markup that somebody typed stays as typed.
pub(super) fn plain(wikitext: &str) -> String {
    let source = without_comments(wikitext);
    let mut rest = inner(source.trim());
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find(['<', '&', '[']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.as_bytes().first() {
            Some(b'<') => tag(rest, &mut out),
            Some(b'&') => reference(rest, &mut out),
            _ => embed(rest, &mut out),
        };
    }
    out.push_str(rest);
    out.trim().to_owned()
}

/// What stands inside the element that names the language of a text of ours.
fn inner(source: &str) -> &str {
    let opened = source.strip_prefix("<div lang=\"").and_then(|rest| rest.split_once("\">\n"));
    let text = opened.filter(|(lang, _)| is_lang(lang)).and_then(|(_, text)| text.strip_suffix("\n</div>"));
    text.unwrap_or(source)
}

pub(super) fn is_lang(lang: &str) -> bool {
    (2..=35).contains(&lang.len()) && lang.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

pub(super) fn without_comments(wikitext: &str) -> String {
    let mut out = String::with_capacity(wikitext.len());
    let mut rest = wikitext;
    while let Some(at) = rest.find("<!--") {
        out.push_str(&rest[..at]);
        // A comment that does not end goes on to the end.
        rest = rest[at..].find("-->").map_or("", |end| &rest[at + end + 3..]);
    }
    out.push_str(rest);
    out
}

fn tag<'a>(rest: &'a str, out: &mut String) -> &'a str {
    for lines in ["<br>", "<br/>", "<br />", "<BR>"] {
        if let Some(after) = rest.strip_prefix(lines) {
            out.push('\n');
            return after.strip_prefix('\n').unwrap_or(after);
        }
    }
    for nothing in ["<nowiki>", "</nowiki>", "<nowiki/>", "<nowiki />"] {
        if let Some(after) = rest.strip_prefix(nothing) {
            return after;
        }
    }
    out.push('<');
    &rest[1..]
}

/// A picture that we put there is no word; any other brackets are somebody's own.
fn embed<'a>(rest: &'a str, out: &mut String) -> &'a str {
    match rest.starts_with(EMBEDS).then(|| rest.find("]]")).flatten() {
        Some(end) => &rest[end + 2..],
        None => {
            out.push('[');
            &rest[1..]
        }
    }
}

fn reference<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(at, _)| at);
    match end.and_then(|end| Some((character(&rest[1..end])?, end))) {
        Some((c, end)) => {
            out.push(c);
            &rest[end + 1..]
        }
        None => {
            out.push('&');
            &rest[1..]
        }
    }
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chance that is the same every time.
    struct Dice(u64);
    impl Dice {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % n
        }
    }

    const PIECES: [&str; 64] = [
        "a",
        "word",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\n\n\n",
        "\t",
        "'",
        "''",
        "'''''",
        "~",
        "~~~~",
        "_",
        "__NOTOC__",
        "＿＿目次＿＿",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "{{",
        "}}",
        "{|",
        "|",
        "|-",
        "|}",
        "=",
        "== x ==",
        "*",
        "#",
        ":",
        ";",
        "-",
        "----",
        "!",
        "+",
        "<",
        ">",
        "<b>",
        "</b>",
        "<br>",
        "<br>\n",
        "<nowiki>",
        "<!--",
        "-->",
        "&",
        "&amp;",
        "&#91;",
        "&lt;",
        ";",
        "RFC 1",
        "ISBN 12",
        "PMID 3",
        "#REDIRECT [[x]]",
        "[[File:Drelwa-a.png|thumb]]",
        "{{subst:x}}",
        "https://example.org/a_b?c=d&e=f#g",
        "འབྲུག་",
        "e\u{301}",
        "👩‍👩‍👧",
        "<div lang=\"en\">",
        "</div>",
        "-{x}-",
    ];

    fn texts() -> impl Iterator<Item = String> {
        let mut dice = Dice(20_261_129);
        (0..4000).map(move |_| (0..=dice.below(12)).map(|_| PIECES[dice.below(PIECES.len())]).collect())
    }

    #[test]
    fn what_is_read_back_is_what_was_given() {
        for text in texts() {
            assert_eq!(plain(&escape(&text)), text.trim(), "{text:?} as {:?}", escape(&text));
            let one = escape_inline(&text);
            assert_eq!(plain(&one), text.trim(), "{text:?} as {one:?}");
            assert!(!one.contains('\n'));
        }
    }

    /// Nothing is left that any rule of wikitext begins with.
    #[test]
    fn nothing_reads_as_markup() {
        for text in texts() {
            let escaped = escape(&text).replace("<br>\n", "\n");
            for sign in ["<", ">", "[", "]", "{", "}", "|", "''", "~~", "__", "＿＿", "RFC ", "PMID ", "ISBN "] {
                assert!(!escaped.contains(sign), "{sign} in {escaped:?}");
            }
            for line in escaped.split('\n') {
                let first = line.chars().next();
                assert!(!first.is_some_and(|c| "*#:;= !-+".contains(c)), "{line:?}");
            }
        }
    }

    #[test]
    fn wikitext_of_others_is_read_as_typed() {
        for (wikitext, text) in [
            ("Is <b>Wangdue</b> open & safe?", "Is <b>Wangdue</b> open & safe?"),
            ("one<br />two &lt;&#x0F40;&quot; <!-- note -->three", "one\ntwo <ཀ\" three"),
            ("<nowiki>[[x]]</nowiki> &bogus; &#0; &#1114112;", "[[x]] &bogus; &#0; &#1114112;"),
            ("<div lang=\"dz\">\nཀ\n</div>", "ཀ"),
            ("<div lang=\"dz\">\nཀ", "<div lang=\"dz\">\nཀ"),
            ("a [[File:Drelwa-1.png|thumb|alt=x]] b [[File:Other.png]]", "a  b [[File:Other.png]]"),
            ("open <!-- for ever", "open"),
        ] {
            assert_eq!(plain(wikitext), text, "{wikitext}");
        }
        assert_eq!(escape("a\u{0}b\r\nc\u{1b}[0m"), "ab<br>\nc&#91;0m");
        assert_eq!(escape_alt("a |\n ]] b"), "a &#124; &#93;&#93; b");
    }
}
