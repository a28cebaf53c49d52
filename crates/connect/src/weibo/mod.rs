//! Sina Weibo, by the one call that its open platform gives to every app: sharing a page of one's own in a post, with at
//! most one picture. Everything else (lists, comments, taking down) needs rights that Weibo sells or grants one by one, so
//! nothing of it is promised, and an attempt without an answer is for a person to look at.
//!
//! [`Access::base_url`] is `https://api.weibo.com`. [`Access::secret`] is `ADDRESS:TOKEN`: Weibo wants to be told the public
//! address (IPv4) that a post is made from, and this program does not know its own. [`Access::remote_account_id`] is the
//! account's number.
//!
//! Source: Weibo's pages “statuses/share”, “account/get_uid”, “users/show” and of authorisation (open.weibo.com/wiki).
mod answer;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

use crate::count::split_link;
use crate::wire::{harmless, read_of};
use crate::{
    Access, Capabilities, Connector, Count, Failure, Found, Fut, Identity, Key, Kind, Post, Prepared, Problem, Proof,
    Safety, Sought, Verdict, enclosed, problems,
};
use answer::{WRONG, done, rejected, unreadable};
use ground::clock::Clock;
use ground::fetch::{Fetch, Method, Parts, Request};
use serde_json::Value;

/// The version, the first part of every path.
const VERSION: &str = "2";
/// Where people read what was posted.
const WEB: &str = "https://weibo.com";
/// The longest text, in Chinese characters (“statuses/share”).
const TEXT: usize = 140;
/// A picture is smaller than 5 MB (“statuses/share”).
const PICTURE_BYTES: usize = 5_000_000 - 1;

pub struct Weibo {
    fetch: Fetch,
    clock: Clock,
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A number, which Weibo gives as a number or as text.
fn digits(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::Number(number) => number.as_u64()?.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    is_number(&text).then_some(text)
}

/// The address that posts are made from, and the token.
fn key(access: &Access) -> Result<(&str, &str), Verdict> {
    let (address, token) = access.secret.reveal().trim().split_once(':').ok_or(Verdict::Unauthorised)?;
    let fits = (1..=256).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
    if fits && address.parse::<std::net::Ipv4Addr>().is_ok() {
        Ok((address, token))
    } else {
        Err(Verdict::Unauthorised)
    }
}

/// Every sign of a value escaped, as a form.
fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Whether there is a link at all. Which domain it must be of is known to Weibo alone.
fn has_link(text: &str) -> bool {
    text.split_whitespace().any(|word| !split_link(word).1.is_empty())
}

/// Whether words stand between two hash signs: a topic of Weibo's, which this call takes none of (“statuses/share”). What stands
/// in a link is no topic.
fn has_topic(text: &str) -> bool {
    let bare: String = text
        .split_inclusive(char::is_whitespace)
        .map(|word| {
            let (before, _, after) = split_link(word);
            format!("{before}{after}")
        })
        .collect();
    let mut parts = bare.split('#').skip(1).peekable();
    std::iter::from_fn(|| parts.next().filter(|_| parts.peek().is_some())).any(|topic| !topic.trim().is_empty())
}

impl Weibo {
    pub fn new(fetch: Fetch, clock: Clock) -> Weibo {
        Weibo { fetch, clock }
    }

    /// The token goes into a header; an address never holds it.
    fn to(&self, method: Method, access: &Access, path: &str) -> Result<Request, Verdict> {
        let (_, token) = key(access)?;
        let request = Request::new(method, access.url(&format!("/{VERSION}/{path}")));
        Ok(request.header("accept", "application/json").header("authorization", &format!("OAuth2 {token}")))
    }

    async fn send(&self, access: &Access, request: Request) -> Result<Value, Verdict> {
        let (_, token) = key(access)?;
        done(self.fetch.send(request).await, &self.clock, token)
    }

    async fn get(&self, access: &Access, path: &str) -> Result<Value, Failure> {
        let request = self.to(Method::GET, access, path).map_err(read_of)?;
        self.send(access, request).await.map_err(read_of)
    }

    async fn number(&self, access: &Access) -> Result<String, Failure> {
        digits(self.get(access, "account/get_uid.json").await?.get("uid")).ok_or_else(unreadable)
    }

    async fn me(&self, access: &Access) -> Result<Identity, Failure> {
        let id = self.number(access).await?;
        let shown = self.get(access, &format!("users/show.json?{}", form(&[("uid", &id)]))).await;
        let name = match shown {
            // Some apps may not be told even that.
            Err(Failure::Refused { .. } | Failure::Gone) => None,
            them => them?.get("screen_name").and_then(Value::as_str).map(str::to_owned),
        };
        let name = name.map(|n| n.trim().chars().filter(|c| !c.is_control()).take(100).collect::<String>());
        let name = name.filter(|n| !n.is_empty());
        Ok(Identity {
            handle: name.as_ref().map_or_else(|| id.clone(), |n| format!("@{n}")),
            name: name.unwrap_or_else(|| id.clone()),
            url: Some(format!("{WEB}/u/{id}")),
            account_id: id,
        })
    }

    /// The one call that makes a post.
    async fn share(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Verdict> {
        if prepared.reply_to.is_some() {
            return Err(Verdict::unsupported("reply"));
        }
        let (address, token) = key(access)?;
        let request = self.to(Method::POST, access, "statuses/share.json")?;
        // The page of this call asks for the token among its parameters; these are no part of the address.
        let given = [("access_token", token), ("status", prepared.text.as_str()), ("rip", address)];
        let files = enclosed::all(prepared).await?;
        let request = match files.as_slice() {
            [] => {
                let mut request = request.header("content-type", "application/x-www-form-urlencoded");
                request.body = form(&given).into_bytes();
                request
            }
            [picture] => {
                let parts = given.iter().fold(Parts::new(), |parts, (name, value)| parts.field(name, value));
                request.parts(parts.file("pic", &picture.named("picture"), &picture.mime, &picture.bytes))
            }
            _ => return Err(rejected("media-too-many", "A post on Weibo takes one picture.", Some("media"))),
        };
        let answer = match self.send(access, request).await {
            Err(Verdict::Rejected { code, .. }) if code == WRONG && !has_link(&prepared.text) => {
                let human = "Weibo takes a post only with a link to the domain that its app is registered for.";
                return Err(rejected("link-missing", human, Some("text")));
            }
            answer => answer?,
        };
        let id = digits(answer.get("idstr")).or_else(|| digits(answer.get("id")));
        let Some(id) = id else {
            return Err(Verdict::Unknown { why: "the answer to a post cannot be read".to_owned() });
        };
        let by = digits(answer.pointer("/user/idstr")).or_else(|| digits(answer.pointer("/user/id")));
        let by = by.or_else(|| Some(access.remote_account_id.clone()).filter(|n| is_number(n)));
        // Weibo's page for a post by its number sends people on to the post.
        Ok(Verdict::Accepted { url: by.map(|by| format!("{WEB}/{by}/{id}")), remote_id: id })
    }
}

impl Connector for Weibo {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "weibo",
            name: "Sina Weibo",
            kind: Kind::Microblog,
            publishes: true,
            text_limit: Some(TEXT),
            count: Count::WeiboStyle,
            max_media: 1,
            needs_media: false,
            alt_limit: None,
            image_types: ["image/jpeg", "image/png", "image/gif"].map(str::to_owned).to_vec(),
            image_bytes: Some(PICTURE_BYTES),
            recordings: None,
            can_edit: false,
            can_delete: false,
            can_reply: false,
            can_hide: false,
            reads_comments: false,
            rereads: false,
            lists_own: false,
            has_metrics: false,
            calls_us: false,
            key: Key::NamedPassword,
            server: Some("https://api.weibo.com"),
            safety: Safety::Blind,
            proof: Proof::Contract,
        }
    }

    /// A text without any link is refused; whether a link is of the app's domain is seen only by Weibo.
    fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut out = problems(&self.capabilities(), post);
        if !has_link(&post.text) {
            out.push(Problem { code: "link-missing", limit: None, found: None });
        }
        if has_topic(&post.text) {
            out.push(Problem { code: "topic-not-possible", limit: None, found: None });
        }
        out
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.me(access))
    }

    /// Nothing is told about others; the account itself is known by its name and its number.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let me = self.me(access).await?;
            let name = handle.trim().trim_start_matches('@');
            Ok((name == me.account_id || name == me.name).then_some(me.account_id))
        })
    }

    /// There is nothing to upload: the picture goes along with the post. Whether the key is good is asked before.
    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            // Links are left to Weibo to judge.
            if let Some(problem) = problems(&self.capabilities(), post).into_iter().next() {
                return Err(rejected(problem.code, "Weibo would refuse this post.", None));
            }
            self.number(access).await.map_err(|f| harmless(crate::wire::unwritten(f)))?;
            Ok(Prepared::of(post, post.media.iter().map(enclosed::picture).collect()))
        })
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, _key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move { self.share(access, prepared).await.unwrap_or_else(|verdict| verdict) })
    }

    /// Own posts cannot be listed with a key that every app gets.
    fn find<'a>(&'a self, _access: &'a Access, _sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async { Found::CannotTell })
    }
}
