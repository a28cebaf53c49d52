//! Files by their content: the name of a file is the SHA-256 of its bytes, so it can neither change nor be stored twice.
mod incoming;

pub use incoming::Incoming;

use crate::crypto::{hex, sha256_hex};
use crate::error::Cause;
use crate::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Clone)]
pub struct Storage {
    folder: PathBuf,
}

fn failed(path: &Path, e: std::io::Error) -> Error {
    Error::unavailable(Cause::from(format!("{}: {e}", path.display())))
}

/// Writes so that readers see the old file or the new one, and a power cut leaves one of the two.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let temp = folder.join(format!(".{name}.{}.{n}.tmp", std::process::id()));
    let write = || {
        fs::create_dir_all(folder)?;
        let mut file = File::create(&temp)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temp, path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(|e| {
        let _ = fs::remove_file(&temp);
        failed(path, e)
    })
}

impl Storage {
    pub fn new(folder: PathBuf) -> Storage {
        Storage { folder }
    }
    /// Stores bytes; the digest is their name. Blocking: a few milliseconds for the disk.
    pub fn put(&self, bytes: &[u8]) -> Result<String> {
        let digest = sha256_hex(bytes);
        let path = self.path_of(&digest)?;
        if !path.exists() {
            write_atomic(&path, bytes)?;
        }
        Ok(digest)
    }
    pub fn get(&self, digest: &str) -> Result<Vec<u8>> {
        let path = self.path_of(digest)?;
        match fs::read(&path) {
            Ok(bytes) => Ok(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(Error::not_found()),
            Err(e) => Err(failed(&path, e)),
        }
    }
    /// How many bytes are stored, without reading them.
    pub fn size(&self, digest: &str) -> Result<u64> {
        let path = self.path_of(digest)?;
        match fs::metadata(&path) {
            Ok(file) => Ok(file.len()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(Error::not_found()),
            Err(e) => Err(failed(&path, e)),
        }
    }
    /// Whether the stored bytes still are what their name says. Read piece by piece: a film is larger than memory should be.
    pub fn intact(&self, digest: &str) -> bool {
        let read = || {
            let (mut file, mut hash) = (File::open(self.path_of(digest).ok()?).ok()?, Sha256::new());
            let mut piece = vec![0; 64 * 1024];
            loop {
                match file.read(&mut piece).ok()? {
                    0 => return Some(hex(&hash.finalize())),
                    n => hash.update(piece.get(..n)?),
                }
            }
        };
        read().is_some_and(|found| found == digest)
    }
    /// A file that comes piece by piece and is too large to be held.
    pub fn incoming(&self) -> Result<Incoming> {
        Incoming::new(self)
    }
    pub fn path_of(&self, digest: &str) -> Result<PathBuf> {
        if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()) {
            return Err(Error::not_found());
        }
        Ok(self.folder.join(&digest[..2]).join(digest))
    }
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_one_file_and_a_changed_byte_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Storage::new(dir.path().into());
        let digest = storage.put(b"picture").unwrap();
        assert_eq!(storage.put(b"picture").unwrap(), digest);
        assert_eq!(storage.get(&digest).unwrap(), b"picture");
        assert!(storage.intact(&digest));
        fs::write(storage.path_of(&digest).unwrap(), b"Picture").unwrap();
        assert!(!storage.intact(&digest));
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        let storage = Storage::new("/tmp".into());
        assert!(storage.path_of("../../etc/passwd").is_err());
        assert!(storage.get(&"0".repeat(64)).is_err());
    }
}
