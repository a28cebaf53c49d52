//! The Bluesky connector against its makers' own server and view of the network; `cargo xtask test --only servers` starts them.
//! Any other server can be tried by hand. Needs `DRELWA_TEST_BLUESKY_URL`, and for the account that publishes
//! `DRELWA_TEST_BLUESKY_HANDLE` and `DRELWA_TEST_BLUESKY_PASSWORD` (an app password), for somebody who answers the same with
//! `CITIZEN_` before the last word. Posts are taken down again: use accounts made for it.
use connect::bluesky::Bluesky;
use connect::*;
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy, Request};
use serde_json::{Value, json};
use std::time::Duration;

const POST: &str = "app.bsky.feed.post";

fn given(name: &str) -> String {
    let name = format!("DRELWA_TEST_BLUESKY_{name}");
    ground::config::Config::environment(&name).unwrap_or_else(|| panic!("{name} is not set"))
}

fn fetch() -> Fetch {
    Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap()
}

fn bluesky() -> Bluesky {
    Bluesky::new(fetch(), Clock::system())
}

async fn agency() -> (Bluesky, Access) {
    let connector = bluesky();
    let mut to = Access {
        base_url: given("URL"),
        secret: Secret::new(given("PASSWORD")),
        remote_account_id: String::new(),
        handle: format!("@{}", given("HANDLE")),
    };
    let me = connector.whoami(&to).await.unwrap();
    assert_eq!((me.handle, me.url), (to.handle.clone(), Some(format!("https://bsky.app/profile/{}", given("HANDLE")))));
    assert!(me.account_id.starts_with("did:"), "{}", me.account_id);
    to.remote_account_id = me.account_id;
    (connector, to)
}

/// Somebody who speaks with the server past the connector.
struct Person {
    did: String,
    token: String,
}

impl Person {
    async fn enter(prefix: &str) -> Person {
        let body =
            json!({"identifier": given(&format!("{prefix}HANDLE")), "password": given(&format!("{prefix}PASSWORD"))});
        let session = call(Request::post(path("com.atproto.server.createSession")).json(&body)).await;
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        Person { did: text("did"), token: text("accessJwt") }
    }
    async fn get(&self, query: &str) -> Value {
        call(Request::get(path(query)).bearer(&self.token)).await
    }
    async fn record(&self, collection: &str, record: &Value) -> (String, String) {
        let body = json!({"repo": self.did, "collection": collection, "record": record});
        let made = call(Request::post(path("com.atproto.repo.createRecord")).bearer(&self.token).json(&body)).await;
        (made["uri"].as_str().unwrap().to_owned(), made["cid"].as_str().unwrap().to_owned())
    }
    async fn says(&self, text: &str, reply: Option<Value>) -> String {
        let mut record = json!({"$type": POST, "text": text, "createdAt": now()});
        if let Some(reply) = reply {
            record["reply"] = reply;
        }
        self.record(POST, &record).await.0
    }
}

fn path(name: &str) -> String {
    format!("{}/xrpc/{name}", given("URL"))
}

async fn call(request: Request) -> Value {
    let what = request.url.clone();
    let answer = fetch().send(request).await.unwrap();
    assert!(answer.ok(), "{what}: {} {}", answer.status, answer.text());
    answer.json().unwrap()
}

fn now() -> String {
    jiff::Timestamp::from_microsecond(Clock::system().now()).unwrap().to_string()
}

/// Words nobody has said before, so that tests do not find each other's posts.
fn fresh(text: &str) -> String {
    format!("{text} ({})", Clock::system().now())
}

fn post(text: &str) -> Post {
    Post { text: text.to_owned(), lang: "en".to_owned(), ..Post::default() }
}

fn id(verdict: Verdict) -> String {
    match verdict {
        Verdict::Accepted { remote_id, url } => {
            assert!(url.is_none_or(|u| u.starts_with("https://bsky.app/profile/did:")));
            remote_id
        }
        other => panic!("{other:?}"),
    }
}

async fn publish(c: &Bluesky, to: &Access, post: &Post) -> (Prepared, String) {
    let prepared = c.prepare(to, post).await.unwrap();
    let id = id(c.attempt(to, &prepared, "unused").await);
    (prepared, id)
}

/// What the network's view takes a moment for.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..120 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("{what}: not within half a minute")
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_post_stands_as_it_was_meant_and_only_once() {
    let ((c, to), eye) = (agency().await, Person::enter("").await);
    let png = include_bytes!("red.png").to_vec();
    let media = vec![Media {
        bytes: png,
        mime: "image/png".into(),
        alt: "A bridge over the Wang Chhu".into(),
        url: None,
        path: None,
    }];
    let text = fresh("<b>Bridge</b> & road: ཟམ་པ་ལོག་ཁ་ཕྱེ་ཡི། https://example.org/bridge #roads");
    let prepared = c.prepare(&to, &Post { media, lang: "dz".into(), ..post(&text) }).await.unwrap();
    let sought = |fingerprint: String| Sought {
        key: "unused".into(),
        fingerprint,
        container: prepared.container.clone(),
        since_us: Clock::system().now(),
    };
    assert_eq!(c.find(&to, &sought(fingerprint(&text))).await, Found::No, "nothing stands there yet");
    let uri = id(c.attempt(&to, &prepared, "unused").await);
    assert_eq!(id(c.attempt(&to, &prepared, "unused").await), uri, "a repeat makes no second post");
    let found = c.find(&to, &sought(fingerprint(&text))).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == uri), "{found:?}");
    let other = Prepared { text: "Other words".into(), ..prepared.clone() };
    assert!(matches!(c.attempt(&to, &other, "unused").await, Verdict::Rejected { .. }), "the place is taken");

    let key = uri.rsplit('/').next().unwrap();
    let record = eye.get(&format!("com.atproto.repo.getRecord?repo={}&collection={POST}&rkey={key}", eye.did)).await;
    let value = &record["value"];
    assert_eq!((value["text"].as_str().unwrap(), &value["langs"]), (text.as_str(), &json!(["dz"])));
    let at = |n: usize, name: &str| value["facets"][n]["index"][name].as_u64().unwrap() as usize;
    assert_eq!(&text[at(0, "byteStart")..at(0, "byteEnd")], "https://example.org/bridge");
    assert_eq!(&text[at(1, "byteStart")..at(1, "byteEnd")], "#roads");
    assert_eq!(value["embed"]["images"][0]["alt"], "A bridge over the Wang Chhu");
    let seen = until("the post in the network's view", async || {
        let answer = eye.get(&format!("app.bsky.feed.getPosts?uris={uri}")).await;
        answer["posts"].get(0).cloned()
    });
    let seen = seen.await;
    assert_eq!(seen["embed"]["images"][0]["alt"], "A bridge over the Wang Chhu", "{seen}");
    let all = eye.get(&format!("com.atproto.repo.listRecords?repo={}&collection={POST}&limit=100", eye.did)).await;
    let same = all["records"].as_array().unwrap().iter().filter(|r| r["value"]["text"] == text.as_str());
    assert_eq!(same.count(), 1);
    for _ in 0..2 {
        id(c.take_down(&to, &uri).await);
    }
    assert_eq!(c.find(&to, &sought(fingerprint(&text))).await, Found::No, "gone");
    until("the post gone from the view", async || (c.metrics(&to, &uri).await == Err(Failure::Gone)).then_some(()))
        .await;
}

/// The heads of a film of twelve seconds, 640 by 360, as a camera writes them; no picture is in it.
fn film() -> Vec<u8> {
    fn boxed(name: &[u8], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&length[..], name, body].concat()
    }
    let (mut head, mut track) = (vec![0; 100], vec![0; 84]);
    head[12..16].copy_from_slice(&600u32.to_be_bytes());
    head[16..20].copy_from_slice(&7200u32.to_be_bytes());
    (track[41], track[57]) = (1, 1);
    track[76..78].copy_from_slice(&640u16.to_be_bytes());
    track[80..82].copy_from_slice(&360u16.to_be_bytes());
    let moov = [boxed(b"mvhd", &head), boxed(b"trak", &boxed(b"tkhd", &track))].concat();
    [boxed(b"ftyp", b"mp42\0\0\0\0mp42isom"), boxed(b"mdat", &[7; 9000]), boxed(b"moov", &moov)].concat()
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_film_goes_along_with_what_is_said_in_it() {
    let ((c, to), eye) = (agency().await, Person::enter("").await);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), film()).unwrap();
    let vtt = |words: &str| format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{words}\n");
    let said = [("dz", "ཟམ་པ་ཁ་ཕྱེ་ཡི།"), ("en", "The bridge is open")];
    let recording = Recording {
        path: file.path().into(),
        bytes: film().len() as u64,
        mime: "video/mp4".into(),
        seconds: None,
        captions: said.map(|(lang, words)| Captions { lang: lang.into(), vtt: vtt(words) }).to_vec(),
        url: None,
    };
    let text = fresh("The bridge in a film");
    let post = Post { recording: Some(recording.clone()), ..post(&text) };
    assert!(c.problems(&post).is_empty());
    let (prepared, uri) = publish(&c, &to, &post).await;
    assert_eq!(id(c.attempt(&to, &prepared, "unused").await), uri, "a repeat makes no second post");

    let key = uri.rsplit('/').next().unwrap();
    let record = eye.get(&format!("com.atproto.repo.getRecord?repo={}&collection={POST}&rkey={key}", eye.did)).await;
    let embed = &record["value"]["embed"];
    assert_eq!(embed["aspectRatio"], json!({"width": 640, "height": 360}), "{embed}");
    let blob = async |blob: &Value| {
        let cid = blob["ref"]["$link"].as_str().unwrap();
        let query = format!("com.atproto.sync.getBlob?did={}&cid={cid}", eye.did);
        fetch().send(Request::get(path(&query))).await.unwrap().body
    };
    assert_eq!(embed["video"]["mimeType"], "video/mp4");
    assert_eq!(blob(&embed["video"]).await, film());
    for (n, (lang, words)) in said.into_iter().enumerate() {
        let one = &embed["captions"][n];
        assert_eq!((&one["lang"], &one["file"]["mimeType"]), (&json!(lang), &json!("text/vtt")));
        assert_eq!(blob(&one["file"]).await, vtt(words).into_bytes());
    }
    let seen = until("the film in the network's view", async || {
        let answer = eye.get(&format!("app.bsky.feed.getPosts?uris={uri}")).await;
        answer["posts"].get(0).cloned()
    });
    let shown = seen.await["embed"].clone();
    println!("the network's view shows the film as {shown}");
    assert_eq!(shown["$type"], "app.bsky.embed.video#view");
    assert_eq!((&shown["cid"], &shown["aspectRatio"]), (&embed["video"]["ref"]["$link"], &embed["aspectRatio"]));
    assert_eq!(shown["alt"], "ཟམ་པ་ཁ་ཕྱེ་ཡི།\n\nThe bridge is open");
    assert!(shown["playlist"].as_str().is_some_and(|p| p.ends_with(".m3u8")), "{shown}");

    // What the server does not take of a film is said before anything is out.
    let refused = async |recording: Recording| {
        let said = Post { recording: Some(recording), ..post.clone() };
        let prepared = match c.prepare(&to, &said).await {
            Ok(prepared) => prepared,
            Err(verdict) => return verdict,
        };
        c.attempt(&to, &prepared, "unused").await
    };
    let long = vec![Captions { lang: "en".into(), vtt: vtt(&"a".repeat(20_000)) }];
    let verdict = refused(Recording { captions: long, ..recording.clone() }).await;
    assert!(matches!(verdict, Verdict::Rejected { .. }), "{verdict:?}");
    let other = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(other.path(), include_bytes!("red.png")).unwrap();
    let bytes = include_bytes!("red.png").len() as u64;
    let verdict = refused(Recording { path: other.path().into(), bytes, ..recording }).await;
    assert!(matches!(verdict, Verdict::Rejected { .. }), "{verdict:?}");
    id(c.take_down(&to, &uri).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn people_are_heard_answered_and_moderated() {
    let ((c, to), pema) = (agency().await, Person::enter("CITIZEN_").await);
    let (_, root) = publish(&c, &to, &post(&fresh("Ask us about the road"))).await;
    let cursor = c.inbound(&to, None).await.unwrap().cursor;
    let seen = until("the post in the view", async || {
        pema.get(&format!("app.bsky.feed.getPosts?uris={root}")).await["posts"].get(0).cloned()
    });
    let strong = json!({"uri": root, "cid": seen.await["cid"]});
    pema.record("app.bsky.feed.like", &json!({"$type": "app.bsky.feed.like", "subject": strong, "createdAt": now()}))
        .await;
    let words = fresh("Is <Wangdue> open & safe?");
    let question = pema.says(&words, Some(json!({"root": strong, "parent": strong}))).await;
    let page = until("the question", async || {
        let page = c.inbound(&to, cursor.clone()).await.unwrap();
        page.items.iter().any(|i| i.remote_id == question).then_some(page)
    });
    let page = page.await;
    assert_eq!(page.items.len(), 1, "a like is nobody's words: {:?}", page.items);
    let item = &page.items[0];
    assert_eq!((&item.text, &item.in_reply_to), (&words, &Some(root.clone())));
    assert!(item.author_id == pema.did && item.author_name.contains(&given("CITIZEN_HANDLE")), "{item:?}");
    assert!((Clock::system().now() - item.at_us).abs() < 120_000_000, "{item:?}");
    until("a cursor past the like", async || {
        let next = c.inbound(&to, page.cursor.clone()).await.unwrap();
        assert!(next.items.is_empty(), "once");
        Some(())
    })
    .await;

    let (_, answer) = publish(&c, &to, &Post { reply_to: Some(question.clone()), ..post(&fresh("Yes, both")) }).await;
    let told = until("the answer in the thread", async || {
        let thread = pema.get(&format!("app.bsky.feed.getPostThread?uri={question}")).await;
        thread["thread"]["replies"].get(0).cloned()
    });
    assert_eq!(told.await["post"]["uri"], answer.as_str());
    let counts = until("the counts", async || {
        let counts = c.metrics(&to, &root).await.unwrap();
        (counts.replies == Some(1) && counts.likes == Some(1)).then_some(counts)
    });
    assert_eq!(counts.await.shares, Some(0));

    for hidden in [true, true, false] {
        id(c.hide(&to, &question, hidden).await);
        let gate = root.replace(POST, "app.bsky.feed.threadgate");
        let key = gate.rsplit('/').next().unwrap();
        let query = format!(
            "com.atproto.repo.getRecord?repo={}&collection=app.bsky.feed.threadgate&rkey={key}",
            to.remote_account_id
        );
        let listed = pema.get(&query).await["value"]["hiddenReplies"].clone();
        assert_eq!(listed, if hidden { json!([question]) } else { json!([]) });
    }
    let own = pema.says(&fresh("A post of my own"), None).await;
    until("the stranger's post in the view", async || {
        pema.get(&format!("app.bsky.feed.getPosts?uris={own}")).await["posts"].get(0).cloned()
    })
    .await;
    assert!(matches!(c.hide(&to, &own, true).await, Verdict::Rejected { code, .. } if code == "not-ours"));
    id(c.take_down(&to, &answer).await);
    id(c.take_down(&to, &root).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn corrections_keep_the_place_and_what_is_posted_beside_is_seen() {
    let ((c, to), eye) = (agency().await, Person::enter("").await);
    let from = c.own_posts(&to, None).await.unwrap();
    assert!(from.items.is_empty());
    let beside = eye.says(&fresh("By hand, in haste"), None).await;
    let (_, ours) = publish(&c, &to, &post(&fresh("By the tool"))).await;
    let page = c.own_posts(&to, from.cursor).await.unwrap();
    let ids: Vec<&str> = page.items.iter().map(|p| p.remote_id.as_str()).collect();
    assert_eq!(ids, [beside.as_str(), ours.as_str()]);
    assert!(page.items[0].text.starts_with("By hand, in haste"));
    let more = c.own_posts(&to, page.cursor).await.unwrap();
    assert!(more.items.is_empty() && !more.more);

    let better = fresh("By the tool, corrected");
    let edited = c.edit(&to, &ours, &c.prepare(&to, &post(&better)).await.unwrap()).await;
    assert_eq!(id(edited), ours);
    let record = until("the corrected words", async || {
        let answer = eye.get(&format!("app.bsky.feed.getPosts?uris={ours}")).await;
        let text = answer["posts"][0]["record"]["text"].as_str().map(str::to_owned);
        text.filter(|t| *t == better)
    });
    record.await;
    for uri in [&beside, &ours] {
        id(c.take_down(&to, uri).await);
    }
    let gone = c.edit(&to, &ours, &c.prepare(&to, &post("x")).await.unwrap()).await;
    assert!(matches!(gone, Verdict::Rejected { code, .. } if code == "gone"));
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn limits_and_keys_are_the_servers_own() {
    let (c, to) = agency().await;
    let long = "འབྲུག་".repeat(60) + &"x".repeat(200);
    assert!(!c.problems(&post(&long)).is_empty());
    let verdict = c.attempt(&to, &c.prepare(&to, &post(&long)).await.unwrap(), "unused").await;
    assert!(matches!(verdict, Verdict::Rejected { .. }), "{verdict:?}");
    let limit = post(&"ཀ".repeat(300));
    assert!(c.problems(&limit).is_empty());
    let (_, uri) = publish(&c, &to, &limit).await;
    id(c.take_down(&to, &uri).await);
    let wrong = Access { secret: Secret::new("aaaa-bbbb-cccc-dddd"), ..to.clone() };
    assert_eq!(c.whoami(&wrong).await, Err(Failure::Unauthorised));
    assert_eq!(c.resolve(&to, &to.handle).await, Ok(Some(to.remote_account_id.clone())));
    assert_eq!(c.resolve(&to, "@nobody-has-this.test").await, Err(Failure::Gone));
}
