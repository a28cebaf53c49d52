//! The SQL of what posts cost.
use crate::publishing::spending::{Limit, Spent};
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    LIMIT = "SELECT account_id, price, most, currency, set_by, set_at FROM spending_limits WHERE account_id = $1";
    SET = "INSERT INTO spending_limits (account_id, price, most, currency, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET price = $2, most = $3, currency = $4, set_by = $5, set_at = $6";
    LIFT = "DELETE FROM spending_limits WHERE account_id = $1";
    MONTH = "INSERT INTO spending (account_id, month, posts) VALUES ($1, $2, 0) ON CONFLICT (account_id, month) DO NOTHING";
    TAKE = "UPDATE spending SET posts = posts + 1 WHERE account_id = $1 AND month = $2 AND NOT EXISTS (SELECT 1 FROM spending_limits l WHERE l.account_id = spending.account_id AND (spending.posts + 1) * l.price > l.most)";
    GIVE_BACK = "UPDATE spending SET posts = posts - 1 WHERE account_id = $1 AND month = $2 AND posts > 0";
    SPENT = "SELECT posts FROM spending WHERE account_id = $1 AND month = $2";
}

pub async fn limit(c: &impl Run, account: i64) -> DbResult<Option<Limit>> {
    c.row(sql!(LIMIT, account)).await?.as_ref().map(Limit::from_row).transpose()
}
pub async fn set(tx: &Tx, l: &Limit) -> DbResult<()> {
    tx.exec(sql!(SET, l.account_id, l.price, l.most, &l.currency, l.set_by, l.set_at)).await.map(|_| ())
}
/// There must be one.
pub async fn lift(tx: &Tx, account: i64) -> DbResult<()> {
    tx.guard(sql!(LIFT, account)).await
}
/// Whether one more goes under the limit; then it is counted.
pub async fn take(tx: &Tx, account: i64, month: &str) -> DbResult<bool> {
    tx.exec(sql!(MONTH, account, month)).await?;
    Ok(tx.exec(sql!(TAKE, account, month)).await? == 1)
}
pub async fn give_back(tx: &Tx, account: i64, month: &str) -> DbResult<()> {
    tx.exec(sql!(GIVE_BACK, account, month)).await.map(|_| ())
}
/// Posts of a month; counted from the day on that a limit was stated.
pub async fn posts(c: &impl Run, account: i64, month: &str) -> DbResult<i64> {
    Ok(c.row(sql!(SPENT, account, month)).await?.as_ref().map(Spent::from_row).transpose()?.map_or(0, |s| s.posts))
}
