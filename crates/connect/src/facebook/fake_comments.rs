//! What stands below posts and comments on our own page, as its lists tell it.
//!
//! Source: Meta's page on the comments of a page's post: `since` is the lower bound of the time that is listed, and where
//! comments can be ranked they are, “regardless of this modifier”, the order that was asked for.
use super::fake::{Entry, Held, OWN, PAGE_ID, Ways};
use crate::meta::fake::time;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What is asked of the comments that are told beside a post: `comments.filter(…).order(…).since(…).limit(…){…}`.
pub fn beside(fields: &str) -> Option<HashMap<String, String>> {
    let (_, asked) = fields.split_once("comments.filter(stream).order(reverse_chronological).")?;
    let (asked, _) = asked.split_once('{')?;
    let pair = |part: &str| part.split_once('(').map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(asked.split_terminator(')').filter_map(|part| pair(part.trim_start_matches('.'))).collect())
}

impl Held {
    pub fn below(&self, id: &str) -> Vec<&Entry> {
        let here = |e: &&Entry| e.post.as_deref() == Some(id) || e.parent.as_deref() == Some(id);
        self.entries.iter().rev().filter(|e| here(e) && !e.deleted).collect()
    }
    /// Newest first, or by rank.
    pub fn comments(&self, id: &str, asked: &HashMap<String, String>, ways: Ways) -> Vec<Value> {
        let since_s: i64 = asked.get("since").and_then(|s| s.parse().ok()).unwrap_or_default();
        let mut all = self.below(id);
        all.retain(|e| e.at_us.div_euclid(1_000_000) >= since_s);
        if ways.ranked {
            let number = |e: &Entry| e.id.rsplit('_').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or_default();
            all.sort_by_key(|e| number(e) % 7);
        }
        all.into_iter().map(|e| shown(e, ways)).collect()
    }
}

pub fn shown(e: &Entry, ways: Ways) -> Value {
    let mut out = json!({
        "id": e.id, "message": e.message, "created_time": time(e.at_us),
        "permalink_url": format!("https://www.facebook.com/roads/posts/{}", e.id),
    });
    if let Some(parent) = &e.parent {
        out["parent"] = json!({"id": parent, "created_time": time(e.at_us)});
    }
    // A page always knows itself.
    if e.by == OWN {
        out["from"] = json!({"id": PAGE_ID, "name": "Department of Roads"});
    } else if !ways.anonymous {
        out["from"] = json!({"id": "900900", "name": "Pema D."});
    }
    out
}
