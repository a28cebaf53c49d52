//! The SQL of holds.
use crate::publishing::away::Hold;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    FIND = "SELECT scope, failures, since_at, until_at, why FROM sending_holds WHERE scope = $1";
    OF = "SELECT scope, failures, since_at, until_at, why FROM sending_holds WHERE scope IN ($1, $2)";
    AWAY = "SELECT scope, failures, since_at, until_at, why FROM sending_holds WHERE failures >= $1 ORDER BY since_at, scope LIMIT $2";
    FAIL = "INSERT INTO sending_holds (scope, failures, since_at, until_at, why) VALUES ($1, 1, $2, 0, $3) ON CONFLICT (scope) DO UPDATE SET failures = sending_holds.failures + 1, why = $3";
    REST = "UPDATE sending_holds SET until_at = $2 WHERE scope = $1";
    PROBE = "UPDATE sending_holds SET until_at = $3 WHERE scope = $1 AND until_at = $2";
    PAUSE = "INSERT INTO sending_holds (scope, failures, since_at, until_at, why) VALUES ($1, 0, $2, $3, $4) ON CONFLICT (scope) DO UPDATE SET until_at = $3, why = $4";
    CLEAR = "DELETE FROM sending_holds WHERE scope = $1";
}

pub async fn find(c: &impl Run, scope: &str) -> DbResult<Option<Hold>> {
    c.row(sql!(FIND, scope)).await?.as_ref().map(Hold::from_row).transpose()
}
pub async fn of(c: &impl Run, account: &str, server: &str) -> DbResult<Vec<Hold>> {
    c.rows(sql!(OF, account, server)).await?.iter().map(Hold::from_row).collect()
}
/// Servers that failed so often in a row, those away longest first.
pub async fn away(c: &impl Run, failures: i64, most: i64) -> DbResult<Vec<Hold>> {
    c.rows(sql!(AWAY, failures, most)).await?.iter().map(Hold::from_row).collect()
}
pub async fn fail(tx: &Tx, scope: &str, why: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(FAIL, scope, now, why)).await.map(|_| ())
}
pub async fn rest(tx: &Tx, scope: &str, until: i64) -> DbResult<()> {
    tx.exec(sql!(REST, scope, until)).await.map(|_| ())
}
/// Whether whoever asks is the one who tries; the others wait until then.
pub async fn probe(tx: &Tx, hold: &Hold, until: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(PROBE, &hold.scope, hold.until_at, until)).await? == 1)
}
pub async fn pause(tx: &Tx, scope: &str, now: i64, until: i64, why: &str) -> DbResult<()> {
    tx.exec(sql!(PAUSE, scope, now, until, why)).await.map(|_| ())
}
pub async fn clear(tx: &Tx, scope: &str) -> DbResult<bool> {
    Ok(tx.exec(sql!(CLEAR, scope)).await? == 1)
}
