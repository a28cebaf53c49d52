//! How wide and high a film is, and how long it plays, from the heads of its own parts. Players keep a film's place by them
//! while it loads. Nothing is decoded, and what is not said in the usual place is not known.
//!
//! Source: ISO/IEC 14496-12: boxes of a length and four letters; `mvhd` holds the duration, `tkhd` the picture of one track
//! and how it is turned.
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// How many boxes are looked at before it is given up.
const MOST_BOXES: usize = 1000;
/// Longer than a day is a mistake in the file.
const MOST_SECONDS: u64 = 86_400;

/// In pixels as it is shown, and whole seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    pub picture: Option<(u32, u32)>,
    pub seconds: Option<u64>,
}

impl Shape {
    /// Of an MP4. Reads a few hundred bytes, wherever in the file they are.
    pub fn of(path: &Path) -> Shape {
        let mut found = Shape::default();
        if let Ok(mut file) = File::open(path)
            && let Ok(end) = file.seek(SeekFrom::End(0))
        {
            let mut left = MOST_BOXES;
            let _ = look(&mut file, 0, end, &mut left, &mut found);
        }
        found
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, b| n.wrapping_shl(8) | u64::from(*b))
}

fn read<const N: usize>(file: &mut File, at: u64) -> Option<[u8; N]> {
    let mut out = [0; N];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut out).ok()?;
    Some(out)
}

/// Goes through the boxes of a stretch, and into the two that hold what is wanted. `None`: it cannot be read on.
fn look(file: &mut File, mut at: u64, end: u64, left: &mut usize, found: &mut Shape) -> Option<()> {
    while at.checked_add(8)? <= end {
        *left = left.checked_sub(1)?;
        let head: [u8; 8] = read(file, at)?;
        let (length, own) = match number(&head[..4]) {
            0 => (end - at, 8),
            1 => (number(&read::<8>(file, at.checked_add(8)?)?), 16),
            length => (length, 8),
        };
        let next = at.checked_add(length).filter(|next| length >= own && *next <= end)?;
        match &head[4..] {
            b"moov" | b"trak" => look(file, at + own, next, left, found)?,
            b"mvhd" => found.seconds = seconds(&read(file, at + own)?),
            b"tkhd" => found.picture = found.picture.or(picture(file, at + own)),
            _ => {}
        }
        at = next;
    }
    Some(())
}

fn seconds(body: &[u8; 32]) -> Option<u64> {
    let (scale, units) = match body[0] {
        0 => (number(&body[12..16]), number(&body[16..20])),
        1 => (number(&body[20..24]), number(&body[24..32])),
        _ => return None,
    };
    units.checked_div(scale).filter(|s| (1..=MOST_SECONDS).contains(s))
}

/// A track of sound has none.
fn picture(file: &mut File, at: u64) -> Option<(u32, u32)> {
    let version: [u8; 1] = read(file, at)?;
    let from = at + if version == [0] { 40 } else { 52 };
    // Nine numbers that turn and stretch, then width and height with sixteen bits behind the point.
    let body: [u8; 44] = read(file, from)?;
    let is_zero = |n: usize| number(&body[4 * n..4 * n + 4]) == 0;
    let side = |n: usize| u32::try_from(number(&body[4 * n..4 * n + 4]) >> 16).ok();
    let (width, height) = (side(9)?, side(10)?);
    let lies = is_zero(0) && is_zero(4) && !is_zero(1) && !is_zero(3);
    let shown = if lies { (height, width) } else { (width, height) };
    (width > 0 && height > 0).then_some(shown)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&length[..], name, body].concat()
    }

    fn track(width: u16, height: u16, lies: bool) -> Vec<u8> {
        let mut body = vec![0; 84];
        let one = |body: &mut Vec<u8>, n: usize| body[40 + 4 * n + 1] = 1;
        if lies {
            one(&mut body, 1);
            body[40 + 12..40 + 16].copy_from_slice(&[0xff, 0xff, 0, 0]);
        } else {
            one(&mut body, 0);
            one(&mut body, 4);
        }
        body[76..78].copy_from_slice(&width.to_be_bytes());
        body[80..82].copy_from_slice(&height.to_be_bytes());
        boxed(b"trak", &[boxed(b"tkhd", &body), boxed(b"mdia", &[0; 20])].concat())
    }

    /// A film of 12 seconds, with its heads behind everything else as cameras write them.
    pub(crate) fn film(width: u16, height: u16, lies: bool) -> Vec<u8> {
        let mut head = vec![0; 100];
        head[12..16].copy_from_slice(&600u32.to_be_bytes());
        head[16..20].copy_from_slice(&7500u32.to_be_bytes());
        let tracks = [track(0, 0, false), track(width, height, lies)].concat();
        let moov = boxed(b"moov", &[boxed(b"mvhd", &head), tracks].concat());
        [boxed(b"ftyp", b"mp42\0\0\0\0mp42isom"), boxed(b"mdat", &[7; 5000]), moov].concat()
    }

    fn of(bytes: &[u8]) -> Shape {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Shape::of(file.path())
    }

    #[test]
    fn a_film_tells_its_shape() {
        assert_eq!(of(&film(640, 360, false)), Shape { picture: Some((640, 360)), seconds: Some(12) });
        assert_eq!(of(&film(640, 360, true)).picture, Some((360, 640)), "it was filmed upright");
        assert_eq!(of(&film(0, 0, false)), Shape { picture: None, seconds: Some(12) });
    }

    #[test]
    fn what_is_no_film_tells_nothing_and_ends() {
        let whole = film(640, 360, false);
        for cut in (0..whole.len() - 1).step_by(37) {
            assert_eq!(of(&whole[..cut]).picture, None, "{cut}");
        }
        assert_eq!(of(b""), Shape::default());
        assert_eq!(of(&boxed(b"moov", b"").repeat(5000)), Shape::default());
        // Boxes within boxes, lengths of nothing, and one that would end beyond all numbers.
        let deep = (0..3000).fold(Vec::new(), |inner, _| boxed(b"moov", &inner));
        assert_eq!(of(&deep), Shape::default());
        assert_eq!(of(&[0, 0, 0, 4, b'm', b'o', b'o', b'v'].repeat(9)), Shape::default());
        let far = [&[0, 0, 0, 1][..], b"moov", &[0xff; 8]].concat();
        assert_eq!(of(&far), Shape::default());
        assert_eq!(Shape::of(Path::new("/nowhere")), Shape::default());
    }
}
