//! What Weibo's answers mean. A refusal is `{"error":"…","error_code":10023,"request":"/2/…"}`, its code a number or a text;
//! it is read before the HTTP status. Codes are from Weibo's page of error codes and from that of authorisation.
use crate::{Failure, Verdict, wire};
use ground::clock::{Clock, HOUR};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// A parameter is wrong or missing. So it comes, too, where a text has no link of the app's.
pub(super) const WRONG: &str = "refused";

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(super) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// The answer of a call that was done, or the verdict. A 200 that cannot be read, or carries an error, is no yes.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock, token: &str) -> Result<Value, Verdict> {
    let response = match answer {
        Ok(response) => response,
        Err(error) => return Err(wire::written(Err(error), clock).err().unwrap_or_else(wire::gone)),
    };
    let unclear = || Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) };
    let value: Option<Value> = response.json().filter(Value::is_object);
    if let Some(told) = value.as_ref().and_then(|v| v.get("error_code")) {
        let Some(code) = number(told) else { return Err(unclear()) };
        return Err(refusal(code, &sentence(value.as_ref(), code, token), &response, clock));
    }
    if response.ok() {
        return value.ok_or_else(unclear);
    }
    Err(match wire::written(Ok(response), clock) {
        Ok(response) => Verdict::Unknown { why: format!("the platform answered {}", response.status) },
        // The words of an answer in no form of Weibo's are not repeated: they could hold the token.
        Err(Verdict::Rejected { code, .. }) => rejected(&code, "Weibo refused and gave no reason.", None),
        Err(verdict) => verdict,
    })
}

fn refusal(code: i64, human: &str, response: &Response, clock: &Clock) -> Verdict {
    match code {
        // The app's key, the token: wrong, missing, ended, taken back.
        10_006 | 10_013 | 21_301 | 21_314..=21_319 | 21_321 | 21_327 | 21_332 => Verdict::Unauthorised,
        // Calls of an address, of a person, of a person for this call.
        // The last one: so many posts.
        10_022..=10_024 | 20_016 => {
            Verdict::RateLimited { until_us: wire::wait_until(response, clock).or_else(|| Some(clock.now() + HOUR)) }
        }
        10_004 | 10_005 | 10_014 | 20_003 | 20_104 => rejected("forbidden", human, None),
        20_012 | 20_013 => rejected("text-too-long", human, Some("text")),
        20_017 | 20_019 => rejected("duplicate", human, Some("text")),
        20_018 | 20_020 | 20_021 => rejected("text-refused", human, Some("text")),
        20_005..=20_007 | 20_045 => rejected("media-refused", human, Some("media")),
        20_101 => wire::gone(),
        // “Update success, while server slow now, please wait 1-2 minutes”: a yes that comes as a refusal and names no post.
        20_032 => Verdict::Unknown { why: "Weibo says that the post is out and is slow to show it".to_owned() },
        10_001..=10_003 | 10_009..=10_011 => Verdict::Unknown { why: format!("Weibo had a fault: {human}") },
        _ if response.status >= 500 || response.status == 408 => {
            Verdict::Unknown { why: format!("Weibo answered {}: {human}", response.status) }
        }
        _ => rejected(WRONG, human, None),
    }
}

fn sentence(value: Option<&Value>, code: i64, token: &str) -> String {
    let told = value.and_then(|v| v.get("error")).and_then(Value::as_str).unwrap_or_default().trim();
    let told: String = told.chars().filter(|c| !c.is_control()).collect();
    let told = if token.is_empty() { told } else { told.replace(token, "…") };
    let told: String = told.chars().take(400).collect();
    if told.is_empty() { format!("Weibo refused with {code}.") } else { format!("{told} ({code})") }
}

#[cfg(test)]
mod tests;
