//! Forms: `application/x-www-form-urlencoded` and `multipart/form-data`, read once by the gate, with limits.
use crate::ctx::Machine;
use crate::storage::Incoming;
use crate::{Error, Result, Say};
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use std::sync::Arc;

/// A file that came with a form.
#[derive(Debug, Clone)]
pub struct Upload {
    pub field: String,
    pub file_name: String,
    pub bytes: Vec<u8>,
}

/// A file that was written to the disk as it came, because it is too large to be held.
#[derive(Debug, Clone)]
pub struct Large {
    pub field: String,
    pub file: Arc<Incoming>,
    /// There was more of it than is taken; the rest was thrown away.
    pub cut: bool,
}

/// What was typed, as it was typed, in order.
#[derive(Debug, Clone, Default)]
pub struct FormData {
    pub pairs: Vec<(String, String)>,
    pub files: Vec<Upload>,
    pub large: Vec<Large>,
}

impl FormData {
    /// The first value of a field, without white space around it; empty when absent.
    pub fn text(&self, name: &str) -> &str {
        self.pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
    }
    /// The first value of a field exactly as it was typed: passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }
    /// Every value of a field (checkboxes), empty ones left out.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str()).collect()
    }
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }
    pub fn numbers(&self, name: &str) -> Vec<i64> {
        self.all(name).iter().filter_map(|v| v.parse().ok()).collect()
    }
    pub fn flag(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }
    /// A large file that was chosen.
    pub fn large(&self, name: &str) -> Option<&Large> {
        self.large.iter().find(|f| f.field == name)
    }
    /// A file that was chosen: an empty file input sends no name and no bytes.
    pub fn file(&self, name: &str) -> Option<&Upload> {
        self.files.iter().find(|f| f.field == name && !(f.bytes.is_empty() && f.file_name.is_empty()))
    }
}

impl FromRequestParts<Arc<Machine>> for FormData {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Machine>) -> Result<FormData> {
        parts.extensions.get::<FormData>().cloned().ok_or_else(|| Error::fault("no form was read for this route"))
    }
}

/// Reads a form's body, whichever of the two forms it has.
pub async fn read(headers: &HeaderMap, body: &[u8]) -> Result<FormData> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        return read_multipart(kind, body).await;
    }
    if body.is_empty() {
        return Ok(FormData::default());
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Error::wrong_type("application/x-www-form-urlencoded"));
    }
    let text = std::str::from_utf8(body).map_err(|_| Error::malformed(Say::new("error-utf8")))?;
    strict_utf8(text)?;
    let pairs = serde_urlencoded::from_str(text).map_err(|_| Error::malformed(Say::new("error-form")))?;
    Ok(FormData { pairs: clean(pairs)?, ..FormData::default() })
}

/// The decoder replaces bad sequences in silence; a program of record must not.
fn strict_utf8(text: &str) -> Result<()> {
    std::str::from_utf8(&percent_decoded(text)).map(|_| ()).map_err(|_| Error::malformed(Say::new("error-utf8")))
}

/// The bytes that percent-encoded text stands for.
pub(super) fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = (bytes[i] == b'%').then(|| text.get(i + 1..i + 3).and_then(|h| u8::from_str_radix(h, 16).ok()));
        match hex {
            Some(Some(byte)) => {
                plain.push(byte);
                i += 3;
            }
            _ => {
                plain.push(bytes[i]);
                i += 1;
            }
        }
    }
    plain
}

/// Browsers send CRLF; the zero byte is in no text a person types, and PostgreSQL keeps none.
pub(super) fn clean(pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    pairs
        .into_iter()
        .map(|(n, v)| {
            if n.contains('\0') || v.contains('\0') {
                Err(Error::malformed(Say::new("error-zero")))
            } else {
                Ok((n, v.replace("\r\n", "\n")))
            }
        })
        .collect()
}

async fn read_multipart(kind: &str, body: &[u8]) -> Result<FormData> {
    let bad = |_| Error::malformed(Say::new("error-form"));
    let boundary = multer::parse_boundary(kind).map_err(bad)?;
    let whole = body.to_vec();
    let stream = futures_util::stream::once(async move { Ok::<_, std::io::Error>(whole) });
    let mut parts = multer::Multipart::new(stream, boundary);
    let (mut pairs, mut files) = (vec![], vec![]);
    while let Some(field) = parts.next_field().await.map_err(bad)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(bad)?.to_vec();
        match file_name {
            Some(file_name) => files.push(Upload { field: name, file_name, bytes }),
            None => {
                let value = String::from_utf8(bytes).map_err(|_| Error::malformed(Say::new("error-utf8")))?;
                pairs.push((name, value));
            }
        }
    }
    Ok(FormData { pairs: clean(pairs)?, files, large: vec![] })
}
