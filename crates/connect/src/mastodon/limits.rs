//! What a server allows, asked from the server and kept for an hour.
use super::entities::Instance;
use super::recording::LARGEST;
use crate::{Capabilities, Count, Key, Kind, Proof, Recordings, Safety};
use ground::clock::{Clock, HOUR};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Films and sound that Mastodon takes and other servers of its kind do.
const TYPES: [&str; 6] = ["video/mp4", "video/webm", "video/quicktime", "audio/mpeg", "audio/ogg", "audio/wav"];

/// The limits of a server nobody has changed anything on.
pub(super) fn usual() -> Capabilities {
    Capabilities {
        platform: "mastodon",
        name: "Mastodon",
        kind: Kind::Microblog,
        publishes: true,
        text_limit: Some(500),
        count: Count::MastodonStyle,
        max_media: 4,
        needs_media: false,
        alt_limit: Some(1500),
        image_types: ["image/jpeg", "image/png", "image/gif", "image/webp"].map(str::to_owned).to_vec(),
        image_bytes: Some(16 << 20),
        recordings: Some(Recordings {
            types: TYPES.map(str::to_owned).to_vec(),
            bytes: Some(LARGEST),
            seconds: None,
            captions: false,
            needed: false,
        }),
        can_edit: true,
        can_delete: true,
        can_reply: true,
        can_hide: false,
        reads_comments: true,
        rereads: true,
        lists_own: true,
        has_metrics: true,
        calls_us: false,
        key: Key::Token,
        server: None,
        // Until the server is known to remember keys, it is taken to forget them.
        safety: Safety::ReadBack,
        // docs/connectors.md tells which server, and what it could not show.
        proof: Proof::RealServer,
    }
}

/// The usual, with what the server itself says. Of the servers that speak this API only Mastodon itself promises to
/// remember a key; others accept the header and ignore it.
pub(super) fn of(instance: Instance, software: &str) -> Capabilities {
    let mut can = usual();
    if software == "mastodon" {
        can.safety = Safety::Keyed { hours: 1 };
    }
    let Instance { configuration, max_toot_chars } = instance;
    can.text_limit = configuration.statuses.max_characters.or(max_toot_chars).or(can.text_limit);
    can.max_media = configuration.statuses.max_media_attachments.unwrap_or(can.max_media);
    let media = configuration.media_attachments;
    let moves = |t: &&String| t.starts_with("video/") || t.starts_with("audio/");
    let types: Option<Vec<String>> =
        media.supported_mime_types.as_ref().map(|all| all.iter().filter(moves).cloned().collect());
    let bytes = media.video_size_limit.map_or(LARGEST, |limit| limit.min(LARGEST));
    can.recordings =
        can.recordings.map(|usual| Recordings { types: types.unwrap_or(usual.types), bytes: Some(bytes), ..usual });
    can.recordings = can.recordings.filter(|r| !r.types.is_empty());
    if let Some(types) = media.supported_mime_types {
        can.image_types = types.into_iter().filter(|t| t.starts_with("image/")).collect();
    }
    can.image_bytes = media.image_size_limit.or(can.image_bytes);
    can.alt_limit = media.description_limit.or(can.alt_limit);
    can
}

#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<String, (i64, Capabilities)>>);

impl Known {
    pub fn get(&self, server: &str, clock: &Clock) -> Option<Capabilities> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(server).filter(|(at, _)| clock.now() - at < HOUR).map(|(_, can)| can.clone())
    }
    pub fn put(&self, server: &str, clock: &Clock, can: &Capabilities) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(server.to_owned(), (clock.now(), can.clone()));
    }
}
