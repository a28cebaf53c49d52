//! The log as files for machines (C2SP tlog-tiles): the checkpoint, tiles of hashes, bundles of entries, and proofs.
//! Nothing is stored twice: entries stand in the ledger, the root of each full tile beside it, the rest is made when it is
//! asked for. What was once served never changes, so caches may keep it for good.
use super::merkle::{self, Hash, TILE, leaf};
use super::note::b64;
use super::store::{self, LogState};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use ground::db::Run;
use ground::{Ctx, Error, Result};

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";
const FOREVER: &str = "public, max-age=31536000, immutable";
const NOW: &str = "no-cache";

/// Programs in browsers of other sites may check the log too.
const ANYBODY: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

fn file(kind: &'static str, caching: &'static str, body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching), ANYBODY], body).into_response()
}

/// The state of a log that has something to show.
pub async fn state(c: &impl Run) -> Result<LogState> {
    store::state(c).await?.filter(|s| !s.checkpoint.is_empty()).ok_or_else(Error::not_found)
}

pub async fn checkpoint(cx: Ctx) -> Result<Response> {
    Ok(file(TEXT, NOW, state(cx.db()).await?.checkpoint))
}

pub async fn vkey(cx: Ctx) -> Result<Response> {
    Ok(file(TEXT, NOW, format!("{}\n", state(cx.db()).await?.vkey)))
}

/// What `…/tile/` is asked for: hashes of a level or entries; which tile, how much of it.
#[derive(Debug, PartialEq)]
struct Asked {
    /// `None`: entries.
    level: Option<u32>,
    number: u64,
    width: u64,
}

impl Asked {
    /// Names have one way to be written; any other leads nowhere.
    fn read(path: &str) -> Option<Asked> {
        let (level, rest) = path.split_once('/')?;
        let level = if level == "entries" { None } else { Some(number(level).filter(|l| *l < 64)? as u32) };
        let (name, width) = match rest.split_once(".p/") {
            None => (rest, TILE),
            Some((name, width)) => (name, number(width).filter(|w| (1..TILE).contains(w))?),
        };
        let parts: Vec<&str> = name.split('/').collect();
        let (last, first) = parts.split_last()?;
        let mut n: u64 = 0;
        for part in first.iter().map(|p| p.strip_prefix('x')).chain([Some(*last)]) {
            let part = part.filter(|p| p.len() == 3 && p.bytes().all(|b| b.is_ascii_digit()))?;
            n = n.checked_mul(1000)?.checked_add(part.parse().ok()?)?;
        }
        (tile_name(n) == name).then_some(Asked { level, number: n, width })
    }

    /// Whether a tree of this size has so much of it.
    fn there(&self, size: u64) -> bool {
        let height = 8 * self.level.unwrap_or(0);
        let hashes = if height >= 64 { 0 } else { size >> height };
        self.number.checked_mul(TILE).and_then(|from| from.checked_add(self.width)).is_some_and(|to| to <= hashes)
    }
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n: &u64| n.to_string() == text)
}

/// 1234067 is `x001/x234/067`.
pub fn tile_name(n: u64) -> String {
    let (mut name, mut rest) = (format!("{:03}", n % 1000), n / 1000);
    while rest > 0 {
        name = format!("x{:03}/{name}", rest % 1000);
        rest /= 1000;
    }
    name
}

pub async fn tile(cx: Ctx) -> Result<Response> {
    let path = cx.path.split('?').next().and_then(|p| p.strip_prefix("/log/tile/")).unwrap_or_default();
    let asked = Asked::read(path).ok_or_else(Error::not_found)?;
    let size = state(cx.db()).await?.size.cast_unsigned();
    if !asked.there(size) {
        return Err(Error::not_found());
    }
    let from = asked.number * TILE;
    let body = match asked.level {
        Some(level) => hashes(cx.db(), level, from, from + asked.width).await?.concat(),
        None => bundle(&store::entries(cx.db(), from.cast_signed(), (from + asked.width).cast_signed()).await?)?,
    };
    Ok(file(BYTES, FOREVER, body))
}

/// Each entry behind its length in two bytes.
fn bundle(entries: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut all = vec![];
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(Error::fault)?;
        all.extend(length.to_be_bytes());
        all.extend(entry);
    }
    Ok(all)
}

/// Hashes of a level of tiles, by their places in it.
async fn hashes(c: &impl Run, level: u32, from: u64, to: u64) -> Result<Vec<Hash>> {
    let (a, b) = (from.cast_signed(), to.cast_signed());
    let all: Vec<Hash> = if level == 0 {
        store::entries(c, a, b).await?.iter().map(|entry| leaf(entry)).collect()
    } else {
        let roots = store::tile_roots(c, i64::from(level - 1), a, b).await?;
        let roots: Option<Vec<Hash>> = roots.into_iter().map(|r| r.try_into().ok()).collect();
        roots.ok_or_else(|| Error::fault("a tile's root is no hash"))?
    };
    if all.len() as u64 == to - from {
        Ok(all)
    } else {
        Err(Error::fault(format!("the log has a gap in {from}..{to}")))
    }
}

/// The hashes that prove the entry at `index` in a tree of `size`.
pub async fn proof(c: &impl Run, index: u64, size: u64) -> Result<Vec<Hash>> {
    let mut all = vec![];
    for (from, to) in merkle::proof_ranges(index, size) {
        let mut parts = vec![];
        for (level, number) in merkle::subtrees(from, to) {
            let width = 1 << (level % 8);
            let from = number * width;
            parts.push(merkle::complete(&hashes(c, level / 8, from, from + width).await?));
        }
        all.extend(parts.into_iter().rev().reduce(|right, left| merkle::node(&left, &right)));
    }
    Ok(all)
}

/// Everything one entry needs to be checked by somebody who holds the log's verifier key.
pub struct Proven {
    pub index: i64,
    pub entry: Vec<u8>,
    pub hashes: Vec<Hash>,
    pub state: LogState,
}

/// `None`: the log has no such entry (yet).
pub async fn proven(c: &impl Run, index: i64) -> Result<Option<Proven>> {
    let Some(state) = store::state(c).await? else { return Ok(None) };
    if index < 0 || index >= state.size {
        return Ok(None);
    }
    let entry = store::entries(c, index, index + 1).await?.pop().ok_or_else(|| Error::fault("the log has a gap"))?;
    let hashes = proof(c, index.cast_unsigned(), state.size.cast_unsigned()).await?;
    Ok(Some(Proven { index, entry, hashes, state }))
}

impl Proven {
    /// C2SP tlog-proof.
    pub fn text(&self) -> String {
        let hashes: String = self.hashes.iter().map(|h| format!("{}\n", b64(h))).collect();
        format!("c2sp.org/tlog-proof@v1\nindex {}\n{hashes}\n{}", self.index, self.state.checkpoint)
    }
}

pub async fn proof_file(cx: Ctx, ground::http::Piece(index): ground::http::Piece) -> Result<Response> {
    let index = number(&index).and_then(|n| i64::try_from(n).ok()).ok_or_else(Error::not_found)?;
    let proven = proven(cx.db(), index).await?.ok_or_else(Error::not_found)?;
    let name = (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{index}.tlog-proof\""));
    Ok(([name], file(TEXT, NOW, proven.text())).into_response())
}

/// One entry, as the log holds it.
pub async fn entry_file(cx: Ctx, ground::http::Piece(index): ground::http::Piece) -> Result<Response> {
    let index = number(&index).and_then(|n| i64::try_from(n).ok()).ok_or_else(Error::not_found)?;
    if index >= state(cx.db()).await?.size {
        return Err(Error::not_found());
    }
    let entry = store::entries(cx.db(), index, index + 1).await?.pop().ok_or_else(Error::not_found)?;
    Ok(file("application/json", FOREVER, entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_have_one_name_each() {
        assert_eq!(tile_name(1_234_067), "x001/x234/067");
        assert_eq!(tile_name(0), "000");
        let read = |p: &str| Asked::read(p).map(|a| (a.level, a.number, a.width));
        assert_eq!(read("0/x001/x234/067"), Some((Some(0), 1_234_067, 256)));
        assert_eq!(read("entries/005.p/17"), Some((None, 5, 17)));
        assert_eq!(read("63/000.p/255"), Some((Some(63), 0, 255)));
        for bad in [
            "",
            "0",
            "0/",
            "0/5",
            "0/0005",
            "00/005",
            "64/005",
            "-1/005",
            "0/x000/005",
            "0/001/x005",
            "0/x1/005",
            "0/005.p/0",
            "0/005.p/256",
            "0/005.p/01",
            "0/005.p/",
            "0/+05",
            "entry/005",
            "0/005/",
            "0/x005",
            "0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_the_specification_counts() {
        let there = |level, number, width| Asked { level: Some(level), number, width }.there(70_000);
        assert!(there(0, 272, 256) && there(0, 273, 112) && !there(0, 273, 113));
        assert!(there(1, 0, 256) && there(1, 1, 17) && !there(1, 1, 18));
        assert!(there(2, 0, 1) && !there(2, 0, 2) && !there(3, 0, 1) && !there(63, 0, 1));
        assert!(Asked { level: None, number: 273, width: 112 }.there(70_000));
        assert!(!Asked { level: None, number: u64::MAX, width: 1 }.there(70_000));
    }
}
