//! Posting. Preparing asks what the account may do and makes nothing; one call then begins the posting; and TikTok is asked
//! for a while what became of it.
//!
//! Source: “Query Creator Info”, “Photo”, “Get Post Status”.
use super::answer::{failed, rejected, unreadable};
use super::who::is_username;
use super::{EVERYONE, INIT, TikTok, WEB, key};
use crate::wire::unwritten;
use crate::{Access, Failure, Media, Post, Prepared, Standing, Verdict};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout_at};

/// TikTok names at most 64 signs.
const PUBLISH_ID: usize = 64;

pub(super) fn is_publish_id(id: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"~._-".contains(&b);
    (1..=PUBLISH_ID).contains(&id.len()) && id.bytes().all(fits)
}

/// The number under which people see a post, as a number or in quotes. TikTok's own spelling of the field's name may be
/// mended one day.
pub(super) fn post_id(state: &Value) -> Option<String> {
    let all = state.get("publicaly_available_post_id").or_else(|| state.get("publicly_available_post_id"))?;
    let first = all.get(0)?;
    let id = first.as_u64().map(|n| n.to_string()).or_else(|| first.as_str().map(str::to_owned))?;
    let fits = (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0');
    fits.then_some(id)
}

/// An address from which TikTok can fetch a picture.
fn fetched_from(media: &Media) -> Result<String, Verdict> {
    let address = media.url.as_deref().and_then(|address| url::Url::parse(address).ok());
    let address = address.filter(|a| a.scheme() == "https").map(|a| a.to_string());
    address.ok_or_else(|| {
        let human = "TikTok fetches the pictures of a post itself, and this program cannot be reached from outside over \
                     https. An administrator can change that.";
        rejected("not-reachable", human, Some("media"))
    })
}

pub(super) fn no_answers() -> Verdict {
    Verdict::unsupported("reply")
}

/// Who shall see a post, if the account may post so.
pub(super) fn seen_by(access: &Access, may: &Value) -> Result<&'static str, Verdict> {
    let levels = may.get("privacy_level_options").and_then(Value::as_array).ok_or_else(unreadable);
    let levels = levels.map_err(unwritten)?;
    let (_, seen_by) = key(access).ok_or(Verdict::Unauthorised)?;
    if levels.iter().any(|level| level.as_str() == Some(seen_by)) {
        return Ok(seen_by);
    }
    let human = if seen_by == EVERYONE {
        "The account is private on TikTok: not everybody would see the post. Make the account public in TikTok's \
         settings."
    } else {
        "TikTok does not offer this account posts that only itself can see."
    };
    Err(rejected("not-public", human, None))
}

impl TikTok {
    /// Asks whether the account may post so that everybody sees it. Nothing is made by that.
    pub(super) async fn ready(&self, access: &Access, post: &Post) -> Result<Prepared, Verdict> {
        if let Some(recording) = &post.recording {
            return self.film(access, post, recording).await;
        }
        if post.reply_to.is_some() {
            return Err(no_answers());
        }
        if post.media.is_empty() {
            let human = "TikTok takes no post without a picture or a film.";
            return Err(rejected("media-missing", human, Some("media")));
        }
        let addresses = post.media.iter().map(fetched_from).collect::<Result<Vec<_>, _>>()?;
        let may = self.creator(access).await.map_err(unwritten)?;
        seen_by(access, &may)?;
        Ok(Prepared::of(post, addresses))
    }

    /// The one call that begins the posting. From its answer on TikTok goes on by itself, and nothing calls it back.
    pub(super) async fn publish(&self, access: &Access, prepared: &Prepared) -> Result<Verdict, Verdict> {
        if prepared.reply_to.is_some() {
            return Err(no_answers());
        }
        if let Some(container) = &prepared.container {
            return self.publish_film(access, container).await;
        }
        let (_, seen_by) = key(access).ok_or(Verdict::Unauthorised)?;
        // Looking afterwards ends when a single call would have ended at the latest: whoever calls counts on that.
        let latest = Instant::now() + self.fetch.policy().total_timeout;
        let body = json!({
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": {
                "description": prepared.text,
                "privacy_level": seen_by,
                // Whether people may comment is left to the account's own setting.
                "disable_comment": false,
                // No song below a warning.
                "auto_add_music": false,
                "brand_content_toggle": false,
                "brand_organic_toggle": false,
            },
            "source_info": { "source": "PULL_FROM_URL", "photo_images": prepared.media, "photo_cover_index": 0 },
        });
        let begun = self.post(access, INIT, &body).await?;
        let id = begun.get("publish_id").and_then(Value::as_str).filter(|id| is_publish_id(id));
        let Some(id) = id else {
            return Err(Verdict::Unknown { why: "the answer names no posting".to_owned() });
        };
        let pending = Verdict::Pending { remote_id: id.to_owned() };
        let until = latest.min(Instant::now() + self.watched);
        Ok(timeout_at(until, self.watch(access, id)).await.ok().flatten().unwrap_or(pending))
    }

    /// Looks at a posting until TikTok has decided. `None` is “not yet”, also where it cannot be asked: it has begun.
    pub(super) async fn watch(&self, access: &Access, id: &str) -> Option<Verdict> {
        loop {
            let state = self.state(access, id).await.ok()?;
            match state.get("status").and_then(Value::as_str)? {
                "PUBLISH_COMPLETE" => {
                    // Without a number TikTok is still looking at it, or only the account itself sees it.
                    let remote_id = post_id(&state)?;
                    let url = self.shown_at(access, id, &remote_id);
                    return Some(Verdict::Accepted { remote_id, url });
                }
                "FAILED" => {
                    return Some(failed(state.get("fail_reason").and_then(Value::as_str).unwrap_or_default()));
                }
                _ => sleep(self.pause).await,
            }
        }
    }

    /// What became of a posting, asked once.
    pub(super) async fn stands(&self, access: &Access, id: &str) -> Result<Standing, Failure> {
        if !is_publish_id(id) {
            return Err(Failure::Gone);
        }
        let (_, seen_by) = key(access).ok_or(Failure::Unauthorised)?;
        let state = self.state(access, id).await?;
        let complete = match state.get("status").and_then(Value::as_str) {
            Some("PUBLISH_COMPLETE") => true,
            Some("FAILED") => {
                return Ok(match failed(state.get("fail_reason").and_then(Value::as_str).unwrap_or_default()) {
                    Verdict::Rejected { code, human, .. } => Standing::Refused { code, human },
                    _ => Standing::Working,
                });
            }
            Some(_) => false,
            None => return Err(unreadable()),
        };
        Ok(match post_id(&state) {
            Some(remote_id) if complete => {
                let url = self.shown_at(access, id, &remote_id);
                Standing::Out { remote_id, url }
            }
            // No number is ever told of what only the account itself sees.
            None if complete && seen_by != EVERYONE => Standing::Out { remote_id: id.to_owned(), url: None },
            _ => Standing::Working,
        })
    }

    /// TikTok tells no address with the number; this is the one its own site shows photos and films under. The number of
    /// its posting begins with `v` where it is a film.
    pub(super) fn shown_at(&self, access: &Access, posting: &str, post: &str) -> Option<String> {
        let name = access.handle.trim().trim_start_matches('@');
        let what = if posting.starts_with('v') { "video" } else { "photo" };
        is_username(name).then(|| format!("{WEB}/@{name}/{what}/{post}"))
    }
}
