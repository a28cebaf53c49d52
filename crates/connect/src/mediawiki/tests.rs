use super::fake::{FakeWiki, SECRET, US, Ways};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, code, post};
use crate::{Safety, Secret, fingerprint};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

async fn wiki(ways: Ways) -> (FakeWiki, MediaWiki, Access) {
    let fake = FakeWiki::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: US.1.to_string(),
        handle: US.0.into(),
    };
    (fake, MediaWiki::new(fetch, Clock::system()), access)
}

fn ready(text: &str) -> Prepared {
    Prepared::of(&post(text), Vec::new())
}

fn picture(bytes: &[u8], alt: &str) -> Media {
    Media { bytes: bytes.to_vec(), mime: "image/png".into(), alt: alt.into(), url: None, path: None }
}

#[tokio::test]
async fn the_same_key_makes_one_page_even_if_it_was_moved() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    let id = accepted(wiki.attempt(&to, &ready("Road closed: use the bypass\n\n[[x]]"), "k").await);
    let title = fake.title_of(&id).unwrap();
    assert!(title.starts_with("Road closed – use the bypass (") && title.len() < 60, "{title}");
    assert_eq!(
        fake.source(&title).unwrap(),
        "<div lang=\"dz\">\nRoad closed: use the bypass\n\n&#91;&#91;x&#93;&#93;\n</div>"
    );
    assert_eq!(accepted(wiki.attempt(&to, &ready("Road closed: use the bypass"), "k").await), id);
    let other = accepted(wiki.attempt(&to, &ready("Road closed: use the bypass"), "k2").await);
    assert_ne!(other, id, "another key is another page");
    let sought = |key: &str| Sought {
        key: key.into(),
        fingerprint: fingerprint("unused"),
        container: None,
        since_us: Clock::system().now(),
    };
    fake.rename(&id, "Moved by somebody");
    assert!(matches!(wiki.find(&to, &sought("k")).await, Found::Yes { remote_id, .. } if remote_id == id));
    assert_eq!(wiki.find(&to, &sought("k3")).await, Found::No);
    assert!(matches!(wiki.capabilities_at(&to).await.safety, Safety::Keyed { .. }));
}

#[tokio::test]
async fn a_page_of_somebody_else_is_not_taken_for_ours() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    let title = title::of("Flood", &title::mark("k"));
    fake.write(&title, ("Pema", 9), "mine");
    assert_eq!(code(&wiki.attempt(&to, &ready("Flood"), "k").await), "title-taken");
    assert_eq!(fake.titles(), [title]);
}

#[tokio::test]
async fn a_session_that_ended_is_not_a_key_that_is_wrong() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    wiki.prepare(&to, &post("x")).await.unwrap();
    fake.revoke(0);
    let verdict = wiki.attempt(&to, &ready("First"), "k").await;
    assert!(matches!(verdict, Verdict::NotSent { .. }), "nothing was done, and it may be repeated: {verdict:?}");
    assert!(fake.titles().is_empty());
    accepted(wiki.attempt(&to, &ready("First"), "k").await);
    fake.revoke(0);
    assert_eq!(wiki.whoami(&to).await.unwrap().account_id, "7", "a question is simply asked again");
    fake.revoke(2);
    assert_eq!(wiki.attempt(&to, &ready("Second"), "k2").await, Verdict::Unauthorised);
    assert_eq!(wiki.whoami(&to).await, Err(Failure::Unauthorised));
    assert_eq!(wiki.whoami(&to).await.unwrap().handle, "Roads");
    // A session of the right key is no way in for a wrong one.
    let wrong = Access { secret: Secret::new("Roads@drelwa:guessed"), ..to.clone() };
    assert_eq!(wiki.whoami(&wrong).await, Err(Failure::Unauthorised));
    let hasty = Access { secret: Secret::new("Hasty@drelwa:x"), ..to.clone() };
    assert!(matches!(wiki.whoami(&hasty).await, Err(Failure::RateLimited { until_us: Some(_) })));
    let lost = Access { base_url: format!("{}/w", to.base_url), ..to.clone() };
    assert!(matches!(wiki.whoami(&lost).await, Err(Failure::Refused { code, .. }) if code == "no-api"));
    assert_eq!(wiki.resolve(&to, "Nobody").await, Err(Failure::Gone));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_no_yes() {
    for instead in [
        "",
        "<!DOCTYPE html>",
        "[]",
        "{}",
        "null",
        r#"{"edit":7}"#,
        r#"{"edit":{"result":"Success"}}"#,
        r#"{"edit":{"result":"Success","pageid":"12"}}"#,
        r#"{"edit":{"result":"Success","pageid":-3}}"#,
        r#"{"edit":{"result":"Success","pageid":99999999999999999999999999}}"#,
        r#"{"edit":{"result":"Success","pageid":1"#,
        r#"{"error":{"code":"internal_api_error_DBQueryError","info":"[abc] Caught exception"}}"#,
    ] {
        let (fake, wiki, to) = wiki(Ways { instead: Some(instead), ..Ways::default() }).await;
        let verdict = wiki.attempt(&to, &ready("Landslide"), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{instead}: {verdict:?}");
        assert_eq!(fake.titles().len(), 1, "and it was done");
    }
    let refused = r#"{"edit":{"result":"Failure","captcha":{"type":"image"}}}"#;
    let (_fake, wiki, to) = wiki(Ways { instead: Some(refused), ..Ways::default() }).await;
    assert_eq!(code(&wiki.attempt(&to, &ready("Landslide"), "k").await), "refused");
}

#[tokio::test]
async fn lists_that_are_no_lists_are_failures() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    let cursor = Some("2026-11-29T00:00:00Z|1".to_owned());
    let deep = "[".repeat(200_000);
    for wrong in [
        "<html>",
        "[]",
        "{}",
        r#"{"query":{"usercontribs":{},"recentchanges":"x"}}"#,
        r#"{"query":{"usercontribs":[7],"recentchanges":[null]}}"#,
        r#"{"query":{"usercontribs":[{"revid":"9"}],"recentchanges":[{"revid":-1}]}}"#,
        &deep,
    ] {
        fake.say_instead(Some(wrong));
        let what: String = wrong.chars().take(40).collect();
        for first in [None, cursor.clone()] {
            let own = wiki.own_posts(&to, first.clone()).await;
            assert!(matches!(own, Err(Failure::Unreachable { .. })), "{what}: {own:?}");
            let inbound = wiki.inbound(&to, first).await;
            assert!(matches!(inbound, Err(Failure::Unreachable { .. })), "{what}: {inbound:?}");
        }
    }
    // A list that leads back to itself is not read for ever, and nothing is concluded from it.
    fake.say_instead(Some(r#"{"continue":{"uccontinue":"x","continue":"-||"},"query":{"usercontribs":[]}}"#));
    let sought = Sought { key: "k".into(), fingerprint: String::new(), container: None, since_us: 0 };
    assert_eq!(wiki.find(&to, &sought).await, Found::CannotTell);
    fake.say_instead(None);
    assert!(matches!(wiki.inbound(&to, Some("bogus".into())).await, Err(Failure::Refused { .. })));
}

#[tokio::test]
async fn what_others_changed_meanwhile_is_not_written_over() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    let id = accepted(wiki.attempt(&to, &ready("Bridge shut"), "k").await);
    let title = fake.title_of(&id).unwrap();
    assert_eq!(accepted(wiki.edit(&to, &id, &ready("Bridge open")).await), id);
    fake.write(&title, ("Pema", 9), "Bridge open, they say");
    assert_eq!(code(&wiki.edit(&to, &id, &ready("Bridge shut again")).await), "edited-meanwhile");
    // The account's own person, too, by hand.
    let (by_hand, _) = fake.write("By hand", US, "one");
    assert_eq!(accepted(wiki.edit(&to, &by_hand, &ready("two")).await), by_hand);
    fake.write("By hand", US, "three");
    assert_eq!(code(&wiki.edit(&to, &by_hand, &ready("four")).await), "edited-meanwhile");
    let (theirs, _) = fake.write("Of Pema", ("Pema", 9), "mine");
    assert_eq!(code(&wiki.edit(&to, &theirs, &ready("ours")).await), "forbidden");
    for gone in ["4711", "", "x", "-1", "99999999999999999999"] {
        assert_eq!(code(&wiki.edit(&to, gone, &ready("x")).await), "gone", "{gone}");
    }
}

#[tokio::test]
async fn rights_the_account_lacks_are_told() {
    let lacks: &[&str] = &["delete", "deleterevision", "upload"];
    let (fake, wiki, to) = wiki(Ways { lacks, ..Ways::default() }).await;
    let can = wiki.capabilities_at(&to).await;
    assert_eq!((can.can_delete, can.can_hide, can.max_media, can.can_edit), (false, false, 0, true));
    assert_eq!(can.image_types, ["image/png", "image/gif", "image/jpeg"]);
    let id = accepted(wiki.attempt(&to, &ready("Notice"), "k").await);
    assert_eq!(code(&wiki.take_down(&to, &id).await), "forbidden");
    let comment = fake.comment(&id, "Rubbish");
    assert_eq!(code(&wiki.hide(&to, &comment, true).await), "hide-not-possible");
    assert!(fake.source(&format!("Talk:{}", fake.title_of(&id).unwrap())).unwrap().starts_with("Rubbish"));
    let with_picture = Post { media: vec![picture(b"\x89PNG1", "a")], ..post("x") };
    assert_eq!(code(&wiki.prepare(&to, &with_picture).await.unwrap_err()), "forbidden");
}

#[tokio::test]
async fn a_picture_is_stored_once_and_described() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    let media = vec![picture(b"\x89PNG1", "a ]] | {{b}}\nc"), picture(b"\x89PNG1", "else"), picture(b"\x89PNG2", "")];
    let prepared = wiki.prepare(&to, &Post { media, ..post("With pictures") }).await.unwrap();
    let names: Vec<&str> = prepared.media.iter().map(|m| m.split('|').next().unwrap()).collect();
    assert!(names[0] == names[1] && names[0] != names[2] && names[0].ends_with(".png"), "{names:?}");
    assert_eq!(fake.uploads(), 3);
    let id = accepted(wiki.attempt(&to, &prepared, "k").await);
    let source = fake.source(&fake.title_of(&id).unwrap()).unwrap();
    let first = format!("[[File:{}|thumb|alt=a &#93;&#93; &#124; &#123;&#123;b&#125;&#125; c]]", names[0]);
    assert!(source.contains(&first) && source.matches("[[").count() == 3, "{source}");
    assert_eq!(fake.texts(), ["With pictures"]);
    let text_file = Post { media: vec![picture(b"hello", "x")], ..post("x") };
    match wiki.prepare(&to, &text_file).await.unwrap_err() {
        Verdict::Rejected { field, .. } => assert_eq!(field.as_deref(), Some("media")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn comments_come_from_the_talk_pages_of_our_pages_and_our_own() {
    let (fake, wiki, to) = wiki(Ways { list: 7, ..Ways::default() }).await;
    let id = accepted(wiki.attempt(&to, &ready("Ask us"), "k").await);
    fake.comment(&id, "Before we looked");
    let first = wiki.inbound(&to, None).await.unwrap();
    assert!(first.items.is_empty() && !first.more);
    let (theirs, _) = fake.write("Elsewhere", ("Pema", 9), "a page of Pema");
    fake.comment(&theirs, "not for us");
    for n in 0..60 {
        fake.comment(&id, &format!("== Question {n} ==\n\nIs <b>{n}</b> open?"));
    }
    fake.write("User talk:Roads", ("Pema", 9), "A word to you ~~~~");
    let page = wiki.inbound(&to, first.cursor).await.unwrap();
    assert!(page.more && page.items.len() <= AT_ONCE);
    let rest = wiki.inbound(&to, page.cursor).await.unwrap();
    let all: Vec<_> = page.items.iter().chain(&rest.items).collect();
    let texts: Vec<&str> = all.iter().map(|i| i.text.as_str()).collect();
    let mut wanted: Vec<String> = (0..60).map(|n| format!("Question {n}\n\nIs <b>{n}</b> open?")).collect();
    wanted.push("A word to you".into());
    assert_eq!(texts, wanted);
    assert_eq!((all[0].in_reply_to.as_ref(), all[60].in_reply_to.as_ref()), (Some(&id), None));
    assert_eq!((all[0].author_id.as_str(), all[0].author_name.as_str()), ("9", "Pema"));
    assert!(!rest.more && wiki.inbound(&to, rest.cursor).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn an_answer_stands_under_the_words_it_answers_once() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    let id = accepted(wiki.attempt(&to, &ready("Ask us"), "k").await);
    let talk = format!("Talk:{}", fake.title_of(&id).unwrap());
    let one = fake.comment(&id, "== One ==\n\nIs it open?");
    fake.comment(&id, "== Two ==\n\nElse");
    let answer = Prepared { reply_to: Some(one.clone()), ..ready("Yes,\nsince [[noon]]") };
    let told = accepted(wiki.attempt(&to, &answer, "a1").await);
    let before = fake.source(&talk).unwrap();
    let lines: Vec<&str> = before.lines().collect();
    assert!(lines[3].starts_with(":Yes,<br>since &#91;&#91;noon&#93;&#93; [[User:Roads|Roads]]"), "{before}");
    assert_eq!(lines[5], "== Two ==");
    assert_eq!(accepted(wiki.attempt(&to, &answer, "a1").await), told, "the same key makes no second answer");
    assert_eq!(fake.source(&talk).unwrap(), before);
    let sought =
        Sought { key: "a1".into(), fingerprint: String::new(), container: None, since_us: Clock::system().now() };
    assert!(matches!(wiki.find(&to, &sought).await, Found::Yes { remote_id, .. } if remote_id == told));

    let now = accepted(wiki.edit(&to, &told, &ready("Yes, since one")).await);
    assert_ne!(now, told);
    assert_eq!(fake.texts(), ["Ask us", "Yes, since one"]);
    assert_eq!(fake.source(&talk).unwrap().lines().nth(3).map(|l| l.starts_with(":Yes, since one [[")), Some(true));
    for _ in 0..2 {
        accepted(wiki.take_down(&to, &now).await);
    }
    assert_eq!(fake.texts(), ["Ask us"]);
    assert!(fake.source(&talk).unwrap().contains("Is it open?"));
    assert_eq!(code(&wiki.edit(&to, &now, &ready("x")).await), "gone");
    let lost = Prepared { reply_to: Some("r99999".into()), ..ready("x") };
    assert_eq!(code(&wiki.attempt(&to, &lost, "a2").await), "gone");
}

#[tokio::test]
async fn hidden_words_are_off_the_page_and_out_of_its_history_and_can_come_back() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    let id = accepted(wiki.attempt(&to, &ready("Ask us"), "k").await);
    let talk = format!("Talk:{}", fake.title_of(&id).unwrap());
    fake.comment(&id, "Fine words");
    let bad = fake.comment(&id, "Bad words");
    fake.comment(&id, "More fine words");
    let from = wiki.inbound(&to, None).await.unwrap().cursor;
    let own = wiki.own_posts(&to, None).await.unwrap().cursor;
    for _ in 0..2 {
        assert_eq!(accepted(wiki.hide(&to, &bad, true).await), bad);
        let now = fake.source(&talk).unwrap();
        assert!(!now.contains("Bad words") && now.contains("hidden it") && now.contains("More fine words"), "{now}");
        assert_eq!(fake.hidden(), 2, "the revision that brought them and the one after it");
    }
    assert_eq!(accepted(wiki.hide(&to, &bad, false).await), bad);
    let now = fake.source(&talk).unwrap();
    assert!(now.contains("Bad words") && !now.contains("hidden it") && fake.hidden() == 0, "{now}");
    assert!(wiki.inbound(&to, from).await.unwrap().items.is_empty(), "what we do is nobody's comment");
    assert!(wiki.own_posts(&to, own).await.unwrap().items.is_empty(), "nor a post of ours");
    assert_eq!(code(&wiki.hide(&to, &id, true).await), "hide-not-possible");
    assert_eq!(code(&wiki.hide(&to, "r4711", true).await), "gone");
}

#[tokio::test]
async fn a_history_too_long_to_look_through_is_left_to_a_person() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    let id = accepted(wiki.attempt(&to, &ready("Ask us"), "k").await);
    let talk = format!("Talk:{}", fake.title_of(&id).unwrap());
    let bad = fake.comment(&id, "Bad words");
    let words = fake.source(&talk).unwrap();
    for n in 0..500 {
        fake.write(&talk, ("Pema", 9), &format!("{words}\n\n{n}"));
    }
    assert_eq!(code(&wiki.hide(&to, &bad, true).await), "history-too-long");
    assert!(!fake.source(&talk).unwrap().contains("Bad words"), "off the page they are");
}

#[tokio::test]
async fn busy_wikis_are_left_alone_for_as_long_as_they_say() {
    let (fake, wiki, to) = wiki(Ways::default()).await;
    wiki.prepare(&to, &post("x")).await.unwrap();
    fake.set_fault(SetFault { ms: Some(90_000), ..SetFault::once(Fault::RateLimit) });
    let now = Clock::system().now();
    let verdict = wiki.attempt(&to, &ready("x"), "k").await;
    assert!(matches!(verdict, Verdict::RateLimited { until_us: Some(t) } if t > now + 80_000_000), "{verdict:?}");
    let long = ready(&"x".repeat(2 << 20));
    let verdict = wiki.attempt(&to, &long, "k").await;
    assert!(
        matches!(&verdict, Verdict::Rejected { code, field: Some(f), .. } if code == "too-large" && f == "text"),
        "{verdict:?}"
    );
}

#[tokio::test]
async fn a_page_instead_of_an_answer_is_unknown_and_found_by_its_key() {
    let (fake, wiki, to) = wiki(Ways { html: true, ..Ways::default() }).await;
    let since_us = Clock::system().now();
    let verdict = wiki.attempt(&to, &ready("Road open"), "k").await;
    assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    let sought = Sought { key: "k".into(), fingerprint: String::new(), container: None, since_us };
    let Found::Yes { remote_id, .. } = wiki.find(&to, &sought).await else { panic!("not found") };
    assert!(fake.title_of(&remote_id).is_some());
    let much_later = Sought { since_us: since_us + 10 * MINUTE, ..sought };
    assert_eq!(wiki.find(&to, &much_later).await, Found::No);
}
