//! Films. Their bytes are brought to TikTok, in pieces and in order: the beginning of a posting tells its number and an
//! address for the pieces, and **the last piece is what posts**. So everything but the last piece is made ready before, the
//! number is known before anything can be seen, and a posting whose last piece never comes is never seen.
//!
//! Source: “Direct Post” (`/v2/post/publish/video/init/`), “Media Transfer Guide”, “Get Post Status” (`uploaded_bytes`).
use super::answer::{rejected, unreadable};
use super::write::{is_publish_id, no_answers, post_id};
use super::{EVERYONE, STATUS, TikTok, key};
use crate::wire::{harmless, read_of, unwritten, wait_until};
use crate::{Access, Count, Failure, Found, Post, Prepared, Recording, Verdict};
use ground::clock::{Clock, HOUR, MINUTE};
use ground::fetch::{FetchError, Method, Request, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::time::{Instant, sleep, timeout_at};

/// Begins the posting of a film (“Direct Post”; six calls a minute).
pub(super) const INIT: &str = "/v2/post/publish/video/init/";
/// “Media Transfer Guide”: 4 GB; MP4, MOV and WebM.
pub(super) const FILM_BYTES: u64 = 4_000_000_000;
pub(super) const FILM_TYPES: [&str; 3] = ["video/mp4", "video/quicktime", "video/webm"];
/// “Direct Post”, `title`, in UTF-16.
pub(super) const TITLE: usize = 2200;
/// The same guide: pieces of 5 to 64 MB, of which the last takes what is left over; the fewer bytes it has, the sooner is
/// known what came of it.
pub(super) const PIECE: u64 = 5 << 20;
/// So often a piece is brought again when its answer was lost.
const MISSES: u32 = 3;
/// How long the last piece waits here for its turn, in microseconds. The address for it is good for an hour; whoever was made
/// ready by a program that has ended since must not wait that long.
const KEPT: i64 = 10 * MINUTE;
const ADDRESS_IS_GOOD: i64 = HOUR;

/// What is left of a film to bring. The address holds a key of its own: it is kept in memory and nowhere else.
#[derive(Debug, Clone)]
struct Rest {
    to: String,
    recording: Recording,
    from: u64,
    since_us: i64,
}

/// The last pieces that wait, by the number of their posting.
#[derive(Default)]
pub(super) struct Rests(Mutex<HashMap<String, Rest>>);

impl Rests {
    fn put(&self, id: &str, rest: Rest) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, kept| rest.since_us - kept.since_us < ADDRESS_IS_GOOD);
        all.insert(id.to_owned(), rest);
    }
    fn get(&self, id: &str) -> Option<Rest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
    fn forget(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// The number of a posting and the bytes of its film, as they are kept.
fn container(id: &str, bytes: u64) -> String {
    format!("{id}:{bytes}")
}

fn contained(container: &str) -> Option<(&str, u64)> {
    let (id, bytes) = container.rsplit_once(':')?;
    Some((Some(id).filter(|id| is_publish_id(id))?, bytes.parse().ok()?))
}

/// Of how many bytes a piece is, and how many there are: what is left over goes with the last.
fn cut(bytes: u64, piece: u64) -> (u64, u64) {
    let pieces = (bytes / piece).max(1);
    (if pieces == 1 { bytes } else { piece }, pieces)
}

/// Where pieces go: to TikTok, or back to where that was asked.
fn place(access: &Access, address: &str) -> Option<String> {
    let (at, base) = (url::Url::parse(address).ok()?, url::Url::parse(&access.base_url).ok()?);
    let theirs = at.scheme() == "https" && at.host_str().is_some_and(|h| h.ends_with(".tiktokapis.com"));
    let bare = address.len() <= 2000 && at.username().is_empty() && at.password().is_none();
    (bare && (theirs || at.origin() == base.origin())).then(|| at.to_string())
}

/// What an answer to a piece tells.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    More,
    Whole,
}

/// 206 is *go on*, 201 that all of it has arrived; where the address is no longer good nothing arrives at all.
fn step(answer: Result<Response, FetchError>, clock: &Clock) -> Result<Step, Verdict> {
    let response = match answer {
        Ok(response) => response,
        Err(FetchError::NotSent(why)) => return Err(Verdict::NotSent { why }),
        Err(FetchError::Unknown(why) | FetchError::TooLarge(why)) => return Err(Verdict::Unknown { why }),
    };
    match response.status {
        201 => Ok(Step::Whole),
        206 => Ok(Step::More),
        429 => Err(Verdict::RateLimited { until_us: wait_until(&response, clock) }),
        401 => Err(Verdict::Unauthorised),
        403 | 404 | 410 => Err(Verdict::NotSent { why: "TikTok no longer takes this film".to_owned() }),
        400 | 413 | 415 => {
            let human = "TikTok does not take this film. It takes MP4, MOV and WebM.";
            Err(rejected("recording-type", human, Some("recording")))
        }
        // 416 may mean that it has the piece already.
        status => Err(Verdict::Unknown { why: format!("TikTok answered {status}") }),
    }
}

fn fits(may: &Value, post: &Post, recording: &Recording) -> Result<(), Verdict> {
    let found = Count::Utf16Units.of(&post.text);
    if found > TITLE {
        let human = format!("The text has {found} signs; TikTok takes {TITLE} with a film.");
        return Err(rejected("text-too-long", &human, Some("text")));
    }
    let most = may.get("max_video_post_duration_sec").and_then(Value::as_u64);
    if let (Some(most), Some(found)) = (most, recording.seconds)
        && found > most
    {
        let human = format!("The film plays for {found} seconds; TikTok takes {most} from this account.");
        return Err(rejected("recording-too-long", &human, Some("recording")));
    }
    recording.fits(FILM_BYTES)
}

impl TikTok {
    /// Begins a posting and brings all of the film but its last piece. Nobody sees anything of that.
    pub(super) async fn film(&self, access: &Access, post: &Post, recording: &Recording) -> Result<Prepared, Verdict> {
        if post.reply_to.is_some() {
            return Err(no_answers());
        }
        if !post.media.is_empty() {
            let human = "A film on TikTok stands alone, without pictures beside it.";
            return Err(rejected("recording-alone", human, Some("recording")));
        }
        let may = self.creator(access).await.map_err(unwritten)?;
        let seen_by = super::write::seen_by(access, &may)?;
        fits(&may, post, recording)?;
        // What the account has switched off must not be switched on.
        let off = |name: &str| may.get(name).and_then(Value::as_bool).unwrap_or(false);
        let (piece, pieces) = cut(recording.bytes, self.piece);
        let body = json!({
            "post_info": {
                "title": post.text,
                "privacy_level": seen_by,
                "disable_comment": off("comment_disabled"),
                "disable_duet": off("duet_disabled"),
                "disable_stitch": off("stitch_disabled"),
                "brand_content_toggle": false,
                "brand_organic_toggle": false,
            },
            "source_info": {
                "source": "FILE_UPLOAD",
                "video_size": recording.bytes,
                "chunk_size": piece,
                "total_chunk_count": pieces,
            },
        });
        // Without the film nothing comes of it: where the answer is lost, it is simply begun anew.
        let begun = self.post(access, INIT, &body).await.map_err(harmless)?;
        let text = |name: &str| begun.get(name).and_then(Value::as_str).unwrap_or_default();
        let unread = || Verdict::NotSent { why: "the answer names no posting and no place for the film".to_owned() };
        let id = Some(text("publish_id")).filter(|id| is_publish_id(id)).ok_or_else(unread)?;
        let to = place(access, text("upload_url")).ok_or_else(unread)?;
        let from = piece * (pieces - 1);
        let recording = Recording { captions: Vec::new(), url: None, ..recording.clone() };
        let rest = Rest { to, recording, from, since_us: self.clock.now() };
        for n in 0..pieces - 1 {
            self.bring(access, id, &rest, (n * piece, (n + 1) * piece)).await?;
        }
        let until_us = (self.clock.now() + KEPT).min(rest.since_us + ADDRESS_IS_GOOD);
        let container = container(id, rest.recording.bytes);
        self.rests.put(id, rest);
        Ok(Prepared { container: Some(container), until_us: Some(until_us), ..Prepared::of(post, Vec::new()) })
    }

    /// One piece that is not the last, brought again where it is not known whether it arrived.
    async fn bring(&self, access: &Access, id: &str, rest: &Rest, (from, to): (u64, u64)) -> Result<(), Verdict> {
        for missed in 0..=MISSES {
            sleep(self.pause * missed).await;
            match self.piece(rest, from, to).await {
                Ok(Step::More) => return Ok(()),
                Ok(Step::Whole) => {
                    return Err(Verdict::NotSent { why: "TikTok takes a part for the whole".to_owned() });
                }
                Err(Verdict::Unknown { .. } | Verdict::NotSent { .. }) => {}
                Err(verdict) => return Err(verdict),
            }
            if self.state(access, id).await.is_ok_and(|state| arrived(&state) == Some(to)) {
                return Ok(());
            }
        }
        Err(Verdict::NotSent { why: "the film does not get to TikTok".to_owned() })
    }

    async fn piece(&self, rest: &Rest, from: u64, to: u64) -> Result<Step, Verdict> {
        let total = rest.recording.bytes;
        let most = usize::try_from(to - from).unwrap_or(usize::MAX);
        let mut request = Request::new(Method::PUT, &rest.to).header("content-type", &rest.recording.mime);
        request = request.header("content-range", &format!("bytes {from}-{}/{total}", to.saturating_sub(1)));
        request.body = rest.recording.read(from, most).await?;
        step(self.fetch.send(request).await, &self.clock)
    }

    /// The one call that posts: the last piece. From its answer on TikTok goes on by itself.
    pub(super) async fn publish_film(&self, access: &Access, container: &str) -> Result<Verdict, Verdict> {
        key(access).ok_or(Verdict::Unauthorised)?;
        let kept = contained(container).and_then(|(id, _)| Some((id, self.rests.get(id)?)));
        let Some((id, rest)) = kept.filter(|(_, rest)| self.clock.now() < rest.since_us + ADDRESS_IS_GOOD) else {
            return Err(Verdict::NotReady { why: "the film has to be brought to TikTok again".to_owned() });
        };
        // Looking afterwards ends when a single call would have ended at the latest: whoever calls counts on that.
        let latest = Instant::now() + self.fetch.policy().total_timeout;
        let sent = self.piece(&rest, rest.from, rest.recording.bytes).await;
        if !sent.as_ref().is_err_and(Verdict::may_repeat) {
            self.rests.forget(id);
        }
        if sent? == Step::More {
            return Err(Verdict::Unknown { why: "TikTok waits for more of the film than there is".to_owned() });
        }
        let pending = Verdict::Pending { remote_id: id.to_owned() };
        let until = latest.min(Instant::now() + self.watched);
        Ok(timeout_at(until, self.watch(access, id)).await.ok().flatten().unwrap_or(pending))
    }

    pub(super) async fn state(&self, access: &Access, id: &str) -> Result<Value, Failure> {
        self.post(access, STATUS, &json!({ "publish_id": id })).await.map_err(read_of)
    }

    /// What became of a film whose last piece got no answer, by the number of its posting, which was known before.
    pub(super) async fn look(&self, access: &Access, container: &str) -> Result<Found, Failure> {
        let (id, bytes) = contained(container).ok_or_else(unreadable)?;
        let (_, seen_by) = key(access).ok_or(Failure::Unauthorised)?;
        let state = self.state(access, id).await?;
        let taken = Found::Taken { remote_id: id.to_owned() };
        Ok(match state.get("status").and_then(Value::as_str) {
            Some("PUBLISH_COMPLETE") => match post_id(&state) {
                Some(remote_id) => Found::Yes { url: self.shown_at(access, id, &remote_id), remote_id },
                None if seen_by != EVERYONE => Found::Yes { remote_id: id.to_owned(), url: None },
                None => taken,
            },
            // Why it comes to nothing is told to a person, not tried again.
            Some("FAILED") => taken,
            Some("PROCESSING_UPLOAD") => match arrived(&state) {
                Some(there) if there < bytes => Found::No,
                Some(_) => taken,
                None => Found::CannotTell,
            },
            _ => Found::CannotTell,
        })
    }
}

/// How much of a film has arrived.
fn arrived(state: &Value) -> Option<u64> {
    state.get("uploaded_bytes").and_then(Value::as_u64)
}

#[cfg(test)]
mod tests;
