//! What the tests of single connectors say and expect, once for all of them.
use crate::{Captions, Failure, Post, Prepared, Recording, Verdict};
use std::io::Write;
use tempfile::NamedTempFile;

/// These words as a post in Dzongkha.
pub(crate) fn post(text: &str) -> Post {
    Post { text: text.into(), lang: "dz".into(), ..Post::default() }
}

/// These words ready to go out, where nothing has to be made ready before.
pub(crate) fn ready(text: &str) -> Prepared {
    Prepared::of(&Post { text: text.into(), ..Post::default() }, Vec::new())
}

/// A film of a minute and a half in a file of its own. No two pieces of it are alike, so that a piece too many, or in the
/// wrong place, is seen.
pub(crate) struct FilmFile {
    file: NamedTempFile,
    pub bytes: Vec<u8>,
}

impl FilmFile {
    pub fn new() -> FilmFile {
        let bytes: Vec<u8> = (0..2500_u32).map(|n| (n % 251) as u8).collect();
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        FilmFile { file, bytes }
    }

    /// With what is said in it, in both languages.
    pub fn said(&self, vtt: impl Fn(&str) -> String) -> Recording {
        let captions = ["dz", "en"].map(|lang| Captions { lang: lang.into(), vtt: vtt(lang) });
        Recording { captions: captions.to_vec(), ..self.silent() }
    }

    pub fn silent(&self) -> Recording {
        Recording {
            path: self.file.path().to_owned(),
            bytes: self.bytes.len() as u64,
            mime: "video/mp4".into(),
            seconds: Some(90),
            captions: vec![],
            url: None,
        }
    }
}

/// These words beside a film.
pub(crate) fn beside(recording: Recording, text: &str) -> Post {
    Post { recording: Some(recording), ..post(text) }
}

/// What comes of a film that the platform works on for long: each try before says that it is not ready.
pub(crate) async fn in_the_end(attempt: impl AsyncFn() -> Verdict) -> Verdict {
    for tries in 0..9 {
        match attempt().await {
            Verdict::NotReady { why } => assert!(why.contains("still"), "{why}"),
            verdict => {
                assert!(tries > 1, "it was waited for: {verdict:?}");
                return verdict;
            }
        }
    }
    panic!("it was never ready")
}

/// The id of what was accepted.
pub(crate) fn accepted(verdict: Verdict) -> String {
    match verdict {
        Verdict::Accepted { remote_id, .. } => remote_id,
        other => panic!("{other:?}"),
    }
}

/// Why it was refused, and about which field.
pub(crate) fn refusal(verdict: &Verdict) -> (&str, Option<&str>) {
    match verdict {
        Verdict::Rejected { code, field, .. } => (code, field.as_deref()),
        other => panic!("{other:?}"),
    }
}

/// Why it was refused.
pub(crate) fn code(verdict: &Verdict) -> &str {
    refusal(verdict).0
}

/// Why there is none.
pub(crate) fn refusal_of<T>(answer: Result<T, Failure>) -> String {
    match answer {
        Err(Failure::Refused { code, human }) => {
            assert!(human.ends_with('.') && human.len() > 20, "{human}");
            code
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was given"),
    }
}
