//! Whatever changes something: each call is made once. A draft can be published once only, because it is none any more then.
//!
//! Source: “uploadImage”, “addMaterial”, “draft_add”, “freepublish_submit”, “freepublish_get”, “freepublishDelete”,
//! “replyComment”, “delReplyComment”.
use super::answer::{ANSWERED, NO_COMMENTS, NO_SUCH_ID, digits, is_code, rejected};
use super::{Place, WeChat, id_in, is_id, on_wechat, words};
use crate::wire::{gone, harmless, read_of, unwritten};
use crate::{Access, Failure, Found, Media, Post, Prepared, Standing, Verdict, fingerprint};
use ground::clock::DAY;
use ground::crypto::hex;
use ground::fetch::Parts;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How far back an article is looked for whose draft is gone.
const SAID_SINCE: i64 = 3 * DAY;

/// What is known about an article on its way out.
enum Way {
    Out {
        id: String,
        url: Option<String>,
    },
    Leaving,
    /// It did not get out, or is in again.
    Ended(Verdict),
}

fn unread(what: &str) -> Verdict {
    Verdict::NotSent { why: format!("the answer to {what} cannot be read") }
}

fn accepted(remote_id: String) -> Verdict {
    Verdict::Accepted { remote_id, url: None }
}

/// A picture's address, if it is one of WeChat's: it goes into an article.
fn on_qpic(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let host = url.host_str().unwrap_or_default();
    let theirs = host.ends_with(".qpic.cn") || host.ends_with(".qq.com");
    (matches!(url.scheme(), "http" | "https") && theirs && url.username().is_empty()).then(|| url.to_string())
}

fn form(media: &Media) -> Parts {
    // The ending is looked at; the name is seen by those who run the account.
    let kind = if media.mime == "image/png" { "png" } else { "jpg" };
    let digest = Sha256::digest(&media.bytes);
    let name = format!("{}.{kind}", hex(&digest).get(..32).unwrap_or_default());
    Parts::new().file("media", &name, &media.mime, &media.bytes)
}

fn way(answer: &Value) -> Option<Way> {
    let no = |code: &str, human: &str| Some(Way::Ended(rejected(code, human, None)));
    match answer.get("publish_status").and_then(Value::as_i64)? {
        0 => {
            let address = answer.pointer("/article_detail/item/0/article_url").and_then(Value::as_str);
            Some(Way::Out { id: id_in(answer, "article_id")?, url: on_wechat(address).map(|u| u.to_string()) })
        }
        1 => Some(Way::Leaving),
        2 => no("original-refused", "WeChat did not accept the article as original work."),
        3 => no("publishing-failed", "WeChat could not publish the article and gives no reason."),
        4 => no("review-refused", "WeChat's review did not let the article pass."),
        5 => no("gone", "It was published, and somebody removed it."),
        6 => no("blocked", "It was published, and WeChat blocked it."),
        _ => None,
    }
}

impl WeChat {
    async fn upload_inside(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        let answer =
            self.call(access, "/cgi-bin/media/uploadimg", "", |r| r.parts(form(media))).await.map_err(harmless)?;
        answer.get("url").and_then(Value::as_str).and_then(on_qpic).ok_or_else(|| unread("an upload"))
    }

    /// The cover goes among the account's lasting pictures.
    async fn upload_cover(&self, access: &Access, media: &Media) -> Result<String, Verdict> {
        let path = "/cgi-bin/material/add_material";
        let answer = self.call(access, path, "&type=image", |r| r.parts(form(media))).await.map_err(harmless)?;
        id_in(&answer, "media_id").ok_or_else(|| unread("an upload"))
    }

    /// A draft that nobody sees; for an answer there is nothing to make ready.
    pub(super) async fn make_ready(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        if let Some(to) = &post.reply_to {
            let Some(Place::Comment(..)) = Place::of(to) else { return Err(not_a_comment()) };
            if !post.media.is_empty() {
                return Err(rejected("media-too-many", "An answer on WeChat takes no picture.", Some("media")));
            }
            return Ok(Prepared { container: Some(to.clone()), ..Prepared::of(post, Vec::new()) });
        }
        let Some(cover) = post.media.first() else {
            return Err(rejected("media-missing", "An article on WeChat needs a picture as its cover.", Some("media")));
        };
        let Some(title) = words::title(&post.text, &post.media) else {
            return Err(rejected("text-empty", "An article on WeChat needs words for its title.", Some("text")));
        };
        let too_long = || rejected("text-too-long", "The article is longer than WeChat takes.", Some("text"));
        if words::length(post) > super::CONTENT {
            return Err(too_long());
        }
        let mut inside = Vec::new();
        for media in &post.media {
            inside.push((self.upload_inside(access, media).await?, media.alt.clone()));
        }
        let content = words::content(&post.text, &inside);
        if !words::fits(&content) {
            return Err(too_long());
        }
        let cover = self.upload_cover(access, cover).await?;
        let mut article = json!({
            "article_type": "news", "title": title, "content": content, "thumb_media_id": cover,
            "need_open_comment": 1, "only_fans_can_comment": 0,
        });
        if let Some(link) = words::link(&post.text) {
            article["content_source_url"] = json!(link);
        }
        let draft = match self.draft(access, &article).await {
            // An account without comments may not open them.
            Err(verdict) if is_code(&verdict, NO_COMMENTS) => {
                article["need_open_comment"] = json!(0);
                self.draft(access, &article).await?
            }
            answer => answer?,
        };
        Ok(Prepared { container: Some(draft), ..Prepared::of(post, vec![cover]) })
    }

    async fn draft(&self, access: &Access, article: &Value) -> Result<String, Verdict> {
        let answer =
            self.post(access, "/cgi-bin/draft/add", &json!({"articles": [article]})).await.map_err(harmless)?;
        id_in(&answer, "media_id").ok_or_else(|| unread("making a draft"))
    }

    /// The one call that publishes a draft or answers a comment.
    pub(super) async fn publish(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Verdict> {
        if prepared.reply_to.is_some() {
            return self.answer(access, prepared).await;
        }
        // Without a token nothing can be on its way, whatever else is wrong.
        self.token(access).await?;
        let Some(draft) = prepared.container.as_deref().filter(|id| is_id(id)) else {
            return Err(rejected("not-ready", "The article was not made ready as a draft.", None));
        };
        match self.post(access, "/cgi-bin/freepublish/submit", &json!({"media_id": draft})).await {
            Ok(answer) => match digits(answer.get("publish_id")) {
                Some(number) => Ok(self.watch(access, &number).await),
                None => Err(Verdict::Unknown { why: "the answer to publishing cannot be read".to_owned() }),
            },
            Err(verdict) if is_code(&verdict, NO_SUCH_ID) => self.draft_is_gone(access, prepared).await,
            Err(verdict) => Err(verdict),
        }
    }

    /// Publishing was begun: WeChat makes it public a little later, after a look of its own.
    async fn watch(&self, access: &Access, number: &str) -> Verdict {
        let pending = || Verdict::Pending { remote_id: format!("publish:{number}") };
        for pause in self.patience.iter().map(Some).chain([None]) {
            match self.on_its_way(access, number).await {
                Ok(Way::Out { id, url }) => return Verdict::Accepted { remote_id: id, url },
                Ok(Way::Ended(verdict)) => return verdict,
                Ok(Way::Leaving) => {}
                // That it was begun is certain; only how it went is not.
                Err(_) => return pending(),
            }
            if let Some(pause) = pause {
                tokio::time::sleep(*pause).await;
            }
        }
        pending()
    }

    async fn on_its_way(&self, access: &Access, number: &str) -> Result<Way, Verdict> {
        let answer = self.post(access, "/cgi-bin/freepublish/get", &json!({"publish_id": number})).await?;
        way(&answer).ok_or_else(|| unread("asking whether an article is out"))
    }

    /// What became of a publishing that was begun.
    pub(super) async fn stands(&self, access: &Access, remote_id: &str) -> Result<Standing, Failure> {
        let Some(Place::Leaving(number)) = Place::of(remote_id) else { return Err(Failure::Gone) };
        Ok(match self.on_its_way(access, &number).await.map_err(read_of)? {
            Way::Out { id, url } => Standing::Out { remote_id: id, url },
            Way::Leaving => Standing::Working,
            Way::Ended(Verdict::Rejected { code, human, .. }) => Standing::Refused { code, human },
            Way::Ended(_) => return Err(Failure::Unreachable { why: "how it ended cannot be read".to_owned() }),
        })
    }

    /// Published by an earlier call, most likely: what stands on the account tells.
    async fn draft_is_gone(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Verdict> {
        let since_us = self.clock.now() - SAID_SINCE;
        match self.same_words(access, &fingerprint(&prepared.text), since_us).await {
            Ok(Some(article)) => Ok(Verdict::Accepted { remote_id: article.id, url: article.url }),
            _ => Err(Verdict::Unknown { why: "the draft is not there any more, nor is the article seen".to_owned() }),
        }
    }

    async fn answer(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Verdict> {
        self.token(access).await?;
        let to = prepared.reply_to.as_deref().unwrap_or_default();
        let Some(Place::Comment(article, comment)) = Place::of(to) else { return Err(not_a_comment()) };
        let mut body = named(&article, &comment);
        body["content"] = json!(prepared.text);
        let ours = format!("answer:{article}:{comment}");
        match self.post(access, "/cgi-bin/comment/reply/add", &body).await {
            Ok(_) => Ok(accepted(ours)),
            // There is one answer to a comment: it may be of a call that was given up.
            Err(verdict) if is_code(&verdict, ANSWERED) => {
                let wanted = fingerprint(&prepared.text);
                match self.answered(access, &article, &comment, &wanted).await.map_err(unwritten) {
                    Ok(Found::Yes { .. }) => Ok(accepted(ours)),
                    Ok(Found::No) => Err(verdict),
                    _ => Err(Verdict::Unknown { why: "there is an answer already, which cannot be read".to_owned() }),
                }
            }
            Err(verdict) => Err(verdict),
        }
    }

    pub(super) async fn remove(&self, access: &Access, remote_id: &str) -> Result<Verdict, Verdict> {
        let (path, body) = match Place::of(remote_id) {
            Some(Place::Article(id)) => ("/cgi-bin/freepublish/delete", json!({"article_id": id})),
            Some(Place::Answer(article, comment)) => ("/cgi-bin/comment/reply/delete", named(&article, &comment)),
            Some(Place::Leaving(number)) => match self.on_its_way(access, &number).await.map_err(harmless)? {
                Way::Out { id, .. } => ("/cgi-bin/freepublish/delete", json!({"article_id": id})),
                Way::Leaving => return Err(Verdict::NotSent { why: "it is still on its way out".to_owned() }),
                Way::Ended(_) => return Ok(accepted(remote_id.to_owned())),
            },
            // What others wrote is not ours to take down.
            Some(Place::Comment(..)) | None => return Err(gone()),
        };
        match self.post(access, path, &body).await {
            Err(verdict) if !is_code(&verdict, NO_SUCH_ID) && !is_code(&verdict, "gone") => Err(verdict),
            _ => Ok(accepted(remote_id.to_owned())),
        }
    }
}

fn not_a_comment() -> Verdict {
    rejected("reply-not-possible", "On WeChat only a comment can be answered.", None)
}

/// A comment in the words of WeChat's calls: the first (and only) article of its message.
fn named(article: &str, comment: &str) -> Value {
    let number = |text: &str| text.parse::<u64>().unwrap_or_default();
    json!({"msg_data_id": number(article), "index": 0, "user_comment_id": number(comment)})
}
