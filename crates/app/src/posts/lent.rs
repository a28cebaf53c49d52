//! Pictures lent to platforms that take no bytes but come and get them: under an address that nobody guesses, for an hour.
use ground::clock::{HOUR, SECOND};
use ground::crypto::{Masters, hex, same};
use ground::{Ctx, Result};

/// Long enough for a platform that is slow to come, short enough that an address that got about leads nowhere.
const LENT_FOR: i64 = HOUR;

fn mark(cx: &Ctx, media: i64, until: i64) -> Result<String> {
    let (_, vault) = cx.machine.part::<Masters>()?.newest()?;
    Ok(hex(&vault.derived(&format!("lent picture {media} until {until}"))[..20]))
}

/// The address of a picture for a platform; none where no platform could reach this program.
pub fn lend(cx: &Ctx, media: i64) -> Result<Option<String>> {
    if !cx.machine.base_url().starts_with("https://") {
        return Ok(None);
    }
    Ok(Some(cx.url(&path(cx, media)?)))
}

pub fn path(cx: &Ctx, media: i64) -> Result<String> {
    let until = (cx.now() + LENT_FOR) / SECOND;
    Ok(format!("/media/{media}/lent/{until}-{}", mark(cx, media, until)?))
}

/// Whether this is what an address lent now ends in.
pub fn is_lent(cx: &Ctx, media: i64, end: &str) -> Result<bool> {
    let Some((until, given)) = end.split_once('-') else { return Ok(false) };
    let Ok(until) = until.parse::<i64>() else { return Ok(false) };
    Ok(cx.now() / SECOND < until && same(mark(cx, media, until)?.as_bytes(), given.as_bytes()))
}
