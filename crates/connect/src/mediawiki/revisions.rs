//! Pages and their revisions, as the API gives them.
use super::answer::unreadable;
use super::session::Api;
use crate::{Access, Failure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many pages of a list are read at once.
const PAGES: usize = 20;
/// Whole pages are large: so many revisions with their text are asked for in one call.
const TEXTS: usize = 4;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub pageid: u64,
    #[serde(default)]
    pub ns: i64,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub missing: bool,
    #[serde(default)]
    pub subjectid: Option<u64>,
    #[serde(default)]
    pub talkid: Option<u64>,
    #[serde(default)]
    pub associatedpage: Option<String>,
    #[serde(default)]
    pub revisions: Vec<Revision>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Revision {
    pub revid: u64,
    #[serde(default)]
    pub parentid: u64,
    #[serde(default)]
    pub user: String,
    #[serde(default)]
    pub comment: String,
    #[serde(default)]
    slots: Slots,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Slots {
    main: Option<Slot>,
}

#[derive(Debug, Clone, Deserialize)]
struct Slot {
    #[serde(default)]
    texthidden: bool,
    content: Option<String>,
}

impl Revision {
    /// Whether everybody may read it.
    pub fn is_hidden(&self) -> bool {
        self.slots.main.as_ref().is_some_and(|s| s.texthidden)
    }
    pub fn text(&self) -> Option<&str> {
        self.slots.main.as_ref()?.content.as_deref()
    }
}

/// One line of the list of changes or of somebody's contributions.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Change {
    #[serde(default)]
    pub rcid: u64,
    pub revid: u64,
    /// Of the list of changes.
    #[serde(default)]
    pub old_revid: u64,
    /// The same, of a list of contributions.
    #[serde(default)]
    pub parentid: u64,
    pub pageid: u64,
    pub ns: i64,
    #[serde(default)]
    pub title: String,
    pub timestamp: String,
    #[serde(default)]
    pub user: String,
    #[serde(default)]
    pub userid: u64,
    #[serde(default)]
    pub new: bool,
    #[serde(default)]
    pub comment: String,
    #[serde(default)]
    pub commenthidden: bool,
    #[serde(default)]
    pub userhidden: bool,
    /// Bytes of the page before and after, where they were asked for.
    #[serde(default)]
    pub oldlen: u64,
    #[serde(default)]
    pub newlen: u64,
}

fn list<T: DeserializeOwned>(answer: &Value, path: &str) -> Result<Vec<T>, Failure> {
    match answer.pointer(path) {
        Some(value) => serde_json::from_value(value.clone()).map_err(|_| unreadable()),
        // Where nothing is to be told, the list is not there at all.
        None => match answer.get("query") {
            Some(query) if query.is_object() => Ok(Vec::new()),
            None if answer.get("batchcomplete").is_some() => Ok(Vec::new()),
            _ => Err(unreadable()),
        },
    }
}

/// A list as it was read, and whether that was all of it.
pub(super) struct Listed<T> {
    pub items: Vec<T>,
    pub complete: bool,
}

impl Api {
    pub async fn pages(&self, access: &Access, query: &[(&str, &str)]) -> Result<Vec<Page>, Failure> {
        list(&self.ask(access, query).await?, "/query/pages")
    }

    /// One page by its id; `Gone` where there is none.
    pub async fn page(&self, access: &Access, id: &str, query: &[(&str, &str)]) -> Result<Page, Failure> {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) || id.len() > 18 {
            return Err(Failure::Gone);
        }
        let query: Vec<(&str, &str)> = query.iter().copied().chain([("pageids", id)]).collect();
        let page = self.pages(access, &query).await?.into_iter().next().ok_or_else(unreadable)?;
        if page.missing { Err(Failure::Gone) } else { Ok(page) }
    }

    /// A list to its end, as far as that is to be had.
    pub async fn changes(
        &self,
        access: &Access,
        name: &str,
        query: &[(&str, &str)],
    ) -> Result<Listed<Change>, Failure> {
        let (mut items, mut further) = (Vec::new(), Vec::<(String, String)>::new());
        for _ in 0..PAGES {
            let all = query.iter().copied().chain(further.iter().map(|(n, v)| (n.as_str(), v.as_str())));
            let answer = self.ask(access, &all.collect::<Vec<_>>()).await?;
            items.extend(list::<Change>(&answer, &format!("/query/{name}"))?);
            let Some(next) = answer.get("continue") else { return Ok(Listed { items, complete: true }) };
            let next = next.as_object().ok_or_else(unreadable)?;
            let next: Vec<(String, String)> =
                next.iter().filter_map(|(n, v)| Some((n.clone(), v.as_str()?.to_owned()))).collect();
            // A list that does not move on would be read for ever.
            if next == further {
                break;
            }
            further = next;
        }
        Ok(Listed { items, complete: false })
    }

    /// Revisions with their text, each with the page it is of.
    pub async fn texts(&self, access: &Access, revisions: &[u64]) -> Result<BTreeMap<u64, (Page, Revision)>, Failure> {
        let mut out = BTreeMap::new();
        for some in revisions.chunks(TEXTS) {
            let ids: Vec<String> = some.iter().filter(|id| **id > 0).map(u64::to_string).collect();
            if ids.is_empty() {
                continue;
            }
            let ids = ids.join("|");
            let props = [("prop", "revisions"), ("rvprop", "ids|user|comment|content"), ("rvslots", "main")];
            let query: Vec<(&str, &str)> = props.into_iter().chain([("revids", ids.as_str())]).collect();
            for mut page in self.pages(access, &query).await? {
                let revisions = std::mem::take(&mut page.revisions);
                out.extend(revisions.into_iter().map(|r| (r.revid, (page.clone(), r))));
            }
        }
        Ok(out)
    }

    /// The newest revision of a page with its text.
    pub async fn newest(&self, access: &Access, id: u64) -> Result<(Page, Revision), Failure> {
        let query = [("prop", "revisions"), ("rvprop", "ids|user|comment|content"), ("rvslots", "main")];
        let mut page = self.page(access, &id.to_string(), &query).await?;
        let newest = page.revisions.pop().ok_or_else(unreadable)?;
        Ok((page, newest))
    }
}
