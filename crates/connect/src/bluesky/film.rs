//! Films: brought to the server as pictures are, whole and in one call, with what is said in them beside. The network makes
//! what people see of a film only once it has seen the post, so at first its place is empty for a moment.
//!
//! Source: `app.bsky.embed.video` in the lexicons, and the protocol's guide to video, "simple method".
use super::Bluesky;
use super::calls::refused;
use crate::{Access, Problem, Recording, Verdict};
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

/// What a record with a film in it is known by.
pub(super) const EMBED: &str = "app.bsky.embed.video";
pub(super) const FILM: &str = "video/mp4";
/// The smallest limit that the lexicon had since films were made larger; a server of one's own may take less, and says so.
pub(super) const LARGEST: u64 = 100_000_000;
/// The lexicon's limit on the captions in one language, in bytes.
const CAPTIONS: usize = 20_000;
/// The lexicon's limits on a description.
const ALT: usize = 1000;
const ALT_BYTES: usize = 10_000;

/// Captions that the lexicon does not take, which [`crate::problems`] knows nothing of.
pub(super) fn problem(recording: &Recording) -> Option<Problem> {
    let longest = recording.captions.iter().map(|c| c.vtt.len()).max().filter(|n| *n > CAPTIONS)?;
    Some(Problem { code: "captions-too-long", limit: Some(CAPTIONS), found: Some(longest) })
}

impl Bluesky {
    /// Brings a film and its captions to the server, where they wait for a record that names them.
    pub(super) async fn film(&self, access: &Access, film: &Recording) -> Result<Value, Verdict> {
        let field = "recording";
        if problem(film).is_some() {
            let human = format!("Captions may have {CAPTIONS} bytes in each language on this platform.");
            return Err(Verdict::Rejected {
                code: "captions-too-long".to_owned(),
                human,
                field: Some(field.to_owned()),
            });
        }
        let shape = film.shape().await;
        let blob = self.blob(access, &film.mime, film.whole(LARGEST).await?, field).await?;
        // The server looks at the bytes itself: what it takes for something else would be refused in the record.
        if blob["mimeType"] != FILM {
            let taken = blob["mimeType"].as_str().unwrap_or_default();
            let human = format!("The server takes this film for {taken}; posts may show {FILM} only.");
            return Err(refused("recording-type", &human));
        }
        let mut embed = json!({"$type": EMBED, "video": blob});
        if let Some((width, height)) = shape.picture {
            embed["aspectRatio"] = json!({"width": width, "height": height});
        }
        let mut captions = Vec::new();
        for one in &film.captions {
            let file = self.blob(access, "text/vtt", one.vtt.clone().into_bytes(), field).await?;
            captions.push(json!({"lang": one.lang, "file": file}));
        }
        if !captions.is_empty() {
            embed["captions"] = Value::Array(captions);
            embed["alt"] = json!(told(film));
        }
        Ok(embed)
    }
}

/// What is said, for people who can neither see nor hear the film, as far as a description may be long.
fn told(film: &Recording) -> String {
    let all: Vec<String> = film.captions.iter().map(crate::Captions::words).collect();
    let all = all.join("\n\n");
    if all.len() <= ALT_BYTES && all.graphemes(true).count() <= ALT {
        return all;
    }
    let room = ALT_BYTES - '…'.len_utf8();
    let ends = all.grapheme_indices(true).map(|(at, one)| at + one.len());
    let end = ends.take(ALT - 1).take_while(|end| *end <= room).last().unwrap_or_default();
    format!("{}…", &all[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Captions;

    fn film(said: &[&str]) -> Recording {
        let captions = said
            .iter()
            .map(|words| Captions { lang: "dz".into(), vtt: format!("WEBVTT\n\n00:00.000 --> 00:02.000\n{words}\n") });
        Recording {
            path: "x".into(),
            bytes: 1,
            mime: FILM.into(),
            seconds: None,
            captions: captions.collect(),
            url: None,
        }
    }

    #[test]
    fn what_is_said_is_told_as_far_as_there_is_room() {
        assert_eq!(told(&film(&["ཟམ་ཁ་ཕྱེ་ཡི།", "Open"])), "ཟམ་ཁ་ཕྱེ་ཡི།\n\nOpen");
        let long = told(&film(&["a".repeat(5000).as_str()]));
        assert_eq!((long.graphemes(true).count(), long.ends_with("a…")), (ALT, true));
        // Stacked letters: few of them as people see them, many bytes.
        let stacked = told(&film(&["སྒྲུ".repeat(990).as_str()]));
        assert!(stacked.len() <= ALT_BYTES && stacked.len() > ALT_BYTES - 20 && stacked.ends_with("སྒྲུ…"), "{stacked}");
    }

    #[test]
    fn captions_have_a_limit_of_their_own() {
        assert_eq!(problem(&film(&["Open"])), None);
        let long = problem(&film(&["Open", "a".repeat(20_000).as_str()])).unwrap();
        assert_eq!((long.code, long.limit, long.found.unwrap() > 20_000), ("captions-too-long", Some(20_000), true));
    }
}
