//! What is said to a platform: the text for this account, the pictures with their descriptions, and the recording with its
//! captions.
use super::delivery::Delivery;
use super::parts;
use crate::accounts;
use crate::posts::{self, Part, Target, Version};
use ground::db::Run;
use ground::{Ctx, Error, Result};

pub async fn post(cx: &Ctx, d: &Delivery) -> Result<connect::Post> {
    if d.is_answer() {
        let (text, lang) = (d.body.clone(), d.lang.clone());
        return Ok(connect::Post { text, lang, media: vec![], recording: None, reply_to: Some(d.reply_to.clone()) });
    }
    let version = posts::version(cx.db(), d.post_id, d.version).await?;
    if let Some(before) = parts::before(cx.db(), d).await? {
        let said = part(&version, d)?;
        let (text, lang) = (said.text(), said.lang().into());
        return Ok(connect::Post { text, lang, media: vec![], recording: None, reply_to: Some(before.remote_id) });
    }
    let target = target(&version, d);
    let mut media = vec![];
    for picture in &version.pictures {
        let bytes = cx.machine.storage.get(&picture.digest)?;
        media.push(connect::Media {
            bytes,
            mime: picture.mime.clone(),
            alt: posts::alt(picture),
            url: posts::lend(cx, picture.id)?,
            path: Some(cx.machine.storage.path_of(&picture.digest)?),
        });
    }
    let lang = if version.text_dz.trim().is_empty() { "en" } else { "dz" };
    Ok(connect::Post {
        text: posts::text_for(&version, &target),
        lang: lang.into(),
        media,
        recording: version.recording.as_ref().map(|r| recording(cx, r)).transpose()?,
        reply_to: None,
    })
}

fn part<'a>(version: &'a Version, d: &Delivery) -> Result<&'a Part> {
    let missing = || Error::fault(format!("version {} of post {} has no part {}", version.number, d.post_id, d.part));
    version.part(d.part).ok_or_else(missing)
}

fn target(version: &Version, d: &Delivery) -> Target {
    let there = version.targets.iter().find(|t| t.account == d.account_id).cloned();
    there.unwrap_or(Target { account: d.account_id, variant: String::new() })
}

fn recording(cx: &Ctx, r: &posts::Recording) -> Result<connect::Recording> {
    Ok(connect::Recording {
        path: cx.machine.storage.path_of(&r.digest)?,
        bytes: r.bytes.unsigned_abs(),
        mime: r.mime.clone(),
        seconds: r.seconds(),
        captions: posts::captions(r),
        url: posts::lend_recording(cx, r.id)?,
    })
}

/// The words alone that are for this account, as they are to be copied; on our own channels with all that follows.
pub async fn text(c: &impl Run, d: &Delivery) -> Result<String> {
    if d.is_answer() {
        return Ok(d.body.clone());
    }
    let version = posts::version(c, d.post_id, d.version).await?;
    let target = target(&version, d);
    Ok(match d.is_later_part() {
        true => part(&version, d)?.text(),
        false if accounts::is_ours(&d.platform) => version.whole_for(&target),
        false => posts::text_for(&version, &target),
    })
}

/// What our own site's search knows of it.
pub async fn words_of(c: &impl Run, d: &Delivery) -> Result<String> {
    let version = posts::version(c, d.post_id, d.version).await?;
    Ok(format!("{}\n{}", version.whole_en(), version.whole_dz()))
}
