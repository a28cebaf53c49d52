use super::bench::access;
use super::fake::FakeBluesky;
use super::own::FIRST_KEY;
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::post;
use crate::{Captions, Media, Recording, Secret, fingerprint};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

async fn server() -> (FakeBluesky, Bluesky, Access) {
    let fake = FakeBluesky::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let to = access(&fake);
    (fake, Bluesky::new(fetch, Clock::system()), to)
}

fn id(verdict: Verdict) -> String {
    match verdict {
        Verdict::Accepted { remote_id, .. } => remote_id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_post_carries_its_language_links_and_described_pictures() {
    let (fake, bluesky, to) = server().await;
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 0, 2, 128, 0, 0, 1, 224]);
    let media = vec![Media { bytes: png, mime: "image/png".into(), alt: "A bridge".into(), url: None, path: None }];
    let prepared = bluesky.prepare(&to, &Post { media, ..post("ཞམ་ https://a.bt/x #roads") }).await.unwrap();
    id(bluesky.attempt(&to, &prepared, "k").await);
    let record = &fake.posts()[0];
    assert_eq!(record["langs"], json!(["dz"]));
    assert_eq!(record["facets"][0]["index"], json!({"byteStart": 10, "byteEnd": 24}));
    assert_eq!(record["facets"][1]["features"][0]["tag"], "roads");
    let image = &record["embed"]["images"][0];
    assert_eq!((&image["alt"], &image["aspectRatio"]["width"]), (&json!("A bridge"), &json!(640)));
    let text_file =
        Media { bytes: b"x".to_vec(), mime: "text/plain".into(), alt: String::new(), url: None, path: None };
    let refused = bluesky.prepare(&to, &Post { media: vec![text_file], ..post("x") }).await.unwrap_err();
    assert!(matches!(refused, Verdict::Rejected { field: Some(f), .. } if f == "media"));
}

#[tokio::test]
async fn a_film_goes_along_with_what_is_said_in_it() {
    let (fake, bluesky, to) = server().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let bytes = crate::recording::shape::tests::film(640, 360, false);
    std::fs::write(file.path(), &bytes).unwrap();
    let vtt = |words: &str| format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{words}\n");
    let captions = |words: &str| Captions { lang: "en".into(), vtt: vtt(words) };
    let film = Recording {
        path: file.path().into(),
        bytes: bytes.len() as u64,
        mime: "video/mp4".into(),
        seconds: None,
        captions: vec![Captions { lang: "dz".into(), vtt: vtt("ཟམ་པ") }, captions("The bridge")],
        url: None,
    };
    let with = |film: &Recording| Post { recording: Some(film.clone()), ..post("Look") };
    assert!(bluesky.problems(&with(&film)).is_empty());
    let prepared = bluesky.prepare(&to, &with(&film)).await.unwrap();
    assert!(prepared.media[0].len() < 1000, "its bytes are at the server");
    let uri = id(bluesky.attempt(&to, &prepared, "k").await);
    let embed = &fake.posts()[0]["embed"];
    assert_eq!(embed["$type"], "app.bsky.embed.video");
    assert_eq!(
        (&embed["video"]["size"], &embed["aspectRatio"]),
        (&json!(bytes.len()), &json!({"width": 640, "height": 360}))
    );
    let langs: Vec<_> = embed["captions"].as_array().unwrap().iter().map(|c| c["lang"].as_str().unwrap()).collect();
    assert_eq!((langs, embed["alt"].as_str()), (vec!["dz", "en"], Some("ཟམ་པ\n\nThe bridge")));
    assert_eq!(embed["captions"][1]["file"]["size"], json!(vtt("The bridge").len()));
    // Corrected words leave the film, and so does a film without captions.
    let silent = Recording { captions: vec![], ..film.clone() };
    id(bluesky.edit(&to, &uri, &bluesky.prepare(&to, &with(&silent)).await.unwrap()).await);
    let embed = &fake.posts()[0]["embed"];
    assert!(embed["video"].is_object() && embed.get("captions").is_none() && embed.get("alt").is_none(), "{embed}");

    let refused = async |film: &Recording| match bluesky.prepare(&to, &with(film)).await.unwrap_err() {
        Verdict::Rejected { code, .. } => code,
        other => panic!("{other:?}"),
    };
    let long = Recording { captions: vec![captions(&"a".repeat(20_000))], ..film.clone() };
    assert_eq!(bluesky.problems(&with(&long))[0].code, "captions-too-long");
    assert_eq!(refused(&long).await, "captions-too-long");
    let large = Recording { bytes: 100_000_001, ..film.clone() };
    assert_eq!(bluesky.problems(&with(&large))[0].code, "recording-too-large");
    assert_eq!(refused(&large).await, "recording-too-large");
    std::fs::write(file.path(), b"\0\0\0\x14ftypqt  \0\0\0\0qt  ").unwrap();
    assert_eq!(refused(&Recording { bytes: 20, ..film.clone() }).await, "recording-type");
    let gone = bluesky.prepare(&to, &with(&Recording { bytes: 21, ..film })).await.unwrap_err();
    assert!(matches!(gone, Verdict::NotSent { .. }), "{gone:?}");
}

#[tokio::test]
async fn a_text_is_held_to_both_limits() {
    let (_fake, bluesky, _) = server().await;
    let codes = |text: &str| bluesky.problems(&post(text)).iter().map(|p| (p.code, p.limit)).collect::<Vec<_>>();
    assert!(codes(&"a".repeat(300)).is_empty());
    assert_eq!(codes(&"a".repeat(301)), [("text-too-long", Some(300))]);
    // Stacked letters: few of them as people see them, many bytes.
    assert_eq!(codes(&"སྒྲུ".repeat(300)), [("text-too-long", Some(TEXT_BYTES))]);
    assert_eq!(codes(&"སྒྲུ".repeat(400)).len(), 1, "said once");
}

#[tokio::test]
async fn the_same_place_is_never_given_to_other_words() {
    let (fake, bluesky, to) = server().await;
    let prepared = bluesky.prepare(&to, &post("Open")).await.unwrap();
    let first = id(bluesky.attempt(&to, &prepared, "k").await);
    assert_eq!(id(bluesky.attempt(&to, &prepared, "k").await), first);
    let other = Prepared { text: "Closed".into(), ..prepared.clone() };
    let verdict = bluesky.attempt(&to, &other, "k").await;
    assert!(matches!(&verdict, Verdict::Rejected { code, .. } if code == "another-record"), "{verdict:?}");
    assert_eq!(fake.posts().len(), 1);
    let edited = bluesky.edit(&to, &first, &bluesky.prepare(&to, &post("Open again")).await.unwrap()).await;
    assert_eq!(id(edited), first);
    // After a correction a repeat of the old attempt must not bring the old words back.
    assert!(matches!(bluesky.attempt(&to, &prepared, "k").await, Verdict::Rejected { .. }));
    assert_eq!(fake.posts()[0]["text"], "Open again");
    id(bluesky.take_down(&to, &first).await);
    let gone = bluesky.edit(&to, &first, &prepared).await;
    assert!(matches!(gone, Verdict::Rejected { code, .. } if code == "gone"));
}

#[tokio::test]
async fn a_session_is_opened_once_and_again_when_it_ran_out() {
    let (fake, bluesky, to) = server().await;
    let prepared = bluesky.prepare(&to, &post("Open")).await.unwrap();
    let many = (0..20).map(|_| bluesky.metrics(&to, "at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a"));
    for answer in futures_all(many).await {
        assert_eq!(answer, Err(Failure::Gone));
    }
    assert_eq!(fake.sessions(), 1);
    fake.end_sessions();
    // A write that met the end of its session was not done, and is not repeated by the connector itself.
    let verdict = bluesky.attempt(&to, &prepared, "k").await;
    assert!(matches!(verdict, Verdict::NotSent { .. }) && fake.posts().is_empty(), "{verdict:?}");
    id(bluesky.attempt(&to, &prepared, "k").await);
    fake.end_sessions();
    assert!(bluesky.own_posts(&to, None).await.is_ok(), "a read goes on by itself");
    assert_eq!(fake.sessions(), 3);
    // A session belongs to its key.
    let wrong = Access { secret: Secret::new(" "), ..to };
    assert_eq!(bluesky.own_posts(&wrong, None).await, Err(Failure::Unauthorised));
}

/// All of them at once.
async fn futures_all<T: Send + 'static>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut out = Vec::new();
    let mut waiting: Vec<_> = all.map(Box::pin).collect();
    std::future::poll_fn(|cx| {
        waiting.retain_mut(|f| match f.as_mut().poll(cx) {
            std::task::Poll::Ready(v) => {
                out.push(v);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    out
}

#[tokio::test]
async fn answers_hang_in_their_conversation_and_can_stand_aside() {
    let (fake, bluesky, to) = server().await;
    let root = id(bluesky.attempt(&to, &bluesky.prepare(&to, &post("Ask us")).await.unwrap(), "k").await);
    let question = fake.add_reply(&root, "When?", "reply");
    let answer = Post { reply_to: Some(question.clone()), ..post("At noon") };
    let ours = id(bluesky.attempt(&to, &bluesky.prepare(&to, &answer).await.unwrap(), "k2").await);
    let reply = &fake.posts()[1]["reply"];
    assert_eq!((&reply["root"]["uri"], &reply["parent"]["uri"]), (&json!(root), &json!(question)));
    // A correction of an answer leaves it where it hangs.
    id(bluesky.edit(&to, &ours, &bluesky.prepare(&to, &post("At one")).await.unwrap()).await);
    assert_eq!(fake.posts()[1]["reply"]["parent"]["uri"], json!(question));

    let other = fake.add_reply(&question, "Rude words", "reply");
    id(bluesky.hide(&to, &other, true).await);
    id(bluesky.hide(&to, &question, true).await);
    id(bluesky.hide(&to, &question, true).await);
    assert_eq!(fake.hidden(&root), [json!(other), json!(question)]);
    id(bluesky.hide(&to, &other, false).await);
    assert_eq!(fake.hidden(&root), [json!(question)]);
    let stray = fake.add_reply("at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a", "@roads hello", "mention");
    let verdict = bluesky.hide(&to, &stray, true).await;
    assert!(matches!(&verdict, Verdict::Rejected { code, .. } if code == "not-ours"), "{verdict:?}");
    let lost = Post { reply_to: Some("at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a".into()), ..post("x") };
    let verdict = bluesky.prepare(&to, &lost).await.unwrap_err();
    assert!(matches!(&verdict, Verdict::Rejected { code, .. } if code == "gone"), "{verdict:?}");
}

#[tokio::test]
async fn notifications_are_all_read_and_likes_are_nobodys_words() {
    let (fake, bluesky, to) = server().await;
    let root = fake.add_own("Ask us");
    fake.add_reply(&root, "first", "reply");
    let first = bluesky.inbound(&to, None).await.unwrap();
    assert_eq!(first.items.len(), 1);
    for n in 0..250 {
        fake.add_reply(&root, &format!("question {n}"), "reply");
        fake.add_reply(&root, "our own words", "like");
    }
    let page = bluesky.inbound(&to, first.cursor).await.unwrap();
    let mut texts: Vec<_> = page.items.iter().map(|i| i.text.clone()).collect();
    texts.sort_by_key(|t| t.split(' ').nth(1).unwrap().parse::<u32>().unwrap());
    assert_eq!(texts, (0..250).map(|n| format!("question {n}")).collect::<Vec<_>>());
    let now = Clock::system().now();
    assert!(page.items.iter().all(|i| i.at_us <= now), "a writer's clock in the future is not believed");
    let none = bluesky.inbound(&to, page.cursor.clone()).await.unwrap();
    assert_eq!((none.items.len(), none.cursor), (0, page.cursor));
}

/// The view puts an answer where its writer's clock says, so what comes later may stand below what was read.
#[tokio::test]
async fn an_answer_from_a_clock_that_is_behind_is_read_all_the_same() {
    let (fake, bluesky, to) = server().await;
    let root = fake.add_own("Ask us");
    let ago = |minutes: i64| jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes);
    fake.add_reply_of(ago(90), &root, "before", "reply");
    let mut cursor = bluesky.inbound(&to, None).await.unwrap().cursor;
    fake.add_reply(&root, "on time", "reply");
    for (minutes, text) in [(0, "on time"), (2, "written on a slow line"), (60, "from a clock an hour behind")] {
        if minutes > 0 {
            fake.add_reply_of(ago(minutes), &root, text, "reply");
        }
        let page = bluesky.inbound(&to, cursor).await.unwrap();
        assert_eq!(page.items.iter().map(|i| i.text.as_str()).collect::<Vec<_>>(), [text]);
        cursor = page.cursor;
    }
    assert!(bluesky.inbound(&to, cursor).await.unwrap().items.is_empty(), "each is told once");
}

#[tokio::test]
async fn a_place_from_an_earlier_release_and_a_moment_to_come_hide_nothing() {
    let (fake, bluesky, to) = server().await;
    let root = fake.add_own("Ask us");
    let first = fake.add_reply(&root, "first", "reply");
    let at_us = bluesky.inbound(&to, None).await.unwrap().items[0].at_us;
    // So it was written: the moment of the newest, and which there were of that very moment.
    let at = format!("{:.3}", jiff::Timestamp::from_microsecond(at_us).unwrap());
    let page = bluesky.inbound(&to, Some(format!("{at} {first}"))).await.unwrap();
    assert!(page.items.is_empty(), "{page:?}");
    fake.add_reply(&root, "second", "reply");
    fake.misdate(&first, "9999-01-01T00:00:00.000Z");
    let page = bluesky.inbound(&to, page.cursor).await.unwrap();
    assert_eq!(page.items.len(), 1);
    fake.add_reply(&root, "third", "reply");
    let page = bluesky.inbound(&to, page.cursor).await.unwrap();
    assert_eq!(page.items.iter().map(|i| i.text.as_str()).collect::<Vec<_>>(), ["third"]);
    assert!(matches!(bluesky.inbound(&to, Some("x".into())).await, Err(Failure::Refused { .. })));
}

#[tokio::test]
async fn hostile_answers_are_failures_and_never_a_yes() {
    let (fake, bluesky, to) = server().await;
    let prepared = bluesky.prepare(&to, &post("Open")).await.unwrap();
    let long = format!(r#"{{"records": [{{"uri": "at://did:plc:x/{POST}/{}", "value": {{}}}}]}}"#, "2".repeat(600));
    for wrong in [
        "<html>".into(),
        "{}".into(),
        "null".into(),
        "[".repeat(200_000),
        r#"{"records": [{"uri": 5}]}"#.into(),
        r#"{"records": [{"uri": "at://did:plc:x/app.bsky.feed.post/a\u0007", "value": {}}]}"#.into(),
        r#"{"records": [{"uri": "at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a", "value": 7}]}"#.into(),
        r#"{"notifications": [{"uri": 1, "indexedAt": 2}], "posts": {}}"#.into(),
        long,
    ] {
        let what: String = wrong.chars().take(60).collect();
        fake.say_instead(Some(wrong));
        let unreachable = |f: Option<Failure>| matches!(f, Some(Failure::Unreachable { .. }));
        assert!(unreachable(bluesky.own_posts(&to, Some(FIRST_KEY.into())).await.err()), "{what}");
        assert!(unreachable(bluesky.inbound(&to, None).await.err()), "{what}");
        assert!(unreachable(bluesky.metrics(&to, "at://did:plc:x/app.bsky.feed.post/a").await.err()), "{what}");
        let container = prepared.container.clone();
        let sought = Sought { key: "k".into(), fingerprint: fingerprint("Open"), container, since_us: 0 };
        assert_eq!(bluesky.find(&to, &sought).await, Found::CannotTell, "{what}");
    }
    fake.say_instead(None);
    fake.set_fault(SetFault { ms: Some(90_000), ..SetFault::once(Fault::RateLimit) });
    let now = Clock::system().now();
    let verdict = bluesky.attempt(&to, &prepared, "k").await;
    assert!(matches!(verdict, Verdict::RateLimited { until_us: Some(t) } if t > now + 80_000_000), "{verdict:?}");
    let nowhere = bluesky.resolve(&to, "@nobody.test").await;
    assert_eq!(nowhere, Err(Failure::Gone));
}
