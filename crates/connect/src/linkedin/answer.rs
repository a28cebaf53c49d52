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
mod tests;
