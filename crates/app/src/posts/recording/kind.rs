//! What kind of film or sound recording a file is, by its own first bytes and never by its name. Nothing in it is decoded:
//! only the outermost parts of the container are looked at, with limits on how many.
//!
//! MP4 is ISO/IEC 14496-12 (boxes: length, four letters), WebM the EBML of RFC 8794 with the document type `webm`, MP3 frames
//! ISO/IEC 11172-3 behind an ID3 tag or without one, Ogg RFC 3533 with Opus or Vorbis, WAV the RIFF of Microsoft.
use std::io::{Read, Seek, SeekFrom};

/// How many boxes are looked at before it is given up: a file made of headers only is no film.
const MOST_BOXES: usize = 2000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// `video/mp4`, `audio/mpeg` …
    pub mime: &'static str,
    /// How long it plays, in milliseconds, where the file says so in a place that is easily read.
    pub duration_ms: Option<i64>,
}

impl Kind {
    fn of(mime: &'static str) -> Kind {
        Kind { mime, duration_ms: None }
    }
}

/// What a browser saves such a file as.
pub fn ending(mime: &str) -> &'static str {
    match mime {
        "video/mp4" => "mp4",
        "audio/mp4" => "m4a",
        "video/webm" => "webm",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/wav" => "wav",
        _ => "bin",
    }
}

/// `None` for whatever is none of these. `head` are the first bytes of the file.
pub fn recognise<F: Read + Seek>(head: &[u8], file: &mut F) -> Option<Kind> {
    match head {
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => mp4(head, file),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => webm(head).then(|| Kind::of("video/webm")),
        [b'O', b'g', b'g', b'S', 0, ..] => ogg(head).then(|| Kind::of("audio/ogg")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => wav(head),
        [b'I', b'D', b'3', ..] => {
            let tag = id3(head)?;
            let mut frame = vec![0; 4];
            file.seek(SeekFrom::Start(tag)).ok()?;
            file.read_exact(&mut frame).ok()?;
            mpeg_frame(&frame).map(|_| Kind::of("audio/mpeg"))
        }
        // Two frames in a row: one alone is found by chance in anything.
        _ => {
            let length = mpeg_frame(head)?;
            mpeg_frame(head.get(length..)?).map(|_| Kind::of("audio/mpeg"))
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, b| n.wrapping_shl(8) | u64::from(*b))
}

fn part(bytes: &[u8], from: usize, length: usize) -> Option<&[u8]> {
    bytes.get(from..from.checked_add(length)?)
}

/// Brands of files that browsers play. QuickTime's own and those of pictures are none of them.
const BRANDS: [&[u8; 4]; 14] = [
    b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"M4VP", b"M4A ",
    b"M4B ", b"MSNV",
];

fn mp4<F: Read + Seek>(head: &[u8], file: &mut F) -> Option<Kind> {
    let length = usize::try_from(number(part(head, 0, 4)?)).ok()?.min(head.len());
    let major = part(head, 8, 4)?;
    if [&b"avif"[..], b"avis", b"heic", b"heix", b"mif1", b"msf1", b"crx "].contains(&major) {
        return None;
    }
    let others = head.get(16..length).unwrap_or_default();
    let known = |brand: &[u8]| BRANDS.iter().any(|b| *b == brand);
    if !(known(major) || others.chunks_exact(4).any(known)) {
        return None;
    }
    let mut found = Found::default();
    let end = file.seek(SeekFrom::End(0)).ok()?;
    look(file, 0, end, 0, &mut found)?;
    // One that says nothing of what is in it is a stretch of a film and plays nowhere by itself.
    let mime = match (found.film, found.sound) {
        (true, _) => "video/mp4",
        (false, true) => "audio/mp4",
        (false, false) => return None,
    };
    Some(Kind { mime, duration_ms: found.duration_ms })
}

#[derive(Default)]
struct Found {
    boxes: usize,
    film: bool,
    sound: bool,
    duration_ms: Option<i64>,
}

/// Goes through the boxes of a stretch, and into those that lead to what is wanted.
fn look<F: Read + Seek>(file: &mut F, mut at: u64, end: u64, depth: u8, found: &mut Found) -> Option<()> {
    while at.checked_add(8)? <= end {
        found.boxes += 1;
        if found.boxes > MOST_BOXES {
            return None;
        }
        let mut head = [0; 16];
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(head.get_mut(..8)?).ok()?;
        let name: [u8; 4] = part(&head, 4, 4)?.try_into().ok()?;
        let (length, own) = match number(part(&head, 0, 4)?) {
            0 => (end - at, 8),
            1 => {
                file.read_exact(head.get_mut(8..)?).ok()?;
                (number(part(&head, 8, 8)?), 16)
            }
            length => (length, 8),
        };
        let next = at.checked_add(length).filter(|next| length >= own && *next <= end);
        match (&name, depth) {
            (b"moov", 0) | (b"trak", 1) | (b"mdia", 2) => look(file, at + own, next?, depth + 1, found)?,
            (b"mvhd", 1) => found.duration_ms = duration(file, at + own),
            (b"hdlr", 3) => {
                let mut body = [0; 12];
                file.seek(SeekFrom::Start(at + own)).ok()?;
                file.read_exact(&mut body).ok()?;
                found.film |= body.ends_with(b"vide");
                found.sound |= body.ends_with(b"soun");
            }
            _ => {}
        }
        // A last box that is cut short ends the search; what was found before it stands.
        let Some(next) = next else { return Some(()) };
        at = next;
    }
    Some(())
}

/// Of the header of a film: how many units a second has, and how many it is long.
fn duration<F: Read + Seek>(file: &mut F, at: u64) -> Option<i64> {
    let mut body = [0; 32];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut body).ok()?;
    let (scale, units) = match body.first()? {
        0 => (number(part(&body, 12, 4)?), number(part(&body, 16, 4)?)),
        1 => (number(part(&body, 20, 4)?), number(part(&body, 24, 8)?)),
        _ => return None,
    };
    if units == 0 || scale == 0 || units == u64::from(u32::MAX) {
        return None;
    }
    sane(i64::try_from(u128::from(units) * 1000 / u128::from(scale)).ok()?)
}

/// Longer than a day is a mistake in the file.
fn sane(ms: i64) -> Option<i64> {
    (1..=24 * 3_600_000).contains(&ms).then_some(ms)
}

/// The document type stands within the first header: id 0x4282, its length, its letters.
fn webm(head: &[u8]) -> bool {
    let first = head.get(..256.min(head.len())).unwrap_or_default();
    first.windows(7).any(|w| w == [0x42, 0x82, 0x84, b'w', b'e', b'b', b'm'])
}

/// The first packet, behind the list of lengths of the first page, names what it is.
fn ogg(head: &[u8]) -> bool {
    let lengths = head.get(26).map_or(0, |n| usize::from(*n));
    let packet = head.get(27 + lengths..).unwrap_or_default();
    packet.starts_with(b"OpusHead") || packet.starts_with(b"\x01vorbis")
}

fn wav(head: &[u8]) -> Option<Kind> {
    let little = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
    let (mut at, mut rate) = (12, None);
    for _ in 0..20 {
        let Some(header) = part(head, at, 8) else { break };
        let length = little(part(header, 4, 4)?);
        match part(header, 0, 4)? {
            b"fmt " => rate = Some(little(part(head, at + 16, 4)?)).filter(|rate| *rate > 0),
            b"data" => {
                let ms = i64::try_from(u128::from(length) * 1000 / u128::from(rate?)).ok()?;
                return Some(Kind { mime: "audio/wav", duration_ms: sane(ms) });
            }
            _ => {}
        }
        at = at.checked_add(8 + usize::try_from(length + length % 2).ok()?)?;
    }
    // The sound lies behind more than we looked at; a format must have been named.
    rate.map(|_| Kind::of("audio/wav"))
}

/// Where the sound begins behind an ID3 tag: its length has seven bits in each byte.
fn id3(head: &[u8]) -> Option<u64> {
    let length = part(head, 6, 4)?;
    if length.iter().any(|b| *b > 0x7f) {
        return None;
    }
    let foot = if head.get(5)? & 0x10 != 0 { 10 } else { 0 };
    Some(10 + foot + length.iter().fold(0, |n, b| n << 7 | u64::from(*b)))
}

/// How long a frame of MPEG layer III is, if one begins here.
fn mpeg_frame(bytes: &[u8]) -> Option<usize> {
    const V1: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const V2: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let [first, second, third, _] = bytes.get(..4)? else { return None };
    if *first != 0xff || second & 0xe0 != 0xe0 || second & 0x06 != 0x02 {
        return None;
    }
    let (version, rate) = (second >> 3 & 3, usize::from(third >> 4));
    let hertz = match third >> 2 & 3 {
        0 => 44_100,
        1 => 48_000,
        2 => 32_000,
        _ => return None,
    };
    let (kilobits, hertz, samples) = match version {
        3 => (*V1.get(rate)?, hertz, 144),
        2 => (*V2.get(rate)?, hertz / 2, 72),
        0 => (*V2.get(rate)?, hertz / 4, 72),
        _ => return None,
    };
    (kilobits > 0).then(|| samples * kilobits * 1000 / hertz + usize::from(third >> 1 & 1))
}

#[cfg(test)]
#[path = "kind_tests.rs"]
mod tests;
