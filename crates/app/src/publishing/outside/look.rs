//! Reading on where the last look ended, account by account.
use super::listing;
use super::post::OutsidePost;
use crate::accounts::{self, Account};
use crate::ledger::Record;
use crate::publishing::facts::{OutsideFound, OutsideWatched};
use crate::publishing::store::{self, outside};
use connect::{Failure, OwnPage, OwnPost, fingerprint};
use ground::clock::HOUR;
use ground::crypto::sha256_hex;
use ground::db::Tx;
use ground::jobs::{self, Job};
use ground::{Ctx, Result};
use serde::{Deserialize, Serialize};

/// Looks at one account. `round` only tells one look from the next.
#[derive(Serialize, Deserialize)]
pub struct Look {
    pub account: i64,
    pub round: i64,
}

impl Job for Look {
    const KIND: &'static str = "publishing.outside-look";
    /// A look that failed is not repeated: the next round reads the same.
    const MAX_ATTEMPTS: i64 = 2;
    fn key(&self) -> String {
        format!("{}:{}", self.account, self.round)
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        look_at(&cx, self.account).await
    }
}

/// Every live account whose posts can be listed is looked at once an hour.
pub async fn look(cx: Ctx) -> Result<()> {
    let round = cx.now() / HOUR;
    let mut after = 0;
    loop {
        let accounts = accounts::live(cx.db(), after).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        after = last.id;
        let tx = cx.begin("publishing.outside-look").await?;
        for account in &accounts {
            if listing(&cx, account)?.is_some() {
                jobs::queue(&cx, &tx, &Look { account: account.id, round }, cx.now()).await?;
            }
        }
        cx.commit(tx).await?;
    }
}

/// As many pages as are waiting, but not for ever: the next round goes on.
const MOST_PAGES: usize = 20;

async fn look_at(cx: &Ctx, id: i64) -> Result<()> {
    let account = accounts::find(cx.db(), id).await?;
    let Some(connector) = listing(cx, &account)? else { return Ok(()) };
    let access = accounts::access(cx, &account).await?;
    for _ in 0..MOST_PAGES {
        let cursor = outside::cursor(cx.db(), id).await?.and_then(|c| c.cursor_at);
        let page = match connector.own_posts(&access, cursor.clone()).await {
            Ok(page) => page,
            Err(failure) => return failed(cx, id, &failure).await,
        };
        let kept = keep(cx, &account, cursor.is_none(), &page).await?;
        // A platform that says "more" without moving on would keep us here.
        if !kept || !page.more || page.cursor == cursor {
            break;
        }
    }
    Ok(())
}

/// Remembered and shown; the next round tries again.
async fn failed(cx: &Ctx, account: i64, failure: &Failure) -> Result<()> {
    let tx = cx.begin("publishing.outside-failed").await?;
    outside::failed(&tx, account, &failure.to_string(), cx.now()).await?;
    Ok(cx.commit(tx).await?)
}

/// Whether a delivery of ours put it there: one that has its number or once had it, or one without, whose address or words these
/// are.
async fn is_ours(tx: &Tx, account: i64, post: &OwnPost) -> Result<bool> {
    let url = post.url.as_deref().unwrap_or_default();
    Ok(store::of_remote(tx, account, &post.remote_id).await?.is_some()
        || outside::had_been_called(tx, account, &post.remote_id).await?
        || (!url.is_empty() && outside::nameless_at(tx, account, url).await?)
        || outside::unconfirmed(tx, account, &fingerprint(&post.text)).await?)
}

/// Keeps what is not ours, and where to go on. `false`: this page cannot be judged yet.
async fn keep(cx: &Ctx, account: &Account, first: bool, page: &OwnPage) -> Result<bool> {
    let tx = cx.begin("publishing.outside-keep").await?;
    // Asked first: what ends after this has its outcome written before it is looked for below.
    let sending = outside::is_sending(&tx, account.id).await?;
    let mut unknown = vec![];
    for post in &page.items {
        if !is_ours(&tx, account.id, post).await? {
            unknown.push(post);
        }
    }
    // A call of ours may have arrived whose outcome is not written yet. Its attempt was written before it was made, so where
    // none is open now, none of ours is among these; otherwise the next look tells.
    if sending && !unknown.is_empty() {
        return Ok(false);
    }
    for post in unknown {
        found(cx, &tx, account, post).await?;
    }
    outside::set_cursor(&tx, account.id, page.cursor.as_deref(), cx.now()).await?;
    if first {
        tx.record(cx, &OutsideWatched { agency: account.agency_id, account: account.id }).await?;
    }
    cx.commit(tx).await?;
    Ok(true)
}

fn short(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(most).collect()
}

async fn found(cx: &Ctx, tx: &Tx, account: &Account, post: &OwnPost) -> Result<()> {
    let is_address = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    let kept = OutsidePost {
        id: cx.id(),
        agency_id: account.agency_id,
        account_id: account.id,
        platform: account.platform.clone(),
        remote_id: short(&post.remote_id, 500),
        url: short(&post.url.clone().filter(is_address).unwrap_or_default(), 2000),
        text: short(&post.text, 1000),
        posted_at: post.at_us,
        seen_at: cx.now(),
        state: "open".into(),
        reason: String::new(),
        decided_by: None,
        decided_at: None,
    };
    if !outside::insert(tx, &kept).await? {
        return Ok(());
    }
    let text_hash = sha256_hex(post.text.as_bytes());
    let OutsidePost { id, agency_id: agency, account_id: account, remote_id, url, posted_at, .. } = kept;
    tx.record(cx, &OutsideFound { outside: id, agency, account, remote_id, url, text_hash, posted_at }).await?;
    Ok(())
}
