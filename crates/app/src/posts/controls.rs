//! What the posts slice proves, and the check of what it stores.
use super::post::content_hash;
use super::store;
use ground::slice::{Control, Finding};
use ground::{Ctx, Result};

pub const ALL: &[Control] = &[
    Control {
        id: "posts-four-eyes",
        obligations: &["P6.2-CM1"],
        shown_by: "every released version has an approval row by another person, bound to its content hash",
    },
    Control {
        id: "posts-trail",
        obligations: &["P6.2-CM10", "P3-D6"],
        shown_by: "every version and decision is a row; the ledger holds the content hash of each",
    },
    Control {
        id: "posts-correction",
        obligations: &["P6.2-RM8"],
        shown_by: "a correction is a further version with a public note and an approval of its own",
    },
];

/// Every version still has the content its hash says, every picture still has the bytes its digest says.
pub async fn verify(cx: Ctx) -> Result<Vec<Finding>> {
    let mut found = vec![];
    let (mut post, mut version) = (0, 0);
    loop {
        let page = store::hashes_after(cx.db(), post, version, 500).await?;
        let Some(last) = page.last() else { break };
        let next = (last.0, last.1);
        for (id, number, hash) in &page {
            let stored = store::version(cx.db(), *id, *number).await?;
            let whole = store::find(cx.db(), *id).await?;
            // The time of release belongs to the post; older versions keep theirs in the hash only.
            let mut draft = super::post::Draft {
                text_en: stored.text_en.clone(),
                text_dz: stored.text_dz.clone(),
                targets: stored.targets.clone(),
                pictures: vec![],
                scheduled_at: stored.scheduled_at,
            };
            draft.targets.sort_by_key(|t| t.account);
            if content_hash(whole.agency, &draft, &stored.pictures, &stored.note) != *hash {
                found.push(Finding {
                    place: format!("post {id} version {number}"),
                    what: "its content is not what was hashed".into(),
                });
            }
        }
        (post, version) = next;
    }
    let mut media = 0;
    loop {
        let page = store::media_after(cx.db(), media, 500).await?;
        let Some(last) = page.last() else { break };
        media = last.id;
        for m in page.iter().filter(|m| !cx.machine.storage.intact(&m.digest)) {
            found.push(Finding { place: format!("picture {}", m.id), what: "its file is missing or changed".into() });
        }
    }
    Ok(found)
}
