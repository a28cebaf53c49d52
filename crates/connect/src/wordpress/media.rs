//! Pictures, films and sound: into the site's library once, and into a post with the words for people who cannot see or hear
//! them.
use super::WordPress;
use super::call::code;
use super::entities::Upload;
use super::words::{escaped, web};
use crate::wire::unwritten;
use crate::wire::{harmless, written};
use crate::{Access, Media, Recording, Verdict};
use ground::crypto::hex;
use ground::fetch::{Method, Parts};
use sha2::{Digest, Sha256};

/// Larger is not read into memory; most sites take less, and say so when it is sent.
pub(super) const LARGEST: u64 = 64 << 20;

/// The name of a picture in the library: the same picture with the same description has the same.
fn name(media: &Media) -> String {
    let digest = Sha256::new().chain_update(&media.bytes).chain_update(&media.alt).finalize();
    format!("drelwa-{}", hex(&digest[..16]))
}

/// Whether an address is that of the picture as it came, not of one that was cropped or taken over since.
fn is_original(url: &str, name: &str) -> bool {
    let file = url.rsplit('/').next().unwrap_or_default();
    file.strip_prefix(name)
        .is_some_and(|end| ["", "-scaled", "-rotated"].iter().any(|m| end.starts_with(&format!("{m}."))))
}

pub(super) fn picture(upload: &Upload, alt: &str) -> String {
    let (id, source, alt) = (upload.id, escaped(&upload.source_url), escaped(alt).replace('\n', " "));
    format!("<figure class=\"wp-block-image\"><img class=\"wp-image-{id}\" src=\"{source}\" alt=\"{alt}\" /></figure>")
}

/// A player, and below it what is said, in each language there is.
pub(super) fn player(upload: &Upload, recording: &Recording) -> String {
    let (tag, source) = (if recording.is_film() { "video" } else { "audio" }, escaped(&upload.source_url));
    let mut out = format!("<figure class=\"wp-block-{tag}\"><{tag} controls src=\"{source}\"></{tag}></figure>");
    for captions in &recording.captions {
        let title = if captions.lang == "dz" { "ནང་ན་སླབ་མི།" } else { "What is said" };
        let lines = escaped(&captions.words()).replace('\n', "<br />");
        out.push_str(&format!(
            "\n<details lang=\"{}\"><summary>{title}</summary><p>{lines}</p></details>",
            escaped(&captions.lang)
        ));
    }
    out
}

/// How the name of such a file ends: WordPress takes no film that is named otherwise.
fn kind(mime: &str) -> &str {
    match mime {
        "video/quicktime" => "mov",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        other => other.rsplit('/').next().unwrap_or("bin"),
    }
}

impl WordPress {
    /// Uploads a picture, or finds it where an earlier try put it.
    pub(super) async fn uploaded(&self, access: &Access, media: &Media) -> Result<Upload, Verdict> {
        self.stored(access, &name(media), &media.mime, &media.bytes, &media.alt).await
    }

    /// The same for a film or sound recording.
    pub(super) async fn recorded(&self, access: &Access, recording: &Recording) -> Result<Upload, Verdict> {
        let bytes = recording.whole(LARGEST).await?;
        let name = format!("drelwa-{}", hex(&Sha256::digest(&bytes)[..16]));
        let stored = self.stored(access, &name, &recording.mime, &bytes, "").await;
        stored.map_err(|verdict| match verdict {
            Verdict::Rejected { code, human, field: Some(_) } => {
                Verdict::Rejected { code, human, field: Some("recording".into()) }
            }
            other => other,
        })
    }

    async fn stored(
        &self,
        access: &Access,
        name: &str,
        mime: &str,
        bytes: &[u8],
        alt: &str,
    ) -> Result<Upload, Verdict> {
        let query = [("context", "edit"), ("slug", name), ("_fields", "id,source_url")];
        let there: Vec<Upload> = self.get(access, "/wp/v2/media", &query).await.map_err(unwritten)?;
        if let Some(up) = there.into_iter().find(|up| is_original(&up.source_url, name)) {
            return Ok(up);
        }
        let file = format!("{name}.{}", kind(mime));
        let parts = Parts::new().field("alt_text", alt).file("file", &file, mime, bytes);
        let request = self.request(access, Method::POST, "/wp/v2/media", &[("_fields", "id,source_url")]).await;
        let answer = self.sent(request.map(|r| r.parts(parts))).await;
        // A file of the wrong kind or size is answered with 500, though it is a refusal for good.
        if let Ok(r) = &answer
            && code(r).is_some_and(|c| c.starts_with("rest_upload_"))
        {
            let value: serde_json::Value = r.json().unwrap_or_default();
            let human = value["message"].as_str().unwrap_or_default().chars().take(500).collect();
            return Err(Verdict::Rejected { code: "media-refused".into(), human, field: Some("media".into()) });
        }
        let response = written(answer, &self.clock).map_err(harmless)?;
        let upload: Option<Upload> = response.json();
        let unread = || Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() };
        upload.filter(|up| web(Some(up.source_url.clone())).is_some()).ok_or_else(unread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_name() {
        let of = |bytes: &[u8], alt: &str| {
            name(&Media { bytes: bytes.into(), mime: "image/png".into(), alt: alt.into(), url: None, path: None })
        };
        assert_ne!(of(b"a", "x"), of(b"a", "y"));
        assert_eq!(of(b"a", "x"), of(b"a", "x"));
        for (file, is) in [("n.png", true), ("n-scaled.jpg", true), ("n-e1700000000.png", false), ("nn.png", false)] {
            assert_eq!(is_original(&format!("https://a.bt/2026/11/{file}"), "n"), is, "{file}");
        }
        let up = Upload { id: 5, source_url: "https://a.bt/x.png".into() };
        let html = picture(&up, "A \"red\" <dot>\n& more");
        assert!(html.contains("alt=\"A &quot;red&quot; &lt;dot&gt; &amp; more\""), "{html}");
    }
}
