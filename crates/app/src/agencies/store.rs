//! The agency register's SQL.
pub mod endings;

use ground::db::{DbResult, Run, SqlBuilder, Tx};
use ground::{queries, record, sql};

queries! {
    FIND = "SELECT id, code, kind, name_en, name_dz, parent_code, valid_from, valid_until, current FROM agencies WHERE id = $1";
    BY_CODE = "SELECT id, code, kind, name_en, name_dz, parent_code, valid_from, valid_until, current FROM agencies WHERE code = $1";
    INSERT = "INSERT INTO agencies (id, code, kind, name_en, name_dz, sort_name, parent_code, valid_from, valid_until, current) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    UPDATE = "UPDATE agencies SET kind = $2, name_en = $3, name_dz = $4, sort_name = $5, parent_code = $6, valid_from = $7, valid_until = $8, current = $9 WHERE code = $1";
    SUCCESSOR = "INSERT INTO agency_successors (code, successor) VALUES ($1, $2) ON CONFLICT (code, successor) DO NOTHING";
    SUCCESSORS = "SELECT a.id, a.code, a.kind, a.name_en, a.name_dz, a.parent_code, a.valid_from, a.valid_until, a.current FROM agency_successors s JOIN agencies a ON a.code = s.successor WHERE s.code = $1 ORDER BY a.id";
    PREDECESSORS = "SELECT a.id, a.code, a.kind, a.name_en, a.name_dz, a.parent_code, a.valid_from, a.valid_until, a.current FROM agency_successors s JOIN agencies a ON a.code = s.code WHERE s.successor = $1 ORDER BY a.id";
    BY_CODE_TYPED = "SELECT id, code, kind, name_en, name_dz, parent_code, valid_from, valid_until, current FROM agencies WHERE lower(code) = $1";
    STALE = "SELECT id, code, kind, name_en, name_dz, parent_code, valid_from, valid_until, current FROM agencies WHERE (current AND valid_until <= $1) OR (NOT current AND (valid_from IS NULL OR valid_from <= $1) AND (valid_until IS NULL OR valid_until > $1)) ORDER BY id LIMIT 1000";
    SUCCESSIONS = "SELECT code, successor FROM agency_successors ORDER BY code, successor";
    ALL_CODES = "SELECT id, code, kind, name_en, name_dz, parent_code, valid_from, valid_until, current FROM agencies ORDER BY id";
}

record! {
    #[derive(PartialEq)]
    pub struct Agency { id: i64, code: String, kind: String, name_en: String, name_dz: String, parent_code: Option<String>, valid_from: Option<String>, valid_until: Option<String>, current: bool }
}

fn all(rows: &[ground::db::Row]) -> DbResult<Vec<Agency>> {
    rows.iter().map(Agency::from_row).collect()
}

pub async fn find(c: &impl Run, id: i64) -> DbResult<Agency> {
    Agency::from_row(&c.one(sql!(FIND, id)).await?)
}
pub async fn by_code(c: &impl Run, code: &str) -> DbResult<Agency> {
    Agency::from_row(&c.one(sql!(BY_CODE, code)).await?)
}
/// By its code as somebody typed it: capitals do not matter.
pub async fn by_code_typed(c: &impl Run, code: &str) -> DbResult<Option<Agency>> {
    c.row(sql!(BY_CODE_TYPED, code.to_lowercase())).await?.as_ref().map(Agency::from_row).transpose()
}
/// Those whose first or last day has passed without the register knowing.
pub async fn stale(c: &impl Run, today: &str) -> DbResult<Vec<Agency>> {
    all(&c.rows(sql!(STALE, today)).await?)
}
/// Every code with the code of a successor.
pub async fn successions(c: &impl Run) -> DbResult<Vec<(String, String)>> {
    c.rows(sql!(SUCCESSIONS)).await?.iter().map(|r| Ok((r.get("code")?, r.get("successor")?))).collect()
}
pub async fn insert(tx: &Tx, a: &Agency) -> DbResult<()> {
    let sort = a.name_en.to_lowercase();
    let q = sql!(
        INSERT,
        a.id,
        &a.code,
        &a.kind,
        &a.name_en,
        &a.name_dz,
        sort,
        &a.parent_code,
        &a.valid_from,
        &a.valid_until,
        a.current
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn update(tx: &Tx, a: &Agency) -> DbResult<()> {
    let sort = a.name_en.to_lowercase();
    let q = sql!(
        UPDATE,
        &a.code,
        &a.kind,
        &a.name_en,
        &a.name_dz,
        sort,
        &a.parent_code,
        &a.valid_from,
        &a.valid_until,
        a.current
    );
    tx.guard(q).await
}
pub async fn succeed(tx: &Tx, code: &str, successor: &str) -> DbResult<()> {
    tx.exec(sql!(SUCCESSOR, code, successor)).await.map(|_| ())
}
pub async fn successors(c: &impl Run, code: &str) -> DbResult<Vec<Agency>> {
    all(&c.rows(sql!(SUCCESSORS, code)).await?)
}
pub async fn predecessors(c: &impl Run, code: &str) -> DbResult<Vec<Agency>> {
    all(&c.rows(sql!(PREDECESSORS, code)).await?)
}
pub async fn everyone(c: &impl Run) -> DbResult<Vec<Agency>> {
    all(&c.rows(sql!(ALL_CODES)).await?)
}
/// A page of the register in order of ids; `q` is part of a name or the code.
pub async fn list(c: &impl Run, kind: &str, q: &str, after: i64, most: i64) -> DbResult<Vec<Agency>> {
    let mut sql = SqlBuilder::new(
        "SELECT id, code, kind, name_en, name_dz, parent_code, valid_from, valid_until, current FROM agencies WHERE id > ",
    );
    sql.bind(after);
    if !kind.is_empty() {
        sql.push(" AND kind = ").bind(kind);
    }
    let q = q.trim().replace(['%', '_'], "");
    if !q.is_empty() {
        let like = format!("%{}%", q.to_lowercase());
        sql.push(" AND (sort_name LIKE ").bind(like.as_str()).push(" OR name_dz LIKE ").bind(like.as_str());
        sql.push(" OR lower(code) = ").bind(q.to_lowercase()).push(")");
    }
    sql.push(" ORDER BY id LIMIT ").bind(most);
    all(&c.rows(sql.build()).await?)
}
