//! Films: fetched by their address, worked on, published by the container's number.
use super::tests::{calls, container, instagram, sought};
use super::*;
use crate::Recording;
use crate::contract::film;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, beside as with, code, in_the_end};
use fake::Ways;
use ground::clock::{DAY, HOUR};

fn at(address: &str) -> Recording {
    Recording { url: Some(address.into()), ..film() }
}

#[tokio::test]
async fn a_film_is_fetched_and_published_as_a_reel() {
    let (fake, c, to) = instagram(Ways::default()).await;
    fake.be_slow(4);
    let prepared = c.prepare(&to, &with(film(), "The new bridge")).await.unwrap();
    assert!(fake.own().is_empty(), "nothing is out yet");
    let Verdict::Accepted { url, remote_id } = c.attempt(&to, &prepared, "k").await else { panic!() };
    assert_eq!(url, Some(format!("https://www.instagram.com/reel/C{remote_id}/")));
    let out = fake.own().remove(0);
    assert_eq!((out.text.as_str(), out.film), ("The new bridge", film().url));
    // Without words Instagram takes it too.
    let bare = c.prepare(&to, &with(film(), "")).await.unwrap();
    accepted(c.attempt(&to, &bare, "k").await);
    let before = fake.asked().len();
    for (wrong, what) in [
        (with(Recording { url: None, ..film() }, "x"), "not-reachable"),
        (with(at("http://gov.example/1"), "x"), "not-reachable"),
        (with(Recording { mime: "audio/mpeg".into(), ..film() }, "x"), "recording-type"),
        (with(Recording { bytes: FILM_BYTES + 1, ..film() }, "x"), "recording-too-large"),
        (Post { reply_to: Some("5".into()), ..with(film(), "x") }, "recording-not-possible"),
        (Post { media: super::tests::post("x").media, ..with(film(), "x") }, "recording-alone"),
    ] {
        assert_eq!(code(&c.prepare(&to, &wrong).await.unwrap_err()), what);
    }
    assert_eq!(fake.asked().len(), before, "nothing was asked for these");
    let answer = Post { reply_to: Some("5".into()), ..with(film(), "x") };
    assert_eq!(c.problems(&answer)[0].code, "recording-not-possible");
    assert!(c.problems(&with(film(), "x")).is_empty(), "a film is in place of a picture");
}

#[tokio::test]
async fn a_film_that_takes_long_is_fetched_once() {
    let (fake, c, to) = instagram(Ways::default()).await;
    fake.be_slow(14);
    let prepared = c.prepare(&to, &with(film(), "The new bridge")).await.unwrap();
    let out = accepted(in_the_end(async || c.attempt(&to, &prepared, "k").await).await);
    assert_eq!((fake.own().len(), calls(&fake, "POST /v26.0/17841005550001/media")), (1, 2), "one container, one call");
    // The same container again is the same post.
    assert_eq!(accepted(c.attempt(&to, &prepared, "k").await), out);
    assert_eq!(fake.own().len(), 1);
}

#[tokio::test]
async fn a_film_that_comes_to_nothing_is_refused_and_not_out() {
    let (fake, c, to) = instagram(Ways::default()).await;
    for (address, why) in [
        ("https://gov.example/nothing-there.mp4", "FAILED_DOWNLOADING_VIDEO"),
        ("https://gov.example/hours-long.mp4", "INVALID_DURATION"),
    ] {
        fake.be_slow(3);
        match c.prepare(&to, &with(at(address), "x")).await.unwrap_err() {
            Verdict::Rejected { code, human, .. } => assert!(code == "not-ready" && human.ends_with(why), "{human}"),
            other => panic!("{other:?}"),
        }
        // Seen only when it is to be published.
        fake.be_slow(12);
        let late = c.prepare(&to, &with(at(address), "x")).await.unwrap();
        assert!(matches!(c.attempt(&to, &late, "k").await, Verdict::NotReady { .. }));
        assert_eq!(code(&c.attempt(&to, &late, "k").await), "not-ready");
        assert_eq!(c.find(&to, &sought("x", &late)).await, Found::No);
    }
    fake.be_slow(0);
    let old = c.prepare(&to, &with(film(), "x")).await.unwrap();
    fake.let_pass(DAY + HOUR);
    assert_eq!(code(&c.attempt(&to, &old, "k").await), "expired");
    assert_eq!(c.find(&to, &sought("x", &old)).await, Found::No);
    assert!(fake.own().is_empty());
}

#[tokio::test]
async fn a_film_whose_answer_is_lost_is_found_by_its_container() {
    let (fake, c, to) = instagram(Ways::default()).await;
    let prepared = c.prepare(&to, &with(film(), "The new bridge")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::DropAfter));
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    let found = c.find(&to, &sought("The new bridge", &prepared)).await;
    assert!(matches!(found, Found::Yes { url: Some(url), .. } if url.contains("/reel/")));
    // Films without words are all alike.
    let bare = c.prepare(&to, &with(film(), "")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::DropAfter));
    c.attempt(&to, &bare, "k").await;
    assert_eq!(c.find(&to, &sought("", &bare)).await, Found::CannotTell);
    assert_ne!(container(&bare).id, container(&prepared).id);
    for said in ["", "<html>", "{}", r#"{"id":"../me"}"#, r#"{"id":7}"#] {
        fake.say_instead("POST /v26.0/17841005550001/media", 200, said);
        let verdict = c.prepare(&to, &with(film(), "x")).await;
        assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{said}: {verdict:?}");
    }
}
