//! One message of the room read again, in the words of its newest edit.
//!
//! Source: `GET …/rooms/{roomId}/event/{eventId}` and *Event replacements* in the client-server API. A removed message stays
//! as an empty event; one that the server does not find is no news, for servers forget old ones.
use super::entities::Event;
use super::message::{is_edit, is_redacted, newer, text};
use super::timeline::is_id;
use super::{Matrix, event_path};
use crate::wire;
use crate::{Access, Again, Failure};

impl Matrix {
    pub(super) async fn reread(&self, access: &Access, remote_id: &str) -> Result<Again, Failure> {
        if !is_id(remote_id) {
            return Err(wire::strange_id());
        }
        let room = self.room(access).await.map_err(wire::no_news)?;
        let mut event: Event = self.get(access, &event_path(&room, remote_id)).await.map_err(wire::no_news)?;
        // What was removed has an empty content; what has none was not told.
        if event.event_id != remote_id || !event.content.is_object() {
            return Err(wire::unreadable());
        }
        if is_redacted(&event) {
            return Ok(Again::Gone);
        }
        // Not every server puts the newest edit beside the event.
        if event.unsigned["m.relations"]["m.replace"].is_null() {
            let edits = self.related(access, &room, remote_id, "m.replace").await.map_err(wire::no_news)?;
            let edits = edits.ok_or_else(wire::unreadable)?.into_iter();
            let own = edits.filter(|e| e.sender == event.sender && is_edit(e) && !is_redacted(e));
            if let Some(newest) = own.max_by_key(|e| e.origin_server_ts) {
                event.unsigned = newer(&newest);
            }
        }
        if text(&event).is_none() || event.origin_server_ts.checked_mul(1000).is_none() {
            return Err(wire::unreadable());
        }
        self.heard(access, &room, &event, None).map(Again::Is).ok_or_else(wire::unreadable)
    }
}
