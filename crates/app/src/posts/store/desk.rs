//! What the desk asks of posts: short rows, few of them, each from an index however many posts there are.
use ground::db::{DbResult, Row, Run, SqlBuilder};
use ground::{queries, record, sql};

queries! {
    TO_APPROVE = "SELECT p.id, p.agency_id, p.state, p.version, p.due_at, p.released_version, p.updated_at, p.author_id, substr(v.text_en, 1, 300) AS text_en, substr(v.text_dz, 1, 300) AS text_dz FROM posts p JOIN post_versions v ON v.post_id = p.id AND v.version = p.version WHERE p.agency_id = $1 AND p.state = 'submitted' AND v.author_id <> $2 AND NOT EXISTS (SELECT 1 FROM post_decisions d WHERE d.post_id = p.id AND d.version = p.version AND d.kind = 'submission' AND d.person_id = $2) ORDER BY p.id LIMIT $3";
    MINE = "SELECT p.id, p.agency_id, p.state, p.version, p.due_at, p.released_version, p.updated_at, p.author_id, substr(v.text_en, 1, 300) AS text_en, substr(v.text_dz, 1, 300) AS text_dz FROM posts p JOIN post_versions v ON v.post_id = p.id AND v.version = p.version WHERE p.author_id = $1 AND p.state = $2 ORDER BY p.id DESC LIMIT $3";
    DUE = "SELECT p.id, p.agency_id, p.state, p.version, p.due_at, p.released_version, p.updated_at, p.author_id, substr(v.text_en, 1, 300) AS text_en, substr(v.text_dz, 1, 300) AS text_dz FROM posts p JOIN post_versions v ON v.post_id = p.id AND v.version = p.version WHERE p.agency_id = $1 AND p.due_at >= $2 AND p.due_at < $3 AND p.state <> 'withdrawn' ORDER BY p.due_at, p.id LIMIT $4";
    COUNT_UP_TO = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM posts WHERE agency_id = $1 AND state = $2 LIMIT $3) t";
    COUNT_ALL_UP_TO = "SELECT count(*) AS n FROM (SELECT 1 AS one FROM posts WHERE state = $1 LIMIT $2) t";
}

record! {
    /// A post as a line on the desk: the beginning of its words, where it stands, when it is or was due.
    pub struct Brief { id: i64, agency_id: i64, state: String, version: i64, due_at: Option<i64>, released_version: Option<i64>, updated_at: i64, author_id: Option<i64>, text_en: String, text_dz: String }
}

fn all(rows: &[Row]) -> DbResult<Vec<Brief>> {
    rows.iter().map(Brief::from_row).collect()
}

/// Submitted by others, oldest first.
pub async fn to_approve(c: &impl Run, agencies: &[i64], me: i64, most: i64) -> DbResult<Vec<Brief>> {
    let mut found = vec![];
    for agency in agencies {
        found.extend(all(&c.rows(sql!(TO_APPROVE, *agency, me, most)).await?)?);
    }
    found.sort_by_key(|p| p.id);
    Ok(found)
}

/// What this person wrote last and nobody has in hand: sent back first, then drafts.
pub async fn mine(c: &impl Run, me: i64, most: i64) -> DbResult<Vec<Brief>> {
    let mut found = all(&c.rows(sql!(MINE, me, "rejected", most)).await?)?;
    found.extend(all(&c.rows(sql!(MINE, me, "draft", most)).await?)?);
    Ok(found)
}

/// Due in a span of time, earliest first, withdrawn ones left out.
pub async fn due(c: &impl Run, agencies: &[i64], from: i64, to: i64, most: i64) -> DbResult<Vec<Brief>> {
    let mut found = vec![];
    for agency in agencies {
        found.extend(all(&c.rows(sql!(DUE, *agency, from, to, most)).await?)?);
    }
    found.sort_by_key(|p| (p.due_at, p.id));
    Ok(found)
}

/// How many posts stand there, counted no further than `most`.
pub async fn count_up_to(c: &impl Run, agencies: Option<&[i64]>, state: &str, most: i64) -> DbResult<i64> {
    let Some(agencies) = agencies else { return c.one(sql!(COUNT_ALL_UP_TO, state, most)).await?.get("n") };
    let mut n = 0;
    for agency in agencies {
        n += c.one(sql!(COUNT_UP_TO, *agency, state, most - n)).await?.get::<i64>("n")?;
        if n >= most {
            break;
        }
    }
    Ok(n)
}

/// Briefs of these posts, for results of a search.
pub async fn briefs(c: &impl Run, ids: &[i64]) -> DbResult<Vec<Brief>> {
    let mut q = SqlBuilder::new(
        "SELECT p.id, p.agency_id, p.state, p.version, p.due_at, p.released_version, p.updated_at, p.author_id, substr(v.text_en, 1, 300) AS text_en, substr(v.text_dz, 1, 300) AS text_dz FROM posts p JOIN post_versions v ON v.post_id = p.id AND v.version = p.version WHERE p.id IN (",
    );
    q.bind(-1);
    for id in ids {
        q.push(", ").bind(*id);
    }
    q.push(") ORDER BY p.id DESC");
    all(&c.rows(q.build()).await?)
}
