//! Pictures are sent up whole; of a film or sound recording the network is told what it is, and leaves the file where it lies.
use super::{Answer, Call, No, Shared, Wire, commit};
use crate::simulator::house::House;
use crate::simulator::likeness;
use crate::simulator::state::{Event, PracticeMedia};
use crate::{Captions, Post};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Alt {
    #[serde(default)]
    alt: String,
}

pub(super) async fn upload(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    Query(q): Query<Alt>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    let mime = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let size = body.len();
    call.house.takes_file(&likeness::picture(&mime, &q.alt, body.into()))?;
    kept(call, PracticeMedia { id: String::new(), mime, alt: q.alt, size, seconds: None, recording: false }).await
}

#[derive(Deserialize)]
pub(super) struct Told {
    mime: String,
    bytes: u64,
    seconds: Option<u64>,
    #[serde(default)]
    captions: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    lang: String,
    vtt: String,
}

pub(super) async fn tell(
    State(net): Shared,
    ConnectInfo(wire): Wire,
    headers: HeaderMap,
    Json(told): Json<Told>,
) -> Answer {
    let call = Call::begin(net, &headers, wire, false)?;
    let mut recording = likeness::recording(&told.mime, told.bytes, told.seconds);
    recording.captions = told.captions.into_iter().map(|c| Captions { lang: c.lang, vtt: c.vtt }).collect();
    call.house.takes_file(&Post { text: "…".into(), recording: Some(recording), ..Post::default() })?;
    let (mime, size) = (told.mime, usize::try_from(told.bytes).unwrap_or(usize::MAX));
    let (id, alt) = (String::new(), String::new());
    kept(call, PracticeMedia { id, mime, alt, size, seconds: told.seconds, recording: true }).await
}

async fn kept(call: Call, mut media: PracticeMedia) -> Answer {
    let done = call.change(move |state, _, _| {
        media.id = format!("m{:08}", state.number());
        let id = media.id.clone();
        commit(state, Event::Uploaded { media })?;
        Ok(json!({"id": id}))
    });
    let value = done.await?;
    call.end(value).await
}

impl House {
    fn takes_file(&self, post: &Post) -> Result<(), No> {
        self.refusing(post, likeness::is_of_a_file)
    }
}
