//! Films. LinkedIn tells into which parts a film is cut and where each is to be sent; what it calls each part goes back to it
//! at the end, in order. It then works on the film, and a post may refer to it when it is *available*. Nothing of this is
//! seen by anybody. Captions are one file in one language, announced at the beginning.
//!
//! Source: the Videos API (`initializeUpload`, `finalizeUpload`, `status`: `WAITING_UPLOAD`, `PROCESSING`,
//! `PROCESSING_FAILED`, `AVAILABLE`).
use super::answer::{rejected, unreadable};
use super::urn::{encoded, is_video};
use super::write::is_linkedin;
use super::{LinkedIn, page};
use crate::wire::{harmless, unwritten};
use crate::{Access, Captions, Failure, Recording, Verdict};
use ground::fetch::{Method, Parts, Request, Response};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// The Videos API: MP4, up to 500 MB and thirty minutes. It wants at least three seconds, too.
pub(super) const FILM_BYTES: u64 = 500_000_000;
pub(super) const FILM_SECONDS: u64 = 30 * 60;
pub(super) const FILM_TYPE: &str = "video/mp4";
/// LinkedIn cuts films into parts of 4 MB. A part that does not fit into memory well is none.
const LARGEST_PART: u64 = 64 << 20;
/// So often a part is sent again when its answer was lost.
const MISSES: u32 = 3;

/// What stands behind the urn of a film that was not ready yet: it is looked at again before it is posted.
const WORKING: &str = "|working";

/// Where LinkedIn is with a film.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Ready,
    Working,
    /// It waits for the end of the upload.
    Open,
    Failed(String),
}

/// The film of a post, which stands alone, and whether it was ready.
pub(super) fn film(media: &[String]) -> Option<(&str, bool)> {
    let [one] = media else { return None };
    let urn = one.strip_suffix(WORKING).unwrap_or(one);
    is_video(urn).then_some((urn, urn.len() == one.len()))
}

/// A part of a film, and where it is to be sent.
struct Part {
    from: u64,
    bytes: usize,
    to: String,
}

fn unread() -> Verdict {
    Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() }
}

fn about_film(verdict: Verdict) -> Verdict {
    match harmless(verdict) {
        Verdict::Rejected { code, human, .. } => Verdict::Rejected { code, human, field: Some("recording".to_owned()) },
        other => other,
    }
}

fn failed(why: &str) -> Verdict {
    let human = format!("LinkedIn cannot read this film. {why}");
    rejected("recording-unreadable", human.trim_end(), Some("recording"))
}

/// The parts as LinkedIn wants them: the whole film, in order, each byte once, and each to LinkedIn.
fn parts(access: &Access, begun: &Value, total: u64) -> Result<Vec<Part>, Verdict> {
    let mut out = Vec::new();
    let mut next = 0;
    let all = begun.pointer("/value/uploadInstructions").and_then(Value::as_array).ok_or_else(unread)?;
    for part in all {
        let number = |name: &str| part.get(name).and_then(Value::as_u64);
        let (from, last) = (number("firstByte").ok_or_else(unread)?, number("lastByte").ok_or_else(unread)?);
        let bytes = last.checked_sub(from).and_then(|n| n.checked_add(1)).filter(|n| *n <= LARGEST_PART);
        let bytes = bytes.filter(|_| from == next && last < total).ok_or_else(unread)?;
        let to = part.get("uploadUrl").and_then(Value::as_str).ok_or_else(unread)?;
        out.push(Part { from, bytes: usize::try_from(bytes).map_err(|_| unread())?, to: at(access, to)? });
        next = last + 1;
    }
    if next == total { Ok(out) } else { Err(unread()) }
}

fn at(access: &Access, address: &str) -> Result<String, Verdict> {
    if is_linkedin(access, address) {
        return Ok(address.to_owned());
    }
    Err(Verdict::NotSent { why: "the upload leads away from LinkedIn".to_owned() })
}

/// What LinkedIn calls a part: what it says in `ETag`, without quotation marks.
fn name(response: &Response) -> Option<String> {
    let tag = response.header("etag")?.trim().trim_matches('"');
    let fits = (1..=1000).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
    fits.then(|| tag.to_owned())
}

/// The one language that is told: English where there is one, for LinkedIn's list of languages has no Dzongkha.
fn told(all: &[Captions]) -> Option<&Captions> {
    all.iter().find(|c| c.lang == "en").or_else(|| all.first())
}

impl LinkedIn {
    /// Brings a film and its captions, and waits a little for LinkedIn to be done with it. A film that takes longer is no
    /// fault: it is looked at again before it is posted.
    pub(super) async fn film(&self, access: &Access, recording: &Recording) -> Result<String, Verdict> {
        recording.fits(FILM_BYTES)?;
        let captions = told(&recording.captions);
        let body = json!({"initializeUploadRequest": {
            "owner": page(access).map_err(unwritten)?,
            "fileSizeBytes": recording.bytes,
            "uploadCaptions": captions.is_some(),
            "uploadThumbnail": false,
        }});
        let request = self.to(Method::POST, access, "/rest/videos?action=initializeUpload")?.json(&body);
        let begun: Value = self.send(request, access).await.map_err(about_film)?.json().ok_or_else(unread)?;
        let text = |path: &str| begun.pointer(path).and_then(Value::as_str);
        let urn = text("/value/video").filter(|u| is_video(u)).ok_or_else(unread)?;
        let mut names = Vec::new();
        for part in parts(access, &begun, recording.bytes)? {
            let bytes = recording.read(part.from, part.bytes).await?;
            names.push(self.part(access, &part.to, bytes).await?);
        }
        if let Some(captions) = captions {
            let to = at(access, text("/value/captionsUploadUrl").ok_or_else(unread)?)?;
            self.caption(access, &to, captions).await?;
        }
        // The word for the whole may be empty; it then goes back empty.
        let token = text("/value/uploadToken").unwrap_or_default();
        self.end(access, urn, token, &names).await?;
        let latest = Instant::now() + self.watched;
        loop {
            match self.state(access, urn).await {
                Ok(State::Ready) => return Ok(urn.to_owned()),
                Ok(State::Failed(why)) => return Err(failed(&why)),
                Ok(State::Working) if Instant::now() + self.pause < latest => sleep(self.pause).await,
                _ => return Ok(format!("{urn}{WORKING}")),
            }
        }
    }

    /// One part, sent again where its answer was lost. Its address holds a key of its own, and LinkedIn wants no other.
    async fn part(&self, access: &Access, to: &str, bytes: Vec<u8>) -> Result<String, Verdict> {
        let mut missed = 0;
        loop {
            let mut request = Request::new(Method::PUT, to).header("content-type", "application/octet-stream");
            request.body.clone_from(&bytes);
            match self.send(request, access).await {
                Ok(response) => return name(&response).ok_or_else(unread),
                Err(Verdict::Unknown { .. } | Verdict::NotSent { .. }) if missed < MISSES => {
                    missed += 1;
                    sleep(self.pause * missed).await;
                }
                Err(verdict) => return Err(about_film(verdict)),
            }
        }
    }

    async fn caption(&self, access: &Access, to: &str, captions: &Captions) -> Result<(), Verdict> {
        let country = if captions.lang == "dz" { "BT" } else { "US" };
        let about = json!({
            "format": "SRT",
            "formattedForEasyReader": true,
            "largeText": true,
            "source": "USER_PROVIDED",
            "locale": {"country": country, "language": captions.lang.to_uppercase()},
            "transcriptType": "CLOSED_CAPTION",
        });
        let form = Parts::new().field("metadata", &about.to_string());
        let form = form.file("file", "captions.srt", "application/octet-stream", captions.srt().as_bytes());
        let request = self.with_key(Request::new(Method::POST, to), access)?.parts(form);
        match self.send(request, access).await.map_err(about_film) {
            Ok(_) => Ok(()),
            Err(Verdict::Rejected { code, human, field }) => {
                let human = format!("LinkedIn does not take the captions ({}). {human}", captions.lang);
                Err(Verdict::Rejected { code, human, field })
            }
            Err(verdict) => Err(verdict),
        }
    }

    /// Ends the upload. Where the answer is lost, LinkedIn is asked whether it still waits for that.
    async fn end(&self, access: &Access, urn: &str, token: &str, names: &[String]) -> Result<(), Verdict> {
        let body = json!({"finalizeUploadRequest": {"video": urn, "uploadToken": token, "uploadedPartIds": names}});
        let request = self.to(Method::POST, access, "/rest/videos?action=finalizeUpload")?.json(&body);
        match self.send(request, access).await {
            Ok(_) => Ok(()),
            Err(Verdict::Unknown { why }) => match self.state(access, urn).await {
                Ok(State::Ready | State::Working) => Ok(()),
                _ => Err(Verdict::NotSent { why }),
            },
            Err(verdict) => Err(about_film(verdict)),
        }
    }

    async fn state(&self, access: &Access, urn: &str) -> Result<State, Failure> {
        let it: Value = self.get(access, &format!("/rest/videos/{}", encoded(urn))).await?;
        if it.get("id").and_then(Value::as_str) != Some(urn) {
            return Err(unreadable());
        }
        match it.get("status").and_then(Value::as_str) {
            Some("AVAILABLE") => Ok(State::Ready),
            Some("PROCESSING") => Ok(State::Working),
            Some("WAITING_UPLOAD") => Ok(State::Open),
            Some("PROCESSING_FAILED") => {
                let why = it.get("processingFailureReason").and_then(Value::as_str).unwrap_or_default();
                Ok(State::Failed(why.chars().filter(|c| !c.is_control()).take(300).collect()))
            }
            _ => Err(unreadable()),
        }
    }

    /// Whether a film that was brought can be posted now. Reads only.
    pub(super) async fn may_refer(&self, access: &Access, urn: &str) -> Result<(), Verdict> {
        let gone = "LinkedIn no longer has the film that was brought for this post. Send the post again.";
        match self.state(access, urn).await {
            Ok(State::Ready) => Ok(()),
            Ok(State::Working) => Err(Verdict::NotReady { why: "LinkedIn is still working on the film".to_owned() }),
            Ok(State::Failed(why)) => Err(failed(&why)),
            Ok(State::Open) | Err(Failure::Gone) => Err(rejected("recording-gone", gone, Some("recording"))),
            Err(failure) => Err(unwritten(failure)),
        }
    }
}

#[cfg(test)]
mod tests;
