//! LinkedIn's *little* text: the form of a post's `commentary`. Some characters stand for mentions, hashtags and templates,
//! and one that is not escaped cuts the rest of the text off while the answer still says that all went well.
//!
//! Source: the documentation of the Posts API, “little Text Format”. The text of a comment is plain and needs none of this.

/// What has a meaning of its own and is escaped with a backslash wherever it is only meant as it is.
const RESERVED: &str = r"\|{}@[]()<>#*_~";
/// The template of a hashtag, which is shown as `#words`.
const TAG: &str = "{hashtag|";

fn reserved(c: char) -> bool {
    RESERVED.contains(c)
}

/// The length in bytes of the word that makes `#word` a hashtag: letters and digits, not digits alone, between spaces or
/// signs of ASCII. Of scripts that join words with signs of their own, such as the tsheg, a part would be cut out, so
/// that is left as plain text.
fn tag_length(before: Option<char>, after: &str) -> Option<usize> {
    if before.is_some_and(|c| !c.is_whitespace() && !"([{\"'".contains(c)) {
        return None;
    }
    let length = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
    let (word, rest) = after.split_at_checked(length)?;
    let ends = rest.chars().next().is_none_or(|c| c.is_whitespace() || ".,;:!?)]}\"'".contains(c));
    (ends && word.chars().any(char::is_alphabetic)).then_some(length)
}

/// Plain words as little text that is shown as exactly these words; hashtags become such.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut before = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if c == '#'
            && let Some((word, behind)) = tag_length(before, after).and_then(|n| after.split_at_checked(n))
        {
            out.push_str(&format!("{TAG}\\#|{word}}}"));
            before = word.chars().next_back();
            rest = behind;
            continue;
        }
        if reserved(c) {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
        rest = after;
    }
    out
}

/// Little text as the words people see: whatever was written by whatever program.
pub(super) fn plain(little: &str) -> String {
    let mut out = String::with_capacity(little.len());
    let mut rest = little;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '\\' => unescaped(after, &mut out),
            '{' => hashtag(rest, &mut out).unwrap_or_else(|| as_it_is(c, after, &mut out)),
            '@' => mention(after, &mut out).unwrap_or_else(|| as_it_is(c, after, &mut out)),
            _ => as_it_is(c, after, &mut out),
        };
    }
    out
}

fn as_it_is<'a>(c: char, after: &'a str, out: &mut String) -> &'a str {
    out.push(c);
    after
}

/// What stands after a backslash. One before a character without a meaning, or at the end, is a backslash.
fn unescaped<'a>(after: &'a str, out: &mut String) -> &'a str {
    match after.chars().next().filter(|c| reserved(*c)) {
        Some(c) => as_it_is(c, after.get(c.len_utf8()..).unwrap_or_default(), out),
        None => as_it_is('\\', after, out),
    }
}

/// Where a part ends that goes up to a sign of its own, and what follows that sign; escaped ones are passed over.
fn up_to(text: &str, end: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == end && !escaped {
            return Some((text.get(..at)?, text.get(at + c.len_utf8()..)?));
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// `{hashtag|\#|words}` as `#words`.
fn hashtag<'a>(text: &'a str, out: &mut String) -> Option<&'a str> {
    let (sign, rest) = up_to(text.strip_prefix(TAG)?, '|')?;
    let (words, rest) = up_to(rest, '}')?;
    let sign = sign.trim_start_matches('\\');
    if sign != "#" && sign != "＃" {
        return None;
    }
    out.push_str(sign);
    inner(words, out);
    Some(rest)
}

/// `@[Name](urn:…)` after its first sign, as the name.
fn mention<'a>(after: &'a str, out: &mut String) -> Option<&'a str> {
    let (name, rest) = up_to(after.strip_prefix('[')?, ']')?;
    let (urn, rest) = up_to(rest.trim_start_matches(' ').strip_prefix('(')?, ')')?;
    if !urn.starts_with("urn:li:") {
        return None;
    }
    inner(name, out);
    Some(rest)
}

/// Escaped words inside of something.
fn inner(words: &str, out: &mut String) {
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        rest = unescaped(after, out);
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look mixed and are the same every time.
    struct Mix(u64);

    impl Mix {
        fn next(&mut self, below: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % below
        }
    }

    #[test]
    fn reserved_characters_are_escaped_and_hashtags_are_told() {
        for (words, little) in [
            ("Road closed", "Road closed"),
            (r"a\b|c{d}e@f[g]h(i)j<k>l#m*n_o~p", r"a\\b\|c\{d\}e\@f\[g\]h\(i\)j\<k\>l\#m\*n\_o\~p"),
            ("#Roads", r"{hashtag|\#|Roads}"),
            ("See #Roads, #2026 and #Bhutan2026.", r"See {hashtag|\#|Roads}, \#2026 and {hashtag|\#|Bhutan2026}."),
            ("(#Roads)", r"\({hashtag|\#|Roads}\)"),
            ("# Roads", r"\# Roads"),
            ("C# and F#", r"C\# and F\#"),
            ("#a_b #a-b ##a", r"\#a\_b \#a-b \#\#a"),
            ("#འབྲུག་ཡུལ", r"\#འབྲུག་ཡུལ"),
            ("#འབྲུག", r"{hashtag|\#|འབྲུག}"),
            ("mail roads@gov.bt", r"mail roads\@gov.bt"),
            ("https://a.bt/x_(y)#z", r"https://a.bt/x\_\(y\)\#z"),
            ("🚧 100% 😀", "🚧 100% 😀"),
            ("", ""),
        ] {
            assert_eq!(escape(words), little, "{words}");
            assert_eq!(plain(little), words, "{little}");
        }
    }

    /// Outside of the one template, no reserved character stands without a backslash: nothing can be cut off.
    #[test]
    fn every_text_reads_back_as_it_was_given() {
        let pieces: Vec<char> = r"\\|{}@[]()<>#*_~##aZ09 .,:/-%&'"
            .chars()
            .chain("\n\t\u{a0}འབྲུག་ཡུལ།ཀྵ༠é\u{301}漢字＃＠🚧👩🏽‍🚒\u{200b}\u{feff}".chars())
            .collect();
        let mut mix = Mix(7);
        for round in 0..20_000 {
            let text: String = (0..mix.next(40)).filter_map(|_| pieces.get(mix.next(pieces.len()))).collect();
            let little = escape(&text);
            assert_eq!(plain(&little), text, "{round}: {little}");
            let mut bare = little.replace(r"{hashtag|\#|", "").chars().collect::<Vec<_>>().into_iter();
            let mut open = little.matches(r"{hashtag|\#|").count();
            while let Some(c) = bare.next() {
                match c {
                    '\\' => assert!(bare.next().is_some_and(reserved), "{little}"),
                    '}' if open > 0 => open -= 1,
                    c => assert!(!reserved(c), "{c} in {little}"),
                }
            }
        }
        for c in (0..=0x2_ffff_u32).filter_map(char::from_u32) {
            for text in [c.to_string(), format!("#{c}"), format!("a{c}b"), format!("{c}#a"), format!("#a{c}")] {
                assert_eq!(plain(&escape(&text)), text, "{c:?}");
            }
        }
    }

    #[test]
    fn what_others_wrote_is_read_as_it_is_shown() {
        for (little, words) in [
            ("Hello @[Acme Corp](urn:li:organization:1234)!", "Hello Acme Corp!"),
            ("Hello @[Acme] (urn:li:organization:1234)", "Hello Acme"),
            (r"@[A \(B\)](urn:li:person:x_-Y)", "A (B)"),
            ("@[half", "@[half"),
            ("@[a](b)", "@[a](b)"),
            ("best practices #coding", "best practices #coding"),
            ("{hashtag|#|Tech} {hashtag|＃|技術}", "#Tech ＃技術"),
            (r"{hashtag|\#|a\_b}", "#a_b"),
            ("{hashtag|x|Tech}", "{hashtag|x|Tech}"),
            ("{hashtag|#|", "{hashtag|#|"),
            (r"C:\dir\", r"C:\dir\"),
            (r"\\\\", r"\\"),
        ] {
            assert_eq!(plain(little), words, "{little}");
        }
    }
}
