//! The ledger as a list.
use super::reading::{self, About, Asked, Names};
use crate::agencies;
use crate::people::roles::READ_RECORDS;
use crate::shell::Page;
use crate::shell::paging::{PAGE, cut};
use askama::Template;
use axum::response::Response;
use ground::http::openapi::encode_query;
use ground::http::{Query, html};
use ground::{Ctx, Error, Result};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Filter {
    pub kind: Option<String>,
    pub subject: Option<String>,
    pub agency: Option<String>,
    pub after: Option<i64>,
}

impl Filter {
    pub fn asked(&self, most: i64) -> Result<Asked> {
        let agency = self.agency.as_deref().map(str::parse).transpose().map_err(|_| Error::not_allowed())?;
        Ok(Asked { kind: self.kind.clone(), subject: self.subject.clone(), agency, before: self.after, most })
    }
    /// The same list without its place in it.
    fn query(&self) -> String {
        let given = [("kind", &self.kind), ("subject", &self.subject), ("agency", &self.agency)];
        let given = given.iter().filter_map(|(n, v)| v.as_ref().map(|v| format!("{n}={}", encode_query(v))));
        given.collect::<Vec<_>>().join("&")
    }
}

/// One act, as the page tells it.
struct Line {
    at: i64,
    who: String,
    what: String,
    about: About,
    story: String,
    agency: String,
    sealed: bool,
    index: Option<i64>,
}

#[derive(Template)]
#[template(path = "records/pages/list.html")]
struct List {
    page: Page,
    lines: Vec<Line>,
    kinds: Vec<(String, String)>,
    agencies: Vec<(String, String)>,
    kind: String,
    subject: String,
    agency: String,
    filtered: bool,
    csv: String,
    older: Option<String>,
}

pub async fn list(cx: Ctx, Query(f): Query<Filter>) -> Result<Response> {
    let (rows, next) = cut(reading::facts(&cx, f.asked(PAGE + 1)?).await?, PAGE, |r| r.id);
    let (mut names, mut of, mut lines) = (Names::default(), HashMap::new(), vec![]);
    for r in &rows {
        let agency = match r.scope {
            None => String::new(),
            Some(id) => match of.get(&id) {
                Some(name) => String::clone(name),
                None => {
                    let name = agencies::name(cx.db(), id, cx.lang).await.unwrap_or_default();
                    of.insert(id, name.clone());
                    name
                }
            },
        };
        lines.push(Line {
            at: r.at,
            who: names.of(&cx, &r.actor).await,
            what: reading::kind_word(&cx, &r.kind),
            about: names.about(&cx, &r.subject).await,
            story: format!("/records?subject={}", encode_query(&r.subject)),
            agency,
            sealed: r.sealed,
            index: r.leaf_index,
        });
    }
    let scopes = cx.actor.scopes(READ_RECORDS);
    let mut kinds: Vec<(String, String)> =
        cx.machine.bus.kinds.keys().map(|k| ((*k).to_owned(), reading::kind_word(&cx, k))).collect();
    kinds.sort_by(|a, b| a.1.cmp(&b.1));
    let query = f.query();
    let subject = f.subject.clone().unwrap_or_default();
    let page = if subject.is_empty() {
        Page::new(&cx, "records-title")
    } else {
        // Where nothing may be read, nothing is called by its name.
        let about = if rows.is_empty() { reading::about(&cx, &subject) } else { names.about(&cx, &subject).await }.text;
        Page::titled(&cx, cx.words().say(cx.lang, &ground::Say::new("records-story").arg("about", about)))
    };
    let body = List {
        page,
        lines,
        kinds,
        agencies: agencies::choices(cx.db(), scopes.as_deref(), cx.lang).await?,
        kind: f.kind.unwrap_or_default(),
        subject,
        agency: f.agency.unwrap_or_default(),
        filtered: !query.is_empty(),
        csv: format!("/records.csv?{query}"),
        older: next.map(|n| format!("/records?{query}{}after={n}", if query.is_empty() { "" } else { "&" })),
    };
    Ok(html(body.render().map_err(Error::fault)?))
}
