//! What a post is.
use super::part::Part;
use ground::crypto::sha256_hex;
use serde_json::json;

/// Where a post stands. What became of it on each platform is publishing's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Draft,
    Submitted,
    Approved,
    Rejected,
    Withdrawn,
}

impl State {
    pub const ALL: [State; 5] = [State::Draft, State::Submitted, State::Approved, State::Rejected, State::Withdrawn];

    pub fn code(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Submitted => "submitted",
            State::Approved => "approved",
            State::Rejected => "rejected",
            State::Withdrawn => "withdrawn",
        }
    }
    pub fn word(self) -> &'static str {
        match self {
            State::Draft => "posts-state-draft",
            State::Submitted => "posts-state-submitted",
            State::Approved => "posts-state-approved",
            State::Rejected => "posts-state-rejected",
            State::Withdrawn => "posts-state-withdrawn",
        }
    }
    /// How its tag looks.
    pub fn tone(self) -> &'static str {
        match self {
            State::Draft => "",
            State::Submitted => "warn",
            State::Approved => "good",
            State::Rejected | State::Withdrawn => "bad",
        }
    }
    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// One account a post goes to, with a text of its own if the common one does not suit.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub account: i64,
    pub variant: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub id: i64,
    pub digest: String,
    pub mime: String,
    pub width: i64,
    pub height: i64,
    pub alt_en: String,
    pub alt_dz: String,
}

/// A film or sound recording with what is said in it, for people who cannot hear it: captions with times (WebVTT) or its
/// words alone, in each language there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    pub id: i64,
    pub digest: String,
    pub mime: String,
    pub bytes: i64,
    pub duration_ms: Option<i64>,
    pub said_en: String,
    pub said_dz: String,
}

impl Recording {
    pub fn is_film(&self) -> bool {
        self.mime.starts_with("video/")
    }
    /// The same to write the next version with.
    pub fn attached(&self) -> Attached {
        Attached { id: self.id, said_en: self.said_en.clone(), said_dz: self.said_dz.clone() }
    }
    pub fn duration(&self) -> String {
        self.duration_ms.map(super::recording::duration).unwrap_or_default()
    }
    /// How many seconds it plays, one that was begun counted whole.
    pub fn seconds(&self) -> Option<u64> {
        self.duration_ms.and_then(|ms| u64::try_from(ms).ok()).map(|ms| ms.div_ceil(1000))
    }
}

/// Which recording goes with a draft, and what is said in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attached {
    pub id: i64,
    pub said_en: String,
    pub said_dz: String,
}

/// One version: what is written is never changed, only followed by another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Version {
    pub number: i64,
    pub text_en: String,
    pub text_dz: String,
    /// What is said after it, each an answer to the one before.
    pub parts: Vec<Part>,
    /// Why a published post was corrected; empty otherwise.
    pub note: String,
    /// When it is to go out; `None`: once approved.
    pub scheduled_at: Option<i64>,
    pub targets: Vec<Target>,
    pub pictures: Vec<Picture>,
    pub recording: Option<Recording>,
    pub content_hash: String,
    pub author: i64,
    pub at: i64,
}

#[derive(Debug, Clone)]
pub struct Post {
    pub id: i64,
    pub agency: i64,
    pub state: State,
    pub current: Version,
    /// The version that was approved last and may be public.
    pub released: Option<i64>,
    pub scheduled_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// What somebody typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    pub text_en: String,
    pub text_dz: String,
    pub parts: Vec<Part>,
    pub targets: Vec<Target>,
    pub pictures: Vec<i64>,
    pub recording: Option<Attached>,
    pub scheduled_at: Option<i64>,
}

/// The hash an approval is bound to: every word, picture, description, account, the recording with what is said in it, what
/// follows, and the time. SHA-256 over JSON with fixed keys in a fixed order; the keys of a recording and of what follows
/// are there only with one.
pub fn content_hash(
    agency: i64,
    draft: &Draft,
    pictures: &[Picture],
    recording: Option<&Recording>,
    note: &str,
) -> String {
    let pictures: Vec<_> = pictures.iter().map(|p| json!([p.digest, p.alt_en, p.alt_dz])).collect();
    let targets: Vec<_> = draft.targets.iter().map(|t| json!([t.account, t.variant])).collect();
    let mut all = json!({"agency": agency, "en": draft.text_en, "dz": draft.text_dz, "pictures": pictures,
        "targets": targets, "at": draft.scheduled_at, "note": note});
    if let Some(r) = recording {
        all["recording"] = json!([r.digest, r.said_en, r.said_dz]);
    }
    if !draft.parts.is_empty() {
        all["parts"] = draft.parts.iter().map(|p| json!([p.en, p.dz])).collect();
    }
    sha256_hex(all.to_string().as_bytes())
}

impl Post {
    /// A post that was just written.
    pub fn first(id: i64, agency: i64, current: Version) -> Post {
        let (scheduled_at, at) = (current.scheduled_at, current.at);
        Post { id, agency, state: State::Draft, current, released: None, scheduled_at, created_at: at, updated_at: at }
    }
    pub fn draft(&self) -> Draft {
        Draft {
            text_en: self.current.text_en.clone(),
            text_dz: self.current.text_dz.clone(),
            parts: self.current.parts.clone(),
            targets: self.current.targets.clone(),
            pictures: self.current.pictures.iter().map(|p| p.id).collect(),
            recording: self.current.recording.as_ref().map(Recording::attached),
            scheduled_at: self.scheduled_at,
        }
    }
    /// A line to show in lists.
    pub fn line(&self) -> String {
        first_line(if self.current.text_en.is_empty() { &self.current.text_dz } else { &self.current.text_en })
    }
}

impl super::Brief {
    /// The line shown for it, and its language; empty when nothing is written yet.
    pub fn line(&self, lang: &str) -> (String, &'static str) {
        let (en, dz) = (first_line(&self.text_en), first_line(&self.text_dz));
        if (lang == "dz" && !dz.is_empty()) || en.is_empty() { (dz, "dz") } else { (en, "en") }
    }
    pub fn state(&self) -> State {
        State::parse(&self.state).unwrap_or(State::Draft)
    }
}

pub fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(120).collect();
    if short.len() < line.len() { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_content_is_in_its_hash() {
        let draft = Draft {
            text_en: "Flu".into(),
            targets: vec![Target { account: 1, variant: String::new() }],
            ..Draft::default()
        };
        let hash = content_hash(7, &draft, &[], None, "");
        let other = |change: fn(&mut Draft)| {
            let mut d = draft.clone();
            change(&mut d);
            content_hash(7, &d, &[], None, "")
        };
        let with = |digest: &str, said_en: &str, said_dz: &str| {
            let (digest, said_en, said_dz) = (digest.into(), said_en.into(), said_dz.into());
            let r = Recording { id: 1, digest, mime: String::new(), bytes: 1, duration_ms: None, said_en, said_dz };
            content_hash(7, &draft, &[], Some(&r), "")
        };
        assert_ne!(with("a", "WEBVTT", ""), with("b", "WEBVTT", ""));
        assert_ne!(with("a", "WEBVTT", ""), with("a", "", "WEBVTT"));
        assert_eq!(hash, other(|_| ()));
        // What an older version without parts was given must verify for ever.
        let old = r#"{"agency":7,"en":"Flu","dz":"","pictures":[],"targets":[[1,""]],"at":null,"note":""}"#;
        assert_eq!(hash, sha256_hex(old.as_bytes()));
        let said = |en: &str, dz: &str| Part { en: en.into(), dz: dz.into() };
        let parts = |parts: &[Part]| content_hash(7, &Draft { parts: parts.to_vec(), ..draft.clone() }, &[], None, "");
        assert_ne!(parts(&[said("a", "")]), parts(&[said("", "a")]));
        assert_ne!(parts(&[said("a", ""), said("b", "")]), parts(&[said("b", ""), said("a", "")]));
        for changed in [
            other(|d| d.text_en.push('.')),
            other(|d| d.text_dz.push('་')),
            other(|d| d.targets[0].account = 2),
            other(|d| d.targets[0].variant = "x".into()),
            other(|d| d.scheduled_at = Some(1)),
            other(|d| d.parts.push(Part::default())),
            content_hash(8, &draft, &[], None, ""),
            content_hash(7, &draft, &[], None, "note"),
            with("a", "WEBVTT", ""),
            with("b", "WEBVTT", ""),
            with("a", "", "WEBVTT"),
        ] {
            assert_ne!(hash, changed);
        }
    }
}
