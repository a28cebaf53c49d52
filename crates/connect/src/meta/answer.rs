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
        (102 | 190, _) => Verdict::Unauthorised,
        // The app's limit, the person's, the page's, an action's, a page's in the newer counting; and “too fast”.
        (4 | 17 | 32 | 341 | 613 | 80_001, _) | (368, Some(1_390_008)) => {
            Verdict::RateLimited { until_us: wire::wait_until(&response, clock).or_else(|| regained(&response, clock)) }
        }
        // So many posts a day, told by the page on Instagram's publishing errors; and what is not ready yet.
        (9, Some(2_207_042)) => Verdict::RateLimited { until_us: wire::wait_until(&response, clock) },
        (9_007, Some(2_207_027)) => Verdict::NotSent { why: human },
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
mod tests {
    use super::*;
    use crate::Secret;

    fn of(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Value, Verdict> {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let access = Access {
            base_url: String::new(),
            secret: Secret::new("EAAGsecret"),
            remote_account_id: "1".into(),
            handle: "@a".into(),
        };
        let response = Response { status, headers, body: body.as_bytes().to_vec() };
        done(Ok(response), &Clock::frozen(1_000_000_000), &access, "Facebook")
    }

    fn error(code: i64, subcode: i64) -> String {
        format!(
            r#"{{"error":{{"message":"Some words","type":"OAuthException","code":{code},"error_subcode":{subcode}}}}}"#
        )
    }

    #[test]
    fn codes_are_read_before_the_status() {
        for status in [200, 400, 401, 403, 500] {
            let verdict = |code, subcode| of(status, &[], &error(code, subcode)).unwrap_err();
            let code = |number, subcode| match verdict(number, subcode) {
                Verdict::Rejected { code, .. } => code,
                other => panic!("{status} {number}: {other:?}"),
            };
            for ended in [102, 190] {
                assert_eq!(verdict(ended, 463), Verdict::Unauthorised, "{status}");
            }
            for throttled in [4, 17, 32, 341, 613, 80_001] {
                assert_eq!(verdict(throttled, 0), Verdict::RateLimited { until_us: None }, "{status} {throttled}");
            }
            assert_eq!(verdict(368, 1_390_008), Verdict::RateLimited { until_us: None });
            assert_eq!(verdict(9, 2_207_042), Verdict::RateLimited { until_us: None });
            assert!(matches!(verdict(9_007, 2_207_027), Verdict::NotSent { .. }), "{status}");
            for unsure in [1, 2] {
                assert!(matches!(verdict(unsure, 0), Verdict::Unknown { .. }), "{status} {unsure}");
            }
            for forbidden in [3, 10, 200, 230, 299] {
                assert_eq!(code(forbidden, 0), "forbidden", "{status}");
            }
            assert_eq!(code(368, 0), "blocked");
            assert_eq!(code(506, 0), DUPLICATE);
            assert_eq!((code(100, 33), code(803, 0)), ("gone".to_owned(), "gone".to_owned()));
        }
    }

    #[test]
    fn the_rest_is_read_by_status() {
        let refused = |status, body: &str| match of(status, &[], body).unwrap_err() {
            Verdict::Rejected { code, human, .. } => (code, human),
            other => panic!("{body}: {other:?}"),
        };
        assert_eq!(refused(400, &error(100, 0)), ("refused".into(), "Some words".into()));
        assert_eq!(refused(400, r#"{"error":"no envelope"}"#), ("refused".into(), "Facebook answered 400.".into()));
        assert_eq!(refused(400, r#"{"error":{"code":"190"}}"#).0, "refused");
        assert_eq!(
            refused(400, "{\"error\":{\"code\":100,\"message\":\"Malformed access token EAAGsecret\\u0007\"}}").1,
            "Malformed access token …"
        );
        assert_eq!(
            refused(400, r#"{"error":{"code":100,"message":"x","error_user_msg":"Shorter, please"}}"#).1,
            "Shorter, please"
        );
        assert!(matches!(of(400, &[], r#"{"error":{"code":99,"is_transient":true}}"#), Err(Verdict::Unknown { .. })));
        for unknown in [
            (200, error(100, 0)),
            (500, error(100, 0)),
            (200, "<html>".into()),
            (502, "<html>".into()),
            (200, String::new()),
        ] {
            assert!(matches!(of(unknown.0, &[], &unknown.1), Err(Verdict::Unknown { .. })), "{unknown:?}");
        }
        assert!(of(200, &[], r#"{"id":"1"}"#).is_ok());
    }

    #[test]
    fn waiting_is_told_in_minutes() {
        let until = |header: &str| match of(400, &[("x-business-use-case-usage", header)], &error(32, 0)).unwrap_err() {
            Verdict::RateLimited { until_us } => until_us,
            other => panic!("{other:?}"),
        };
        let usage = r#"{"7":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":3}],"8":[]}"#;
        assert_eq!(until(usage), Some(1_000_000_000 + 3 * MINUTE));
        assert_eq!(until(&usage.replace(":3}", ":99999999999}")), Some(1_000_000_000 + 7 * 24 * 60 * MINUTE));
        for nothing in ["", "[]", r#"{"7":{}}"#, r#"{"7":[{"estimated_time_to_regain_access":0}]}"#] {
            assert_eq!(until(nothing), None, "{nothing}");
        }
        let both = [("retry-after", "9"), ("x-business-use-case-usage", usage)];
        assert_eq!(of(400, &both, &error(4, 0)), Err(Verdict::RateLimited { until_us: Some(1_009_000_000) }));
    }
}
