//! A picture that waits with its post: Weibo takes it only together with the words. It is kept as a `data:` address.
use super::answer::rejected;
use crate::{Media, Verdict};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub(super) fn packed(media: &Media) -> String {
    format!("data:{};base64,{}", media.mime, STANDARD.encode(&media.bytes))
}

/// The media type and the bytes.
pub(super) fn unpacked(text: &str) -> Option<(&str, Vec<u8>)> {
    let (mime, bytes) = text.strip_prefix("data:")?.split_once(";base64,")?;
    Some((mime, STANDARD.decode(bytes).ok()?))
}

pub(super) fn lost() -> Verdict {
    rejected("refused", "The picture cannot be read any more.", Some("media"))
}

pub(super) fn name(mime: &str) -> String {
    let kind: String =
        mime.rsplit('/').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("picture.{kind}")
}
