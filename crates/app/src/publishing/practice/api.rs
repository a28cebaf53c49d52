//! Training in the API.
use super::actions::{self, Trained};
use crate::shell::api::{ApiId, Listed, time};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ground::http::{Id, Json, json};
use ground::{Ctx, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An account on the practice network, with what stands there: the newest ten posts and comments. Nothing of it reaches anybody.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PracticeAccount")]
pub struct TrainedView {
    pub account: ApiId,
    pub agency: ApiId,
    pub platform: String,
    pub handle: String,
    pub posts: Vec<PostView>,
    pub comments: Vec<CommentView>,
    /// What will go wrong, in this order.
    pub faults: Vec<FaultView>,
}

/// A post on the practice network.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PracticePost")]
pub struct PostView {
    pub id: String,
    pub text: String,
    pub at: String,
    /// Pictures, or the one recording.
    pub files: usize,
    pub likes: u64,
    pub shares: u64,
    pub views: u64,
}

/// What somebody wrote to the account.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PracticeComment")]
pub struct CommentView {
    pub id: String,
    /// The post it stands under; none: it was written to the account.
    pub post: Option<String>,
    pub author: String,
    pub text: String,
    pub hidden: bool,
}

/// What will go wrong, and how often.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PracticeFault")]
pub struct FaultView {
    pub fault: String,
    /// How many calls; 0: until cleared.
    pub times: u32,
}

fn view(t: Trained) -> TrainedView {
    let posts = t.posts.into_iter().map(|s| PostView {
        id: s.post.id,
        text: s.post.text,
        at: time(s.post.at_us),
        files: s.post.media.len(),
        likes: s.likes,
        shares: s.shares,
        views: s.views,
    });
    let comments = t.comments.into_iter().map(|c| CommentView {
        id: c.id,
        post: c.in_reply_to,
        author: c.author,
        text: c.text,
        hidden: c.hidden,
    });
    let code = |f| super::FAULTS.iter().find(|(known, ..)| *known == f).map_or("", |(_, code, ..)| code).to_owned();
    TrainedView {
        account: ApiId(t.account.id),
        agency: ApiId(t.account.agency_id),
        platform: t.account.platform,
        handle: t.account.handle,
        posts: posts.collect(),
        comments: comments.collect(),
        faults: t.faults.iter().map(|f| FaultView { fault: code(f.fault), times: f.times }).collect(),
    }
}

pub async fn list(cx: Ctx) -> Result<Response> {
    let items = actions::list(&cx).await?.into_iter().map(view).collect();
    Ok(json(200, &Listed::<TrainedView> { items, next: None }))
}

/// What goes wrong next.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPracticeFault", example = serde_json::json!({"fault": "drop-after", "times": 1}))]
pub struct NewFault {
    /// rate-limit, drop-after, drop-before, error-after-commit, revoked-token, outage, slow, review or review-refused
    pub fault: String,
    /// How many calls, 20 at most; 0: until cleared.
    #[serde(default = "once")]
    pub times: i64,
}

fn once() -> i64 {
    1
}

pub async fn set_fault(cx: Ctx, Id(id): Id, Json(new): Json<NewFault>) -> Result<Response> {
    Ok(json(200, &view(actions::set_fault(&cx, id, &new.fault, new.times).await?)))
}

pub async fn clear(cx: Ctx, Id(id): Id) -> Result<Response> {
    actions::clear(&cx, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Words as a citizen might write them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPracticeComment", example = serde_json::json!({"author": "Pema", "text": "Is the road to Trongsa open?"}))]
pub struct NewComment {
    /// The name it is written under.
    pub author: String,
    pub text: String,
    /// The id of one of the account's posts on the practice network; none: to the account.
    #[serde(default)]
    pub post: Option<String>,
}

pub async fn write(cx: Ctx, Id(id): Id, Json(new): Json<NewComment>) -> Result<Response> {
    Ok(json(201, &view(actions::write(&cx, id, &new.author, &new.text, new.post.as_deref()).await?)))
}
