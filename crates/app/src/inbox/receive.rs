//! What comes in: comments on our own site, and what people write on the platforms, fetched account by account.
use super::facts::{MessageReceived, MessageWithdrawn};
use super::message::{GOES_ON, MOST_KEPT, Message, comment_key, script};
use super::{rules, store, versions};
use crate::accounts::{self, Account, SITE};
use crate::ledger::Record;
use crate::{people, publishing};
use connect::{Failure, Inbound};
use ground::clock::{DAY, HOUR, MINUTE};
use ground::crypto::sha256_hex;
use ground::db::{DbError, Tx};
use ground::jobs::{self, Job};
use ground::{Ctx, Error, Refusal, Result, Say, search};
use serde::{Deserialize, Serialize};

/// Records a message and makes it findable, once: what is known already changes nothing.
async fn receive(cx: &Ctx, tx: &Tx, m: &Message, reread_at: Option<i64>) -> Result<bool> {
    if !store::insert(tx, m, reread_at).await? {
        return Ok(false);
    }
    let text_hash = sha256_hex(m.text.as_bytes());
    let (message, agency, account, post) = (m.id, m.agency_id, m.account_id, m.post_id);
    tx.record(cx, &MessageReceived { message, agency, account, post, text_hash }).await?;
    let doc = search::Doc { kind: "message", id: m.id, scope: m.agency_id, public: false, text: &m.text };
    search::add(tx, cx.db().engine(), &doc).await?;
    Ok(true)
}

fn refuse(code: &'static str, key: &'static str) -> Error {
    Error::refused(vec![Refusal::new(code, Say::new(key)).clause("P6.2-CM3")])
}

/// A citizen comments on a post on our own site; it is public at once.
pub async fn comment(cx: &Ctx, post: i64, parent: Option<i64>, text: &str) -> Result<Message> {
    let citizen = people::citizen(cx.db(), cx.actor.citizen()?).await?;
    rules::good_comment(text)?;
    let text = text.trim();
    let site = publishing::site_post(cx.db(), post).await?.filter(publishing::SitePost::is_out);
    let site = site.ok_or_else(|| refuse("not-out", "inbox-refused-not-out"))?;
    if let Some(parent) = parent {
        let above = store::find(cx.db(), parent).await?;
        if above.post_id != Some(post) {
            return Err(Error::not_found());
        }
    }
    cx.machine.limits.take("comment", &citizen.id.to_string(), 20, HOUR)?;
    let id = cx.id();
    let m = Message {
        id,
        agency_id: site.agency_id,
        account_id: site.account_id,
        platform: SITE.into(),
        remote_id: comment_key(citizen.id, post, parent, text),
        post_id: Some(post),
        parent_id: parent,
        citizen_id: Some(citizen.id),
        author_id: format!("citizen:{}", citizen.id),
        author_name: citizen.name,
        author_url: String::new(),
        text: text.into(),
        lang: script(text).into(),
        url: cx.url(&format!("/p/{post}#m{id}")),
        state: "open".into(),
        visibility: "shown".into(),
        written_at: cx.now(),
        received_at: cx.now(),
        answered_at: None,
        closed_reason: String::new(),
        edited_at: None,
        deleted_at: None,
        version: 1,
    };
    let tx = cx.begin("inbox.comment").await?;
    receive(cx, &tx, &m, None).await?;
    cx.commit(tx).await?;
    // The same words sent twice: the first comment is the comment.
    Ok(store::by_remote(cx.db(), m.account_id, &m.remote_id).await?.unwrap_or(m))
}

/// The author takes a comment back: the public no longer sees it, the record stays.
pub async fn withdraw(cx: &Ctx, id: i64) -> Result<Message> {
    let citizen = cx.actor.citizen()?;
    let m = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if m.citizen_id != Some(citizen) {
        return Err(Error::not_allowed());
    }
    if m.visibility != "shown" {
        return Err(refuse("not-shown", "inbox-refused-not-shown"));
    }
    let tx = cx.begin("inbox.withdraw").await?;
    if m.is_open() {
        // It wants no answer any more.
        store::set_state(&tx, &m, "closed", m.answered_at, "").await?;
    }
    store::set_visibility(&tx, id, "withdrawn").await?;
    tx.record(cx, &MessageWithdrawn { message: id, agency: m.agency_id }).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Reads what is new on one account. `round` only tells one reading from the next.
#[derive(Serialize, Deserialize)]
pub struct Fetch {
    pub account: i64,
    pub round: i64,
}

impl Job for Fetch {
    const KIND: &'static str = "inbox.fetch";
    /// A reading that failed is not repeated: the next round reads the same.
    const MAX_ATTEMPTS: i64 = 2;
    fn key(&self) -> String {
        format!("{}:{}", self.account, self.round)
    }
    async fn run(self, cx: Ctx) -> Result<()> {
        fetch(&cx, self.account).await
    }
}

/// Whether it is our own: what follows a post of ours stands among the answers to it, and not every platform leaves it out.
async fn is_ours(cx: &Ctx, tx: &Tx, account: &Account, item: &Inbound) -> Result<bool> {
    Ok(accounts::is_itself(cx, account, &item.author_id)?
        || publishing::of_remote(tx, account.id, &item.remote_id).await?.is_some())
}

/// Takes in what a platform brought, fetched or called; `rereads`: the platform can be asked again later how it reads then.
pub async fn take(cx: &Ctx, tx: &Tx, account: &Account, rereads: bool, item: &Inbound) -> Result<()> {
    if is_ours(cx, tx, account, item).await? {
        return Ok(());
    }
    let m = arrived(cx, tx, account, item).await?;
    let reread_at = rereads.then(|| rules::first_reading(&m));
    if !receive(cx, tx, &m, reread_at).await? {
        heard_again(cx, tx, &m).await?;
    }
    Ok(())
}

/// Where a platform called within so long, calls are trusted.
const CALLS_TRUSTED: i64 = DAY;
/// Then only each so-many-th round reads the account: a call can be lost.
const ROUNDS_LEFT_OUT: i64 = 10;

/// Every live account on a platform that has comments is read once a minute; every ten minutes where the platform calls.
pub async fn look(cx: Ctx) -> Result<()> {
    let round = cx.now() / MINUTE;
    let mut after = 0;
    loop {
        let accounts = accounts::live(cx.db(), after).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        let called = accounts::called(cx.db(), cx.now() - CALLS_TRUSTED, after, last.id).await?;
        after = last.id;
        let tx = cx.begin("inbox.look").await?;
        for account in &accounts {
            let rests = (round - account.id).rem_euclid(ROUNDS_LEFT_OUT) != 0;
            if called.contains(&account.id) && rests {
                continue;
            }
            jobs::queue(&cx, &tx, &Fetch { account: account.id, round }, cx.now()).await?;
        }
        cx.commit(tx).await?;
    }
}

/// As many pages as are waiting, but not for ever: the next round goes on.
const MOST_PAGES: usize = 20;

async fn fetch(cx: &Ctx, id: i64) -> Result<()> {
    let account = accounts::find(cx.db(), id).await?;
    let connector = accounts::connector_of(cx, &account.platform)?;
    let Some(connector) = connector.filter(|c| account.is_live() && c.capabilities().reads_comments) else {
        return Ok(());
    };
    let access = accounts::access(cx, &account).await?;
    let rereads = connector.capabilities().rereads;
    for _ in 0..MOST_PAGES {
        let cursor = store::cursor(cx.db(), id).await?.and_then(|c| c.cursor_at);
        let page = match connector.inbound(&access, cursor.clone()).await {
            Ok(page) => page,
            Err(failure) => return failed(cx, id, &failure).await,
        };
        let tx = cx.begin("inbox.fetch").await?;
        for item in &page.items {
            take(cx, &tx, &account, rereads, item).await?;
        }
        store::set_cursor(&tx, id, page.cursor.as_deref(), cx.now()).await?;
        cx.commit(tx).await?;
        // A platform that says "more" without moving on would keep us here.
        if !page.more || page.cursor == cursor {
            break;
        }
    }
    Ok(())
}

/// What is known already came once more: in other words, if it was changed in between.
async fn heard_again(cx: &Ctx, tx: &Tx, m: &Message) -> Result<()> {
    let Some(known) = store::by_remote(tx, m.account_id, &m.remote_id).await? else { return Ok(()) };
    if known.deleted_at.is_some() {
        // Back there, or an old word of the platform's: it is asked how it reads now.
        return Ok(store::versions::read_soon(tx, known.id, cx.now()).await?);
    }
    versions::reworded(cx, tx, &known, &m.text).await?;
    Ok(())
}

/// Remembered and shown at the desk; the next round tries again.
async fn failed(cx: &Ctx, account: i64, failure: &Failure) -> Result<()> {
    let tx = cx.begin("inbox.fetch-failed").await?;
    store::cursor_failed(&tx, account, &failure.to_string(), cx.now()).await?;
    Ok(cx.commit(tx).await?)
}

fn short(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(most).collect()
}

/// The words of a message as they are kept: the beginning of what is longer, with a sign that it goes on.
pub(super) fn words(text: &str) -> String {
    let kept = short(text, MOST_KEPT + 1);
    if kept.chars().count() <= MOST_KEPT { kept } else { short(&kept, MOST_KEPT - 1) + GOES_ON }
}

/// What a platform brought, as a message: which post of ours it is about, and which message it follows.
async fn arrived(cx: &Ctx, tx: &Tx, account: &Account, i: &Inbound) -> Result<Message> {
    let (mut post, mut parent) = (None, None);
    if let Some(above) = &i.in_reply_to {
        let ours = publishing::of_remote(tx, account.id, above).await?;
        post = ours.filter(|d| !d.is_answer()).map(|d| d.post_id);
        parent = match store::answered_with(tx, account.id, above).await? {
            Some(message) => Some(message),
            None => store::by_remote(tx, account.id, above).await?.map(|m| m.id),
        };
        if let (None, Some(parent)) = (post, parent) {
            post = store::find(tx, parent).await?.post_id;
        }
    }
    let text = words(&i.text);
    Ok(Message {
        id: cx.id(),
        agency_id: account.agency_id,
        account_id: account.id,
        platform: account.platform.clone(),
        remote_id: short(&i.remote_id, 500),
        post_id: post,
        parent_id: parent,
        citizen_id: None,
        author_id: short(&i.author_id, 500),
        author_name: short(&i.author_name, 200),
        author_url: i.author_url.clone().filter(|u| u.starts_with("https://")).unwrap_or_default(),
        lang: script(&text).into(),
        text,
        url: i.url.clone().filter(|u| u.starts_with("https://") || u.starts_with("http://")).unwrap_or_default(),
        state: "open".into(),
        visibility: "shown".into(),
        written_at: i.at_us,
        received_at: cx.now(),
        answered_at: None,
        closed_reason: String::new(),
        edited_at: None,
        deleted_at: None,
        version: 1,
    })
}
