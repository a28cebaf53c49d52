//! The Matrix connector against a real homeserver; `cargo xtask test --only servers` starts one. Any other can be tried by
//! hand. Needs `DRELWA_TEST_MATRIX_URL`, `DRELWA_TEST_MATRIX_ROOM` (its address), and tokens:
//! `DRELWA_TEST_MATRIX_TOKEN` (who speaks for the agency), `DRELWA_TEST_MATRIX_SECOND_TOKEN` (the same user on another
//! device) and `DRELWA_TEST_MATRIX_CITIZEN_TOKEN` (somebody else in the room, without power there).
use connect::matrix::Matrix;
use connect::*;
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy, Method, Request};
use serde_json::{Value, json};

fn given(name: &str) -> String {
    ground::config::Config::environment(name).unwrap_or_else(|| panic!("{name} is not set"))
}

fn fetch() -> Fetch {
    Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap()
}

async fn speaker(token: &str) -> (Matrix, Access) {
    let mut to = Access {
        base_url: given("DRELWA_TEST_MATRIX_URL"),
        secret: Secret::new(given(token)),
        remote_account_id: String::new(),
        handle: given("DRELWA_TEST_MATRIX_ROOM"),
    };
    let matrix = Matrix::new(fetch(), Clock::system());
    let me = matrix.whoami(&to).await.unwrap();
    assert!(me.account_id.starts_with('!') && me.handle == to.handle && !me.name.is_empty(), "{me:?}");
    assert_eq!(matrix.resolve(&to, &me.handle).await, Ok(Some(me.account_id.clone())));
    to.remote_account_id = me.account_id;
    (matrix, to)
}

async fn agency() -> (Matrix, Access) {
    speaker("DRELWA_TEST_MATRIX_TOKEN").await
}

fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// Asks the server itself, past the connector.
async fn call(to: &Access, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let url = to.url(&format!("/_matrix/client/v3{path}"));
    let request = Request::new(method, url).bearer(to.secret.reveal());
    let answer = fetch().send(if let Some(body) = body { request.json(&body) } else { request }).await.unwrap();
    (answer.status, answer.json().unwrap_or_default())
}

async fn event(to: &Access, id: &str) -> Value {
    let path = format!("/rooms/{}/event/{}", encoded(&to.remote_account_id), encoded(id));
    call(to, Method::GET, &path, None).await.1
}

/// Sends an event as people's programs do.
async fn send(to: &Access, kind: &str, content: Value) -> String {
    let path = format!("/rooms/{}/send/{kind}/{}", encoded(&to.remote_account_id), Clock::system().now());
    let (status, answer) = call(to, Method::PUT, &path, Some(content)).await;
    assert_eq!(status, 200, "{answer}");
    answer["event_id"].as_str().unwrap().to_owned()
}

/// How many messages of the room say this.
async fn said(to: &Access, text: &str) -> usize {
    let path = format!("/rooms/{}/messages?dir=b&limit=200", encoded(&to.remote_account_id));
    let page = call(to, Method::GET, &path, None).await.1;
    page["chunk"].as_array().unwrap().iter().filter(|e| e["content"]["body"] == text).count()
}

fn fresh(text: &str) -> String {
    format!("{text} ({})", Clock::system().now())
}

fn post(text: &str) -> Post {
    Post { text: text.to_owned(), lang: "en".to_owned(), ..Post::default() }
}

fn sought(key: &str, since_us: i64) -> Sought {
    Sought { key: key.into(), fingerprint: String::new(), container: None, since_us }
}

async fn publish(matrix: &Matrix, to: &Access, post: &Post, key: &str) -> String {
    let prepared = matrix.prepare(to, post).await.unwrap();
    match matrix.attempt(to, &prepared, key).await {
        Verdict::Accepted { remote_id, url } => {
            assert!(url.is_some_and(|u| u.starts_with("https://matrix.to/#/")));
            remote_id
        }
        other => panic!("{other:?}"),
    }
}

fn accepted(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn publishes_once_edits_and_removes_every_word() {
    let (matrix, to) = agency().await;
    let text = fresh("The *bridge* at <b>Wangdue</b> & more:\nhttps://example.org/x?a=1&b=2\n\nའབྲུག་ལམ་ཁ་ཕྱེ་ཡོད། \"\\\"");
    let (since, key) = (Clock::system().now(), fresh("key"));
    // Messages taken away a moment ago may have been the one sought; what was said long before cannot.
    assert!(!matches!(matrix.find(&to, &sought(&key, since)).await, Found::Yes { .. }));
    assert_eq!(matrix.find(&to, &sought(&key, since + 600_000_000)).await, Found::No);
    let id = publish(&matrix, &to, &post(&text), &key).await;
    assert_eq!(publish(&matrix, &to, &post(&text), &key).await, id, "the same key is the same message");
    assert_eq!(said(&to, &text).await, 1);
    assert_eq!(event(&to, &id).await["content"]["body"], text.as_str());
    let found = matrix.find(&to, &sought(&key, since)).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{found:?}");
    assert!(!matches!(matrix.find(&to, &sought("another", since)).await, Found::Yes { .. }));

    let words = [fresh("Secret, by mistake"), fresh("Open for light vehicles")];
    for text in &words {
        let prepared = matrix.prepare(&to, &post(text)).await.unwrap();
        accepted(&matrix.edit(&to, &id, &prepared).await);
        let shown = event(&to, &id).await;
        let newest = &shown["unsigned"]["m.relations"]["m.replace"];
        assert_eq!(newest["content"]["m.new_content"]["body"], text.as_str(), "{shown}");
    }
    let room = encoded(&to.remote_account_id);
    let all = call(&to, Method::GET, &format!("/rooms/{room}/messages?dir=b&limit=200"), None).await.1;
    let about = |e: &&Value| e.to_string().contains(&words[0]) || e.to_string().contains(&words[1]);
    let ids: Vec<&str> =
        all["chunk"].as_array().unwrap().iter().filter(about).filter_map(|e| e["event_id"].as_str()).collect();
    assert_eq!(ids.len(), 3, "the message, which tells of its newest words, and both edits");
    for _ in 0..2 {
        accepted(&matrix.take_down(&to, &id).await);
    }
    for id in ids {
        assert_eq!(event(&to, id).await["content"], json!({}), "no words are left, not even of an edit");
    }
    assert_eq!(matrix.metrics(&to, &id).await, Err(Failure::Gone));
    let prepared = matrix.prepare(&to, &post("never")).await.unwrap();
    for gone in [id.as_str(), "$1234567890123456789012345678901234567890123"] {
        let edited = matrix.edit(&to, gone, &prepared).await;
        assert!(matches!(&edited, Verdict::Rejected { code, .. } if code == "gone"), "{edited:?}");
        accepted(&matrix.take_down(&to, gone).await);
    }
    assert_eq!(matrix.find(&to, &sought(&key, since)).await, Found::CannotTell, "its mark is gone with it");
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn another_device_does_not_know_the_key_but_finds_the_mark() {
    let (matrix, to) = agency().await;
    let (_, another) = speaker("DRELWA_TEST_MATRIX_SECOND_TOKEN").await;
    let (text, key, since) = (fresh("Sent from two devices"), fresh("key"), Clock::system().now());
    let one = publish(&matrix, &to, &post(&text), &key).await;
    let found = matrix.find(&another, &sought(&key, since)).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == one), "{found:?}");
    let two = publish(&matrix, &another, &post(&text), &key).await;
    assert_ne!(one, two, "which is why a token is kept, and looked for first");
    for id in [one, two] {
        accepted(&matrix.take_down(&to, &id).await);
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_citizens_words_come_in_once_and_are_answered() {
    let (matrix, to) = agency().await;
    let (_, citizen) = speaker("DRELWA_TEST_MATRIX_CITIZEN_TOKEN").await;
    let id = publish(&matrix, &to, &post(&fresh("Ask us about the road")), &fresh("key")).await;
    let from = matrix.inbound(&to, None).await.unwrap().cursor;
    let question = fresh("Is <Trongsa> open & safe? སྐྱིད་པོ།");
    let quoted = format!("> <@roads:agency.test> Ask us\n\n{question}");
    let relation = json!({"m.in_reply_to": {"event_id": id}});
    let theirs = json!({"msgtype": "m.text", "body": quoted, "m.relates_to": relation});
    let theirs = send(&citizen, "m.room.message", theirs).await;
    let like = json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": id, "key": "👍"}});
    send(&citizen, "m.reaction", like).await;
    send(&citizen, "m.room.message", json!({"msgtype": "m.text", "body": "In passing"})).await;
    let page = matrix.inbound(&to, from.clone()).await.unwrap();
    let texts: Vec<&str> = page.items.iter().map(|i| i.text.as_str()).collect();
    assert_eq!(texts, [question.as_str(), "In passing"], "a reaction is nobody's words");
    let item = &page.items[0];
    assert_eq!((item.remote_id.as_str(), item.in_reply_to.as_deref()), (theirs.as_str(), Some(id.as_str())));
    assert!(
        item.author_id == "@pema:agency.test" && item.author_name == "pema" && item.at_us > 1_600_000_000_000_000,
        "{item:?}"
    );
    let counts = matrix.metrics(&to, &id).await.unwrap();
    assert_eq!((counts.likes, counts.replies), (Some(1), Some(1)));

    let answer = Post { reply_to: Some(theirs.clone()), ..post(&fresh("Yes, since noon")) };
    let answered = publish(&matrix, &to, &answer, &fresh("key")).await;
    assert_eq!(event(&to, &answered).await["content"]["m.relates_to"]["m.in_reply_to"]["event_id"], theirs.as_str());
    // From here on with the cursor it gives: servers may answer the same question as before for a while.
    let page = matrix.inbound(&to, page.cursor).await.unwrap();
    assert!(page.items.is_empty(), "our own words are not inbound");
    let refused = matrix.take_down(&citizen, &id).await;
    assert!(matches!(refused, Verdict::Rejected { .. }), "{refused:?}");

    // More than a page at once, and nothing is passed over.
    for n in 0..120 {
        send(&citizen, "m.room.message", json!({"msgtype": "m.text", "body": format!("Number {n}")})).await;
    }
    let flood = matrix.inbound(&to, page.cursor).await.unwrap();
    let texts: Vec<&str> = flood.items.iter().map(|i| i.text.as_str()).collect();
    assert_eq!(texts, (0..120).map(|n| format!("Number {n}")).collect::<Vec<_>>());
    assert!(matrix.inbound(&to, flood.cursor).await.unwrap().items.is_empty());
    let hidden = matrix.hide(&to, &theirs, true).await;
    assert!(matches!(hidden, Verdict::Rejected { .. }), "{hidden:?}");
    for mine in [answered, id] {
        accepted(&matrix.take_down(&to, &mine).await);
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_picture_goes_along_with_its_description() {
    let (matrix, to) = agency().await;
    let can = matrix.capabilities_at(&to).await;
    assert_eq!(can.image_bytes, Some(50 << 20), "the server's own limit");
    let picture = Media {
        bytes: PNG.to_vec(),
        mime: "image/png".into(),
        alt: "One <red> dot, འབྲུག".into(),
        url: None,
        path: None,
    };
    let text = fresh("A picture");
    let id = publish(&matrix, &to, &Post { media: vec![picture.clone()], ..post(&text) }, &text).await;
    let shown = event(&to, &id).await["content"].clone();
    assert_eq!(
        (&shown["msgtype"], &shown["body"], &shown["filename"]),
        (&json!("m.image"), &json!(text), &json!(picture.alt))
    );
    let place = shown["url"].as_str().unwrap().trim_start_matches("mxc://").to_owned();
    let file = Request::get(to.url(&format!("/_matrix/client/v1/media/download/{place}"))).bearer(to.secret.reveal());
    assert_eq!(fetch().send(file).await.unwrap().body, PNG);
    let longest = post(&"\"".repeat(can.text_limit.unwrap()));
    let prepared = matrix.prepare(&to, &longest).await.unwrap();
    accepted(&matrix.edit(&to, &id, &prepared).await);
    accepted(&matrix.take_down(&to, &id).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_film_is_a_message_of_its_kind() {
    let (matrix, to) = agency().await;
    let path = std::env::temp_dir().join(format!("drelwa-matrix-film-{}.mp4", std::process::id()));
    let bytes = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free";
    std::fs::write(&path, bytes).unwrap();
    let film = Recording {
        path: path.clone(),
        bytes: bytes.len() as u64,
        mime: "video/mp4".into(),
        seconds: None,
        captions: vec![],
        url: None,
    };
    let text = fresh("A film");
    let id = publish(&matrix, &to, &Post { recording: Some(film), ..post(&text) }, &text).await;
    std::fs::remove_file(&path).unwrap();
    let shown = event(&to, &id).await["content"].clone();
    assert_eq!(
        (&shown["msgtype"], &shown["body"], &shown["filename"], &shown["info"]["mimetype"]),
        (&json!("m.video"), &json!(text), &json!("film.mp4"), &json!("video/mp4"))
    );
    let place = shown["url"].as_str().unwrap().trim_start_matches("mxc://").to_owned();
    let file = Request::get(to.url(&format!("/_matrix/client/v1/media/download/{place}"))).bearer(to.secret.reveal());
    assert_eq!(fetch().send(file).await.unwrap().body, bytes);
    accepted(&matrix.take_down(&to, &id).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn what_was_said_beside_the_connector_is_listed() {
    let (matrix, to) = agency().await;
    let (_, another) = speaker("DRELWA_TEST_MATRIX_SECOND_TOKEN").await;
    publish(&matrix, &to, &post(&fresh("Before")), &fresh("key")).await;
    let first = matrix.own_posts(&to, None).await.unwrap();
    assert!(first.items.is_empty() && !first.more);
    let first = matrix.own_posts(&to, first.cursor).await.unwrap();
    assert!(first.items.is_empty());
    let by_hand = fresh("By <hand> & in haste");
    let beside = send(&another, "m.room.message", json!({"msgtype": "m.text", "body": by_hand})).await;
    let ours = publish(&matrix, &to, &post(&fresh("By the tool")), &fresh("key")).await;
    let page = matrix.own_posts(&to, first.cursor).await.unwrap();
    let ids: Vec<&str> = page.items.iter().map(|p| p.remote_id.as_str()).collect();
    assert_eq!(ids, [beside.as_str(), ours.as_str()]);
    assert_eq!(page.items[0].text, by_hand);
    assert!(matrix.own_posts(&to, page.cursor).await.unwrap().items.is_empty());
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_wrong_key_and_a_wrong_room_are_told_apart() {
    let (matrix, to) = agency().await;
    let prepared = matrix.prepare(&to, &post("never")).await.unwrap();
    for secret in ["not-a-key", " "] {
        let wrong = Access { secret: Secret::new(secret), ..to.clone() };
        assert_eq!(matrix.whoami(&wrong).await, Err(Failure::Unauthorised));
        assert_eq!(matrix.attempt(&wrong, &prepared, "k").await, Verdict::Unauthorised);
        assert_eq!(matrix.take_down(&wrong, "$x").await, Verdict::Unauthorised);
        assert_eq!(matrix.inbound(&wrong, None).await, Err(Failure::Unauthorised));
        assert_eq!(matrix.own_posts(&wrong, None).await, Err(Failure::Unauthorised));
    }
    let elsewhere = Access { remote_account_id: "!nowhere:agency.test".into(), ..to.clone() };
    let refused = matrix.attempt(&elsewhere, &prepared, "k").await;
    assert!(matches!(&refused, Verdict::Rejected { code, .. } if code == "forbidden"), "{refused:?}");
    assert_eq!(matrix.resolve(&to, "#nobody:agency.test").await, Err(Failure::Gone));
    // A room the user is not in, and one that is encrypted.
    let (_, citizen) = speaker("DRELWA_TEST_MATRIX_CITIZEN_TOKEN").await;
    let name = format!("closed{}", Clock::system().now());
    let state = json!([{"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]);
    let room = json!({"preset": "public_chat", "room_alias_name": name, "initial_state": state});
    assert_eq!(call(&citizen, Method::POST, "/createRoom", Some(room)).await.0, 200);
    let server = to.handle.split_once(':').unwrap().1;
    let there = |of: &Access| Access { handle: format!("#{name}:{server}"), ..of.clone() };
    let code = |answer: Result<Identity, Failure>| match answer {
        Err(Failure::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(matrix.whoami(&there(&to)).await), "not-in-room");
    assert_eq!(code(matrix.whoami(&there(&citizen)).await), "room-encrypted");
}

/// Eight by eight red pixels.
const PNG: &[u8] = include_bytes!("red.png");
