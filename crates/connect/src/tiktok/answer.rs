//! What TikTok's answers mean: `{"data":{…},"error":{"code":"ok","message":"","log_id":"…"}}`. A refusal has another code,
//! whatever the status: some come with 200.
//!
//! Source: “Error Handling”, and the codes of “Photo”, “Query Creator Info” and “Get Post Status”.
use crate::wire::{wait_until, written};
use crate::{Access, Failure, Verdict};
use ground::clock::{Clock, MINUTE};
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// What an officer can meet: TikTok's code, ours, the field it is about, and a sentence. The last part are reasons for
/// which a posting that had begun came to nothing.
const REFUSALS: [(&str, &str, Option<&str>, &str); 19] = [
    (
        "scope_not_authorized",
        "permission-missing",
        None,
        "The key lacks a permission. It needs user.info.basic and video.publish, and the person who owns the account \
         has to agree to both.",
    ),
    (
        "scope_permission_missed",
        "permission-missing",
        None,
        "The key lacks a permission. It needs user.info.basic and video.publish, and the person who owns the account \
         has to agree to both.",
    ),
    (
        "unaudited_client_can_only_post_to_private_accounts",
        "app-not-audited",
        None,
        "TikTok has not audited the app yet. Until then it may only post to an account that is set to private, seen by \
         nobody else.",
    ),
    (
        "url_ownership_unverified",
        "address-not-verified",
        Some("media"),
        "TikTok does not fetch pictures from this program's address, because the address is not verified with the app. \
         An administrator does that on TikTok's page for developers.",
    ),
    (
        "privacy_level_option_mismatch",
        "not-public",
        None,
        "TikTok does not let this account post for everybody. Look whether the account is private.",
    ),
    (
        "reached_active_user_cap",
        "app-full",
        None,
        "As many accounts as TikTok allows the app posted with it today. Try again tomorrow, or ask TikTok for more.",
    ),
    (
        "app_version_check_failed",
        "app-version",
        None,
        "TikTok wants its app on the account's telephone to be updated first.",
    ),
    (
        "spam_risk_too_many_pending_share",
        "too-many-waiting",
        None,
        "As many posts as TikTok allows are waiting in the account already. Finish or remove them in TikTok's app.",
    ),
    (
        "spam_risk_too_many_posts",
        "daily-limit",
        None,
        "The account has reached the number of posts that TikTok takes from programs in a day. Try again tomorrow, or \
         post by hand in TikTok's app.",
    ),
    (
        "spam_risk_user_banned_from_posting",
        "account-barred",
        None,
        "TikTok has barred this account from posting. Its owner sees why, and can object, in TikTok's app.",
    ),
    ("spam_risk_text", "looks-like-spam", Some("text"), "TikTok takes the text for spam. Say it in other words."),
    (
        "spam_risk",
        "looks-like-spam",
        None,
        "TikTok takes the post for spam and does not show it. Sending it again often makes that worse.",
    ),
    (
        "file_format_check_failed",
        "media-type",
        Some("media"),
        "TikTok takes pictures as JPEG and WebP only, and films as MP4, MOV and WebM.",
    ),
    (
        "duration_check_failed",
        "recording-too-long",
        Some("recording"),
        "TikTok does not take a film of this length from this account. It wants three seconds at least.",
    ),
    (
        "frame_rate_check_failed",
        "recording-unreadable",
        Some("recording"),
        "TikTok takes films of 23 to 60 frames in a second only.",
    ),
    (
        "picture_size_check_failed",
        "media-size",
        Some("media"),
        "TikTok does not take a picture or film of this size. For pictures it names 1080p as the largest, 1,920 by 1,080 \
         dots; for films 360 to 4,096 dots on each side.",
    ),
    (
        "invalid_file_upload",
        "media-type",
        Some("media"),
        "TikTok does not take one of the files. It takes pictures as JPEG and WebP of at most 20 megabytes, and films as \
         MP4, MOV and WebM.",
    ),
    (
        "photo_pull_failed",
        "not-reachable",
        Some("media"),
        "TikTok could not fetch the pictures from this program, so it posted nothing. Send it again; if it happens \
         again, an administrator looks whether the program can be reached from outside.",
    ),
    ("publish_cancelled", "cancelled", None, "The posting was called off on TikTok's side. Nothing is out."),
];

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(super) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

/// A name of TikTok's as a person sees it in a sentence.
fn word(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(80).collect()
}

/// A refusal that has a sentence of ours.
fn listed(code: &str) -> Option<Verdict> {
    let (_, ours, field, human) = REFUSALS.iter().find(|(theirs, ..)| *theirs == code)?;
    Some(rejected(ours, human, *field))
}

/// What TikTok tells under `data`, or the verdict. Its codes come before its status.
pub(super) fn told(answer: Result<Response, FetchError>, clock: &Clock, access: &Access) -> Result<Value, Verdict> {
    let mut value = Value::Null;
    if let Ok(response) = &answer {
        value = response.json().unwrap_or_default();
        let code = value.pointer("/error/code").and_then(Value::as_str).unwrap_or_default();
        // A server in trouble says nothing about whether it was done, whatever it calls it.
        let clear = (200..500).contains(&response.status) && response.status != 408;
        if let Some(verdict) = clear.then(|| own_code(code, response, clock)).flatten() {
            return Err(verdict);
        }
        if response.ok() && !matches!(code, "" | "ok") {
            return Err(Verdict::Unknown { why: format!("TikTok answered {}", word(code)) });
        }
    }
    let response = written(answer, clock).map_err(|verdict| match verdict {
        Verdict::Rejected { code, human, field } => {
            Verdict::Rejected { human: sentence(&value, access).unwrap_or(human), code, field }
        }
        other => other,
    })?;
    let unread = || Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) };
    value.get_mut("data").map(Value::take).filter(Value::is_object).ok_or_else(unread)
}

fn own_code(code: &str, response: &Response, clock: &Clock) -> Option<Verdict> {
    match code {
        "access_token_invalid" => Some(Verdict::Unauthorised),
        // Limits are counted over a minute.
        "rate_limit_exceeded" => {
            let until = wait_until(response, clock).unwrap_or_else(|| clock.now() + MINUTE);
            Some(Verdict::RateLimited { until_us: Some(until) })
        }
        code => listed(code),
    }
}

/// TikTok's own sentence with the number under which it can be asked about it, as it may be shown: without the key, without
/// what is no text, short enough for a page.
fn sentence(answer: &Value, access: &Access) -> Option<String> {
    let text = |name: &str| answer.pointer(&format!("/error/{name}")).and_then(Value::as_str).unwrap_or_default();
    let code = word(text("code"));
    if code.is_empty() {
        return None;
    }
    let said: String = text("message").chars().filter(|c| !c.is_control()).take(400).collect();
    let token = super::key(access).map_or("", |(token, _)| token);
    let said = if !token.is_empty() && said.contains(token) { "…".to_owned() } else { said };
    let log = word(text("log_id"));
    let log = if log.is_empty() { log } else { format!(" TikTok's number for this: {log}.") };
    Some(format!("TikTok refuses ({code}): {said}{log}"))
}

/// Why a posting that had begun came to nothing.
pub(super) fn failed(reason: &str) -> Verdict {
    match reason {
        // Whoever owns the account took the permission away.
        "auth_removed" => Verdict::Unauthorised,
        reason => listed(reason).unwrap_or_else(|| {
            let reason = if reason.is_empty() { "no reason told".to_owned() } else { word(reason) };
            let human =
                format!("TikTok says that it posted nothing ({reason}). Look at the account, then send it again.");
            rejected("failed", &human, None)
        }),
    }
}
