//! A film or sound recording, piece by piece, and what is said in it: to anybody once it belongs to something that is out,
//! before that and after a withdrawal to its agency.
use crate::people::roles::SEE_DESK;
use crate::posts::lent;
use crate::posts::recording::store::{self, RecordingRow, SaidRow};
use crate::posts::recording::{file_name, is_captions, transcript};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use ground::http::ranged::{self, Wanted};
use ground::http::{Id, Piece};
use ground::{Ctx, Error, Result};

const PRIVATE: &str = "private, no-store";

/// Whether anybody may have it, and what is said in it.
async fn allowed(cx: &Ctx, id: i64) -> Result<(RecordingRow, bool, Option<SaidRow>)> {
    let recording = store::find(cx.db(), id).await?;
    if let Some(said) = store::public(cx.db(), id, cx.now()).await? {
        return Ok((recording, true, Some(said)));
    }
    if !cx.actor.may(SEE_DESK, recording.agency_id) {
        return Err(Error::not_found());
    }
    Ok((recording, false, store::newest(cx.db(), id).await?))
}

fn file(cx: &Ctx, r: &RecordingRow, wanted: &Wanted, cache: &'static str) -> Result<Response> {
    let name = file_name(r.id, &r.mime);
    let mut response = ranged::file(&cx.machine.storage, &r.digest, wanted, &r.mime, &name)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}

pub async fn show(cx: Ctx, Id(id): Id, wanted: Wanted) -> Result<Response> {
    let (recording, public, _) = allowed(&cx, id).await?;
    // A withdrawal must be felt soon: what was kept on the way is asked for anew.
    file(&cx, &recording, &wanted, if public { "public, no-cache" } else { PRIVATE })
}

/// The same under a name that ends as such files do, and under no other.
pub async fn named(cx: Ctx, Id(id): Id, Piece(name): Piece, wanted: Wanted) -> Result<Response> {
    let (recording, public, _) = allowed(&cx, id).await?;
    if name != file_name(id, &recording.mime) {
        return Err(Error::not_found());
    }
    file(&cx, &recording, &wanted, if public { "public, no-cache" } else { PRIVATE })
}

/// One that a platform comes to get.
pub async fn lent(cx: Ctx, Id(id): Id, Piece(end): Piece, wanted: Wanted) -> Result<Response> {
    if !lent::is_lent_recording(&cx, id, &end)? {
        return Err(Error::not_found());
    }
    file(&cx, &store::find(cx.db(), id).await?, &wanted, PRIVATE)
}

/// `en.vtt` or `dz.vtt` where there are captions with times, `en.txt` or `dz.txt` where there are words.
pub async fn captions(cx: Ctx, Id(id): Id, Piece(name): Piece) -> Result<Response> {
    let (_, public, said) = allowed(&cx, id).await?;
    let said = said.ok_or_else(Error::not_found)?;
    let (lang, kind) = name.split_once('.').ok_or_else(Error::not_found)?;
    let text = match lang {
        "en" => said.said_en,
        "dz" => said.said_dz,
        _ => return Err(Error::not_found()),
    };
    let (mime, text) = match kind {
        "vtt" if is_captions(&text) => ("text/vtt; charset=utf-8", text),
        "txt" if !text.is_empty() => ("text/plain; charset=utf-8", transcript(&text)),
        _ => return Err(Error::not_found()),
    };
    let cache = if public { "public, no-cache" } else { PRIVATE };
    Ok(([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, cache)], text).into_response())
}
