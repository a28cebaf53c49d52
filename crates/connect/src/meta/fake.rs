//! What the servers of our own that answer as Meta's networks do have in common.
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ground::clock::{Clock, DAY};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A refusal in the Graph APIs' envelope.
pub fn no(status: u16, code: i64, subcode: Option<i64>, message: &str) -> Response {
    let mut error = json!({"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEf"});
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), Json(json!({"error": error}))).into_response()
}

/// Alike for what is gone and for what this token may not see.
pub fn missing() -> Response {
    no(400, 100, Some(33), "Unsupported request. The object does not exist or cannot be loaded.")
}

/// In whole seconds.
pub fn time(at_us: i64) -> String {
    let at = jiff::Timestamp::from_second(at_us.div_euclid(1_000_000)).unwrap_or_default().to_string();
    at.replace('Z', "+0000")
}

/// How far a container is: worked on for so many looks, then ready or come to nothing, and over a day after it was made.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub made_us: i64,
    pub looks: u32,
    /// What went wrong with what was to be fetched.
    pub failed: Option<&'static str>,
    /// Whatever else would be said of it.
    pub state: Option<&'static str>,
}

impl Progress {
    pub fn new(looks: u32, failed: Option<&'static str>) -> Progress {
        Progress { made_us: Clock::system().now(), looks, failed, state: None }
    }
    /// `IN_PROGRESS`, `FINISHED`, `ERROR`, `EXPIRED`, or what was set.
    pub fn state(&self) -> &'static str {
        match (self.state, self.failed) {
            (Some(state), _) => state,
            _ if self.made_us + DAY < Clock::system().now() => "EXPIRED",
            _ if self.looks > 0 => "IN_PROGRESS",
            (None, Some(_)) => "ERROR",
            (None, None) => "FINISHED",
        }
    }
    /// The state after one more look.
    pub fn look(&mut self) -> &'static str {
        self.looks = self.looks.saturating_sub(1);
        self.state()
    }
    /// `PUBLISHED` here too: it can be published again, for nothing is known of what Meta does.
    pub fn may_go_out(&self) -> bool {
        matches!(self.state(), "FINISHED" | "PUBLISHED")
    }
}

/// What a network makes of a film's address: it fetches what it can, and sees what it is only then.
pub fn fetched(video_url: &str) -> Option<&'static str> {
    match video_url {
        address if address.contains("nothing-there") => Some("FAILED_DOWNLOADING_VIDEO"),
        address if address.contains("hours-long") => Some("INVALID_DURATION"),
        _ => None,
    }
}

/// So many items after a place in a list, and the way on; with `next`, also that there is more.
pub fn edge(all: &[Value], query: &HashMap<String, String>, next: Option<&str>) -> Value {
    let limit = query.get("limit").and_then(|l| l.parse().ok()).unwrap_or(25_usize).clamp(1, 100);
    let from = query.get("after").and_then(|a| a.strip_prefix("QVFI")?.parse().ok()).unwrap_or(0).min(all.len());
    let to = (from + limit).min(all.len());
    if from == to {
        return json!({"data": []});
    }
    let mut paging = json!({"cursors": {"before": format!("QVFI{from}"), "after": format!("QVFI{to}")}});
    if let Some(next) = next.filter(|_| to < all.len()) {
        paging["next"] = json!(next);
    }
    json!({"data": all[from..to], "paging": paging})
}
