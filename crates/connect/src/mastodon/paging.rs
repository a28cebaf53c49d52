//! Turning pages forward from a cursor.
use super::{Mastodon, PAGE};
use crate::{Access, Failure};
use serde::de::DeserializeOwned;
use std::collections::HashSet;

/// How many pages are fetched at once from a server that begins with the newest.
const PAGES_BETWEEN: usize = 25;

/// What ids are ordered by: they are numbers or sortable words, a longer number being larger.
pub(super) fn age(id: &str) -> (usize, String) {
    (id.len(), id.to_owned())
}

impl Mastodon {
    /// A list after the cursor. Mastodon answers `min_id` with the page next to it; servers that answer with the newest
    /// page instead are asked for what lies between, or it would be passed over.
    pub(super) async fn after<T: DeserializeOwned>(
        &self,
        access: &Access,
        path: &str,
        cursor: Option<&str>,
        id: fn(&T) -> &String,
    ) -> Result<Vec<T>, Failure> {
        let path = format!("{path}{}", cursor.map(|c| format!("&min_id={c}")).unwrap_or_default());
        let mut all: Vec<T> = self.get(access, &path).await?;
        let mut full = cursor.is_some() && all.len() >= PAGE;
        for _ in 0..PAGES_BETWEEN {
            let Some(oldest) = all.iter().map(id).min_by_key(|id| age(id)).filter(|_| full) else { break };
            // A server that takes no notice of the cursor has gone back beyond it.
            if cursor.is_some_and(|c| age(oldest) <= age(c)) {
                break;
            }
            let between: Vec<T> = self.get(access, &format!("{path}&max_id={oldest}")).await?;
            full = between.len() >= PAGE;
            let known: HashSet<String> = all.iter().map(|t| id(t).clone()).collect();
            let before = all.len();
            all.extend(between.into_iter().filter(|t| !known.contains(id(t))));
            full &= all.len() > before;
        }
        Ok(all)
    }
}
