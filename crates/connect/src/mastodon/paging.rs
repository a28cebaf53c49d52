//! Turning pages forward from a cursor, in pages small enough to be read: strangers of other servers say how much is in a
//! mention.
use super::{Mastodon, PAGE};
use crate::wire::{parsed, read};
use crate::{Access, Failure};
use ground::fetch::{FetchError, Method};
use serde::de::DeserializeOwned;
use std::collections::HashSet;

/// How many pages are fetched at once from a server that begins with the newest.
const PAGES_BETWEEN: usize = 25;

/// What ids are ordered by: they are numbers or sortable words, a longer number being larger.
pub(super) fn age(id: &str) -> (usize, String) {
    (id.len(), id.to_owned())
}

/// A list, how its things are told apart, and after which of them it is read. `path` ends where more can be asked: in
/// `?` or `&`.
pub(super) struct Asked<'a, T> {
    pub path: &'a str,
    pub cursor: Option<&'a str>,
    pub id: fn(&T) -> &String,
}

pub(super) struct Turned<T> {
    pub items: Vec<T>,
    /// A page was as long as was asked for: more may be waiting.
    pub full: bool,
}

impl<T: DeserializeOwned> Asked<'_, T> {
    fn oldest<'t>(&self, items: &'t [T]) -> Option<&'t String> {
        items.iter().map(self.id).min_by_key(|id| age(id))
    }
    fn reaches_back(&self, oldest: &str) -> bool {
        self.cursor.is_some_and(|c| age(oldest) <= age(c))
    }
}

impl Mastodon {
    /// What comes after the cursor. Mastodon answers `min_id` with the page next to it; servers that answer with the
    /// newest page instead are asked for what lies between, or it would be passed over.
    pub(super) async fn after<T: DeserializeOwned>(
        &self,
        access: &Access,
        asked: &Asked<'_, T>,
    ) -> Result<Turned<T>, Failure> {
        let from = asked.cursor.map(|c| format!("&min_id={c}")).unwrap_or_default();
        let Some(first) = self.page(access, asked.path, &from, PAGE).await? else {
            return self.beyond(access, asked).await;
        };
        let Turned { items: mut all, full: first_full } = first;
        let mut full = first_full && asked.cursor.is_some();
        for _ in 0..PAGES_BETWEEN {
            let Some(oldest) = asked.oldest(&all).filter(|_| full) else { break };
            // A server that takes no notice of the cursor has gone back beyond it.
            if asked.reaches_back(oldest) {
                break;
            }
            let Some(between) = self.page(access, asked.path, &format!("{from}&max_id={oldest}"), PAGE).await? else {
                passed_over(access);
                break;
            };
            full = between.full;
            let known: HashSet<String> = all.iter().map(|t| (asked.id)(t).clone()).collect();
            let before = all.len();
            all.extend(between.items.into_iter().filter(|t| !known.contains((asked.id)(t))));
            full &= all.len() > before;
        }
        Ok(Turned { items: all, full: first_full })
    }

    /// What comes after the one next to the cursor, which is too large to be read by itself. Nobody tells its id without
    /// it, so what is newer is read from the newest on. Where the newest is that one, nothing can be read.
    async fn beyond<T: DeserializeOwned>(&self, access: &Access, asked: &Asked<'_, T>) -> Result<Turned<T>, Failure> {
        let (mut all, mut before, mut at_most) = (Vec::new(), String::new(), 1);
        for _ in 0..PAGES_BETWEEN {
            let Some(page) = self.page(access, asked.path, &before, at_most).await? else { break };
            let Some(oldest) = asked.oldest(&page.items).cloned() else { break };
            before = format!("&max_id={oldest}");
            all.extend(page.items);
            if asked.reaches_back(&oldest) {
                break;
            }
            at_most = PAGE;
        }
        if all.is_empty() {
            return Err(Failure::Unreachable { why: "the newest is larger than what is read at once".to_owned() });
        }
        passed_over(access);
        Ok(Turned { items: all, full: false })
    }

    /// One page of at most so many, of fewer where the answer is too large; nothing where one alone is.
    async fn page<T: DeserializeOwned>(
        &self,
        access: &Access,
        path: &str,
        more: &str,
        mut at_most: usize,
    ) -> Result<Option<Turned<T>>, Failure> {
        loop {
            let request = self.to(Method::GET, access, &format!("{path}limit={at_most}{more}"));
            match self.fetch.send(request).await {
                Err(FetchError::TooLarge(_)) if at_most > 1 => at_most /= 2,
                Err(FetchError::TooLarge(_)) => return Ok(None),
                answer => {
                    let items: Vec<T> = parsed(&read(answer, &self.clock)?)?;
                    return Ok(Some(Turned { full: items.len() >= at_most, items }));
                }
            }
        }
    }
}

fn passed_over(access: &Access) {
    tracing::warn!(server = access.base_url, "something larger than what is read at once was passed over");
}
