//! Errors for programs: RFC 9457 `application/problem+json`.
use crate::error::Kind;
use crate::words::{Lang, Words};
use crate::{Ctx, Error};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

pub(super) fn status(error: &Error) -> StatusCode {
    match error.kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Refused(_) | Kind::Conflict => StatusCode::CONFLICT,
        Kind::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::NotAllowed => StatusCode::FORBIDDEN,
        Kind::SignIn => StatusCode::UNAUTHORIZED,
        Kind::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Kind::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        Kind::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Fault => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn name(error: &Error) -> &'static str {
    match error.kind {
        Kind::NotFound => "not-found",
        Kind::Refused(_) => "refused",
        Kind::Invalid(_) => "invalid",
        Kind::Malformed => "malformed",
        Kind::NotAllowed => "not-allowed",
        Kind::SignIn => "sign-in",
        Kind::Conflict => "conflict",
        Kind::TooMany { .. } => "too-many",
        Kind::TooLarge => "too-large",
        Kind::TooSlow => "too-slow",
        Kind::WrongMethod => "wrong-method",
        Kind::WrongType => "wrong-type",
        Kind::Unavailable => "unavailable",
        Kind::Fault => "fault",
    }
}

fn body(words: &Words, lang: Lang, request_id: &str, error: &Error) -> serde_json::Value {
    let status = status(error);
    let refusals: Vec<_> = error
        .refusals()
        .iter()
        .map(|r| json!({"code": r.code, "detail": words.say(lang, &r.say), "clause": r.clause, "field": r.field}))
        .collect();
    let fields: Vec<_> =
        error.fields().iter().map(|f| json!({"field": f.field, "detail": words.say(lang, &f.say)})).collect();
    let mut body = json!({
        "type": format!("urn:drelwa:problem:{}", name(error)),
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": words.say(lang, &error.say),
        "instance": format!("urn:drelwa:request:{request_id}"),
    });
    if !refusals.is_empty() {
        body["refusals"] = refusals.into();
    }
    if !fields.is_empty() {
        body["errors"] = fields.into();
    }
    body
}

/// The error as `application/problem+json`; the cause is never in it.
pub fn problem_json(cx: &Ctx, error: &Error) -> Response {
    let text = body(cx.words(), cx.lang, &cx.request_id, error).to_string();
    let mut response = (status(error), [(header::CONTENT_TYPE, "application/problem+json")], text).into_response();
    if let Kind::TooMany { retry_after_s } = error.kind {
        response.headers_mut().insert(header::RETRY_AFTER, retry_after_s.into());
    }
    if matches!(error.kind, Kind::SignIn) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, axum::http::HeaderValue::from_static("Bearer"));
    }
    response
}
