//! What stands on the account itself, whoever put it there.
use super::at::{self, Place};
use super::{Bluesky, POST};
use crate::{Access, Failure, OwnPage, OwnPost, wire};
use serde_json::Value;

/// How many records are listed at once.
const PAGE: usize = 50;
/// Sorts before every key: where to begin on an account that has posted nothing yet.
pub(super) const FIRST_KEY: &str = "2222222222222";

impl Bluesky {
    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let did = self.whose(access).await?;
        let path = format!("com.atproto.repo.listRecords?repo={}&collection={POST}", at::encoded(&did));
        let Some(from) = cursor else {
            let newest = records(&self.get(access, &format!("{path}&limit=1")).await?)?;
            let cursor = newest.first().map_or(FIRST_KEY.to_owned(), |(place, _)| place.key.clone());
            return Ok(OwnPage { items: Vec::new(), cursor: Some(cursor), more: false });
        };
        // In the order of keys, which is the order in which they were made, from the cursor on.
        let path = format!("{path}&limit={PAGE}&reverse=true&cursor={}", at::encoded(&from));
        let mut found = records(&self.get(access, &path).await?)?;
        found.retain(|(place, _)| place.key > from);
        found.sort_by(|a, b| a.0.key.cmp(&b.0.key));
        let more = found.len() >= PAGE;
        let cursor = found.last().map_or(from, |(place, _)| place.key.clone());
        let items = found.into_iter().map(|(place, record)| OwnPost {
            remote_id: place.uri(),
            text: record["text"].as_str().unwrap_or_default().to_owned(),
            url: Some(place.url()),
            at_us: record["createdAt"].as_str().and_then(wire::time).unwrap_or_else(|| self.clock.now()),
        });
        Ok(OwnPage { items: items.collect(), cursor: Some(cursor), more })
    }
}

/// The records of a listing. One that cannot be read is no listing: passing over it would hide a post.
fn records(listing: &Value) -> Result<Vec<(Place, Value)>, Failure> {
    let unreadable = || Failure::Unreachable { why: "the answer cannot be read".to_owned() };
    let all = listing["records"].as_array().ok_or_else(unreadable)?;
    let one = |r: &Value| {
        let place = Place::of(r["uri"].as_str()?).filter(|p| p.collection == POST)?;
        r["value"].is_object().then(|| (place, r["value"].clone()))
    };
    all.iter().map(|r| one(r).ok_or_else(unreadable)).collect()
}
