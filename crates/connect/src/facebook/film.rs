//! Films on a page: where one stands, and making it public. A film is a draft with its own number first, which nobody but the
//! page's people sees, and one call publishes it by that number; the post that then shows it has another one, which the film
//! tells. Until it does, the film's number stands for the post.
//!
//! Sources: `advideo.py` (`published`, `post_id`, `permalink_url`, `status`, `views`, `description`), `videostatus.py` and its
//! phases in Meta's own client; what `video_status` says from its `video_uploader.py` and Meta's page on publishing reels.
use super::write::{accepted, succeeded, unclear};
use super::{Facebook, WEB, is_post_of, on_facebook, path};
use crate::meta::answer::{rejected, unreadable};
use crate::meta::container::{Container, FRESH};
use crate::meta::{is_number, query};
use crate::wire::{harmless, read_of};
use crate::{Access, Failure, Found, Prepared, Standing, Verdict};
use ground::fetch::Method;
use serde_json::{Value, json};

const FIELDS: &str = "published,post_id,permalink_url,status,views";
/// Before the number of a film that was made ready, and before the size of its file.
const FILM: &str = "film ";
const SIZE: &str = "film:";

/// How far Facebook is with a film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Ready,
    Working,
    /// It came to nothing.
    Over {
        code: &'static str,
        why: String,
    },
}

/// A film as Facebook tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub published: bool,
    pub step: Step,
    /// The post that shows it.
    post: Option<String>,
    url: Option<String>,
    /// How large the file was, in bytes.
    bytes: Option<u64>,
    views: Option<u64>,
}

/// The film that was made ready, out of what was kept of it.
pub(super) fn made(prepared: Option<&str>) -> Option<Container> {
    prepared?.strip_prefix(FILM).and_then(Container::parse)
}

/// What is kept of a film: its number and when it was made, and the size that tells it from another one.
pub(super) fn kept(made: &Container, bytes: u64) -> (String, String) {
    (format!("{FILM}{}", made.written()), sized(bytes))
}

/// How large a film is, among the media of what is made ready.
pub(super) fn sized(bytes: u64) -> String {
    format!("{SIZE}{bytes}")
}

fn size(prepared: &Prepared) -> Option<u64> {
    prepared.media.iter().find_map(|m| m.strip_prefix(SIZE)).and_then(|n| n.parse().ok())
}

/// The film that a post shows, out of its attachments.
fn of_post(post: &Value) -> Option<&str> {
    let all = post.pointer("/attachments/data")?.as_array()?;
    let film = all.iter().find(|a| a.get("media_type").and_then(Value::as_str) == Some("video"))?;
    film.pointer("/target/id")?.as_str().filter(|id| is_number(id))
}

/// With the page's number before it or without.
fn post_of(access: &Access, id: &str) -> Option<String> {
    match id {
        id if is_number(id) => Some(format!("{}_{id}", access.remote_account_id)),
        id if is_post_of(access, id) && super::is_id(id) => Some(id.to_owned()),
        _ => None,
    }
}

/// A film's address may come without Facebook's name before it.
fn address(told: Option<&str>) -> Option<String> {
    let told = told?;
    let whole = url::Url::parse(WEB).and_then(|web| web.join(told)).ok()?;
    on_facebook(Some(whole.as_str()))
}

fn step(status: &Value) -> Option<Step> {
    let phases = ["uploading_phase", "processing_phase", "publishing_phase"].map(|name| status.get(name));
    let failed = phases.iter().flatten().any(|p| p.get("status").and_then(Value::as_str) == Some("error"));
    let why = || {
        let told = phases.iter().flatten().find_map(|p| p.pointer("/errors/0/message")?.as_str()).unwrap_or_default();
        let told: String = told.chars().filter(|c| !c.is_control()).take(300).collect();
        format!("Facebook could not make the film ready. {told}").trim_end().to_owned()
    };
    Some(match status.get("video_status").and_then(Value::as_str)? {
        "error" | "upload_failed" => Step::Over { code: "not-ready", why: why() },
        "expired" => Step::Over { code: "expired", why: "Facebook does not keep the film any more.".to_owned() },
        _ if failed => Step::Over { code: "not-ready", why: why() },
        "ready" => Step::Ready,
        _ => Step::Working,
    })
}

fn seen(access: &Access, it: &Value) -> Option<Seen> {
    let text = |name: &str| it.get(name).and_then(Value::as_str);
    let status = it.get("status")?;
    let bytes = status.pointer("/uploading_phase/source_file_size");
    Some(Seen {
        published: it.get("published").and_then(Value::as_bool)?,
        step: step(status)?,
        post: text("post_id").and_then(|id| post_of(access, id)),
        url: address(text("permalink_url")),
        views: it.get("views").and_then(Value::as_u64),
        bytes: bytes.and_then(|n| n.as_u64().or_else(|| n.as_str()?.parse().ok())),
    })
}

impl Facebook {
    pub(super) async fn film(&self, access: &Access, id: &str) -> Result<Seen, Verdict> {
        let at = path(id, &query(&[("fields", FIELDS)]));
        let it = self.graph.send(access, self.graph.to(Method::GET, access, &at)?).await?;
        seen(access, &it).ok_or_else(|| Verdict::Unknown { why: "where the film stands cannot be read".to_owned() })
    }

    /// The one call that makes a film public. One that Facebook still works on waits: what is wrong with it is then known
    /// before anybody sees it.
    pub(super) async fn publish_film(&self, access: &Access, made: &Container) -> Verdict {
        match self.film(access, &made.id).await {
            Ok(Seen { published: false, step: Step::Ready, .. }) => {}
            Ok(Seen { published: false, step: Step::Working, .. }) => {
                return Verdict::NotReady { why: "Facebook is still making the film ready".to_owned() };
            }
            Ok(film) => return Facebook::out(film, &made.id),
            Err(verdict @ Verdict::NotSent { .. }) => return verdict,
            // Nothing was sent yet, and a film that was made longer ago can wait.
            Err(verdict) if self.graph.clock.now() > made.at_us + FRESH => return harmless(verdict),
            // What was made a moment ago says for itself what is wrong.
            Err(_) => {}
        }
        match self.graph.post(access, &path(&made.id, ""), &json!({"published": true})).await {
            Ok(answer) if succeeded(&answer) => match self.film(access, &made.id).await {
                Ok(film) => Facebook::out(film, &made.id),
                Err(_) => Verdict::Pending { remote_id: made.id.clone() },
            },
            Ok(_) => unclear("publishing a film"),
            Err(verdict) => verdict,
        }
    }

    /// A film that was to be published is out once Facebook says so and names the post; until then it is asked again, unless
    /// it came to nothing.
    fn out(film: Seen, id: &str) -> Verdict {
        match film {
            Seen { step: Step::Over { code, why }, .. } => rejected(code, &why, Some("media")),
            Seen { published: true, post: Some(post), url, .. } => {
                Verdict::Accepted { url: url.or_else(|| Some(format!("{WEB}/{post}"))), remote_id: post }
            }
            _ => Verdict::Pending { remote_id: id.to_owned() },
        }
    }

    /// What became of a film that was published and whose post is not told yet. Anything else was out at once.
    pub(super) async fn stands(&self, access: &Access, remote_id: &str) -> Result<Standing, Failure> {
        if !is_number(remote_id) {
            return Ok(Standing::NotTold);
        }
        let film = match self.film(access, remote_id).await.map_err(read_of) {
            Err(Failure::Gone) => {
                return Ok(Standing::Refused { code: "gone".into(), human: "The film was removed.".into() });
            }
            film => film?,
        };
        Ok(match Facebook::out(film, remote_id) {
            Verdict::Accepted { remote_id, url } => Standing::Out { remote_id, url },
            Verdict::Rejected { code, human, .. } => Standing::Refused { code, human },
            _ => Standing::Working,
        })
    }

    /// A draft was not published; a film that is public was, and it names its post. One that is gone tells nothing.
    pub(super) async fn look_for_film(&self, access: &Access, made: &Container) -> Result<Found, Failure> {
        let film = self.film(access, &made.id).await.map_err(read_of)?;
        let published = film.published;
        Ok(match Facebook::out(film, &made.id) {
            Verdict::Accepted { remote_id, url } => Found::Yes { remote_id, url },
            _ if published => Found::CannotTell,
            _ => Found::No,
        })
    }

    /// The film that a post was made for. One that a post only shares names another post, or is somebody else's.
    pub(super) async fn own_film(
        &self,
        access: &Access,
        post: &str,
        shown: &Value,
    ) -> Result<Option<(String, Seen)>, Failure> {
        let Some(film) = of_post(shown) else { return Ok(None) };
        let it = match self.graph.get(access, &path(film, &query(&[("fields", FIELDS)]))).await {
            Err(Failure::Gone | Failure::Refused { .. }) => return Ok(None),
            it => it?,
        };
        let own = seen(access, &it).filter(|seen| seen.post.as_deref() == Some(post));
        Ok(own.map(|seen| (film.to_owned(), seen)))
    }

    /// Changes the words beside a film. The film itself stays: a correction that comes with one of another size is refused.
    pub(super) async fn reword_film(
        &self,
        access: &Access,
        post: &str,
        (film, now): (String, Seen),
        prepared: &Prepared,
    ) -> Verdict {
        if let Some(new) = size(prepared) {
            if now.bytes.is_some_and(|was| was != new) {
                let human = "The film of a post on Facebook cannot be replaced. Take the post down and post it anew.";
                return rejected("recording-fixed", human, Some("media"));
            }
        } else if !prepared.media.is_empty() {
            let human = "A film on Facebook cannot become pictures. Take the post down and post it anew.";
            return rejected("media-fixed", human, Some("media"));
        }
        let body = json!({"description": prepared.text});
        match self.graph.post(access, &path(&film, ""), &body).await {
            Ok(answer) if succeeded(&answer) => accepted(post),
            Ok(_) => unclear("an edit"),
            Err(verdict) => verdict,
        }
    }

    /// How often the film of a post was seen; told by the film and not by its post.
    pub(super) async fn views(&self, access: &Access, post: &str, shown: &Value) -> Result<Option<u64>, Failure> {
        Ok(self.own_film(access, post, shown).await?.and_then(|(_, seen)| seen.views))
    }

    /// Removes a film, published or not. One that is gone already is removed.
    pub(super) async fn remove_film(&self, access: &Access, film: &str) -> Result<(), Verdict> {
        let request = self.graph.to(Method::DELETE, access, &path(film, ""))?;
        match self.graph.send(access, request).await {
            Ok(answer) if succeeded(&answer) => Ok(()),
            Ok(_) => Err(unclear("a removal")),
            Err(Verdict::Rejected { code, .. }) if code == "gone" => Ok(()),
            Err(verdict) => Err(verdict),
        }
    }

    /// Throws away a draft that nobody has seen, and never what is out. If that does not succeed, it stays among the drafts.
    pub(super) async fn discard(&self, access: &Access, film: &str) {
        let draft = self.film(access, film).await.is_ok_and(|seen| !seen.published);
        if !draft || self.remove_film(access, film).await.is_err() {
            tracing::warn!(film, "an unpublished film stays among the page's drafts");
        }
    }

    /// What a post shows, for those who change or remove it.
    pub(super) async fn shown(&self, access: &Access, post: &str) -> Result<Value, Failure> {
        let it = self.graph.get(access, &path(post, &query(&[("fields", super::write::SHOWN)]))).await?;
        if it.is_object() { Ok(it) } else { Err(unreadable()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn access() -> Access {
        Access {
            base_url: String::new(),
            secret: Secret::new("k"),
            remote_account_id: "10".into(),
            handle: String::new(),
        }
    }

    #[test]
    fn where_a_film_stands() {
        let of = |status: Value| step(&status);
        assert_eq!(of(json!({"video_status": "ready"})), Some(Step::Ready));
        for word in ["processing", "uploading", "upload_complete", "something new"] {
            assert_eq!(of(json!({"video_status": word})), Some(Step::Working), "{word}");
        }
        let errors = json!([{"code": 1363031, "message": "No video\u{7} detected"}]);
        let failed =
            |word: &str| json!({"video_status": word, "processing_phase": {"status": "error", "errors": errors}});
        for word in ["error", "upload_failed", "processing", "ready"] {
            let Some(Step::Over { code: "not-ready", why }) = of(failed(word)) else { panic!("{word}") };
            assert_eq!(why, "Facebook could not make the film ready. No video detected");
        }
        assert!(matches!(of(json!({"video_status": "expired"})), Some(Step::Over { code: "expired", .. })));
        for odd in [json!({}), json!({"video_status": 7}), json!("ready")] {
            assert_eq!(of(odd), None);
        }
    }

    #[test]
    fn a_film_names_its_post_and_its_address() {
        let of = |post: &str, url: &str| {
            let it =
                json!({"published": true, "status": {"video_status": "ready"}, "post_id": post, "permalink_url": url});
            seen(&access(), &it).map(|s| (s.post, s.url)).unwrap()
        };
        let here = Some("https://www.facebook.com/reel/5/".to_owned());
        assert_eq!(of("7", "/reel/5/"), (Some("10_7".into()), here.clone()));
        assert_eq!(of("10_7", "https://www.facebook.com/reel/5/"), (Some("10_7".into()), here));
        for (post, url) in [("11_7", "//evil.example/"), ("../me", "https://evil.example/"), ("", "javascript:x")] {
            assert_eq!(of(post, url), (None, None), "{post} {url}");
        }
        for odd in
            [json!({}), json!({"published": "true", "status": {"video_status": "ready"}}), json!({"published": true})]
        {
            assert_eq!(seen(&access(), &odd), None);
        }
    }

    #[test]
    fn what_is_kept_of_a_film_is_no_id() {
        let container = Container { id: "5".into(), at_us: 9 };
        let (kept, size_of) = kept(&container, 32);
        assert_eq!((kept.as_str(), made(Some(&kept))), ("film 5 9", Some(container)));
        assert_eq!(size(&Prepared { media: vec![size_of], ..Prepared::default() }), Some(32));
        for other in [None, Some("5 9"), Some("10_7"), Some("film ../me 9"), Some("film 5")] {
            assert_eq!(made(other), None, "{other:?}");
        }
    }
}
