//! Films and sound recordings: what they are is seen in their own bytes, what is said in them is written beside them. The
//! file is kept as it came; nothing in it is changed.
pub mod api;
mod kind;
mod said;
pub mod store;
#[cfg(test)]
mod tests;
mod tone;

pub use kind::ending;
pub use said::{duration, is_captions, tidy, transcript, typed_duration, wrong};
pub use tone::sample;

use super::facts::RecordingAdded;
use super::post::{Attached, Recording};
use crate::ledger::Record;
use crate::people::roles::DRAFT_POSTS;
use ground::db::Run;
use ground::http::FormData;
use ground::storage::Incoming;
use ground::{Ctx, Error, FieldError, Result, Say};
use std::fs::File;
use std::sync::Arc;
use store::RecordingRow;

/// A file as it was sent, and how long it plays where the officer said so.
pub struct Sent {
    pub file: Arc<Incoming>,
    pub cut: bool,
    pub duration: String,
}

/// What a form holds of a recording.
pub fn sent(form: &FormData, field: &str) -> Option<Sent> {
    let large = form.large(field)?;
    Some(Sent { file: large.file.clone(), cut: large.cut, duration: form.text("duration").into() })
}

/// What is said, as platforms take it beside a film: with times; words alone have no place there on any of them.
pub fn captions(r: &Recording) -> Vec<connect::Captions> {
    let timed = [("dz", &r.said_dz), ("en", &r.said_en)].into_iter().filter(|(_, said)| is_captions(said));
    timed.map(|(lang, said)| connect::Captions { lang: lang.into(), vtt: said.clone() }).collect()
}

fn no(field: &'static str, say: Say) -> FieldError {
    FieldError::new(field, say)
}

/// Keeps a recording for an agency's posts. `field` is what the file is called where it was sent.
pub async fn add(cx: &Ctx, agency: i64, sent: Sent, field: &'static str) -> Result<RecordingRow> {
    if !cx.actor.may(DRAFT_POSTS, agency) {
        return Err(Error::not_allowed());
    }
    let mut wrong = vec![];
    if sent.cut {
        let most = i64::try_from(cx.machine.config.recording_bytes / (1024 * 1024)).unwrap_or(i64::MAX);
        wrong.push(no(field, Say::new("posts-error-recording-large").arg("most", most)));
    }
    let typed = typed_duration(&sent.duration);
    if !sent.duration.trim().is_empty() && typed.is_none() {
        wrong.push(no("duration", Say::new("posts-error-duration")));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let work = move || {
        let mut file = File::open(sent.file.path()).map_err(Error::unavailable)?;
        let Some(kind) = kind::recognise(sent.file.head(), &mut file) else {
            return Err(Error::invalid(vec![no(field, Say::new("posts-error-recording"))]));
        };
        Ok((kind, sent.file.keep()?, sent.file.bytes()))
    };
    let (kind, digest, bytes) = tokio::task::spawn_blocking(work).await.map_err(Error::fault)??;
    let row = RecordingRow {
        id: cx.id(),
        agency_id: agency,
        digest,
        mime: kind.mime.into(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        duration_ms: kind.duration_ms.or(typed),
    };
    let tx = cx.begin("posts.add-recording").await?;
    store::insert(&tx, &row, cx.actor.person()?, cx.now()).await?;
    let fact = RecordingAdded { recording: row.id, agency, digest: row.digest.clone() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(row)
}

/// An address with a name that ends as such files do: podcast programs go by it.
pub fn file_path(id: i64, mime: &str) -> String {
    format!("/recordings/{id}/file/{}", file_name(id, mime))
}

/// What a browser saves it as.
pub fn file_name(id: i64, mime: &str) -> String {
    format!("recording-{id}.{}", ending(mime))
}

/// The same from bytes at hand, for the demonstration and tests.
pub async fn add_bytes(cx: &Ctx, agency: i64, bytes: &[u8]) -> Result<RecordingRow> {
    let mut file = cx.machine.storage.incoming()?;
    file.write(bytes)?;
    add(cx, agency, Sent { file: Arc::new(file), cut: false, duration: String::new() }, "file").await
}

/// What is attached to a version of a post: there, of its agency, in no other post, with good captions.
pub async fn attached(c: &impl Run, agency: i64, post: i64, a: Option<&Attached>) -> Result<Option<Recording>> {
    let Some(a) = a else { return Ok(None) };
    let mut bad = vec![];
    let found = store::find(c, a.id).await.ok().filter(|r| r.agency_id == agency);
    if found.is_none() {
        bad.push(no("recording", Say::new("posts-error-recording-unknown")));
    } else if store::is_elsewhere(c, a.id, post).await? {
        bad.push(no("recording", Say::new("posts-error-recording-elsewhere")));
    }
    let (said_en, said_dz) = (tidy(&a.said_en), tidy(&a.said_dz));
    for (field, said) in [("said_en", &said_en), ("said_dz", &said_dz)] {
        bad.extend(wrong(said).map(|say| no(field, say)));
    }
    match found {
        Some(r) if bad.is_empty() => Ok(Some(r.with(said_en, said_dz))),
        _ => Err(Error::invalid(bad)),
    }
}
