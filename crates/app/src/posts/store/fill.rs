//! Many posts at once, as if they had gone their way: for measuring with a large database.
use crate::posts::post::{Draft, State, Target, content_hash};
use ground::db::{DbResult, Tx};
use ground::values;

/// A post of one version.
pub struct Filled {
    pub id: i64,
    pub agency: i64,
    pub state: State,
    pub text_en: String,
    pub text_dz: String,
    pub accounts: Vec<i64>,
    pub author: i64,
    pub approver: i64,
    pub at: i64,
    pub content_hash: String,
}

impl Filled {
    /// Fills in the hash of what it says.
    pub fn hashed(mut self) -> Filled {
        let targets = self.accounts.iter().map(|a| Target { account: *a, variant: String::new() }).collect();
        let (text_en, text_dz) = (self.text_en.clone(), self.text_dz.clone());
        let draft = Draft { text_en, text_dz, targets, ..Draft::default() };
        self.content_hash = content_hash(self.agency, &draft, &[], None, "");
        self
    }
    pub fn is_released(&self) -> bool {
        matches!(self.state, State::Approved | State::Withdrawn)
    }
}

/// What people did to it, in order: the ids follow the post's own.
fn decisions(p: &Filled) -> Vec<(&'static str, i64)> {
    let last = match p.state {
        State::Draft => return vec![],
        State::Submitted => None,
        State::Approved => Some(("approval", p.approver)),
        State::Rejected => Some(("rejection", p.approver)),
        State::Withdrawn => Some(("withdrawal", p.approver)),
    };
    let approved = (p.state == State::Withdrawn).then_some(("approval", p.approver));
    [("submission", p.author)].into_iter().chain(approved).chain(last).collect()
}

pub async fn posts(tx: &Tx, all: &[Filled]) -> DbResult<()> {
    let post = |p: &Filled| {
        let released = p.is_released().then_some(1i64);
        values![p.id, p.agency, p.state.code(), 1i64, released, p.at, p.at]
    };
    let head = "INSERT INTO posts (id, agency_id, state, version, released_version, created_at, updated_at)";
    tx.insert_many(head, all.iter().map(post).collect()).await?;
    let version = |p: &Filled| values![p.id, 1i64, &p.text_en, &p.text_dz, "", &p.content_hash, p.author, p.at];
    let head =
        "INSERT INTO post_versions (post_id, version, text_en, text_dz, note, content_hash, author_id, created_at)";
    tx.insert_many(head, all.iter().map(version).collect()).await?;
    let targets = |p: &Filled| p.accounts.iter().map(|a| values![p.id, 1i64, *a, ""]).collect::<Vec<_>>();
    let head = "INSERT INTO post_targets (post_id, version, account_id, variant)";
    tx.insert_many(head, all.iter().flat_map(targets).collect()).await?;
    let decided = |p: &Filled| {
        let row = |(n, (kind, who)): (i64, (&str, i64))| {
            values![p.id + n, p.id, 1i64, kind, who, "", &p.content_hash, p.at + n * 600_000_000]
        };
        (1..).zip(decisions(p)).map(row).collect::<Vec<_>>()
    };
    let head = "INSERT INTO post_decisions (id, post_id, version, kind, person_id, reason, content_hash, at)";
    tx.insert_many(head, all.iter().flat_map(decided).collect()).await
}
