//! The moderation slice's SQL.
pub mod fill;

use super::case::{Appeal, Decision, Report};
use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, sql};

queries! {
    FIND = "SELECT id, message_id, agency_id, author, action, ground, reason, snapshot, snapshot_hash, state, decided_by, decided_at, second_by, second_at, second_reason, appeal_by, on_platform, version FROM moderation_decisions WHERE id = $1";
    OF_MESSAGE = "SELECT id, message_id, agency_id, author, action, ground, reason, snapshot, snapshot_hash, state, decided_by, decided_at, second_by, second_at, second_reason, appeal_by, on_platform, version FROM moderation_decisions WHERE message_id = $1 ORDER BY id";
    BY_GROUND = "SELECT ground, state, count(*) AS n FROM moderation_decisions WHERE decided_at > $1 AND action <> 'none' AND state IN ('final', 'overturned') GROUP BY ground, state ORDER BY ground, state";
    EARLIER = "SELECT count(*) AS n FROM moderation_decisions WHERE agency_id = $1 AND author = $2 AND state = 'final' AND action <> 'none'";
    INSERT = "INSERT INTO moderation_decisions (id, message_id, agency_id, author, action, ground, reason, snapshot, snapshot_hash, state, decided_by, decided_at, second_reason, appeal_by, on_platform, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, '', 1)";
    STATE = "UPDATE moderation_decisions SET state = $3, second_by = $4, second_at = $5, second_reason = $6, appeal_by = $7, version = version + 1 WHERE id = $1 AND version = $2";
    ON_PLATFORM = "UPDATE moderation_decisions SET on_platform = $2 WHERE id = $1";
    TO_SECOND = "SELECT id, message_id, agency_id, author, action, ground, reason, snapshot, snapshot_hash, state, decided_by, decided_at, second_by, second_at, second_reason, appeal_by, on_platform, version FROM moderation_decisions WHERE agency_id = $1 AND state = 'proposed' AND decided_by <> $2 ORDER BY id LIMIT $3";
    OPEN_REPORTS = "SELECT id, message_id, agency_id, citizen_id, reason, state, at FROM moderation_reports WHERE agency_id = $1 AND state = 'open' ORDER BY id LIMIT $2";
    TO_HEAR = "SELECT a.id, a.decision_id, a.agency_id, a.lodged_by, a.text, a.state, a.lodged_at, a.answer_by, a.decided_by, a.decided_at, a.reason FROM moderation_appeals a JOIN moderation_decisions d ON d.id = a.decision_id WHERE a.agency_id = $1 AND a.state = 'open' AND a.lodged_by <> $2 AND d.decided_by <> $3 AND coalesce(d.second_by, 0) <> $3 ORDER BY a.id LIMIT $4";
    TO_HEAR_ALL = "SELECT a.id, a.decision_id, a.agency_id, a.lodged_by, a.text, a.state, a.lodged_at, a.answer_by, a.decided_by, a.decided_at, a.reason FROM moderation_appeals a JOIN moderation_decisions d ON d.id = a.decision_id WHERE a.state = 'open' AND a.lodged_by <> $1 AND d.decided_by <> $2 AND coalesce(d.second_by, 0) <> $2 ORDER BY a.answer_by, a.id LIMIT $3";
    REPORT_INSERT = "INSERT INTO moderation_reports (id, message_id, agency_id, citizen_id, reason, state, at) VALUES ($1, $2, $3, $4, $5, 'open', $6) ON CONFLICT (message_id, citizen_id) DO NOTHING";
    REPORTS_OF = "SELECT id, message_id, agency_id, citizen_id, reason, state, at FROM moderation_reports WHERE message_id = $1 ORDER BY id";
    REPORTS_SETTLE = "UPDATE moderation_reports SET state = 'settled' WHERE message_id = $1 AND state = 'open'";
    APPEAL = "SELECT id, decision_id, agency_id, lodged_by, text, state, lodged_at, answer_by, decided_by, decided_at, reason FROM moderation_appeals WHERE id = $1";
    APPEAL_OF = "SELECT id, decision_id, agency_id, lodged_by, text, state, lodged_at, answer_by, decided_by, decided_at, reason FROM moderation_appeals WHERE decision_id = $1";
    APPEAL_INSERT = "INSERT INTO moderation_appeals (id, decision_id, agency_id, lodged_by, text, state, lodged_at, answer_by, reason) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, '')";
    APPEAL_DECIDE = "UPDATE moderation_appeals SET state = $2, decided_by = $3, decided_at = $4, reason = $5 WHERE id = $1 AND state = 'open'";
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Decision> {
    Decision::from_row(&c.one(sql!(FIND, id)).await?)
}
pub async fn of_message(c: &impl Run, message: i64) -> DbResult<Vec<Decision>> {
    c.rows(sql!(OF_MESSAGE, message)).await?.iter().map(Decision::from_row).collect()
}
/// How many decisions were made on each ground since then: ground, state, how many.
pub async fn by_ground(c: &impl Run, since: i64) -> DbResult<Vec<(String, String, i64)>> {
    let rows = c.rows(sql!(BY_GROUND, since)).await?;
    rows.iter().map(|r| Ok((r.get("ground")?, r.get("state")?, r.get("n")?))).collect()
}
/// How many decisions about this author stand.
pub async fn earlier(c: &impl Run, agency: i64, author: &str) -> DbResult<i64> {
    c.one(sql!(EARLIER, agency, author)).await?.get("n")
}
pub async fn insert(tx: &Tx, d: &Decision) -> DbResult<()> {
    let q = sql!(
        INSERT,
        d.id,
        d.message_id,
        d.agency_id,
        &d.author,
        &d.action,
        &d.ground,
        &d.reason,
        &d.snapshot,
        &d.snapshot_hash,
        &d.state,
        d.decided_by,
        d.decided_at,
        d.appeal_by
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn set_state(tx: &Tx, d: &Decision) -> DbResult<()> {
    let q = sql!(STATE, d.id, d.version, &d.state, d.second_by, d.second_at, &d.second_reason, d.appeal_by);
    tx.guard(q).await
}
pub async fn set_on_platform(tx: &Tx, id: i64, what: &str) -> DbResult<()> {
    tx.guard(sql!(ON_PLATFORM, id, what)).await
}
pub async fn insert_report(tx: &Tx, r: &Report) -> DbResult<bool> {
    let q = sql!(REPORT_INSERT, r.id, r.message_id, r.agency_id, r.citizen_id, &r.reason, r.at);
    Ok(tx.exec(q).await? == 1)
}
pub async fn reports_of(c: &impl Run, message: i64) -> DbResult<Vec<Report>> {
    c.rows(sql!(REPORTS_OF, message)).await?.iter().map(Report::from_row).collect()
}
pub async fn settle_reports(tx: &Tx, message: i64) -> DbResult<()> {
    tx.exec(sql!(REPORTS_SETTLE, message)).await.map(|_| ())
}
pub async fn appeal(c: &impl Run, id: i64) -> DbResult<Appeal> {
    Appeal::from_row(&c.one(sql!(APPEAL, id)).await?)
}
pub async fn appeal_of(c: &impl Run, decision: i64) -> DbResult<Option<Appeal>> {
    c.row(sql!(APPEAL_OF, decision)).await?.as_ref().map(Appeal::from_row).transpose()
}
pub async fn insert_appeal(tx: &Tx, a: &Appeal) -> DbResult<()> {
    let q = sql!(APPEAL_INSERT, a.id, a.decision_id, a.agency_id, &a.lodged_by, &a.text, a.lodged_at, a.answer_by);
    tx.exec(q).await.map(|_| ())
}
pub async fn decide_appeal(tx: &Tx, id: i64, state: &str, by: i64, at: i64, reason: &str) -> DbResult<()> {
    tx.guard(sql!(APPEAL_DECIDE, id, state, by, at, reason)).await
}

/// One agency at a time keeps to its index however much there is; the pages are merged by id.
fn each(agencies: Option<&[i64]>) -> Vec<Option<i64>> {
    agencies.map_or_else(|| vec![None], |all| all.iter().copied().map(Some).collect())
}

fn within(q: &mut SqlBuilder, agency: Option<i64>) {
    if let Some(agency) = agency {
        q.push(" AND agency_id = ").bind(agency);
    }
}

fn cut<T>(rows: &mut Vec<T>, most: i64) {
    rows.truncate(usize::try_from(most).unwrap_or(0));
}

/// Decisions in a state (all when empty), newest first.
pub async fn decisions(
    c: &impl Run,
    agencies: Option<&[i64]>,
    state: &str,
    before: i64,
    most: i64,
) -> DbResult<Vec<Decision>> {
    let mut rows = vec![];
    for agency in each(agencies) {
        let mut q = SqlBuilder::new(
            "SELECT id, message_id, agency_id, author, action, ground, reason, snapshot, snapshot_hash, state, decided_by, decided_at, second_by, second_at, second_reason, appeal_by, on_platform, version FROM moderation_decisions WHERE id < ",
        );
        q.bind(before);
        if !state.is_empty() {
            q.push(" AND state = ").bind(state);
        }
        within(&mut q, agency);
        q.push(" ORDER BY id DESC LIMIT ").bind(most);
        rows.extend(c.rows(q.build()).await?);
    }
    let mut all: Vec<Decision> = rows.iter().map(Decision::from_row).collect::<DbResult<_>>()?;
    all.sort_by_key(|d| std::cmp::Reverse(d.id));
    cut(&mut all, most);
    Ok(all)
}

pub async fn open_appeals(c: &impl Run, agencies: Option<&[i64]>, most: i64) -> DbResult<Vec<Appeal>> {
    let mut rows = vec![];
    for agency in each(agencies) {
        let mut q = SqlBuilder::new(
            "SELECT id, decision_id, agency_id, lodged_by, text, state, lodged_at, answer_by, decided_by, decided_at, reason FROM moderation_appeals WHERE state = 'open'",
        );
        within(&mut q, agency);
        q.push(" ORDER BY id LIMIT ").bind(most);
        rows.extend(c.rows(q.build()).await?);
    }
    let mut all: Vec<Appeal> = rows.iter().map(Appeal::from_row).collect::<DbResult<_>>()?;
    all.sort_by_key(|r| r.id);
    cut(&mut all, most);
    Ok(all)
}

pub async fn open_reports(c: &impl Run, agencies: Option<&[i64]>, most: i64) -> DbResult<Vec<Report>> {
    let mut rows = vec![];
    for agency in each(agencies) {
        let mut q = SqlBuilder::new(
            "SELECT id, message_id, agency_id, citizen_id, reason, state, at FROM moderation_reports WHERE state = 'open'",
        );
        within(&mut q, agency);
        q.push(" ORDER BY id LIMIT ").bind(most);
        rows.extend(c.rows(q.build()).await?);
    }
    let mut all: Vec<Report> = rows.iter().map(Report::from_row).collect::<DbResult<_>>()?;
    all.sort_by_key(|r| r.id);
    cut(&mut all, most);
    Ok(all)
}

/// Decisions others proposed that wait for a second reviewer, oldest first.
pub async fn to_second(c: &impl Run, agencies: &[i64], me: i64, most: i64) -> DbResult<Vec<Decision>> {
    let mut found = vec![];
    for agency in agencies {
        let rows = c.rows(sql!(TO_SECOND, *agency, me, most)).await?;
        found.extend(rows.iter().map(Decision::from_row).collect::<DbResult<Vec<_>>>()?);
    }
    Ok(found)
}

/// Reports nobody has looked at, oldest first.
pub async fn to_look_at(c: &impl Run, agencies: &[i64], most: i64) -> DbResult<Vec<Report>> {
    let mut found = vec![];
    for agency in agencies {
        let rows = c.rows(sql!(OPEN_REPORTS, *agency, most)).await?;
        found.extend(rows.iter().map(Report::from_row).collect::<DbResult<Vec<_>>>()?);
    }
    Ok(found)
}

/// Appeals this person had no part in, due first; of the whole government when `agencies` is `None`.
pub async fn to_hear(c: &impl Run, agencies: Option<&[i64]>, me: i64, most: i64) -> DbResult<Vec<Appeal>> {
    let label = format!("person:{me}");
    let mut rows = vec![];
    match agencies {
        None => rows = c.rows(sql!(TO_HEAR_ALL, &label, me, most)).await?,
        Some(agencies) => {
            for agency in agencies {
                rows.extend(c.rows(sql!(TO_HEAR, *agency, &label, me, most)).await?);
            }
        }
    }
    let mut found = rows.iter().map(Appeal::from_row).collect::<DbResult<Vec<_>>>()?;
    found.sort_by_key(|a| (a.answer_by, a.id));
    Ok(found)
}
