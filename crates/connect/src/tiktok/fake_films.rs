//! Films as our own TikTok takes them: a posting is begun and names an address; pieces come there in order, and with the last
//! of them the posting goes on by itself. How much has arrived can be asked.
use super::fake::{Net, Posting, level_refused, no, yes};
use super::film::TITLE;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Where pieces go.
pub const PIECES: &str = "/video/";
const LEAST: u64 = 5_000_000;
const MOST: u64 = 64 << 20;
const LARGEST: u64 = 4_000_000_000;
const KEY: &str = "Xza123";

/// A film that comes or has come.
#[derive(Debug, Clone, Default)]
pub struct Film {
    pub got: Vec<u8>,
    pub total: u64,
    piece: u64,
    pieces: u64,
}

impl Film {
    pub fn is_whole(&self) -> bool {
        self.got.len() as u64 == self.total
    }
}

fn invalid(text: &str) -> Response {
    no(400, "invalid_params", text)
}

pub fn init(net: &Net, body: Value) -> Response {
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |name: &str| body.pointer(&format!("/source_info/{name}")).and_then(Value::as_u64).unwrap_or_default();
    let title = text("/post_info/title");
    if text("/source_info/source") != "FILE_UPLOAD" || title.encode_utf16().count() > TITLE {
        return invalid("One or more fields in request is invalid.");
    }
    let (total, piece, pieces) = (number("video_size"), number("chunk_size"), number("total_chunk_count"));
    let least = net.ways.least.unwrap_or(LEAST);
    let whole = pieces == 1 && piece == total && total <= MOST;
    let cut = (least..=MOST).contains(&piece) && (1..=1000).contains(&pieces) && pieces == total / piece;
    if !(1..=LARGEST).contains(&total) || !(whole || cut) {
        return invalid("The total chunk count is invalid");
    }
    // The account has switched that off.
    if body.pointer("/post_info/disable_duet") != Some(&json!(true)) {
        return invalid("The creator does not allow duets");
    }
    if let Some(refused) = level_refused(net, &text("/post_info/privacy_level")) {
        return refused;
    }
    let mut held = net.held();
    let number = held.number();
    let publish_id = format!("v_pub_file~v2-1.{}", 7_400_000_000_000_000_000 + number);
    let film = Film { total, piece, pieces, ..Film::default() };
    let post_id = 7_500_000_000_000_000_000 + number;
    let posting = Posting { publish_id: publish_id.clone(), post_id, text: title, body, film: Some(film), asked: 0 };
    held.postings.push(posting);
    let to = held.leads_to.clone().unwrap_or_else(|| net.address.clone());
    let to = format!("{to}{PIECES}?upload_id={publish_id}&upload_token={KEY}");
    yes(json!({"publish_id": publish_id, "upload_url": to}))
}

/// `bytes 0-9/20`.
fn range(headers: &HeaderMap) -> Option<(u64, u64, u64)> {
    let text = headers.get(header::CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let ((from, last), total) = text.split_once('/').and_then(|(span, total)| Some((span.split_once('-')?, total)))?;
    Some((from.parse().ok()?, last.parse().ok()?, total.parse().ok()?))
}

pub fn piece(net: &Net, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Response {
    let bare = |status: StatusCode| status.into_response();
    let asked: Vec<(String, String)> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let of = |name: &str| asked.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
    let typed = headers.get(header::CONTENT_TYPE).and_then(|t| t.to_str().ok()).unwrap_or_default();
    let mut held = net.held();
    let held = &mut *held;
    let film = held.postings.iter_mut().find(|p| p.publish_id == of("upload_id")).and_then(|p| p.film.as_mut());
    let Some(film) = film.filter(|_| of("upload_token") == KEY && !held.expired) else {
        return bare(StatusCode::FORBIDDEN);
    };
    let Some((from, last, total)) = range(headers).filter(|_| typed.starts_with("video/")) else {
        return bare(StatusCode::BAD_REQUEST);
    };
    let number = from / film.piece;
    let end = if number + 1 == film.pieces { film.total } else { from + film.piece };
    let in_order = from == film.got.len() as u64 && from % film.piece == 0 && number < film.pieces;
    if !in_order || last + 1 != end || total != film.total || body.len() as u64 != end - from {
        return bare(StatusCode::RANGE_NOT_SATISFIABLE);
    }
    if held.lost > 0 {
        held.lost -= 1;
        return (StatusCode::SERVICE_UNAVAILABLE, "<html>").into_response();
    }
    film.got.extend_from_slice(body);
    if held.unanswered > 0 {
        held.unanswered -= 1;
        return (StatusCode::GATEWAY_TIMEOUT, "<html>").into_response();
    }
    bare(if film.is_whole() { StatusCode::CREATED } else { StatusCode::PARTIAL_CONTENT })
}
