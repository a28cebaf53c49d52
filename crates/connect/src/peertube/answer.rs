//! What a server's answers mean. A refusal is `application/problem+json`: a status, words in `detail`, and for some a `code` of
//! the server's own. What is not there is believed only from such an answer, never from a page of something in between.
//!
//! Source: `PeerTubeProblemDocument`, `ServerErrorCode` and `OAuth2ErrorCode` in `@peertube/peertube-types` 8.1.3.
use crate::wire::written;
use crate::{Failure, Verdict};
use ground::clock::Clock;
use ground::fetch::{FetchError, Response};
use serde_json::Value;

const CANNOT_BE_READ: &str = "the answer cannot be read";

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: CANNOT_BE_READ.to_owned() }
}

/// The same after a write: it may have been done.
pub(super) fn unclear() -> Verdict {
    Verdict::Unknown { why: CANNOT_BE_READ.to_owned() }
}

pub(super) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

pub(super) fn refused(code: &str, human: &str) -> Failure {
    Failure::Refused { code: code.to_owned(), human: human.to_owned() }
}

/// An attempt for which nothing was made ready.
pub(super) fn nothing_made() -> Failure {
    refused("recording-missing", "No film was sent up for this post.")
}

/// What the server says about a refusal of its own.
pub(super) struct Said {
    code: String,
    human: String,
}

pub(super) fn said(response: &Response) -> Option<Said> {
    let value: Value = response.json()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|t| !t.trim().is_empty());
    let human = text("detail").or_else(|| text("title")).or_else(|| text("error"))?;
    let human = human.chars().filter(|c| !c.is_control()).take(500).collect();
    Some(Said { code: text("code").unwrap_or_default().to_owned(), human })
}

/// An answer that says it was done, or the verdict.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock) -> Result<Response, Verdict> {
    let Some(response) = answer.as_ref().ok().filter(|r| (400..500).contains(&r.status)) else {
        return written(answer, clock);
    };
    let Some(said) = said(response) else {
        return match response.status {
            404 | 410 => Err(unclear()),
            _ => written(answer, clock),
        };
    };
    let told = |code: &str| rejected(code, &said.human, None);
    match said.code.as_str() {
        "invalid_grant" | "invalid_token" => return Err(Verdict::Unauthorised),
        "missing_two_factor" | "invalid_two_factor" => {
            let human = "The account asks for a second factor when signing in; a program cannot give it.";
            return Err(rejected("second-factor", human, None));
        }
        "account_blocked" | "email_not_verified" | "account_waiting_for_approval" | "account_approval_rejected" => {
            return Err(told("not-admitted"));
        }
        "quota_reached" | "max_file_size_reached" => return Err(told("too-large")),
        _ => {}
    }
    written(answer, clock).map_err(|verdict| match verdict {
        Verdict::Rejected { code, .. } => told(&code),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, body: &str) -> Verdict {
        let answer = Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        done(Ok(answer), &Clock::frozen(1)).unwrap_err()
    }

    #[test]
    fn refusals_are_told_by_the_servers_own_code_before_its_status() {
        let problem = |code: &str| format!(r#"{{"type":"about:blank","detail":"So\u0007 it is","code":"{code}"}}"#);
        let code = |v: Verdict| match v {
            Verdict::Rejected { code, human, .. } => (code, human),
            other => panic!("{other:?}"),
        };
        assert_eq!(verdict(400, &problem("invalid_grant")), Verdict::Unauthorised);
        assert_eq!(verdict(401, &problem("")), Verdict::Unauthorised);
        assert_eq!(code(verdict(401, &problem("missing_two_factor"))).0, "second-factor");
        assert_eq!(code(verdict(400, &problem("account_blocked"))), ("not-admitted".into(), "So it is".into()));
        assert_eq!(code(verdict(413, &problem("quota_reached"))).0, "too-large");
        assert_eq!(code(verdict(403, &problem(""))), ("forbidden".into(), "So it is".into()));
        assert_eq!(code(verdict(404, &problem(""))).0, "gone");
        assert_eq!(code(verdict(400, &problem("surprise"))).0, "refused");
        assert!(matches!(verdict(429, &problem("")), Verdict::RateLimited { .. }));
    }

    #[test]
    fn a_page_of_something_in_between_is_no_word_of_the_server() {
        for body in ["<html>Not found</html>", "", "{}", r#"{"detail": 5}"#, "[]"] {
            assert!(matches!(verdict(404, body), Verdict::Unknown { .. }), "{body}");
        }
        assert!(matches!(verdict(502, r#"{"detail":"no","code":"invalid_grant"}"#), Verdict::Unknown { .. }));
    }
}
