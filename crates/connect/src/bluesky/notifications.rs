//! What others said to us: answers, mentions, and posts that quote ours.
use super::at::{Place, SHOWN_AT, encoded};
use super::{Bluesky, POST};
use crate::{Access, Failure, Inbound, InboundPage, wire};
use ground::clock::HOUR;
use serde_json::Value;
use std::collections::BTreeSet;

const REASONS: [&str; 3] = ["reply", "mention", "quote"];
/// How many pages of a hundred are turned back at most; more than that in one look is no conversation any more.
const PAGES: usize = 100;

/// What is listed late is still told: the list is ordered by what the writer's own clock said, where that is earlier than the
/// moment the network got it. Slow phones, clocks that are behind, and bridges from other networks come so.
const LATE: i64 = 6 * HOUR;
/// How many of those that were told are remembered; a place in the list stays small enough to be kept.
const REMEMBERED: usize = 2_000;

/// Up to where notifications were read: everything before a moment, and from there on those that are named.
struct Read {
    floor_us: i64,
    told: BTreeSet<String>,
}

impl Read {
    /// Written as `TIME URI URI …`.
    fn of(cursor: &str) -> Result<Read, Failure> {
        let mut words = cursor.split(' ').filter(|w| !w.is_empty()).map(str::to_owned);
        let floor_us = words.next().and_then(|w| wire::time(&w)).ok_or_else(|| Failure::Refused {
            code: "cursor".to_owned(),
            human: "This is no place in the list of notifications.".to_owned(),
        })?;
        Ok(Read { floor_us, told: words.collect() })
    }

    /// After all of these were read, each a time and a name, newest first or not.
    fn up_to(floor_us: i64, now_us: i64, mut all: Vec<(i64, String)>) -> Read {
        let newest = all.iter().map(|(at, _)| *at).max().unwrap_or(floor_us);
        // A time to come must not hide what is said until then.
        let mut floor_us = floor_us.max(newest.min(now_us).saturating_sub(LATE));
        all.sort_unstable();
        let too_many = all.len().saturating_sub(REMEMBERED);
        if let Some((at, _)) = all.get(too_many).filter(|_| too_many > 0) {
            floor_us = floor_us.max(*at);
        }
        let told = all.into_iter().filter(|(at, _)| *at >= floor_us).map(|(_, uri)| uri).collect();
        Read { floor_us, told }
    }

    fn written(&self) -> String {
        let at = jiff::Timestamp::from_microsecond(self.floor_us).unwrap_or_default().to_string();
        self.told.iter().fold(at, |out, uri| out + " " + uri)
    }
}

/// What somebody says, from a notification or from a post as the network sees it; `None` for what is no post.
pub(super) fn inbound(n: &Value) -> Option<Inbound> {
    let place = n["uri"].as_str().and_then(Place::of).filter(|p| p.collection == POST)?;
    let (record, author) = (&n["record"], &n["author"]);
    let text = |v: &Value| v.as_str().map(str::to_owned);
    let handle = text(&author["handle"]).unwrap_or_else(|| place.did.clone());
    let name = text(&author["displayName"]).filter(|name| !name.trim().is_empty());
    Some(Inbound {
        remote_id: place.uri(),
        in_reply_to: text(&record["reply"]["parent"]["uri"]).filter(|uri| Place::of(uri).is_some()),
        author_id: place.did.clone(),
        author_name: name.unwrap_or_else(|| format!("@{handle}")),
        author_url: Some(format!("{SHOWN_AT}/profile/{}", place.did)),
        text: text(&record["text"])?,
        lang: text(&record["langs"][0]),
        // The writer's own clock says anything; the network's says when it came, or an earlier moment that the writer's said.
        at_us: n["indexedAt"].as_str().and_then(wire::time)?,
        url: Some(place.url()),
    })
}

/// A notification: when it came, what it is about, and all of it.
struct Told {
    at_us: i64,
    uri: String,
    all: Value,
}

impl Told {
    fn of(all: &Value) -> Option<Told> {
        let at_us = all["indexedAt"].as_str().and_then(wire::time)?;
        // What stands in a place in the list is divided by blanks.
        let uri = all["uri"].as_str().filter(|u| !u.contains(char::is_whitespace))?.to_owned();
        Some(Told { at_us, uri, all: all.clone() })
    }
    /// Not every server heeds `reasons`, and a like carries our own words.
    fn is_said(&self) -> bool {
        self.all["reason"].as_str().is_some_and(|r| REASONS.contains(&r))
    }
}

impl Bluesky {
    /// Notifications back to a moment, newest first, and whether there are older ones that were not read. Without a moment, the
    /// latest page.
    async fn notified_since(&self, access: &Access, since_us: Option<i64>) -> Result<(Vec<Told>, bool), Failure> {
        let unreadable = || Failure::Unreachable { why: "the answer cannot be read".to_owned() };
        let reasons: String = REASONS.iter().map(|r| format!("&reasons={r}")).collect();
        let (mut all, mut turn): (Vec<Told>, Option<String>) = (Vec::new(), None);
        for _ in 0..PAGES {
            let on = turn.as_deref().map(|t| format!("&cursor={}", encoded(t))).unwrap_or_default();
            let path = format!("app.bsky.notification.listNotifications?limit=100{reasons}{on}");
            let answer = self.get(access, &path).await?;
            let listed = answer["notifications"].as_array().ok_or_else(unreadable)?;
            let page = listed.iter().map(Told::of).collect::<Option<Vec<_>>>().ok_or_else(unreadable)?;
            let reached = since_us.is_some_and(|since| page.iter().any(|n| n.at_us < since));
            let empty = page.is_empty();
            all.extend(page);
            let next = answer["cursor"].as_str().map(str::to_owned);
            // The same page again is the end as well.
            if empty || next.is_none() || next == turn {
                return Ok((all, false));
            }
            if since_us.is_none() || reached {
                return Ok((all, true));
            }
            turn = next;
        }
        Err(Failure::Unreachable { why: "more came since the last look than one look can take in".to_owned() })
    }

    /// Notifications after the cursor, oldest first. Without a cursor it starts with the latest page.
    pub(super) async fn notified_after(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let read = cursor.as_deref().map(Read::of).transpose()?;
        let now_us = self.clock.now();
        let (mut all, older) = self.notified_since(access, read.as_ref().map(|r| r.floor_us)).await?;
        // What is older than the first page that was ever read is not told later.
        let begun = all.iter().map(|n| n.at_us).min().filter(|_| older).unwrap_or(i64::MIN);
        let floor_us = read.as_ref().map_or(begun, |r| r.floor_us);
        all.retain(|n| n.at_us >= floor_us && n.is_said());
        if all.is_empty() {
            return Ok(InboundPage { items: Vec::new(), cursor, more: false });
        }
        let next = Read::up_to(floor_us, now_us, all.iter().map(|n| (n.at_us, n.uri.clone())).collect());
        all.retain(|n| read.as_ref().is_none_or(|r| !r.told.contains(&n.uri)));
        let mut items: Vec<Inbound> = all.iter().filter_map(|n| inbound(&n.all)).collect();
        items.sort_by(|a, b| (a.at_us, &a.remote_id).cmp(&(b.at_us, &b.remote_id)));
        Ok(InboundPage { items, cursor: Some(next.written()), more: false })
    }
}
