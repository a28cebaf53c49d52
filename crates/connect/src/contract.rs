//! One suite for every connector, over real sockets: what each promises, and what each says when the network misbehaves.
mod answers;
mod rereads;

use crate::simulator::{Fault, SetFault};
use crate::*;
use ground::clock::Clock;
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

/// Every platform there is, each with a server of its own.
pub(crate) async fn benches() -> Vec<Bench> {
    let mut out = simulator::bench::benches(&fetch()).await;
    out.extend(bluesky::bench::benches(&fetch()).await);
    out.extend(discourse::bench::benches(&fetch()).await);
    out.extend(facebook::bench::benches(&fetch()).await);
    out.extend(lemmy::bench::benches(&fetch()).await);
    out.extend(instagram::bench::benches(&fetch()).await);
    out.extend(linkedin::bench::benches(&fetch()).await);
    out.extend(mastodon::bench::benches(&fetch()).await);
    out.extend(mediawiki::bench::benches(&fetch()).await);
    out.extend(matrix::bench::benches(&fetch()).await);
    out.extend(peertube::bench::benches(&fetch()).await);
    out.extend(wechat::bench::benches(&fetch()).await);
    out.extend(weibo::bench::benches(&fetch()).await);
    out.extend(wordpress::bench::benches(&fetch()).await);
    out.extend(telegram::bench::benches(&fetch()).await);
    out.extend(threads::bench::benches(&fetch()).await);
    out.extend(tiktok::bench::benches(&fetch()).await);
    out.extend(whatsapp::bench::benches(&fetch()).await);
    out.extend(x::bench::benches(&fetch()).await);
    out.extend(youtube::bench::benches(&fetch()).await);
    out
}

fn post(text: &str) -> Post {
    Post { text: text.to_owned(), lang: "en".to_owned(), ..Post::default() }
}

fn picture() -> Media {
    // The smallest real PNG: one transparent pixel.
    let bytes = [
        0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0,
        0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d,
        0x0a, 0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
    ];
    let url = Some("https://gov.example/out/bridge.png".to_owned());
    Media { bytes: bytes.to_vec(), mime: "image/png".into(), alt: "A bridge over the Wang Chhu".into(), url }
}

/// The beginning of a JPEG, for platforms that take nothing else; who takes only these comes and gets them.
fn jpeg() -> Media {
    let bytes = [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0].to_vec();
    let url = Some("https://gov.example/out/bridge.jpg".to_owned());
    Media { bytes, mime: "image/jpeg".into(), url, ..picture() }
}

/// The beginning of a small MP4, in a file that is there as long as the tests run.
fn film() -> Recording {
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
        captions: vec![captions],
        url: Some("https://gov.example/out/bridge.mp4".to_owned()),
    }
}

impl Bench {
    fn platform(&self) -> &'static str {
        self.connector.capabilities().platform
    }
    /// A PNG wherever the platform takes one.
    fn picture(&self) -> Media {
        let types = self.connector.capabilities().image_types;
        let png = picture();
        let only_jpeg = types.contains(&"image/jpeg".to_owned()) && !types.contains(&png.mime);
        if only_jpeg { jpeg() } else { png }
    }
    /// Whether the platform takes nothing but films and sound recordings.
    fn only_recordings(&self) -> bool {
        self.connector.capabilities().recordings.is_some_and(|r| r.needed)
    }
    /// These words with a picture, or with a film where the platform takes nothing else.
    fn illustrated(&self, text: &str) -> Post {
        if self.only_recordings() {
            return Post { recording: Some(film()), ..post(text) };
        }
        Post { media: vec![self.picture()], ..post(text) }
    }
    /// These words, with a picture or a film where the platform takes none without, and as an answer where it takes only these.
    fn post(&self, text: &str) -> Post {
        let bare = !self.connector.capabilities().needs_media && !self.only_recordings();
        let words = if bare { post(text) } else { self.illustrated(text) };
        Post { reply_to: self.server.asked(), ..words }
    }
    async fn prepare(&self, post: &Post) -> Prepared {
        self.connector.prepare(&self.access, post).await.unwrap_or_else(|v| panic!("{}: {v:?}", self.platform()))
    }
    async fn publish(&self, text: &str, key: &str) -> (String, Option<String>) {
        let prepared = self.prepare(&self.post(text)).await;
        match self.connector.attempt(&self.access, &prepared, key).await {
            Verdict::Accepted { remote_id, url } => (remote_id, url),
            other => panic!("{}: {other:?}", self.platform()),
        }
    }
    /// Somebody answers a post: it comes in once, with who, when and what it answers; it can be hidden where that is promised.
    async fn a_citizen_answers(&self, remote_id: &str) {
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
    async fn find(&self, prepared: &Prepared, key: &str, since_us: i64) -> Found {
        let sought = Sought {
            key: key.to_owned(),
            fingerprint: fingerprint(&prepared.text),
            container: prepared.container.clone(),
            since_us,
        };
        self.connector.find(&self.access, &sought).await
    }
}

#[tokio::test]
async fn publishes_answers_edits_counts_and_removes() {
    for b in benches().await.iter().filter(|b| b.connector.capabilities().publishes) {
        let (name, c, to) = (b.platform(), &b.connector, &b.access);
        let me = c.whoami(to).await.unwrap();
        assert_eq!(me.account_id, b.access.remote_account_id, "{name}");
        assert_eq!(c.resolve(&b.access, &me.handle).await, Ok(Some(me.account_id.clone())), "{name}");
        let illustrated = b.illustrated("Bridge open again https://example.org/bridge");
        assert!(c.problems(&illustrated).is_empty(), "{name}");
        let types = c.capabilities().image_types;
        let takes_png = types.is_empty() || types.iter().any(|t| t == "image/png");
        let is_best = |m: &Media| (m.mime == "image/png") == takes_png;
        assert!(illustrated.media.iter().all(is_best), "{name}: a PNG where the platform takes one");
        let prepared = b.prepare(&illustrated).await;
        let again: Prepared = serde_json::from_str(&serde_json::to_string(&prepared).unwrap()).unwrap();
        let Verdict::Accepted { remote_id, url } = c.attempt(to, &again, "k-1").await else { panic!("{name}") };
        assert!(url.is_some_and(|u| u.starts_with("http")), "{name}");
        assert_eq!(b.server.texts(), ["Bridge open again https://example.org/bridge"], "{name}");

        let answers_posts = c.capabilities().can_reply && b.server.answers_posts();
        if answers_posts {
            let answer = Post { reply_to: Some(remote_id.clone()), ..post("More at noon") };
            let prepared = b.prepare(&answer).await;
            assert!(matches!(c.attempt(to, &prepared, "k-2").await, Verdict::Accepted { .. }), "{name}");
        }
        if c.capabilities().reads_comments {
            b.a_citizen_answers(&remote_id).await;
        } else {
            let page = c.inbound(to, None).await.unwrap();
            assert_eq!((page.items.len(), page.more), (0, false), "{name}");
        }
        let (words, better) = ("Bridge open again https://example.org/bridge", "Bridge open for light vehicles");
        let edited = kind(&c.edit(to, &remote_id, &b.prepare(&b.post(better)).await).await);
        assert_eq!(edited, if c.capabilities().can_edit { "accepted" } else { "rejected" }, "{name}");
        let stands = if c.capabilities().can_edit { better } else { words };
        assert_eq!(b.server.texts()[0], stands, "{name}");
        if !c.capabilities().can_delete {
            assert_eq!(kind(&c.take_down(to, &remote_id).await), "rejected", "{name}");
            assert_eq!(b.server.texts()[0], stands, "{name}");
            continue;
        }
        for _ in 0..2 {
            let gone = c.take_down(to, &remote_id).await;
            assert!(matches!(gone, Verdict::Accepted { .. }), "{name}: {gone:?}");
        }
        let left: &[&str] = if answers_posts { &["More at noon"] } else { &[] };
        assert_eq!(b.server.texts(), left, "{name}");
        if c.capabilities().has_metrics {
            assert_eq!(c.metrics(to, &remote_id).await, Err(Failure::Gone), "{name}");
        }
    }
}

#[tokio::test]
async fn refuses_what_does_not_fit_and_a_wrong_key() {
    for b in benches().await {
        let (name, c) = (b.platform(), &b.connector);
        if let Some(limit) = c.capabilities().text_limit {
            let long = b.post(&"ཀ".repeat(limit + 1));
            assert_eq!(c.problems(&long)[0].code, "text-too-long", "{name}");
            // The platform says the same, in whichever step it looks.
            let verdict = match c.prepare(&b.access, &long).await {
                Ok(prepared) => c.attempt(&b.access, &prepared, "k").await,
                Err(verdict) => verdict,
            };
            assert!(matches!(verdict, Verdict::Rejected { .. }), "{name}: {verdict:?}");
        }
        let wrong = Access { secret: Secret::new(" "), ..b.access.clone() };
        assert_eq!(c.whoami(&wrong).await, Err(Failure::Unauthorised), "{name}");
        let prepared = Prepared::of(&b.post("hello"), Vec::new());
        if b.connector.capabilities().safety != Safety::TwoPhase {
            assert_eq!(c.attempt(&wrong, &prepared, "k").await, Verdict::Unauthorised, "{name}");
        }
        let nobody = Access { base_url: format!("http://{}", closed_port().await), ..b.access.clone() };
        assert!(matches!(c.attempt(&nobody, &prepared, "k").await, Verdict::NotSent { .. }), "{name}");
        assert!(b.server.texts().is_empty(), "{name}");
    }
}

async fn closed_port() -> std::net::SocketAddr {
    free_port().await.local_addr().unwrap()
}

/// What is expected of a fault: the verdict, and whether the post is out afterwards.
fn expected(fault: Fault) -> (&'static str, usize) {
    match fault {
        Fault::RateLimit => ("rate-limited", 0),
        Fault::ErrorAfterCommit | Fault::DropAfter | Fault::Slow => ("unknown", 1),
        Fault::DropBefore | Fault::Outage => ("unknown", 0),
        Fault::RevokedToken => ("unauthorised", 0),
        Fault::Review | Fault::ReviewRefused => ("pending", 1),
    }
}

fn kind(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted { .. } => "accepted",
        Verdict::Pending { .. } => "pending",
        Verdict::Rejected { .. } => "rejected",
        Verdict::NotSent { .. } => "not-sent",
        Verdict::RateLimited { .. } => "rate-limited",
        Verdict::Unauthorised => "unauthorised",
        Verdict::Unknown { .. } => "unknown",
    }
}

/// Fault by safety class: the verdict on the wire, what reading back then tells, and that whoever obeys both ends up
/// with one post exactly.
#[tokio::test]
async fn fault_matrix() {
    for fault in Fault::ALL {
        for b in benches().await {
            let at = format!("{fault:?} on {}", b.platform());
            let since = Clock::system().now();
            let safety = b.connector.capabilities_at(&b.access).await.safety;
            let prepared = b.prepare(&b.post("Landslide at Box Cutting")).await;
            b.server.fault(SetFault { ms: (fault == Fault::Slow).then_some(3000), ..SetFault::once(fault) });
            let verdict = b.connector.attempt(&b.access, &prepared, "k").await;
            let (want, out) = expected(fault);
            assert_eq!(kind(&verdict), want, "{at}: {verdict:?}");
            assert_eq!(b.server.texts().len(), out, "{at}");
            assert_eq!(verdict.may_repeat(), want == "rate-limited", "{at}");

            let found = b.find(&prepared, "k", since).await;
            match (safety, out) {
                (Safety::Blind, _) => assert_eq!(found, Found::CannotTell, "{at}"),
                (_, 0) => assert_eq!(found, Found::No, "{at}"),
                _ => assert!(matches!(found, Found::Yes { .. }), "{at}: {found:?}"),
            }
            // With a key or a container, even an impatient repeat makes no second post.
            if matches!(safety, Safety::Keyed { .. } | Safety::TwoPhase) {
                let again = b.connector.attempt(&b.access, &prepared, "k").await;
                assert_eq!(kind(&again), "accepted", "{at}: {again:?}");
                assert_eq!(b.server.texts().len(), 1, "{at}");
            }
        }
    }
}

#[tokio::test]
async fn an_outage_is_no_proof_of_anything() {
    for b in benches().await {
        let (out, _) = b.publish("Rain expected", "k0").await;
        let prepared = b.prepare(&b.post("Flood warning")).await;
        b.server.fault(SetFault { times: 0, ..SetFault::once(Fault::Outage) });
        assert_eq!(kind(&b.connector.attempt(&b.access, &prepared, "k").await), "unknown", "{}", b.platform());
        assert_eq!(b.find(&prepared, "k", 0).await, Found::CannotTell, "{}", b.platform());
        if b.connector.capabilities().can_delete {
            let gone = b.connector.take_down(&b.access, &out).await;
            assert_eq!(kind(&gone), "unknown", "{}", b.platform());
        }
        // Uploading is harmless to repeat, so nothing about it is ever unknown.
        if b.connector.capabilities().max_media == 0 && !b.only_recordings() {
            continue;
        }
        let upload = b.connector.prepare(&b.access, &b.illustrated("Flood warning")).await;
        assert!(matches!(upload, Err(Verdict::NotSent { .. })), "{}: {upload:?}", b.platform());
    }
}

#[tokio::test]
async fn two_different_posts_are_two() {
    for b in benches().await {
        let (one, _) = b.publish("First of May", "k1").await;
        let (two, _) = b.publish("Second of May", "k2").await;
        assert_ne!(one, two, "{}", b.platform());
        assert_eq!(b.server.texts(), ["First of May", "Second of May"], "{}", b.platform());
    }
}

/// What was there before is passed over; afterwards everything is listed once, the connector's own and what was posted
/// beside it, oldest first, answers to others too.
#[tokio::test]
async fn what_stands_on_the_account_is_listed_from_the_first_look_on() {
    for b in benches().await {
        let (name, c, to) = (b.platform(), &b.connector, &b.access);
        let own = async |cursor: Option<String>| c.own_posts(to, cursor).await.unwrap();
        b.publish("Before", "k0").await;
        let first = own(None).await;
        assert!(first.items.is_empty() && !first.more, "{name}");
        if !c.capabilities().lists_own {
            // What cannot be listed cannot be read back.
            assert!(c.capabilities().safety != Safety::ReadBack && first.cursor.is_none(), "{name}");
            continue;
        }
        assert!(own(first.cursor.clone()).await.items.is_empty(), "{name}");
        let beside = b.server.beside("By hand <b>&</b> in haste");
        let (ours, _) = b.publish("By the tool", "k1").await;
        b.server.reply(&ours, "Somebody else's words");
        let page = own(first.cursor.clone()).await;
        let ids: Vec<&str> = page.items.iter().map(|p| p.remote_id.as_str()).collect();
        assert_eq!(ids, [beside.as_str(), ours.as_str()], "{name}");
        let post = &page.items[0];
        assert_eq!(post.text, "By hand <b>&</b> in haste", "{name}");
        assert!(
            post.at_us > 1_600_000_000_000_000 && post.url.as_ref().is_some_and(|u| u.starts_with("http")),
            "{name}"
        );
        assert!(own(page.cursor.clone()).await.items.is_empty(), "{name}: the cursor moves on");

        // More than a page: all of it comes, none of it twice.
        let all: Vec<String> = (0..105).map(|n| b.server.beside(&format!("Number {n}"))).collect();
        let (mut seen, mut cursor) = (vec![], page.cursor);
        for _ in 0..9 {
            let page = own(cursor).await;
            seen.extend(page.items.into_iter().map(|p| p.remote_id));
            cursor = page.cursor;
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, all, "{name}");
        b.server.fault(SetFault { times: 0, ..SetFault::once(Fault::Outage) });
        assert!(c.own_posts(to, cursor).await.is_err(), "{name}");
    }
}
