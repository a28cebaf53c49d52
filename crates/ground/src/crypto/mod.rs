//! Hashes, commitments, and the vault that seals what must not lie in the open.
mod masters;
mod signing;

pub use masters::Masters;
pub use signing::{SigningKey, signature_holds};

use crate::{Error, Result};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::path::Path;

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A salted commitment: shows later that these were the bytes, without telling them now, and cannot be guessed at once
/// its salt is destroyed.
pub fn commit(salt: &[u8], domain: &str, bytes: &[u8]) -> [u8; 32] {
    hmac_sha256(salt, &[domain.as_bytes(), &[0], bytes])
}

/// JSON as RFC 8785 writes it: one value has one sequence of bytes.
pub fn canonical(value: &serde_json::Value) -> Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value).map_err(Error::fault)
}

/// Equality that takes the same time wherever the difference lies.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    a.ct_eq(b).into()
}

/// Seals small secrets with XChaCha20-Poly1305. The sealed form is a version byte, the nonce, the ciphertext.
pub struct Vault {
    key: [u8; 32],
}

const VERSION: u8 = 1;

impl Vault {
    /// `purpose` makes keys that tell nothing of each other.
    pub fn new(master: &[u8; 32], purpose: &str) -> Vault {
        Vault { key: hmac_sha256(master, &[b"drelwa vault\0", purpose.as_bytes()]) }
    }
    /// Bytes that only this machine can make, the same for the same words: stand-ins that cannot be told from chance.
    pub fn derived(&self, about: &str) -> [u8; 32] {
        hmac_sha256(&self.key, &[b"derived\0", about.as_bytes()])
    }
    /// `about` is bound to the secret: opened under another name it does not open.
    pub fn seal(&self, about: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0u8; 24];
        getrandom::fill(&mut nonce).map_err(|e| Error::fault(e.to_string()))?;
        let cipher = XChaCha20Poly1305::new(&self.key.into());
        let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: about });
        let sealed = sealed.map_err(|_| Error::fault("a secret could not be sealed"))?;
        Ok([&[VERSION], &nonce[..], &sealed].concat())
    }
    pub fn open(&self, about: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let wrong = || Error::fault("a sealed secret cannot be opened: another key, or changed bytes");
        let (version, rest) = sealed.split_first().ok_or_else(wrong)?;
        if *version != VERSION || rest.len() < 24 {
            return Err(wrong());
        }
        let (nonce, text) = rest.split_at(24);
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| wrong())?;
        let cipher = XChaCha20Poly1305::new(&self.key.into());
        cipher.decrypt(&XNonce::from(nonce), Payload { msg: text, aad: about }).map_err(|_| wrong())
    }
}

/// The master key: given as base64, or kept in a file only the owner may read.
pub fn master_key(given: &str, path: &Path) -> Result<[u8; 32]> {
    if given.is_empty() { seed_file(path) } else { given_key("--master-key", given) }
}

/// A key that was given as base64 under this name.
pub fn given_key(name: &str, given: &str) -> Result<[u8; 32]> {
    use base64::Engine as _;
    let bad = || Error::fault(format!("{name} wants base64 of 32 bytes"));
    let bytes = base64::engine::general_purpose::STANDARD.decode(given).map_err(|_| bad())?;
    bytes.try_into().map_err(|_| bad())
}

/// 32 random bytes in a file of mode 0600, made when it is missing.
pub fn seed_file(path: &Path) -> Result<[u8; 32]> {
    let wrong = |e: &dyn std::fmt::Display| Error::unavailable(format!("{}: {e}", path.display()));
    match std::fs::read(path) {
        Ok(bytes) => bytes.try_into().map_err(|_| wrong(&"is not 32 bytes long")),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mut key = [0u8; 32];
            getrandom::fill(&mut key).map_err(|e| wrong(&e))?;
            write_secret(path, &key).map_err(|e| wrong(&e))?;
            Ok(key)
        }
        Err(e) => Err(wrong(&e)),
    }
}

fn write_secret(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        // RFC 4231, test case 2
        let mac = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn canonical_json_sorts_by_utf16_and_writes_numbers_one_way() {
        // After RFC 8785, 3.2.2 and 3.2.3.
        let value: serde_json::Value = serde_json::from_str(
            "{\"\u{20ac}\": \"Euro\", \"\\r\": \"CR\", \"1\": 333333333.33333329, \"\u{1f600}\": 1e30, \"\u{fb33}\": [4.50, 2e-3, 0.000000000000000000000000001]}",
        )
        .unwrap();
        let text = String::from_utf8(canonical(&value).unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"\\r\":\"CR\",\"1\":333333333.3333333,\"\u{20ac}\":\"Euro\",\"\u{1f600}\":1e+30,\"\u{fb33}\":[4.5,0.002,1e-27]}"
        );
    }

    #[test]
    fn what_is_sealed_opens_only_under_its_name_its_key_and_unchanged() {
        let vault = Vault::new(&[1; 32], "tokens");
        let sealed = vault.seal(b"account:1", b"secret").unwrap();
        assert_eq!(vault.open(b"account:1", &sealed).unwrap(), b"secret");
        assert!(vault.open(b"account:2", &sealed).is_err());
        assert!(Vault::new(&[1; 32], "codes").open(b"account:1", &sealed).is_err());
        for i in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[i] ^= 1;
            assert!(vault.open(b"account:1", &bad).is_err(), "byte {i}");
        }
    }

    #[test]
    fn a_master_key_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/master.key");
        let first = master_key("", &path).unwrap();
        assert_eq!(first, master_key("", &path).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(master_key("c2hvcnQ=", &path).is_err());
    }
}
