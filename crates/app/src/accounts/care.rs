//! Looking after accounts that are live: what was set right is confirmed, each is evaluated, and one that fell quiet is
//! noticed.
use super::account::Account;
use super::actions::see;
use super::ending::SOON;
use super::life::{Check, Evaluation, Life, QUIET, Stage};
use super::rules::{self, Evaluating};
use super::{AccountChecked, AccountEvaluated, AccountQuiet, store};
use crate::ledger::Record;
use crate::people::roles::{APPROVE_ACCOUNTS, REQUEST_ACCOUNTS};
use crate::platforms;
use ground::clock::DAY;
use ground::db::Tx;
use ground::{Ctx, Error, FieldError, Result, Say};

const LONGEST: usize = 4000;

/// Everything that is known of an account.
pub async fn life(cx: &Ctx, account: &Account) -> Result<Life> {
    let (db, id) = (cx.db(), account.id);
    Ok(Life {
        own: platforms::is_own(cx, &account.platform)?,
        asked: store::life::asked(db, id).await?,
        proofs: store::life::proofs(db, id).await?,
        checks: store::life::checks(db, id).await?,
        evaluations: store::life::evaluations(db, id).await?,
        end: store::life::ended(db, id).await?,
        watch: store::life::watch(db, id).await?,
    })
}

pub(super) fn short(texts: &[(&'static str, &str)]) -> Result<()> {
    let long = |(_, text): &&(&'static str, &str)| text.chars().count() > LONGEST;
    let wrong: Vec<_> =
        texts.iter().filter(long).map(|(f, _)| FieldError::new(*f, Say::new("accounts-error-long"))).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// A person says of one thing that it is as it should be; it holds for ninety days.
pub async fn confirm(cx: &Ctx, id: i64, item: &str, note: &str) -> Result<Account> {
    let account = see(cx, id).await?;
    rules::may_confirm(&cx.actor, &account, platforms::is_own(cx, &account.platform)?, item)?;
    short(&[("note", note)])?;
    let tx = cx.begin("accounts.confirm").await?;
    let check = Check { item: item.into(), note: note.trim().into(), person_id: cx.actor.person()?, at: cx.now() };
    store::life::confirm(&tx, cx.id(), id, &check).await?;
    tx.record(cx, &AccountChecked { account: id, agency: account.agency_id, item: item.into() }).await?;
    cx.commit(tx).await?;
    Ok(account)
}

pub async fn evaluate(cx: &Ctx, id: i64, e: &Evaluating) -> Result<Account> {
    let account = see(cx, id).await?;
    rules::may_evaluate(&cx.actor, &account, e)?;
    short(&[("results", &e.results), ("reasons", &e.reasons)])?;
    let tx = cx.begin("accounts.evaluate").await?;
    let evaluation = Evaluation {
        id: cx.id(),
        account_id: id,
        decision: e.decision.clone(),
        results: e.results.trim().into(),
        reasons: e.reasons.trim().into(),
        person_id: cx.actor.person()?,
        at: cx.now(),
    };
    store::life::evaluate(&tx, &evaluation).await?;
    let decision = e.decision.clone();
    tx.record(cx, &AccountEvaluated { account: id, agency: account.agency_id, decision }).await?;
    cx.commit(tx).await?;
    Ok(account)
}

/// A post went out on it, in the caller's transaction: it is not quiet.
pub async fn posted(tx: &Tx, account: i64, at: i64) -> Result<()> {
    Ok(store::life::posted(tx, account, at).await?)
}

/// Marks accounts on which nothing was posted for ninety days.
pub async fn find_quiet(cx: Ctx) -> Result<()> {
    for account in store::life::fell_quiet(cx.db(), cx.now() - QUIET).await? {
        let tx = cx.begin("accounts.quiet").await?;
        store::life::quieten(&tx, account.id, cx.now()).await?;
        tx.record(&cx, &AccountQuiet { account: account.id, agency: account.agency_id }).await?;
        cx.commit(tx).await?;
    }
    Ok(())
}

/// What an account wants of those who look after it.
pub struct Wants {
    pub account: Account,
    pub word: &'static str,
    pub hot: bool,
    pub at: i64,
}

/// Accounts whose handle moved, that fell quiet, or whose check or evaluation is due, for whoever looks after them.
pub async fn wanting(cx: &Ctx, most: i64) -> Result<Vec<Wants>> {
    let mut scopes = cx.actor.scopes(APPROVE_ACCOUNTS).unwrap_or_default();
    scopes.extend(cx.actor.scopes(REQUEST_ACCOUNTS).unwrap_or_default());
    scopes.sort_unstable();
    scopes.dedup();
    let mut all = vec![];
    for account in store::in_state(cx.db(), &scopes, "live", most).await? {
        let life = life(cx, &account).await?;
        let at = account.live_since.unwrap_or(account.requested_at);
        let gone = life.watch.as_ref().is_some_and(|w| w.seen == "gone");
        let ends = store::keys::until(cx.db(), account.id).await?.filter(|until| *until <= cx.now() + SOON);
        let (word, hot, at) = match life.stage(&account, cx.now()) {
            _ if life.moved().is_some() => ("accounts-wants-moved", true, life.moved().unwrap_or(at)),
            _ if gone => ("accounts-wants-gone", true, at),
            _ if ends.is_some_and(|until| until <= cx.now()) => ("accounts-wants-key-now", true, ends.unwrap_or(at)),
            _ if ends.is_some() => ("accounts-wants-key", ends < Some(cx.now() + 7 * DAY), ends.unwrap_or(at)),
            Stage::Configuration => ("accounts-wants-checks", false, life.checks_until().unwrap_or(at)),
            Stage::Evaluation => ("accounts-wants-evaluation", false, life.evaluate_by(&account).unwrap_or(at)),
            _ if life.quiet().is_some() => ("accounts-wants-post", false, life.quiet().unwrap_or(at)),
            _ => continue,
        };
        all.push(Wants { account, word, hot, at });
    }
    all.sort_by_key(|w| !w.hot);
    Ok(all)
}
