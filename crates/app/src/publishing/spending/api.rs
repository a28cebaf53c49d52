//! What posts cost, in the API.
use super::actions::{self, month};
use super::row::Limit;
use super::rules::shown;
use crate::publishing::store::spending as rows;
use crate::shell::api::{ApiId, time};
use axum::response::Response;
use ground::http::{Id, Json, json};
use ground::{Ctx, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What posts of an account cost and the most it may spend in a calendar month. Amounts are text, `0.015`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SpendingLimit")]
pub struct LimitView {
    pub account: ApiId,
    pub price: String,
    pub most: String,
    pub currency: String,
    /// Posts this month that left, or may have.
    pub posts: i64,
    pub spent: String,
    pub set_by: ApiId,
    pub set_at: String,
}

async fn view(cx: &Ctx, l: &Limit) -> Result<LimitView> {
    let posts = rows::posts(cx.db(), l.account_id, &month(cx, cx.now())?).await?;
    Ok(LimitView {
        account: ApiId(l.account_id),
        price: shown(l.price),
        most: shown(l.most),
        currency: l.currency.clone(),
        posts,
        spent: shown(posts * l.price),
        set_by: ApiId(l.set_by),
        set_at: time(l.set_at),
    })
}

pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    let account = actions::see(&cx, id).await?;
    let limit = rows::limit(cx.db(), account.id).await?.ok_or_else(Error::not_found)?;
    Ok(json(200, &view(&cx, &limit).await?))
}

/// What one post costs and where it ends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewSpendingLimit", example = serde_json::json!({"price": "0.01", "most": "50.00", "currency": "USD"}))]
pub struct NewLimit {
    /// Of one post: digits, a point, and four digits behind it at most.
    pub price: String,
    /// In a calendar month.
    pub most: String,
    /// Three letters.
    pub currency: String,
}

pub async fn set(cx: Ctx, Id(id): Id, Json(new): Json<NewLimit>) -> Result<Response> {
    let limit = actions::set(&cx, id, &new.price, &new.most, &new.currency).await?;
    Ok(json(200, &view(&cx, &limit).await?))
}
