//! The SQL of the program as platforms know it.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    APP = "SELECT id, platform, server, client_id, secret, redirect, introduced, set_at FROM account_apps WHERE id = $1";
    APP_AT = "SELECT id, platform, server, client_id, secret, redirect, introduced, set_at FROM account_apps WHERE platform = $1 AND server = $2";
    APPS = "SELECT id, platform, server, client_id, secret, redirect, introduced, set_at FROM account_apps ORDER BY platform, server LIMIT 500";
    SET = "INSERT INTO account_apps (id, platform, server, client_id, secret, redirect, introduced, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    SEAL = "UPDATE account_apps SET secret = $2 WHERE id = $1";
    REMOVE = "DELETE FROM account_apps WHERE id = $1";
}

record! {
    /// `redirect`: where browsers come back to, as it was when the platform learnt of it.
    pub struct AppRow { id: i64, platform: String, server: String, client_id: String, secret: Vec<u8>, redirect: String, introduced: bool, set_at: i64 }
}

pub async fn app(c: &impl Run, id: i64) -> DbResult<Option<AppRow>> {
    c.row(sql!(APP, id)).await?.as_ref().map(AppRow::from_row).transpose()
}
pub async fn at(c: &impl Run, platform: &str, server: &str) -> DbResult<Option<AppRow>> {
    c.row(sql!(APP_AT, platform, server)).await?.as_ref().map(AppRow::from_row).transpose()
}
pub async fn all(c: &impl Run) -> DbResult<Vec<AppRow>> {
    c.rows(sql!(APPS)).await?.iter().map(AppRow::from_row).collect()
}
pub async fn insert(tx: &Tx, a: &AppRow) -> DbResult<()> {
    let secret = a.secret.clone();
    let q = sql!(SET, a.id, &a.platform, &a.server, &a.client_id, secret, &a.redirect, a.introduced, a.set_at);
    tx.exec(q).await.map(|_| ())
}
pub async fn seal(tx: &Tx, id: i64, secret: Vec<u8>) -> DbResult<()> {
    tx.exec(sql!(SEAL, id, secret)).await.map(|_| ())
}
/// Whether there was one.
pub async fn remove(tx: &Tx, id: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(REMOVE, id)).await? == 1)
}
