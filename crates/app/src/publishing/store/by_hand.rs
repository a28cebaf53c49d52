//! The SQL of what people do by hand.
use crate::publishing::by_hand::{Said, Task};
use crate::publishing::delivery::Delivery;
use ground::db::{DbResult, Run, Tx};
use ground::{queries, sql};

queries! {
    NEWEST = "SELECT delivery_id, n, agency_id, account_id, kind, state, asked_at, decided_by, decided_at, url, note, media_id FROM hand_overs WHERE delivery_id = $1 ORDER BY n DESC LIMIT 1";
    OPEN = "SELECT delivery_id, n, agency_id, account_id, kind, state, asked_at, decided_by, decided_at, url, note, media_id FROM hand_overs WHERE agency_id = $1 AND state = 'open' ORDER BY asked_at, delivery_id LIMIT $2";
    INSERT = "INSERT INTO hand_overs (delivery_id, n, agency_id, account_id, kind, state, asked_at, url, note) VALUES ($1, $2, $3, $4, $5, 'open', $6, '', '')";
    END = "UPDATE hand_overs SET state = $3, url = $4, note = $5, media_id = $6, decided_by = $7, decided_at = $8 WHERE delivery_id = $1 AND n = $2 AND state = 'open'";
}

pub async fn newest(c: &impl Run, delivery: i64) -> DbResult<Option<Task>> {
    c.row(sql!(NEWEST, delivery)).await?.as_ref().map(Task::from_row).transpose()
}

/// What waits for a person, longest asked first.
pub async fn open(c: &impl Run, agencies: &[i64], most: i64) -> DbResult<Vec<Task>> {
    let mut found = vec![];
    for agency in agencies {
        let rows = c.rows(sql!(OPEN, *agency, most)).await?;
        found.extend(rows.iter().map(Task::from_row).collect::<DbResult<Vec<_>>>()?);
    }
    found.sort_by_key(|t| (t.asked_at, t.delivery_id));
    found.truncate(usize::try_from(most).unwrap_or(0));
    Ok(found)
}

pub async fn insert(tx: &Tx, d: &Delivery, n: i64, kind: &str, now: i64) -> DbResult<()> {
    tx.exec(sql!(INSERT, d.id, n, d.agency_id, d.account_id, kind, now)).await.map(|_| ())
}

/// Ends a task, if nobody else did.
#[expect(clippy::too_many_arguments, reason = "one column each")]
pub async fn end(
    tx: &Tx,
    delivery: i64,
    n: i64,
    state: &str,
    said: &Said,
    media: Option<i64>,
    by: Option<i64>,
    now: i64,
) -> DbResult<()> {
    tx.guard(sql!(END, delivery, n, state, said.url.trim(), said.note.trim(), media, by, now)).await
}
