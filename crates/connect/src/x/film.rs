//! Films. A film is brought in pieces; X then works on it for a while, and a post may refer to it when that is done. What is
//! said in it is brought as a file of its own for each language, and tied to the film. Nothing of this is seen by anybody, and
//! X forgets what no post refers to, after the time it tells.
//!
//! Sources: `docs.x.com`, *Chunked media upload*, *Append*, *Best practices*; package `xdk` 0.10.6, `schemas.py`
//! (`InitializeMediaUpload…`, `FinalizeMediaUpload…`, `CreateMediaSubtitles…`).
use super::answer::{data, made, rejected, unreadable};
use super::{X, digits};
use crate::recording::Source;
use crate::wire::{harmless, unwritten};
use crate::{Access, Captions, Failure, Recording, Verdict};
use ground::clock::{DAY, MINUTE, SECOND};
use ground::fetch::{Method, Parts, Request, Response};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// *Append*: a piece has at most 5 MB. Older descriptions end at piece number 999, so no more are sent.
pub(super) const PIECE: usize = 4 << 20;
const PIECES: u64 = 1000;
/// *Best practices*: 8 GB without a paid subscription, which is more than these pieces hold.
pub(super) const FILM_BYTES: u64 = PIECES * PIECE as u64;
/// *Best practices*: twenty minutes without a paid subscription.
pub(super) const FILM_SECONDS: u64 = 20 * 60;
pub(super) const FILM_TYPES: [&str; 2] = ["video/mp4", "video/quicktime"];
/// What a film of a post and its subtitles are called: in uploads, and where one is tied to the other.
const FILM: &str = "tweet_video";
const SUBTITLES: &str = "subtitles";
const FILM_OF_SUBTITLES: &str = "TweetVideo";
/// So often a piece is brought again when its answer was lost: the same piece under the same number.
const MISSES: u32 = 3;
/// What is kept for a moment less than this is not relied on.
const LAST_MOMENT: i64 = 10 * MINUTE;

/// Where X is with what it was brought.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Ready,
    /// To be asked again after that time.
    Working(Duration),
    Failed(String),
}

/// `None`: it cannot be read. Where nothing is told about work, there is none to wait for.
fn state(data: &Value) -> Option<State> {
    let Some(work) = data.get("processing_info").filter(|w| !w.is_null()) else { return Some(State::Ready) };
    match work.get("state")?.as_str()? {
        "succeeded" => Some(State::Ready),
        "pending" | "in_progress" => {
            let after = work.get("check_after_secs").and_then(Value::as_u64).unwrap_or(1);
            Some(State::Working(Duration::from_secs(after.clamp(1, 60))))
        }
        "failed" => {
            let why = work.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
            Some(State::Failed(why.chars().filter(|c| !c.is_control()).take(300).collect()))
        }
        _ => None,
    }
}

fn failed(why: &str) -> Verdict {
    let human = format!("X cannot read this film. {why}");
    rejected("recording-unreadable", human.trim_end(), Some("recording"))
}

fn unread() -> Verdict {
    Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() }
}

/// What is refused while a film is brought is about the film, unless it is about the app.
fn about_film(verdict: Verdict) -> Verdict {
    match harmless(verdict) {
        Verdict::Rejected { code, human, .. } if code == "refused" || code == "too-large" => {
            Verdict::Rejected { code, human, field: Some("recording".to_owned()) }
        }
        other => other,
    }
}

fn id_of(data: &Value) -> Result<String, Verdict> {
    data.get("id").and_then(Value::as_str).filter(|id| digits(id).is_some()).map(str::to_owned).ok_or_else(unread)
}

/// The languages of subtitles as people read them in X's list.
fn language(lang: &str) -> (String, &str) {
    let shown = match lang {
        "dz" => "རྫོང་ཁ",
        "en" => "English",
        other => other,
    };
    (lang.to_uppercase(), shown)
}

/// What stands behind the id of a film that was not ready yet: it is looked at again before it is posted.
const WORKING: &str = " working";

/// What of a film is kept between making ready and posting.
pub(super) struct Film {
    pub id: String,
    /// The id, and whether X was done with it.
    pub kept: String,
    /// When X forgets it, if it told.
    pub until_us: Option<i64>,
}

impl X {
    /// Brings a film and its subtitles, and waits a little for X to be done with it. A film that takes longer is no fault:
    /// it is looked at again before it is posted.
    pub(super) async fn film(&self, access: &Access, recording: &Recording) -> Result<Film, Verdict> {
        recording.fits(FILM_BYTES)?;
        let mut data = self.bring(access, FILM, &recording.mime, &Source::File(recording)).await?;
        let id = id_of(&data)?;
        let kept = data.get("expires_after_secs").and_then(Value::as_i64);
        let until_us = kept.map(|s| self.clock.now() + s.clamp(0, 30 * DAY / SECOND) * SECOND - LAST_MOMENT);
        for captions in &recording.captions {
            self.subtitles(access, &id, captions).await?;
        }
        let latest = Instant::now() + self.watched;
        let ready = loop {
            match state(&data).ok_or_else(unread)? {
                State::Ready => break true,
                State::Failed(why) => return Err(failed(&why)),
                State::Working(after) if Instant::now() + after > latest => break false,
                State::Working(after) => sleep(after).await,
            }
            match self.work(access, &id).await {
                Ok(told) => data = told,
                Err(_) => break false,
            }
        };
        Ok(Film { kept: format!("{id}{}", if ready { "" } else { WORKING }), id, until_us })
    }

    /// Whether a film that was brought can be posted now: one that was not ready is asked about. Reads only.
    pub(super) async fn may_refer(&self, access: &Access, kept: &str) -> Result<(), Verdict> {
        let Some(film) = kept.strip_suffix(WORKING) else { return Ok(()) };
        let gone = || {
            let human = "X no longer has the film that was brought for this post. Send the post again.";
            rejected("recording-gone", human, Some("recording"))
        };
        if digits(film).is_none() {
            return Err(gone());
        }
        let told = self.work(access, film).await.map_err(|failure| match failure {
            Failure::Gone => gone(),
            other => unwritten(other),
        })?;
        match state(&told).ok_or_else(unread)? {
            State::Ready => Ok(()),
            State::Working(_) => Err(Verdict::NotReady { why: "X is still working on the film".to_owned() }),
            State::Failed(why) => Err(failed(&why)),
        }
    }

    /// What X tells about something it was brought.
    async fn work(&self, access: &Access, id: &str) -> Result<Value, Failure> {
        let answer = self.get(access, &format!("/2/media/upload?command=STATUS&media_id={id}")).await?;
        let told = data(&answer)?;
        let same = told.get("id").and_then(Value::as_str) == Some(id);
        if same { Ok(told.clone()) } else { Err(unreadable()) }
    }

    /// Brings a file in pieces; gives what X tells about it at the end.
    async fn bring(&self, access: &Access, category: &str, mime: &str, file: &Source<'_>) -> Result<Value, Verdict> {
        let about = json!({"media_type": mime, "media_category": category, "total_bytes": file.bytes()});
        let request = self.to(Method::POST, access, "/2/media/upload/initialize")?.json(&about);
        let begun = self.send(request).await.map_err(about_film)?;
        let id = id_of(&made(&begun).ok_or_else(unread)?)?;
        let (mut from, mut number) = (0, 0);
        while from < file.bytes() {
            let piece = file.piece(from, self.piece).await?;
            let path = format!("/2/media/upload/{id}/append");
            self.persist(|| {
                let form = Parts::new().field("segment_index", &format!("{number}"));
                let form = form.file("media", "piece", "application/octet-stream", &piece);
                Ok(self.to(Method::POST, access, &path)?.parts(form))
            })
            .await?;
            (from, number) = (from + piece.len() as u64, number + 1);
        }
        let request = self.to(Method::POST, access, &format!("/2/media/upload/{id}/finalize"))?;
        match self.send(request).await {
            Ok(done) => match made(&done).filter(|d| d.get("id").and_then(Value::as_str) == Some(&id)) {
                Some(data) => Ok(data),
                None => self.work(access, &id).await.map_err(unwritten),
            },
            // Whether that arrived shows in what X tells about it.
            Err(Verdict::Unknown { .. }) => self.work(access, &id).await.map_err(|f| harmless(unwritten(f))),
            Err(verdict) => Err(about_film(verdict)),
        }
    }

    /// What is said in a film, in one language.
    async fn subtitles(&self, access: &Access, film: &str, captions: &Captions) -> Result<(), Verdict> {
        let about_captions = |verdict| match verdict {
            Verdict::Rejected { code, human, .. } => {
                let human = format!("X does not take the captions ({}). {human}", captions.lang);
                rejected(&code, &human, Some("recording"))
            }
            other => other,
        };
        let words = Source::Words(captions.vtt.as_bytes());
        let brought = self.bring(access, SUBTITLES, "text/vtt", &words).await.map_err(about_captions)?;
        let (code, name) = language(&captions.lang);
        let body = json!({
            "id": film,
            "media_category": FILM_OF_SUBTITLES,
            "subtitles": {"id": id_of(&brought)?, "language_code": code, "display_name": name},
        });
        let tied = self.persist(|| Ok(self.to(Method::POST, access, "/2/media/subtitles")?.json(&body))).await;
        tied.map(|_| ()).map_err(about_captions)
    }

    /// A call that may be made again without harm, made again where its answer was lost.
    async fn persist(&self, request: impl Fn() -> Result<Request, Verdict>) -> Result<Response, Verdict> {
        let mut missed = 0;
        loop {
            match self.send(request()?).await {
                Err(Verdict::Unknown { .. } | Verdict::NotSent { .. }) if missed < MISSES => {
                    missed += 1;
                    sleep(self.pause * missed).await;
                }
                answer => return answer.map_err(about_film),
            }
        }
    }
}

#[cfg(test)]
mod tests;
