//! Whose key it is. The id comes from one call and the name people know from another, which also shows that the key may post.
//!
//! Source: “User Info” (`user.info.basic`) and “Query Creator Info” (`video.publish`).
use super::answer::unreadable;
use super::{CREATOR_INFO, TikTok, USER_INFO, WEB};
use crate::wire::read_of;
use crate::{Access, Failure, Identity};
use ground::fetch::Method;
use serde_json::{Value, json};

/// Letters, digits, full stops and low lines.
pub(super) fn is_username(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(fits) && name.bytes().any(|b| b != b'.')
}

/// The name of the account in what TikTok tells of its rights.
pub(super) fn username(may: &Value) -> Option<&str> {
    may.get("creator_username").and_then(Value::as_str).filter(|name| is_username(name))
}

fn is_open_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl TikTok {
    /// What the account may do at this moment.
    pub(super) async fn creator(&self, access: &Access) -> Result<Value, Failure> {
        let may = self.post(access, CREATOR_INFO, &json!({})).await.map_err(read_of)?;
        if username(&may).is_none() {
            return Err(unreadable());
        }
        Ok(may)
    }

    pub(super) async fn who(&self, access: &Access) -> Result<Identity, Failure> {
        let request = self.to(Method::GET, access, USER_INFO).map_err(read_of)?;
        let me = self.send(access, request).await.map_err(read_of)?;
        let text = |name: &str| me.pointer(&format!("/user/{name}")).and_then(Value::as_str);
        let account_id = text("open_id").filter(|id| is_open_id(id)).ok_or_else(unreadable)?.to_owned();
        let shown = text("display_name").unwrap_or_default();
        let name: String = shown.chars().filter(|c| !c.is_control()).take(200).collect();
        let may = self.creator(access).await?;
        let username = username(&may).ok_or_else(unreadable)?;
        Ok(Identity {
            account_id,
            handle: format!("@{username}"),
            name: name.trim().to_owned(),
            url: Some(format!("{WEB}/@{username}")),
        })
    }
}
