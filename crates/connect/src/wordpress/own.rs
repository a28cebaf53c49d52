//! What stands on the site in our person's name, whoever put it there. WordPress lists by time of change and counts in
//! seconds, so the cursor says from when to ask, and what has been listed already.
use super::comments::{before, time};
use super::entities::{Dated, Numbered, Published, Said};
use super::place::Place;
use super::words::{self, whole};
use super::{PAGE, WordPress, call};
use crate::{Access, Failure, OwnPage, OwnPost};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// How many numbers a cursor holds at most.
const MOST_SEEN: usize = 2000;

/// Where a round stands.
#[derive(Serialize, Deserialize)]
struct Cursor {
    /// The first look: what was made and published until then is passed over.
    first_id: u64,
    first_at: String,
    /// Changes are asked for from here on.
    from: String,
    page: usize,
    /// The latest change seen in this round.
    top: String,
    /// Listed in the round before, and in this one.
    seen: BTreeSet<u64>,
    now: BTreeSet<u64>,
}

const LONG_AGO: &str = "1970-01-02T00:00:00";

impl WordPress {
    async fn own<T: DeserializeOwned>(&self, access: &Access, query: &[(&str, &str)]) -> Result<Vec<T>, Failure> {
        let mut all = vec![("context", "edit")];
        all.extend(query);
        let request = self.request(access, ground::fetch::Method::GET, "/wp/v2/posts", &all).await;
        let answer = self.sent(request).await;
        // After a full page there may be none.
        let none = answer
            .as_ref()
            .is_ok_and(|r| r.status == 400 && call::code(r).as_deref() == Some("rest_post_invalid_page_number"));
        if none { Ok(Vec::new()) } else { crate::wire::parsed(&self.judged(answer)?) }
    }

    async fn first_look(&self, access: &Access, me: &str) -> Result<Cursor, Failure> {
        let newest = |status, by, fields| {
            let by = [("orderby", by), ("order", "desc"), ("per_page", "1"), ("_fields", fields)];
            [&[("author", me), ("status", status)][..], &by].concat()
        };
        let last: Vec<Numbered> = self.own(access, &newest("any", "id", "id")).await?;
        let changed: Vec<Dated> = self.own(access, &newest("publish", "modified", "modified_gmt")).await?;
        let at = changed.into_iter().next().map_or_else(|| LONG_AGO.to_owned(), |d| d.modified_gmt);
        time(&at)?;
        Ok(Cursor {
            first_id: last.first().map_or(0, |n| n.id),
            first_at: at.clone(),
            from: at.clone(),
            page: 1,
            top: at,
            seen: BTreeSet::new(),
            now: BTreeSet::new(),
        })
    }

    /// Posts published after the first look. One that was made earlier counts by when it was published, so a draft of
    /// before is not missed, and an old post that is changed is not taken for a new one.
    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let me = self.whose(access).await?.to_string();
        let written = |c: &Cursor| serde_json::to_string(c).ok();
        let Some(mut c) = cursor.as_deref().and_then(|c| serde_json::from_str::<Cursor>(c).ok()) else {
            let c = self.first_look(access, &me).await?;
            return Ok(OwnPage { items: Vec::new(), cursor: written(&c), more: false });
        };
        let (after, page) = (before(&c.from)?, c.page.to_string());
        let query = [
            ("author", me.as_str()),
            ("status", "publish"),
            ("modified_after", &after),
            ("orderby", "id"),
            ("order", "asc"),
            ("per_page", PAGE),
            ("page", &page),
            ("_fields", "id,link,date_gmt,modified_gmt"),
        ];
        let listed: Vec<Published> = self.own(access, &query).await?;
        let more = listed.len().to_string() == PAGE;
        let first_at = time(&c.first_at)?;
        let mut new = Vec::new();
        for post in listed {
            let at_us = time(&post.date_gmt)?;
            if time(&post.modified_gmt)? > time(&c.top)? {
                c.top.clone_from(&post.modified_gmt);
            }
            c.now.insert(post.id);
            if c.seen.contains(&post.id) || (post.id <= c.first_id && at_us <= first_at) {
                continue;
            }
            new.push((at_us, post));
        }
        let mut items = self.with_texts(access, new).await?;
        items.sort_by_cached_key(|p| (p.at_us, p.remote_id.parse().map_or(0, Place::number)));
        if more {
            c.page += 1;
        } else {
            (c.from, c.page, c.seen) = (c.top.clone(), 1, std::mem::take(&mut c.now));
        }
        for set in [&mut c.seen, &mut c.now] {
            while set.len() > MOST_SEEN {
                set.pop_first();
            }
        }
        Ok(OwnPage { items, cursor: written(&c), more })
    }

    /// What the new ones say, asked for apart: articles are long, and most of what was changed is known. One that is too long
    /// to be read is told of without its words.
    async fn with_texts(&self, access: &Access, new: Vec<(i64, Published)>) -> Result<Vec<OwnPost>, Failure> {
        let numbers: Vec<u64> = new.iter().map(|(_, post)| post.id).collect();
        let query = [("context", "edit"), ("status", "any"), ("_fields", "id,title,content")];
        let said: Vec<Said> = self.by_number(access, "/wp/v2/posts", &query, &numbers).await?;
        let texts: HashMap<u64, String> = said.iter().map(|s| (s.id, whole(&s.title.raw, &s.content.raw))).collect();
        let own = |(at_us, post): (i64, Published)| OwnPost {
            remote_id: Place::Post(post.id).to_string(),
            text: texts.get(&post.id).cloned().unwrap_or_default(),
            url: words::web(post.link),
            at_us,
        };
        Ok(new.into_iter().map(own).collect())
    }
}
