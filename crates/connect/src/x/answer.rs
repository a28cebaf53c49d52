//! What X's answers mean. A refusal is a *problem*: `title`, `detail`, `type`; some calls still answer in the older form,
//! a list of `errors` with `message` and `code`. A thing that is not there is told with status 200 on reads.
use crate::wire::{gone, written};
use crate::{Failure, Verdict};
use ground::clock::{Clock, DAY, SECOND};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// The problems of X that mean something of their own, by the last part of `type` (package `xdk` 0.10.6, `schemas.py`; the
/// last three are in X's documentation of error codes only).
const NOT_FOUND: &str = "resource-not-found";
const NOT_AUTHORIZED: &str = "not-authorized-for-resource";
const WRONG_KEY: &str = "unsupported-authentication";
const USED_UP: &str = "usage-capped";
const NOT_ENROLLED: &str = "client-forbidden";

/// Counting windows: calls per fifteen minutes, then posts per day of the account and of the app.
const WINDOWS: [&str; 3] = ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"];
/// A nonsensical wait must not park an account for years.
const LONGEST_WAIT: i64 = 7 * DAY;

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(super) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

/// X's own words about a refusal, short enough for a page.
fn words(value: &Value) -> Option<String> {
    let text =
        |v: &Value, name: &str| v.get(name).and_then(Value::as_str).filter(|t| !t.trim().is_empty()).map(str::to_owned);
    let first = value.pointer("/errors/0");
    let inner = first.and_then(|e| text(e, "message").or_else(|| text(e, "detail")));
    let outer = text(value, "detail").or_else(|| text(value, "error_description"));
    // “One or more parameters to your request was invalid” says less than the list below it.
    let said = match (outer, inner) {
        (Some(outer), Some(inner)) if value.get("type").is_some_and(|_| kind(value) == "invalid-request") => {
            Some(format!("{outer} {inner}"))
        }
        (outer, inner) => outer.or(inner).or_else(|| text(value, "title")),
    };
    said.map(|s| s.chars().filter(|c| !c.is_control()).take(500).collect())
}

/// The last part of the problem's `type`, which is an address on one of X's two names.
fn kind(value: &Value) -> &str {
    let address = value.get("type").and_then(Value::as_str).unwrap_or_default();
    address.rsplit_once("/problems/").map(|(_, last)| last).unwrap_or_default()
}

/// When X listens again, in microseconds: the latest end of a window that is used up, else the end of the short one.
pub(super) fn listens_again(response: &Response, clock: &Clock) -> Option<i64> {
    let number = |name: String| response.header(&name).and_then(|v| v.trim().parse::<i64>().ok());
    let end = |window: &str| number(format!("{window}-reset")).map(|s| s.saturating_mul(SECOND));
    let used_up = |window: &&str| number(format!("{window}-remaining")) == Some(0);
    let latest = WINDOWS.into_iter().filter(used_up).filter_map(end).max();
    latest.or_else(|| end("x-rate-limit")).map(|at| at.clamp(clock.now(), clock.now() + LONGEST_WAIT))
}

/// What X says with a code or a sentence of its own, whatever the status around it.
fn told(response: &Response, clock: &Clock) -> Option<Verdict> {
    let value: Value = response.json().unwrap_or_default();
    let code = value.pointer("/errors/0/code").and_then(Value::as_i64);
    let kind = kind(&value);
    // Only what X refuses may be read as refused; what broke says nothing.
    if !(400..500).contains(&response.status) || response.status == 408 {
        return None;
    }
    let human = words(&value).unwrap_or_default();
    let low = human.to_lowercase();
    let has = |text: &str| low.contains(text);
    if response.status == 402 {
        return Some(rejected("payment", &format!("There is no money left on the app's account at X. {human}"), None));
    }
    if kind == USED_UP {
        return Some(rejected("payment", &format!("What the app may use at X this month is used up. {human}"), None));
    }
    if response.status == 429 || code == Some(88) {
        return Some(Verdict::RateLimited { until_us: listens_again(response, clock) });
    }
    if kind == WRONG_KEY || matches!(code, Some(32 | 89)) || response.status == 401 {
        return Some(Verdict::Unauthorised);
    }
    // Most likely an earlier call with these words arrived: only looking tells.
    if code == Some(187) || has("duplicate content") {
        return Some(Verdict::Unknown { why: "X says that this was posted already".to_owned() });
    }
    // The thing to be answered, before what is said about answering in general.
    if code == Some(385) || has("deleted or not visible") {
        return Some(gone());
    }
    if code == Some(433) || has("reply to this conversation is not allowed") || has("restricted who can reply") {
        let human =
            "X lets programs answer only people who mentioned or quoted the account. Answer this one in X itself.";
        return Some(rejected("reply-not-possible", human, None));
    }
    if kind == NOT_ENROLLED {
        let human = "The app is not set up for this interface: look at it in X's developer console.";
        return Some(rejected("app", human, None));
    }
    if kind == NOT_FOUND {
        return Some(gone());
    }
    if code == Some(186) || has("text is too long") {
        return Some(rejected("refused", &human, Some("text")));
    }
    if has("video longer than") {
        return Some(rejected("recording-too-long", &human, Some("recording")));
    }
    if has("media") && response.status != 404 {
        return Some(rejected("refused", &human, Some("media")));
    }
    if response.status == 403 && has("your account") && (has("suspended") || has("locked")) {
        return Some(Verdict::Unauthorised);
    }
    None
}

/// An answer that says it was done, or the verdict.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock) -> Result<Response, Verdict> {
    if let Ok(response) = &answer
        && let Some(verdict) = told(response, clock)
    {
        return Err(verdict);
    }
    let said = answer.as_ref().ok().and_then(|r| r.json::<Value>()).as_ref().and_then(words);
    written(answer, clock).map_err(|verdict| match verdict {
        Verdict::Rejected { code, human, field } => Verdict::Rejected { code, human: said.unwrap_or(human), field },
        other => other,
    })
}

/// The `data` of an answer to a call that may be made again.
pub(super) fn made(response: &Response) -> Option<Value> {
    let mut value: Value = response.json()?;
    value.get_mut("data").map(Value::take).filter(Value::is_object)
}

/// The `data` of a read. Without it the first of the `errors` says why.
pub(super) fn data(value: &Value) -> Result<&Value, Failure> {
    if let Some(data) = value.get("data").filter(|d| !d.is_null()) {
        return Ok(data);
    }
    let problem = value.pointer("/errors/0").ok_or_else(unreadable)?;
    match kind(problem) {
        NOT_FOUND => Err(Failure::Gone),
        NOT_AUTHORIZED => {
            let human = words(problem).unwrap_or_else(|| "X does not show it to this account.".to_owned());
            Err(Failure::Refused { code: "forbidden".to_owned(), human })
        }
        _ => Err(unreadable()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(verdict: &Verdict) -> (&str, Option<&str>) {
        match verdict {
            Verdict::Rejected { code, field, .. } => (code, field.as_deref()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_x_says_with_words_of_its_own() {
        let of = |status: u16, headers: &[(&str, &str)], body: &str| {
            let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            let response = Response { status, headers, body: body.as_bytes().to_vec() };
            done(Ok(response), &Clock::frozen(1_000 * SECOND)).unwrap_err()
        };
        let said = |status: u16, detail: &str| {
            of(status, &[], &format!(r#"{{"title":"Forbidden","detail":"{detail}","type":"about:blank"}}"#))
        };
        let rejected = |verdict: &Verdict, want: &str| assert_eq!(code(verdict).0, want, "{verdict:?}");
        assert!(matches!(
            said(403, "You are not allowed to create a Tweet with duplicate content."),
            Verdict::Unknown { .. }
        ));
        assert!(matches!(
            of(403, &[], r#"{"errors":[{"code":187,"message":"Status is a duplicate."}]}"#),
            Verdict::Unknown { .. }
        ));
        assert_eq!(
            said(403, "Your account is suspended and is not permitted to access this feature."),
            Verdict::Unauthorised
        );
        rejected(&said(403, "You are not permitted to perform this action."), "forbidden");
        rejected(&said(403, "The original Tweet author restricted who can reply to this Tweet."), "reply-not-possible");
        rejected(&said(403, "You attempted to reply to a Tweet that is deleted or not visible to you."), "gone");
        assert_eq!(code(&said(403, "Your Tweet text is too long.")), ("refused", Some("text")));
        let long = "This user is not allowed to post a video longer than 20 minutes.";
        assert_eq!(code(&said(403, long)), ("recording-too-long", Some("recording")));
        rejected(&said(404, "Not Found"), "gone");
        rejected(&said(402, "Your account does not have any credits to fulfill this request."), "payment");
        let kind = |status: u16, kind: &str| {
            of(
                status,
                &[],
                &format!(r#"{{"title":"X","detail":"Y","type":"https://api.twitter.com/2/problems/{kind}"}}"#),
            )
        };
        rejected(&kind(429, "usage-capped"), "payment");
        rejected(&kind(403, "client-forbidden"), "app");
        rejected(&kind(400, "resource-not-found"), "gone");
        assert_eq!(kind(403, "unsupported-authentication"), Verdict::Unauthorised);
        assert_eq!(of(401, &[], "{}"), Verdict::Unauthorised);
        assert_eq!(
            of(400, &[], r#"{"errors":[{"code":89,"message":"Invalid or expired token."}]}"#),
            Verdict::Unauthorised
        );
        let both = r#"{"errors":[{"message":"$.text: is missing"}],"detail":"One or more parameters was invalid.","type":"https://api.x.com/2/problems/invalid-request"}"#;
        assert!(matches!(of(400, &[], both), Verdict::Rejected { human, .. } if human.ends_with("$.text: is missing")));
        rejected(&of(302, &[("location", "https://elsewhere.example")], ""), "moved");
        for unclear in [500, 502, 503, 504, 408] {
            let verdict =
                of(unclear, &[], r#"{"detail":"You are not allowed to create a Tweet with duplicate content."}"#);
            assert!(matches!(verdict, Verdict::Unknown { .. }), "{unclear}");
            assert!(matches!(of(unclear, &[], "<html>"), Verdict::Unknown { .. }), "{unclear}");
        }

        let until = |status: u16, headers: &[(&str, &str)], body: &str| match of(status, headers, body) {
            Verdict::RateLimited { until_us } => until_us.map(|us| us / SECOND),
            other => panic!("{other:?}"),
        };
        assert_eq!(until(429, &[], "slow down"), None);
        assert_eq!(until(429, &[("x-rate-limit-reset", "1900")], "{}"), Some(1900));
        assert_eq!(
            until(
                400,
                &[("x-rate-limit-reset", "1900")],
                r#"{"errors":[{"code":88,"message":"Rate limit exceeded"}]}"#
            ),
            Some(1900)
        );
        let day = [
            ("x-rate-limit-remaining", "99"),
            ("x-rate-limit-reset", "1900"),
            ("x-app-limit-24hour-remaining", "0"),
            ("x-app-limit-24hour-reset", "80000"),
        ];
        assert_eq!(until(429, &day, "{}"), Some(80_000), "the window that is used up");
        assert_eq!(until(429, &[("x-rate-limit-reset", "99999999999999")], ""), Some(1_000 + 7 * 86_400));
        assert_eq!(until(429, &[("x-rate-limit-reset", "soon")], ""), None);
    }
}
