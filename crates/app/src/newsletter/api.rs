//! Newsletters in the API.
use super::mailing::{GIVEN_UP, HELD, QUEUED, REFUSED, SENT};
use super::{actions, store};
use crate::agencies;
use crate::shell::api::{ApiId, Listed, time, time_opt};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One mailing of an agency's newsletter, and what became of its mails. Readers are counted, never named.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Newsletter")]
pub struct NewsletterView {
    pub id: ApiId,
    pub post: ApiId,
    pub version: i64,
    /// send, edit or take-down
    pub kind: String,
    pub made_at: String,
    /// When every mail had an outcome.
    pub done_at: Option<String>,
    pub waiting: i64,
    /// Taken by the mail server.
    pub sent: i64,
    /// Refused by the mail server for good.
    pub refused: i64,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// Only mailings with a smaller id.
    pub before: Option<i64>,
}

const MOST: i64 = 50;

pub async fn list(cx: Ctx, Id(account): Id, Query(q): Query<Before>) -> Result<Response> {
    let account = actions::see(&cx, account).await?;
    let mut items = vec![];
    for n in store::of_account(cx.db(), account.id, q.before.unwrap_or(i64::MAX), MOST).await? {
        let counts = store::counts(cx.db(), n.id).await?;
        let of = |state: &str| counts.iter().find(|c| c.state == state).map_or(0, |c| c.n);
        items.push(NewsletterView {
            id: ApiId(n.id),
            post: ApiId(n.post_id),
            version: n.version,
            kind: n.kind,
            made_at: time(n.made_at),
            done_at: time_opt(n.done_at),
            waiting: of(QUEUED) + of(HELD),
            sent: of(SENT),
            refused: of(REFUSED) + of(GIVEN_UP),
        });
    }
    let full = i64::try_from(items.len()).unwrap_or(0) == MOST;
    let next = items.last().filter(|_| full).map(|last| last.id.0.to_string());
    Ok(json(200, &Listed { items, next }))
}

/// Who wants an agency's notices by mail. A mail asks back; nothing is sent before that is answered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Subscription", example = serde_json::json!({"agency": "MoH", "email": "dorji@example.bt"}))]
pub struct SubscriptionBody {
    /// The agency's code.
    pub agency: String,
    pub email: String,
}

/// The answer is the same for every address.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionAsked")]
pub struct Asked {
    /// Always `asked`.
    pub state: &'static str,
}

pub async fn ask(cx: Ctx, Json(body): Json<SubscriptionBody>) -> Result<Response> {
    let none = || Error::invalid(vec![FieldError::new("agency", Say::new("newsletter-none"))]);
    let agency = match agencies::by_code(cx.db(), &body.agency).await {
        Err(ground::db::DbError::NotFound) => return Err(none()),
        found => found?,
    };
    let account = actions::of_agency(&cx, agency.id).await?.ok_or_else(none)?;
    actions::ask(&cx, &account, &body.email).await?;
    Ok(json(202, &Asked { state: "asked" }))
}
