//! Texts as readers see them: addresses that can be followed, beginnings, and what a correction changed.
pub use crate::posts::{Change, changes};

/// A stretch of text, or an address in it.
#[derive(Debug, PartialEq, Clone, Copy)]
pub enum Part<'a> {
    Words(&'a str),
    Link(&'a str),
}

/// Cuts out web addresses. What usually ends a sentence does not belong to one.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut all, mut rest) = (vec![], text);
    while let Some(at) = ["https://", "http://"].iter().filter_map(|s| rest.find(s)).min() {
        let tail = &rest[at..];
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '“' | '”' | '།');
        let whole = &tail[..tail.find(ends).unwrap_or(tail.len())];
        let address = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        let host = address.split_once("://").is_some_and(|(_, h)| h.starts_with(char::is_alphanumeric));
        let end = at + if host { address.len() } else { whole.len() };
        if !host {
            all.push(Part::Words(&rest[..end]));
        } else {
            if at > 0 {
                all.push(Part::Words(&rest[..at]));
            }
            all.push(Part::Link(address));
        }
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        all.push(Part::Words(rest));
    }
    all
}

/// The beginning, cut between words where there are any: of one line, at most so many characters.
pub fn beginning(text: &str, most: usize) -> String {
    let mut line = String::with_capacity(text.len().min(4 * most));
    // No further than what is kept: a page of a long text asks for its first line only.
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 4 * most {
            break;
        }
    }
    let Some((cut, _)) = line.char_indices().nth(most) else { return line };
    let short = &line[..cut];
    let end = short.rfind([' ', '་', '།']).filter(|e| *e > cut / 2).unwrap_or(cut);
    format!("{}…", short[..end].trim_end())
}

/// The first sentence, if it is short enough for a headline, else the first words; and what follows.
pub fn headline(text: &str, most: usize) -> (&str, &str) {
    let text = text.trim();
    let sentence = text.char_indices().find_map(|(i, c)| {
        let end = i + c.len_utf8();
        let over = match c {
            '\n' | '།' => true,
            '.' | '!' | '?' => text[end..].starts_with(char::is_whitespace),
            _ => false,
        };
        over.then_some(end)
    });
    let limit = text.char_indices().nth(most).map_or(text.len(), |(i, _)| i);
    let end = match sentence {
        Some(end) if end <= limit => end,
        _ if limit == text.len() => limit,
        _ => text[..limit].rfind([' ', '་']).map_or(limit, |i| i + text[i..].chars().next().map_or(0, char::len_utf8)),
    };
    (text[..end].trim(), text[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_cut_out_and_sentences_end_after_them() {
        use Part::{Link, Words};
        assert_eq!(
            parts("See https://moh.gov.bt/flu?x=1&y=2. Thanks"),
            [Words("See "), Link("https://moh.gov.bt/flu?x=1&y=2"), Words(". Thanks")]
        );
        assert_eq!(parts("(http://a.bt/)"), [Words("("), Link("http://a.bt/"), Words(")")]);
        assert_eq!(parts("no links here"), [Words("no links here")]);
        assert!(parts("").is_empty());
        assert_eq!(parts("https://"), [Words("https://")]);
        assert_eq!(parts("a https://\"><script> b"), [Words("a https://"), Words("\"><script> b")]);
        let text = "རྫོང་ཁ https://moh.gov.bt།དེ་ལས།";
        assert_eq!(parts(text)[1], Link("https://moh.gov.bt"));
        for odd in ["http://http://x", "https://….bt", "https:///", "javascript:alert(1)"] {
            let whole: String = parts(odd)
                .iter()
                .map(|p| match p {
                    Words(t) | Link(t) => *t,
                })
                .collect();
            assert_eq!(whole, odd, "nothing is lost");
        }
    }

    #[test]
    fn a_beginning_is_cut_between_words() {
        assert_eq!(beginning("Free flu\nvaccination", 40), "Free flu vaccination");
        assert_eq!(beginning("Free flu vaccination", 14), "Free flu…");
        assert_eq!(beginning(&"x".repeat(30), 10), format!("{}…", "x".repeat(10)));
        assert_eq!(beginning("རྫོང་ཁ་སློབ་སྟོན", 9), "རྫོང་ཁ…");
    }

    #[test]
    fn a_headline_is_the_first_sentence_or_its_beginning() {
        assert_eq!(headline("Roads are open. Drive slowly.", 40), ("Roads are open.", "Drive slowly."));
        assert_eq!(headline("Version 1.5 is out", 40), ("Version 1.5 is out", ""));
        assert_eq!(headline("one two three four", 9), ("one two", "three four"));
        assert_eq!(headline("ཁྲུང་ཁྲུང་ཚུ། ལོག་འོངས་ཡི།", 40), ("ཁྲུང་ཁྲུང་ཚུ།", "ལོག་འོངས་ཡི།"));
        assert_eq!(headline("", 9), ("", ""));
        assert_eq!(headline(&"x".repeat(20), 9).0.len(), 9);
    }

    #[test]
    fn what_changed_is_told_by_words_and_syllables() {
        use Change::{Came, Same, Went};
        let say = |s: &str| s.to_owned();
        assert_eq!(
            changes("boil until Thursday. Really", "boil until Saturday. Really").unwrap(),
            [Same(say("boil until ")), Went(say("Thursday. ")), Came(say("Saturday. ")), Same(say("Really"))]
        );
        assert_eq!(changes("", "new").unwrap(), [Came(say("new"))]);
        assert_eq!(changes("གཟའ་པ་སངས་ཚུན་", "གཟའ་ཉི་མ་ཚུན་").unwrap().len(), 4);
        assert!(changes(&"a ".repeat(5000), "b").is_none());
    }
}
