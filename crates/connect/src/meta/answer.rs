//! What the Graph APIs of Meta's networks answer. A refusal is an envelope `{"error":{"message","type","code","error_subcode",…}}`; its
//! code is read before the HTTP status, which says little there: a rate limit comes with 400 or 403, a token that has ended
//! with 400. Codes are from Meta's pages on error handling and rate limits.
use crate::{Access, Failure, Verdict, wire};
use ground::clock::{Clock, MINUTE};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// The same words were posted a short while ago.
pub(crate) const DUPLICATE: &str = "duplicate";

pub(crate) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(crate) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

/// The answer of a call that was done, or the verdict. A 200 that cannot be read, or carries an error, is no yes.
/// `network` is the name people know.
pub(crate) fn done(
    answer: Result<Response, FetchError>,
    clock: &Clock,
    access: &Access,
    network: &str,
) -> Result<Value, Verdict> {
    let response = match answer {
        Ok(response) => response,
        Err(error) => return Err(wire::written(Err(error), clock).err().unwrap_or_else(wire::gone)),
    };
    let value: Option<Value> = response.json();
    if let Some(error) = value.as_ref().and_then(|v| v.get("error")) {
        return Err(refusal(error, response, clock, access, network));
    }
    let response = wire::written(Ok(response), clock)?;
    value.ok_or_else(|| Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) })
}

fn refusal(error: &Value, response: Response, clock: &Clock, access: &Access, network: &str) -> Verdict {
    let number = |name: &str| error.get(name).and_then(Value::as_i64);
    let human = sentence(error, &response, access, network);
    match (number("code").unwrap_or_default(), number("error_subcode")) {
        // Instagram's list of error codes: “the publishing action is suspected to be spam”; under the number of a limit.
        (_, Some(2_207_051)) => rejected("blocked", &human, None),
        // The same: a fault of its own, a file that took too long to come, a container to be made anew. All with status 400.
        (_, Some(2_207_001 | 2_207_003 | 2_207_032 | 2_207_053)) => {
            Verdict::Unknown { why: format!("{network} had a fault: {human}") }
        }
        // “Temporary error publishing a container. Try again 1–2 times in the next 30 seconds to 2 minutes.”
        // Threads says of a container that it calls finished that it is not there yet: its documentation would wait for half a
        // minute. What stands there is asked before every publishing, so the same again makes no second post.
        (_, Some(2_207_008 | 4_279_009)) => Verdict::NotReady { why: human },
        (_, Some(2_207_020)) => rejected("expired", &human, None),
        (102 | 190, _) => Verdict::Unauthorised,
        // The app's limit, the person's, the page's, an action's, a page's in the newer counting; and “too fast”.
        (4 | 17 | 32 | 341 | 613 | 80_001, _) | (368, Some(1_390_008)) => {
            Verdict::RateLimited { until_us: wire::wait_until(&response, clock).or_else(|| regained(&response, clock)) }
        }
        // So many posts a day, told by the page on Instagram's publishing errors; and what is not ready yet.
        (9, Some(2_207_042)) => Verdict::RateLimited { until_us: wire::wait_until(&response, clock) },
        (9_007, Some(2_207_027)) => Verdict::NotReady { why: human },
        // Posts have been published under either, whatever the status.
        (1 | 2, _) => Verdict::Unknown { why: format!("{network} is not sure itself: {human}") },
        (506, _) => rejected(DUPLICATE, &human, Some("text")),
        (100, Some(33)) | (803, _) => wire::gone(),
        (3 | 10 | 200..=299, _) => rejected("forbidden", &human, None),
        (368, _) => rejected("blocked", &human, None),
        _ if error.get("is_transient").and_then(Value::as_bool) == Some(true) => {
            Verdict::Unknown { why: format!("{network} had a fault: {human}") }
        }
        _ => match wire::written(Ok(response), clock) {
            Ok(response) => Verdict::Unknown { why: format!("an error came with {}: {human}", response.status) },
            Err(Verdict::Rejected { code, field, .. }) => Verdict::Rejected { code, human, field },
            Err(verdict) => verdict,
        },
    }
}

/// The network's own sentence, for people if there is one. Some of its sentences repeat the token.
fn sentence(error: &Value, response: &Response, access: &Access, network: &str) -> String {
    let told = ["error_user_msg", "message"].iter().filter_map(|name| error.get(*name)?.as_str());
    let told = told.map(str::trim).find(|t| !t.is_empty()).unwrap_or_default();
    let secret = access.secret.reveal();
    let told = if secret.trim().is_empty() { told.to_owned() } else { told.replace(secret, "…") };
    let told: String = told.chars().filter(|c| !c.is_control()).take(500).collect();
    if told.is_empty() { format!("{network} answered {}.", response.status) } else { told }
}

/// `X-Business-Use-Case-Usage` tells in minutes when calls are listened to again, per page and kind of call.
fn regained(response: &Response, clock: &Clock) -> Option<i64> {
    let usage: Value = serde_json::from_str(response.header("x-business-use-case-usage")?).ok()?;
    let all = usage.as_object()?.values().filter_map(Value::as_array).flatten();
    let minutes = all.filter_map(|one| one.get("estimated_time_to_regain_access")?.as_i64()).max()?;
    // A nonsensical wait must not park an account for years.
    (minutes > 0).then(|| clock.now() + minutes.min(7 * 24 * 60) * MINUTE)
}

#[cfg(test)]
mod tests;
