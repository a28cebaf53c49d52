//! Passkeys, and challenges that wait for their one answer.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    PASSKEYS_OF = "SELECT id, person_id, name, credential_id, credential, added_at, used_at, blocked_at FROM passkeys WHERE person_id = $1 ORDER BY id LIMIT 50";
    PASSKEY_BY_CREDENTIAL = "SELECT id, person_id, name, credential_id, credential, added_at, used_at, blocked_at FROM passkeys WHERE credential_id = $1";
    PASSKEYS_GOOD = "SELECT count(*) AS n FROM passkeys WHERE person_id = $1 AND blocked_at IS NULL";
    PASSKEY_INSERT = "INSERT INTO passkeys (id, person_id, name, credential_id, credential, added_at) VALUES ($1, $2, $3, $4, $5, $6)";
    PASSKEY_USED = "UPDATE passkeys SET credential = $2, used_at = $3 WHERE id = $1 AND credential = $4 AND blocked_at IS NULL";
    PASSKEY_BLOCK = "UPDATE passkeys SET blocked_at = $2 WHERE id = $1 AND blocked_at IS NULL";
    PASSKEY_REMOVE = "DELETE FROM passkeys WHERE id = $1 AND person_id = $2";
    PASSKEYS_DROP = "DELETE FROM passkeys WHERE person_id = $1";
    CHALLENGE = "SELECT id, kind, person_id, session_id, state, expires_at, used_at FROM challenges WHERE token_digest = $1";
    CHALLENGE_INSERT = "INSERT INTO challenges (id, kind, token_digest, person_id, session_id, state, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    CHALLENGE_USE = "UPDATE challenges SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
    CHALLENGES_OLD = "DELETE FROM challenges WHERE expires_at < $1";
}

record! {
    pub struct PasskeyRow { id: i64, person_id: i64, name: String, credential_id: String, credential: String, added_at: i64, used_at: Option<i64>, blocked_at: Option<i64> }
}
record! {
    pub struct ChallengeRow { id: i64, kind: String, person_id: Option<i64>, session_id: Option<i64>, state: String, expires_at: i64, used_at: Option<i64> }
}

pub async fn of(c: &impl Run, person: i64) -> DbResult<Vec<PasskeyRow>> {
    c.rows(sql!(PASSKEYS_OF, person)).await?.iter().map(PasskeyRow::from_row).collect()
}
pub async fn by_credential(c: &impl Run, credential_id: &str) -> DbResult<Option<PasskeyRow>> {
    c.row(sql!(PASSKEY_BY_CREDENTIAL, credential_id)).await?.as_ref().map(PasskeyRow::from_row).transpose()
}
/// How many of a person's passkeys open the door.
pub async fn good(c: &impl Run, person: i64) -> DbResult<i64> {
    c.one(sql!(PASSKEYS_GOOD, person)).await?.get("n")
}
pub async fn insert(tx: &Tx, p: &PasskeyRow) -> DbResult<()> {
    let q = sql!(PASSKEY_INSERT, p.id, p.person_id, &p.name, &p.credential_id, &p.credential, p.added_at);
    tx.exec(q).await.map(|_| ())
}
/// Keeps what a use changed (its counter); fails when another use came between.
pub async fn used(tx: &Tx, p: &PasskeyRow, credential: &str, at: i64) -> DbResult<()> {
    tx.guard(sql!(PASSKEY_USED, p.id, credential, at, &p.credential)).await
}
pub async fn block(tx: &Tx, id: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(PASSKEY_BLOCK, id, at)).await
}
pub async fn remove(tx: &Tx, id: i64, person: i64) -> DbResult<()> {
    tx.guard(sql!(PASSKEY_REMOVE, id, person)).await
}
pub async fn drop_all(tx: &Tx, person: i64) -> DbResult<u64> {
    tx.exec(sql!(PASSKEYS_DROP, person)).await
}
pub async fn challenge(c: &impl Run, digest: &str) -> DbResult<Option<ChallengeRow>> {
    c.row(sql!(CHALLENGE, digest)).await?.as_ref().map(ChallengeRow::from_row).transpose()
}
pub async fn insert_challenge(tx: &Tx, c: &ChallengeRow, digest: &str, now: i64) -> DbResult<()> {
    let q = sql!(CHALLENGE_INSERT, c.id, &c.kind, digest, c.person_id, c.session_id, &c.state, now, c.expires_at);
    tx.exec(q).await.map(|_| ())
}
/// A challenge is answered once.
pub async fn use_challenge(tx: &Tx, id: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(CHALLENGE_USE, id, at)).await
}
pub async fn forget_challenges(tx: &Tx, before: i64) -> DbResult<()> {
    tx.exec(sql!(CHALLENGES_OLD, before)).await.map(|_| ())
}
