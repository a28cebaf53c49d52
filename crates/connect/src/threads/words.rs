//! How long a text is on Threads: characters, but pictures among them weigh as many as they have bytes (documentation,
//! overview: limitations). What this does not know as a picture counts one.
use super::{LINKS, LONGEST};
use crate::count::split_link;
use crate::{Capabilities, Post, Problem};
use std::collections::BTreeSet;

/// Pictures in texts, as far as Unicode keeps them together, and what joins and colours them.
fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x2300..=0x23FF | 0xFE0F | 0x200D | 0x20E3)
}

pub(super) fn length(text: &str) -> usize {
    text.chars().map(|c| if is_picture(c) { c.len_utf8() } else { 1 }).sum()
}

/// How many different links a text has; what is said twice counts once (documentation, “Text attachments”). A name without
/// `https://` or `www.` is left to Threads to see.
pub(super) fn links(text: &str) -> usize {
    text.split_whitespace().filter_map(link).collect::<BTreeSet<_>>().len()
}

fn link(word: &str) -> Option<&str> {
    match split_link(word).1 {
        "" if word.starts_with("www.") => Some(word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')'])),
        link => Some(link).filter(|link| !link.is_empty()),
    }
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
    let links = links(&post.text);
    if links > LINKS {
        out.push(Problem { code: "links-too-many", limit: Some(LINKS), found: Some(links) });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_is_said_twice_is_one() {
        let six = "https://a.bt/1 (http://a.bt/2) www.b.bt. https://a.bt/3, https://a.bt/4 https://a.bt/5";
        assert_eq!((links(six), links(&format!("{six} www.b.bt https://a.bt/1"))), (6, 6));
        assert_eq!((links("No link: moh.gov.bt, https:// and wwww."), links("")), (0, 0));
    }

    #[test]
    fn pictures_weigh_more_than_letters() {
        assert_eq!(length("Road འབྲུག"), 5 + 5);
        assert_eq!(length("🚧"), 4);
        assert_eq!(length("⚠\u{fe0f}"), 6);
        assert_eq!(length("👩\u{200d}🌾"), 11);
    }
}
