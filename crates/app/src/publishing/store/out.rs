//! The SQL of what is out, as people find it there.
use ground::db::{DbResult, Run};
use ground::{queries, record, sql};

queries! {
    SINCE = "SELECT d.post_id, d.platform, d.sent_at, CASE WHEN d.platform = 'site' THEN '' ELSE coalesce(substr(t.variant, 1, 500), '') END AS variant, substr(v.text_en, 1, 200) AS text_en, substr(v.text_dz, 1, 200) AS text_dz, (SELECT count(*) FROM post_pictures_v1 p WHERE p.post_id = d.post_id AND p.version = d.sent_version) AS pictures, (SELECT count(*) FROM post_pictures_v1 p WHERE p.post_id = d.post_id AND p.version = d.sent_version AND trim(p.alt_en) = '') AS untold_en, (SELECT count(*) FROM post_pictures_v1 p WHERE p.post_id = d.post_id AND p.version = d.sent_version AND trim(p.alt_dz) = '') AS untold_dz, (SELECT count(*) FROM post_recordings_v1 r WHERE r.post_id = d.post_id AND r.version = d.sent_version) AS recordings, (SELECT count(*) FROM post_recordings_v1 r WHERE r.post_id = d.post_id AND r.version = d.sent_version AND r.said_en = '') AS unsaid_en, (SELECT count(*) FROM post_recordings_v1 r WHERE r.post_id = d.post_id AND r.version = d.sent_version AND r.said_dz = '') AS unsaid_dz FROM deliveries d JOIN post_versions_v1 v ON v.post_id = d.post_id AND v.version = d.sent_version LEFT JOIN post_targets_v1 t ON t.post_id = d.post_id AND t.version = d.sent_version AND t.account_id = d.account_id WHERE d.agency_id = $1 AND d.sent_at > $2 AND d.state = 'sent' AND d.reply_to = '' AND d.part = 1 AND $3 NOT LIKE '% ' || d.platform || ' %' ORDER BY d.sent_at DESC LIMIT 500";
}

record! {
    /// A post on one of its accounts: the beginnings of its words, how many pictures lack theirs, and whether what is
    /// said in its recording is written down. Our own site shows
    /// both languages, whatever was written for it alone.
    pub struct Out { post_id: i64, platform: String, sent_at: i64, variant: String, text_en: String, text_dz: String, pictures: i64, untold_en: i64, untold_dz: i64, recordings: i64, unsaid_en: i64, unsaid_dz: i64 }
}

/// What of an agency went out after that moment and is out, the newest first and no more than five hundred; nothing of the
/// platforms that are left out.
pub async fn since(c: &impl Run, agency: i64, after: i64, left_out: &[String]) -> DbResult<Vec<Out>> {
    let left_out = format!(" {} ", left_out.join(" "));
    c.rows(sql!(SINCE, agency, after, left_out)).await?.iter().map(Out::from_row).collect()
}
