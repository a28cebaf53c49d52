//! Files at the server: what a record names by the sum of its bytes.
use super::Bluesky;
use super::calls::No;
use crate::{Access, Verdict, wire};
use ground::fetch::Request;
use serde_json::{Value, json};

impl Bluesky {
    /// Brings bytes to the server; gives what a record names them by. `field` is what a refusal is about.
    pub(super) async fn blob(
        &self,
        access: &Access,
        mime: &str,
        bytes: Vec<u8>,
        field: &str,
    ) -> Result<Value, Verdict> {
        let session = self.session(access).await?;
        let mut request = Request::post(access.url("/xrpc/com.atproto.repo.uploadBlob"));
        request.body = bytes;
        let request = request.header("content-type", mime).bearer(&session.token);
        let response = match self.call(request).await {
            Ok(response) => response,
            Err(No::Other(verdict)) => return Err(about(verdict, field)),
            Err(_) => {
                self.sessions.forget(access);
                return Err(Verdict::NotSent { why: "the session had ended".to_owned() });
            }
        };
        let named = response.json::<Value>().and_then(|v| named(&v["blob"]));
        named.ok_or_else(|| Verdict::NotSent { why: "the answer to an upload cannot be read".to_owned() })
    }
}

/// Only what names a file goes into a record, whatever else the answer says.
fn named(blob: &Value) -> Option<Value> {
    let sum = blob["ref"]["$link"].as_str()?;
    let mime = blob["mimeType"].as_str()?;
    let plain = |text: &str, more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let fits = (1..=200).contains(&sum.len()) && plain(sum, "") && mime.len() <= 100 && plain(mime, "/+-._");
    fits.then(|| json!({"$type": "blob", "ref": {"$link": sum}, "mimeType": mime, "size": blob["size"].as_u64()}))
        .filter(|blob| blob["size"].is_u64())
}

fn about(verdict: Verdict, field: &str) -> Verdict {
    match wire::harmless(verdict) {
        Verdict::Rejected { code, human, .. } => Verdict::Rejected { code, human, field: Some(field.to_owned()) },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_a_file_is_believed() {
        let blob = |sum: &str, mime: &str, size: Value| {
            named(&json!({"$type": "x", "ref": {"$link": sum}, "mimeType": mime, "size": size, "more": [1]}))
        };
        let good = json!({"$type": "blob", "ref": {"$link": "bafk2"}, "mimeType": "video/mp4", "size": 7});
        assert_eq!(blob("bafk2", "video/mp4", json!(7)), Some(good));
        for (sum, mime, size) in [
            ("", "video/mp4", json!(7)),
            ("a\u{7}", "video/mp4", json!(7)),
            ("a/b", "video/mp4", json!(7)),
            (&"a".repeat(201), "video/mp4", json!(7)),
            ("a", "video/mp4\r\n", json!(7)),
            ("a", "video/mp4", json!("7")),
            ("a", "video/mp4", json!(-7)),
        ] {
            assert_eq!(blob(sum, mime, size), None, "{sum} {mime}");
        }
        assert_eq!(named(&json!([])), None);
    }
}
