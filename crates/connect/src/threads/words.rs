//! How long a text is on Threads: characters, but pictures among them weigh as many as they have bytes (documentation,
//! overview: limitations). What this does not know as a picture counts one.
use super::LONGEST;
use crate::{Capabilities, Post, Problem};

/// Pictures in texts, as far as Unicode keeps them together, and what joins and colours them.
fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x2300..=0x23FF | 0xFE0F | 0x200D | 0x20E3)
}

pub(super) fn length(text: &str) -> usize {
    text.chars().map(|c| if is_picture(c) { c.len_utf8() } else { 1 }).sum()
}

pub(super) fn problems(can: &Capabilities, post: &Post) -> Vec<Problem> {
    let mut out = crate::problems(can, post);
    let found = length(&post.text);
    match out.iter_mut().find(|p| p.code == "text-too-long") {
        Some(problem) => problem.found = Some(found),
        None if found > LONGEST => {
            out.insert(0, Problem { code: "text-too-long", limit: Some(LONGEST), found: Some(found) });
        }
        None => {}
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_weigh_more_than_letters() {
        assert_eq!(length("Road འབྲུག"), 5 + 5);
        assert_eq!(length("🚧"), 4);
        assert_eq!(length("⚠\u{fe0f}"), 6);
        assert_eq!(length("👩\u{200d}🌾"), 11);
    }
}
