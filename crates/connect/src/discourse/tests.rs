use super::fake::{FakeDiscourse, SECRET, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, ready, refusal};
use crate::{Media, Secret};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

async fn forum(ways: Ways) -> (FakeDiscourse, Discourse, Access) {
    let fake = FakeDiscourse::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: "7".into(),
        handle: "@roads".into(),
    };
    (fake, Discourse::new(fetch, Clock::system()), access)
}

fn answer(to: &str, text: &str) -> Prepared {
    Prepared { reply_to: Some(to.into()), ..ready(text) }
}

fn sought(key: &str, since_us: i64) -> Sought {
    Sought { key: key.into(), fingerprint: String::new(), container: None, since_us }
}

#[tokio::test]
async fn the_same_key_begins_one_topic() {
    let (fake, forum, to) = forum(Ways::default()).await;
    let id = accepted(forum.attempt(&to, &ready("Road *closed* at Dochula\nuse the <bypass>"), "k").await);
    assert_eq!(accepted(forum.attempt(&to, &ready("Other words"), "k").await), id, "whatever the words");
    assert_eq!((fake.own().len(), fake.titles()), (1, vec!["Road *closed* at Dochula".to_owned()]));
    assert_eq!(fake.own()[0].raw, "Road \\*closed\\* at Dochula\nuse the \\<bypass\\>");
    let now = Clock::system().now();
    assert!(matches!(forum.find(&to, &sought("k", now)).await, Found::Yes { remote_id, .. } if remote_id == id));
    assert_eq!(forum.find(&to, &sought("other", now)).await, Found::No);
    for _ in 0..2 {
        accepted(forum.take_down(&to, &id).await);
    }
    assert_eq!(forum.find(&to, &sought("k", now)).await, Found::No);
    // The forum keeps a removed topic's key: nothing is published behind the back of who removed it.
    assert_eq!(refusal(&forum.attempt(&to, &ready("Road closed at Dochula"), "k").await).0, "refused");
}

#[tokio::test]
async fn what_waits_in_the_queue_is_found_once_it_is_out() {
    let (fake, forum, to) = forum(Ways { queues: true, ..Ways::default() }).await;
    let waits = async |words: &Prepared, key| match forum.attempt(&to, words, key).await {
        Verdict::Pending { remote_id } => remote_id,
        other => panic!("{other:?}"),
    };
    let topic = waits(&ready("Road closed at Dochula"), "k").await;
    assert_eq!(forum.standing(&to, &topic).await, Ok(Standing::Working));
    fake.let_through();
    let id = accepted(forum.attempt(&to, &ready("Road closed at Dochula"), "k").await);
    let stands = forum.standing(&to, &topic).await;
    assert!(matches!(&stands, Ok(Standing::Out { remote_id, url: Some(_) }) if *remote_id == id), "{stands:?}");

    let answered = format!("q6:{}:{}", mark_of("a"), Clock::system().now());
    assert_eq!(forum.standing(&to, &answered).await, Ok(Standing::Working));
    let id = accepted(forum.attempt(&to, &answer(&id, "More at noon"), "a").await);
    let stands = forum.standing(&to, &answered).await;
    assert!(matches!(&stands, Ok(Standing::Out { remote_id, .. }) if *remote_id == id), "{stands:?}");
    for odd in ["q5", "q5:", "q5:../../admin", "t1", "q5:00:1", ""] {
        assert_eq!(forum.standing(&to, odd).await, Err(Failure::Gone), "{odd}");
    }
    fake.set_fault(SetFault { times: 0, ..SetFault::once(Fault::Outage) });
    assert!(forum.standing(&to, &topic).await.is_err(), "no answer is not “not out”");
}

#[tokio::test]
async fn what_the_forum_leads_to_is_read_with_care() {
    for (location, id) in [
        ("/t/words/12.json", Some(12)),
        ("https://forum.example/t/7-days/12.json?page=2", Some(12)),
        ("/forum/t/12.json", Some(12)),
        ("/t/12/3.json", Some(3)),
        ("/t/words.json", None),
        ("/login", None),
        ("/t//", None),
        ("/t/words/999999999999999999999999", None),
    ] {
        assert_eq!(led_to(location), id, "{location}");
    }
}

#[tokio::test]
async fn an_answer_is_written_once_and_found_by_its_mark() {
    let (fake, forum, to) = forum(Ways::default()).await;
    let topic = accepted(forum.attempt(&to, &ready("Ask us about the road"), "k").await);
    let first = forum.inbound(&to, None).await.unwrap();
    let question = fake.answer(&topic, "pema", "Is <b>Trongsa</b> open?");
    let said = answer(&question, "Yes, since [noon]");
    let since = Clock::system().now();
    let ours = accepted(forum.attempt(&to, &said, "a").await);
    assert_eq!(accepted(forum.attempt(&to, &said, "a").await), ours);
    assert_eq!(fake.own().len(), 2);
    assert_eq!(
        (fake.own()[1].reply_to, markdown::plain(&fake.own()[1].raw)),
        (Some(2), "Yes, since [noon]".to_owned())
    );
    assert!(matches!(forum.find(&to, &sought("a", since)).await, Found::Yes { remote_id, .. } if remote_id == ours));

    let back = fake.answer(&ours, "pema", "Thanks");
    let (theirs, _) = (fake.write("pema", "A topic of Pema"), ());
    fake.answer(&theirs, "pema", "not for us");
    let page = forum.inbound(&to, first.cursor).await.unwrap();
    let told: Vec<_> =
        page.items.iter().map(|i| (i.remote_id.as_str(), i.in_reply_to.as_deref(), i.text.as_str())).collect();
    assert_eq!(
        told,
        [
            (question.as_str(), Some(topic.as_str()), "Is <b>Trongsa</b> open?"),
            (back.as_str(), Some(ours.as_str()), "Thanks")
        ]
    );
    assert_eq!((page.items[0].author_id.as_str(), page.items[0].author_name.as_str()), ("9", "Pema D."));

    // The mark stays when the words change.
    accepted(forum.edit(&to, &ours, &ready("Yes, since one")).await);
    assert!(matches!(forum.find(&to, &sought("a", since)).await, Found::Yes { remote_id, .. } if remote_id == ours));
    for lost in ["p99999", "t99999"] {
        let verdict = forum.attempt(&to, &answer(lost, "x"), "b").await;
        assert!(["gone", "forbidden"].contains(&refusal(&verdict).0), "{verdict:?}");
    }
    assert_eq!(refusal(&forum.attempt(&to, &answer("bogus", "x"), "b").await).0, "gone");
}

#[tokio::test]
async fn hiding_is_for_moderators_and_can_be_undone() {
    let (fake, forum, to) = forum(Ways::default()).await;
    let topic = accepted(forum.attempt(&to, &ready("Ask us about the road"), "k").await);
    let rude = fake.answer(&topic, "pema", "Rude words");
    for _ in 0..2 {
        assert_eq!(accepted(forum.hide(&to, &rude, true).await), rude);
    }
    assert_eq!(forum.metrics(&to, &rude).await, Err(Failure::Gone));
    assert_eq!(accepted(forum.hide(&to, &rude, false).await), rude);
    assert_eq!(forum.metrics(&to, &rude).await.unwrap().likes, Some(3));
    let counts = forum.metrics(&to, &topic).await.unwrap();
    assert_eq!((counts.views, counts.replies, counts.likes), (Some(12), Some(1), Some(3)));
    assert_eq!(refusal(&forum.hide(&to, &topic, true).await).0, "hide-not-possible");

    let (fake, forum, to) = self::forum(Ways { plain: true, ..Ways::default() }).await;
    let topic = accepted(forum.attempt(&to, &ready("Ask us about the road"), "k").await);
    let rude = fake.answer(&topic, "pema", "Rude words");
    assert_eq!(refusal(&forum.hide(&to, &rude, true).await).0, "forbidden");
    for _ in 0..2 {
        accepted(forum.take_down(&to, &topic).await);
    }
    assert_eq!(forum.metrics(&to, &topic).await, Err(Failure::Gone));
}

#[tokio::test]
async fn corrections_reach_words_and_title() {
    let (fake, forum, to) = forum(Ways::default()).await;
    let id = accepted(forum.attempt(&to, &ready("Road closed at Dochula"), "k").await);
    accepted(forum.edit(&to, &id, &ready("Road open at Dochula")).await);
    assert_eq!(
        (fake.titles(), fake.own()[0].raw.as_str()),
        (vec!["Road open at Dochula".to_owned()], "Road open at Dochula")
    );
    for gone in ["t4711", "p4711", "x", "", "t", "t-1", "t99999999999999999999"] {
        assert_eq!(refusal(&forum.edit(&to, gone, &ready("x")).await).0, "gone", "{gone}");
    }
}

#[tokio::test]
async fn refusals_waiting_and_pictures() {
    let (_fake, strict, to) = forum(Ways { shortest: 15, ..Ways::default() }).await;
    assert_eq!(refusal(&strict.attempt(&to, &ready("Short"), "k").await), ("refused", Some("text")));
    let (_fake, slow, to) = forum(Ways { queues: true, ..Ways::default() }).await;
    let Verdict::Pending { remote_id } = slow.attempt(&to, &ready("Hello"), "k").await else { panic!() };
    assert!(remote_id.starts_with("q5:"), "{remote_id}");
    let (fake, forum, to) = forum(Ways::default()).await;
    let picture = |bytes: &[u8]| Media {
        bytes: bytes.to_vec(),
        mime: "image/png".into(),
        alt: "a ](x) *b*\nc".into(),
        url: None,
        path: None,
    };
    let with = |bytes: &[u8]| Post { text: "Look".into(), media: vec![picture(bytes)], ..Post::default() };
    let prepared = forum.prepare(&to, &with(b"\x89PNG1")).await.unwrap();
    accepted(forum.attempt(&to, &prepared, "k").await);
    let raw = fake.own()[0].raw.clone();
    assert!(
        raw.starts_with("Look\n\n![a \\](x\\) \\*b\\* c](upload://")
            || raw.starts_with("Look\n\n![a \\](x) \\*b\\* c](upload://"),
        "{raw}"
    );
    assert_eq!(markdown::plain(&raw), "Look");
    assert_eq!(refusal(&forum.prepare(&to, &with(b"text")).await.unwrap_err()), ("refused", Some("media")));
    let wrong = Access { secret: Secret::new("roads:guessed"), ..to.clone() };
    assert_eq!(forum.attempt(&wrong, &ready("x"), "k").await, Verdict::Unauthorised);
    for bad in ["", ":", "roads:", "roads", "roads:a b", "roads:a\r\nx: y"] {
        let wrong = Access { secret: Secret::new(bad), ..to.clone() };
        assert_eq!(forum.whoami(&wrong).await, Err(Failure::Unauthorised), "{bad}");
    }
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_yes() {
    for instead in [
        "",
        "<html>",
        "[]",
        "null",
        r#"{"id":5}"#,
        r#"{"id":"5","topic_id":6,"post_number":1}"#,
        r#"{"id":-5,"topic_id":6,"post_number":1}"#,
        r#"{"id":5,"topic_id":6,"po"#,
    ] {
        let (fake, forum, to) = forum(Ways::default()).await;
        fake.say_instead(Some((200, instead)));
        let verdict = forum.attempt(&to, &ready("Landslide at Box Cutting"), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{instead}: {verdict:?}");
        assert_eq!(fake.own().len(), 1, "and it was done");
    }
    let (fake, forum, to) = forum(Ways::default()).await;
    let deep = "[".repeat(200_000);
    let endless = r#"{"latest_posts":[{"id":9,"topic_id":1,"post_number":1,"username":"x","created_at":"yesterday"}]}"#;
    for wrong in [
        "",
        "[]",
        "{}",
        r#"{"latest_posts":{}}"#,
        r#"{"latest_posts":[7]}"#,
        r#"{"latest_posts":[{"id":-1}]}"#,
        deep.as_str(),
    ] {
        fake.say_instead(Some((200, wrong)));
        let what: String = wrong.chars().take(40).collect();
        for cursor in [None, Some("1".to_owned())] {
            assert!(matches!(forum.own_posts(&to, cursor.clone()).await, Err(Failure::Unreachable { .. })), "{what}");
            assert!(matches!(forum.inbound(&to, cursor).await, Err(Failure::Unreachable { .. })), "{what}");
        }
        assert_eq!(forum.find(&to, &sought("k", 0)).await, Found::CannotTell, "{what}");
    }
    fake.say_instead(Some((200, endless)));
    assert!(forum.own_posts(&to, Some("1".into())).await.unwrap().items.is_empty(), "the same page again is the end");
    fake.say_instead(None);
    assert!(matches!(forum.own_posts(&to, Some("x".into())).await, Err(Failure::Refused { .. })));
}

#[tokio::test]
async fn who_moderates_is_told_of_a_removal_and_others_that_nothing_is_there() {
    for plain in [false, true] {
        let (fake, forum, to) = forum(Ways { plain, ..Ways::default() }).await;
        let topic = accepted(forum.attempt(&to, &ready("Road closed"), "k").await);
        let post = fake.answer(&topic, "pema", "Until *when*?");
        assert!(
            matches!(forum.comment(&to, &post).await, Ok(Again::Is(item)) if item.text == "Until *when*?"),
            "{plain}"
        );
        fake.change_reply(&post, None);
        assert_eq!(forum.comment(&to, &post).await, Ok(Again::Gone), "{plain}");
        for (status, instead) in [(404, "{}"), (404, r#"{"errors":["No such route"]}"#), (200, r#"{"id":1}"#)] {
            fake.say_instead(Some((status, instead)));
            assert!(matches!(&forum.comment(&to, &post).await, Err(f) if *f != Failure::Gone), "{instead}");
        }
    }
}
