use super::*;
use crate::{Access, Connector, Found, Post, Secret, Sought, Verdict, fingerprint};
use ground::fetch::{Fetch, FetchPolicy, Method, Request};
use serde_json::{Value, json};

fn fetch() -> Fetch {
    Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap()
}

async fn network(file: Option<PathBuf>, at: &str) -> Simulator {
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
