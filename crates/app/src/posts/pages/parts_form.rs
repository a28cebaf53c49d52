//! The part of the composer that is about what follows a post. Its buttons send the form and change what stands in the fields;
//! nothing is saved by them.
use crate::posts::part::{MOST, Part, numbered};
use ground::http::FormData;

/// What one of the buttons beside the fields asks for; a part is known by its number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Asked {
    Add,
    TakeOut(i64),
    MoveUp(i64),
}

pub fn asked(form: &FormData) -> Option<Asked> {
    let then = form.text("then");
    let number = |before: &str| then.strip_prefix(before).and_then(|n| n.parse().ok());
    if then == "part" {
        return Some(Asked::Add);
    }
    number("out-").map(Asked::TakeOut).or_else(|| number("up-").map(Asked::MoveUp))
}

/// The parts as they stand afterwards, and the number of the one to go on with: 1, the post itself, when none is left.
pub fn changed(mut parts: Vec<Part>, asked: Asked) -> (Vec<Part>, i64) {
    let place = |n: i64| usize::try_from(n - 2).ok();
    let goes_on = match asked {
        Asked::Add => {
            parts.retain(|p| !p.is_empty());
            if parts.len() < MOST {
                parts.push(Part::default());
            }
            MOST
        }
        Asked::TakeOut(n) => match place(n).filter(|at| *at < parts.len()) {
            Some(at) => {
                parts.remove(at);
                at
            }
            None => MOST,
        },
        Asked::MoveUp(n) => match place(n).filter(|at| (1..parts.len()).contains(at)) {
            Some(at) => {
                parts.swap(at, at - 1);
                at - 1
            }
            None => MOST,
        },
    };
    let numbers: Vec<i64> = numbered(&parts).map(|(n, _)| n).collect();
    let goes_on = numbers.get(goes_on).or(numbers.last()).copied().unwrap_or(1);
    (parts, goes_on)
}

/// What stood in the fields, those that were left empty with it.
pub fn typed(form: &FormData) -> Vec<Part> {
    let there = |name: &str| form.pairs.iter().any(|(n, _)| n == name);
    let blank = vec![Part::default(); MOST + 1];
    let names = numbered(&blank).map(|(n, _)| (format!("part_en-{n}"), format!("part_dz-{n}")));
    let names = names.take_while(|(en, dz)| there(en) || there(dz));
    names.map(|(en, dz)| Part { en: form.text(&en).into(), dz: form.text(&dz).into() }).collect()
}

/// A part with nothing in it is one that was taken out.
pub fn kept(form: &FormData) -> Vec<Part> {
    typed(form).into_iter().filter(|p| !p.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_added_taken_out_and_moved_and_the_work_goes_on_where_it_was() {
        let parts = |words: &[&str]| words.iter().map(|w| Part { en: (*w).into(), dz: String::new() }).collect();
        for (before, asked, after, goes_on) in [
            (&[][..], Asked::Add, &[""][..], 2),
            (&["a", "", "b"], Asked::Add, &["a", "b", ""], 4),
            (&["a", "b", "c"], Asked::TakeOut(3), &["a", "c"], 3),
            (&["a", "b"], Asked::TakeOut(3), &["a"], 2),
            (&["a"], Asked::TakeOut(2), &[], 1),
            (&["a", "b", "c"], Asked::MoveUp(4), &["a", "c", "b"], 3),
            (&["a", "b"], Asked::MoveUp(2), &["a", "b"], 3),
            (&["a", "b"], Asked::TakeOut(i64::MIN + 2), &["a", "b"], 3),
            (&["a", "b"], Asked::MoveUp(9), &["a", "b"], 3),
        ] {
            assert_eq!(changed(parts(before), asked), (parts(after), goes_on), "{before:?} {asked:?}");
        }
        let most: Vec<Part> = parts(&["x"; MOST]);
        assert_eq!(changed(most.clone(), Asked::Add), (most, 21));
    }
}
