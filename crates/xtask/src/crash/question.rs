//! One citizen's question on a platform and the agency's answer to it: sent exactly once, as posts are.
use super::Found;
use super::account::{self, Made};
use super::story::Officers;
use crate::http::Door;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub struct Question {
    pub id: String,
    pub mark: String,
    /// The account it was put to.
    handle: String,
    /// The answer's id and state as last read; nothing while there is none.
    answer: Option<(String, String)>,
    /// What its approval names.
    hash: String,
    pub unsure: bool,
}

impl Question {
    /// A question that has come in, by the mark in its words.
    pub fn of(message: &Value, handles: &BTreeMap<String, String>) -> Option<Question> {
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let mark = account::mark(&text("text"))?.to_owned();
        let handle = handles.get(&mark)?.clone();
        Some(Question { id: text("id"), mark, handle, answer: None, hash: String::new(), unsure: true })
    }

    pub fn asked(mark: &str) -> String {
        format!("{mark} When does the clinic open?")
    }
    fn said(&self) -> String {
        format!("Answer {}: at eight on Monday.", self.mark)
    }

    /// Whether officers are done with it: an answer is there and released.
    pub fn told(&self) -> bool {
        !self.unsure && self.answer.as_ref().is_some_and(|(_, state)| state != "waiting")
    }

    /// What the database says now.
    pub fn read(&mut self, door: &Door, who: &Officers) -> Result<(), String> {
        let path = format!("/api/v1/messages/{}", self.id);
        let message = door.with_token(&who.author).get(&path)?.good("reading a message")?;
        self.take(message["answers"].as_array().and_then(|all| all.last()));
        self.unsure = false;
        Ok(())
    }

    fn take(&mut self, answer: Option<&Value>) {
        let Some(answer) = answer else { return };
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        (self.answer, self.hash) = (Some((text("id"), text("state"))), text("content_hash"));
    }

    /// The officers' next step. An error leaves it unsure.
    pub fn on(&mut self, door: &Door, who: &Officers) -> Result<(), String> {
        if self.unsure {
            self.read(door, who)?;
        }
        let (author, approver) = (door.with_token(&who.author), door.with_token(&who.approver));
        self.unsure = true;
        let answer = match &self.answer {
            None => author.post(&format!("/api/v1/messages/{}/replies", self.id), &json!({"text": self.said()}))?,
            Some((id, state)) if state == "waiting" => {
                let path = format!("/api/v1/replies/{id}/approval");
                approver.post(&path, &json!({"content_hash": self.hash}))?
            }
            Some(_) => {
                self.unsure = false;
                return Ok(());
            }
        };
        let answer = answer.good(&format!("the next step of the answer to {}", self.mark))?;
        self.take(Some(&answer));
        self.unsure = false;
        Ok(())
    }

    /// The delivery of its answer.
    pub fn delivery(&self, door: &Door, who: &Officers) -> Result<Value, String> {
        let (id, _) = self.answer.as_ref().ok_or_else(|| format!("{} has no answer", self.mark))?;
        door.with_token(&who.author)
            .get(&format!("/api/v1/replies/{id}/delivery"))?
            .good("reading an answer's delivery")
    }

    /// Compares the answer's delivery with what its platform holds.
    pub fn judge(&self, d: &Value, made: &BTreeMap<String, Made>, found: &mut Found) {
        let state = d["state"].as_str().unwrap_or_default();
        let ours = |m: &&Made| m.account == self.handle && account::mark(&m.text) == Some(self.mark.as_str());
        let there: Vec<&Made> = made.values().filter(ours).filter(|m| m.there).collect();
        let what = format!("the answer to {} on {}: {state}, {} there; {d}", self.mark, self.handle, there.len());
        found.deliveries += 1;
        found.answers += 1;
        match (state, there.as_slice()) {
            ("sent", [one]) if one.text.contains(&self.said()) => found.sent += 1,
            ("sent", [_]) => found.wrong.push(format!("the text is not right: {what}")),
            ("unconfirmed", _) if self.handle.ends_with("blind") => found.unconfirmed += 1,
            _ => found.losses.push(what),
        }
    }
}
