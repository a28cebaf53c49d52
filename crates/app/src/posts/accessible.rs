//! Whether everybody can read a post: it is told in both languages, each picture in words in both, and what is said in a
//! recording is written down in both. Pure.
use super::checks::parts_of;
use super::post::Version;
use ground::Say;

/// What is there for everybody to read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accessible {
    /// On one of its accounts at least.
    pub en: bool,
    pub dz: bool,
    pub pictures: i64,
    /// Pictures that are not described in English, and in Dzongkha.
    pub untold_en: i64,
    pub untold_dz: i64,
    /// Recordings, and those whose words are not written down in English, and in Dzongkha.
    pub recordings: i64,
    pub unsaid_en: i64,
    pub unsaid_dz: i64,
}

impl Accessible {
    /// A version where it is shown with these texts of its own; an empty one stands for both languages together.
    pub fn of<'a>(v: &Version, variants: impl Iterator<Item = &'a str>) -> Accessible {
        let untold = |alt: fn(&super::post::Picture) -> &str| {
            i64::try_from(v.pictures.iter().filter(|p| alt(p).trim().is_empty()).count()).unwrap_or(i64::MAX)
        };
        let mut found = Accessible {
            pictures: i64::try_from(v.pictures.len()).unwrap_or(i64::MAX),
            untold_en: untold(|p| &p.alt_en),
            untold_dz: untold(|p| &p.alt_dz),
            recordings: i64::from(v.recording.is_some()),
            unsaid_en: v.recording.as_ref().map_or(0, |r| i64::from(r.said_en.is_empty())),
            unsaid_dz: v.recording.as_ref().map_or(0, |r| i64::from(r.said_dz.is_empty())),
            ..Accessible::default()
        };
        let mut shown = false;
        for variant in variants {
            shown = true;
            found.shown_as(variant, &v.text_dz, &v.text_en);
        }
        // Where no account is chosen yet, both languages would go together.
        if !shown {
            found.shown_as("", &v.text_dz, &v.text_en);
        }
        found
    }

    /// It is shown somewhere with this text of its own, or with both languages together.
    pub fn shown_as(&mut self, variant: &str, dz: &str, en: &str) {
        for (lang, _) in parts_of(variant, dz, en) {
            self.dz |= lang == "dz";
            self.en |= lang == "en";
        }
    }

    /// How much of what everybody needs is there, and how much that is: each language, and each picture and recording
    /// in each.
    pub fn score(&self) -> (i64, i64) {
        let all = 2 + 2 * self.pictures + 2 * self.recordings;
        let missing = i64::from(!self.en) + i64::from(!self.dz);
        (all - missing - self.untold_en - self.untold_dz - self.unsaid_en - self.unsaid_dz, all)
    }

    pub fn is_whole(&self) -> bool {
        let (there, all) = self.score();
        there == all
    }

    /// What is missing, in sentences.
    pub fn missing(&self) -> Vec<Say> {
        let mut all = vec![];
        if !self.en {
            all.push(Say::new("posts-access-no-en"));
        }
        if !self.dz {
            all.push(Say::new("posts-access-no-dz"));
        }
        for (n, key) in [
            (self.untold_en, "posts-access-alt-en"),
            (self.untold_dz, "posts-access-alt-dz"),
            (self.unsaid_en, "posts-access-said-en"),
            (self.unsaid_dz, "posts-access-said-dz"),
        ] {
            if n > 0 {
                all.push(Say::new(key).arg("n", n));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posts::post::Picture;

    fn version(en: &str, dz: &str, alts: &[(&str, &str)]) -> Version {
        let picture = |(alt_en, alt_dz): &(&str, &str)| Picture {
            id: 1,
            digest: String::new(),
            mime: String::new(),
            width: 1,
            height: 1,
            alt_en: (*alt_en).into(),
            alt_dz: (*alt_dz).into(),
        };
        Version {
            number: 1,
            text_en: en.into(),
            text_dz: dz.into(),
            pictures: alts.iter().map(picture).collect(),
            ..Version::default()
        }
    }

    #[test]
    fn what_is_said_in_a_recording_counts_in_each_language() {
        let recording = crate::posts::post::Recording {
            id: 1,
            digest: String::new(),
            mime: "video/mp4".into(),
            bytes: 1,
            duration_ms: None,
            said_en: "The bridge is open.".into(),
            said_dz: String::new(),
        };
        let v = Version { recording: Some(recording), ..version("Flu", "ཚ་ནད།", &[]) };
        let found = Accessible::of(&v, [""].into_iter());
        assert_eq!((found.score(), found.missing().len()), ((3, 4), 1));
        assert_eq!(found.missing()[0].key, "posts-access-said-dz");
    }

    #[test]
    fn each_language_and_each_picture_in_each_counts() {
        let both = ("A bridge", "ཟམ།");
        for (en, dz, variants, alts, score, missing) in [
            ("Flu", "ཚ་ནད།", vec![], vec![], (2, 2), vec![]),
            ("Flu", "ཚ་ནད།", vec![""], vec![both, both], (6, 6), vec![]),
            ("Flu", "  ", vec![""], vec![], (1, 2), vec!["posts-access-no-dz"]),
            ("", "", vec![], vec![], (0, 2), vec!["posts-access-no-en", "posts-access-no-dz"]),
            // One language on each of two accounts is both; the same on both is one.
            ("Flu", "ཚ་ནད།", vec!["Flu here", "ཚ་ནད་ནཱ།"], vec![], (2, 2), vec![]),
            ("Flu", "ཚ་ནད།", vec!["Flu here", "Flu there"], vec![], (1, 2), vec!["posts-access-no-dz"]),
            ("Flu", "ཚ་ནད།", vec!["Flu here", ""], vec![], (2, 2), vec![]),
            ("Flu", "ཚ་ནད།", vec![""], vec![both, ("A road", " ")], (5, 6), vec!["posts-access-alt-dz"]),
            (
                "Flu",
                "ཚ་ནད།",
                vec![""],
                vec![("", ""), ("", "ལམ།")],
                (3, 6),
                vec!["posts-access-alt-en", "posts-access-alt-dz"],
            ),
        ] {
            let found = Accessible::of(&version(en, dz, &alts), variants.iter().copied());
            let what = format!("{en} {dz} {variants:?} {alts:?}");
            assert_eq!(found.score(), score, "{what}");
            assert_eq!(found.missing().iter().map(|s| s.key).collect::<Vec<_>>(), missing, "{what}");
            assert_eq!(found.is_whole(), missing.is_empty(), "{what}");
        }
    }
}
