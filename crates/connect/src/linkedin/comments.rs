//! What people write below the page's posts.
//!
//! Source: the Comments API. A comment tells by whom it is only as a member's or a page's urn; the name of a member is
//! asked for, and where it is not told, none is made up. Below a comment there is one more level of answers.
use super::answer::unreadable;
use super::list::{Entry, Mark};
use super::urn::{Place, comment, encoded, organization, person, place, post_url};
use super::{LinkedIn, MILLISECOND, page, words};
use crate::{Access, Failure, Found, Inbound, InboundPage, Sought};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many of the newest posts are looked below.
const POSTS: usize = 50;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Comment {
    id: String,
    object: String,
    actor: String,
    created: At,
    #[serde(default)]
    message: Option<Message>,
    #[serde(default)]
    comment_urn: Option<String>,
    #[serde(default)]
    parent_comment: Option<String>,
    #[serde(default)]
    comments_summary: Option<Summary>,
}

#[derive(Debug, Clone, Deserialize)]
struct At {
    time: i64,
}

#[derive(Debug, Clone, Deserialize)]
struct Message {
    #[serde(default)]
    text: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    #[serde(default)]
    aggregated_total_comments: u64,
}

impl Entry for Comment {
    fn name(&self) -> &str {
        &self.id
    }
    fn at_ms(&self) -> i64 {
        self.created.time
    }
}

impl Comment {
    /// Its name, as LinkedIn tells it or as it must be.
    fn place(&self) -> Result<Place, Failure> {
        let told = self.comment_urn.as_deref().and_then(place).filter(|p| matches!(p, Place::Comment { .. }));
        told.or_else(|| comment(&self.object, &self.id)).ok_or_else(unreadable)
    }
    fn parent(&self) -> Result<Option<Place>, Failure> {
        self.parent_comment.as_deref().map(|p| place(p).ok_or_else(unreadable)).transpose()
    }
    fn text(&self) -> String {
        self.message.as_ref().map(|m| m.text.clone()).unwrap_or_default()
    }
    fn has_answers(&self) -> bool {
        self.comments_summary.as_ref().is_some_and(|s| s.aggregated_total_comments > 0)
    }
}

/// A comment and the post it stands below.
struct Below {
    post: String,
    comment: Comment,
}

impl Entry for Below {
    fn name(&self) -> &str {
        self.comment.name()
    }
    fn at_ms(&self) -> i64 {
        self.comment.at_ms()
    }
}

/// An id goes into the place to go on from, and into addresses.
fn checked(comments: &[Comment]) -> Result<(), Failure> {
    let fits = |c: &Comment| (1..=20).contains(&c.id.len()) && c.id.bytes().all(|b| b.is_ascii_digit());
    if comments.iter().all(fits) { Ok(()) } else { Err(unreadable()) }
}

impl LinkedIn {
    /// What stands directly below a post or a comment, and whether all of it was read.
    async fn below(&self, access: &Access, what: &Place) -> Result<(Vec<Comment>, bool), Failure> {
        let answer = self.pages(access, &what.comments(), |_: &Comment| false).await;
        // A post may be gone since it was listed.
        let (comments, complete) = match answer {
            Err(Failure::Gone) => (Vec::new(), true),
            answer => answer?,
        };
        checked(&comments)?;
        Ok((comments, complete))
    }

    /// The posts that have comments. Where that is not told, it must be looked.
    async fn talked_about(&self, access: &Access, posts: Vec<String>) -> Result<Vec<String>, Failure> {
        if posts.is_empty() {
            return Ok(posts);
        }
        let names: Vec<String> = posts.iter().map(|p| encoded(p)).collect();
        let path = format!("/rest/socialMetadata?ids=List({})", names.join(","));
        let answer: Value = match self.get_many(access, &path).await {
            Err(Failure::Refused { .. } | Failure::Gone) => Value::Null,
            answer => answer?,
        };
        let silent = |post: &String| {
            let told = answer.get("results").and_then(|r| r.get(post));
            told.and_then(|t| t.pointer("/commentSummary/count")).and_then(Value::as_u64) == Some(0)
        };
        Ok(posts.into_iter().filter(|p| !silent(p)).collect())
    }

    /// Everything below the page's newest posts.
    async fn everything(&self, access: &Access) -> Result<Vec<Below>, Failure> {
        let since_ms = self.clock.now() / MILLISECOND - super::WATCHED_MS;
        let (posts, _) = self.since(access, since_ms).await?;
        let posts = posts.into_iter().take(POSTS).map(|p| p.id).collect();
        let mut all = Vec::new();
        for post in self.talked_about(access, posts).await? {
            let (comments, _) = self.below(access, &Place::Post(post.clone())).await?;
            for comment in comments {
                let answers = match comment.has_answers() {
                    true => self.below(access, &comment.place()?).await?.0,
                    false => Vec::new(),
                };
                let told = std::iter::once(comment).chain(answers);
                all.extend(told.map(|comment| Below { post: post.clone(), comment }));
            }
        }
        Ok(all)
    }

    pub(super) async fn comments(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let mark = cursor.as_deref().map(Mark::read).transpose()?;
        let us = page(access)?;
        let all: Vec<Below> = self.everything(access).await?.into_iter().filter(|b| b.comment.actor != us).collect();
        let now_ms = self.clock.now() / MILLISECOND;
        let Some(mark) = mark else {
            let mark = Mark::first(now_ms, &all);
            return Ok(InboundPage { items: Vec::new(), cursor: Some(mark.text()), more: false });
        };
        let (new, mark, more) = mark.next(now_ms, all);
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut items = Vec::new();
        for Below { post, comment } in new {
            let name = match names.get(&comment.actor) {
                Some(name) => name.clone(),
                None => self.name(access, &comment.actor).await?,
            };
            names.insert(comment.actor.clone(), name.clone());
            let urn = comment.place()?.urn();
            let answers = comment.parent()?.map(|p| p.urn());
            items.push(Inbound {
                url: Some(format!("{}?commentUrn={}", post_url(&post), encoded(&urn))),
                remote_id: urn,
                in_reply_to: Some(answers.unwrap_or(post)),
                author_name: name,
                author_url: organization(&comment.actor).map(|n| format!("https://www.linkedin.com/company/{n}")),
                text: comment.text(),
                lang: None,
                at_us: comment.created.time.saturating_mul(MILLISECOND),
                author_id: comment.actor,
            });
        }
        Ok(InboundPage { items, cursor: Some(mark.text()), more })
    }

    /// What somebody is called. Members may keep their names from programs: a comment comes in without one, too.
    async fn name(&self, access: &Access, actor: &str) -> Result<String, Failure> {
        if let Some(number) = organization(actor) {
            return Ok(format!("LinkedIn page {number}"));
        }
        let nobody = "LinkedIn member".to_owned();
        let Some(id) = person(actor) else { return Ok(nobody) };
        let them: Value = match self.get(access, &format!("/rest/people/(id:{id})")).await {
            Err(Failure::Unauthorised) => return Err(Failure::Unauthorised),
            Err(_) => return Ok(nobody),
            Ok(them) => them,
        };
        let part = |name: &str| them.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let name = format!("{} {}", part("localizedFirstName"), part("localizedLastName"));
        let name: String = name.trim().chars().filter(|c| !c.is_control()).take(200).collect();
        Ok(if name.is_empty() { nobody } else { name })
    }

    /// What an answer is written below: a post, or a comment that is itself directly below a post.
    pub(super) async fn target(&self, access: &Access, to: &Place) -> Result<Place, Failure> {
        if matches!(to, Place::Post(_)) {
            return Ok(to.clone());
        }
        let there: Comment = self.get(access, &to.path()).await?;
        Ok(there.parent()?.unwrap_or_else(|| to.clone()))
    }

    /// Whether an answer of ours stands below what it answers.
    pub(super) async fn answered(
        &self,
        access: &Access,
        to: &Place,
        sought: &Sought,
        masked: Option<&str>,
        since_ms: i64,
    ) -> Result<Found, Failure> {
        let us = page(access)?;
        let (comments, complete) = self.pages(access, &to.comments(), |_: &Comment| false).await?;
        checked(&comments)?;
        let mut doubtful = false;
        for comment in comments.iter().filter(|c| c.actor == us && c.created.time >= since_ms) {
            match words::same(&comment.text(), &sought.fingerprint, masked) {
                Some(true) => return Ok(Found::Yes { remote_id: comment.place()?.urn(), url: None }),
                Some(false) => {}
                None => doubtful = true,
            }
        }
        Ok(if complete && !doubtful { Found::No } else { Found::CannotTell })
    }
}
