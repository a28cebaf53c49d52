//! Sending a film up to a page as a draft: a session is begun with the size, the file goes there in the pieces that Facebook
//! asks for, the session is ended *unpublished*, and the captions follow. Each answer says which piece is wanted next; where
//! one is lost the same piece goes again, and what Facebook has already it says itself. A session that nobody ends makes no
//! film; sending the same film up once more harms nobody.
//!
//! It all goes to the host of the other calls: the client still names `graph-video.facebook.com`, which Meta's page “Video API:
//! getting started” calls ended.
//!
//! Sources: `page.py` (`create_video`: `upload_phase`, `upload_session_id`, `start_offset`, `video_file_chunk`, `published`,
//! `unpublished_content_type`), `advideo.py` (captions) and `video_uploader.py` (the answers, and subcode 1363037 with
//! `error_data`) in Meta's own client; Meta's pages: video errors, and captions (a SubRip file named with its locale).
use super::film::{Step, kept};
use super::write::succeeded;
use super::{FILM_BYTES, Facebook, page, path};
use crate::meta::answer::{done, rejected};
use crate::meta::container::Container;
use crate::meta::film::checked;
use crate::meta::is_number;
use crate::wire::{harmless, unwritten};
use crate::{Access, Captions, Post, Prepared, Recording, Verdict};
use ground::fetch::{Method, Parts};
use serde_json::{Value, json};

/// So often in a row a piece may get nowhere.
const MISSES: u32 = 3;
/// So many looks at a film that Facebook works on, before it is left for a later try.
const LOOKS: usize = 10;
/// The place of a piece was wrong; the right one is told.
const WRONG_PLACE: i64 = 1_363_037;

/// The stretch of the file that Facebook wants next, in bytes; empty when it has everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    from: u64,
    to: u64,
}

fn lost(why: &str) -> Verdict {
    Verdict::NotSent { why: why.to_owned() }
}

fn wanted(it: &Value) -> Option<Wanted> {
    let number = |name: &str| {
        let n = it.get(name)?;
        n.as_u64().or_else(|| n.as_str()?.parse().ok())
    };
    Some(Wanted { from: number("start_offset")?, to: number("end_offset")? }).filter(|w| w.from <= w.to)
}

/// A refusal that only says which stretch is wanted instead, as an object or written out.
fn correction(answer: &Value) -> Option<Wanted> {
    let error = answer.get("error")?;
    error.get("error_subcode").and_then(Value::as_i64).filter(|code| *code == WRONG_PLACE)?;
    let told = error.get("error_data")?;
    wanted(told).or_else(|| wanted(&serde_json::from_str(told.as_str()?).ok()?))
}

/// The name by which Facebook knows a language of captions. It has none for Dzongkha.
fn locale(lang: &str) -> Option<&'static str> {
    (lang == "en").then_some("en_US")
}

impl Facebook {
    /// The draft of a film with its captions. Facebook works on it afterwards; one that takes longer is no fault.
    pub(super) async fn film_ready(&self, access: &Access, post: &Post, film: &Recording) -> Result<Prepared, Verdict> {
        if post.reply_to.is_some() {
            let human = "An answer on Facebook takes no film.";
            return Err(rejected("recording-not-possible", human, Some("media")));
        }
        checked(post, FILM_BYTES, self.graph.network)?;
        let id = self.sent_up(access, film, &post.text).await.map_err(harmless)?;
        for captions in &film.captions {
            if let Err(verdict) = self.caption(access, &id, captions).await.map_err(harmless) {
                self.discard(access, &id).await;
                return Err(verdict);
            }
        }
        for _ in 0..LOOKS {
            match self.film(access, &id).await.map(|seen| seen.step) {
                Ok(Step::Working) => tokio::time::sleep(self.graph.pause).await,
                Ok(Step::Over { code, why }) => {
                    self.discard(access, &id).await;
                    return Err(rejected(code, &why, Some("media")));
                }
                // What cannot be told now is asked again before it is published.
                Ok(Step::Ready) | Err(_) => break,
            }
        }
        let (container, size) = kept(&Container { id, at_us: self.graph.clock.now() }, film.bytes);
        Ok(Prepared { container: Some(container), ..Prepared::of(post, vec![size]) })
    }

    /// The number of the draft.
    async fn sent_up(&self, access: &Access, film: &Recording, words: &str) -> Result<String, Verdict> {
        let at = path(page(access).map_err(unwritten)?, "/videos");
        let about = json!({"upload_phase": "start", "file_size": film.bytes});
        let begun = self.graph.post(access, &at, &about).await?;
        let text = |name: &str| begun.get(name).and_then(Value::as_str).map(str::to_owned);
        let session = text("upload_session_id").filter(|s| is_number(s));
        let id = text("video_id").filter(|id| is_number(id));
        let (Some(session), Some(id), Some(first)) = (session, id, wanted(&begun)) else {
            return Err(lost("the answer names no place for the film"));
        };
        self.pieces(access, (&at, &session), film, first).await?;
        let end = json!({
            "upload_phase": "finish", "upload_session_id": session, "description": words,
            // A draft of the page, and not the film of an advertisement, which is the other thing nobody sees.
            "published": false, "unpublished_content_type": "DRAFT",
        });
        let ended = self.graph.post(access, &at, &end).await?;
        if succeeded(&ended) { Ok(id) } else { Err(lost("whether the film is there cannot be read")) }
    }

    async fn pieces(
        &self,
        access: &Access,
        (at, session): (&str, &str),
        film: &Recording,
        first: Wanted,
    ) -> Result<(), Verdict> {
        let (mut next, mut misses, mut sent) = (first, 0, 0);
        // Facebook chooses the pieces; one that would have a film sent for ever is left.
        for _ in 0..(100 + 8 * (film.bytes >> 20)) {
            if next.from == next.to {
                return if next.from == film.bytes {
                    Ok(())
                } else {
                    Err(lost("Facebook wants only a part of the film"))
                };
            }
            if next.from >= film.bytes {
                return Err(lost("Facebook wants more than the film is long"));
            }
            let most = usize::try_from(next.to - next.from).unwrap_or(self.piece).min(self.piece);
            let bytes = film.read(next.from, most).await?;
            sent = sent.max(next.from + bytes.len() as u64);
            match self.piece(access, (at, session), next.from, &bytes).await? {
                // What was never sent cannot be there.
                Some(there) if there.from > sent => return Err(lost("Facebook has more than was sent")),
                Some(there) if there.from > next.from => (next, misses) = (there, 0),
                Some(there) => (next, misses) = (there, misses + 1),
                None => misses += 1,
            }
            if misses > MISSES {
                break;
            }
            tokio::time::sleep(self.graph.pause * misses).await;
        }
        Err(lost("the upload does not get on"))
    }

    /// What is wanted after a piece; `None` where the answer is lost.
    async fn piece(
        &self,
        access: &Access,
        (at, session): (&str, &str),
        from: u64,
        bytes: &[u8],
    ) -> Result<Option<Wanted>, Verdict> {
        let form = Parts::new().field("upload_phase", "transfer").field("upload_session_id", session);
        let form = form.field("start_offset", &from.to_string());
        let form = form.file("video_file_chunk", "film.mp4", "application/octet-stream", bytes);
        let answer = self.graph.fetch.send(self.graph.to(Method::POST, access, at)?.parts(form)).await;
        let told = answer.as_ref().ok().and_then(ground::fetch::Response::json::<Value>);
        if let Some(other) = told.as_ref().and_then(correction) {
            return Ok(Some(other));
        }
        match done(answer, &self.graph.clock, access, self.graph.network) {
            Ok(it) => Ok(wanted(&it)),
            Err(Verdict::Unknown { .. } | Verdict::NotSent { .. }) => Ok(None),
            Err(Verdict::Rejected { code, human, .. }) => Err(rejected(&code, &human, Some("media"))),
            Err(verdict) => Err(verdict),
        }
    }

    /// The captions of one language, where Facebook knows it.
    async fn caption(&self, access: &Access, film: &str, captions: &Captions) -> Result<(), Verdict> {
        let (Some(locale), srt) = (locale(&captions.lang), captions.srt()) else { return Ok(()) };
        if srt.is_empty() {
            return Ok(());
        }
        let form = Parts::new();
        let form = form.file("captions_file", &format!("film.{locale}.srt"), "application/x-subrip", srt.as_bytes());
        let at = path(film, "/captions");
        match self.graph.send(access, self.graph.to(Method::POST, access, &at)?.parts(form)).await {
            Ok(answer) if succeeded(&answer) => Ok(()),
            Ok(_) => Err(lost("the answer about the captions cannot be read")),
            Err(Verdict::Rejected { code, human, .. }) => {
                let human = format!("Facebook does not take the captions ({}). {human}", captions.lang);
                Err(rejected(&code, &human, Some("media")))
            }
            Err(verdict) => Err(verdict),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_next() {
        let at = |from, to| Some(Wanted { from, to });
        assert_eq!(wanted(&json!({"start_offset": "0", "end_offset": "1048576"})), at(0, 1_048_576));
        assert_eq!(wanted(&json!({"start_offset": 5, "end_offset": 5})), at(5, 5));
        for odd in
            [json!({}), json!({"start_offset": "6", "end_offset": "5"}), json!({"start_offset": -1, "end_offset": 5})]
        {
            assert_eq!(wanted(&odd), None, "{odd}");
        }
        let error =
            |subcode: i64, data: Value| json!({"error": {"code": 6000, "error_subcode": subcode, "error_data": data}});
        let data = json!({"start_offset": 7, "end_offset": 14});
        assert_eq!(correction(&error(WRONG_PLACE, data.clone())), at(7, 14));
        assert_eq!(correction(&error(WRONG_PLACE, json!(data.to_string()))), at(7, 14));
        for odd in [error(1_363_033, data), error(WRONG_PLACE, json!("soon")), json!({"start_offset": 7})] {
            assert_eq!(correction(&odd), None, "{odd}");
        }
    }
}
