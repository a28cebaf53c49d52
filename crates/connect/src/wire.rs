//! What an HTTP answer means for a write and for a read, the same for every platform that speaks plain HTTP.
use crate::{Failure, Verdict};
use ground::clock::{Clock, DAY, SECOND};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// A write that was answered is `Ok` only if the platform says it did it; everything else is a verdict already.
pub(crate) fn written(answer: Result<Response, FetchError>, clock: &Clock) -> Result<Response, Verdict> {
    let response = match answer {
        Ok(r) if r.ok() => return Ok(r),
        Ok(r) => r,
        Err(FetchError::NotSent(why)) => return Err(Verdict::NotSent { why }),
        Err(FetchError::Unknown(why) | FetchError::TooLarge(why)) => return Err(Verdict::Unknown { why }),
    };
    let human = said(&response);
    let rejected = |code: &str| Verdict::Rejected { code: code.to_owned(), human: human.clone(), field: None };
    Err(match response.status {
        401 => Verdict::Unauthorised,
        403 if about_the_key(&human) => Verdict::Unauthorised,
        403 => rejected("forbidden"),
        404 | 410 => rejected("gone"),
        413 => rejected("too-large"),
        429 => Verdict::RateLimited { until_us: wait_until(&response, clock) },
        300..400 => rejected("moved"),
        // 408 and everything from 500 up say nothing about whether it was done.
        400..500 if response.status != 408 => rejected("refused"),
        status => Verdict::Unknown { why: format!("the platform answered {status}") },
    })
}

/// The same for a write whose repetition is harmless: whatever is not known may simply be done again.
pub(crate) fn harmless(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Unknown { why } => Verdict::NotSent { why },
        other => other,
    }
}

pub(crate) fn read(answer: Result<Response, FetchError>, clock: &Clock) -> Result<Response, Failure> {
    written(answer, clock).map_err(read_of)
}

/// A verdict as the outcome of a read.
pub(crate) fn read_of(verdict: Verdict) -> Failure {
    match verdict {
        Verdict::Unauthorised => Failure::Unauthorised,
        Verdict::RateLimited { until_us } => Failure::RateLimited { until_us },
        Verdict::Rejected { code, .. } if code == "gone" => Failure::Gone,
        Verdict::Rejected { code, human, .. } => Failure::Refused { code, human },
        Verdict::NotSent { why } | Verdict::NotReady { why } | Verdict::Unknown { why } => Failure::Unreachable { why },
        Verdict::Accepted { .. } | Verdict::Pending { .. } => {
            Failure::Unreachable { why: "an answer of the wrong kind".to_owned() }
        }
    }
}

/// What a failed read before a write means for the write, which was not begun.
pub(crate) fn unwritten(failure: Failure) -> Verdict {
    match failure {
        Failure::Unauthorised => Verdict::Unauthorised,
        Failure::RateLimited { until_us } => Verdict::RateLimited { until_us },
        Failure::Gone => gone(),
        Failure::Unreachable { why } => Verdict::NotSent { why },
        Failure::Refused { code, human } => Verdict::Rejected { code, human, field: None },
    }
}

/// What was to be changed or answered is not there.
pub(crate) fn gone() -> Verdict {
    Verdict::Rejected { code: "gone".to_owned(), human: "It is not there any more.".to_owned(), field: None }
}

/// Removing what is gone already is done.
pub(crate) fn removed(answer: Result<Response, FetchError>, clock: &Clock, remote_id: &str) -> Verdict {
    match written(answer, clock) {
        Ok(_) => Verdict::Accepted { remote_id: remote_id.to_owned(), url: None },
        Err(Verdict::Rejected { code, .. }) if code == "gone" => {
            Verdict::Accepted { remote_id: remote_id.to_owned(), url: None }
        }
        Err(verdict) => verdict,
    }
}

/// A readable answer, or why not. `HTML instead of JSON` happens behind every proxy sooner or later.
pub(crate) fn parsed<T: serde::de::DeserializeOwned>(response: &Response) -> Result<T, Failure> {
    response.json().ok_or_else(|| Failure::Unreachable { why: "the answer cannot be read".to_owned() })
}

/// Whether an answer to the question for one thing says, in the platform's own form, that it is not there.
pub(crate) fn says_gone(response: &Response, own: impl Fn(&Value) -> bool) -> bool {
    matches!(response.status, 404 | 410) && response.json::<Value>().is_some_and(|v| own(&v))
}

/// Where one thing is read again, "not there" that is not the platform's own word about it is no news of it.
pub(crate) fn no_news(failure: Failure) -> Failure {
    match failure {
        Failure::Gone => {
            let human = "What is not there was not told clearly enough.".to_owned();
            Failure::Refused { code: "not-told".to_owned(), human }
        }
        other => other,
    }
}

pub(crate) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

/// An id that has not the form of this platform's ids is asked for nowhere.
pub(crate) fn strange_id() -> Failure {
    Failure::Refused { code: "strange-id".to_owned(), human: "This is no id of this platform.".to_owned() }
}

/// The platform's own sentence about a refusal, short enough for a page.
fn said(response: &Response) -> String {
    let value: Option<Value> = response.json();
    let field = |name: &str| value.as_ref().and_then(|v| v.get(name)).and_then(Value::as_str).map(str::to_owned);
    let text = field("error_description").or_else(|| field("message")).or_else(|| field("error"));
    text.unwrap_or_else(|| format!("The platform answered {}.", response.status)).chars().take(500).collect()
}

fn about_the_key(human: &str) -> bool {
    let human = human.to_lowercase();
    ["scope", "login", "token", "suspended", "disabled"].iter().any(|w| human.contains(w))
}

/// When the platform will listen again: `Retry-After` in seconds or as a date, else the end of its counting window. A
/// nonsensical wait, or a clock that is wrong, must not park an account for years.
pub(crate) fn wait_until(response: &Response, clock: &Clock) -> Option<i64> {
    let now = clock.now();
    let at = told_wait(response, now)?;
    Some(at.clamp(now, now.saturating_add(7 * DAY)))
}

fn told_wait(response: &Response, now: i64) -> Option<i64> {
    if let Some(text) = response.header("retry-after") {
        if let Ok(seconds) = text.trim().parse::<i64>() {
            return Some(now.saturating_add(seconds.saturating_mul(SECOND)));
        }
        if let Ok(at) = jiff::fmt::rfc2822::parse(text.trim()) {
            return Some(at.timestamp().as_microsecond());
        }
    }
    let reset = response.header("x-ratelimit-reset").or_else(|| response.header("ratelimit-reset"))?.trim();
    reset.parse::<i64>().ok().map(|s| s.saturating_mul(SECOND)).or_else(|| time(reset))
}

/// An RFC 3339 time.
pub(crate) fn time(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(|t| t.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Response, FetchError> {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Ok(Response { status, headers, body: body.as_bytes().to_vec() })
    }

    fn verdict(status: u16, headers: &[(&str, &str)], body: &str) -> Verdict {
        written(answer(status, headers, body), &Clock::frozen(1_000_000_000)).unwrap_err()
    }

    #[test]
    fn what_answers_mean() {
        assert!(matches!(verdict(500, &[], "<html>"), Verdict::Unknown { .. }));
        assert!(matches!(verdict(503, &[("retry-after", "3")], ""), Verdict::Unknown { .. }));
        assert!(matches!(verdict(408, &[], ""), Verdict::Unknown { .. }));
        assert_eq!(verdict(401, &[], ""), Verdict::Unauthorised);
        assert_eq!(verdict(403, &[], r#"{"error":"Your login is currently disabled"}"#), Verdict::Unauthorised);
        let rejected = |v: Verdict, c: &str| matches!(v, Verdict::Rejected { code, .. } if code == c);
        assert!(rejected(verdict(403, &[], r#"{"error":"This action is not allowed"}"#), "forbidden"));
        assert!(rejected(verdict(422, &[], r#"{"error":"too long"}"#), "refused"));
        assert!(rejected(verdict(302, &[], ""), "moved"));
        assert!(rejected(verdict(413, &[], ""), "too-large"));
        let until = |headers: &[(&str, &str)]| match verdict(429, headers, "") {
            Verdict::RateLimited { until_us } => until_us,
            other => panic!("{other:?}"),
        };
        assert_eq!(until(&[]), None);
        assert_eq!(until(&[("retry-after", "7")]), Some(1_007_000_000));
        assert_eq!(until(&[("retry-after", "Thu, 01 Jan 1970 00:20:00 GMT")]), Some(1_200_000_000));
        assert_eq!(until(&[("x-ratelimit-reset", "1970-01-01T00:20:00.000Z")]), Some(1_200_000_000));
        assert_eq!(until(&[("x-ratelimit-reset", "1200")]), Some(1_200_000_000));
        assert_eq!(until(&[("ratelimit-reset", "1200")]), Some(1_200_000_000));
        let week = Some(1_000_000_000 + 7 * DAY);
        for never in [
            ("retry-after", "99999999999"),
            ("retry-after", "9223372036854775807"),
            ("retry-after", "Fri, 01 Jan 9999 00:00:00 GMT"),
            ("x-ratelimit-reset", "9223372036854775807"),
            ("x-ratelimit-reset", "9999-01-01T00:00:00Z"),
        ] {
            assert_eq!(until(&[never]), week, "{never:?}");
        }
        assert_eq!(until(&[("retry-after", "-9223372036854775808")]), Some(1_000_000_000));
    }
}
