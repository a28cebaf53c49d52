use super::fake::{FakeFacebook, PAGE_ID, SECRET, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, code, ready};
use crate::{Media, Secret, fingerprint};
use ground::clock::{DAY, HOUR, MINUTE, SECOND};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

pub(super) async fn facebook(ways: Ways) -> (FakeFacebook, Facebook, Access) {
    let fake = FakeFacebook::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: PAGE_ID.into(),
        handle: "@roads.bt".into(),
    };
    (fake, Facebook::new(fetch, Clock::system()), access)
}

fn answer(to: &str, text: &str) -> Prepared {
    Prepared { reply_to: Some(to.into()), container: Some(to.into()), ..ready(text) }
}

pub(super) fn picture(alt: &str) -> Media {
    Media { bytes: b"\x89PNG1".to_vec(), mime: "image/png".into(), alt: alt.into(), url: None, path: None }
}

pub(super) fn sought(text: &str, under: Option<&str>, since_us: i64) -> Sought {
    Sought { key: "k".into(), fingerprint: fingerprint(text), container: under.map(str::to_owned), since_us }
}

pub(super) fn error(code: i64) -> String {
    format!(r#"{{"error":{{"message":"Words","type":"OAuthException","code":{code}}}}}"#)
}

#[tokio::test]
async fn an_unclear_answer_is_looked_for() {
    let (fake, page, to) = facebook(Ways::default()).await;
    let since = Clock::system().now();
    for (n, (status, said)) in
        [(500, error(2)), (400, error(1)), (200, error(2)), (502, "<html>".to_owned())].iter().enumerate()
    {
        let text = format!("Landslide {n}");
        fake.say_instead(Some((*status, said)));
        let verdict = page.attempt(&to, &ready(&text), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{said}: {verdict:?}");
        fake.say_instead(None);
        let Found::Yes { url, .. } = page.find(&to, &sought(&text, None, since)).await else { panic!("{said}") };
        assert!(url.unwrap().starts_with("https://www.facebook.com/"));
    }
    assert_eq!(page.find(&to, &sought("Another", None, since)).await, Found::No);
    let later = since + DAY;
    assert_eq!(page.find(&to, &sought("Landslide 1", None, later)).await, Found::No, "older words are other words");
    // A refusal told by its code and not by its status is one.
    for (code, kind) in [(190, "Unauthorised"), (32, "RateLimited"), (200, "forbidden"), (368, "blocked")] {
        fake.say_instead(Some((500, &error(code))));
        assert!(format!("{:?}", page.attempt(&to, &ready("x"), "k").await).contains(kind), "{code}");
    }
}

#[tokio::test]
async fn the_same_words_again_are_looked_into() {
    let (fake, page, to) = facebook(Ways::default()).await;
    let id = accepted(page.attempt(&to, &ready("Road closed"), "k").await);
    // Just now: it may be this very call's.
    assert!(matches!(page.attempt(&to, &ready("Road closed"), "k").await, Verdict::Unknown { .. }));
    fake.set_time(&id, Clock::system().now() - DAY);
    assert_eq!(code(&page.attempt(&to, &ready("Road closed"), "k").await), "duplicate");
    fake.set_time(&id, Clock::system().now() - 9 * DAY);
    assert!(matches!(page.attempt(&to, &ready("Road closed"), "k").await, Verdict::Unknown { .. }));
    assert_eq!(fake.own().len(), 1);
    // Pictures without words are all alike.
    let bare = page.prepare(&to, &Post { media: vec![picture("")], ..Post::default() }).await.unwrap();
    let since = Clock::system().now();
    assert_eq!(page.find(&to, &sought("", None, since)).await, Found::No);
    accepted(page.attempt(&to, &bare, "k").await);
    assert_eq!(page.find(&to, &sought("", None, since)).await, Found::CannotTell);
}

#[tokio::test]
async fn answers_are_looked_for_where_they_went() {
    let (fake, page, to) = facebook(Ways::default()).await;
    let post = accepted(page.attempt(&to, &ready("Ask us about the road"), "k").await);
    let first = page.inbound(&to, None).await.unwrap();
    let question = fake.write("pema", Some(&post), "Is <b>Trongsa</b> open?");
    let since = Clock::system().now();
    let said =
        page.prepare(&to, &Post { text: "Yes".into(), reply_to: Some(question.clone()), ..Post::default() }).await;
    let said = said.unwrap();
    assert_eq!(page.find(&to, &sought("Yes", said.container.as_deref(), since)).await, Found::No);
    let ours = accepted(page.attempt(&to, &said, "k").await);
    let found = page.find(&to, &sought("Yes", said.container.as_deref(), since)).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == ours), "{found:?}");

    // An answer to an answer ends up below the first comment; it is found there.
    let back = fake.write("pema", Some(&ours), "Since when?");
    let noon = accepted(page.attempt(&to, &answer(&back, "Since noon"), "k").await);
    let found = page.find(&to, &sought("Since noon", Some(&back), since)).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == noon), "{found:?}");
    fake.write("pema", Some(&post), "Said by Pema");
    assert_eq!(
        page.find(&to, &sought("Said by Pema", Some(&post), since)).await,
        Found::No,
        "others' words are not ours"
    );

    let told = page.inbound(&to, first.cursor).await.unwrap();
    let told: Vec<_> = told.items.iter().map(|i| (i.text.as_str(), i.in_reply_to.as_deref())).collect();
    let post = Some(post.as_str());
    let below = Some(question.as_str());
    assert_eq!(told, [("Is <b>Trongsa</b> open?", post), ("Since when?", below), ("Said by Pema", post)]);
    for lost in ["1005550001_1", "77", "me", "../me", "", "1_2_3", "1?x=1"] {
        assert_eq!(code(&page.attempt(&to, &answer(lost, "x"), "k").await), "gone", "{lost}");
        let found = page.find(&to, &sought("x", Some(lost), since)).await;
        assert_eq!(found, Found::CannotTell, "{lost}");
    }
    assert_eq!(
        (page.metrics(&to, &ours).await.unwrap().likes, page.metrics(&to, "..").await),
        (Some(2), Err(Failure::Gone))
    );
}

#[tokio::test]
async fn whoever_is_not_told_is_nobody_in_particular() {
    let (fake, page, to) = facebook(Ways { anonymous: true, ..Ways::default() }).await;
    let post = accepted(page.attempt(&to, &ready("Ask us"), "k").await);
    let first = page.inbound(&to, None).await.unwrap();
    let one = fake.write("pema", Some(&post), "Thanks");
    fake.write("pema", Some(&post), "");
    let told = page.inbound(&to, first.cursor).await.unwrap().items;
    assert_eq!((told[0].author_id.clone(), told[0].author_name.as_str()), (format!("unknown:{one}"), "Facebook"));
    assert_eq!((told.len(), told[1].text.as_str()), (2, ""), "a sticker has no words");
    // It could be ours: that is no “no”.
    assert_eq!(page.find(&to, &sought("Thanks", Some(&post), 0)).await, Found::CannotTell);
}

#[tokio::test]
async fn many_comments_come_all_and_once() {
    let (fake, page, to) = facebook(Ways::default()).await;
    let mut posts = Vec::new();
    for n in 0..30 {
        posts.push(accepted(page.attempt(&to, &ready(&format!("Post {n}")), "k").await));
    }
    let mut cursor = page.inbound(&to, None).await.unwrap().cursor;
    let mut wanted = Vec::new();
    for n in 0..260 {
        // Below the oldest post, on the second page of them, more than are told beside a post or on one page.
        let under = if n % 10 == 0 { &posts[29] } else { &posts[0] };
        wanted.push(fake.write("pema", Some(under), &format!("Comment {n}")));
    }
    let mut told = Vec::new();
    for _ in 0..9 {
        let answer = page.inbound(&to, cursor).await.unwrap();
        told.extend(answer.items.into_iter().map(|i| i.remote_id));
        cursor = answer.cursor;
        if !answer.more {
            break;
        }
    }
    told.sort();
    wanted.sort();
    assert_eq!(told, wanted);
    assert!(page.inbound(&to, cursor).await.unwrap().items.is_empty());
    assert!(fake.asked().iter().any(|a| a.contains("after=")), "a page was turned");
    assert!(fake.asked().iter().all(|a| !a.contains(SECRET)), "the token is in no address");
}

#[tokio::test]
async fn comments_that_come_by_rank_are_missed_as_little_as_others() {
    let (fake, page, to) = facebook(Ways { ranked: true, ..Ways::default() }).await;
    let post = accepted(page.attempt(&to, &ready("Bridge closed"), "k").await);
    for n in 0..150 {
        let old = fake.write("pema", Some(&post), &format!("Old {n}"));
        fake.set_time(&old, Clock::system().now() - HOUR - n * MINUTE);
    }
    let mut cursor = page.inbound(&to, None).await.unwrap().cursor;
    let wanted: Vec<String> = (0..60).map(|n| fake.write("pema", Some(&post), &format!("New {n}"))).collect();
    let mut told = Vec::new();
    for _ in 0..5 {
        let answer = page.inbound(&to, cursor).await.unwrap();
        told.extend(answer.items.into_iter().map(|i| i.remote_id));
        cursor = answer.cursor;
    }
    for one in &wanted {
        assert_eq!(told.iter().filter(|id| *id == one).count(), 1, "{one}");
    }
    // An answer of ours far down in the rank is found, and one that is not there surely is not.
    fake.set_fault(SetFault::once(Fault::ErrorAfterCommit));
    let answer = Prepared { reply_to: Some(post.clone()), ..ready("At noon") };
    assert!(matches!(page.attempt(&to, &answer, "k").await, Verdict::Unknown { .. }));
    let since = Clock::system().now() - MINUTE;
    assert!(matches!(page.find(&to, &sought("At noon", Some(&post), since)).await, Found::Yes { .. }));
    assert_eq!(page.find(&to, &sought("At one", Some(&post), since)).await, Found::No);
}

#[tokio::test]
async fn pictures_go_along_and_stay() {
    let (fake, page, to) = facebook(Ways::default()).await;
    let with = |n: usize| Post {
        text: "Look".into(), media: vec![picture("A \"bridge\"\nའབྲུག"); n], ..Post::default()
    };
    let prepared = page.prepare(&to, &with(3)).await.unwrap();
    let id = accepted(page.attempt(&to, &prepared, "k").await);
    assert!(fake.photos().len() == 3 && fake.photos().iter().all(|p| p.used && p.alt == "A \"bridge\"\nའབྲུག"));
    accepted(
        page.edit(&to, &id, &Prepared { text: "Look here".into(), ..page.prepare(&to, &with(3)).await.unwrap() }).await,
    );
    assert_eq!((fake.own()[0].message.as_str(), fake.own()[0].media.len()), ("Look here", 3));
    assert_eq!(code(&page.edit(&to, &id, &page.prepare(&to, &with(2)).await.unwrap()).await), "media-fixed");
    accepted(page.edit(&to, &id, &ready("Only words")).await);
    assert_eq!((fake.own()[0].message.as_str(), fake.own()[0].media.len()), ("Only words", 3));

    let answers = |n| Post { reply_to: Some(id.clone()), ..with(n) };
    assert_eq!((page.problems(&answers(1)).len(), page.problems(&answers(2))[0].code), (0, "media-too-many"));
    let two = page.prepare(&to, &answers(2)).await.unwrap();
    assert_eq!(code(&page.attempt(&to, &two, "k").await), "media-too-many");
    let one = page.prepare(&to, &answers(1)).await.unwrap();
    accepted(page.attempt(&to, &one, "k").await);
    assert_eq!(fake.own()[1].media, one.media);

    let bad = Post { media: vec![Media { bytes: b"text".to_vec(), ..picture("x") }], ..Post::default() };
    let refused = page.prepare(&to, &bad).await.unwrap_err();
    assert!(matches!(&refused, Verdict::Rejected { field: Some(f), .. } if f == "media"), "{refused:?}");
    for unread in ["{}", "<html>", r#"{"id":5}"#, r#"{"id":"../me"}"#, r#"{"id":"1_2"}"#] {
        fake.say_instead(Some((200, unread)));
        assert!(matches!(page.prepare(&to, &with(1)).await, Err(Verdict::NotSent { .. })), "{unread}");
    }
}

#[tokio::test]
async fn what_is_gone_is_told_from_what_may_not_be_seen() {
    let (fake, page, to) = facebook(Ways::default()).await;
    let id = accepted(page.attempt(&to, &ready("Ask us"), "k").await);
    let rude = fake.write("pema", Some(&id), "Rude words");
    for hidden in [true, true, false] {
        assert_eq!(accepted(page.hide(&to, &rude, hidden).await), rude);
        assert_eq!(fake.is_hidden(&rude), hidden);
    }
    assert_eq!(code(&page.hide(&to, &id, true).await), "hide-not-possible");
    assert_eq!(code(&page.edit(&to, &rude, &ready("x")).await), "forbidden");
    let other = Access { remote_account_id: "4711".into(), ..to.clone() };
    assert_eq!(code(&page.take_down(&other, "4711_1").await), "forbidden");
    for _ in 0..2 {
        accepted(page.take_down(&to, &id).await);
    }
    for gone in ["me", "", "1_2_3", "x", "1/comments", "1\n", "1_"] {
        assert_eq!(code(&page.take_down(&to, gone).await), "gone", "{gone}");
        assert_eq!(code(&page.edit(&to, gone, &ready("x")).await), "gone", "{gone}");
        assert_eq!(code(&page.hide(&to, gone, true).await), "gone", "{gone}");
    }
    assert!(fake.asked().iter().all(|a| !a.contains("1_2_3")), "nothing odd is asked for");
    fake.say_instead(Some((200, r#"{"success":false}"#)));
    for verdict in
        [page.take_down(&to, &id).await, page.hide(&to, &rude, true).await, page.edit(&to, &id, &ready("x")).await]
    {
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    }
}

#[tokio::test]
async fn the_token_is_a_pages_own() {
    let (_fake, page, to) = facebook(Ways { person: true, ..Ways::default() }).await;
    assert!(matches!(page.whoami(&to).await, Err(Failure::Refused { code, .. }) if code == "not-a-page"));
    let (fake, page, to) = facebook(Ways::default()).await;
    let me = page.whoami(&to).await.unwrap();
    assert_eq!((me.handle.as_str(), me.url.as_deref()), ("@roads.bt", Some("https://www.facebook.com/roads.bt")));
    for bad in ["", " ", "a b", "a\r\nx: y", "ཀ"] {
        let wrong = Access { secret: Secret::new(bad), ..to.clone() };
        assert_eq!(page.whoami(&wrong).await, Err(Failure::Unauthorised), "{bad}");
    }
    assert_eq!(page.resolve(&to, "@nobody.at.all").await, Err(Failure::Gone));
    for bad in ["@me", "../me", "", "a/b", "a?fields=x", "."] {
        assert_eq!(page.resolve(&to, bad).await, Err(Failure::Gone), "{bad}");
    }
    let nobody = Access { remote_account_id: "me/../1".into(), ..to.clone() };
    assert_eq!(code(&page.attempt(&nobody, &ready("x"), "k").await), "account");
    for odd in [r#"{"id":"1_2","name":"x","category":"y"}"#, r#"{"id":7,"name":"x","category":"y"}"#, r#"{"id":"7"}"#] {
        fake.say_instead(Some((200, odd)));
        assert!(matches!(page.whoami(&to).await, Err(Failure::Unreachable { .. })), "{odd}");
    }
    fake.say_instead(Some((200, r#"{"id":"7","name":"x"}"#)));
    assert!(matches!(page.whoami(&to).await, Err(Failure::Refused { .. })));
    for (address, kept) in [
        ("https://m.facebook.com/a", true),
        ("http://www.facebook.com/a", false),
        ("https://facebook.com.example/a", false),
        ("https://notfacebook.com/a", false),
        ("https://a@www.facebook.com/a", false),
        ("javascript:alert(1)", false),
    ] {
        assert_eq!(on_facebook(Some(address)).is_some(), kept, "{address}");
    }
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_yes_and_no_no() {
    for instead in [
        "",
        "<html>",
        "[]",
        "null",
        "{}",
        r#"{"id":5}"#,
        r#"{"id":"5\n"}"#,
        r#"{"id":"../me"}"#,
        r#"{"id":"5_"}"#,
        r#"{"id":"5"#,
    ] {
        let (fake, page, to) = facebook(Ways::default()).await;
        fake.say_instead(Some((200, instead)));
        let verdict = page.attempt(&to, &ready("Landslide"), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{instead}: {verdict:?}");
        assert_eq!(fake.own().len(), 1, "and it was done");
    }
    let (fake, page, to) = facebook(Ways::default()).await;
    let deep = "[".repeat(200_000);
    let item = |id: &str, at: &str| format!(r#"{{"data":[{{"id":"{id}","created_time":"{at}"}}]}}"#);
    let now = "2026-11-29T00:00:00+0000";
    for wrong in [
        "",
        "[]",
        "{}",
        "<html>",
        r#"{"data":{}}"#,
        r#"{"data":[7]}"#,
        r#"{"data":[{"id":5,"created_time":"2026-11-29T00:00:00+0000"}]}"#,
        &item("1_2", "yesterday"),
        &item("1_2\\u0007", now),
        &item("1_2/comments", now),
        &item("1_2", now).replace("]}", r#"],"paging":7}"#),
        deep.as_str(),
    ] {
        fake.say_instead(Some((200, wrong)));
        let what: String = wrong.chars().take(60).collect();
        for cursor in [None, Some("1".to_owned())] {
            assert!(matches!(page.own_posts(&to, cursor.clone()).await, Err(Failure::Unreachable { .. })), "{what}");
            assert!(matches!(page.inbound(&to, cursor).await, Err(Failure::Unreachable { .. })), "{what}");
        }
        assert_eq!(page.find(&to, &sought("x", None, 0)).await, Found::CannotTell, "{what}");
    }
    // Pages that never turn, and pages without a way on: what is behind them is not known.
    for paging in [
        r#"{"next":"https://x","cursors":{"after":"A"}}"#,
        r#"{"next":"https://x"}"#,
        r#"{"next":"https://x","cursors":{}}"#,
    ] {
        let same = item("1_2", now).replace("]}", &format!(r#"],"paging":{paging}}}"#));
        fake.say_instead(Some((200, &same)));
        assert_eq!(page.find(&to, &sought("x", None, 0)).await, Found::CannotTell, "{paging}");
        assert!(page.own_posts(&to, Some("1".into())).await.is_err(), "{paging}");
    }
    // An empty list is one.
    fake.say_instead(Some((200, r#"{"data":[]}"#)));
    assert_eq!(page.find(&to, &sought("x", None, 0)).await, Found::No);
    assert_eq!(page.own_posts(&to, None).await.unwrap().cursor.as_deref(), Some("0"));
    fake.say_instead(None);
    assert!(matches!(page.own_posts(&to, Some("x".into())).await, Err(Failure::Refused { .. })));
    assert!(matches!(page.inbound(&to, Some("1 ../me".into())).await, Err(Failure::Refused { .. })));
}

#[tokio::test]
async fn what_is_pinned_hides_nothing() {
    let (fake, page, to) = facebook(Ways::default()).await;
    let now = Clock::system().now();
    let old = fake.write("roads", None, "Old");
    fake.set_time(&old, now - 90 * DAY);
    fake.write("roads", None, "New words");
    // The newest in the list is the oldest by its time, as a pinned post is.
    let pinned = fake.write("roads", None, "Pinned");
    fake.set_time(&pinned, now - 80 * DAY);
    let found = page.find(&to, &sought("New words", None, now - 5 * SECOND)).await;
    assert!(matches!(found, Found::Yes { .. }), "{found:?}");
}

#[tokio::test]
async fn a_comment_is_gone_only_while_the_comments_of_its_post_are_told() {
    let (fake, page, to) = facebook(Ways::default()).await;
    let post = accepted(page.attempt(&to, &ready("Bridge open"), "k").await);
    let comment = fake.write("pema", Some(&post), "When?");
    assert!(matches!(page.comment(&to, &comment).await, Ok(Again::Is(item)) if item.text == "When?"));
    // What is hidden by the page itself is still there.
    assert!(matches!(page.hide(&to, &comment, true).await, Verdict::Accepted { .. }));
    assert!(matches!(page.comment(&to, &comment).await, Ok(Again::Is(_))));
    fake.change_reply(&comment, None);
    assert_eq!(page.comment(&to, &comment).await, Ok(Again::Gone));
    let told = |read: Result<Again, Failure>| match read {
        Err(Failure::Refused { code, .. }) => code,
        other => panic!("{other:?}"),
    };
    // The same word is said of every comment once the post is not to be seen.
    assert!(matches!(page.take_down(&to, &post).await, Verdict::Accepted { .. }));
    assert_eq!(told(page.comment(&to, &comment).await), "not-told");
    assert_eq!(told(page.comment(&to, "12345").await), "not-told", "no post to ask about");
}
