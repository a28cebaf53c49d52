mod answers_only;
mod parts;
mod previews;

use crate::people::Role;
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use serde_json::{Value, json};

pub struct Desk {
    pub app: TestApp,
    pub agency: i64,
    pub author: Person,
    pub approver: Person,
    pub site: i64,
}

/// An agency with a plan, a live account on our own site, an author and an approver.
pub async fn desk() -> Desk {
    desk_of(TestApp::new().await).await
}

pub async fn desk_of(app: TestApp) -> Desk {
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let site = app.live_site(agency, &author, &lead).await;
    Desk { app, agency, author, approver, site }
}

impl Desk {
    pub async fn call(&self, who: &Person, method: Method, path: &str, body: Value) -> crate::testkit::Answer {
        self.app.api(Some(who), method, path, body).await
    }
    pub fn new_post(&self) -> Value {
        json!({"agency": self.agency.to_string(), "texts": {"en": "Free flu vaccination", "dz": "ཚ་ནད་སྨན་ཁབ།"}, "accounts": [self.site.to_string()]})
    }
    async fn submitted(&self) -> String {
        let post = self.call(&self.author, Method::POST, "/api/v1/posts", self.new_post()).await.expect(201).json();
        let id = post["id"].as_str().unwrap().to_owned();
        self.call(&self.author, Method::POST, &format!("/api/v1/posts/{id}/submission"), json!({"version": 1}))
            .await
            .expect(200);
        id
    }
}

#[tokio::test]
async fn a_post_is_approved_by_another_in_exactly_the_version_seen() {
    let d = desk().await;
    let id = d.submitted().await;
    let approval = format!("/api/v1/posts/{id}/approval");
    let own = d.call(&d.author, Method::POST, &approval, json!({"version": 1})).await.expect(403);
    assert_eq!(own.json()["type"], "urn:drelwa:problem:not-allowed");
    // One character changed after submission: a new version, which nobody has submitted.
    let change = json!({"version": 1, "texts": {"en": "Free flu vaccination.", "dz": "ཚ་ནད་སྨན་ཁབ།"}});
    d.call(&d.author, Method::PATCH, &format!("/api/v1/posts/{id}"), change.clone()).await.expect(200);
    let stale = d.call(&d.approver, Method::POST, &approval, json!({"version": 1})).await.expect(409).json();
    let codes: Vec<_> =
        stale["refusals"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(codes, ["stale-version", "wrong-state"]);
    let second = d.call(&d.author, Method::PATCH, &format!("/api/v1/posts/{id}"), change).await.expect(409).json();
    assert_eq!(second["refusals"][0]["code"], "stale-version");
    d.call(&d.author, Method::POST, &format!("/api/v1/posts/{id}/submission"), json!({"version": 2})).await.expect(200);
    let done = d.call(&d.approver, Method::POST, &approval, json!({"version": 2})).await.expect(200).json();
    assert_eq!((done["state"].as_str(), done["released_version"].as_i64()), (Some("approved"), Some(2)));
    d.call(&d.approver, Method::POST, &approval, json!({"version": 2})).await.expect(409);
    let edit = json!({"version": 2, "texts": {"en": "x", "dz": "y"}});
    d.call(&d.author, Method::PATCH, &format!("/api/v1/posts/{id}"), edit).await.expect(409);
    d.app.drain().await;
}

#[tokio::test]
async fn a_repeated_request_with_its_key_does_the_work_once() {
    let d = desk().await;
    let send = async |key: &str, body: Value| {
        let request = axum::http::Request::post("/api/v1/posts")
            .header("authorization", format!("Bearer {}", d.author.token))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(axum::body::Body::from(body.to_string()))
            .unwrap();
        d.app.send(request).await
    };
    let first = send("k1", d.new_post()).await.expect(201);
    let again = send("k1", d.new_post()).await.expect(201);
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(again.headers["idempotent-replay"], "true");
    let mut other = d.new_post();
    other["texts"]["en"] = json!("Something else");
    send("k1", other.clone()).await.expect(422);
    let second = send("k2", other).await.expect(201);
    assert_ne!(first.json()["id"], second.json()["id"]);
    d.app.drain().await;
}

#[tokio::test]
async fn bad_input_gets_a_clear_answer() {
    let d = desk().await;
    let raw = async |body: &'static [u8], kind: &str| {
        let request = axum::http::Request::post("/api/v1/posts")
            .header("authorization", format!("Bearer {}", d.author.token))
            .header("content-type", kind)
            .body(axum::body::Body::from(body))
            .unwrap();
        d.app.send(request).await
    };
    let json = "application/json";
    assert!(raw(b"{\"agency\": ", json).await.expect(400).body.contains("line 1"));
    assert!(raw(b"{\"agency\": \"1\", \"texts\": {\"en\": \"\xff\"}}", json).await.expect(400).body.contains("UTF-8"));
    let unknown = raw(b"{\"agency\": \"1\", \"texts\": {\"en\": \"a\"}, \"colour\": 1}", json).await.expect(422).json();
    assert!(unknown["errors"][0]["detail"].as_str().unwrap().contains("colour"), "{unknown}");
    let wrong = raw(b"{\"agency\": \"1\", \"texts\": {\"en\": 5}}", json).await.expect(422).json();
    assert_eq!(wrong["errors"][0]["field"], "texts.en");
    raw(b"agency=1", "text/plain").await.expect(415);
    let huge: &'static [u8] = Box::leak(vec![b' '; 3_000_000].into_boxed_slice());
    raw(huge, json).await.expect(413);
    d.app.api(None, Method::POST, "/api/v1/posts", json!({})).await.expect(401);
    d.app.drain().await;
}

#[tokio::test]
async fn what_is_missing_is_refused_all_at_once_and_other_agencies_learn_nothing() {
    let d = desk().await;
    let body =
        json!({"agency": d.agency.to_string(), "texts": {"en": "", "dz": ""}, "scheduled_at": "2020-01-01T00:00:00Z"});
    let post = d.call(&d.author, Method::POST, "/api/v1/posts", body).await.expect(201).json();
    let id = post["id"].as_str().unwrap();
    let refused = d
        .call(&d.author, Method::POST, &format!("/api/v1/posts/{id}/submission"), json!({"version": 1}))
        .await
        .expect(409)
        .json();
    let codes: Vec<_> =
        refused["refusals"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(codes, ["no-text-en", "no-text-dz", "no-account", "past-time"]);
    let other = crate::agencies::by_code(d.app.cx.db(), "MoF").await.unwrap().id;
    let stranger = d.app.person("Tashi", Some(other), &[Role::Author]).await;
    let here = d.call(&stranger, Method::GET, &format!("/api/v1/posts/{id}"), Value::Null).await.expect(403);
    let nowhere = d.call(&stranger, Method::GET, "/api/v1/posts/1", Value::Null).await.expect(403);
    assert_eq!(here.json()["detail"], nowhere.json()["detail"]);
    d.app.drain().await;
}

#[tokio::test]
async fn a_picture_is_kept_drawn_anew_and_needs_words() {
    let d = desk().await;
    let picture = super::sample_picture(40, 30);
    let mut body = b"--B\r\nContent-Disposition: form-data; name=\"agency\"\r\n\r\n".to_vec();
    body.extend(d.agency.to_string().bytes());
    body.extend(b"\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n");
    body.extend(&picture);
    body.extend(b"\r\n--B--\r\n");
    let request = axum::http::Request::post("/api/v1/media")
        .header("authorization", format!("Bearer {}", d.author.token))
        .header("content-type", "multipart/form-data; boundary=B")
        .body(axum::body::Body::from(body))
        .unwrap();
    let media = d.app.send(request).await.expect(201).json();
    let id = media["id"].as_str().unwrap();
    d.app.get(&format!("/media/{id}")).await.expect(404);
    let mut new = d.new_post();
    new["media"] = json!([id]);
    let post = d.call(&d.author, Method::POST, "/api/v1/posts", new).await.expect(201).json();
    let path = format!("/api/v1/posts/{}/submission", post["id"].as_str().unwrap());
    let refused = d.call(&d.author, Method::POST, &path, json!({"version": 1})).await.expect(409).json();
    assert_eq!(refused["refusals"][0]["code"], "no-alt-text");
    d.app.drain().await;
}

#[tokio::test]
async fn an_officer_writes_by_form_and_a_second_one_is_shown_what_changed() {
    let d = desk().await;
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let site = d.site.to_string();
    let fields = [("text_en", "Flu clinic"), ("text_dz", "སྨན་ཁང་།"), ("accounts", site.as_str()), ("then", "save")];
    let saved = d.app.submit(&cookie, "/posts/new", "/posts", &fields).await.expect(303);
    let path = saved.location().to_owned();
    let page = d.app.browse(&cookie, &path).await.expect(200);
    assert!(page.body.contains("Flu clinic") && page.body.contains("Send for approval"));
    let second =
        [("text_en", "Theirs"), ("text_dz", "ཁོང་གི།"), ("accounts", site.as_str()), ("version", "1"), ("then", "save")];
    d.app.submit(&cookie, &path, &path, &second).await.expect(303);
    let mine =
        [("text_en", "Mine"), ("text_dz", "ངེའི།"), ("accounts", site.as_str()), ("version", "1"), ("then", "save")];
    let shown = d.app.submit(&cookie, &path, &path, &mine).await.expect(422);
    assert!(shown.body.contains("Theirs") && shown.body.contains("Mine"));
    let submitted = [
        ("text_en", "Both"),
        ("text_dz", "གཉིས་ཆ་ར།"),
        ("accounts", site.as_str()),
        ("version", "2"),
        ("then", "submit"),
    ];
    d.app.submit(&cookie, &path, &path, &submitted).await.expect(303);
    for lang in ["en", "dz"] {
        d.app.browse(&cookie, &format!("/posts?lang={lang}")).await.expect(200);
        d.app.browse(&cookie, &format!("{path}?lang={lang}")).await.expect(200);
        d.app.browse(&cookie, &format!("/posts/new?lang={lang}")).await.expect(200);
    }
    assert!(d.app.browse(&cookie, "/posts?q=གཉིས").await.expect(200).body.contains("Both"));
    d.app.drain().await;
}

#[tokio::test]
async fn a_changed_byte_in_a_stored_version_is_found() {
    let d = desk().await;
    d.submitted().await;
    assert!(super::controls::verify(d.app.cx.clone()).await.unwrap().is_empty());
    let tx = d.app.cx.db().begin("tamper").await.unwrap();
    ground::db::Run::exec(&tx, ground::sql!("UPDATE post_versions SET text_en = 'Free flu vaccinatiom'"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(super::controls::verify(d.app.cx.clone()).await.unwrap().len(), 1);
    d.app.drain().await;
}

#[tokio::test]
async fn p3_d6_what_is_out_leads_back_through_every_version_and_decision_to_the_first_draft() {
    let d = desk().await;
    let id = d.submitted().await;
    let step = async |who: &Person, what: &str, body: Value| {
        d.app.advance(ground::clock::MINUTE);
        d.call(who, Method::POST, &format!("/api/v1/posts/{id}/{what}"), body).await.expect(200).json()
    };
    step(&d.approver, "rejection", json!({"version": 1, "reason": "From which age?"})).await;
    d.app.advance(ground::clock::MINUTE);
    let change = json!({"version": 1, "texts": {"en": "Free flu vaccination from 60", "dz": "ཚ་ནད་སྨན་ཁབ།"}});
    d.call(&d.author, Method::PATCH, &format!("/api/v1/posts/{id}"), change).await.expect(200);
    step(&d.author, "submission", json!({"version": 2})).await;
    let out = step(&d.approver, "approval", json!({"version": 2})).await;
    d.app.drain().await;

    // The chain as the page shows it: who did what to which version, and what was said.
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    let page = d.app.browse(&cookie, &format!("/posts/{id}?lang=en")).await.expect(200).body;
    let story = page.split("class=\"timeline\"").nth(1).unwrap().split("</ol>").next().unwrap();
    let steps: Vec<&str> = story.split("<li>").skip(1).collect();
    let told = [
        ("Pema Lhamo", "Version 1"),
        ("Pema Lhamo", "Version 1"),
        ("Dorji Wangchuk", "Version 1"),
        ("Pema Lhamo", "Version 2"),
        ("Pema Lhamo", "Version 2"),
        ("Dorji Wangchuk", "Version 2"),
    ];
    assert_eq!(steps.len(), told.len(), "{story}");
    for (step, (who, version)) in steps.iter().zip(told) {
        assert!(step.contains(who) && step.to_lowercase().contains(&version.to_lowercase()), "{version} {who}: {step}");
    }
    assert!(steps[2].contains("From which age?"));

    // The same chain in the ledger, each step with the hash of what it was about; the last is the hash of what is out.
    let wanted = crate::ledger::Wanted { subject: Some(format!("post:{id}")), most: 50, ..Default::default() };
    let mut facts = crate::ledger::facts(d.app.cx.db(), &wanted).await.unwrap();
    facts.retain(|f| f.kind.starts_with("post."));
    facts.reverse();
    let kinds: Vec<&str> = facts.iter().map(|f| f.kind.as_str()).collect();
    let all = ["post.drafted", "post.submitted", "post.rejected", "post.drafted", "post.submitted", "post.approved"];
    assert_eq!(kinds, all);
    let hash = |at: usize| serde_json::from_str::<Value>(&facts[at].body).unwrap()["content_hash"].clone();
    assert!(hash(0) == hash(1) && hash(1) == hash(2) && hash(3) == hash(4) && hash(4) == hash(5) && hash(0) != hash(3));
    assert_eq!(hash(5), out["content_hash"]);
    let by = |who: &Person| format!("person:{}", who.id);
    assert_eq!((&facts[0].actor, &facts[5].actor), (&by(&d.author), &by(&d.approver)));

    // Nothing of the chain can be changed without being seen: not the text, not the author, not by leaving a version out.
    assert!(super::controls::verify(d.app.cx.clone()).await.unwrap().is_empty());
    for change in [
        "UPDATE post_versions SET text_en = 'Free flu vaccination from 16' WHERE version = 2",
        "UPDATE post_versions SET author_id = 1 WHERE version = 1",
        "DELETE FROM post_versions WHERE version = 1",
    ] {
        let before = super::controls::verify(d.app.cx.clone()).await.unwrap().len();
        let tx = d.app.cx.db().begin("tamper").await.unwrap();
        ground::db::Run::exec(&tx, ground::sql!(change)).await.unwrap();
        tx.commit().await.unwrap();
        let after = super::controls::verify(d.app.cx.clone()).await.unwrap();
        assert!(after.len() > before || after.iter().any(|f| f.what.contains("not there")), "{change}: {after:?}");
    }
}

#[tokio::test]
async fn the_list_counts_by_state_and_a_post_says_what_it_lacks_and_what_changed() {
    let d = desk().await;
    let post = d.call(&d.author, Method::POST, "/api/v1/posts", d.new_post()).await.expect(201).json();
    let path = format!("/posts/{}", post["id"].as_str().unwrap());
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let list = d.app.browse(&cookie, "/posts").await.expect(200).body;
    assert!(list.contains("Draft <span class=\"meta num\">1</span>"), "{list}");
    let other = crate::agencies::by_code(d.app.cx.db(), "MoF").await.unwrap().id;
    d.app.browse(&cookie, &format!("/posts?agency={other}")).await.expect(403);
    assert!(d.app.browse(&cookie, &path).await.body.contains("/submission"));
    // Without Dzongkha it cannot be sent: the page says so, with the clause, and shows what was taken out.
    let change = [("version", "1"), ("text_en", "Free flu vaccination today"), ("text_dz", "")];
    d.app.submit(&cookie, &format!("{path}/edit"), &path, &change).await.expect(303);
    let page = d.app.browse(&cookie, &path).await.expect(200).body;
    assert!(page.contains("The Dzongkha text is missing") && page.contains("/policy#P6.2-AC2"), "{page}");
    assert!(page.contains("today</ins>") && page.contains("<del>"), "{page}");
    // Somebody who began with version 1 is told what the other changed, and keeps what they typed.
    let mine = [("version", "1"), ("text_en", "My own words"), ("text_dz", "")];
    let told = d.app.submit(&cookie, &format!("{path}/edit"), &path, &mine).await.expect(422).body;
    assert!(told.contains("What they changed since you began") && told.contains("My own words"), "{told}");
    for lang in ["en", "dz"] {
        for page in ["/posts", path.as_str()] {
            d.app.browse(&cookie, &format!("{page}?lang={lang}")).await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_picture_too_heavy_for_a_platform_and_words_too_long_are_told_before_anything_is_sent() {
    let app = TestApp::new().await;
    let picture = |bytes: usize| super::post::Picture {
        id: 1,
        digest: app.cx.machine.storage.put(&vec![7; bytes]).unwrap(),
        mime: "image/png".into(),
        width: 10,
        height: 10,
        alt_en: "A bridge".into(),
        alt_dz: String::new(),
    };
    let target = super::Target { account: 1, variant: String::new() };
    let found = |platform: &str, text: &str, bytes: usize| {
        let version = super::post::Version {
            number: 1,
            text_en: text.into(),
            targets: vec![target.clone()],
            pictures: vec![picture(bytes)],
            ..Default::default()
        };
        super::checks::problems(&app.cx, platform, &version, &target).unwrap()
    };
    assert_eq!(found("bluesky", "The bridge is open", 2_000_000), []);
    assert_eq!(found("bluesky", "The bridge is open", 2_000_001), [("posts-problem-bytes", 2000, 2001)]);
    assert_eq!(found("bluesky", &"སྒྲུ".repeat(300), 9), [("posts-problem-text", 3000, 3600)]);
    assert_eq!(found("mastodon", &"a".repeat(501), 2_000_001), [("posts-problem-text", 500, 501)]);
    assert_eq!(found("wordpress", &"a".repeat(9000), 9), []);
    assert_eq!(found("telegram", &"a".repeat(1025), 9), [("posts-problem-text", 1024, 1025)]);
}

#[tokio::test]
async fn what_no_post_on_a_platform_is_without_is_told_before_it_is_sent() {
    let app = TestApp::new().await;
    let target = super::Target { account: 1, variant: String::new() };
    let version =
        super::post::Version { text_en: "Clean hands".into(), targets: vec![target.clone()], ..Default::default() };
    let found = |platform: &str| super::checks::problems(&app.cx, platform, &version, &target).unwrap();
    for (platform, word) in [
        ("podcast", "posts-problem-recording-missing"),
        ("youtube", "posts-problem-recording-missing"),
        ("peertube", "posts-problem-recording-missing"),
        ("instagram", "posts-problem-no-media"),
        ("tiktok", "posts-problem-no-media"),
        ("wechat", "posts-problem-no-picture"),
    ] {
        assert_eq!(found(platform), [(word, 0, 0)], "{platform}");
        assert_eq!(super::checks::must_have(&app.cx, platform).unwrap().map(|m| m.word()), Some(word));
    }
    for platform in ["mastodon", "facebook", "web", "newsletter"] {
        assert_eq!(found(platform), [], "{platform}");
        assert_eq!(super::checks::must_have(&app.cx, platform).unwrap(), None, "{platform}");
    }
    app.drain().await;
}

#[tokio::test]
async fn a_picture_is_lent_to_a_platform_for_an_hour() {
    let d = desk().await;
    let picture = super::add_picture(&d.author.cx, d.agency, super::sample_picture(4, 3), "A", "ཨ").await.unwrap().id;
    assert_eq!(super::lend(&d.app.cx, picture).unwrap(), None, "no platform reaches a test");
    let path = super::lent::path(&d.app.cx, picture).unwrap();
    d.app.get(&path).await.expect(200);
    let mut other = path.clone();
    other.replace_range(path.len() - 1.., if path.ends_with('0') { "1" } else { "0" });
    for wrong in [&other, &path.replace(&format!("/{picture}/"), "/1/"), &format!("/media/{picture}/lent/9-")] {
        d.app.get(wrong).await.expect(404);
    }
    d.app.advance(ground::clock::HOUR + ground::clock::MINUTE);
    d.app.get(&path).await.expect(404);
    d.app.drain().await;
}
