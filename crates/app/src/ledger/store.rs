//! The ledger's SQL.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql, values};

queries! {
    INSERT = "INSERT INTO facts (id, at, actor, scope, kind, version, subject, body, sealed, salt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND = "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, entry FROM facts WHERE id = $1";
    OF_SUBJECT = "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, entry FROM facts WHERE subject = $1 ORDER BY id LIMIT 500";
    WAITING = "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, entry FROM facts WHERE leaf_index IS NULL ORDER BY id LIMIT $1";
    INTEGRATED = "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, entry FROM facts WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index";
    INTEGRATE = "UPDATE facts SET leaf_index = $2, entry = $3 WHERE id = $1 AND leaf_index IS NULL";
    COUNT = "SELECT count(*) AS n FROM facts";
    COUNT_WAITING = "SELECT count(*) AS n FROM facts WHERE leaf_index IS NULL";
    STATE = "SELECT size, edge, checkpoint, published_size FROM log_state WHERE name = 'log'";
    STATE_NEW = "INSERT INTO log_state (name, size, edge, checkpoint, published_size) VALUES ('log', 0, $1, '', 0) ON CONFLICT (name) DO NOTHING";
    STATE_ADVANCE = "UPDATE log_state SET size = $2, edge = $3, checkpoint = $4 WHERE name = 'log' AND size = $1";
    STATE_PUBLISHED = "UPDATE log_state SET published_size = $1 WHERE name = 'log' AND published_size < $1";
    CHAIN = "SELECT leaf_hash FROM log_chain WHERE subject = $1";
    CHAIN_SET = "INSERT INTO log_chain (subject, leaf_hash) VALUES ($1, $2) ON CONFLICT (subject) DO UPDATE SET leaf_hash = excluded.leaf_hash";
    COUNT_NEXT = "INSERT INTO log_count (scope, n) VALUES ($1, 1) ON CONFLICT (scope) DO UPDATE SET n = log_count.n + 1 RETURNING n";
}

record! {
    /// A fact as it stands: `leaf_index` and `entry` come when the log has taken it in.
    pub struct FactRow { id: i64, at: i64, actor: String, scope: Option<i64>, kind: String, version: i64, subject: String, body: String, sealed: bool, salt: Vec<u8>, leaf_index: Option<i64>, entry: Option<Vec<u8>> }
}
record! {
    pub struct LogState { size: i64, edge: Vec<u8>, checkpoint: String, published_size: i64 }
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
pub async fn of_subject(c: &impl Run, subject: &str) -> DbResult<Vec<FactRow>> {
    c.rows(sql!(OF_SUBJECT, subject)).await?.iter().map(FactRow::from_row).collect()
}
pub async fn waiting(c: &impl Run, most: i64) -> DbResult<Vec<FactRow>> {
    c.rows(sql!(WAITING, most)).await?.iter().map(FactRow::from_row).collect()
}
/// Facts of the log from index `from` up to, without, `to`.
pub async fn integrated(c: &impl Run, from: i64, to: i64) -> DbResult<Vec<FactRow>> {
    c.rows(sql!(INTEGRATED, from, to)).await?.iter().map(FactRow::from_row).collect()
}
pub async fn integrate(tx: &Tx, id: i64, index: i64, entry: &[u8]) -> DbResult<()> {
    tx.guard(sql!(INTEGRATE, id, index, entry)).await
}
pub async fn count(c: &impl Run) -> DbResult<i64> {
    c.one(sql!(COUNT)).await?.get("n")
}
pub async fn count_waiting(c: &impl Run) -> DbResult<i64> {
    c.one(sql!(COUNT_WAITING)).await?.get("n")
}
pub async fn state(c: &impl Run) -> DbResult<Option<LogState>> {
    c.row(sql!(STATE)).await?.as_ref().map(LogState::from_row).transpose()
}
pub async fn state_new(tx: &Tx, edge: &[u8]) -> DbResult<()> {
    tx.exec(sql!(STATE_NEW, edge)).await.map(|_| ())
}
/// The compare-and-swap that makes one integrator win.
pub async fn advance(tx: &Tx, from: i64, to: i64, edge: &[u8], checkpoint: &str) -> DbResult<()> {
    tx.guard(sql!(STATE_ADVANCE, from, to, edge, checkpoint)).await
}
pub async fn published(tx: &Tx, size: i64) -> DbResult<()> {
    tx.exec(sql!(STATE_PUBLISHED, size)).await.map(|_| ())
}
pub async fn chain(c: &impl Run, subject: &str) -> DbResult<Option<Vec<u8>>> {
    c.row(sql!(CHAIN, subject)).await?.map(|r| r.get("leaf_hash")).transpose()
}
pub async fn chain_set(tx: &Tx, subject: &str, hash: &[u8]) -> DbResult<()> {
    tx.exec(sql!(CHAIN_SET, subject, hash)).await.map(|_| ())
}
/// The next number of a scope's gapless count.
pub async fn count_next(tx: &Tx, scope: i64) -> DbResult<i64> {
    tx.one(sql!(COUNT_NEXT, scope)).await?.get("n")
}

/// What a reader of the ledger asks for; newest first, `before` an id.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub kind: Option<String>,
    pub subject: Option<String>,
    /// Only these scopes; `None` is all.
    pub scopes: Option<Vec<i64>>,
    pub before: Option<i64>,
    pub most: i64,
}

pub async fn page(c: &impl Run, w: &Wanted) -> DbResult<Vec<FactRow>> {
    // One scope at a time keeps to its index however long the ledger is; the pages are merged by id.
    let Some(scopes) = &w.scopes else { return page_of(c, w, None).await };
    let mut all = vec![];
    for scope in scopes {
        all.extend(page_of(c, w, Some(*scope)).await?);
    }
    all.sort_by_key(|f| std::cmp::Reverse(f.id));
    all.truncate(usize::try_from(w.most).unwrap_or(0));
    Ok(all)
}

async fn page_of(c: &impl Run, w: &Wanted, scope: Option<i64>) -> DbResult<Vec<FactRow>> {
    let mut q = ground::db::SqlBuilder::new(
        "SELECT id, at, actor, scope, kind, version, subject, body, sealed, salt, leaf_index, entry FROM facts WHERE id < ",
    );
    q.bind(w.before.unwrap_or(i64::MAX));
    if let Some(kind) = &w.kind {
        q.push(" AND kind = ").bind(kind.as_str());
    }
    if let Some(subject) = &w.subject {
        q.push(" AND subject = ").bind(subject.as_str());
    }
    if let Some(scope) = scope {
        q.push(" AND scope = ").bind(scope);
    }
    q.push(" ORDER BY id DESC LIMIT ").bind(w.most);
    c.rows(q.build()).await?.iter().map(FactRow::from_row).collect()
}
