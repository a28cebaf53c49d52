//! The compliance slice's SQL.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};
use std::collections::HashMap;

queries! {
    STANDING = "SELECT agency_id, control, source, observation_id, verdict, told, reason, evidence, by_person, seen_at, until_at, judged_at FROM compliance_standing WHERE agency_id = $1";
    STAND = "INSERT INTO compliance_standing (agency_id, control, source, observation_id, verdict, told, reason, evidence, by_person, seen_at, until_at, judged_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (agency_id, control, source) DO UPDATE SET observation_id = $4, verdict = $5, told = $6, reason = $7, evidence = $8, by_person = $9, seen_at = $10, until_at = $11, judged_at = $12";
    SEEN_AGAIN = "UPDATE compliance_standing SET judged_at = $4, until_at = $5 WHERE agency_id = $1 AND control = $2 AND source = $3";
    OBSERVE = "INSERT INTO compliance_observations (id, agency_id, control, source, verdict, told, reason, evidence, by_person, seen_at, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    PASSED = "SELECT agency_id, control FROM compliance_standing WHERE until_at IS NOT NULL AND until_at <= $1 AND judged_at < until_at ORDER BY until_at LIMIT $2";
    ROW_NEW = "INSERT INTO compliance_rows (agency_id, shape, letters, changed_at) VALUES ($1, '', '', 0) ON CONFLICT (agency_id) DO NOTHING";
    ROW_HOLD = "UPDATE compliance_rows SET changed_at = changed_at WHERE agency_id = $1";
    ROW = "SELECT agency_id, shape, letters, changed_at FROM compliance_rows WHERE agency_id = $1";
    ROW_SET = "UPDATE compliance_rows SET shape = $2, letters = $3, changed_at = $4 WHERE agency_id = $1";
    ROWS = "SELECT agency_id, shape, letters, changed_at FROM compliance_rows ORDER BY agency_id";
    WITHOUT_ROW = "SELECT a.id FROM agencies_v1 a LEFT JOIN compliance_rows r ON r.agency_id = a.id AND r.shape = $1 WHERE a.current AND r.agency_id IS NULL ORDER BY a.id LIMIT $2";
    LAST_CHANGE = "SELECT changed_at FROM compliance_rows ORDER BY changed_at DESC LIMIT 1";
    DAY = "INSERT INTO compliance_days (day, met, partly, not_met, unknown, changed_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (day) DO UPDATE SET met = $2, partly = $3, not_met = $4, unknown = $5, changed_at = $6";
    DAYS = "SELECT day, met, partly, not_met, unknown, changed_at FROM compliance_days ORDER BY day DESC LIMIT $1";
    ASK = "INSERT INTO compliance_requests (id, agency_id, obligation, wish, asked_by, asked_at, answer, state) VALUES ($1, $2, $3, $4, $5, $6, '', 'open')";
    ANSWER = "UPDATE compliance_requests SET answer = $2, answered_by = $3, answered_at = $4, state = 'answered' WHERE id = $1 AND state = 'open'";
    REQUEST = "SELECT id, agency_id, obligation, wish, asked_by, asked_at, answer, answered_by, answered_at, state FROM compliance_requests WHERE id = $1";
    REQUESTS_OF = "SELECT id, agency_id, obligation, wish, asked_by, asked_at, answer, answered_by, answered_at, state FROM compliance_requests WHERE agency_id = $1 ORDER BY id DESC LIMIT 50";
    REQUESTS_OPEN = "SELECT id, agency_id, obligation, wish, asked_by, asked_at, answer, answered_by, answered_at, state FROM compliance_requests WHERE state = 'open' ORDER BY id LIMIT 200";
    REQUESTS_COUNT = "SELECT state, count(*) AS n FROM compliance_requests GROUP BY state ORDER BY state";
    REQUESTS_LATE = "SELECT count(*) AS n FROM compliance_requests WHERE state = 'open' AND asked_at < $1";
}

record! {
    /// What stands of one control of an agency, by one source.
    #[derive(PartialEq)]
    pub struct Standing { agency_id: i64, control: String, source: String, observation_id: i64, verdict: String, told: String, reason: String, evidence: String, by_person: Option<i64>, seen_at: i64, until_at: Option<i64>, judged_at: i64 }
}
record! {
    pub struct MapRow { agency_id: i64, shape: String, letters: String, changed_at: i64 }
}
record! {
    /// `changed_at` is when the last row changed that was counted in.
    #[derive(PartialEq)]
    pub struct Day { day: String, met: i64, partly: i64, not_met: i64, unknown: i64, changed_at: Option<i64> }
}
record! {
    /// An agency asks for help with an obligation.
    pub struct HelpRequest { id: i64, agency_id: i64, obligation: String, wish: String, asked_by: i64, asked_at: i64, answer: String, answered_by: Option<i64>, answered_at: Option<i64>, state: String }
}

/// By control and source.
pub type Standings = HashMap<(String, String), Standing>;

pub async fn standing(c: &impl Run, agency: i64) -> DbResult<Standings> {
    let rows = c.rows(sql!(STANDING, agency)).await?;
    let all: DbResult<Vec<Standing>> = rows.iter().map(Standing::from_row).collect();
    Ok(all?.into_iter().map(|s| ((s.control.clone(), s.source.clone()), s)).collect())
}

/// A new observation, which stands from now on.
pub async fn stand(tx: &Tx, s: &Standing) -> DbResult<()> {
    let (agency, control, source) = (s.agency_id, &s.control, &s.source);
    tx.exec(sql!(
        OBSERVE,
        s.observation_id,
        agency,
        control,
        source,
        &s.verdict,
        &s.told,
        &s.reason,
        &s.evidence,
        s.by_person,
        s.seen_at,
        s.until_at
    ))
    .await?;
    let q = sql!(
        STAND,
        agency,
        control,
        source,
        s.observation_id,
        &s.verdict,
        &s.told,
        &s.reason,
        &s.evidence,
        s.by_person,
        s.seen_at,
        s.until_at,
        s.judged_at
    );
    tx.exec(q).await.map(|_| ())
}

/// The same was seen again: only when it may change is new.
pub async fn seen_again(tx: &Tx, s: &Standing) -> DbResult<()> {
    tx.exec(sql!(SEEN_AGAIN, s.agency_id, &s.control, &s.source, s.judged_at, s.until_at)).await.map(|_| ())
}

/// What time alone may have changed.
pub async fn passed(c: &impl Run, now: i64, most: i64) -> DbResult<Vec<(i64, String)>> {
    let rows = c.rows(sql!(PASSED, now, most)).await?;
    rows.iter().map(|r| Ok((r.get("agency_id")?, r.get("control")?))).collect()
}

/// The row of an agency, held until the transaction ends: who judges it waits for the other.
pub async fn hold(tx: &Tx, agency: i64) -> DbResult<MapRow> {
    tx.exec(sql!(ROW_NEW, agency)).await?;
    tx.guard(sql!(ROW_HOLD, agency)).await?;
    MapRow::from_row(&tx.one(sql!(ROW, agency)).await?)
}

pub async fn set_row(tx: &Tx, row: &MapRow) -> DbResult<()> {
    tx.guard(sql!(ROW_SET, row.agency_id, &row.shape, &row.letters, row.changed_at)).await
}

pub async fn row(c: &impl Run, agency: i64) -> DbResult<Option<MapRow>> {
    c.row(sql!(ROW, agency)).await?.as_ref().map(MapRow::from_row).transpose()
}

pub async fn rows(c: &impl Run) -> DbResult<Vec<MapRow>> {
    c.rows(sql!(ROWS)).await?.iter().map(MapRow::from_row).collect()
}

/// Agencies of today that no row of this shape tells of.
pub async fn without_row(c: &impl Run, shape: &str, most: i64) -> DbResult<Vec<i64>> {
    c.rows(sql!(WITHOUT_ROW, shape, most)).await?.iter().map(|r| r.get("id")).collect()
}

/// When the last row changed.
pub async fn last_change(c: &impl Run) -> DbResult<i64> {
    c.row(sql!(LAST_CHANGE)).await?.map_or(Ok(0), |r| r.get("changed_at"))
}

pub async fn set_day(tx: &Tx, d: &Day) -> DbResult<()> {
    tx.exec(sql!(DAY, &d.day, d.met, d.partly, d.not_met, d.unknown, d.changed_at)).await.map(|_| ())
}

/// Newest first.
pub async fn days(c: &impl Run, most: i64) -> DbResult<Vec<Day>> {
    c.rows(sql!(DAYS, most)).await?.iter().map(Day::from_row).collect()
}

pub async fn ask(tx: &Tx, r: &HelpRequest) -> DbResult<()> {
    tx.exec(sql!(ASK, r.id, r.agency_id, &r.obligation, &r.wish, r.asked_by, r.asked_at)).await.map(|_| ())
}

pub async fn answer(tx: &Tx, id: i64, answer: &str, by: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(ANSWER, id, answer, by, at)).await
}

pub async fn request(c: &impl Run, id: i64) -> DbResult<HelpRequest> {
    HelpRequest::from_row(&c.one(sql!(REQUEST, id)).await?)
}

pub async fn requests_of(c: &impl Run, agency: i64) -> DbResult<Vec<HelpRequest>> {
    c.rows(sql!(REQUESTS_OF, agency)).await?.iter().map(HelpRequest::from_row).collect()
}

pub async fn requests_open(c: &impl Run) -> DbResult<Vec<HelpRequest>> {
    c.rows(sql!(REQUESTS_OPEN)).await?.iter().map(HelpRequest::from_row).collect()
}

/// How many requests are open and answered, and how many have waited since before a time.
pub async fn requests_count(c: &impl Run, before: i64) -> DbResult<(i64, i64, i64)> {
    let (mut open, mut answered) = (0, 0);
    for r in c.rows(sql!(REQUESTS_COUNT)).await? {
        let n: i64 = r.get("n")?;
        if r.get::<String>("state")? == "open" { open = n } else { answered = n }
    }
    Ok((open, answered, c.one(sql!(REQUESTS_LATE, before)).await?.get("n")?))
}
