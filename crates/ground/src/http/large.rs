//! Forms with a file that is too large to be held: the body is read as it comes, one field goes to the disk, the rest is
//! small and kept in memory.
use super::FormData;
use super::form::{Large, Upload, clean};
use crate::storage::{Incoming, Storage};
use crate::{Error, Result, Say};
use axum::body::Body;
use axum::http::{HeaderMap, header};
use multer::{Field, Multipart};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Written to the disk in pieces of this many bytes.
const PIECE: usize = 1024 * 1024;
/// Of what is too large this many times the limit is still taken and thrown away, so that a browser shows the answer
/// with what was typed; a client that sends even more is cut off.
const PATIENCE: u64 = 2;

/// How much is taken of what.
pub(super) struct Most<'a> {
    /// The field that goes to the disk.
    pub field: &'static str,
    pub large: u64,
    /// All other fields together.
    pub small: usize,
    /// Asked once, when the first byte of the large file is there.
    pub begin: &'a (dyn Fn() -> Result<()> + Send + Sync),
}

pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    kind(headers).starts_with("multipart/form-data")
}

fn kind(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default()
}

fn bad(_: multer::Error) -> Error {
    Error::malformed(Say::new("error-form"))
}

pub(super) async fn read(storage: &Storage, headers: &HeaderMap, body: Body, most: &Most<'_>) -> Result<FormData> {
    let boundary = multer::parse_boundary(kind(headers)).map_err(bad)?;
    let mut parts = Multipart::new(body.into_data_stream(), boundary);
    let (mut form, mut left) = (FormData::default(), most.small);
    while let Some(field) = parts.next_field().await.map_err(bad)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        left = left.checked_sub(name.len() + 64).ok_or_else(Error::too_large)?;
        match file_name {
            Some(_) if name == most.field && form.large.is_empty() => {
                form.large.extend(to_disk(storage, field, most).await?);
            }
            Some(file_name) => {
                let bytes = small(field, &mut left).await?;
                form.files.push(Upload { field: name, file_name, bytes });
            }
            None => {
                let bytes = small(field, &mut left).await?;
                let value = String::from_utf8(bytes).map_err(|_| Error::malformed(Say::new("error-utf8")))?;
                form.pairs.push((name, value));
            }
        }
    }
    form.pairs = clean(form.pairs)?;
    Ok(form)
}

async fn small(mut field: Field<'_>, left: &mut usize) -> Result<Vec<u8>> {
    let mut all = vec![];
    while let Some(piece) = field.chunk().await.map_err(bad)? {
        *left = left.checked_sub(piece.len()).ok_or_else(Error::too_large)?;
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

/// Nothing where no file was chosen: a browser sends the field without a byte then.
async fn to_disk(storage: &Storage, mut field: Field<'_>, most: &Most<'_>) -> Result<Option<Large>> {
    let (mut file, mut waiting, mut came) = (None, Vec::new(), 0u64);
    while let Some(piece) = field.chunk().await.map_err(bad)? {
        if came == 0 && !piece.is_empty() {
            (most.begin)()?;
        }
        came += piece.len() as u64;
        if came > most.large.saturating_mul(PATIENCE) {
            return Err(Error::too_large());
        }
        if came > most.large {
            waiting.clear();
            continue;
        }
        waiting.extend_from_slice(&piece);
        if waiting.len() >= PIECE {
            file = Some(write(storage, file, std::mem::take(&mut waiting)).await?);
        }
    }
    if came == 0 {
        return Ok(None);
    }
    let file = write(storage, file, waiting).await?;
    Ok(Some(Large { field: most.field.into(), file: Arc::new(file), cut: came > most.large }))
}

async fn write(storage: &Storage, file: Option<Incoming>, piece: Vec<u8>) -> Result<Incoming> {
    let storage = storage.clone();
    let work = move || {
        let mut file = match file {
            Some(file) => file,
            None => storage.incoming()?,
        };
        file.write(&piece)?;
        Ok(file)
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::fault)?
}

/// Stands for the whole of such a form where two requests are compared.
pub(super) fn digest(form: &FormData) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    for (name, value) in &form.pairs {
        add(name.as_bytes());
        add(value.as_bytes());
    }
    for file in &form.files {
        add(file.field.as_bytes());
        add(&file.bytes);
    }
    for file in &form.large {
        add(file.field.as_bytes());
        add(file.file.digest().as_bytes());
    }
    crate::crypto::hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(file: &[u8]) -> (HeaderMap, Body) {
        let head = "--B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na\r\nb\r\n--B\r\nContent-Disposition: form-data; name=\"film\"; filename=\"f\"\r\n\r\n";
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=B".parse().unwrap());
        (headers, Body::from([head.as_bytes(), file, b"\r\n--B--\r\n"].concat()))
    }

    async fn came(storage: &Storage, file: &[u8], small: usize) -> Result<FormData> {
        let (headers, body) = body(file);
        read(storage, &headers, body, &Most { field: "film", large: 4, small, begin: &|| Ok(()) }).await
    }

    #[tokio::test]
    async fn the_large_file_goes_to_the_disk_and_the_rest_is_at_hand() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Storage::new(dir.path().into());
        let form = came(&storage, b"film", 500).await.unwrap();
        assert_eq!(form.text("text"), "a\nb");
        let film = form.large("film").unwrap();
        assert_eq!((film.file.head(), film.cut), (&b"film"[..], false));
        let other = came(&storage, b"Film", 500).await.unwrap();
        assert_ne!(digest(&form), digest(&other));
        assert!(came(&storage, b"", 500).await.unwrap().large("film").is_none());
    }

    #[tokio::test]
    async fn too_much_is_cut_and_far_too_much_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let storage = Storage::new(dir.path().into());
        assert!(came(&storage, b"a film", 500).await.unwrap().large("film").unwrap().cut);
        assert!(came(&storage, b"nine byte", 500).await.is_err());
        assert!(came(&storage, b"film", 40).await.is_err(), "the small fields have their own limit");
    }
}
