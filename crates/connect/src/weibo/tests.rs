use super::fake::{FakeWeibo, RIP, TOKEN, UID, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::{code, ready};
use crate::{Media, Secret};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

const LINKED: &str = "Road open https://moit.gov.bt/road";

async fn weibo(ways: Ways) -> (FakeWeibo, Weibo, Access) {
    let fake = FakeWeibo::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(format!("{RIP}:{TOKEN}")),
        remote_account_id: UID.to_string(),
        handle: "@不丹公路".into(),
    };
    (fake, Weibo::new(fetch, Clock::system()), access)
}

fn strict() -> Ways {
    Ways { domain: Some("moit.gov.bt"), ..Ways::default() }
}

#[tokio::test]
async fn a_post_shares_a_page_of_the_apps_domain() {
    let (fake, c, to) = weibo(strict()).await;
    let Verdict::Accepted { remote_id, url } = c.attempt(&to, &ready(LINKED), "k").await else { panic!() };
    assert_eq!(
        (remote_id.as_str(), url.as_deref()),
        ("5000000000000001", Some("https://weibo.com/1404376560/5000000000000001"))
    );
    let first = fake.held().posts[0].clone();
    assert_eq!((first.text.as_str(), first.rip.as_str()), (LINKED, RIP));
    let Verdict::Rejected { code: told, human, field } = c.attempt(&to, &ready("Road open"), "k").await else {
        panic!()
    };
    let plain = Post { text: "Road open".into(), ..Post::default() };
    assert_eq!(c.problems(&plain).iter().map(|p| p.code).collect::<Vec<_>>(), ["link-missing"]);
    assert!(told == "link-missing" && human.contains("domain") && field.as_deref() == Some("text"));
    // A link of another domain: Weibo's own sentence says what it misses.
    let other = c.attempt(&to, &ready("Road open https://example.org/"), "k").await;
    assert!(
        matches!(&other, Verdict::Rejected { code, human, .. } if code == "refused" && human.contains("10017")),
        "{other:?}"
    );
    assert_eq!(code(&c.attempt(&to, &ready(LINKED), "k").await), "duplicate");
    let answer = Prepared { reply_to: Some("1".into()), ..ready(LINKED) };
    assert_eq!(code(&c.attempt(&to, &answer, "k").await), "reply-not-possible");
}

#[tokio::test]
async fn a_topic_is_told_before_it_is_refused() {
    let (fake, c, to) = weibo(strict()).await;
    let codes = |text: &str| {
        let post = Post { text: text.into(), ..Post::default() };
        c.problems(&post).iter().map(|p| p.code).collect::<Vec<_>>()
    };
    for fine in [LINKED, "No 1# https://moit.gov.bt/#a-b", "## https://moit.gov.bt/", "https://moit.gov.bt/#a #b"] {
        assert!(codes(fine).is_empty(), "{fine}");
    }
    for topic in ["#不丹# https://moit.gov.bt/", "#roads #rain https://moit.gov.bt/"] {
        assert_eq!(codes(topic), ["topic-not-possible"], "{topic}");
        assert_eq!(code(&c.attempt(&to, &ready(topic), "k").await), "refused");
    }
    assert!(fake.held().posts.is_empty());
}

#[tokio::test]
async fn a_post_that_is_out_is_not_said_to_be_refused() {
    let (fake, c, to) = weibo(strict()).await;
    let slow = r#"{"error":"Update success, while server slow now, please wait 1-2 minutes","error_code":20032}"#;
    fake.say_instead(Some((400, slow)));
    let verdict = c.attempt(&to, &ready(LINKED), "k").await;
    assert!(matches!(&verdict, Verdict::Unknown { why } if why.contains("is out")), "{verdict:?}");
    assert_eq!(fake.held().posts.len(), 1);
}

#[tokio::test]
async fn one_picture_goes_along() {
    let (fake, c, to) = weibo(strict()).await;
    let picture =
        Media { bytes: b"\x89PNG1".to_vec(), mime: "image/png".into(), alt: "A bridge".into(), url: None, path: None };
    let post = Post { text: LINKED.into(), media: vec![picture.clone()], ..Post::default() };
    let prepared = c.prepare(&to, &post).await.unwrap();
    let stored: Prepared = serde_json::from_str(&serde_json::to_string(&prepared).unwrap()).unwrap();
    assert!(matches!(c.attempt(&to, &stored, "k").await, Verdict::Accepted { .. }));
    assert_eq!(fake.held().posts[0].picture.as_deref(), Some("picture.png true"));
    let two = Post { media: vec![picture.clone(), picture.clone()], ..post.clone() };
    assert_eq!(code(&c.prepare(&to, &two).await.unwrap_err()), "media-too-many");
    let large = Post { media: vec![Media { bytes: vec![0; 5_000_000], ..picture }], ..post };
    assert_eq!(code(&c.prepare(&to, &large).await.unwrap_err()), "media-too-large");
    for lost in ["", "data:image/png", "data:image/png;base64,?"] {
        let broken = Prepared { media: vec![lost.into()], ..ready(LINKED) };
        assert_eq!(code(&c.attempt(&to, &broken, "k").await), "refused");
    }
    assert_eq!(fake.held().posts.len(), 1);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_for_a_person() {
    let (fake, c, to) = weibo(Ways::default()).await;
    for (n, said) in [
        "<html>",
        "[]",
        "{}",
        r#"{"id":"5/../6"}"#,
        "{\"idstr\":\"5\\u0007\"}",
        r#"{"id":-5}"#,
        r#"{"error_code":10001,"error":"System error"}"#,
    ]
    .iter()
    .enumerate()
    {
        let prepared = ready(&format!("Landslide {n}"));
        fake.say_instead(Some((200, said)));
        assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }), "{said}");
        let sought = Sought { key: "k".into(), fingerprint: String::new(), container: None, since_us: 0 };
        assert_eq!(c.find(&to, &sought).await, Found::CannotTell);
    }
    for said in ["<html>", "{}", r#"{"uid":"1/2"}"#, r#"{"uid":null}"#] {
        fake.say_instead(Some((200, said)));
        assert!(matches!(c.whoami(&to).await, Err(Failure::Unreachable { .. })), "{said}");
        let post = Post { text: LINKED.into(), ..Post::default() };
        assert!(matches!(c.prepare(&to, &post).await, Err(Verdict::NotSent { .. })), "{said}");
    }
    // The number of a post is enough where its writer is not told.
    fake.say_instead(Some((200, r#"{"id":5}"#)));
    let Verdict::Accepted { url, .. } = c.attempt(&to, &ready("x"), "k").await else { panic!() };
    assert_eq!(url.as_deref(), Some("https://weibo.com/1404376560/5"));
}

#[tokio::test]
async fn the_account_is_known_by_name_and_number() {
    let (_fake, c, to) = weibo(Ways::default()).await;
    let me = c.whoami(&to).await.unwrap();
    assert_eq!((me.handle.as_str(), me.url.as_deref()), ("@不丹公路", Some("https://weibo.com/u/1404376560")));
    for (handle, known) in [("@不丹公路", true), ("不丹公路", true), ("1404376560", true), ("@other", false)] {
        assert_eq!(c.resolve(&to, handle).await.unwrap().is_some(), known, "{handle}");
    }
    let (_fake, c, to) = weibo(Ways { no_names: true, ..Ways::default() }).await;
    assert_eq!(c.whoami(&to).await.unwrap().handle, UID.to_string());
}

#[tokio::test]
async fn the_token_is_in_no_address_and_no_error() {
    let (fake, c, to) = weibo(Ways::default()).await;
    c.whoami(&to).await.unwrap();
    c.attempt(&to, &ready("One"), "k").await;
    fake.set_fault(SetFault::once(Fault::DropAfter));
    let mut shown = format!("{:?}", c.attempt(&to, &ready("Two"), "k").await);
    fake.say_instead(Some((400, &format!(r#"{{"error_code":10008,"error":"bad {TOKEN}"}}"#))));
    shown += &format!("{:?} {:?}", c.attempt(&to, &ready("Three"), "k").await, c.whoami(&to).await);
    assert!(!shown.contains(TOKEN), "{shown}");
    assert!(fake.held().asked.iter().all(|a| !a.contains(TOKEN)));
    for bad in ["", " ", TOKEN, "x:y", "211.156.0.1:", "211.156.0.1:a b", "211.156.0.300:abc", "::1:abc"] {
        let wrong = Access { secret: Secret::new(bad), ..to.clone() };
        assert_eq!(c.attempt(&wrong, &ready("x"), "k").await, Verdict::Unauthorised, "{bad}");
    }
}
