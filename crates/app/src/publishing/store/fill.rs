//! Many deliveries at once, as if they had been made: for measuring with a large database.
use crate::accounts::SITE;
use ground::db::{DbResult, Tx};
use ground::values;

/// A post that went out to one account, and was taken down again if `down`.
pub struct Filled {
    pub id: i64,
    pub post: i64,
    pub agency: i64,
    pub account: i64,
    pub platform: String,
    pub at: i64,
    pub down: bool,
}

impl Filled {
    pub fn remote_id(&self) -> String {
        if self.platform == SITE { self.post.to_string() } else { format!("p{}", self.id) }
    }
    pub fn url(&self) -> String {
        let site = self.platform == SITE;
        if site {
            format!("http://localhost/p/{}", self.post)
        } else {
            format!("https://practice.example/p{}", self.id)
        }
    }
}

pub async fn deliveries(tx: &Tx, all: &[Filled]) -> DbResult<()> {
    let delivery = |d: &Filled| {
        let state = if d.down { "taken-down" } else { "sent" };
        let (remote, url) = (d.remote_id(), d.url());
        values![
            d.id,
            d.post,
            d.agency,
            d.account,
            &d.platform,
            "",
            "",
            "",
            1i64,
            state,
            d.down,
            "",
            d.at,
            d.at,
            remote,
            url,
            1i64,
            d.at,
            "",
            "",
            0i64,
            3i64,
            d.at,
            d.at
        ]
    };
    let head = "INSERT INTO deliveries (id, post_id, agency_id, account_id, platform, reply_to, body, lang, version, state, unwanted, reason, due_at, next_at, remote_id, url, sent_version, sent_at, problem, problem_text, tries, step, created_at, updated_at)";
    tx.insert_many(head, all.iter().map(delivery).collect()).await?;
    let attempt = |d: &Filled| {
        let key = format!("drelwa-{}-1", d.id);
        values![d.id, 1i64, "send", key, 1i64, "{}", "", d.at, d.at, 0i64, "accepted", "", d.at + 300_000]
    };
    let head = "INSERT INTO delivery_attempts (delivery_id, n, kind, send_key, version, prepared, fingerprint, begun_at, settle_at, looked, outcome, why, ended_at)";
    tx.insert_many(head, all.iter().map(attempt).collect()).await?;
    let on_site = |d: &&Filled| d.platform == SITE;
    let site = |d: &Filled| {
        let state = if d.down { "taken-down" } else { "out" };
        values![d.post, d.agency, d.account, 1i64, state, "", d.at, d.at]
    };
    let head =
        "INSERT INTO site_posts (post_id, agency_id, account_id, version, state, reason, published_at, updated_at)";
    tx.insert_many(head, all.iter().filter(on_site).map(site).collect()).await
}
