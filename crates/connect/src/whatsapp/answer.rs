//! What WhatsApp answers: the envelope of all of Meta's APIs with codes of its own, which are read before the rest. They come
//! as the answer to a call, or later in a call of WhatsApp's about a message that was not delivered.
//!
//! Codes are from Meta's page of error codes of the Cloud API.
use crate::meta::answer::{self as graph, rejected};
use crate::wire::wait_until;
use crate::{Access, Secret, Verdict};
use ground::clock::Clock;
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// So many digits one after the other may be somebody's number.
const NUMBER: usize = 7;

/// A refusal of WhatsApp's that is for good: its short name, and what a person can do. `None` for every other code.
pub(super) fn refusal(code: i64) -> Option<(&'static str, &'static str)> {
    Some(match code {
        131_047 => (
            "window-closed",
            "More than 24 hours have passed since the person last wrote, and WhatsApp then takes no free answer. Wait until they write again, or reach them another way.",
        ),
        131_026 => (
            "undeliverable",
            "WhatsApp cannot deliver to this person: they may have left WhatsApp, use an old version, or not accept its terms. Reach them another way.",
        ),
        131_050 => ("undeliverable", "This person does not want such messages from the agency."),
        131_021 => ("undeliverable", "The agency's number cannot write to itself."),
        131_030 => (
            "not-allowed-to",
            "The number is one for trying out and writes only to people who were entered for it at Meta.",
        ),
        131_031 | 368 => {
            ("blocked", "Meta has restricted the agency's WhatsApp account. Its administrator sees why at Meta.")
        }
        131_048 => (
            "blocked",
            "WhatsApp has restricted how much this number may send, because people reported or blocked it. Its administrator sees more at Meta.",
        ),
        131_042 => {
            ("payment", "Meta asks for a way to pay before the number may send. Its administrator sees to it at Meta.")
        }
        131_045 | 133_010 => {
            ("not-registered", "The number is not registered for sending. Its administrator registers it at Meta.")
        }
        130_497 => ("forbidden", "WhatsApp does not let the agency write to people in that country."),
        131_005 => ("forbidden", "The key lacks the right to send messages: whatsapp_business_messaging."),
        _ => return None,
    })
}

fn code_of(error: &Value) -> Option<i64> {
    error.get("code").and_then(Value::as_i64)
}

/// The answer of a call that was done, or the verdict.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock, token: &str) -> Result<Value, Verdict> {
    if let Ok(response) = &answer
        && let Some(error) = response.json::<Value>().as_ref().and_then(|v| v.get("error"))
    {
        match code_of(error) {
            // By account, by number, and to one person: WhatsApp did nothing.
            Some(80_007 | 130_429 | 131_056) => {
                return Err(Verdict::RateLimited { until_us: wait_until(response, clock) });
            }
            // “Something went wrong”, and “not available just now”: it does not say whether it was done.
            Some(code @ (131_000 | 131_016 | 131_057)) => {
                return Err(Verdict::Unknown { why: format!("WhatsApp is not sure itself ({code})") });
            }
            // Said alike of a number that is not there and of one that this key may not use.
            Some(100) if error.get("error_subcode").and_then(Value::as_i64) == Some(33) => {
                return Err(rejected("forbidden", "There is no such number, or the key may not use it.", None));
            }
            Some(code) => {
                if let Some((name, human)) = refusal(code) {
                    return Err(rejected(name, human, None));
                }
            }
            None => {}
        }
    }
    // The one thing the shared reading needs of an access is the token, so that no sentence repeats it.
    let access = Access {
        base_url: String::new(),
        secret: Secret::new(token),
        remote_account_id: String::new(),
        handle: String::new(),
    };
    graph::done(answer, clock, &access, "WhatsApp").map_err(|verdict| match verdict {
        Verdict::Rejected { code, human, field } => Verdict::Rejected { code, human: numberless(&human), field },
        Verdict::Unknown { why } => Verdict::Unknown { why: numberless(&why) },
        other => other,
    })
}

/// WhatsApp's sentences may repeat a person's number, and refusals go into records. Its codes have six digits at most.
fn numberless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    // One sign more, so that a number at the very end is seen, too.
    for c in text.chars().map(Some).chain([None]) {
        match c.filter(char::is_ascii_digit) {
            Some(digit) => digits.push(digit),
            None => {
                out.push_str(if digits.len() < NUMBER { &digits } else { "…" });
                digits.clear();
                out.extend(c);
            }
        }
    }
    out
}

/// Why a message was not delivered, in one sentence: ours where the code is known, else WhatsApp's own.
pub(super) fn told(errors: Option<&Value>) -> String {
    let error = errors.and_then(|all| all.get(0));
    let code = error.and_then(code_of);
    if let Some((_, human)) = code.and_then(refusal) {
        return human.to_owned();
    }
    let words = ["/error_data/details", "/message", "/title"].iter().filter_map(|at| error?.pointer(at)?.as_str());
    let words = words.map(str::trim).find(|w| !w.is_empty()).unwrap_or("WhatsApp does not say why.");
    let words: String = numberless(words).chars().filter(|c| !c.is_control()).take(300).collect();
    match code {
        Some(code) => format!("{words} (WhatsApp's code {code})"),
        None => words,
    }
}
