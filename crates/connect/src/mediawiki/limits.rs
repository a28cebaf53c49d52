//! What a wiki allows, asked from the wiki itself.
use super::session::Api;
use crate::{Access, Capabilities, Count, Failure, Key, Kind, Proof, Safety};
use serde_json::Value;

/// How many bytes of wikitext a byte of text becomes at most.
const ESCAPED: usize = 6;
/// A key is known as long as its page is there; a year is longer than anybody asks.
const HOURS: u32 = 24 * 365;

/// The limits of a wiki nobody has changed anything on, for an account that may do everything the connector does.
pub(super) fn usual() -> Capabilities {
    Capabilities {
        platform: "mediawiki",
        name: "MediaWiki",
        kind: Kind::Website,
        publishes: true,
        text_limit: Some((2 << 20) / ESCAPED),
        count: Count::Utf8Bytes,
        max_media: 20,
        needs_media: false,
        alt_limit: Some(1500),
        image_types: ["image/png", "image/gif", "image/jpeg", "image/webp"].map(str::to_owned).to_vec(),
        // What PHP takes where nobody told it otherwise.
        image_bytes: Some(2 << 20),
        recordings: None,
        can_edit: true,
        can_delete: true,
        can_reply: true,
        can_hide: true,
        reads_comments: true,
        // Words on a talk page have no id of their own that would outlive a change of the page.
        rereads: false,
        lists_own: true,
        has_metrics: true,
        calls_us: false,
        key: Key::NamedPassword,
        server: None,
        safety: Safety::Keyed { hours: HOURS },
        // docs/connectors.md tells which version, and what it could not show.
        proof: Proof::RealServer,
    }
}

impl Api {
    /// The usual, with what this wiki says of itself and of the rights of the account.
    pub async fn limits(&self, access: &Access) -> Result<Capabilities, Failure> {
        let session = self.session(access).await?;
        let query = [("meta", "siteinfo"), ("siprop", "general|fileextensions")];
        let answer = self.ask(access, &query).await?;
        let number = |path: &str| answer.pointer(path).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let mut can = usual();
        can.text_limit = number("/query/general/maxarticlesize").map(|n| n / ESCAPED).or(can.text_limit);
        can.image_bytes = number("/query/general/maxuploadsize").or(can.image_bytes);
        if let Some(known) = answer.pointer("/query/fileextensions").and_then(Value::as_array) {
            let known: Vec<&str> = known.iter().filter_map(|e| e.get("ext")?.as_str()).collect();
            can.image_types.retain(|mime| mime.rsplit('/').next().is_some_and(|ext| known.contains(&ext)));
        }
        let uploads = answer.pointer("/query/general/uploadsenabled") == Some(&Value::Bool(true));
        if !uploads || !session.may("upload") {
            can.max_media = 0;
        }
        can.can_hide = session.may("deleterevision");
        can.can_delete = session.may("delete");
        can.can_edit = session.may("edit");
        Ok(can)
    }
}
