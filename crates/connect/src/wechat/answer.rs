//! What WeChat's answers mean. A refusal comes with status 200 and an envelope `{"errcode":40001,"errmsg":"…"}`; where all
//! went well, `errcode` is 0 or not there. Codes are from WeChat's list of return codes and from the pages of the single calls.
use crate::{Failure, Verdict, wire};
use ground::clock::{Clock, HOUR, MINUTE};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// A draft, a picture or an article is not known by this id.
pub(super) const NO_SUCH_ID: &str = "no-such-id";
/// A comment has its one answer.
pub(super) const ANSWERED: &str = "answered-already";
/// The account, or the article, has no comments.
pub(super) const NO_COMMENTS: &str = "no-comments";

/// Why a call gave nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum No {
    /// The token of the hour is not (or no longer) accepted; the key behind it may well be.
    Token,
    Is(Verdict),
}

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(super) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

pub(super) fn is_code(verdict: &Verdict, wanted: &str) -> bool {
    matches!(verdict, Verdict::Rejected { code, .. } if code == wanted)
}

/// Ids and numbers come as numbers on one page of the description and as text on another.
pub(super) fn digits(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::Number(number) => number.as_u64()?.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    super::is_number(&text).then_some(text)
}

/// The answer of a call that was done, or why not. A 200 that cannot be read is no yes. Nothing in `hidden` is repeated.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock, hidden: &[&str]) -> Result<Value, No> {
    let response = match answer {
        Ok(response) => response,
        Err(error) => return Err(No::Is(wire::written(Err(error), clock).err().unwrap_or_else(wire::gone))),
    };
    let value: Option<Value> = response.json().filter(Value::is_object);
    match value.as_ref().and_then(|v| v.get("errcode")).map(Value::as_i64) {
        Some(Some(code)) if code != 0 => {
            return Err(refusal(code, &sentence(value.as_ref(), code, hidden), &response, clock));
        }
        // A code that is no number could be a refusal.
        Some(None) => return Err(No::Is(unclear(&response))),
        _ => {}
    }
    let response = wire::written(Ok(response), clock).map_err(No::Is)?;
    value.ok_or_else(|| No::Is(unclear(&response)))
}

fn unclear(response: &Response) -> Verdict {
    Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) }
}

fn refusal(code: i64, human: &str, response: &Response, clock: &Clock) -> No {
    let wait = |by: i64| Verdict::RateLimited {
        until_us: wire::wait_until(response, clock).or_else(|| Some(clock.now() + by)),
    };
    let no = |name: &str, field: Option<&str>| rejected(name, human, field);
    No::Is(match code {
        40_001 | 40_014 | 41_001 | 42_001 | 42_007 => return No::Token,
        // A wrong AppID or AppSecret, one that is missing, one that was frozen.
        40_002 | 40_013 | 40_125 | 40_243 | 41_002 | 41_004 => Verdict::Unauthorised,
        // The calls of a day; those of a minute.
        45_009 => wait(HOUR),
        45_011 => wait(MINUTE),
        40_164 | 61_004 => rejected(
            "address-not-allowed",
            &format!("The account's list of addresses leaves this server out: {human}"),
            None,
        ),
        48_001..=48_006 | 50_001..=50_007 => no("forbidden", None),
        40_007 | 53_600 => no(NO_SUCH_ID, None),
        53_503 => no("draft-refused", None),
        53_504 | 53_505 => no("draft-by-hand", None),
        40_004..=40_006 | 40_009 | 40_113 | 40_137 | 41_005 | 44_001 => no("media-refused", Some("media")),
        45_001 => no("too-large", Some("media")),
        45_002..=45_005 | 45_008 | 88_007 => no("text-too-long", Some("text")),
        44_003 | 44_004 | 45_166 | 87_014 => no("text-refused", Some("text")),
        88_000 => no(NO_COMMENTS, None),
        88_001 | 88_004 | 88_008 | 88_009 => wire::gone(),
        88_002 | 88_011 => no("blocked", None),
        88_005 => no(ANSWERED, None),
        // “Busy” says nothing about what was done before.
        -1 | 61_450 => Verdict::Unknown { why: format!("WeChat had a fault: {human}") },
        _ => match response.status {
            500.. | 408 => Verdict::Unknown { why: format!("WeChat answered {}: {human}", response.status) },
            _ => no("refused", None),
        },
    })
}

/// WeChat's own sentence with its code, by which its documents are searched.
fn sentence(value: Option<&Value>, code: i64, hidden: &[&str]) -> String {
    let told = value.and_then(|v| v.get("errmsg")).and_then(Value::as_str).unwrap_or_default().trim();
    let mut told: String = told.chars().filter(|c| !c.is_control()).collect();
    for secret in hidden.iter().filter(|s| !s.is_empty()) {
        told = told.replace(secret, "…");
    }
    let told: String = told.chars().take(400).collect();
    if told.is_empty() { format!("WeChat refused with {code}.") } else { format!("{told} ({code})") }
}

#[cfg(test)]
mod tests;
