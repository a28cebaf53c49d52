use super::fake::{CHANNEL, FakeTelegram, GROUP, TOKEN, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::{post, refusal};
use crate::{Captions, Media, Recording, Secret};
use base64::Engine as _;
use ground::fetch::FetchPolicy;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn fetch() -> Fetch {
    let total_timeout = Duration::from_millis(900);
    Fetch::new(FetchPolicy { allow_loopback: true, total_timeout, ..FetchPolicy::default() }).unwrap()
}

async fn channel_with(ways: Ways) -> (FakeTelegram, Telegram, Access) {
    let fake = FakeTelegram::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(TOKEN),
        remote_account_id: CHANNEL.to_string(),
        handle: "@roads".into(),
    };
    (fake, Telegram::new(fetch(), Clock::system()), access)
}

fn picture(bytes: &[u8]) -> Media {
    Media { bytes: bytes.to_vec(), mime: "image/png".into(), alt: "A bridge".into(), url: None, path: None }
}

fn ready(text: &str, pictures: usize) -> Prepared {
    let media: Vec<Media> = (0..pictures).map(|n| picture(format!("picture {n}").as_bytes())).collect();
    Prepared::of(&post(text), media.iter().map(enclosed::picture).collect())
}

fn accepted(verdict: Verdict) -> (String, Option<String>) {
    match verdict {
        Verdict::Accepted { remote_id, url } => (remote_id, url),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_channel_is_found_by_its_name_or_number_and_wants_an_administrator() {
    let (_fake, telegram, to) = channel_with(Ways::default()).await;
    for handle in ["@roads", "roads", "https://t.me/roads", "-1001000000007"] {
        let new = Access { remote_account_id: String::new(), handle: handle.into(), ..to.clone() };
        let me = telegram.whoami(&new).await.unwrap();
        assert_eq!((me.account_id.as_str(), me.handle.as_str()), ("-1001000000007", "@roads"), "{handle}");
    }
    let refused = async |ways: Ways, handle: &str| {
        let (_fake, telegram, to) = channel_with(ways).await;
        let new = Access { remote_account_id: String::new(), handle: handle.into(), ..to };
        match telegram.whoami(&new).await {
            Err(Failure::Refused { code, .. }) => code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(Ways::default(), "@other").await, "no-channel");
    assert_eq!(refused(Ways::default(), &GROUP.to_string()).await, "no-channel");
    assert_eq!(refused(Ways { no_admin: true, ..Ways::default() }, "@roads").await, "not-admin");
    assert_eq!(telegram.resolve(&to, "@other").await, Err(Failure::Gone));
    let lost = Access { base_url: format!("{}/somewhere", to.base_url), ..to.clone() };
    assert!(telegram.whoami(&lost).await.is_err());

    let (_fake, telegram, to) = channel_with(Ways { private: true, ..Ways::default() }).await;
    assert_eq!(telegram.whoami(&to).await.unwrap().handle, CHANNEL.to_string());
    let (id, url) = accepted(telegram.attempt(&to, &ready("For members", 0), "k").await);
    assert_eq!(url.unwrap(), format!("https://t.me/c/1000000007/{}", id.split(':').nth(1).unwrap()));
}

#[tokio::test]
async fn words_beside_pictures_may_be_shorter_and_are_counted_as_telegram_counts() {
    let (_fake, telegram, to) = channel_with(Ways::default()).await;
    // Outside the first plane a sign counts two.
    let fits = "😀".repeat(512);
    let long = format!("{fits}x");
    for (text, pictures, well) in [
        (fits.as_str(), 1, true),
        (long.as_str(), 1, false),
        (long.as_str(), 2, false),
        (long.as_str(), 0, true),
        ("ཀ".repeat(4096).as_str(), 0, true),
        ("ཀ".repeat(4097).as_str(), 0, false),
    ] {
        let said = Post { media: vec![picture(b"x"); pictures], ..post(text) };
        assert_eq!(telegram.problems(&said).is_empty(), well, "{pictures}");
        let verdict = telegram.attempt(&to, &ready(text, pictures), "k").await;
        if well {
            accepted(verdict);
        } else {
            assert_eq!(refusal(&verdict), ("refused", Some("text")));
        }
    }
    let many = Post { media: vec![picture(b"x"); 11], ..post("x") };
    assert_eq!(telegram.problems(&many)[0].code, "media-too-many");
}

#[tokio::test]
async fn markup_is_not_read_and_an_album_is_one_post() {
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    let text = "<b>Road</b> *closed* [x](https://a.bt) & _more_";
    let (one, url) = accepted(telegram.attempt(&to, &ready(text, 0), "k").await);
    assert_eq!((fake.messages()[0].text.as_str(), url.unwrap()), (text, "https://t.me/roads/1".to_owned()));
    let (album, url) = accepted(telegram.attempt(&to, &ready("Three pictures", 3), "k").await);
    assert_eq!(album.split(':').nth(1).unwrap().split(',').count(), 3, "{album}");
    assert!(url.unwrap().ends_with(album.split([':', ',']).nth(1).unwrap()));
    let texts: Vec<_> = fake.messages().into_iter().map(|m| (m.text, m.pictures)).collect();
    assert_eq!(texts[1..], [("Three pictures".to_owned(), 1), (String::new(), 1), (String::new(), 1)]);
    accepted(telegram.edit(&to, &album, &ready("Better words", 3)).await);
    assert_eq!(fake.messages()[1].text, "Better words");
    for wrong in [0, 2] {
        assert_eq!(refusal(&telegram.edit(&to, &album, &ready("x", wrong)).await).0, "edit-not-possible");
    }
    for _ in 0..2 {
        accepted(telegram.take_down(&to, &album).await);
        accepted(telegram.take_down(&to, &one).await);
    }
    assert!(fake.messages().is_empty());
}

fn stored(bytes: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

fn recorded(file: &tempfile::NamedTempFile, mime: &str) -> Recording {
    let captions = vec![Captions { lang: "en".into(), vtt: "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n".into() }];
    let bytes = file.as_file().metadata().unwrap().len();
    Recording { path: file.path().into(), bytes, mime: mime.into(), seconds: None, captions, url: None }
}

#[tokio::test]
async fn films_and_sound_go_along_with_the_call_and_are_played() {
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    let (film, sound) = (stored(&crate::recording::shape::tests::film(640, 360, true)), stored(b"\xff\xfb sound"));
    let with = |r: Recording, text: &str| Post { recording: Some(r), ..post(text) };
    let ready = async |post: &Post| {
        assert!(telegram.problems(post).is_empty(), "{:?}", telegram.problems(post));
        let prepared = serde_json::to_string(&telegram.prepare(&to, post).await.unwrap()).unwrap();
        assert!(prepared.len() < 1000, "no bytes of it are kept: {prepared}");
        serde_json::from_str::<Prepared>(&prepared).unwrap()
    };
    let film = with(recorded(&film, "video/mp4"), "The bridge\nas it is");
    let (id, url) = accepted(telegram.attempt(&to, &ready(&film).await, "k").await);
    assert_eq!(url.unwrap(), "https://t.me/roads/1");
    let upright = json!({"kind": "video", "file": "video.mp4", "bytes": film.recording.as_ref().unwrap().bytes,
        "supports_streaming": true, "width": 360, "height": 640, "duration": 12});
    assert_eq!(
        (fake.messages()[0].text.as_str(), fake.messages()[0].recording.clone().unwrap()),
        ("The bridge\nas it is", upright)
    );
    let sound = with(recorded(&sound, "audio/mpeg"), "An interview\nabout the bridge");
    accepted(telegram.attempt(&to, &ready(&sound).await, "k").await);
    let heard = json!({"kind": "audio", "file": "audio.mp3", "bytes": 8, "title": "An interview"});
    assert_eq!(fake.messages()[1].recording, Some(heard.clone()));

    accepted(telegram.edit(&to, &id, &self::ready("Other words", 0)).await);
    let now = &fake.messages()[0];
    assert!(now.text == "Other words" && now.recording.is_some(), "the film stays");
    let m4a = Recording { mime: "audio/mp4".into(), ..sound.recording.clone().unwrap() };
    accepted(telegram.edit(&to, &id, &ready(&with(m4a, "An interview")).await).await);
    let instead = json!({"kind": "audio", "file": "audio.m4a", "bytes": 8, "title": "An interview"});
    assert_eq!((fake.messages()[0].recording.clone(), fake.messages().len()), (Some(instead), 2));

    let codes = |p: &Post| telegram.problems(p).iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(codes(&Post { text: "x".repeat(1025), ..film.clone() }), ["text-too-long"]);
    let large = with(Recording { bytes: 50_000_001, mime: "video/webm".into(), ..film.recording.unwrap() }, "x");
    assert_eq!(codes(&large), ["recording-type", "recording-too-large"]);
    let refused = telegram.prepare(&to, &large).await.unwrap_err();
    assert_eq!(refusal(&refused), ("recording-too-large", Some("recording")));
}

#[tokio::test]
async fn what_was_made_ready_is_what_goes_out_or_nothing() {
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    let lies = stored(b"picture 1");
    let media = Media { path: Some(lies.path().into()), ..picture(b"picture 1") };
    for said in [
        Post { media: vec![media.clone()], ..post("One") },
        Post { media: vec![media.clone(), picture(b"in memory only")], ..post("Two") },
        Post { recording: Some(recorded(&lies, "video/mp4")), ..post("A film") },
    ] {
        std::fs::write(lies.path(), b"picture 1").unwrap();
        let prepared = telegram.prepare(&to, &said).await.unwrap();
        assert!(!prepared.media[0].contains(&base64::engine::general_purpose::STANDARD.encode(b"picture 1")));
        let before = fake.messages().len();
        for other in [&b"picture 2"[..], b"picture", b"picture 1 and more", b""] {
            std::fs::write(lies.path(), other).unwrap();
            let verdict = telegram.attempt(&to, &prepared, "k").await;
            assert_eq!(refusal(&verdict), ("refused", Some("media")), "{other:?}");
        }
        std::fs::remove_file(lies.path()).unwrap();
        let verdict = telegram.attempt(&to, &prepared, "k").await;
        assert!(matches!(verdict, Verdict::NotSent { .. }), "{verdict:?}");
        assert_eq!(fake.messages().len(), before, "nothing went out");
        std::fs::write(lies.path(), b"picture 1").unwrap();
        accepted(telegram.attempt(&to, &prepared, "k").await);
    }
}

#[tokio::test]
async fn edits_reach_words_and_captions() {
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    let (words, _) = accepted(telegram.attempt(&to, &ready("Words", 0), "k").await);
    let (photo, _) = accepted(telegram.attempt(&to, &ready("Caption", 1), "k").await);
    accepted(telegram.edit(&to, &words, &ready("Other words", 0)).await);
    accepted(telegram.edit(&to, &words, &ready("Other words", 0)).await);
    accepted(telegram.edit(&to, &photo, &ready("Other caption", 0)).await);
    accepted(telegram.edit(&to, &photo, &ready("Another caption", 1)).await);
    let texts: Vec<_> = fake.messages().into_iter().map(|m| m.text).collect();
    assert_eq!(texts, ["Other words", "Another caption"]);
    let gone = telegram.edit(&to, &format!("{CHANNEL}:4711"), &ready("x", 0)).await;
    assert_eq!(refusal(&gone).0, "gone");
    let broken = Prepared { media: vec!["data:image/png;base64,!".into()], ..ready("x", 0) };
    assert_eq!(refusal(&telegram.attempt(&to, &broken, "k").await), ("refused", Some("media")));
}

#[tokio::test]
async fn comments_come_from_the_linked_group_and_are_answered_there() {
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    let (id, _) = accepted(telegram.attempt(&to, &ready("Ask us", 0), "k").await);
    let first = fake.comment(&id, "Is <b>Trongsa</b> open?");
    let second = fake.comment(&first, "I ask too");
    let person = json!({"id": 9, "first_name": "Pema"});
    let (group, channel) = (json!({"id": GROUP, "type": "supergroup"}), json!({"id": CHANNEL}));
    fake.tell(json!({"message_id": 50, "date": 1_795_000_000, "chat": group, "sender_chat": group, "from": {"id": 1087968824}, "text": "staff"}));
    fake.tell(json!({"message_id": 51, "date": 1_795_000_000, "chat": group, "sender_chat": channel, "text": "the channel itself"}));
    fake.tell(json!({"message_id": 52, "date": 1_795_000_000, "chat": {"id": -5}, "from": person, "text": "in another group"}));
    fake.tell(
        json!({"message_id": 53, "date": 1_795_000_000, "chat": group, "from": person, "new_chat_members": [person]}),
    );
    fake.tell(json!({"message_id": 54, "date": 4_000_000_000_i64, "chat": group, "from": person, "photo": [{}], "caption": "look"}));
    fake.tell(json!({"message_id": 55, "date": 4_000_000_000_i64, "chat": group, "sender_chat": {"id": -9, "title": "News of Paro", "username": "paro"}, "sticker": {}}));
    let page = telegram.inbound(&to, None).await.unwrap();
    let texts: Vec<&str> = page.items.iter().map(|i| i.text.as_str()).collect();
    assert_eq!(texts, ["Is <b>Trongsa</b> open?", "I ask too", "look", "(A message without words)"]);
    let above: Vec<_> = page.items.iter().map(|i| i.in_reply_to.as_deref()).collect();
    assert_eq!(above, [Some(id.as_str()), Some(first.as_str()), None, None]);
    let item = &page.items[0];
    assert_eq!((item.author_id.as_str(), item.author_name.as_str()), ("9", "Pema D."));
    assert_eq!(
        (item.author_url.as_deref(), page.items[3].author_name.as_str()),
        (Some("https://t.me/pema"), "News of Paro")
    );

    let answer = Prepared { reply_to: Some(second.clone()), ..ready("Yes, since noon", 0) };
    let (ours, _) = accepted(telegram.attempt(&to, &answer, "a").await);
    assert!(ours.starts_with(&format!("{GROUP}:")), "{ours}");
    assert_eq!(fake.messages()[1].reply_to.map(|n| format!("{GROUP}:{n}")), Some(second));
    // The same again until the place is told, then no more.
    assert_eq!(telegram.inbound(&to, None).await.unwrap().items.len(), 4);
    let rest = telegram.inbound(&to, page.cursor.clone()).await.unwrap();
    assert_eq!((rest.items.len(), rest.cursor), (0, page.cursor));
    let lost = Prepared { reply_to: Some(format!("{CHANNEL}:4711")), ..ready("x", 0) };
    assert_eq!(refusal(&telegram.attempt(&to, &lost, "a").await).0, "gone");
    let bogus = Prepared { reply_to: Some("bogus".into()), ..ready("x", 0) };
    assert_eq!(refusal(&telegram.attempt(&to, &bogus, "a").await).0, "gone");
}

#[tokio::test]
async fn many_comments_come_page_by_page_and_none_without_a_group() {
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    for n in 0..105 {
        fake.comment(&format!("{CHANNEL}:1"), &format!("question {n}"));
    }
    let page = telegram.inbound(&to, None).await.unwrap();
    assert!(page.more && page.items.len() == 100);
    let rest = telegram.inbound(&to, page.cursor).await.unwrap();
    assert!(!rest.more && rest.items.len() == 5 && rest.items[4].text == "question 104");
    let (fake, telegram, to) = channel_with(Ways { no_group: true, ..Ways::default() }).await;
    fake.comment(&format!("{CHANNEL}:1"), "unseen");
    let page = telegram.inbound(&to, None).await.unwrap();
    assert_eq!((page.items.len(), page.cursor), (0, None));
}

#[tokio::test]
async fn while_telegram_calls_there_is_nothing_to_fetch_and_the_word_says_whose_calls_they_are() {
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    fake.comment(&format!("{CHANNEL}:1"), "question");
    fake.set_webhook(true);
    let page = telegram.inbound(&to, Some("7".into())).await.unwrap();
    assert_eq!((page.items.len(), page.cursor.as_deref(), page.more), (0, Some("7"), false));
    fake.set_webhook(false);
    assert_eq!(telegram.inbound(&to, Some("7".into())).await.unwrap().items.len(), 1);
    let agreed = telegram.agree(&to, "chance").await.unwrap();
    assert_eq!(agreed.reveal(), format!("{CHANNEL}_{GROUP}_chance"));
    for word in ["", "a b", "ü", &"x".repeat(201)] {
        assert!(matches!(telegram.agree(&to, word).await, Err(Failure::Refused { .. })), "{word}");
    }
    let (_fake, telegram, to) = channel_with(Ways { no_group: true, ..Ways::default() }).await;
    let no = telegram.agree(&to, "chance").await.unwrap_err();
    assert!(matches!(&no, Failure::Refused { code, .. } if code == "no-group"), "{no:?}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_no_yes() {
    for instead in [
        "",
        "<!DOCTYPE html>",
        r#"{"ok":true}"#,
        r#"{"ok":true,"result":true}"#,
        r#"{"ok":true,"result":[]}"#,
        r#"{"ok":true,"result":{"message_id":"5","chat":{"id":1}}}"#,
        r#"{"ok":true,"result":{"message_id":99999999999999999999,"chat":{"id":1}}}"#,
        r#"{"ok":true,"result":{"message_id":5,"chat":{}}}"#,
        r#"{"ok":true,"result":{"message_id":5"#,
    ] {
        let (fake, telegram, to) = channel_with(Ways::default()).await;
        fake.say_instead(Some((200, instead)));
        let verdict = telegram.attempt(&to, &ready("Landslide", 0), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{instead}: {verdict:?}");
        assert_eq!(fake.messages().len(), 1, "and it was done");
    }
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    for instead in ["{}", r#"{"ok":true,"result":{}}"#, r#"{"ok":true,"result":{"id":-1,"linked_chat_id":-2}}"#, "[[["]
    {
        fake.say_instead(Some((200, instead)));
        let page = telegram.inbound(&to, Some("5".into())).await;
        assert!(matches!(page, Err(Failure::Unreachable { .. })), "{instead}: {page:?}");
    }
    fake.say_instead(None);
    assert!(matches!(telegram.inbound(&to, Some("x".into())).await, Err(Failure::Refused { .. })));
    fake.tell(json!({"message_id": "no number", "chat": {"id": GROUP}}));
    assert!(matches!(telegram.inbound(&to, None).await, Err(Failure::Unreachable { .. })));
}

/// Whatever goes wrong, the token stands in no error.
#[tokio::test]
async fn the_token_is_never_told() {
    let (fake, telegram, to) = channel_with(Ways::default()).await;
    let word = TOKEN.split(':').nth(1).unwrap();
    let mut told = Vec::new();
    for fault in Fault::ALL {
        fake.set_fault(SetFault { ms: (fault == Fault::Slow).then_some(3000), ..SetFault::once(fault) });
        told.push(format!("{:?}", telegram.attempt(&to, &ready("x", 0), "k").await));
    }
    for (status, body) in [
        (200, "<html>".to_owned()),
        (302, format!("to /bot{TOKEN}/sendMessage")),
        (400, json!({"ok": false, "description": format!("Bad Request: /bot{TOKEN}/sendMessage")}).to_string()),
        (404, format!("no /bot{TOKEN}/getMe here")),
        (500, format!("/bot{TOKEN}/sendMessage")),
    ] {
        fake.say_instead(Some((status, &body)));
        told.push(format!("{:?}", telegram.attempt(&to, &ready("x", 1), "k").await));
        told.push(format!("{:?}", telegram.whoami(&to).await));
        told.push(format!("{:?}", telegram.inbound(&to, None).await));
        told.push(format!("{:?}", telegram.prepare(&to, &post("x")).await));
    }
    // Nobody listens, no such scheme, an address that may not be called, and one who speaks no HTTP.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute = format!("http://{}", silent.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut line, _)) = silent.accept().await {
            let _ = line.read(&mut [0; 4096]).await;
            let _ = line.write_all(b"what?\r\n\r\n").await;
        }
    });
    for base_url in ["http://127.0.0.1:1", "gopher://x", "not an address", "http://10.0.0.1", mute.as_str()] {
        let lost = Access { base_url: base_url.into(), ..to.clone() };
        told.push(format!("{:?}", telegram.attempt(&lost, &ready("x", 0), "k").await));
        told.push(format!("{:?} {lost:?} {:?}", telegram.whoami(&lost).await, telegram.take_down(&lost, "1:1").await));
    }
    assert!(told.len() > 30);
    for text in told {
        assert!(!text.contains(word), "{text}");
    }
}
