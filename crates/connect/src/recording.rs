//! Films and sound recordings. They are too large to be held in memory: what is handed to a connector is where the file
//! lies, and it is read piece by piece while it is sent.
pub(crate) mod shape;

use crate::{Post, Problem, Verdict};
use serde::Serialize;
use shape::Shape;
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
    /// How long it plays in seconds, one that was begun counted whole; `None` where the file does not say it.
    pub seconds: Option<u64>,
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

    /// The same as SubRip, for platforms that take nothing else: numbered cues, hours always, a comma before the
    /// milliseconds. Places and marks are left out, and so is whatever has no times that can be read.
    pub(crate) fn srt(&self) -> String {
        let mut out = String::new();
        let mut n = 0;
        for block in self.vtt.replace("\r\n", "\n").split("\n\n") {
            let mut lines = block.lines().skip_while(|l| !l.contains("-->"));
            let times = lines.next().and_then(|l| l.split_once("-->"));
            let end = |text: &str| text.split_whitespace().next().and_then(srt_time);
            let Some((Some(from), Some(to))) = times.map(|(from, to)| (end(from), end(to))) else { continue };
            let words: Vec<String> = lines.map(bare).filter(|l| !l.is_empty()).collect();
            if !words.is_empty() {
                n += 1;
                out.push_str(&format!("{n}\n{from} --> {to}\n{}\n\n", words.join("\n")));
            }
        }
        out
    }
}

/// `01:02.345` or `00:01:02.345` as `00:01:02,345`.
fn srt_time(vtt: &str) -> Option<String> {
    let (whole, milli) = vtt.split_once('.')?;
    let parts: Vec<&str> = whole.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [m, s] => ("00", *m, *s),
        [h, m, s] => (*h, *m, *s),
        _ => return None,
    };
    let digits = |text: &str, least: usize, most: usize| {
        (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let fits = digits(hours, 2, 4) && digits(minutes, 2, 2) && digits(seconds, 2, 2) && digits(milli, 3, 3);
    fits.then(|| format!("{hours}:{minutes}:{seconds},{milli}"))
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

    /// Nothing larger than so many bytes is sent.
    pub(crate) fn fits(&self, most: u64) -> Result<(), Verdict> {
        if self.bytes <= most {
            return Ok(());
        }
        let human = "The recording is larger than the platform takes.".to_owned();
        let (code, field) = ("recording-too-large".to_owned(), Some("recording".to_owned()));
        Err(Verdict::Rejected { code, human, field })
    }

    /// How wide and high it is and how long it plays, where the file says so in a place that is easily read.
    pub(crate) async fn shape(&self) -> Shape {
        if !self.mime.ends_with("/mp4") {
            return Shape::default();
        }
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || Shape::of(&path)).await.unwrap_or_default()
    }

    /// The file as a whole, for platforms that take it in one call; nothing larger than so many bytes is read.
    pub(crate) async fn whole(&self, most: u64) -> Result<Vec<u8>, Verdict> {
        self.fits(most)?;
        self.read(0, usize::try_from(most).unwrap_or(usize::MAX)).await
    }

    /// [`Recording::piece`] where the disk keeps nobody else waiting.
    pub(crate) async fn read(&self, from: u64, most: usize) -> Result<Vec<u8>, Verdict> {
        let file = Recording { captions: Vec::new(), ..self.clone() };
        let read = tokio::task::spawn_blocking(move || file.piece(from, most)).await;
        let unread = || Verdict::NotSent { why: "the recording cannot be read".to_owned() };
        read.ok().and_then(io::Result::ok).ok_or_else(unread)
    }

    /// What is said in it, in all languages there are, in at most so many characters: for platforms that have a description
    /// of a recording and no place for captions.
    pub(crate) fn said(&self, most: usize) -> String {
        let all: Vec<String> = self.captions.iter().map(Captions::words).collect();
        let all = all.join("\n\n");
        if all.chars().count() <= most {
            return all;
        }
        all.chars().take(most.saturating_sub(1)).chain(['…']).collect()
    }

    pub fn is_film(&self) -> bool {
        self.mime.starts_with("video/")
    }
}

/// The bytes of an upload that goes in pieces.
pub(crate) enum Source<'a> {
    File(&'a Recording),
    Words(&'a [u8]),
}

impl Source<'_> {
    pub fn bytes(&self) -> u64 {
        match self {
            Source::File(recording) => recording.bytes,
            Source::Words(words) => words.len() as u64,
        }
    }

    /// At most so many bytes from a place on; fewer only at the end.
    pub async fn piece(&self, from: u64, most: usize) -> Result<Vec<u8>, Verdict> {
        match self {
            Source::File(recording) => recording.read(from, most).await,
            Source::Words(words) => {
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                let rest = words.get(from..).unwrap_or_default();
                Ok(rest.get(..most.min(rest.len())).unwrap_or_default().to_vec())
            }
        }
    }
}

/// What recordings a platform takes: one with a post, and no pictures beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recordings {
    /// Media types, `video/mp4`.
    pub types: Vec<String>,
    /// The largest in bytes.
    pub bytes: Option<u64>,
    /// The longest in seconds.
    pub seconds: Option<u64>,
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
    let mut over = |code, limit: Option<u64>, found: Option<u64>| {
        if let (Some(limit), Some(found)) = (limit, found)
            && found > limit
        {
            let size = |n: u64| usize::try_from(n).ok();
            out.push(Problem { code, limit: size(limit), found: size(found) });
        }
    };
    over("recording-too-large", can.bytes, Some(recording.bytes));
    over("recording-too-long", can.seconds, recording.seconds);
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
        let path = PathBuf::new();
        Recording { path, bytes, mime: "video/mp4".into(), seconds: Some(61), captions: vec![], url: None }
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
    fn captions_are_told_in_another_form() {
        let vtt = "WEBVTT\n\nNOTE a --> b\n\n00:01.000 --> 00:02.500 align:start\n<v Pema>The bridge\nis open\n\n9\n01:00:01.000 --> 01:00:02.000\nཟམ་ཁ་ཕྱེ་ཡི།\n\n00:03.000 --> 00:04.000\n<b></b>\n\n1:2.3 --> x\nno times\n";
        let srt = Captions { lang: "en".into(), vtt: vtt.into() }.srt();
        assert_eq!(
            srt,
            "1\n00:00:01,000 --> 00:00:02,500\nThe bridge\nis open\n\n2\n01:00:01,000 --> 01:00:02,000\nཟམ་ཁ་ཕྱེ་ཡི།\n\n"
        );
        assert_eq!(Captions { lang: "en".into(), vtt: "WEBVTT\n".into() }.srt(), "");
    }

    #[test]
    fn what_is_said_goes_along_as_far_as_there_is_room() {
        let captions = |lang: &str, words: &str| Captions {
            lang: lang.into(),
            vtt: format!("WEBVTT\n\n1\n00:00.000 --> 00:02.000\n{words}\n"),
        };
        let captions = vec![captions("dz", "ཟམ་ཁ་ཕྱེ་ཡི།"), captions("en", "The bridge is open")];
        let film = Recording { captions, ..film(0) };
        assert_eq!(film.said(100), "ཟམ་ཁ་ཕྱེ་ཡི།\n\nThe bridge is open");
        assert_eq!(film.said(20).chars().count(), 20);
        assert!(film.said(20).ends_with('…'));
    }

    #[test]
    fn every_problem_of_a_recording_at_once() {
        let can = Recordings {
            types: vec!["audio/mpeg".into()],
            bytes: Some(4),
            seconds: Some(60),
            captions: false,
            needed: true,
        };
        let codes = |can: Option<&Recordings>, post: &Post| -> Vec<&'static str> {
            problems(can, post).into_iter().map(|p| p.code).collect()
        };
        let picture = Media { bytes: vec![1], mime: "image/png".into(), alt: String::new(), url: None, path: None };
        let post = Post { recording: Some(film(5)), media: vec![picture], ..Post::default() };
        let all = ["recording-type", "recording-too-large", "recording-too-long", "recording-alone"];
        assert_eq!(codes(Some(&can), &post), all);
        let untold = Recording { seconds: None, ..film(5) };
        let post = Post { recording: Some(untold), ..Post::default() };
        assert_eq!(codes(Some(&can), &post), ["recording-type", "recording-too-large"]);
        assert_eq!(codes(None, &post), ["recording-not-possible"]);
        assert_eq!(codes(Some(&can), &Post::default()), ["recording-missing"]);
        assert!(codes(None, &Post::default()).is_empty());
        assert!(codes(Some(&can), &Post { reply_to: Some("1".into()), ..Post::default() }).is_empty());
    }
}
