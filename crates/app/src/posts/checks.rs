//! What a platform will say of a text, before anybody asks it: counted as the platform counts.
use super::actions::MOST_TEXT;
use super::part::numbered;
use super::post::{Target, Version};
use super::recording;
use crate::accounts;
use connect::{Capabilities, Connector};
use ground::{Ctx, Result};
use std::sync::Arc;

/// The text that goes to one account: its own variant, else Dzongkha and English together.
pub fn text_for(version: &Version, target: &Target) -> String {
    if !target.variant.trim().is_empty() {
        return target.variant.clone();
    }
    let both = [version.text_dz.trim(), version.text_en.trim()];
    both.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The same, each part with its language.
pub fn parts_for(version: &Version, target: &Target) -> Vec<(&'static str, String)> {
    parts_of(&target.variant, &version.text_dz, &version.text_en)
}

pub fn parts_of(variant: &str, dz: &str, en: &str) -> Vec<(&'static str, String)> {
    let variant = variant.trim();
    let tibetan = variant.chars().any(|c| ('\u{F00}'..='\u{FFF}').contains(&c));
    let parts = match variant {
        "" => vec![("dz", dz.trim()), ("en", en.trim())],
        own => vec![(if tibetan { "dz" } else { "en" }, own)],
    };
    parts.into_iter().filter(|(_, t)| !t.is_empty()).map(|(lang, t)| (lang, t.to_owned())).collect()
}

/// Who knows what a platform says of posts. Where a connector publishes nothing, posts go out by hand and by other rules.
fn publisher(cx: &Ctx, platform: &str) -> Result<Option<Arc<dyn Connector>>> {
    Ok(accounts::connector_of(cx, platform)?.filter(|c| c.capabilities().publishes))
}

/// How long a text may be on a platform, and how it counts; nothing where any length is taken.
pub fn room(cx: &Ctx, platform: &str) -> Result<Option<(usize, connect::Count)>> {
    let connector = publisher(cx, platform)?;
    Ok(connector.map(|c| c.capabilities()).and_then(|c| c.text_limit.map(|limit| (limit, c.count))))
}

/// The same for an answer, which some platforms give less room: what they say of one longer than any that is written.
pub fn room_of_answers(cx: &Ctx, platform: &str) -> Result<Option<(usize, connect::Count)>> {
    let Some(connector) = publisher(cx, platform)? else { return Ok(None) };
    let longer = "x".repeat(MOST_TEXT + 1);
    let said = connector.problems(&answer(longer, "en"));
    let limit = said.into_iter().find(|p| p.code == "text-too-long").and_then(|p| p.limit);
    Ok(limit.map(|limit| (limit, connector.capabilities().count)))
}

/// Whether something of ours can follow a post there.
pub fn takes_answers(cx: &Ctx, platform: &str) -> Result<bool> {
    let refuses =
        |c: Arc<dyn Connector>| c.problems(&answer("x".into(), "en")).iter().any(|p| p.code == "reply-not-possible");
    Ok(!publisher(cx, platform)?.is_some_and(refuses))
}

/// What no post there is without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Must {
    Picture,
    PictureOrRecording,
    Recording,
}

impl Must {
    /// For the script that looks along while a post is written.
    pub fn code(self) -> &'static str {
        match self {
            Must::Picture => "picture",
            Must::PictureOrRecording => "media",
            Must::Recording => "recording",
        }
    }
    pub fn is_missing(self, pictures: bool, recording: bool) -> bool {
        match self {
            Must::Picture => !pictures,
            Must::PictureOrRecording => !pictures && !recording,
            Must::Recording => !recording,
        }
    }
    /// What is said where it is missing.
    pub fn word(self) -> &'static str {
        match self {
            Must::Picture => "posts-problem-no-picture",
            Must::PictureOrRecording => "posts-problem-no-media",
            Must::Recording => "posts-problem-recording-missing",
        }
    }
}

/// What no post is without on a platform; nothing where words alone are taken.
pub fn must_have(cx: &Ctx, platform: &str) -> Result<Option<Must>> {
    if platform == accounts::PODCAST {
        return Ok(Some(Must::Recording));
    }
    Ok(publisher(cx, platform)?.and_then(|c| must(&c.capabilities())))
}

fn must(can: &Capabilities) -> Option<Must> {
    match &can.recordings {
        Some(r) if r.needed => Some(Must::Recording),
        Some(_) if can.needs_media => Some(Must::PictureOrRecording),
        _ => can.needs_media.then_some(Must::Picture),
    }
}

/// An answer to something of ours that is not out yet.
fn answer(text: String, lang: &str) -> connect::Post {
    connect::Post { text, lang: lang.into(), reply_to: Some(String::new()), ..connect::Post::default() }
}

/// As people are told how large pictures and recordings are: rounded so that what does not fit never seems to.
const KB: usize = 1000;
const MB: usize = 1000 * KB;

/// Word key, limit, found; of pictures in kB, of recordings in MB. Our own site takes any text.
pub fn problems(cx: &Ctx, platform: &str, version: &Version, target: &Target) -> Result<Vec<(&'static str, i64, i64)>> {
    let missing = must_have(cx, platform)?
        .filter(|m| m.is_missing(!version.pictures.is_empty(), version.recording.is_some()))
        .map(|m| (m.word(), 0, 0));
    let Some(connector) = publisher(cx, platform)? else { return Ok(missing.into_iter().collect()) };
    let media = version.pictures.iter();
    let media =
        media.map(|p| connect::Media { bytes: vec![], mime: p.mime.clone(), alt: alt(p), url: None, path: None });
    let post = connect::Post {
        text: text_for(version, target),
        lang: "dz".into(),
        media: media.collect(),
        recording: version.recording.as_ref().map(|r| connect::Recording {
            path: std::path::PathBuf::new(),
            bytes: r.bytes.unsigned_abs(),
            mime: r.mime.clone(),
            seconds: r.seconds(),
            captions: recording::captions(r),
            url: None,
        }),
        reply_to: None,
    };
    let number = |n: Option<usize>| n.and_then(|n| i64::try_from(n).ok()).unwrap_or(0);
    let mut heavy = vec![];
    if let Some(most) = connector.capabilities().image_bytes {
        for picture in &version.pictures {
            let size = cx.machine.storage.size(&picture.digest)?;
            if size > most as u64 {
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                heavy.push(("posts-problem-bytes", number(Some(most / KB)), number(Some(size.div_ceil(KB)))));
            }
        }
    }
    let found = connector.problems(&post).into_iter().filter_map(|p| {
        let key = match p.code {
            "text-too-long" => "posts-problem-text",
            "media-too-many" => "posts-problem-media",
            "alt-too-long" => "posts-problem-alt",
            "link-missing" => "posts-problem-no-link",
            "links-too-many" => "posts-problem-links",
            "topic-not-possible" => "posts-problem-topic",
            "media-type" => "posts-problem-type",
            "recording-not-possible" => "posts-problem-recording-not",
            "recording-type" => "posts-problem-recording-type",
            "recording-too-large" => "posts-problem-recording-large",
            "recording-too-long" => "posts-problem-recording-long",
            "captions-too-long" => "posts-problem-recording-captions",
            "recording-alone" => "posts-problem-recording-alone",
            // An empty text is refused in its own words already; what is missing and a picture's bytes were looked at above.
            _ => return None,
        };
        let (limit, found) = if key == "posts-problem-recording-large" {
            (p.limit.map(|n| n / MB), p.found.map(|n| n.div_ceil(MB)))
        } else {
            (p.limit, p.found)
        };
        Some((key, number(limit), number(found)))
    });
    Ok(missing.into_iter().chain(found).chain(heavy).collect())
}

/// How a platform finds one of the texts that follow wanting.
#[derive(Debug, Clone, PartialEq)]
pub struct PartProblem {
    pub part: i64,
    pub key: &'static str,
    pub limit: i64,
    pub found: i64,
}

/// The same of what follows. That a platform takes no answers of ours is said once.
pub fn problems_of_parts(cx: &Ctx, platform: &str, version: &Version) -> Result<Vec<PartProblem>> {
    let Some(connector) = publisher(cx, platform)? else { return Ok(vec![]) };
    let number = |n: Option<usize>| n.and_then(|n| i64::try_from(n).ok()).unwrap_or(0);
    let mut all: Vec<PartProblem> = vec![];
    for (part, said) in numbered(&version.parts).filter(|(_, p)| !p.is_empty()) {
        for p in connector.problems(&answer(said.text(), said.lang())) {
            let key = match p.code {
                "text-too-long" => "posts-problem-part-text",
                "reply-not-possible" => "posts-problem-no-answer",
                _ => "posts-problem-part-other",
            };
            if key == "posts-problem-part-text" || all.iter().all(|known| known.key != key) {
                all.push(PartProblem { part, key, limit: number(p.limit), found: number(p.found) });
            }
        }
    }
    Ok(all)
}

/// The description that goes with a picture: Dzongkha and English, whichever are there.
pub fn alt(p: &super::post::Picture) -> String {
    let both = [p.alt_dz.trim(), p.alt_en.trim()];
    both.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" / ")
}
