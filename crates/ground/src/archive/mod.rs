//! Many files in one: a tar (POSIX ustar, larger sizes as GNU writes them) whose last file, `SHA256SUMS`, names the
//! digest of every other. What is cut short, changed or not ours is refused when it is unpacked.
use crate::crypto::hex;
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const SUMS: &str = "SHA256SUMS";
const BLOCK: usize = 512;
/// Sizes up to here are written as octal digits.
const OCTAL: u64 = 0o7_777_777_777;

#[derive(Debug)]
pub enum ArchiveError {
    Io(String, io::Error),
    /// Not a tar, or one with other files in it.
    Foreign(String),
    Short,
    Changed(String),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            ArchiveError::Io(place, e) => write!(f, "{place}: {e}"),
            ArchiveError::Foreign(why) => write!(f, "it is not such an archive: {why}"),
            ArchiveError::Short => f.write_str("it is cut short"),
            ArchiveError::Changed(name) => write!(f, "{name} in it was changed"),
        }
    }
}
impl std::error::Error for ArchiveError {}

pub type ArchiveResult<T> = Result<T, ArchiveError>;

fn at(place: impl fmt::Display) -> impl FnOnce(io::Error) -> ArchiveError {
    move |e| ArchiveError::Io(place.to_string(), e)
}

pub struct Writer<W: Write> {
    out: BufWriter<W>,
    sums: String,
    mtime: u64,
}

impl<W: Write> Writer<W> {
    /// `mtime` in seconds since 1970 is what every file says of itself.
    pub fn new(out: W, mtime: u64) -> Writer<W> {
        Writer { out: BufWriter::new(out), sums: String::new(), mtime }
    }

    pub fn add(&mut self, name: &str, bytes: &[u8]) -> ArchiveResult<()> {
        self.copy(name, bytes.len() as u64, bytes)
    }

    /// Adds a file as it is when it is read; returns its bytes.
    pub fn add_file(&mut self, name: &str, path: &Path) -> ArchiveResult<u64> {
        let file = File::open(path).map_err(at(path.display()))?;
        let size = file.metadata().map_err(at(path.display()))?.len();
        self.copy(name, size, file)?;
        Ok(size)
    }

    fn copy(&mut self, name: &str, size: u64, mut from: impl Read) -> ArchiveResult<()> {
        self.out.write_all(&header(name, size, self.mtime)?).map_err(at("writing"))?;
        let digest = pass(&mut from, size, &mut self.out, name)?;
        let rest = (size % BLOCK as u64) as usize;
        if rest > 0 {
            self.out.write_all(&[0; BLOCK][rest..]).map_err(at("writing"))?;
        }
        self.sums.push_str(&format!("{digest}  {name}\n"));
        Ok(())
    }

    /// Writes the digests and the end; gives back what was written to.
    pub fn finish(mut self) -> ArchiveResult<W> {
        let sums = std::mem::take(&mut self.sums);
        self.copy(SUMS, sums.len() as u64, sums.as_bytes())?;
        self.out.write_all(&[0; 2 * BLOCK]).map_err(at("writing"))?;
        self.out.into_inner().map_err(|e| ArchiveError::Io("writing".into(), e.into_error()))
    }
}

/// Copies exactly `size` bytes; returns their digest.
fn pass(from: &mut impl Read, size: u64, to: &mut impl Write, name: &str) -> ArchiveResult<String> {
    let (mut hash, mut left, mut buffer) = (Sha256::new(), size, vec![0; 64 * 1024]);
    while left > 0 {
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match from.read(&mut buffer[..most]).map_err(at(name))? {
            0 => return Err(ArchiveError::Short),
            n => {
                hash.update(&buffer[..n]);
                to.write_all(&buffer[..n]).map_err(at(name))?;
                left -= n as u64;
            }
        }
    }
    Ok(hex(&hash.finalize()))
}

fn header(name: &str, size: u64, mtime: u64) -> ArchiveResult<[u8; BLOCK]> {
    let mut h = [0; BLOCK];
    let mut put = |from: usize, bytes: &[u8]| h[from..from + bytes.len()].copy_from_slice(bytes);
    if name.len() > 100 {
        return Err(ArchiveError::Foreign(format!("{name} is too long a name")));
    }
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    if size <= OCTAL {
        put(124, format!("{size:011o}\0").as_bytes());
    } else {
        put(124, &[0x80, 0, 0, 0]);
        put(128, &size.to_be_bytes());
    }
    put(136, format!("{mtime:011o}\0").as_bytes());
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = h.iter().map(|b| u32::from(*b)).sum();
    h[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(h)
}

/// Name and size of a file; `None` at the end.
fn read_header(from: &mut impl Read) -> ArchiveResult<Option<(String, u64)>> {
    let mut h = [0; BLOCK];
    from.read_exact(&mut h).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => ArchiveError::Short,
        _ => ArchiveError::Io("reading".into(), e),
    })?;
    if h == [0; BLOCK] {
        return Ok(None);
    }
    let foreign = |why: &str| ArchiveError::Foreign(why.into());
    let octal = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?.trim_matches(['\0', ' ']);
        u64::from_str_radix(text, 8).ok()
    };
    let sum = octal(&h[148..156]).ok_or_else(|| foreign("no tar"))?;
    let mut blank = h;
    blank[148..156].fill(b' ');
    if &h[257..262] != b"ustar" || sum != blank.iter().map(|b| u64::from(*b)).sum::<u64>() {
        return Err(foreign("no tar"));
    }
    if h[156] != b'0' {
        return Err(foreign("holds more than files"));
    }
    let size = if h[124] == 0x80 {
        let (big, small) = h[128..136].split_at(4);
        let word = |b: &[u8]| b.iter().fold(0, |n, b| n << 8 | u64::from(*b));
        Some(word(big) << 32 | word(small))
    } else {
        octal(&h[124..136])
    };
    let name = h[..100].split(|b| *b == 0).next().unwrap_or_default();
    let name = std::str::from_utf8(name).map_err(|_| foreign("a name is not UTF-8"))?;
    Ok(Some((name.into(), size.ok_or_else(|| foreign("a file has no size"))?)))
}

/// Unpacks into an existing folder. Only names that `takes` allows are made; it must allow none that leave the folder.
pub fn unpack(archive: &Path, folder: &Path, takes: impl Fn(&str) -> bool) -> ArchiveResult<Vec<String>> {
    let mut from = BufReader::new(File::open(archive).map_err(at(archive.display()))?);
    let (mut names, mut sums) = (vec![], String::new());
    while let Some((name, size)) = read_header(&mut from)? {
        if name == SUMS {
            let mut told = vec![];
            pass(&mut from, size.min(1 << 32), &mut told, SUMS)?;
            skip(&mut from, size)?;
            let told = String::from_utf8(told).map_err(|_| ArchiveError::Changed(SUMS.into()))?;
            return match read_header(&mut from)? {
                None if told == sums => Ok(names),
                _ => Err(ArchiveError::Changed(first_difference(&told, &sums))),
            };
        }
        if !takes(&name) || names.contains(&name) {
            return Err(ArchiveError::Foreign(format!("holds “{}”", name.escape_debug())));
        }
        let path = folder.join(&name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at(parent.display()))?;
        }
        let open = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = open.map_err(at(path.display()))?;
        let digest = pass(&mut from, size, &mut file, &name)?;
        file.sync_all().map_err(at(path.display()))?;
        skip(&mut from, size)?;
        sums.push_str(&format!("{digest}  {name}\n"));
        names.push(name);
    }
    Err(ArchiveError::Short)
}

/// Over what fills the last block.
fn skip(from: &mut impl Read, size: u64) -> ArchiveResult<()> {
    let rest = (size % BLOCK as u64) as usize;
    let mut fill = [0; BLOCK];
    let fill = if rest == 0 { &mut fill[..0] } else { &mut fill[rest..] };
    from.read_exact(fill).map_err(|_| ArchiveError::Short)
}

fn first_difference(told: &str, found: &str) -> String {
    let line = found.lines().find(|line| !told.lines().any(|t| t == *line));
    line.and_then(|l| l.split_once("  ")).map_or(SUMS, |(_, name)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(folder: &Path) -> Vec<u8> {
        let source = folder.join("source");
        fs::write(&source, vec![7; 1024]).unwrap();
        let mut w = Writer::new(vec![], 1_790_000_000);
        w.add("note.json", b"{}").unwrap();
        assert_eq!(w.add_file("media/ab/file", &source).unwrap(), 1024);
        w.add("empty", b"").unwrap();
        w.finish().unwrap()
    }

    fn unpacked(folder: &Path, bytes: &[u8]) -> ArchiveResult<Vec<String>> {
        let (file, to) = (folder.join("a.tar"), folder.join("to"));
        let _ = fs::remove_dir_all(&to);
        fs::create_dir(&to).unwrap();
        fs::write(&file, bytes).unwrap();
        unpack(&file, &to, |name| !name.contains("..") && !name.starts_with('/'))
    }

    #[test]
    fn what_goes_in_comes_out() {
        let dir = tempfile::tempdir().unwrap();
        let bytes = packed(dir.path());
        assert_eq!(unpacked(dir.path(), &bytes).unwrap(), ["note.json", "media/ab/file", "empty"]);
        assert_eq!(fs::read(dir.path().join("to/media/ab/file")).unwrap(), vec![7; 1024]);
        assert_eq!(fs::read(dir.path().join("to/note.json")).unwrap(), b"{}");
        assert_eq!(bytes.len() % BLOCK, 0);
    }

    #[test]
    fn the_systems_own_tar_reads_it_and_its_sums_hold() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.tar"), packed(dir.path())).unwrap();
        let run = |text: &str| std::process::Command::new("sh").args(["-ec", text]).current_dir(dir.path()).output();
        let out = run("mkdir x && tar -xf a.tar -C x && cd x && sha256sum -c SHA256SUMS").unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let bytes = packed(dir.path());
        // Without the two empty blocks at the end, of which the first is enough.
        let needed = bytes.len() - BLOCK;
        for end in (0..needed).step_by(97) {
            assert!(unpacked(dir.path(), &bytes[..end]).is_err(), "cut at {end}");
        }
        let content = |i: usize| {
            // Fill of blocks and fields nobody reads (mode, owner) may differ; content and names may not.
            let block = i / BLOCK;
            matches!(block, 1 | 3 | 4) && !(block == 1 && i % BLOCK >= 2)
        };
        for i in (0..needed).filter(|i| content(*i)) {
            let mut bad = bytes.clone();
            bad[i] ^= 1;
            assert!(matches!(unpacked(dir.path(), &bad), Err(ArchiveError::Changed(_))), "byte {i}");
        }
    }

    #[test]
    fn names_that_are_not_expected_and_other_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut w = Writer::new(vec![], 0);
        w.add("../../evil", b"x").unwrap();
        assert!(matches!(unpacked(dir.path(), &w.finish().unwrap()), Err(ArchiveError::Foreign(_))));
        assert!(matches!(unpacked(dir.path(), &[b'x'; 4096]), Err(ArchiveError::Foreign(_))));
        assert!(matches!(unpacked(dir.path(), b""), Err(ArchiveError::Short)));
    }

    #[test]
    fn sizes_beyond_eight_gigabytes_are_kept() {
        for size in [0, OCTAL, OCTAL + 1, 1 << 45] {
            let h = header("big", size, 0).unwrap();
            assert_eq!(read_header(&mut &h[..]).unwrap(), Some(("big".into(), size)));
        }
    }
}
