//! Films at X: pieces, what X does with them, subtitles, and what is kept of a film that is not ready.
use super::super::fake::{FakeX, OURS, TOKEN, Ways};
use super::*;
use crate::trial::{FilmFile, accepted, beside, refusal};
use crate::{Connector, Found, Post, Prepared, Secret, Sought, fingerprint};
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy};
use tokio::net::TcpListener;

const SMALL: usize = 1000;

struct Stand {
    fake: FakeX,
    x: X,
    to: Access,
    film: FilmFile,
}

async fn stand(ways: Ways) -> Stand {
    let fake = FakeX::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let to = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(TOKEN),
        remote_account_id: OURS.to_string(),
        handle: "@roads".into(),
    };
    // Nothing is waited for: what is not ready at once is looked at by a later try.
    let x = X::new(fetch, Clock::system()).in_pieces(SMALL, Duration::ZERO);
    Stand { fake, x, to, film: FilmFile::new() }
}

impl Stand {
    fn film(&self) -> Recording {
        self.film.said(|lang| format!("WEBVTT\n\n{lang}"))
    }
    fn silent(&self) -> Recording {
        self.film.silent()
    }
    async fn prepare(&self, text: &str, recording: Recording) -> Result<Prepared, Verdict> {
        self.x.prepare(&self.to, &beside(recording, text)).await
    }
    async fn attempt(&self, prepared: &Prepared) -> Verdict {
        self.x.attempt(&self.to, prepared, "k").await
    }
    /// How often a call of this kind was made since the last time.
    fn calls(&self, end: &str) -> usize {
        self.fake.asked().iter().filter(|call| call.contains(end)).count()
    }
}

#[tokio::test]
async fn a_film_goes_there_in_numbered_pieces_with_what_is_said_in_it() {
    let s = stand(Ways::default()).await;
    let since = Clock::system().now();
    let prepared = s.prepare("Open again", s.film()).await.unwrap();
    assert_eq!(s.calls("/append"), 5, "three pieces of the film, one of each language");
    let id = prepared.media[0].clone();
    assert_eq!(prepared.container.as_ref(), Some(&id));
    {
        let held = s.fake.held();
        let film = &held.uploads[&id];
        assert!(film.bytes() == s.film.bytes, "every byte once and in order");
        assert_eq!((film.category.as_str(), film.mime.as_str()), ("tweet_video", "video/mp4"));
        let told: Vec<_> = film.subtitles.iter().map(|(c, n, w)| (c.as_str(), n.as_str(), w.as_str())).collect();
        assert_eq!(told, [("DZ", "རྫོང་ཁ", "WEBVTT\n\ndz"), ("EN", "English", "WEBVTT\n\nen")]);
    }
    let day = prepared.until_us.unwrap() - since;
    assert!((23 * 60 * MINUTE..DAY).contains(&day), "kept a little less than X says");
    let posted = accepted(s.attempt(&prepared).await);
    assert_eq!(s.fake.own()[0].media, [id]);
    let sought = Sought {
        key: "k".into(),
        fingerprint: fingerprint("Open again"),
        container: prepared.container,
        since_us: since,
    };
    let found = s.x.find(&s.to, &sought).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == posted), "{found:?}");
}

#[tokio::test]
async fn a_film_that_is_not_ready_is_looked_at_again_and_not_brought_again() {
    let s = stand(Ways { works: 3, ..Ways::default() }).await;
    let prepared = s.prepare("A long film", s.silent()).await.unwrap();
    for _ in 0..2 {
        let verdict = s.attempt(&prepared).await;
        assert!(matches!(verdict, Verdict::NotReady { .. }) && verdict.may_repeat(), "{verdict:?}");
    }
    accepted(s.attempt(&prepared).await);
    assert_eq!(s.calls("/initialize"), 1);
    assert_eq!(s.fake.own().len(), 1);

    // Where X is quick, making ready waits for it.
    let s = stand(Ways { works: 1, ..Ways::default() }).await;
    let x = Stand { x: s.x.in_pieces(SMALL, Duration::from_secs(5)), ..s };
    accepted(x.attempt(&x.prepare("A short film", x.silent()).await.unwrap()).await);
    assert_eq!(x.calls("STATUS"), 1, "what was ready is not asked about again");

    // What X has forgotten meanwhile is its own refusal.
    let prepared = x.prepare("Too late", x.silent()).await.unwrap();
    x.fake.held().uploads.clear();
    assert_eq!(refusal(&x.attempt(&prepared).await), ("refused", Some("media")));
}

#[tokio::test]
async fn a_film_that_x_cannot_read_or_has_forgotten_is_told() {
    let s = stand(Ways { unreadable: true, ..Ways::default() }).await;
    let verdict = s.prepare("Broken", s.silent()).await.unwrap_err();
    assert_eq!(refusal(&verdict), ("recording-unreadable", Some("recording")));
    assert!(matches!(&verdict, Verdict::Rejected { human, .. } if human.ends_with("Unsupported video format")));

    let s = stand(Ways { unreadable: true, works: 1, ..Ways::default() }).await;
    let prepared = s.prepare("Broken later", s.silent()).await.unwrap();
    assert_eq!(refusal(&s.attempt(&prepared).await).0, "recording-unreadable");

    let s = stand(Ways { works: 1, ..Ways::default() }).await;
    let prepared = s.prepare("Too late", s.silent()).await.unwrap();
    s.fake.held().uploads.clear();
    assert_eq!(refusal(&s.attempt(&prepared).await), ("recording-gone", Some("recording")));
    s.fake.asked();
    for odd in ["", "../7", "7&command=x", "film"] {
        let prepared = Prepared { container: Some(format!("{odd} working")), ..prepared.clone() };
        assert_eq!(refusal(&s.attempt(&prepared).await).0, "recording-gone", "{odd}");
    }
    assert!(s.fake.asked().is_empty() && s.fake.own().is_empty());

    let s = stand(Ways { no_subtitles: true, ..Ways::default() }).await;
    let verdict = s.prepare("Unsaid", s.film()).await.unwrap_err();
    assert_eq!(refusal(&verdict), ("refused", Some("recording")));
    assert!(
        matches!(&verdict, Verdict::Rejected { human, .. } if human.starts_with("X does not take the captions (dz)"))
    );
}

#[tokio::test]
async fn a_piece_without_an_answer_is_brought_again_under_its_number() {
    for (unanswered, lost) in [(1, 0), (0, 1), (3, 0), (0, 3)] {
        let s = stand(Ways::default()).await;
        s.fake.held().unanswered = unanswered;
        s.fake.held().lost = lost;
        let prepared = s.prepare("In pieces", s.silent()).await.unwrap();
        assert!(s.fake.held().uploads[&prepared.media[0]].bytes() == s.film.bytes, "{unanswered} {lost}");
        assert_eq!(s.calls("/append"), 3 + unanswered + lost);
    }
    let s = stand(Ways::default()).await;
    s.fake.held().lost = 4;
    assert!(matches!(s.prepare("Never", s.silent()).await, Err(Verdict::NotSent { .. })));

    // Whether an upload was ended is asked, and not done twice.
    let s = stand(Ways::default()).await;
    s.fake.held().silent_end = true;
    accepted(s.attempt(&s.prepare("Ended", s.silent()).await.unwrap()).await);
    assert_eq!(s.calls("/finalize"), 1);

    // A piece that is not there is missed at the end, and a file that changed is not sent.
    let s = stand(Ways::default()).await;
    let longer = Recording { bytes: 2501, ..s.silent() };
    assert!(matches!(s.prepare("Changed", longer).await, Err(Verdict::NotSent { .. })));
    let huge = Recording { bytes: FILM_BYTES + 1, ..s.silent() };
    s.fake.asked();
    assert_eq!(refusal(&s.prepare("Huge", huge).await.unwrap_err()).0, "recording-too-large");
    assert!(s.fake.asked().is_empty());
}

#[tokio::test]
async fn what_does_not_fit_is_told_at_once() {
    let s = stand(Ways::default()).await;
    let codes = |recording: Recording| {
        let post = Post { text: "x".repeat(281), recording: Some(recording), ..Post::default() };
        s.x.problems(&post).into_iter().map(|p| p.code).collect::<Vec<_>>()
    };
    let all = Recording { mime: "audio/mpeg".into(), bytes: FILM_BYTES + 1, seconds: Some(1201), ..s.film() };
    assert_eq!(codes(all), ["text-too-long", "recording-type", "recording-too-large", "recording-too-long"]);
    assert_eq!(codes(Recording { seconds: Some(1200), ..s.film() }), ["text-too-long"]);
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_yes() {
    let s = stand(Ways { works: 1, ..Ways::default() }).await;
    let prepared = s.prepare("Landslide", s.silent()).await.unwrap();
    let id = &prepared.media[0];
    let of = |state: &str| format!(r#"{{"data":{{"id":"{id}","processing_info":{{"state":{state}}}}}}}"#);
    for odd in [
        String::new(),
        "<html>".into(),
        "[]".into(),
        r#"{"data":{"id":"5"}}"#.into(),
        r#"{"data":{"processing_info":{"state":"succeeded"}}}"#.into(),
        of("7"),
        of("\"done\""),
        of("null"),
    ] {
        s.fake.say_instead(Some((200, &odd)));
        let verdict = s.attempt(&prepared).await;
        assert!(matches!(verdict, Verdict::NotSent { .. }), "{odd}: {verdict:?}");
        // Whoever says so from the beginning on is believed: the post then shows that there is no film.
        if !odd.contains("\"5\"") {
            let verdict = s.prepare("Again", s.silent()).await;
            assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{odd}: {verdict:?}");
        }
    }
    s.fake.say_instead(None);
    assert!(s.fake.own().is_empty());
    assert_eq!(
        state(&json!({"processing_info": {"state": "pending", "check_after_secs": u64::MAX}})),
        Some(State::Working(Duration::from_secs(60)))
    );
    let noisy =
        json!({"processing_info": {"state": "failed", "error": {"message": format!("\u{7}{}", "x".repeat(9000))}}});
    assert!(matches!(state(&noisy), Some(State::Failed(why)) if why == "x".repeat(300)));
}
