//! Files that go along with the call itself, on platforms that keep nothing which is not sent. Until then only where a file
//! lies is kept, and the sum of its bytes, by which it is known again.
use crate::recording::shape::Shape;
use crate::{Media, Prepared, Recording, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ground::crypto::sha256_hex;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

/// A file as one word of [`Prepared::media`].
#[derive(Serialize, Deserialize)]
struct Kept {
    path: PathBuf,
    bytes: u64,
    sha256: String,
    mime: String,
    #[serde(default)]
    shape: Shape,
}

impl Kept {
    /// `None` where the file's name cannot be written down.
    fn word(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    fn is_same(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.bytes && sha256_hex(bytes) == self.sha256
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        File::open(&self.path)?.take(self.bytes.saturating_add(1)).read_to_end(&mut out)?;
        Ok(out)
    }
}

/// A picture as one word. One that lies nowhere goes along whole.
pub(crate) fn picture(media: &Media) -> String {
    let kept = media.path.as_ref().and_then(|path| {
        let (path, bytes, sha256) = (path.clone(), media.bytes.len() as u64, sha256_hex(&media.bytes));
        Kept { path, bytes, sha256, mime: media.mime.clone(), shape: Shape::default() }.word()
    });
    kept.unwrap_or_else(|| format!("data:{};base64,{}", media.mime, STANDARD.encode(&media.bytes)))
}

/// A film or sound recording of at most so many bytes as one word. It is read once for its sum.
pub(crate) async fn recording(recording: &Recording, most: u64) -> Result<String, Verdict> {
    let bytes = recording.whole(most).await?;
    let (path, sha256, shape) = (recording.path.clone(), sha256_hex(&bytes), recording.shape().await);
    let kept = Kept { path, bytes: recording.bytes, sha256, mime: recording.mime.clone(), shape };
    kept.word().ok_or_else(|| Verdict::NotSent { why: "the recording cannot be named".to_owned() })
}

/// Everything that goes along with a prepared post, read.
pub(crate) async fn all(prepared: &Prepared) -> Result<Vec<Enclosed>, Verdict> {
    let mut out = Vec::new();
    for word in &prepared.media {
        let word = word.clone();
        let read = tokio::task::spawn_blocking(move || enclosed(&word)).await;
        out.push(read.map_err(|_| unread("reading it was broken off"))??);
    }
    Ok(out)
}

fn enclosed(word: &str) -> Result<Enclosed, Verdict> {
    if let Some(whole) = word.strip_prefix("data:") {
        let parts = whole.split_once(";base64,").and_then(|(mime, b)| Some((mime, STANDARD.decode(b).ok()?)));
        let (mime, bytes) = parts.ok_or_else(|| another("A picture cannot be read any more."))?;
        return Ok(Enclosed { mime: mime.to_owned(), bytes, shape: Shape::default() });
    }
    let kept: Kept = serde_json::from_str(word).map_err(|_| another("A file cannot be read any more."))?;
    let bytes = kept.read().map_err(|e| unread(&e.kind().to_string()))?;
    if !kept.is_same(&bytes) {
        return Err(another("A file is not the one any more that was made ready."));
    }
    Ok(Enclosed { mime: kept.mime, bytes, shape: kept.shape })
}

fn another(human: &str) -> Verdict {
    Verdict::Rejected { code: "refused".to_owned(), human: human.to_owned(), field: Some("media".to_owned()) }
}

/// Nothing was sent, and another time it may be readable.
fn unread(why: &str) -> Verdict {
    Verdict::NotSent { why: format!("what goes along cannot be read: {why}") }
}

/// A file that goes along, with its bytes.
pub(crate) struct Enclosed {
    pub mime: String,
    pub bytes: Vec<u8>,
    pub shape: Shape,
}

impl Enclosed {
    /// What the file is called where it goes: platforms go by how a name ends.
    pub fn named(&self, name: &str) -> String {
        let ending: String = match self.mime.as_str() {
            "audio/mpeg" => "mp3".to_owned(),
            "audio/mp4" => "m4a".to_owned(),
            mime => mime.rsplit('/').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect(),
        };
        format!("{name}.{ending}")
    }
}
