//! What goes along with a message, in the words of the Bot API.
use crate::enclosed::Enclosed;
use ground::fetch::Parts;
use serde_json::{Value, json};

/// What the hosted Bot API takes of films and sound, in bytes.
pub(super) const LARGEST: u64 = 50_000_000;
/// Apps show a sound's title in one line.
const TITLE: usize = 64;

impl Enclosed {
    /// What the Bot API calls it, as a field and as a type.
    pub(super) fn kind(&self) -> &'static str {
        match self.mime.split('/').next() {
            Some("video") => "video",
            Some("audio") => "audio",
            _ => "photo",
        }
    }

    pub(super) fn method(&self) -> &'static str {
        match self.kind() {
            "video" => "sendVideo",
            "audio" => "sendAudio",
            _ => "sendPhoto",
        }
    }

    /// What is said of it beside the words: apps keep its place by that, and begin to play before all of it has come.
    pub(super) fn details(&self, text: &str) -> Vec<(&'static str, Value)> {
        let mut out = Vec::new();
        if self.kind() == "video" {
            out.push(("supports_streaming", json!(true)));
            if let Some((width, height)) = self.shape.picture {
                out.extend([("width", json!(width)), ("height", json!(height))]);
            }
        }
        // Without a title, apps show the name of the file.
        let title: String = text.lines().next().unwrap_or_default().trim().chars().take(TITLE).collect();
        if self.kind() == "audio" && !title.is_empty() {
            out.push(("title", json!(title)));
        }
        out.extend(self.shape.seconds.map(|s| ("duration", json!(s))));
        out
    }

    /// The file as a part of a form.
    pub(super) fn part(&self, parts: Parts, name: &str) -> Parts {
        parts.file(name, &self.named(name), &self.mime, &self.bytes)
    }
}

/// A value as a form has it: words as they are, all else as JSON.
pub(super) fn field(parts: Parts, name: &str, value: &Value) -> Parts {
    match value.as_str() {
        Some(words) => parts.field(name, words),
        None => parts.field(name, &value.to_string()),
    }
}
