//! What stands on the account itself, whoever put it there.
use super::Mastodon;
use super::entities::{Account, OwnStatus};
use super::paging::{Asked, Turned, age};
use crate::plain::plain;
use crate::{Access, Failure, OwnPage, OwnPost, wire};

/// Ids are short words of letters and digits; anything else is no answer of such a server.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn post(status: OwnStatus) -> Result<Option<OwnPost>, Failure> {
    let unreadable = || Failure::Unreachable { why: "the answer cannot be read".to_owned() };
    let at_us = wire::time(&status.created_at).filter(|_| is_id(&status.id)).ok_or_else(unreadable)?;
    // A letter to one person is not said on the account.
    if status.visibility == "direct" {
        return Ok(None);
    }
    let mut text = status.text.filter(|t| !t.trim().is_empty()).unwrap_or_else(|| plain(&status.content));
    if let Some(shared) = status.reblog {
        let Account { acct, .. } = shared.account;
        text = format!("↻ @{acct}\n\n{}", plain(&shared.content));
    }
    let warning = plain(&status.spoiler_text);
    if !warning.is_empty() {
        text = format!("{warning}\n\n{text}");
    }
    Ok(Some(OwnPost { remote_id: status.id, text, url: status.url.or(status.uri), at_us }))
}

impl Mastodon {
    /// Statuses after the cursor, what was shared of others among them. Without a cursor only the newest is asked for:
    /// it is where to begin.
    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let account = self.whose(access).await?;
        let path = format!("/api/v1/accounts/{account}/statuses?");
        let newest =
            |all: &[OwnStatus]| all.iter().map(|s| s.id.clone()).filter(|id| is_id(id)).max_by_key(|id| age(id));
        let Some(from) = cursor else {
            let latest: Vec<OwnStatus> = self.get(access, &format!("{path}limit=1")).await?;
            // Where there is nothing yet, everything that comes is after it.
            let cursor = newest(&latest).unwrap_or_else(|| "0".to_owned());
            return Ok(OwnPage { items: Vec::new(), cursor: Some(cursor), more: false });
        };
        let asked = Asked { path: &path, cursor: Some(&from), id: |s: &OwnStatus| &s.id };
        let Turned { items: mut page, full } = self.after(access, &asked).await?;
        page.retain(|s| age(&s.id) > age(&from));
        let more = full && !page.is_empty();
        let cursor = newest(&page).or(Some(from));
        let items: Result<Vec<Option<OwnPost>>, Failure> = page.into_iter().map(post).collect();
        let mut items: Vec<OwnPost> = items?.into_iter().flatten().collect();
        items.sort_by_cached_key(|p| age(&p.remote_id));
        Ok(OwnPage { items, cursor, more })
    }
}
