//! Films: fetched by their address, worked on, published by the container's number.
use super::tests::{container, published, sought, threads};
use super::*;
use crate::contract::film;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, beside as with, code, in_the_end};
use crate::{Captions, Recording};
use ground::clock::{DAY, HOUR};

fn at(address: &str) -> Recording {
    Recording { url: Some(address.into()), ..film() }
}

#[tokio::test]
async fn a_film_is_fetched_and_described_by_what_is_said_in_it() {
    let (fake, c, to) = threads().await;
    fake.be_slow(4);
    let prepared = c.prepare(&to, &with(film(), "The new bridge")).await.unwrap();
    assert!(fake.own().is_empty(), "nothing is out yet");
    accepted(c.attempt(&to, &prepared, "k").await);
    let out = fake.own().remove(0);
    assert_eq!((out.text.as_str(), out.film, out.alts), ("The new bridge", film().url, vec!["The bridge".to_owned()]));
    // No longer than Threads takes, none where nothing is said, and below what it answers.
    let long =
        Captions { lang: "dz".into(), vtt: format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{}\n", "ཀ".repeat(2000)) };
    for (captions, length) in [(vec![long], LONGEST_ALT), (vec![], 0)] {
        let answer = Post { reply_to: Some(out.id.clone()), ..with(Recording { captions, ..film() }, "") };
        assert!(c.problems(&answer).is_empty());
        let prepared = c.prepare(&to, &answer).await.unwrap();
        accepted(c.attempt(&to, &prepared, "k").await);
        let last = fake.own().pop().unwrap();
        assert_eq!((last.to.as_deref(), last.alts[0].chars().count()), (Some(out.id.as_str()), length));
    }
    let before = fake.asked().len();
    for (wrong, what) in [
        (with(Recording { url: None, ..film() }, "x"), "not-reachable"),
        (with(at("http://gov.example/1"), "x"), "not-reachable"),
        (with(Recording { mime: "audio/mpeg".into(), ..film() }, "x"), "recording-type"),
        (with(Recording { bytes: FILM_BYTES + 1, ..film() }, "x"), "recording-too-large"),
        (Post { media: vec![super::tests::picture("y")], ..with(film(), "x") }, "recording-alone"),
    ] {
        assert_eq!(code(&c.prepare(&to, &wrong).await.unwrap_err()), what);
    }
    assert_eq!(fake.asked().len(), before, "nothing was asked for these");
}

#[tokio::test]
async fn a_film_that_takes_long_is_fetched_once() {
    let (fake, c, to) = threads().await;
    fake.be_slow(14);
    let prepared = c.prepare(&to, &with(film(), "The new bridge")).await.unwrap();
    let out = accepted(in_the_end(async || c.attempt(&to, &prepared, "k").await).await);
    assert_eq!((fake.own().len(), published(&fake)), (1, 1));
    assert_eq!(accepted(c.attempt(&to, &prepared, "k").await), out);
    assert_eq!(fake.own().len(), 1);
}

#[tokio::test]
async fn a_film_that_comes_to_nothing_is_refused_and_not_out() {
    let (fake, c, to) = threads().await;
    for (address, why) in [
        ("https://gov.example/nothing-there.mp4", "FAILED_DOWNLOADING_VIDEO"),
        ("https://gov.example/hours-long.mp4", "INVALID_DURATION"),
    ] {
        fake.be_slow(3);
        match c.prepare(&to, &with(at(address), "x")).await.unwrap_err() {
            Verdict::Rejected { code, human, .. } => assert!(code == "not-ready" && human.ends_with(why), "{human}"),
            other => panic!("{other:?}"),
        }
        fake.be_slow(12);
        let late = c.prepare(&to, &with(at(address), "x")).await.unwrap();
        assert!(matches!(c.attempt(&to, &late, "k").await, Verdict::NotReady { .. }));
        assert_eq!(code(&c.attempt(&to, &late, "k").await), "not-ready");
        assert_eq!(c.find(&to, &sought("x", late.container.as_deref())).await, Found::No);
    }
    fake.be_slow(0);
    let old = c.prepare(&to, &with(film(), "x")).await.unwrap();
    fake.let_pass(DAY + HOUR);
    assert_eq!(code(&c.attempt(&to, &old, "k").await), "expired");
    assert_eq!(c.find(&to, &sought("x", old.container.as_deref())).await, Found::No);
    assert!(fake.own().is_empty());
}

#[tokio::test]
async fn a_film_whose_answer_is_lost_is_found_by_its_container() {
    let (fake, c, to) = threads().await;
    let prepared = c.prepare(&to, &with(film(), "The new bridge")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::DropAfter));
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    let found = c.find(&to, &sought("The new bridge", prepared.container.as_deref())).await;
    assert!(matches!(found, Found::Yes { .. }), "{found:?}");
    let bare = c.prepare(&to, &with(film(), "")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::DropAfter));
    c.attempt(&to, &bare, "k").await;
    assert_eq!(c.find(&to, &sought("", bare.container.as_deref())).await, Found::CannotTell, "films without words");
    assert_ne!(container(&bare).id, container(&prepared).id);
}
