//! The ledger's SQL.
use super::merkle::{Closed, Hash, leaf};
use crate::shell::paging::newest;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql, values};

queries! {
    INSERT = "INSERT INTO facts (id, at, actor, scope, kind, version, subject, body, sealed, salt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND = "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, n, entry FROM facts WHERE id = $1";
    SINCE = "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, n, entry FROM facts WHERE id > $1 ORDER BY id LIMIT $2";
    WAITING = "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, n, entry FROM facts WHERE leaf_index IS NULL ORDER BY id LIMIT $1";
    INTEGRATED = "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, n, entry FROM facts WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index";
    INTEGRATE = "UPDATE facts SET leaf_index = $2, n = $3, entry = $4 WHERE id = $1 AND leaf_index IS NULL";
    COUNT_WAITING = "SELECT count(*) AS n FROM facts WHERE leaf_index IS NULL";
    COUNT_WAITING_FEW = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM facts WHERE leaf_index IS NULL LIMIT 1000) AS few";
    COUNT_INTEGRATED = "SELECT count(*) AS n FROM facts WHERE leaf_index IS NOT NULL";
    COUNT_STRAY = "SELECT count(*) AS n FROM facts WHERE leaf_index < 0 OR leaf_index >= $1 OR (leaf_index IS NULL AND (n IS NOT NULL OR entry IS NOT NULL))";
    ENTRIES = "SELECT entry FROM facts WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index";
    BEFORE = "SELECT entry FROM facts WHERE subject = $1 AND sealed = $2 AND leaf_index < $3 ORDER BY leaf_index DESC LIMIT 1";
    LAST_N = "SELECT n FROM facts WHERE scope = $1 AND sealed = $2 AND n IS NOT NULL ORDER BY n DESC LIMIT 1";
    STATE = "SELECT vkey, size, edge, checkpoint FROM log_state WHERE name = 'log'";
    STATE_NEW = "INSERT INTO log_state (name, vkey, size, edge, checkpoint) VALUES ('log', $1, 0, $2, '') ON CONFLICT (name) DO NOTHING";
    STATE_ADVANCE = "UPDATE log_state SET size = $2, edge = $3 WHERE name = 'log' AND size = $1";
    STATE_SIGNED = "UPDATE log_state SET checkpoint = $2 WHERE name = 'log' AND size = $1";
    COUNT_STATES = "SELECT count(*) AS n FROM log_state";
    TILE_INSERT = "INSERT INTO log_tiles (level, number, root) VALUES ($1, $2, $3)";
    TILE_ROOTS = "SELECT root FROM log_tiles WHERE level = $1 AND number >= $2 AND number < $3 ORDER BY number";
    COUNT_TILES = "SELECT count(*) AS n FROM log_tiles";
}

record! {
    /// A fact as it stands: `leaf_index`, `n` and `entry` come when the log has taken it in.
    pub struct FactRow { id: i64, at: i64, actor: String, scope: Option<i64>, kind: String, version: i64, subject: String, body: String, sealed: bool, salt: Vec<u8>, leaf_index: Option<i64>, n: Option<i64>, entry: Option<Vec<u8>> }
}
record! {
    pub struct LogState { vkey: String, size: i64, edge: Vec<u8>, checkpoint: String }
}

pub async fn insert(tx: &Tx, f: &FactRow) -> DbResult<()> {
    let q = sql!(INSERT, f.id, f.at, &f.actor, f.scope, &f.kind, f.version, &f.subject, &f.body, f.sealed, &f.salt);
    tx.exec(q).await.map(|_| ())
}
pub async fn insert_many(tx: &Tx, facts: Vec<FactRow>) -> DbResult<()> {
    let head = "INSERT INTO facts (id, at, actor, scope, kind, version, subject, body, sealed, salt)";
    let row =
        |f: FactRow| values![f.id, f.at, f.actor, f.scope, f.kind, f.version, f.subject, f.body, f.sealed, f.salt];
    tx.insert_many(head, facts.into_iter().map(row).collect()).await
}
pub async fn find(c: &impl Run, id: i64) -> DbResult<FactRow> {
    FactRow::from_row(&c.one(sql!(FIND, id)).await?)
}
pub async fn since(c: &impl Run, after: i64, most: i64) -> DbResult<Vec<FactRow>> {
    c.rows(sql!(SINCE, after, most)).await?.iter().map(FactRow::from_row).collect()
}
pub async fn waiting(c: &impl Run, most: i64) -> DbResult<Vec<FactRow>> {
    c.rows(sql!(WAITING, most)).await?.iter().map(FactRow::from_row).collect()
}
/// Facts of the log from index `from` up to, without, `to`.
pub async fn integrated(c: &impl Run, from: i64, to: i64) -> DbResult<Vec<FactRow>> {
    c.rows(sql!(INTEGRATED, from, to)).await?.iter().map(FactRow::from_row).collect()
}
pub async fn integrate(tx: &Tx, id: i64, index: i64, n: Option<i64>, entry: &[u8]) -> DbResult<()> {
    tx.guard(sql!(INTEGRATE, id, index, n, entry)).await
}
pub async fn count_waiting(c: &impl Run) -> DbResult<i64> {
    c.one(sql!(COUNT_WAITING)).await?.get("n")
}
/// The same for a page, which never counts for long: a thousand stands for all that is more.
pub async fn count_waiting_few(c: &impl Run) -> DbResult<i64> {
    c.one(sql!(COUNT_WAITING_FEW)).await?.get("n")
}
pub async fn count_integrated(c: &impl Run) -> DbResult<i64> {
    c.one(sql!(COUNT_INTEGRATED)).await?.get("n")
}
/// Facts that claim a place the log of this size does not have.
pub async fn count_stray(c: &impl Run, size: i64) -> DbResult<i64> {
    c.one(sql!(COUNT_STRAY, size)).await?.get("n")
}
/// Entries from index `from` up to, without, `to`.
pub async fn entries(c: &impl Run, from: i64, to: i64) -> DbResult<Vec<Vec<u8>>> {
    c.rows(sql!(ENTRIES, from, to)).await?.iter().map(|r| r.get("entry")).collect()
}
/// The leaf hash of the subject's last fact of this kind, open or sealed, before an index.
pub async fn before(c: &impl Run, subject: &str, sealed: bool, index: i64) -> DbResult<Option<Hash>> {
    let row = c.row(sql!(BEFORE, subject, sealed, index)).await?;
    row.map(|r| r.get::<Vec<u8>>("entry").map(|entry| leaf(&entry))).transpose()
}
pub async fn last_n(c: &impl Run, scope: i64, sealed: bool) -> DbResult<i64> {
    Ok(c.row(sql!(LAST_N, scope, sealed)).await?.map(|r| r.get("n")).transpose()?.unwrap_or(0))
}
pub async fn state(c: &impl Run) -> DbResult<Option<LogState>> {
    c.row(sql!(STATE)).await?.as_ref().map(LogState::from_row).transpose()
}
pub async fn count_states(c: &impl Run) -> DbResult<i64> {
    c.one(sql!(COUNT_STATES)).await?.get("n")
}
pub async fn state_new(tx: &Tx, vkey: &str, edge: &[u8]) -> DbResult<()> {
    tx.exec(sql!(STATE_NEW, vkey, edge)).await.map(|_| ())
}
/// The compare-and-swap that makes one integrator win.
pub async fn advance(tx: &Tx, from: i64, to: i64, edge: &[u8]) -> DbResult<()> {
    tx.guard(sql!(STATE_ADVANCE, from, to, edge)).await
}
pub async fn signed(tx: &Tx, size: i64, checkpoint: &str) -> DbResult<()> {
    tx.guard(sql!(STATE_SIGNED, size, checkpoint)).await
}
pub async fn tile_insert(tx: &Tx, (level, number, root): &Closed) -> DbResult<()> {
    tx.exec(sql!(TILE_INSERT, level, number, root)).await.map(|_| ())
}
/// The roots of full tiles of a level, by their numbers.
pub async fn tile_roots(c: &impl Run, level: i64, from: i64, to: i64) -> DbResult<Vec<Vec<u8>>> {
    c.rows(sql!(TILE_ROOTS, level, from, to)).await?.iter().map(|r| r.get("root")).collect()
}
pub async fn count_tiles(c: &impl Run) -> DbResult<i64> {
    c.one(sql!(COUNT_TILES)).await?.get("n")
}

/// What a reader of the ledger asks for; newest first, `before` an id.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub kind: Option<String>,
    pub subject: Option<String>,
    /// Only these scopes; `None` is all.
    pub scopes: Option<Vec<i64>>,
    /// Never these kinds.
    pub without: &'static [&'static str],
    pub before: Option<i64>,
    pub most: i64,
}

pub async fn page(c: &impl Run, w: &Wanted) -> DbResult<Vec<FactRow>> {
    let Some(scopes) = &w.scopes else { return page_of(c, w, None).await };
    let mut all = vec![];
    for scope in scopes {
        all.extend(page_of(c, w, Some(*scope)).await?);
    }
    Ok(newest(all, w.most, |f| f.id))
}

async fn page_of(c: &impl Run, w: &Wanted, scope: Option<i64>) -> DbResult<Vec<FactRow>> {
    let mut q = ground::db::SqlBuilder::new(
        "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, n, entry FROM facts WHERE id < ",
    );
    q.bind(w.before.unwrap_or(i64::MAX));
    if let Some(kind) = &w.kind {
        q.push(" AND kind = ").bind(kind.as_str());
    }
    if let Some(subject) = &w.subject {
        q.push(" AND subject = ").bind(subject.as_str());
    }
    for kind in w.without {
        q.push(" AND kind <> ").bind(*kind);
    }
    if let Some(scope) = scope {
        q.push(" AND scope = ").bind(scope);
    }
    q.push(" ORDER BY id DESC LIMIT ").bind(w.most);
    c.rows(q.build()).await?.iter().map(FactRow::from_row).collect()
}
