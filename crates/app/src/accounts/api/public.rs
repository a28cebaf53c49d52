//! What the public asks and says in the API.
use crate::accounts::actions::{self, Verified};
use crate::accounts::impostors;
use crate::accounts::store::public::{Report, in_state};
use crate::agencies;
use crate::people::roles::OVERSEE;
use crate::shell::api::{ApiId, Listed, one_of, time, time_opt};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::response::{IntoResponse, Response};
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Asked {
    /// Any form of the address: with or without scheme, or `@user@host`.
    pub url: Option<String>,
}

/// What is known of an address.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "Verified")]
pub struct VerifiedView {
    /// official, was-official, reported-impostor or unknown
    pub status: String,
    pub agency: Option<ApiId>,
    pub agency_name: Option<String>,
    pub platform: Option<String>,
    pub handle: Option<String>,
    /// The id the platform never gives to anybody else, where it is known.
    pub platform_id: Option<String>,
    pub since: Option<String>,
    pub until: Option<String>,
    /// Where people go now.
    pub successor: Option<String>,
    /// What was said when it ended.
    pub notice: Option<String>,
    /// Whose it was before the agency took over, the last first.
    pub before: Vec<FormerOwner>,
}

/// An agency that is no more and whose account this was.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FormerOwner {
    pub agency: ApiId,
    pub agency_name: String,
    pub until: String,
}

pub async fn verify(cx: Ctx, Query(q): Query<Asked>) -> Result<Response> {
    let said = |text: Option<String>| text.filter(|t| !t.is_empty());
    let (found, mut view) = match actions::verify(&cx, q.url.as_deref().unwrap_or_default()).await? {
        Verified::Official(found) => {
            let mut before = vec![];
            for t in &found.before {
                let agency_name = agencies::name(cx.db(), t.agency_id, cx.lang).await?;
                before.push(FormerOwner { agency: ApiId(t.agency_id), agency_name, until: time(t.until_at) });
            }
            (found, VerifiedView { status: "official".into(), before, ..VerifiedView::default() })
        }
        Verified::WasOfficial(found, until) => {
            let (status, until) = ("was-official".into(), Some(time(until)));
            let (successor, notice) = (said(found.more.successor_url.clone()), said(found.more.notice.clone()));
            (found, VerifiedView { status, until, successor, notice, ..VerifiedView::default() })
        }
        Verified::Impostor(_) => {
            return Ok(json(200, &VerifiedView { status: "reported-impostor".into(), ..VerifiedView::default() }));
        }
        Verified::Unknown => {
            return Ok(json(200, &VerifiedView { status: "unknown".into(), ..VerifiedView::default() }));
        }
        Verified::NotAnAddress => {
            return Err(Error::invalid(vec![FieldError::new("url", Say::new("accounts-error-url"))]));
        }
    };
    view.agency_name = Some(found.owner.name(cx.lang).to_owned());
    let account = found.account;
    view.agency = Some(ApiId(account.agency_id));
    view.since = time_opt(account.live_since);
    view.platform_id = said(Some(account.remote_id));
    (view.platform, view.handle) = (Some(account.platform), Some(account.handle));
    Ok(json(200, &view))
}

/// An address that claims to be the government and is not.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImpostorReport", example = serde_json::json!({"url": "https://social.example/@health-bhutan", "claims": "Says it is the ministry and asks for fees."}))]
pub struct ReportBody {
    pub url: String,
    /// What it claims and does.
    pub claims: String,
}

pub async fn report(cx: Ctx, Json(b): Json<ReportBody>) -> Result<Response> {
    impostors::report(&cx, &b.url, &b.claims).await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReportFilter {
    /// open, confirmed or dismissed; open when left out
    #[schemars(extend("enum" = ["open", "confirmed", "dismissed"]))]
    pub state: Option<String>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

/// A report as whoever decides about it sees it. Who reported is not kept.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImpostorReportView")]
pub struct ReportView {
    pub id: ApiId,
    pub url: String,
    pub claims: String,
    /// open, confirmed or dismissed
    pub state: String,
    pub reason: String,
    pub reported_at: String,
    pub decided_at: Option<String>,
}

fn view(r: Report) -> ReportView {
    ReportView {
        id: ApiId(r.id),
        url: r.url,
        claims: r.claims,
        state: r.state,
        reason: r.reason,
        reported_at: time(r.reported_at),
        decided_at: time_opt(r.decided_at),
    }
}

pub async fn list(cx: Ctx, Query(f): Query<ReportFilter>) -> Result<Response> {
    if !cx.actor.may_everywhere(OVERSEE) {
        return Err(Error::not_allowed());
    }
    let state = one_of("state", f.state.as_deref(), &["open", "confirmed", "dismissed"])?.unwrap_or("open");
    let paging = Paging { after: f.after, limit: f.limit };
    let rows = in_state(cx.db(), state, paging.before_id(), paging.limit() + 1).await?;
    let (rows, next) = cut(rows, paging.limit(), |r| r.id);
    let items = rows.into_iter().map(view).collect();
    Ok(json(200, &Listed::<ReportView> { items, next: next.map(|n| n.to_string()) }))
}

/// What a report is worth.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImpostorJudgement", example = serde_json::json!({"decision": "confirmed", "reason": "The ministry says it is not theirs; reported to the platform."}))]
pub struct JudgementBody {
    /// confirmed or dismissed
    pub decision: String,
    pub reason: String,
}

pub async fn judge(cx: Ctx, Id(id): Id, Json(b): Json<JudgementBody>) -> Result<Response> {
    Ok(json(200, &view(impostors::judge(&cx, id, &b.decision, &b.reason).await?)))
}
