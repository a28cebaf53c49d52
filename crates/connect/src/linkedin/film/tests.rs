//! Films at LinkedIn: parts, captions, what LinkedIn does with a film, and what is kept of one that is not ready.
use super::super::bench::access;
use super::super::fake::{FakeLinkedIn, Ways};
use super::*;
use crate::trial::{FilmFile, accepted, beside, post, refusal};
use crate::{Connector, Found, Media, Post, Prepared, Secret, Sought, fingerprint};
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy};
use std::time::Duration;
use tokio::net::TcpListener;

const VTT: &str = "WEBVTT\n\nNOTE nobody says this\n\nintro\n00:01.000 --> 00:02.500 align:start\n<v Pema>The bridge\nis open\n\n01:00:03.000 --> 01:00:04.000\nDrive &amp; look\n";

struct Stand {
    fake: FakeLinkedIn,
    it: LinkedIn,
    to: Access,
    film: FilmFile,
}

async fn stand(ways: Ways) -> Stand {
    let ways = Ways { cut: Some(1000), ..ways };
    let fake = FakeLinkedIn::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    // What is not ready at once is looked at by a later try.
    let it = LinkedIn::new(fetch, Clock::system()).watching(Duration::ZERO, Duration::ZERO);
    let to = access(&fake);
    Stand { fake, it, to, film: FilmFile::new() }
}

impl Stand {
    fn film(&self) -> Recording {
        self.film.said(|_| VTT.into())
    }
    fn silent(&self) -> Recording {
        self.film.silent()
    }
    async fn prepare(&self, text: &str, recording: Recording) -> Result<Prepared, Verdict> {
        self.it.prepare(&self.to, &beside(recording, text)).await
    }
    async fn attempt(&self, prepared: &Prepared) -> Verdict {
        self.it.attempt(&self.to, prepared, "k").await
    }
    fn calls(&self, part: &str) -> usize {
        self.fake.calls().iter().filter(|call| call.contains(part)).count()
    }
}

#[tokio::test]
async fn a_film_goes_there_in_parts_with_what_is_said_in_it() {
    let s = stand(Ways::default()).await;
    let since = Clock::system().now();
    let prepared = s.prepare("Open (again)", s.film()).await.unwrap();
    assert_eq!(s.calls("PUT"), 3);
    let urn = prepared.media[0].clone();
    {
        let held = s.fake.net.held();
        let film = &held.films[&urn];
        assert!(film.bytes() == s.film.bytes, "every byte once and in order");
        let (about, words) = film.captions.as_ref().unwrap();
        assert_eq!((&about["locale"]["language"], &about["transcriptType"]), (&json!("EN"), &json!("CLOSED_CAPTION")));
        let srt = "1\n00:00:01,000 --> 00:00:02,500\nThe bridge\nis open\n\n2\n01:00:03,000 --> 01:00:04,000\nDrive & look\n\n";
        assert_eq!(words, srt);
    }
    let id = accepted(s.attempt(&prepared).await);
    assert_eq!(s.fake.own()[0].content, json!({"media": {"id": urn}}));
    let container = prepared.container.clone();
    let sought = Sought { key: "k".into(), fingerprint: fingerprint("Open (again)"), container, since_us: since };
    let found = s.it.find(&s.to, &sought).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{found:?}");

    // The words change; the film stays, and pictures do not take its place.
    let better = Prepared { text: "Open (for all)".into(), ..prepared.clone() };
    accepted(s.it.edit(&s.to, &id, &better).await);
    let uploads = s.calls("initializeUpload");
    let again = Post { recording: Some(s.silent()), ..post("Open") };
    let again = s.it.prepare_edit(&s.to, &again).await.unwrap();
    accepted(s.it.edit(&s.to, &id, &again).await);
    let picture = Media { bytes: vec![1], mime: "image/png".into(), alt: "A".into(), url: None, path: None };
    let painted = s.it.prepare_edit(&s.to, &Post { media: vec![picture], ..post("Open") }).await.unwrap();
    assert_eq!(refusal(&s.it.edit(&s.to, &id, &painted).await).0, "media-not-possible");
    assert_eq!(s.calls("initializeUpload"), uploads, "nothing is brought again for a correction");
    let pictured = Prepared { media: vec!["urn:li:image:1|".into()], ..better };
    assert_eq!(refusal(&s.it.edit(&s.to, &id, &pictured).await).0, "media-not-possible");
    let plain = accepted(s.attempt(&Prepared { media: vec![], ..prepared.clone() }).await);
    for filmed in [&prepared, &again] {
        assert_eq!(refusal(&s.it.edit(&s.to, &plain, filmed).await).0, "media-not-possible");
    }
}

#[tokio::test]
async fn a_film_that_is_not_ready_is_looked_at_again_and_not_brought_again() {
    let s = stand(Ways { works: 3, ..Ways::default() }).await;
    let prepared = s.prepare("A long film", s.silent()).await.unwrap();
    for _ in 0..2 {
        let verdict = s.attempt(&prepared).await;
        assert!(matches!(verdict, Verdict::NotReady { .. }), "{verdict:?}");
    }
    accepted(s.attempt(&prepared).await);
    assert_eq!(s.calls("initializeUpload"), 1);
    assert_eq!(s.fake.own().len(), 1);

    let s = stand(Ways { works: 5, ..Ways::default() }).await;
    let it = s.it.watching(Duration::from_secs(20), Duration::from_millis(1));
    let s = Stand { it, ..s };
    accepted(s.attempt(&s.prepare("A short film", s.silent()).await.unwrap()).await);
}

#[tokio::test]
async fn a_film_that_cannot_be_read_or_is_gone_is_told() {
    let s = stand(Ways { unreadable: true, ..Ways::default() }).await;
    let verdict = s.prepare("Broken", s.silent()).await.unwrap_err();
    assert_eq!(refusal(&verdict), ("recording-unreadable", Some("recording")));
    assert!(matches!(&verdict, Verdict::Rejected { human, .. } if human.ends_with("Unsupported video format")));
    let s = stand(Ways { unreadable: true, works: 1, ..Ways::default() }).await;
    let prepared = s.prepare("Broken later", s.silent()).await.unwrap();
    assert_eq!(refusal(&s.attempt(&prepared).await).0, "recording-unreadable");

    let s = stand(Ways { works: 1, ..Ways::default() }).await;
    let prepared = s.prepare("Gone", s.silent()).await.unwrap();
    s.fake.net.held().films.clear();
    assert_eq!(refusal(&s.attempt(&prepared).await), ("recording-gone", Some("recording")));
    assert!(s.fake.own().is_empty());

    let s = stand(Ways { no_captions: true, ..Ways::default() }).await;
    let verdict = s.prepare("Unsaid", s.film()).await.unwrap_err();
    assert_eq!(refusal(&verdict).1, Some("recording"));
    assert!(
        matches!(&verdict, Verdict::Rejected { human, .. } if human.starts_with("LinkedIn does not take the captions (en)"))
    );
}

#[tokio::test]
async fn a_part_without_an_answer_is_sent_again() {
    for (unanswered, lost) in [(1, 0), (0, 1), (3, 0), (0, 3)] {
        let s = stand(Ways::default()).await;
        s.fake.net.held().unanswered = unanswered;
        s.fake.net.held().lost = lost;
        let prepared = s.prepare("In parts", s.silent()).await.unwrap();
        assert!(s.fake.net.held().films[&prepared.media[0]].bytes() == s.film.bytes, "{unanswered} {lost}");
        assert_eq!(s.calls("PUT"), 3 + unanswered + lost);
        accepted(s.attempt(&prepared).await);
    }
    let s = stand(Ways::default()).await;
    s.fake.net.held().lost = 4;
    assert!(matches!(s.prepare("Never", s.silent()).await, Err(Verdict::NotSent { .. })));

    let s = stand(Ways::default()).await;
    s.fake.net.held().silent_end = true;
    accepted(s.attempt(&s.prepare("Ended", s.silent()).await.unwrap()).await);
    assert_eq!(s.calls("finalizeUpload"), 1);

    let longer = Recording { bytes: 2501, ..s.silent() };
    assert!(matches!(s.prepare("Changed", longer).await, Err(Verdict::NotSent { .. })));
    let huge = Recording { bytes: FILM_BYTES + 1, ..s.silent() };
    s.fake.calls();
    assert_eq!(refusal(&s.prepare("Huge", huge).await.unwrap_err()).0, "recording-too-large");
    assert!(s.fake.calls().is_empty());
}

#[tokio::test]
async fn what_does_not_fit_is_told_at_once() {
    let s = stand(Ways::default()).await;
    let codes = |post: &Post| s.it.problems(post).into_iter().map(|p| p.code).collect::<Vec<_>>();
    let wrong = Recording { mime: "video/webm".into(), bytes: FILM_BYTES + 1, seconds: Some(1801), ..s.film() };
    let post = Post { text: "x".into(), recording: Some(wrong), ..Post::default() };
    assert_eq!(codes(&post), ["recording-type", "recording-too-large", "recording-too-long"]);
    let answer = Post { recording: Some(s.film()), reply_to: Some("urn:li:share:1".into()), ..post.clone() };
    assert_eq!(codes(&answer), ["recording-not-possible"]);
    assert!(codes(&Post { recording: Some(s.film()), ..post }).is_empty());
}

fn to_linkedin() -> Access {
    Access {
        base_url: "https://api.linkedin.com".into(),
        secret: Secret::new("k"),
        remote_account_id: String::new(),
        handle: String::new(),
    }
}

#[test]
fn only_the_whole_film_in_order_is_sent_and_only_to_linkedin() {
    let cut = |parts: &[(u64, u64, &str)]| {
        let all: Vec<Value> =
            parts.iter().map(|(f, l, to)| json!({"firstByte": f, "lastByte": l, "uploadUrl": to})).collect();
        parts_of(&json!({"value": {"uploadInstructions": all}}))
    };
    fn parts_of(begun: &Value) -> Option<usize> {
        parts(&to_linkedin(), begun, 10).ok().map(|p| p.len())
    }
    let to = "https://www.linkedin.com/dms-uploads/x?sig=1";
    assert_eq!(cut(&[(0, 4, to), (5, 9, to)]), Some(2));
    for bad in [
        &[][..],
        &[(0, 4, to)],
        &[(5, 9, to), (0, 4, to)],
        &[(0, 4, to), (4, 9, to)],
        &[(0, 4, to), (6, 9, to)],
        &[(0, 10, to)],
        &[(9, 0, to)],
        &[(0, u64::MAX, to)],
        &[(0, 9, "https://evil.example/x")],
        &[(0, 9, "http://www.linkedin.com/x")],
        &[(0, 9, "")],
    ] {
        assert_eq!(cut(bad), None, "{bad:?}");
    }
    for odd in [json!(null), json!({"value": []}), json!({"value": {"uploadInstructions": [7]}})] {
        assert_eq!(parts_of(&odd), None, "{odd}");
    }
    let large = json!({"value": {"uploadInstructions": [{"firstByte": 0, "lastByte": LARGEST_PART, "uploadUrl": to}]}});
    assert!(parts(&to_linkedin(), &large, LARGEST_PART + 1).is_err());
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_yes() {
    let s = stand(Ways { works: 1, ..Ways::default() }).await;
    let prepared = s.prepare("Landslide", s.silent()).await.unwrap();
    let urn = prepared.media[0].strip_suffix(WORKING).unwrap();
    for odd in [
        String::new(),
        "<html>".into(),
        "[]".into(),
        r#"{"status":"AVAILABLE"}"#.into(),
        r#"{"id":"urn:li:video:1","status":"AVAILABLE"}"#.into(),
        format!(r#"{{"id":"{urn}","status":7}}"#),
        format!(r#"{{"id":"{urn}","status":"SOMETHING_NEW"}}"#),
    ] {
        s.fake.say_instead(Some((200, &odd)));
        let verdict = s.attempt(&prepared).await;
        assert!(matches!(verdict, Verdict::NotSent { .. }), "{odd}: {verdict:?}");
        let verdict = s.prepare("Again", s.silent()).await;
        assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{odd}: {verdict:?}");
    }
    s.fake.say_instead(None);
    assert!(s.fake.own().is_empty());
    let tag = |tag: &str| name(&Response { status: 200, headers: vec![("etag".into(), tag.into())], body: vec![] });
    assert_eq!(tag("\"/ambry-video/signedId/AQF-1\"").as_deref(), Some("/ambry-video/signedId/AQF-1"));
    for bad in ["", "\"\"", "a b", "a\"b", &"x".repeat(1001)] {
        assert_eq!(tag(bad), None, "{bad}");
    }
}
