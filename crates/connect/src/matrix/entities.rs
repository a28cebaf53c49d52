//! The parts of Matrix' answers that are read.
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

#[derive(Deserialize)]
pub(super) struct Whoami {
    pub user_id: String,
}

#[derive(Deserialize)]
pub(super) struct Directory {
    pub room_id: String,
}

#[derive(Deserialize)]
pub(super) struct Joined {
    pub joined_rooms: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Made {
    pub event_id: String,
}

#[derive(Deserialize)]
pub(super) struct Uploaded {
    pub content_uri: String,
}

#[derive(Deserialize)]
pub(super) struct MediaConfig {
    #[serde(rename = "m.upload.size")]
    pub upload_size: Option<usize>,
}

#[derive(Deserialize, Clone)]
pub(super) struct Event {
    pub event_id: String,
    pub sender: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub content: Value,
    #[serde(default)]
    pub unsigned: Value,
    pub origin_server_ts: i64,
}

/// One page of a room's messages. Without `end` there is nothing further.
#[derive(Deserialize)]
pub(super) struct Page {
    pub chunk: Vec<Event>,
    pub end: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Relations {
    pub chunk: Vec<Event>,
    pub next_batch: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Context {
    pub end: String,
}

#[derive(Deserialize)]
pub(super) struct Sync {
    pub next_batch: String,
    #[serde(default)]
    pub rooms: Rooms,
}

#[derive(Deserialize, Default)]
pub(super) struct Rooms {
    #[serde(default)]
    pub join: HashMap<String, Room>,
}

#[derive(Deserialize, Default)]
pub(super) struct Room {
    #[serde(default)]
    pub timeline: Timeline,
    #[serde(default)]
    pub state: States,
}

#[derive(Deserialize, Default)]
pub(super) struct Timeline {
    #[serde(default)]
    pub events: Vec<Event>,
    #[serde(default)]
    pub limited: bool,
    pub prev_batch: Option<String>,
}

#[derive(Deserialize, Default)]
pub(super) struct States {
    #[serde(default)]
    pub events: Vec<StateEvent>,
}

#[derive(Deserialize)]
pub(super) struct StateEvent {
    #[serde(default)]
    pub state_key: String,
    #[serde(default)]
    pub content: Value,
}

/// A picture at the media repository, with what a message says of it.
#[derive(Serialize, Deserialize)]
pub(super) struct Picture {
    pub uri: String,
    pub mime: String,
    pub size: usize,
    pub alt: String,
}
