//! What citizens write under our posts, approved or still waiting.
use super::entities::{Comment, Numbered};
use super::place::Place;
use super::words;
use super::{AT_ONCE, COMMENT_FIELDS, WordPress};
use crate::{Access, Failure, Inbound, InboundPage, wire};
use ground::clock::HOUR;
use ground::crypto::hex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};

/// WordPress compares times of the site's own place, which goes back an hour once a year, and counts in seconds: what came
/// within this before a moment is asked for again.
pub(super) const OVERLAP: i64 = 2 * HOUR;
/// How many comments before a place are asked for with those after it: what is removed meanwhile moves the others up.
const BEFORE: usize = 10;
/// No site has so many comments: one that seems to takes no notice of which are asked for.
const NEVER_SO_MANY: usize = 1 << 32;

fn not_whole(why: &str) -> Failure {
    Failure::Unreachable { why: why.to_owned() }
}

/// A time as WordPress writes it, without a zone: `2026-11-24T03:30:00`.
pub(super) fn time(gmt: &str) -> Result<i64, Failure> {
    wire::time(&format!("{gmt}Z")).ok_or_else(wire::unreadable)
}

/// A moment a little before a time, as WordPress is asked for it.
pub(super) fn before(gmt: &str) -> Result<String, Failure> {
    let at = jiff::Timestamp::from_microsecond(time(gmt)? - OVERLAP);
    at.map(|t| t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).map_err(|_| wire::unreadable())
}

/// The number of the last comment seen; a time may stand behind it: `7@2026-11-24T03:30:00`.
fn place_of(cursor: &str) -> Option<u64> {
    cursor.split('@').next()?.parse().ok()
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
    /// The numbers of comments by others. A number tells the order in which they came; a date may be any that somebody typed.
    async fn numbers(
        &self,
        access: &Access,
        me: &str,
        order: &str,
        from: usize,
        most: usize,
    ) -> Result<Vec<u64>, Failure> {
        let (offset, per_page) = (from.to_string(), most.to_string());
        let query = [
            ("context", "edit"),
            ("status", "all"),
            ("author_exclude", me),
            ("orderby", "id"),
            ("order", order),
            ("offset", &offset),
            ("per_page", &per_page),
            ("_fields", "id"),
        ];
        let page: Vec<Numbered> = self.get(access, "/wp/v2/comments", &query).await?;
        Ok(page.into_iter().map(|n| n.id).collect())
    }

    /// Where the first comment with a greater number stands in the list of all, oldest first. However many there are, it is
    /// found in a few short questions.
    async fn place_after(&self, access: &Access, me: &str, last: u64) -> Result<usize, Failure> {
        let (mut low, mut high) = (0, AT_ONCE);
        while !self.is_later(access, me, high, last).await? {
            (low, high) = (high + 1, high * 2);
            if high > NEVER_SO_MANY {
                return Err(not_whole("the pages of the list of comments do not turn"));
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if self.is_later(access, me, middle, last).await? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }

    async fn is_later(&self, access: &Access, me: &str, place: usize, last: u64) -> Result<bool, Failure> {
        Ok(self.numbers(access, me, "asc", place, 1).await?.first().is_none_or(|id| *id > last))
    }

    /// The numbers next after this one, and whether there may be more.
    async fn next_after(&self, access: &Access, me: &str, last: u64) -> Result<(Vec<u64>, bool), Failure> {
        let newest = self.numbers(access, me, "desc", 0, AT_ONCE).await?;
        if newest.iter().min().is_none_or(|id| *id <= last) {
            return Ok((newest.into_iter().filter(|id| *id > last).collect(), false));
        }
        let from = self.place_after(access, me, last).await?.saturating_sub(BEFORE);
        let next = self.numbers(access, me, "asc", from, AT_ONCE).await?;
        // Between the last one and these, none may be missing.
        if from > 0 && next.first().is_some_and(|id| *id > last) {
            return Err(not_whole("the list of comments changed while it was read"));
        }
        let more = next.len() >= AT_ONCE;
        Ok((next.into_iter().filter(|id| *id > last).collect(), more))
    }

    /// Comments under our posts after the cursor. Without one it starts with the latest page.
    pub(super) async fn comments_after(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let me = self.whose(access).await?.to_string();
        let last = cursor.as_deref().and_then(place_of);
        let (numbers, more) = match last {
            None => (self.numbers(access, &me, "desc", 0, AT_ONCE).await?, false),
            Some(last) => self.next_after(access, &me, last).await?,
        };
        let query = [("context", "edit"), ("status", "all"), ("_fields", COMMENT_FIELDS)];
        let page: Vec<Comment> = self.by_number(access, "/wp/v2/comments", &query, &numbers).await?;
        // What cannot be read is no place to go on from.
        page.iter().try_for_each(|c| time(&c.date_gmt).map(drop))?;
        let next = numbers.iter().copied().max().max(last).unwrap_or_default();
        let ours = self.ours(access, &me, &page).await?;
        let items = page.into_iter().filter(|c| ours.contains(&c.post)).map(inbound);
        let mut items: Vec<Inbound> = items.collect::<Result<_, _>>()?;
        items.sort_by_cached_key(|i| (i.at_us, i.remote_id.parse().map_or(0, Place::number)));
        Ok(InboundPage { items, cursor: Some(next.to_string()), more })
    }

    /// Which of the posts under these comments are of the key's person.
    async fn ours(&self, access: &Access, me: &str, comments: &[Comment]) -> Result<HashSet<u64>, Failure> {
        let posts: BTreeSet<u64> = comments.iter().map(|c| c.post).collect();
        let posts: Vec<u64> = posts.into_iter().collect();
        let query = [("context", "edit"), ("status", "any"), ("author", me), ("_fields", "id")];
        let ours: Vec<Numbered> = self.by_number(access, "/wp/v2/posts", &query, &posts).await?;
        Ok(ours.into_iter().map(|n| n.id).collect())
    }
}
