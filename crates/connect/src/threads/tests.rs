use super::fake::{ACCOUNT, FakeThreads, OWN, RENEWED, SECRET};
use super::*;
use crate::meta::container::Container;
use crate::simulator::{Fault, SetFault};
use crate::trial::code;
use crate::{Inbound, Media, fingerprint};
use ground::clock::{HOUR, SECOND};
use ground::fetch::FetchPolicy;
use std::time::Duration;
use tokio::net::TcpListener;

pub(super) async fn threads() -> (FakeThreads, Threads, Access) {
    let fake = FakeThreads::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: ACCOUNT.into(),
        handle: format!("@{OWN}"),
    };
    let mut threads = Threads::new(fetch, Clock::system());
    threads.graph.pause = Duration::from_millis(1);
    (fake, threads, access)
}

fn post(text: &str) -> Post {
    Post { text: text.into(), ..Post::default() }
}

pub(super) fn picture(alt: &str) -> Media {
    let url = Some(format!("https://gov.example/out/{}.png", alt.len()));
    Media { bytes: b"\x89PNG1".to_vec(), mime: "image/png".into(), alt: alt.into(), url, path: None }
}

pub(super) fn sought(text: &str, container: Option<&str>) -> Sought {
    let since_us = Clock::system().now() - SECOND;
    Sought { key: "k".into(), fingerprint: fingerprint(text), container: container.map(str::to_owned), since_us }
}

pub(super) fn container(prepared: &Prepared) -> Container {
    Container::parse(prepared.container.as_deref().unwrap()).unwrap()
}

/// The same post, made ready so long ago.
fn aged(prepared: &Prepared, us: i64) -> Prepared {
    let made = container(prepared);
    let older = Container { at_us: made.at_us - us, ..made };
    Prepared { container: Some(older.written()), ..prepared.clone() }
}

pub(super) fn published(fake: &FakeThreads) -> usize {
    fake.asked().iter().filter(|a| a.contains("threads_publish")).count()
}

fn error(number: i64) -> String {
    format!(r#"{{"error":{{"message":"Words","type":"OAuthException","code":{number}}}}}"#)
}

#[tokio::test]
async fn pictures_are_fetched_from_their_addresses() {
    let (fake, c, to) = threads().await;
    fake.be_slow(3);
    for alts in [vec!["A bridge"], vec!["One", "Two", ""]] {
        let media = alts.iter().map(|a| picture(a)).collect();
        let prepared = c.prepare(&to, &Post { media, ..post("Look") }).await.unwrap();
        assert!(fake.own().iter().all(|e| e.alts != alts), "nothing is out yet");
        let verdict = c.attempt(&to, &prepared, "k").await;
        assert!(matches!(verdict, Verdict::Accepted { url: Some(_), .. }), "{verdict:?}");
        assert_eq!(fake.own().last().unwrap().alts, alts);
    }
    let before = fake.asked().len();
    let unreachable = Post { media: vec![picture("x"), Media { url: None, ..picture("y") }], ..post("Look") };
    assert_eq!(code(&c.prepare(&to, &unreachable).await.unwrap_err()), "not-reachable");
    assert_eq!(code(&c.prepare(&to, &post(&"🚧".repeat(126))).await.unwrap_err()), "text-too-long");
    let linked = |n: usize| (0..n).map(|n| format!("https://a.bt/{n} ")).collect::<String>();
    assert_eq!(code(&c.prepare(&to, &post(&linked(6))).await.unwrap_err()), "links-too-many");
    let problem = &c.problems(&post(&linked(6)))[0];
    assert_eq!((problem.code, problem.limit, problem.found), ("links-too-many", Some(5), Some(6)));
    assert!(c.problems(&post(&linked(5))).is_empty());
    for bad in ["../me", "", "1_2", "1?fields=x"] {
        let answer = Post { reply_to: Some(bad.into()), ..post("x") };
        assert_eq!(code(&c.prepare(&to, &answer).await.unwrap_err()), "gone", "{bad}");
    }
    assert_eq!(fake.asked().len(), before, "nothing was asked for these");
    assert_eq!(c.problems(&post(&"🚧".repeat(126)))[0].found, Some(504));
    assert!(c.problems(&post(&"🚧".repeat(125))).is_empty());
    assert!(fake.asked().iter().all(|a| !a.contains("auto_publish") && !a.contains(SECRET)));
    // Pictures that never get ready hold back the carousel, and nothing is out.
    fake.be_slow(999);
    let several = Post { media: vec![picture("a"), picture("b")], ..post("Later") };
    assert!(matches!(c.prepare(&to, &several).await, Err(Verdict::NotReady { .. })));
    let one = c.prepare(&to, &Post { media: vec![picture("a")], ..post("Later") }).await.unwrap();
    assert!(matches!(c.attempt(&to, &one, "k").await, Verdict::NotReady { .. }));
    assert_eq!(fake.own().len(), 2);
    fake.be_slow(0);
    fake.say_instead("fields=status", 200, r#"{"status":"ERROR","error_message":"FAILED_DOWNLOADING_IMAGE"}"#);
    match c.prepare(&to, &several).await.unwrap_err() {
        Verdict::Rejected { code, human, .. } => {
            assert!(code == "not-ready" && human.contains("FAILED_DOWNLOADING_IMAGE"), "{human}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_container_goes_out_once() {
    let (fake, c, to) = threads().await;
    let prepared = c.prepare(&to, &post("Landslide at Box Cutting")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::ErrorAfterCommit));
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    let out = fake.own()[0].id.clone();
    for _ in 0..2 {
        let again = c.attempt(&to, &prepared, "k").await;
        assert!(matches!(&again, Verdict::Accepted { remote_id, .. } if *remote_id == out), "{again:?}");
    }
    assert_eq!((fake.own().len(), published(&fake)), (1, 1));
    // What was made longer ago is not published while nobody knows whether it is out.
    let old = aged(&c.prepare(&to, &post("Second")).await.unwrap(), HOUR);
    for (status, said) in [(500, error(2)), (200, "<html>".into()), (200, r#"{"status":7}"#.into()), (400, error(4))] {
        fake.say_instead("fields=status", status, &said);
        let verdict = c.attempt(&to, &old, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. } | Verdict::RateLimited { .. }), "{said}: {verdict:?}");
    }
    assert_eq!(published(&fake), 1);
    // A refusal of what turns out to be out is none.
    fake.say_instead("threads_publish", 400, &error(24));
    let verdict = c.attempt(&to, &old, "k").await;
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    fake.say_instead("", 0, "");
    for (state, what) in [("EXPIRED", "expired"), ("ERROR", "not-ready")] {
        let prepared = c.prepare(&to, &post("Third")).await.unwrap();
        fake.set_state(&container(&prepared).id, state);
        assert_eq!(code(&c.attempt(&to, &prepared, "k").await), what);
    }
    let prepared = c.prepare(&to, &post("Third")).await.unwrap();
    fake.set_state(&container(&prepared).id, "IN_PROGRESS");
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::NotReady { .. }));
    for odd in [None, Some("17".to_owned()), Some("../me 5".to_owned())] {
        let unmade = Prepared { container: odd, ..prepared.clone() };
        assert!(matches!(c.attempt(&to, &unmade, "k").await, Verdict::NotSent { .. }));
    }
    assert_eq!(fake.own().len(), 2);
}

#[tokio::test]
async fn the_container_tells_whether_it_is_out() {
    let (fake, c, to) = threads().await;
    let prepared = c.prepare(&to, &post("Rain expected")).await.unwrap();
    let held = prepared.container.as_deref();
    let id = container(&prepared).id;
    for (state, found) in
        [("FINISHED", Found::No), ("IN_PROGRESS", Found::No), ("EXPIRED", Found::No), ("ERROR", Found::No)]
    {
        fake.set_state(&id, state);
        assert_eq!(c.find(&to, &sought("Rain expected", held)).await, found, "{state}");
    }
    for state in ["PUBLISHED", "SOMETHING NEW", ""] {
        fake.set_state(&id, state);
        assert_eq!(c.find(&to, &sought("Rain expected", held)).await, Found::CannotTell, "{state}");
    }
    fake.set_state(&id, "PUBLISHED");
    let out = fake.write(OWN, None, "Rain  expected");
    for state in ["PUBLISHED", "EXPIRED", "ERROR"] {
        fake.set_state(&id, state);
        let found = c.find(&to, &sought("Rain expected", held)).await;
        assert!(matches!(&found, Found::Yes { remote_id, url: Some(_) } if *remote_id == out), "{state}: {found:?}");
    }
    // The same words in an answer: which of the two it is, nobody knows.
    fake.write(OWN, Some(&out), "Rain expected");
    assert_eq!(c.find(&to, &sought("Rain expected", held)).await, Found::CannotTell);
    assert_eq!(c.find(&to, &sought("", held)).await, Found::CannotTell, "pictures without words");
    for odd in [None, Some(""), Some("17"), Some("../me 5")] {
        assert_eq!(c.find(&to, &sought("x", odd)).await, Found::CannotTell, "{odd:?}");
    }
    fake.set_state(&id, "ERROR");
    for wrong in ["", "[]", "{}", "<html>", r#"{"data":{}}"#, r#"{"data":[7]}"#, &error(1)] {
        fake.say_instead(&format!("{ACCOUNT}/threads"), 200, wrong);
        assert_eq!(c.find(&to, &sought("Anything else", held)).await, Found::CannotTell, "{wrong}");
    }
}

#[tokio::test]
async fn a_container_that_is_not_there_yet_is_published_a_little_later() {
    let (fake, c, to) = threads().await;
    let prepared = c.prepare(&to, &post("Landslide")).await.unwrap();
    fake.be_early(2);
    for _ in 0..2 {
        assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::NotReady { .. }));
    }
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Accepted { .. }));
    assert_eq!(fake.own().len(), 1);
}

#[tokio::test]
async fn what_is_passed_on_is_not_taken_for_what_was_said() {
    let (fake, c, to) = threads().await;
    let prepared = c.prepare(&to, &post("Landslide")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::ErrorAfterCommit));
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    let out = fake.own()[0].id.clone();
    fake.repost("Landslide");
    let found = c.find(&to, &sought("Landslide", prepared.container.as_deref())).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == out), "{found:?}");
}

#[tokio::test]
async fn answers_and_mentions_come_in_once() {
    let (fake, c, to) = threads().await;
    let post = fake.write(OWN, None, "Bridge open again");
    let quiet = fake.write(OWN, None, "Nothing to say to this");
    let passed_on = fake.repost("Somebody else's words");
    let first = c.inbound(&to, None).await.unwrap();
    assert!(first.items.is_empty() && !first.more);
    let question = fake.write("pema.d", Some(&post), "Until when?");
    let ours = fake.write(OWN, Some(&question), "Until noon");
    let both = fake.mention("karma_w", Some(&ours), "Thanks @roads.bt");
    let mention = fake.mention("sonam", None, "Ask @roads.bt");
    let page = c.inbound(&to, first.cursor.clone()).await.unwrap();
    let told = |i: &Inbound| (i.remote_id.clone(), i.in_reply_to.clone(), i.author_name.clone(), i.author_id.clone());
    let mut seen: Vec<_> = page.items.iter().map(told).collect();
    seen.sort();
    let line =
        |id: &str, to: Option<&str>, by: &str| (id.into(), to.map(str::to_owned), format!("@{by}"), by.to_owned());
    assert_eq!(
        seen,
        [line(&question, Some(&post), "pema.d"), line(&both, Some(&ours), "karma_w"), line(&mention, None, "sonam")]
    );
    for not_ours in [&quiet, &passed_on] {
        assert!(
            fake.asked().iter().all(|a| !a.contains(&format!("{not_ours}/conversation"))),
            "nothing is said to us there"
        );
    }
    assert!(c.inbound(&to, page.cursor.clone()).await.unwrap().items.is_empty());
    // More than a page of answers, and no permission for mentions.
    let all: Vec<String> = (0..120).map(|n| fake.write("pema.d", Some(&post), &format!("Number {n}"))).collect();
    fake.say_instead("/mentions", 403, &error(10));
    let (mut ids, mut cursor) = (Vec::new(), page.cursor);
    for _ in 0..5 {
        let page = c.inbound(&to, cursor).await.unwrap();
        ids.extend(page.items.into_iter().map(|i| i.remote_id));
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    assert_eq!(ids, all);
    for wrong in ["", "<html>", "{}", r#"{"data":[{"id":"1\u0007","timestamp":"2026-11-29T00:00:00+0000"}]}"#] {
        for list in ["/mentions", "/conversation", &format!("{ACCOUNT}/threads")] {
            fake.say_instead(list, 200, wrong);
            assert!(matches!(c.inbound(&to, cursor.clone()).await, Err(Failure::Unreachable { .. })), "{list} {wrong}");
        }
    }
    fake.say_instead("", 0, "");
    assert_eq!(c.hide(&to, &question, true).await, Verdict::Accepted { remote_id: question.clone(), url: None });
    assert!(fake.is_hidden(&question));
    for bad in ["../me", "", "1/2", "99"] {
        assert_eq!(code(&c.hide(&to, bad, true).await), "gone", "{bad}");
    }
    fake.say_instead("manage_reply", 200, r#"{"success":"true"}"#);
    assert!(matches!(c.hide(&to, &question, false).await, Verdict::Unknown { .. }));
}

#[tokio::test]
async fn lists_that_cannot_be_read_are_no_lists() {
    let (fake, c, to) = threads().await;
    fake.write(OWN, None, "One");
    let item = r#"{"id":"12","timestamp":"2026-11-29T00:00:00+0000","text":"x"}"#;
    let page = |paging: &str| format!(r#"{{"data":[{item}],"paging":{paging}}}"#);
    let deep = "[".repeat(100_000);
    for wrong in [
        "",
        "null",
        "<html>",
        "{}",
        r#"{"data":[{"id":12,"timestamp":"2026-11-29T00:00:00+0000"}]}"#,
        r#"{"data":[{"id":"12/..","timestamp":"2026-11-29T00:00:00+0000"}]}"#,
        r#"{"data":[{"id":"12","timestamp":"yesterday"}]}"#,
        deep.as_str(),
        // Pages that never turn, and pages without a way on.
        &page(r#"{"next":"https://x","cursors":{"after":"A"}}"#),
        &page(r#"{"next":"https://x"}"#),
    ] {
        fake.say_instead("/threads?", 200, wrong);
        let what: String = wrong.chars().take(60).collect();
        assert!(matches!(c.own_posts(&to, Some("0".into())).await, Err(Failure::Unreachable { .. })), "{what}");
    }
    fake.say_instead("?", 200, r#"{"data":[]}"#);
    assert_eq!(c.own_posts(&to, None).await.unwrap().cursor.as_deref(), Some("0"));
    fake.say_instead("", 0, "");
    for bad in ["x", "1 ../me"] {
        assert!(matches!(c.own_posts(&to, Some(bad.into())).await, Err(Failure::Refused { .. })));
        assert!(matches!(c.inbound(&to, Some(bad.into())).await, Err(Failure::Refused { .. })));
    }
    let nobody = Access { remote_account_id: "me/../1".into(), ..to.clone() };
    assert!(matches!(c.own_posts(&nobody, None).await, Err(Failure::Refused { code, .. }) if code == "account"));
}

#[tokio::test]
async fn writes_without_a_clear_answer_are_unknown() {
    for (status, said) in [
        (200, ""),
        (200, "<html>"),
        (200, "{}"),
        (200, r#"{"id":5}"#),
        (200, r#"{"id":"5\n"}"#),
        (200, r#"{"id":"../me"}"#),
        (500, "<html>"),
        (400, r#"{"error":{"message":"Words","code":2}}"#),
    ] {
        let (fake, c, to) = threads().await;
        let prepared = c.prepare(&to, &post("Landslide")).await.unwrap();
        fake.say_instead("threads_publish", status, said);
        let verdict = c.attempt(&to, &prepared, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{said}: {verdict:?}");
        assert!(matches!(c.find(&to, &sought("Landslide", prepared.container.as_deref())).await, Found::Yes { .. }));
        // Making a container anew is harmless.
        fake.say_instead("/threads", status, said);
        let verdict = c.prepare(&to, &post("Landslide")).await;
        assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{said}: {verdict:?}");
    }
    let (fake, c, to) = threads().await;
    let id = fake.write(OWN, None, "x");
    fake.say_instead(&id, 200, r#"{"success":false}"#);
    assert!(matches!(c.take_down(&to, &id).await, Verdict::Unknown { .. }));
    fake.say_instead("", 0, "");
    // Gone is believed only of the account's own token.
    fake.say_instead("/me?", 200, r#"{"id":"7","username":"other"}"#);
    assert_eq!(code(&c.take_down(&to, "99").await), "forbidden");
    fake.say_instead("/me?", 500, "");
    assert!(matches!(c.take_down(&to, "99").await, Verdict::Unknown { .. }));
    assert_eq!(code(&c.take_down(&to, "../me").await), "gone");
}

#[tokio::test]
async fn the_token_stands_in_headers_and_renews_itself() {
    let (fake, c, to) = threads().await;
    let refresh = Secret::new("unused");
    let new = c.renew(&to, &refresh).await.unwrap().unwrap();
    assert_eq!((new.secret.reveal(), new.lasts_s, new.refresh.is_none()), (RENEWED, Some(2_592_000), true));
    let id = fake.write(OWN, None, "x");
    let counts = c.metrics(&to, &id).await.unwrap();
    assert_eq!(counts, Counts { likes: Some(5), shares: Some(13), replies: Some(0), views: Some(5) });
    assert!(fake.asked().iter().all(|a| !a.contains(SECRET)), "no token in an address");
    assert_eq!(c.metrics(&to, "../me").await, Err(Failure::Gone));
    fake.say_instead("insights", 200, r#"{"data":[{"name":"likes","values":[{"value":"many"}]},7]}"#);
    assert_eq!(c.metrics(&to, &id).await, Ok(Counts::default()));
    for odd in ["", "{}", r#"{"access_token":""}"#, r#"{"access_token":"a b"}"#, r#"{"access_token":7}"#, "<html>"] {
        fake.say_instead("refresh_access_token", 200, odd);
        assert!(matches!(c.renew(&to, &refresh).await, Err(Failure::Unreachable { .. })), "{odd}");
    }
    fake.say_instead("refresh_access_token", 400, &error(190));
    assert!(matches!(c.renew(&to, &refresh).await, Err(Failure::Unauthorised)));
    assert_eq!(c.resolve(&to, "@somebody").await, Ok(None));
    for bad in ["", " ", "a b", "a\r\nx: y", "ཀ"] {
        let wrong = Access { secret: Secret::new(bad), ..to.clone() };
        assert_eq!(c.whoami(&wrong).await, Err(Failure::Unauthorised), "{bad}");
    }
    for odd in [
        r#"{"id":7,"username":"x"}"#,
        r#"{"id":"7"}"#,
        r#"{"id":"7","username":"a/b"}"#,
        r#"{"id":"1_2","username":"x"}"#,
    ] {
        fake.say_instead("/me?", 200, odd);
        assert!(matches!(c.whoami(&to).await, Err(Failure::Unreachable { .. })), "{odd}");
    }
    for (address, kept) in [
        ("https://www.threads.com/@a/post/C1", true),
        ("https://threads.net/@a", true),
        ("http://www.threads.com/@a", false),
        ("https://threads.com.example/@a", false),
        ("https://notthreads.com/@a", false),
        ("https://a@threads.com/", false),
        ("javascript:alert(1)", false),
    ] {
        assert_eq!(on_threads(Some(address)).is_some(), kept, "{address}");
    }
}
