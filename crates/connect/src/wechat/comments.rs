//! What people write below the account's articles, and the one answer that each comment can have.
//!
//! Source: “listComment”. Comments are asked for by the number of the message. Only publishing tells it (`msg_data_id`); it
//! is also the `mid` in an article's address, which the description does not say. Nothing tells a writer's name.
use super::answer::{NO_COMMENTS, digits, unreadable};
use super::list::Article;
use super::seen::{Seen, Told};
use super::{WATCHED, WATCHED_FOR, WeChat, is_graphic};
use crate::{Access, Failure, Found, Inbound, InboundPage, fingerprint};
use ground::clock::SECOND;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many are asked for at once; WeChat refuses fifty.
const PAGE: u64 = 49;
/// How many pages are read below one article.
const PAGES: u64 = 40;

/// A comment below an article.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    /// `ARTICLE:N`, both numbers.
    pub name: String,
    /// In microseconds since 1970.
    pub at_us: i64,
    article_id: String,
    number: String,
    openid: Option<String>,
    text: String,
    /// What the account answered.
    answer: Option<String>,
}

#[cfg(test)]
impl Comment {
    pub fn told_at(name: &str, at_us: i64) -> Comment {
        let (article_id, number, text) = (String::new(), String::new(), String::new());
        Comment { name: name.to_owned(), at_us, article_id, number, openid: None, text, answer: None }
    }
}

fn comment(value: &Value, article: &str) -> Option<Comment> {
    let number = digits(value.get("user_comment_id"))?;
    let text = |of: &Value| of.get("content").and_then(Value::as_str).map(str::to_owned);
    Some(Comment {
        name: format!("{article}:{number}"),
        at_us: value.get("create_time")?.as_i64()?.saturating_mul(SECOND),
        article_id: String::new(),
        number,
        openid: value.get("openid").and_then(Value::as_str).filter(|o| is_graphic(o, 128)).map(str::to_owned),
        text: text(value)?,
        answer: value.get("reply").and_then(text).filter(|a| !a.is_empty()),
    })
}

/// WeChat's order of comments is not told: all below an article are read, or none is.
fn too_many() -> Failure {
    Failure::Unreachable { why: "more comments stand below an article than can be read".to_owned() }
}

fn not_readable() -> Failure {
    let human =
        "WeChat does not know any of the account's articles by the number in its address, so no comments can be read.";
    Failure::Refused { code: "comments-not-readable".to_owned(), human: human.to_owned() }
}

impl WeChat {
    async fn below(&self, access: &Access, article: &str) -> Result<Vec<Comment>, Failure> {
        let (mut all, mut known) = (Vec::new(), BTreeSet::new());
        let message: u64 = article.parse().map_err(|_| unreadable())?;
        for page in 0..PAGES {
            let body = json!({"msg_data_id": message, "index": 0, "begin": page * PAGE, "count": PAGE, "type": 0});
            let answer = self.read(access, "/cgi-bin/comment/list", &body).await?;
            let total = answer.get("total").and_then(Value::as_u64).ok_or_else(unreadable)?;
            let told = match answer.get("comment") {
                None | Some(Value::Null) => &Vec::new(),
                Some(list) => list.as_array().ok_or_else(unreadable)?,
            };
            let before = known.len();
            for value in told {
                let comment = comment(value, article).ok_or_else(unreadable)?;
                if known.insert(comment.number.clone()) {
                    all.push(comment);
                }
            }
            if told.is_empty() || total <= (page + 1) * PAGE {
                return Ok(all);
            }
            // A page that brings nothing new does not turn.
            if known.len() == before {
                return Err(too_many());
            }
        }
        Err(too_many())
    }

    /// Everything below the newest articles.
    async fn everything(&self, access: &Access) -> Result<Vec<Comment>, Failure> {
        let since_us = self.clock.now() - WATCHED_FOR;
        let mut articles = self.articles(access, false).await?;
        articles.retain(|a| a.at_us >= since_us);
        articles.sort_by_key(|a| std::cmp::Reverse(a.at_us));
        articles.truncate(WATCHED);
        let (mut all, mut read) = (Vec::new(), articles.is_empty());
        for Article { id, number, .. } in articles {
            let Some(number) = number else { continue };
            match self.below(access, &number).await {
                Ok(list) => all.extend(list.into_iter().map(|c| Comment { article_id: id.clone(), ..c })),
                // An account without comments has none.
                Err(Failure::Refused { code, .. }) if code == NO_COMMENTS => return Ok(all),
                // One article may be removed or blocked since it was listed.
                Err(Failure::Gone) => continue,
                Err(Failure::Refused { code, .. }) if code == "blocked" => {}
                Err(failure) => return Err(failure),
            }
            read = true;
        }
        if read { Ok(all) } else { Err(not_readable()) }
    }

    pub(super) async fn comments(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let seen = cursor.as_deref().map(Seen::parse).transpose()?;
        let all = self.everything(access).await?;
        let Some(seen) = seen else {
            let cursor = Seen::passing(self.clock.now(), &all).written();
            return Ok(InboundPage { items: Vec::new(), cursor: Some(cursor), more: false });
        };
        let Told { items, seen, more } = seen.tell(self.clock.now(), all);
        Ok(InboundPage { items: items.into_iter().map(inbound).collect(), cursor: Some(seen.written()), more })
    }

    /// Whether the account's answer to a comment is in these words.
    pub(super) async fn answered(
        &self,
        access: &Access,
        article: &str,
        number: &str,
        wanted: &str,
    ) -> Result<Found, Failure> {
        let all = self.below(access, article).await?;
        Ok(match all.into_iter().find(|c| c.number == number) {
            None => Found::CannotTell,
            Some(Comment { name, answer: Some(answer), .. }) if fingerprint(&answer) == wanted => {
                Found::Yes { remote_id: format!("answer:{name}"), url: None }
            }
            Some(_) => Found::No,
        })
    }
}

fn inbound(c: Comment) -> Inbound {
    Inbound {
        remote_id: format!("comment:{}", c.name),
        in_reply_to: Some(c.article_id),
        // Nobody is taken for somebody else.
        author_id: c.openid.unwrap_or_else(|| format!("unknown:{}", c.name)),
        author_name: "WeChat".to_owned(),
        author_url: None,
        text: c.text,
        lang: None,
        at_us: c.at_us,
        url: None,
    }
}
