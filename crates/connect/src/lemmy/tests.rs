use super::bench::access;
use super::fake::{COMMUNITY, ELSEWHERE, FakeLemmy, ME, PEMA, Ways};
use super::*;
use crate::contract::free_port;
use crate::trial::{accepted, refusal};
use crate::{Media, Secret, fingerprint};
use ground::fetch::FetchPolicy;

pub(super) async fn server(ways: Ways) -> (FakeLemmy, Lemmy, Access) {
    let fake = FakeLemmy::start(free_port().await, ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let to = access(&fake);
    (fake, Lemmy::new(fetch, Clock::system()), to)
}

fn words_of(text: &str) -> Post {
    Post { text: text.into(), lang: "en".into(), ..Post::default() }
}

pub(super) fn ready(text: &str) -> Prepared {
    Prepared { container: Some(own::POST.into()), ..Prepared::of(&words_of(text), Vec::new()) }
}

fn answer(to: &str, text: &str) -> Prepared {
    Prepared { reply_to: Some(to.into()), container: Some(to.into()), ..ready(text) }
}

pub(super) fn sought(prepared: &Prepared, since_us: i64) -> Sought {
    let (fingerprint, container) = (fingerprint(&prepared.text), prepared.container.clone());
    Sought { key: "k".into(), fingerprint, container, since_us }
}

const BOTH: [bool; 2] = [false, true];

#[tokio::test]
async fn a_post_is_found_by_its_words_however_they_were_divided() {
    for old in BOTH {
        let (fake, lemmy, to) = server(Ways { old, ..Ways::default() }).await;
        let since = Clock::system().now();
        let long = format!("{}\nuse the bypass", "ཀ".repeat(250));
        for text in ["Road *closed*\nuntil <b>noon</b> ^now^\n\n1. use the bypass", "1\nRoad closed", long.as_str()] {
            let post = lemmy.prepare(&to, &words_of(text)).await.unwrap();
            assert_eq!(lemmy.find(&to, &sought(&post, since)).await, Found::No, "{text}");
            let id = accepted(lemmy.attempt(&to, &post, "k").await);
            let found = lemmy.find(&to, &sought(&post, since)).await;
            assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{text}: {found:?}");
            assert_eq!(lemmy.find(&to, &sought(&post, since + 600_000_000)).await, Found::No, "{text}");
            accepted(lemmy.take_down(&to, &id).await);
            // Taken down meanwhile by somebody: it is not put out again behind their back, where that can be seen.
            let gone = if old { Found::No } else { Found::CannotTell };
            assert_eq!(lemmy.find(&to, &sought(&post, since)).await, gone, "{text}");
        }
        let raw = fake.held().posts.values().next().unwrap().clone();
        assert_eq!(raw.title, "Road *closed*");
        assert_eq!(raw.body, "until \\<b\\>noon\\</b\\> \\^now\\^\n\n1\\. use the bypass");
        assert_eq!(fake.held().logins, 1, "signing in is counted by servers");
    }
}

#[tokio::test]
async fn lists_that_leave_out_own_posts_prove_nothing() {
    for ways in [
        Ways { shows_read: false, ..Ways::default() },
        Ways { languages: &[37], ..Ways::default() },
        Ways { stuck: true, ..Ways::default() },
    ] {
        let (fake, lemmy, to) = server(ways).await;
        let now = Clock::system().now();
        fake.write(ME, COMMUNITY, "Something else", "");
        assert_eq!(lemmy.find(&to, &sought(&ready("Road closed"), now - 1)).await, Found::CannotTell, "{ways:?}");
        if !ways.stuck {
            let refused = |f: Failure| matches!(f, Failure::Refused { code, .. } if code == "settings");
            assert!(refused(lemmy.whoami(&to).await.unwrap_err()), "{ways:?}");
            assert!(refused(lemmy.own_posts(&to, None).await.unwrap_err()), "{ways:?}");
            continue;
        }
        assert!(matches!(lemmy.own_posts(&to, Some("1 0;1 0".into())).await, Err(Failure::Unreachable { .. })));
        fake.answer(&fake.write(ME, COMMUNITY, "Ask us", ""), PEMA, "Is it open?");
        assert!(matches!(lemmy.inbound(&to, Some("1 0".into())).await, Err(Failure::Unreachable { .. })));
    }
    let (_fake, lemmy, to) = server(Ways { languages: &[0, 37], ..Ways::default() }).await;
    assert_eq!(lemmy.whoami(&to).await.unwrap().handle, "!roads@forum.example");
    assert_eq!(lemmy.find(&to, &sought(&ready("Road closed"), 0)).await, Found::No);
}

#[tokio::test]
async fn words_that_the_server_changed_are_not_taken_for_others() {
    let (_fake, lemmy, to) = server(Ways { unwanted: Some("darn"), ..Ways::default() }).await;
    let since = Clock::system().now();
    assert_eq!(refusal(&lemmy.attempt(&to, &ready("A darn road"), "k").await), ("refused", Some("text")));
    let post = ready("Road closed\nby a darn stone");
    accepted(lemmy.attempt(&to, &post, "k").await);
    assert_eq!(lemmy.find(&to, &sought(&post, since)).await, Found::CannotTell);
    let (fake, lemmy, to) = server(Ways::default()).await;
    fake.write(ME, COMMUNITY, "Road &lt;closed&gt;", "a \\&lt;b\\&gt; &amp; c");
    let found = lemmy.find(&to, &sought(&ready("Road <closed>\na <b> & c"), since)).await;
    assert!(matches!(found, Found::Yes { .. }), "{found:?}");
}

#[tokio::test]
async fn answers_are_written_where_they_belong_and_found_there() {
    for old in BOTH {
        let (fake, lemmy, to) = server(Ways { old, ..Ways::default() }).await;
        let since = Clock::system().now();
        let post = accepted(lemmy.attempt(&to, &ready("Ask us about the road"), "k").await);
        let first = lemmy.inbound(&to, None).await.unwrap();
        let question = fake.answer(&post, PEMA, "Is *Trongsa* open?");
        let said = answer(&question, "Yes, since noon");
        // The same words as a post, and in answer to another, are something else.
        fake.write(ME, COMMUNITY, "Yes, since noon", "");
        fake.answer(&post, ME, "Yes, since noon");
        assert_eq!(lemmy.find(&to, &sought(&said, since)).await, Found::No);
        let ours = accepted(lemmy.attempt(&to, &said, "a").await);
        let found = lemmy.find(&to, &sought(&said, since)).await;
        assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == ours), "{found:?}");

        let back = fake.answer(&ours, PEMA, "Thanks");
        let theirs = fake.write(PEMA, COMMUNITY, "A post of Pema's", "");
        fake.answer(&theirs, PEMA, "not for us");
        let elsewhere = fake.write(PEMA, ELSEWHERE, "Another", "");
        let named = fake.answer(&elsewhere, PEMA, "Ask @roads@forum.example");
        let page = lemmy.inbound(&to, first.cursor).await.unwrap();
        let told: Vec<_> =
            page.items.iter().map(|i| (i.remote_id.as_str(), i.in_reply_to.as_deref(), i.text.as_str())).collect();
        assert_eq!(
            told,
            [
                (question.as_str(), Some(post.as_str()), "Is *Trongsa* open?"),
                (back.as_str(), Some(ours.as_str()), "Thanks"),
                (named.as_str(), Some(elsewhere.as_str()), "Ask @roads@forum.example"),
            ]
        );
        assert_eq!((page.items[0].author_id.as_str(), page.items[0].author_name.as_str()), ("9", "Pema D."));
        assert!(lemmy.inbound(&to, page.cursor).await.unwrap().items.is_empty());
        accepted(lemmy.edit(&to, &ours, &ready("Yes, since one")).await);
        assert_eq!(fake.own_texts().last().map(String::as_str), Some("Yes, since one"));
        for _ in 0..2 {
            accepted(lemmy.take_down(&to, &ours).await);
        }
        assert_eq!(lemmy.metrics(&to, &ours).await, Err(Failure::Gone));
        for lost in
            ["p99999", "c99999", "bogus", "p", "p0", "p-1", "c99999999999999999999999", "p1/../x", ours.as_str()]
        {
            assert_eq!(refusal(&lemmy.attempt(&to, &answer(lost, "x"), "b").await).0, "gone", "{lost}");
        }
    }
}

#[tokio::test]
async fn hiding_is_for_moderators_and_can_be_undone() {
    let (fake, lemmy, to) = server(Ways::default()).await;
    let post = accepted(lemmy.attempt(&to, &ready("Ask us about the road"), "k").await);
    let rude = fake.answer(&post, PEMA, "Rude words");
    for _ in 0..2 {
        assert_eq!(accepted(lemmy.hide(&to, &rude, true).await), rude);
    }
    assert_eq!(lemmy.metrics(&to, &rude).await, Err(Failure::Gone));
    accepted(lemmy.hide(&to, &rude, false).await);
    assert_eq!(lemmy.metrics(&to, &rude).await.unwrap().likes, Some(1));
    assert_eq!(refusal(&lemmy.hide(&to, &post, true).await).0, "hide-not-possible");
    let theirs = fake.write(PEMA, COMMUNITY, "A post of Pema's", "");
    assert_eq!(refusal(&lemmy.edit(&to, &theirs, &ready("Other words")).await).0, "forbidden");
    assert_eq!(refusal(&lemmy.take_down(&to, &theirs).await).0, "forbidden");
    let (fake, lemmy, to) = server(Ways { moderates: false, ..Ways::default() }).await;
    let post = accepted(lemmy.attempt(&to, &ready("Ask us about the road"), "k").await);
    let rude = fake.answer(&post, PEMA, "Rude words");
    assert_eq!(refusal(&lemmy.hide(&to, &rude, true).await).0, "forbidden");
}

#[tokio::test]
async fn corrections_take_the_old_body_away() {
    let (fake, lemmy, to) = server(Ways::default()).await;
    let id = accepted(lemmy.attempt(&to, &ready("Road closed\nuntil noon"), "k").await);
    accepted(lemmy.edit(&to, &id, &ready("Road open")).await);
    assert_eq!(fake.own_texts(), ["Road open"]);
    let counts = lemmy.metrics(&to, &id).await.unwrap();
    assert_eq!((counts.likes, counts.replies, counts.views), (Some(1), Some(0), None));
    accepted(lemmy.take_down(&to, &id).await);
    for gone in [id.as_str(), "p4711", "c4711", "x", ""] {
        assert_eq!(refusal(&lemmy.edit(&to, gone, &ready("Words")).await).0, "gone", "{gone}");
    }
}

#[tokio::test]
async fn pictures_stand_below_the_text_where_the_server_takes_any() {
    let picture = |bytes: &[u8]| Media {
        bytes: bytes.to_vec(),
        mime: "image/png".into(),
        alt: "a ](x) *b*\nc".into(),
        url: None,
        path: None,
    };
    let with = |text: &str, bytes: &[u8]| Post { media: vec![picture(bytes)], ..words_of(text) };
    for old in BOTH {
        let (fake, lemmy, to) = server(Ways { old, ..Ways::default() }).await;
        let prepared = lemmy.prepare(&to, &with("Look\nhere", b"\x89PNG1")).await.unwrap();
        accepted(lemmy.attempt(&to, &prepared, "k").await);
        let raw = fake.held().posts.values().next().unwrap().body.clone();
        let address = format!("({}0b6f-44.png)", pictures(&to));
        assert!(raw.starts_with("here\n\n![a \\](x) \\*b\\* c]") && raw.ends_with(&address), "{raw}");
        assert_eq!(fake.own_texts(), ["Look\n\nhere"]);
        assert_eq!(refusal(&lemmy.prepare(&to, &with("Look", b"text")).await.unwrap_err()).1, Some("media"));
        for file in ["", "../../x.png", "x.png\n", "a b", ".hidden"] {
            let bad = serde_json::json!({"msg": "ok", "files": [{"file": file}]}).to_string();
            fake.say_instead("/pictrs", Some((201, &bad)));
            let verdict = lemmy.prepare(&to, &with("Look", b"\x89PNG1")).await;
            assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{file:?}: {verdict:?}");
        }
    }
    let (fake, lemmy, to) = server(Ways { pictures: false, ..Ways::default() }).await;
    for instead in [None, Some((400, "images_disabled"))] {
        fake.say_instead("/pictrs", instead);
        let none = lemmy.prepare(&to, &with("Look", b"\x89PNG1")).await.unwrap_err();
        assert_eq!(refusal(&none), ("media-not-possible", Some("media")));
    }
    // A title is made of words.
    let wordless = with(" ", b"\x89PNG1");
    assert_eq!(lemmy.problems(&wordless)[0].code, "text-empty");
    assert_eq!(refusal(&lemmy.prepare(&to, &wordless).await.unwrap_err()).0, "text-empty");
    assert_eq!(refusal(&lemmy.prepare(&to, &words_of("OK")).await.unwrap_err()), ("refused", Some("text")));
    let signs = words_of(&"*".repeat(5_001));
    assert_eq!((lemmy.problems(&signs)[0].code, lemmy.problems(&signs)[0].found), ("text-too-long", Some(10_002)));
}

#[tokio::test]
async fn a_session_that_ended_is_opened_again_and_a_wrong_key_is_not() {
    for old in BOTH {
        let (fake, _, to) = server(Ways { old, ..Ways::default() }).await;
        let clock = Clock::frozen(Clock::system().now());
        let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
        let lemmy = Lemmy::new(fetch, clock.clone());
        accepted(lemmy.attempt(&to, &ready("Road closed"), "k").await);
        fake.held().tokens.clear();
        assert_eq!(
            lemmy.attempt(&to, &ready("Road open"), "k").await,
            Verdict::Unauthorised,
            "a minute has not passed"
        );
        accepted(lemmy.attempt(&to, &ready("Road open"), "k").await);
        fake.held().tokens.clear();
        clock.advance(10 * MINUTE);
        let ended = lemmy.attempt(&to, &ready("Road wet"), "k").await;
        assert!(matches!(ended, Verdict::NotSent { .. }), "{ended:?}");
        accepted(lemmy.attempt(&to, &ready("Road wet"), "k").await);
        assert_eq!(fake.held().logins, 3);
        let wrong = Access { secret: Secret::new("roads:guessed"), ..to.clone() };
        assert_eq!(lemmy.attempt(&wrong, &ready("x y z"), "k").await, Verdict::Unauthorised);
        for bad in ["", ":", "roads:", "roads", ":password"] {
            let wrong = Access { secret: Secret::new(bad), ..to.clone() };
            assert_eq!(lemmy.whoami(&wrong).await, Err(Failure::Unauthorised), "{bad}");
        }
        let other = Access { remote_account_id: format!("8-{COMMUNITY}"), ..to.clone() };
        assert_eq!(refusal(&lemmy.attempt(&other, &ready("Road dry"), "k").await).0, "other-account");
        // Before the account is known by its numbers, its community is asked for.
        let new = Access { remote_account_id: String::new(), handle: "roads".into(), ..to.clone() };
        accepted(lemmy.attempt(&new, &ready("Road dry"), "k").await);
        assert_eq!(fake.own_texts().len(), 4);
    }
}

#[tokio::test]
async fn signing_in_may_be_refused_for_other_reasons() {
    for (status, answer, code) in [
        (400, r#"{"error":"missing_totp_token"}"#, "second-factor"),
        (200, r#"{"registration_created":true,"verify_email_sent":false}"#, "not-admitted"),
        (400, r#"{"error":"site_ban"}"#, "forbidden"),
    ] {
        let (fake, lemmy, to) = server(Ways::default()).await;
        fake.say_instead("/api/v3/user/login", Some((status, answer)));
        let failure = lemmy.whoami(&to).await.unwrap_err();
        assert!(matches!(&failure, Failure::Refused { code: c, .. } if c == code), "{answer}: {failure:?}");
    }
    for bad in ["", "<html>", "{}", r#"{"jwt":"a b"}"#, r#"{"jwt":"a\r\nx: y"}"#, r#"{"jwt":""}"#, r#"{"jwt":7}"#] {
        let (fake, lemmy, to) = server(Ways::default()).await;
        fake.say_instead("/api/v3/user/login", Some((200, bad)));
        assert!(matches!(lemmy.whoami(&to).await, Err(Failure::Unreachable { .. })), "{bad}");
        assert!(matches!(lemmy.attempt(&to, &ready("Road dry"), "k").await, Verdict::NotSent { .. }), "{bad}");
    }
    let (fake, lemmy, to) = server(Ways::default()).await;
    for no_lemmy in [r#"{"version":"yes"}"#, r#"{"version":""}"#] {
        fake.say_instead("/api/v3/site", Some((200, no_lemmy)));
        let failure = lemmy.whoami(&to).await.unwrap_err();
        assert!(matches!(failure, Failure::Refused { code, .. } if code == "not-this-platform"), "{no_lemmy}");
    }
    fake.say_instead("/api/v3/site", Some((404, "<html>")));
    let failure = lemmy.whoami(&to).await.unwrap_err();
    assert!(matches!(failure, Failure::Refused { code, .. } if code == "not-this-platform"));
}

#[tokio::test]
async fn communities_are_asked_for_by_a_checked_name() {
    let (_fake, lemmy, to) = server(Ways::default()).await;
    let own = to.base_url.trim_start_matches("http://");
    for (handle, name) in [
        ("!roads@forum.example", "roads@forum.example"),
        ("roads", "roads"),
        (" !roads ", "roads"),
        (&format!("!roads@{own}"), "roads"),
    ] {
        assert_eq!(community_name(&to, handle).as_deref(), Ok(name), "{handle}");
        assert_eq!(lemmy.resolve(&to, handle).await, Ok(Some("7-12".into())), "{handle}");
    }
    for bad in ["", "!", "@x", "ro ads", "roads&auth=x", "roads/..", "roads@a b", "རོ", "roads@x y"] {
        let answer = lemmy.resolve(&to, bad).await;
        assert!(matches!(&answer, Err(Failure::Refused { code, .. }) if code == "handle"), "{bad:?}: {answer:?}");
    }
    for old in BOTH {
        let (_fake, lemmy, to) = server(Ways { old, ..Ways::default() }).await;
        assert_eq!(lemmy.resolve(&to, "nowhere").await, Err(Failure::Gone), "{old}");
    }
}

#[tokio::test]
async fn pinned_posts_and_other_communities_do_not_hide_what_is_new() {
    let (fake, lemmy, to) = server(Ways::default()).await;
    let first = lemmy.own_posts(&to, None).await.unwrap().cursor;
    let long_ago = Clock::system().now() - 30 * ground::clock::DAY;
    for n in 0..3 {
        let id = digits(&fake.write(ME, COMMUNITY, &format!("Pinned {n}"), "")[1..]).unwrap();
        let mut held = fake.held();
        let post = held.posts.get_mut(&id).unwrap();
        (post.pinned, post.at_us) = (true, long_ago);
    }
    let elsewhere = fake.write(ME, ELSEWHERE, "Not in this community", "");
    let all: Vec<String> = (0..60).map(|n| fake.write(ME, COMMUNITY, &format!("Number {n}"), "")).collect();
    fake.answer(&elsewhere, ME, "Nor this");
    let since = Clock::system().now() - MINUTE;
    let found = lemmy.find(&to, &sought(&ready("Number 3"), since)).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == all[3]), "{found:?}");
    assert_eq!(lemmy.find(&to, &sought(&ready("Not in this community"), since)).await, Found::No);
    let (mut told, mut cursor) = (Vec::new(), first);
    loop {
        let page = lemmy.own_posts(&to, cursor).await.unwrap();
        told.extend(page.items.into_iter().filter(|p| !p.text.starts_with("Pinned")).map(|p| p.remote_id));
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    assert_eq!(told, all);
}
