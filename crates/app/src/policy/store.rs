//! The policy slice's SQL: what people did about editions. The policy itself is the pack.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    EDITIONS = "SELECT id, first, taken_at, order_ref, recorded_by, recorded_at FROM policy_editions ORDER BY taken_at, id";
    EDITION = "SELECT id, first, taken_at, order_ref, recorded_by, recorded_at FROM policy_editions WHERE id = $1";
    TAKE_IN = "INSERT INTO policy_editions (id, first, taken_at, order_ref) VALUES ($1, $2, $3, '')";
    ADOPT = "UPDATE policy_editions SET order_ref = $2, recorded_by = $3, recorded_at = $4 WHERE id = $1 AND recorded_at IS NULL";
    REVIEW = "SELECT id, edition, scope, opened_by, opened_at, outcome, result, closed_by, closed_at FROM policy_reviews WHERE id = $1";
    REVIEWS = "SELECT id, edition, scope, opened_by, opened_at, outcome, result, closed_by, closed_at FROM policy_reviews ORDER BY id DESC LIMIT 100";
    REVIEWS_OF = "SELECT id, edition, scope, opened_by, opened_at, outcome, result, closed_by, closed_at FROM policy_reviews WHERE edition = $1 ORDER BY id";
    OPEN = "INSERT INTO policy_reviews (id, edition, scope, opened_by, opened_at, outcome, result) VALUES ($1, $2, $3, $4, $5, '', '')";
    CLOSE = "UPDATE policy_reviews SET outcome = $2, result = $3, closed_by = $4, closed_at = $5 WHERE id = $1 AND closed_at IS NULL";
}

record! {
    /// An edition as it was taken in; `order_ref` and `recorded_at` once its adoption is on record.
    pub struct EditionRow { id: String, first: bool, taken_at: i64, order_ref: String, recorded_by: Option<i64>, recorded_at: Option<i64> }
}
record! {
    pub struct ReviewRow { id: i64, edition: String, scope: String, opened_by: i64, opened_at: i64, outcome: String, result: String, closed_by: Option<i64>, closed_at: Option<i64> }
}

pub async fn editions(c: &impl Run) -> DbResult<Vec<EditionRow>> {
    c.rows(sql!(EDITIONS)).await?.iter().map(EditionRow::from_row).collect()
}
pub async fn edition(c: &impl Run, id: &str) -> DbResult<Option<EditionRow>> {
    c.row(sql!(EDITION, id)).await?.as_ref().map(EditionRow::from_row).transpose()
}
pub async fn take_in(tx: &Tx, id: &str, first: bool, at: i64) -> DbResult<()> {
    tx.exec(sql!(TAKE_IN, id, first, at)).await.map(|_| ())
}
pub async fn adopt(tx: &Tx, id: &str, order_ref: &str, by: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(ADOPT, id, order_ref, by, at)).await
}
pub async fn review(c: &impl Run, id: i64) -> DbResult<ReviewRow> {
    ReviewRow::from_row(&c.one(sql!(REVIEW, id)).await?)
}
/// Newest first.
pub async fn reviews(c: &impl Run) -> DbResult<Vec<ReviewRow>> {
    c.rows(sql!(REVIEWS)).await?.iter().map(ReviewRow::from_row).collect()
}
pub async fn reviews_of(c: &impl Run, edition: &str) -> DbResult<Vec<ReviewRow>> {
    c.rows(sql!(REVIEWS_OF, edition)).await?.iter().map(ReviewRow::from_row).collect()
}
pub async fn open(tx: &Tx, id: i64, edition: &str, scope: &str, by: i64, at: i64) -> DbResult<()> {
    tx.exec(sql!(OPEN, id, edition, scope, by, at)).await.map(|_| ())
}
pub async fn close(tx: &Tx, id: i64, outcome: &str, result: &str, by: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(CLOSE, id, outcome, result, by, at)).await
}
