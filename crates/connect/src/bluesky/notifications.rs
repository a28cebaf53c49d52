//! What others said to us: answers, mentions, and posts that quote ours.
use super::at::{Place, SHOWN_AT, encoded};
use super::{Bluesky, POST};
use crate::{Access, Failure, Inbound, InboundPage, wire};
use serde_json::Value;

const REASONS: [&str; 3] = ["reply", "mention", "quote"];
/// How many pages of a hundred are turned back at most; more than that in one look is no conversation any more.
const PAGES: usize = 100;

/// Up to where notifications were read: the time of the newest, and which there were of that very time.
struct Read {
    at: String,
    seen: Vec<String>,
}

impl Read {
    fn of(cursor: &str) -> Read {
        let mut words = cursor.split(' ').map(str::to_owned);
        Read { at: words.next().unwrap_or_default(), seen: words.collect() }
    }
    fn has(&self, at: &str, uri: &str) -> bool {
        // Times of one server have one form, in which they sort as they follow each other.
        at < self.at.as_str() || (at == self.at && self.seen.iter().any(|s| s == uri))
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
        // The writer's own clock says anything; the network's says when it came.
        at_us: n["indexedAt"].as_str().and_then(wire::time)?,
        url: Some(place.url()),
    })
}

impl Bluesky {
    /// Notifications after the cursor, oldest first. Without a cursor it starts with the latest page.
    pub(super) async fn notified_after(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let read = cursor.as_deref().map(Read::of);
        let unreadable = || Failure::Unreachable { why: "the answer cannot be read".to_owned() };
        let reasons: String = REASONS.iter().map(|r| format!("&reasons={r}")).collect();
        let (mut new, mut turn): (Vec<Value>, Option<String>) = (Vec::new(), None);
        for page in 0.. {
            if page == PAGES {
                let why = "more came since the last look than one look can take in".to_owned();
                return Err(Failure::Unreachable { why });
            }
            let on = turn.as_deref().map(|t| format!("&cursor={}", encoded(t))).unwrap_or_default();
            let path = format!("app.bsky.notification.listNotifications?limit=100{reasons}{on}");
            let answer = self.get(access, &path).await?;
            let listed = answer["notifications"].as_array().ok_or_else(unreadable)?;
            let word = |n: &Value, name: &str| n[name].as_str().map(str::to_owned).ok_or_else(unreadable);
            let mut met = false;
            for n in listed {
                let (at, uri) = (word(n, "indexedAt")?, word(n, "uri")?);
                if read.as_ref().is_some_and(|r| r.has(&at, &uri)) {
                    met = true;
                } else {
                    new.push(n.clone());
                }
            }
            let next = answer["cursor"].as_str().map(str::to_owned);
            // Without a cursor of ours only the latest page counts; the same page again is the end as well.
            if read.is_none() || met || listed.is_empty() || next.is_none() || next == turn {
                break;
            }
            turn = next;
        }
        let at = |n: &Value| n["indexedAt"].as_str().unwrap_or_default().to_owned();
        let cursor = match new.iter().map(at).max() {
            None => cursor,
            Some(newest) => {
                let mut seen = read.filter(|r| r.at == newest).map(|r| r.seen).unwrap_or_default();
                seen.extend(
                    new.iter().filter(|n| at(n) == newest).filter_map(|n| n["uri"].as_str().map(str::to_owned)),
                );
                Some(format!("{newest} {}", seen.join(" ")))
            }
        };
        // Not every server heeds `reasons`, and a like carries our own words.
        let said = new.iter().filter(|n| n["reason"].as_str().is_some_and(|r| REASONS.contains(&r)));
        let mut items: Vec<Inbound> = said.filter_map(inbound).collect();
        items.sort_by(|a, b| (a.at_us, &a.remote_id).cmp(&(b.at_us, &b.remote_id)));
        Ok(InboundPage { items, cursor, more: false })
    }
}
