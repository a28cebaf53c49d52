//! Talk pages are plain text: what somebody said there is what an edit added, and whoever answers writes below it.
use super::wikitext::{plain, without_comments};
use std::collections::HashMap;

/// The lines that `new` has and `old` had not, without empty ones at the ends. Empty where nothing was said.
pub(super) fn added(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[same..], &new[same..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    // Between two places of change stands what others said before.
    let mut before: HashMap<&str, usize> = HashMap::new();
    for line in old {
        *before.entry(line).or_default() += 1;
    }
    let mut lines: Vec<String> = Vec::new();
    for line in new {
        match before.get_mut(line).filter(|n| **n > 0) {
            Some(n) => *n -= 1,
            None => lines.push((*line).to_owned()),
        }
    }
    let empty = |line: &String| line.trim().is_empty();
    let from = lines.iter().position(|l| !empty(l)).unwrap_or(lines.len());
    let to = lines.iter().rposition(|l| !empty(l)).map_or(from, |at| at + 1);
    lines[from..to].to_vec()
}

/// Added lines as what their author says: without heading marks, indentation, signature and comments.
pub(super) fn words(lines: &[String], author: &str) -> String {
    let joined = without_comments(&lines.join("\n"));
    let mut out: Vec<String> = Vec::new();
    for line in joined.lines() {
        let line = match heading(line) {
            // Our own sections are headed by our name.
            Some(head) if head == author => continue,
            Some(head) => head,
            None => unsigned(line, author).trim_start_matches([':', '*', '#']),
        };
        out.push(line.trim().to_owned());
    }
    plain(&out.join("\n"))
}

fn heading(line: &str) -> Option<&str> {
    let line = line.trim();
    let level = line.chars().take_while(|c| *c == '=').count();
    let inside = line.strip_prefix(&"=".repeat(level))?.strip_suffix(&"=".repeat(level))?;
    Some(inside.trim()).filter(|i| (1..=6).contains(&level) && !i.is_empty())
}

/// A line without the signature at its end: links to the pages of its author, and the time.
fn unsigned<'a>(line: &'a str, author: &str) -> &'a str {
    const LONGEST: usize = 400;
    let mut from = 0;
    while let Some(at) = line[from..].find("[[").map(|at| from + at) {
        let rest = &line[at..];
        let link = rest[2..].split("]]").next().unwrap_or_default();
        let target = link.split('|').next().unwrap_or_default();
        let of_author = target.strip_suffix(author).is_some_and(|before| before.ends_with([':', '/']));
        if of_author
            && rest.len() <= LONGEST
            && rest.trim_end().ends_with([')', ']', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
        {
            return line[..at].trim_end_matches([' ', '-', '–', '—']);
        }
        from = at + 2;
    }
    line
}

/// Where the lines stand in a page now: their line numbers. A block as it was written, or else those of its lines that
/// are still there.
pub(super) fn places(page: &str, lines: &[String]) -> Vec<usize> {
    let all: Vec<&str> = page.lines().collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let whole = all.windows(lines.len()).rposition(|w| w.iter().zip(lines).all(|(a, b)| a == b));
    if let Some(at) = whole {
        return (at..at + lines.len()).collect();
    }
    let (mut found, mut from) = (Vec::new(), 0);
    for line in lines.iter().filter(|l| !l.trim().is_empty()) {
        if let Some(at) = all[from..].iter().position(|l| l == line) {
            found.push(from + at);
            from += at + 1;
        }
    }
    found
}

/// The page with something else in the place of those lines; with nothing, they are gone.
pub(super) fn replaced(page: &str, places: &[usize], with: Option<&str>) -> String {
    let mut out: Vec<&str> = Vec::new();
    for (at, line) in page.lines().enumerate() {
        if places.first() == Some(&at) {
            out.extend(with);
        }
        if !places.contains(&at) {
            out.push(line);
        }
    }
    out.join("\n")
}

/// The marks of indentation a line begins with.
pub(super) fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([':', '*', '#']).len()]
}

/// The page with an answer below those lines, after the answers that are there already, one step further in.
pub(super) fn answered(page: &str, places: &[usize], answer: &str) -> String {
    let all: Vec<&str> = page.lines().collect();
    let Some(last) = places.last().copied().filter(|at| *at < all.len()) else {
        return format!("{}\n\n{answer}", page.trim_end()).trim_start().to_owned();
    };
    let own = indent(all[last]);
    let deeper = |line: &&str| indent(line).chars().count() > own.chars().count();
    let after = last + 1 + all[last + 1..].iter().take_while(|line| deeper(line)).count();
    let answer = format!("{own}:{answer}");
    let mut out = all[..after].to_vec();
    out.push(&answer);
    out.extend(&all[after..]);
    out.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGN: &str = "[[User:Pema|Pema]] ([[User talk:Pema|talk]]) 00:33, 29 November 2026 (UTC)";

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_an_edit_added() {
        for (old, new, said) in [
            ("", "== Q ==\n\nIs it open? --~~", "== Q ==\n\nIs it open? --~~"),
            ("one\n\ntwo", "one\n:reply\n\ntwo", ":reply"),
            ("one", "one\n\n== B ==\n\nmore", "== B ==\n\nmore"),
            ("one\n\ntwo\n\nthree", "one\n:x\n\ntwo\n\nthree\n:y", ":x\n:y"),
            ("one\ntwo", "one", ""),
            ("one", "one\n\n", ""),
            ("same\nsame", "same\nsame\nsame", "same"),
        ] {
            assert_eq!(added(old, new).join("\n"), said, "{old:?} to {new:?}");
        }
    }

    #[test]
    fn what_somebody_says() {
        for (wikitext, author, text) in [
            (
                format!("== Is it <open>? ==\n\nIs <b>Wangdue</b> open & safe? --{SIGN}"),
                "Pema",
                "Is it <open>?\n\nIs <b>Wangdue</b> open & safe?",
            ),
            (format!("::Thanks [[Main Page]] {SIGN}<!-- x -->"), "Pema", "Thanks [[Main Page]]"),
            (
                "More [[Special:Contributions/127.0.0.1|127.0.0.1]] 00:33, 29 November 2026 (UTC)".into(),
                "127.0.0.1",
                "More",
            ),
            (format!("I quote {SIGN}"), "Dorji", &format!("I quote {SIGN}")),
            ("== Roads ==\n\nWork at night".into(), "Roads", "Work at night"),
            ("=== ===\n==".into(), "x", "=== ===\n=="),
        ] {
            assert_eq!(words(&lines(&wikitext), author), text, "{wikitext}");
        }
    }

    #[test]
    fn answers_stand_below_and_words_can_be_taken_out() {
        let page = "== Q ==\n\nOpen?\n:Yes\n::Sure?\n\n== R ==\n\nOther";
        let place = places(page, &lines("== Q ==\n\nOpen?"));
        assert_eq!(place, [0, 1, 2]);
        assert_eq!(answered(page, &place, "No"), "== Q ==\n\nOpen?\n:Yes\n::Sure?\n:No\n\n== R ==\n\nOther");
        let yes = places(page, &lines(":Yes"));
        assert_eq!(answered(page, &yes, "No"), "== Q ==\n\nOpen?\n:Yes\n::Sure?\n::No\n\n== R ==\n\nOther");
        assert_eq!(answered("one\n", &[], "end"), "one\n\nend");
        assert_eq!(answered("", &[], "end"), "end");
        assert_eq!(replaced(page, &place, Some("(hidden)")), "(hidden)\n:Yes\n::Sure?\n\n== R ==\n\nOther");
        assert_eq!(replaced(page, &yes, None), "== Q ==\n\nOpen?\n::Sure?\n\n== R ==\n\nOther");
        // Somebody wrote in between: what is left of it is found.
        assert_eq!(places("a\nx\nb", &lines("a\nb\nc")), [0, 2]);
        assert!(places("x", &lines("a")).is_empty() && places("", &[]).is_empty());
    }
}
