//! Films, sound and pictures as files: what is stored before the call holds none of their bytes.
use super::bench::film;
use super::*;
use std::path::Path;

/// A hundred thousand letters that stand in no text.
fn bulk(head: &[u8]) -> Vec<u8> {
    [head, &b"Zq7".repeat(100_000)].concat()
}

fn kept(path: &Path, bytes: &[u8]) -> u64 {
    std::fs::write(path, bytes).unwrap();
    bytes.len() as u64
}

#[tokio::test]
async fn what_goes_along_is_not_kept_with_a_prepared_post() {
    let folder = tempfile::tempdir().unwrap();
    let (film_at, picture_at) = (folder.path().join("film"), folder.path().join("picture"));
    for b in benches().await.iter().filter(|b| b.connector.capabilities().publishes) {
        let (name, c, to) = (b.platform(), &b.connector, &b.access);
        let mut shown = vec![];
        if let Some(takes) = c.capabilities().recordings {
            assert!(takes.types.contains(&"video/mp4".to_owned()), "{name}");
            let bytes = kept(&film_at, &bulk(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free"));
            let film = Recording { path: film_at.clone(), bytes, ..film() };
            shown.push(Post { recording: Some(film), ..post("The bridge in a film") });
        }
        if c.capabilities().max_media > 0 {
            let of = b.picture();
            let bytes = bulk(&of.bytes);
            kept(&picture_at, &bytes);
            shown.push(Post {
                media: vec![Media { bytes, path: Some(picture_at.clone()), ..of }],
                ..post("The bridge in a picture https://example.org/bridge")
            });
        }
        for post in &shown {
            // Where our own server takes no such file there is nothing to keep.
            let Ok(prepared) = c.prepare(to, post).await else { continue };
            let stored = serde_json::to_string(&prepared).unwrap();
            assert!(stored.len() < 10_000 && !stored.contains("Zq7Zq7"), "{name}: {} bytes", stored.len());
        }
    }
}
