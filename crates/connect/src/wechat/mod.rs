//! Official Accounts on WeChat (Weixin). A post is an article: it is made ready as a draft with a picture as its cover, and
//! the draft is then published by its id, after which it is no draft any more. Articles that are published so stand on the
//! account's page; they are not sent to its followers.
//!
//! [`Access::base_url`] is `https://api.weixin.qq.com`, [`Access::secret`] is `AppID:AppSecret`, and
//! [`Access::remote_account_id`] the AppID. The token that the key is exchanged for stands in the query of every address, as
//! WeChat wants it; so no address is ever put into an error. Remote ids: see [`Place`].
//!
//! Source: WeChat's pages of the single calls (developers.weixin.qq.com, “Official Account: Server API”) as they stood in
//! 2026. They carry no version, and the addresses have none.
mod answer;
#[cfg(test)]
pub(crate) mod bench;
mod comments;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fake_calls;
mod hook;
mod list;
mod seen;
#[cfg(test)]
mod tests;
mod token;
#[cfg(test)]
mod token_tests;
mod words;
mod write;
mod xml;

use crate::wire::read_of;
use crate::{
    Access, Capabilities, Connector, Count, Failure, Found, Fut, Heard, Identity, InboundPage, Key, Kind, NotHeard,
    Notice, Post, Prepared, Problem, Proof, Safety, Secret, Sought, Standing, Verdict, problems,
};
use answer::{No, done};
use ground::clock::{Clock, DAY, MINUTE};
use ground::fetch::{Fetch, Request};
use serde_json::Value;
use std::time::Duration;

/// The longest title, in characters (“draft_add”).
const TITLE: usize = 32;
/// The longest content, in characters of HTML: fewer than 20,000 (“draft_add”).
const CONTENT: usize = 19_999;
/// WeChat names no limit of pictures in an article; this is ours.
const PICTURES: usize = 10;
/// A picture in an article is JPEG or PNG below 1 MB (“uploadImage”).
const PICTURE_BYTES: usize = 1_000_000;
/// Clocks differ: what we wrote is looked for from a little before.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;
/// Comments below articles of so long back are read.
const WATCHED_FOR: i64 = 30 * DAY;
/// Below at most so many articles: each takes a call.
const WATCHED: usize = 20;
/// How long is waited before it is asked again whether an article is out.
const PATIENCE: &[Duration] = &[Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

pub struct WeChat {
    fetch: Fetch,
    clock: Clock,
    tokens: token::Tokens,
    patience: &'static [Duration],
}

fn is_graphic(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_number(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The id of a draft, a picture or an article.
fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn id_in(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).filter(|id| is_id(id)).map(str::to_owned)
}

/// What a remote id names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// WeChat's `article_id`.
    Article(String),
    /// `publish:N`: an article on its way out, by its `publish_id`.
    Leaving(String),
    /// `comment:ARTICLE:N`: both are numbers; the article's is the one in its address.
    Comment(String, String),
    /// `answer:ARTICLE:N`: the account's one answer to that comment.
    Answer(String, String),
}

impl Place {
    fn of(id: &str) -> Option<Place> {
        let two = |rest: &str| {
            let (article, comment) = rest.split_once(':')?;
            (is_number(article) && is_number(comment)).then(|| (article.to_owned(), comment.to_owned()))
        };
        match id.split_once(':') {
            Some(("publish", number)) => is_number(number).then(|| Place::Leaving(number.to_owned())),
            Some(("comment", rest)) => two(rest).map(|(a, c)| Place::Comment(a, c)),
            Some(("answer", rest)) => two(rest).map(|(a, c)| Place::Answer(a, c)),
            _ => is_id(id).then(|| Place::Article(id.to_owned())),
        }
    }
}

/// An article's address for people, if it is one of WeChat's; it is given without encryption and is there with it.
fn on_wechat(address: Option<&str>) -> Option<url::Url> {
    let mut url = url::Url::parse(address?).ok()?;
    let theirs = url.host_str() == Some("mp.weixin.qq.com") && url.port().is_none() && url.username().is_empty();
    if !theirs || !matches!(url.scheme(), "http" | "https") || url.set_scheme("https").is_err() {
        return None;
    }
    url.set_fragment(None);
    Some(url)
}

impl WeChat {
    pub fn new(fetch: Fetch, clock: Clock) -> WeChat {
        WeChat { fetch, clock, tokens: token::Tokens::default(), patience: PATIENCE }
    }

    /// One call with the token of the hour; `more` is the rest of the query.
    async fn call(
        &self,
        access: &Access,
        path: &str,
        more: &str,
        fill: impl FnOnce(Request) -> Request,
    ) -> Result<Value, Verdict> {
        let token = self.token(access).await?;
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("access_token", &token).finish();
        let request = Request::post(access.url(&format!("{path}?{query}{more}"))).header("accept", "application/json");
        let secret = token::key(access)?.1;
        match done(self.fetch.send(fill(request)).await, &self.clock, &[&token, secret]) {
            Ok(value) => Ok(value),
            Err(No::Token) => Err(self.refused(access, &token).await),
            Err(No::Is(verdict)) => Err(verdict),
        }
    }

    async fn post(&self, access: &Access, path: &str, body: &Value) -> Result<Value, Verdict> {
        self.call(access, path, "", |request| request.json(body)).await
    }

    /// A call that only reads; WeChat has them as POST, too.
    async fn read(&self, access: &Access, path: &str, body: &Value) -> Result<Value, Failure> {
        self.post(access, path, body).await.map_err(read_of)
    }

    /// Whose key it is. WeChat tells nothing about an account but whether it accepts the key, so its AppID is its name.
    async fn me(&self, access: &Access) -> Result<Identity, Failure> {
        let (id, _) = token::key(access).map_err(read_of)?;
        self.accepted(access).await.map_err(read_of)?;
        Ok(Identity { account_id: id.to_owned(), handle: id.to_owned(), name: id.to_owned(), url: None })
    }
}

impl Connector for WeChat {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "wechat",
            name: "WeChat Official Account",
            kind: Kind::Messaging,
            publishes: true,
            text_limit: Some(CONTENT),
            count: Count::Chars,
            max_media: PICTURES,
            needs_media: true,
            alt_limit: None,
            image_types: ["image/jpeg", "image/png"].map(str::to_owned).to_vec(),
            image_bytes: Some(PICTURE_BYTES),
            recordings: None,
            can_edit: false,
            can_delete: true,
            can_reply: true,
            can_hide: false,
            reads_comments: true,
            rereads: false,
            // Articles that were sent to followers are in no list.
            lists_own: false,
            has_metrics: false,
            calls_us: true,
            key: Key::NamedPassword,
            server: Some("https://api.weixin.qq.com"),
            safety: Safety::TwoPhase,
            proof: Proof::Contract,
        }
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut can = self.capabilities();
        if let Some(to) = &post.reply_to {
            can.max_media = 0;
            // Only a comment is answered: an article of one's own takes no words below it.
            can.can_reply = matches!(Place::of(to), Some(Place::Comment(..)));
            return problems(&can, post);
        }
        let mut out = problems(&can, post);
        let long = words::length(post);
        if long > CONTENT && out.iter().all(|p| p.code != "text-too-long") {
            out.push(Problem { code: "text-too-long", limit: Some(CONTENT), found: Some(long) });
        }
        // Pictures that say nothing give an article no title.
        if words::title(&post.text, &post.media).is_none() && out.iter().all(|p| p.code != "text-empty") {
            out.push(Problem { code: "text-empty", limit: None, found: None });
        }
        out
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.me(access))
    }

    /// An AppID is its own name; nothing is told about others.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let (id, _) = token::key(access).map_err(read_of)?;
            Ok((handle.trim() == id).then(|| id.to_owned()))
        })
    }

    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(self.make_ready(access, post))
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move { self.publish(access, prepared).await.unwrap_or_else(|verdict| verdict) })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.look(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn standing<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Standing, Failure>> {
        Box::pin(self.stands(access, remote_id))
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move { self.remove(access, remote_id).await.unwrap_or_else(|verdict| verdict) })
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.comments(access, cursor))
    }

    fn agree<'a>(&'a self, _: &'a Access, word: &'a str) -> Fut<'a, Result<Secret, Failure>> {
        Box::pin(async move { hook::agreed(word) })
    }

    fn hear(&self, notice: &Notice, secret: &Secret, now_us: i64) -> Result<Heard, NotHeard> {
        hook::hear(notice, secret, now_us)
    }

    /// Only the moment and a word of chance are signed, beside the address: whatever came with them comes once.
    fn mark(&self, notice: &Notice) -> Vec<u8> {
        hook::mark(notice)
    }
}
