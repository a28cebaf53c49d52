//! The register as a file anybody may keep and check offline: every account that is or was official, in one JSON document,
//! under a note signed with the key of the public log.
use super::practice;
use super::store::{self, public::Snapshot};
use crate::{agencies, ledger};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ground::clock::DAY;
use ground::crypto::{canonical, sha256, sha256_hex};
use ground::words::iso;
use ground::{Ctx, Error, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Takes a new snapshot when the register changed, and once a day in any case.
pub async fn take(cx: Ctx) -> Result<()> {
    let accounts = accounts(&cx).await?;
    let digest = sha256_hex(&canonical(&accounts)?);
    let newest = store::public::newest(cx.db()).await?;
    if newest.is_some_and(|s| s.digest == digest && s.taken_at + DAY > cx.now()) {
        return Ok(());
    }
    let body = canonical(&json!({"taken_at": iso(cx.now()), "accounts": accounts}))?;
    let text = format!("register {}\nsha256 {}\n", iso(cx.now()), ledger::b64(&sha256(&body)));
    // Where the log's key is on another node, that one takes the snapshot.
    let Some(note) = ledger::signed(&cx, &text).await? else { return Ok(()) };
    let body = String::from_utf8(body).map_err(Error::fault)?;
    let tx = cx.begin("accounts.snapshot").await?;
    store::public::keep(&tx, &Snapshot { id: cx.id(), taken_at: cx.now(), digest, body, note }).await?;
    Ok(cx.commit(tx).await?)
}

async fn accounts(cx: &Ctx) -> Result<Value> {
    let names: BTreeMap<i64, agencies::Agency> =
        agencies::everyone(cx.db()).await?.into_iter().map(|a| (a.id, a)).collect();
    let (mut all, mut after) = (vec![], 0);
    loop {
        let lines = store::public::register(cx.db(), after).await?;
        let Some(last) = lines.last() else { return Ok(Value::Array(all)) };
        after = last.id;
        for l in lines.into_iter().filter(|l| practice::counts(cx, &l.platform)) {
            let until = l.closed_at.or(l.moved_at);
            let agency = names.get(&l.agency_id);
            all.push(json!({
                "id": l.id.to_string(),
                "agency": agency.map(|a| a.code.as_str()),
                "agency_name": agency.map(|a| a.name_en.as_str()),
                "platform": l.platform,
                "handle": l.handle,
                "url": l.url,
                "platform_id": l.remote_id,
                "status": if l.state == "live" && until.is_none() { "official" } else { "was-official" },
                "since": iso(l.live_since),
                "until": until.map(iso),
                "successor": l.successor_url.filter(|u| !u.is_empty()),
            }));
            if practice::is_practice(cx, &l.platform)
                && let Some(line) = all.last_mut()
            {
                line["practice"] = true.into();
            }
        }
    }
}

async fn newest(cx: &Ctx) -> Result<Snapshot> {
    store::public::newest(cx.db()).await?.ok_or_else(Error::not_found)
}

pub async fn body(cx: Ctx) -> Result<Response> {
    let snapshot = newest(&cx).await?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "max-age=60")], snapshot.body)
        .into_response())
}

pub async fn note(cx: Ctx) -> Result<Response> {
    let snapshot = newest(&cx).await?;
    let kind = "text/plain; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=60")], snapshot.note).into_response())
}
