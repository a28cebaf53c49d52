//! From a draft or a held comment to something public, and how it is changed afterwards.
use super::call::code;
use super::entities::{Comment, Draft, Numbered, State};
use super::media::{picture, player};
use super::place::Place;
use super::words::{self, escaped, paragraphs, titled};
use super::{COMMENT_FIELDS, WordPress};
use crate::plain::plain;
use crate::wire::{gone, harmless, unwritten, written};
use crate::{Access, Failure, Found, Post, Prepared, Verdict, fingerprint};
use ground::fetch::{Method, Response};
use serde_json::json;

/// The address a draft has until it is published. A post that still has it was never out; publishing gives it the one
/// WordPress makes of the title.
const UNPUBLISHED: &str = "drelwa-draft";

/// The number of what was just made. An answer that cannot be read leaves a draft behind that nobody sees.
fn made(response: &Response) -> Result<u64, Verdict> {
    let unread = || Verdict::NotSent { why: "the answer about a draft cannot be read".to_owned() };
    response.json::<Numbered>().map(|n| n.id).ok_or_else(unread)
}

fn refused(code: &str, human: &str, field: &str) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: Some(field.to_owned()) }
}

impl WordPress {
    pub(super) async fn draft(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        let mut pictures = Vec::new();
        for media in &post.media {
            pictures.push(self.uploaded(access, media).await?);
        }
        let (title, rest) = titled(&post.text);
        let mut content: Vec<String> = Vec::new();
        if !rest.is_empty() {
            content.push(paragraphs(rest));
        }
        content.extend(pictures.iter().zip(&post.media).map(|(up, media)| picture(up, &media.alt)));
        if let Some(recording) = &post.recording {
            content.push(player(&self.recorded(access, recording).await?, recording));
        }
        let body = json!({
            "status": "draft", "slug": UNPUBLISHED, "title": escaped(&title), "content": content.join("\n"),
            "featured_media": pictures.first().map_or(0, |up| up.id),
        });
        let request = self.request(access, Method::POST, "/wp/v2/posts", &[("_fields", "id")]).await;
        let response = self.write(request.map(|r| r.json(&body))).await.map_err(harmless)?;
        let container = Place::Post(made(&response)?).to_string();
        let ids = pictures.iter().map(|up| up.id.to_string()).collect();
        Ok(Prepared { container: Some(container), ..Prepared::of(post, ids) })
    }

    /// An answer as a comment that waits for approval. WordPress refuses the same words of the same person to the same
    /// comment a second time, so one that an earlier try left behind is taken up again.
    pub(super) async fn held_answer(&self, access: &Access, post: &Post, to: &str) -> Result<Prepared, Verdict> {
        if !post.media.is_empty() || post.recording.is_some() {
            return Err(refused("media-too-many", "A comment carries no pictures.", "media"));
        }
        let (under, parent) = self.answered(access, to).await?;
        let body = json!({"post": under, "parent": parent, "status": "hold", "content": escaped(&post.text)});
        let request = self.request(access, Method::POST, "/wp/v2/comments", &[("_fields", "id")]).await;
        let answer = self.sent(request.map(|r| r.json(&body))).await;
        let id = match &answer {
            Ok(r) if r.status == 409 && code(r).as_deref() == Some("comment_duplicate") => {
                self.left_behind(access, post, under, parent).await?
            }
            _ => made(&written(answer, &self.clock).map_err(harmless)?)?,
        };
        Ok(Prepared { container: Some(Place::Comment(id).to_string()), ..Prepared::of(post, Vec::new()) })
    }

    /// The post and the comment an answer goes under. WordPress takes answers to comments that are not there, so this
    /// looks first.
    async fn answered(&self, access: &Access, to: &str) -> Result<(u64, u64), Verdict> {
        let place: Place = to.parse().map_err(|()| gone())?;
        match place {
            Place::Post(id) => {
                let query = [("context", "edit"), ("_fields", "id,status,link")];
                let state: State = self.get(access, &place.route(), &query).await.map_err(unwritten)?;
                if state.status == "publish" { Ok((id, 0)) } else { Err(gone()) }
            }
            Place::Comment(id) => {
                let query = [("context", "edit"), ("_fields", COMMENT_FIELDS)];
                let comment: Comment = self.get(access, &place.route(), &query).await.map_err(unwritten)?;
                let there = matches!(comment.status.as_str(), "approved" | "hold");
                if there { Ok((comment.post, id)) } else { Err(gone()) }
            }
        }
    }

    async fn left_behind(&self, access: &Access, post: &Post, under: u64, parent: u64) -> Result<u64, Verdict> {
        let me = self.whose(access).await.map_err(unwritten)?.to_string();
        let (under, parent) = (under.to_string(), parent.to_string());
        let query = [
            ("context", "edit"),
            ("status", "hold"),
            ("post", &under),
            ("parent", &parent),
            ("author", &me),
            ("per_page", "100"),
            ("_fields", COMMENT_FIELDS),
        ];
        let held: Vec<Comment> = self.get(access, "/wp/v2/comments", &query).await.map_err(unwritten)?;
        let print = fingerprint(&post.text);
        let same = held.into_iter().find(|c| fingerprint(&plain(&c.content.raw)) == print);
        same.map(|c| c.id)
            .ok_or_else(|| refused("duplicate", "The same words stand there already as an answer.", "text"))
    }

    pub(super) async fn publish(&self, access: &Access, prepared: &Prepared) -> Verdict {
        let Some(place) = prepared.container.as_deref().and_then(|c| c.parse::<Place>().ok()) else {
            return Verdict::NotSent { why: "there is no draft to publish".to_owned() };
        };
        let (body, wanted) = match place {
            Place::Post(_) => (json!({"status": "publish", "slug": ""}), "publish"),
            Place::Comment(_) => (json!({"status": "approved", "content": escaped(&prepared.text)}), "approved"),
        };
        let request = self.request(access, Method::POST, &place.route(), &[("_fields", "id,status,link")]).await;
        self.changed(request.map(|r| r.json(&body)), place, wanted).await
    }

    pub(super) async fn state_of(&self, access: &Access, container: Option<&str>) -> Found {
        let Some(place) = container.and_then(|c| c.parse::<Place>().ok()) else { return Found::CannotTell };
        let query = [("context", "edit"), ("_fields", "id,status,slug,link")];
        let Ok(state) = self.get::<State>(access, &place.route(), &query).await else { return Found::CannotTell };
        if state.id != place.number() {
            return Found::CannotTell;
        }
        let never_out = state.slug.starts_with(UNPUBLISHED);
        match (place, state.status.as_str()) {
            (Place::Post(_), "publish") | (Place::Comment(_), "approved") => {
                Found::Yes { remote_id: place.to_string(), url: words::web(state.link) }
            }
            (Place::Post(_), "draft" | "pending" | "trash") if never_out => Found::No,
            // It was out, and somebody has thrown it away since.
            (Place::Post(_), "trash") => Found::Yes { remote_id: place.to_string(), url: None },
            // Nobody sees it; approved again, it is still the one comment.
            (Place::Comment(_), "hold") => Found::No,
            _ => Found::CannotTell,
        }
    }

    /// Puts what a draft holds in the place of what stands there, and throws the draft away.
    pub(super) async fn replace(&self, access: &Access, remote_id: &str, prepared: &Prepared) -> Verdict {
        let Ok(place) = remote_id.parse::<Place>() else { return gone() };
        let container = prepared.container.as_deref().and_then(|c| c.parse::<Place>().ok());
        let (body, wanted) = match (place, container) {
            (Place::Comment(_), _) => (json!({"content": escaped(&prepared.text)}), "approved"),
            (Place::Post(_), Some(draft @ Place::Post(_))) => {
                let query = [("context", "edit"), ("_fields", "title,content,featured_media")];
                let draft: Draft = match self.get(access, &draft.route(), &query).await {
                    Ok(draft) => draft,
                    Err(Failure::Gone) => return Verdict::NotSent { why: "the draft is gone".to_owned() },
                    Err(failure) => return unwritten(failure),
                };
                let (title, content) = (draft.title.raw, draft.content.raw);
                (json!({"title": title, "content": content, "featured_media": draft.featured_media}), "publish")
            }
            _ => return Verdict::NotSent { why: "there is no draft to take the words from".to_owned() },
        };
        let request = self.request(access, Method::POST, &place.route(), &[("_fields", "id,status,link")]).await;
        let verdict = self.changed(request.map(|r| r.json(&body)), place, wanted).await;
        if let (Verdict::Accepted { .. }, Some(draft)) = (&verdict, container.filter(|c| *c != place)) {
            self.discard(access, draft).await;
        }
        verdict
    }

    /// Tidies up. A draft that stays does no harm, so nothing depends on the outcome.
    async fn discard(&self, access: &Access, draft: Place) {
        let query = [("context", "edit"), ("_fields", "id,status,slug,link")];
        let Ok(state) = self.get::<State>(access, &draft.route(), &query).await else { return };
        let unseen = match draft {
            Place::Post(_) => state.status == "draft" && state.slug.starts_with(UNPUBLISHED),
            Place::Comment(_) => state.status == "hold",
        };
        if unseen {
            let query = [("force", "true"), ("_fields", "deleted")];
            let _ = self.sent(self.request(access, Method::DELETE, &draft.route(), &query).await).await;
        }
    }
}
