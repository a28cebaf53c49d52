//! What handlers take: the context, an id in the path, a query, a JSON body. A failure is our own error, never the
//! framework's plain text.
use crate::ctx::Machine;
use crate::{Ctx, Error, FieldError, Say};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::{HeaderValue, header, request::Parts};
use serde::de::DeserializeOwned;
use std::sync::Arc;

impl FromRequestParts<Arc<Machine>> for Ctx {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Machine>) -> Result<Ctx, Error> {
        parts.extensions.get::<Ctx>().cloned().ok_or_else(|| Error::fault("a route outside the gate"))
    }
}

/// The `{id}` of the path.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub i64);

impl FromRequestParts<Arc<Machine>> for Id {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &Arc<Machine>) -> Result<Id, Error> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::not_found())?;
        let text = params.iter().find(|(n, _)| *n == "id").map(|(_, v)| v.to_owned()).unwrap_or_default();
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|n| digits && *n > 0).map(Id).ok_or_else(Error::not_found)
    }
}

/// The last named piece of the path: a code, a token. One that is not UTF-8 leads nowhere.
#[derive(Debug, Clone)]
pub struct Piece(pub String);

impl FromRequestParts<Arc<Machine>> for Piece {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &Arc<Machine>) -> Result<Piece, Error> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::not_found())?;
        params.iter().last().map(|(_, v)| Piece(v.to_owned())).ok_or_else(Error::not_found)
    }
}

/// What the reader has seen already: the `If-None-Match` of the request.
#[derive(Debug, Clone, Default)]
pub struct Seen(pub(super) Option<HeaderValue>);

impl FromRequestParts<Arc<Machine>> for Seen {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Machine>) -> Result<Seen, Error> {
        Ok(Seen(parts.headers.get(header::IF_NONE_MATCH).cloned()))
    }
}

/// The query of the address. Unknown names are let be; a value of the wrong type is a clear error.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Machine>> for Query<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Machine>) -> Result<Query<T>, Error> {
        let query = parts.uri.query().unwrap_or_default();
        // A form sends an emptied field too, which is no value at all; a program that names one means it.
        let form = !parts.uri.path().starts_with("/api/");
        let given: Vec<&str> = query.split('&').filter(|p| !(form && p.ends_with('='))).collect();
        serde_urlencoded::from_str(&given.join("&"))
            .map(Query)
            .map_err(|e| Error::malformed(Say::new("error-query").arg("why", e.to_string())))
    }
}

/// A JSON body: `application/json`, UTF-8, of the right types, with no unknown field.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<Machine>> for Json<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &Arc<Machine>) -> Result<Json<T>, Error> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            return Err(Error::wrong_type("application/json"));
        }
        let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.map_err(|_| Error::too_large())?;
        read_json(&body).map(Json)
    }
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let text = std::str::from_utf8(body).map_err(|_| Error::malformed(Say::new("error-utf8")))?;
    if has_zero(text) {
        return Err(Error::malformed(Say::new("error-zero")));
    }
    // A list would be read as the fields in their order.
    if text.trim_start().starts_with(|c| c != '{') {
        return Err(Error::malformed(Say::new("error-json-object")));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let path = e.path().to_string();
        let inner = e.into_inner();
        if inner.is_data() {
            Error::invalid(vec![FieldError::new(path, Say::new("error-json-field").arg("why", plain(&inner)))])
        } else {
            Error::malformed(
                Say::new("error-json")
                    .arg("line", inner.line())
                    .arg("column", inner.column())
                    .arg("why", plain(&inner)),
            )
        }
    })?;
    reader.end().map_err(|e| {
        Error::malformed(Say::new("error-json").arg("line", e.line()).arg("column", e.column()).arg("why", plain(&e)))
    })?;
    Ok(value)
}

/// Whether some text in the JSON has the zero character, which no database keeps. Written out it is not JSON at all.
fn has_zero(json: &str) -> bool {
    let mut found = json.match_indices("\\u0000").map(|(at, _)| at);
    // Escaped only if the backslash is not itself escaped.
    found.any(|at| json[..at].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 0)
}

/// The reader's words without the place, which is said apart.
fn plain(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
