//! A stored file sent piece by piece, whole or one stretch of it (RFC 9110 §14): players jump about in films, and a line
//! that broke goes on where it was.
use crate::storage::Storage;
use crate::{Error, Result};
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// Read from the disk and handed on in pieces of this many bytes.
const PIECE: u64 = 256 * 1024;

/// Which stretch of a file a request asks for, and of which file it has the rest already.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    range: Option<String>,
    if_range: Option<String>,
    seen: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Wanted, Self::Rejection> {
        let text = |name| one(&parts.headers, name);
        Ok(Wanted { range: text(header::RANGE), if_range: text(header::IF_RANGE), seen: text(header::IF_NONE_MATCH) })
    }
}

fn one(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
}

/// What of a file of this many bytes is meant.
#[derive(Debug, PartialEq, Eq)]
enum Stretch {
    Whole,
    /// First byte, and how many.
    Part(u64, u64),
    /// It lies outside.
    Nowhere,
}

/// What cannot be read, and more than one stretch at once, is answered with the whole file, as the standard allows.
fn stretch(range: &str, bytes: u64) -> Stretch {
    let Some(spec) = range.trim().strip_prefix("bytes=").filter(|s| !s.contains(',')) else { return Stretch::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Stretch::Whole };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), end) if end.is_some() || last.is_empty() => {
            let end = end.unwrap_or(u64::MAX).min(bytes.saturating_sub(1));
            if end < first && last.parse::<u64>().is_ok_and(|l| l < first) {
                Stretch::Whole
            } else if first >= bytes {
                Stretch::Nowhere
            } else {
                Stretch::Part(first, end - first + 1)
            }
        }
        (None, Some(tail)) if first.is_empty() => match tail.min(bytes) {
            0 => Stretch::Nowhere,
            tail => Stretch::Part(bytes - tail, tail),
        },
        _ => Stretch::Whole,
    }
}

/// Answers with a stored file. `kind` is its media type, `name` what a browser saves it as.
pub fn file(storage: &Storage, digest: &str, wanted: &Wanted, kind: &str, name: &str) -> Result<Response> {
    let bytes = storage.size(digest)?;
    // The name of a stored file is made of its bytes: a strong tag.
    let tag = format!("\"{digest}\"");
    let value = |text: &str| HeaderValue::from_str(text).map_err(Error::fault);
    let seen = |v: &String| v == "*" || v.split(',').any(|one| one.trim() == tag);
    if wanted.seen.as_ref().is_some_and(seen) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, value(&tag)?)]).into_response());
    }
    let same = wanted.if_range.as_ref().is_none_or(|v| *v == tag);
    let found = wanted.range.as_ref().filter(|_| same).map_or(Stretch::Whole, |range| stretch(range, bytes));
    let (status, from, length) = match found {
        Stretch::Whole => (StatusCode::OK, 0, bytes),
        Stretch::Part(from, length) => (StatusCode::PARTIAL_CONTENT, from, length),
        Stretch::Nowhere => {
            let outside = [
                (header::CONTENT_RANGE, value(&format!("bytes */{bytes}"))?),
                (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
            ];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, outside).into_response());
        }
    };
    let mut file = File::open(storage.path_of(digest)?).map_err(Error::unavailable)?;
    file.seek(SeekFrom::Start(from)).map_err(Error::unavailable)?;
    let mut response = (status, pieces(file, length)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value(kind)?);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, value(&tag)?);
    headers.insert(header::CONTENT_DISPOSITION, value(&format!("inline; filename=\"{name}\""))?);
    if status == StatusCode::PARTIAL_CONTENT {
        let end = (from + length).saturating_sub(1);
        headers.insert(header::CONTENT_RANGE, value(&format!("bytes {from}-{end}/{bytes}"))?);
    }
    Ok(response)
}

fn pieces(file: File, length: u64) -> Body {
    let file = Arc::new(file);
    let next = move |left: u64| {
        let file = file.clone();
        async move {
            if left == 0 {
                return None;
            }
            let read = move || {
                let mut piece = vec![];
                (&*file).take(left.min(PIECE)).read_to_end(&mut piece).map(|_| piece)
            };
            let piece = match tokio::task::spawn_blocking(read).await {
                Ok(Ok(piece)) if piece.is_empty() => Err(std::io::ErrorKind::UnexpectedEof.into()),
                Ok(piece) => piece,
                Err(_) => Err(std::io::Error::other("the reader stopped")),
            };
            // After a failure the line is broken off: what came is too short, and its length says so.
            let left = piece.as_ref().map_or(0, |p| left.saturating_sub(p.len() as u64));
            Some((piece, left))
        }
    };
    Body::from_stream(futures_util::stream::unfold(length, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_read_as_the_standard_says() {
        for (range, found) in [
            ("bytes=0-3", Stretch::Part(0, 4)),
            ("bytes=4-", Stretch::Part(4, 6)),
            ("bytes=8-99", Stretch::Part(8, 2)),
            ("bytes=-3", Stretch::Part(7, 3)),
            ("bytes=-99", Stretch::Part(0, 10)),
            ("bytes=9-9", Stretch::Part(9, 1)),
            ("bytes=10-", Stretch::Nowhere),
            ("bytes=10-12", Stretch::Nowhere),
            ("bytes=-0", Stretch::Nowhere),
            ("bytes=99999999999999999999-", Stretch::Nowhere),
            ("bytes=4-2", Stretch::Whole),
            ("bytes=0-1,4-5", Stretch::Whole),
            ("bytes=-", Stretch::Whole),
            ("bytes=a-b", Stretch::Whole),
            ("lines=0-1", Stretch::Whole),
            ("", Stretch::Whole),
        ] {
            assert_eq!(stretch(range, 10), found, "{range}");
        }
        assert_eq!(stretch("bytes=0-", 0), Stretch::Nowhere);
    }

    async fn answered(storage: &Storage, digest: &str, wanted: Wanted) -> (u16, HeaderMap, Vec<u8>) {
        let (head, body) = file(storage, digest, &wanted, "audio/wav", "a.wav").unwrap().into_parts();
        (head.status.as_u16(), head.headers, axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn the_whole_file_or_the_stretch_that_was_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Storage::new(dir.path().into());
        let sound: Vec<u8> = (0..600_000u32).map(|n| (n % 251) as u8).collect();
        let digest = storage.put(&sound).unwrap();
        let (status, headers, body) = answered(&storage, &digest, Wanted::default()).await;
        assert_eq!((status, body == sound), (200, true));
        assert_eq!(
            (&headers["content-length"], &headers["accept-ranges"]),
            (&"600000".parse().unwrap(), &"bytes".parse().unwrap())
        );
        let asked = |range: &str| Wanted { range: Some(range.into()), ..Wanted::default() };
        let (status, headers, body) = answered(&storage, &digest, asked("bytes=1000-300999")).await;
        assert_eq!((status, body == sound[1000..301_000]), (206, true));
        assert_eq!(headers["content-range"], "bytes 1000-300999/600000");
        let (status, headers, _) = answered(&storage, &digest, asked("bytes=600000-")).await;
        assert_eq!((status, &headers["content-range"]), (416, &"bytes */600000".parse().unwrap()));
        let other = Wanted { if_range: Some("\"x\"".into()), ..asked("bytes=0-1") };
        assert_eq!(answered(&storage, &digest, other).await.0, 200, "another file than the one it has a part of");
        let known = Wanted { seen: Some(format!("\"{digest}\"")), ..Wanted::default() };
        assert_eq!(answered(&storage, &digest, known).await.0, 304);
    }
}
