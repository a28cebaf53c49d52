//! The API as a contract: what is described is served, what is not yours tells nothing, a repeat does nothing twice.
use super::{government, id, problem};
use crate::people::Role;
use crate::story;
use crate::testkit::{Person, TestApp};
use axum::body::Body;
use axum::http::{Method, Request, header};
use ground::clock::DAY;
use ground::slice::{Needs, RouteKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Names that scripts of others rely on.
const FIXED: &[(&str, &str)] = &[
    ("get", "/api/v1/agencies"),
    ("get", "/api/v1/verify"),
    ("get", "/api/v1/accounts"),
    ("post", "/api/v1/posts"),
    ("get", "/api/v1/posts/{id}"),
    ("patch", "/api/v1/posts/{id}"),
    ("post", "/api/v1/posts/{id}/submission"),
    ("post", "/api/v1/posts/{id}/approval"),
    ("post", "/api/v1/posts/{id}/rejection"),
    ("post", "/api/v1/posts/{id}/withdrawal"),
    ("post", "/api/v1/posts/{id}/correction"),
    ("get", "/api/v1/posts/{id}/deliveries"),
    ("post", "/api/v1/media"),
    ("get", "/api/v1/messages"),
    ("post", "/api/v1/messages/{id}/replies"),
    ("post", "/api/v1/messages/{id}/decisions"),
    ("post", "/api/v1/decisions/{id}/appeal"),
    ("get", "/api/v1/facts"),
    ("post", "/api/v1/simulator/faults"),
];

#[tokio::test]
async fn the_description_names_everything_and_everything_in_it_has_a_name() {
    let app = TestApp::new().await;
    let api = app.get("/api/v1/openapi.json").await.expect(200).json();
    assert_eq!(api["openapi"], "3.1.0");
    for (method, path) in FIXED {
        assert!(api["paths"][path][method].is_object(), "{method} {path}");
    }
    let mut ids = vec![];
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let what = format!("{method} {path}");
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            assert!(operation["summary"].as_str().unwrap().len() > 5, "{what}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.len() > 2 && responses.keys().any(|s| s.starts_with('2')), "{what}");
            if method == "post" {
                assert!(operation["parameters"].to_string().contains("IdempotencyKey"), "{what}");
            }
        }
    }
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    let mut poor = vec![];
    for (name, schema) in api["components"]["schemas"].as_object().unwrap() {
        let second = name.ends_with(|c: char| c.is_ascii_digit());
        if second || schema["description"].as_str().is_none_or(|d| d.len() < 6) {
            poor.push(name);
        }
    }
    assert!(poor.is_empty(), "without a name of their own or a description: {poor:?}");
    let example = &api["components"]["schemas"]["NewPost"]["examples"][0];
    assert!(example["texts"]["dz"].is_string(), "{example}");
}

/// One thing of every kind, by the path that leads to it, in the agency of the story's lead.
async fn things(app: &TestApp, cast: &story::Cast) -> (BTreeMap<&'static str, String>, Person) {
    let lead = cast.members.iter().find(|m| m.role == "lead").unwrap();
    let token = crate::people::issue_token(&app.cx, lead.id, "test", DAY).await.unwrap();
    let lead = Person { id: lead.id, token, cx: app.cx.clone() };
    let list = async |path: &str| {
        let all = app.api(Some(&lead), Method::GET, path, Value::Null).await.expect(200).json();
        all["items"].as_array().unwrap().clone()
    };
    let mut found = BTreeMap::new();
    for kind in ["plans", "accounts", "posts", "messages", "decisions", "facts"] {
        found.insert(kind, id(&list(&format!("/api/v1/{kind}")).await[0]));
    }
    let replies = list("/api/v1/messages").await.into_iter().find(|m| !m["answers"].as_array().unwrap().is_empty());
    found.insert("replies", id(&replies.unwrap()["answers"][0]));
    let appealed = list("/api/v1/decisions").await.into_iter().find(|d| d["appeal"].is_object());
    found.insert("appeals", id(&appealed.unwrap()["appeal"]));
    for post in list("/api/v1/posts").await {
        if let Some(delivery) = list(&format!("/api/v1/posts/{}/deliveries", id(&post))).await.first() {
            found.insert("deliveries", id(delivery));
        }
    }
    (found, lead)
}

/// The body that the description gives as an example of an operation.
fn example(api: &Value, method: &str, path: &str) -> Value {
    let schema = &api["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"];
    let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) else { return Value::Null };
    let example = api["components"]["schemas"][name]["examples"][0].clone();
    assert!(!example.is_null(), "{method} {path} takes {name}, which has no example");
    example
}

#[tokio::test]
async fn what_belongs_to_others_is_answered_like_what_is_not_there() {
    let app = TestApp::new().await;
    let end = app.cx.now() + 9 * DAY;
    let stage = story::Stage { cx: app.cx.clone(), registry: &app.all.registry, practice: &app.practice, end };
    let cast = story::tell(&stage).await.unwrap();
    let api = app.get("/api/v1/openapi.json").await.expect(200).json();
    let (things, _) = things(&app, &cast).await;
    let other = crate::agencies::by_code(app.cx.db(), "BT-33").await.unwrap().id;
    let mut strangers = vec![];
    for role in [Role::Lead, Role::Author, Role::Approver, Role::Moderator] {
        strangers.push(app.person(&format!("Stranger {}", role.code()), Some(other), &[role]).await);
    }
    let mut asked = 0;
    for route in app.all.routes.iter().filter(|r| r.kind == RouteKind::Api && r.path.contains("{id}")) {
        let Needs::May(right) = route.needs else { continue };
        let kind = route.path.split('/').nth(3).unwrap();
        let Some(theirs) = things.get(kind) else { continue };
        let body = example(&api, &route.method.as_str().to_lowercase(), route.path);
        let role = [Role::Lead, Role::Author, Role::Approver, Role::Moderator];
        let at = role.iter().position(|r| r.rights().contains(&right)).unwrap();
        let mut told = vec![];
        for id in [theirs.as_str(), "123456789012345678"] {
            let path = route.path.replace("{id}", id);
            let answer = app.api(Some(&strangers[at]), route.method.clone(), &path, body.clone()).await;
            let mut problem = problem(answer, 403);
            problem.as_object_mut().unwrap().remove("instance");
            told.push(problem);
        }
        assert_eq!(told[0], told[1], "{} {}", route.method, route.path);
        asked += 1;
    }
    assert!(asked >= 25, "only {asked} routes were asked");
    let cookie = app.sign_in("stranger.lead@example.bt").await;
    for (kind, pages) in [("posts", &["", "/deliveries"][..]), ("plans", &[""]), ("accounts", &[""]), ("messages", &[])]
    {
        for page in pages {
            let (theirs, none) =
                (format!("/{kind}/{}{page}", things[kind]), format!("/{kind}/123456789012345678{page}"));
            let (theirs, none) =
                (app.browse(&cookie, &theirs).await.expect(403), app.browse(&cookie, &none).await.expect(403));
            assert!(!theirs.body.contains("Health"), "{kind}{page}");
            assert_eq!(theirs.body.len(), none.body.len(), "{kind}{page}");
        }
    }
    app.drain().await;
}

#[tokio::test]
async fn a_repeat_with_its_key_does_nothing_twice_wherever_one_may_post() {
    let g = government().await;
    let call = async |who: &Person, path: &str, key: &str, body: &Value| {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        g.app.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let draft = json!({"agency": g.health.to_string(), "texts": {"en": "Flu", "dz": "ཆམ་ནད།"}});
    // Sent three times at the same moment: one is carried out, the others are told so or given its answer.
    let (a, b, c) = tokio::join!(
        call(&g.author, "/api/v1/posts", "at-once", &draft),
        call(&g.author, "/api/v1/posts", "at-once", &draft),
        call(&g.author, "/api/v1/posts", "at-once", &draft)
    );
    let made = [a, b, c].into_iter().filter(|answer| {
        assert!(matches!(answer.status.as_u16(), 201 | 409), "{}", answer.body);
        answer.status == 201 && !answer.headers.contains_key("idempotent-replay")
    });
    assert_eq!(made.count(), 1);
    let again = call(&g.author, "/api/v1/posts", "at-once", &draft).await.expect(201);
    assert_eq!(again.headers["idempotent-replay"], "true");
    assert_eq!(g.read(&g.author, "/api/v1/posts").await["items"].as_array().unwrap().len(), 1);
    let post = id(&again.json());
    problem(call(&g.author, "/api/v1/posts", "at-once", &json!({"agency": "1", "texts": {}})).await, 422);
    problem(call(&g.author, "/api/v1/posts", "", &draft).await, 400);
    problem(call(&g.author, "/api/v1/posts", &"k".repeat(201), &draft).await, 400);
    // The same key of somebody else is another key.
    problem(call(&g.stranger, "/api/v1/posts", "at-once", &draft).await, 403);
    // A key whose bytes cannot be read would not protect anybody.
    let odd = Request::post("/api/v1/posts")
        .header(header::AUTHORIZATION, format!("Bearer {}", g.author.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", "ཀ".as_bytes());
    problem(g.app.send(odd.body(Body::from(draft.to_string())).unwrap()).await, 400);

    let submission = format!("/api/v1/posts/{post}/submission");
    for replayed in [false, true] {
        // Without its account it is refused, and a refusal is not kept: put right, the same request may go through.
        let refused = call(&g.author, &submission, "hand-in", &json!({"version": 1})).await;
        assert!(!refused.headers.contains_key("idempotent-replay"), "{replayed}");
        problem(refused, 409);
    }
    for n in 0..2 {
        let fault = json!({"fault": "rate-limit", "times": 1});
        let answer = call(&g.author, "/api/v1/simulator/faults", "fault", &fault).await.expect(201);
        assert_eq!(answer.headers.contains_key("idempotent-replay"), n == 1);
    }
}

#[tokio::test]
async fn lists_are_pages_that_end() {
    let g = government().await;
    for n in 0..5 {
        let body = json!({"agency": g.health.to_string(), "texts": {"en": format!("Notice {n}")}});
        g.post(&g.author, "/api/v1/posts", body).await.expect(201);
    }
    let (mut seen, mut after) = (vec![], String::new());
    loop {
        let page = g.read(&g.author, &format!("/api/v1/posts?limit=2{after}")).await;
        let items = page["items"].as_array().unwrap();
        assert!(!items.is_empty() && items.len() <= 2);
        seen.extend(items.iter().map(|p| p["texts"]["en"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, ["Notice 4", "Notice 3", "Notice 2", "Notice 1", "Notice 0"]);
    let gewogs = g.app.get("/api/v1/agencies?kind=gewog&limit=200").await.expect(200).json();
    assert_eq!(gewogs["items"].as_array().unwrap().len(), 200);
    let rest = format!("/api/v1/agencies?kind=gewog&limit=200&after={}", gewogs["next"].as_str().unwrap());
    assert_eq!(g.app.get(&rest).await.expect(200).json()["items"].as_array().unwrap().len(), 5);
}
