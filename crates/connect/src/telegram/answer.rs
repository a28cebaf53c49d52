//! What the Bot API's answers mean: `ok`, and otherwise a code and a sentence.
use crate::{Access, Failure, Verdict};
use ground::clock::{Clock, SECOND};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// The message is as it shall be.
pub(super) const SAME: &str = "same";
/// The message is not of words alone.
pub(super) const NO_TEXT: &str = "no-text";

/// Updates come by calls, so they are not to be fetched.
pub(super) const CALLS_US: &str = "calls-us";

/// A bot's number, a colon and its word. Anything else would be another address.
pub(super) fn is_token(token: &str) -> bool {
    token.len() <= 200
        && token.split_once(':').is_some_and(|(number, word)| {
            !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
                && !word.is_empty()
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        })
}

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(super) fn gone() -> Verdict {
    rejected("gone", "This message is not there.", None)
}

pub(super) fn no_channel() -> Verdict {
    rejected("gone", "The bot does not see the channel (any more).", None)
}

fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

/// The result of a call that was done, or the verdict. Whatever is said is without the token, which an answer could repeat.
pub(super) fn said(answer: Result<Response, FetchError>, clock: &Clock, access: &Access) -> Result<Value, Verdict> {
    let clean = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        text.replace(access.secret.reveal(), "…").chars().take(500).collect::<String>()
    };
    let response = match answer {
        Ok(response) => response,
        Err(FetchError::NotSent(why)) => return Err(Verdict::NotSent { why: clean(&why) }),
        Err(FetchError::Unknown(why) | FetchError::TooLarge(why)) => {
            return Err(Verdict::Unknown { why: clean(&why) });
        }
    };
    let value: Option<Value> = response.json();
    let ok = value.as_ref().and_then(|v| v.get("ok")).and_then(Value::as_bool);
    if response.ok() {
        let result = value.filter(|_| ok == Some(true)).and_then(|mut v| v.get_mut("result").map(Value::take));
        return result
            .ok_or_else(|| Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) });
    }
    let speaks = ok == Some(false);
    let description = value.as_ref().and_then(|v| v.get("description")).and_then(Value::as_str).unwrap_or_default();
    let human = match clean(description) {
        text if text.is_empty() => format!("Telegram answered {}.", response.status),
        text => text,
    };
    Err(match response.status {
        // A token that is unknown and one that is not well-formed.
        401 => Verdict::Unauthorised,
        404 if speaks => Verdict::Unauthorised,
        404 => rejected("no-api", "There is no Bot API at this address.", None),
        400 => refusal(&human),
        403 => rejected("forbidden", &human, None),
        // The same number also says that somebody else is fetching: that is a failure.
        409 if human.to_lowercase().contains("webhook is active") => rejected(CALLS_US, &human, None),
        413 => rejected("too-large", &human, Some("media")),
        429 => {
            let wait = value.as_ref().and_then(|v| v.pointer("/parameters/retry_after")).and_then(Value::as_i64);
            // A nonsensical wait must not park a channel for years.
            let until_us = wait.map(|s| clock.now() + s.clamp(0, 7 * 86_400) * SECOND);
            Verdict::RateLimited { until_us: until_us.or_else(|| crate::wire::wait_until(&response, clock)) }
        }
        300..400 => rejected("moved", &human, None),
        400..500 if response.status != 408 => rejected("refused", &human, None),
        status => Verdict::Unknown { why: format!("Telegram answered {status}") },
    })
}

/// What a sentence says is wrong. All of them mean that nothing was done.
fn refusal(human: &str) -> Verdict {
    let low = human.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| low.contains(w));
    if has(&["message is not modified"]) {
        rejected(SAME, human, None)
    } else if has(&["there is no text in the message to edit"]) {
        rejected(NO_TEXT, human, None)
    } else if has(&[
        "to delete not found",
        "to edit not found",
        "chat not found",
        "to be replied not found",
        "message_id_invalid",
    ]) {
        rejected("gone", human, None)
    } else if has(&["can't be deleted", "not enough rights", "chat_write_forbidden", "chat_admin_required"]) {
        rejected("forbidden", human, None)
    } else if has(&["too long", "text is empty", "must be non-empty"]) {
        rejected("refused", human, Some("text"))
    } else if has(&["photo", "image", "file", "media"]) {
        rejected("refused", human, Some("media"))
    } else {
        rejected("refused", human, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    #[test]
    fn what_answers_mean() {
        let access = Access {
            base_url: String::new(),
            secret: Secret::new("7:KEY"),
            remote_account_id: String::new(),
            handle: String::new(),
        };
        let of = |status: u16, body: &str| {
            let response = Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
            said(Ok(response), &Clock::frozen(1_000_000_000), &access)
        };
        let no = |status: u16, text: &str| {
            let body = serde_json::json!({"ok": false, "error_code": status, "description": text}).to_string();
            of(status, &body).unwrap_err()
        };
        let rejected = |status: u16, text: &str| match no(status, text) {
            Verdict::Rejected { code, field, .. } => (code, field),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(of(200, r#"{"ok":true,"result":7}"#), Ok(Value::from(7)));
        for unread in [
            "",
            "<html>",
            "[]",
            r#"{"ok":true}"#,
            r#"{"ok":false,"result":1}"#,
            r#"{"ok":"true","result":1}"#,
            r#"{"ok":tr"#,
        ] {
            assert!(matches!(of(200, unread), Err(Verdict::Unknown { .. })), "{unread}");
        }
        assert_eq!(no(401, "Unauthorized"), Verdict::Unauthorised);
        assert_eq!(no(404, "Not Found"), Verdict::Unauthorised);
        assert!(matches!(of(404, "<html>"), Err(Verdict::Rejected { code, .. }) if code == "no-api"));
        assert!(matches!(of(502, "<html>"), Err(Verdict::Unknown { .. })));
        assert!(matches!(no(500, "Internal Server Error: restart"), Verdict::Unknown { .. }));
        assert_eq!(rejected(403, "Forbidden: bot was kicked from the channel chat").0, "forbidden");
        assert_eq!(rejected(400, "Bad Request: message to delete not found").0, "gone");
        assert_eq!(rejected(400, "Bad Request: message can't be deleted for everyone").0, "forbidden");
        assert_eq!(rejected(400, "Bad Request: message is too long").1.as_deref(), Some("text"));
        assert_eq!(rejected(400, "Bad Request: message caption is too long").1.as_deref(), Some("text"));
        assert_eq!(rejected(400, "Bad Request: PHOTO_INVALID_DIMENSIONS").1.as_deref(), Some("media"));
        assert_eq!(rejected(409, "Conflict: can't use getUpdates method while webhook is active").0, CALLS_US);
        assert_eq!(rejected(409, "Conflict: terminated by other getUpdates request").0, "refused");
        let busy = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#;
        assert_eq!(of(429, busy), Err(Verdict::RateLimited { until_us: Some(1_007_000_000) }));
        assert_eq!(of(429, "{}"), Err(Verdict::RateLimited { until_us: None }));
        let told = no(400, "Bad Request: no /bot7:KEY/sendMessage\u{1b}[0m");
        assert!(
            matches!(&told, Verdict::Rejected { human, .. } if human == "Bad Request: no /bot…/sendMessage[0m"),
            "{told:?}"
        );
    }

    #[test]
    fn tokens_are_of_one_form() {
        assert!(is_token("123456:AAE-x_9"));
        for wrong in ["", " ", "123456", ":x", "12:", "a1:x", "1:x/getMe?", "1:x y", "1:../x", "1:ü"] {
            assert!(!is_token(wrong), "{wrong}");
        }
    }
}
