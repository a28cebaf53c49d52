//! What an officer says about a post from outside.
use super::post::{How, OutsidePost};
use super::rules;
use crate::ledger::Record;
use crate::people::roles::SEE_DESK;
use crate::publishing::facts::{OutsideAdopted, OutsideExplained};
use crate::publishing::store::outside;
use ground::crypto::sha256_hex;
use ground::db::DbError;
use ground::{Ctx, Error, Result};

pub async fn see(cx: &Ctx, id: i64) -> Result<OutsidePost> {
    let post = outside::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, post.agency_id) { Ok(post) } else { Err(Error::not_allowed()) }
}

/// Decided once, by whoever may publish for the agency, with the reason.
pub async fn decide(cx: &Ctx, id: i64, how: How, reason: &str) -> Result<OutsidePost> {
    let post = see(cx, id).await?;
    rules::may_decide(&cx.actor, &post, reason)?;
    let reason = reason.trim().to_owned();
    let tx = cx.begin("publishing.outside-decide").await?;
    outside::decide(&tx, id, how.code(), &reason, cx.actor.person()?, cx.now()).await?;
    let (outside, agency, account) = (post.id, post.agency_id, post.account_id);
    match how {
        How::Explained => tx.record(cx, &OutsideExplained { outside, agency, account, reason }).await?,
        How::Adopted => {
            let (remote_id, url, text_hash) = (post.remote_id, post.url, sha256_hex(post.text.as_bytes()));
            let posted_at = post.posted_at;
            let fact = OutsideAdopted { outside, agency, account, remote_id, url, text_hash, posted_at, reason };
            tx.record(cx, &fact).await?
        }
    };
    cx.commit(tx).await?;
    Ok(outside::find(cx.db(), id).await?)
}
