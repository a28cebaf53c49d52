//! What a show is, and what it may say of itself. Pure.
use ground::mail::Mailer;
use ground::{FieldError, Say, record};

/// Apple's names of categories, those fit for a government: Apple takes no others. A part stands behind its whole.
pub const CATEGORIES: [&str; 16] = [
    "Government",
    "News",
    "News/Daily News",
    "News/Politics",
    "Health & Fitness",
    "Health & Fitness/Medicine",
    "Education",
    "Education/Courses",
    "Science",
    "Science/Nature",
    "Society & Culture",
    "Arts",
    "Business",
    "History",
    "Kids & Family",
    "Religion & Spirituality",
];

const MOST_TITLE: usize = 200;
/// As Apple counts a description: bytes.
const MOST_DESCRIPTION: usize = 4000;
/// The sides a picture of a show may have.
pub const SIDES: std::ops::RangeInclusive<u32> = 1400..=3000;

record! {
    pub struct Show { account_id: i64, title: String, description: String, lang: String, category: String, email: String, artwork: String, artwork_mime: String, updated_at: i64 }
}

impl Show {
    /// The category and its part.
    pub fn category(&self) -> (&str, Option<&str>) {
        self.category.split_once('/').map_or((self.category.as_str(), None), |(whole, part)| (whole, Some(part)))
    }
    pub fn described(&self) -> Described {
        Described {
            title: self.title.clone(),
            description: self.description.clone(),
            lang: self.lang.clone(),
            category: self.category.clone(),
            email: self.email.clone(),
        }
    }
}

/// What somebody typed about a show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Described {
    pub title: String,
    pub description: String,
    /// `dz` or `en`
    pub lang: String,
    pub category: String,
    /// Of whom it is asked after; may be empty.
    pub email: String,
}

impl Described {
    pub fn tidy(&self) -> Described {
        let plain = |text: &str| text.trim().to_owned();
        Described {
            title: plain(&self.title),
            description: plain(&self.description),
            lang: plain(&self.lang),
            category: plain(&self.category),
            email: plain(&self.email),
        }
    }
    pub fn wrong(&self) -> Vec<FieldError> {
        let mut all = vec![];
        let mut no = |field: &'static str, key| all.push(FieldError::new(field, Say::new(key)));
        let title = self.title.chars().count();
        if title == 0 || title > MOST_TITLE || self.title.contains('\n') {
            no("title", "podcast-error-title");
        }
        if self.description.is_empty() || self.description.len() > MOST_DESCRIPTION {
            no("description", "podcast-error-description");
        }
        if !matches!(self.lang.as_str(), "dz" | "en") {
            no("lang", "podcast-error-lang");
        }
        if !CATEGORIES.contains(&self.category.as_str()) {
            no("category", "podcast-error-category");
        }
        if !self.email.is_empty() && !Mailer::is_address(&self.email) {
            no("email", "podcast-error-email");
        }
        all
    }
}

record! {
    /// An episode that is out, with its words and its recording.
    pub struct Episode { id: i64, post_id: i64, published_at: i64, text_en: String, text_dz: String, variant: String, recording_id: i64, mime: String, bytes: i64, duration_ms: Option<i64>, said_en: String, said_dz: String }
}

impl Episode {
    /// Its words for a reader of this language, and the language they are in.
    pub fn text(&self, lang: &str) -> (&str, &'static str) {
        if !self.variant.trim().is_empty() {
            let tibetan = self.variant.chars().any(|c| ('\u{F00}'..='\u{FFF}').contains(&c));
            return (self.variant.trim(), if tibetan { "dz" } else { "en" });
        }
        let (en, dz) = (self.text_en.trim(), self.text_dz.trim());
        if (lang == "dz" && !dz.is_empty()) || en.is_empty() { (dz, "dz") } else { (en, "en") }
    }
    pub fn title(&self, lang: &str) -> String {
        crate::posts::first_line(self.text(lang).0)
    }
    /// What follows the title; all of it where the title is only the beginning of a long line.
    pub fn rest(&self, lang: &str) -> String {
        let text = self.text(lang).0;
        text.strip_prefix(&self.title(lang))
            .filter(|r| r.is_empty() || r.starts_with('\n'))
            .unwrap_or(text)
            .trim()
            .to_owned()
    }
    /// The mark by which programs know it: made of what never changes.
    pub fn guid(&self, account: i64) -> String {
        format!("urn:drelwa:episode:{account}:{}", self.post_id)
    }
    pub fn file(&self) -> String {
        crate::posts::recording_file(self.recording_id, &self.mime)
    }
    pub fn is_film(&self) -> bool {
        self.mime.starts_with("video/")
    }
    pub fn duration(&self) -> String {
        self.duration_ms.map(crate::posts::duration).unwrap_or_default()
    }
    /// Language, address and media type of what is said in it.
    pub fn transcripts(&self) -> Vec<(&'static str, String, &'static str)> {
        let one = |(lang, said): (&'static str, &String)| {
            let at = format!("/recordings/{}/captions/{lang}", self.recording_id);
            if crate::posts::is_captions(said) {
                Some((lang, format!("{at}.vtt"), "text/vtt"))
            } else {
                (!said.is_empty()).then(|| (lang, format!("{at}.txt"), "text/plain"))
            }
        };
        [("en", &self.said_en), ("dz", &self.said_dz)].into_iter().filter_map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_with_a_show_is_told_at_once() {
        let fields = |d: &Described| d.wrong().into_iter().map(|e| e.field).collect::<Vec<_>>();
        assert_eq!(fields(&Described::default()), ["title", "description", "lang", "category"]);
        let good = Described {
            title: "Health talk".into(),
            description: "x".repeat(4000),
            lang: "dz".into(),
            category: "News/Politics".into(),
            email: String::new(),
        };
        assert!(fields(&good).is_empty());
        let bad = Described { description: "ཀ".repeat(1334), email: "nobody".into(), category: "Fun".into(), ..good };
        assert_eq!(fields(&bad), ["description", "category", "email"], "bytes are counted, not letters");
    }
}
