//! The program as platforms know it, for whoever administers the machine.
use crate::accounts::apps::{self, NewApp, Place};
use crate::accounts::store::apps::AppRow;
use crate::people;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "accounts/pages/apps.html")]
struct Apps {
    page: Page,
    /// Where browsers come back to.
    redirect: String,
    places: Vec<Place>,
    choices: Vec<(String, String)>,
    apps: Vec<AppRow>,
    typed: FormData,
    asked: bool,
}

impl Apps {
    fn typed(&self, name: &str) -> String {
        self.typed.text(name).to_owned()
    }
    /// Whether browsers came back to another address when it was set.
    fn moved(&self, app: &AppRow) -> bool {
        app.redirect != self.redirect
    }
}

async fn show(cx: &Ctx, typed: FormData, error: Option<&Error>) -> Result<String> {
    let places = apps::places(cx)?;
    let apps = Apps {
        redirect: apps::redirect(cx),
        choices: places.iter().map(|p| (p.platform.to_owned(), p.name.to_owned())).collect(),
        apps: apps::list(cx).await?,
        asked: people::must_confirm(cx).await?,
        page: Page::new(cx, "accounts-apps-title").with(error),
        places,
        typed,
    };
    apps.render().map_err(Error::fault)
}

pub async fn list(cx: Ctx) -> Result<Response> {
    Ok(html(show(&cx, FormData::default(), None).await?))
}

async fn done(cx: &Ctx, form: FormData, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see("/accounts/apps")),
        Err(e) => Ok(html_again(show(cx, form, Some(&again(e)?)).await?)),
    }
}

pub async fn set(cx: Ctx, form: FormData) -> Result<Response> {
    let text = |name: &str| form.text(name).to_owned();
    let (platform, server) = (text("platform"), text("server"));
    let new = NewApp { platform, server, id: text("client_id"), secret: text("client_secret") };
    let result = match people::confirm(&cx, form.raw("confirm_app"), "confirm_app").await {
        Ok(()) => apps::set(&cx, &new).await.map(|_| ()),
        Err(e) => Err(e),
    };
    done(&cx, form, result).await
}

pub async fn remove(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = apps::remove(&cx, id).await;
    done(&cx, FormData::default(), result).await
}
