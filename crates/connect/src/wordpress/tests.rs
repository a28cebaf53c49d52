use super::fake::{FakeWordPress, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::post;
use crate::{Media, Secret, fingerprint};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

async fn site(ways: Ways) -> (FakeWordPress, WordPress, Access) {
    let fake = FakeWordPress::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new("roads:key"),
        remote_account_id: String::new(),
        handle: String::new(),
    };
    (fake, WordPress::new(fetch, Clock::system()), access)
}

fn picture(alt: &str) -> Media {
    Media { bytes: b"\x89PNG\r\n".to_vec(), mime: "image/png".into(), alt: alt.into(), url: None, path: None }
}

async fn publish(wp: &WordPress, to: &Access, post: &Post) -> String {
    let prepared = wp.prepare(to, post).await.unwrap();
    match wp.attempt(to, &prepared, "k").await {
        Verdict::Accepted { remote_id, .. } => remote_id,
        other => panic!("{other:?}"),
    }
}

async fn found(wp: &WordPress, to: &Access, prepared: &Prepared) -> Found {
    let fingerprint = fingerprint(&prepared.text);
    let sought = Sought { key: "k".into(), fingerprint, container: prepared.container.clone(), since_us: 0 };
    wp.find(to, &sought).await
}

#[tokio::test]
async fn a_draft_becomes_a_post_with_its_pictures() {
    let (fake, wp, to) = site(Ways::default()).await;
    let text = "Bridge <open> & [safe]\n\nSee https://example.org/bridge.\nའབྲུག";
    let with_pictures = Post { media: vec![picture("A \"red\" dot"), picture("Another")], ..post(text) };
    let prepared = wp.prepare(&to, &with_pictures).await.unwrap();
    let draft = &fake.posts()[0];
    assert_eq!((draft.status.as_str(), draft.title.as_str()), ("draft", "Bridge &lt;open&gt; &amp; &#091;safe&#093;"));
    assert_eq!(draft.featured, fake.media()[0].id);
    assert!(draft.content.contains("alt=\"A &quot;red&quot; dot\"") && draft.content.contains("alt=\"Another\""));
    assert!(draft.content.contains("<a href=\"https://example.org/bridge\">https://example.org/bridge</a>."));
    assert_eq!(fake.media()[0].alt, "A \"red\" dot");
    assert!(fake.texts().is_empty());
    assert_eq!(found(&wp, &to, &prepared).await, Found::No);
    assert!(matches!(wp.attempt(&to, &prepared, "k").await, Verdict::Accepted { .. }));
    assert_eq!(fake.posts()[0].slug, "bridge--lt-open-gt---amp----091-safe--093-", "the address is WordPress' own");
    // The same pictures again, for whatever reason, are not put there again.
    wp.prepare(&to, &with_pictures).await.unwrap();
    assert_eq!(fake.media().len(), 2);
}

#[tokio::test]
async fn a_page_instead_of_an_answer_is_unknown_and_its_draft_tells() {
    for ways in [Ways { html: true, ..Ways::default() }, Ways { html: true, no_paths: true, ..Ways::default() }] {
        let (fake, wp, to) = site(ways).await;
        let prepared = wp.prepare(&to, &post("Flood")).await.unwrap();
        assert!(matches!(wp.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
        assert!(matches!(found(&wp, &to, &prepared).await, Found::Yes { .. }));
        assert!(matches!(wp.edit(&to, "post:1", &prepared).await, Verdict::Unknown { .. }));
        assert_eq!(fake.texts(), ["Flood"]);
    }
}

#[tokio::test]
async fn what_was_thrown_away_is_told_apart() {
    let (fake, wp, to) = site(Ways::default()).await;
    let draft = wp.prepare(&to, &post("Never out")).await.unwrap();
    fake.change(1, &json!({"status": "trash", "slug": "drelwa-draft__trashed"}));
    assert_eq!(found(&wp, &to, &draft).await, Found::No);
    let out = wp.prepare(&to, &post("Out")).await.unwrap();
    wp.attempt(&to, &out, "k").await;
    wp.take_down(&to, "post:2").await;
    assert!(matches!(found(&wp, &to, &out).await, Found::Yes { url: None, .. }), "it was out");
    fake.change(2, &json!({"status": "private"}));
    assert_eq!(found(&wp, &to, &out).await, Found::CannotTell);
    let lost = Prepared { container: Some("post:99".into()), ..out.clone() };
    assert_eq!(found(&wp, &to, &lost).await, Found::CannotTell);
    assert!(matches!(wp.attempt(&to, &lost, "k").await, Verdict::Rejected { code, .. } if code == "gone"));
    assert_eq!(found(&wp, &to, &Prepared { container: None, ..out }).await, Found::CannotTell);
}

#[tokio::test]
async fn an_answer_is_held_first_and_never_doubled() {
    let (fake, wp, to) = site(Ways::default()).await;
    let id = publish(&wp, &to, &post("Ask us")).await;
    fake.add_reply(&id, "Is it open?");
    let answer = Post { reply_to: Some("comment:1".into()), ..post("Yes <since> noon") };
    let one = wp.prepare(&to, &answer).await.unwrap();
    let two = wp.prepare(&to, &answer).await.unwrap();
    assert_eq!((one.container.as_deref(), &two), (Some("comment:2"), &one), "taken up again");
    assert_eq!(fake.texts(), ["Ask us"]);
    fake.set_fault(SetFault::once(Fault::DropAfter));
    assert!(matches!(wp.attempt(&to, &one, "k").await, Verdict::Unknown { .. }));
    assert!(matches!(found(&wp, &to, &one).await, Found::Yes { remote_id, .. } if remote_id == "comment:2"));
    assert!(matches!(wp.attempt(&to, &one, "k").await, Verdict::Accepted { .. }));
    assert_eq!(fake.texts(), ["Ask us", "Yes <since> noon"]);
    assert_eq!(fake.comments()[1].parent, 1);
    let again = wp.prepare(&to, &answer).await;
    assert!(matches!(&again, Err(Verdict::Rejected { code, .. }) if code == "duplicate"), "{again:?}");

    // Other words in its place; the comment that brought them is thrown away.
    let better = wp.prepare(&to, &Post { reply_to: Some("comment:1".into()), ..post("Since one") }).await.unwrap();
    assert!(matches!(wp.edit(&to, "comment:2", &better).await, Verdict::Accepted { .. }));
    assert_eq!((fake.texts()[1].as_str(), fake.comments().len()), ("Since one", 2));
    assert_eq!(wp.metrics(&to, "comment:1").await.unwrap().replies, Some(1));
    for _ in 0..2 {
        assert!(matches!(wp.take_down(&to, "comment:2").await, Verdict::Accepted { .. }));
    }
    for gone in ["comment:2", "comment:99", "post:99", "5", "comment:x"] {
        let answer = Post { reply_to: Some(gone.into()), ..post("Hello") };
        let refused = wp.prepare(&to, &answer).await;
        assert!(matches!(&refused, Err(Verdict::Rejected { code, .. }) if code == "gone"), "{gone}: {refused:?}");
    }
    let pictured = Post { media: vec![picture("x")], ..answer };
    assert_eq!(wp.problems(&pictured)[0].code, "media-too-many");
    assert!(matches!(wp.prepare(&to, &pictured).await, Err(Verdict::Rejected { .. })));
}

#[tokio::test]
async fn an_edit_leaves_no_draft_behind() {
    let (fake, wp, to) = site(Ways::default()).await;
    let id = publish(&wp, &to, &post("Old")).await;
    let with_picture = Post { media: vec![picture("x")], ..post("New") };
    let better = wp.prepare(&to, &with_picture).await.unwrap();
    assert_eq!(fake.posts().len(), 2);
    assert!(matches!(wp.edit(&to, &id, &better).await, Verdict::Accepted { .. }));
    assert_eq!((fake.texts(), fake.posts().len()), (vec!["New".to_owned()], 1));
    assert_eq!(fake.posts()[0].featured, fake.media()[0].id);
    assert!(matches!(wp.edit(&to, &id, &better).await, Verdict::NotSent { .. }), "its words are gone");
}

#[tokio::test]
async fn comments_come_page_by_page_and_only_those_to_us() {
    let (fake, wp, to) = site(Ways::default()).await;
    let ours = publish(&wp, &to, &post("Ask us")).await;
    let theirs = format!("post:{}", fake.add_post(3, "Somebody else's", "publish"));
    for n in 0..130 {
        fake.add_reply(&ours, &format!("Old {n}"));
    }
    let mut page = wp.inbound(&to, None).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].text.as_str(), page.more), (100, "Old 30", false));
    for n in 0..230 {
        fake.add_reply(&ours, &format!("New {n}"));
    }
    fake.add_reply(&theirs, "Not to us");
    let mut texts = Vec::new();
    loop {
        page = wp.inbound(&to, page.cursor).await.unwrap();
        texts.extend(page.items.into_iter().map(|i| i.text));
        if !page.more {
            break;
        }
    }
    assert_eq!(texts, (0..230).map(|n| format!("New {n}")).collect::<Vec<_>>());
    fake.add_reply("comment:7", "Deeper");
    let page = wp.inbound(&to, page.cursor).await.unwrap();
    assert_eq!(page.items[0].in_reply_to.as_deref(), Some("comment:7"));
    assert!(page.items[0].author_id.starts_with("guest:") && !page.items[0].author_id.contains("example"));
}

#[tokio::test]
async fn no_date_of_a_comment_keeps_the_later_ones_away() {
    let (fake, wp, to) = site(Ways::default()).await;
    let ours = publish(&wp, &to, &post("Ask us")).await;
    for n in 0..2_100 {
        fake.add_reply(&ours, &format!("Old {n}"));
    }
    fake.add_reply(&ours, "Brought from another site");
    fake.redate_newest(1_000_000_000_000_000);
    let mut cursor = wp.inbound(&to, None).await.unwrap().cursor;
    // Near the end of the calendar.
    for (text, date_us) in [("Next", None), ("To come", Some(250_000_000_000_000_000)), ("After that", None)] {
        fake.add_reply(&ours, text);
        date_us.into_iter().for_each(|at| fake.redate_newest(at));
        let page = wp.inbound(&to, cursor).await.unwrap();
        assert_eq!(page.items.iter().map(|i| i.text.as_str()).collect::<Vec<_>>(), [text]);
        cursor = page.cursor;
    }
}

#[tokio::test]
async fn long_comments_come_in_however_many_and_one_too_long_is_passed_over() {
    let (fake, wp, to) = site(Ways::default()).await;
    let ours = publish(&wp, &to, &post("Ask us")).await;
    let start = wp.inbound(&to, None).await.unwrap();
    assert!(start.items.is_empty());
    for n in 0..80 {
        fake.add_reply(&ours, &format!("{n} {}", "x".repeat(65_000)));
    }
    fake.add_reply(&ours, &"y".repeat(5_000_000));
    fake.add_reply(&ours, "The last");
    let page = wp.inbound(&to, start.cursor).await.unwrap();
    assert_eq!((page.items.len(), page.items[80].text.as_str()), (81, "The last"));
    assert!(wp.inbound(&to, page.cursor).await.unwrap().items.is_empty());
    // The first look too.
    assert_eq!(wp.inbound(&to, None).await.unwrap().items.len(), 81);
    // Articles of one's own.
    let first = wp.own_posts(&to, None).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    for n in [1, 2, 3] {
        fake.add_post(7, &format!("{n} {}", "z".repeat(1_000_000)), "publish");
    }
    fake.add_post(7, &"z".repeat(5_000_000), "publish");
    let own = wp.own_posts(&to, first.cursor).await.unwrap().items;
    assert_eq!(own.iter().map(|p| p.text.get(..1)).collect::<Vec<_>>(), [Some("1"), Some("2"), Some("3"), None]);
}

#[tokio::test]
async fn more_than_ten_thousand_comments_come_in_from_the_oldest_on() {
    let (fake, wp, to) = site(Ways::default()).await;
    let ours = publish(&wp, &to, &post("Ask us")).await;
    for n in 0..7 {
        fake.add_reply(&ours, &format!("Old {n}"));
    }
    // As a cursor was written once.
    let mut cursor = wp.inbound(&to, None).await.unwrap().cursor.map(|c| format!("{c}@2026-11-24T03:30:00"));
    for n in 0..12_000 {
        fake.add_reply(&ours, &format!("New {n}"));
    }
    let mut texts = Vec::new();
    for _ in 0..3 {
        let page = wp.inbound(&to, cursor).await.unwrap();
        assert!(page.more);
        cursor = page.cursor;
        texts.extend(page.items.into_iter().map(|i| i.text));
    }
    assert!(texts.len() > 250 && texts.iter().enumerate().all(|(n, text)| *text == format!("New {n}")));
    // One that is removed moves the others up, and none is passed over.
    fake.change_reply("comment:5", None);
    let page = wp.inbound(&to, cursor).await.unwrap();
    assert_eq!(page.items[0].text, format!("New {}", texts.len()));
}

#[tokio::test]
async fn an_old_draft_counts_and_an_old_post_does_not() {
    let (fake, wp, to) = site(Ways::default()).await;
    let draft = fake.add_post(7, "Written long ago", "draft");
    let old = fake.add_post(7, "Old", "publish");
    let first = wp.own_posts(&to, None).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    fake.change(old, &json!({"title": "Old, changed"}));
    fake.change(draft, &json!({"status": "publish"}));
    fake.add_post(3, "Somebody else's", "publish");
    let page = wp.own_posts(&to, first.cursor).await.unwrap();
    let texts: Vec<&str> = page.items.iter().map(|p| p.text.as_str()).collect();
    assert_eq!(texts, ["Written long ago"]);
    // A page that is just full is followed by none.
    for n in 0..98 {
        fake.add_post(7, &format!("Number {n}"), "publish");
    }
    let page = wp.own_posts(&to, page.cursor).await.unwrap();
    assert_eq!((page.items.len(), page.more), (98, true));
    let page = wp.own_posts(&to, page.cursor).await.unwrap();
    assert_eq!((page.items.len(), page.more), (0, false));
    assert!(wp.own_posts(&to, page.cursor).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_site_without_a_trash_deletes_at_once() {
    let (fake, wp, to) = site(Ways { no_trash: true, ..Ways::default() }).await;
    let id = publish(&wp, &to, &post("Wrong")).await;
    for _ in 0..2 {
        assert!(matches!(wp.take_down(&to, &id).await, Verdict::Accepted { .. }));
    }
    assert!(fake.posts().is_empty());
    let text_file = Media { bytes: b"x".to_vec(), ..picture("x") };
    let refused = wp.prepare(&to, &Post { media: vec![text_file], ..post("x") }).await;
    assert!(matches!(refused, Err(Verdict::Rejected { field, .. }) if field.as_deref() == Some("media")));
}

#[tokio::test]
async fn an_answer_that_is_none_is_a_failure() {
    let (fake, wp, to) = site(Ways::default()).await;
    publish(&wp, &to, &post("Ask us")).await;
    let own = wp.own_posts(&to, None).await.unwrap().cursor;
    let one = |id: &str, at: &str, raw: &str| {
        format!(
            r#"[{{"id": {id}, "post": 1, "status": "hold", "date_gmt": "{at}", "modified_gmt": "{at}",
            "title": {{"raw": "t"}}, "content": {{"raw": {raw}}}}}]"#
        )
    };
    let at = "2026-11-24T03:30:00";
    for wrong in [
        "<!DOCTYPE html><html>".into(),
        "{}".into(),
        "[1]".into(),
        one("5", "yesterday", "\"x\""),
        one("5", at, "[]"),
        one("\"5\"", at, "\"x\""),
        one(&"9".repeat(40), at, "\"x\""),
        one("-1", at, "\"x\""),
        one("5", at, "\"x\"")[..60].to_owned(),
        "[".repeat(200_000),
        format!("[\"{}\"]", "x".repeat(5 << 20)),
    ] {
        let what: String = wrong.chars().take(60).collect();
        fake.say_instead(Some(wrong));
        let answer = wp.own_posts(&to, own.clone()).await;
        assert!(matches!(answer, Err(Failure::Unreachable { .. })), "{what}: {answer:?}");
        let answer = wp.inbound(&to, None).await;
        assert!(matches!(answer, Err(Failure::Unreachable { .. })), "{what}: {answer:?}");
    }
    fake.say_instead(Some(one("5", at, r#""a\u0000b <script>x</script>&#0;""#)));
    let page = wp.own_posts(&to, own).await.unwrap();
    assert_eq!((page.items[0].text.as_str(), page.items[0].at_us), ("t\n\nab &#0;", 1_795_491_000_000_000));
}

#[tokio::test]
async fn another_kind_of_site_is_no_news_about_a_post() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = axum::Router::new().fallback(|| async { (axum::http::StatusCode::NOT_FOUND, "<html>Nothing here") });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let (_fake, wp, to) = site(Ways::default()).await;
    let to = Access { base_url: format!("http://{address}"), ..to };
    assert!(matches!(wp.whoami(&to).await, Err(Failure::Unreachable { .. })));
    assert!(matches!(wp.take_down(&to, "post:1").await, Verdict::NotSent { .. }), "not done");
    assert!(matches!(wp.metrics(&to, "post:1").await, Err(Failure::Unreachable { .. })));
}
