//! The forum's newest posts, which is where comments and own posts are seen. The list begins with the newest, so it is
//! read back to what is known already.
use super::answer::unreadable;
use super::{CLOCKS_DIFFER, Discourse, mark_of, post_url, topic_url, user};
use crate::markdown::{is_signed, plain};
use crate::{Access, Failure, Found, Inbound, InboundPage, OwnPage, OwnPost, Sought, wire};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How far back the list is read, in pages of fifty.
const PAGES: usize = 100;
/// How many are told at once.
const AT_ONCE: usize = 50;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ForumPost {
    pub id: u64,
    pub topic_id: u64,
    pub post_number: u64,
    pub username: String,
    pub created_at: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    user_id: i64,
    #[serde(default)]
    pub raw: Option<String>,
    #[serde(default)]
    reply_to_post_number: Option<u64>,
    #[serde(default)]
    pub deleted_at: Option<String>,
    #[serde(default)]
    hidden: bool,
}

impl ForumPost {
    fn at_us(&self) -> Result<i64, Failure> {
        wire::time(&self.created_at).ok_or_else(unreadable)
    }
    /// The first post of a topic is the topic.
    fn remote_id(&self) -> String {
        if self.post_number == 1 { format!("t{}", self.topic_id) } else { format!("p{}", self.id) }
    }
    fn url(&self, access: &Access) -> String {
        if self.post_number == 1 { topic_url(access, self.topic_id) } else { post_url(access, self.id) }
    }
    /// Without what it answers it answers the topic.
    pub fn inbound(&self, access: &Access, in_reply_to: Option<String>) -> Result<Inbound, Failure> {
        let shown = self.name.clone().filter(|n| !n.trim().is_empty());
        let name: String = url::form_urlencoded::byte_serialize(self.username.as_bytes()).collect();
        Ok(Inbound {
            remote_id: self.remote_id(),
            in_reply_to: Some(in_reply_to.unwrap_or_else(|| format!("t{}", self.topic_id))),
            author_id: self.user_id.to_string(),
            author_name: shown.unwrap_or_else(|| format!("@{}", self.username)),
            author_url: Some(access.url(&format!("/u/{name}"))),
            text: plain(self.raw.as_deref().unwrap_or_default()),
            lang: None,
            at_us: self.at_us()?,
            url: Some(self.url(access)),
        })
    }
    fn is_by(&self, me: &str) -> bool {
        self.username.eq_ignore_ascii_case(me)
    }
}

impl Discourse {
    /// Posts from the newest back for as long as they are wanted, newest first, and whether the list was read as far as
    /// that.
    async fn back(
        &self,
        access: &Access,
        wanted: impl Fn(&ForumPost) -> bool,
    ) -> Result<(Vec<ForumPost>, bool), Failure> {
        let mut all: BTreeMap<u64, ForumPost> = BTreeMap::new();
        let mut before = String::new();
        for _ in 0..PAGES {
            let answer: Value = self.get(access, &format!("/posts.json{before}")).await?;
            let page = answer.get("latest_posts").cloned().ok_or_else(unreadable)?;
            let page: Vec<ForumPost> = serde_json::from_value(page).map_err(|_| unreadable())?;
            let oldest = page.iter().map(|p| p.id).min();
            let fresh = page.iter().filter(|p| !all.contains_key(&p.id)).count();
            let reached = page.iter().any(|p| !wanted(p));
            all.extend(page.into_iter().filter(|p| wanted(p)).map(|p| (p.id, p)));
            // Some versions give the post itself once more: a page with nothing new is the end.
            let Some(oldest) = oldest.filter(|_| fresh > 0 && !reached) else {
                return Ok((all.into_values().rev().collect(), true));
            };
            before = format!("?before={oldest}");
        }
        Ok((all.into_values().rev().collect(), false))
    }

    /// What came after the cursor, oldest first, where to go on, and whether there is more.
    async fn after(&self, access: &Access, cursor: &str) -> Result<(Vec<ForumPost>, String, bool), Failure> {
        let refused =
            |_| Failure::Refused { code: "cursor".into(), human: "This is no place in the list of posts.".into() };
        let from: u64 = cursor.parse().map_err(refused)?;
        let (mut posts, complete) = self.back(access, |p| p.id > from).await?;
        if !complete {
            return Err(Failure::Unreachable { why: "more was posted since than the forum lists".to_owned() });
        }
        posts.reverse();
        let more = posts.len() > AT_ONCE;
        posts.truncate(AT_ONCE);
        let last = posts.last().map_or(from, |p| p.id);
        Ok((posts, last.to_string(), more))
    }

    /// Where a reader begins that has seen nothing.
    async fn newest(&self, access: &Access) -> Result<String, Failure> {
        let answer: Value = self.get(access, "/posts.json").await?;
        let all = answer.get("latest_posts").and_then(Value::as_array).ok_or_else(unreadable)?;
        let ids: Option<Vec<u64>> = all.iter().map(|p| p.get("id")?.as_u64()).collect();
        Ok(ids.ok_or_else(unreadable)?.into_iter().max().unwrap_or_default().to_string())
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let Some(cursor) = cursor else {
            return Ok(OwnPage { items: Vec::new(), cursor: Some(self.newest(access).await?), more: false });
        };
        let (posts, cursor, more) = self.after(access, &cursor).await?;
        let me = user(access)?;
        let mut items = Vec::new();
        for post in posts.iter().filter(|p| p.is_by(me)) {
            let text = plain(post.raw.as_deref().unwrap_or_default());
            items.push(OwnPost {
                remote_id: post.remote_id(),
                text,
                url: Some(post.url(access)),
                at_us: post.at_us()?,
            });
        }
        Ok(OwnPage { items, cursor: Some(cursor), more })
    }

    /// What others wrote in topics that we began.
    pub(super) async fn comments(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let Some(cursor) = cursor else {
            return Ok(InboundPage { items: Vec::new(), cursor: Some(self.newest(access).await?), more: false });
        };
        let (posts, cursor, more) = self.after(access, &cursor).await?;
        let me = user(access)?;
        let mut ours: BTreeMap<u64, bool> = BTreeMap::new();
        let mut items = Vec::new();
        for post in
            posts.into_iter().filter(|p| !p.is_by(me) && p.post_number > 1 && !p.hidden && p.deleted_at.is_none())
        {
            let known = ours.get(&post.topic_id).copied();
            let is_ours = match known {
                Some(known) => known,
                None => self.began(access, post.topic_id, me).await?,
            };
            ours.insert(post.topic_id, is_ours);
            if !is_ours {
                continue;
            }
            let in_reply_to = match post.reply_to_post_number.filter(|n| *n > 1) {
                Some(n) => self.by_number(access, post.topic_id, n).await?,
                None => None,
            };
            items.push(post.inbound(access, in_reply_to)?);
        }
        Ok(InboundPage { items, cursor: Some(cursor), more })
    }

    async fn began(&self, access: &Access, topic: u64, me: &str) -> Result<bool, Failure> {
        match self.get::<Value>(access, &format!("/t/{topic}.json")).await {
            Ok(topic) => {
                let by = topic.pointer("/details/created_by/username").and_then(Value::as_str);
                Ok(by.ok_or_else(unreadable)?.eq_ignore_ascii_case(me))
            }
            Err(Failure::Gone) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// The post another one answers; none where it is not to be had.
    async fn by_number(&self, access: &Access, topic: u64, number: u64) -> Result<Option<String>, Failure> {
        match self.get::<ForumPost>(access, &format!("/posts/by_number/{topic}/{number}.json")).await {
            Ok(post) => Ok(Some(post.remote_id())),
            Err(Failure::Gone | Failure::Refused { .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// An answer of ours by its mark, not older than that.
    pub(super) async fn marked(&self, access: &Access, mark: &str, since_us: i64) -> Result<Found, Failure> {
        let me = user(access)?;
        let young = |p: &ForumPost| p.at_us().is_ok_and(|at| at >= since_us - CLOCKS_DIFFER);
        let (posts, complete) = self.back(access, young).await?;
        let found = posts.iter().find(|p| p.is_by(me) && p.raw.as_deref().is_some_and(|raw| is_signed(raw, mark)));
        Ok(match found {
            Some(post) => Found::Yes { remote_id: post.remote_id(), url: Some(post.url(access)) },
            None if complete => Found::No,
            None => Found::CannotTell,
        })
    }

    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let mark = mark_of(&sought.key);
        match self.by_key(access, &mark).await? {
            Some(topic) => Ok(Found::Yes { remote_id: format!("t{topic}"), url: Some(topic_url(access, topic)) }),
            None => self.marked(access, &mark, sought.since_us).await,
        }
    }
}
