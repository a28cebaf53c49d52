//! Static files, from the program itself.
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use ground::{Error, Result};

struct Asset {
    name: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

pub async fn serve(Path((_, name)): Path<(String, String)>, headers: HeaderMap) -> Result<Response> {
    let asset = ASSETS.iter().find(|a| a.name == name).ok_or_else(Error::not_found)?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let forever = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Ok(match asset.brotli {
        Some(packed) if accepts.contains("br") => {
            let encoded = [(header::CONTENT_ENCODING, "br"), (header::VARY, "Accept-Encoding")];
            ([(header::CONTENT_TYPE, kind), forever], encoded, packed).into_response()
        }
        _ => ([(header::CONTENT_TYPE, kind), forever], asset.bytes).into_response(),
    })
}

pub async fn favicon() -> Response {
    const ICON: &str = include_str!("../../assets/mark.svg");
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")], ICON).into_response()
}
