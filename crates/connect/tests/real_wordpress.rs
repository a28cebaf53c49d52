//! The WordPress connector against a real WordPress; `cargo xtask test --only servers` starts one. Any other can be tried by
//! hand. Needs `DRELWA_TEST_WORDPRESS_URL` and `DRELWA_TEST_WORDPRESS_KEY` (`user:application password` of an editor), and
//! comments open to everybody.
use connect::wordpress::WordPress;
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

async fn agency() -> (WordPress, Access) {
    let mut to = Access {
        base_url: given("DRELWA_TEST_WORDPRESS_URL"),
        secret: Secret::new(given("DRELWA_TEST_WORDPRESS_KEY")),
        remote_account_id: String::new(),
        handle: String::new(),
    };
    let wordpress = WordPress::new(fetch(), Clock::system());
    let me = wordpress.whoami(&to).await.unwrap();
    assert!(!me.account_id.is_empty() && me.handle.starts_with('@'), "{me:?}");
    assert_eq!(me.url, Some(to.url("/")), "people know the site");
    assert_eq!(wordpress.resolve(&to, &me.handle).await, Ok(Some(me.account_id.clone())));
    (to.remote_account_id, to.handle) = (me.account_id, me.handle);
    (wordpress, to)
}

/// Asks the site itself, past the connector and with a login of its own making.
async fn call(to: &Access, method: Method, route: &str, query: &str, body: Option<Value>) -> (u16, Value) {
    use base64::Engine as _;
    let key = base64::engine::general_purpose::STANDARD.encode(to.secret.reveal());
    let url = to.url(&format!("/?rest_route=/wp/v2{route}{query}"));
    let request = Request::new(method, url).header("authorization", &format!("Basic {key}"));
    let answer = fetch().send(if let Some(body) = body { request.json(&body) } else { request }).await.unwrap();
    (answer.status, answer.json().unwrap_or_default())
}

/// What a post or a comment (`post:12`) is at the site.
async fn ask(to: &Access, remote_id: &str) -> Value {
    let (kind, id) = remote_id.split_once(':').unwrap();
    call(to, Method::GET, &format!("/{kind}s/{id}"), "&context=edit", None).await.1
}

/// How a visitor without an account sees a post.
async fn seen(url: &str) -> bool {
    fetch().send(Request::get(url.to_owned())).await.unwrap().status == 200
}

fn fresh(text: &str) -> String {
    format!("{text} ({})", Clock::system().now())
}

fn post(text: &str) -> Post {
    Post { text: text.to_owned(), lang: "en".to_owned(), ..Post::default() }
}

async fn find(wordpress: &WordPress, to: &Access, prepared: &Prepared) -> Found {
    let (fingerprint, container) = (fingerprint(&prepared.text), prepared.container.clone());
    wordpress.find(to, &Sought { key: "unused".into(), fingerprint, container, since_us: 0 }).await
}

async fn publish(wordpress: &WordPress, to: &Access, post: &Post) -> (String, String) {
    let prepared = wordpress.prepare(to, post).await.unwrap();
    match wordpress.attempt(to, &prepared, "k").await {
        Verdict::Accepted { remote_id, url } => (remote_id, url.unwrap()),
        other => panic!("{other:?}"),
    }
}

fn accepted(verdict: &Verdict) {
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
}

/// As a citizen does it: the form under a post, without an account.
async fn citizen_says(to: &Access, post: &str, text: &str) {
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("author", "Pema"), ("email", "pema@example.test"), ("comment", text)])
        .append_pair("comment_post_ID", post.trim_start_matches("post:"))
        .finish();
    let send = async || {
        let mut request = Request::post(to.url("/wp-comments-post.php"));
        request.body = form.clone().into_bytes();
        fetch().send(request.header("content-type", "application/x-www-form-urlencoded")).await.unwrap()
    };
    let mut answer = send().await;
    // WordPress takes one comment of the same person in fifteen seconds.
    for _ in 0..20 {
        if answer.status != 429 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        answer = send().await;
    }
    assert_eq!(answer.status, 302, "{}", answer.text());
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn publishes_once_reads_back_edits_and_removes() {
    let (wordpress, to) = agency().await;
    let first = fresh("The *bridge* at Wangdue <open> & [safe]");
    let text = format!(
        "{first}\n\nSee https://example.org/bridges?lang=dz&x=<1>#now\nའབྲུག་ལམ་ཁ་ཕྱེ་ཡོད། \"so\" it\\is\n\n[gallery]"
    );
    let prepared = wordpress.prepare(&to, &post(&text)).await.unwrap();
    let id = prepared.container.clone().unwrap();
    let shown = ask(&to, &id).await;
    assert_eq!(shown["status"], "draft");
    let link = shown["link"].as_str().unwrap().to_owned();
    assert!(!seen(&link).await, "nobody sees a draft");
    assert_eq!(find(&wordpress, &to, &prepared).await, Found::No);

    let mut urls = Vec::new();
    for key in ["k", "k", "another"] {
        let Verdict::Accepted { remote_id, url } = wordpress.attempt(&to, &prepared, key).await else { panic!() };
        assert_eq!(remote_id, id);
        urls.push(url.unwrap());
    }
    urls.dedup();
    assert!(urls.len() == 1 && seen(&urls[0]).await, "{urls:?}");
    let found = find(&wordpress, &to, &prepared).await;
    assert_eq!(found, Found::Yes { remote_id: id.clone(), url: urls.first().cloned() });
    let shown = ask(&to, &id).await;
    let words = |name: &str| shown[name]["rendered"].as_str().unwrap().to_owned();
    assert!(words("title").contains("&lt;open&gt; &amp; &#091;safe&#093;"), "{shown}");
    assert!(words("content").contains("འབྲུག་ལམ་ཁ་ཕྱེ་ཡོད།") && words("content").contains("&#091;gallery&#093;"), "{shown}");
    assert!(words("content").contains("href=\"https://example.org/bridges?lang=dz&amp;x=&lt;1&gt;#now\""), "{shown}");
    assert!(!shown["slug"].as_str().unwrap().contains("draft"), "{shown}");
    let stamp = first.rsplit('(').next().unwrap().trim_end_matches(')');
    let (_, same) = call(&to, Method::GET, "/posts", &format!("&status=any&search={stamp}"), None).await;
    assert_eq!(same.as_array().unwrap().len(), 1, "three calls, one post");

    let better = fresh("The bridge is open for light vehicles");
    let change = wordpress.prepare(&to, &post(&better)).await.unwrap();
    accepted(&wordpress.edit(&to, &id, &change).await);
    let shown = ask(&to, &id).await;
    assert_eq!((&shown["title"]["raw"], &shown["status"]), (&json!(better), &json!("publish")));
    let left = ask(&to, &change.container.unwrap()).await;
    assert_eq!(left["code"], "rest_post_invalid_id", "no draft is left behind");

    for _ in 0..2 {
        accepted(&wordpress.take_down(&to, &id).await);
        assert!(!seen(&urls[0]).await);
    }
    assert_eq!(ask(&to, &id).await["status"], "trash");
    assert_eq!(wordpress.metrics(&to, &id).await, Err(Failure::Gone));
    assert_eq!(find(&wordpress, &to, &prepared).await, Found::Yes { remote_id: id.clone(), url: None });
    let force = call(&to, Method::DELETE, &format!("/posts/{}", &id[5..]), "&force=true", None).await;
    assert_eq!(force.0, 200);
    accepted(&wordpress.take_down(&to, &id).await);
    assert_eq!(find(&wordpress, &to, &prepared).await, Found::CannotTell);
    let again = wordpress.attempt(&to, &prepared, "k").await;
    assert!(matches!(&again, Verdict::Rejected { code, .. } if code == "gone"), "{again:?}");
    assert_eq!(wordpress.metrics(&to, &id).await, Err(Failure::Gone));
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_draft_thrown_away_was_never_out() {
    let (wordpress, to) = agency().await;
    let prepared = wordpress.prepare(&to, &post(&fresh("Thrown away"))).await.unwrap();
    let number = prepared.container.clone().unwrap()[5..].to_owned();
    assert_eq!(call(&to, Method::DELETE, &format!("/posts/{number}"), "", None).await.0, 200);
    assert_eq!(find(&wordpress, &to, &prepared).await, Found::No);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_citizens_comment_comes_in_once_and_is_answered_once() {
    let (wordpress, to) = agency().await;
    let (id, _) = publish(&wordpress, &to, &post(&fresh("Ask us about the road"))).await;
    let from = wordpress.inbound(&to, None).await.unwrap().cursor;
    let question = fresh("Is \"Trongsa\" open & safe? It's 1 < 2\nསྐྱིད་པོ།");
    citizen_says(&to, &id, &question.replace('&', "&amp;").replace('<', "&lt;")).await;
    let page = wordpress.inbound(&to, from).await.unwrap();
    assert_eq!(page.items.len(), 1, "{page:?}");
    let item = page.items[0].clone();
    assert_eq!((&item.text, item.in_reply_to.as_deref()), (&question, Some(id.as_str())));
    assert!(item.author_name == "Pema" && item.at_us > 1_600_000_000_000_000 && item.url.is_some(), "{item:?}");
    assert_eq!(ask(&to, &item.remote_id).await["status"], "hold", "it waits for approval and is read all the same");
    assert!(wordpress.inbound(&to, page.cursor.clone()).await.unwrap().items.is_empty());

    for (hidden, status) in
        [(false, "approved"), (false, "approved"), (true, "hold"), (true, "hold"), (false, "approved")]
    {
        accepted(&wordpress.hide(&to, &item.remote_id, hidden).await);
        assert_eq!(ask(&to, &item.remote_id).await["status"], status);
    }
    assert_eq!(wordpress.metrics(&to, &id).await.unwrap().replies, Some(1));

    let answer = Post { reply_to: Some(item.remote_id.clone()), ..post(&fresh("Yes, <since> noon & safe")) };
    let prepared = wordpress.prepare(&to, &answer).await.unwrap();
    assert_eq!(wordpress.prepare(&to, &answer).await.unwrap(), prepared, "a repeated preparation is the same comment");
    assert_eq!(find(&wordpress, &to, &prepared).await, Found::No);
    let held = prepared.container.clone().unwrap();
    assert_eq!(ask(&to, &held).await["status"], "hold");
    for _ in 0..2 {
        accepted(&wordpress.attempt(&to, &prepared, "k").await);
    }
    assert!(matches!(find(&wordpress, &to, &prepared).await, Found::Yes { remote_id, .. } if remote_id == held));
    let shown = ask(&to, &held).await;
    assert_eq!(shown["parent"].to_string(), item.remote_id[8..]);
    assert!(shown["content"]["rendered"].as_str().unwrap().contains("&lt;since&gt; noon &amp; safe"), "{shown}");
    let double = wordpress.prepare(&to, &answer).await;
    assert!(matches!(&double, Err(Verdict::Rejected { code, .. }) if code == "duplicate"), "{double:?}");
    assert_eq!(wordpress.metrics(&to, &id).await.unwrap().replies, Some(2));
    assert_eq!(wordpress.metrics(&to, &item.remote_id).await.unwrap().replies, Some(1));
    assert!(wordpress.inbound(&to, page.cursor).await.unwrap().items.is_empty(), "our own words are not inbound");

    for _ in 0..2 {
        accepted(&wordpress.take_down(&to, &held).await);
    }
    assert_eq!(ask(&to, &held).await["status"], "trash");
    let late = Post { reply_to: Some(held), ..post("Too late") };
    assert!(matches!(wordpress.prepare(&to, &late).await, Err(Verdict::Rejected { code, .. }) if code == "gone"));
    accepted(&wordpress.take_down(&to, &id).await);
}

/// The site was set up with 260 comments `Heard 0`, `Heard 1` … under one post.
#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn hundreds_of_comments_since_come_in_from_the_oldest_on() {
    let (wordpress, to) = agency().await;
    let (mut cursor, mut heard) = (Some("0".to_owned()), Vec::new());
    loop {
        let page = wordpress.inbound(&to, cursor).await.unwrap();
        heard.extend(page.items.into_iter().filter(|i| i.text.starts_with("Heard ")));
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    let texts: Vec<&str> = heard.iter().map(|i| i.text.as_str()).collect();
    assert_eq!(texts, (0..260).map(|n| format!("Heard {n}")).collect::<Vec<_>>());
    // After one in the middle, the next comes first.
    let middle = heard[120].remote_id.trim_start_matches("comment:").to_owned();
    let page = wordpress.inbound(&to, Some(middle)).await.unwrap();
    assert_eq!((page.items[0].text.as_str(), page.more), ("Heard 121", true));
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn pictures_go_along_with_their_descriptions() {
    let (wordpress, to) = agency().await;
    let alts = [fresh("One \"red\" dot & more, འབྲུག"), fresh("The same dot, told otherwise")];
    let media: Vec<Media> = alts
        .iter()
        .map(|a| Media { bytes: PNG.to_vec(), mime: "image/png".into(), alt: a.clone(), url: None, path: None })
        .collect();
    let pictured = Post { media, ..post(&fresh("Pictures")) };
    let prepared = wordpress.prepare(&to, &pictured).await.unwrap();
    assert_eq!(wordpress.prepare(&to, &pictured).await.unwrap().media, prepared.media, "no picture is there twice");
    accepted(&wordpress.attempt(&to, &prepared, "k").await);
    let shown = ask(&to, prepared.container.as_ref().unwrap()).await;
    assert_eq!(shown["featured_media"].to_string(), prepared.media[0]);
    let content = shown["content"]["rendered"].as_str().unwrap();
    for (id, alt) in prepared.media.iter().zip(&alts) {
        let (_, picture) = call(&to, Method::GET, &format!("/media/{id}"), "", None).await;
        assert_eq!(picture["alt_text"], alt.as_str());
        let place = picture["source_url"].as_str().unwrap();
        let file = fetch().send(Request::get(place.to_owned())).await.unwrap();
        assert_eq!(file.body, PNG);
        let told = alt.replace('&', "&amp;").replace('"', "&quot;");
        assert!(content.contains(place) && content.contains(&format!("alt=\"{told}\"")), "{content}");
    }
    accepted(&wordpress.take_down(&to, prepared.container.as_ref().unwrap()).await);
    let no_picture =
        Media { bytes: b"hello".to_vec(), mime: "image/png".into(), alt: "x".into(), url: None, path: None };
    let refused = wordpress.prepare(&to, &Post { media: vec![no_picture], ..post("x") }).await;
    assert!(
        matches!(&refused, Err(Verdict::Rejected { field, .. }) if field.as_deref() == Some("media")),
        "{refused:?}"
    );
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_sound_recording_is_in_the_library_once_and_plays_in_the_post() {
    let (wordpress, to) = agency().await;
    // A second of silence: eight thousand samples of one byte.
    let mut wav =
        b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x1f\0\0".to_vec();
    wav.extend(vec![0x80; 8000]);
    let path = std::env::temp_dir().join(format!("drelwa-wordpress-{}.wav", std::process::id()));
    std::fs::write(&path, &wav).unwrap();
    let captions = Captions { lang: "en".into(), vtt: "WEBVTT\n\n00:00.000 --> 00:01.000\nNothing <yet>\n".into() };
    let sound = Recording {
        path: path.clone(),
        bytes: wav.len() as u64,
        mime: "audio/wav".into(),
        seconds: None,
        captions: vec![captions],
        url: None,
    };
    let heard = Post { recording: Some(sound), ..post(&fresh("Listen")) };
    let prepared = wordpress.prepare(&to, &heard).await.unwrap();
    wordpress.prepare(&to, &heard).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    accepted(&wordpress.attempt(&to, &prepared, "k").await);
    let content =
        ask(&to, prepared.container.as_ref().unwrap()).await["content"]["rendered"].as_str().unwrap().to_owned();
    let place = content.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(content.contains("<audio controls") && content.contains("What is said"), "{content}");
    assert_eq!(fetch().send(Request::get(place.to_owned())).await.unwrap().body, wav);
    let name = place.rsplit('/').next().and_then(|n| n.split('.').next()).unwrap();
    let (_, found) = call(&to, Method::GET, "/media", &format!("&slug={name}"), None).await;
    assert_eq!(found.as_array().map(Vec::len), Some(1), "it is there once");
    accepted(&wordpress.take_down(&to, prepared.container.as_ref().unwrap()).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn what_was_posted_beside_the_connector_is_listed() {
    let (wordpress, to) = agency().await;
    publish(&wordpress, &to, &post(&fresh("Before"))).await;
    let draft = json!({"title": "A draft of before", "content": "", "status": "draft"});
    let draft = call(&to, Method::POST, "/posts", "", Some(draft)).await.1["id"].to_string();
    let first = wordpress.own_posts(&to, None).await.unwrap();
    assert!(first.items.is_empty() && !first.more);
    assert!(wordpress.own_posts(&to, first.cursor.clone()).await.unwrap().items.is_empty());
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let blocks =
        "<!-- wp:paragraph {\"x\":1} -->\n<p>By &lt;hand&gt; &amp; in <b>haste</b></p>\n<!-- /wp:paragraph -->";
    let beside = json!({"title": "Road &amp; bridge", "content": blocks, "status": "publish"});
    let beside = call(&to, Method::POST, "/posts", "", Some(beside)).await.1["id"].to_string();
    let (ours, url) = publish(&wordpress, &to, &post(&fresh("By the tool"))).await;
    call(&to, Method::POST, &format!("/posts/{draft}"), "", Some(json!({"status": "publish"}))).await;
    let page = wordpress.own_posts(&to, first.cursor).await.unwrap();
    let mut ids: Vec<&str> = page.items.iter().map(|p| p.remote_id.as_str()).collect();
    ids.sort_unstable();
    let mut all = [format!("post:{beside}"), ours.clone(), format!("post:{draft}")];
    all.sort_unstable();
    assert_eq!(ids, all);
    let listed = |id: &str| page.items.iter().find(|p| p.remote_id == id).unwrap();
    assert_eq!(listed(&format!("post:{beside}")).text, "Road & bridge\n\nBy <hand> & in haste");
    assert_eq!(listed(&ours).url.as_deref(), Some(url.as_str()));
    assert!(wordpress.own_posts(&to, page.cursor).await.unwrap().items.is_empty());
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_wrong_key_is_told_apart() {
    let (wordpress, to) = agency().await;
    let (id, _) = publish(&wordpress, &to, &post(&fresh("Mine"))).await;
    let prepared = wordpress.prepare(&to, &post("never")).await.unwrap();
    let comment = wordpress.prepare(&to, &Post { reply_to: Some(id.clone()), ..post("never") }).await.unwrap();
    let user = to.secret.reveal().split(':').next().unwrap().to_owned();
    for secret in [format!("{user}:not a key"), "nobody:x".into(), " ".into(), "x".into()] {
        let wrong = Access { secret: Secret::new(secret), ..to.clone() };
        assert_eq!(wordpress.whoami(&wrong).await, Err(Failure::Unauthorised));
        assert_eq!(wordpress.attempt(&wrong, &prepared, "k").await, Verdict::Unauthorised);
        assert_eq!(wordpress.attempt(&wrong, &comment, "k").await, Verdict::Unauthorised);
        assert_eq!(wordpress.prepare(&wrong, &post("never")).await, Err(Verdict::Unauthorised));
        assert_eq!(wordpress.edit(&wrong, &id, &prepared).await, Verdict::Unauthorised);
        assert_eq!(wordpress.take_down(&wrong, &id).await, Verdict::Unauthorised);
        assert_eq!(wordpress.inbound(&wrong, None).await, Err(Failure::Unauthorised));
        assert_eq!(wordpress.own_posts(&wrong, None).await, Err(Failure::Unauthorised));
        assert_eq!(wordpress.metrics(&wrong, &id).await, Err(Failure::Unauthorised));
        assert_eq!(find(&wordpress, &wrong, &prepared).await, Found::CannotTell);
    }
    assert_eq!(ask(&to, prepared.container.as_ref().unwrap()).await["status"], "draft");
}

/// Eight by eight red pixels.
const PNG: &[u8] = include_bytes!("red.png");
