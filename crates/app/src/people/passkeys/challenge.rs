//! Challenges: made for one purpose, for one person where that is known, answered once and in time.
use super::super::secrets;
use super::super::store::passkeys::{self as store, ChallengeRow};
use ground::clock::MINUTE;
use ground::{Ctx, Error, FieldError, Result, Say};

/// How long an answer may take.
const WAITS: i64 = 5 * MINUTE;

/// What the browser gets: the token comes back with its answer.
#[derive(serde::Serialize)]
pub struct Challenge {
    pub challenge: String,
    pub options: serde_json::Value,
}

pub(in crate::people) fn gone() -> Error {
    Error::invalid(vec![FieldError::new("passkey", Say::new("people-passkey-late"))])
}

/// Keeps a challenge; gives the token by which its answer finds it.
pub(in crate::people) async fn keep(
    cx: &Ctx,
    kind: &str,
    person_id: Option<i64>,
    state: &impl serde::Serialize,
) -> Result<String> {
    let token = cx.machine.ids.token();
    let row = ChallengeRow {
        id: cx.id(),
        kind: kind.into(),
        person_id,
        session_id: cx.actor.session,
        state: serde_json::to_string(state).map_err(Error::fault)?,
        expires_at: cx.now() + WAITS,
        used_at: None,
    };
    let tx = cx.begin("people.challenge").await?;
    store::insert_challenge(&tx, &row, &secrets::digest(&token), cx.now()).await?;
    cx.commit(tx).await?;
    Ok(token)
}

/// Spends a challenge, whatever comes of its answer. Late, used, made-up and somebody else's say the same.
pub(in crate::people) async fn spend(cx: &Ctx, kind: &str, token: &str) -> Result<ChallengeRow> {
    let found = store::challenge(cx.db(), &secrets::digest(token)).await?;
    let good = found.filter(|c| c.kind == kind && c.used_at.is_none() && c.expires_at > cx.now());
    let row = good.filter(|c| c.session_id == cx.actor.session).ok_or_else(gone)?;
    let tx = cx.begin("people.answer").await?;
    store::use_challenge(&tx, row.id, cx.now()).await.map_err(|_| gone())?;
    cx.commit(tx).await?;
    Ok(row)
}
