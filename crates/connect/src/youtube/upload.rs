//! Uploading: a session is begun with what is told about the file, then the file goes there in pieces. Each answer says how
//! much has arrived; where an answer is lost, that is asked. A session that nobody ends leaves nothing behind.
//!
//! Source: “Resumable Uploads”. 308 is *go on*, with `Range: bytes=0-N` for what is there; `Content-Range: bytes */TOTAL`
//! with no bytes asks; 200 and 201 come with what was made; 404 means that the session has ended.
use super::answer::rejected;
use super::{CAPTIONS, FILMS, YouTube, words, write};
use crate::recording::Source;
use crate::wire::harmless;
use crate::{Access, Captions, Post, Prepared, Recording, Verdict};
use ground::fetch::{FetchError, Method, Request, Response};
use serde_json::{Value, json};

/// So often in a row an upload may get nowhere.
const MISSES: u32 = 3;
/// *News & politics*, which every channel may choose. The list differs by country; this number does not.
const CATEGORY: &str = "25";

/// What an answer to a piece tells.
enum Step {
    Made(Value),
    /// So many bytes are there.
    There(u64),
    Unclear,
}

/// A session is at Google's, or where the beginning of it was asked for.
fn session(access: &Access, location: &str) -> Option<String> {
    let (at, base) = (url::Url::parse(location).ok()?, url::Url::parse(&access.base_url).ok()?);
    let google = |u: &url::Url| u.scheme() == "https" && u.host_str().is_some_and(|h| h.ends_with(".googleapis.com"));
    let fits = location.len() <= 4000 && at.username().is_empty() && (at.origin() == base.origin() || google(&at));
    fits.then(|| at.to_string())
}

/// `bytes=0-N` as how many bytes that are; nothing is said where nothing has arrived.
fn arrived(response: &Response) -> Option<u64> {
    let Some(range) = response.header("range") else { return Some(0) };
    range.trim().strip_prefix("bytes=0-")?.parse::<u64>().ok()?.checked_add(1)
}

/// The film of a post, which always has one and words that fit; none in an answer to a comment.
fn film(post: &Post) -> Result<Option<&Recording>, Verdict> {
    if let Some(to) = &post.reply_to {
        write::place(to)?;
        if !post.media.is_empty() || post.recording.is_some() {
            return Err(rejected("media-too-many", "A comment on YouTube holds words only.", Some("media")));
        }
        return Ok(None);
    }
    if words::title(&post.text).is_empty() {
        return Err(rejected("text-empty", "A film on YouTube needs a title.", Some("text")));
    }
    if words::description(&post.text).len() > words::DESCRIPTION {
        return Err(rejected("text-too-long", "A description on YouTube has 5,000 bytes.", Some("text")));
    }
    let Some(recording) = post.recording.as_ref().filter(|r| r.is_film() && r.bytes > 0) else {
        return Err(rejected("recording-missing", "YouTube takes no post without a film.", Some("media")));
    };
    if !post.media.is_empty() {
        return Err(rejected("recording-alone", "A film on YouTube takes no pictures beside it.", Some("media")));
    }
    Ok(Some(recording))
}

impl YouTube {
    /// A film cannot be replaced: how large it is tells whether it is still the same.
    pub(super) async fn ready_to_change(&self, _: &Access, post: &Post) -> Result<Prepared, Verdict> {
        Ok(Prepared::of(post, film(post)?.map(|film| write::film(film.bytes)).into_iter().collect()))
    }

    /// Uploads the film, which nobody sees yet, and its captions. An answer to a comment needs nothing made ready.
    pub(super) async fn ready(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        let Some(recording) = film(post)? else { return Ok(Prepared::of(post, Vec::new())) };
        let (title, description) = (words::title(&post.text), words::description(&post.text));
        let about = json!({
            "snippet": {"title": title, "description": description, "categoryId": CATEGORY},
            "status": write::status("private"),
        });
        let path = format!("{FILMS}?uploadType=resumable&part=snippet,status");
        let made = self.upload(access, &path, &about, &recording.mime, &Source::File(recording)).await?;
        let id = made.get("id").and_then(Value::as_str).filter(|id| super::id::is_video(id));
        let id = id.ok_or_else(|| Verdict::NotSent { why: "the answer to an upload names no video".to_owned() })?;
        let mut media = vec![write::film(recording.bytes)];
        for captions in &recording.captions {
            match self.caption(access, id, captions).await {
                Ok(track) => media.extend(track),
                Err(verdict) => {
                    self.discard(access, id).await;
                    return Err(verdict);
                }
            }
        }
        Ok(Prepared { container: Some(id.to_owned()), ..Prepared::of(post, media) })
    }

    /// The captions of one language. Their name is left empty: people then see the language's.
    async fn caption(&self, access: &Access, video: &str, captions: &Captions) -> Result<Option<String>, Verdict> {
        let about = json!({
            "snippet": {"videoId": video, "language": captions.lang, "name": "", "isDraft": false},
        });
        let path = format!("{CAPTIONS}?uploadType=resumable&part=snippet");
        let source = Source::Words(captions.vtt.as_bytes());
        match self.upload(access, &path, &about, "text/vtt", &source).await {
            Ok(made) => {
                let track = made.get("id").and_then(Value::as_str).filter(|id| id.len() <= 200);
                Ok(track.map(str::to_owned))
            }
            Err(Verdict::Rejected { code, human, .. }) => {
                let human = format!("YouTube does not take the captions ({}). {human}", captions.lang);
                Err(rejected(&code, &human, Some("media")))
            }
            Err(verdict) => Err(verdict),
        }
    }

    /// Everything of it may be repeated: what is not known was not done.
    async fn upload(
        &self,
        access: &Access,
        path: &str,
        about: &Value,
        mime: &str,
        source: &Source<'_>,
    ) -> Result<Value, Verdict> {
        let request = self.to(Method::POST, access, path)?.json(about);
        let request = request.header("x-upload-content-length", &source.bytes().to_string());
        let request = request.header("x-upload-content-type", mime);
        let begun = self.send(access, request).await.map_err(harmless)?;
        let at = begun.header("location").and_then(|at| session(access, at));
        let at = at.ok_or_else(|| Verdict::NotSent { why: "the answer names no place for the upload".to_owned() })?;
        self.pieces(access, &at, mime, source).await.map_err(harmless)
    }

    async fn pieces(&self, access: &Access, at: &str, mime: &str, source: &Source<'_>) -> Result<Value, Verdict> {
        let total = source.bytes();
        let (mut there, mut sent, mut misses, mut ask) = (0, 0, 0, false);
        loop {
            let mut request = self.with_key(Request::new(Method::PUT, at), access)?;
            if ask || there == total {
                request = request.header("content-range", &format!("bytes */{total}"));
            } else {
                request.body = source.piece(there, self.piece).await?;
                sent = there + request.body.len() as u64;
                let last = sent.saturating_sub(1);
                request = request.header("content-range", &format!("bytes {there}-{last}/{total}"));
                request = request.header("content-type", mime);
            }
            let (before, asked) = (there, ask);
            match self.step(access, self.fetch.send(request).await)? {
                Step::Made(value) => return Ok(value),
                // What was never sent cannot be there.
                Step::There(bytes) if bytes <= sent => (there, ask) = (bytes, false),
                Step::There(_) | Step::Unclear => ask = true,
            }
            if there > before {
                misses = 0;
            } else if ask || !asked {
                // To be told that nothing more has arrived is an answer, and the piece before it was counted.
                misses += 1;
            }
            if misses > MISSES {
                return Err(Verdict::NotSent { why: "the upload does not get on".to_owned() });
            }
            tokio::time::sleep(self.pause * misses).await;
        }
    }

    fn step(&self, access: &Access, answer: Result<Response, FetchError>) -> Result<Step, Verdict> {
        let status = match &answer {
            Ok(response) if response.status == 308 => return Ok(arrived(response).map_or(Step::Unclear, Step::There)),
            Ok(response) => response.status,
            Err(_) => return Ok(Step::Unclear),
        };
        match super::done(answer, &self.clock, access) {
            Ok(response) => {
                let made: Option<Value> = response.json();
                Ok(made.filter(|m| m.get("id").is_some()).map_or(Step::Unclear, Step::Made))
            }
            Err(Verdict::Unknown { .. }) => Ok(Step::Unclear),
            Err(_) if status == 404 || status == 410 => {
                Err(Verdict::NotSent { why: "the place for the upload is gone".to_owned() })
            }
            Err(verdict) => Err(verdict),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    #[test]
    fn a_key_goes_to_google_only() {
        let access = Access {
            base_url: "https://www.googleapis.com".into(),
            secret: Secret::new("k"),
            remote_account_id: String::new(),
            handle: String::new(),
        };
        for good in ["https://www.googleapis.com/upload/x?upload_id=1", "https://youtube.googleapis.com/upload/x"] {
            assert_eq!(session(&access, good).as_deref(), Some(good));
        }
        for bad in [
            "http://www.googleapis.com/upload",
            "https://www.googleapis.com.evil.example/",
            "https://evilgoogleapis.com/",
            "https://a@youtube.googleapis.com/",
            "/upload/x",
        ] {
            assert_eq!(session(&access, bad), None, "{bad}");
        }
    }
}
