//! Full-text search, one of the four places where the engines differ: FTS5 or `tsvector`. The tokens are made here, the
//! same for both: words in lower case, Dzongkha by the syllable, everything beyond ASCII written in hexadecimal so that
//! no engine's own idea of a word comes between.
use crate::db::{Db, DbResult, Engine, MigrationSet, Run, SqlBuilder, Tx};
use crate::sql;
use unicode_normalization::UnicodeNormalization;

pub fn migrations() -> MigrationSet {
    crate::migrations!("ground-search" => ["0001_search.sqlite.sql", "0001_search.postgres.sql"])
}

/// One thing that can be found. `kind` and `id` name it; `scope` is whose it is.
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
    let tokens = tokens(doc.text).join(" ");
    let value = if engine == Engine::Postgres { "to_tsvector('simple', $5)" } else { "$5" };
    let text =
        format!("INSERT INTO search_docs (kind, ref_id, scope, public, tokens) VALUES ($1, $2, $3, $4, {value})");
    let public = i64::from(doc.public);
    tx.exec(crate::db::Sql::new(text, sql!("", doc.kind, doc.id, doc.scope, public, tokens).args)).await.map(|_| ())
}

pub async fn remove(tx: &Tx, _: Engine, kind: &str, id: i64) -> DbResult<()> {
    tx.exec(sql!("DELETE FROM search_docs WHERE kind = $1 AND ref_id = $2", kind, id)).await.map(|_| ())
}

pub async fn find(db: &Db, w: &Wanted<'_>) -> DbResult<Vec<Hit>> {
    let all = tokens(w.text);
    let Some((last, first)) = all.split_last() else { return Ok(vec![]) };
    let mut q = SqlBuilder::new("SELECT kind, ref_id, scope FROM search_docs WHERE ");
    if db.engine() == Engine::Postgres {
        let query: Vec<String> = first.iter().take(20).cloned().chain([format!("{last}:*")]).collect();
        q.push("tokens @@ to_tsquery('simple', ").bind(query.join(" & ")).push(")");
    } else {
        let query: Vec<String> =
            first.iter().take(20).map(|t| format!("\"{t}\"")).chain([format!("\"{last}\"*")]).collect();
        q.push("search_docs MATCH ").bind(format!("tokens : ({})", query.join(" AND ")));
    }
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
    let hit = |r: &crate::db::Row| Ok(Hit { kind: r.get("kind")?, id: r.get("ref_id")?, scope: r.get("scope")? });
    db.rows(q.build()).await?.iter().map(hit).collect()
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
