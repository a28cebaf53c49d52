//! Lists of Meta's networks. They begin with the newest and are read back to what is known. `paging.next` is an address with
//! the token in it, so it only says that there is more; the way on is `paging.cursors.after`.
use super::answer::unreadable;
use super::seen::Listed;
use super::{Graph, is_id, query};
use crate::{Access, Failure, wire};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeSet;

pub(crate) fn checked_id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Some(String::deserialize(from)?).filter(|id| is_id(id)).ok_or_else(|| D::Error::custom("no id"))
}

pub(crate) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    wire::time(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("no time"))
}

/// Something named by its id alone.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Node {
    #[serde(deserialize_with = "checked_id")]
    pub id: String,
}

/// A page of a list.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Edge<T> {
    pub data: Vec<T>,
    #[serde(default)]
    paging: Option<Paging>,
}

#[derive(Debug, Clone, Deserialize)]
struct Paging {
    #[serde(default)]
    cursors: Option<Cursors>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Cursors {
    #[serde(default)]
    after: Option<String>,
}

impl<T> Edge<T> {
    pub fn has_more(&self) -> bool {
        self.paging.as_ref().is_some_and(|p| p.next.is_some())
    }
    fn after(&self) -> Option<&str> {
        let cursors = self.paging.as_ref()?.cursors.as_ref()?;
        cursors.after.as_deref().filter(|a| !a.is_empty() && a.len() <= 2000)
    }
}

/// Which list, and how much of it.
pub(crate) struct Asked<'a> {
    pub edge: &'a str,
    pub fields: &'a str,
    /// Besides fields and limit.
    pub given: &'a [(&'a str, &'a str)],
    /// Items in a page.
    pub limit: usize,
    /// Pages at most.
    pub pages: usize,
}

impl Graph {
    /// A list from the newest back to a moment, newest first, and whether it was read as far as that. It ends where the
    /// last of a page is older: what is pinned may stand first.
    pub async fn back<T: Listed + DeserializeOwned>(
        &self,
        access: &Access,
        asked: &Asked<'_>,
        since_us: i64,
    ) -> Result<(Vec<T>, bool), Failure> {
        let (mut all, mut known) = (Vec::new(), BTreeSet::new());
        let limit = asked.limit.to_string();
        let mut after: Option<String> = None;
        for _ in 0..asked.pages {
            let mut pairs = vec![("fields", asked.fields), ("limit", limit.as_str())];
            pairs.extend_from_slice(asked.given);
            pairs.extend(after.as_deref().map(|a| ("after", a)));
            let answer = self.get(access, &format!("{}{}", asked.edge, query(&pairs))).await?;
            let page: Edge<T> = serde_json::from_value(answer).map_err(|_| unreadable())?;
            // Some lists name the way on without saying that there is more: a full page may have a next one.
            let more = page.has_more() || (page.data.len() >= asked.limit && page.after().is_some());
            let (first, last) = (page.data.first().map(Listed::at_us), page.data.last().map(Listed::at_us));
            // A list that begins with the oldest, against what is said of it, is read whole.
            let reached = !more || (first >= last && last.is_some_and(|at| at < since_us));
            after = page.after().map(str::to_owned);
            let (before, told) = (known.len(), page.data.len());
            for item in page.data {
                if known.insert(item.id().to_owned()) && item.at_us() >= since_us {
                    all.push(item);
                }
            }
            if reached {
                return Ok((all, true));
            }
            // A page that never turns is no end: what is behind it is not known.
            if after.is_none() || (told > 0 && known.len() == before) {
                return Ok((all, false));
            }
        }
        Ok((all, false))
    }
}
