//! The SQL of what is late. What waits for a person, by hand or behind a freeze, is not late: they know.
use crate::publishing::delivery::{Delivery, NEVER};
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    OF_AGENCY = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries WHERE agency_id = $1 AND state = 'waiting' AND due_at < $2 AND next_at < $3 ORDER BY due_at, id LIMIT $4";
    UNTOLD = "SELECT id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at, urgent, part FROM deliveries d WHERE state = 'waiting' AND due_at < $1 AND next_at < $2 AND NOT EXISTS (SELECT 1 FROM late_deliveries l WHERE l.delivery_id = d.id AND l.due_at = d.due_at) ORDER BY agency_id, id LIMIT $3";
    TELL = "INSERT INTO late_deliveries (delivery_id, due_at, told_at) VALUES ($1, $2, $3) ON CONFLICT (delivery_id, due_at) DO NOTHING";
}

/// What should have left before that moment, longest first.
pub async fn of_agencies(c: &impl Run, agencies: &[i64], before: i64, most: i64) -> DbResult<Vec<Delivery>> {
    let mut found = vec![];
    for agency in agencies {
        let rows = c.rows(sql!(OF_AGENCY, *agency, before, NEVER, most)).await?;
        found.extend(rows.iter().map(Delivery::from_row).collect::<DbResult<Vec<_>>>()?);
    }
    found.sort_by_key(|d| (d.due_at, d.id));
    found.truncate(usize::try_from(most).unwrap_or(0));
    Ok(found)
}

/// What nobody was told of yet, agency by agency.
pub async fn untold(c: &impl Run, before: i64, most: i64) -> DbResult<Vec<Delivery>> {
    c.rows(sql!(UNTOLD, before, NEVER, most)).await?.iter().map(Delivery::from_row).collect()
}

/// Whether it is news.
pub async fn tell(tx: &Tx, d: &Delivery, now: i64) -> DbResult<bool> {
    Ok(tx.exec(sql!(TELL, d.id, d.due_at, now)).await? == 1)
}
