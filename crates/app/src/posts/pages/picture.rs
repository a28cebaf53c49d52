//! A picture: to anybody once it belongs to something released, before that to its agency.
use crate::people::roles::SEE_DESK;
use crate::posts::{lent, store};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ground::http::{Id, Piece};
use ground::{Ctx, Error, Result};

pub async fn show(cx: Ctx, Id(id): Id) -> Result<Response> {
    let media = store::media(cx.db(), id).await?;
    let released = store::is_released(cx.db(), id).await?;
    if !released && !cx.actor.may(SEE_DESK, media.agency_id) {
        return Err(Error::not_found());
    }
    let bytes = cx.machine.storage.get(&media.digest)?;
    let cache = if released { "public, max-age=86400" } else { "private, no-store" };
    Ok(([(header::CONTENT_TYPE, media.mime), (header::CACHE_CONTROL, cache.to_owned())], bytes).into_response())
}

/// A picture that a platform comes to get.
pub async fn lent(cx: Ctx, Id(id): Id, Piece(end): Piece) -> Result<Response> {
    if !lent::is_lent(&cx, id, &end)? {
        return Err(Error::not_found());
    }
    let media = store::media(cx.db(), id).await?;
    let bytes = cx.machine.storage.get(&media.digest)?;
    let never = (header::CACHE_CONTROL, "private, no-store".to_owned());
    Ok(([(header::CONTENT_TYPE, media.mime), never], bytes).into_response())
}
