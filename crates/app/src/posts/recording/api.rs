//! Films and sound recordings in the API.
use super::{Sent, add, is_captions, sent};
use crate::posts::api::Texts;
use crate::posts::post::{Attached, Recording};
use crate::shell::api::ApiId;
use axum::response::Response;
use ground::http::{FormData, json};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// A film or sound recording that goes with a post, and what is said in it: WebVTT captions, or the words alone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PostRecording")]
pub struct RecordingUse {
    pub id: ApiId,
    /// In each language; in one of them at least before it can be submitted.
    pub said: Texts,
}

impl RecordingUse {
    pub fn attached(&self) -> Attached {
        Attached { id: self.id.0, said_en: self.said.en.clone(), said_dz: self.said.dz.clone() }
    }
}

/// Left out: as it was. Null: none any more.
pub fn named<'de, D: Deserializer<'de>>(d: D) -> std::result::Result<Option<Option<RecordingUse>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// A film or sound recording as it is kept: the file as it came.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Recording")]
pub struct RecordingView {
    pub id: ApiId,
    pub mime: String,
    pub bytes: i64,
    /// How long it plays, where that is known.
    pub duration_ms: Option<i64>,
    pub digest: String,
    /// What is said in it; empty until a post says it.
    pub said: Texts,
    pub url: String,
    /// Where the captions are, in the languages that have some with times.
    pub captions: Vec<String>,
}

pub fn view(r: &Recording) -> RecordingView {
    let url = format!("/recordings/{}", r.id);
    let timed = [("en", &r.said_en), ("dz", &r.said_dz)].into_iter().filter(|(_, said)| is_captions(said));
    RecordingView {
        id: ApiId(r.id),
        mime: r.mime.clone(),
        bytes: r.bytes,
        duration_ms: r.duration_ms,
        digest: r.digest.clone(),
        captions: timed.map(|(lang, _)| format!("{url}/captions/{lang}.vtt")).collect(),
        said: Texts { en: r.said_en.clone(), dz: r.said_dz.clone() },
        url,
    }
}

/// `multipart/form-data` with `agency`, `file`, `duration`.
pub async fn upload(cx: Ctx, form: FormData) -> Result<Response> {
    let agency = form.number("agency").or(cx.actor.home);
    let agency =
        agency.ok_or_else(|| Error::invalid(vec![FieldError::new("agency", Say::new("posts-error-agency"))]))?;
    let none = || Error::invalid(vec![FieldError::new("file", Say::new("posts-error-recording"))]);
    let sent: Sent = sent(&form, "file").ok_or_else(none)?;
    let r = add(&cx, agency, sent, "file").await?.with(String::new(), String::new());
    Ok(json(201, &view(&r)))
}
