//! Words on a talk page taken out of sight, shown again, removed or put in another way. Taking them off the page is not
//! enough: earlier revisions still hold them, and are hidden too where the account may do that.
use super::answer::unreadable;
use super::revisions::{Page, Revision};
use super::session::{Api, Body};
use super::{CORRECTED, HIDDEN, MediaWiki, REMOVED, SHOWN, revision_url, talk};
use crate::wire::{gone, unwritten};
use crate::{Access, Failure, Prepared, Verdict};
use serde_json::Value;

/// What stands in the place of words that were hidden.
const NOTICE: &str = "''(A comment stood here. The moderators of this page have hidden it.)''";
/// How many revisions are hidden in one call; more are not taken by every wiki.
const REVISIONS: usize = 50;

/// How many revisions every wiki lists at once.
const HISTORY: usize = 500;

/// Words on a talk page: what a revision added there, and the page as it is now.
pub(super) struct Words {
    pub page: Page,
    pub now: Revision,
    pub lines: Vec<String>,
}

impl Words {
    pub fn text(&self) -> &str {
        self.now.text().unwrap_or_default()
    }
    pub fn places(&self) -> Vec<usize> {
        talk::places(self.text(), &self.lines)
    }
}

fn notice(id: u64, lines: &[String]) -> String {
    let indent = lines.first().map(|l| talk::indent(l)).unwrap_or_default();
    format!("{indent}{NOTICE}<!-- drelwa r{id} -->")
}

fn accepted(access: &Access, id: u64) -> Verdict {
    Verdict::Accepted { remote_id: format!("r{id}"), url: Some(revision_url(access, id)) }
}

/// Whether the wiki hid or showed every one: it says *Success* of those it refused, too.
fn all_are(answer: &Value, hidden: bool) -> Result<(), Verdict> {
    let unknown = || Verdict::Unknown { why: "the wiki does not tell what it hid".to_owned() };
    let items = answer.pointer("/revisiondelete/items").and_then(Value::as_array).ok_or_else(unknown)?;
    for item in items {
        match item.get("texthidden").and_then(Value::as_bool) {
            Some(is) if is == hidden => {}
            Some(_) => {
                let code = item.pointer("/errors/0/code").and_then(Value::as_str).unwrap_or("no reason").to_owned();
                let human = format!("The wiki has not changed what can be seen: {code}");
                return Err(Verdict::Rejected { code: "refused".to_owned(), human, field: None });
            }
            None => return Err(unknown()),
        }
    }
    Ok(())
}

impl Api {
    /// The numbers of a page's revisions from one on, oldest first, the newest left out: that one cannot be hidden. A
    /// history that is not given whole is left to a person, who would otherwise be told that it is done.
    async fn earlier(&self, access: &Access, page: u64, from: u64) -> Result<Vec<u64>, Failure> {
        let (from, most) = (from.to_string(), HISTORY.to_string());
        let query = [
            ("prop", "revisions"),
            ("rvdir", "newer"),
            ("rvstartid", from.as_str()),
            ("rvlimit", most.as_str()),
            ("rvprop", "ids"),
        ];
        let page = self.page(access, &page.to_string(), &query).await?;
        let mut ids: Vec<u64> = page.revisions.iter().map(|r| r.revid).collect();
        if ids.len() >= HISTORY {
            let human = "Too much was written on this page since: its history must be looked through on the wiki.";
            return Err(Failure::Refused { code: "history-too-long".to_owned(), human: human.to_owned() });
        }
        ids.pop();
        Ok(ids)
    }
}

impl MediaWiki {
    pub(super) async fn hide_words(&self, access: &Access, id: u64, hidden: bool) -> Verdict {
        let done = if hidden { self.hidden(access, id).await } else { self.shown(access, id).await };
        done.unwrap_or_else(unwritten)
    }

    async fn hidden(&self, access: &Access, id: u64) -> Result<Verdict, Failure> {
        if !self.api.session(access).await?.may("deleterevision") {
            return Ok(Verdict::unsupported("hide"));
        }
        let words = self.words_of(access, id).await?;
        let places = words.places();
        if !places.is_empty() {
            let text = talk::replaced(words.text(), &places, Some(&notice(id, &words.lines)));
            let verdict = self.rewritten(access, &words, text, format!("{HIDDEN} a comment")).await;
            if !matches!(verdict, Verdict::Accepted { .. }) {
                return Ok(verdict);
            }
        }
        self.history(access, id, &words, true).await
    }

    /// Hides the earlier revisions that hold the words.
    async fn history(&self, access: &Access, id: u64, words: &Words, hidden: bool) -> Result<Verdict, Failure> {
        let ids = self.api.earlier(access, words.page.pageid, id).await?;
        let texts = self.api.texts(access, &ids).await?;
        let holds = |r: &Revision| r.text().is_none_or(|text| !talk::places(text, &words.lines).is_empty());
        let wanted = |id: &&u64| texts.get(id).is_some_and(|(_, r)| r.is_hidden() != hidden && holds(r));
        let ids: Vec<u64> = ids.iter().filter(wanted).copied().collect();
        for some in ids.chunks(REVISIONS) {
            let ids: Vec<String> = some.iter().map(u64::to_string).collect();
            let body = vec![
                ("type", "revision".to_owned()),
                ("target", words.page.title.clone()),
                ("ids", ids.join("|")),
                (if hidden { "hide" } else { "show" }, "content".to_owned()),
                ("reason", if hidden { HIDDEN } else { SHOWN }.to_owned()),
            ];
            match self.api.act(access, "revisiondelete", Body::Form(body)).await {
                Ok(answer) => {
                    if let Err(verdict) = all_are(&answer, hidden) {
                        return Ok(verdict);
                    }
                }
                Err(no) => return Ok(no.verdict()),
            }
        }
        Ok(accepted(access, id))
    }

    /// The earlier revisions first, so that the words can be read and put back.
    async fn shown(&self, access: &Access, id: u64) -> Result<Verdict, Failure> {
        if !self.api.session(access).await?.may("deleterevision") {
            return Ok(Verdict::unsupported("hide"));
        }
        let words = self.words_of(access, id).await?;
        let verdict = self.history(access, id, &words, false).await?;
        if !matches!(verdict, Verdict::Accepted { .. }) {
            return Ok(verdict);
        }
        let words = self.words_of(access, id).await?;
        let sign = format!("<!-- drelwa r{id} -->");
        let place = words.text().lines().position(|line| line.contains(&sign));
        let Some(place) = place else { return Ok(accepted(access, id)) };
        let text = talk::replaced(words.text(), &[place], Some(&words.lines.join("\n")));
        let verdict = self.rewritten(access, &words, text, format!("{SHOWN} a comment")).await;
        Ok(if matches!(verdict, Verdict::Accepted { .. }) { accepted(access, id) } else { verdict })
    }

    /// Takes words of ours off a talk page, and out of its history where the account may do that.
    pub(super) async fn remove_words(&self, access: &Access, id: u64) -> Verdict {
        let done = async {
            let words = match self.words_of(access, id).await {
                Ok(words) => words,
                Err(Failure::Gone) => return Ok(accepted(access, id)),
                Err(failure) => return Err(failure),
            };
            let places = words.places();
            if !places.is_empty() {
                let text = talk::replaced(words.text(), &places, None);
                let verdict = self.rewritten(access, &words, text, format!("{REMOVED} an answer")).await;
                if !matches!(verdict, Verdict::Accepted { .. }) {
                    return Ok(verdict);
                }
            }
            if self.api.session(access).await?.may("deleterevision") {
                return self.history(access, id, &words, true).await;
            }
            Ok(accepted(access, id))
        };
        done.await.unwrap_or_else(unwritten)
    }

    /// Puts words of ours in another way. The revision that does it is their new id.
    pub(super) async fn edit_words(&self, access: &Access, id: u64, prepared: &Prepared) -> Verdict {
        let done = async {
            let words = self.words_of(access, id).await?;
            let places = words.places();
            let (Some(first), false) = (words.lines.first(), places.is_empty()) else { return Ok(gone()) };
            let line = format!("{} ~~~~", super::inline(prepared));
            let line = match first.starts_with('=') {
                true => format!("{first}\n\n{line}"),
                false => format!("{}{line}", talk::indent(first)),
            };
            let text = talk::replaced(words.text(), &places, Some(&line));
            Ok(self.rewritten(access, &words, text, format!("{CORRECTED} an answer")).await)
        };
        done.await.unwrap_or_else(unwritten)
    }

    /// Words of a talk page by the revision that brought them; `Gone` where page or revision is not there any more.
    pub(super) async fn words_of(&self, access: &Access, id: u64) -> Result<Words, Failure> {
        let mut texts = self.api.texts(access, &[id]).await?;
        let (page, brought) = texts.remove(&id).ok_or(Failure::Gone)?;
        if page.ns % 2 == 0 {
            return Err(Failure::Gone);
        }
        let texts = self.api.texts(access, &[brought.parentid]).await?;
        let before = texts.get(&brought.parentid).and_then(|(_, r)| r.text()).unwrap_or_default();
        let lines = talk::added(before, brought.text().unwrap_or_default());
        let (page, now) = self.api.newest(access, page.pageid).await?;
        if page.pageid == 0 {
            return Err(unreadable());
        }
        Ok(Words { page, now, lines })
    }
}
