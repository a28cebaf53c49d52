//! A file on its way in: written beside the others piece by piece and hashed as it comes. It becomes one of them when it
//! is kept; one that is not is removed.
use super::{Storage, failed};
use crate::Result;
use crate::crypto::hex;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// No backup takes this folder: its name is none of a shelf.
const FOLDER: &str = ".incoming";
/// What a program that was killed left behind is older than any upload takes.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);
/// How many of the first bytes are remembered, enough to tell what kind of file it is.
const HEAD: usize = 4096;

#[derive(Debug)]
pub struct Incoming {
    storage: Storage,
    path: PathBuf,
    file: File,
    hash: Sha256,
    bytes: u64,
    head: Vec<u8>,
}

impl Incoming {
    pub(super) fn new(storage: &Storage) -> Result<Incoming> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let folder = storage.folder().join(FOLDER);
        fs::create_dir_all(&folder).map_err(|e| failed(&folder, e))?;
        clear(&folder);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{}.{n}.tmp", std::process::id()));
        let file = File::create(&path).map_err(|e| failed(&path, e))?;
        Ok(Incoming { storage: storage.clone(), path, file, hash: Sha256::new(), bytes: 0, head: vec![] })
    }

    /// The next piece. Blocking.
    pub fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.file.write_all(piece).map_err(|e| failed(&self.path, e))?;
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
        let room = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend(piece.iter().take(room));
        Ok(())
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }
    /// The first bytes of it.
    pub fn head(&self) -> &[u8] {
        &self.head
    }
    /// Where it lies until it is kept: to look into it.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// The digest of what has come so far.
    pub fn digest(&self) -> String {
        hex(&self.hash.clone().finalize())
    }

    /// Makes it one of the stored files; the digest is its name. Blocking. Once only: a second time there is nothing to keep.
    pub fn keep(&self) -> Result<String> {
        let digest = self.digest();
        let path = self.storage.path_of(&digest)?;
        if path.exists() {
            return Ok(digest);
        }
        let shelf = path.parent().unwrap_or(Path::new("."));
        let keep = || {
            fs::create_dir_all(shelf)?;
            self.file.sync_all()?;
            fs::rename(&self.path, &path)?;
            File::open(shelf)?.sync_all()
        };
        keep().map_err(|e| failed(&path, e))?;
        Ok(digest)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn clear(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let written = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
        if written.is_some_and(|age| age > LEFT_BEHIND) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_pieces_is_the_same_file_and_what_is_not_kept_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Storage::new(dir.path().into());
        let mut film = storage.incoming().unwrap();
        film.write(b"fi").unwrap();
        film.write(b"lm").unwrap();
        assert_eq!((film.bytes(), film.head()), (4, &b"film"[..]));
        let digest = film.keep().unwrap();
        assert_eq!(storage.put(b"film").unwrap(), digest);
        drop(film);
        assert_eq!(storage.get(&digest).unwrap(), b"film");
        assert!(storage.intact(&digest));
        let mut again = storage.incoming().unwrap();
        again.write(b"film").unwrap();
        assert_eq!(again.keep().unwrap(), digest);
        let mut lost = storage.incoming().unwrap();
        lost.write(b"half").unwrap();
        let path = lost.path().to_owned();
        assert!(path.exists());
        drop((lost, again));
        assert!(!path.exists());
        assert_eq!(fs::read_dir(dir.path().join(FOLDER)).unwrap().count(), 0);
    }
}
