//! What citizens write under our posts, approved or still waiting.
use super::entities::{Comment, Numbered};
use super::place::Place;
use super::words;
use super::{COMMENT_FIELDS, PAGE, WordPress};
use crate::{Access, Failure, Inbound, InboundPage, wire};
use ground::clock::HOUR;
use ground::crypto::hex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// WordPress compares times of the site's own place, which goes back an hour once a year, and counts in seconds: what came
/// within this before a moment is asked for again.
pub(super) const OVERLAP: i64 = 2 * HOUR;
/// How many pages back from the newest a look reads.
const PAGES: usize = 100;
/// Comments in a page, the most there are, and how many of them are asked for once more with the next page: what is removed
/// meanwhile moves the others up.
const AT_ONCE: usize = 100;
const TWICE: usize = 10;

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

/// The number of the last comment seen, which stands with its time: `7@2026-11-24T03:30:00`.
fn place_of(cursor: &str) -> Option<u64> {
    cursor.split_once('@')?.0.parse().ok()
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

    /// Comments with a greater number than this one, oldest first. Read back from the newest: a number tells the order in which
    /// they came, a date may be any that somebody typed, and however many are known already, none of them stands in the way.
    async fn later_than(&self, access: &Access, me: &str, last: u64) -> Result<Vec<Comment>, Failure> {
        let unreadable = |why: &str| Failure::Unreachable { why: why.to_owned() };
        let mut all: BTreeMap<u64, Comment> = BTreeMap::new();
        for n in 0..PAGES {
            let offset = (n * (AT_ONCE - TWICE)).to_string();
            let page = self.comments(access, me, &[("order", "desc"), ("offset", &offset)]).await?;
            let (oldest, newest) = (page.iter().map(|c| c.id).min(), page.iter().map(|c| c.id).max());
            // Between two pages nothing may be missing.
            if let (Some((before, _)), Some(newest)) = (all.first_key_value(), newest)
                && newest < *before
            {
                return Err(unreadable("the list of comments changed while it was read"));
            }
            let (known, is_full) = (all.len(), page.len() >= AT_ONCE);
            all.extend(page.into_iter().filter(|c| c.id > last).map(|c| (c.id, c)));
            let turns = all.len() > known;
            if oldest.is_none_or(|id| id <= last) || (!turns && !is_full) {
                return Ok(all.into_values().collect());
            }
            if !turns {
                return Err(unreadable("the pages of the list of comments do not turn"));
            }
        }
        Err(unreadable("more was written since than is read at once"))
    }

    /// Comments under our posts after the cursor. Without one it starts with the latest page.
    pub(super) async fn comments_after(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let me = self.whose(access).await?.to_string();
        let mut page = match cursor.as_deref().and_then(place_of) {
            None => self.comments(access, &me, &[("order", "desc")]).await?,
            Some(last) => self.later_than(access, &me, last).await?,
        };
        let more = page.len() > AT_ONCE;
        page.truncate(AT_ONCE);
        let next = match page.iter().max_by_key(|c| c.id) {
            // One that cannot be read is no place to go on from.
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
