//! Web plumbing: one gate in front of every route, forms and JSON read with limits, errors rendered in one place,
//! idempotency keys, rate limits, meters, and the OpenAPI description made from the routes themselves.
mod door;
mod extract;
mod form;
mod gate;
pub mod idempotency;
mod large;
pub mod limits;
pub mod meters;
pub mod openapi;
mod problem;
pub mod ranged;
mod seen;
mod stands;
#[cfg(test)]
mod tests;
mod told;

pub use door::{Door, Patience, Peer};
pub use extract::{Id, Json, Piece, Query, Seen};
pub use form::{FormData, Large, Upload, read as read_form};
pub use gate::{Answer, CSP, Front, router};
pub use problem::problem_json;
pub use seen::{html_unless_seen, unless_seen};

use crate::Error;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// The answer to a form that was carried out: go and look.
pub fn see(path: impl AsRef<str>) -> Response {
    Redirect::to(path.as_ref()).into_response()
}

/// A page.
pub fn html(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}

/// A page that says what is wrong with what was typed: 422, so that programs see it too.
pub fn html_again(text: String) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, html(text)).into_response()
}

/// JSON with a status.
pub fn json<T: serde::Serialize>(status: u16, value: &T) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    match serde_json::to_string(value) {
        Ok(text) => (status, [(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(e) => Error::fault(e).into_response(),
    }
}

/// One cookie of a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v)
}

/// `Authorization: Bearer …`
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What a failed handler leaves for the gate, which renders it as the route's kind demands.
#[derive(Clone)]
pub(crate) struct Failed(pub Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = problem::status(&self).into_response();
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}
