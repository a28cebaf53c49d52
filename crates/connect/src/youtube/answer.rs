//! What YouTube's answers mean: a status, and for refusals `{"error":{"code":403,"message":"…","errors":[{"reason":"…",
//! "domain":"…"}]}}`. The reason tells more than the status: a used-up quota is a 403 like a missing permission.
//!
//! Source: “YouTube Data API – Errors”, “Standard Error Responses”, the errors of the single methods, “Upload limits”.
use crate::plain::plain;
use crate::wire::{gone, wait_until, written};
use crate::{Access, Failure, Verdict};
use ground::clock::{Clock, DAY, HOUR};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// A day of the quota ends at midnight Pacific time: eight hours after midnight UTC in winter, seven in summer. The later
/// of both is never too early.
const DAY_ENDS: i64 = 8 * HOUR;

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(super) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

/// When the quota is full again.
pub(super) fn next_day(now_us: i64) -> i64 {
    (now_us - DAY_ENDS).div_euclid(DAY).saturating_add(1).saturating_mul(DAY).saturating_add(DAY_ENDS)
}

/// An answer that says it was done, or the verdict.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock, access: &Access) -> Result<Response, Verdict> {
    let own = match &answer {
        Ok(response) if (400..500).contains(&response.status) => refusal(response, clock, access),
        _ => None,
    };
    own.map_or_else(|| written(answer, clock), Err)
}

/// What a refusal's reason tells.
fn refusal(response: &Response, clock: &Clock, access: &Access) -> Option<Verdict> {
    let value: Value = response.json()?;
    let error = value.get("error")?;
    let text = |path: &str| error.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let reason = text("/errors/0/reason");
    let human = sentence(text("/message"), access);
    let no = |code: &str, field: Option<&str>| Some(rejected(code, &human, field));
    let later =
        |until_us: Option<i64>| Some(Verdict::RateLimited { until_us: wait_until(response, clock).or(until_us) });
    let now = clock.now();
    match reason {
        "quotaExceeded" | "dailyLimitExceeded" => return later(Some(next_day(now))),
        // The channel's own limit, which YouTube does not publish: it says to come back in 24 hours.
        "uploadLimitExceeded" => return later(Some(now.saturating_add(DAY))),
        "rateLimitExceeded" | "userRateLimitExceeded" | "uploadRateLimitExceeded" => return later(None),
        "youtubeSignupRequired" => {
            return Some(rejected("no-channel", "The Google account of this key has no channel on YouTube.", None));
        }
        "authError"
        | "insufficientPermissions"
        | "authenticatedUserAccountClosed"
        | "authenticatedUserAccountSuspended" => return Some(Verdict::Unauthorised),
        "accessNotConfigured" => {
            let human = "The YouTube Data API is not switched on in the Google Cloud project of this key.";
            return Some(rejected("api-not-enabled", human, None));
        }
        "commentsDisabled" => return no("comments-disabled", None),
        "invalidTitle" | "invalidDescription" | "commentTextRequired" | "invalidCommentText" => {
            return no("refused", Some("text"));
        }
        "commentTextTooLong" => return no("text-too-long", Some("text")),
        // Told by a server that did not get on, with 400 like a mistake in the call: it says nothing about what was done.
        "processingFailure" if response.status == 400 => {
            return Some(Verdict::Unknown { why: "YouTube could not deal with the call".to_owned() });
        }
        _ if reason.ends_with("NotFound") => return Some(gone()),
        _ => {}
    }
    match response.status {
        401 => Some(Verdict::Unauthorised),
        403 if text("/details/0/reason") == "ACCESS_TOKEN_SCOPE_INSUFFICIENT" => Some(Verdict::Unauthorised),
        403 => no("forbidden", None),
        404 | 410 => Some(gone()),
        // Another call was at the same thing: which one was heeded is not told.
        408 | 409 => Some(Verdict::Unknown { why: format!("the platform answered {}", response.status) }),
        413 => no("too-large", None),
        429 => later(None),
        _ => no("refused", None),
    }
}

/// A sentence of YouTube's as it may be shown: its links are HTML, and no key may stand in it.
fn sentence(message: &str, access: &Access) -> String {
    let key = access.secret.reveal().trim();
    if !key.is_empty() && message.contains(key) {
        return "YouTube refuses, and repeats the key in its words.".to_owned();
    }
    let words: String = plain(message).chars().filter(|c| !c.is_control()).take(500).collect();
    if words.trim().is_empty() { "YouTube refuses without saying why.".to_owned() } else { words }
}

/// The items of a list. A list without any may lack the word.
pub(super) fn items(answer: &Value) -> Result<Vec<Value>, Failure> {
    let is_list = answer.get("kind").and_then(Value::as_str).is_some_and(|k| k.ends_with("ListResponse"));
    match answer.get("items") {
        Some(Value::Array(items)) => Ok(items.clone()),
        None if is_list => Ok(Vec::new()),
        _ => Err(unreadable()),
    }
}

/// How to ask for the next page of a list, if there is one.
pub(super) fn next_page(answer: &Value) -> Result<Option<String>, Failure> {
    match answer.get("nextPageToken") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(token)) if (1..=4000).contains(&token.len()) => Ok(Some(token.clone())),
        Some(_) => Err(unreadable()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn verdict(status: u16, reason: &str, message: &str) -> Verdict {
        let body = serde_json::json!({"error": {"code": status, "message": message, "errors": [{"reason": reason}]}});
        let response = Response { status, headers: vec![], body: body.to_string().into_bytes() };
        let access = Access {
            base_url: String::new(),
            secret: Secret::new("ya29.s3cret"),
            remote_account_id: String::new(),
            handle: String::new(),
        };
        done(Ok(response), &Clock::frozen(10 * DAY + 9 * HOUR), &access).unwrap_err()
    }

    #[test]
    fn reasons_tell_more_than_the_status() {
        let code = |v: Verdict| match v {
            Verdict::Rejected { code, .. } => code,
            other => format!("{other:?}"),
        };
        assert_eq!(verdict(403, "quotaExceeded", ""), Verdict::RateLimited { until_us: Some(11 * DAY + 8 * HOUR) });
        assert_eq!(
            verdict(400, "uploadLimitExceeded", ""),
            Verdict::RateLimited { until_us: Some(11 * DAY + 9 * HOUR) }
        );
        assert_eq!(verdict(403, "userRateLimitExceeded", ""), Verdict::RateLimited { until_us: None });
        assert_eq!(verdict(401, "authError", ""), Verdict::Unauthorised);
        assert_eq!(code(verdict(401, "youtubeSignupRequired", "")), "no-channel");
        assert_eq!(verdict(403, "insufficientPermissions", ""), Verdict::Unauthorised);
        assert_eq!(code(verdict(403, "forbidden", "")), "forbidden");
        assert_eq!(code(verdict(403, "commentsDisabled", "")), "comments-disabled");
        assert_eq!(code(verdict(404, "videoNotFound", "")), "gone");
        assert_eq!(code(verdict(400, "invalidTitle", "")), "refused");
        assert!(matches!(verdict(400, "processingFailure", ""), Verdict::Unknown { .. }));
        assert!(matches!(verdict(409, "aborted", ""), Verdict::Unknown { .. }));
        assert!(matches!(verdict(503, "backendError", ""), Verdict::Unknown { .. }));
    }

    #[test]
    fn a_sentence_is_plain_and_holds_no_key() {
        let human = |message: &str| match verdict(403, "forbidden", message) {
            Verdict::Rejected { human, .. } => human,
            other => panic!("{other:?}"),
        };
        assert_eq!(human("See <a href=\"/x\">quota</a>.\u{7}"), "See quota.");
        assert!(!human("token ya29.s3cret is bad").contains("s3cret"));
        assert!(!human("").is_empty());
    }

    #[test]
    fn a_day_ends_at_eight() {
        assert_eq!(next_day(DAY + 7 * HOUR), DAY + 8 * HOUR);
        assert_eq!(next_day(DAY + 8 * HOUR), 2 * DAY + 8 * HOUR);
    }
}
