//! What is read in lists: the page's own posts, and the comments below them.
use super::{Facebook, WEB, on_facebook, page, path};
use crate::meta::answer::unreadable;
use crate::meta::list::{Asked, Edge, Node, checked_id, moment};
use crate::meta::seen::{Listed, Seen, Told};
use crate::meta::{CLOCKS_DIFFER, id_in, is_id, query};
use crate::{Access, Failure, Found, Inbound, InboundPage, OwnPage, OwnPost, Sought, fingerprint};
use ground::clock::{DAY, SECOND};
use serde::Deserialize;

/// How far back a list is read, in pages of [`PAGE`] items.
const PAGES: usize = 100;
const PAGE: usize = 100;
/// Comments are looked for below the newest posts: so many, in pages of so many, and none older than that.
const WATCHED_PAGES: usize = 4;
const WATCHED_PAGE: usize = 25;
const WATCHED_FOR: i64 = 60 * DAY;
/// Comments told along with each of these posts. More are asked for post by post: one answer may not grow too large.
const BESIDE_A_POST: usize = 25;

const POST_FIELDS: &str = "id,message,story,created_time,permalink_url";
pub(super) const COMMENT_FIELDS: &str = "id,message,created_time,from{id,name},parent{id},permalink_url";

#[derive(Debug, Clone, Deserialize)]
pub(super) struct GraphPost {
    #[serde(deserialize_with = "checked_id")]
    id: String,
    #[serde(rename = "created_time", deserialize_with = "moment")]
    at_us: i64,
    #[serde(default)]
    message: Option<String>,
    /// What Facebook says where the page says nothing: “… updated their cover photo.”
    #[serde(default)]
    story: Option<String>,
    #[serde(default)]
    permalink_url: Option<String>,
    #[serde(default)]
    comments: Option<Edge<GraphComment>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct GraphComment {
    #[serde(deserialize_with = "checked_id")]
    id: String,
    #[serde(rename = "created_time", deserialize_with = "moment")]
    at_us: i64,
    #[serde(default)]
    message: Option<String>,
    /// Left out where Facebook does not let the app know who it was.
    #[serde(default)]
    from: Option<Profile>,
    #[serde(default)]
    parent: Option<Node>,
    #[serde(default)]
    permalink_url: Option<String>,
    /// The post it stands under; not of the answer.
    #[serde(skip)]
    under: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Profile {
    #[serde(deserialize_with = "checked_id")]
    id: String,
    #[serde(default)]
    name: Option<String>,
}

impl Listed for GraphPost {
    fn id(&self) -> &str {
        &self.id
    }
    fn at_us(&self) -> i64 {
        self.at_us
    }
}

impl Listed for GraphComment {
    fn id(&self) -> &str {
        &self.id
    }
    fn at_us(&self) -> i64 {
        self.at_us
    }
}

impl GraphPost {
    fn url(&self) -> String {
        on_facebook(self.permalink_url.as_deref()).unwrap_or_else(|| format!("{WEB}/{}", self.id))
    }
}

/// Something of ours in the words that are looked for.
pub(super) struct Match {
    pub remote_id: String,
    pub url: Option<String>,
    pub at_us: i64,
}

/// What of the words that are looked for stands there.
pub(super) struct Matches {
    pub newest: Option<Match>,
    /// The list was read as far as asked, and nothing in it is in doubt.
    pub certain: bool,
}

fn too_much(what: &str) -> Failure {
    Failure::Unreachable { why: format!("more {what} since the last look than can be read") }
}

/// From which second on comments are listed. That is asked for, because the order is not certain: where comments can be ranked
/// they come by rank, “regardless of this modifier” (Meta's page on the comments of a page's post), and a list by rank can
/// be read only whole.
fn from(since_us: i64) -> i64 {
    since_us.div_euclid(SECOND).saturating_sub(1).max(1)
}

impl Facebook {
    async fn posts(&self, access: &Access, since_us: i64, pages: usize) -> Result<(Vec<GraphPost>, bool), Failure> {
        let edge = path(page(access)?, "/published_posts");
        let asked = Asked { edge: &edge, fields: POST_FIELDS, given: &[], limit: PAGE, pages };
        self.graph.back(access, &asked, since_us).await
    }

    async fn comments_of(
        &self,
        access: &Access,
        id: &str,
        since_us: i64,
    ) -> Result<(Vec<GraphComment>, bool), Failure> {
        let edge = path(id, "/comments");
        let from = from(since_us);
        let bound = from.to_string();
        let given = [("filter", "stream"), ("order", "reverse_chronological"), ("since", bound.as_str())];
        let asked = Asked { edge: &edge, fields: COMMENT_FIELDS, given: &given, limit: PAGE, pages: PAGES };
        let (mut all, complete) = self.graph.back::<GraphComment>(access, &asked, from.saturating_mul(SECOND)).await?;
        all.iter_mut().for_each(|c| id.clone_into(&mut c.under));
        Ok((all, complete))
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let now_us = self.graph.clock.now();
        let Some(cursor) = cursor else {
            let (newest, _) = self.posts(access, i64::MIN, 1).await?;
            return Ok(OwnPage {
                items: Vec::new(),
                cursor: Some(Seen::passing(now_us, &newest).written()),
                more: false,
            });
        };
        let seen = Seen::parse(&cursor)?;
        let (posts, complete) = self.posts(access, seen.floor_us, PAGES).await?;
        if !complete {
            return Err(too_much("was posted"));
        }
        let Told { items, seen, more } = seen.tell(now_us, posts);
        let shown = |p: GraphPost| OwnPost {
            url: Some(p.url()),
            remote_id: p.id,
            text: p.message.or(p.story).unwrap_or_default(),
            at_us: p.at_us,
        };
        Ok(OwnPage { items: items.into_iter().map(shown).collect(), cursor: Some(seen.written()), more })
    }

    /// Comments below the page's newest posts, and answers to them, not the page's own.
    pub(super) async fn comments(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let seen = cursor.as_deref().map(Seen::parse).transpose()?;
        let bound = seen.as_ref().map(|s| format!(".since({})", from(s.floor_us))).unwrap_or_default();
        let how = format!("filter(stream).order(reverse_chronological){bound}.limit({BESIDE_A_POST})");
        let beside = format!("id,created_time,comments.{how}{{{COMMENT_FIELDS}}}");
        let edge = path(page(access)?, "/published_posts");
        let asked = Asked { edge: &edge, fields: &beside, given: &[], limit: WATCHED_PAGE, pages: WATCHED_PAGES };
        let now_us = self.graph.clock.now();
        let since_us = now_us - WATCHED_FOR;
        // Older posts than these are not watched: that the list was not read to its end is meant so.
        let (posts, _) = self.graph.back::<GraphPost>(access, &asked, since_us).await?;
        let mut list = Vec::new();
        for post in posts {
            let Some(edge) = post.comments else { continue };
            let goes_on = |floor: i64| edge.has_more() && edge.data.iter().any(|c| c.at_us >= floor);
            if let Some(seen) = seen.as_ref().filter(|s| goes_on(s.floor_us)) {
                let (all, complete) = self.comments_of(access, &post.id, seen.floor_us).await?;
                if !complete {
                    return Err(too_much("was commented"));
                }
                list.extend(all);
            } else {
                list.extend(edge.data.into_iter().map(|c| GraphComment { under: post.id.clone(), ..c }));
            }
        }
        list.retain(|c| c.from.as_ref().is_none_or(|f| f.id != access.remote_account_id));
        // Every post's list is newest first; all together they are not yet.
        list.sort_by_key(|c| std::cmp::Reverse(c.at_us));
        let Some(seen) = seen else {
            return Ok(InboundPage {
                items: Vec::new(),
                cursor: Some(Seen::passing(now_us, &list).written()),
                more: false,
            });
        };
        let Told { items, seen, more } = seen.tell(now_us, list);
        Ok(InboundPage { items: items.into_iter().map(inbound).collect(), cursor: Some(seen.written()), more })
    }

    /// What of ours stands on the page, or below a post or comment, in these words since a moment.
    pub(super) async fn same_words(
        &self,
        access: &Access,
        words: &str,
        under: Option<&str>,
        since_us: i64,
    ) -> Result<Matches, Failure> {
        let mut out = Matches { newest: None, certain: true };
        let mut add = |m: Match| {
            if out.newest.as_ref().is_none_or(|n| n.at_us < m.at_us) {
                out.newest = Some(m);
            }
        };
        let Some(under) = under else {
            let (posts, complete) = self.posts(access, since_us, PAGES).await?;
            let same = |p: &GraphPost| fingerprint(p.message.as_deref().unwrap_or_default()) == words;
            for post in posts.into_iter().filter(same) {
                add(Match { url: Some(post.url()), remote_id: post.id, at_us: post.at_us });
            }
            out.certain = complete;
            return Ok(out);
        };
        let mut places = vec![under.to_owned()];
        // An answer to an answer is put below the comment that the first one answers.
        if !super::is_post_of(access, under) {
            let answer = self.graph.get(access, &path(under, &query(&[("fields", "id,parent{id}")]))).await?;
            let parent = answer.get("parent").filter(|p| !p.is_null());
            places.extend(parent.map(|p| id_in(p).ok_or_else(unreadable)).transpose()?);
        }
        let mut certain = true;
        for place in places {
            let (comments, complete) = self.comments_of(access, &place, since_us).await?;
            certain &= complete;
            for c in comments.into_iter().filter(|c| fingerprint(c.message.as_deref().unwrap_or_default()) == words) {
                match &c.from {
                    Some(from) if from.id == access.remote_account_id => {
                        add(Match { url: on_facebook(c.permalink_url.as_deref()), remote_id: c.id, at_us: c.at_us });
                    }
                    Some(_) => {}
                    None => certain = false,
                }
            }
        }
        out.certain = certain;
        Ok(out)
    }

    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        if let Some(made) = super::film::made(sought.container.as_deref()) {
            return self.look_for_film(access, &made).await;
        }
        let under = sought.container.as_deref();
        if under.is_some_and(|id| !is_id(id)) {
            return Ok(Found::CannotTell);
        }
        let since_us = sought.since_us.saturating_sub(CLOCKS_DIFFER);
        let matches = self.same_words(access, &sought.fingerprint, under, since_us).await?;
        // Pictures without words are all alike.
        let wordless = sought.fingerprint == fingerprint("");
        Ok(match matches.newest {
            Some(_) if wordless => Found::CannotTell,
            Some(found) => Found::Yes { remote_id: found.remote_id, url: found.url },
            None if matches.certain => Found::No,
            None => Found::CannotTell,
        })
    }
}

pub(super) fn inbound(c: GraphComment) -> Inbound {
    let (author_id, name) = match c.from {
        Some(from) => (from.id, from.name.filter(|n| !n.trim().is_empty())),
        // Nobody is taken for somebody else.
        None => (format!("unknown:{}", c.id), None),
    };
    Inbound {
        url: on_facebook(c.permalink_url.as_deref()),
        in_reply_to: Some(c.parent.map_or(c.under, |p| p.id)),
        remote_id: c.id,
        author_id,
        author_name: name.unwrap_or_else(|| "Facebook".to_owned()),
        author_url: None,
        text: c.message.unwrap_or_default(),
        lang: None,
        at_us: c.at_us,
    }
}
