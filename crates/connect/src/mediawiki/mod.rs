//! MediaWiki: a post is a page of the wiki, comments are what people write on its talk page. The key of a post stands in
//! the page's title and in the summary of the edit that made it, so the same key twice makes no second page.
//!
//! [`Access::base_url`] is where `api.php` is (`https://wiki.example.gov/w`). [`Access::secret`] is a bot password with
//! its login, `User@bot:password`, as the wiki shows it once on *Special:BotPasswords*. A page's id is its number; words
//! on a talk page have the number of the revision that brought them, `r123`.
mod answer;
#[cfg(test)]
pub(crate) mod bench;
mod comments;
mod cursor;
#[cfg(test)]
mod fake;
mod hide;
mod limits;
mod own;
mod revisions;
mod session;
mod talk;
#[cfg(test)]
mod tests;
mod title;
mod wikitext;

use crate::wire::unwritten;
use crate::{
    Access, Capabilities, Connector, Counts, Failure, Found, Fut, Identity, InboundPage, Media, OwnPage, Post,
    Prepared, Sought, Verdict,
};
use answer::{No, unreadable};
use comments::revision;
use ground::clock::{Clock, MINUTE};
use ground::crypto::hex;
use ground::fetch::Fetch;
use serde_json::Value;
use session::{Api, Body};
use sha2::{Digest, Sha256};

/// Clocks differ, and what began earlier may be written down later.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;
/// How many comments or posts are told at once.
const AT_ONCE: usize = 40;
/// Pages about things, people and the wiki itself, each with its talk pages: pictures, templates and the like are no posts.
const PAGE_SPACES: &str = "0|1|2|3|4|5";
const TALK_SPACES: &str = "1|3|5";
/// What pictures of ours are called.
const FILES: &str = "Drelwa-";
const EMBEDS: &str = "[[File:Drelwa-";
/// What the summaries of our edits begin with.
const PUBLISHED: &str = "Drelwa: published";
const CORRECTED: &str = "Drelwa: corrected";
const ANSWERED: &str = "Drelwa: answered";
const REMOVED: &str = "Drelwa: removed";
const HIDDEN: &str = "Drelwa: hid";
const SHOWN: &str = "Drelwa: shows again";
const OURS: &str = "Drelwa: ";

pub struct MediaWiki {
    api: Api,
}

/// The address of a page that stays the same when the page gets another title.
fn page_url(access: &Access, id: u64) -> String {
    access.url(&format!("/index.php?curid={id}"))
}

fn revision_url(access: &Access, id: u64) -> String {
    access.url(&format!("/index.php?diff={id}"))
}

/// A picture's name at the wiki and its description, as one word of [`Prepared::media`]; a name has no bar in it.
fn embedded(media: &str) -> String {
    let (name, alt) = media.split_once('|').unwrap_or((media, ""));
    format!("[[File:{name}|thumb|alt={}]]", wikitext::escape_alt(alt))
}

/// The text of a page.
fn body(prepared: &Prepared) -> String {
    let mut out = wikitext::escape(&prepared.text);
    for media in &prepared.media {
        out.push_str("\n\n");
        out.push_str(&embedded(media));
    }
    // Browsers and readers for the blind want to know the language.
    if wikitext::is_lang(&prepared.lang) {
        out = format!("<div lang=\"{}\">\n{}\n</div>", prepared.lang, out.trim());
    }
    out
}

/// The same on one line, as an answer on a talk page.
fn inline(prepared: &Prepared) -> String {
    let pictures: String = prepared.media.iter().map(|m| format!(" {}", embedded(m))).collect();
    format!("{}{pictures}", wikitext::escape_inline(&prepared.text))
}

/// The page an edit made or changed. Any other answer is not a yes.
fn made(answer: &Value) -> Result<u64, Verdict> {
    let edit = answer.get("edit");
    let said = |name: &str| edit.and_then(|e| e.get(name)).and_then(Value::as_str);
    let id = edit.and_then(|e| e.get("pageid")).and_then(Value::as_u64).filter(|id| *id > 0);
    match (said("result"), id) {
        (Some("Success"), Some(id)) => Ok(id),
        (Some("Failure"), _) => {
            let why = said("info").or_else(|| said("code")).unwrap_or("a captcha, or a filter of the wiki");
            let human = format!("The wiki has not taken the edit: {}", why.chars().take(400).collect::<String>());
            Err(Verdict::Rejected { code: "refused".to_owned(), human, field: None })
        }
        _ => Err(Verdict::Unknown { why: "the answer to an edit cannot be read".to_owned() }),
    }
}

impl MediaWiki {
    pub fn new(fetch: Fetch, clock: Clock) -> MediaWiki {
        MediaWiki { api: Api { fetch, clock, sessions: session::Sessions::default() } }
    }

    async fn upload(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        let digest = Sha256::digest(&media.bytes);
        let name = hex(&digest[..16]);
        let kind = media.mime.rsplit('/').next().unwrap_or_default();
        let kind: String = kind.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = format!("{FILES}{name}.{}", if kind == "jpeg" { "jpg" } else { &kind });
        let file = Body::File { name: name.clone(), mime: media.mime.clone(), bytes: media.bytes.clone() };
        let stored = match self.api.act(access, "upload", file).await {
            Ok(answer) => match answer.pointer("/upload/result").and_then(Value::as_str) {
                Some("Success") => answer.pointer("/upload/filename").and_then(Value::as_str).map(str::to_owned),
                _ => None,
            },
            // It is there, byte for byte.
            Err(no) if no.code() == "fileexists-no-change" => Some(name),
            Err(no) => return Err(crate::wire::harmless(about_media(no.verdict()))),
        };
        let stored = stored.filter(|n| n.starts_with(FILES) && !n.contains(['|', '[', ']', '\n']));
        let unread = || Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() };
        Ok(format!("{}|{}", stored.ok_or_else(unread)?, media.alt))
    }

    async fn publish(&self, access: &Access, prepared: &Prepared, key: &str) -> Verdict {
        let mark = title::mark(key);
        let title = title::of(&prepared.text, &mark);
        let form = vec![
            ("title", title.clone()),
            ("text", body(prepared)),
            ("summary", format!("{PUBLISHED} [{mark}]")),
            ("createonly", "1".to_owned()),
            ("watchlist", "nochange".to_owned()),
        ];
        match self.api.act(access, "edit", Body::Form(form)).await {
            Ok(answer) => match made(&answer) {
                Ok(id) => Verdict::Accepted { remote_id: id.to_string(), url: Some(page_url(access, id)) },
                Err(verdict) => verdict,
            },
            Err(no) if no.code() == "articleexists" => self.there_already(access, &title, &mark, no).await,
            Err(no) => no.verdict(),
        }
    }

    /// Whether the page that has the title was made with this very key. Where it was moved, the old title leads to it.
    async fn there_already(&self, access: &Access, title: &str, mark: &str, no: No) -> Verdict {
        let query = [("prop", "info"), ("titles", title), ("redirects", "1")];
        let looked = async {
            let page = self.api.pages(access, &query).await?.into_iter().find(|p| !p.missing).ok_or(Failure::Gone)?;
            let first = [("prop", "revisions"), ("rvdir", "newer"), ("rvlimit", "1"), ("rvprop", "ids|user|comment")];
            self.api.page(access, &page.pageid.to_string(), &first).await
        };
        match looked.await {
            Ok(page) if page.revisions.first().is_some_and(|r| r.comment.contains(mark)) => {
                Verdict::Accepted { remote_id: page.pageid.to_string(), url: Some(page_url(access, page.pageid)) }
            }
            Ok(_) => no.verdict(),
            // An earlier call with this key may have made it.
            Err(failure) => {
                Verdict::Unknown { why: format!("a page has that title, and cannot be looked at: {failure}") }
            }
        }
    }

    /// Changes a page from the last state of it that we know: what others wrote since stays where it does not touch ours,
    /// and otherwise the wiki refuses.
    async fn edit_page(&self, access: &Access, remote_id: &str, prepared: &Prepared) -> Result<Verdict, Failure> {
        let me = self.api.session(access).await?.user.clone();
        let query = [("prop", "revisions"), ("rvuser", me.as_str()), ("rvlimit", "50"), ("rvprop", "ids|comment")];
        let page = self.api.page(access, remote_id, &query).await?;
        let known = page.revisions.iter().find(|r| r.comment.starts_with(OURS)).or(page.revisions.first());
        let Some(base) = known.map(|r| r.revid) else {
            let human = format!("{me} has written nothing on this page.");
            return Ok(Verdict::Rejected { code: "forbidden".to_owned(), human, field: None });
        };
        let form = vec![
            ("pageid", page.pageid.to_string()),
            ("text", body(prepared)),
            ("summary", format!("{CORRECTED} the text")),
            ("baserevid", base.to_string()),
            ("nocreate", "1".to_owned()),
            ("watchlist", "nochange".to_owned()),
        ];
        Ok(match self.api.act(access, "edit", Body::Form(form)).await {
            Ok(answer) => match made(&answer) {
                Ok(id) => Verdict::Accepted { remote_id: id.to_string(), url: Some(page_url(access, id)) },
                Err(verdict) => verdict,
            },
            Err(no) => no.verdict(),
        })
    }
}

/// A refused upload is about the picture.
fn about_media(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Rejected { code, human, field: None } if code == "refused" => {
            Verdict::Rejected { code, human, field: Some("media".to_owned()) }
        }
        other => other,
    }
}

impl Connector for MediaWiki {
    fn capabilities(&self) -> Capabilities {
        limits::usual()
    }

    fn capabilities_at<'a>(&'a self, access: &'a Access) -> Fut<'a, Capabilities> {
        Box::pin(async move { self.api.limits(access).await.unwrap_or_else(|_| limits::usual()) })
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(async move {
            let answer = self.api.ask(access, &[("meta", "userinfo")]).await?;
            let name = answer.pointer("/query/userinfo/name").and_then(Value::as_str).ok_or_else(unreadable)?;
            let id = answer.pointer("/query/userinfo/id").and_then(Value::as_u64).ok_or_else(unreadable)?;
            let page: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
            Ok(Identity {
                account_id: id.to_string(),
                handle: name.to_owned(),
                name: name.to_owned(),
                url: Some(access.url(&format!("/index.php?title=User:{page}"))),
            })
        })
    }

    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let name = handle.trim_start_matches('@');
            let answer = self.api.ask(access, &[("list", "users"), ("ususers", name)]).await?;
            let user = answer.pointer("/query/users/0").ok_or_else(unreadable)?;
            user.get("userid").and_then(Value::as_u64).map(|id| Some(id.to_string())).ok_or(Failure::Gone)
        })
    }

    /// Also signs in, so that the attempt is one call and no more.
    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            if post.media.is_empty() {
                self.api.session(access).await.map_err(unwritten)?;
            }
            let mut media = Vec::new();
            for picture in &post.media {
                media.push(self.upload(access, picture).await?);
            }
            Ok(Prepared::of(post, media))
        })
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match &prepared.reply_to {
                Some(to) => self.answer(access, to, prepared, key).await,
                None => self.publish(access, prepared, key).await,
            }
        })
    }

    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move { self.by_mark(access, sought).await.unwrap_or(Found::CannotTell) })
    }

    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match revision(remote_id) {
                Some(id) => self.edit_words(access, id, prepared).await,
                None => self.edit_page(access, remote_id, prepared).await.unwrap_or_else(unwritten),
            }
        })
    }

    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move {
            if let Some(id) = revision(remote_id) {
                return self.remove_words(access, id).await;
            }
            let form = vec![
                ("pageid", remote_id.to_owned()),
                ("reason", format!("{REMOVED} the page")),
                ("watchlist", "nochange".to_owned()),
            ];
            let done = Verdict::Accepted { remote_id: remote_id.to_owned(), url: None };
            match self.api.act(access, "delete", Body::Form(form)).await {
                Ok(answer) if answer.get("delete").is_some_and(Value::is_object) => done,
                Ok(_) => Verdict::Unknown { why: "the answer to a removal cannot be read".to_owned() },
                Err(no) => match no.verdict() {
                    Verdict::Rejected { code, .. } if code == "gone" => done,
                    verdict => verdict,
                },
            }
        })
    }

    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        Box::pin(async move {
            match revision(remote_id) {
                Some(id) => self.hide_words(access, id, hidden).await,
                None => Verdict::unsupported("hide"),
            }
        })
    }

    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        Box::pin(self.comments(access, cursor))
    }

    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        Box::pin(self.own_after(access, cursor))
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        Box::pin(self.counted(access, remote_id))
    }
}
