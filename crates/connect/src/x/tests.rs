use super::fake::{FakeX, OURS, TOKEN, Ways};
use super::*;
use crate::trial::{accepted, ready, refusal, refusal_of};
use crate::{Media, fingerprint};
use ground::clock::SECOND;
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

async fn stage(ways: Ways) -> (FakeX, X, Access) {
    let fake = FakeX::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(TOKEN),
        remote_account_id: OURS.to_string(),
        handle: "@roads".into(),
    };
    (fake, X::new(fetch, Clock::system()), access)
}

fn answer(to: &str, text: &str) -> Prepared {
    Prepared { reply_to: Some(to.into()), ..ready(text) }
}

fn sought(text: &str, since_us: i64) -> Sought {
    Sought { key: "k".into(), fingerprint: fingerprint(text), container: None, since_us }
}

fn found(found: &Found) -> &str {
    match found {
        Found::Yes { remote_id, .. } | Found::Taken { remote_id } => remote_id,
        Found::No => "no",
        Found::CannotTell => "cannot tell",
    }
}

#[tokio::test]
async fn the_same_words_twice_are_looked_for_and_not_said_again() {
    let (fake, x, to) = stage(Ways::default()).await;
    let since = Clock::system().now();
    let words = "Road < closed & icy > at Dochula: see https://example.org/a?b=1&c=2 and moh.gov.bt";
    assert_eq!(x.find(&to, &sought(words, since)).await, Found::No, "nothing is there yet");
    let id = accepted(x.attempt(&to, &ready(words), "k").await);
    let again = x.attempt(&to, &ready(words), "k").await;
    assert!(matches!(&again, Verdict::Unknown { .. }) && !again.may_repeat(), "{again:?}");
    assert_eq!(fake.own().len(), 1);
    fake.asked();
    let yes = x.find(&to, &sought(words, since)).await;
    let url = Some(format!("https://x.com/roads/status/{id}"));
    assert_eq!(yes, Found::Yes { remote_id: id, url });
    assert_eq!(fake.asked().len(), 1, "reading costs money");
    assert_eq!(x.find(&to, &sought("Other words", since)).await, Found::No);
    assert_eq!(x.find(&to, &sought(words, since + 600 * SECOND)).await, Found::No, "it was there before");
    let nobody = Access { remote_account_id: "7/../8".into(), ..to.clone() };
    assert_eq!(x.find(&nobody, &sought(words, since)).await, Found::CannotTell);
}

#[tokio::test]
async fn links_that_are_not_told_leave_it_open() {
    let (_fake, x, to) = stage(Ways { riddles: true, ..Ways::default() }).await;
    let words = "See https://example.org/a";
    accepted(x.attempt(&to, &ready(words), "k").await);
    assert_eq!(x.find(&to, &sought(words, Clock::system().now())).await, Found::CannotTell);
    let plain = accepted(x.attempt(&to, &ready("No link"), "k").await);
    assert_eq!(found(&x.find(&to, &sought("No link", 0)).await), plain);
}

#[tokio::test]
async fn answers_go_to_those_who_mentioned_the_account() {
    let (fake, x, to) = stage(Ways::default()).await;
    let post = accepted(x.attempt(&to, &ready("Road closed"), "k").await);
    let first = x.inbound(&to, None).await.unwrap();
    let reply = fake.write(9, "Until when?", Some(&post));
    let mention = fake.write(9, "Hello @roads, is moh.gov.bt down?", None);
    fake.write(9, "Nothing to do with it", None);
    let page = x.inbound(&to, first.cursor).await.unwrap();
    let told: Vec<_> =
        page.items.iter().map(|i| (i.remote_id.as_str(), i.in_reply_to.as_deref(), i.text.as_str())).collect();
    assert_eq!(
        told,
        [
            (reply.as_str(), Some(post.as_str()), "Until when?"),
            (mention.as_str(), None, "Hello @roads, is http://moh.gov.bt down?")
        ]
    );
    let item = &page.items[0];
    assert_eq!((item.author_id.as_str(), item.author_name.as_str()), ("9", "Pema D."));
    assert_eq!((item.author_url.as_deref(), item.lang.as_deref()), (Some("https://x.com/pema"), Some("en")));
    assert_eq!(item.url, Some(format!("https://x.com/pema/status/{reply}")));

    let since = Clock::system().now();
    let ours = accepted(x.attempt(&to, &answer(&reply, "Until noon"), "k").await);
    assert_eq!(found(&x.find(&to, &sought("Until noon", since)).await), ours, "though a name stands before it");
    let named = accepted(x.attempt(&to, &answer(&mention, "@pema it is up again"), "k").await);
    assert_eq!(found(&x.find(&to, &sought("@pema it is up again", since)).await), named);
    let own = x.own_posts(&to, Some(post)).await.unwrap();
    assert_eq!(own.items.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), ["Until noon", "it is up again"]);

    let stranger = fake.write(9, "Nice weather", None);
    let no = x.attempt(&to, &answer(&stranger, "Indeed"), "k").await;
    assert_eq!(refusal(&no).0, "reply-not-possible");
    assert!(matches!(&no, Verdict::Rejected { human, .. } if human.contains("Answer this one in X itself")), "{no:?}");
    assert_eq!(refusal(&x.attempt(&to, &answer("4711", "x"), "k").await).0, "gone");
    fake.asked();
    for bad in ["", "t1", "1/../2", "1\n", "-1", "99999999999999999999999"] {
        assert_eq!(refusal(&x.attempt(&to, &answer(bad, "x"), "k").await).0, "gone", "{bad:?}");
        assert_eq!(refusal(&x.take_down(&to, bad).await).0, "gone", "{bad:?}");
        assert_eq!(refusal(&x.hide(&to, bad, true).await).0, "gone", "{bad:?}");
        assert_eq!(x.metrics(&to, bad).await, Err(Failure::Gone), "{bad:?}");
    }
    assert!(fake.asked().is_empty(), "nothing of this was asked");
}

#[tokio::test]
async fn hides_counts_and_removes() {
    let (fake, x, to) = stage(Ways::default()).await;
    let post = accepted(x.attempt(&to, &ready("Ask us"), "k").await);
    let rude = fake.write(9, "Rude words", Some(&post));
    for hidden in [true, true, false] {
        assert_eq!(accepted(x.hide(&to, &rude, hidden).await), rude);
        assert_eq!(fake.hidden(&rude), Some(hidden));
    }
    assert_eq!(refusal(&x.hide(&to, &post, true).await).0, "forbidden", "only what others answered");
    let counts = x.metrics(&to, &post).await.unwrap();
    assert_eq!((counts.likes, counts.shares, counts.replies, counts.views), (Some(3), Some(3), Some(1), Some(120)));
    assert_eq!(refusal(&x.take_down(&to, &rude).await).0, "forbidden");
    assert_eq!(refusal(&x.edit(&to, &post, &ready("Ask")).await).0, "edit-not-possible");
    assert!(!x.capabilities().can_edit);
    for _ in 0..2 {
        assert_eq!(accepted(x.take_down(&to, &post).await), post);
    }
    assert_eq!(x.metrics(&to, &post).await, Err(Failure::Gone));
    // What X says it did not remove is looked at.
    fake.say_instead(Some((200, r#"{"data":{"deleted":false,"id":"5","text":"there"}}"#)));
    assert_eq!(refusal(&x.take_down(&to, "5").await).0, "refused");
    for unclear in ["", "<html>", r#"{"data":{}}"#, r#"{"data":{"deleted":"true"}}"#, "[]"] {
        fake.say_instead(Some((200, unclear)));
        for verdict in [x.take_down(&to, "5").await, x.hide(&to, "5", true).await] {
            assert!(matches!(verdict, Verdict::Unknown { .. }), "{unclear}: {verdict:?}");
        }
        assert!(matches!(x.metrics(&to, "5").await, Err(Failure::Unreachable { .. })), "{unclear}");
    }
}

#[tokio::test]
async fn pictures_come_with_what_they_show() {
    let (fake, x, to) = stage(Ways::default()).await;
    let picture = |bytes: &[u8], alt: &str| Media {
        bytes: bytes.to_vec(),
        mime: "image/png".into(),
        alt: alt.into(),
        url: None,
        path: None,
    };
    let two = vec![picture(b"\x89PNG1", "A bridge"), picture(b"\x89PNG2", " ")];
    let with = |text: &str, media: Vec<Media>| Post { text: text.into(), media, ..Post::default() };
    let prepared = x.prepare(&to, &with("Look", two)).await.unwrap();
    assert_eq!(fake.asked().len(), 3, "nothing is said of a picture without a description");
    let since = Clock::system().now();
    let id = accepted(x.attempt(&to, &prepared, "k").await);
    assert_eq!(
        (fake.own()[0].media.clone(), fake.alts()),
        (prepared.media, vec!["A bridge".to_owned(), String::new()])
    );
    assert_eq!(found(&x.find(&to, &sought("Look", since)).await), id, "the link to the pictures is not part of it");
    let alone = x.prepare(&to, &with("", vec![picture(b"\x89PNG3", "")])).await.unwrap();
    accepted(x.attempt(&to, &alone, "k").await);
    assert_eq!(x.own_posts(&to, Some(id)).await.unwrap().items[0].text, "");
    assert_eq!(
        refusal(&x.prepare(&to, &with("x", vec![picture(b"text", "")])).await.unwrap_err()),
        ("refused", Some("media"))
    );
    let lost = Prepared { media: vec!["12".into()], ..ready("Look again") };
    assert_eq!(refusal(&x.attempt(&to, &lost, "k").await), ("refused", Some("media")));
    for unclear in ["", "<html>", r#"{"data":{"id":5}}"#, r#"{"data":{"id":"5\u0000"}}"#] {
        fake.say_instead(Some((200, unclear)));
        let verdict = x.prepare(&to, &with("x", vec![picture(b"\x89PNG4", "")])).await.unwrap_err();
        assert!(matches!(verdict, Verdict::NotSent { .. }), "{unclear}: {verdict:?}");
    }
    let broken = r#"{"data":{"id":"5","processing_info":{"state":"failed"}}}"#;
    fake.say_instead(Some((200, broken)));
    let verdict = x.prepare(&to, &with("x", vec![picture(b"\x89PNG5", "")])).await.unwrap_err();
    assert_eq!(refusal(&verdict), ("refused", Some("media")));
}

#[tokio::test]
async fn what_came_since_is_read_and_no_more() {
    let (fake, x, to) = stage(Ways::default()).await;
    let first = x.own_posts(&to, None).await.unwrap();
    assert_eq!(first.cursor.as_deref(), Some("0"), "an account without a post");
    let all: Vec<String> = (0..230).map(|n| fake.write(OURS, &format!("Number {n}"), None)).collect();
    fake.asked();
    let page = x.own_posts(&to, first.cursor).await.unwrap();
    assert_eq!(page.items.iter().map(|p| p.remote_id.clone()).collect::<Vec<_>>(), all);
    assert_eq!((page.more, page.cursor.as_ref(), fake.asked().len()), (false, all.last(), 3));
    assert!(x.own_posts(&to, page.cursor).await.unwrap().items.is_empty());
    let asked = fake.asked();
    assert!(asked.len() == 1 && asked[0].contains(&format!("since_id={}", all[229])), "{asked:?}");
    assert!(x.own_posts(&to, None).await.unwrap().items.is_empty());
    assert!(fake.asked()[0].ends_with("/2/users/7/tweets?max_results=5"), "the fewest that can be asked for");
    for wrong in ["x", "", "1&max_results=5", "-1"] {
        assert!(matches!(x.own_posts(&to, Some(wrong.into())).await, Err(Failure::Refused { .. })), "{wrong}");
        assert!(matches!(x.inbound(&to, Some(wrong.into())).await, Err(Failure::Refused { .. })), "{wrong}");
    }
}

#[tokio::test]
async fn keys_are_renewed_once() {
    let (fake, x, to) = stage(Ways::default()).await;
    let old = Access { secret: Secret::new("old"), ..to.clone() };
    assert_eq!(x.whoami(&old).await, Err(Failure::Unauthorised));
    let new = x.renew(&old, &Secret::new("app:sesame:refresh-0")).await.unwrap().unwrap();
    assert_eq!((new.secret.reveal(), new.lasts_s), (TOKEN, Some(7200)));
    assert_eq!(new.refresh.as_ref().unwrap().reveal(), "app:sesame:refresh-1");
    assert_eq!(x.whoami(&to).await.unwrap().handle, "@roads");
    assert_eq!(
        x.renew(&old, &Secret::new("app:sesame:refresh-0")).await.unwrap_err(),
        Failure::Unauthorised,
        "used up"
    );
    let open = x.renew(&old, &Secret::new("public::refresh-1")).await.unwrap().unwrap();
    assert_eq!(open.refresh.unwrap().reveal(), "public::refresh-2");
    assert_eq!(x.renew(&old, &Secret::new("app:wrong:refresh-2")).await.unwrap_err(), Failure::Unauthorised);
    let asked = fake.asked();
    assert!(
        asked.iter().all(|a| !a.contains("refresh-") && !a.contains(TOKEN)),
        "no key stands in an address: {asked:?}"
    );
    for bad in ["", "refresh-2", "app:refresh-2", "::refresh-2", "app:sesame:", "app:sesame:a b", "app:ses\name:r"] {
        assert_eq!(x.renew(&old, &Secret::new(bad)).await.unwrap_err(), Failure::Unauthorised, "{bad:?}");
    }
    assert!(fake.asked().is_empty(), "what cannot be a key is not sent");
    let refresh = Secret::new("app:sesame:refresh-2");
    for unclear in ["", "<html>", "[]", r#"{"access_token":7}"#, r#"{"access_token":"a\nb"}"#, r#"{"access_token":""}"#]
    {
        fake.say_instead(Some((200, unclear)));
        assert!(matches!(x.renew(&old, &refresh).await, Err(Failure::Unreachable { .. })), "{unclear}");
    }
    fake.say_instead(Some((403, r#"{"error":"x","error_description":"refresh-2 is not wanted"}"#)));
    let failure = x.renew(&old, &refresh).await.unwrap_err();
    assert!(matches!(&failure, Failure::Refused { human, .. } if !human.contains("refresh-2")), "{failure:?}");
    fake.say_instead(Some((200, r#"{"access_token":"abc","expires_in":-5}"#)));
    let bare = x.renew(&old, &refresh).await.unwrap().unwrap();
    assert!(bare.refresh.is_none() && bare.lasts_s.is_none());
}

#[tokio::test]
async fn the_account_signs_in_and_gives_a_key() {
    let (fake, x, to) = stage(Ways::default()).await;
    let redirect = "https://gov.example/accounts/callback".to_owned();
    let bring = |verifier: &str| {
        let back = fake.agree(&x.sign_in(&to).unwrap().url("app", &redirect, "s", "v"));
        let app = crate::App { id: "app".into(), secret: Secret::new("sesame") };
        let (code, verifier) = (crate::fake_permits::code_of(&back), Secret::new(verifier));
        Brought { app, code, verifier, redirect: redirect.clone() }
    };
    let brought = bring("v");
    let granted = x.exchange(&to, &brought).await.unwrap();
    assert_eq!((granted.secret.reveal(), granted.lasts_s), (TOKEN, Some(7200)));
    let refresh = granted.refresh.unwrap();
    assert_eq!(refresh.reveal(), "app:sesame:refresh-0");
    assert!(x.renew(&to, &refresh).await.unwrap().is_some());
    assert_eq!(refusal_of(x.exchange(&to, &brought).await), "code-not-good", "a code is good once");
    assert_eq!(refusal_of(x.exchange(&to, &bring("another")).await), "code-not-good", "not who asked");
    fake.say_instead(Some((429, "{}")));
    assert!(matches!(x.exchange(&to, &bring("v")).await, Err(Failure::RateLimited { .. })));
    assert!(fake.asked().iter().all(|a| !a.contains("code-")), "no code stands in an address");
}

#[tokio::test]
async fn people_are_found_by_their_name() {
    let (fake, x, to) = stage(Ways::default()).await;
    assert_eq!(x.resolve(&to, "@pema").await, Ok(Some("9".into())));
    assert_eq!(x.resolve(&to, "nobody_here").await, Err(Failure::Gone));
    fake.asked();
    for bad in ["", "@", "a b", "../me", "pema?x=1", "པདྨ"] {
        assert_eq!(x.resolve(&to, bad).await, Err(Failure::Gone), "{bad}");
    }
    assert!(fake.asked().is_empty());
    for wrong in [
        r#"{"data":{"id":7,"username":"roads"}}"#,
        r#"{"data":{"id":"7","username":"a/b"}}"#,
        r#"{"data":{"id":"7\n","username":"roads"}}"#,
    ] {
        fake.say_instead(Some((200, wrong)));
        assert!(matches!(x.whoami(&to).await, Err(Failure::Unreachable { .. })), "{wrong}");
    }
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_yes() {
    for instead in [
        "",
        "<html>",
        "[]",
        "null",
        r#"{"data":{"text":"x"}}"#,
        r#"{"data":{"id":5,"text":"x"}}"#,
        r#"{"data":{"id":"5\n6","text":"x"}}"#,
        r#"{"data":{"id":"../5","text":"x"}}"#,
        r#"{"data":{"id":"5","te"#,
        r#"{"errors":[{"title":"Odd"}]}"#,
    ] {
        let (fake, x, to) = stage(Ways::default()).await;
        fake.say_instead(Some((201, instead)));
        let verdict = x.attempt(&to, &ready("Landslide at Box Cutting"), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{instead}: {verdict:?}");
        assert_eq!(fake.own().len(), 1, "and it was done");
    }
    let (fake, x, to) = stage(Ways { html: true, ..Ways::default() }).await;
    assert!(matches!(x.attempt(&to, &ready("Rain"), "k").await, Verdict::Unknown { .. }));
    assert_eq!(fake.own().len(), 1);

    let (fake, x, to) = stage(Ways::default()).await;
    let deep = "[".repeat(200_000);
    let post = r#""text":"x","created_at":"2026-11-29T08:00:00.000Z","author_id":"9"}"#;
    let stuck = format!(r#"{{"data":[{{"id":"5",{post}],"meta":{{"result_count":1,"next_token":"a"}}}}"#);
    let bad_id = format!(r#"{{"data":[{{"id":"5\u0007",{post}],"meta":{{"result_count":1}}}}"#);
    let bad_token = format!(r#"{{"data":[{{"id":"5",{post}],"meta":{{"result_count":1,"next_token":"a\n"}}}}"#);
    for wrong in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"meta":{}}"#,
        r#"{"meta":{"result_count":"0"}}"#,
        r#"{"data":{}}"#,
        r#"{"data":[7]}"#,
        r#"{"data":[{"id":5}]}"#,
        r#"{"data":[],"meta":{"next_token":"a"}}"#,
        r#"{"errors":[{"title":"Odd","detail":"Something"}],"meta":{}}"#,
        &stuck,
        &bad_id,
        &bad_token,
        &deep,
    ] {
        fake.say_instead(Some((200, wrong)));
        let what: String = wrong.chars().take(60).collect();
        assert_eq!(x.find(&to, &sought("y", 0)).await, Found::CannotTell, "{what}");
        let cursor = Some("1".to_owned());
        assert!(matches!(x.own_posts(&to, cursor.clone()).await, Err(Failure::Unreachable { .. })), "{what}");
        assert!(matches!(x.inbound(&to, cursor).await, Err(Failure::Unreachable { .. })), "{what}");
    }
    let undated = r#"{"data":[{"id":"5","text":"x","author_id":"9"}],"meta":{"result_count":1}}"#;
    let nameless =
        r#"{"data":[{"id":"5","text":"x","created_at":"2026-11-29T08:00:00.000Z"}],"meta":{"result_count":1}}"#;
    fake.say_instead(Some((200, undated)));
    assert_eq!(x.find(&to, &sought("y", 0)).await, Found::CannotTell);
    assert!(x.own_posts(&to, Some("1".into())).await.is_err());
    fake.say_instead(Some((200, nameless)));
    assert!(x.inbound(&to, Some("1".into())).await.is_err());
    for empty in [r#"{"meta":{"result_count":0}}"#, r#"{"data":[],"meta":{"result_count":0}}"#] {
        fake.say_instead(Some((200, empty)));
        assert_eq!(x.find(&to, &sought("y", 0)).await, Found::No, "{empty}");
        assert_eq!(x.inbound(&to, Some("5".into())).await.unwrap().cursor.as_deref(), Some("5"), "{empty}");
    }
    // Whole words of a long post, under either name; nobody's language.
    for name in ["note_tweet", "note_post"] {
        let long = format!(
            r#"{{"data":[{{"id":"5","{name}":{{"text":"the whole &amp; more"}},"lang":"qme",{post}],"meta":{{"result_count":1}}}}"#
        );
        fake.say_instead(Some((200, &long)));
        let item = x.inbound(&to, Some("1".into())).await.unwrap().items.remove(0);
        assert_eq!((item.text.as_str(), item.lang, item.author_name.as_str()), ("the whole & more", None, "#9"));
        assert_eq!(item.url.as_deref(), Some("https://x.com/i/status/5"));
    }
}
