//! What changed between two texts, word by word.

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
    let (a, b) = (tokens(old), tokens(new));
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
