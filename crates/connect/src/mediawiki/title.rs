//! The title of a page: the first line of the text, made to fit the rules of titles, and a sign of the key that makes it
//! the title of this post and no other.
use ground::crypto::hex;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// A title may have 255 bytes; in Dzongkha a character takes three.
const NAME_BYTES: usize = 200;
/// How many signs of the mark stand in a title.
const SHOWN: usize = 10;

/// What a key looks like on the wiki: in the summary whole, in the title shortened.
pub(super) fn mark(key: &str) -> String {
    let digest = Sha256::digest(format!("drelwa post {key}"));
    hex(&digest[..16])
}

pub(super) fn of(text: &str, mark: &str) -> String {
    let line = text.lines().map(name).find(|n| !n.is_empty()).unwrap_or_else(|| "Notice".to_owned());
    format!("{line} ({})", &mark[..SHOWN.min(mark.len())])
}

/// A line without what titles must not hold.
fn name(line: &str) -> String {
    let chars: Vec<char> = line.nfc().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().copied().enumerate() {
        let (before, after) = (at.checked_sub(1).map(|b| chars[b]), chars.get(at + 1).copied());
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        match c {
            '[' | '{' => out.push('('),
            ']' | '}' => out.push(')'),
            '<' => out.push('‹'),
            '>' => out.push('›'),
            // Before a colon stands the name of a namespace, or of another wiki; between digits it is a time of day.
            ':' if digit(before) && digit(after) => out.push(':'),
            ':' => out.push_str(" – "),
            // What stands before a slash would be the page this one belongs to.
            '/' | '|' => out.push('-'),
            '#' | '~' | '_' => out.push(' '),
            // `%41` and `&amp;` are read as the characters they stand for.
            '%' | '&' => out.extend([c, ' ']),
            '\u{fffd}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    let joined = out.split_whitespace().collect::<Vec<_>>().join(" ");
    let tidy = shortened(&joined);
    tidy.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '–' | '-')).to_owned()
}

fn shortened(line: &str) -> String {
    if line.len() <= NAME_BYTES {
        return line.to_owned();
    }
    let mut out = String::new();
    // Words as long as they fit; a script without spaces is cut between characters as people see them.
    for word in line.split_word_bounds() {
        if out.len() + word.len() > NAME_BYTES {
            break;
        }
        out.push_str(word);
    }
    if out.len() < NAME_BYTES / 2 {
        out.clear();
        for sign in line.graphemes(true).take_while(|g| g.len() <= NAME_BYTES) {
            if out.len() + sign.len() > NAME_BYTES {
                break;
            }
            out.push_str(sign);
        }
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_fit_the_rules() {
        for (text, title) in [
            ("Bridge open again\nmore", "Bridge open again"),
            ("\n\n  The *bridge* at Wangdue <open> & safe:\nx", "The *bridge* at Wangdue ‹open› & safe"),
            ("Talk: who are you?", "Talk – who are you?"),
            ("From 12:30 on", "From 12:30 on"),
            (":en:Main/../Page", "en – Main-..-Page"),
            ("[[Category:X]] {{delete}} | #1 ~~~~ __NOTOC__", "((Category – X)) ((delete)) - 1 NOTOC"),
            ("100%25 &amp; a\u{202e}b\u{7}c", "100% 25 & amp; ab c"),
            ("འབྲུག་ལམ་ཁ་ཕྱེ་ཡོད།", "འབྲུག་ལམ་ཁ་ཕྱེ་ཡོད།"),
            ("", "Notice"),
            ("###", "Notice"),
            ("./x", "x"),
        ] {
            assert_eq!(of(text, "0123456789abcdef"), format!("{title} (0123456789)"), "{text}");
        }
        for long in ["ཀ".repeat(500), "word ".repeat(100), "x".repeat(1000), "e\u{301}".repeat(300)] {
            let title = of(&long, &mark("k"));
            assert!(title.len() <= 255 && title.len() > 100, "{} {title}", title.len());
        }
    }

    #[test]
    fn a_key_has_one_mark() {
        assert_eq!(mark("k"), mark("k"));
        assert_ne!(mark("k"), mark("k2"));
        assert_eq!(mark("k").len(), 32);
    }
}
