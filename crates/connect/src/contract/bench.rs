//! What the suite stands on: a platform with a server of its own behind it, and what is said to it.
use super::kind;
use crate::guarded::Guarded;
use crate::simulator::SetFault;
use crate::*;
use ground::fetch::{Fetch, FetchPolicy};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// A platform on a bench: the connector, and what stands behind it.
pub(crate) struct Bench {
    pub connector: Arc<dyn Connector>,
    pub access: Access,
    pub server: Box<dyn Server>,
}

/// What the suite does past the connector, by the platform's own means.
pub(crate) trait Server: Send + Sync {
    fn fault(&self, fault: SetFault);
    /// What our account has published and not taken down, oldest first, in the words it was given.
    fn texts(&self) -> Vec<String>;
    /// Posts on the account, as somebody with its password would, and gives the post's id.
    fn beside(&self, text: &str) -> String;
    /// Lets a stranger answer a post.
    fn reply(&self, to: &str, text: &str);
    /// Lets whoever wrote a comment change it, or remove it.
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        panic!("{remote_id} cannot become {text:?} on this server");
    }
    /// Whether an account can answer its own post, and not only what others wrote below it.
    fn answers_posts(&self) -> bool {
        true
    }
    /// Where nothing is published: the id of a new message of a stranger's, which may be answered.
    fn asked(&self) -> Option<String> {
        None
    }
}

fn fetch() -> Fetch {
    let policy =
        FetchPolicy { allow_loopback: true, total_timeout: Duration::from_millis(900), ..FetchPolicy::default() };
    Fetch::new(policy).unwrap()
}

pub(crate) async fn free_port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// Every platform there is, each with a server of its own, by connectors as the rest of the program sees them.
pub(crate) async fn benches() -> Vec<Bench> {
    benches_by(&fetch()).await
}

/// The same, with calls made by this.
pub(super) async fn benches_by(fetch: &Fetch) -> Vec<Bench> {
    let mut out = simulator::bench::benches(fetch).await;
    out.extend(bluesky::bench::benches(fetch).await);
    out.extend(discourse::bench::benches(fetch).await);
    out.extend(facebook::bench::benches(fetch).await);
    out.extend(lemmy::bench::benches(fetch).await);
    out.extend(instagram::bench::benches(fetch).await);
    out.extend(linkedin::bench::benches(fetch).await);
    out.extend(mastodon::bench::benches(fetch).await);
    out.extend(mediawiki::bench::benches(fetch).await);
    out.extend(matrix::bench::benches(fetch).await);
    out.extend(peertube::bench::benches(fetch).await);
    out.extend(wechat::bench::benches(fetch).await);
    out.extend(weibo::bench::benches(fetch).await);
    out.extend(wordpress::bench::benches(fetch).await);
    out.extend(telegram::bench::benches(fetch).await);
    out.extend(threads::bench::benches(fetch).await);
    out.extend(tiktok::bench::benches(fetch).await);
    out.extend(whatsapp::bench::benches(fetch).await);
    out.extend(x::bench::benches(fetch).await);
    out.extend(youtube::bench::benches(fetch).await);
    out.into_iter().map(|b| Bench { connector: Guarded::around(b.connector), ..b }).collect()
}

pub(super) fn post(text: &str) -> Post {
    Post { text: text.to_owned(), lang: "en".to_owned(), ..Post::default() }
}

pub(super) fn picture() -> Media {
    // The smallest real PNG: one transparent pixel.
    let bytes = [
        0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0,
        0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d,
        0x0a, 0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
    ];
    let url = Some("https://gov.example/out/bridge.png".to_owned());
    Media {
        bytes: bytes.to_vec(),
        mime: "image/png".into(),
        alt: "A bridge over the Wang Chhu".into(),
        url,
        path: None,
    }
}

/// The beginning of a JPEG, for platforms that take nothing else; who takes only these comes and gets them.
fn jpeg() -> Media {
    let bytes = [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0].to_vec();
    let url = Some("https://gov.example/out/bridge.jpg".to_owned());
    Media { bytes, mime: "image/jpeg".into(), url, ..picture() }
}

/// The beginning of a small MP4, in a file that is there as long as the tests run.
pub(crate) fn film() -> Recording {
    static FILM: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    let bytes = *b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free";
    let path = FILM.get_or_init(|| {
        // One name for all: whoever comes second writes the same bytes.
        let path = std::env::temp_dir().join("drelwa-suite-of-connectors.mp4");
        let own = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(own.path(), bytes).unwrap();
        own.persist(&path).unwrap();
        path
    });
    let captions = Captions { lang: "en".into(), vtt: "WEBVTT\n\n00:00.000 --> 00:01.000\nThe bridge\n".into() };
    Recording {
        path: path.clone(),
        bytes: bytes.len() as u64,
        mime: "video/mp4".into(),
        seconds: Some(1),
        captions: vec![captions],
        url: Some("https://gov.example/out/bridge.mp4".to_owned()),
    }
}

impl Bench {
    pub(super) fn platform(&self) -> &'static str {
        self.connector.capabilities().platform
    }
    /// A PNG wherever the platform takes one.
    pub(super) fn picture(&self) -> Media {
        let types = self.connector.capabilities().image_types;
        let png = picture();
        let only_jpeg = types.contains(&"image/jpeg".to_owned()) && !types.contains(&png.mime);
        if only_jpeg { jpeg() } else { png }
    }
    /// Whether the platform takes nothing but films and sound recordings.
    pub(super) fn only_recordings(&self) -> bool {
        self.connector.capabilities().recordings.is_some_and(|r| r.needed)
    }
    /// These words with a picture, or with a film where the platform takes nothing else.
    pub(super) fn illustrated(&self, text: &str) -> Post {
        if self.only_recordings() {
            return Post { recording: Some(film()), ..post(text) };
        }
        Post { media: vec![self.picture()], ..post(text) }
    }
    /// These words, with a picture or a film where the platform takes none without, and as an answer where it takes only these.
    pub(super) fn post(&self, text: &str) -> Post {
        let bare = !self.connector.capabilities().needs_media && !self.only_recordings();
        let words = if bare { post(text) } else { self.illustrated(text) };
        Post { reply_to: self.server.asked(), ..words }
    }
    pub(super) async fn prepare(&self, post: &Post) -> Prepared {
        self.connector.prepare(&self.access, post).await.unwrap_or_else(|v| panic!("{}: {v:?}", self.platform()))
    }
    pub(super) async fn prepare_edit(&self, post: &Post) -> Prepared {
        let prepared = self.connector.prepare_edit(&self.access, post).await;
        prepared.unwrap_or_else(|v| panic!("{}: {v:?}", self.platform()))
    }
    pub(super) async fn publish(&self, text: &str, key: &str) -> (String, Option<String>) {
        let prepared = self.prepare(&self.post(text)).await;
        match self.connector.attempt(&self.access, &prepared, key).await {
            Verdict::Accepted { remote_id, url } => (remote_id, url),
            other => panic!("{}: {other:?}", self.platform()),
        }
    }
    /// Somebody answers a post: it comes in once, with who, when and what it answers; it can be hidden where that is promised.
    pub(super) async fn a_citizen_answers(&self, remote_id: &str) {
        let (name, c, to) = (self.platform(), &self.connector, &self.access);
        let first = c.inbound(to, None).await.unwrap();
        assert!(first.items.is_empty(), "{name}: one's own posts are not inbound");
        self.server.reply(remote_id, "Is <b>Wangdue</b> open & safe?");
        let page = c.inbound(to, first.cursor.clone()).await.unwrap();
        assert_eq!(page.items.len(), 1, "{name}");
        let item = &page.items[0];
        assert_eq!(item.text, "Is <b>Wangdue</b> open & safe?", "{name}");
        assert_eq!(item.in_reply_to.as_deref(), Some(remote_id), "{name}");
        assert!(item.at_us > 1_600_000_000_000_000 && !item.author_name.is_empty(), "{name}");
        assert!(c.inbound(to, page.cursor).await.unwrap().items.is_empty(), "{name}: the cursor moves on");
        // Nothing is told where nothing is counted.
        assert_eq!(c.metrics(to, remote_id).await.unwrap().replies.is_some(), c.capabilities().has_metrics, "{name}");
        // What a platform cannot do, its connector refuses rather than pretends.
        let hidden = kind(&c.hide(to, &item.remote_id, true).await);
        assert_eq!(hidden, if c.capabilities().can_hide { "accepted" } else { "rejected" }, "{name}");
    }
    pub(super) async fn find(&self, prepared: &Prepared, key: &str, since_us: i64) -> Found {
        let sought = Sought {
            key: key.to_owned(),
            fingerprint: fingerprint(&prepared.text),
            container: prepared.container.clone(),
            since_us,
        };
        self.connector.find(&self.access, &sought).await
    }
}
