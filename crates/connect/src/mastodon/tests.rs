use super::fake::{FakeMastodon, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::{post, refusal};
use crate::{Captions, Problem, Recording, Safety, Secret};
use ground::fetch::FetchPolicy;
use std::collections::HashSet;
use tokio::net::TcpListener;

async fn server(ways: Ways) -> (FakeMastodon, Mastodon, Access) {
    let fake = FakeMastodon::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let mastodon = Mastodon { media_pause: Duration::from_millis(5), ..Mastodon::new(fetch, Clock::system()) };
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new("7:key"),
        remote_account_id: "7".into(),
        handle: String::new(),
    };
    (fake, mastodon, access)
}

fn sought(text: &str, since_us: i64) -> Sought {
    Sought { key: "k".into(), fingerprint: fingerprint(text), container: None, since_us }
}

#[tokio::test]
async fn limits_are_the_servers_own() {
    for old in [false, true] {
        let (_fake, mastodon, to) = server(Ways { old, text_limit: Some(20), ..Ways::default() }).await;
        let can = mastodon.capabilities_at(&to).await;
        assert_eq!((can.text_limit, can.image_bytes), (Some(20), Some(8_388_608)));
        assert_eq!(can.image_types, ["image/jpeg", "image/png"]);
        let long = crate::problems(&can, &post("more than twenty characters"));
        assert_eq!(long, [Problem { code: "text-too-long", limit: Some(20), found: Some(27) }]);
    }
    let (fake, mastodon, to) = server(Ways::default()).await;
    fake.set_fault(SetFault { times: 0, ..SetFault::once(Fault::Outage) });
    assert_eq!(mastodon.capabilities_at(&to).await, mastodon.capabilities());
    let gts: Instance = serde_json::from_str(r#"{"max_toot_chars": 5000}"#).unwrap();
    let gts = limits::of(gts, "gotosocial");
    assert_eq!((gts.text_limit, gts.safety), (Some(5000), Safety::ReadBack));
    let (_fake, mastodon, to) = server(Ways { keyless: true, ..Ways::default() }).await;
    assert_eq!(mastodon.capabilities_at(&to).await.safety, Safety::ReadBack, "the header would be ignored");
    let (_fake, mastodon, to) = server(Ways::default()).await;
    assert_eq!(mastodon.capabilities_at(&to).await.safety, Safety::Keyed { hours: 1 });
}

#[tokio::test]
async fn a_page_instead_of_an_answer_is_unknown_and_found_by_reading_back() {
    let (fake, mastodon, to) = server(Ways { html: true, ..Ways::default() }).await;
    let text = "@pema@else.example the road\n\nis open: https://example.org/roads/trongsa/a-long-address-indeed.html";
    let prepared = mastodon.prepare(&to, &post(text)).await.unwrap();
    let since = Clock::system().now();
    assert_eq!(mastodon.find(&to, &sought(text, since)).await, Found::No);
    assert!(matches!(mastodon.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    let Found::Yes { remote_id, .. } = mastodon.find(&to, &sought(text, since)).await else { panic!("not found") };
    assert_eq!(remote_id, fake.statuses()[0].id.to_string());
    assert_eq!(fake.statuses()[0].lang.as_deref(), Some("dz"));
    let much_later = since + 10 * MINUTE;
    assert_eq!(mastodon.find(&to, &sought(text, much_later)).await, Found::No, "an older post of the same words");
}

#[tokio::test]
async fn reading_back_turns_pages_and_gives_up_honestly() {
    let (fake, mastodon, to) = server(Ways::default()).await;
    let since = Clock::system().now();
    let publish = async |n: usize| {
        let prepared = Prepared::of(&post(&format!("Post {n}")), Vec::new());
        mastodon.attempt(&to, &prepared, &format!("k{n}")).await
    };
    for n in 0..60 {
        assert!(matches!(publish(n).await, Verdict::Accepted { .. }));
    }
    assert!(matches!(mastodon.find(&to, &sought("Post 3", since)).await, Found::Yes { .. }));
    assert_eq!(mastodon.find(&to, &sought("Post 99", since)).await, Found::No);
    for n in 60..PAGE * PAGES_BACK {
        publish(n).await;
    }
    assert_eq!(fake.statuses().len(), 200);
    assert_eq!(mastodon.find(&to, &sought("Post 999", since)).await, Found::CannotTell);
}

#[tokio::test]
async fn refusals_name_the_field_and_limits_name_the_time() {
    let (fake, mastodon, to) = server(Ways { text_limit: Some(10), ..Ways::default() }).await;
    let attempt = async |prepared: Prepared| mastodon.attempt(&to, &prepared, "k").await;
    let field = |v| match v {
        Verdict::Rejected { field, .. } => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(attempt(Prepared::of(&post("much too long"), vec![])).await).as_deref(), Some("text"));
    assert_eq!(field(attempt(Prepared::of(&post("x"), vec!["1".into()])).await).as_deref(), Some("media"));
    let lost = Post { reply_to: Some("1".into()), ..post("x") };
    assert!(matches!(attempt(Prepared::of(&lost, vec![])).await, Verdict::Rejected { code, .. } if code == "gone"));
    let text_file =
        Media { bytes: b"x".to_vec(), mime: "text/plain".into(), alt: String::new(), url: None, path: None };
    let refused = mastodon.prepare(&to, &Post { media: vec![text_file], ..post("x") }).await.unwrap_err();
    assert_eq!(field(refused).as_deref(), Some("media"));
    fake.set_fault(SetFault { ms: Some(90_000), ..SetFault::once(Fault::RateLimit) });
    let now = Clock::system().now();
    let verdict = attempt(Prepared::of(&post("x"), vec![])).await;
    assert!(matches!(verdict, Verdict::RateLimited { until_us: Some(t) } if t > now + 80_000_000), "{verdict:?}");
}

#[tokio::test]
async fn a_film_is_sent_up_once_however_often_it_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film");
    std::fs::write(&path, b"0123456789").unwrap();
    let captions = Captions { lang: "en".into(), vtt: "WEBVTT\n\n00:00.000 --> 00:01.000\nThe bridge\n".into() };
    let film =
        Recording { path, bytes: 10, mime: "video/mp4".into(), seconds: None, captions: vec![captions], url: None };
    let (fake, mastodon, to) = server(Ways::default()).await;
    let with = Post { recording: Some(film.clone()), ..post("Look") };
    assert!(mastodon.problems(&with).is_empty());
    let prepared = mastodon.prepare(&to, &with).await.unwrap();
    let again = mastodon.prepare(&to, &with).await.unwrap();
    assert_eq!((prepared.media.len(), &prepared.media), (1, &again.media), "it is there already");
    assert!(matches!(mastodon.attempt(&to, &prepared, "k").await, Verdict::Accepted { .. }));
    assert_eq!(fake.statuses()[0].media, prepared.media);
    // Another account's is another; what the file no longer holds cannot be sent.
    let other = Access { remote_account_id: "8".into(), ..to.clone() };
    assert_ne!(mastodon.prepare(&other, &with).await.unwrap().media, prepared.media);
    let longer = Recording { bytes: 11, path: folder.path().join("none"), ..film.clone() };
    let unread = mastodon.prepare(&to, &Post { recording: Some(longer), ..post("x") }).await;
    assert!(matches!(unread, Err(Verdict::NotSent { .. })), "{unread:?}");
    // What the server still works on is no fault of the server, and not sent up again.
    fake.be_slow(45);
    let slow = Post { recording: Some(Recording { path: folder.path().join("slow"), ..film.clone() }), ..post("x") };
    std::fs::write(folder.path().join("slow"), b"9876543210").unwrap();
    let verdict = mastodon.prepare(&to, &slow).await;
    assert!(matches!(verdict, Err(Verdict::NotReady { .. })), "{verdict:?}");
    assert_eq!(mastodon.prepare(&to, &slow).await.unwrap().media.len(), 1);
    let large = Recording { bytes: 200 << 20, path: folder.path().join("large"), ..film };
    let large = Post { recording: Some(large), ..post("x") };
    assert_eq!(mastodon.problems(&large)[0].code, "recording-too-large");
    assert_eq!(refusal(&mastodon.prepare(&to, &large).await.unwrap_err()).0, "recording-too-large");
}

#[tokio::test]
async fn mentions_come_page_by_page() {
    let (fake, mastodon, to) = server(Ways::default()).await;
    let prepared = Prepared::of(&post("Ask us"), vec![]);
    let Verdict::Accepted { remote_id, .. } = mastodon.attempt(&to, &prepared, "k").await else { panic!() };
    fake.add_reply(&remote_id, "@roads@here old <question>");
    let first = mastodon.inbound(&to, None).await.unwrap();
    assert_eq!(first.items[0].text, "@roads old <question>");
    for n in 0..45 {
        fake.add_reply(&remote_id, &format!("@roads question {n}"));
    }
    let page = mastodon.inbound(&to, first.cursor).await.unwrap();
    assert!(page.more && page.items.len() == 40 && page.items[0].text.ends_with("question 0"));
    let rest = mastodon.inbound(&to, page.cursor).await.unwrap();
    assert!(!rest.more && rest.items.len() == 5 && rest.items[4].text.ends_with("question 44"));
    let none = mastodon.inbound(&to, rest.cursor.clone()).await.unwrap();
    assert_eq!((none.items.len(), none.cursor), (0, rest.cursor));
    assert_eq!(mastodon.metrics(&to, &remote_id).await.unwrap().replies, Some(46));
}

/// Answers are read up to 4 MiB, and how much is in a mention is up to whoever wrote it.
#[tokio::test]
async fn strangers_who_write_much_do_not_stop_the_reading() {
    for small in [false, true] {
        let (fake, mastodon, to) = server(Ways { small, ..Ways::default() }).await;
        let prepared = Prepared::of(&post("Ask us"), vec![]);
        let Verdict::Accepted { remote_id, .. } = mastodon.attempt(&to, &prepared, "k").await else { panic!() };
        let say = |n: usize, bytes: usize| fake.add_reply(&remote_id, &format!("@roads {n} {}", "x".repeat(bytes)));
        let mut cursor = None;
        let mut read = async || {
            let mut numbers = vec![];
            loop {
                let page = mastodon.inbound(&to, cursor.clone()).await?;
                let number = |i: &Inbound| i.text.split(' ').nth(1).unwrap().parse::<usize>().unwrap();
                numbers.extend(page.items.iter().map(number));
                cursor = page.cursor;
                if !page.more {
                    return Ok::<_, Failure>(numbers);
                }
            }
        };
        say(0, 0);
        assert_eq!(read().await.unwrap(), [0]);
        (1..=5).for_each(|n| say(n, 1 << 20));
        assert_eq!(read().await.unwrap(), (1..=5).collect::<Vec<_>>(), "{small}: all, in smaller pages");
        // One that alone is too much is passed over as soon as another one came after it.
        say(8, 5 << 20);
        assert!(matches!(read().await, Err(Failure::Unreachable { .. })), "{small}");
        (9..=11).for_each(|n| say(n, 1 << 20));
        assert_eq!(read().await.unwrap(), [9, 10, 11], "{small}");
        assert!(read().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_small_server_is_told_the_truth_about() {
    let (fake, mastodon, to) = server(Ways { small: true, keyless: true, ..Ways::default() }).await;
    let stranger = Access { secret: Secret::new("no-key"), ..to.clone() };
    assert_eq!(mastodon.whoami(&stranger).await, Err(Failure::Unauthorised));
    let publish = async |text: &str| match mastodon.attempt(&to, &Prepared::of(&post(text), vec![]), "k").await {
        Verdict::Accepted { remote_id, .. } => remote_id,
        other => panic!("{other:?}"),
    };
    let since = Clock::system().now();
    let text = "Wangdue <open> & *safe*";
    let id = publish(text).await;
    assert!(matches!(mastodon.find(&to, &sought(text, since)).await, Found::Yes { .. }), "by the author's own words");
    assert_eq!(mastodon.find(&to, &sought("else", since)).await, Found::CannotTell, "no pages are turned");

    let gone = mastodon.take_down(&to, &id).await;
    assert_eq!(gone, Verdict::unsupported("take_down"), "not found, and still there");
    assert_eq!(fake.statuses().len(), 1);
    let edited = mastodon.edit(&to, "1", &Prepared::of(&post("x"), vec![])).await;
    assert!(matches!(edited, Verdict::Rejected { code, .. } if code == "gone"));

    let picture = |bytes: &[u8], alt: &str| Media {
        bytes: bytes.to_vec(),
        mime: "image/png".into(),
        alt: alt.into(),
        url: None,
        path: None,
    };
    let media = vec![picture(b"one", "a"), picture(b"two", "a"), picture(b"one", "b")];
    let prepared = mastodon.prepare(&to, &Post { media, ..post("x") }).await.unwrap();
    let different: HashSet<_> = prepared.media.iter().collect();
    assert_eq!(different.len(), 3, "no picture takes the place of another: {different:?}");
}

#[tokio::test]
async fn nothing_is_passed_over_where_the_newest_comes_first() {
    let (fake, mastodon, to) = server(Ways { small: true, ..Ways::default() }).await;
    let prepared = Prepared::of(&post("Ask us"), vec![]);
    let Verdict::Accepted { remote_id, .. } = mastodon.attempt(&to, &prepared, "k").await else { panic!() };
    fake.add_reply(&remote_id, "@roads first");
    let first = mastodon.inbound(&to, None).await.unwrap();
    assert_eq!(first.items.len(), 1);
    for n in 0..90 {
        fake.add_reply(&remote_id, &format!("@roads question {n}"));
        fake.add_like(&remote_id);
    }
    let page = mastodon.inbound(&to, first.cursor).await.unwrap();
    let texts: Vec<_> = page.items.iter().map(|i| i.text.as_str()).collect();
    assert_eq!(texts, (0..90).map(|n| format!("@roads question {n}")).collect::<Vec<_>>(), "and no like among them");
    assert!(mastodon.inbound(&to, page.cursor).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn own_statuses_come_from_servers_that_turn_no_pages_too_and_letters_are_left_alone() {
    for small in [false, true] {
        let (fake, mastodon, to) = server(Ways { small, ..Ways::default() }).await;
        let nothing = mastodon.own_posts(&to, None).await.unwrap();
        assert_eq!(nothing.cursor.as_deref(), Some("0"), "there is nothing yet");
        let first = fake.add_own("7", "The road is open", "public");
        let letter = fake.add_own("7", "@pema your form is ready", "direct");
        let followers = fake.add_own("7", "For followers", "private");
        let page = mastodon.own_posts(&to, nothing.cursor).await.unwrap();
        let ids: Vec<String> = page.items.iter().map(|p| p.remote_id.clone()).collect();
        assert_eq!(ids, [first, followers.clone()], "{small}: not the letter {letter}");
        assert_eq!(page.cursor, Some(followers));
        let last = fake.add_own("7", "@pema another form", "direct");
        let page = mastodon.own_posts(&to, page.cursor).await.unwrap();
        assert_eq!((page.items.len(), page.cursor), (0, Some(last)), "{small}: the cursor goes past a letter");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_list_of_statuses_is_a_failure() {
    let (fake, mastodon, to) = server(Ways::default()).await;
    let status = |id: &str, at: &str| {
        json!([{"id": id, "created_at": at, "content": "x", "account": {"id": "7", "acct": "roads"}}]).to_string()
    };
    let at = "2026-11-24T03:30:00.000Z";
    for wrong in [
        "{}".into(),
        "null".into(),
        "[1, 2]".into(),
        r#"[{"id": 5, "created_at": "2026-11-24T03:30:00.000Z"}]"#.into(),
        r#"[{"id": "500000000000000000", "content": ["x"], "created_at": "2026-11-24T03:30:00.000Z"}]"#.into(),
        r#"[{"id": "500000000000000000"}]"#.into(),
        status("500000000000000000", "yesterday"),
        status("5&max_id=0000000000000000", at),
        status(&"9".repeat(5000), at),
        format!("[{}", "[".repeat(200_000)),
        format!("[\"{}\"]", "x".repeat(5 << 20)),
    ] {
        let what: String = wrong.chars().take(60).collect();
        fake.say_instead(Some(wrong));
        let answer = mastodon.own_posts(&to, Some("110000000000000000".into())).await;
        assert!(matches!(answer, Err(Failure::Unreachable { .. })), "{what}: {answer:?}");
    }
    fake.say_instead(Some(status("500000000000000000", at)));
    let page = mastodon.own_posts(&to, Some("110000000000000000".into())).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].at_us), (1, 1_795_491_000_000_000));
    // One who passes on what others said says it too.
    let shared = json!([{"id": "500000000000000001", "created_at": at, "content": "", "url": "https://a.example/1",
        "reblog": {"content": "<p>Flood warning</p>", "account": {"id": "3", "acct": "met@else.example"}}}]);
    fake.say_instead(Some(shared.to_string()));
    let page = mastodon.own_posts(&to, page.cursor).await.unwrap();
    assert_eq!(page.items[0].text, "↻ @met@else.example\n\nFlood warning");
}
