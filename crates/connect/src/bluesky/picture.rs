//! Pictures: brought to the server before the post that shows them.
use super::Bluesky;
use crate::{Access, Media, Verdict};
use serde_json::{Value, json};

impl Bluesky {
    /// Brings a picture to the server, where it waits for a record that names it.
    pub(super) async fn upload(&self, access: &Access, media: &Media) -> Result<Value, Verdict> {
        let blob = self.blob(access, &media.mime, media.bytes.clone(), "media").await?;
        let mut image = json!({"alt": media.alt, "image": blob});
        if let Some((width, height)) = size(&media.bytes) {
            image["aspectRatio"] = json!({"width": width, "height": height});
        }
        Ok(image)
    }
}

/// Width and height of a PNG or JPEG, from its own words; apps keep the place of a picture by them while it loads.
fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize, long: usize| {
        let part = bytes.get(at..at + long)?;
        Some(part.iter().fold(0u32, |n, b| (n << 8) | u32::from(*b)))
    };
    let both = |width: u32, height: u32| (width > 0 && height > 0).then_some((width, height));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return both(number(16, 4)?, number(20, 4)?);
    }
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut at = 2;
    // Segments follow each other by their lengths until the one that begins the frame.
    while bytes.get(at) == Some(&0xff) {
        let kind = *bytes.get(at + 1)?;
        if (0xc0..=0xcf).contains(&kind) && !matches!(kind, 0xc4 | 0xc8 | 0xcc) {
            return both(number(at + 7, 2)?, number(at + 5, 2)?);
        }
        at += 2 + number(at + 2, 2)? as usize;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_pictures() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 2, 128, 0, 0, 1, 224]);
        assert_eq!(size(&png), Some((640, 480)));
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc2, 0, 11, 8, 1, 224, 2, 128, 3];
        assert_eq!(size(&jpeg), Some((640, 480)));
        for cut in 0..jpeg.len() - 1 {
            assert!(size(&jpeg[..cut]).is_none());
        }
        assert_eq!(size(b"RIFF"), None);
        assert_eq!(size(&[0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0, 0, 0]), None);
    }
}
