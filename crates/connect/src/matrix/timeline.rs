//! What was said in the room: after a cursor, and back from now.
use super::call::step;
use super::entities::{Context, Event, Page, Relations, Sync};
use super::message::{answers, is_redacted, mark, marked, strangely_marked, text};
use super::{Matrix, link};
use crate::{Access, Counts, Failure, Found, Inbound, InboundPage, OwnPage, OwnPost, Sought};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// A message may be 64 KiB long, and an answer 4 MiB.
const PAGE: usize = 50;
/// How many pages are fetched to close a gap, or read back before it is said that nothing can be told.
const PAGES: usize = 40;
/// How many pages of reactions and answers are counted; what has more is not told.
const COUNTED: usize = 10;
/// Clocks differ: a message is looked for from a little before the attempt began.
const CLOCKS_DIFFER_MS: i64 = 120_000;

struct News {
    /// Oldest first.
    events: Vec<Event>,
    /// What people call themselves in the room.
    names: HashMap<String, String>,
    next: String,
}

fn query(value: &Value) -> String {
    step(&value.to_string())
}

/// Ids go back to the server in addresses and into the database.
pub(super) fn is_id(id: &str) -> bool {
    id.starts_with('$') && id.len() <= 255 && !id.chars().any(|c| c.is_control() || c.is_whitespace())
}

fn sane(events: &[Event]) -> Result<(), Failure> {
    let sane = events.iter().all(|e| is_id(&e.event_id) && e.origin_server_ts.checked_mul(1000).is_some());
    if sane { Ok(()) } else { Err(Failure::Unreachable { why: "the answer cannot be read".to_owned() }) }
}

impl Matrix {
    /// Messages that came since a cursor, in the order this server got them: what arrives late from another server is not
    /// passed over. Without a cursor, the latest page.
    async fn since(&self, access: &Access, room: &str, cursor: Option<&str>, who: Value) -> Result<News, Failure> {
        let mut of = json!({"limit": PAGE, "types": ["m.room.message"], "lazy_load_members": true});
        if let (Some(of), Some(who)) = (of.as_object_mut(), who.as_object()) {
            of.extend(who.clone());
        }
        let none = json!({"types": []});
        let filter = json!({
            "room": {"rooms": [room], "timeline": of, "state": {"types": ["m.room.member"], "lazy_load_members": true},
                     "ephemeral": none, "account_data": none},
            "presence": none, "account_data": none,
        });
        let since = cursor.map(|c| format!("&since={}", step(c))).unwrap_or_default();
        let path = format!("/_matrix/client/v3/sync?timeout=0&filter={}{since}", query(&filter));
        let mut sync: Sync = self.get(access, &path).await?;
        let news = sync.rooms.join.remove(room).unwrap_or_default();
        let mut events = news.timeline.events;
        if let (true, Some(to), Some(from)) = (news.timeline.limited, cursor, news.timeline.prev_batch) {
            let mut between = self.between(access, room, &from, to, &of).await?;
            between.append(&mut events);
            events = between;
        }
        sane(&events)?;
        let mut seen = HashSet::new();
        events.retain(|e| seen.insert(e.event_id.clone()));
        let name = |v: &Value| v.get("displayname").and_then(Value::as_str).map(str::to_owned);
        let names = news.state.events.into_iter().filter_map(|s| Some((s.state_key, name(&s.content)?))).collect();
        Ok(News { events, names, next: sync.next_batch })
    }

    /// What lies between an older cursor and the page that was given, oldest first.
    async fn between(
        &self,
        access: &Access,
        room: &str,
        from: &str,
        to: &str,
        filter: &Value,
    ) -> Result<Vec<Event>, Failure> {
        let (mut all, mut from) = (Vec::new(), from.to_owned());
        let (room, filter, to) = (step(room), query(filter), step(to));
        for _ in 0..PAGES {
            let path = format!(
                "/_matrix/client/v3/rooms/{room}/messages?dir=b&from={}&to={to}&limit={PAGE}&filter={filter}",
                step(&from)
            );
            let page: Page = self.get(access, &path).await?;
            all.extend(page.chunk);
            match page.end {
                // A page may be empty because all in it was left out: only where no way on is told is it the end.
                Some(end) if end != from && step(&end) != to => from = end,
                _ => {
                    all.reverse();
                    return Ok(all);
                }
            }
        }
        Err(Failure::Unreachable { why: "more has been said than can be fetched".to_owned() })
    }

    /// What others said in the room, whether it answers us or not.
    pub(super) async fn said_to_us(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let (room, me) = (self.room(access).await?, self.me(access).await?);
        let news = self.since(access, &room, cursor.as_deref(), json!({"not_senders": [me]})).await?;
        let inbound = |e: &Event| self.heard(access, &room, e, news.names.get(&e.sender).map(String::as_str));
        let items = news.events.iter().filter(|e| e.sender != me).filter_map(inbound).collect();
        Ok(InboundPage { items, cursor: Some(news.next), more: false })
    }

    /// What somebody said; `name` is what they call themselves in the room, if that is known.
    pub(super) fn heard(&self, access: &Access, room: &str, e: &Event, name: Option<&str>) -> Option<Inbound> {
        let name = name.filter(|n| !n.trim().is_empty()).unwrap_or(&e.sender);
        Some(Inbound {
            remote_id: e.event_id.clone(),
            in_reply_to: answers(e).filter(|id| is_id(id)).map(str::to_owned),
            author_id: e.sender.clone(),
            author_name: name.chars().filter(|c| !c.is_control()).collect(),
            author_url: Some(format!("https://matrix.to/#/{}", step(&e.sender))),
            text: text(e)?,
            lang: None,
            at_us: e.origin_server_ts * 1000,
            url: link(access, room, &e.event_id),
        })
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let (room, me) = (self.room(access).await?, self.me(access).await?);
        let news = self.since(access, &room, cursor.as_deref(), json!({"senders": [me]})).await?;
        let own = |e: &Event| {
            Some(OwnPost {
                remote_id: e.event_id.clone(),
                text: text(e)?,
                url: link(access, &room, &e.event_id),
                at_us: e.origin_server_ts * 1000,
            })
        };
        let ours = news.events.iter().filter(|e| e.sender == me && cursor.is_some());
        Ok(OwnPage { items: ours.filter_map(own).collect(), cursor: Some(news.next), more: false })
    }

    /// Looks for the mark of a key among our own messages, from the newest back.
    pub(super) async fn read_back(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let (room, me) = (self.room(access).await?, self.me(access).await?);
        let (mark, since_ms) = (mark(&sought.key), sought.since_us / 1000 - CLOCKS_DIFFER_MS);
        let filter = query(&json!({"senders": [me], "types": ["m.room.message"]}));
        let mut from = String::new();
        for _ in 0..PAGES {
            let path =
                format!("/_matrix/client/v3/rooms/{}/messages?dir=b&limit={PAGE}&filter={filter}{from}", step(&room));
            let page: Page = self.get(access, &path).await?;
            sane(&page.chunk)?;
            for event in page.chunk.iter().filter(|e| e.sender == me) {
                if marked(event) == Some(&mark) {
                    return Ok(Found::Yes {
                        url: link(access, &room, &event.event_id),
                        remote_id: event.event_id.clone(),
                    });
                }
                if strangely_marked(event) {
                    return Ok(Found::CannotTell);
                }
                if event.origin_server_ts < since_ms {
                    return Ok(Found::No);
                }
                // One that has been taken away since carries no mark: it may have been the one.
                if is_redacted(event) {
                    return Ok(Found::CannotTell);
                }
            }
            match page.end {
                Some(end) => from = format!("&from={}", step(&end)),
                None => return Ok(Found::No),
            }
        }
        Ok(Found::CannotTell)
    }

    pub(super) async fn related(
        &self,
        access: &Access,
        room: &str,
        event: &str,
        kind: &str,
    ) -> Result<Option<Vec<Event>>, Failure> {
        let (mut all, mut from) = (Vec::new(), String::new());
        for _ in 0..COUNTED {
            let path =
                format!("/_matrix/client/v1/rooms/{}/relations/{}/{kind}?limit={PAGE}{from}", step(room), step(event));
            let page: Relations = self.get(access, &path).await?;
            all.extend(page.chunk);
            match page.next_batch {
                Some(next) => from = format!("&from={}", step(&next)),
                None => return Ok(Some(all)),
            }
        }
        Ok(None)
    }

    /// How many people reacted, and how many messages answer. What is too much to be counted is not told.
    pub(super) async fn counts(&self, access: &Access, event: &str) -> Result<Counts, Failure> {
        let room = self.room(access).await?;
        let seen: Event = self.get(access, &super::event_path(&room, event)).await?;
        if is_redacted(&seen) {
            return Err(Failure::Gone);
        }
        let reactions = self.related(access, &room, event, "m.annotation").await?;
        let people = |all: Vec<Event>| {
            let all = all.into_iter().filter(|e| !is_redacted(e)).map(|e| e.sender);
            all.collect::<HashSet<_>>().len() as u64
        };
        let path = format!("/_matrix/client/v3/rooms/{}/context/{}?limit=0", step(&room), step(event));
        let mut from = self.get::<Context>(access, &path).await?.end;
        let filter = query(&json!({"types": ["m.room.message"]}));
        let (mut answered, mut whole) = (HashSet::new(), false);
        for _ in 0..COUNTED {
            let path = format!(
                "/_matrix/client/v3/rooms/{}/messages?dir=f&from={}&limit={PAGE}&filter={filter}",
                step(&room),
                step(&from)
            );
            let page: Page = self.get(access, &path).await?;
            let news = page.chunk.into_iter().filter(|e| text(e).is_some() && answers(e) == Some(event));
            answered.extend(news.map(|e| e.event_id));
            match page.end.filter(|end| *end != from) {
                Some(end) => from = end,
                None => {
                    whole = true;
                    break;
                }
            }
        }
        let replies = whole.then_some(answered.len() as u64);
        Ok(Counts { likes: reactions.map(people), replies, ..Counts::default() })
    }
}
