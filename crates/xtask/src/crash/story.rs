//! One notice of the run: what officers want of it, how far they got, and what must be true of it in the end.
use super::Found;
use super::account::Made;
use crate::http::Door;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What becomes of a notice after it was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Stays,
    Corrected,
    Withdrawn,
}

pub struct Story {
    pub id: String,
    pub mark: String,
    pub fate: Fate,
    /// As last read or answered.
    pub state: String,
    pub version: i64,
    /// A call was made and its answer lost: to be read before anything else is done.
    pub unsure: bool,
}

pub struct Officers {
    pub author: String,
    pub approver: String,
}

impl Story {
    pub fn text(mark: &str, version: i64) -> String {
        format!("Notice {mark}, version {version}: the clinic opens at {} on Monday.", 7 + version)
    }

    /// Whether officers are done with it.
    pub fn told(&self) -> bool {
        !self.unsure
            && match self.fate {
                Fate::Stays => self.state == "approved",
                Fate::Corrected => self.state == "approved" && self.version == 2,
                Fate::Withdrawn => self.state == "withdrawn",
            }
    }

    /// What the database says now.
    pub fn read(&mut self, door: &Door, who: &Officers) -> Result<(), String> {
        let path = format!("/api/v1/posts/{}", self.id);
        let post = door.with_token(&who.author).get(&path)?.good("reading a post")?;
        self.state = post["state"].as_str().unwrap_or_default().into();
        self.version = post["version"].as_i64().unwrap_or(0);
        self.unsure = false;
        Ok(())
    }

    /// The officers' next step. An error leaves it unsure.
    pub fn on(&mut self, door: &Door, who: &Officers) -> Result<(), String> {
        if self.unsure {
            self.read(door, who)?;
        }
        let path = format!("/api/v1/posts/{}", self.id);
        let version = self.version;
        let (author, approver) = (door.with_token(&who.author), door.with_token(&who.approver));
        self.unsure = true;
        let answer = match (self.state.as_str(), self.fate) {
            ("submitted", _) => approver.post(&format!("{path}/approval"), &json!({"version": version}))?,
            ("approved", Fate::Corrected) if version == 1 => {
                let text = Story::text(&self.mark, 2);
                let body =
                    json!({"version": 1, "texts": {"en": text, "dz": "གསལ་བསྒྲགས།"}, "note": "The hour was wrong"});
                author.post(&format!("{path}/correction"), &body)?
            }
            ("approved", Fate::Withdrawn) => {
                approver.post(&format!("{path}/withdrawal"), &json!({"reason": "No longer offered"}))?
            }
            _ => {
                self.unsure = false;
                return Ok(());
            }
        };
        let post = answer.good(&format!("the next step of {} {}", self.mark, self.state))?;
        self.state = post["state"].as_str().unwrap_or_default().into();
        self.version = post["version"].as_i64().unwrap_or(0);
        self.unsure = false;
        Ok(())
    }

    pub fn deliveries(&self, door: &Door, who: &Officers) -> Result<Vec<Value>, String> {
        let path = format!("/api/v1/posts/{}/deliveries", self.id);
        let all = door.with_token(&who.author).get(&path)?.good("reading deliveries")?;
        Ok(all["items"].as_array().cloned().unwrap_or_default())
    }

    /// Whether nothing will happen to a delivery any more by itself.
    pub fn at_rest(&self, d: &Value) -> bool {
        let state = d["state"].as_str().unwrap_or_default();
        let problem = !d["problem"].as_str().unwrap_or_default().is_empty();
        match (state, self.fate) {
            ("unconfirmed" | "cancelled" | "taken-down", _) => true,
            ("failed", _) => true,
            ("sent", _) if problem => true,
            ("sent", Fate::Corrected) => d["sent_version"].as_i64() == Some(2),
            ("sent", Fate::Stays) => true,
            _ => false,
        }
    }

    /// Whether a person must try again for it.
    pub fn needs_retry(&self, d: &Value) -> bool {
        let state = d["state"].as_str().unwrap_or_default();
        let problem = !d["problem"].as_str().unwrap_or_default().is_empty();
        // What failed and is withdrawn needs nothing any more.
        (state == "failed" && self.fate != Fate::Withdrawn) || (state == "sent" && problem)
    }

    /// Compares one delivery with what its platform holds.
    pub fn judge(&self, d: &Value, made: &BTreeMap<String, Made>, found: &mut Found) {
        let text = |name: &str| d[name].as_str().unwrap_or_default();
        let (platform, state, handle) = (text("platform"), text("state"), text("handle"));
        let there: Vec<&Made> = made
            .values()
            .filter(|m| m.there && m.account == handle && super::account::mark(&m.text) == Some(self.mark.as_str()))
            .collect();
        let what = format!("{} on {platform}: {state}, {} there; {d}", self.mark, there.len());
        found.deliveries += 1;
        let site = platform == "site";
        match state {
            "sent" if self.fate != Fate::Withdrawn => {
                let right = Story::text(&self.mark, if self.fate == Fate::Corrected { 2 } else { 1 });
                match there.as_slice() {
                    [] if !site => found.losses.push(what),
                    [one] if !one.text.contains(&right) => found.wrong.push(format!("the text is not right: {what}")),
                    _ => found.sent += 1,
                }
            }
            "cancelled" | "taken-down" | "failed" if self.fate == Fate::Withdrawn => {
                if there.is_empty() {
                    found.sent += 1
                } else {
                    found.wrong.push(format!("still there: {what}"))
                }
            }
            "unconfirmed" if platform.ends_with("blind") => found.unconfirmed += 1,
            _ => found.losses.push(what),
        }
    }
}
