//! Films and sound recordings. They are too large to be held in memory: what is handed to a connector is where the file
//! lies, and it is read piece by piece while it is sent.
use crate::{Post, Problem, Verdict};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The file; its bytes never change.
    pub path: PathBuf,
    /// How long the file is, in bytes.
    pub bytes: u64,
    /// `video/mp4`, `audio/mpeg` …
    pub mime: String,
    /// What is said in it, for people who cannot hear it: one in each language there is.
    pub captions: Vec<Captions>,
    /// Where anybody who knows it can fetch the file for an hour; `None` where the program cannot be reached from outside.
    pub url: Option<String>,
}

/// What is said in a recording and when, as WebVTT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captions {
    /// `dz` or `en`.
    pub lang: String,
    pub vtt: String,
}

impl Captions {
    /// The words alone, without marks and times.
    pub fn words(&self) -> String {
        let mut out: Vec<String> = Vec::new();
        // A block is a head, a note or a cue: its words stand below the line with the times.
        for block in self.vtt.replace("\r\n", "\n").split("\n\n") {
            let mut lines = block.lines().skip_while(|l| !l.contains("-->"));
            if lines.next().is_some() {
                out.extend(lines.map(bare).filter(|l| !l.is_empty()));
            }
        }
        out.join("\n")
    }
}

/// A line without what stands in angle brackets, which are marks in WebVTT.
fn bare(line: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if inside => {}
            c => out.push(c),
        }
    }
    let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&");
    out.trim().to_owned()
}

impl Recording {
    /// At most so many bytes from a place on; fewer only at the end of the file.
    pub fn piece(&self, from: u64, most: usize) -> io::Result<Vec<u8>> {
        let left = self.bytes.saturating_sub(from).min(most as u64);
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(from))?;
        let mut out = Vec::new();
        file.take(left).read_to_end(&mut out)?;
        if out.len() as u64 == left { Ok(out) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// The file as a whole, for platforms that take it in one call; nothing larger than so many bytes is read.
    pub(crate) async fn whole(&self, most: u64) -> Result<Vec<u8>, Verdict> {
        if self.bytes > most {
            let human = "The recording is larger than the platform takes.".to_owned();
            let (code, field) = ("recording-too-large".to_owned(), Some("recording".to_owned()));
            return Err(Verdict::Rejected { code, human, field });
        }
        let unread = || Verdict::NotSent { why: "the recording cannot be read".to_owned() };
        let (file, all) = (self.clone(), usize::try_from(most).map_err(|_| unread())?);
        let read = tokio::task::spawn_blocking(move || file.piece(0, all)).await;
        read.ok().and_then(io::Result::ok).ok_or_else(unread)
    }

    pub fn is_film(&self) -> bool {
        self.mime.starts_with("video/")
    }
}

/// What recordings a platform takes: one with a post, and no pictures beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recordings {
    /// Media types, `video/mp4`.
    pub types: Vec<String>,
    /// The largest in bytes.
    pub bytes: Option<u64>,
    /// Whether it keeps captions beside the recording.
    pub captions: bool,
    /// No post without a recording; answers may be.
    pub needed: bool,
}

/// Everything about a post's recording that a platform would refuse.
pub(crate) fn problems(can: Option<&Recordings>, post: &Post) -> Vec<Problem> {
    let plain = |code| Problem { code, limit: None, found: None };
    let Some(recording) = &post.recording else {
        let missing = can.is_some_and(|c| c.needed) && post.reply_to.is_none();
        return if missing { vec![plain("recording-missing")] } else { vec![] };
    };
    let Some(can) = can else { return vec![plain("recording-not-possible")] };
    let mut out = Vec::new();
    if !can.types.contains(&recording.mime) {
        out.push(plain("recording-type"));
    }
    if let Some(limit) = can.bytes.filter(|limit| recording.bytes > *limit) {
        let size = |n: u64| usize::try_from(n).ok();
        out.push(Problem { code: "recording-too-large", limit: size(limit), found: size(recording.bytes) });
    }
    if !post.media.is_empty() {
        out.push(plain("recording-alone"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Media;

    fn film(bytes: u64) -> Recording {
        Recording { path: PathBuf::new(), bytes, mime: "video/mp4".into(), captions: vec![], url: None }
    }

    #[test]
    fn a_recording_is_read_piece_by_piece() {
        let path = std::env::temp_dir().join(format!("drelwa-recording-{}", std::process::id()));
        std::fs::write(&path, b"0123456789").unwrap();
        let whole = Recording { path: path.clone(), ..film(10) };
        assert_eq!(whole.piece(0, 4).unwrap(), b"0123");
        assert_eq!(whole.piece(8, 4).unwrap(), b"89");
        assert_eq!(whole.piece(10, 4).unwrap(), b"");
        assert!(Recording { bytes: 11, ..whole.clone() }.piece(8, 4).is_err(), "the file is shorter than it was");
        std::fs::remove_file(&path).unwrap();
        assert!(whole.piece(0, 4).is_err());
    }

    #[test]
    fn words_are_read_out_of_captions() {
        let vtt = "WEBVTT - a title\r\n\r\nNOTE nobody says this\r\n\r\nintro\r\n00:00:01.000 --> 00:00:02.000 align:start\r\n<v Pema>The bridge\r\nis &lt;open&gt; &amp; safe\r\n\r\n00:02.000 --> 00:03.000\r\n<c.loud>Drive</c> slowly\r\n";
        let captions = Captions { lang: "en".into(), vtt: vtt.into() };
        assert_eq!(captions.words(), "The bridge\nis <open> & safe\nDrive slowly");
        assert_eq!(Captions { lang: "en".into(), vtt: "WEBVTT\n".into() }.words(), "");
    }

    #[test]
    fn every_problem_of_a_recording_at_once() {
        let can = Recordings { types: vec!["audio/mpeg".into()], bytes: Some(4), captions: false, needed: true };
        let codes = |can: Option<&Recordings>, post: &Post| -> Vec<&'static str> {
            problems(can, post).into_iter().map(|p| p.code).collect()
        };
        let picture = Media { bytes: vec![1], mime: "image/png".into(), alt: String::new(), url: None };
        let post = Post { recording: Some(film(5)), media: vec![picture], ..Post::default() };
        assert_eq!(codes(Some(&can), &post), ["recording-type", "recording-too-large", "recording-alone"]);
        assert_eq!(codes(None, &post), ["recording-not-possible"]);
        assert_eq!(codes(Some(&can), &Post::default()), ["recording-missing"]);
        assert!(codes(None, &Post::default()).is_empty());
        assert!(codes(Some(&can), &Post { reply_to: Some("1".into()), ..Post::default() }).is_empty());
    }
}
