//! What is said after a post: a first comment, or the rest of a thread. Each part answers the one before it; the post itself
//! is the first, so these are counted from two.
use super::post::{Target, Version};
use ground::{FieldError, Say};

/// The most that may follow a post.
pub const MOST: usize = 20;
/// The number of the first that follows.
const FIRST: i64 = 2;

/// One text that follows, in one language or both.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    pub en: String,
    pub dz: String,
}

impl Part {
    pub fn is_empty(&self) -> bool {
        self.en.trim().is_empty() && self.dz.trim().is_empty()
    }
    /// What a platform is given: Dzongkha and English together, as of the post itself.
    pub fn text(&self) -> String {
        together([self.dz.as_str(), &self.en])
    }
    pub fn lang(&self) -> &'static str {
        if self.dz.trim().is_empty() { "en" } else { "dz" }
    }
}

fn together<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(str::trim).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Each with the number people know it by.
pub fn numbered(parts: &[Part]) -> impl Iterator<Item = (i64, &Part)> {
    (FIRST..).zip(parts)
}

/// What is wrong with parts as they were typed, whether or not they are to be submitted.
pub fn wrong(parts: &[Part], most_text: usize) -> Vec<FieldError> {
    let mut all = vec![];
    if parts.len() > MOST {
        all.push(FieldError::new("parts", Say::new("posts-error-parts-many").arg("limit", MOST)));
    }
    for (n, part) in numbered(parts) {
        if part.en.chars().count().max(part.dz.chars().count()) > most_text {
            let say = Say::new("posts-error-part-long").arg("part", n).arg("limit", most_text);
            all.push(FieldError::new("parts", say));
        }
    }
    all
}

impl Version {
    /// A part that follows, by its number; the post itself is none.
    pub fn part(&self, n: i64) -> Option<&Part> {
        self.parts.get(usize::try_from(n.checked_sub(FIRST)?).ok()?)
    }
    /// The number of the last part: one where nothing follows.
    pub fn last_part(&self) -> i64 {
        i64::try_from(self.parts.len()).map_or(i64::MAX, |n| n + FIRST - 1)
    }
    /// Everything it says in a language, below one another: where nothing can be answered, and where all is compared.
    pub fn whole_en(&self) -> String {
        whole(&self.text_en, self.parts.iter().map(|p| p.en.as_str()))
    }
    pub fn whole_dz(&self) -> String {
        whole(&self.text_dz, self.parts.iter().map(|p| p.dz.as_str()))
    }
    /// A text of its own for an account, with everything that follows below it.
    pub fn whole_variant(&self, target: &Target) -> String {
        let after: Vec<String> = self.parts.iter().map(Part::text).collect();
        whole(&target.variant, after.iter().map(String::as_str))
    }
    /// Everything for one account, as a letter says it.
    pub fn whole_for(&self, target: &Target) -> String {
        if target.variant.trim().is_empty() {
            together([self.whole_dz().as_str(), &self.whole_en()])
        } else {
            self.whole_variant(target)
        }
    }
    /// Whether a platform that has this version of a part has what the other version says of it.
    pub fn says_the_same(&self, other: &Version, account: i64, part: i64) -> bool {
        if part > 1 {
            return self.part(part) == other.part(part);
        }
        let of = |v: &Version| {
            let target = v.targets.iter().find(|t| t.account == account);
            target.map(|t| super::checks::text_for(v, t))
        };
        of(self) == of(other) && self.pictures == other.pictures && self.recording == other.recording
    }
}

/// A text that nothing follows stays as it was typed.
fn whole<'a>(text: &'a str, after: impl Iterator<Item = &'a str>) -> String {
    let mut after = after.filter(|t| !t.trim().is_empty()).peekable();
    if after.peek().is_none() { text.to_owned() } else { together([text].into_iter().chain(after)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(en: &str, dz: &str) -> Part {
        Part { en: en.into(), dz: dz.into() }
    }
    fn version(parts: &[Part]) -> Version {
        let (text_en, text_dz) = ("Flu ".to_owned(), "ཚ་ནད།".to_owned());
        let targets = vec![Target { account: 7, variant: String::new() }];
        Version { text_en, text_dz, targets, parts: parts.to_vec(), ..Version::default() }
    }

    #[test]
    fn parts_are_counted_from_two_and_stand_below_the_post_in_each_language() {
        let v = version(&[part("Where: gov.bt", ""), part("When", "ནམ།")]);
        assert_eq!((v.part(1), v.part(2), v.part(4), v.last_part()), (None, Some(&v.parts[0]), None, 3));
        assert_eq!(v.part(i64::MIN), None);
        assert_eq!(v.whole_en(), "Flu\n\nWhere: gov.bt\n\nWhen");
        assert_eq!(v.whole_dz(), "ཚ་ནད།\n\nནམ།");
        assert_eq!(v.whole_for(&v.targets[0]), "ཚ་ནད།\n\nནམ།\n\nFlu\n\nWhere: gov.bt\n\nWhen");
        let own = Target { account: 7, variant: "Ours".into() };
        assert_eq!(v.whole_for(&own), "Ours\n\nWhere: gov.bt\n\nནམ།\n\nWhen");
        assert_eq!((v.parts[0].lang(), v.parts[1].lang()), ("en", "dz"));
        let alone = version(&[]);
        assert_eq!((alone.whole_en(), alone.last_part()), ("Flu ".to_owned(), 1));
    }

    #[test]
    fn what_stayed_the_same_is_known_part_by_part() {
        let before = version(&[part("a", ""), part("b", "")]);
        let mut now = version(&[part("a", ""), part("c", "")]);
        assert_eq!([1, 2, 3].map(|n| before.says_the_same(&now, 7, n)), [true, true, false]);
        now.text_en.push('!');
        assert!(!before.says_the_same(&now, 7, 1));
        now.targets[0].variant = "own".into();
        assert!(!before.says_the_same(&now, 7, 1));
    }

    #[test]
    fn too_many_and_too_long_are_told_at_once() {
        let many = vec![part("xx", ""); MOST + 1];
        assert_eq!(wrong(&many, 1).len(), MOST + 2);
        assert!(wrong(&many[..MOST], 2).is_empty());
    }
}
