//! What is YouTube's own: uploads in pieces, films that are worked on, kept private or refused, threads, quotas.
use super::bench::access;
use super::fake::{CHANNEL, FakeYouTube, STRANGER, Ways};
use super::{PLAYLIST, THREADS, VIDEOS, YouTube, cost};
use crate::contract::free_port;
use crate::{
    Access, Captions, Connector, Counts, Failure, Found, Post, Prepared, Recording, Sought, Standing, Verdict,
    fingerprint,
};
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy};
use std::io::Write;
use tempfile::NamedTempFile;

const PIECE: usize = 256 << 10;

struct Stand {
    fake: FakeYouTube,
    it: YouTube,
    to: Access,
    file: NamedTempFile,
    bytes: Vec<u8>,
}

async fn stand(ways: Ways) -> Stand {
    let fake = FakeYouTube::start(free_port().await, ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let it = YouTube::new(fetch, Clock::system()).in_pieces(PIECE);
    let bytes: Vec<u8> = (0..700_000_u32).map(|n| (n % 251) as u8).collect();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    let to = access(&fake);
    Stand { fake, it, to, file, bytes }
}

impl Stand {
    fn film(&self) -> Recording {
        let captions = ["en", "dz"].map(|lang| Captions { lang: lang.into(), vtt: format!("WEBVTT\n\n{lang}") });
        Recording {
            path: self.file.path().to_owned(),
            bytes: self.bytes.len() as u64,
            mime: "video/mp4".into(),
            seconds: None,
            captions: captions.to_vec(),
            url: None,
        }
    }
    fn post(&self, text: &str) -> Post {
        Post { text: text.into(), lang: "en".into(), recording: Some(self.film()), ..Post::default() }
    }
    async fn ready(&self, text: &str) -> Prepared {
        self.it.prepare(&self.to, &self.post(text)).await.unwrap()
    }
    async fn publish(&self, text: &str) -> Verdict {
        let prepared = self.ready(text).await;
        self.it.attempt(&self.to, &prepared, "k").await
    }
    async fn out(&self, text: &str) -> String {
        match self.publish(text).await {
            Verdict::Accepted { remote_id, .. } => remote_id,
            other => panic!("{other:?}"),
        }
    }
    async fn find(&self, container: Option<&str>, text: &str) -> Found {
        let container = container.map(str::to_owned);
        let sought = Sought { key: "k".into(), fingerprint: fingerprint(text), container, since_us: 0 };
        self.it.find(&self.to, &sought).await
    }
    async fn answer(&self, to: &str, text: &str) -> Verdict {
        let post = Post { text: text.into(), reply_to: Some(to.into()), ..Post::default() };
        match self.it.prepare(&self.to, &post).await {
            Ok(prepared) => self.it.attempt(&self.to, &prepared, "k").await,
            Err(verdict) => verdict,
        }
    }
    /// What came in since, as words and what they answer.
    async fn heard(&self, cursor: &mut Option<String>) -> Vec<(String, Option<String>)> {
        let page = self.it.inbound(&self.to, cursor.clone()).await.unwrap();
        *cursor = page.cursor;
        page.items.into_iter().map(|i| (i.text, i.in_reply_to)).collect()
    }
}

fn code(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Rejected { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_film_goes_there_in_pieces_and_nobody_sees_it_before_it_is_published() {
    let s = stand(Ways { keeps: Some(200_000), ..Ways::default() }).await;
    let prepared = s.ready("Road <open>\n\nFrom noon on.").await;
    let id = prepared.container.clone().unwrap();
    {
        let held = s.fake.held();
        let video = &held.videos[0];
        assert!(video.film == s.bytes, "every byte once and in order");
        assert_eq!(
            (video.privacy.as_str(), video.for_children, video.mime.as_str()),
            ("private", Some(false), "video/mp4")
        );
        assert_eq!(video.snippet["title"], "Road ＜open＞");
        assert_eq!(video.snippet["description"], "Road ＜open＞\n\nFrom noon on.");
        let captions: Vec<&str> = video.captions.iter().map(|(lang, _)| lang.as_str()).collect();
        assert_eq!((captions, video.captions[1].1.as_str()), (vec!["en", "dz"], "WEBVTT\n\ndz"));
    }
    assert_eq!(s.find(Some(&id), "").await, Found::No);
    let Verdict::Accepted { remote_id, url } = s.it.attempt(&s.to, &prepared, "k").await else { panic!() };
    assert_eq!((remote_id, url), (id.clone(), Some(format!("https://www.youtube.com/watch?v={id}"))));
    assert!(matches!(s.find(Some(&id), "").await, Found::Yes { .. }));
    let held = s.fake.held();
    assert_eq!((held.videos[0].privacy.as_str(), held.videos[0].for_children), ("public", Some(false)));
    // Uploads have a quota of their own.
    assert_eq!(held.used, 2 * cost::CAPTIONS + cost::WRITE + 2 * cost::LIST);
}

#[tokio::test]
async fn what_has_arrived_is_asked_where_an_answer_is_lost() {
    for (unanswered, lost) in [(1, 0), (0, 1), (3, 0), (2, 2)] {
        let s = stand(Ways::default()).await;
        (s.fake.held().unanswered, s.fake.held().lost) = (unanswered, lost);
        let prepared = s.ready("Road open").await;
        let held = s.fake.held();
        assert_eq!(held.videos.len(), 1, "{unanswered} {lost}");
        assert!(held.videos[0].film == s.bytes && prepared.container == Some(held.videos[0].id.clone()));
    }
}

#[tokio::test]
async fn an_upload_that_does_not_get_on_was_not_sent() {
    let s = stand(Ways::default()).await;
    s.fake.held().lost = 99;
    let verdict = s.it.prepare(&s.to, &s.post("Road open")).await;
    assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{verdict:?}");
    assert!(s.fake.calls().len() < 12 && s.fake.held().videos.is_empty());
    // A file that is gone, or shorter than it was.
    s.fake.held().lost = 0;
    let short = Recording { bytes: 800_000, ..s.film() };
    let verdict = s.it.prepare(&s.to, &Post { recording: Some(short), ..s.post("Road open") }).await;
    assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{verdict:?}");
}

#[tokio::test]
async fn a_film_whose_captions_are_refused_does_not_stay() {
    let s = stand(Ways { no_captions: true, ..Ways::default() }).await;
    let verdict = s.it.prepare(&s.to, &s.post("Road open")).await.unwrap_err();
    assert!(matches!(&verdict, Verdict::Rejected { human, .. } if human.contains("captions (en)")), "{verdict:?}");
    assert!(s.fake.held().videos.is_empty());
    let silent = Recording { captions: vec![], ..s.film() };
    assert!(s.it.prepare(&s.to, &Post { recording: Some(silent), ..s.post("Road open") }).await.is_ok());
}

#[tokio::test]
async fn a_film_that_is_worked_on_comes_out_later_or_is_refused() {
    for rejects in [None, Some("copyright")] {
        let s = stand(Ways { slow: 2, rejects, ..Ways::default() }).await;
        let Verdict::Pending { remote_id } = s.publish("Road open").await else { panic!() };
        assert_eq!(s.it.standing(&s.to, &remote_id).await, Ok(Standing::Working));
        assert!(matches!(s.find(Some(&remote_id), "").await, Found::Yes { .. }), "it is public as soon as it is ready");
        let then = s.it.standing(&s.to, &remote_id).await.unwrap();
        match rejects {
            None => assert!(matches!(then, Standing::Out { .. }), "{then:?}"),
            Some(_) => assert!(
                matches!(&then, Standing::Refused { code, human } if code == "refused" && human.contains("copyright")),
                "{then:?}"
            ),
        }
        assert!(matches!(s.it.take_down(&s.to, &remote_id).await, Verdict::Accepted { .. }));
        assert!(matches!(s.it.standing(&s.to, &remote_id).await, Ok(Standing::Refused { .. })));
        assert_eq!(s.find(Some(&remote_id), "").await, Found::CannotTell, "who removed it is not known");
    }
}

#[tokio::test]
async fn a_film_that_youtube_keeps_private_is_not_out() {
    let s = stand(Ways { unaudited: true, ..Ways::default() }).await;
    let prepared = s.ready("Road open").await;
    assert_eq!(code(&s.it.attempt(&s.to, &prepared, "k").await), "not-public");
    let id = prepared.container.unwrap();
    let standing = s.it.standing(&s.to, &id).await.unwrap();
    assert!(matches!(standing, Standing::Refused { code, .. } if code == "not-public"));
    assert_eq!(s.find(Some(&id), "").await, Found::No);
    s.fake.held().videos[0].privacy = "unlisted".into();
    assert_eq!(s.find(Some(&id), "").await, Found::CannotTell, "somebody else was at it");
}

#[tokio::test]
async fn a_correction_keeps_the_rest_and_the_film() {
    let s = stand(Ways::default()).await;
    let id = s.out("Road open").await;
    s.fake.held().videos[0].snippet["tags"] = serde_json::json!(["roads"]);
    let better = s.ready("Road open for light vehicles\n\nOnly.").await;
    assert!(matches!(s.it.edit(&s.to, &id, &better).await, Verdict::Accepted { .. }));
    {
        let held = s.fake.held();
        assert_eq!(held.videos.len(), 1, "what was uploaded for it is thrown away");
        let snippet = &held.videos[0].snippet;
        assert_eq!(snippet["title"], "Road open for light vehicles");
        assert_eq!((&snippet["categoryId"], &snippet["tags"][0]), (&"25".into(), &"roads".into()));
        assert_eq!(held.videos[0].privacy, "public");
    }
    let short = Recording { bytes: 1000, captions: vec![], ..s.film() };
    // What the program asks for sends nothing up at all.
    let again = s.it.prepare_edit(&s.to, &s.post("Road open for light vehicles\n\nOnly.")).await.unwrap();
    assert_eq!(s.fake.held().videos.len(), 1);
    assert!(matches!(s.it.edit(&s.to, &id, &again).await, Verdict::Accepted { .. }));
    let other = s.it.prepare_edit(&s.to, &Post { recording: Some(short), ..s.post("Another film") }).await.unwrap();
    assert_eq!(code(&s.it.edit(&s.to, &id, &other).await), "recording-fixed");
    assert_eq!(s.fake.texts(), ["Road open for light vehicles\n\nOnly."]);
    assert_eq!(s.fake.held().videos.len(), 1);
    assert_eq!(code(&s.it.edit(&s.to, "vid-9999999", &better).await), "gone");
}

#[tokio::test]
async fn words_that_do_not_fit_are_told_before() {
    let s = stand(Ways::default()).await;
    let codes = |post: &Post| s.it.problems(post).into_iter().map(|p| p.code).collect::<Vec<_>>();
    assert!(codes(&s.post("Road open")).is_empty());
    assert_eq!(codes(&s.post(" ")), ["text-empty"]);
    assert_eq!(codes(&Post { recording: None, ..s.post("Road open") }), ["recording-missing"]);
    let signs = s.post(&"<".repeat(2000));
    assert_eq!(codes(&signs), ["text-too-long"], "as it is sent");
    assert_eq!(code(&s.it.prepare(&s.to, &signs).await.unwrap_err()), "text-too-long");
    let sound = Recording { mime: "audio/mpeg".into(), ..s.film() };
    assert_eq!(codes(&Post { recording: Some(sound), ..s.post("Road open") }), ["recording-type"]);
    let answer = Post { recording: None, reply_to: Some("vid-0000001".into()), ..s.post(&"ཀ".repeat(5000)) };
    assert!(codes(&answer).is_empty());
    assert_eq!(codes(&Post { recording: Some(s.film()), ..answer }), ["recording-not-possible"]);
    assert!(s.fake.calls().is_empty());
}

#[tokio::test]
async fn every_answer_in_a_thread_comes_in_and_is_answered_in_its_thread() {
    let s = stand(Ways::default()).await;
    let id = s.out("Road open").await;
    let mut cursor = None;
    assert!(s.heard(&mut cursor).await.is_empty());
    let top = s.fake.comment(STRANGER, &id, "Since when?");
    for n in 0..5 {
        s.fake.comment(STRANGER, &top, &format!("And {n}?"));
    }
    let heard = s.heard(&mut cursor).await;
    assert_eq!(heard.len(), 6, "more than come with the thread");
    assert_eq!(heard[0], ("Since when?".into(), Some(id.clone())));
    assert!(heard[1..].iter().all(|(_, to)| to.as_ref() == Some(&top)), "{heard:?}");

    let below = s.fake.held().comments.last().unwrap().id.clone();
    let Verdict::Accepted { remote_id, .. } = s.answer(&below, "From noon on").await else { panic!() };
    assert_eq!(s.fake.held().comments.last().unwrap().parent.as_ref(), Some(&top));
    assert!(s.heard(&mut cursor).await.is_empty(), "one's own words are not inbound");
    assert!(matches!(s.find(None, "From noon on").await, Found::Yes { remote_id: r, .. } if r == remote_id));
    assert_eq!(s.find(None, "Something else").await, Found::CannotTell);
    // Below the film itself, where a thread begins.
    assert!(matches!(s.answer(&id, "Ask us here").await, Verdict::Accepted { url: Some(_), .. }));
    assert_eq!(s.fake.held().comments.last().unwrap().parent, None);

    let prepared = Prepared { text: "From one o'clock on".into(), ..Prepared::default() };
    assert!(matches!(s.it.edit(&s.to, &remote_id, &prepared).await, Verdict::Accepted { .. }));
    assert_eq!(s.it.metrics(&s.to, &remote_id).await, Ok(Counts { likes: Some(3), ..Counts::default() }));
    for _ in 0..2 {
        assert!(matches!(s.it.take_down(&s.to, &remote_id).await, Verdict::Accepted { .. }));
    }
    assert_eq!(s.it.metrics(&s.to, &remote_id).await, Err(Failure::Gone));
}

#[tokio::test]
async fn reading_comments_spares_the_quota() {
    let s = stand(Ways::default()).await;
    let id = s.out("Road open").await;
    let top = s.fake.comment(STRANGER, &id, "Since when?");
    for n in 0..5 {
        s.fake.comment(STRANGER, &top, &format!("And {n}?"));
    }
    let mut cursor = None;
    let cost = async |cursor: &mut Option<String>| {
        let before = s.fake.held().used;
        let heard = s.heard(cursor).await.len();
        (heard, (s.fake.held().used - before) / cost::LIST)
    };
    assert_eq!(cost(&mut cursor).await, (0, 2));
    assert_eq!(cost(&mut cursor).await, (0, 2), "a thread with the same number of answers is not read");
    s.fake.comment(STRANGER, &top, "And today?");
    assert_eq!(cost(&mut cursor).await.1, 3);
    assert_eq!(cost(&mut cursor).await, (0, 2));
    // Whoever comes every minute is served every ten.
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let plain = YouTube::new(fetch, Clock::system());
    s.fake.comment(STRANGER, &id, "Thanks");
    s.fake.calls();
    let page = plain.inbound(&s.to, cursor.clone()).await.unwrap();
    assert_eq!((page.items.len(), page.cursor == cursor, s.fake.calls().len()), (0, true, 0));
    assert_eq!(cost(&mut cursor).await, (1, 2));
}

#[tokio::test]
async fn what_waits_for_review_comes_in_and_is_hidden_and_shown() {
    let s = stand(Ways::default()).await;
    let id = s.out("Road open").await;
    let mut cursor = None;
    s.heard(&mut cursor).await;
    let held = s.fake.comment(STRANGER, &id, "Held back");
    s.fake.held().comments[0].standing = "heldForReview".into();
    assert_eq!(s.heard(&mut cursor).await.len(), 1);
    for (hidden, standing) in [(false, "published"), (true, "heldForReview"), (true, "heldForReview")] {
        assert!(matches!(s.it.hide(&s.to, &held, hidden).await, Verdict::Accepted { .. }));
        assert_eq!(s.fake.held().comments[0].standing, standing);
        assert!(s.heard(&mut cursor).await.is_empty(), "it is told once");
    }
    assert_eq!(code(&s.it.hide(&s.to, &id, true).await), "hide-not-possible");
}

#[tokio::test]
async fn private_films_are_listed_once_they_are_public() {
    let s = stand(Ways::default()).await;
    let first = s.it.own_posts(&s.to, None).await.unwrap();
    let prepared = s.ready("Road open").await;
    let page = s.it.own_posts(&s.to, first.cursor).await.unwrap();
    assert!(page.items.is_empty());
    s.it.attempt(&s.to, &prepared, "k").await;
    let page = s.it.own_posts(&s.to, page.cursor).await.unwrap();
    assert_eq!(page.items.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), ["Road open"]);
    s.fake.say_instead(PLAYLIST, 200, r#"{"kind":"youtube#playlistItemListResponse","items":[{"id":"x"}]}"#);
    assert!(matches!(s.it.own_posts(&s.to, page.cursor).await, Err(Failure::Unreachable { .. })));
}

#[tokio::test]
async fn a_used_up_quota_is_waited_for_until_the_next_day() {
    let s = stand(Ways { units: Some(2 * cost::CAPTIONS), ..Ways::default() }).await;
    let prepared = s.ready("Road open").await;
    let Verdict::RateLimited { until_us: Some(until) } = s.it.attempt(&s.to, &prepared, "k").await else { panic!() };
    assert_eq!(until, super::answer::next_day(Clock::system().now()));
    assert!(matches!(s.it.inbound(&s.to, None).await, Err(Failure::RateLimited { until_us: Some(_) })));
    // Captions that cannot be paid leave no film behind, as far as removing it can be paid.
    s.fake.held().used = cost::CAPTIONS - cost::WRITE;
    assert!(matches!(s.it.prepare(&s.to, &s.post("Road open")).await, Err(Verdict::RateLimited { .. })));
}

#[tokio::test]
async fn a_web_page_is_no_answer() {
    let s = stand(Ways { html: true, ..Ways::default() }).await;
    let prepared = s.ready("Road open").await;
    assert!(matches!(s.it.attempt(&s.to, &prepared, "k").await, Verdict::Unknown { .. }));
    assert!(matches!(s.answer("vid-0000001", "More").await, Verdict::Unknown { .. }));
    for path in [VIDEOS, THREADS] {
        s.fake.say_instead(path, 200, "<html>");
    }
    assert_eq!(s.find(prepared.container.as_deref(), "").await, Found::CannotTell);
    assert!(matches!(s.it.inbound(&s.to, None).await, Err(Failure::Unreachable { .. })));
    s.fake.say_instead(VIDEOS, 200, r#"{"kind":"youtube#videoListResponse","items":[{"id":"vid-0000002"}]}"#);
    assert_eq!(s.find(prepared.container.as_deref(), "").await, Found::CannotTell);
    assert!(matches!(s.it.metrics(&s.to, "vid-0000001").await, Err(Failure::Unreachable { .. })));
}

#[tokio::test]
async fn ids_of_another_form_reach_no_address() {
    let s = stand(Ways::default()).await;
    let id = "../channels?mine=true";
    assert_eq!(code(&s.it.take_down(&s.to, id).await), "gone");
    assert_eq!(code(&s.it.hide(&s.to, id, true).await), "gone");
    assert_eq!(code(&s.answer(id, "More").await), "gone");
    assert_eq!(s.it.metrics(&s.to, id).await, Err(Failure::Gone));
    assert_eq!(s.it.standing(&s.to, id).await, Err(Failure::Gone));
    assert_eq!(s.find(Some(id), "").await, Found::CannotTell);
    assert_eq!(s.it.resolve(&s.to, "a/b").await, Ok(None));
    let nobody = Access { remote_account_id: "me".into(), ..s.to.clone() };
    assert!(matches!(s.it.inbound(&nobody, None).await, Err(Failure::Refused { .. })));
    assert!(s.fake.calls().is_empty());
    assert_eq!(s.it.resolve(&s.to, "@nobody").await, Ok(None));
    assert_eq!(s.it.resolve(&s.to, CHANNEL).await, Ok(Some(CHANNEL.to_owned())));
}
