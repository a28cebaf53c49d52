//! Many reports and decisions at once: for measuring with a large database.
use crate::moderation::case::{Decision, Report};
use ground::db::{DbResult, Tx};
use ground::values;

pub async fn reports(tx: &Tx, all: &[Report]) -> DbResult<()> {
    let row = |r: &Report| values![r.id, r.message_id, r.agency_id, r.citizen_id, &r.reason, &r.state, r.at];
    let head = "INSERT INTO moderation_reports (id, message_id, agency_id, citizen_id, reason, state, at)";
    tx.insert_many(head, all.iter().map(row).collect()).await
}

pub async fn decisions(tx: &Tx, all: &[Decision]) -> DbResult<()> {
    let row = |d: &Decision| {
        values![
            d.id,
            d.message_id,
            d.agency_id,
            &d.author,
            &d.action,
            &d.ground,
            &d.reason,
            &d.snapshot,
            &d.snapshot_hash,
            &d.state,
            d.decided_by,
            d.decided_at,
            d.second_by,
            d.second_at,
            &d.second_reason,
            d.appeal_by,
            &d.on_platform,
            d.version
        ]
    };
    let head = "INSERT INTO moderation_decisions (id, message_id, agency_id, author, action, ground, reason, snapshot, snapshot_hash, state, decided_by, decided_at, second_by, second_at, second_reason, appeal_by, on_platform, version)";
    tx.insert_many(head, all.iter().map(row).collect()).await
}
