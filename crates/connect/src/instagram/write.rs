//! Whatever changes something on Instagram: each call is made once.
use super::comments::Said;
use super::own::address;
use super::{CONTAINER, FILM_BYTES, Instagram, JPEG, PICTURES, parts};
use crate::meta::answer::rejected;
use crate::meta::container::{Container, Published};
use crate::meta::film::fetched_from;
use crate::meta::{CLOCKS_DIFFER, id_in, is_number, query};
use crate::wire::gone;
use crate::{Access, Media, Post, Prepared, Verdict, fingerprint};
use ground::clock::DAY;
use serde_json::{Value, json};

const CONTAINERS: &str = "/media";
/// Before the container of a comment, which has none: where it is looked for.
pub(super) const UNDER: &str = "under ";
/// The same words below the same thing within this time are the same comment.
const SAID_SINCE: i64 = DAY;

fn unclear(what: &str) -> Verdict {
    Verdict::Unknown { why: format!("the answer to {what} cannot be read") }
}

fn accepted(remote_id: String) -> Verdict {
    Verdict::Accepted { remote_id, url: None }
}

/// A picture is told by its address: Instagram comes and gets it.
fn picture(media: &Media) -> Result<Value, Verdict> {
    let wrong = |code: &str, human: &str| rejected(code, human, Some("media"));
    if media.mime != JPEG {
        return Err(wrong("media-type", "Instagram takes pictures as JPEG only."));
    }
    let human = "Instagram fetches pictures itself, and this program has no address that can be reached from outside.";
    let url = media.url.as_deref().ok_or_else(|| wrong("not-reachable", human))?;
    let mut body = json!({"image_url": url});
    if !media.alt.trim().is_empty() {
        body["alt_text"] = json!(media.alt);
    }
    Ok(body)
}

impl Instagram {
    /// The containers: one for each picture of several, and the post's own. A comment needs none. A film that Instagram still
    /// works on is no fault: its container is asked about again when it is to be published.
    pub(super) async fn make_ready(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        let graph = &self.graph;
        if let Some(to) = &post.reply_to {
            parts(to).ok_or_else(gone)?;
            if !post.media.is_empty() {
                return Err(rejected("media-too-many", "A comment on Instagram has no pictures.", Some("media")));
            }
            if post.recording.is_some() {
                return Err(rejected("recording-not-possible", "A comment on Instagram has no film.", Some("media")));
            }
            return Ok(Prepared { container: Some(format!("{UNDER}{to}")), ..Prepared::of(post, Vec::new()) });
        }
        if post.media.len() > PICTURES {
            return Err(rejected("media-too-many", "A post on Instagram has ten pictures at most.", Some("media")));
        }
        let film = fetched_from(post, FILM_BYTES, graph.network)?;
        let pictures = post.media.iter().map(picture).collect::<Result<Vec<Value>, Verdict>>()?;
        let mut items = Vec::new();
        let mut body = match (film, pictures.as_slice()) {
            // Among the posts too, where people look for an agency's words.
            (Some(url), _) => json!({"media_type": "REELS", "video_url": url, "share_to_feed": true}),
            (None, []) => {
                let human = "A post on Instagram needs a picture or a film.";
                return Err(rejected("media-missing", human, Some("media")));
            }
            (None, [one]) => one.clone(),
            (None, several) => {
                for one in several {
                    let mut item = one.clone();
                    item["is_carousel_item"] = json!(true);
                    items.push(graph.contain(access, CONTAINERS, &item).await?);
                }
                graph.wait_for_all(access, &CONTAINER, &items).await?;
                json!({"media_type": "CAROUSEL", "children": items})
            }
        };
        if !post.text.is_empty() {
            body["caption"] = json!(post.text);
        }
        let id = graph.contain(access, CONTAINERS, &body).await?;
        graph.wait_for(access, &CONTAINER, &id).await?;
        let made = Container { id, at_us: graph.clock.now() };
        Ok(Prepared { container: Some(made.written()), ..Prepared::of(post, items) })
    }

    pub(super) async fn publish(&self, access: &Access, prepared: &Prepared) -> Verdict {
        let Some(made) = prepared.container.as_deref().and_then(Container::parse) else {
            return Verdict::NotSent { why: "the post was not made ready".to_owned() };
        };
        match self.graph.publish(access, &CONTAINER, &made).await {
            Ok(Published::Now(id)) => {
                // It is out, whether this is answered or not.
                let at = self.graph.path(&id, &query(&[("fields", "permalink")]));
                let it = self.graph.get(access, &at).await.unwrap_or_default();
                Verdict::Accepted { remote_id: id, url: address(&it) }
            }
            Ok(Published::Before) => {
                let words = fingerprint(&prepared.text);
                match self.standing(access, &words, made.at_us - CLOCKS_DIFFER).await {
                    Ok((Some(post), _)) => Verdict::Accepted { url: post.url(), remote_id: post.id },
                    _ => Verdict::Unknown { why: "it is out, but which post it is cannot be told".to_owned() },
                }
            }
            Err(verdict) => verdict,
        }
    }

    /// A comment, or an answer to one. Whoever calls may call again without knowing what became of the first: so what
    /// stands there is read before.
    pub(super) async fn comment(&self, access: &Access, to: &str, prepared: &Prepared) -> Verdict {
        let Some((post, comment)) = parts(to) else { return gone() };
        let since_us = self.graph.clock.now() - SAID_SINCE;
        match self.said_below(access, to, &fingerprint(&prepared.text), since_us).await {
            Ok(Said { newest: Some(id), .. }) => return accepted(id),
            Ok(Said { certain: true, .. }) => {}
            Ok(_) => return Verdict::NotSent { why: "what stands there already cannot be read whole".to_owned() },
            Err(failure) => return crate::wire::unwritten(failure),
        }
        let edge = match comment {
            Some(comment) => self.graph.path(comment, "/replies"),
            None => self.graph.path(post, "/comments"),
        };
        match self.graph.post(access, &edge, &json!({"message": prepared.text})).await {
            Ok(value) => match id_in(&value).filter(|id| is_number(id)) {
                Some(id) => accepted(format!("{post}_{id}")),
                None => unclear("a comment"),
            },
            Err(verdict) => verdict,
        }
    }

    pub(super) async fn set_hidden(&self, access: &Access, remote_id: &str, hidden: bool) -> Verdict {
        let comment = match parts(remote_id) {
            None => return gone(),
            Some((_, None)) => return Verdict::unsupported("hide"),
            Some((_, Some(comment))) => comment,
        };
        match self.graph.post(access, &self.graph.path(comment, ""), &json!({"hide": hidden})).await {
            Ok(value) if value.get("success").and_then(Value::as_bool) == Some(true) => accepted(remote_id.to_owned()),
            Ok(_) => unclear("hiding"),
            Err(verdict) => verdict,
        }
    }
}
