//! What the practice network wrote down itself, read from its file: every post ever made, changed or taken away.
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Debug, Clone)]
pub struct Made {
    pub account: String,
    pub text: String,
    pub there: bool,
}

/// Every post the network ever took, by its id there.
pub fn made(file: &Path) -> BTreeMap<String, Made> {
    let text = std::fs::read(file).unwrap_or_default();
    let mut all = BTreeMap::new();
    // The last line may be under the pen.
    let whole = text.iter().rposition(|b| *b == b'\n').unwrap_or(0);
    for line in text[..whole].split(|b| *b == b'\n') {
        let Ok(event) = serde_json::from_slice::<Value>(line) else { continue };
        apply(&mut all, &event);
    }
    all
}

fn apply(all: &mut BTreeMap<String, Made>, event: &Value) {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    match event["event"].as_str() {
        Some("posted") => {
            let post = &event["post"];
            let made = Made { account: text(&post["account"]), text: text(&post["text"]), there: true };
            all.insert(text(&post["id"]), made);
        }
        Some("edited") => {
            if let Some(post) = all.get_mut(event["id"].as_str().unwrap_or_default()) {
                post.text = text(&event["text"]);
            }
        }
        Some("removed") => {
            if let Some(post) = all.get_mut(event["id"].as_str().unwrap_or_default()) {
                post.there = false;
            }
        }
        _ => {}
    }
}

/// The mark that tells one notice from another, such as `[K12]`.
pub fn mark(text: &str) -> Option<&str> {
    let from = text.find("[K")?;
    let to = from + text[from..].find(']')?;
    Some(&text[from..=to])
}

/// Notices that were ever posted twice to one account, even if one of them is gone again.
pub fn doubles(all: &BTreeMap<String, Made>) -> Vec<String> {
    let mut times: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (id, m) in all {
        if let Some(mark) = mark(&m.text) {
            times.entry((&m.account, mark)).or_default().push(id);
        }
    }
    let twice = times.iter().filter(|(_, ids)| ids.len() > 1);
    twice.map(|((account, mark), ids)| format!("{mark} was posted to {account} as {}", ids.join(" and "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_double_is_seen_even_when_one_was_taken_away() {
        let mut all = BTreeMap::new();
        let post = |id: &str, account: &str| json!({"event": "posted", "post": {"id": id, "account": account, "text": "Notice [K7] one"}});
        apply(&mut all, &post("p1", "a"));
        apply(&mut all, &post("p2", "b"));
        assert!(doubles(&all).is_empty());
        apply(&mut all, &json!({"event": "removed", "id": "p1"}));
        apply(&mut all, &post("p3", "a"));
        assert_eq!(doubles(&all), ["[K7] was posted to a as p1 and p3"]);
        apply(&mut all, &json!({"event": "edited", "id": "p2", "text": "Notice [K7] two"}));
        assert!(all["p2"].text.contains("two") && !all["p1"].there);
        assert_eq!(mark("x [K12] y"), Some("[K12]"));
    }
}
