//! What is known of a single video: where it stands, whether it is out, what is counted.
//!
//! Source: the video resource, `status.uploadStatus` (`uploaded` while YouTube works on it, `processed`, `failed`,
//! `rejected`, `deleted`), `status.privacyStatus`, `processingDetails.processingStatus`.
use super::answer::{items, unreadable};
use super::id::{is_comment, is_video, watch};
use super::{CLOCKS_DIFFER, COMMENTS, VIDEOS, YouTube};
use crate::{Access, Counts, Failure, Found, Sought, Standing};
use serde_json::Value;

/// A film that was made public and is not.
pub(super) const NOT_PUBLIC: &str = "YouTube keeps the film private. It does so with every film of a project that Google has \
                                     not audited: an administrator must apply for that, and the film be uploaded anew.";

/// How a video stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Out,
    /// Public as soon as YouTube is done with it.
    Working,
    NotPublic,
    /// It will not come out.
    Over {
        code: &'static str,
        why: String,
    },
}

/// Why, in the one word YouTube gives for it.
fn over(code: &'static str, what: &str, reason: Option<&Value>) -> State {
    let word = reason.and_then(Value::as_str).unwrap_or_default();
    let word: String = word.chars().filter(char::is_ascii_alphabetic).take(40).collect();
    let why = if word.is_empty() { format!("{what}.") } else { format!("{what} ({word}).") };
    State::Over { code, why }
}

/// `None`: it cannot be read.
pub(super) fn state(video: &Value) -> Option<State> {
    let status = video.get("status")?;
    let (upload, privacy) = (status.get("uploadStatus")?.as_str()?, status.get("privacyStatus")?.as_str()?);
    let processing = video.pointer("/processingDetails/processingStatus").and_then(Value::as_str);
    match (upload, processing) {
        ("failed", _) => {
            return Some(over("not-processed", "YouTube could not read the film", status.get("failureReason")));
        }
        ("rejected", _) => return Some(over("refused", "YouTube refused the film", status.get("rejectionReason"))),
        ("deleted", _) => return Some(over("gone", "The film was removed", None)),
        ("uploaded", Some("failed" | "terminated")) => {
            let reason = video.pointer("/processingDetails/processingFailureReason");
            return Some(over("not-processed", "YouTube could not get the film ready", reason));
        }
        ("uploaded" | "processed", _) => {}
        _ => return None,
    }
    match privacy {
        "public" if upload == "processed" => Some(State::Out),
        "public" => Some(State::Working),
        "private" | "unlisted" => Some(State::NotPublic),
        _ => None,
    }
}

impl YouTube {
    pub(super) async fn video(&self, access: &Access, id: &str, part: &str) -> Result<Value, Failure> {
        let answer = self.get(access, VIDEOS, &[("part", part), ("id", id)]).await?;
        self.one(&answer, id)
    }

    /// The one that was asked for; YouTube lists nothing where nothing is.
    fn one(&self, answer: &Value, id: &str) -> Result<Value, Failure> {
        let all = items(answer)?;
        let is_it = |v: &Value| v.get("id").and_then(Value::as_str) == Some(id);
        match all.iter().find(|v| is_it(v)) {
            Some(video) => Ok(video.clone()),
            None if all.is_empty() => Err(Failure::Gone),
            None => Err(unreadable()),
        }
    }

    async fn state_of(&self, access: &Access, id: &str) -> Result<State, Failure> {
        let video = self.video(access, id, "status,processingDetails").await?;
        state(&video).ok_or_else(unreadable)
    }

    pub(super) async fn stands(&self, access: &Access, id: &str) -> Result<Standing, Failure> {
        if is_comment(id) {
            return Ok(Standing::NotTold);
        }
        if !is_video(id) {
            return Err(Failure::Gone);
        }
        Ok(match self.state_of(access, id).await {
            Ok(State::Out) => Standing::Out { remote_id: id.to_owned(), url: Some(watch(id)) },
            Ok(State::Working) => Standing::Working,
            Ok(State::NotPublic) => Standing::Refused { code: "not-public".into(), human: NOT_PUBLIC.into() },
            Ok(State::Over { code, why }) => Standing::Refused { code: code.into(), human: why },
            Err(Failure::Gone) => Standing::Refused { code: "gone".into(), human: "The film was removed.".into() },
            Err(failure) => return Err(failure),
        })
    }

    /// A film that is still private was not made public. One that is gone, refused or set to *unlisted* by somebody tells
    /// nothing about the call.
    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let Some(id) = sought.container.as_deref() else { return self.look_for_answer(access, sought).await };
        if !is_video(id) {
            return Ok(Found::CannotTell);
        }
        let video = self.video(access, id, "status").await?;
        Ok(match (state(&video), video.pointer("/status/privacyStatus").and_then(Value::as_str)) {
            (Some(State::Out | State::Working), _) => Found::Yes { remote_id: id.to_owned(), url: Some(watch(id)) },
            (Some(State::NotPublic), Some("private")) => Found::No,
            _ => Found::CannotTell,
        })
    }

    /// An answer has no id before it stands there, and the newest comments are not all: what is not seen may be there.
    async fn look_for_answer(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let since_us = sought.since_us.saturating_sub(CLOCKS_DIFFER);
        let found = self.own_comment(access, &sought.fingerprint, since_us).await?;
        Ok(found.map_or(Found::CannotTell, |(remote_id, url)| Found::Yes { remote_id, url }))
    }

    pub(super) async fn counts(&self, access: &Access, id: &str) -> Result<Counts, Failure> {
        let number = |v: Option<&Value>| v.and_then(|n| n.as_u64().or_else(|| n.as_str()?.parse().ok()));
        if is_comment(id) {
            let answer = self.get(access, COMMENTS, &[("part", "snippet"), ("id", id)]).await?;
            let comment = self.one(&answer, id)?;
            return Ok(Counts { likes: number(comment.pointer("/snippet/likeCount")), ..Counts::default() });
        }
        if !is_video(id) {
            return Err(Failure::Gone);
        }
        let video = self.video(access, id, "statistics").await?;
        let told = video.get("statistics").ok_or_else(unreadable)?;
        Ok(Counts {
            likes: number(told.get("likeCount")),
            shares: None,
            replies: number(told.get("commentCount")),
            views: number(told.get("viewCount")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn where_a_video_stands() {
        let of = |upload: &str, privacy: &str, processing: &str| {
            state(&json!({
                "status": {"uploadStatus": upload, "privacyStatus": privacy, "rejectionReason": "copyright",
                    "failureReason": "codec"},
                "processingDetails": {"processingStatus": processing},
            }))
        };
        assert_eq!(of("processed", "public", "succeeded"), Some(State::Out));
        assert_eq!(of("uploaded", "public", "processing"), Some(State::Working));
        assert_eq!(of("processed", "private", "succeeded"), Some(State::NotPublic));
        assert_eq!(of("uploaded", "unlisted", "processing"), Some(State::NotPublic));
        let code = |s: Option<State>| match s {
            Some(State::Over { code, why }) => format!("{code}: {why}"),
            other => format!("{other:?}"),
        };
        assert_eq!(code(of("failed", "public", "")), "not-processed: YouTube could not read the film (codec).");
        assert_eq!(code(of("rejected", "public", "")), "refused: YouTube refused the film (copyright).");
        assert_eq!(
            code(of("uploaded", "public", "terminated")),
            "not-processed: YouTube could not get the film ready."
        );
        assert_eq!(of("something", "public", ""), None);
        assert_eq!(of("processed", "", ""), None);
        assert_eq!(state(&json!({})), None);
    }
}
