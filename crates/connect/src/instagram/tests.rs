use super::fake::{ACCOUNT, FakeInstagram, OWN, RENEWED, SECRET, Ways};
use super::*;
use crate::meta::container::Container;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, code};
use crate::{Inbound, Media, fingerprint};
use ground::clock::{DAY, HOUR, SECOND};
use ground::fetch::FetchPolicy;
use std::time::Duration;
use tokio::net::TcpListener;

pub(super) async fn instagram(ways: Ways) -> (FakeInstagram, Instagram, Access) {
    let fake = FakeInstagram::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: ACCOUNT.into(),
        handle: format!("@{OWN}"),
    };
    let mut instagram = Instagram::new(fetch, Clock::system());
    instagram.graph.pause = Duration::from_millis(1);
    (fake, instagram, access)
}

fn picture(alt: &str) -> Media {
    let url = Some(format!("https://gov.example/out/{}.jpg", alt.len()));
    Media { bytes: b"\xff\xd8\xff".to_vec(), mime: JPEG.into(), alt: alt.into(), url, path: None }
}

pub(super) fn post(text: &str) -> Post {
    Post { text: text.into(), media: vec![picture("A road")], ..Post::default() }
}

fn answer(to: &str, text: &str) -> Post {
    Post { text: text.into(), reply_to: Some(to.into()), ..Post::default() }
}

pub(super) fn sought(text: &str, prepared: &Prepared) -> Sought {
    let since_us = Clock::system().now() - SECOND;
    Sought { key: "k".into(), fingerprint: fingerprint(text), container: prepared.container.clone(), since_us }
}

pub(super) fn container(prepared: &Prepared) -> Container {
    Container::parse(prepared.container.as_deref().unwrap()).unwrap()
}

pub(super) fn calls(fake: &FakeInstagram, part: &str) -> usize {
    fake.asked().iter().filter(|a| a.contains(part)).count()
}

fn error(number: i64, subcode: i64) -> String {
    format!(r#"{{"error":{{"message":"Words","type":"OAuthException","code":{number},"error_subcode":{subcode}}}}}"#)
}

#[tokio::test]
async fn pictures_are_fetched_from_their_addresses() {
    let (fake, c, to) = instagram(Ways::default()).await;
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
    let with = |media: Vec<Media>| Post { media, ..post("x") };
    for (wrong, what) in [
        (with(vec![]), "media-missing"),
        (with(vec![picture("x"); 11]), "media-too-many"),
        (with(vec![picture("x"), Media { url: None, ..picture("y") }]), "not-reachable"),
        (with(vec![Media { mime: "image/png".into(), ..picture("x") }]), "media-type"),
        (Post { reply_to: Some("5".into()), ..post("x") }, "media-too-many"),
        (answer("../me", "x"), "gone"),
        (answer("1_2_3", "x"), "gone"),
    ] {
        assert_eq!(code(&c.prepare(&to, &wrong).await.unwrap_err()), what);
    }
    assert_eq!(fake.asked().len(), before, "nothing was asked for these");
    assert_eq!(c.problems(&Post { reply_to: Some("5".into()), ..post("x") })[0].code, "media-too-many");
    assert!(c.problems(&answer("5", "x")).is_empty());
    fake.be_slow(999);
    assert!(matches!(c.prepare(&to, &with(vec![picture("a"), picture("b")])).await, Err(Verdict::NotReady { .. })));
    let one = c.prepare(&to, &post("Later")).await.unwrap();
    assert!(matches!(c.attempt(&to, &one, "k").await, Verdict::NotReady { .. }));
    assert_eq!((fake.own().len(), calls(&fake, "media_publish")), (2, 2));
    fake.be_slow(0);
    fake.say_instead("fields=status_code", 200, r#"{"status_code":"ERROR","status":"Error: 2207026\u0007"}"#);
    match c.prepare(&to, &post("x")).await.unwrap_err() {
        Verdict::Rejected { code, human, .. } => assert!(code == "not-ready" && human.ends_with("2207026"), "{human}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_container_goes_out_once() {
    let (fake, c, to) = instagram(Ways::default()).await;
    let prepared = c.prepare(&to, &post("Landslide")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::ErrorAfterCommit));
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    let out = fake.own()[0].id.clone();
    assert!(
        matches!(c.find(&to, &sought("Landslide", &prepared)).await, Found::Yes { remote_id, .. } if remote_id == out)
    );
    for _ in 0..2 {
        assert_eq!(accepted(c.attempt(&to, &prepared, "k").await), out);
    }
    assert_eq!((fake.own().len(), calls(&fake, "media_publish")), (1, 1));
    // Made longer ago: not published while nobody knows whether it is out.
    let fresh = c.prepare(&to, &post("Second")).await.unwrap();
    let made = container(&fresh);
    let old = Container { at_us: made.at_us - HOUR, ..made };
    let old = Prepared { container: Some(old.written()), ..fresh };
    for (status, said) in [(500, error(2, 0)), (200, "<html>".into()), (200, "{}".into()), (400, error(4, 0))] {
        fake.say_instead("fields=status_code", status, &said);
        let verdict = c.attempt(&to, &old, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. } | Verdict::RateLimited { .. }), "{said}: {verdict:?}");
    }
    assert_eq!(calls(&fake, "media_publish"), 1);
    // So many a day, and not there yet, are told by codes; this server had published it all the same, which is looked for.
    fake.say_instead("", 0, "");
    for (number, subcode, limited) in [(9, 2_207_042, true), (9_007, 2_207_027, false), (24, 2_207_008, false)] {
        let other = c.prepare(&to, &post(&format!("Third {subcode}"))).await.unwrap();
        fake.say_instead("media_publish", 400, &error(number, subcode));
        match c.attempt(&to, &other, "k").await {
            Verdict::RateLimited { .. } => assert!(limited),
            Verdict::Accepted { .. } => assert!(!limited),
            verdict => panic!("{verdict:?}"),
        }
        fake.say_instead("", 0, "");
    }
    for (state, what) in [("EXPIRED", "expired"), ("ERROR", "not-ready")] {
        let prepared = c.prepare(&to, &post("Fourth")).await.unwrap();
        fake.set_state(&container(&prepared).id, state);
        assert_eq!(code(&c.attempt(&to, &prepared, "k").await), what);
        assert_eq!(c.find(&to, &sought("Fourth", &prepared)).await, Found::No);
    }
    // It is out, and nothing tells which it is.
    let wordless = c.prepare(&to, &post("")).await.unwrap();
    fake.set_state(&container(&wordless).id, "PUBLISHED");
    assert!(matches!(c.attempt(&to, &wordless, "k").await, Verdict::Unknown { .. }));
    for state in ["PUBLISHED", "EXPIRED", "SOMETHING NEW"] {
        fake.set_state(&container(&wordless).id, state);
        assert_eq!(c.find(&to, &sought("", &wordless)).await, Found::CannotTell, "{state}");
    }
    for odd in [None, Some("17".to_owned()), Some("under ../me".to_owned())] {
        let unmade = Prepared { container: odd, ..wordless.clone() };
        assert!(matches!(c.attempt(&to, &unmade, "k").await, Verdict::NotSent { .. }));
        assert_eq!(c.find(&to, &sought("x", &unmade)).await, Found::CannotTell);
    }
}

#[tokio::test]
async fn a_comment_is_looked_for_before_it_is_written() {
    let (fake, c, to) = instagram(Ways::default()).await;
    let post = fake.write(OWN, None, "Bridge open");
    let question = fake.write("pema.d", Some(&post), "Until when?");
    let below = fake.write("karma_w", Some(&question), "Yes, when?");
    for target in [post.clone(), format!("{post}_{question}"), format!("{post}_{below}")] {
        let words = format!("Until noon, {target}");
        let prepared = c.prepare(&to, &answer(&target, &words)).await.unwrap();
        assert_eq!(c.find(&to, &sought(&words, &prepared)).await, Found::No, "{target}");
        fake.set_fault(SetFault::once(Fault::DropAfter));
        assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }), "{target}");
        let out = format!("{post}_{}", fake.own().last().unwrap().id);
        let found = c.find(&to, &sought(&words, &prepared)).await;
        assert_eq!(found, Found::Yes { remote_id: out.clone(), url: None }, "{target}");
        let count = fake.own().len();
        assert_eq!(accepted(c.attempt(&to, &prepared, "k").await), out, "{target}");
        assert_eq!(fake.own().len(), count, "{target}");
    }
    // Somebody else's same words are not ours, and our own of last week are not this comment.
    fake.write("pema.d", Some(&post), "Thank you");
    let old = fake.write(OWN, Some(&post), "Thank you");
    fake.set_time(&old, Clock::system().now() - 7 * DAY);
    let thanks = c.prepare(&to, &answer(&post, "Thank you")).await.unwrap();
    assert_ne!(accepted(c.attempt(&to, &thanks, "k").await), format!("{post}_{old}"));
    // Nothing is written where what stands there cannot be read.
    let count = fake.own().len();
    for wrong in ["", "<html>", "{}", r#"{"data":[{"id":"1/2","timestamp":"2026-11-29T00:00:00+0000"}]}"#] {
        fake.say_instead("/comments?", 200, wrong);
        let other = c.prepare(&to, &answer(&post, "Something else")).await.unwrap();
        assert!(matches!(c.attempt(&to, &other, "k").await, Verdict::NotSent { .. }), "{wrong}");
        assert_eq!(c.find(&to, &sought("Something else", &other)).await, Found::CannotTell, "{wrong}");
    }
    assert_eq!(fake.own().len(), count);
    fake.say_instead("", 0, "");
    let nowhere = c.prepare(&to, &answer("99_98", "x")).await.unwrap();
    assert_eq!(code(&c.attempt(&to, &nowhere, "k").await), "gone");
    // Where nobody is named, the same words may be anybody's.
    let (fake, c, to) = instagram(Ways { anonymous: true, ..Ways::default() }).await;
    let post = fake.write(OWN, None, "Bridge open");
    fake.write("pema.d", Some(&post), "Thank you");
    let thanks = c.prepare(&to, &answer(&post, "Thank you")).await.unwrap();
    assert_eq!(c.find(&to, &sought("Thank you", &thanks)).await, Found::CannotTell);
    assert!(matches!(c.attempt(&to, &thanks, "k").await, Verdict::NotSent { .. }));
}

#[tokio::test]
async fn comments_and_answers_come_in_once() {
    let (fake, c, to) = instagram(Ways::default()).await;
    let post = fake.write(OWN, None, "Bridge open again");
    let quiet = fake.write(OWN, None, "Nothing to say to this");
    let question = fake.write("pema.d", Some(&post), "Until when?");
    fake.set_time(&question, Clock::system().now() - 2 * DAY);
    let first = c.inbound(&to, None).await.unwrap();
    assert!(first.items.is_empty() && !first.more);
    // More answers than come along with an old comment, our own left out.
    fake.write(OWN, Some(&question), "Until noon");
    let all: Vec<String> =
        (0..70).map(|n| format!("{post}_{}", fake.write("karma_w", Some(&question), &format!("Number {n}")))).collect();
    let (mut items, mut cursor) = (Vec::<Inbound>::new(), first.cursor);
    for _ in 0..5 {
        let page = c.inbound(&to, cursor).await.unwrap();
        items.extend(page.items);
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    assert_eq!(items.iter().map(|i| i.remote_id.clone()).collect::<Vec<_>>(), all);
    let one = &items[0];
    assert_eq!((one.author_id.as_str(), one.author_name.as_str()), ("900900", "@karma_w"));
    assert_eq!(one.in_reply_to, Some(format!("{post}_{question}")));
    assert_eq!(one.url.as_deref(), Some(format!("https://www.instagram.com/p/C{post}/").as_str()));
    assert_eq!(calls(&fake, &format!("{quiet}/comments")), 0, "it has no comments");
    let rude = format!("{post}_{}", fake.write("pema.d", Some(&post), "Rude words"));
    assert_eq!(accepted(c.hide(&to, &rude, true).await), rude);
    assert!(fake.is_hidden(rude.split_once('_').unwrap().1));
    for (bad, what) in [("../me", "gone"), ("99_98", "gone"), (post.as_str(), "hide-not-possible")] {
        assert_eq!(code(&c.hide(&to, bad, true).await), what, "{bad}");
    }
    fake.say_instead(rude.split_once('_').unwrap().1, 200, r#"{"success":"yes"}"#);
    assert!(matches!(c.hide(&to, &rude, false).await, Verdict::Unknown { .. }));
    for wrong in ["", "<html>", "{}", r#"{"data":[7]}"#, r#"{"data":[{"id":"1\u0007","timestamp":"x"}]}"#] {
        for list in ["/comments", "/replies", &format!("{ACCOUNT}/media")] {
            fake.say_instead(list, 200, wrong);
            assert!(c.inbound(&to, cursor.clone()).await.is_err(), "{list} {wrong}");
        }
    }
    let (fake, c, to) = instagram(Ways { anonymous: true, ..Ways::default() }).await;
    let post = fake.write(OWN, None, "Bridge");
    fake.write("pema.d", Some(&post), "Anybody there?");
    let page = c.inbound(&to, Some("0".into())).await.unwrap();
    assert_eq!(page.items[0].author_name, "Instagram");
    assert!(page.items[0].author_id.starts_with("unknown:"));
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_yes_and_no_no() {
    for (status, said) in [
        (200, ""),
        (200, "<html>"),
        (200, "[]"),
        (200, r#"{"id":5}"#),
        (200, r#"{"id":"5\n"}"#),
        (200, r#"{"id":"../me"}"#),
        (500, "<html>"),
        (400, r#"{"error":{"message":"Words","code":2}}"#),
    ] {
        let (fake, c, to) = instagram(Ways::default()).await;
        let prepared = c.prepare(&to, &post("Landslide")).await.unwrap();
        fake.say_instead("media_publish", status, said);
        let verdict = c.attempt(&to, &prepared, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{said}: {verdict:?}");
        let below = fake.write(OWN, None, "Other");
        let comment = c.prepare(&to, &answer(&below, "More")).await.unwrap();
        fake.say_instead(&format!("POST /v26.0/{below}/comments"), status, said);
        let verdict = c.attempt(&to, &comment, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{said}: {verdict:?}");
        assert!(matches!(c.find(&to, &sought("More", &comment)).await, Found::Yes { .. }), "{said}");
        fake.say_instead("/media", status, said);
        let verdict = c.prepare(&to, &post("Landslide")).await;
        assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{said}: {verdict:?}");
    }
    let (fake, c, to) = instagram(Ways::default()).await;
    let item = r#"{"id":"12","timestamp":"2026-11-29T00:00:00+0000","caption":"x"}"#;
    let page = |paging: &str| format!(r#"{{"data":[{item}],"paging":{paging}}}"#);
    let deep = "[".repeat(100_000);
    for wrong in [
        "",
        "null",
        "{}",
        r#"{"data":[{"id":"12/..","timestamp":"2026-11-29T00:00:00+0000"}]}"#,
        r#"{"data":[{"id":"12","timestamp":"yesterday"}]}"#,
        deep.as_str(),
        &page(r#"{"next":"https://x","cursors":{"after":"A"}}"#),
        &page(r#"{"next":"https://x"}"#),
    ] {
        fake.say_instead("/media?", 200, wrong);
        let what: String = wrong.chars().take(60).collect();
        assert!(matches!(c.own_posts(&to, Some("0".into())).await, Err(Failure::Unreachable { .. })), "{what}");
    }
    fake.say_instead("/media?", 200, r#"{"data":[]}"#);
    assert_eq!(c.own_posts(&to, None).await.unwrap().cursor.as_deref(), Some("0"));
    for bad in ["x", "1 ../me"] {
        assert!(matches!(c.own_posts(&to, Some(bad.into())).await, Err(Failure::Refused { .. })));
        assert!(matches!(c.inbound(&to, Some(bad.into())).await, Err(Failure::Refused { .. })));
    }
}

#[tokio::test]
async fn the_token_renews_itself_and_shows_in_no_error() {
    let (fake, c, to) = instagram(Ways::default()).await;
    let refresh = Secret::new("unused");
    let new = c.renew(&to, &refresh).await.unwrap().unwrap();
    assert_eq!((new.secret.reveal(), new.lasts_s, new.refresh.is_none()), (RENEWED, Some(2_592_000), true));
    let id = fake.write(OWN, None, "x");
    let comment = format!("{id}_{}", fake.write("pema.d", Some(&id), "y"));
    let counts = Counts { likes: Some(3), shares: Some(6), replies: Some(1), views: Some(5) };
    assert_eq!(c.metrics(&to, &id).await, Ok(counts));
    assert_eq!(c.metrics(&to, &comment).await, Ok(Counts { likes: Some(2), ..Counts::default() }));
    assert_eq!(c.metrics(&to, "../me").await, Err(Failure::Gone));
    fake.say_instead("insights", 403, &error(10, 0));
    assert_eq!(c.metrics(&to, &id).await, Ok(Counts { shares: None, views: None, ..counts }));
    let in_address = |a: &&String| a.contains(SECRET) && !a.starts_with("GET /refresh_access_token?");
    assert_eq!(fake.asked().iter().filter(in_address).count(), 0, "where it renews, and nowhere else");
    let wrong = Access { secret: Secret::new("IGAAother"), ..to.clone() };
    assert!(matches!(c.renew(&wrong, &refresh).await, Err(Failure::Unauthorised)));
    let told = format!(r#"{{"error":{{"code":100,"message":"Malformed access token {SECRET}"}}}}"#);
    fake.say_instead("refresh_access_token", 400, &told);
    let failure = c.renew(&to, &refresh).await.unwrap_err();
    assert!(!failure.to_string().contains(SECRET) && matches!(failure, Failure::Refused { .. }), "{failure}");
    let nobody = Access { base_url: "http://127.0.0.1:9".into(), ..to.clone() };
    let failure = c.renew(&nobody, &refresh).await.unwrap_err();
    assert!(!failure.to_string().contains(SECRET), "{failure}");
    for odd in ["", "{}", r#"{"access_token":" "}"#, r#"{"access_token":"a\nb"}"#, "<html>"] {
        fake.say_instead("refresh_access_token", 200, odd);
        assert!(matches!(c.renew(&to, &refresh).await, Err(Failure::Unreachable { .. })), "{odd}");
    }
    assert_eq!(c.resolve(&to, "@somebody").await, Ok(None));
    for bad in ["", " ", "a b", "a\r\nx: y", "ཀ"] {
        let wrong = Access { secret: Secret::new(bad), ..to.clone() };
        assert_eq!(c.whoami(&wrong).await, Err(Failure::Unauthorised), "{bad}");
        assert!(matches!(c.renew(&wrong, &refresh).await, Err(Failure::Unauthorised)), "{bad}");
    }
    for odd in [
        r#"{"user_id":"x","username":"x"}"#,
        r#"{"user_id":"7"}"#,
        r#"{"user_id":-7,"username":"a"}"#,
        r#"{"data":[]}"#,
    ] {
        fake.say_instead("/me?", 200, odd);
        assert!(matches!(c.whoami(&to).await, Err(Failure::Unreachable { .. })), "{odd}");
    }
    for (address, kept) in [
        ("https://www.instagram.com/p/C1/", true),
        ("http://www.instagram.com/p/C1/", false),
        ("https://instagram.com.example/", false),
        ("https://a@instagram.com/", false),
    ] {
        assert_eq!(on_instagram(Some(address)).is_some(), kept, "{address}");
    }
}
