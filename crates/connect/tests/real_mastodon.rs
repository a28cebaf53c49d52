//! The Mastodon connector against a real server that we did not write; `cargo xtask test --only servers` starts one.
//! What a server is known not to offer stands in [`Lacks`]: there the connector must say so. Any other server that speaks
//! the API can be tried by hand and is held to all of it. Needs `DRELWA_TEST_MASTODON_URL`, `DRELWA_TEST_MASTODON_TOKEN` (the account that publishes) and
//! `DRELWA_TEST_MASTODON_CITIZEN_TOKEN` (somebody who answers), all on this machine.
use connect::mastodon::Mastodon;
use connect::*;
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy, Method, Request};
use std::time::Duration;

fn given(name: &str) -> String {
    ground::config::Config::environment(name).unwrap_or_else(|| panic!("{name} is not set"))
}

fn fetch() -> Fetch {
    Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap()
}

/// What the server does not do, by the name it gives itself.
#[derive(Default)]
struct Lacks {
    removing: bool,
    /// It accepts texts longer than it says.
    own_limit: bool,
    /// A post has another id after an edit.
    fixed_ids: bool,
}

async fn lacks() -> Lacks {
    let open = async |url: String| -> serde_json::Value {
        fetch().send(Request::get(url)).await.unwrap().json().unwrap_or_default()
    };
    let links = open(format!("{}/.well-known/nodeinfo", given("DRELWA_TEST_MASTODON_URL"))).await;
    let info = open(links["links"][0]["href"].as_str().unwrap().to_owned()).await;
    println!("server: {}", info["software"]);
    match info["software"]["name"].as_str().unwrap() {
        "snac" => Lacks { removing: true, own_limit: true, fixed_ids: true },
        _ => Lacks::default(),
    }
}

/// Asks the server itself, past the connector.
async fn ask(to: &Access, path: &str) -> Option<serde_json::Value> {
    let request = Request::get(to.url(path)).bearer(to.secret.reveal());
    fetch().send(request).await.unwrap().json()
}

/// Takes a post down, or is told that this server cannot, while the post is still there.
async fn remove(mastodon: &Mastodon, to: &Access, id: &str) {
    let verdict = mastodon.take_down(to, id).await;
    let path = format!("/api/v1/statuses/{id}");
    let there = ask(to, &path).await.is_some_and(|s| s["id"] == id);
    if lacks().await.removing {
        assert!(matches!(&verdict, Verdict::Rejected { code, .. } if code == "take_down-not-possible"), "{verdict:?}");
        assert!(there);
    } else {
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
        assert!(!there);
    }
}

fn access(token: &str) -> Access {
    Access {
        base_url: given("DRELWA_TEST_MASTODON_URL"),
        secret: Secret::new(given(token)),
        remote_account_id: String::new(),
        handle: String::new(),
    }
}

async fn agency() -> (Mastodon, Access) {
    let (mastodon, mut to) = (Mastodon::new(fetch(), Clock::system()), access("DRELWA_TEST_MASTODON_TOKEN"));
    let me = mastodon.whoami(&to).await.unwrap();
    assert!(!me.account_id.is_empty() && me.handle.starts_with('@'), "{me:?}");
    (to.remote_account_id, to.handle) = (me.account_id, me.handle);
    (mastodon, to)
}

/// Words nobody has said before, so that tests do not find each other's posts.
fn fresh(text: &str) -> String {
    format!("{text} ({})", Clock::system().now())
}

fn post(text: &str) -> Post {
    Post { text: text.to_owned(), lang: "en".to_owned(), ..Post::default() }
}

fn sought(text: &str, since_us: i64) -> Sought {
    Sought { key: "unused".into(), fingerprint: fingerprint(text), container: None, since_us }
}

async fn publish(mastodon: &Mastodon, to: &Access, post: &Post, key: &str) -> String {
    let prepared = mastodon.prepare(to, post).await.unwrap();
    match mastodon.attempt(to, &prepared, key).await {
        Verdict::Accepted { remote_id, url } => {
            assert!(url.is_some_and(|u| u.starts_with("http")));
            remote_id
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn limits_come_from_the_server() {
    let (mastodon, to) = agency().await;
    let can = mastodon.capabilities_at(&to).await;
    let limit = can.text_limit.unwrap();
    assert!(limit >= 500 && can.max_media >= 1 && can.image_types.iter().any(|t| t == "image/png"), "{can:?}");
    let long = post(&"x".repeat(limit + 1));
    assert_eq!(problems(&can, &long)[0].code, "text-too-long");
    let prepared = mastodon.prepare(&to, &long).await.unwrap();
    match mastodon.attempt(&to, &prepared, "long").await {
        Verdict::Rejected { field, .. } => assert_eq!(field.as_deref(), Some("text")),
        Verdict::Accepted { .. } if lacks().await.own_limit => println!("the server does not hold to its own limit"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn publishes_reads_back_edits_and_removes() {
    let (mastodon, to) = agency().await;
    let text = fresh(
        "The *bridge* at Wangdue <open> & safe:\nhttps://example.org/bridges/wangdue?lang=dz#now\n\nའབྲུག་ལམ་ཁ་ཕྱེ་ཡོད།",
    );
    let since = Clock::system().now();
    assert!(!matches!(mastodon.find(&to, &sought(&text, since)).await, Found::Yes { .. }));
    let id = publish(&mastodon, &to, &post(&text), "real-1").await;
    let found = mastodon.find(&to, &sought(&text, since)).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{found:?}");

    let answer = Post { reply_to: Some(id.clone()), ..post(&fresh("More at noon")) };
    let second = publish(&mastodon, &to, &answer, "real-2").await;
    assert_ne!(second, id);
    let counts = mastodon.metrics(&to, &id).await.unwrap();
    assert_eq!((counts.likes, counts.replies), (Some(0), Some(1)));

    let better = fresh("The bridge at Wangdue is open for light vehicles");
    let prepared = mastodon.prepare(&to, &post(&better)).await.unwrap();
    let edited = mastodon.edit(&to, &id, &prepared).await;
    let Verdict::Accepted { remote_id: now, .. } = edited else { panic!("{edited:?}") };
    // Where an edit gives a post another id, the new one is told and the old one still leads to it.
    assert!(now == id || lacks().await.fixed_ids, "{now} was {id}");
    assert!(matches!(mastodon.find(&to, &sought(&better, since)).await, Found::Yes { .. }));
    assert!(!matches!(mastodon.find(&to, &sought(&text, since)).await, Found::Yes { .. }));
    let shown = ask(&to, &format!("/api/v1/statuses/{id}")).await.unwrap();
    assert_eq!(shown["id"], now.as_str());
    assert!(shown["content"].as_str().unwrap().contains("light vehicles") && !shown["edited_at"].is_null(), "{shown}");

    let id = now;
    // Twice: taking down what is gone already is done.
    for _ in 0..2 {
        remove(&mastodon, &to, &id).await;
    }
    if !lacks().await.removing {
        assert_eq!(mastodon.metrics(&to, &id).await, Err(Failure::Gone));
        assert!(!matches!(mastodon.find(&to, &sought(&better, since)).await, Found::Yes { .. }));
    }
    remove(&mastodon, &to, &second).await;
    let never = Prepared::of(&post("never"), Vec::new());
    // An id of the server's own shape that it never gave.
    let other = if id.ends_with('1') { '2' } else { '1' };
    let nobodys = format!("{}{other}", &id[..id.len() - 1]);
    let lost = mastodon.edit(&to, &nobodys, &never).await;
    assert!(matches!(&lost, Verdict::Rejected { code, .. } if code == "gone"), "{lost:?}");
    assert_eq!(mastodon.metrics(&to, &nobodys).await, Err(Failure::Gone));
    let gone = mastodon.take_down(&to, &nobodys).await;
    assert!(matches!(gone, Verdict::Accepted { .. }), "what is not there needs no removing: {gone:?}");
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn the_key_is_kept_where_it_is_promised() {
    let (mastodon, to) = agency().await;
    let safety = mastodon.capabilities_at(&to).await.safety;
    let (text, key) = (fresh("Sent twice with one key"), fresh("key"));
    let one = publish(&mastodon, &to, &post(&text), &key).await;
    let two = publish(&mastodon, &to, &post(&text), &key).await;
    println!("safety {safety:?}: the same key made {}", if one == two { "one post" } else { "two posts" });
    assert_eq!(matches!(safety, Safety::Keyed { .. }), one == two, "a promise is made where it is kept");
    // Where keys are forgotten the reading back must find what an unanswered attempt did.
    let since = Clock::system().now();
    assert!(matches!(mastodon.find(&to, &sought(&text, since)).await, Found::Yes { .. }));
    remove(&mastodon, &to, &one).await;
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_citizens_answer_comes_in() {
    let (mastodon, to) = agency().await;
    let from = mastodon.inbound(&to, None).await.unwrap().cursor;
    let id = publish(&mastodon, &to, &post(&fresh("Ask us about the road")), &fresh("key")).await;
    let citizen = access("DRELWA_TEST_MASTODON_CITIZEN_TOKEN");
    let name = to.handle.split('@').nth(1).unwrap();
    let question = fresh("is <Trongsa> open & safe?");
    let reply = Post { reply_to: Some(id.clone()), ..post(&format!("@{name} {question}")) };
    let theirs = publish(&mastodon, &citizen, &reply, &fresh("key")).await;
    // A favourite is told too, but it is nobody's words.
    let like = Request::new(Method::POST, citizen.url(&format!("/api/v1/statuses/{id}/favourite")));
    assert!(fetch().send(like.bearer(citizen.secret.reveal()).json(&serde_json::json!({}))).await.unwrap().ok());
    let mut page = mastodon.inbound(&to, from.clone()).await.unwrap();
    let liked = async || mastodon.metrics(&to, &id).await.unwrap().likes == Some(1);
    // Servers work such things off in the background.
    for _ in 0..120 {
        if page.items.is_empty() || !liked().await {
            tokio::time::sleep(Duration::from_millis(500)).await;
            page = mastodon.inbound(&to, from.clone()).await.unwrap();
        }
    }
    assert!(liked().await);
    assert_eq!(page.items.len(), 1, "{page:?}");
    let item = page.items.iter().find(|i| i.remote_id == theirs).expect("the answer came in");
    assert_eq!(item.in_reply_to.as_deref(), Some(id.as_str()));
    assert_eq!(item.text, format!("@{name} {question}"));
    assert!(item.at_us > 0 && item.url.is_some() && !item.author_name.is_empty(), "{item:?}");
    let me = mastodon.whoami(&citizen).await.unwrap();
    assert_eq!(item.author_id, me.account_id);

    let answer = Post { reply_to: Some(theirs.clone()), ..post(&fresh("Yes, since noon")) };
    let answered = publish(&mastodon, &to, &answer, &fresh("key")).await;
    let shown = ask(&to, &format!("/api/v1/statuses/{answered}")).await.unwrap();
    assert_eq!(shown["in_reply_to_id"], theirs.as_str());
    assert_eq!(mastodon.metrics(&to, &id).await.unwrap().replies, Some(1));
    let rest = mastodon.inbound(&to, page.cursor).await.unwrap();
    assert!(rest.items.is_empty(), "{rest:?}");
    for mine in [answered, id] {
        remove(&mastodon, &to, &mine).await;
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn what_was_said_beside_the_connector_is_listed() {
    let (mastodon, to) = agency().await;
    publish(&mastodon, &to, &post(&fresh("Before")), &fresh("key")).await;
    let first = mastodon.own_posts(&to, None).await.unwrap();
    assert!(first.items.is_empty() && !first.more && first.cursor.is_some());
    let by_hand = async |text: &str, visibility: &str| {
        let request = Request::new(Method::POST, to.url("/api/v1/statuses")).bearer(to.secret.reveal());
        let said = serde_json::json!({"status": text, "visibility": visibility});
        let made: serde_json::Value = fetch().send(request.json(&said)).await.unwrap().json().unwrap();
        made["id"].as_str().unwrap().to_owned()
    };
    let text = fresh("By <hand> & in haste");
    let theirs = by_hand(&text, "public").await;
    let letter = by_hand(&fresh("@pema your form is ready"), "direct").await;
    let ours = publish(&mastodon, &to, &post(&fresh("By the tool")), &fresh("key")).await;
    // The account is the other tests' too: what they said a moment ago may stand there.
    let of_these = |page: &connect::OwnPage| -> Vec<connect::OwnPost> {
        let known = |p: &&connect::OwnPost| [&theirs, &letter, &ours].contains(&&p.remote_id);
        page.items.iter().filter(known).cloned().collect()
    };
    let page = mastodon.own_posts(&to, first.cursor).await.unwrap();
    let listed = of_these(&page);
    let ids: Vec<&str> = listed.iter().map(|p| p.remote_id.as_str()).collect();
    assert_eq!(ids, [theirs.as_str(), ours.as_str()], "the oldest first, and no letter");
    assert_eq!(listed[0].text, text);
    assert!(listed[0].at_us > 0 && listed[0].url.as_deref().is_some_and(|u| u.starts_with("http")));
    assert!(of_these(&mastodon.own_posts(&to, page.cursor).await.unwrap()).is_empty());
    for id in [theirs, letter, ours] {
        remove(&mastodon, &to, &id).await;
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_picture_goes_along_with_its_description() {
    let (mastodon, to) = agency().await;
    let mut made = Vec::new();
    for alt in ["One red dot", "The same dot, told otherwise"] {
        let picture = Media { bytes: PNG.to_vec(), mime: "image/png".into(), alt: alt.into(), url: None, path: None };
        let text = fresh("A picture");
        let id = publish(&mastodon, &to, &Post { media: vec![picture], ..post(&text) }, &text).await;
        made.push((id, alt));
    }
    let mut places = Vec::new();
    for (id, alt) in made {
        let shown = ask(&to, &format!("/api/v1/statuses/{id}")).await.unwrap();
        let picture = &shown["media_attachments"][0];
        assert_eq!((&picture["description"], &shown["language"]), (&alt.into(), &"en".into()));
        let place = picture["url"].as_str().unwrap().to_owned();
        assert!(fetch().send(Request::get(place.clone())).await.unwrap().ok());
        assert!(!places.contains(&place), "no picture takes the place of another");
        places.push(place);
        remove(&mastodon, &to, &id).await;
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_film_goes_along_with_what_is_said_in_it() {
    let (mastodon, to) = agency().await;
    let path = std::env::temp_dir().join(format!("drelwa-film-{}.mp4", std::process::id()));
    let bytes = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free";
    std::fs::write(&path, bytes).unwrap();
    let captions = Captions { lang: "en".into(), vtt: "WEBVTT\n\n00:00.000 --> 00:01.000\nThe bridge\n".into() };
    let film = Recording {
        path: path.clone(),
        bytes: bytes.len() as u64,
        mime: "video/mp4".into(),
        seconds: None,
        captions: vec![captions],
        url: None,
    };
    let text = fresh("A film");
    let id = publish(&mastodon, &to, &Post { recording: Some(film), ..post(&text) }, &text).await;
    std::fs::remove_file(&path).unwrap();
    let shown = ask(&to, &format!("/api/v1/statuses/{id}")).await.unwrap();
    let there = &shown["media_attachments"][0];
    assert_eq!((&there["type"], &there["description"]), (&"video".into(), &"The bridge".into()), "{there}");
    let file = fetch().send(Request::get(there["url"].as_str().unwrap().to_owned())).await.unwrap();
    assert_eq!(file.body, bytes);
    remove(&mastodon, &to, &id).await;
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_wrong_key_is_told_apart() {
    let (mastodon, mut to) = agency().await;
    to.secret = Secret::new("not-a-key");
    assert_eq!(mastodon.whoami(&to).await, Err(Failure::Unauthorised));
    let prepared = Prepared::of(&post("never"), Vec::new());
    assert_eq!(mastodon.attempt(&to, &prepared, "k").await, Verdict::Unauthorised);
}

/// Eight by eight red pixels.
const PNG: &[u8] = include_bytes!("red.png");
