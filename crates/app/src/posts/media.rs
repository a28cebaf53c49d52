//! Pictures: looked at before they are kept. What is stored is what we drew anew: nothing hidden in a file (place,
//! camera, thumbnails, other formats) comes through.
use super::facts::PictureAdded;
use super::store::{self, MediaRow};
use crate::ledger::Record;
use crate::people::roles::DRAFT_POSTS;
use ground::{Ctx, Error, FieldError, Result, Say};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// Larger in either direction is not even decoded.
const MOST_SIDE: u32 = 12_000;
/// Larger is drawn smaller.
const KEPT_SIDE: u32 = 2048;

pub struct Drawn {
    pub bytes: Vec<u8>,
    pub mime: &'static str,
    pub width: u32,
    pub height: u32,
}

fn not_a_picture() -> Error {
    Error::invalid(vec![FieldError::new("file", Say::new("posts-error-picture"))])
}

/// Width and height as the file says them, without drawing it.
pub fn size(bytes: &[u8]) -> Result<(u32, u32)> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| not_a_picture())?;
    reader.into_dimensions().map_err(|_| not_a_picture())
}

/// Reads JPEG, PNG or WebP with limits on its size and on memory, turns it upright, and draws it anew.
pub fn draw(bytes: &[u8]) -> Result<Drawn> {
    if bytes.len() > MOST_BYTES {
        return Err(Error::invalid(vec![FieldError::new("file", Say::new("posts-error-picture-large"))]));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| not_a_picture())?;
    let format = reader.format().ok_or_else(not_a_picture)?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MOST_SIDE), Some(MOST_SIDE));
    limits.max_alloc = Some(256 * 1024 * 1024);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| not_a_picture())?;
    let orientation = decoder.orientation().map_err(|_| not_a_picture())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| not_a_picture())?;
    picture.apply_orientation(orientation);
    if picture.width() > KEPT_SIDE || picture.height() > KEPT_SIDE {
        picture = picture.thumbnail(KEPT_SIDE, KEPT_SIDE);
    }
    let (width, height) = (picture.width(), picture.height());
    let mut out = Cursor::new(vec![]);
    let opaque = format == ImageFormat::Jpeg || !picture.color().has_alpha();
    let mime = if format == ImageFormat::Png || !opaque {
        picture.write_to(&mut out, ImageFormat::Png).map_err(Error::fault)?;
        "image/png"
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut out, 86);
        DynamicImage::ImageRgb8(picture.to_rgb8()).write_with_encoder(encoder).map_err(Error::fault)?;
        "image/jpeg"
    };
    Ok(Drawn { bytes: out.into_inner(), mime, width, height })
}

/// Keeps a picture for an agency's posts.
pub async fn add(cx: &Ctx, agency: i64, bytes: Vec<u8>, alt_en: &str, alt_dz: &str) -> Result<MediaRow> {
    if !cx.actor.may(DRAFT_POSTS, agency) {
        return Err(Error::not_allowed());
    }
    keep(cx, agency, bytes, alt_en, alt_dz).await
}

/// The same, for whoever has looked already at who may.
pub async fn keep(cx: &Ctx, agency: i64, bytes: Vec<u8>, alt_en: &str, alt_dz: &str) -> Result<MediaRow> {
    let mut wrong = vec![];
    for (field, alt) in [("alt_en", alt_en), ("alt_dz", alt_dz)] {
        if alt.chars().count() > 1500 {
            wrong.push(FieldError::new(field, Say::new("posts-error-alt-long")));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let storage = cx.machine.storage.clone();
    let work = move || {
        let drawn = draw(&bytes)?;
        let digest = storage.put(&drawn.bytes)?;
        Ok::<_, Error>((drawn, digest))
    };
    let (drawn, digest) = tokio::task::spawn_blocking(work).await.map_err(Error::fault)??;
    let row = MediaRow {
        id: cx.id(),
        agency_id: agency,
        digest,
        mime: drawn.mime.into(),
        width: drawn.width.into(),
        height: drawn.height.into(),
        bytes: i64::try_from(drawn.bytes.len()).unwrap_or(i64::MAX),
        alt_en: alt_en.trim().into(),
        alt_dz: alt_dz.trim().into(),
    };
    let tx = cx.begin("posts.add-picture").await?;
    store::insert_media(&tx, &row, cx.actor.person()?, cx.now()).await?;
    let fact = PictureAdded { media: row.id, agency, digest: row.digest.clone() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(row)
}

#[cfg(test)]
pub fn sample(width: u32, height: u32) -> Vec<u8> {
    let mut out = Cursor::new(vec![]);
    let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 120]));
    DynamicImage::ImageRgb8(picture).write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_drawn_anew_and_made_smaller() {
        let drawn = draw(&sample(3000, 1000)).unwrap();
        assert_eq!((drawn.width, drawn.mime), (2048, "image/png"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bytes in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"GIF89a",
            &sample(10, 10)[..40],
            &[0xff, 0xd8, 0xff],
        ] {
            assert_eq!(draw(bytes).err().unwrap().fields()[0].field, "file");
        }
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        // A PNG header that promises 60,000 × 60,000 pixels.
        let mut png = sample(1, 1);
        png[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        png[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        assert!(draw(&png).is_err());
    }
}
