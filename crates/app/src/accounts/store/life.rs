//! The SQL of an account's life after it was asked for.
use crate::accounts::account::Account;
use crate::accounts::life::{Asked, Check, End, Evaluation, Proof, Watch};
use ground::db::{DbResult, Run, Sql, Tx};
use ground::{queries, record, sql};

queries! {
    ASK = "INSERT INTO account_requests (account_id, purpose, scope, apart, per_week, review_id, code) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ASKED = "SELECT account_id, purpose, scope, apart, per_week, review_id, code FROM account_requests WHERE account_id = $1";
    ALIKE = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE agency_id = $1 AND platform = $2 AND state IN ('requested', 'approved', 'live') ORDER BY id LIMIT 20";
    PROVE = "INSERT INTO account_proofs (id, account_id, method, detail, person_id, at) VALUES ($1, $2, $3, $4, $5, $6)";
    PROOFS = "SELECT id, account_id, method, detail, person_id, at FROM account_proofs WHERE account_id = $1 ORDER BY id DESC LIMIT 20";
    CHECK = "INSERT INTO account_checks (id, account_id, item, note, person_id, at) VALUES ($1, $2, $3, $4, $5, $6)";
    CHECKS = "SELECT c.item, c.note, c.person_id, c.at FROM account_checks c WHERE c.account_id = $1 AND c.id = (SELECT max(d.id) FROM account_checks d WHERE d.account_id = c.account_id AND d.item = c.item) ORDER BY c.id";
    EVALUATE = "INSERT INTO account_evaluations (id, account_id, decision, results, reasons, person_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    EVALUATIONS = "SELECT id, account_id, decision, results, reasons, person_id, at FROM account_evaluations WHERE account_id = $1 ORDER BY id DESC LIMIT 50";
    END = "INSERT INTO account_ends (account_id, archive, notice, parked, successor_url) VALUES ($1, $2, $3, $4, $5)";
    ENDED = "SELECT account_id, archive, notice, parked, successor_url FROM account_ends WHERE account_id = $1";
    WATCH = "SELECT account_id, seen, checked_at, moved_at, posted_at, quiet_at FROM account_watch WHERE account_id = $1";
    SEEN = "INSERT INTO account_watch (account_id, seen, checked_at, moved_at) VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE SET seen = excluded.seen, checked_at = excluded.checked_at, moved_at = excluded.moved_at";
    POSTED = "INSERT INTO account_watch (account_id, seen, posted_at) VALUES ($1, '', $2) ON CONFLICT (account_id) DO UPDATE SET posted_at = excluded.posted_at, quiet_at = NULL";
    QUIETEN = "INSERT INTO account_watch (account_id, seen, quiet_at) VALUES ($1, '', $2) ON CONFLICT (account_id) DO UPDATE SET quiet_at = excluded.quiet_at";
    TO_LOOK_AT = "SELECT a.id, a.agency_id, a.platform, a.handle, a.url, a.known_as, a.base_url, a.remote_id, a.state, a.plan_id, a.requested_by, a.requested_at, a.live_since, a.closed_at, a.version FROM accounts a LEFT JOIN account_watch w ON w.account_id = a.id WHERE a.state = 'live' AND a.remote_id <> '' AND a.secret IS NOT NULL AND (w.checked_at IS NULL OR w.checked_at <= $1) AND a.id > $2 ORDER BY a.id LIMIT 100";
    FELL_QUIET = "SELECT a.id, a.agency_id, a.platform, a.handle, a.url, a.known_as, a.base_url, a.remote_id, a.state, a.plan_id, a.requested_by, a.requested_at, a.live_since, a.closed_at, a.version FROM accounts a LEFT JOIN account_watch w ON w.account_id = a.id WHERE a.state = 'live' AND a.live_since <= $1 AND (w.posted_at IS NULL OR w.posted_at <= $1) AND w.quiet_at IS NULL ORDER BY a.id LIMIT 200";
    CLOSED_OF = "SELECT id, agency_id, platform, handle, url, known_as, base_url, remote_id, state, plan_id, requested_by, requested_at, live_since, closed_at, version FROM accounts WHERE agency_id = $1 AND state = 'closed' AND live_since IS NOT NULL ORDER BY id DESC LIMIT 200";
    VERDICT = "SELECT a.id, a.agency_id, a.platform, a.handle, a.url, a.known_as, a.base_url, a.remote_id, a.state, a.plan_id, a.requested_by, a.requested_at, a.live_since, a.closed_at, a.version, w.moved_at, e.notice, e.successor_url FROM accounts a LEFT JOIN account_watch w ON w.account_id = a.id LEFT JOIN account_ends e ON e.account_id = a.id WHERE a.known_as = $1 AND a.live_since IS NOT NULL ORDER BY a.id DESC LIMIT 1";
}

pub async fn ask(tx: &Tx, a: &Asked) -> DbResult<()> {
    let q = sql!(ASK, a.account_id, &a.purpose, &a.scope, &a.apart, a.per_week, a.review_id, &a.code);
    tx.exec(q).await.map(|_| ())
}
pub async fn asked(c: &impl Run, account: i64) -> DbResult<Option<Asked>> {
    c.row(sql!(ASKED, account)).await?.as_ref().map(Asked::from_row).transpose()
}
/// Accounts the agency has, or has asked for, on a platform.
pub async fn alike(c: &impl Run, agency: i64, platform: &str) -> DbResult<Vec<Account>> {
    c.rows(sql!(ALIKE, agency, platform)).await?.iter().map(Account::from_row).collect()
}
pub async fn prove(tx: &Tx, p: &Proof) -> DbResult<()> {
    tx.exec(sql!(PROVE, p.id, p.account_id, &p.method, &p.detail, p.person_id, p.at)).await.map(|_| ())
}
pub async fn proofs(c: &impl Run, account: i64) -> DbResult<Vec<Proof>> {
    c.rows(sql!(PROOFS, account)).await?.iter().map(Proof::from_row).collect()
}
pub async fn confirm(tx: &Tx, id: i64, account: i64, check: &Check) -> DbResult<()> {
    tx.exec(sql!(CHECK, id, account, &check.item, &check.note, check.person_id, check.at)).await.map(|_| ())
}
/// The newest confirmation of each item.
pub async fn checks(c: &impl Run, account: i64) -> DbResult<Vec<Check>> {
    c.rows(sql!(CHECKS, account)).await?.iter().map(Check::from_row).collect()
}
pub async fn evaluate(tx: &Tx, e: &Evaluation) -> DbResult<()> {
    let q = sql!(EVALUATE, e.id, e.account_id, &e.decision, &e.results, &e.reasons, e.person_id, e.at);
    tx.exec(q).await.map(|_| ())
}
/// Newest first.
pub async fn evaluations(c: &impl Run, account: i64) -> DbResult<Vec<Evaluation>> {
    c.rows(sql!(EVALUATIONS, account)).await?.iter().map(Evaluation::from_row).collect()
}
pub async fn end(tx: &Tx, e: &End) -> DbResult<()> {
    tx.exec(sql!(END, e.account_id, &e.archive, &e.notice, e.parked, &e.successor_url)).await.map(|_| ())
}
pub async fn ended(c: &impl Run, account: i64) -> DbResult<Option<End>> {
    c.row(sql!(ENDED, account)).await?.as_ref().map(End::from_row).transpose()
}
pub async fn watch(c: &impl Run, account: i64) -> DbResult<Option<Watch>> {
    c.row(sql!(WATCH, account)).await?.as_ref().map(Watch::from_row).transpose()
}
/// What a look at the handle found.
pub async fn seen(tx: &Tx, account: i64, what: &str, at: i64, moved_at: Option<i64>) -> DbResult<()> {
    tx.exec(sql!(SEEN, account, what, at, moved_at)).await.map(|_| ())
}
pub async fn posted(tx: &Tx, account: i64, at: i64) -> DbResult<()> {
    tx.exec(sql!(POSTED, account, at)).await.map(|_| ())
}
pub async fn quieten(tx: &Tx, account: i64, at: i64) -> DbResult<()> {
    tx.exec(sql!(QUIETEN, account, at)).await.map(|_| ())
}
/// Live accounts bound to an id of their platform whose handle was not looked at since, in order of ids.
pub async fn to_look_at(c: &impl Run, before: i64, after: i64) -> DbResult<Vec<Account>> {
    c.rows(sql!(TO_LOOK_AT, before, after)).await?.iter().map(Account::from_row).collect()
}
/// Live accounts without a post since, not marked yet.
pub async fn fell_quiet(c: &impl Run, since: i64) -> DbResult<Vec<Account>> {
    c.rows(sql!(FELL_QUIET, since)).await?.iter().map(Account::from_row).collect()
}
pub async fn closed_of(c: &impl Run, agency: i64) -> DbResult<Vec<Account>> {
    c.rows(sql!(CLOSED_OF, agency)).await?.iter().map(Account::from_row).collect()
}

record! {
    pub struct More { moved_at: Option<i64>, notice: Option<String>, successor_url: Option<String> }
}

/// Asks for the account at an address with all the public is told of it.
pub fn verdict_at(known_as: &str) -> Sql {
    sql!(VERDICT, known_as)
}
pub async fn verdict(c: &impl Run, known_as: &str) -> DbResult<Option<(Account, More)>> {
    let Some(row) = c.row(sql!(VERDICT, known_as)).await? else { return Ok(None) };
    Ok(Some((Account::from_row(&row)?, More::from_row(&row)?)))
}
