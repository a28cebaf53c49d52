//! Posts in the API.
use super::actions::{self, Corrected};
use super::media;
use super::part::Part;
use super::post::{Draft, Post, State, Target, Version};
use super::recording;
use super::recording::api::{RecordingUse, RecordingView, named};
use super::store::{self, Wanted};
use crate::people::roles::SEE_DESK;
use crate::shell::api::{ApiId, Listed, one_of, time, time_opt};
use crate::shell::paging::{PageLimit, Paging, cut};
use axum::body::Bytes;
use axum::extract::Request;
use axum::response::Response;
use ground::http::{Id, Json, Query, json};
use ground::{Ctx, Error, FieldError, Result, Say};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The words in both languages.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    #[serde(default)]
    pub en: String,
    #[serde(default)]
    pub dz: String,
}

/// A draft to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"agency": "456457715712000230", "texts": {"en": "Free flu vaccination from Monday.", "dz": "ཆམ་ནད་བཀག་ཐབས་སྨན་ཁབ།"}, "parts": [{"en": "Where: https://www.moh.gov.bt/flu"}], "accounts": ["456457715712000240"], "media": [], "scheduled_at": null}))]
pub struct NewPost {
    pub agency: ApiId,
    pub texts: Texts,
    /// What is said after it, in one language or both: each an answer to the one before, where the platform takes answers; a
    /// first comment, or the rest of a thread.
    #[serde(default)]
    pub parts: Vec<Texts>,
    #[serde(default)]
    pub accounts: Vec<ApiId>,
    /// Texts of their own for single accounts, by account id.
    #[serde(default)]
    pub variants: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    pub media: Vec<ApiId>,
    pub recording: Option<RecordingUse>,
    /// RFC 3339; absent: as soon as it is approved.
    pub scheduled_at: Option<String>,
}

/// The next version of a post; what is left out stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"version": 1, "texts": {"en": "Free flu vaccination from Tuesday.", "dz": "ཆམ་ནད་བཀག་ཐབས་སྨན་ཁབ།"}}))]
pub struct PostChange {
    /// The version that was read; a stale one is refused.
    pub version: i64,
    pub texts: Option<Texts>,
    /// All that follow, in order; an empty list takes them out.
    pub parts: Option<Vec<Texts>>,
    pub accounts: Option<Vec<ApiId>>,
    pub variants: Option<std::collections::BTreeMap<String, String>>,
    pub media: Option<Vec<ApiId>>,
    /// Null takes it out of the post.
    #[serde(default, deserialize_with = "named")]
    #[schemars(with = "Option<RecordingUse>")]
    pub recording: Option<Option<RecordingUse>>,
    pub scheduled_at: Option<String>,
}

/// The version that was read, and is meant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PostVersion", example = serde_json::json!({"version": 1}))]
pub struct AtVersion {
    pub version: i64,
}

/// Why it goes back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PostRejection", example = serde_json::json!({"version": 1, "reason": "Please name the source."}))]
pub struct WithReason {
    pub version: i64,
    pub reason: String,
}

/// Why it is withdrawn.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PostWithdrawal", example = serde_json::json!({"reason": "The date has changed."}))]
pub struct Reason {
    pub reason: String,
}

/// What it should have said; the note is public.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PostCorrection", example = serde_json::json!({"version": 1, "texts": {"en": "From Tuesday.", "dz": "གཟའ་ལྷག་པ་ལས།"}, "parts": [{"en": "Where: https://www.moh.gov.bt/flu"}], "note": "The day was wrong."}))]
pub struct Correction {
    pub version: i64,
    pub texts: Texts,
    /// What follows, where that was wrong: as many parts as there are.
    pub parts: Option<Vec<Texts>>,
    /// What is said in the recording, where that was wrong.
    pub said: Option<Texts>,
    /// What was wrong, shown to the public.
    pub note: String,
}

/// A post with its current version.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Post")]
pub struct PostView {
    pub id: ApiId,
    pub agency: ApiId,
    /// draft, submitted, approved, rejected or withdrawn
    pub state: String,
    pub version: i64,
    /// The version that may be public.
    pub released_version: Option<i64>,
    pub texts: Texts,
    /// What is said after it; the post itself is part 1, the first of these part 2.
    pub parts: Vec<Texts>,
    pub accounts: Vec<AccountTarget>,
    pub media: Vec<MediaView>,
    pub recording: Option<RecordingView>,
    pub content_hash: String,
    pub author: ApiId,
    pub note: String,
    pub scheduled_at: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

/// An account a post goes to, with a text of its own if it has one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PostAccount")]
pub struct AccountTarget {
    pub id: ApiId,
    pub variant: String,
}

/// A picture as it is kept: drawn anew, nothing hidden in it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Media")]
pub struct MediaView {
    pub id: ApiId,
    pub mime: String,
    pub width: i64,
    pub height: i64,
    pub digest: String,
    pub alt: Texts,
    pub url: String,
}

pub fn view(post: &Post) -> PostView {
    let v: &Version = &post.current;
    PostView {
        id: ApiId(post.id),
        agency: ApiId(post.agency),
        state: post.state.code().into(),
        version: v.number,
        released_version: post.released,
        texts: Texts { en: v.text_en.clone(), dz: v.text_dz.clone() },
        parts: v.parts.iter().map(|p| Texts { en: p.en.clone(), dz: p.dz.clone() }).collect(),
        accounts: v
            .targets
            .iter()
            .map(|t| AccountTarget { id: ApiId(t.account), variant: t.variant.clone() })
            .collect(),
        media: v
            .pictures
            .iter()
            .map(|p| MediaView {
                id: ApiId(p.id),
                mime: p.mime.clone(),
                width: p.width,
                height: p.height,
                digest: p.digest.clone(),
                alt: Texts { en: p.alt_en.clone(), dz: p.alt_dz.clone() },
                url: format!("/media/{}", p.id),
            })
            .collect(),
        recording: v.recording.as_ref().map(recording::api::view),
        content_hash: v.content_hash.clone(),
        author: ApiId(v.author),
        note: v.note.clone(),
        scheduled_at: time_opt(post.scheduled_at),
        created_at: time(post.created_at),
        updated_at: time(post.updated_at),
    }
}

fn parts(said: Vec<Texts>) -> Vec<Part> {
    said.into_iter().map(|t| Part { en: t.en, dz: t.dz }).collect()
}

fn when(text: Option<&str>) -> Result<Option<i64>> {
    let bad = || Error::invalid(vec![FieldError::new("scheduled_at", Say::new("posts-error-time"))]);
    text.map(|t| ground::words::parse_local(t).ok_or_else(bad)).transpose()
}

fn targets(accounts: &[ApiId], variants: &std::collections::BTreeMap<String, String>) -> Vec<Target> {
    let variant = |id: i64| variants.get(&id.to_string()).cloned().unwrap_or_default();
    accounts.iter().map(|a| Target { account: a.0, variant: variant(a.0) }).collect()
}

pub async fn create(cx: Ctx, Json(new): Json<NewPost>) -> Result<Response> {
    let draft = Draft {
        text_en: new.texts.en,
        text_dz: new.texts.dz,
        parts: parts(new.parts),
        targets: targets(&new.accounts, &new.variants),
        pictures: new.media.iter().map(|m| m.0).collect(),
        recording: new.recording.as_ref().map(RecordingUse::attached),
        scheduled_at: when(new.scheduled_at.as_deref())?,
    };
    Ok(json(201, &view(&actions::draft(&cx, new.agency.0, &draft).await?)))
}

pub async fn read(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(json(200, &view(&actions::see(&cx, id).await?)))
}

/// What is left out stays as it is.
pub async fn change(cx: Ctx, Id(id): Id, Json(new): Json<PostChange>) -> Result<Response> {
    let mut draft = actions::see(&cx, id).await?.draft();
    if let Some(texts) = new.texts {
        (draft.text_en, draft.text_dz) = (texts.en, texts.dz);
    }
    if let Some(said) = new.parts {
        draft.parts = parts(said);
    }
    if let Some(accounts) = &new.accounts {
        draft.targets = targets(accounts, new.variants.as_ref().unwrap_or(&Default::default()));
    } else if let Some(variants) = &new.variants {
        for t in &mut draft.targets {
            t.variant = variants.get(&t.account.to_string()).cloned().unwrap_or_default();
        }
    }
    if let Some(media) = &new.media {
        draft.pictures = media.iter().map(|m| m.0).collect();
    }
    if let Some(recording) = &new.recording {
        draft.recording = recording.as_ref().map(RecordingUse::attached);
    }
    if new.scheduled_at.is_some() {
        draft.scheduled_at = when(new.scheduled_at.as_deref())?;
    }
    Ok(json(200, &view(&actions::revise(&cx, id, new.version, &draft).await?)))
}

pub async fn submit(cx: Ctx, Id(id): Id, Json(body): Json<AtVersion>) -> Result<Response> {
    Ok(json(200, &view(&actions::submit(&cx, id, body.version).await?)))
}
/// An approval of exactly this version.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"version": 2, "urgent": "The lake above the valley has burst."}))]
pub struct Approval {
    pub version: i64,
    /// Why it goes before everything else that is due; left out where it does not.
    pub urgent: Option<String>,
}

pub async fn approve(cx: Ctx, Id(id): Id, Json(body): Json<Approval>) -> Result<Response> {
    Ok(json(200, &view(&actions::approve_urgent(&cx, id, body.version, body.urgent.as_deref()).await?)))
}
pub async fn reject(cx: Ctx, Id(id): Id, Json(body): Json<WithReason>) -> Result<Response> {
    Ok(json(200, &view(&actions::reject(&cx, id, body.version, &body.reason).await?)))
}
pub async fn withdraw(cx: Ctx, Id(id): Id, Json(body): Json<Reason>) -> Result<Response> {
    Ok(json(200, &view(&actions::withdraw(&cx, id, &body.reason).await?)))
}
pub async fn correct(cx: Ctx, Id(id): Id, Json(body): Json<Correction>) -> Result<Response> {
    let said = body.said.map(|said| (said.en, said.dz));
    let (text_en, text_dz, parts) = (body.texts.en, body.texts.dz, body.parts.map(parts));
    let new = Corrected { text_en, text_dz, parts, said, note: body.note };
    Ok(json(200, &view(&actions::correct_all(&cx, id, body.version, &new).await?)))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct PostFilter {
    pub agency: Option<ApiId>,
    /// draft, submitted, approved, rejected or withdrawn
    #[schemars(extend("enum" = ["draft", "submitted", "approved", "rejected", "withdrawn"]))]
    pub state: Option<String>,
    pub after: Option<ApiId>,
    pub limit: Option<PageLimit>,
}

pub async fn list(cx: Ctx, Query(q): Query<PostFilter>) -> Result<Response> {
    let paging = Paging { after: q.after, limit: q.limit };
    let agency = q.agency.map(|a| a.0);
    let state = one_of("state", q.state.as_deref(), &["draft", "submitted", "approved", "rejected", "withdrawn"])?;
    if agency.is_some_and(|a| !cx.actor.may(SEE_DESK, a)) {
        return Err(Error::not_allowed());
    }
    let wanted = Wanted {
        agencies: agency.map(|a| vec![a]).or_else(|| cx.actor.scopes(SEE_DESK)),
        state: state.and_then(State::parse),
        before: paging.before_id(),
        most: paging.limit() + 1,
    };
    let (posts, next) = cut(store::list(cx.db(), &wanted).await?, paging.limit(), |p| p.id);
    let items = posts.iter().map(view).collect();
    Ok(json(200, &Listed::<PostView> { items, next: next.map(|n| n.to_string()) }))
}

/// `multipart/form-data` with `agency`, `file`, `alt_en`, `alt_dz`.
pub async fn upload(cx: Ctx, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, media::MOST_BYTES + 65536).await.map_err(|_| Error::too_large())?;
    let form = ground::http::read_form(&parts.headers, &body).await?;
    let agency = form.number("agency").or(cx.actor.home);
    let agency =
        agency.ok_or_else(|| Error::invalid(vec![FieldError::new("agency", Say::new("posts-error-agency"))]))?;
    let file = form.file("file").cloned();
    let file = file.ok_or_else(|| Error::invalid(vec![FieldError::new("file", Say::new("posts-error-picture"))]))?;
    let m = media::add(&cx, agency, file.bytes, form.text("alt_en"), form.text("alt_dz")).await?;
    let view = MediaView {
        id: ApiId(m.id),
        url: format!("/media/{}", m.id),
        alt: Texts { en: m.alt_en, dz: m.alt_dz },
        mime: m.mime,
        width: m.width,
        height: m.height,
        digest: m.digest,
    };
    Ok(json(201, &view))
}
