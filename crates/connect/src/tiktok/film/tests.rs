//! Films at TikTok: pieces in order, the last of which posts, and what is known when its answer is lost.
use super::super::bench::{access, photo};
use super::super::fake::{FakeTikTok, KEY, Ways};
use super::super::{CREATOR_INFO, WEB};
use super::*;
use crate::contract::free_port;
use crate::simulator::{Fault, SetFault};
use crate::trial::{code, refusal};
use crate::{Captions, Connector, Secret, Sought, Standing, fingerprint};
use ground::fetch::{Fetch, FetchPolicy};
use std::io::Write;
use std::time::Duration;
use tempfile::NamedTempFile;

struct Stand {
    fake: FakeTikTok,
    it: TikTok,
    to: Access,
    file: NamedTempFile,
    bytes: Vec<u8>,
}

fn tiktok() -> TikTok {
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let it = TikTok::new(fetch, Clock::system()).in_pieces(1000);
    it.watching(Duration::from_millis(300), Duration::from_millis(10))
}

async fn stand(ways: Ways) -> Stand {
    let fake = FakeTikTok::start(free_port().await, Ways { least: Some(1000), ..ways }).unwrap();
    let bytes: Vec<u8> = (0..3500_u32).map(|n| (n % 251) as u8).collect();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let to = access(&fake);
    Stand { fake, it: tiktok(), to, file, bytes }
}

impl Stand {
    fn film(&self) -> Recording {
        Recording {
            path: self.file.path().to_owned(),
            bytes: self.bytes.len() as u64,
            mime: "video/mp4".into(),
            seconds: Some(90),
            captions: vec![Captions { lang: "en".into(), vtt: "WEBVTT\n".into() }],
            url: None,
        }
    }
    fn post(&self, text: &str, recording: Recording) -> Post {
        Post { text: text.into(), lang: "en".into(), recording: Some(recording), ..Post::default() }
    }
    async fn prepare(&self, text: &str) -> Result<Prepared, Verdict> {
        self.it.prepare(&self.to, &self.post(text, self.film())).await
    }
    async fn attempt(&self, prepared: &Prepared) -> Verdict {
        self.it.attempt(&self.to, prepared, "k").await
    }
    async fn find(&self, prepared: &Prepared) -> Found {
        let container = prepared.container.clone();
        let sought = Sought { key: "k".into(), fingerprint: fingerprint(&prepared.text), container, since_us: 0 };
        self.it.find(&self.to, &sought).await
    }
    fn pieces(&self) -> usize {
        self.fake.calls().iter().filter(|call| *call == "/video/").count()
    }
}

#[tokio::test]
async fn the_last_piece_posts_and_nothing_before_it() {
    let s = stand(Ways::default()).await;
    let prepared = s.prepare("Open again").await.unwrap();
    assert_eq!(s.fake.calls(), [CREATOR_INFO, INIT, "/video/", "/video/"], "all but the last of three");
    assert!(s.fake.posted().is_empty(), "nobody sees it yet");
    assert_eq!(s.find(&prepared).await, Found::No);
    let kept = serde_json::to_string(&prepared).unwrap();
    assert!(!kept.contains("upload_token") && !kept.contains("Xza123"), "the address holds a key: {kept}");
    let Verdict::Accepted { remote_id, url } = s.attempt(&prepared).await else { panic!() };
    assert_eq!(url, Some(format!("{WEB}/@roads.bt/video/{remote_id}")));
    let posted = s.fake.posted().remove(0);
    assert!(posted.film.unwrap().got == s.bytes, "every byte once and in order, what is left over with the last piece");
    let told = &posted.body["post_info"];
    assert_eq!((&told["title"], &told["privacy_level"]), (&json!("Open again"), &json!(EVERYONE)));
    assert_eq!(
        (&told["disable_comment"], &told["disable_duet"]),
        (&json!(false), &json!(true)),
        "as the account has it"
    );
    assert!(matches!(s.find(&prepared).await, Found::Yes { remote_id: found, .. } if found == remote_id));
    // It cannot be sent again.
    assert!(matches!(s.attempt(&prepared).await, Verdict::NotReady { .. }));
    assert_eq!(s.fake.posted().len(), 1);
}

#[test]
fn what_is_left_over_goes_with_the_last_piece() {
    for (bytes, piece, pieces) in [
        (1, 1, 1),
        (5 << 20, 5 << 20, 1),
        ((10 << 20) - 1, (10 << 20) - 1, 1),
        (10 << 20, 5 << 20, 2),
        (50_000_123, 5 << 20, 9),
        (FILM_BYTES, 5 << 20, 762),
    ] {
        assert_eq!(cut(bytes, PIECE), (piece, pieces), "{bytes}");
        let last = bytes - piece * (pieces - 1);
        assert!(last < 2 * PIECE && pieces <= 1000, "{bytes}");
    }
}

#[tokio::test]
async fn a_lost_answer_to_the_last_piece_is_asked_about() {
    // It arrived, and TikTok is done with it or still at it.
    for (slow, over) in [(0, true), (5, false)] {
        let s = stand(Ways { slow, ..Ways::default() }).await;
        let prepared = s.prepare("Landslide").await.unwrap();
        s.fake.net.held().unanswered = 1;
        let lost = s.attempt(&prepared).await;
        assert!(matches!(lost, Verdict::Unknown { .. }), "{lost:?}");
        let found = s.find(&prepared).await;
        let id = s.fake.posted().remove(0).publish_id;
        assert_eq!(matches!(found, Found::Yes { .. }), over, "{found:?}");
        assert!(over || found == Found::Taken { remote_id: id.clone() }, "{found:?}");
        assert_eq!(s.it.standing(&s.to, &id).await.unwrap() == Standing::Working, !over);
        assert_eq!(s.fake.posted().len(), 1);
    }
    // It did not, and will not be seen; the next try begins a posting of its own.
    let s = stand(Ways::default()).await;
    let prepared = s.prepare("Landslide").await.unwrap();
    s.fake.set_fault(SetFault::once(Fault::DropBefore));
    assert!(matches!(s.attempt(&prepared).await, Verdict::Unknown { .. }));
    assert_eq!(s.find(&prepared).await, Found::No);
    let again = s.prepare("Landslide").await.unwrap();
    assert!(matches!(s.attempt(&again).await, Verdict::Accepted { .. }));
    assert_eq!(s.fake.posted().len(), 1);

    // What TikTok cannot say is not guessed.
    for (status, odd) in [
        (200, "<html>"),
        (500, "{}"),
        (400, r#"{"error":{"code":"invalid_publish_id"}}"#),
        (200, r#"{"data":{"status":"PROCESSING_UPLOAD"},"error":{"code":"ok"}}"#),
        (200, r#"{"data":{"status":"PROCESSING_UPLOAD","uploaded_bytes":"3"},"error":{"code":"ok"}}"#),
        (200, r#"{"data":{"status":"SOMETHING_NEW","uploaded_bytes":3500},"error":{"code":"ok"}}"#),
    ] {
        s.fake.say_instead(STATUS, status, odd);
        assert_eq!(s.find(&prepared).await, Found::CannotTell, "{odd}");
    }
    s.fake.calls();
    for odd in ["", "v_pub", "v_pub:", ":7", "a/b:7", "v_pub:x"] {
        let prepared = Prepared { container: Some(odd.into()), ..prepared.clone() };
        assert_eq!(s.find(&prepared).await, Found::CannotTell, "{odd}");
        assert!(matches!(s.attempt(&prepared).await, Verdict::NotReady { .. }), "{odd}");
    }
    assert!(s.fake.calls().is_empty());
}

#[tokio::test]
async fn a_film_that_comes_to_nothing_is_told() {
    for (reason, ours) in [
        ("duration_check_failed", "recording-too-long"),
        ("frame_rate_check_failed", "recording-unreadable"),
        ("file_format_check_failed", "media-type"),
        ("internal", "failed"),
    ] {
        let s = stand(Ways { fails: Some(reason), ..Ways::default() }).await;
        assert_eq!(code(&s.attempt(&s.prepare("Words").await.unwrap()).await), ours, "{reason}");
        // Where the answer was lost, why it came to nothing is told by the next question.
        let prepared = s.prepare("Words").await.unwrap();
        s.fake.net.held().unanswered = 1;
        s.attempt(&prepared).await;
        let Found::Taken { remote_id } = s.find(&prepared).await else { panic!("{reason}") };
        let stands = s.it.standing(&s.to, &remote_id).await;
        assert!(matches!(&stands, Ok(Standing::Refused { code, .. }) if code == ours), "{reason}: {stands:?}");
    }
}

#[tokio::test]
async fn pieces_without_an_answer_are_asked_about() {
    for (unanswered, lost, calls) in [(1, 0, 2), (0, 1, 3), (2, 0, 2), (0, 3, 5)] {
        let s = stand(Ways::default()).await;
        s.fake.net.held().unanswered = unanswered;
        s.fake.net.held().lost = lost;
        let prepared = s.prepare("In pieces").await.unwrap();
        assert_eq!(s.pieces(), calls, "{unanswered} {lost}");
        assert!(matches!(s.attempt(&prepared).await, Verdict::Accepted { .. }));
        assert!(s.fake.posted().remove(0).film.unwrap().got == s.bytes);
    }
    let s = stand(Ways::default()).await;
    s.fake.net.held().lost = 4;
    assert!(matches!(s.prepare("Never").await, Err(Verdict::NotSent { .. })));
    // An address that is no longer good takes nothing: nothing was posted, and the next film gets another.
    let s = stand(Ways::default()).await;
    let prepared = s.prepare("Late").await.unwrap();
    s.fake.net.held().expired = true;
    for _ in 0..2 {
        assert!(matches!(s.attempt(&prepared).await, Verdict::NotSent { .. }));
    }
    s.fake.net.held().expired = false;
    assert!(matches!(s.attempt(&prepared).await, Verdict::Accepted { .. }));
    assert_eq!(s.fake.posted().len(), 1);
}

#[tokio::test]
async fn a_program_that_was_started_anew_brings_the_film_anew() {
    let s = stand(Ways::default()).await;
    let prepared = s.prepare("Before").await.unwrap();
    let until = prepared.until_us.unwrap() - Clock::system().now();
    assert!((1..=KEPT).contains(&until), "soon enough for a warning");
    let s = Stand { it: tiktok(), ..s };
    let verdict = s.attempt(&prepared).await;
    assert!(matches!(verdict, Verdict::NotReady { .. }) && verdict.may_repeat(), "{verdict:?}");
    assert!(s.fake.posted().is_empty());
    assert!(matches!(s.attempt(&s.prepare("Before").await.unwrap()).await, Verdict::Accepted { .. }));
    assert_eq!(s.fake.posted().len(), 1);
}

#[tokio::test]
async fn what_tiktok_does_not_take_is_not_begun() {
    let s = stand(Ways::default()).await;
    let refused = async |post: Post| {
        let verdict = s.it.prepare(&s.to, &post).await.unwrap_err();
        let (code, field) = refusal(&verdict);
        (code.to_owned(), field.map(str::to_owned))
    };
    let of = |code: &str, field: &str| (code.to_owned(), Some(field.to_owned()));
    let long = Recording { seconds: Some(601), ..s.film() };
    assert_eq!(refused(s.post("x", long)).await, of("recording-too-long", "recording"), "longer than the account may");
    let large = Recording { bytes: FILM_BYTES + 1, ..s.film() };
    assert_eq!(refused(s.post("x", large)).await, of("recording-too-large", "recording"));
    assert_eq!(refused(s.post(&"x".repeat(2201), s.film())).await, of("text-too-long", "text"));
    let both = Post { media: vec![photo("one")], ..s.post("x", s.film()) };
    assert_eq!(refused(both.clone()).await, of("recording-alone", "recording"));
    let answer = Post { reply_to: Some("1".into()), ..s.post("x", s.film()) };
    assert_eq!(refused(answer).await.0, "reply-not-possible");
    assert!(s.fake.calls().iter().all(|call| call == CREATOR_INFO));

    let codes = |post: &Post| s.it.problems(post).into_iter().map(|p| p.code).collect::<Vec<_>>();
    let wrong = Recording { mime: "video/ogg".into(), bytes: FILM_BYTES + 1, ..s.film() };
    let wrong = Post { recording: Some(wrong), text: "x".repeat(2201), ..both };
    assert_eq!(codes(&wrong), ["text-too-long", "recording-type", "recording-too-large", "recording-alone"]);
    assert!(codes(&s.post(&"x".repeat(2200), s.film())).is_empty(), "a film needs no picture beside it");

    let s = stand(Ways { private: true, ..Ways::default() }).await;
    assert_eq!(code(&s.prepare("x").await.unwrap_err()), "not-public");
    // Trying out: seen by the account alone, and no number is ever told of it.
    let to = Access { secret: Secret::new(format!("only-me:{KEY}")), ..s.to.clone() };
    let prepared = s.it.prepare(&to, &s.post("Only for us", s.film())).await.unwrap();
    let verdict = s.it.attempt(&to, &prepared, "k").await;
    assert_eq!(verdict, Verdict::Pending { remote_id: s.fake.posted().remove(0).publish_id });
}

#[tokio::test]
async fn bytes_go_to_tiktok_only() {
    let s = stand(Ways::default()).await;
    s.fake.net.held().leads_to = Some("https://evil.example".into());
    assert!(matches!(s.prepare("x").await, Err(Verdict::NotSent { .. })));
    let base = Access { base_url: "https://open.tiktokapis.com".into(), ..s.to.clone() };
    for good in [
        "https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=2",
        "https://upload.us.tiktokapis.com/video/",
    ] {
        assert_eq!(place(&base, good).as_deref(), Some(good));
    }
    for bad in [
        "http://open-upload.tiktokapis.com/video/",
        "https://open-upload.tiktokapis.com.evil.example/",
        "https://eviltiktokapis.com/",
        "https://a:b@open-upload.tiktokapis.com/",
        "/video/",
        "",
    ] {
        assert_eq!(place(&base, bad), None, "{bad}");
    }
    for odd in [
        "<html>",
        "[]",
        r#"{"data":{"publish_id":7},"error":{"code":"ok"}}"#,
        r#"{"data":{"publish_id":"v_1"},"error":{"code":"ok"}}"#,
    ] {
        s.fake.say_instead(INIT, 200, odd);
        assert!(matches!(s.prepare("x").await, Err(Verdict::NotSent { .. })), "{odd}");
    }
    assert!(s.fake.posted().is_empty());
    let of = |status: u16| step(Ok(Response { status, headers: vec![], body: vec![] }), &Clock::frozen(0));
    assert_eq!((of(201), of(206), of(401)), (Ok(Step::Whole), Ok(Step::More), Err(Verdict::Unauthorised)));
    for unclear in [200, 204, 302, 408, 416, 500, 503] {
        assert!(matches!(of(unclear), Err(Verdict::Unknown { .. })), "{unclear}");
    }
    for nothing in [403, 404, 410] {
        assert!(matches!(of(nothing), Err(Verdict::NotSent { .. })), "{nothing}");
    }
}
