//! What became of a message on its platform: other words, or none any more. What was said before stays, with the time it was
//! seen and with what it was answered or judged for.
use super::facts::{MessageBackThere, MessageDeletedThere, MessageEdited};
use super::message::{Answer, DELETED_THERE, Message, is_cut, script};
use super::store::{self, versions as rows};
use crate::ledger::Record;
use ground::crypto::sha256_hex;
use ground::db::{DbResult, Run, Tx};
use ground::{Ctx, Result, record, search};

record! {
    /// `n` counts from 1, which is what came in.
    pub struct Version { message_id: i64, n: i64, text: String, text_hash: String, seen_at: i64 }
}

/// The hash of what a message says now.
pub fn words_hash(m: &Message) -> String {
    sha256_hex(m.text.as_bytes())
}

fn came_in(m: &Message) -> Version {
    Version { message_id: m.id, n: 1, text: m.text.clone(), text_hash: words_hash(m), seen_at: m.received_at }
}

/// Everything the message has said, oldest first; one version at least.
pub async fn all(c: &impl Run, m: &Message) -> DbResult<Vec<Version>> {
    if m.edited_at.is_none() {
        return Ok(vec![came_in(m)]);
    }
    rows::of(c, m.id).await
}

/// The message says this now. The same words again are nothing new.
pub async fn reworded(cx: &Ctx, tx: &Tx, m: &Message, text: &str) -> Result<bool> {
    if m.text == text {
        return Ok(false);
    }
    let last = match rows::last(tx, m.id).await? {
        0 => {
            rows::insert(tx, &came_in(m)).await?;
            1
        }
        n => n,
    };
    let (n, text_hash) = (last + 1, sha256_hex(text.as_bytes()));
    let new = Version { message_id: m.id, n, text: text.into(), text_hash: text_hash.clone(), seen_at: cx.now() };
    rows::insert(tx, &new).await?;
    rows::edited(tx, m, text, script(text), cx.now()).await?;
    let (message, agency, account) = (m.id, m.agency_id, m.account_id);
    tx.record(cx, &MessageEdited { message, agency, account, n, text_hash }).await?;
    let doc = search::Doc { kind: "message", id: m.id, scope: m.agency_id, public: false, text };
    search::put(tx, cx.db().engine(), &doc).await?;
    Ok(true)
}

/// It is gone from its platform. Here it stays, and wants no answer any more.
pub async fn deleted_there(cx: &Ctx, tx: &Tx, m: &Message) -> Result<bool> {
    if m.deleted_at.is_some() {
        return Ok(false);
    }
    let (state, reason) = if m.is_open() { ("closed", DELETED_THERE) } else { (m.state.as_str(), &*m.closed_reason) };
    rows::deleted(tx, m, state, reason, cx.now()).await?;
    let (message, agency, account) = (m.id, m.agency_id, m.account_id);
    tx.record(cx, &MessageDeletedThere { message, agency, account }).await?;
    Ok(true)
}

/// It is on its platform again. What was closed only because it was gone wants its answer again.
pub async fn back_there(cx: &Ctx, tx: &Tx, m: &Message) -> Result<bool> {
    if m.deleted_at.is_none() {
        return Ok(false);
    }
    let only_gone = m.state == "closed" && m.closed_reason == DELETED_THERE;
    let (state, reason) = if only_gone { ("open", "") } else { (m.state.as_str(), &*m.closed_reason) };
    rows::came_back(tx, m, state, reason).await?;
    let (message, agency, account) = (m.id, m.agency_id, m.account_id);
    tx.record(cx, &MessageBackThere { message, agency, account }).await?;
    Ok(true)
}

/// A moderator decided upon the words as they are now.
pub async fn judged(tx: &Tx, m: &Message, at: i64) -> DbResult<()> {
    rows::judge(tx, m.id, at, &words_hash(m)).await
}

/// The version that was there at a moment. Pure.
pub fn at(versions: &[Version], moment: i64) -> i64 {
    versions.iter().rev().find(|v| v.seen_at <= moment).or(versions.first()).map_or(1, |v| v.n)
}

/// The version with these words that was there at a moment; without one, the one that was there. Pure.
fn in_words(versions: &[Version], moment: i64, hash: &str) -> i64 {
    let same = versions.iter().rev().find(|v| v.seen_at <= moment && v.text_hash == hash);
    same.map_or_else(|| at(versions, moment), |v| v.n)
}

/// A version as a page shows it.
pub struct Shown {
    pub v: Version,
    pub answered: bool,
    pub judged: bool,
    pub last: bool,
}

impl Shown {
    pub fn lang(&self) -> &'static str {
        script(&self.v.text)
    }
    pub fn is_cut(&self) -> bool {
        is_cut(&self.v.text)
    }
}

/// Every version, marked with what was answered and decided; empty for a message that was never changed. `decided`: when a
/// decision fell and which words it names.
pub async fn history(cx: &Ctx, m: &Message, decided: &[(i64, &str)]) -> Result<Vec<Shown>> {
    if m.edited_at.is_none() {
        return Ok(vec![]);
    }
    let versions = all(cx.db(), m).await?;
    let answers = store::answers(cx.db(), m.id).await?;
    let mut judged = rows::judgements(cx.db(), m.id).await?;
    judged.extend(decided.iter().map(|(at, words)| (*at, sha256_hex(words.as_bytes()))));
    Ok(marked(versions, &answers, &judged))
}

fn marked(versions: Vec<Version>, answers: &[Answer], judged: &[(i64, String)]) -> Vec<Shown> {
    let answered: Vec<i64> = answers.iter().map(|a| at(&versions, a.created_at)).collect();
    let judged: Vec<i64> = judged.iter().map(|(when, hash)| in_words(&versions, *when, hash)).collect();
    let last = versions.last().map_or(1, |v| v.n);
    let shown =
        |v: Version| Shown { answered: answered.contains(&v.n), judged: judged.contains(&v.n), last: v.n == last, v };
    versions.into_iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(n: i64, text: &str, seen_at: i64) -> Version {
        Version { message_id: 1, n, text: text.into(), text_hash: sha256_hex(text.as_bytes()), seen_at }
    }

    #[test]
    fn an_answer_belongs_to_the_words_of_its_time_and_a_decision_to_the_words_it_names() {
        let all = vec![version(1, "a", 10), version(2, "b", 20), version(3, "c", 30)];
        assert_eq!([5, 10, 19, 20, 29, 30, 99].map(|moment| at(&all, moment)), [1, 1, 1, 2, 2, 3, 3]);
        let hash = |text: &str| sha256_hex(text.as_bytes());
        // A page that was opened before an edit was seen.
        assert_eq!(in_words(&all, 25, &hash("a")), 1);
        assert_eq!(in_words(&all, 25, &hash("c")), 2, "nobody decides on words that come later");
        let shown = marked(all, &[], &[(25, hash("b"))]);
        assert_eq!(
            shown.iter().map(|s| (s.judged, s.last)).collect::<Vec<_>>(),
            [(false, false), (true, false), (false, true)]
        );
    }
}
