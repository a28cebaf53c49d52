//! The SQL of what follows a post.
use super::within;
use crate::posts::part::{Part, numbered};
use crate::posts::post::{Target, Version};
use ground::db::{DbResult, Row, Run, SqlBuilder, Tx};
use ground::{queries, sql};
use std::collections::HashMap;

queries! {
    OF_VERSION = "SELECT text_en, text_dz FROM post_parts WHERE post_id = $1 AND version = $2 ORDER BY part";
    INSERT = "INSERT INTO post_parts (post_id, version, part, text_en, text_dz) VALUES ($1, $2, $3, $4, $5)";
    WHOLE_SET = "UPDATE post_versions SET whole_en = $3, whole_dz = $4 WHERE post_id = $1 AND version = $2";
    WHOLE_VARIANT_SET = "UPDATE post_targets SET whole = $4 WHERE post_id = $1 AND version = $2 AND account_id = $3";
    WHOLE = "SELECT whole_en, whole_dz FROM post_versions WHERE post_id = $1 AND version = $2";
    WHOLE_VARIANTS = "SELECT account_id, whole FROM post_targets WHERE post_id = $1 AND version = $2 ORDER BY account_id";
}

fn part(r: &Row) -> DbResult<Part> {
    Ok(Part { en: r.get("text_en")?, dz: r.get("text_dz")? })
}

pub async fn of_version(c: &impl Run, post: i64, version: i64) -> DbResult<Vec<Part>> {
    c.rows(sql!(OF_VERSION, post, version)).await?.iter().map(part).collect()
}

/// Of the current version of each of these posts.
pub async fn of_posts(c: &impl Run, ids: &[i64]) -> DbResult<HashMap<i64, Vec<Part>>> {
    let mut q = SqlBuilder::new(
        "SELECT pp.post_id, pp.text_en, pp.text_dz FROM post_parts pp JOIN posts p ON p.id = pp.post_id AND p.version = pp.version WHERE pp.post_id",
    );
    within(&mut q, ids.iter().copied());
    q.push(" ORDER BY pp.post_id, pp.part");
    let mut all: HashMap<i64, Vec<Part>> = HashMap::new();
    for r in c.rows(q.build()).await? {
        all.entry(r.get("post_id")?).or_default().push(part(&r)?);
    }
    Ok(all)
}

/// What an account with a text of its own shows where nothing can be answered.
fn whole_variant(v: &Version, t: &Target) -> Option<String> {
    let own = !v.parts.is_empty() && !t.variant.trim().is_empty();
    own.then(|| v.whole_variant(t))
}

/// With everything below one another, for those who read it so.
pub async fn insert(tx: &Tx, post: i64, v: &Version) -> DbResult<()> {
    if v.parts.is_empty() {
        return Ok(());
    }
    for (n, part) in numbered(&v.parts) {
        tx.exec(sql!(INSERT, post, v.number, n, &part.en, &part.dz)).await?;
    }
    tx.exec(sql!(WHOLE_SET, post, v.number, v.whole_en(), v.whole_dz())).await?;
    for t in &v.targets {
        if let Some(whole) = whole_variant(v, t) {
            tx.exec(sql!(WHOLE_VARIANT_SET, post, v.number, t.account, whole)).await?;
        }
    }
    Ok(())
}

/// Whether what was written for our own channels is what the version says.
pub async fn written_as_said(c: &impl Run, post: i64, v: &Version) -> DbResult<bool> {
    let r = c.one(sql!(WHOLE, post, v.number)).await?;
    let written = (r.get::<Option<String>>("whole_en")?, r.get::<Option<String>>("whole_dz")?);
    let follows = !v.parts.is_empty();
    let mut same = written == (follows.then(|| v.whole_en()), follows.then(|| v.whole_dz()));
    for (r, t) in c.rows(sql!(WHOLE_VARIANTS, post, v.number)).await?.iter().zip(&v.targets) {
        same &= r.get::<Option<String>>("whole")? == whole_variant(v, t);
    }
    Ok(same)
}
