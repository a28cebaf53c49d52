//! Sessions: what an app password is exchanged for. Servers count how often that is done, so a session is kept.
use super::Bluesky;
use super::calls::refused;
use crate::wire;
use crate::{Access, Verdict};
use ground::clock::MINUTE;
use ground::fetch::Request;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Servers give two hours; ours ends before.
const KEPT: i64 = 90 * MINUTE;

#[derive(Debug, Clone)]
pub(super) struct Session {
    pub did: String,
    pub handle: String,
    pub token: String,
    until_us: i64,
}

/// One account's session; whoever opens it makes the others wait, so that it is opened once.
type Slot = Arc<tokio::sync::Mutex<Option<Session>>>;

/// By server, account and key: another key never finds the session of the one before.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<[u8; 32], Slot>>);

impl Sessions {
    fn slot(&self, access: &Access) -> Slot {
        let name = [access.base_url.as_str(), identifier(access), access.secret.reveal()].join("\0");
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(Sha256::digest(name.as_bytes()).into()).or_default().clone()
    }

    /// The next call opens a new one.
    pub fn forget(&self, access: &Access) {
        // Somebody who holds it at this moment is opening a new one already.
        if let Ok(mut session) = self.slot(access).try_lock() {
            *session = None;
        }
    }
}

fn identifier(access: &Access) -> &str {
    match access.remote_account_id.as_str() {
        "" => access.handle.trim_start_matches('@'),
        did => did,
    }
}

/// An answer to opening a session.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    access_jwt: String,
    did: String,
    handle: String,
    active: Option<bool>,
}

impl Bluesky {
    /// The account's session, opened if there is none. Opening one changes nothing the public sees.
    pub(super) async fn session(&self, access: &Access) -> Result<Session, Verdict> {
        let slot = self.sessions.slot(access);
        let mut kept = slot.lock().await;
        if let Some(session) = kept.as_ref().filter(|s| s.until_us > self.clock.now()) {
            return Ok(session.clone());
        }
        *kept = None;
        let body = json!({"identifier": identifier(access), "password": access.secret.reveal().trim()});
        let request = Request::post(access.url("/xrpc/com.atproto.server.createSession")).json(&body);
        let answer = wire::written(self.fetch.send(request).await, &self.clock).map_err(|verdict| match verdict {
            // A server that does not know the call is no server of this protocol.
            Verdict::Rejected { code, .. } if code == "gone" => {
                refused("not-this-platform", "The address is not a server of the AT Protocol.")
            }
            other => wire::harmless(other),
        })?;
        let unreadable = || Verdict::NotSent { why: "the answer to signing in cannot be read".to_owned() };
        let opened: Opened = answer.json().ok_or_else(unreadable)?;
        if opened.active == Some(false) {
            return Err(Verdict::Unauthorised);
        }
        if !opened.did.starts_with("did:") || opened.access_jwt.is_empty() {
            return Err(unreadable());
        }
        let Opened { access_jwt, did, handle, .. } = opened;
        let session = Session { did, handle, token: access_jwt, until_us: self.clock.now() + KEPT };
        *kept = Some(session.clone());
        Ok(session)
    }
}
