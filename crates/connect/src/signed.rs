//! Whether a call was made by somebody who knows the secret that was agreed upon. Compared in the same time wherever the
//! difference lies; an empty secret is nobody's.
use crate::{NotHeard, Secret};
use ground::clock::MINUTE;
use ground::crypto::{hex, hmac_sha256, same};
use sha1::{Digest, Sha1};

/// How old, or how far ahead, a signed moment may be: clocks differ, and calls travel.
const FRESH: i64 = 5 * MINUTE;

fn forged(genuine: bool) -> Result<(), NotHeard> {
    if genuine { Ok(()) } else { Err(NotHeard::Forged) }
}

/// The call carries the secret itself.
pub(crate) fn carries(secret: &Secret, said: Option<&str>) -> Result<(), NotHeard> {
    let secret = secret.reveal();
    forged(!secret.is_empty() && said.is_some_and(|said| same(said.as_bytes(), secret.as_bytes())))
}

/// `said` is the HMAC-SHA-256 of these bytes in hexadecimal digits.
pub(crate) fn hmac(secret: &Secret, parts: &[&[u8]], said: Option<&str>) -> Result<(), NotHeard> {
    let secret = secret.reveal();
    let due = hex(&hmac_sha256(secret.as_bytes(), parts));
    let said = said.map(str::to_ascii_lowercase);
    forged(!secret.is_empty() && said.is_some_and(|said| same(said.as_bytes(), due.as_bytes())))
}

/// `said` is the SHA-1 of the secret and these words, sorted and put one behind the other.
pub(crate) fn sorted_sha1(secret: &Secret, words: [&str; 2], said: &str) -> Result<(), NotHeard> {
    let secret = secret.reveal();
    let mut all = [secret, words[0], words[1]];
    all.sort_unstable();
    let due = hex(&Sha1::digest(all.concat()));
    forged(!secret.is_empty() && same(said.to_ascii_lowercase().as_bytes(), due.as_bytes()))
}

/// The signed moment is not long past, and not to come.
pub(crate) fn fresh(at_us: i64, now_us: i64) -> Result<(), NotHeard> {
    forged(at_us.abs_diff(now_us) <= FRESH.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_knows_the_secret_is_believed_and_an_empty_one_opens_nothing() {
        let secret = Secret::new("Jefe");
        // RFC 4231, test case 2.
        let due = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let body: [&[u8]; 2] = [b"what do ya want ", b"for nothing?"];
        assert_eq!(hmac(&secret, &body, Some(due)), Ok(()));
        assert_eq!(hmac(&secret, &body, Some(&due.to_uppercase())), Ok(()));
        for wrong in [None, Some(""), Some(&due[1..]), Some(&due.replace('5', "6"))] {
            assert_eq!(hmac(&secret, &body, wrong), Err(NotHeard::Forged), "{wrong:?}");
        }
        assert_eq!(hmac(&secret, &body[..1], Some(due)), Err(NotHeard::Forged));
        assert_eq!((carries(&secret, Some("Jefe")), carries(&secret, Some("jefe"))), (Ok(()), Err(NotHeard::Forged)));
        let none = Secret::new("");
        assert_eq!((carries(&none, Some("")), carries(&none, None)), (Err(NotHeard::Forged), Err(NotHeard::Forged)));
        let empty = hex(&hmac_sha256(b"", &body));
        assert_eq!(hmac(&none, &body, Some(&empty)), Err(NotHeard::Forged));
    }

    #[test]
    fn words_are_sorted_before_they_are_hashed() {
        // SHA-1 of "abc", FIPS 180.
        let due = "a9993e364706816aba3e25717850c26c9cd0d89d";
        for (secret, words) in [("a", ["b", "c"]), ("c", ["a", "b"]), ("b", ["c", "a"])] {
            assert_eq!(sorted_sha1(&Secret::new(secret), words, due), Ok(()));
        }
        assert_eq!(sorted_sha1(&Secret::new("a"), ["b", "d"], due), Err(NotHeard::Forged));
        assert_eq!(sorted_sha1(&Secret::new(""), ["ab", "c"], due), Err(NotHeard::Forged));
    }

    #[test]
    fn a_moment_is_fresh_for_five_minutes() {
        let now = 1_000 * MINUTE;
        for (at, good) in
            [(now, true), (now - FRESH, true), (now + FRESH, true), (now - FRESH - 1, false), (i64::MIN, false)]
        {
            assert_eq!(fresh(at, now).is_ok(), good, "{at}");
        }
    }
}
