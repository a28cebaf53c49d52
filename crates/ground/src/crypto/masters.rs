//! The master key, and the one it is being changed for. While a change is under way both open what they sealed; whoever runs
//! through it learns of the new one when it first meets it.
use super::{Vault, given_key, hex, hmac_sha256, master_key};
use crate::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const PURPOSE: &str = "agency keys";

pub struct Masters {
    given: String,
    given_next: String,
    path: PathBuf,
    /// The one in use first, then the one that comes.
    known: Mutex<Vec<[u8; 32]>>,
}

/// Names a key without telling it.
pub fn name_of(key: &[u8; 32]) -> String {
    hex(&hmac_sha256(key, &[b"drelwa master key name"])[..8])
}

impl Masters {
    /// From the configuration, or from the file at `path` (made when missing) and the one beside it that ends in `.next`.
    pub fn load(given: &str, given_next: &str, path: &Path) -> Result<Masters> {
        let known = Mutex::new(vec![]);
        let masters = Masters { given: given.into(), given_next: given_next.into(), path: path.into(), known };
        masters.read()?;
        Ok(masters)
    }

    /// Where the key that comes is kept while a change is under way.
    pub fn next_path(path: &Path) -> PathBuf {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!("{name}.next"))
    }

    fn read(&self) -> Result<Vec<[u8; 32]>> {
        let mut keys = vec![master_key(&self.given, &self.path)?];
        if !self.given_next.is_empty() {
            keys.push(given_key("--next-master-key", &self.given_next)?);
        } else if let Ok(bytes) = std::fs::read(Masters::next_path(&self.path)) {
            keys.push(bytes.try_into().map_err(|_| Error::unavailable("the next master key is not 32 bytes long"))?);
        }
        keys.dedup();
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&keys);
        Ok(keys)
    }

    /// What new keys are wrapped with: the key that comes, if one does. Its name and its vault.
    pub fn newest(&self) -> Result<(String, Vault)> {
        let keys = self.read()?;
        let key = keys.last().ok_or_else(|| Error::fault("there is no master key"))?;
        Ok((name_of(key), Vault::new(key, PURPOSE)))
    }

    /// The vault of the master key of this name; the files are looked at again when it is not known yet.
    pub fn named(&self, name: &str) -> Result<Vault> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let find = |keys: &[[u8; 32]]| keys.iter().find(|k| name_of(k) == name).map(|k| Vault::new(k, PURPOSE));
        match find(&known) {
            Some(vault) => Ok(vault),
            None => find(&self.read()?).ok_or_else(|| Error::fault(format!("the master key named {name} is not here"))),
        }
    }

    /// Seals with the newest master key itself.
    pub fn seal(&self, purpose: &str, about: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let keys = self.read()?;
        let key = keys.last().ok_or_else(|| Error::fault("there is no master key"))?;
        Vault::new(key, purpose).seal(about, plain)
    }

    /// Opens what any of the master keys sealed; the files are looked at again when none of those known did.
    pub fn open(&self, purpose: &str, about: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let try_all = |keys: &[[u8; 32]]| keys.iter().find_map(|k| Vault::new(k, purpose).open(about, sealed).ok());
        match try_all(&known) {
            Some(plain) => Ok(plain),
            None => try_all(&self.read()?).ok_or_else(|| Error::fault("no master key that is here opens a secret")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::seed_file;

    #[test]
    fn both_keys_open_while_one_is_changed_for_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        let serving = Masters::load("", "", &path).unwrap();
        let (old, vault) = serving.newest().unwrap();
        let sealed = vault.seal(b"a", b"one").unwrap();
        seed_file(&Masters::next_path(&path)).unwrap();
        let (new, vault) = Masters::load("", "", &path).unwrap().newest().unwrap();
        assert_ne!(old, new);
        let again = vault.seal(b"a", b"two").unwrap();
        assert_eq!(serving.named(&old).unwrap().open(b"a", &sealed).unwrap(), b"one");
        assert_eq!(serving.named(&new).unwrap().open(b"a", &again).unwrap(), b"two", "it was learnt while serving");
        std::fs::rename(Masters::next_path(&path), &path).unwrap();
        assert!(Masters::load("", "", &path).unwrap().named(&old).is_err(), "the old one is gone");
    }
}
