//! Podcasts in the API.
use super::actions;
use super::show::Show;
use crate::shell::api::{ApiId, time};
use axum::response::Response;
use ground::http::{Id, Json, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a show says of itself.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Podcast")]
pub struct ShowView {
    pub account: ApiId,
    pub title: String,
    pub description: String,
    /// dz or en
    pub lang: String,
    /// One of Apple's, a part behind its whole: `News/Politics`.
    pub category: String,
    pub email: String,
    /// Where its picture is, if it has one. It is chosen on the page of the account.
    pub artwork: Option<String>,
    /// Where programs follow it.
    pub feed: String,
    pub updated_at: String,
}

/// What is left out stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PodcastChange", example = serde_json::json!({"title": "Health talk", "description": "What the ministry says, to listen to.", "lang": "en", "category": "Health & Fitness/Medicine"}))]
pub struct ShowChange {
    pub title: Option<String>,
    pub description: Option<String>,
    /// dz or en
    pub lang: Option<String>,
    pub category: Option<String>,
    pub email: Option<String>,
}

fn view(cx: &Ctx, s: &Show) -> ShowView {
    let has = !s.artwork.is_empty();
    ShowView {
        account: ApiId(s.account_id),
        title: s.title.clone(),
        description: s.description.clone(),
        lang: s.lang.clone(),
        category: s.category.clone(),
        email: s.email.clone(),
        artwork: has.then(|| cx.url(&format!("/podcasts/{}/artwork", s.account_id))),
        feed: cx.url(&format!("/podcasts/{}.xml", s.account_id)),
        updated_at: time(s.updated_at),
    }
}

pub async fn read(cx: Ctx, Id(account): Id) -> Result<Response> {
    let account = actions::see(&cx, account).await?;
    Ok(json(200, &view(&cx, &actions::show(&cx, &account).await?)))
}

pub async fn change(cx: Ctx, Id(account): Id, Json(new): Json<ShowChange>) -> Result<Response> {
    let account = actions::see(&cx, account).await?;
    let mut d = actions::show(&cx, &account).await?.described();
    for (field, value) in [
        (&mut d.title, new.title),
        (&mut d.description, new.description),
        (&mut d.lang, new.lang),
        (&mut d.category, new.category),
        (&mut d.email, new.email),
    ] {
        if let Some(value) = value {
            *field = value;
        }
    }
    Ok(json(200, &view(&cx, &actions::describe(&cx, account.id, &d, None).await?)))
}
