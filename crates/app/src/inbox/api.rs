//! Messages and answers in the API.
use super::message::{Answer, Message};
use super::store::{self, Wanted};
use super::versions::{self, Version};
use super::{actions, receive};
use crate::people::roles::SEE_DESK;
use crate::shell::api::{ApiId, Listed, one_of, time, time_opt};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody wrote to an agency, with what was answered.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Message")]
pub struct MessageView {
    pub id: ApiId,
    pub agency: ApiId,
    pub account: ApiId,
    pub platform: String,
    /// The post it is about, if it is about one.
    pub post: Option<ApiId>,
    /// The message it follows, if it follows one.
    pub parent: Option<ApiId>,
    pub author: String,
    pub author_url: String,
    pub text: String,
    /// Only the beginning of the text is kept: its first 20,000 characters, the last of them an ellipsis.
    pub shortened: bool,
    pub lang: String,
    pub url: String,
    /// open, answered or closed
    pub state: String,
    /// shown, label, collapse, mask, hide or withdrawn
    pub visibility: String,
    pub written_at: String,
    pub received_at: String,
    pub answered_at: Option<String>,
    /// When it was seen that its author or the platform took it away there; it stays in the record.
    pub deleted_there_at: Option<String>,
    /// Everything it has said, oldest first; the last is how it reads now.
    pub versions: Vec<VersionView>,
    pub answers: Vec<AnswerView>,
}

/// What a message said from a moment on.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MessageVersion")]
pub struct VersionView {
    /// From 1, which is what came in.
    pub n: i64,
    pub text: String,
    /// SHA-256 of the text, as the ledger has it.
    pub text_hash: String,
    pub seen_at: String,
}

fn version_view(v: Version) -> VersionView {
    VersionView { n: v.n, text: v.text, text_hash: v.text_hash, seen_at: time(v.seen_at) }
}

/// An answer of the agency.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Reply")]
pub struct AnswerView {
    pub id: ApiId,
    pub message: ApiId,
    pub text: String,
    /// What an approval names.
    pub content_hash: String,
    /// waiting, rejected, sending, sent, unconfirmed or failed
    pub state: String,
    pub author: ApiId,
    pub decided_by: Option<ApiId>,
    pub reason: String,
    pub url: String,
    pub created_at: String,
    pub sent_at: Option<String>,
}

fn answer_view(a: &Answer) -> AnswerView {
    AnswerView {
        id: ApiId(a.id),
        message: ApiId(a.message_id),
        text: a.text.clone(),
        content_hash: a.content_hash.clone(),
        state: a.state.clone(),
        author: ApiId(a.author_id),
        decided_by: a.decided_by.map(ApiId),
        reason: a.reason.clone(),
        url: a.url.clone(),
        created_at: time(a.created_at),
        sent_at: time_opt(a.sent_at),
    }
}

async fn view(cx: &Ctx, m: &Message) -> Result<MessageView> {
    Ok(MessageView {
        id: ApiId(m.id),
        agency: ApiId(m.agency_id),
        account: ApiId(m.account_id),
        platform: m.platform.clone(),
        post: m.post_id.map(ApiId),
        parent: m.parent_id.map(ApiId),
        author: m.author_name.clone(),
        author_url: m.author_url.clone(),
        text: m.text.clone(),
        shortened: m.is_cut(),
        lang: m.lang.clone(),
        url: m.url.clone(),
        state: m.state.clone(),
        visibility: m.visibility.clone(),
        written_at: time(m.written_at),
        received_at: time(m.received_at),
        answered_at: time_opt(m.answered_at),
        deleted_there_at: time_opt(m.deleted_at),
        versions: versions::all(cx.db(), m).await?.into_iter().map(version_view).collect(),
        answers: store::answers(cx.db(), m.id).await?.iter().map(answer_view).collect(),
    })
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct MessageFilter {
    pub agency: Option<ApiId>,
    /// open, answered or closed
    #[schemars(extend("enum" = ["open", "answered", "closed"]))]
    pub state: Option<String>,
    pub post: Option<ApiId>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

pub async fn list(cx: Ctx, Query(q): Query<MessageFilter>) -> Result<Response> {
    let (agency, post) = (q.agency.map(|a| a.0), q.post.map(|p| p.0));
    one_of("state", q.state.as_deref(), &["open", "answered", "closed"])?;
    if agency.is_some_and(|a| !cx.actor.may(SEE_DESK, a)) {
        return Err(Error::not_allowed());
    }
    let paging = Paging { after: q.after, limit: q.limit };
    let wanted = Wanted {
        agencies: agency.map(|a| vec![a]).or_else(|| cx.actor.scopes(SEE_DESK)),
        state: q.state.unwrap_or_default(),
        post,
        before: paging.before_id(),
        most: paging.limit() + 1,
    };
    let (rows, next) = cut(store::list(cx.db(), &wanted).await?, paging.limit(), |m| m.id);
    let mut items = vec![];
    for m in &rows {
        items.push(view(&cx, m).await?);
    }
    Ok(json(200, &Listed::<MessageView> { items, next: next.map(|n| n.to_string()) }))
}

pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    let m = actions::see(&cx, id).await?;
    Ok(json(200, &view(&cx, &m).await?))
}

/// An answer to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewReply", example = serde_json::json!({"text": "Yes, free for everybody who lives in Bhutan."}))]
pub struct NewAnswer {
    pub text: String,
}

pub async fn answer(cx: Ctx, Id(id): Id, Json(new): Json<NewAnswer>) -> Result<Response> {
    Ok(json(201, &answer_view(&actions::answer(&cx, id, &new.text).await?)))
}

/// Why it needs no answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MessageClosure", example = serde_json::json!({"reason": "Thanks; nothing is asked."}))]
pub struct Reason {
    pub reason: String,
}

pub async fn close(cx: Ctx, Id(id): Id, Json(body): Json<Reason>) -> Result<Response> {
    let m = actions::close(&cx, id, &body.reason).await?;
    Ok(json(200, &view(&cx, &m).await?))
}

/// The words that were seen, by their hash.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReplyApproval", example = serde_json::json!({"content_hash": "9f86d081884c7d65"}))]
pub struct Seen {
    pub content_hash: String,
}

pub async fn approve(cx: Ctx, Id(id): Id, Json(body): Json<Seen>) -> Result<Response> {
    Ok(json(200, &answer_view(&actions::approve(&cx, id, &body.content_hash).await?)))
}

/// The words that were seen, and why they go back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReplyRejection", example = serde_json::json!({"content_hash": "9f86d081884c7d65", "reason": "Please name the place."}))]
pub struct SeenWithReason {
    pub content_hash: String,
    pub reason: String,
}

pub async fn reject(cx: Ctx, Id(id): Id, Json(body): Json<SeenWithReason>) -> Result<Response> {
    Ok(json(200, &answer_view(&actions::reject(&cx, id, &body.content_hash, &body.reason).await?)))
}

/// What a citizen writes under a public post.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"text": "Is it also for children?"}))]
pub struct NewComment {
    pub text: String,
    /// The comment it answers, if it answers one.
    pub parent: Option<ApiId>,
}

/// A comment as its author sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Comment")]
pub struct CommentView {
    pub id: ApiId,
    pub post: ApiId,
    pub text: String,
    pub url: String,
    pub written_at: String,
}

pub async fn comment(cx: Ctx, Id(post): Id, Json(new): Json<NewComment>) -> Result<Response> {
    let m = receive::comment(&cx, post, new.parent.map(|p| p.0), &new.text).await?;
    let view =
        CommentView { id: ApiId(m.id), post: ApiId(post), text: m.text, url: m.url, written_at: time(m.written_at) };
    Ok(json(201, &view))
}
