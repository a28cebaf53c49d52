//! What the forum's answers mean: a status, and a list of sentences.
use crate::wire::{gone, wait_until};
use crate::{Failure, Verdict};
use ground::clock::{Clock, SECOND};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

/// An answer that says it was done, or the verdict.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock) -> Result<Response, Verdict> {
    let response = match answer {
        Ok(response) if response.ok() => return Ok(response),
        Ok(response) => response,
        Err(FetchError::NotSent(why)) => return Err(Verdict::NotSent { why }),
        Err(FetchError::Unknown(why) | FetchError::TooLarge(why)) => return Err(Verdict::Unknown { why }),
    };
    let value: Value = response.json().unwrap_or_default();
    let said = value.get("errors").and_then(Value::as_array).map(|all| {
        let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
        all.join(" ").chars().filter(|c| !c.is_control()).take(500).collect::<String>()
    });
    let human =
        said.filter(|s| !s.trim().is_empty()).unwrap_or_else(|| format!("The forum answered {}.", response.status));
    let kind = value.get("error_type").and_then(Value::as_str).unwrap_or_default();
    Err(match response.status {
        401 => Verdict::Unauthorised,
        403 if kind == "not_logged_in" || human.contains("API username or key is invalid") => Verdict::Unauthorised,
        403 => rejected("forbidden", &human, None),
        404 | 410 => gone(),
        409 => rejected("edited-meanwhile", &human, None),
        413 => rejected("too-large", &human, Some("media")),
        422 => rejected("refused", &human, about(&human)),
        429 => {
            let seconds = value.pointer("/extras/wait_seconds").and_then(Value::as_i64);
            // A nonsensical wait must not park an account for years.
            let until = seconds.map(|s| clock.now() + s.clamp(0, 7 * 86_400) * SECOND);
            Verdict::RateLimited { until_us: wait_until(&response, clock).or(until) }
        }
        503 if kind == "read_only" => Verdict::NotSent { why: "the forum is read-only at this moment".to_owned() },
        300..400 => rejected("moved", &human, None),
        400..500 if response.status != 408 => rejected("refused", &human, None),
        status => Verdict::Unknown { why: format!("the forum answered {status}") },
    })
}

/// Whose words a refusal is about, as far as its sentence tells.
fn about(human: &str) -> Option<&'static str> {
    let low = human.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| low.contains(w));
    if has(&["title", "body", "text"]) {
        Some("text")
    } else if has(&["image", "file", "upload", "picture"]) {
        Some("media")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers_mean() {
        let of = |status: u16, body: &str| {
            let response = Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
            done(Ok(response), &Clock::frozen(1_000_000_000)).unwrap_err()
        };
        let code = |status: u16, body: &str| match of(status, body) {
            Verdict::Rejected { code, field, .. } => (code, field),
            other => panic!("{body}: {other:?}"),
        };
        let bad_key = r#"{"errors":["You are not permitted to view the requested resource. The API username or key is invalid."],"error_type":"invalid_access"}"#;
        assert_eq!(of(403, bad_key), Verdict::Unauthorised);
        assert_eq!(
            of(403, r#"{"errors":["You need to be logged in to do that."],"error_type":"not_logged_in"}"#),
            Verdict::Unauthorised
        );
        assert_eq!(
            code(
                403,
                r#"{"errors":["You are not permitted to view the requested resource."],"error_type":"invalid_access"}"#
            )
            .0,
            "forbidden"
        );
        assert_eq!(
            code(404, r#"{"errors":["The requested URL or resource could not be found."],"error_type":"not_found"}"#).0,
            "gone"
        );
        assert_eq!(
            code(422, r#"{"action":"create_post","errors":["Title is too short (minimum is 15 characters)"]}"#),
            ("refused".into(), Some("text".into()))
        );
        assert_eq!(
            code(422, r#"{"errors":["Sorry, the image you are trying to upload is too big"]}"#).1.as_deref(),
            Some("media")
        );
        assert_eq!(code(409, "{}").0, "edited-meanwhile");
        assert_eq!(code(302, "").0, "moved");
        let busy = r#"{"errors":["You’ve performed this action too many times."],"error_type":"rate_limit","extras":{"wait_seconds":30}}"#;
        assert_eq!(of(429, busy), Verdict::RateLimited { until_us: Some(1_030_000_000) });
        assert_eq!(of(429, "slow down"), Verdict::RateLimited { until_us: None });
        assert!(matches!(of(503, r#"{"errors":["read only"],"error_type":"read_only"}"#), Verdict::NotSent { .. }));
        for unknown in [500, 502, 503, 504, 408] {
            assert!(matches!(of(unknown, "<html>"), Verdict::Unknown { .. }), "{unknown}");
        }
    }
}
