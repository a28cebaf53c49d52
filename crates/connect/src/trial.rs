//! What the tests of single connectors say and expect, once for all of them.
use crate::{Failure, Post, Prepared, Verdict};

/// These words as a post in Dzongkha.
pub(crate) fn post(text: &str) -> Post {
    Post { text: text.into(), lang: "dz".into(), ..Post::default() }
}

/// These words ready to go out, where nothing has to be made ready before.
pub(crate) fn ready(text: &str) -> Prepared {
    Prepared::of(&Post { text: text.into(), ..Post::default() }, Vec::new())
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
