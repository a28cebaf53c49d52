//! Words recognised after LinkedIn has put short addresses of its own (`https://lnkd.in/…`) in place of links.
use crate::count::split_link;
use crate::fingerprint;

/// What stands in [`crate::Prepared::container`] for a post of its own, where an answer has the name of what it answers.
pub(super) const POST: &str = "post";
const SHORT: &str = "https://lnkd.in/";

/// The text with every link as the same sign, to recognise it by.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let (before, link, after) = split_link(word);
        out.push_str(before);
        out.push_str(if link.is_empty() { "" } else { "↗" });
        out.push_str(after);
    }
    fingerprint(&out)
}

/// What is kept with a prepared post or answer, for a look at what became of it.
pub(super) fn kept(target: &str, text: &str) -> String {
    format!("{target}|{}", masked(text))
}

/// Whether a text that stands there is the one sought; `None` where its links were shortened and nothing is known of the
/// sought one but its fingerprint.
pub(super) fn same(there: &str, sought: &str, sought_masked: Option<&str>) -> Option<bool> {
    if fingerprint(there) == sought {
        return Some(true);
    }
    if !there.contains(SHORT) {
        return Some(false);
    }
    sought_masked.filter(|m| !m.is_empty()).map(|m| masked(there) == m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_links_do_not_hide_a_post() {
        let ours = "Road closed, see https://roads.gov.bt/a/very/long/address?x=1 for more.";
        let (mark, hidden) = (fingerprint(ours), masked(ours));
        let same = |there: &str| same(there, &mark, Some(&hidden));
        assert_eq!(same(ours), Some(true));
        assert_eq!(same("Road closed, see https://lnkd.in/gX_1 for more."), Some(true));
        assert_eq!(same("Road open, see https://lnkd.in/gX_1 for more."), Some(false));
        assert_eq!(same("Road closed, see https://roads.gov.bt/other for more."), Some(false));
        assert_eq!(super::same("Road https://lnkd.in/gX_1", &mark, None), None);
        assert_eq!(super::same("Road https://lnkd.in/gX_1", &mark, Some("")), None);
    }
}
