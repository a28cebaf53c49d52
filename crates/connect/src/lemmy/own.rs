//! The account's own posts and comments: listed, looked through for one that gave no answer, counted.
//!
//! Source: `GetPersonDetails` (posts and comments of a person by page, newest first; fifty at most) in `lemmy-js-client` 0.17
//! and 0.19.
use super::answer::unreadable;
use super::view::{CommentView, PostView};
use super::{CLOCKS_DIFFER, Lemmy, Place, Session, pictures, place, words};
use crate::cursor::{Listed, Seen};
use crate::{Access, Counts, Failure, Found, OwnPage, OwnPost, Sought, fingerprint};
use ground::clock::HOUR;
use serde::Deserialize;
use std::collections::BTreeSet;

/// How many are asked for at once: the most that servers give.
pub(super) const PAGE: &str = "50";
/// How many pages of one list are read.
pub(super) const PAGES: usize = 100;
/// How far before the newest that was told a list is still read: what comes late from other servers is not missed.
pub(super) const LATE: i64 = 6 * HOUR;
/// What is looked for where no answer to anything was attempted.
pub(super) const POST: &str = "post";

#[derive(Debug, Deserialize)]
struct Theirs {
    posts: Vec<PostView>,
    comments: Vec<CommentView>,
}

/// What the account wrote, and whether all of it was read.
struct Written {
    posts: Vec<PostView>,
    comments: Vec<CommentView>,
    complete: bool,
}

/// One of two lists that come by the same pages.
struct Pile<T> {
    all: Vec<T>,
    known: BTreeSet<u64>,
    ended: bool,
}

impl<T: Listed> Pile<T> {
    fn new() -> Pile<T> {
        Pile { all: Vec::new(), known: BTreeSet::new(), ended: false }
    }

    /// Takes a page in; tells whether it brought anything new.
    fn take(&mut self, page: Vec<T>, since_us: i64, in_order: impl Fn(&T) -> bool) -> bool {
        self.ended |= page.is_empty() || page.iter().any(|i| i.at_us() < since_us && in_order(i));
        let before = self.all.len();
        for item in page {
            if self.known.insert(item.number()) {
                self.all.push(item);
            }
        }
        self.all.len() > before
    }
}

impl Lemmy {
    /// What the account wrote since a moment, on the whole server; posts and comments may have moments of their own.
    async fn written(
        &self,
        access: &Access,
        session: &Session,
        (posts_since, comments_since): (i64, i64),
    ) -> Result<Written, Failure> {
        let (mut posts, mut comments) = (Pile::<PostView>::new(), Pile::<CommentView>::new());
        let person = session.person.to_string();
        let mut complete = false;
        for page in 1..=PAGES {
            let page = page.to_string();
            let asked = [("person_id", person.as_str()), ("sort", "New"), ("limit", PAGE), ("page", &page)];
            let theirs: Theirs = self.get(access, session, "/user", &asked).await?;
            let posts_of_others = theirs.posts.iter().any(|p| p.post.creator_id != session.person);
            if posts_of_others || theirs.comments.iter().any(|c| c.comment.creator_id != session.person) {
                return Err(unreadable());
            }
            let mut new = posts.take(theirs.posts, posts_since, |p| !p.post.is_pinned());
            new |= comments.take(theirs.comments, comments_since, |_| true);
            complete = posts.ended && comments.ended;
            // A page that brings nothing new though it is not empty does not turn.
            if complete || !new {
                break;
            }
        }
        Ok(Written { posts: posts.all, comments: comments.all, complete })
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let refused = || Failure::Refused { code: "cursor".into(), human: "This is no place in a list.".into() };
        let marks = match cursor.as_deref() {
            Some(text) => {
                let (posts, comments) = text.split_once(';').ok_or_else(refused)?;
                Some((Seen::parse(posts)?, Seen::parse(comments)?))
            }
            None => None,
        };
        let us = self.us(access).await?;
        if let Some(human) = us.session.hides {
            return Err(Failure::Refused { code: "settings".into(), human: human.into() });
        }
        let now = self.clock.now();
        let (posts_floor, comments_floor) = marks.as_ref().map_or((now, now), |(p, c)| (p.floor_us, c.floor_us));
        let since = (posts_floor.saturating_sub(LATE), comments_floor.saturating_sub(LATE));
        let mut written = self.written(access, &us.session, since).await?;
        let Some((posts, comments)) = marks else {
            let places =
                [Seen::passing(now, &written.posts).written(), Seen::passing(now, &written.comments).written()];
            return Ok(OwnPage { items: Vec::new(), cursor: Some(places.join(";")), more: false });
        };
        if !written.complete {
            return Err(Failure::Unreachable { why: "more was written since than the server lists".to_owned() });
        }
        let newest = (newest(&written.posts), newest(&written.comments));
        written.posts.retain(|p| p.post.community_id == us.community && !p.post.deleted && !p.post.removed);
        let here = |c: &CommentView| c.post.community_id == us.community;
        written.comments.retain(|c| here(c) && !c.comment.deleted && !c.comment.removed);
        let (mut posts, mut comments) = (posts.tell(now, written.posts), comments.tell(now, written.comments));
        if !posts.more {
            posts.seen.read_up_to(newest.0, now);
        }
        if !comments.more {
            comments.seen.read_up_to(newest.1, now);
        }
        let at = pictures(access);
        let told = |place: Place, text: String, at_us: i64| OwnPost {
            remote_id: place.to_string(),
            text,
            url: Some(place.url(access)),
            at_us,
        };
        let of_post = |p: PostView| told(Place::Post(p.post.id), text_of(&p, &at), p.post.published);
        let of_comment = |c: CommentView| {
            told(Place::Comment(c.comment.id), words::plain(&c.comment.content, &at), c.comment.published)
        };
        let mut items: Vec<OwnPost> = posts.items.into_iter().map(of_post).collect();
        items.extend(comments.items.into_iter().map(of_comment));
        items.sort_by_key(|i| i.at_us);
        let cursor = format!("{};{}", posts.seen.written(), comments.seen.written());
        Ok(OwnPage { items, cursor: Some(cursor), more: posts.more || comments.more })
    }

    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let us = self.us(access).await?;
        // As the account is set up now: a list that leaves out its own posts proves nothing.
        let mut session = us.session;
        self.look_at_myself(access, &mut session).await?;
        let since_us = sought.since_us.saturating_sub(CLOCKS_DIFFER);
        let written = self.written(access, &session, (since_us, since_us)).await?;
        let at = pictures(access);
        let mut doubtful = session.hides.is_some() || !written.complete;
        let answers = sought.container.as_deref().filter(|c| *c != POST);
        if answers.is_none() {
            for p in written.posts.iter().filter(|p| p.post.published >= since_us) {
                if p.post.community_id != us.community {
                    continue;
                }
                let body = p.post.body.as_deref().unwrap_or_default();
                match same(sought, &p.post.name, body, &at) {
                    Some(true) if p.post.deleted => doubtful = true,
                    Some(true) => return Ok(found(access, Place::Post(p.post.id))),
                    Some(false) => {}
                    None => doubtful = true,
                }
            }
        }
        if sought.container.as_deref() != Some(POST) {
            for c in written.comments.iter().filter(|c| c.comment.published >= since_us) {
                if let Some(to) = answers
                    && c.comment.parent()?.to_string() != to
                {
                    continue;
                }
                match same(sought, "", &c.comment.content, &at) {
                    Some(true) if c.comment.deleted => doubtful = true,
                    Some(true) => return Ok(found(access, Place::Comment(c.comment.id))),
                    Some(false) => {}
                    None => doubtful = true,
                }
            }
        }
        Ok(if doubtful { Found::CannotTell } else { Found::No })
    }

    pub(super) async fn counts(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        let place = place(remote_id).ok_or(Failure::Gone)?;
        let session = self.meant(access).await?;
        let (counts, replies, down) = match place {
            Place::Post(id) => {
                let it = self.post(access, &session, id).await?;
                (it.counts, it.counts.comments, it.post.deleted || it.post.removed)
            }
            Place::Comment(id) => {
                let it = self.comment(access, &session, id).await?;
                (it.counts, it.counts.child_count, it.comment.deleted || it.comment.removed)
            }
        };
        if down {
            return Err(Failure::Gone);
        }
        Ok(Counts { likes: counts.upvotes, shares: None, replies, views: None })
    }
}

/// When the last of these was written.
pub(super) fn newest<T: Listed>(list: &[T]) -> i64 {
    list.iter().map(Listed::at_us).max().unwrap_or_default()
}

fn found(access: &Access, place: Place) -> Found {
    Found::Yes { remote_id: place.to_string(), url: Some(place.url(access)) }
}

fn text_of(view: &PostView, pictures: &str) -> String {
    words::whole(&view.post.name, &words::plain(view.post.body.as_deref().unwrap_or_default(), pictures))
}

/// Whether these are the words that are sought; `None` where the server may have changed them.
fn same(sought: &Sought, title: &str, body: &str, pictures: &str) -> Option<bool> {
    let is = |title: &str, body: &str| {
        let plain = words::plain(body, pictures);
        let text = if title.is_empty() { plain } else { words::whole(title, &plain) };
        fingerprint(&text) == sought.fingerprint
    };
    let unsigned = words::without_html_signs;
    if is(title, body) || is(&unsigned(title), &unsigned(body)) {
        return Some(true);
    }
    (!words::censored(title) && !words::censored(body)).then_some(false)
}
