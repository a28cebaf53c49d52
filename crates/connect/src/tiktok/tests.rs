use super::bench::{access, photo};
use super::fake::{FakeTikTok, KEY, OPEN_ID, REFRESH, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::{Media, fingerprint};
use ground::clock::MINUTE;
use ground::fetch::FetchPolicy;
use serde_json::json;
use tokio::net::TcpListener;

async fn tiktok(ways: Ways) -> (FakeTikTok, TikTok, Access) {
    let fake = FakeTikTok::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let to = access(&fake);
    let patient = TikTok::new(fetch, Clock::system()).watching(Duration::from_millis(400), Duration::from_millis(20));
    (fake, patient, to)
}

fn post(text: &str) -> Post {
    Post { text: text.into(), lang: "en".into(), media: vec![photo("one"), photo("two")], ..Post::default() }
}

fn trial(to: &Access) -> Access {
    Access { secret: Secret::new(format!("only-me:{KEY}")), ..to.clone() }
}

fn code(verdict: &Verdict) -> (&str, Option<&str>) {
    match verdict {
        Verdict::Rejected { code, field, human } => {
            assert!(human.ends_with(['.', ']']) && human.len() > 20, "{human}");
            (code, field.as_deref())
        }
        other => panic!("{other:?}"),
    }
}

async fn publish(t: &TikTok, to: &Access, text: &str) -> Verdict {
    let prepared = t.prepare(to, &post(text)).await.unwrap();
    t.attempt(to, &prepared, "k").await
}

#[tokio::test]
async fn a_post_is_words_and_addresses_of_photos_seen_by_everybody() {
    let (fake, t, to) = tiktok(Ways::default()).await;
    let words = "Road closed at Dochula 🚧 #roads གློག་འཕྲིན་ \"<b>&</b>\"\n\nUntil noon.";
    let prepared = t.prepare(&to, &post(words)).await.unwrap();
    assert_eq!(fake.calls(), [CREATOR_INFO], "preparing begins nothing");
    let Verdict::Accepted { remote_id, url } = t.attempt(&to, &prepared, "k").await else { panic!() };
    assert_eq!(remote_id, "7500000000000000001");
    assert_eq!(url.as_deref(), Some("https://www.tiktok.com/@roads.bt/photo/7500000000000000001"));
    assert_eq!(fake.calls(), [INIT, STATUS]);
    let sent = fake.posted().remove(0);
    assert_eq!(sent.text, words);
    assert_eq!(sent.body["post_info"]["privacy_level"], "PUBLIC_TO_EVERYONE");
    assert_eq!(sent.body["post_info"]["auto_add_music"], false);
    let addresses = ["https://gov.example/out/one.jpg", "https://gov.example/out/two.jpg"];
    assert_eq!(sent.body["source_info"]["photo_images"], json!(addresses));

    // A name that could lead elsewhere makes no address.
    let odd = Access { handle: "@roads/../pema".into(), ..to.clone() };
    let Verdict::Accepted { url, .. } = publish(&t, &odd, "Again").await else { panic!() };
    assert_eq!(url, None);
}

#[tokio::test]
async fn what_tiktok_cannot_take_is_not_begun() {
    let (fake, t, to) = tiktok(Ways::default()).await;
    let with = |media: Vec<Media>| Post { media, ..post("Words") };
    let at = |url: Option<&str>| vec![photo("one"), Media { url: url.map(str::to_owned), ..photo("two") }];
    for url in [None, Some("http://gov.example/out/two.jpg"), Some("two.jpg"), Some("file:///etc/passwd")] {
        let refused = t.prepare(&to, &with(at(url))).await.unwrap_err();
        assert_eq!(code(&refused), ("not-reachable", Some("media")), "{url:?}");
    }
    assert_eq!(code(&t.prepare(&to, &with(vec![])).await.unwrap_err()), ("media-missing", Some("media")));
    let answer = Post { reply_to: Some("7500000000000000001".into()), ..post("Words") };
    assert_eq!(code(&t.prepare(&to, &answer).await.unwrap_err()).0, "reply-not-possible");
    let answer = Prepared { reply_to: Some("1".into()), ..Prepared::default() };
    assert_eq!(code(&t.attempt(&to, &answer, "k").await).0, "reply-not-possible");
    assert!(fake.calls().is_empty() && fake.posted().is_empty());

    let codes = |post: &Post| t.problems(post).into_iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(codes(&with(vec![])), ["media-missing"]);
    let png = Media { mime: "image/png".into(), bytes: vec![0; 20_000_001], ..photo("one") };
    assert_eq!(codes(&with(vec![png])), ["media-too-large", "media-type"]);
    assert_eq!(codes(&with(vec![photo("one"); 36])), ["media-too-many"]);
    assert_eq!(codes(&post(&"🚧".repeat(2001))), ["text-too-long"]);
    assert!(codes(&post(&"🚧".repeat(2000))).is_empty());
}

#[tokio::test]
async fn nobody_is_told_that_a_hidden_post_is_out() {
    let (fake, t, to) = tiktok(Ways { private: true, ..Ways::default() }).await;
    assert_eq!(code(&t.prepare(&to, &post("Words")).await.unwrap_err()).0, "not-public");
    assert!(fake.posted().is_empty());

    // Before the audit, a public account is refused by TikTok in words that say why.
    let (fake, t, to) = tiktok(Ways { unaudited: true, ..Ways::default() }).await;
    assert_eq!(code(&publish(&t, &to, "Words").await).0, "app-not-audited");
    assert_eq!(code(&publish(&t, &trial(&to), "Words").await).0, "app-not-audited");
    assert!(fake.posted().is_empty());

    // Trying out: a private account and a key that says so. No number is ever told of such a post.
    let (fake, t, to) = tiktok(Ways { unaudited: true, private: true, ..Ways::default() }).await;
    let verdict = publish(&t, &trial(&to), "Only for us").await;
    let sent = fake.posted().remove(0);
    assert_eq!(verdict, Verdict::Pending { remote_id: sent.publish_id });
    assert_eq!(sent.body["post_info"]["privacy_level"], "SELF_ONLY");
    assert_eq!(t.whoami(&trial(&to)).await.unwrap().account_id, OPEN_ID);
    let bare = Access { secret: Secret::new("only-me: "), ..to.clone() };
    assert_eq!(t.whoami(&bare).await, Err(Failure::Unauthorised));
}

#[tokio::test]
async fn a_posting_is_watched_for_a_while_and_then_pending() {
    let (fake, t, to) = tiktok(Ways { slow: 2, ..Ways::default() }).await;
    assert!(matches!(publish(&t, &to, "Words").await, Verdict::Accepted { .. }));
    let asked = fake.calls().iter().filter(|c| *c == STATUS).count();
    assert_eq!(asked, 3);

    for ways in [Ways { slow: 1_000_000, ..Ways::default() }, Ways { looked_at: true, ..Ways::default() }] {
        let (fake, t, to) = tiktok(ways).await;
        let verdict = publish(&t, &to, "Words").await;
        assert_eq!(verdict, Verdict::Pending { remote_id: fake.posted().remove(0).publish_id }, "{ways:?}");
        assert_eq!(fake.calls().iter().filter(|c| *c == INIT).count(), 1);
    }

    let (fake, t, to) = tiktok(Ways { slow: 1_000_000, ..Ways::default() }).await;
    let Verdict::Pending { remote_id } = publish(&t, &to, "Words").await else { panic!() };
    assert_eq!(t.standing(&to, &remote_id).await, Ok(Standing::Working));
    let told = |data: &str| format!(r#"{{"data":{data},"error":{{"code":"ok"}}}}"#);
    fake.say_instead(STATUS, 200, &told(r#"{"status":"FAILED","fail_reason":"photo_pull_failed"}"#));
    let stands = t.standing(&to, &remote_id).await;
    assert!(matches!(&stands, Ok(Standing::Refused { code, .. }) if code == "not-reachable"), "{stands:?}");
    let complete = r#"{"status":"PUBLISH_COMPLETE","publicaly_available_post_id":[7512345678901234567]}"#;
    fake.say_instead(STATUS, 200, &told(complete));
    let stands = t.standing(&to, &remote_id).await;
    assert!(matches!(&stands, Ok(Standing::Out { remote_id, .. }) if remote_id == "7512345678901234567"), "{stands:?}");
    // Without a number it is still looked at; of what only the account sees none is ever told.
    fake.say_instead(STATUS, 200, &told(r#"{"status":"PUBLISH_COMPLETE"}"#));
    assert_eq!(t.standing(&to, &remote_id).await, Ok(Standing::Working));
    let ours = t.standing(&trial(&to), &remote_id).await;
    assert_eq!(ours, Ok(Standing::Out { remote_id: remote_id.clone(), url: None }));
    for (status, body) in [(200, "<html>"), (500, "{}"), (200, r#"{"data":{"status":7},"error":{"code":"ok"}}"#)] {
        fake.say_instead(STATUS, status, body);
        assert!(t.standing(&to, &remote_id).await.is_err(), "{body}");
    }
    assert_eq!(t.standing(&to, "a/b").await, Err(Failure::Gone));

    // What cannot be read about a posting does not undo that it has begun.
    let (fake, t, to) = tiktok(Ways::default()).await;
    let done = |ids: &str| {
        let data = format!(r#"{{"status":"PUBLISH_COMPLETE","publicaly_available_post_id":{ids}}}"#);
        format!(r#"{{"data":{data},"error":{{"code":"ok"}}}}"#)
    };
    for (status, body) in [
        (200, "<html>Please wait</html>".to_owned()),
        (500, r#"{"error":{"code":"internal_error","message":""}}"#.to_owned()),
        (400, r#"{"error":{"code":"invalid_publish_id","message":"?"}}"#.to_owned()),
        (401, r#"{"error":{"code":"access_token_invalid"}}"#.to_owned()),
        (429, r#"{"error":{"code":"rate_limit_exceeded"}}"#.to_owned()),
        (200, r#"{"data":{"status":7},"error":{"code":"ok"}}"#.to_owned()),
        (200, r#"{"data":[],"error":{"code":"ok"}}"#.to_owned()),
        (200, r#"{"data":{"status":"SOMETHING_NEW"},"error":{"code":"ok"}}"#.to_owned()),
        (200, done("null")),
        (200, done("[]")),
        (200, done("[-5]")),
        (200, done("[0]")),
        (200, done(r#"["../../@pema"]"#)),
        (200, done(r#"["75\n00"]"#)),
        (200, done(r#"{"0":1}"#)),
        (200, done("[1.5]")),
    ] {
        fake.say_instead(STATUS, status, &body);
        let verdict = publish(&t, &to, "Words").await;
        let last = fake.posted().pop().unwrap().publish_id;
        assert_eq!(verdict, Verdict::Pending { remote_id: last }, "{body}");
    }
    fake.say_instead(STATUS, 200, &done(r#"["7512345678901234567"]"#));
    assert!(
        matches!(publish(&t, &to, "Words").await, Verdict::Accepted { remote_id, .. } if remote_id == "7512345678901234567")
    );
}

#[tokio::test]
async fn why_nothing_came_of_a_posting_is_told() {
    for (reason, ours) in [
        ("photo_pull_failed", "not-reachable"),
        ("file_format_check_failed", "media-type"),
        ("picture_size_check_failed", "media-size"),
        ("spam_risk_too_many_posts", "daily-limit"),
        ("spam_risk_user_banned_from_posting", "account-barred"),
        ("spam_risk_text", "looks-like-spam"),
        ("spam_risk", "looks-like-spam"),
        ("publish_cancelled", "cancelled"),
        ("internal", "failed"),
        ("", "failed"),
        ("<script>new\u{1b}</script>", "failed"),
    ] {
        let (fake, t, to) = tiktok(Ways { fails: Some(reason), slow: 1, ..Ways::default() }).await;
        let verdict = publish(&t, &to, "Words").await;
        assert_eq!(code(&verdict).0, ours, "{reason}");
        assert!(!format!("{verdict:?}").contains(['<', '\u{1b}']) && fake.posted().is_empty());
    }
    let (_fake, t, to) = tiktok(Ways { fails: Some("auth_removed"), ..Ways::default() }).await;
    assert_eq!(publish(&t, &to, "Words").await, Verdict::Unauthorised);
}

#[tokio::test]
async fn codes_come_before_statuses() {
    let (fake, t, to) = tiktok(Ways::default()).await;
    let prepared = t.prepare(&to, &post("Words")).await.unwrap();
    let body =
        |code: &str| format!(r#"{{"data":{{}},"error":{{"code":"{code}","message":"m","log_id":"20260801A"}}}}"#);
    for (status, theirs, ours) in [
        (401, "scope_not_authorized", "permission-missing"),
        (401, "scope_permission_missed", "permission-missing"),
        (200, "spam_risk_too_many_posts", "daily-limit"),
        (403, "spam_risk_too_many_pending_share", "too-many-waiting"),
        (403, "spam_risk_user_banned_from_posting", "account-barred"),
        (200, "reached_active_user_cap", "app-full"),
        (403, "unaudited_client_can_only_post_to_private_accounts", "app-not-audited"),
        (403, "url_ownership_unverified", "address-not-verified"),
        (400, "privacy_level_option_mismatch", "not-public"),
        (400, "invalid_file_upload", "media-type"),
        (400, "invalid_params", "refused"),
        (403, "something_new", "forbidden"),
    ] {
        fake.say_instead(INIT, status, &body(theirs));
        assert_eq!(code(&t.attempt(&to, &prepared, "k").await).0, ours, "{theirs}");
        fake.say_instead(CREATOR_INFO, status, &body(theirs));
        assert_eq!(code(&t.prepare(&to, &post("Words")).await.unwrap_err()).0, ours, "{theirs}");
    }
    for status in [200, 400, 403, 429] {
        fake.say_instead(INIT, status, &body("rate_limit_exceeded"));
        let Verdict::RateLimited { until_us: Some(until) } = t.attempt(&to, &prepared, "k").await else { panic!() };
        assert!((until - Clock::system().now() - MINUTE).abs() < MINUTE / 2);
        fake.say_instead(INIT, status, &body("access_token_invalid"));
        assert_eq!(t.attempt(&to, &prepared, "k").await, Verdict::Unauthorised, "{status}");
    }
    fake.say_instead(INIT, 400, &body("invalid_params"));
    let Verdict::Rejected { human, .. } = t.attempt(&to, &prepared, "k").await else { panic!() };
    assert_eq!(human, "TikTok refuses (invalid_params): m TikTok's number for this: 20260801A.");
    // The key in TikTok's words goes no further.
    fake.say_instead(INIT, 400, &body("invalid_params").replace("\"m\"", &format!("\"bad {KEY}\"")));
    let verdict = format!("{:?}", t.attempt(&to, &prepared, "k").await);
    assert!(verdict.contains("invalid_params") && !verdict.contains(KEY), "{verdict}");
}

#[tokio::test]
async fn an_answer_that_is_not_clear_is_neither_yes_nor_no() {
    let (fake, t, to) = tiktok(Ways::default()).await;
    let prepared = t.prepare(&to, &post("Words")).await.unwrap();
    let begun = |id: &str| format!(r#"{{"data":{{"publish_id":{id}}},"error":{{"code":"ok"}}}}"#);
    for (status, body) in [
        (200, "<!DOCTYPE html>".to_owned()),
        (200, String::new()),
        (200, "null".to_owned()),
        (200, r#"{"data":null,"error":{"code":"ok"}}"#.to_owned()),
        (200, r#"{"data":"p_pub_url~v2.1","error":{"code":"ok"}}"#.to_owned()),
        (200, r#"{"data":{},"error":{"code":"ok"}}"#.to_owned()),
        (200, begun("7")),
        (200, begun("\"\"")),
        (200, begun(r#""p_pub\n_url""#)),
        (200, begun(r#""../status""#)),
        (200, begun(&format!("\"{}\"", "p".repeat(65)))),
        (200, r#"{"data":{"publish_id":"p~1"},"error":{"code":"internal_error"}}"#.to_owned()),
        (200, r#"{"data":{"publish_id":"p~1"},"error":{"code":"something_new"}}"#.to_owned()),
        // A server in trouble may have done it, whatever it calls its trouble.
        (500, r#"{"error":{"code":"internal_error","message":"?"}}"#.to_owned()),
        (503, r#"{"error":{"code":"rate_limit_exceeded","message":"?"}}"#.to_owned()),
        (408, r#"{"error":{"code":"spam_risk","message":"?"}}"#.to_owned()),
    ] {
        fake.say_instead(INIT, status, &body);
        let verdict = t.attempt(&to, &prepared, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }) && !verdict.may_repeat(), "{body}: {verdict:?}");
        // The same as an answer to what only asks: nothing has begun.
        fake.say_instead(CREATOR_INFO, status, &body);
        let verdict = t.prepare(&to, &post("Words")).await.unwrap_err();
        assert!(matches!(verdict, Verdict::NotSent { .. }), "{body}: {verdict:?}");
    }
    let who = |name: &str, levels: &str| {
        let data = format!(r#"{{"creator_username":{name},"privacy_level_options":{levels}}}"#);
        format!(r#"{{"data":{data},"error":{{"code":"ok"}}}}"#)
    };
    for body in
        [who("\"roads\"", "\"PUBLIC_TO_EVERYONE\""), who("\"roads\"", "{}"), who("7", "[]"), who("\"a/b\"", "[]")]
    {
        fake.say_instead(CREATOR_INFO, 200, &body);
        let verdict = t.prepare(&to, &post("Words")).await.unwrap_err();
        assert!(matches!(verdict, Verdict::NotSent { .. }), "{body}: {verdict:?}");
    }
    for levels in ["[]", "[7]", "[\"SELF_ONLY\"]"] {
        fake.say_instead(CREATOR_INFO, 200, &who("\"roads\"", levels));
        assert_eq!(code(&t.prepare(&to, &post("Words")).await.unwrap_err()).0, "not-public", "{levels}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_for_a_person_to_settle() {
    let (fake, t, to) = tiktok(Ways { html: true, ..Ways::default() }).await;
    let lost = publish(&t, &to, "Behind a proxy that answers with a page").await;
    assert!(matches!(lost, Verdict::Unknown { .. }));
    assert_eq!(fake.posted().len(), 1, "it is out all the same");

    let (fake, t, to) = tiktok(Ways::default()).await;
    let prepared = t.prepare(&to, &post("Words")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::DropAfter));
    assert!(matches!(t.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    fake.calls();
    let sought = Sought { key: "k".into(), fingerprint: fingerprint("Words"), container: None, since_us: 0 };
    assert_eq!(t.find(&to, &sought).await, Found::CannotTell);
    assert!(fake.calls().is_empty(), "there is nothing to ask");
    assert_eq!(fake.posted().len(), 1);
}

#[tokio::test]
async fn whose_key_it_is() {
    let (fake, t, to) = tiktok(Ways::default()).await;
    let me = t.whoami(&to).await.unwrap();
    assert_eq!(
        (me.account_id.as_str(), me.handle.as_str(), me.name.as_str()),
        (OPEN_ID, "@roads.bt", "Department of Roads")
    );
    assert_eq!(me.url.as_deref(), Some("https://www.tiktok.com/@roads.bt"));
    for (handle, id) in [("@roads.bt", Some(OPEN_ID)), ("Roads.BT", Some(OPEN_ID)), ("@pema", None), ("", None)] {
        assert_eq!(t.resolve(&to, handle).await, Ok(id.map(str::to_owned)), "{handle}");
    }
    for key in ["", " ", "act.a b", "act.\u{1}x", "ключ"] {
        let wrong = Access { secret: Secret::new(key), ..to.clone() };
        assert_eq!(t.whoami(&wrong).await, Err(Failure::Unauthorised), "{key}");
    }
    let told =
        |id: &str| format!(r#"{{"data":{{"user":{{"open_id":{id},"display_name":"R"}}}},"error":{{"code":"ok"}}}}"#);
    for body in [told("7"), told("\"\""), told("\"a\\u0000b\""), told("\"../x\""), "<html>".into(), "{}".into()] {
        fake.say_instead("/v2/user/info/", 200, &body);
        assert!(matches!(t.whoami(&to).await, Err(Failure::Unreachable { .. })), "{body}");
        assert!(matches!(t.resolve(&to, "@roads.bt").await, Err(Failure::Unreachable { .. })), "{body}");
    }
    fake.say_instead("/v2/user/info/", 200, &told("\"-000A_b\""));
    assert_eq!(t.whoami(&to).await.unwrap().account_id, "-000A_b");
    // A key that may not post opens no account.
    fake.say_instead(CREATOR_INFO, 401, r#"{"error":{"code":"scope_not_authorized","message":""}}"#);
    assert!(matches!(t.whoami(&to).await, Err(Failure::Refused { code, .. }) if code == "permission-missing"));
}

#[tokio::test]
async fn a_key_is_renewed_once_by_each_word_that_renews() {
    let (fake, t, to) = tiktok(Ways::default()).await;
    let refresh = |token: &str| Secret::new(format!("aw0app:s3cret:{token}"));
    let new = t.renew(&to, &refresh(REFRESH)).await.unwrap().unwrap();
    assert_eq!((new.secret.reveal(), new.lasts_s), ("act.next!1.e1", Some(7200)));
    assert_eq!(new.refresh.as_ref().unwrap().reveal(), "aw0app:s3cret:rft.next!1.e1");
    assert_eq!(t.renew(&to, &refresh(REFRESH)).await.unwrap_err(), Failure::Unauthorised, "it is used up");
    // A key for trying out stays one.
    let next = t.renew(&trial(&to), &new.refresh.unwrap()).await.unwrap().unwrap();
    assert_eq!(next.secret.reveal(), "only-me:act.next!2.e1");
    for wrong in ["", "aw0app", "aw0app:s3cret", "aw0app:s3cret:", ":s3cret:x", "aw0app:s 3:x", "aw0app:other:x"] {
        assert_eq!(t.renew(&to, &Secret::new(wrong)).await.unwrap_err(), Failure::Unauthorised, "{wrong}");
    }
    for (status, body) in [
        (200, "<html>"),
        (200, r#"{"access_token":""}"#),
        (200, r#"{"access_token":"a\nb"}"#),
        (200, r#"{"access_token":7}"#),
        (500, r#"{"error":"invalid_grant"}"#),
        (503, ""),
    ] {
        fake.say_instead(TOKENS, status, body);
        let failure = t.renew(&to, &refresh("x")).await.unwrap_err();
        assert!(matches!(failure, Failure::Unreachable { .. }), "{body}: {failure:?}");
    }
    fake.say_instead(TOKENS, 400, r#"{"error":"unsupported_grant_type","error_description":"aw0app:s3cret:rft"}"#);
    let failure = t.renew(&to, &refresh("rft")).await.unwrap_err();
    assert!(
        matches!(&failure, Failure::Refused { human, .. } if human == "TikTok does not renew the key."),
        "{failure}"
    );
    fake.say_instead(TOKENS, 200, r#"{"access_token":"act.y","refresh_token":" ","expires_in":-1}"#);
    let new = t.renew(&to, &refresh("x")).await.unwrap().unwrap();
    assert!(new.secret.reveal() == "act.y" && new.refresh.is_none() && new.lasts_s.is_none());
}
