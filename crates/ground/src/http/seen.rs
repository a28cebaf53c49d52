//! A page that the reader has already is not sent again: a tag made of its bytes, compared with what the browser kept.
//! The tag is a weak one, because the same page may travel packed or not.
use super::Seen;
use crate::Ctx;
use crate::ctx::Who;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A page for everybody, tagged. What is made for somebody signed in is neither tagged nor kept.
pub fn html_unless_seen(cx: &Ctx, seen: &Seen, text: String) -> Response {
    unless_seen(cx, seen, HeaderValue::from_static("text/html; charset=utf-8"), text)
}

/// The same for any kind of text.
pub fn unless_seen(cx: &Ctx, seen: &Seen, kind: HeaderValue, text: String) -> Response {
    if cx.actor.who != Who::Nobody {
        return ([(header::CONTENT_TYPE, kind)], text).into_response();
    }
    let tag = tag(text.as_bytes());
    let known = seen.0.as_ref().and_then(|v| v.to_str().ok()).is_some_and(|v| {
        let bare = tag.trim_start_matches("W/");
        v == tag || v == "*" || v.split(',').any(|one| one.trim().trim_start_matches("W/") == bare)
    });
    let Ok(value) = HeaderValue::from_str(&tag) else { return text.into_response() };
    if known {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, value)]).into_response();
    }
    ([(header::CONTENT_TYPE, kind), (header::ETAG, value)], text).into_response()
}

/// Not a signature: it only has to differ when a page differs. Four sums of eight bytes each go on side by side, because
/// every public page pays for it and a processor would wait for one.
fn tag(bytes: &[u8]) -> String {
    let mut sums = [0x9e37_79b9_7f4a_7c15_u64, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb, 0x2545_f491_4f6c_dd1d];
    let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(29);
    let (words, rest) = bytes.as_chunks::<8>();
    let (fours, few) = words.as_chunks::<4>();
    for four in fours {
        for (sum, word) in sums.iter_mut().zip(four) {
            *sum = mix(*sum, u64::from_le_bytes(*word));
        }
    }
    for (sum, word) in sums.iter_mut().zip(few) {
        *sum = mix(*sum, u64::from_le_bytes(*word));
    }
    let (mut a, mut b) = (bytes.len() as u64, 0xc2b2_ae3d_27d4_eb4f_u64);
    for word in sums.into_iter().chain(rest.iter().map(|byte| u64::from(*byte) + 1)) {
        a = mix(a, word);
        b = (b.rotate_left(31) ^ a).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    }
    a ^= a >> 32;
    format!("W/\"{a:016x}{b:016x}\"")
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn a_tag_differs_when_a_byte_differs() {
        let page = "x".repeat(1000);
        let mut all = std::collections::BTreeSet::from([tag(b""), tag(page.as_bytes())]);
        for i in 1..1000 {
            let mut other = page.clone().into_bytes();
            other[i] = b'y';
            assert!(all.insert(tag(&other)), "{i}");
            assert!(all.insert(tag(&other[..i])), "{i}");
        }
        assert_eq!(tag(page.as_bytes()), tag(page.as_bytes()));
    }
}
