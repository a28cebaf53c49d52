use super::*;
use crate::{
    Access, Connector, Failure, Found, Heard, NotHeard, Notice, Post, Secret, Sought, Standing, Verdict, fingerprint,
    trial,
};
use ground::fetch::{Fetch, FetchPolicy, Method, Request};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn fetch() -> Fetch {
    Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap()
}

pub(super) async fn network(file: Option<PathBuf>, at: &str) -> Simulator {
    Simulator::start(file, TcpListener::bind(at).await.unwrap()).await.unwrap()
}

fn access(net: &Simulator) -> Access {
    Access {
        base_url: net.base_url(),
        secret: Secret::new("roads:key"),
        remote_account_id: "roads".into(),
        handle: "@roads@practice".into(),
    }
}

fn practice() -> Practice {
    Practice::new(fetch(), Clock::system(), crate::Safety::Keyed { hours: 1 })
}

#[tokio::test]
async fn a_look_before_it_is_out_takes_its_time_and_may_end_in_a_no() {
    let net = network(None, "127.0.0.1:0").await;
    let (practice, to) = (practice(), access(&net));
    let looked = |fault, ms| SetFault { fault, account: None, times: 1, ms: Some(ms) };
    for (fault, out) in [(Fault::Review, true), (Fault::ReviewRefused, false)] {
        net.set_fault(looked(fault, 120));
        let verdict = practice.attempt(&to, &trial::ready("Look at this"), &format!("{fault:?}")).await;
        let Verdict::Pending { remote_id } = verdict else { panic!("{verdict:?}") };
        assert_eq!(practice.standing(&to, &remote_id).await, Ok(Standing::Working));
        tokio::time::sleep(Duration::from_millis(200)).await;
        for _ in 0..2 {
            match practice.standing(&to, &remote_id).await.unwrap() {
                Standing::Out { remote_id: id, url: Some(_) } => assert_eq!((id, out), (remote_id.clone(), true)),
                Standing::Refused { code, .. } => assert_eq!((code.as_str(), out), ("not-shown", false)),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(net.posts().iter().any(|p| p.id == remote_id), out);
    }
    assert_eq!(practice.standing(&to, "p99999999").await, Err(Failure::Gone));
}

#[tokio::test]
async fn what_was_answered_for_survives_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.jsonl");
    let net = network(Some(file.clone()), "127.0.0.1:0").await;
    let (address, to, practice) = (net.address, access(&net), practice());
    let post = Post { text: "The road to Trongsa is open".into(), lang: "en".into(), ..Post::default() };
    let prepared = practice.prepare(&to, &post).await.unwrap();
    net.set_fault(SetFault::once(Fault::DropAfter));
    assert!(matches!(practice.attempt(&to, &prepared, "k1").await, Verdict::Unknown { .. }));
    let n = net.add_reply("roads", Some(&net.posts()[0].id), "tashi", "Thank you").unwrap();
    net.stop().await;
    assert!(matches!(practice.attempt(&to, &prepared, "k1").await, Verdict::NotSent { .. }));

    let net = network(Some(file), &address.to_string()).await;
    assert_eq!(net.posts().len(), 1);
    let sought = Sought { key: "k1".into(), fingerprint: fingerprint(&post.text), container: None, since_us: 0 };
    assert!(matches!(practice.find(&to, &sought).await, Found::Yes { .. }));
    assert!(matches!(practice.attempt(&to, &prepared, "k1").await, Verdict::Accepted { .. }));
    assert_eq!(net.posts().len(), 1, "the key is remembered too");
    assert_eq!(practice.inbound(&to, None).await.unwrap().items[0].remote_id, n);
}

#[tokio::test]
async fn it_is_controlled_over_http() {
    let net = network(None, "127.0.0.1:0").await;
    let (to, practice) = (access(&net), practice());
    let call = async |method: Method, path: &str, body: Value| {
        let answer = fetch().send(Request::new(method, to.url(path)).json(&body)).await.unwrap();
        (answer.status, answer.json::<Value>().unwrap_or_default())
    };
    let post = Post { text: "Water is back".into(), ..Post::default() };
    let prepared = practice.prepare(&to, &post).await.unwrap();

    let fault = json!({"fault": "rate-limit", "account": "roads", "times": 1, "ms": 2500});
    assert_eq!(call(Method::POST, "/control/faults", fault).await.0, 201);
    let before = Clock::system().now();
    let limited = practice.attempt(&to, &prepared, "a").await;
    assert!(matches!(limited, Verdict::RateLimited { until_us: Some(t) } if t >= before + 3_000_000), "{limited:?}");
    let Verdict::Accepted { remote_id, url: Some(url) } = practice.attempt(&to, &prepared, "a").await else { panic!() };
    assert!(fetch().send(Request::get(url)).await.unwrap().text().contains("Water is back"));

    let reply = json!({"account": "roads", "in_reply_to": remote_id, "author": "dorji", "text": "Not in Taba"});
    assert_eq!(call(Method::POST, "/control/replies", reply).await.0, 201);
    let counts = json!({"post": remote_id, "likes": 3, "shares": 2, "views": 90});
    assert_eq!(call(Method::POST, "/control/counts", counts).await.0, 204);
    let metrics = practice.metrics(&to, &remote_id).await.unwrap();
    assert_eq!((metrics.likes, metrics.replies, metrics.views), (Some(3), Some(1), Some(90)));
    let (_, listed) = call(Method::GET, "/posts?account=roads", Value::Null).await;
    assert_eq!(listed["posts"][0]["text"], "Water is back");
    assert_eq!(listed["replies"][0]["author"], "dorji");
    assert_eq!(call(Method::GET, "/posts?account=other", Value::Null).await.1["posts"], json!([]));

    assert_eq!(call(Method::POST, "/control/faults", json!({"fault": "outage", "times": 0})).await.0, 201);
    assert!(practice.whoami(&to).await.is_err());
    assert_eq!(call(Method::DELETE, "/control/faults", Value::Null).await.0, 204);
    assert_eq!(practice.whoami(&to).await.unwrap().handle, "@roads@practice");
    assert_eq!(call(Method::POST, "/control/faults", json!({"fault": "flood"})).await.0, 422);
}

/// What came in on a port of our own.
async fn listen() -> (String, tokio::sync::mpsc::UnboundedReceiver<Notice>) {
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hooks/1/x", listener.local_addr().unwrap());
    let take = move |headers: axum::http::HeaderMap, body: axum::body::Bytes| {
        let tell = tell.clone();
        async move {
            let headers =
                headers.iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned())).collect();
            tell.send(Notice { query: String::new(), headers, body: body.to_vec() }).unwrap();
        }
    };
    let app = axum::Router::new().route("/hooks/1/x", axum::routing::post(take));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, told)
}

#[tokio::test]
async fn it_calls_whoever_wants_to_be_told_and_says_what_fetching_says() {
    let (address, mut told) = listen().await;
    let net = network(None, "127.0.0.1:0").await;
    let (to, practice, now) = (access(&net), practice(), Clock::system().now());
    let post = net.add_post("roads", "Water is back").unwrap();
    let body = json!({"account": "roads", "address": address, "secret": "agreed"});
    let answer = fetch().send(Request::post(to.url("/control/hooks")).json(&body)).await.unwrap();
    assert_eq!(answer.status, 204);
    net.add_reply("water", None, "tashi", "for somebody else").unwrap();
    net.add_reply("roads", Some(&post), "tashi", "Thank you").unwrap();
    let notice = told.recv().await.unwrap();
    let secret = Secret::new("agreed");
    let fetched = practice.inbound(&to, None).await.unwrap().items;
    assert_eq!(practice.hear(&notice, &secret, now), Ok(Heard::Items(fetched)));
    // Another secret, another body, another moment.
    assert_eq!(practice.hear(&notice, &Secret::new("other"), now), Err(NotHeard::Forged));
    let mut changed = notice.clone();
    changed.body.push(b' ');
    assert_eq!(practice.hear(&changed, &secret, now), Err(NotHeard::Forged));
    assert_eq!(practice.hear(&notice, &secret, now + 6 * ground::clock::MINUTE), Err(NotHeard::Forged));
    // Switched off, nobody is called.
    net.set_hook("roads", "", "").unwrap();
    net.add_reply("roads", None, "tashi", "Still there?").unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(200), told.recv()).await.is_err());
}
