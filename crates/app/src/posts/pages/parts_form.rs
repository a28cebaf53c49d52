//! The part of the composer that is about what follows a post.
use crate::posts::part::{MOST, Part, numbered};
use ground::http::FormData;

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
