//! What changed between two texts, word by word or line by line.

/// A stretch that stayed, came or went.
#[derive(Debug, PartialEq, Clone)]
pub enum Change {
    Same(String),
    Came(String),
    Went(String),
}

/// Beyond this the comparison would cost more than it tells: then both texts are shown whole.
const MOST_TOKENS: usize = 1500;

/// Words with what follows them; Dzongkha by the syllable.
fn tokens(text: &str) -> Vec<&str> {
    text.split_inclusive([' ', '\n', '་', '།']).collect()
}

/// What changed between two texts, by the longest sequence they share. `None` where they are too long to compare.
pub fn changes(old: &str, new: &str) -> Option<Vec<Change>> {
    compared(&tokens(old), &tokens(new))
}

/// The same line by line, for long texts such as terms of use. What both begin and end with costs nothing.
pub fn lines_changed(old: &str, new: &str) -> Option<Vec<Change>> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (&a[head..], &b[head..]);
    let tail = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(x, y)| x == y).count();
    let middle = compared(&rest_a[..rest_a.len() - tail], &rest_b[..rest_b.len() - tail])?;
    let whole = [(!a[..head].is_empty()).then(|| Change::Same(a[..head].concat()))].into_iter().flatten();
    let end = (tail > 0).then(|| Change::Same(rest_a[rest_a.len() - tail..].concat()));
    Some(whole.chain(middle).chain(end).collect())
}

fn compared(a: &[&str], b: &[&str]) -> Option<Vec<Change>> {
    if a.len() > MOST_TOKENS || b.len() > MOST_TOKENS {
        return None;
    }
    let width = b.len() + 1;
    let mut longest = vec![0u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut all) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        let same = i < a.len() && j < b.len() && a[i] == b[j];
        let went = !same && i < a.len() && (j == b.len() || longest[(i + 1) * width + j] >= longest[i * width + j + 1]);
        if same {
            join(&mut all, Change::Same, a[i]);
            (i, j) = (i + 1, j + 1);
        } else if went {
            join(&mut all, Change::Went, a[i]);
            i += 1;
        } else {
            join(&mut all, Change::Came, b[j]);
            j += 1;
        }
    }
    Some(all)
}

fn join(all: &mut Vec<Change>, kind: fn(String) -> Change, token: &str) {
    let wanted = kind(String::new());
    match all.last_mut() {
        Some(last) if std::mem::discriminant(last) == std::mem::discriminant(&wanted) => {
            let (Change::Same(text) | Change::Came(text) | Change::Went(text)) = last;
            text.push_str(token);
        }
        _ => all.push(kind(token.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stayed_came_and_went() {
        let (old, new) = ("One\nTwo\nThree\nFour\n", "One\n2\nThree\nThree and a half\nFour\n");
        let found = lines_changed(old, new).unwrap();
        let went: Vec<_> = found.iter().filter(|c| matches!(c, Change::Went(_))).cloned().collect();
        assert_eq!(went, [Change::Went("Two\n".into())]);
        let came: String =
            found.iter().filter_map(|c| if let Change::Came(t) = c { Some(t.as_str()) } else { None }).collect();
        assert_eq!(came, "2\nThree and a half\n");
        assert_eq!(lines_changed(old, old).unwrap(), [Change::Same(old.into())]);
        assert_eq!(lines_changed("", new).unwrap(), [Change::Came(new.into())]);
        let long: String = (0..2000).map(|n| format!("{n}\n")).collect();
        assert_eq!(lines_changed(&long, &long.replace("\n1000\n", "\nx\n")).unwrap().len(), 4);
        assert!(lines_changed(&long, &long.replace('1', "x")).is_none());
    }
}
