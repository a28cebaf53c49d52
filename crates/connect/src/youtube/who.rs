//! Whose key it is, and who a handle belongs to.
//!
//! Source: `channels.list` with `mine` and `forHandle`; `snippet.customUrl` is the handle, `@roads`.
use super::answer::{items, unreadable};
use super::id::is_channel;
use super::{CHANNELS, YouTube};
use crate::{Access, Failure, Identity};
use serde_json::Value;

/// Handles have up to thirty signs, of many scripts.
fn is_handle(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "._-·".contains(c);
    (1..=40).contains(&name.chars().count()) && name.chars().all(fits)
}

/// The channel an account is.
pub(super) fn channel(access: &Access) -> Result<&str, Failure> {
    let refused = || Failure::Refused { code: "account".into(), human: "The account's id is no channel.".into() };
    Some(access.remote_account_id.as_str()).filter(|id| is_channel(id)).ok_or_else(refused)
}

impl YouTube {
    pub(super) async fn who(&self, access: &Access) -> Result<Identity, Failure> {
        let answer = self.get(access, CHANNELS, &[("part", "snippet"), ("mine", "true")]).await?;
        let all = items(&answer)?;
        let Some(channel) = all.first() else {
            let human = "The Google account of this key has no channel on YouTube.";
            return Err(Failure::Refused { code: "no-channel".into(), human: human.into() });
        };
        let text = |path: &str| channel.pointer(path).and_then(Value::as_str).map(str::trim).unwrap_or_default();
        let id = Some(text("/id")).filter(|id| is_channel(id)).ok_or_else(unreadable)?;
        let handle = text("/snippet/customUrl").trim_start_matches('@');
        Ok(Identity {
            account_id: id.to_owned(),
            handle: if is_handle(handle) { format!("@{handle}") } else { id.to_owned() },
            name: text("/snippet/title").chars().filter(|c| !c.is_control()).take(200).collect(),
            url: Some(format!("https://www.youtube.com/channel/{id}")),
        })
    }

    /// A channel without a handle goes by its id.
    pub(super) async fn named(&self, access: &Access, handle: &str) -> Result<Option<String>, Failure> {
        let name = handle.trim().trim_start_matches('@');
        if !is_handle(name) {
            return Ok(None);
        }
        let (by, asked) = if is_channel(name) { ("id", name.to_owned()) } else { ("forHandle", format!("@{name}")) };
        let answer = self.get(access, CHANNELS, &[("part", "id"), (by, &asked)]).await?;
        let all = items(&answer)?;
        let id = |c: &Value| c.get("id").and_then(Value::as_str).filter(|id| is_channel(id)).map(str::to_owned);
        all.first().map(|c| id(c).ok_or_else(unreadable)).transpose()
    }
}
