//! Films and sound. Servers that speak this API take a file whole, in one call, and work on it for a while; captions have no
//! place there, so what is said goes along as the description. What was sent up and is still worked on is not sent up again
//! by the next try.
use super::Mastodon;
use super::entities::Attachment;
use crate::wire::harmless;
use crate::{Access, Recording, Verdict};
use ground::clock::{Clock, HOUR};
use ground::crypto::hex;
use ground::fetch::{Method, Parts};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// What Mastodon itself takes where nobody changed anything; a larger file is not read into memory either.
pub(super) const LARGEST: u64 = 99 << 20;
/// Servers throw away what no post used within a day.
const KEPT: i64 = 12 * HOUR;

/// Server, account, file.
type Name = (String, String, PathBuf);

/// What was sent up: under which id, and when.
#[derive(Default)]
pub(super) struct Sent(Mutex<HashMap<Name, (i64, String)>>);

impl Sent {
    fn get(&self, name: &Name, clock: &Clock) -> Option<String> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.retain(|_, (at, _)| clock.now() - *at < KEPT);
        sent.get(name).map(|(_, id)| id.clone())
    }
    fn put(&self, name: Name, clock: &Clock, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, (clock.now(), id.to_owned()));
    }
    fn forget(&self, name: &Name) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

impl Mastodon {
    pub(super) async fn film(&self, access: &Access, recording: &Recording) -> Result<String, Verdict> {
        let name = (access.base_url.clone(), access.remote_account_id.clone(), recording.path.clone());
        if let Some(id) = self.sent.get(&name, &self.clock) {
            match self.processed(access, &id).await {
                Ok(()) => return Ok(id),
                // Thrown away, or used by the post that is corrected now.
                Err(Verdict::Rejected { code, .. }) if code == "gone" => self.sent.forget(&name),
                Err(other) => return Err(other),
            }
        }
        let attachment = self.sent_up(access, recording).await?;
        self.sent.put(name, &self.clock, &attachment.id);
        if attachment.url.is_none() {
            self.processed(access, &attachment.id).await?;
        }
        Ok(attachment.id)
    }

    async fn sent_up(&self, access: &Access, recording: &Recording) -> Result<Attachment, Verdict> {
        let bytes = recording.whole(LARGEST).await?;
        let limits = self.limits(access).await.unwrap_or_else(super::limits::usual);
        let said = recording.said(limits.alt_limit.unwrap_or(1500));
        let name = hex(&Sha256::digest(&bytes)[..16]);
        let name = format!("{name}.{}", recording.mime.rsplit('/').next().unwrap_or("bin"));
        let parts = Parts::new().field("description", &said).file("file", &name, &recording.mime, &bytes);
        let request = self.to(Method::POST, access, "/api/v2/media").parts(parts);
        let response = self.write(request).await.map_err(harmless)?;
        response.json().ok_or_else(|| Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() })
    }
}
