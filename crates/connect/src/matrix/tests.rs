use super::fake::{ALIAS, FakeMatrix, ROOM, Ways};
use super::*;
use crate::trial::{post, refusal};
use crate::{Media, Recording};
use crate::{Secret, fingerprint};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

async fn server(ways: Ways) -> (FakeMatrix, Matrix, Access) {
    let fake = FakeMatrix::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new("roads:device"),
        remote_account_id: String::new(),
        handle: ALIAS.into(),
    };
    (fake, Matrix::new(fetch, Clock::system()), access)
}

fn sought(key: &str, since_us: i64) -> Sought {
    Sought { key: key.into(), fingerprint: fingerprint("unused"), container: None, since_us }
}

async fn publish(m: &Matrix, to: &Access, post: &Post, key: &str) -> String {
    let prepared = m.prepare(to, post).await.unwrap();
    match m.attempt(to, &prepared, key).await {
        Verdict::Accepted { remote_id, .. } => remote_id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_room_is_named_by_the_handle() {
    let (_fake, m, to) = server(Ways::default()).await;
    for handle in [ALIAS, ROOM, ""] {
        let me = m.whoami(&Access { handle: handle.into(), ..to.clone() }).await.unwrap();
        assert_eq!(
            (me.account_id.as_str(), me.handle.as_str(), me.name.as_str()),
            (ROOM, ALIAS, "Department of Roads")
        );
    }
    let refusal = async |handle: &str, to: &Access| m.whoami(&Access { handle: handle.into(), ..to.clone() }).await;
    assert_eq!(refusal("#other:fake.test", &to).await, Err(Failure::Gone));
    assert!(
        matches!(refusal("!other:fake.test", &to).await, Err(Failure::Refused { code, .. }) if code == "not-in-room")
    );
    assert_eq!(m.resolve(&to, "#other:fake.test").await, Err(Failure::Gone));
    assert_eq!(m.resolve(&to, "@roads:fake.test").await, Ok(None));
    assert_eq!(m.capabilities_at(&to).await.image_bytes, Some(50_000));
    let (_fake, m, to) = server(Ways { encrypted: true, ..Ways::default() }).await;
    assert!(matches!(m.whoami(&to).await, Err(Failure::Refused { code, .. }) if code == "room-encrypted"));
}

#[tokio::test]
async fn an_unanswered_attempt_is_found_by_its_mark() {
    let (fake, m, to) = server(Ways { html: true, ..Ways::default() }).await;
    let since = Clock::system().now();
    let prepared = m.prepare(&to, &post("Flood")).await.unwrap();
    assert_eq!(m.find(&to, &sought("k", since)).await, Found::No);
    assert!(matches!(m.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    assert!(matches!(m.find(&to, &sought("k", since)).await, Found::Yes { remote_id, .. } if remote_id == "$event-1"));
    assert_eq!(m.find(&to, &sought("other", since)).await, Found::No, "the same words are not the same message");
    // The same key from another device is another message: the mark is what tells.
    let renewed = Access { secret: Secret::new("roads:another"), ..to.clone() };
    assert!(matches!(m.find(&renewed, &sought("k", since)).await, Found::Yes { .. }));
    m.attempt(&to, &prepared, "k").await;
    assert_eq!(fake.texts(), ["Flood"]);
    m.attempt(&renewed, &prepared, "k").await;
    assert_eq!(fake.texts(), ["Flood", "Flood"], "as on the real server");
    let much_later = since + 600_000_000;
    assert_eq!(m.find(&to, &sought("never", much_later)).await, Found::No);
    for n in 0..2001 {
        fake.say("roads", json!({"msgtype": "m.text", "body": format!("{n}")}));
    }
    assert_eq!(m.find(&to, &sought("k", since)).await, Found::CannotTell);
    m.take_down(&to, "$event-2003").await;
    assert_eq!(m.find(&to, &sought("never", since)).await, Found::CannotTell, "it may have been this one");
}

#[tokio::test]
async fn taking_down_takes_the_edits_too() {
    let (fake, m, to) = server(Ways::default()).await;
    let id = publish(&m, &to, &post("Secret one"), "k").await;
    for text in ["Secret two", "Secret three", "Secret two"] {
        let prepared = m.prepare(&to, &post(text)).await.unwrap();
        assert!(matches!(m.edit(&to, &id, &prepared).await, Verdict::Accepted { .. }));
        assert_eq!(fake.texts(), [text]);
    }
    for _ in 0..2 {
        assert!(matches!(m.take_down(&to, &id).await, Verdict::Accepted { .. }));
    }
    assert!(fake.events().iter().all(|e| !e.content.to_string().contains("Secret")), "{:?}", fake.events());
    let prepared = m.prepare(&to, &post("x")).await.unwrap();
    assert!(matches!(m.edit(&to, &id, &prepared).await, Verdict::Rejected { code, .. } if code == "gone"));
    assert!(matches!(m.edit(&to, "$nobodys", &prepared).await, Verdict::Rejected { code, .. } if code == "gone"));
    assert!(matches!(m.take_down(&to, "$nobodys").await, Verdict::Accepted { .. }));
    let theirs = fake.say("pema", json!({"msgtype": "m.text", "body": "mine"}));
    assert!(
        matches!(m.edit(&to, &theirs, &prepared).await, Verdict::Rejected { code, .. } if code == "edit-not-possible")
    );
}

#[tokio::test]
async fn a_picture_is_a_message_with_a_caption() {
    let (fake, m, to) = server(Ways::default()).await;
    let media = Media {
        bytes: b"\x89PNG".to_vec(),
        mime: "image/png".into(),
        alt: "A red\n dot".into(),
        url: None,
        path: None,
    };
    publish(&m, &to, &Post { media: vec![media.clone()], ..post("See \u{7}this") }, "k").await;
    publish(&m, &to, &Post { media: vec![media.clone()], ..post("") }, "k2").await;
    assert_eq!(fake.uploads(), [("image/png".to_owned(), 4), ("image/png".to_owned(), 4)]);
    let said = &fake.events()[0].content;
    assert_eq!(
        (&said["msgtype"], &said["body"], &said["filename"]),
        (&json!("m.image"), &json!("See this"), &json!("A red dot"))
    );
    assert_eq!(said["info"], json!({"mimetype": "image/png", "size": 4}));
    assert_eq!(fake.events()[1].content["body"], "A red dot");
    let two = Post { media: vec![media.clone(), media], ..post("x") };
    assert!(matches!(m.prepare(&to, &two).await, Err(Verdict::Rejected { code, .. }) if code == "media-too-many"));
    let broken = Prepared::of(&post("x"), vec!["no note".into()]);
    assert!(matches!(m.attempt(&to, &broken, "k").await, Verdict::NotSent { .. }));
}

#[tokio::test]
async fn a_recording_is_a_message_of_its_kind() {
    let (fake, m, to) = server(Ways::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound");
    std::fs::write(&path, b"ID3456").unwrap();
    let sound = Recording { path, bytes: 6, mime: "audio/mpeg".into(), seconds: None, captions: vec![], url: None };
    publish(&m, &to, &Post { recording: Some(sound.clone()), ..post("Listen") }, "k").await;
    assert_eq!(fake.uploads(), [("audio/mpeg".to_owned(), 6)]);
    let said = &fake.events()[0].content;
    assert_eq!(
        (&said["msgtype"], &said["body"], &said["filename"]),
        (&json!("m.audio"), &json!("Listen"), &json!("sound.mpeg"))
    );
    let large = Recording { bytes: 60 << 20, ..sound };
    let refused = m.prepare(&to, &Post { recording: Some(large), ..post("x") }).await.unwrap_err();
    assert_eq!(refusal(&refused), ("recording-too-large", Some("recording")));
}

#[tokio::test]
async fn the_longest_text_can_still_be_edited() {
    let (_fake, m, to) = server(Ways::default()).await;
    let longest = post(&"\"".repeat(TEXT_BYTES));
    let id = publish(&m, &to, &longest, "k").await;
    let prepared = m.prepare(&to, &longest).await.unwrap();
    let edited = m.edit(&to, &id, &prepared).await;
    assert!(matches!(edited, Verdict::Accepted { .. }), "{edited:?}");
}

#[tokio::test]
async fn what_was_said_meanwhile_comes_without_gaps() {
    let (fake, m, to) = server(Ways::default()).await;
    let ours = publish(&m, &to, &post("Ask us"), "k").await;
    let first = m.inbound(&to, None).await.unwrap();
    assert!(first.items.is_empty());
    for n in 0..230 {
        fake.say("pema", json!({"msgtype": "m.text", "body": format!("Question {n}")}));
    }
    fake.say("pema", json!({"msgtype": "m.notice", "body": "a program's"}));
    let page = m.inbound(&to, first.cursor.clone()).await.unwrap();
    let texts: Vec<&str> = page.items.iter().map(|i| i.text.as_str()).collect();
    assert_eq!(texts, (0..230).map(|n| format!("Question {n}")).collect::<Vec<_>>());
    assert_eq!((page.items[0].author_name.as_str(), page.items[0].in_reply_to.as_deref()), ("Pema", None));
    for _ in 0..3 {
        fake.react(&ours);
    }
    let thread = json!({"rel_type": "m.thread", "event_id": ours, "is_falling_back": false});
    fake.say("pema", json!({"msgtype": "m.text", "body": "In a thread", "m.relates_to": thread}));
    let counts = m.metrics(&to, &ours).await.unwrap();
    assert_eq!((counts.likes, counts.replies), (Some(1), Some(1)), "one person, one answer");
    let page = m.inbound(&to, page.cursor).await.unwrap();
    assert_eq!(page.items[0].in_reply_to.as_deref(), Some(ours.as_str()));
    for n in 0..500 {
        fake.say("pema", json!({"msgtype": "m.text", "body": format!("{n}")}));
    }
    assert_eq!(m.metrics(&to, &ours).await.unwrap().replies, None, "too many to be counted");
    for n in 0..2000 {
        fake.say("pema", json!({"msgtype": "m.text", "body": format!("{n}")}));
    }
    let flood = m.inbound(&to, page.cursor).await;
    assert!(matches!(flood, Err(Failure::Unreachable { .. })), "what cannot be fetched is not passed over");
}

/// The specification: an empty page with a way on is not the end.
#[tokio::test]
async fn a_page_from_which_everything_was_left_out_is_not_the_end() {
    let (fake, m, to) = server(Ways { leaves_out: true, ..Ways::default() }).await;
    let ours = publish(&m, &to, &post("Ask us"), "k").await;
    let first = m.inbound(&to, None).await.unwrap();
    let ask = |n: i32| fake.say("pema", json!({"msgtype": "m.text", "body": format!("Question {n}")}));
    (0..60).for_each(|n| drop(ask(n)));
    (0..180).for_each(|_| fake.react(&ours));
    (60..120).for_each(|n| drop(ask(n)));
    let page = m.inbound(&to, first.cursor).await.unwrap();
    let texts: Vec<&str> = page.items.iter().map(|i| i.text.as_str()).collect();
    assert_eq!(texts, (0..120).map(|n| format!("Question {n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_answer_that_is_none_is_a_failure() {
    let (fake, m, to) = server(Ways::default()).await;
    let event = |id: &str, at: &str, body: &str| {
        format!(
            r#"{{"next_batch": "s1", "chunk": [], "rooms": {{"join": {{"{ROOM}": {{"timeline": {{"events": [
            {{"event_id": {id}, "sender": "@p:x", "type": "m.room.message", "origin_server_ts": {at},
              "content": {{"msgtype": "m.text", "body": {body}}}}}]}}}}}}}}}}"#
        )
    };
    for wrong in [
        "<!DOCTYPE html><html>".into(),
        "null".into(),
        "[]".into(),
        event("5", "1", "\"x\""),
        event("\"no id\"", "1", "\"x\""),
        event("\"$a b\"", "1", "\"x\""),
        event(&format!("\"${}\"", "9".repeat(5000)), "1", "\"x\""),
        event("\"$1\"", "9223372036854775807", "\"x\""),
        event("\"$1\"", "99999999999999999999999", "\"x\""),
        event("\"$1\"", "\"today\"", "\"x\""),
        event("\"$1\"", "1", "\"x\"")[..90].to_owned(),
        "[".repeat(200_000),
        format!("[\"{}\"]", "x".repeat(5 << 20)),
    ] {
        let what: String = wrong.chars().take(80).collect();
        fake.say_instead(Some(wrong));
        let answer = m.inbound(&to, Some("s0".into())).await;
        assert!(matches!(answer, Err(Failure::Unreachable { .. })), "{what}: {answer:?}");
    }
    fake.say_instead(Some(event("\"$1\"", "1795491000000", "[\"x\"]")));
    assert!(m.inbound(&to, Some("s0".into())).await.unwrap().items.is_empty());
    fake.say_instead(Some(event("\"$1\"", "1795491000000", "\"a\\u0000b\"")));
    let page = m.inbound(&to, Some("s0".into())).await.unwrap();
    assert_eq!((page.items[0].text.as_str(), page.items[0].at_us), ("ab", 1_795_491_000_000_000));
}

#[tokio::test]
async fn the_newest_words_of_its_author_count_and_only_an_emptied_message_is_gone() {
    let (fake, m, to) = server(Ways::default()).await;
    let id = fake.say("pema", json!({"msgtype": "m.text", "body": "Is it open?"}));
    let edit = |text: &str| {
        json!({"msgtype": "m.text", "body": "* x", "m.new_content": {"msgtype": "m.text", "body": text},
               "m.relates_to": {"rel_type": "m.replace", "event_id": id}})
    };
    let text = async || match m.comment(&to, &id).await {
        Ok(Again::Is(item)) => item.text,
        other => panic!("{other:?}"),
    };
    fake.say("roads", edit("Nobody else changes it"));
    assert_eq!(text().await, "Is it open?");
    for words in ["Is it open today?", "Is it open on Sunday?"] {
        fake.say("pema", edit(words));
        assert_eq!(text().await, words);
    }
    // A server that forgot the message says nothing about it.
    let forgotten = m.comment(&to, "$event-999").await;
    assert!(matches!(&forgotten, Err(f) if *f != Failure::Gone), "{forgotten:?}");
    fake.change_said(&id, None);
    assert_eq!(m.comment(&to, &id).await, Ok(Again::Gone));
}
