//! What a server's answers mean. A refusal is `{"error": "a_code"}`, mostly with status 400 whatever it is about, so the code
//! is read before the status.
//!
//! Source: the list of codes in `lemmy-js-client` 0.19 (`LemmyErrorType`) and the source of 0.17, which has a few of its own.
use crate::wire::{gone, wait_until, written};
use crate::{Failure, Verdict};
use ground::clock::Clock;
use ground::fetch::{FetchError, Response};
use serde_json::Value;

/// The account's name, password or session is not good.
const ABOUT_THE_KEY: [&str; 6] = [
    "incorrect_login",
    "not_logged_in",
    "password_incorrect",
    "couldnt_find_that_username_or_email",
    "couldnt_find_local_user",
    "token_not_found",
];

/// The account may not do this here.
const FORBIDDEN: [&str; 17] = [
    "only_mods_can_post_in_community",
    "not_a_mod_or_admin",
    "not_a_moderator",
    "not_an_admin",
    "not_higher_mod",
    "no_post_edit_allowed",
    "no_comment_edit_allowed",
    "site_ban",
    "banned",
    "community_ban",
    "banned_from_community",
    "person_is_banned_from_community",
    "person_is_banned_from_site",
    "person_is_blocked",
    "email_not_verified",
    "registration_application_is_pending",
    "registration_denied",
];

pub(super) fn unreadable() -> Failure {
    Failure::Unreachable { why: "the answer cannot be read".to_owned() }
}

pub(super) fn rejected(code: &str, human: &str, field: Option<&str>) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: field.map(str::to_owned) }
}

/// The server's own code for a refusal. Other errors are told in words; they are no codes.
pub(super) fn code(response: &Response) -> Option<String> {
    let value: Value = response.json()?;
    let code = value.get("error")?.as_str()?;
    let fits = code.len() <= 80 && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    (fits && !code.is_empty() && code != "unknown").then(|| code.to_owned())
}

/// A sentence about a refusal.
fn sentence(code: &str) -> String {
    let known = match code {
        "only_mods_can_post_in_community" => "Only moderators may post in this community.",
        "not_a_mod_or_admin" | "not_a_moderator" | "not_an_admin" => "The account does not moderate this community.",
        "no_post_edit_allowed" | "no_comment_edit_allowed" => "It was written by another account.",
        "site_ban" | "banned" | "person_is_banned_from_site" => "The account is banned from this server.",
        "community_ban" | "banned_from_community" | "person_is_banned_from_community" => {
            "The account is banned from this community."
        }
        "email_not_verified" => "The account's e-mail address is not confirmed yet.",
        "registration_application_is_pending" => "The server has not admitted the account yet.",
        "invalid_post_title" => "The title does not fit: it needs three letters in a row at least, and 200 at most.",
        "invalid_body_field" => "The text is longer than the server takes.",
        "slurs" => "The server does not take one of the words.",
        "locked" | "post_is_locked" => "The post is locked: nobody may answer.",
        "language_not_allowed" => "The community does not take posts in this language.",
        "max_comment_depth_reached" => "Answers go no deeper here.",
        "missing_totp_token" | "incorrect_totp_token" => {
            "The account asks for a second factor when signing in; a program cannot give it."
        }
        "instance_is_private" => "The server is closed to people without an account.",
        _ => return format!("The server answered: {}.", code.replace('_', " ")),
    };
    known.to_owned()
}

/// An answer that says it was done, or the verdict.
pub(super) fn done(answer: Result<Response, FetchError>, clock: &Clock) -> Result<Response, Verdict> {
    let Some((response, code)) = refusal(&answer) else { return written(answer, clock) };
    let human = sentence(&code);
    Err(match code.as_str() {
        _ if response.status >= 500 => Verdict::Unknown { why: format!("the server answered {}", response.status) },
        "rate_limit_error" => Verdict::RateLimited { until_us: wait_until(response, clock) },
        c if ABOUT_THE_KEY.contains(&c) => Verdict::Unauthorised,
        c if FORBIDDEN.contains(&c) => rejected("forbidden", &human, None),
        "deleted" | "post_deleted" => gone(),
        "locked" | "post_is_locked" => rejected("locked", &human, None),
        "missing_totp_token" | "incorrect_totp_token" => rejected("second-factor", &human, None),
        "invalid_post_title" | "post_title_too_long" | "invalid_body_field" | "slurs" => {
            rejected("refused", &human, Some("text"))
        }
        // The same code tells of a database that did not answer; only its status tells that it is not there.
        c if c.starts_with("couldnt_find_") && response.status == 404 => gone(),
        c if c.starts_with("couldnt_find_") => rejected("not-found", &human, None),
        // Such a step failed after another may have been done.
        c if c.starts_with("couldnt_") => Verdict::Unknown { why: format!("the server answered {c}") },
        _ if response.status == 429 => Verdict::RateLimited { until_us: wait_until(response, clock) },
        _ => rejected("refused", &human, None),
    })
}

/// A refusal with a code of the server's own.
pub(super) fn refusal(answer: &Result<Response, FetchError>) -> Option<(&Response, String)> {
    let response = answer.as_ref().ok().filter(|r| r.status >= 400)?;
    Some((response, code(response)?))
}

#[cfg(test)]
mod tests;
