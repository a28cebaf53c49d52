//! What the wiki's answers mean. An error comes with HTTP 200 and an `error` object, whose code says what happened.
use crate::wire::wait_until;
use crate::{Failure, Verdict};
use ground::clock::Clock;
use ground::fetch::Response;
use serde_json::Value;

/// Why a call did not give what was asked for.
#[derive(Debug)]
pub(super) enum No {
    /// The wiki's own code and sentence: nothing was done.
    Said {
        code: String,
        info: String,
    },
    Verdict(Verdict),
}

pub(super) enum Ended {
    /// The wiki does not know the session any more, and did nothing.
    Session,
    No(No),
}

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

/// An answer without an error. One that cannot be read says nothing about whether something was done.
pub(super) fn said(response: &Response, clock: &Clock) -> Result<Value, Ended> {
    let unknown = |why: String| Ended::No(No::Verdict(Verdict::Unknown { why }));
    let value: Option<Value> = response.json();
    let Some(value) = value.filter(Value::is_object) else { return Err(unknown("the answer cannot be read".into())) };
    let Some(error) = value.get("error") else { return Ok(value) };
    let field = |name: &str, most: usize| {
        let text = error.get(name).and_then(Value::as_str).unwrap_or_default();
        text.chars().filter(|c| !c.is_control()).take(most).collect::<String>()
    };
    let (code, info) = (field("code", 100), field("info", 500));
    Err(match code.as_str() {
        "" => unknown("the answer is an error that cannot be read".into()),
        "assertuserfailed" | "assertnameduserfailed" | "assertbotfailed" | "badtoken" | "notoken" => Ended::Session,
        "maxlag" | "ratelimited" | "actionthrottledtext" => {
            Ended::No(No::Verdict(Verdict::RateLimited { until_us: wait_until(response, clock) }))
        }
        "readonly" => Ended::No(No::Verdict(Verdict::NotSent { why: "the wiki is read-only at this moment".into() })),
        "blocked" | "autoblocked" => Ended::No(No::Verdict(Verdict::Unauthorised)),
        _ if code.starts_with("internal_api_error") || code == "unknownerror" => {
            unknown(format!("the wiki had a fault of its own: {code}"))
        }
        _ => Ended::No(No::Said { code, info }),
    })
}

impl No {
    pub fn code(&self) -> &str {
        match self {
            No::Said { code, .. } => code,
            No::Verdict(_) => "",
        }
    }

    pub fn verdict(self) -> Verdict {
        let (code, info) = match self {
            No::Verdict(verdict) => return verdict,
            No::Said { code, info } => (code, info),
        };
        let (ours, field) = match code.as_str() {
            "permissiondenied" | "protectedpage" | "protectedtitle" | "cantcreate" | "cantcreate-anon" | "noedit"
            | "writeapidenied" | "readapidenied" | "cascadeprotected" | "uploaddisabled" | "badaccess-groups"
            | "mustbeloggedin" => ("forbidden", None),
            "missingtitle" | "nosuchpageid" | "nosuchrevid" | "cantundelete" => ("gone", None),
            "editconflict" => ("edited-meanwhile", None),
            "articleexists" => ("title-taken", Some("text")),
            "contenttoobig" => ("too-large", Some("text")),
            "spamblacklist"
            | "abusefilter-disallowed"
            | "abusefilter-warning"
            | "titleblacklist-forbidden"
            | "invalidtitle" => ("refused", Some("text")),
            "file-too-large" => ("too-large", Some("media")),
            "verification-error"
            | "filetype-banned"
            | "filetype-banned-type"
            | "empty-file"
            | "fileexists-forbidden" => ("refused", Some("media")),
            _ => ("refused", None),
        };
        let human = if info.is_empty() { format!("The wiki says: {code}") } else { info };
        Verdict::Rejected { code: ours.to_owned(), human, field: field.map(str::to_owned) }
    }

    pub fn failure(self) -> Failure {
        crate::wire::read_of(self.verdict())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(body: &str, headers: &[(&str, &str)]) -> Option<Verdict> {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let response = Response { status: 200, headers, body: body.as_bytes().to_vec() };
        match said(&response, &Clock::frozen(1_000_000_000)) {
            Ok(_) | Err(Ended::Session) => None,
            Err(Ended::No(no)) => Some(no.verdict()),
        }
    }

    #[test]
    fn what_errors_mean() {
        let of = |code: &str| verdict(&format!(r#"{{"error":{{"code":"{code}","info":"So it is."}}}}"#), &[]);
        let rejected = |code: &str| match of(code) {
            Some(Verdict::Rejected { code, human, field }) => {
                assert_eq!(human, "So it is.");
                (code, field)
            }
            other => panic!("{code}: {other:?}"),
        };
        assert_eq!(rejected("editconflict").0, "edited-meanwhile");
        assert_eq!(rejected("permissiondenied").0, "forbidden");
        assert_eq!(rejected("nosuchpageid").0, "gone");
        assert_eq!(rejected("contenttoobig"), ("too-large".into(), Some("text".into())));
        assert_eq!(rejected("verification-error").1.as_deref(), Some("media"));
        assert_eq!(rejected("a-code-of-tomorrow"), ("refused".into(), None));
        assert!(matches!(of("internal_api_error_DBQueryError"), Some(Verdict::Unknown { .. })));
        assert!(matches!(of("readonly"), Some(Verdict::NotSent { .. })));
        assert_eq!(of("blocked"), Some(Verdict::Unauthorised));
        assert_eq!(of("ratelimited"), Some(Verdict::RateLimited { until_us: None }));
        let lag = verdict(r#"{"error":{"code":"maxlag"}}"#, &[("retry-after", "5")]);
        assert_eq!(lag, Some(Verdict::RateLimited { until_us: Some(1_005_000_000) }));
        assert_eq!((of("badtoken"), of("assertuserfailed")), (None, None));
        for unreadable in ["", "<html>", "[]", "null", r#"{"error":7}"#, r#"{"error":{"code":[]}}"#, r#"{"edit":{"res"#]
        {
            assert!(matches!(verdict(unreadable, &[]), Some(Verdict::Unknown { .. })), "{unreadable}");
        }
    }
}
