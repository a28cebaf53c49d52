//! What citizens write under our posts, approved or still waiting.
use super::entities::{Comment, Numbered};
use super::place::Place;
use super::words;
use super::{COMMENT_FIELDS, PAGE, WordPress};
use crate::{Access, Failure, Inbound, InboundPage, wire};
use ground::clock::HOUR;
use ground::crypto::hex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};

/// WordPress compares times of the site's own place, which goes back an hour once a year, and counts in seconds: what came
/// within this before the cursor is asked for again, and told apart by its number.
pub(super) const OVERLAP: i64 = 2 * HOUR;
/// How many pages of known comments are passed over before the round ends.
const KNOWN_PAGES: usize = 20;

/// A time as WordPress writes it, without a zone: `2026-11-24T03:30:00`.
pub(super) fn time(gmt: &str) -> Result<i64, Failure> {
    wire::time(&format!("{gmt}Z")).ok_or_else(|| Failure::Unreachable { why: "the answer cannot be read".to_owned() })
}

/// A moment a little before a time, as WordPress is asked for it.
pub(super) fn before(gmt: &str) -> Result<String, Failure> {
    let at = jiff::Timestamp::from_microsecond(time(gmt)? - OVERLAP);
    at.map(|t| t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .map_err(|_| Failure::Unreachable { why: "the answer cannot be read".to_owned() })
}

/// The number of the last comment seen, and its time: `7@2026-11-24T03:30:00`.
fn cursor_of(cursor: &str) -> Option<(u64, &str)> {
    let (id, at) = cursor.split_once('@')?;
    Some((id.parse().ok()?, at))
}

/// Who wrote it. People without an account are known by the address they gave, which is not kept.
fn author(comment: &Comment) -> String {
    if comment.author > 0 {
        return format!("user:{}", comment.author);
    }
    let known_by = if comment.author_email.is_empty() { &comment.author_name } else { &comment.author_email };
    let digest = Sha256::digest(known_by.trim().to_lowercase().as_bytes());
    format!("guest:{}", hex(&digest[..8]))
}

pub(super) fn inbound(comment: Comment) -> Result<Inbound, Failure> {
    let parent = if comment.parent > 0 { Place::Comment(comment.parent) } else { Place::Post(comment.post) };
    let author_id = author(&comment);
    let name = words::said(&comment.author_name);
    Ok(Inbound {
        remote_id: Place::Comment(comment.id).to_string(),
        in_reply_to: Some(parent.to_string()),
        author_id,
        author_name: if name.is_empty() { "—".to_owned() } else { name },
        author_url: words::web(comment.author_url),
        text: words::said(&comment.content.raw),
        lang: None,
        at_us: time(&comment.date_gmt)?,
        url: words::web(comment.link),
    })
}

impl WordPress {
    async fn comments(&self, access: &Access, me: &str, more: &[(&str, &str)]) -> Result<Vec<Comment>, Failure> {
        let mut query = vec![
            ("context", "edit"),
            ("status", "all"),
            ("author_exclude", me),
            ("orderby", "id"),
            ("per_page", PAGE),
            ("_fields", COMMENT_FIELDS),
        ];
        query.extend(more);
        self.get(access, "/wp/v2/comments", &query).await
    }

    /// Comments under our posts after the cursor. Without one it starts with the latest page.
    pub(super) async fn comments_after(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let me = self.whose(access).await?.to_string();
        let full = |page: &[Comment]| page.len().to_string() == PAGE;
        let (mut page, mut more) = (Vec::new(), false);
        match cursor.as_deref().and_then(cursor_of) {
            None => page = self.comments(access, &me, &[("order", "desc")]).await?,
            Some((last, at)) => {
                let after = before(at)?;
                for n in 1..=KNOWN_PAGES {
                    let n = n.to_string();
                    page = self.comments(access, &me, &[("order", "asc"), ("after", &after), ("page", &n)]).await?;
                    more = full(&page);
                    page.retain(|c| c.id > last);
                    if !page.is_empty() || !more {
                        break;
                    }
                }
            }
        }
        let next = match page.iter().max_by_key(|c| c.id) {
            // One that cannot be read would stop every later round.
            Some(newest) => time(&newest.date_gmt).map(|_| format!("{}@{}", newest.id, newest.date_gmt))?,
            None => cursor.unwrap_or_else(|| "0@1970-01-02T00:00:00".to_owned()),
        };
        let ours = self.ours(access, &me, &page).await?;
        let items = page.into_iter().filter(|c| ours.contains(&c.post)).map(inbound);
        let mut items: Vec<Inbound> = items.collect::<Result<_, _>>()?;
        items.sort_by_cached_key(|i| (i.at_us, i.remote_id.parse().map_or(0, Place::number)));
        Ok(InboundPage { items, cursor: Some(next), more })
    }

    /// Which of the posts under these comments are of the key's person.
    async fn ours(&self, access: &Access, me: &str, comments: &[Comment]) -> Result<HashSet<u64>, Failure> {
        let posts: BTreeSet<u64> = comments.iter().map(|c| c.post).collect();
        if posts.is_empty() {
            return Ok(HashSet::new());
        }
        let include = posts.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let query = [
            ("context", "edit"),
            ("status", "any"),
            ("author", me),
            ("include", include.as_str()),
            ("per_page", PAGE),
            ("_fields", "id"),
        ];
        let ours: Vec<Numbered> = self.get(access, "/wp/v2/posts", &query).await?;
        Ok(ours.into_iter().map(|n| n.id).collect())
    }
}
