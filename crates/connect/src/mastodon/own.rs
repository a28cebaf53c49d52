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

/// How far an id tells when something was said. Some servers begin it with the second and end it by chance: ten digits, then
/// thirty-two of a hash. Within a second only the server's own order counts.
fn moment(id: &str) -> (usize, String) {
    let (second, chance) = id.split_at_checked(10).unwrap_or((id, ""));
    let hashed = chance.len() == 32 && chance.bytes().all(|b| b.is_ascii_hexdigit());
    if hashed && second.bytes().all(|b| b.is_ascii_digit()) { (id.len(), second.to_owned()) } else { age(id) }
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
            |all: &[OwnStatus]| all.iter().map(|s| s.id.clone()).filter(|id| is_id(id)).max_by_key(|id| moment(id));
        let Some(from) = cursor else {
            let latest: Vec<OwnStatus> = self.get(access, &format!("{path}limit=1")).await?;
            // Where there is nothing yet, everything that comes is after it.
            let cursor = newest(&latest).unwrap_or_else(|| "0".to_owned());
            return Ok(OwnPage { items: Vec::new(), cursor: Some(cursor), more: false });
        };
        let asked = Asked { path: &path, cursor: Some(&from), id: |s: &OwnStatus| &s.id };
        let Turned { items: mut page, full } = self.after(access, &asked).await?;
        // Servers begin with the newest, and some take no notice of the cursor: what stands behind it there is older.
        page.truncate(page.iter().position(|s| s.id == from).unwrap_or(page.len()));
        page.retain(|s| moment(&s.id) >= moment(&from));
        page.reverse();
        page.sort_by_cached_key(|s| moment(&s.id));
        let more = full && !page.is_empty();
        let cursor = newest(&page).or(Some(from));
        let items: Result<Vec<Option<OwnPost>>, Failure> = page.into_iter().map(post).collect();
        Ok(OwnPage { items: items?.into_iter().flatten().collect(), cursor, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_number_or_the_second_before_a_hash() {
        let at = |second: &str, chance: &str| moment(&format!("{second}{chance}"));
        let (low, high) = (&"0".repeat(32), &"f".repeat(32));
        assert_eq!(at("1795991339", low), at("1795991339", high));
        assert!(at("1795991340", low) > at("1795991339", high));
        assert!(moment("100") > moment("99") && moment("01HX") > moment("01HW"));
        assert_ne!(at("179599133x", low), at("179599133x", high));
    }
}
