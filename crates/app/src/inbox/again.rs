//! Reading messages again: people change what they wrote, or take it away, and platforms do not tell. Each message of the
//! last fourteen days is read after 1 h, then 6 h, 1 d, 3 d and 7 d later, a few of an account in one round.
use super::message::Message;
use super::receive::words;
use super::store::versions::{self as rows, Due};
use super::{rules, store, versions};
use crate::accounts::{self, Account};
use crate::publishing;
use connect::{Again, Connector, Failure};
use ground::clock::{DAY, HOUR, MINUTE};
use ground::jobs::{self, Job};
use ground::{Ctx, Result};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How often it is looked for what is due.
pub const ROUND: i64 = 5 * MINUTE;
/// So many messages of one account in one round.
const MOST: i64 = 40;
/// After so many without an answer the round is over: the server has trouble of its own.
const MOST_FAULTS: usize = 3;
/// A platform that asks to wait without saying how long.
const WAIT: i64 = 15 * MINUTE;

/// Reads an account's messages that are due. `round` only tells one from the next.
#[derive(Serialize, Deserialize)]
pub struct Reread {
    pub account: i64,
    pub round: i64,
}

impl Job for Reread {
    const KIND: &'static str = "inbox.reread";
    /// A round that failed is not repeated: the next reads the same.
    const MAX_ATTEMPTS: i64 = 2;
    fn key(&self) -> String {
        format!("{}:{}", self.account, self.round)
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        reread(&cx, self.account).await
    }
}

/// The connector of an account whose comments can be read one by one.
pub fn rereading(cx: &Ctx, account: &Account) -> Result<Option<Arc<dyn Connector>>> {
    let connector = accounts::connector_of(cx, &account.platform)?;
    Ok(connector.filter(|c| account.is_live() && c.capabilities().rereads))
}

/// Every account that has something due gets a round of its own.
pub async fn look(cx: Ctx) -> Result<()> {
    let (round, mut after) = (cx.now() / ROUND, 0);
    loop {
        let accounts = accounts::live(cx.db(), after).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        after = last.id;
        let mut due = vec![];
        for account in &accounts {
            if rereading(&cx, account)?.is_some() && !rows::due(cx.db(), account.id, cx.now(), 1).await?.is_empty() {
                due.push(account.id);
            }
        }
        if due.is_empty() {
            continue;
        }
        let tx = cx.begin("inbox.again").await?;
        for account in due {
            jobs::queue(&cx, &tx, &Reread { account, round }, cx.now()).await?;
        }
        cx.commit(tx).await?;
    }
}

async fn reread(cx: &Ctx, id: i64) -> Result<()> {
    let account = accounts::find(cx.db(), id).await?;
    let Some(connector) = rereading(cx, &account)? else { return Ok(()) };
    if rows::rests(cx.db(), id).await?.is_some_and(|until| until > cx.now()) {
        return Ok(());
    }
    let access = accounts::access(cx, &account).await?;
    if publishing::rests(cx, &account, connector.as_ref(), &access).await? {
        return Ok(());
    }
    let mut faults = 0;
    for due in rows::due(cx.db(), id, cx.now(), MOST).await? {
        match connector.comment(&access, &due.remote_id).await {
            Ok(again) => became(cx, &due, &again).await?,
            Err(Failure::RateLimited { until_us }) => {
                let until = until_us.unwrap_or_else(|| cx.now() + WAIT);
                return rest(cx, id, until.clamp(cx.now() + MINUTE, cx.now() + DAY)).await;
            }
            Err(Failure::Unauthorised) => return rest(cx, id, cx.now() + HOUR).await,
            // An answer, and no news in it: that was this reading.
            Err(Failure::Refused { .. }) => {
                let done = due.rereads + 1;
                put_off(cx, &due, done, rules::next_reading(due.id, due.received_at, done, cx.now())).await?;
            }
            // No answer: this message waits an hour, so that the others get their turn.
            Err(Failure::Unreachable { .. } | Failure::Gone) => {
                let at = rules::within_reach(due.received_at, cx.now() + HOUR);
                put_off(cx, &due, due.rereads, at).await?;
                faults += 1;
                if faults == MOST_FAULTS {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

async fn rest(cx: &Ctx, account: i64, until: i64) -> Result<()> {
    let tx = cx.begin("inbox.reread-rest").await?;
    rows::rest(&tx, account, until).await?;
    Ok(cx.commit(tx).await?)
}

async fn put_off(cx: &Ctx, due: &Due, done: i64, at: Option<i64>) -> Result<()> {
    let tx = cx.begin("inbox.reread-later").await?;
    rows::read_again(&tx, due.id, at, done).await?;
    Ok(cx.commit(tx).await?)
}

/// What one reading told, and when the next one is.
async fn became(cx: &Ctx, due: &Due, again: &Again) -> Result<()> {
    let tx = cx.begin("inbox.reread").await?;
    let mut m = store::find(&tx, due.id).await?;
    let done = due.rereads + 1;
    let mut next = rules::next_reading(m.id, m.received_at, done, cx.now());
    match again {
        Again::Is(item) => {
            if versions::back_there(cx, &tx, &m).await? {
                m = store::find(&tx, m.id).await?;
            }
            versions::reworded(cx, &tx, &m, &words(&item.text)).await?;
        }
        Again::Gone if under_what_we_took_down(&tx, &m).await? => next = None,
        // Some platforms take away what is hidden: that was us, and it may come back.
        Again::Gone if m.visibility == "hide" => {}
        // It is read on: filters let through later what they took away, and people change their minds.
        Again::Gone => drop(versions::deleted_there(cx, &tx, &m).await?),
        Again::NotTold => next = None,
    }
    rows::read_again(&tx, m.id, next, done).await?;
    Ok(cx.commit(tx).await?)
}

/// Comments go with the post they stand under: that nobody deleted them is not known, but neither that somebody did.
async fn under_what_we_took_down(tx: &ground::db::Tx, m: &Message) -> Result<bool> {
    let Some(post) = m.post_id else { return Ok(false) };
    let all = publishing::deliveries_of(tx, post).await?;
    Ok(all.iter().any(|d| d.account_id == m.account_id && (d.state == publishing::TAKEN_DOWN || d.unwanted)))
}
