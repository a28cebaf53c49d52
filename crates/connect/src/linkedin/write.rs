//! Whatever changes something at LinkedIn: each call is made once.
//!
//! Source: the Posts, Images, MultiImage and Comments APIs.
use super::answer::{done, rejected, unreadable};
use super::film::film;
use super::urn::{Place, comment, encoded, is_image, is_post, is_video, place, post_url};
use super::{LinkedIn, TEXT, little, page, words};
use crate::wire::{gone, harmless, read_of, unwritten};
use crate::{Access, Count, Failure, Media, Post, Prepared, Verdict};
use ground::fetch::{Method, Request, Response};
use serde_json::{Value, json};
use url::Url;

/// What stands for the film in a correction.
const FILM_THERE: &str = "film";

fn unclear(response: &Response) -> Verdict {
    Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) }
}

/// The urn of a picture and what it shows, as one word of [`Prepared::media`].
fn picture(media: &str) -> Result<(&str, &str), Verdict> {
    let (urn, alt) = media.split_once('|').unwrap_or((media, ""));
    if is_image(urn) {
        return Ok((urn, alt));
    }
    Err(rejected("refused", "A picture is not known any more.", Some("media")))
}

/// The pictures of a post or its film, as its `content`.
fn content(media: &[String]) -> Result<Option<Value>, Verdict> {
    if let Some((film, _)) = film(media) {
        return Ok(Some(json!({"media": {"id": film}})));
    }
    let mut all = Vec::new();
    for one in media {
        let (urn, alt) = picture(one)?;
        all.push(if alt.is_empty() { json!({"id": urn}) } else { json!({"id": urn, "altText": alt}) });
    }
    Ok(match all.as_slice() {
        [] => None,
        [one] => Some(json!({"media": one})),
        many => Some(json!({"multiImage": {"images": many}})),
    })
}

/// How many pictures a post has; `None` where it has something else.
fn pictures(post: &Value) -> Option<usize> {
    let Some(content) = post.get("content").filter(|c| !c.is_null()) else { return Some(0) };
    if let Some(many) = content.pointer("/multiImage/images").and_then(Value::as_array) {
        return Some(many.len());
    }
    content.pointer("/media/id").and_then(Value::as_str).filter(|id| is_image(id)).map(|_| 1)
}

/// Whether bytes and key may go to an address LinkedIn gave: to LinkedIn, encrypted, or back to where it came from.
pub(super) fn is_linkedin(access: &Access, address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let host = url.host_str().unwrap_or_default();
    let theirs = url.scheme() == "https" && (host == "linkedin.com" || host.ends_with(".linkedin.com"));
    let bare = url.username().is_empty() && url.password().is_none();
    bare && (theirs || Url::parse(&access.base_url).is_ok_and(|base| base.origin() == url.origin()))
}

/// Too long a text is not sent: LinkedIn was seen to cut it and to answer that all went well.
fn short_enough(text: &str, limit: usize) -> Result<(), Verdict> {
    let length = Count::Utf16Units.of(text);
    if length <= limit {
        return Ok(());
    }
    let human = format!("The text has {length} characters; LinkedIn takes {limit}.");
    Err(rejected("text-too-long", &human, Some("text")))
}

impl LinkedIn {
    /// Uploads the pictures, and finds out what an answer is to be written below.
    pub(super) async fn ready(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        let target = match &post.reply_to {
            None => words::POST.to_owned(),
            Some(to) => {
                let to = place(to).ok_or_else(gone)?;
                self.target(access, &to).await.map_err(unwritten)?.urn()
            }
        };
        let mut media = Vec::new();
        for picture in &post.media {
            media.push(self.upload(access, picture).await?);
        }
        if let Some(recording) = &post.recording {
            if post.reply_to.is_some() || !post.media.is_empty() {
                let human = "A film on LinkedIn stands in a post of its own, without pictures beside it.";
                return Err(rejected("recording-alone", human, Some("recording")));
            }
            media.push(self.film(access, recording).await?);
        }
        let container = Some(words::kept(&target, &post.text));
        Ok(Prepared { container, ..Prepared::of(post, media) })
    }

    async fn upload(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        let lost = || Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() };
        let about_media = |verdict| match harmless(verdict) {
            Verdict::Rejected { code, human, .. } => Verdict::Rejected { code, human, field: Some("media".to_owned()) },
            other => other,
        };
        let owner = page(access).map_err(unwritten)?;
        let body = json!({"initializeUploadRequest": {"owner": owner}});
        let request = self.to(Method::POST, access, "/rest/images?action=initializeUpload")?.json(&body);
        let begun: Value = self.send(request, access).await.map_err(about_media)?.json().ok_or_else(lost)?;
        let text = |path: &str| begun.pointer(path).and_then(Value::as_str);
        let urn = text("/value/image").filter(|u| is_image(u)).ok_or_else(lost)?;
        let address = text("/value/uploadUrl").ok_or_else(lost)?;
        if !is_linkedin(access, address) {
            return Err(Verdict::NotSent { why: "the upload leads away from LinkedIn".to_owned() });
        }
        // The address holds a key of its own; it goes into the request and nowhere else.
        let mut request = self.with_key(Request::new(Method::PUT, address), access)?;
        request = request.header("content-type", "application/octet-stream");
        request.body = media.bytes.clone();
        self.send(request, access).await.map_err(about_media)?;
        Ok(format!("{urn}|{}", media.alt))
    }

    pub(super) async fn publish(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Verdict> {
        short_enough(&prepared.text, TEXT)?;
        let mut body = json!({
            "author": page(access).map_err(unwritten)?,
            "commentary": little::escape(&prepared.text),
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": false,
        });
        if let Some(content) = content(&prepared.media)? {
            body["content"] = content;
        }
        if let Some((film, false)) = film(&prepared.media) {
            self.may_refer(access, film).await?;
        }
        let response = self.send(self.to(Method::POST, access, "/rest/posts")?.json(&body), access).await?;
        Ok(match response.header("x-restli-id").filter(|id| response.status == 201 && is_post(id)) {
            Some(id) => Verdict::Accepted { remote_id: id.to_owned(), url: Some(post_url(id)) },
            None => unclear(&response),
        })
    }

    /// Writes below a post or a comment. The text of a comment is plain.
    pub(super) async fn answer(&self, access: &Access, to: &str, prepared: &Prepared) -> Result<Verdict, Verdict> {
        short_enough(&prepared.text, super::ANSWER)?;
        if !prepared.media.is_empty() {
            return Err(rejected("media-too-many", "An answer is sent without pictures.", Some("media")));
        }
        // What it is written below was found out before; without that, it is what it answers.
        let found = prepared.container.as_deref().and_then(|c| c.rsplit_once('|')).and_then(|(to, _)| place(to));
        let to = found.or_else(|| place(to)).ok_or_else(gone)?;
        let mut body = json!({
            "actor": page(access).map_err(unwritten)?,
            "object": to.thread(),
            "message": {"text": prepared.text},
        });
        if let Place::Comment { .. } = to {
            body["parentComment"] = json!(to.urn());
        }
        let response = self.send(self.to(Method::POST, access, &to.comments())?.json(&body), access).await?;
        let it: Value = response.json().unwrap_or_default();
        let told = it.get("commentUrn").and_then(Value::as_str).and_then(place);
        let told = told.filter(|p| matches!(p, Place::Comment { .. }));
        let id = response.header("x-restli-id").unwrap_or_default();
        let named = told.or_else(|| place(id).filter(|p| matches!(p, Place::Comment { .. })));
        Ok(match named.or_else(|| comment(to.thread(), id)).filter(|_| response.status == 201) {
            Some(place) => Verdict::Accepted { remote_id: place.urn(), url: Some(post_url(to.thread())) },
            None => unclear(&response),
        })
    }

    /// Pictures and film stay: they are counted, and not brought again.
    pub(super) async fn ready_to_change(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        if post.reply_to.is_some() {
            return self.ready(access, post).await;
        }
        let film = post.recording.iter().map(|_| FILM_THERE.to_owned());
        Ok(Prepared::of(post, post.media.iter().map(|picture| format!("|{}", picture.alt)).chain(film).collect()))
    }

    /// Changes the words. Pictures and the film of a post that is out cannot be changed at LinkedIn.
    pub(super) async fn change(
        &self,
        access: &Access,
        remote_id: &str,
        prepared: &Prepared,
    ) -> Result<Verdict, Verdict> {
        let place = place(remote_id).ok_or_else(gone)?;
        let (path, limit, body) = match &place {
            Place::Post(_) => {
                let body = json!({"patch": {"$set": {"commentary": little::escape(&prepared.text)}}});
                (place.path(), TEXT, body)
            }
            Place::Comment { .. } => {
                let body = json!({"patch": {"message": {"$set": {"text": prepared.text}}}});
                (self.by_us(access, &place)?, super::ANSWER, body)
            }
        };
        short_enough(&prepared.text, limit)?;
        if !prepared.media.is_empty() {
            let there: Value = self.get(access, &place.path()).await.map_err(unwritten)?;
            let filmed = there.pointer("/content/media/id").and_then(Value::as_str).is_some_and(is_video);
            let with_film = prepared.media == [FILM_THERE] || film(&prepared.media).is_some();
            let same = match with_film {
                true => filmed,
                false => pictures(&there) == Some(prepared.media.len()),
            };
            if !same {
                let human = "LinkedIn changes the words of a post, not its pictures or its film.";
                return Err(rejected("media-not-possible", human, Some("media")));
            }
        }
        let request = self.to(Method::POST, access, &path)?.header("x-restli-method", "PARTIAL_UPDATE").json(&body);
        let response = self.send(request, access).await?;
        // A comment that is changed comes back as it stands now.
        let same = |r: &Response| r.json::<Value>().is_some_and(|v| v.get("id").is_some());
        Ok(match response.status {
            204 => Verdict::Accepted { remote_id: remote_id.to_owned(), url: None },
            _ if same(&response) => Verdict::Accepted { remote_id: remote_id.to_owned(), url: None },
            _ => unclear(&response),
        })
    }

    fn by_us(&self, access: &Access, place: &Place) -> Result<String, Verdict> {
        Ok(format!("{}?actor={}", place.path(), encoded(&page(access).map_err(unwritten)?)))
    }

    /// Removing what is gone already is done; LinkedIn says so itself of posts.
    pub(super) async fn remove(&self, access: &Access, remote_id: &str) -> Result<Verdict, Verdict> {
        let place = place(remote_id).ok_or_else(gone)?;
        let path = match &place {
            Place::Post(_) => place.path(),
            Place::Comment { .. } => self.by_us(access, &place)?,
        };
        let request = self.to(Method::DELETE, access, &path)?.header("x-restli-method", "DELETE");
        let accepted = Verdict::Accepted { remote_id: remote_id.to_owned(), url: None };
        Ok(match done(self.fetch.send(request).await, &self.clock, access) {
            Ok(response) if response.body.iter().all(u8::is_ascii_whitespace) => accepted,
            // A web page in place of nothing is not LinkedIn's word for it.
            Ok(response) => unclear(&response),
            Err(Verdict::Rejected { code, .. }) if code == "gone" => accepted,
            Err(verdict) => verdict,
        })
    }

    pub(super) async fn get<T: serde::de::DeserializeOwned>(&self, access: &Access, path: &str) -> Result<T, Failure> {
        let request = self.to(Method::GET, access, path).map_err(read_of)?;
        self.send(request, access).await.map_err(read_of)?.json().ok_or_else(unreadable)
    }

    /// Several things by their names, in one call.
    pub(super) async fn get_many(&self, access: &Access, path: &str) -> Result<Value, Failure> {
        let request = self.to(Method::GET, access, path).map_err(read_of)?.header("x-restli-method", "BATCH_GET");
        self.send(request, access).await.map_err(read_of)?.json().ok_or_else(unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    #[test]
    fn bytes_and_key_go_to_linkedin_only() {
        let access = Access {
            base_url: "https://api.linkedin.com".into(),
            secret: Secret::new("k"),
            remote_account_id: String::new(),
            handle: String::new(),
        };
        assert!(is_linkedin(&access, "https://www.linkedin.com/dms-uploads/x?y=1"));
        assert!(is_linkedin(&access, "https://api.linkedin.com/mediaUpload/x"));
        for bad in [
            "http://www.linkedin.com/x",
            "https://linkedin.com.evil.example/x",
            "https://evillinkedin.com/x",
            "https://evil.example/www.linkedin.com",
            "https://a:b@www.linkedin.com/x",
            "file:///etc/passwd",
            "//www.linkedin.com/x",
            "",
        ] {
            assert!(!is_linkedin(&access, bad), "{bad}");
        }
    }
}
