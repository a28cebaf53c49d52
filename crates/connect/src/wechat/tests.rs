use super::fake::{APP, FakeWeChat, SECRET, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, code};
use crate::{Media, Secret, fingerprint};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

pub(super) async fn wechat(ways: Ways) -> (FakeWeChat, WeChat, Access) {
    at(ways, Clock::system()).await
}

pub(super) async fn at(ways: Ways, clock: Clock) -> (FakeWeChat, WeChat, Access) {
    let fake = FakeWeChat::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(format!("{APP}:{SECRET}")),
        remote_account_id: APP.into(),
        handle: APP.into(),
    };
    let connector = WeChat { patience: &[Duration::ZERO, Duration::ZERO], ..WeChat::new(fetch, clock) };
    (fake, connector, access)
}

fn picture(alt: &str) -> Media {
    Media { bytes: b"\x89PNG1".to_vec(), mime: "image/png".into(), alt: alt.into(), url: None, path: None }
}

pub(super) fn post(text: &str) -> Post {
    Post { text: text.into(), media: vec![picture("A bridge")], ..Post::default() }
}

fn answer(to: &str, text: &str) -> Post {
    Post { text: text.into(), reply_to: Some(to.into()), ..Post::default() }
}

pub(super) fn sought(prepared: &Prepared, since_us: i64) -> Sought {
    let fingerprint = fingerprint(&prepared.text);
    Sought { key: "k".into(), fingerprint, container: prepared.container.clone(), since_us }
}

async fn publish(c: &WeChat, to: &Access, text: &str) -> String {
    accepted(c.attempt(to, &c.prepare(to, &post(text)).await.unwrap(), "k").await)
}

#[tokio::test]
async fn a_post_becomes_an_article() {
    let (fake, c, to) = wechat(Ways::default()).await;
    let text = "The <road> to Trongsa is open again for light vehicles\n\nSee https://moit.gov.bt/road?a=1&b=2.";
    let given = Post { media: vec![picture("A \"bridge\""), picture("")], ..post(text) };
    accepted(c.attempt(&to, &c.prepare(&to, &given).await.unwrap(), "k").await);
    let article = fake.held().articles[0].clone();
    assert_eq!((article.title.as_str(), article.open), ("The <road> to Trongsa is open…", true));
    assert_eq!(article.link.as_deref(), Some("https://moit.gov.bt/road?a=1&b=2"));
    assert!(
        article.content.starts_with("<p>The &lt;road&gt; to Trongsa is open again for light vehicles</p><p>See https")
    );
    assert_eq!(article.content.matches("<img src=\"http://mmbiz.qpic.cn/").count(), 2, "the cover stands inside, too");
    assert!(article.content.contains("alt=\"A &quot;bridge&quot;\""));
    let covers = fake.held().covers.clone();
    assert_eq!(covers, [article.thumb]);

    // Pictures need words for a title; theirs will do.
    let bare = Post { media: vec![picture("A bridge")], ..Post::default() };
    accepted(c.attempt(&to, &c.prepare(&to, &bare).await.unwrap(), "k").await);
    assert_eq!(fake.held().articles[1].title, "A bridge");
    let mute = Post { media: vec![picture("")], ..Post::default() };
    assert_eq!(c.problems(&mute)[0].code, "text-empty");
    assert_eq!(code(&c.prepare(&to, &mute).await.unwrap_err()), "text-empty");
    let none = Post { text: "Words".into(), ..Post::default() };
    assert_eq!(c.problems(&none)[0].code, "media-missing");
    assert_eq!(code(&c.prepare(&to, &none).await.unwrap_err()), "media-missing");
    // The limit is of the HTML.
    let marks = post(&"&".repeat(5000));
    assert_eq!(c.problems(&marks)[0].code, "text-too-long");
    assert_eq!(code(&c.prepare(&to, &marks).await.unwrap_err()), "text-too-long");
    // An address of somebody else's does not get into an article.
    for bad in [r#"{"url":"https://evil.example/x.png"}"#, r#"{"url":"https://qpic.cn.evil.example/"}"#, r#"{"url":7}"#]
    {
        fake.say_instead(Some(("uploadimg", 200, bad)));
        assert!(matches!(c.prepare(&to, &post("x")).await, Err(Verdict::NotSent { .. })), "{bad}");
    }
}

#[tokio::test]
async fn an_article_takes_its_time() {
    let (_fake, c, to) = wechat(Ways { takes: 2, ..Ways::default() }).await;
    publish(&c, &to, "Soon out").await;
    let (fake, c, to) = wechat(Ways { takes: 9, ..Ways::default() }).await;
    let prepared = c.prepare(&to, &post("Later out")).await.unwrap();
    let Verdict::Pending { remote_id } = c.attempt(&to, &prepared, "k").await else { panic!() };
    assert!(remote_id.starts_with("publish:"));
    assert_eq!(c.find(&to, &sought(&prepared, Clock::system().now())).await, Found::CannotTell);
    assert!(matches!(c.take_down(&to, &remote_id).await, Verdict::NotSent { .. }), "it is not out yet");
    assert_eq!(c.standing(&to, &remote_id).await, Ok(Standing::Working));
    fake.held().articles[0].left = 0;
    let stands = c.standing(&to, &remote_id).await;
    assert!(matches!(&stands, Ok(Standing::Out { url: Some(_), .. })), "{stands:?}");
    assert_eq!(c.standing(&to, "publish:x").await, Err(Failure::Gone));
    accepted(c.take_down(&to, &remote_id).await);
    assert!(fake.texts().is_empty());

    for (status, name) in
        [(2, "original-refused"), (3, "publishing-failed"), (4, "review-refused"), (5, "gone"), (6, "blocked")]
    {
        let (_fake, c, to) = wechat(Ways { ends_as: status, ..Ways::default() }).await;
        let prepared = c.prepare(&to, &post("Not out")).await.unwrap();
        let stands = c.standing(&to, "publish:1").await;
        assert!(!matches!(&stands, Ok(Standing::Out { .. })), "{stands:?}");
        assert_eq!(code(&c.attempt(&to, &prepared, "k").await), name);
    }
    // Publishing was begun: an answer that cannot be read about how it went takes nothing back.
    for said in [
        "<html>",
        "[]",
        "{}",
        r#"{"publish_status":"0"}"#,
        r#"{"publish_status":77}"#,
        r#"{"publish_status":0,"article_id":"a/b"}"#,
        "{\"publish_status\":0,\"article_id\":\"a\\u0007\"}",
    ] {
        let (fake, c, to) = wechat(Ways::default()).await;
        let prepared = c.prepare(&to, &post("Out")).await.unwrap();
        fake.say_instead(Some(("freepublish/get", 200, said)));
        assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Pending { .. }), "{said}");
    }
}

#[tokio::test]
async fn a_draft_is_published_once() {
    let (fake, c, to) = wechat(Ways::default()).await;
    let since = Clock::system().now();
    for (n, said) in [
        "<html>",
        "[]",
        r#"{"errcode":0}"#,
        r#"{"errcode":-1,"errmsg":"system error"}"#,
        r#"{"errcode":0,"publish_id":"7/8"}"#,
        r#"{"errcode":0,"publish_id":-7}"#,
    ]
    .iter()
    .enumerate()
    {
        let prepared = c.prepare(&to, &post(&format!("Landslide {n}"))).await.unwrap();
        fake.say_instead(Some(("freepublish/submit", 200, said)));
        assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }), "{said}");
        fake.say_instead(None);
        assert!(matches!(c.find(&to, &sought(&prepared, since)).await, Found::Yes { .. }), "{said}");
        accepted(c.attempt(&to, &prepared, "k").await);
        assert_eq!(fake.texts().len(), n + 1);
    }
    // A draft that stands was not published; one that is gone without an article may have been thrown away.
    let prepared = c.prepare(&to, &post("Flood")).await.unwrap();
    assert_eq!(c.find(&to, &sought(&prepared, since)).await, Found::No);
    fake.held().drafts.clear();
    assert_eq!(c.find(&to, &sought(&prepared, since)).await, Found::CannotTell);
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    // Words that stood there before are other words.
    let again = c.prepare(&to, &post("Landslide 1")).await.unwrap();
    assert_eq!(c.find(&to, &sought(&again, since + DAY)).await, Found::No);
    // Answers that cannot be read are no “no”.
    for (path, said) in [
        ("batchget", "<html>"),
        ("batchget", "{}"),
        ("batchget", r#"{"total_count":1,"item":[{"article_id":"a b","update_time":1,"content":{}}]}"#),
        ("batchget", r#"{"total_count":1,"item":[{"article_id":7}]}"#),
        ("draft/get", "{}"),
        ("draft/get", r#"{"news_item":[]}"#),
        ("draft/get", r#"{"errcode":48001,"errmsg":"api unauthorized"}"#),
    ] {
        fake.say_instead(Some((path, 200, said)));
        assert_eq!(c.find(&to, &sought(&again, since + DAY)).await, Found::CannotTell, "{path} {said}");
    }
    fake.say_instead(None);
    for lost in [None, Some("a/b"), Some("publish:1"), Some("answer:1:2"), Some("comment:1:x")] {
        let nowhere = Sought { container: lost.map(str::to_owned), ..sought(&again, since + DAY) };
        assert_eq!(c.find(&to, &nowhere).await, Found::CannotTell, "{lost:?}");
    }
    let nothing = Prepared { container: None, ..again };
    assert_eq!(code(&c.attempt(&to, &nothing, "k").await), "not-ready");
    for (number, name) in [(53503, "draft-refused"), (53504, "draft-by-hand"), (48001, "forbidden")] {
        let prepared = c.prepare(&to, &post("Flood")).await.unwrap();
        fake.say_instead(Some(("freepublish/submit", 200, &format!(r#"{{"errcode":{number},"errmsg":"no"}}"#))));
        assert_eq!(code(&c.attempt(&to, &prepared, "k").await), name);
        fake.say_instead(None);
    }
}

#[tokio::test]
async fn each_comment_has_one_answer() {
    let (fake, c, to) = wechat(Ways::default()).await;
    let article = publish(&c, &to, "Ask us").await;
    let first = c.inbound(&to, None).await.unwrap();
    let question = fake.comment(&article, "Is it open?");
    let told = c.inbound(&to, first.cursor).await.unwrap();
    assert_eq!(told.items[0].remote_id, question);
    assert_eq!(told.items[0].author_id, "oV5CrjpxgaGXNHIQigzNlgLTnwic");

    let yes = c.prepare(&to, &answer(&question, "Yes")).await.unwrap();
    assert_eq!(c.find(&to, &sought(&yes, 0)).await, Found::No);
    fake.set_fault(SetFault::once(Fault::DropAfter));
    assert!(matches!(c.attempt(&to, &yes, "k").await, Verdict::Unknown { .. }));
    let ours = accepted(c.attempt(&to, &yes, "k").await);
    assert_eq!(ours, question.replace("comment:", "answer:"));
    assert!(matches!(c.find(&to, &sought(&yes, 0)).await, Found::Yes { remote_id, .. } if remote_id == ours));
    let other = c.prepare(&to, &answer(&question, "No")).await.unwrap();
    assert_eq!(code(&c.attempt(&to, &other, "k").await), "answered-already");
    assert_eq!(c.find(&to, &sought(&other, 0)).await, Found::No);
    for _ in 0..2 {
        accepted(c.take_down(&to, &ours).await);
    }
    assert_eq!(fake.held().comments[0].answer, None);
    let lost = c.prepare(&to, &answer("comment:2247483650:99", "x")).await.unwrap();
    assert_eq!(
        (code(&c.attempt(&to, &lost, "k").await), c.find(&to, &sought(&lost, 0)).await),
        ("gone", Found::CannotTell)
    );
    for nowhere in [article.as_str(), "comment:1", "comment:1:2:3", "comment:1:2\n", "", "publish:1"] {
        assert_eq!(code(&c.prepare(&to, &answer(nowhere, "x")).await.unwrap_err()), "reply-not-possible", "{nowhere}");
    }
    let with = Post { media: vec![picture("")], ..answer(&question, "x") };
    assert_eq!(c.problems(&with)[0].code, "media-too-many");
    for nowhere in [question.as_str(), "a/b", "", "answer:1", "publish:x"] {
        assert_eq!(code(&c.take_down(&to, nowhere).await), "gone", "{nowhere}");
    }
}

#[tokio::test]
async fn many_comments_come_all_and_once() {
    let (fake, c, to) = wechat(Ways::default()).await;
    let mut articles = Vec::new();
    for n in 0..25 {
        articles.push(fake.beside(&format!("Article {n}")));
    }
    let mut cursor = c.inbound(&to, None).await.unwrap().cursor;
    let mut wanted: Vec<String> =
        (0..160).map(|n| fake.comment(&articles[if n % 10 == 0 { 7 } else { 24 }], &format!("Comment {n}"))).collect();
    let mut told = Vec::new();
    for _ in 0..9 {
        let page = c.inbound(&to, cursor).await.unwrap();
        told.extend(page.items.into_iter().map(|i| i.remote_id));
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    told.sort();
    wanted.sort();
    assert_eq!(told, wanted);
    assert!(c.inbound(&to, cursor.clone()).await.unwrap().items.is_empty());
    // One that WeChat shows late is not missed; an old one is not told as new.
    fake.comment(&articles[24], "Late");
    fake.comment(&articles[24], "Old");
    {
        let mut held = fake.held();
        held.comments[160].at_s -= 3600;
        held.comments[161].at_s -= 86_400;
    }
    let late = c.inbound(&to, cursor).await.unwrap().items;
    assert_eq!(late.iter().map(|i| i.text.as_str()).collect::<Vec<_>>(), ["Late"]);
    assert!(matches!(c.inbound(&to, Some("x".into())).await, Err(Failure::Refused { .. })));
}

#[tokio::test]
async fn comments_that_cannot_be_read_are_not_none() {
    let (fake, c, to) = wechat(Ways::default()).await;
    let article = publish(&c, &to, "Ask us").await;
    for said in [
        "<html>",
        "{}",
        r#"{"errcode":0,"total":1,"comment":7}"#,
        r#"{"errcode":0,"total":1,"comment":[{"user_comment_id":"../1","create_time":1,"content":"x"}]}"#,
        r#"{"errcode":0,"total":1,"comment":[{"user_comment_id":1,"create_time":"1","content":"x"}]}"#,
        r#"{"errcode":0,"total":1,"comment":[{"user_comment_id":1,"create_time":1}]}"#,
        // A page that never turns.
        r#"{"errcode":0,"total":100,"comment":[{"user_comment_id":1,"create_time":1,"content":"x"}]}"#,
    ] {
        fake.say_instead(Some(("comment/list", 200, said)));
        assert!(matches!(c.inbound(&to, None).await, Err(Failure::Unreachable { .. })), "{said}");
    }
    // None of the account's articles is known by its number: that is no empty list.
    fake.say_instead(Some(("comment/list", 200, r#"{"errcode":88001,"errmsg":"msg_data is not exists"}"#)));
    let refused = |answer| matches!(answer, Err(Failure::Refused { code, .. }) if code == "comments-not-readable");
    assert!(refused(c.inbound(&to, None).await));
    fake.say_instead(None);
    // Who wrote is not always told, and is nobody else then.
    let one = fake.comment(&article, "x");
    let bare = r#"{"errcode":0,"total":1,"comment":[{"user_comment_id":1,"create_time":1700000000,"content":"x","openid":"a\u0007"}]}"#;
    fake.say_instead(Some(("comment/list", 200, bare)));
    let item = &c.inbound(&to, Some("0".into())).await.unwrap().items[0];
    assert_eq!(
        (item.remote_id.as_str(), item.author_id.as_str()),
        (one.as_str(), one.replace("comment", "unknown").as_str())
    );

    let (_fake, c, to) = wechat(Ways { short_addresses: true, ..Ways::default() }).await;
    publish(&c, &to, "Ask us").await;
    assert!(refused(c.inbound(&to, None).await));
    // An account that may have none has none, and its articles are published without.
    let (fake, c, to) = wechat(Ways { silent: true, ..Ways::default() }).await;
    publish(&c, &to, "Do not ask us").await;
    assert!(!fake.held().articles[0].open);
    assert!(c.inbound(&to, None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn no_error_shows_a_key() {
    let (fake, c, to) = wechat(Ways::default()).await;
    let prepared = c.prepare(&to, &post("x")).await.unwrap();
    let leak = format!(r#"{{"errcode":47001,"errmsg":"access_token=TOKEN-0 secret={SECRET}"}}"#);
    fake.say_instead(Some(("freepublish/submit", 200, &leak)));
    let verdict = c.attempt(&to, &prepared, "k").await;
    let shown = format!("{verdict:?} {to:?} {:?}", c.find(&to, &sought(&prepared, 0)).await);
    assert!(code(&verdict) == "refused" && !shown.contains("TOKEN") && !shown.contains(SECRET), "{shown}");
    fake.set_fault(SetFault::once(Fault::DropBefore));
    let verdict = c.attempt(&to, &prepared, "k").await;
    assert!(matches!(&verdict, Verdict::Unknown { why } if !why.contains("TOKEN")), "{verdict:?}");
    // The key itself is in no address.
    assert!(fake.held().asked.iter().all(|a| !a.contains(SECRET)));
    assert_eq!(
        on_wechat(Some("http://mp.weixin.qq.com/s?mid=1#rd")).unwrap().as_str(),
        "https://mp.weixin.qq.com/s?mid=1"
    );
    for bad in [
        "https://evil.example/s",
        "javascript:alert(1)",
        "https://mp.weixin.qq.com@evil.example/",
        "x",
        "https://mp.weixin.qq.com:8443/",
    ] {
        assert!(on_wechat(Some(bad)).is_none(), "{bad}");
    }
}
