//! Whatever changes something on Threads: each call is made once.
use super::{CONTAINER, FILM_BYTES, LONGEST, LONGEST_ALT, Threads, on_threads, words};
use crate::meta::answer::rejected;
use crate::meta::container::{Container, Published};
use crate::meta::film::fetched_from;
use crate::meta::{CLOCKS_DIFFER, is_number, query};
use crate::wire::gone;
use crate::{Access, Failure, Media, Post, Prepared, Verdict, fingerprint};
use ground::fetch::Method;
use serde_json::{Value, json};

const CONTAINERS: &str = "/threads";

/// `{"success": true}`; anything else is no yes.
fn succeeded(value: &Value) -> bool {
    value.get("success").and_then(Value::as_bool) == Some(true)
}

fn unclear(what: &str) -> Verdict {
    Verdict::Unknown { why: format!("the answer to {what} cannot be read") }
}

fn accepted(remote_id: &str) -> Verdict {
    Verdict::Accepted { remote_id: remote_id.to_owned(), url: None }
}

/// A picture is told by its address: Threads comes and gets it.
fn picture(media: &Media) -> Result<Value, Verdict> {
    let human = "Threads fetches pictures itself, and this program has no address that can be reached from outside.";
    let url = media.url.as_deref().ok_or_else(|| rejected("not-reachable", human, Some("media")))?;
    let mut body = json!({"media_type": "IMAGE", "image_url": url});
    if !media.alt.trim().is_empty() {
        body["alt_text"] = json!(media.alt);
    }
    Ok(body)
}

/// The same for a film. Captions have no place there, so what is said in it is its description.
fn film(post: &Post) -> Result<Option<Value>, Verdict> {
    let url = fetched_from(post, FILM_BYTES, "Threads")?;
    let Some((recording, url)) = post.recording.as_ref().zip(url) else { return Ok(None) };
    let mut body = json!({"media_type": "VIDEO", "video_url": url});
    let said = recording.said(LONGEST_ALT);
    if !said.trim().is_empty() {
        body["alt_text"] = json!(said);
    }
    Ok(Some(body))
}

impl Threads {
    /// The containers: one for each picture of several, and the post's own. A film that Threads still works on is no fault:
    /// its container is asked about again when it is to be published.
    pub(super) async fn make_ready(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        let graph = &self.graph;
        if post.reply_to.as_deref().is_some_and(|to| !is_number(to)) {
            return Err(gone());
        }
        if words::length(&post.text) > LONGEST {
            return Err(rejected("text-too-long", "A post on Threads has 500 characters.", Some("text")));
        }
        if words::links(&post.text) > super::LINKS {
            return Err(rejected(
                "links-too-many",
                "A post on Threads has five different links at most.",
                Some("text"),
            ));
        }
        let film = film(post)?;
        let pictures = post.media.iter().map(picture).collect::<Result<Vec<Value>, Verdict>>()?;
        let mut items = Vec::new();
        let mut body = match (film, pictures.as_slice()) {
            (Some(film), _) => film,
            (None, []) => json!({"media_type": "TEXT"}),
            (None, [one]) => one.clone(),
            (None, several) => {
                for one in several {
                    let mut item = one.clone();
                    item["is_carousel_item"] = json!(true);
                    items.push(graph.contain(access, CONTAINERS, &item).await?);
                }
                graph.wait_for_all(access, &CONTAINER, &items).await?;
                json!({"media_type": "CAROUSEL", "children": items.join(",")})
            }
        };
        if !post.text.is_empty() {
            body["text"] = json!(post.text);
        }
        if let Some(to) = &post.reply_to {
            body["reply_to_id"] = json!(to);
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
            Ok(Published::Now(id)) => Verdict::Accepted { url: self.address(access, &id).await, remote_id: id },
            Ok(Published::Before) => {
                let words = fingerprint(&prepared.text);
                match self.standing(access, &words, made.at_us - CLOCKS_DIFFER).await {
                    Ok((Some(post), _)) => Verdict::Accepted { remote_id: post.id.clone(), url: post.url() },
                    _ => Verdict::Unknown { why: "it is out, but which post it is cannot be told".to_owned() },
                }
            }
            Err(verdict) => verdict,
        }
    }

    /// Where people read a post. It is out, whether this is answered or not.
    async fn address(&self, access: &Access, id: &str) -> Option<String> {
        let it = self.graph.get(access, &self.graph.path(id, &query(&[("fields", "permalink")]))).await.ok()?;
        on_threads(it.get("permalink")?.as_str())
    }

    pub(super) async fn remove(&self, access: &Access, remote_id: &str) -> Verdict {
        if !is_number(remote_id) {
            return gone();
        }
        let request = match self.graph.to(Method::DELETE, access, &self.graph.path(remote_id, "")) {
            Ok(request) => request,
            Err(verdict) => return verdict,
        };
        match self.graph.send(access, request).await {
            Ok(value) if succeeded(&value) => accepted(remote_id),
            Ok(_) => unclear("a removal"),
            Err(Verdict::Rejected { code, .. }) if code == "gone" => self.surely_gone(access, remote_id).await,
            Err(verdict) => verdict,
        }
    }

    /// The answer is alike for what is gone and for what this token may not see. With the account's own token it is gone.
    async fn surely_gone(&self, access: &Access, remote_id: &str) -> Verdict {
        match self.me(access).await {
            Ok(me) if me.account_id == access.remote_account_id => accepted(remote_id),
            Ok(_) => rejected("forbidden", "This is the token of another account.", None),
            Err(Failure::Unauthorised) => Verdict::Unauthorised,
            Err(failure) => {
                Verdict::Unknown { why: format!("it cannot be seen, and neither can the account: {failure}") }
            }
        }
    }

    /// Hides an answer, with everything below it, or shows it again.
    pub(super) async fn set_hidden(&self, access: &Access, remote_id: &str, hidden: bool) -> Verdict {
        if !is_number(remote_id) {
            return gone();
        }
        let at = self.graph.path(remote_id, "/manage_reply");
        match self.graph.post(access, &at, &json!({"hide": hidden})).await {
            Ok(value) if succeeded(&value) => accepted(remote_id),
            Ok(_) => unclear("hiding"),
            Err(verdict) => verdict,
        }
    }
}
