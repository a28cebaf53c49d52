//! The people slice's SQL.
pub mod access;
pub mod conduct;
pub mod grants;
pub mod identities;
pub mod passkeys;
pub mod team;

pub use grants::{GrantRow, decide_grant, end_grant, grant, grants_of, held_in, insert_grant};
use ground::db::{DbResult, Run, Tx};
use ground::{queries, record, sql};

queries! {
    PERSON = "SELECT id, agency_id, name, email, password_hash, totp_secret, totp_last_step, state, version, created_at, employment, job_title, left_at FROM persons WHERE id = $1";
    PERSON_BY_EMAIL = "SELECT id, agency_id, name, email, password_hash, totp_secret, totp_last_step, state, version, created_at, employment, job_title, left_at FROM persons WHERE email = $1";
    PERSON_INSERT = "INSERT INTO persons (id, agency_id, name, email, password_hash, totp_secret, totp_last_step, state, version, created_at, employment, job_title) VALUES ($1, $2, $3, $4, $5, NULL, 0, $6, 1, $7, $8, $9)";
    PERSON_DETAILS = "UPDATE persons SET employment = $3, job_title = $4, version = version + 1 WHERE id = $1 AND version = $2";
    PERSON_MOVE = "UPDATE persons SET agency_id = $3, version = version + 1 WHERE id = $1 AND version = $2";
    PERSON_LEAVE = "UPDATE persons SET state = 'left', left_at = $3, version = version + 1 WHERE id = $1 AND version = $2";
    HOLDERS_GONE = "SELECT count(*) AS n FROM role_grants g JOIN persons p ON p.id = g.person_id WHERE g.agency_id = $1 AND g.decision = 'approved' AND g.ended_at IS NULL AND p.state = 'left'";
    UNCLASSED = "SELECT count(*) AS n FROM persons WHERE agency_id = $1 AND state <> 'left' AND (employment IS NULL OR employment = '')";
    STAFF = "SELECT count(*) AS n FROM persons WHERE agency_id = $1 AND state <> 'left'";
    PERSON_PASSWORD = "UPDATE persons SET password_hash = $3, state = 'active', version = version + 1 WHERE id = $1 AND version = $2";
    TOTP_ALL = "SELECT id, totp_secret FROM persons WHERE totp_secret IS NOT NULL AND id > $1 ORDER BY id LIMIT 100";
    TOTP_ANEW = "UPDATE persons SET totp_secret = $3 WHERE id = $1 AND totp_secret = $2";
    PERSON_TOTP = "UPDATE persons SET totp_secret = $3, version = version + 1 WHERE id = $1 AND version = $2";
    PERSON_STEP = "UPDATE persons SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2";
    PERSON_STATE = "UPDATE persons SET state = $3, left_at = NULL, version = version + 1 WHERE id = $1 AND version = $2";
    CITIZEN = "SELECT id, email, display_name, created_at FROM citizens WHERE id = $1";
    CITIZEN_BY_EMAIL = "SELECT id, email, display_name, created_at FROM citizens WHERE email = $1";
    CITIZEN_INSERT = "INSERT INTO citizens (id, email, display_name, created_at) VALUES ($1, $2, $3, $4)";
    CITIZEN_NAME = "UPDATE citizens SET display_name = $2 WHERE id = $1";
    SESSION = "SELECT id, token_digest, person_id, citizen_id, csrf, passed_totp, means, created_at, seen_at, expires_at FROM sessions WHERE token_digest = $1";
    SESSION_INSERT = "INSERT INTO sessions (id, token_digest, person_id, citizen_id, csrf, passed_totp, created_at, seen_at, expires_at, means) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    SESSION_DELETE = "DELETE FROM sessions WHERE id = $1";
    SESSIONS_OF = "SELECT id, token_digest, person_id, citizen_id, csrf, passed_totp, means, created_at, seen_at, expires_at FROM sessions WHERE person_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT 50";
    SESSION_SEEN = "UPDATE sessions SET seen_at = $2 WHERE id = $1";
    SESSION_END = "DELETE FROM sessions WHERE id = $1 AND person_id = $2";
    SESSIONS_END = "DELETE FROM sessions WHERE person_id = $1 AND id <> $2";
    SESSIONS_OLD = "DELETE FROM sessions WHERE expires_at < $1";
    TOKEN = "SELECT id, person_id, name, created_at, expires_at, revoked_at FROM access_tokens WHERE token_digest = $1";
    TOKENS_OF = "SELECT id, person_id, name, created_at, expires_at, revoked_at FROM access_tokens WHERE person_id = $1 ORDER BY id DESC LIMIT 50";
    TOKEN_INSERT = "INSERT INTO access_tokens (id, person_id, name, token_digest, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    TOKENS_REVOKE = "UPDATE access_tokens SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL";
    TOKEN_REVOKE = "UPDATE access_tokens SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL";
    LINK = "SELECT id, kind, subject, next_path, expires_at, used_at FROM one_time_links WHERE token_digest = $1";
    LINK_INSERT = "INSERT INTO one_time_links (id, kind, token_digest, subject, next_path, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LINKS_CLOSE = "UPDATE one_time_links SET used_at = $3 WHERE kind = $1 AND subject = $2 AND used_at IS NULL";
    LINK_USE = "UPDATE one_time_links SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
}

record! {
    pub struct PersonRow { id: i64, agency_id: Option<i64>, name: String, email: String, password_hash: String, totp_secret: Option<Vec<u8>>, totp_last_step: i64, state: String, version: i64, created_at: i64, employment: Option<String>, job_title: Option<String>, left_at: Option<i64> }
}
record! {
    pub struct CitizenRow { id: i64, email: String, display_name: String, created_at: i64 }
}
record! {
    pub struct SessionRow { id: i64, token_digest: String, person_id: Option<i64>, citizen_id: Option<i64>, csrf: String, passed_totp: bool, means: Option<String>, created_at: i64, seen_at: i64, expires_at: i64 }
}
record! {
    pub struct TokenRow { id: i64, person_id: i64, name: String, created_at: i64, expires_at: i64, revoked_at: Option<i64> }
}
record! {
    pub struct LinkRow { id: i64, kind: String, subject: String, next_path: String, expires_at: i64, used_at: Option<i64> }
}

pub async fn person(c: &impl Run, id: i64) -> DbResult<PersonRow> {
    PersonRow::from_row(&c.one(sql!(PERSON, id)).await?)
}
pub async fn person_by_email(c: &impl Run, email: &str) -> DbResult<Option<PersonRow>> {
    c.row(sql!(PERSON_BY_EMAIL, email)).await?.as_ref().map(PersonRow::from_row).transpose()
}
pub async fn insert_person(tx: &Tx, p: &PersonRow) -> DbResult<()> {
    let q = sql!(
        PERSON_INSERT,
        p.id,
        p.agency_id,
        &p.name,
        &p.email,
        &p.password_hash,
        &p.state,
        p.created_at,
        p.employment.as_deref(),
        p.job_title.as_deref()
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn set_details(tx: &Tx, p: &PersonRow, employment: &str, job_title: &str) -> DbResult<()> {
    tx.guard(sql!(PERSON_DETAILS, p.id, p.version, employment, job_title)).await
}
/// Second factors as they lie, in order of ids.
pub async fn totp_all(c: &impl Run, after: i64) -> DbResult<Vec<(i64, Vec<u8>)>> {
    c.rows(sql!(TOTP_ALL, after)).await?.iter().map(|r| Ok((r.get("id")?, r.get("totp_secret")?))).collect()
}
/// The same secret, sealed anew; one that was changed meanwhile is new already.
pub async fn totp_anew(tx: &Tx, id: i64, old: Vec<u8>, new: Vec<u8>) -> DbResult<()> {
    tx.exec(sql!(TOTP_ANEW, id, old, new)).await.map(|_| ())
}
pub async fn move_person(tx: &Tx, p: &PersonRow, agency: Option<i64>) -> DbResult<()> {
    tx.guard(sql!(PERSON_MOVE, p.id, p.version, agency)).await
}
pub async fn leave(tx: &Tx, p: &PersonRow, at: i64) -> DbResult<()> {
    tx.guard(sql!(PERSON_LEAVE, p.id, p.version, at)).await
}
/// Of an agency: its people, those of them whose kind of employment nobody said, and roles held by people who left.
pub async fn staff_counts(c: &impl Run, agency: i64) -> DbResult<(i64, i64, i64)> {
    let n = async |text| c.one(sql!(text, agency)).await?.get::<i64>("n");
    Ok((n(STAFF).await?, n(UNCLASSED).await?, n(HOLDERS_GONE).await?))
}
pub async fn set_password(tx: &Tx, p: &PersonRow, hash: &str) -> DbResult<()> {
    tx.guard(sql!(PERSON_PASSWORD, p.id, p.version, hash)).await
}
pub async fn set_totp(tx: &Tx, p: &PersonRow, secret: Option<Vec<u8>>) -> DbResult<()> {
    tx.guard(sql!(PERSON_TOTP, p.id, p.version, secret)).await
}
/// A one-time code is used once: fails when this step was used already.
pub async fn use_step(tx: &Tx, id: i64, step: i64) -> DbResult<()> {
    tx.guard(sql!(PERSON_STEP, id, step)).await
}
pub async fn set_state(tx: &Tx, p: &PersonRow, state: &str) -> DbResult<()> {
    tx.guard(sql!(PERSON_STATE, p.id, p.version, state)).await
}
/// People of some agencies (`None`: everybody), by id, from `after` on.
pub async fn list_persons(
    c: &impl Run,
    agencies: Option<Vec<i64>>,
    q: &str,
    after: i64,
    most: i64,
) -> DbResult<Vec<PersonRow>> {
    let mut sql = ground::db::SqlBuilder::new(
        "SELECT id, agency_id, name, email, password_hash, totp_secret, totp_last_step, state, version, created_at, employment, job_title, left_at FROM persons WHERE id > ",
    );
    sql.bind(after);
    if let Some(agencies) = agencies {
        sql.push(" AND agency_id IN (").bind(-1);
        for agency in agencies {
            sql.push(", ").bind(agency);
        }
        sql.push(")");
    }
    if !q.is_empty() {
        let like = format!("%{}%", q.to_lowercase().replace(['%', '_'], ""));
        sql.push(" AND (lower(name) LIKE ").bind(like.as_str()).push(" OR email LIKE ").bind(like.as_str()).push(")");
    }
    sql.push(" ORDER BY id LIMIT ").bind(most);
    c.rows(sql.build()).await?.iter().map(PersonRow::from_row).collect()
}

pub async fn citizen(c: &impl Run, id: i64) -> DbResult<CitizenRow> {
    CitizenRow::from_row(&c.one(sql!(CITIZEN, id)).await?)
}
pub async fn citizen_by_email(c: &impl Run, email: &str) -> DbResult<Option<CitizenRow>> {
    c.row(sql!(CITIZEN_BY_EMAIL, email)).await?.as_ref().map(CitizenRow::from_row).transpose()
}
pub async fn insert_citizen(tx: &Tx, c: &CitizenRow) -> DbResult<()> {
    tx.exec(sql!(CITIZEN_INSERT, c.id, &c.email, &c.display_name, c.created_at)).await.map(|_| ())
}
pub async fn name_citizen(tx: &Tx, id: i64, name: &str) -> DbResult<()> {
    tx.guard(sql!(CITIZEN_NAME, id, name)).await
}

pub async fn session(c: &impl Run, digest: &str) -> DbResult<Option<SessionRow>> {
    c.row(sql!(SESSION, digest)).await?.as_ref().map(SessionRow::from_row).transpose()
}
pub async fn insert_session(tx: &Tx, s: &SessionRow) -> DbResult<()> {
    let q = sql!(
        SESSION_INSERT,
        s.id,
        &s.token_digest,
        s.person_id,
        s.citizen_id,
        &s.csrf,
        s.passed_totp,
        s.created_at,
        s.seen_at,
        s.expires_at,
        s.means.as_deref()
    );
    tx.exec(q).await.map(|_| ())
}
pub async fn delete_session(tx: &Tx, id: i64) -> DbResult<()> {
    tx.exec(sql!(SESSION_DELETE, id)).await.map(|_| ())
}
pub async fn see_session(tx: &Tx, id: i64, at: i64) -> DbResult<()> {
    tx.exec(sql!(SESSION_SEEN, id, at)).await.map(|_| ())
}
pub async fn sessions_of(c: &impl Run, person: i64, now: i64) -> DbResult<Vec<SessionRow>> {
    c.rows(sql!(SESSIONS_OF, person, now)).await?.iter().map(SessionRow::from_row).collect()
}
/// Ends one session of this person; somebody else's is not touched.
pub async fn end_session(tx: &Tx, id: i64, person: i64) -> DbResult<u64> {
    tx.exec(sql!(SESSION_END, id, person)).await
}
/// Ends a person's sessions, but for the one to keep.
pub async fn end_sessions(tx: &Tx, person: i64, keep: Option<i64>) -> DbResult<()> {
    tx.exec(sql!(SESSIONS_END, person, keep.unwrap_or(0))).await.map(|_| ())
}
pub async fn forget_sessions(tx: &Tx, before: i64) -> DbResult<()> {
    tx.exec(sql!(SESSIONS_OLD, before)).await.map(|_| ())
}

pub async fn token(c: &impl Run, digest: &str) -> DbResult<Option<TokenRow>> {
    c.row(sql!(TOKEN, digest)).await?.as_ref().map(TokenRow::from_row).transpose()
}
pub async fn tokens_of(c: &impl Run, person: i64) -> DbResult<Vec<TokenRow>> {
    c.rows(sql!(TOKENS_OF, person)).await?.iter().map(TokenRow::from_row).collect()
}
pub async fn insert_token(tx: &Tx, t: &TokenRow, digest: &str) -> DbResult<()> {
    tx.exec(sql!(TOKEN_INSERT, t.id, t.person_id, &t.name, digest, t.created_at, t.expires_at)).await.map(|_| ())
}
pub async fn revoke_token(tx: &Tx, id: i64, person: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(TOKEN_REVOKE, id, person, at)).await
}
pub async fn revoke_tokens(tx: &Tx, person: i64, at: i64) -> DbResult<()> {
    tx.exec(sql!(TOKENS_REVOKE, person, at)).await.map(|_| ())
}

pub async fn link(c: &impl Run, digest: &str) -> DbResult<Option<LinkRow>> {
    c.row(sql!(LINK, digest)).await?.as_ref().map(LinkRow::from_row).transpose()
}
pub async fn insert_link(tx: &Tx, l: &LinkRow, digest: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(LINK_INSERT, l.id, &l.kind, digest, &l.subject, &l.next_path, now, l.expires_at)).await.map(|_| ())
}
pub async fn use_link(tx: &Tx, id: i64, at: i64) -> DbResult<()> {
    tx.guard(sql!(LINK_USE, id, at)).await
}
/// Whatever was sent before leads nowhere any more.
pub async fn close_links(tx: &Tx, kind: &str, subject: &str, at: i64) -> DbResult<()> {
    tx.exec(sql!(LINKS_CLOSE, kind, subject, at)).await.map(|_| ())
}
