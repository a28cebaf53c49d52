//! The SQL of newsletters.
use super::mailing::{Count, EDIT, Newsletter, QUEUED, REFUSED, SEND, SENT, Subscriber};
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    BY_TOKEN = "SELECT id, account_id, email, lang, token, asked_at, confirmed_at, refused FROM subscribers WHERE token = $1";
    BY_ID = "SELECT id, account_id, email, lang, token, asked_at, confirmed_at, refused FROM subscribers WHERE id = $1";
    BY_EMAIL = "SELECT id, account_id, email, lang, token, asked_at, confirmed_at, refused FROM subscribers WHERE account_id = $1 AND email = $2";
    ASK = "INSERT INTO subscribers (id, account_id, email, lang, token, asked_at) VALUES ($1, $2, $3, $4, $5, $6)";
    ASK_AGAIN = "UPDATE subscribers SET lang = $2, asked_at = $3 WHERE id = $1 AND confirmed_at IS NULL";
    CONFIRM = "UPDATE subscribers SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL";
    LEAVE = "DELETE FROM subscribers WHERE id = $1";
    LEAVE_REFUSED = "DELETE FROM subscribers WHERE account_id = $1 AND refused >= $2";
    REFUSE = "UPDATE subscribers SET refused = refused + 1 WHERE id = $1";
    TAKE = "UPDATE subscribers SET refused = 0 WHERE id = $1 AND refused > 0";
    FORGET_ASKED = "DELETE FROM subscribers WHERE confirmed_at IS NULL AND asked_at < $1";
    CONFIRMED = "SELECT count(*) AS n FROM subscribers WHERE account_id = $1 AND confirmed_at IS NOT NULL";
    // Everybody who had asked by then.
    READERS = "SELECT id FROM subscribers WHERE account_id = $1 AND id > $2 AND confirmed_at <= $3 ORDER BY id LIMIT $4";
    // Those the first mailing about the post was for: its mails may still be waiting, and are dropped for the correction's.
    FIRST_READERS = "SELECT id FROM subscribers WHERE account_id = $1 AND id > $2 AND confirmed_at <= (SELECT min(n.made_at) FROM newsletters n WHERE n.post_id = $3 AND n.account_id = $1) ORDER BY id LIMIT $4";
    // Those who have read it: nobody is told that what never came was withdrawn.
    WHO_GOT_IT = "SELECT s.id FROM subscribers s WHERE s.account_id = $1 AND s.id > $2 AND EXISTS (SELECT 1 FROM newsletters n JOIN newsletter_mails m ON m.newsletter_id = n.id WHERE n.post_id = $3 AND n.account_id = $1 AND n.id < $4 AND m.subscriber_id = s.id AND m.state = 'sent') ORDER BY s.id LIMIT $5";
    INSERT = "INSERT INTO newsletters (id, agency_id, account_id, post_id, version, kind, words, note, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND = "SELECT id, agency_id, account_id, post_id, version, kind, words, note, made_at, done_at FROM newsletters WHERE id = $1";
    OF = "SELECT id, agency_id, account_id, post_id, version, kind, words, note, made_at, done_at FROM newsletters WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    NEWEST = "SELECT max(id) AS id FROM newsletters WHERE post_id = $1 AND account_id = $2";
    DONE = "UPDATE newsletters SET done_at = $2 WHERE id = $1 AND done_at IS NULL";
    QUEUE = "INSERT INTO newsletter_mails (newsletter_id, subscriber_id, state, at, problem) VALUES ($1, $2, 'queued', $3, '') ON CONFLICT (newsletter_id, subscriber_id) DO NOTHING";
    MAIL = "SELECT state, at FROM newsletter_mails WHERE newsletter_id = $1 AND subscriber_id = $2";
    SETTLE = "UPDATE newsletter_mails SET state = $3, at = $4, problem = $5 WHERE newsletter_id = $1 AND subscriber_id = $2 AND state = 'queued'";
    HOLD = "UPDATE newsletter_mails SET state = 'held', at = $3 WHERE newsletter_id = $1 AND subscriber_id = $2 AND state = 'queued'";
    GO_ON = "UPDATE newsletter_mails SET state = 'queued', at = $3 WHERE newsletter_id = $1 AND subscriber_id = $2 AND state = 'held'";
    // The few mailings that are not done first: of mails there may be many.
    TO_GO_ON = "SELECT m.newsletter_id, m.subscriber_id FROM newsletters n CROSS JOIN newsletter_mails m WHERE n.done_at IS NULL AND NOT EXISTS (SELECT 1 FROM newsletter_stops s WHERE s.agency_id IN (n.agency_id, 0)) AND m.newsletter_id = n.id AND m.state = 'held' LIMIT $1";
    STOP = "INSERT INTO newsletter_stops (agency_id) VALUES ($1) ON CONFLICT (agency_id) DO NOTHING";
    LIFT = "DELETE FROM newsletter_stops WHERE agency_id = $1";
    STOPPED = "SELECT count(*) AS n FROM newsletter_stops WHERE agency_id IN ($1, 0)";
    COUNTS = "SELECT state, count(*) AS n FROM newsletter_mails WHERE newsletter_id = $1 GROUP BY state ORDER BY state";
}

async fn maybe(c: &impl Run, q: ground::db::Sql) -> DbResult<Option<Subscriber>> {
    c.row(q).await?.as_ref().map(Subscriber::from_row).transpose()
}
pub async fn by_token(c: &impl Run, token: &str) -> DbResult<Option<Subscriber>> {
    maybe(c, sql!(BY_TOKEN, token)).await
}
pub async fn by_id(c: &impl Run, id: i64) -> DbResult<Option<Subscriber>> {
    maybe(c, sql!(BY_ID, id)).await
}
pub async fn by_email(c: &impl Run, account: i64, email: &str) -> DbResult<Option<Subscriber>> {
    maybe(c, sql!(BY_EMAIL, account, email)).await
}
pub async fn ask(tx: &Tx, s: &Subscriber) -> DbResult<()> {
    tx.exec(sql!(ASK, s.id, s.account_id, &s.email, &s.lang, &s.token, s.asked_at)).await.map(|_| ())
}
pub async fn ask_again(tx: &Tx, id: i64, lang: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(ASK_AGAIN, id, lang, now)).await.map(|_| ())
}
pub async fn confirm(tx: &Tx, id: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(CONFIRM, id, now)).await.map(|_| ())
}
pub async fn leave(tx: &Tx, id: i64) -> DbResult<()> {
    tx.exec(sql!(LEAVE, id)).await.map(|_| ())
}
pub async fn leave_refused(tx: &Tx, account: i64, times: i64) -> DbResult<()> {
    tx.exec(sql!(LEAVE_REFUSED, account, times)).await.map(|_| ())
}
pub async fn forget_asked(tx: &Tx, before: i64) -> DbResult<u64> {
    tx.exec(sql!(FORGET_ASKED, before)).await
}
/// How many get what goes out now.
pub async fn readers(c: &impl Run, account: i64) -> DbResult<i64> {
    c.one(sql!(CONFIRMED, account)).await?.get("n")
}

pub async fn insert(tx: &Tx, n: &Newsletter) -> DbResult<()> {
    let q = sql!(INSERT, n.id, n.agency_id, n.account_id, n.post_id, n.version, &n.kind, &n.words, &n.note, n.made_at);
    tx.exec(q).await.map(|_| ())
}
pub async fn find(c: &impl Run, id: i64) -> DbResult<Newsletter> {
    Newsletter::from_row(&c.one(sql!(FIND, id)).await?)
}
/// The mailings of an account, the newest first.
pub async fn of_account(c: &impl Run, account: i64, before: i64, most: i64) -> DbResult<Vec<Newsletter>> {
    c.rows(sql!(OF, account, before, most)).await?.iter().map(Newsletter::from_row).collect()
}
pub async fn newest(c: &impl Run, post: i64, account: i64) -> DbResult<Option<i64>> {
    c.one(sql!(NEWEST, post, account)).await?.get("id")
}
pub async fn done(tx: &Tx, id: i64, now: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(DONE, id, now)).await? == 1)
}

/// The next of those a mailing is for, after this one.
pub async fn next_readers(c: &impl Run, n: &Newsletter, after: i64, most: i64) -> DbResult<Vec<i64>> {
    let q = match n.kind.as_str() {
        SEND => sql!(READERS, n.account_id, after, n.made_at, most),
        EDIT => sql!(FIRST_READERS, n.account_id, after, n.post_id, most),
        _ => sql!(WHO_GOT_IT, n.account_id, after, n.post_id, n.id, most),
    };
    c.rows(q).await?.iter().map(|r| r.get("id")).collect()
}
pub async fn queue(tx: &Tx, newsletter: i64, subscriber: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(QUEUE, newsletter, subscriber, now)).await.map(|_| ())
}
/// Whether this mail is still to be sent.
pub async fn queued_since(c: &impl Run, newsletter: i64, subscriber: i64) -> DbResult<Option<i64>> {
    match c.row(sql!(MAIL, newsletter, subscriber)).await? {
        Some(row) if row.get::<String>("state")? == QUEUED => Ok(Some(row.get("at")?)),
        _ => Ok(None),
    }
}
/// Writes what became of a mail, and what that says of its reader.
pub async fn settle(tx: &Tx, newsletter: i64, subscriber: i64, state: &str, problem: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(SETTLE, newsletter, subscriber, state, now, problem)).await?;
    match state {
        SENT => tx.exec(sql!(TAKE, subscriber)).await.map(|_| ()),
        REFUSED => tx.exec(sql!(REFUSE, subscriber)).await.map(|_| ()),
        _ => Ok(()),
    }
}
/// Whether nothing of an agency leaves.
pub async fn is_stopped(c: &impl Run, agency: i64) -> DbResult<bool> {
    Ok(c.one(sql!(STOPPED, agency)).await?.get::<i64>("n")? > 0)
}
/// Of an agency, or of all (0).
pub async fn stop(tx: &Tx, agency: i64) -> DbResult<()> {
    tx.exec(sql!(STOP, agency)).await.map(|_| ())
}
pub async fn lift(tx: &Tx, agency: i64) -> DbResult<()> {
    tx.exec(sql!(LIFT, agency)).await.map(|_| ())
}
pub async fn hold(tx: &Tx, newsletter: i64, subscriber: i64, now: i64) -> DbResult<()> {
    tx.exec(sql!(HOLD, newsletter, subscriber, now)).await.map(|_| ())
}
/// Mails that wait and are stopped no more: mailing and subscriber.
pub async fn to_go_on(c: &impl Run, most: i64) -> DbResult<Vec<(i64, i64)>> {
    let rows = c.rows(sql!(TO_GO_ON, most)).await?;
    rows.iter().map(|r| Ok((r.get("newsletter_id")?, r.get("subscriber_id")?))).collect()
}
/// Whether this one is to be sent after all.
pub async fn go_on(tx: &Tx, newsletter: i64, subscriber: i64, now: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(GO_ON, newsletter, subscriber, now)).await? == 1)
}
pub async fn counts(c: &impl Run, newsletter: i64) -> DbResult<Vec<Count>> {
    c.rows(sql!(COUNTS, newsletter)).await?.iter().map(Count::from_row).collect()
}
