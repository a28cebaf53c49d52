//! Full-text search, one of the four places where the engines differ: FTS5 or `tsvector`. The tokens are made here, the
//! same for both: words in lower case, Dzongkha by the syllable, everything beyond ASCII written in hexadecimal so that
//! no engine's own idea of a word comes between.
use crate::db::{Db, DbResult, Engine, MigrationSet, Run, SqlBuilder, Tx};
use crate::{sql, values};
use unicode_normalization::UnicodeNormalization;

pub fn migrations() -> MigrationSet {
    crate::migrations!("ground-search" =>
        ["0001_search.sqlite.sql", "0001_search.postgres.sql"],
        ["0002_search_by_id.sqlite.sql", "0002_search_by_id.postgres.sql"])
}

/// One thing that can be found. `kind` and `id` name it; `scope` is whose it is. An id is one thing only among what is
/// public, and one thing only among what is not.
#[derive(Debug, Clone)]
pub struct Doc<'a> {
    pub kind: &'a str,
    pub id: i64,
    pub scope: i64,
    pub public: bool,
    pub text: &'a str,
}

/// What is looked for; newest first.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    pub text: &'a str,
    pub kind: Option<&'a str>,
    /// `None` is everywhere.
    pub scopes: Option<Vec<i64>>,
    pub public_only: bool,
    pub before: Option<i64>,
    pub most: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub kind: String,
    pub id: i64,
    pub scope: i64,
}

/// At most this much of a text is indexed, in tokens.
const MOST_TOKENS: usize = 20_000;

pub async fn put(tx: &Tx, engine: Engine, doc: &Doc<'_>) -> DbResult<()> {
    remove(tx, engine, doc.kind, doc.id).await?;
    add(tx, engine, doc).await
}

/// The same for something that is surely new.
pub async fn add(tx: &Tx, engine: Engine, doc: &Doc<'_>) -> DbResult<()> {
    let tokens = tokens(doc.text).join(" ");
    let public = i64::from(doc.public);
    if engine == Engine::Postgres {
        let text = "INSERT INTO search_docs (kind, ref_id, scope, public, tokens) VALUES ($1, $2, $3, $4, to_tsvector('simple', $5))";
        return tx.exec(sql!(text, doc.kind, doc.id, doc.scope, public, tokens)).await.map(|_| ());
    }
    let entry = "INSERT INTO search_entries (ref_id, public, kind, scope) VALUES ($1, $2, $3, $4)";
    tx.exec(sql!(entry, doc.id, public, doc.kind, doc.scope)).await?;
    let words = if doc.public {
        "INSERT INTO search_public (rowid, tokens) VALUES ($1, $2)"
    } else {
        "INSERT INTO search_desk (rowid, tokens) VALUES ($1, $2)"
    };
    let tokens = format!("{tokens} {} {}", kind_mark(doc.kind), scope_mark(doc.scope));
    tx.exec(sql!(words, doc.id, tokens)).await.map(|_| ())
}

/// Many new things at once, for loading in bulk.
pub async fn add_many(tx: &Tx, engine: Engine, docs: &[Doc<'_>]) -> DbResult<()> {
    if engine == Engine::Postgres {
        for doc in docs {
            add(tx, engine, doc).await?;
        }
        return Ok(());
    }
    let entry = |d: &Doc<'_>| values![d.id, i64::from(d.public), d.kind, d.scope];
    let entries = "INSERT INTO search_entries (ref_id, public, kind, scope)";
    tx.insert_many(entries, docs.iter().map(entry).collect()).await?;
    let words = |d: &&Doc<'_>| {
        let tokens = format!("{} {} {}", tokens(d.text).join(" "), kind_mark(d.kind), scope_mark(d.scope));
        values![d.id, tokens]
    };
    let of = |public: bool| docs.iter().filter(move |d| d.public == public);
    tx.insert_many("INSERT INTO search_public (rowid, tokens)", of(true).map(|d| words(&d)).collect()).await?;
    tx.insert_many("INSERT INTO search_desk (rowid, tokens)", of(false).map(|d| words(&d)).collect()).await
}

pub async fn remove(tx: &Tx, engine: Engine, kind: &str, id: i64) -> DbResult<()> {
    if engine == Engine::Postgres {
        return tx.exec(sql!("DELETE FROM search_docs WHERE kind = $1 AND ref_id = $2", kind, id)).await.map(|_| ());
    }
    let gone = "DELETE FROM search_entries WHERE ref_id = $1 AND kind = $2 RETURNING public";
    for row in tx.rows(sql!(gone, id, kind)).await? {
        let words = if row.get::<i64>("public")? == 1 {
            "DELETE FROM search_public WHERE rowid = $1"
        } else {
            "DELETE FROM search_desk WHERE rowid = $1"
        };
        tx.exec(sql!(words, id)).await?;
    }
    Ok(())
}

/// No text has a token that begins with §: it is no letter.
fn kind_mark(kind: &str) -> String {
    format!("§k{}", kind.replace('-', ""))
}

fn scope_mark(scope: i64) -> String {
    format!("§s{scope}")
}

pub async fn find(db: &Db, w: &Wanted<'_>) -> DbResult<Vec<Hit>> {
    let all = tokens(w.text);
    let Some((last, first)) = all.split_last() else { return Ok(vec![]) };
    if w.scopes.as_ref().is_some_and(Vec::is_empty) {
        return Ok(vec![]);
    }
    let first: Vec<&str> = first.iter().take(20).map(String::as_str).collect();
    // Whole words first: only where they do not fill the page, the last one may be the beginning of another. However much
    // there is, a page of a common word is read from the newest on and no further.
    let whole = hits(db, w, &first, last, false).await?;
    if i64::try_from(whole.len()).unwrap_or(i64::MAX) >= w.most {
        return Ok(whole);
    }
    hits(db, w, &first, last, true).await
}

async fn hits(db: &Db, w: &Wanted<'_>, first: &[&str], last: &str, begun: bool) -> DbResult<Vec<Hit>> {
    let q = match db.engine() {
        Engine::Postgres => in_postgres(w, first, last, begun),
        Engine::Sqlite => in_sqlite(w, first, last, begun),
    };
    let hit = |r: &crate::db::Row| Ok(Hit { kind: r.get("kind")?, id: r.get("ref_id")?, scope: r.get("scope")? });
    db.rows(q.build()).await?.iter().map(hit).collect()
}

fn in_postgres(w: &Wanted<'_>, first: &[&str], last: &str, begun: bool) -> SqlBuilder {
    let mut q = SqlBuilder::new("SELECT kind, ref_id, scope FROM search_docs WHERE ");
    let last = if begun { format!("{last}:*") } else { last.to_owned() };
    let query: Vec<&str> = first.iter().copied().chain([last.as_str()]).collect();
    q.push("tokens @@ to_tsquery('simple', ").bind(query.join(" & ")).push(")");
    if let Some(kind) = w.kind {
        q.push(" AND kind = ").bind(kind);
    }
    if w.public_only {
        q.push(" AND public = ").bind(1);
    }
    if let Some(scopes) = &w.scopes {
        q.push(" AND scope IN (").bind(-1);
        for scope in scopes {
            q.push(", ").bind(*scope);
        }
        q.push(")");
    }
    if let Some(before) = w.before {
        q.push(" AND ref_id < ").bind(before);
    }
    q.push(" ORDER BY ref_id DESC LIMIT ").bind(w.most);
    q
}

fn in_sqlite(w: &Wanted<'_>, first: &[&str], last: &str, begun: bool) -> SqlBuilder {
    let mut query: Vec<String> = first.iter().map(|t| format!("\"{t}\"")).collect();
    query.push(if begun { format!("\"{last}\"*") } else { format!("\"{last}\"") });
    query.extend(w.kind.map(|kind| format!("\"{}\"", kind_mark(kind))));
    if let Some(scopes) = &w.scopes {
        let marks: Vec<String> = scopes.iter().map(|s| format!("\"{}\"", scope_mark(*s))).collect();
        query.push(format!("({})", marks.join(" OR ")));
    }
    let query = query.join(" AND ");
    let mut q = SqlBuilder::new("SELECT kind, ref_id, scope FROM (");
    let tables: &[(&str, i64)] =
        if w.public_only { &[("search_public", 1)] } else { &[("search_public", 1), ("search_desk", 0)] };
    for (n, (table, public)) in tables.iter().enumerate() {
        // Each stops at its page; what is left to sort is two pages.
        q.push(if n > 0 { " UNION ALL SELECT * FROM (" } else { "SELECT * FROM (" });
        q.push(&format!("SELECT e.kind, e.ref_id, e.scope FROM {table} f CROSS JOIN search_entries e ON e.ref_id = f.rowid AND e.public = {public} WHERE {table} MATCH "));
        q.bind(query.as_str());
        if let Some(before) = w.before {
            q.push(" AND f.rowid < ").bind(before);
        }
        q.push(" ORDER BY f.rowid DESC LIMIT ").bind(w.most).push(")");
    }
    q.push(") ORDER BY ref_id DESC LIMIT ").bind(w.most);
    q
}

/// Words in lower case and Dzongkha syllables, as ASCII.
pub fn tokens(text: &str) -> Vec<String> {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let tibetan = |c: char| ('\u{F00}'..='\u{FFF}').contains(&c);
    // Tsheg, shad and the other marks end a syllable; vowel signs and subjoined letters belong to it.
    let part = |c: char| {
        if tibetan(c) { matches!(c, '\u{F20}'..='\u{F33}' | '\u{F40}'..='\u{FBC}') } else { c.is_alphanumeric() }
    };
    plain
        .split(|c: char| !part(c))
        .filter(|w| !w.is_empty())
        .take(MOST_TOKENS)
        .map(|w| {
            let short: String = w.chars().take(40).collect();
            if short.is_ascii() { short } else { format!("x{}", crate::crypto::hex(short.as_bytes())) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dzongkha_is_cut_at_the_tsheg() {
        assert_eq!(tokens("རྫོང་ཁ།").len(), 2);
        assert_eq!(tokens("Flu, flu FLU!"), ["flu", "flu", "flu"]);
        assert_eq!(tokens("རྫོང་ཁ"), tokens("རྫོང༌ཁ།"), "the non-breaking tsheg too");
    }

    async fn filled() -> crate::db::testing::Fresh {
        let fresh = crate::db::testing::fresh().await;
        fresh.db.migrate(&[migrations()]).await.unwrap();
        let tx = fresh.db.begin("t").await.unwrap();
        for (id, scope, public, text) in [
            (1, 7, true, "Free flu vaccination in Paro"),
            (2, 8, false, "Flu clinic རྫོང་ཁ་ ལོག་"),
            (3, 7, true, "Road works"),
        ] {
            put(&tx, fresh.db.engine(), &Doc { kind: "post", id, scope, public, text }).await.unwrap();
        }
        tx.commit().await.unwrap();
        fresh
    }

    #[tokio::test]
    async fn all_words_must_be_there_and_the_last_may_be_begun() {
        let f = filled().await;
        let ids = async |w: Wanted<'_>| -> Vec<i64> { find(&f.db, &w).await.unwrap().iter().map(|h| h.id).collect() };
        let w = |text| Wanted { text, most: 10, ..Wanted::default() };
        assert_eq!(ids(w("flu")).await, [2, 1]);
        assert_eq!(ids(w("flu vacc")).await, [1]);
        assert_eq!(ids(w("རྫོང་ཁ")).await, [2]);
        assert_eq!(ids(w("ཁ")).await, [2]);
        assert_eq!(ids(Wanted { public_only: true, ..w("flu") }).await, [1]);
        assert_eq!(ids(Wanted { scopes: Some(vec![8]), ..w("flu") }).await, [2]);
        assert_eq!(ids(Wanted { before: Some(2), ..w("flu") }).await, [1]);
        assert!(ids(w("")).await.is_empty());
    }

    #[tokio::test]
    async fn nothing_typed_is_an_error() {
        let f = filled().await;
        for text in ["\"", "flu AND", "NEAR(", "*", "a:b", "%", "'; DROP TABLE search_docs", "&|!", "\\", "(((("] {
            find(&f.db, &Wanted { text, most: 5, ..Wanted::default() }).await.unwrap();
        }
        let long = "word ".repeat(5000);
        find(&f.db, &Wanted { text: &long, most: 5, ..Wanted::default() }).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_put_again_replaces_and_what_is_removed_is_gone() {
        let f = filled().await;
        let tx = f.db.begin("t").await.unwrap();
        let engine = f.db.engine();
        put(&tx, engine, &Doc { kind: "post", id: 1, scope: 7, public: true, text: "Measles" }).await.unwrap();
        remove(&tx, engine, "post", 2).await.unwrap();
        tx.commit().await.unwrap();
        assert!(find(&f.db, &Wanted { text: "flu", most: 5, ..Wanted::default() }).await.unwrap().is_empty());
    }
}
