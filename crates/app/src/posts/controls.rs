//! What the posts slice proves, and the check of what it stores.
use super::facts::{PictureAdded, PostDrafted, RecordingAdded};
use super::post::content_hash;
use super::{recording, store};
use crate::ledger::{self, FactRow, Wanted};
use ground::facts::Fact;
use ground::slice::{Control, Criterion, Finding};
use ground::{Ctx, Result};

pub const ALL: &[Control] = &[
    Control {
        id: "posts-four-eyes",
        obligations: &["P6.2-CM1"],
        shown_by: "every released version has an approval row by another person, bound to its content hash",
        page: "/posts",
        criterion: Criterion::Built,
    },
    Control {
        id: "posts-trail",
        obligations: &["P6.2-CM10", "P3-D6"],
        shown_by: "every version and decision is a row; the ledger holds the content hash of each",
        page: "/posts",
        criterion: Criterion::Built,
    },
    Control {
        id: "posts-correction",
        obligations: &["P6.2-RM8"],
        shown_by: "a correction is a further version with a public note and an approval of its own",
        page: "/posts",
        criterion: Criterion::Built,
    },
];

/// Every version still has the content its hash says and is the one the ledger was told of, every picture and recording
/// still has the bytes its digest says; and what the ledger was told of is there.
pub async fn verify(cx: Ctx) -> Result<Vec<Finding>> {
    let mut found = versions(&cx).await?;
    found.extend(pictures(&cx).await?);
    found.extend(recordings(&cx).await?);
    found.extend(told(&cx).await?);
    Ok(found)
}

fn finding(place: String, what: &str) -> Finding {
    Finding { place, what: what.into() }
}

/// The facts of a kind about one subject.
async fn facts<F: Fact>(cx: &Ctx, subject: String) -> Result<Vec<(FactRow, F)>> {
    let wanted = Wanted { kind: Some(F::KIND.into()), subject: Some(subject), most: 10_000, ..Wanted::default() };
    let rows = ledger::facts(cx.db(), &wanted).await?;
    Ok(rows.into_iter().filter_map(|row| serde_json::from_str(&row.body).ok().map(|fact| (row, fact))).collect())
}

async fn versions(cx: &Ctx) -> Result<Vec<Finding>> {
    let mut found = vec![];
    let (mut post, mut version) = (0, 0);
    loop {
        let page = store::hashes_after(cx.db(), post, version, 500).await?;
        let Some(last) = page.last() else { return Ok(found) };
        let next = (last.0, last.1);
        for (id, number, hash) in &page {
            let place = || format!("post {id} version {number}");
            let stored = store::version(cx.db(), *id, *number).await?;
            let whole = store::find(cx.db(), *id).await?;
            // The time of release belongs to the post; older versions keep theirs in the hash only.
            let mut draft = super::post::Draft {
                text_en: stored.text_en.clone(),
                text_dz: stored.text_dz.clone(),
                parts: stored.parts.clone(),
                targets: stored.targets.clone(),
                pictures: vec![],
                recording: None,
                scheduled_at: stored.scheduled_at,
            };
            draft.targets.sort_by_key(|t| t.account);
            if content_hash(whole.agency, &draft, &stored.pictures, stored.recording.as_ref(), &stored.note) != *hash {
                found.push(finding(place(), "its content is not what was hashed"));
            }
            if !store::parts::written_as_said(cx.db(), *id, &stored).await? {
                found.push(finding(place(), "what our own channels show of it is not what it says"));
            }
            let drafted = facts::<PostDrafted>(cx, format!("post:{id}")).await?;
            let known = drafted.iter().any(|(row, f)| {
                f.version == *number
                    && f.content_hash == *hash
                    && f.written_at == stored.at
                    && (row.actor == format!("person:{}", stored.author)
                        || (row.actor == "system" && f.author == Some(stored.author)))
            });
            if !known {
                found.push(finding(place(), "is not the version the ledger was told of"));
            }
        }
        (post, version) = next;
    }
}

async fn pictures(cx: &Ctx) -> Result<Vec<Finding>> {
    let (mut found, mut media) = (vec![], 0);
    loop {
        let page = store::media_after(cx.db(), media, 500).await?;
        let Some(last) = page.last() else { return Ok(found) };
        media = last.id;
        for m in &page {
            if !cx.machine.storage.intact(&m.digest) {
                found.push(finding(format!("picture {}", m.id), "its file is missing or changed"));
            }
            let added = facts::<PictureAdded>(cx, format!("media:{}", m.id)).await?;
            if !added.iter().any(|(_, f)| f.digest == m.digest && f.agency == m.agency_id) {
                found.push(finding(format!("picture {}", m.id), "is not the one the ledger was told of"));
            }
        }
    }
}

async fn recordings(cx: &Ctx) -> Result<Vec<Finding>> {
    let (mut found, mut last_seen) = (vec![], 0);
    loop {
        let page = recording::store::after(cx.db(), last_seen, 500).await?;
        let Some(last) = page.last() else { return Ok(found) };
        last_seen = last.id;
        for r in &page {
            let (storage, digest) = (cx.machine.storage.clone(), r.digest.clone());
            let whole = tokio::task::spawn_blocking(move || storage.intact(&digest)).await.unwrap_or(false);
            if !whole {
                found.push(finding(format!("recording {}", r.id), "its file is missing or changed"));
            }
            let added = facts::<RecordingAdded>(cx, format!("recording:{}", r.id)).await?;
            if !added.iter().any(|(_, f)| f.digest == r.digest && f.agency == r.agency_id) {
                found.push(finding(format!("recording {}", r.id), "is not the one the ledger was told of"));
            }
        }
    }
}

/// From the ledger to the tables: a version, a picture or a recording whose fact stands is missed.
async fn told(cx: &Ctx) -> Result<Vec<Finding>> {
    let mut found = vec![];
    for kind in [PostDrafted::KIND, PictureAdded::KIND, RecordingAdded::KIND] {
        let mut wanted = Wanted { kind: Some(kind.into()), most: 500, ..Wanted::default() };
        loop {
            let page = ledger::facts(cx.db(), &wanted).await?;
            let Some(last) = page.last() else { break };
            wanted.before = Some(last.id);
            for row in &page {
                let there = if let Ok(f) = serde_json::from_str::<PostDrafted>(&row.body) {
                    store::version(cx.db(), f.post, f.version).await.is_ok()
                } else if let Ok(f) = serde_json::from_str::<PictureAdded>(&row.body) {
                    store::media(cx.db(), f.media).await.is_ok()
                } else if let Ok(f) = serde_json::from_str::<RecordingAdded>(&row.body) {
                    recording::store::find(cx.db(), f.recording).await.is_ok()
                } else {
                    false
                };
                if !there {
                    found.push(finding(format!("fact {}", row.id), "tells of something that is not there"));
                }
            }
        }
    }
    Ok(found)
}
