//! Where a record stands, and the keys of records.
use sha2::{Digest, Sha256};

/// Where people see posts: accounts are named by it, and links lead there.
pub(super) const SHOWN_AT: &str = "https://bsky.app";

/// A record's address, `at://DID/COLLECTION/KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub did: String,
    pub collection: String,
    pub key: String,
}

impl Place {
    /// `None` for anything that is no address of a record: platforms' answers are not believed.
    pub fn of(uri: &str) -> Option<Place> {
        let mut parts = uri.strip_prefix("at://")?.split('/');
        let (did, collection, key) = (parts.next()?, parts.next()?, parts.next()?);
        let plain = |text: &str, most: usize, more: &str| {
            (1..=most).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
        };
        let fits = did.starts_with("did:")
            && plain(did, 256, ":._%-")
            && plain(collection, 317, ".-")
            && plain(key, 512, "._:~-");
        (fits && parts.next().is_none()).then(|| Place {
            did: did.to_owned(),
            collection: collection.to_owned(),
            key: key.to_owned(),
        })
    }

    pub fn uri(&self) -> String {
        format!("at://{}/{}/{}", self.did, self.collection, self.key)
    }

    /// Where people see a post.
    pub fn url(&self) -> String {
        format!("{SHOWN_AT}/profile/{}/post/{}", self.did, self.key)
    }
}

/// The key of a record we made, from its address.
pub(super) fn key_of(remote_id: &str) -> &str {
    remote_id.rsplit('/').next().unwrap_or(remote_id)
}

pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

const LETTERS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

/// A key for a new record (TID): microseconds since 1970 in 53 bits, then ten bits that tell apart what is made in the same
/// one, as 13 letters that sort by time.
pub(super) fn tid(now_us: i64, text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let apart = u64::from(u16::from_be_bytes([digest[0], digest[1]]) & 0x3ff);
    let number = ((now_us.max(0) as u64 & ((1 << 53) - 1)) << 10) | apart;
    (0..13).rev().map(|place| char::from(LETTERS[(number >> (5 * place)) as usize & 31])).collect()
}

/// When a key was made, in microseconds since 1970.
pub(super) fn time_of(tid: &str) -> Option<i64> {
    if tid.len() != 13 {
        return None;
    }
    let mut number: u64 = 0;
    for letter in tid.bytes() {
        number = (number << 5) | LETTERS.iter().position(|l| *l == letter)? as u64;
    }
    i64::try_from(number >> 10).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_their_time_and_sort_by_it() {
        let now = 1_795_910_400_123_456;
        let key = tid(now, "a");
        assert_eq!((key.len(), time_of(&key)), (13, Some(now)));
        assert_eq!(tid(now, "a"), key);
        assert_ne!(tid(now, "b"), key);
        assert!(tid(now + 1, "a") > key);
        // The protocol's own example of a key.
        assert_eq!(time_of("3jzfcijpj2z2a"), Some(1_688_137_381_887_007));
        assert_eq!(time_of("my-key-1"), None);
        assert_eq!(time_of("3jzfcijpj2z2A"), None);
    }

    #[test]
    fn only_addresses_of_records_are_addresses() {
        let place = Place::of("at://did:plc:abc/app.bsky.feed.post/3jzfcijpj2z2a").unwrap();
        assert_eq!(place.url(), "https://bsky.app/profile/did:plc:abc/post/3jzfcijpj2z2a");
        assert_eq!(Place::of(&place.uri()), Some(place));
        for wrong in [
            "",
            "https://bsky.app/profile/a/post/b",
            "at://did:plc:abc/app.bsky.feed.post",
            "at://did:plc:abc/app.bsky.feed.post/a/b",
            "at://roads.test/app.bsky.feed.post/a",
            "at://did:plc:abc/app.bsky.feed.post/a\u{7}b",
            "at://did:plc:abc/app.bsky.feed.post/a?b",
            "at://did:plc:abc//a",
        ] {
            assert_eq!(Place::of(wrong), None, "{wrong:?}");
        }
        assert!(Place::of(&format!("at://did:plc:abc/app.bsky.feed.post/{}", "a".repeat(513))).is_none());
    }
}
