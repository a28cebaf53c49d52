//! What LinkedIn's answers mean: a status, a code in words, and a sentence.
//!
//! Source: “Error Handling”, “Rate Limiting” and “Versioning” in LinkedIn's API documentation. The form is
//! `{"status":429,"serviceErrorCode":101,"code":"TOO_MANY_REQUESTS","message":"…"}`; refusals of a post add
//! `errorDetails.inputErrors`.
use crate::wire::{wait_until, written};
use crate::{Access, Failure, Verdict};
use ground::clock::{Clock, DAY};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// Told when a key is not good (any more), whatever the status.
const KEY_CODES: [&str; 5] =
    ["INVALID_ACCESS_TOKEN", "EXPIRED_ACCESS_TOKEN", "REVOKED_ACCESS_TOKEN", "EMPTY_ACCESS_TOKEN", "UNAUTHORIZED"];
/// The same as numbers.
const KEY_NUMBERS: std::ops::RangeInclusive<i64> = 65_600..=65_605;

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(super) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

/// An answer that says it was done, or the verdict. What LinkedIn's own codes say comes before its status.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock, access: &Access) -> Result<Response, Verdict> {
    let own = match &answer {
        Ok(response) if (400..500).contains(&response.status) && response.status != 408 => own_code(response, clock),
        _ => None,
    };
    match own.map_or_else(|| written(answer, clock), Err) {
        Err(Verdict::Rejected { code, human, field }) => {
            Err(Verdict::Rejected { code, human: harmless_words(&human, access), field })
        }
        other => other,
    }
}

/// What the codes in a refusal tell, where they tell more than its status.
fn own_code(response: &Response, clock: &Clock) -> Option<Verdict> {
    let value: Value = response.json()?;
    let text = |path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let (code, message) = (text("/code"), text("/message"));
    let number = value.get("serviceErrorCode").and_then(Value::as_i64).unwrap_or_default();
    if response.status == 401 || KEY_CODES.contains(&code) || KEY_NUMBERS.contains(&number) {
        return Some(Verdict::Unauthorised);
    }
    if response.status == 429 || code == "TOO_MANY_REQUESTS" {
        // Limits are counted by day, and a day ends at midnight UTC.
        let midnight = message.contains("DAY").then(|| (clock.now() / DAY + 1) * DAY);
        return Some(Verdict::RateLimited { until_us: wait_until(response, clock).or(midnight) });
    }
    if response.status == 426 || code == "NONEXISTENT_VERSION" {
        let human = "LinkedIn no longer speaks the version of its interface that this program asks for. A newer \
                     release of this program is needed.";
        return Some(rejected("version-ended", human, None));
    }
    let first = |name: &str| text(&format!("/errorDetails/inputErrors/0/{name}"));
    let field = match first("input/inputPath/fieldPath") {
        path if path.contains("commentary") || path.contains("message") => Some("text"),
        path if path.contains("content") => Some("media"),
        _ => None,
    };
    let about = Some(first("description")).filter(|d| !d.trim().is_empty()).unwrap_or(message);
    // This call made nothing. Whether the words that stand there are those of an earlier one, a person sees.
    let twice = |words: &str| {
        let human =
            format!("The same words stand on the page already; look there before sending anything again. {words}");
        Some(rejected("duplicate", &human, Some("text")))
    };
    match first("code") {
        "DUPLICATE_POST" => twice(about),
        _ if message.contains("Content is a duplicate of") => twice(message),
        "FIELD_LENGTH_TOO_LONG" => Some(rejected("text-too-long", about, field.or(Some("text")))),
        _ if field.is_some() => Some(rejected("refused", about, field)),
        _ => None,
    }
}

/// A platform's sentence as it may be shown: no key in it, nothing that is no text, short enough for a page.
fn harmless_words(human: &str, access: &Access) -> String {
    let key = access.secret.reveal().trim();
    if !key.is_empty() && human.contains(key) {
        return "LinkedIn refuses, and repeats the key in its words.".to_owned();
    }
    human.chars().filter(|c| !c.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn of(status: u16, headers: &[(&str, &str)], body: &str) -> Verdict {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let access = Access {
            base_url: "https://api.linkedin.com".into(),
            secret: Secret::new("AQVtoken"),
            remote_account_id: String::new(),
            handle: String::new(),
        };
        let response = Response { status, headers, body: body.as_bytes().to_vec() };
        done(Ok(response), &Clock::frozen(DAY + 1_000_000_000), &access).unwrap_err()
    }

    fn code(status: u16, body: &str) -> (String, Option<String>) {
        match of(status, &[], body) {
            Verdict::Rejected { code, field, .. } => (code, field),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn what_the_codes_mean() {
        for (status, body) in [
            (
                401,
                r#"{"status":401,"serviceErrorCode":65600,"code":"INVALID_ACCESS_TOKEN","message":"Invalid access token"}"#,
            ),
            (401, ""),
            (400, r#"{"code":"REVOKED_ACCESS_TOKEN","message":"The token has been revoked"}"#),
            (403, r#"{"serviceErrorCode":65602,"message":"expired"}"#),
        ] {
            assert_eq!(of(status, &[], body), Verdict::Unauthorised, "{body}");
        }
        let day = r#"{"status":429,"serviceErrorCode":101,"code":"TOO_MANY_REQUESTS","message":"Resource level throttle APPLICATION DAY limit for calls to this resource is reached."}"#;
        assert_eq!(of(429, &[], day), Verdict::RateLimited { until_us: Some(2 * DAY) });
        assert_eq!(
            of(400, &[("retry-after", "30")], day),
            Verdict::RateLimited { until_us: Some(DAY + 1_030_000_000) }
        );
        assert_eq!(of(429, &[], "slow down"), Verdict::RateLimited { until_us: None });
        let rights = r#"{"status":403,"serviceErrorCode":100,"code":"ACCESS_DENIED","message":"Not enough permissions to access: posts.CREATE"}"#;
        assert_eq!(code(403, rights), ("forbidden".into(), None));
        let version =
            r#"{"status":426,"code":"NONEXISTENT_VERSION","message":"Requested version 20230101 is not active"}"#;
        assert_eq!(code(426, version).0, "version-ended");
        assert_eq!(code(400, version).0, "version-ended");
        assert_eq!(code(426, "").0, "refused");
        let twice = r#"{"message":"Content is a duplicate of urn:li:share:6","status":422}"#;
        assert_eq!(code(422, twice), ("duplicate".into(), Some("text".into())));
        let twice = r#"{"message":"Input validation failed","errorDetails":{"inputErrors":[{"code":"DUPLICATE_POST","description":"Duplicate post is detected"}]}}"#;
        assert_eq!(code(422, twice).0, "duplicate");
        let long = r#"{"message":"x","errorDetails":{"inputErrors":[{"code":"FIELD_LENGTH_TOO_LONG","input":{"inputPath":{"fieldPath":"commentary"}}}]}}"#;
        assert_eq!(code(400, long), ("text-too-long".into(), Some("text".into())));
        let image = r#"{"message":"x","errorDetails":{"inputErrors":[{"code":"MISSING","input":{"inputPath":{"fieldPath":"content/media/id"}}}]}}"#;
        assert_eq!(code(400, image), ("refused".into(), Some("media".into())));
        assert_eq!(code(404, r#"{"message":"Not found"}"#).0, "gone");
        for unknown in [500, 502, 503, 504, 408] {
            assert!(matches!(of(unknown, &[], day), Verdict::Unknown { .. }), "{unknown}");
        }
    }

    #[test]
    fn no_key_and_no_control_characters_in_what_is_told() {
        for (body, words) in [
            (r#"{"message":"No AQVtoken here"}"#, "LinkedIn refuses, and repeats the key in its words."),
            ("{\"message\":\"a\\u0007\\u001b[31mb\"}", "a[31mb"),
            ("<html>", "The platform answered 400."),
        ] {
            let Verdict::Rejected { human, .. } = of(400, &[], body) else { panic!("{body}") };
            assert_eq!(human, words);
        }
        let Verdict::Rejected { human, .. } = of(400, &[], &format!(r#"{{"message":"{}"}}"#, "x".repeat(9000))) else {
            panic!()
        };
        assert_eq!(human.len(), 500);
    }
}
