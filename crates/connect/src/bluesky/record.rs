//! A post as a record: its words, what in them is a link or a topic, its language, its pictures or its film, what it
//! answers.
use super::POST;
use super::at::time_of;
use super::film::EMBED;
use crate::Prepared;
use serde_json::{Value, json};

/// The record of a prepared post under a key. The same every time: its time is the key's. `None` where what was prepared
/// is not ours.
pub(super) fn of(prepared: &Prepared, key: &str) -> Option<Value> {
    let made = jiff::Timestamp::from_microsecond(time_of(key)?).ok()?;
    let mut record = json!({"$type": POST, "text": prepared.text, "createdAt": format!("{made:.3}")});
    let facets = facets(&prepared.text);
    if !facets.is_empty() {
        record["facets"] = Value::Array(facets);
    }
    if !prepared.lang.is_empty() {
        record["langs"] = json!([prepared.lang]);
    }
    if let Some(reply) = &prepared.reply_to {
        record["reply"] = serde_json::from_str(reply).ok()?;
    }
    if !prepared.media.is_empty() {
        let images: Option<Vec<Value>> = prepared.media.iter().map(|m| serde_json::from_str(m).ok()).collect();
        let mut all = images?;
        record["embed"] = match all.as_mut_slice() {
            [film] if film["$type"] == EMBED => film.take(),
            _ => json!({"$type": "app.bsky.embed.images", "images": all}),
        };
    }
    Some(record)
}

/// Links and topics in a text, by their place in bytes: without them this network shows a link as plain words.
fn facets(text: &str) -> Vec<Value> {
    let mut out = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let (start, link, _) = crate::count::split_link(word);
        let feature = if link.is_empty() {
            topic(word)
                .map(|(from, tag)| (from, tag.len() + 1, json!({"$type": "app.bsky.richtext.facet#tag", "tag": tag})))
        } else {
            Some((start.len(), link.len(), json!({"$type": "app.bsky.richtext.facet#link", "uri": link})))
        };
        if let Some((from, long, feature)) = feature {
            let index = json!({"byteStart": at + from, "byteEnd": at + from + long});
            out.push(json!({"index": index, "features": [feature]}));
        }
        at += word.len();
    }
    out
}

/// A word's topic without its `#`, and where the `#` stands. A number alone is none.
fn topic(word: &str) -> Option<(usize, &str)> {
    let from = word.len() - word.trim_start_matches(['(', '"', '“', '«']).len();
    let tag =
        word[from..].strip_prefix('#')?.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '_' || is_sign(c)));
    let worded = tag.chars().any(char::is_alphabetic) && !tag.starts_with('#');
    (worded && tag.chars().count() <= 64 && !tag.chars().any(char::is_whitespace)).then_some((from, tag))
}

/// Vowel signs and the dot between syllables of Tibetan script stand inside a word.
fn is_sign(c: char) -> bool {
    ('\u{0f71}'..='\u{0fbc}').contains(&c) || c == '\u{0f0b}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let of = |f: &Value| {
            let at = |name: &str| f["index"][name].as_u64().unwrap() as usize;
            text[at("byteStart")..at("byteEnd")].to_owned()
        };
        facets(text).iter().map(of).collect()
    }

    #[test]
    fn links_and_topics_are_found_where_they_stand() {
        assert_eq!(found("འབྲུག https://a.bt/x. (https://b.bt)"), ["https://a.bt/x", "https://b.bt"]);
        assert_eq!(found("See #roads, #2026 and (#བོད་སྐད)!"), ["#roads", "#བོད་སྐད"]);
        assert_eq!(found("C# a#b ##x # nothing"), [""; 0]);
        assert!(found("no links\nat all").is_empty());
    }

    #[test]
    fn a_record_is_the_same_every_time() {
        let prepared = Prepared { text: "Open".into(), lang: "dz".into(), ..Prepared::default() };
        let record = of(&prepared, "3jzfcijpj2z2a").unwrap();
        assert_eq!(record["createdAt"], "2023-06-30T15:03:01.887Z");
        assert_eq!(record["langs"], json!(["dz"]));
        assert_eq!(of(&prepared, "3jzfcijpj2z2a").unwrap(), record);
        assert!(of(&prepared, "p1").is_none());
        assert!(of(&Prepared { media: vec!["12".repeat(3) + "x"], ..prepared }, "3jzfcijpj2z2a").is_none());
    }
}
