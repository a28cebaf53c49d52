//! What stands on the practice network for an account, letting it go wrong there, and writing to it as a citizen.
use super::FAULTS;
use crate::accounts::{self, Account};
use crate::ledger::Record;
use crate::people::roles::{ANSWER_MESSAGES, SEE_DESK};
use crate::publishing::PracticeControl;
use crate::publishing::facts::{PracticeCleared, PracticeFault, PracticeWritten};
use connect::simulator::{Fault, PracticePost, PracticeReply, SetFault, Simulator};
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};

/// The most calls in a row that can be made to go wrong.
const MOST_TIMES: i64 = 20;
const LONGEST: usize = 5_000;
const LONGEST_NAME: usize = 60;
/// How long a platform asks to wait, how long it looks at a post, and how much longer a slow one takes, in milliseconds.
const WAIT: u64 = 60_000;
const LOOK: u64 = 30_000;
const SLOW: u64 = 2_000;
/// So many of each are shown, the newest.
const SHOWN: usize = 10;

/// A post as it stands there.
pub struct Standing {
    pub post: PracticePost,
    pub likes: u64,
    pub shares: u64,
    pub views: u64,
    pub url: String,
}

/// An account on the practice network, newest posts and comments first.
pub struct Trained {
    pub account: Account,
    pub label: String,
    pub posts: Vec<Standing>,
    pub comments: Vec<PracticeReply>,
    pub faults: Vec<SetFault>,
}

pub fn network(cx: &Ctx) -> Result<&Simulator> {
    cx.machine.part::<PracticeControl>().map(|c| c.0.as_ref()).map_err(|_| Error::not_found())
}

/// The account's name there; `None` of an account that is not for practice or was not connected.
async fn name_of(cx: &Ctx, account: &Account) -> Result<Option<String>> {
    if !account.is_practice(cx) || !account.publishes() {
        return Ok(None);
    }
    let Some(connector) = accounts::connector_of(cx, &account.platform)? else { return Ok(None) };
    let access = accounts::access(cx, account).await?;
    Ok(network(cx)?.account(connector.capabilities().platform, access.secret.reveal()))
}

async fn trained(cx: &Ctx, account: Account, name: &str) -> Result<Trained> {
    let net = network(cx)?;
    let mine = net.posts().into_iter().filter(|p| p.account == name).rev().take(SHOWN);
    let posts = mine.map(|post| {
        let (likes, shares, views) = net.counts(&post.id);
        Standing { url: format!("{}/posts/{}", net.base_url(), post.id), post, likes, shares, views }
    });
    let comments = net.replies().into_iter().filter(|r| r.account == name).rev().take(SHOWN).collect();
    let (label, faults) = (account.label(cx), net.faults_of(name));
    Ok(Trained { label, posts: posts.collect(), comments, faults, account })
}

/// The practice accounts of the agencies that the reader works for.
pub async fn list(cx: &Ctx) -> Result<Vec<Trained>> {
    network(cx)?;
    let mut all = vec![];
    for agency in cx.actor.scopes(SEE_DESK).unwrap_or_default() {
        for account in accounts::live_of(cx.db(), agency).await? {
            if let Some(name) = name_of(cx, &account).await? {
                all.push(trained(cx, account, &name).await?);
            }
        }
    }
    Ok(all)
}

/// Whether the reader trains on an account: whoever may answer people in its name.
pub fn may(cx: &Ctx, account: &Account) -> bool {
    cx.actor.may(ANSWER_MESSAGES, account.agency_id)
}

async fn to_train(cx: &Ctx, id: i64) -> Result<(Account, String)> {
    network(cx)?;
    let account = accounts::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if !may(cx, &account) {
        return Err(Error::not_allowed());
    }
    let name = name_of(cx, &account).await?.ok_or_else(Error::not_found)?;
    Ok((account, name))
}

fn wrong(field: &'static str, key: &'static str) -> Error {
    Error::invalid(vec![FieldError::new(field, Say::new(key))])
}

/// Lets so many of the account's next calls go wrong; 0: all, until it is cleared.
pub async fn set_fault(cx: &Ctx, id: i64, code: &str, times: i64) -> Result<Trained> {
    let (account, name) = to_train(cx, id).await?;
    let known = FAULTS.iter().find(|(_, c, ..)| *c == code).map(|(fault, ..)| *fault);
    let fault = known.ok_or_else(|| wrong("fault", "publishing-practice-error-fault"))?;
    let many = u32::try_from(times).ok().filter(|_| times <= MOST_TIMES);
    let times = many.ok_or_else(|| wrong("times", "publishing-practice-error-times"))?;
    let ms = match fault {
        Fault::RateLimit => Some(WAIT),
        Fault::Review | Fault::ReviewRefused => Some(LOOK),
        Fault::Slow => Some(SLOW),
        _ => None,
    };
    let tx = cx.begin("publishing.practice").await?;
    let (agency, fact) = (account.agency_id, code.to_owned());
    tx.record(cx, &PracticeFault { account: id, agency, fault: fact, times: i64::from(times) }).await?;
    cx.commit(tx).await?;
    network(cx)?.set_fault(SetFault { fault, account: Some(name.clone()), times, ms });
    trained(cx, account, &name).await
}

/// Nothing goes wrong for the account any more.
pub async fn clear(cx: &Ctx, id: i64) -> Result<()> {
    let (account, name) = to_train(cx, id).await?;
    let tx = cx.begin("publishing.practice").await?;
    tx.record(cx, &PracticeCleared { account: id, agency: account.agency_id }).await?;
    cx.commit(tx).await?;
    network(cx)?.clear_faults_of(&name);
    Ok(())
}

/// Words as a citizen might write them: below one of the account's posts, or to the account.
pub async fn write(cx: &Ctx, id: i64, author: &str, text: &str, post: Option<&str>) -> Result<Trained> {
    let (account, name) = to_train(cx, id).await?;
    let (author, text, post) = (author.trim(), text.trim(), post.map(str::trim).filter(|p| !p.is_empty()));
    let mut bad = vec![];
    let mut check = |is_bad: bool, field: &'static str, key: &'static str| {
        if is_bad {
            bad.push(FieldError::new(field, Say::new(key)));
        }
    };
    check(author.is_empty() || author.chars().count() > LONGEST_NAME, "author", "publishing-practice-error-author");
    check(text.is_empty() || text.chars().count() > LONGEST, "text", "publishing-practice-error-text");
    let there = |p: &str| network(cx).is_ok_and(|n| n.posts().iter().any(|o| o.id == p && o.account == name));
    check(!post.is_none_or(there), "post", "publishing-practice-error-post");
    if !bad.is_empty() {
        return Err(Error::invalid(bad));
    }
    let tx = cx.begin("publishing.practice").await?;
    tx.record(cx, &PracticeWritten { account: id, agency: account.agency_id }).await?;
    cx.commit(tx).await?;
    network(cx)?.add_reply(&name, post, author, text).map_err(Error::fault)?;
    trained(cx, account, &name).await
}
