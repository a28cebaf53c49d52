//! The public directory of agencies.
pub mod import;
pub mod reorganisations;

use super::store::{self, Agency};
use crate::policy::Pack;
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::http::{Query, html};
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Filter {
    kind: Option<String>,
    q: Option<String>,
}

pub struct Group {
    pub title: String,
    pub agencies: Vec<Agency>,
}

#[derive(Template)]
#[template(path = "agencies/pages/directory.html")]
struct Directory {
    page: Page,
    kinds: Vec<(String, String)>,
    kind: String,
    q: String,
    groups: Vec<Group>,
}

pub async fn directory(cx: Ctx, Query(f): Query<Filter>) -> Result<Response> {
    let pack = cx.machine.part::<Pack>()?;
    let (kind, q) = (f.kind.unwrap_or_default(), f.q.unwrap_or_default());
    // Gewogs are many: they are shown when asked for.
    let found = store::list(cx.db(), &kind, &q, 0, 1000).await?;
    let lang = cx.lang.code();
    let mut groups = vec![];
    for k in pack.kinds().iter() {
        let hidden = kind.is_empty() && q.is_empty() && k.id == "gewog";
        let mut agencies: Vec<Agency> = found.iter().filter(|a| a.kind == k.id && !hidden).cloned().collect();
        agencies.sort_by(|a, b| (!a.current, &a.name_en).cmp(&(!b.current, &b.name_en)));
        if !agencies.is_empty() {
            groups.push(Group { title: k.many.get(lang).into(), agencies });
        }
    }
    let all = cx.words().t(cx.lang, "agencies-every-kind");
    let mut kinds = vec![(String::new(), all)];
    kinds.extend(pack.kinds().iter().map(|k| (k.id.clone(), k.many.get(lang).to_owned())));
    let page = Page::new(&cx, "agencies-title");
    Ok(html(Directory { page, kinds, kind, q, groups }.render().map_err(Error::fault)?))
}
