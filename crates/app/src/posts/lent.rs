//! Pictures and recordings lent to platforms that take no bytes but come and get them: under an address that nobody guesses,
//! for an hour.
use ground::clock::{HOUR, SECOND};
use ground::crypto::{Masters, hex, same};
use ground::{Ctx, Result};

/// Long enough for a platform that is slow to come, short enough that an address that got about leads nowhere.
const LENT_FOR: i64 = HOUR;

const PICTURE: (&str, &str) = ("picture", "media");
const RECORDING: (&str, &str) = ("recording", "recordings");

fn mark(cx: &Ctx, what: (&str, &str), id: i64, until: i64) -> Result<String> {
    let (_, vault) = cx.machine.part::<Masters>()?.newest()?;
    Ok(hex(&vault.derived(&format!("lent {} {id} until {until}", what.0))[..20]))
}

fn reachable(cx: &Ctx) -> bool {
    cx.machine.base_url().starts_with("https://")
}

/// The address of a picture for a platform; none where no platform could reach this program.
pub fn lend(cx: &Ctx, media: i64) -> Result<Option<String>> {
    Ok(if reachable(cx) { Some(cx.url(&path(cx, media)?)) } else { None })
}

/// The same for a film or sound recording.
pub fn lend_recording(cx: &Ctx, id: i64) -> Result<Option<String>> {
    Ok(if reachable(cx) { Some(cx.url(&recording_path(cx, id)?)) } else { None })
}

pub fn path(cx: &Ctx, media: i64) -> Result<String> {
    way(cx, PICTURE, media)
}

pub fn recording_path(cx: &Ctx, id: i64) -> Result<String> {
    way(cx, RECORDING, id)
}

fn way(cx: &Ctx, what: (&str, &str), id: i64) -> Result<String> {
    let until = (cx.now() + LENT_FOR) / SECOND;
    Ok(format!("/{}/{id}/lent/{until}-{}", what.1, mark(cx, what, id, until)?))
}

/// Whether this is what an address lent now ends in.
pub fn is_lent(cx: &Ctx, media: i64, end: &str) -> Result<bool> {
    good(cx, PICTURE, media, end)
}

pub fn is_lent_recording(cx: &Ctx, id: i64, end: &str) -> Result<bool> {
    good(cx, RECORDING, id, end)
}

fn good(cx: &Ctx, what: (&str, &str), id: i64, end: &str) -> Result<bool> {
    let Some((until, given)) = end.split_once('-') else { return Ok(false) };
    let Ok(until) = until.parse::<i64>() else { return Ok(false) };
    Ok(cx.now() / SECOND < until && same(mark(cx, what, id, until)?.as_bytes(), given.as_bytes()))
}
