//! Sending a film up, privately. An upload is opened first; its pieces follow one after another, each with its place in the file.
//! A piece whose answer was lost is asked about, and the upload goes on from where the server is. One that was left off makes no
//! video: the next try goes on with it where the server still knows it, else the server clears it away. Sending the same film up once
//! more harms nobody.
//!
//! Source: `VideoCreate` and `VideoCreateResult` in `@peertube/peertube-types` 8.1.3; `X-Upload-…`, `Content-Range` and `Range` as in
//! `@uploadx/core` 7.0.3.
use super::answer::{rejected, unclear};
use super::session::Session;
use super::view::{PRIVATE, is_uuid};
use super::{PeerTube, words};
use crate::wire::{harmless, unwritten};
use crate::{Access, Captions, Post, Recording, Verdict};
use ground::fetch::{Method, Parts, Request, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How much goes up at once, in bytes; servers behind a slow line need an answer within a minute.
const PIECE: usize = 2 << 20;
/// How often in a row an upload may not go on before it is left off.
const LOSSES: usize = 5;
const PATH: &str = "/videos/upload-resumable";

/// How far an upload is.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// So many bytes are there.
    Up(u64),
    /// All of it, and this is the video.
    Done(String),
}

/// An upload the server waits for, and how much of it is there already.
struct Opened {
    id: String,
    there: u64,
}

/// The upload's id in an address the server gives; the rest of the address is not followed.
fn upload_id(location: &str) -> Option<String> {
    let query = location.split_once('?')?.1;
    let (_, id) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "upload_id")?;
    let fits = (1..=255).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    fits.then(|| id.into_owned())
}

/// `bytes=0-42`: forty-three are there. Before the first there is no end, or one before the beginning.
fn there(range: Option<&str>) -> Option<u64> {
    let Some(range) = range else { return Some(0) };
    match range.trim().strip_prefix("bytes=0-")? {
        "-1" => Some(0),
        last => last.parse::<u64>().ok()?.checked_add(1),
    }
}

fn file_name(mime: &str) -> &'static str {
    match mime {
        "video/webm" => "film.webm",
        "video/ogg" => "film.ogv",
        _ => "film.mp4",
    }
}

/// A language as it goes into a path.
pub(super) fn language(lang: &str) -> Option<&str> {
    let fits = (2..=3).contains(&lang.len()) && lang.bytes().all(|b| b.is_ascii_lowercase());
    fits.then_some(lang)
}

/// A number that is the same whenever the same film goes up to the same channel with the same words: by it, size and name a
/// server knows an upload that was left off, and goes on with what was told of it then.
fn same(told: &Value, film: &Recording) -> u64 {
    let digest = Sha256::new().chain_update(film.path.as_os_str().as_encoded_bytes()).chain_update(told.to_string());
    // Six bytes: what stands for a number in JSON everywhere.
    digest.finalize().iter().take(6).fold(0, |n, b| n << 8 | u64::from(*b))
}

/// The next piece and its place in the file.
fn next(film: &Recording, at: u64) -> Result<(String, Vec<u8>), Verdict> {
    let bytes = film.piece(at, PIECE).map_err(|e| lost(&format!("the film cannot be read: {}", e.kind())))?;
    let last = at.saturating_add(bytes.len() as u64).saturating_sub(1);
    Ok((format!("bytes {at}-{last}/{}", film.bytes), bytes))
}

fn lost(why: &str) -> Verdict {
    Verdict::NotSent { why: why.to_owned() }
}

fn step(answer: &Response) -> Result<Step, Verdict> {
    if answer.status == 308 {
        return there(answer.header("range")).map(Step::Up).ok_or_else(unclear);
    }
    let made: Value = answer.json().ok_or_else(unclear)?;
    let uuid = made.pointer("/video/uuid").and_then(Value::as_str).filter(|u| is_uuid(u)).ok_or_else(unclear)?;
    Ok(Step::Done(uuid.to_owned()))
}

impl PeerTube {
    /// Sends a film and what is said in it up and gives the private video's id.
    pub(super) async fn upload(&self, access: &Access, post: &Post, film: &Recording) -> Result<String, Verdict> {
        if !super::FILMS.contains(&film.mime.as_str()) {
            return Err(rejected("recording-type", "A PeerTube server takes films as MP4, WebM or Ogg.", None));
        }
        if film.bytes == 0 {
            return Err(rejected("recording-missing", "The film is empty.", None));
        }
        let opened = self.open(access, post, film).await.map_err(harmless)?;
        let uuid = self.pieces(access, opened, film).await.map_err(harmless)?;
        for captions in &film.captions {
            self.caption(access, &uuid, captions).await.map_err(harmless)?;
        }
        Ok(uuid)
    }

    async fn open(&self, access: &Access, post: &Post, film: &Recording) -> Result<Opened, Verdict> {
        let (session, channel) = self.us(access).await.map_err(unwritten)?;
        let mut body = json!({
            "name": words::name(&post.text),
            "description": post.text.trim(),
            "channelId": channel,
            "privacy": PRIVATE,
            "filename": file_name(&film.mime),
            // Nobody sees it before it can be played everywhere.
            "waitTranscoding": true,
        });
        if let (Some(lang), Some(fields)) = (language(&post.lang), body.as_object_mut()) {
            fields.insert("language".to_owned(), json!(lang));
        }
        let number = same(&body, film);
        if let Some(fields) = body.as_object_mut() {
            fields.insert("lastModified".to_owned(), json!(number));
        }
        let request = self
            .to(Method::POST, access, &session, PATH)
            .header("x-upload-content-length", &film.bytes.to_string())
            .header("x-upload-content-type", &film.mime)
            .json(&body);
        let answer = self.send(access, &session, request).await?;
        let id = answer.header("location").and_then(upload_id).ok_or_else(unclear)?;
        // An upload that is there already tells how far it is.
        let there = if answer.status == 201 { Some(0) } else { there(answer.header("range")) };
        Ok(Opened { id, there: there.filter(|n| *n <= film.bytes).ok_or_else(unclear)? })
    }

    /// Sends what is not there yet.
    async fn pieces(&self, access: &Access, opened: Opened, film: &Recording) -> Result<String, Verdict> {
        let (mut at, mut stuck, mut lost_an_answer) = (opened.there, 0, false);
        let rounds = 20 + 4 * (film.bytes / PIECE as u64);
        for _ in 0..rounds {
            let ask = lost_an_answer || at >= film.bytes;
            let (range, bytes) = if ask { (format!("bytes */{}", film.bytes), Vec::new()) } else { next(film, at)? };
            let step = match self.put(access, &opened.id, &range, bytes).await {
                Err(Verdict::Unknown { .. }) if !ask => None,
                step => Some(step?),
            };
            lost_an_answer = step.is_none();
            match step {
                Some(Step::Done(uuid)) => return Ok(uuid),
                Some(Step::Up(up)) if up > film.bytes => return Err(lost("the server has more than was sent")),
                Some(Step::Up(up)) => {
                    stuck = if up > at { 0 } else { stuck + 1 };
                    at = up;
                }
                None => stuck += 1,
            }
            if stuck > LOSSES {
                break;
            }
        }
        Err(lost("the upload does not go on"))
    }

    /// One piece, or the question how far it is.
    async fn put(&self, access: &Access, id: &str, range: &str, bytes: Vec<u8>) -> Result<Step, Verdict> {
        // A long upload may outlive a session: one that runs out is renewed between two pieces.
        let session = self.meant(access).await.map_err(unwritten)?;
        let path = format!("{PATH}?upload_id={id}");
        let request = self.to(Method::PUT, access, &session, &path);
        let request = request.header("content-range", range).header("content-type", "application/octet-stream");
        step(&self.piece(access, &session, Request { body: bytes, ..request }).await?)
    }

    /// `308` is how the server asks for more.
    async fn piece(&self, access: &Access, session: &Session, request: Request) -> Result<Response, Verdict> {
        match self.fetch.send(request).await {
            Ok(answer) if answer.status == 308 => Ok(answer),
            answer => self.answered(access, session, answer),
        }
    }

    async fn caption(&self, access: &Access, uuid: &str, captions: &Captions) -> Result<(), Verdict> {
        let Some(lang) = language(&captions.lang) else {
            return Err(rejected("captions-language", "The language of the captions is not known.", None));
        };
        let session = self.meant(access).await.map_err(unwritten)?;
        let file = format!("{lang}.vtt");
        let parts = Parts::new().file("captionfile", &file, "text/vtt", captions.vtt.as_bytes());
        let path = format!("/videos/{uuid}/captions/{lang}");
        self.order(access, &session, self.to(Method::PUT, access, &session, &path).parts(parts)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_id_of_an_upload_is_taken_from_an_address() {
        let id = |location: &str| upload_id(location);
        assert_eq!(id("//videos.example/api/v1/videos/upload-resumable?upload_id=4f-a.b_c"), Some("4f-a.b_c".into()));
        assert_eq!(id("https://evil.example/?x=1&upload_id=4f"), Some("4f".into()));
        for bad in ["", "/x", "/x?upload_id=", "/x?upload_id=a%0Ab", "/x?upload_id=a%2Fb", "/x?upload_id=a%26b=c"] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }

    #[test]
    fn how_far_an_upload_is() {
        for (range, bytes) in [
            (None, Some(0)),
            (Some("bytes=0-262143"), Some(262_144)),
            (Some("bytes=0--1"), Some(0)),
            (Some("bytes=5-9"), None),
            (Some("bytes=0-18446744073709551615"), None),
            (Some("everything"), None),
        ] {
            assert_eq!(there(range), bytes, "{range:?}");
        }
    }
}
