//! What this site collects, which accounts it reads and how long things are kept: made from the configuration as it is.
use crate::policy::Pack;
use crate::public_site::store;
use crate::shell::Page;
use crate::{accounts, people};
use askama::Template;
use axum::response::Response;
use ground::http::html;
use ground::{Ctx, Error, Result, Say};

/// A kind of record, and how long it is kept, in words.
struct Kept {
    title: String,
    lang: String,
    years: String,
}

#[derive(Template)]
#[template(path = "public_site/pages/transparency.html")]
struct Transparency {
    page: Page,
    /// Platform and how many official accounts are read there.
    read: Vec<(String, i64)>,
    kept: Vec<Kept>,
    declared: i64,
    strong: bool,
    /// The provider of accounts, by its name.
    provider: Option<String>,
    mails: bool,
}

pub async fn show(cx: Ctx) -> Result<Response> {
    let (pack, lang) = (cx.machine.part::<Pack>()?, cx.lang.code());
    let name = |id: String| pack.platforms().find(&id).map_or(id, |p| p.name.clone());
    let read = store::accounts_read(cx.db()).await?.into_iter().filter(|(id, _)| accounts::counts(&cx, id));
    let read = read.map(|(id, n)| (name(id), n)).collect();
    let years = |years: Option<u32>| match years {
        Some(years) => cx.words().say(cx.lang, &Say::new("public_site-kept-years").arg("n", i64::from(years))),
        None => cx.words().t(cx.lang, "public_site-kept-for-good"),
    };
    let kept = |r: &crate::policy::Retention| Kept {
        title: r.title.get(lang).into(),
        lang: r.title.language_of(lang).into(),
        years: years(r.years),
    };
    let page = Transparency {
        page: Page::public(&cx, cx.words().t(cx.lang, "public_site-transparency")),
        read,
        kept: pack.retention().iter().map(kept).collect(),
        declared: people::declared(&cx).await?,
        strong: cx.machine.config.strong_sign_in,
        provider: cx.machine.config.oidc.as_ref().map(|o| o.name.clone()),
        mails: !cx.machine.config.smtp.is_empty(),
    };
    Ok(html(page.render().map_err(Error::fault)?))
}
