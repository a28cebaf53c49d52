//! Answers after which it is not certain what was done, and answers that cannot be read.
use super::fake::Ways;
use super::tests::{ready, server, sought};
use super::*;
use crate::trial::refusal;

#[tokio::test]
async fn a_refusal_that_may_come_after_the_deed_is_no_refusal() {
    for (status, told) in [
        (400, r#"{"error":"couldnt_create_post"}"#),
        (400, r#"{"error":"couldnt_like_post"}"#),
        (404, r#"{"error":"couldnt_find_post"}"#),
        (404, r#"{"error":"Record not found"}"#),
        (400, r#"{"error":"unknown","message":"pool timed out"}"#),
        (400, "pool timed out"),
        (404, "Record not found"),
        (500, r#"{"error":"slurs"}"#),
    ] {
        let (fake, lemmy, to) = server(Ways::default()).await;
        let since = Clock::system().now();
        fake.say_instead("/api/v3/post", Some((status, told)));
        let verdict = lemmy.attempt(&to, &ready("Landslide at Box Cutting"), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{told}: {verdict:?}");
        let found = lemmy.find(&to, &sought(&ready("Landslide at Box Cutting"), since)).await;
        assert!(matches!(found, Found::Yes { .. }), "{told}: {found:?}");
    }
    let (fake, lemmy, to) = server(Ways::default()).await;
    for (status, told, ours) in [
        (400, r#"{"error":"couldnt_find_community"}"#, "not-found"),
        (404, r#"{"error":"couldnt_find_community"}"#, "gone"),
        (400, r#"{"error":"only_mods_can_post_in_community"}"#, "forbidden"),
        (404, "<html>", "gone"),
        (413, "<html>", "too-large"),
    ] {
        fake.say_instead("/api/v3/post", Some((status, told)));
        assert_eq!(refusal(&lemmy.attempt(&to, &ready("Road dry"), "k").await).0, ours, "{told}");
    }
    fake.say_instead("/api/v3/post", Some((400, r#"{"error":"rate_limit_error"}"#)));
    assert_eq!(lemmy.attempt(&to, &ready("Road dry"), "k").await, Verdict::RateLimited { until_us: None });
    // The same of a comment that is moderated, which was there before: in words it is not certain, not found is gone.
    fake.say_instead("/api/v3/comment/remove", Some((400, "pool timed out")));
    assert!(matches!(lemmy.hide(&to, "c5", true).await, Verdict::Unknown { .. }));
    fake.say_instead("/api/v3/comment/remove", Some((404, "Record not found")));
    assert_eq!(refusal(&lemmy.hide(&to, "c5", true).await).0, "gone");
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_yes() {
    for instead in [
        "",
        "<!DOCTYPE html>",
        "[]",
        "null",
        r#"{"post_view":{"post":{"id":"5"}}}"#,
        r#"{"post_view":{"post":{"id":-5}}}"#,
        r#"{"post_view":{"post":{"id":0}}}"#,
        r#"{"post_view":{"post":{"id":5"#,
        r#"{"post_view":{"post":{"id":"5\r\n/../x"}}}"#,
    ] {
        let (fake, lemmy, to) = server(Ways::default()).await;
        fake.say_instead("/api/v3/post", Some((200, instead)));
        let verdict = lemmy.attempt(&to, &ready("Landslide at Box Cutting"), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{instead}: {verdict:?}");
        assert_eq!(fake.own_texts().len(), 1, "and it was done");
        for verdict in [lemmy.edit(&to, "p101", &ready("Road dry")).await, lemmy.take_down(&to, "p101").await] {
            assert!(!matches!(verdict, Verdict::Accepted { .. }), "{instead}: {verdict:?}");
        }
        assert!(matches!(lemmy.metrics(&to, "p101").await, Err(Failure::Unreachable { .. })), "{instead}");
    }
    let deep = "[".repeat(200_000);
    let of_another = r#"{"posts":[{"post":{"id":5,"creator_id":9,"community_id":12,"name":"x","published":"2026-01-01T00:00:00Z"}}],"comments":[]}"#;
    for wrong in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"posts":[]}"#,
        r#"{"posts":{},"comments":[]}"#,
        r#"{"posts":[7],"comments":[]}"#,
        r#"{"posts":[{"post":{"id":-1}}],"comments":[]}"#,
        r#"{"posts":[{"post":{"id":5,"creator_id":7,"community_id":12,"name":"x","published":"yesterday"}}],"comments":[]}"#,
        of_another,
        deep.as_str(),
    ] {
        let (fake, lemmy, to) = server(Ways::default()).await;
        fake.say_instead("/api/v3/user", Some((200, wrong)));
        let what: String = wrong.chars().take(60).collect();
        // Signing in is below that path too.
        assert_eq!(lemmy.find(&to, &sought(&ready("Road dry"), 0)).await, Found::CannotTell, "{what}");
        fake.say_instead("", None);
        lemmy.whoami(&to).await.unwrap();
        fake.say_instead("/api/v3/user", Some((200, wrong)));
        assert_eq!(lemmy.find(&to, &sought(&ready("Road dry"), 0)).await, Found::CannotTell, "{what}");
        for cursor in [None, Some("1 0;1 0".to_owned())] {
            let page = lemmy.own_posts(&to, cursor).await;
            assert!(matches!(page, Err(Failure::Unreachable { .. })), "{what}: {page:?}");
        }
    }
    let unfit = r#"{"comments":[{"comment":{"id":5,"creator_id":9,"post_id":1,"content":"x","published":"2026-01-01T00:00:00Z","path":"0.5"}}]}"#;
    for wrong in ["", "<html>", "[]", "{}", r#"{"comments":{}}"#, r#"{"comments":[7]}"#, unfit, deep.as_str()] {
        let (fake, lemmy, to) = server(Ways::default()).await;
        fake.say_instead("/api/v3/comment/list", Some((200, wrong)));
        for cursor in [None, Some("1 0".to_owned())] {
            let page = lemmy.inbound(&to, cursor).await;
            assert!(matches!(page, Err(Failure::Unreachable { .. })), "{:.60}: {page:?}", wrong);
        }
    }
    let (_fake, lemmy, to) = server(Ways::default()).await;
    for bad in ["x", "1 0", "1 0;", ";"] {
        assert!(matches!(lemmy.own_posts(&to, Some(bad.into())).await, Err(Failure::Refused { .. })), "{bad}");
    }
}
