//! From facts to figures. A fact counts once, whoever brings it and how often: the job that follows it, the same job run
//! again, or the look over the ledger that finds what was missed.
use super::store::{self, DueRow};
use crate::accounts;
use crate::inbox::{self, AnswerSent, MessageReceived};
use crate::ledger;
use crate::moderation::{self, ModerationDecided};
use crate::policy::Pack;
use crate::posts::PostApproved;
use crate::publishing::{DeliveryFailed, DeliverySent, DeliveryTakenDown, DeliveryUnconfirmed};
use ground::clock::{DAY, HOUR, MINUTE};
use ground::db::Tx;
use ground::facts::{Fact, Recorded};
use ground::{Ctx, Error, Result};
use serde::de::DeserializeOwned;

/// What is counted, in the order it is shown.
pub const KINDS: [&str; 8] =
    ["sent", "failed", "unconfirmed", "taken-down", "corrections", "comments", "answers", "decisions"];

/// When a platform is asked how a post does, after it went out.
pub const STAGES: [(&str, i64); 3] = [("1h", HOUR), ("24h", DAY), ("7d", 7 * DAY)];

/// What one fact adds.
#[derive(Debug, Default)]
struct Adds {
    agency: i64,
    account: i64,
    post: Option<i64>,
    kind: &'static str,
    /// Message, and how long it waited.
    answer: Option<(i64, i64)>,
    /// Delivery and its number on the platform.
    measure: Option<(i64, String)>,
}

fn read<F: DeserializeOwned>(body: &str) -> Result<F> {
    serde_json::from_str(body).map_err(Error::fault)
}

fn delivery(kind: &'static str, agency: i64, account: i64, post: i64, about: &str) -> Adds {
    // The deliveries of answers are counted as answers, not as posts.
    let post = about.starts_with("post:").then_some(post);
    Adds { agency, account, post, kind, ..Adds::default() }
}

async fn adds(cx: &Ctx, kind: &str, body: &str) -> Result<Option<Adds>> {
    Ok(Some(match kind {
        DeliverySent::KIND => {
            let f: DeliverySent = read(body)?;
            if f.part.is_some() {
                return Ok(None);
            }
            let adds = delivery("sent", f.agency, f.account, f.post, &f.about);
            if adds.post.is_none() {
                return Ok(None);
            }
            Adds { measure: Some((f.delivery, f.remote_id)), ..adds }
        }
        DeliveryFailed::KIND => {
            let f: DeliveryFailed = read(body)?;
            if f.part.is_some() {
                return Ok(None);
            }
            delivery("failed", f.agency, f.account, f.post, &f.about)
        }
        DeliveryUnconfirmed::KIND => {
            let f: DeliveryUnconfirmed = read(body)?;
            if f.part.is_some() {
                return Ok(None);
            }
            delivery("unconfirmed", f.agency, f.account, f.post, &f.about)
        }
        DeliveryTakenDown::KIND => {
            let f: DeliveryTakenDown = read(body)?;
            if f.part.is_some() {
                return Ok(None);
            }
            delivery("taken-down", f.agency, f.account, f.post, &f.about)
        }
        PostApproved::KIND => {
            let f: PostApproved = read(body)?;
            if !f.correction {
                return Ok(None);
            }
            Adds { agency: f.agency, post: Some(f.post), kind: "corrections", ..Adds::default() }
        }
        MessageReceived::KIND => {
            let f: MessageReceived = read(body)?;
            Adds { agency: f.agency, account: f.account, post: f.post, kind: "comments", ..Adds::default() }
        }
        AnswerSent::KIND => {
            let f: AnswerSent = read(body)?;
            let m = inbox::find(cx.db(), f.message).await?;
            let answer = Some((m.id, f.after_us));
            Adds { agency: f.agency, account: m.account_id, post: m.post_id, kind: "answers", answer, measure: None }
        }
        ModerationDecided::KIND => {
            let f: ModerationDecided = read(body)?;
            let d = moderation::find_decision(cx.db(), f.decision).await?;
            let m = inbox::find(cx.db(), d.message_id).await?;
            Adds { agency: f.agency, account: m.account_id, post: m.post_id, kind: "decisions", ..Adds::default() }
        }
        _ => return Ok(None),
    }))
}

async fn write(cx: &Ctx, tx: &Tx, adds: &Adds, at: i64) -> Result<()> {
    let day = cx.machine.part::<Pack>()?.day_at(at).to_string();
    store::add(tx, adds.agency, &day, adds.account, adds.kind).await?;
    if let Some(post) = adds.post {
        store::add_to_post(tx, post, adds.kind).await?;
    }
    if let Some((message, after)) = adds.answer {
        store::answered(tx, message, adds.agency, adds.account, &day, (at, after)).await?;
    }
    if let (Some((delivery_id, remote_id)), Some(post_id)) = (&adds.measure, adds.post)
        && !remote_id.is_empty()
    {
        for (stage, after) in STAGES {
            let (stage, due_at, account_id) = (stage.to_owned(), at + after, adds.account);
            // A stage long past, met while counting anew, would measure something else.
            if due_at > cx.now() - HOUR {
                let (delivery_id, remote_id) = (*delivery_id, remote_id.clone());
                let due = DueRow { delivery_id, stage, post_id, account_id, remote_id, due_at, tries: 0 };
                store::insert_due(tx, &due).await?;
            }
        }
    }
    Ok(())
}

async fn count(cx: &Ctx, id: i64, at: i64, kind: &str, body: &str) -> Result<()> {
    let Some(adds) = adds(cx, kind, body).await? else { return Ok(()) };
    // What is for practice is no figure of anybody's.
    let counts = adds.account == 0
        || accounts::demonstrates(cx)
        || accounts::counts(cx, &accounts::find(cx.db(), adds.account).await?.platform);
    let tx = cx.begin("metrics.count").await?;
    if store::first_time(&tx, id).await? {
        if counts {
            write(cx, &tx, &adds, at).await?;
        }
        cx.commit(tx).await?;
    }
    Ok(())
}

/// Follows a fact.
pub async fn follow<F: Fact>(cx: Ctx, f: Recorded<F>) -> Result<()> {
    let body = serde_json::to_string(&f.fact).map_err(Error::fault)?;
    count(&cx, f.id, f.at, F::KIND, &body).await
}

/// Facts this young are left to the jobs that follow them, and to transactions still under way.
const YOUNG: i64 = 10 * MINUTE;
const BATCH: i64 = 1000;

/// Walks the ledger from where it stopped, and counts what nobody counted: facts older than this slice, jobs that were
/// lost. With emptied tables it makes the same figures again.
pub async fn catch_up(cx: Ctx) -> Result<()> {
    let mut after = store::cursor(cx.db()).await?;
    loop {
        let facts = ledger::since(cx.db(), after, BATCH).await?;
        let old = facts.iter().take_while(|f| f.at < cx.now() - YOUNG);
        let mut last = after;
        for f in old {
            count(&cx, f.id, f.at, &f.kind, &f.body).await?;
            last = f.id;
        }
        if last == after {
            return Ok(());
        }
        let tx = cx.begin("metrics.catch-up").await?;
        store::set_cursor(&tx, last).await?;
        cx.commit(tx).await?;
        after = last;
    }
}
