//! What is said to a platform: the text for this account, the pictures with their descriptions, and the recording with its
//! captions.
use super::delivery::Delivery;
use crate::posts::{self, Target};
use ground::db::Run;
use ground::{Ctx, Result};

pub async fn post(cx: &Ctx, d: &Delivery) -> Result<connect::Post> {
    if d.is_answer() {
        let (text, lang) = (d.body.clone(), d.lang.clone());
        return Ok(connect::Post { text, lang, media: vec![], recording: None, reply_to: Some(d.reply_to.clone()) });
    }
    let version = posts::version(cx.db(), d.post_id, d.version).await?;
    let nothing = Target { account: d.account_id, variant: String::new() };
    let target = version.targets.iter().find(|t| t.account == d.account_id).unwrap_or(&nothing);
    let mut media = vec![];
    for picture in &version.pictures {
        let bytes = cx.machine.storage.get(&picture.digest)?;
        media.push(connect::Media {
            bytes,
            mime: picture.mime.clone(),
            alt: posts::alt(picture),
            url: posts::lend(cx, picture.id)?,
        });
    }
    let lang = if version.text_dz.trim().is_empty() { "en" } else { "dz" };
    Ok(connect::Post {
        text: posts::text_for(&version, target),
        lang: lang.into(),
        media,
        recording: version.recording.as_ref().map(|r| recording(cx, r)).transpose()?,
        reply_to: None,
    })
}

/// Captions are those with times; words alone have no place beside a film on any platform.
fn recording(cx: &Ctx, r: &posts::Recording) -> Result<connect::Recording> {
    let timed = [("dz", &r.said_dz), ("en", &r.said_en)].into_iter().filter(|(_, said)| posts::is_captions(said));
    Ok(connect::Recording {
        path: cx.machine.storage.path_of(&r.digest)?,
        bytes: r.bytes.unsigned_abs(),
        mime: r.mime.clone(),
        captions: timed.map(|(lang, said)| connect::Captions { lang: lang.into(), vtt: said.clone() }).collect(),
        url: posts::lend_recording(cx, r.id)?,
    })
}

/// The words alone that are for this account, as they are to be copied.
pub async fn text(c: &impl Run, d: &Delivery) -> Result<String> {
    if d.is_answer() {
        return Ok(d.body.clone());
    }
    let version = posts::version(c, d.post_id, d.version).await?;
    let nothing = Target { account: d.account_id, variant: String::new() };
    let target = version.targets.iter().find(|t| t.account == d.account_id).unwrap_or(&nothing);
    Ok(posts::text_for(&version, target))
}

/// What our own site's search knows of it.
pub async fn words_of(c: &impl Run, d: &Delivery) -> Result<String> {
    let version = posts::version(c, d.post_id, d.version).await?;
    Ok(format!("{}\n{}", version.text_en, version.text_dz))
}
