//! What others write on the talk pages of our pages, and what we do about it: answer, hide, show again.
use super::answer::unreadable;
use super::cursor::Cursor;
use super::hide::Words;
use super::revisions::Change;
use super::session::{Api, Body};
use super::{ANSWERED, AT_ONCE, MediaWiki, TALK_SPACES, made, revision_url, talk, title};
use crate::wire::unwritten;
use crate::{Access, Counts, Failure, Inbound, InboundPage, Prepared, Verdict, wire};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// `r123` as 123.
pub(super) fn revision(remote_id: &str) -> Option<u64> {
    remote_id.strip_prefix('r').filter(|n| n.len() <= 18 && n.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

impl Api {
    /// Where a reader begins that has seen nothing: at the newest there is.
    pub async fn newest_of(
        &self,
        access: &Access,
        name: &str,
        query: &[(&str, &str)],
        number: fn(&Change) -> u64,
    ) -> Result<Cursor, Failure> {
        let answer = self.ask(access, query).await?;
        match answer.pointer(&format!("/query/{name}/0")) {
            None => Cursor::now(&answer),
            Some(newest) => {
                let newest: Change = serde_json::from_value(newest.clone()).map_err(|_| unreadable())?;
                Cursor::new(&newest.timestamp, number(&newest))
            }
        }
    }
}

impl MediaWiki {
    pub(super) async fn comments(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let list = [("list", "recentchanges"), ("rctype", "edit|new"), ("rcnamespace", TALK_SPACES)];
        let list: Vec<_> =
            list.into_iter().chain([("rcprop", "ids|title|timestamp|user|userid|flags|comment")]).collect();
        let Some(cursor) = cursor else {
            let query: Vec<_> = list.into_iter().chain([("rclimit", "1"), ("curtimestamp", "1")]).collect();
            let cursor = self.api.newest_of(access, "recentchanges", &query, |c| c.rcid).await?;
            return Ok(InboundPage { items: Vec::new(), cursor: Some(cursor.to_string()), more: false });
        };
        let from = Cursor::read(&cursor)?;
        let since = from.since();
        let rest = [("rcdir", "newer"), ("rcstart", since.as_str()), ("rclimit", "max"), ("rcshow", "!bot")];
        let query: Vec<_> = list.into_iter().chain(rest).collect();
        let mut listed = self.api.changes(access, "recentchanges", &query).await?;
        listed.items.retain(|c| c.rcid > from.number);
        listed.items.sort_by_key(|c| c.rcid);
        let more = listed.items.len() > AT_ONCE || !listed.complete;
        listed.items.truncate(AT_ONCE);
        let last = listed.items.last().map(|c| Cursor::new(&c.timestamp, c.rcid)).transpose()?;
        let items = self.said_to_us(access, listed.items).await?;
        Ok(InboundPage { items, cursor: Some(last.unwrap_or(from).to_string()), more })
    }

    /// How often others said something on the talk page of a page. A wiki keeps no such count; its list of changes, which is
    /// kept for ninety days, has each edit that made the talk page longer. Where more is there than is read, nothing is told.
    pub(super) async fn counted(&self, access: &Access, remote_id: &str) -> Result<Counts, Failure> {
        let me = self.api.session(access).await?.user.clone();
        let page = self.api.page(access, remote_id, &[("prop", "info"), ("inprop", "associatedpage")]).await?;
        let talk = page.associatedpage.ok_or_else(unreadable)?;
        let list = [("list", "recentchanges"), ("rctype", "edit|new"), ("rcshow", "!bot"), ("rclimit", "max")];
        let what = [("rctitle", talk.as_str()), ("rcprop", "ids|title|timestamp|user|flags|sizes")];
        let query: Vec<_> = list.into_iter().chain(what).collect();
        let listed = self.api.changes(access, "recentchanges", &query).await?;
        let of_others = |c: &&Change| c.user != me && !c.userhidden && c.newlen > c.oldlen;
        let replies = listed.items.iter().filter(of_others).count() as u64;
        Ok(Counts { replies: listed.complete.then_some(replies), ..Counts::default() })
    }

    async fn said_to_us(&self, access: &Access, changes: Vec<Change>) -> Result<Vec<Inbound>, Failure> {
        let me = self.api.session(access).await?.user.clone();
        let others: Vec<Change> = changes.into_iter().filter(|c| c.user != me && !c.userhidden).collect();
        let ours = self.talk_pages(access, &me, &others).await?;
        let others: Vec<Change> = others.into_iter().filter(|c| ours.contains_key(&c.pageid)).collect();
        let revisions: Vec<u64> = others.iter().flat_map(|c| [c.old_revid, c.revid]).collect();
        let texts = self.api.texts(access, &revisions).await?;
        let mut items = Vec::new();
        for change in others {
            let hidden = |id: u64| texts.get(&id).is_some_and(|(_, r)| r.is_hidden());
            let text = |id: u64| texts.get(&id).and_then(|(_, r)| r.text()).unwrap_or_default();
            if hidden(change.revid) {
                continue;
            }
            let said = talk::words(&talk::added(text(change.old_revid), text(change.revid)), &change.user);
            if said.is_empty() {
                continue;
            }
            let name: String = url::form_urlencoded::byte_serialize(change.user.as_bytes()).collect();
            let known = change.userid > 0;
            let page = if known { "User:" } else { "Special:Contributions/" };
            items.push(Inbound {
                remote_id: format!("r{}", change.revid),
                in_reply_to: ours.get(&change.pageid).cloned().flatten(),
                author_id: if known { change.userid.to_string() } else { change.user.clone() },
                author_url: Some(access.url(&format!("/index.php?title={page}{name}"))),
                author_name: change.user,
                text: said,
                lang: None,
                at_us: wire::time(&change.timestamp).ok_or_else(unreadable)?,
                url: Some(revision_url(access, change.revid)),
            });
        }
        Ok(items)
    }

    /// Of the talk pages that changed those that are ours, each with the page it belongs to: of a page that this account
    /// began, and the account's own.
    async fn talk_pages(
        &self,
        access: &Access,
        me: &str,
        changes: &[Change],
    ) -> Result<BTreeMap<u64, Option<String>>, Failure> {
        let mut ours = BTreeMap::new();
        let ids: BTreeSet<u64> = changes.iter().map(|c| c.pageid).collect();
        for id in ids {
            let own = changes
                .iter()
                .any(|c| c.pageid == id && c.ns == 3 && c.title.split_once(':').is_some_and(|(_, name)| name == me));
            if own {
                ours.insert(id, None);
                continue;
            }
            let talk = match self.api.page(access, &id.to_string(), &[("prop", "info"), ("inprop", "subjectid")]).await
            {
                Ok(page) => page,
                Err(Failure::Gone) => continue,
                Err(failure) => return Err(failure),
            };
            let Some(subject) = talk.subjectid.filter(|id| *id > 0).map(|id| id.to_string()) else { continue };
            let first = [("prop", "revisions"), ("rvdir", "newer"), ("rvlimit", "1"), ("rvprop", "ids|user")];
            match self.api.page(access, &subject, &first).await {
                Ok(page) if page.revisions.first().is_some_and(|r| r.user == me) => {
                    ours.insert(id, Some(subject));
                }
                Ok(_) | Err(Failure::Gone) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(ours)
    }

    /// Writes a talk page anew, if nobody has changed it since it was read.
    pub(super) async fn rewritten(&self, access: &Access, words: &Words, text: String, summary: String) -> Verdict {
        let body = vec![
            ("pageid", words.page.pageid.to_string()),
            ("text", text),
            ("summary", summary),
            ("baserevid", words.now.revid.to_string()),
            ("nocreate", "1".to_owned()),
            ("watchlist", "nochange".to_owned()),
        ];
        self.on_talk_page(access, body).await
    }

    async fn on_talk_page(&self, access: &Access, body: Vec<(&'static str, String)>) -> Verdict {
        match self.api.act(access, "edit", Body::Form(body)).await {
            Ok(answer) => match (made(&answer), answer.pointer("/edit/newrevid").and_then(Value::as_u64)) {
                (Ok(_), Some(id)) => {
                    Verdict::Accepted { remote_id: format!("r{id}"), url: Some(revision_url(access, id)) }
                }
                (Ok(_), None) => Verdict::Unknown { why: "the wiki does not tell what it made".to_owned() },
                (Err(verdict), _) => verdict,
            },
            // Somebody else wrote there in this moment. Nothing was done, and the next look sees their words too.
            Err(no) if matches!(no.code(), "editconflict" | "articleexists") => {
                Verdict::NotSent { why: "the talk page was changed at the same moment".to_owned() }
            }
            Err(no) => no.verdict(),
        }
    }

    /// Answers words on a talk page below them, or a page of ours at the end of its talk page. The mark of the key in a
    /// summary there says that it was done before.
    pub(super) async fn answer(&self, access: &Access, to: &str, prepared: &Prepared, key: &str) -> Verdict {
        match self.try_answer(access, to, prepared, key).await {
            Ok(verdict) => verdict,
            Err(failure) => unwritten(failure),
        }
    }

    async fn try_answer(&self, access: &Access, to: &str, prepared: &Prepared, key: &str) -> Result<Verdict, Failure> {
        let me = self.api.session(access).await?.user.clone();
        let mark = title::mark(key);
        let summary = format!("{ANSWERED} [{mark}]");
        let answer = format!("{} ~~~~", super::inline(prepared));
        let headed = format!("== {me} ==\n\n{answer}");
        let (words, answer) = match revision(to) {
            Some(id) => (self.words_of(access, id).await?, answer),
            None => {
                let page = self.api.page(access, to, &[("prop", "info"), ("inprop", "associatedpage|talkid")]).await?;
                let Some(talk_id) = page.talkid.filter(|id| *id > 0) else {
                    // Nobody has written there yet: only the first to do so makes the page.
                    let talk = page.associatedpage.ok_or_else(unreadable)?;
                    let once = ("createonly", "1".to_owned());
                    let body = vec![("title", talk), ("text", headed), ("summary", summary), once];
                    return Ok(self.on_talk_page(access, body).await);
                };
                let (page, now) = self.api.newest(access, talk_id).await?;
                (Words { page, now, lines: Vec::new() }, headed)
            }
        };
        if let Some(done) = self.marked(access, words.page.pageid, &me, &mark).await? {
            return Ok(done);
        }
        let text = talk::answered(words.text(), &words.places(), &answer);
        Ok(self.rewritten(access, &words, text, summary).await)
    }

    /// What an earlier call with this key did on a page.
    async fn marked(&self, access: &Access, page: u64, me: &str, mark: &str) -> Result<Option<Verdict>, Failure> {
        let query = [("prop", "revisions"), ("rvuser", me), ("rvlimit", "50"), ("rvprop", "ids|comment")];
        let page = self.api.page(access, &page.to_string(), &query).await?;
        let done = page.revisions.iter().find(|r| r.comment.contains(mark));
        Ok(done.map(|r| Verdict::Accepted {
            remote_id: format!("r{}", r.revid),
            url: Some(revision_url(access, r.revid)),
        }))
    }
}
