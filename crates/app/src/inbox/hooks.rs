//! Calls of platforms: anybody may knock at such an address; what was signed with the secret agreed upon, and was not heard
//! before, goes the way of what is fetched. A genuine call is written down in the same transaction as what it brought:
//! whatever goes wrong, the platform calls again, and the second time does nothing twice.
use super::receive::{self, Fetch};
use super::store::heard;
use crate::accounts::{self, Door};
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use connect::{Heard, NotHeard, Notice};
use ground::clock::{DAY, MINUTE, SECOND};
use ground::crypto::sha256_hex;
use ground::jobs;
use ground::{Ctx, Error, Result};
use std::time::Duration;

/// Bytes in the body of a call.
const LARGEST: usize = 1 << 20;
/// How long the body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many calls in vain one address may make in a minute.
const IN_VAIN: u32 = 300;
/// How many calls about one account are heard in a minute; the others are asked to come later.
const GENUINE: u32 = 6_000;
/// So long a call is remembered.
const REMEMBERED: i64 = 7 * DAY;
/// All calls within so long make us look once, when it is over.
const TOGETHER: i64 = 10 * SECOND;

/// What became of a call, as it is counted.
#[derive(Clone, Copy)]
enum Became {
    Unknown,
    TooLarge,
    Forged,
    Unreadable,
    Greeted,
    Again,
    Taken,
}

impl Became {
    fn event(self) -> &'static str {
        match self {
            Became::Unknown => "hook.unknown",
            Became::TooLarge => "hook.too-large",
            Became::Forged => "hook.forged",
            Became::Unreadable => "hook.unreadable",
            Became::Greeted => "hook.greeted",
            Became::Again => "hook.again",
            Became::Taken => "hook.taken",
        }
    }
}

/// Counted, and a line in the log: never what was in the call, nor the address, which is known to the platform only.
fn became(cx: &Ctx, account: i64, what: Became) {
    cx.machine.meters.event(what.event());
    tracing::info!(id = &*cx.request_id, account, what = what.event(), "a platform called");
}

pub async fn call(cx: Ctx, Path((account, name)): Path<(String, String)>, request: Request) -> Result<Response> {
    let from = cx.remote.to_string();
    // Taken before anything is looked at, given back to whoever called with reason.
    cx.machine.limits.take("hook-in-vain", &from, IN_VAIN, MINUTE)?;
    let id = account.parse::<i64>().ok().filter(|id| *id > 0).unwrap_or_default();
    let Some(door) = accounts::door(&cx, id, &name).await? else {
        became(&cx, id, Became::Unknown);
        return Err(Error::not_found());
    };
    let greets = request.method() != Method::POST;
    let notice = match read(request).await {
        Ok(notice) => notice,
        Err(error) => {
            became(&cx, id, Became::TooLarge);
            return Err(error);
        }
    };
    let heard = door.connector.hear(&notice, &door.secret, cx.now());
    // Somebody who only looks brings nothing.
    let heard = match heard {
        Ok(Heard::Items(_) | Heard::Look | Heard::Nothing) | Err(NotHeard::Unreadable) if greets => {
            Err(NotHeard::Forged)
        }
        heard => heard,
    };
    match heard {
        Err(NotHeard::Unexpected) => {
            became(&cx, id, Became::Unknown);
            Err(Error::not_found())
        }
        Err(NotHeard::Forged) => {
            became(&cx, id, Became::Forged);
            refused(&cx, id, "forged").await?;
            Err(Error::not_allowed())
        }
        Err(NotHeard::Unreadable) => {
            cx.machine.limits.give_back("hook-in-vain", &from);
            take_in(&cx, &door, &notice, None).await?;
            Ok(greeting(String::new()))
        }
        Ok(Heard::Greeting(word)) => {
            cx.machine.limits.give_back("hook-in-vain", &from);
            became(&cx, id, Became::Greeted);
            Ok(greeting(word))
        }
        Ok(heard) => {
            cx.machine.limits.give_back("hook-in-vain", &from);
            take_in(&cx, &door, &notice, Some(heard)).await?;
            Ok(greeting(String::new()))
        }
    }
}

fn greeting(word: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], word).into_response()
}

async fn read(request: Request) -> Result<Notice> {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let body = if parts.method != Method::POST { Vec::new() } else { whole(&parts.headers, body).await? };
    let text = |v: &axum::http::HeaderValue| v.to_str().ok().map(str::to_owned);
    let headers = parts.headers.iter().filter_map(|(n, v)| Some((n.as_str().to_owned(), text(v)?))).collect();
    Ok(Notice { query, headers, body })
}

async fn whole(headers: &HeaderMap, body: Body) -> Result<Vec<u8>> {
    let said = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if said.is_some_and(|n| n > LARGEST) {
        return Err(Error::too_large());
    }
    match tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, LARGEST)).await {
        Ok(bytes) => Ok(bytes.map_err(|_| Error::too_large())?.to_vec()),
        Err(_) => Err(Error::too_slow()),
    }
}

async fn refused(cx: &Ctx, account: i64, why: &str) -> Result<()> {
    let tx = cx.begin("inbox.hook-refused").await?;
    accounts::refused(cx, &tx, account, why).await?;
    Ok(cx.commit(tx).await?)
}

/// Once. `None`: signed rightly and not readable; then the account is looked at, which may be able to read it, and the
/// platform is not asked to say the same again.
async fn take_in(cx: &Ctx, door: &Door, notice: &Notice, heard: Option<Heard>) -> Result<()> {
    let id = door.account.id;
    cx.machine.limits.take("hook", &id.to_string(), GENUINE, MINUTE)?;
    let cx = &cx.as_system();
    let hash = sha256_hex(&door.connector.mark(notice));
    let tx = cx.begin("inbox.hook").await?;
    if !heard::first(&tx, id, &hash, cx.now()).await? {
        drop(tx);
        became(cx, id, Became::Again);
        return Ok(());
    }
    let what = if heard.is_some() { Became::Taken } else { Became::Unreadable };
    match &heard {
        Some(_) => accounts::heard(cx, &tx, id).await?,
        None => accounts::refused(cx, &tx, id, "unreadable").await?,
    }
    match heard {
        Some(Heard::Items(items)) => {
            let rereads = door.connector.capabilities().rereads;
            for item in &items {
                receive::take(cx, &tx, &door.account, rereads, item).await?;
            }
        }
        Some(Heard::Look) | None => soon(cx, &tx, id).await?,
        Some(Heard::Greeting(_) | Heard::Nothing) => {}
    }
    cx.commit(tx).await?;
    became(cx, id, what);
    Ok(())
}

/// Reads the account once for all calls of the same ten seconds, after the last of them.
async fn soon(cx: &Ctx, tx: &ground::db::Tx, account: i64) -> Result<()> {
    let spell = cx.now() / TOGETHER + 1;
    // The rounds of every minute count upwards from zero, these downwards.
    jobs::queue(cx, tx, &Fetch { account, round: -spell }, spell * TOGETHER).await
}

/// Forgets calls that nobody makes again.
pub async fn forget(cx: Ctx) -> Result<()> {
    let tx = cx.begin("inbox.forget-calls").await?;
    heard::forget(&tx, cx.now() - REMEMBERED).await?;
    Ok(cx.commit(tx).await?)
}
