//! What the account itself wrote: looked for after an attempt without an answer, and listed.
use super::cursor::{Cursor, before};
use super::revisions::{Change, Listed};
use super::wikitext::plain;
use super::{AT_ONCE, HIDDEN, MediaWiki, PAGE_SPACES, SHOWN, talk, title};
use crate::{Access, Failure, Found, OwnPage, OwnPost, Sought, wire};

const LIST: [(&str, &str); 3] =
    [("list", "usercontribs"), ("uclimit", "max"), ("ucprop", "ids|title|timestamp|comment|flags")];

impl MediaWiki {
    async fn contributions(&self, access: &Access, more: &[(&str, &str)]) -> Result<Listed<Change>, Failure> {
        let user = self.api.session(access).await?.user.clone();
        let query: Vec<_> = LIST.into_iter().chain([("ucuser", user.as_str())]).chain(more.iter().copied()).collect();
        self.api.changes(access, "usercontribs", &query).await
    }

    /// By the mark of the key, which stands in the summary. A list that may lack the newest says nothing: copies of the
    /// wiki's database that lag behind are not asked.
    pub(super) async fn by_mark(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let mark = title::mark(&sought.key);
        let end = before(sought.since_us);
        let listed = self.contributions(access, &[("ucend", &end), ("maxlag", "1")]).await?;
        if let Some(change) = listed.items.iter().find(|c| c.comment.contains(&mark)) {
            let (remote_id, url) = self.named(access, change);
            return Ok(Found::Yes { remote_id, url: Some(url) });
        }
        let hidden = listed.items.iter().any(|c| c.commenthidden);
        Ok(if listed.complete && !hidden { Found::No } else { Found::CannotTell })
    }

    /// A new page by its own number, words on a talk page by the revision that brought them.
    fn named(&self, access: &Access, change: &Change) -> (String, String) {
        if change.ns % 2 == 0 {
            (change.pageid.to_string(), super::page_url(access, change.pageid))
        } else {
            (format!("r{}", change.revid), super::revision_url(access, change.revid))
        }
    }

    /// New pages and words on talk pages, from the cursor on. Changes of pages that are there are no new posts.
    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let Some(cursor) = cursor else {
            let user = self.api.session(access).await?.user.clone();
            let query = [("list", "usercontribs"), ("uclimit", "1"), ("ucprop", "ids|title|timestamp")];
            let query: Vec<_> = query.into_iter().chain([("ucuser", user.as_str()), ("curtimestamp", "1")]).collect();
            let cursor = self.api.newest_of(access, "usercontribs", &query, |c| c.revid).await?;
            return Ok(OwnPage { items: Vec::new(), cursor: Some(cursor.to_string()), more: false });
        };
        let from = Cursor::read(&cursor)?;
        let since = from.since();
        let query = [("ucdir", "newer"), ("ucstart", since.as_str()), ("ucnamespace", PAGE_SPACES)];
        let mut listed = self.contributions(access, &query).await?;
        listed.items.retain(|c| c.revid > from.number);
        listed.items.sort_by_key(|c| c.revid);
        let more = listed.items.len() > AT_ONCE || !listed.complete;
        listed.items.truncate(AT_ONCE);
        // What is hidden or shown again are the words of others.
        let of_others = |c: &Change| [HIDDEN, SHOWN].iter().any(|s| c.comment.starts_with(s));
        let told = |c: &&Change| if c.ns % 2 == 1 { !of_others(c) } else { c.new };
        let changes: Vec<&Change> = listed.items.iter().filter(told).collect();
        let revisions: Vec<u64> = changes
            .iter()
            .flat_map(|c| if c.ns % 2 == 1 { vec![c.parentid, c.revid] } else { vec![c.revid] })
            .collect();
        let texts = self.api.texts(access, &revisions).await?;
        let text = |id: u64| texts.get(&id).and_then(|(_, r)| r.text()).unwrap_or_default();
        let mut items = Vec::new();
        for change in changes {
            let at_us = wire::time(&change.timestamp).ok_or_else(super::answer::unreadable)?;
            let said = if change.ns % 2 == 1 {
                talk::words(&talk::added(text(change.parentid), text(change.revid)), &change.user)
            } else {
                plain(text(change.revid))
            };
            // An edit that only took words away said nothing.
            if change.ns % 2 == 0 || !said.is_empty() {
                let (remote_id, url) = self.named(access, change);
                items.push(OwnPost { remote_id, text: said, url: Some(url), at_us });
            }
        }
        let last = listed.items.last().map(|c| Cursor::new(&c.timestamp, c.revid)).transpose()?;
        Ok(OwnPage { items, cursor: Some(last.unwrap_or(from).to_string()), more })
    }
}
