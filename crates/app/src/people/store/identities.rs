//! Who is bound to which account of a sign-in provider.
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    IDENTITY = "SELECT id, person_id, issuer, subject, email, roles, strong, bound_at, used_at FROM identities WHERE issuer = $1 AND subject = $2";
    IDENTITIES_OF = "SELECT id, person_id, issuer, subject, email, roles, strong, bound_at, used_at FROM identities WHERE person_id = $1 ORDER BY id LIMIT 50";
    IDENTITY_INSERT = "INSERT INTO identities (id, person_id, issuer, subject, email, roles, strong, bound_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    IDENTITY_USED = "UPDATE identities SET email = $2, roles = $3, strong = $4, used_at = $5 WHERE id = $1";
    IDENTITY_REMOVE = "DELETE FROM identities WHERE id = $1 AND person_id = $2";
    SESSION_MEANS = "SELECT means FROM sessions WHERE id = $1";
}

record! {
    /// `roles`: what the groups of the provider stood for at the last sign-in, by code, one a line.
    pub struct IdentityRow { id: i64, person_id: i64, issuer: String, subject: String, email: String, roles: String, strong: bool, bound_at: i64, used_at: i64 }
}

pub async fn identity(c: &impl Run, issuer: &str, subject: &str) -> DbResult<Option<IdentityRow>> {
    c.row(sql!(IDENTITY, issuer, subject)).await?.as_ref().map(IdentityRow::from_row).transpose()
}
pub async fn of(c: &impl Run, person: i64) -> DbResult<Vec<IdentityRow>> {
    c.rows(sql!(IDENTITIES_OF, person)).await?.iter().map(IdentityRow::from_row).collect()
}
pub async fn insert(tx: &Tx, i: &IdentityRow) -> DbResult<()> {
    let q = sql!(
        IDENTITY_INSERT,
        i.id,
        i.person_id,
        &i.issuer,
        &i.subject,
        &i.email,
        &i.roles,
        i.strong,
        i.bound_at,
        i.used_at
    );
    tx.exec(q).await.map(|_| ())
}
/// Keeps what the provider told this time.
pub async fn used(tx: &Tx, i: &IdentityRow) -> DbResult<()> {
    tx.guard(sql!(IDENTITY_USED, i.id, &i.email, &i.roles, i.strong, i.used_at)).await
}
pub async fn remove(tx: &Tx, id: i64, person: i64) -> DbResult<()> {
    tx.guard(sql!(IDENTITY_REMOVE, id, person)).await
}
/// How a session was opened.
pub async fn session_means(c: &impl Run, session: i64) -> DbResult<Option<String>> {
    Ok(match c.row(sql!(SESSION_MEANS, session)).await? {
        Some(row) => row.get("means")?,
        None => None,
    })
}
