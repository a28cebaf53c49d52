//! Films: sent up in pieces as a draft, with captions, and published by their number.
use super::fake::{FakeFacebook, PAGE_ID, Ways};
use super::fake_films::Lost;
use super::tests::{error, facebook, picture, sought};
use super::*;
use crate::contract::film;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, code, in_the_end, post, ready};
use crate::{Captions, Recording};
use ground::clock::HOUR;
use std::time::Duration;

const SMALL: Ways = Ways { anonymous: false, person: false, nameless: false, chunk: 7, short: false, ranked: false };

async fn page(ways: Ways) -> (FakeFacebook, Facebook, Access) {
    let (fake, mut page, to) = facebook(ways).await;
    page.graph.pause = Duration::from_millis(1);
    (fake, page, to)
}

fn with(text: &str) -> Post {
    Post { recording: Some(film()), ..post(text) }
}

fn look(prepared: &Prepared, text: &str) -> Sought {
    sought(text, prepared.container.as_deref(), Clock::system().now())
}

/// The same film, made ready so long ago.
fn aged(prepared: &Prepared, us: i64) -> Prepared {
    let mut made = film::made(prepared.container.as_deref()).unwrap();
    made.at_us -= us;
    Prepared { container: Some(film::kept(&made, 0).0), ..prepared.clone() }
}

#[tokio::test]
async fn a_film_is_a_draft_with_its_captions_and_then_a_post() {
    for ways in [SMALL, Ways { short: true, ..SMALL }, Ways::default()] {
        let (fake, page, to) = page(ways).await;
        fake.be_slow(4, None, 0);
        let captions = |lang: &str| Captions { lang: lang.into(), ..film().captions.remove(0) };
        let both = Recording { captions: vec![captions("dz"), captions("en")], ..film() };
        let prepared = page.prepare(&to, &Post { recording: Some(both), ..post("The new bridge") }).await.unwrap();
        let (id, kept) = fake.films().into_iter().next().unwrap();
        assert_eq!(kept.bytes, std::fs::read(film().path).unwrap(), "every byte once and in order");
        assert_eq!((kept.published, fake.own().len(), kept.description.as_str()), (false, 0, "The new bridge"));
        let srt = "1\n00:00:00,000 --> 00:00:01,000\nThe bridge\n\n";
        assert_eq!(kept.captions, [("film.en_US.srt".to_owned(), srt.to_owned())], "in the languages Facebook knows");
        let Verdict::Accepted { remote_id, url } = page.attempt(&to, &prepared, "k").await else { panic!() };
        assert_eq!((remote_id.as_str(), url), (fake.own()[0].id.as_str(), Some(format!("{WEB}/reel/{id}/"))));
        assert_eq!(page.metrics(&to, &remote_id).await.unwrap().views, Some(7));
        assert!(fake.asked().iter().all(|a| !a.contains(fake::SECRET)), "the token is in no address");
        // The same again is the same post, though this server would make a second one.
        assert_eq!(accepted(page.attempt(&to, &prepared, "k").await), remote_id);
        assert_eq!((fake.own().len(), fake.films().len()), (1, 1));
    }
    let (fake, page, to) = page(SMALL).await;
    for (wrong, what) in [
        (Recording { mime: "audio/mpeg".into(), ..film() }, "recording-type"),
        (Recording { bytes: FILM_BYTES + 1, ..film() }, "recording-too-large"),
        (Recording { bytes: 0, ..film() }, "recording-missing"),
    ] {
        assert_eq!(code(&page.prepare(&to, &Post { recording: Some(wrong), ..post("x") }).await.unwrap_err()), what);
    }
    let beside = Post { media: vec![picture("y")], ..with("x") };
    assert_eq!(code(&page.prepare(&to, &beside).await.unwrap_err()), "recording-alone");
    let answer = Post { reply_to: Some(format!("{PAGE_ID}_1")), ..with("x") };
    assert_eq!(code(&page.prepare(&to, &answer).await.unwrap_err()), "recording-not-possible");
    assert_eq!(page.problems(&answer)[0].code, "recording-not-possible");
    assert!(fake.asked().is_empty(), "nothing was asked for these");
}

#[tokio::test]
async fn a_film_that_takes_long_is_sent_up_once() {
    let (fake, page, to) = page(SMALL).await;
    fake.be_slow(13, None, 2);
    let prepared = page.prepare(&to, &with("The new bridge")).await.unwrap();
    // It is public, and which post it is comes later.
    let verdict = in_the_end(async || page.attempt(&to, &prepared, "k").await).await;
    let Verdict::Pending { remote_id: id } = verdict else { panic!("{verdict:?}") };
    assert_eq!((fake.own().len(), fake.films().len()), (1, 1));
    assert_eq!(page.standing(&to, &id).await, Ok(Standing::Working));
    let Ok(Standing::Out { remote_id, url: Some(_) }) = page.standing(&to, &id).await else { panic!() };
    assert_eq!(remote_id, fake.own()[0].id);
    assert_eq!(page.standing(&to, &remote_id).await, Ok(Standing::NotTold), "anything else is out at once");
}

#[tokio::test]
async fn a_film_that_comes_to_nothing_is_refused_and_not_out() {
    let (fake, page, to) = page(SMALL).await;
    fake.be_slow(3, Some("The sound cannot be read"), 0);
    match page.prepare(&to, &with("x")).await.unwrap_err() {
        Verdict::Rejected { code, human, field } => {
            assert!(code == "not-ready" && human.ends_with("The sound cannot be read"), "{human}");
            assert_eq!(field.as_deref(), Some("media"));
        }
        other => panic!("{other:?}"),
    }
    assert!(fake.films().values().all(|f| f.deleted), "nothing is left of it");
    fake.be_slow(12, Some("The sound cannot be read"), 0);
    let late = page.prepare(&to, &with("x")).await.unwrap();
    assert!(matches!(page.attempt(&to, &late, "k").await, Verdict::NotReady { .. }));
    assert_eq!(code(&page.attempt(&to, &late, "k").await), "not-ready");
    assert_eq!(page.find(&to, &look(&late, "x")).await, Found::No);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text");
    std::fs::write(&path, "These words are no film at all, but text").unwrap();
    let text = Recording { path, bytes: 40, ..film() };
    let refused = page.prepare(&to, &Post { recording: Some(text), ..post("x") }).await.unwrap_err();
    assert!(matches!(&refused, Verdict::Rejected { human, .. } if human.contains("No Video Detected")), "{refused:?}");
    let shorter = Recording { bytes: 99, ..film() };
    let unread = page.prepare(&to, &Post { recording: Some(shorter), ..post("x") }).await;
    assert!(matches!(unread, Err(Verdict::NotSent { .. })), "{unread:?}");
    assert!(fake.own().is_empty());
}

#[tokio::test]
async fn captions_that_are_refused_leave_no_film() {
    let (fake, page, to) = page(SMALL).await;
    fake.say_of("/captions", 400, &error(100));
    let refused = page.prepare(&to, &with("x")).await.unwrap_err();
    assert!(matches!(&refused, Verdict::Rejected { human, .. } if human.contains("captions (en)")), "{refused:?}");
    for unclear in ["", "<html>", "{}", r#"{"success":"yes"}"#] {
        fake.say_of("/captions", 200, unclear);
        assert!(matches!(page.prepare(&to, &with("x")).await, Err(Verdict::NotSent { .. })), "{unclear}");
    }
    assert!(fake.films().values().all(|f| f.deleted && !f.published));
}

#[tokio::test]
async fn pieces_whose_answer_is_lost_are_there_once() {
    let (fake, page, to) = page(SMALL).await;
    let whole = std::fs::read(film().path).unwrap();
    let lost = |nth, kept, status, text| Some(Lost { nth, kept, status, text });
    let fault = r#"{"error":{"message":"Words","code":2}}"#;
    // One of them or all, arrived or not: what is there is told, and the rest goes on from there.
    for (status, said) in [
        (500, fault),
        (502, "<html>"),
        (200, ""),
        (200, "[]"),
        (200, r#"{"start_offset":"0","end_offset":"7"}"#),
        (200, r#"{"start_offset":"7","end_offset":"0"}"#),
        (200, r#"{"start_offset":"-1","end_offset":"7"}"#),
    ] {
        for (nth, kept) in [(1, true), (3, true), (3, false), (0, true)] {
            let begun = fake.films().len();
            fake.lose(lost(nth, kept, status, said));
            let prepared = page.prepare(&to, &with("x")).await.unwrap_or_else(|v| panic!("{nth} {kept} {said}: {v:?}"));
            let id = film::made(prepared.container.as_deref()).unwrap().id;
            assert_eq!((fake.films().len(), &fake.films()[&id].bytes), (begun + 1, &whole), "{nth} {kept} {said}");
        }
    }
    // An upload that gets nowhere is left.
    for (kept, status, said) in [
        (false, 500, fault),
        (false, 200, "{}"),
        (false, 200, r#"{"start_offset":"0","end_offset":"7"}"#),
        (true, 200, r#"{"start_offset":"31","end_offset":"32"}"#),
        (true, 200, r#"{"start_offset":"99","end_offset":"99"}"#),
        (true, 200, r#"{"start_offset":"7","end_offset":"7"}"#),
        (true, 200, r#"{"start_offset":18446744073709551615,"end_offset":18446744073709551615}"#),
    ] {
        fake.lose(lost(0, kept, status, said));
        let verdict = page.prepare(&to, &with("x")).await;
        assert!(matches!(verdict, Err(Verdict::NotSent { .. })), "{said}: {verdict:?}");
    }
    fake.lose(None);
    for begun in [
        "{}",
        "<html>",
        r#"{"video_id":"../me","upload_session_id":"1","start_offset":"0","end_offset":"7"}"#,
        r#"{"video_id":"5","upload_session_id":"a b","start_offset":"0","end_offset":"7"}"#,
        r#"{"video_id":5,"upload_session_id":"1","start_offset":"0","end_offset":"7"}"#,
        r#"{"video_id":"5","upload_session_id":"1"}"#,
    ] {
        fake.say_of("/videos", 200, begun);
        assert!(matches!(page.prepare(&to, &with("x")).await, Err(Verdict::NotSent { .. })), "{begun}");
    }
    for (number, kind) in [(190, "Unauthorised"), (32, "RateLimited"), (200, "forbidden")] {
        fake.say_of("/videos", 400, &error(number));
        assert!(format!("{:?}", page.prepare(&to, &with("x")).await).contains(kind), "{number}");
    }
    assert!(fake.own().is_empty());
}

#[tokio::test]
async fn the_film_tells_whether_it_is_out() {
    let (fake, page, to) = page(SMALL).await;
    let prepared = page.prepare(&to, &with("The new bridge")).await.unwrap();
    assert_eq!(page.find(&to, &look(&prepared, "The new bridge")).await, Found::No);
    fake.set_fault(SetFault::once(Fault::DropAfter));
    assert!(matches!(page.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    let found = page.find(&to, &look(&prepared, "The new bridge")).await;
    assert!(matches!(&found, Found::Yes { remote_id, url: Some(_) } if *remote_id == fake.own()[0].id), "{found:?}");
    let id = film::made(prepared.container.as_deref()).unwrap().id;
    // Nothing is made out of what cannot be read.
    for said in
        ["", "<html>", "{}", "[]", r#"{"published":"true"}"#, r#"{"published":true,"status":"ready"}"#, &error(33)]
    {
        fake.say_of(&format!("GET /v26.0/{id}"), 200, said);
        assert_eq!(page.find(&to, &look(&prepared, "x")).await, Found::CannotTell, "{said}");
        assert!(page.standing(&to, &id).await.is_err(), "{said}");
        let old = page.attempt(&to, &aged(&prepared, HOUR), "k").await;
        assert!(matches!(old, Verdict::NotSent { .. }), "{said}: {old:?}");
    }
    assert_eq!(fake.own().len(), 1, "published once");
    // Public, and taken back by Facebook.
    let blocked = r#"{"published":true,"post_id":"8","status":{"video_status":"error"}}"#;
    fake.say_of(&format!("GET /v26.0/{id}"), 200, blocked);
    assert_eq!(page.find(&to, &look(&prepared, "x")).await, Found::CannotTell);
    assert!(matches!(page.standing(&to, &id).await, Ok(Standing::Refused { code, .. }) if code == "not-ready"));
    assert_eq!(code(&page.attempt(&to, &prepared, "k").await), "not-ready");
    // Public, and another page's post: which one it is cannot be told.
    fake.say_of(
        &format!("GET /v26.0/{id}"),
        200,
        r#"{"published":true,"post_id":"7_8","status":{"video_status":"ready"}}"#,
    );
    assert_eq!(page.find(&to, &look(&prepared, "x")).await, Found::CannotTell);
    assert_eq!(page.standing(&to, &id).await, Ok(Standing::Working));
    let (fake, page, to) = self::page(SMALL).await;
    for said in ["", "<html>", "{}", r#"{"success":false}"#] {
        let prepared = page.prepare(&to, &with("Words")).await.unwrap();
        let id = film::made(prepared.container.as_deref()).unwrap().id;
        fake.say_of(&format!("POST /v26.0/{id}"), 200, said);
        let verdict = page.attempt(&to, &prepared, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{said}: {verdict:?}");
        assert!(matches!(page.find(&to, &look(&prepared, "Words")).await, Found::Yes { .. }), "{said}");
    }
    // A success after which the film is still a draft is not believed.
    let prepared = page.prepare(&to, &with("Words")).await.unwrap();
    let id = film::made(prepared.container.as_deref()).unwrap().id;
    fake.say_of(
        &format!("/v26.0/{id}"),
        200,
        r#"{"success":true,"published":false,"status":{"video_status":"ready"}}"#,
    );
    assert_eq!(page.attempt(&to, &prepared, "k").await, Verdict::Pending { remote_id: id.clone() });
    assert_eq!(page.standing(&to, &id).await, Ok(Standing::Working));
    fake.say_instead(None);
    assert_eq!(accepted(page.take_down(&to, &id).await), id, "what is pending can be taken away");
    assert!(matches!(page.standing(&to, &id).await, Ok(Standing::Refused { code, .. }) if code == "gone"));
}

#[tokio::test]
async fn words_beside_a_film_change_and_the_film_stays() {
    let (fake, page, to) = page(SMALL).await;
    let prepared = page.prepare(&to, &with("The new brigde")).await.unwrap();
    let post = accepted(page.attempt(&to, &prepared, "k").await);
    let better = page.prepare(&to, &with("The new bridge")).await.unwrap();
    accepted(page.edit(&to, &post, &better).await);
    assert_eq!(fake.own()[0].message, "The new bridge");
    accepted(page.edit(&to, &post, &ready("The bridge")).await);
    assert_eq!(fake.own()[0].message, "The bridge");
    let left = |fake: &FakeFacebook| fake.films().values().filter(|f| !f.deleted).count();
    assert_eq!((left(&fake), fake.films().len()), (1, 2), "what was sent up for it is thrown away");
    let brief = page.prepare_edit(&to, &with("The bridge is open")).await.unwrap();
    assert_eq!(fake.films().len(), 2, "nothing is sent up for a correction");
    accepted(page.edit(&to, &post, &brief).await);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other");
    std::fs::write(&path, b"\0\0\0\x18ftypmp42").unwrap();
    let other = Recording { path, bytes: 12, ..film() };
    let other = page.prepare_edit(&to, &Post { recording: Some(other), ..with("x") }).await.unwrap();
    assert_eq!(code(&page.edit(&to, &post, &other).await), "recording-fixed");
    let pictures = page.prepare_edit(&to, &Post { media: vec![picture("y")], ..Post::default() }).await.unwrap();
    assert_eq!(code(&page.edit(&to, &post, &pictures).await), "media-fixed");
    let plain = accepted(page.attempt(&to, &ready("Only words"), "k").await);
    let film = page.prepare(&to, &with("x")).await.unwrap();
    assert_eq!(code(&page.edit(&to, &plain, &film).await), "media-fixed");
    assert_eq!(code(&page.edit(&to, &format!("{PAGE_ID}_1"), &film).await), "gone");
    assert_eq!(
        (left(&fake), fake.own()[0].message.as_str(), fake.own()[1].message.as_str()),
        (1, "The bridge is open", "Only words")
    );
    // What is thrown away is never what is out.
    assert!(matches!(page.edit(&to, &post, &prepared).await, Verdict::Accepted { .. }));
    assert_eq!(left(&fake), 1);
}

#[tokio::test]
async fn a_post_is_taken_down_with_its_film() {
    let (fake, page, to) = page(SMALL).await;
    let prepared = page.prepare(&to, &with("The new bridge")).await.unwrap();
    let post = accepted(page.attempt(&to, &prepared, "k").await);
    let id = film::made(prepared.container.as_deref()).unwrap().id;
    // A post that only shares the film, or somebody else's, is taken down and corrected without touching the film.
    for film in [id.as_str(), "4711"] {
        let share = fake.share(film, "Look again");
        assert_eq!(page.metrics(&to, &share).await.unwrap().views, None, "not its own");
        accepted(page.edit(&to, &share, &ready("Look at it again")).await);
        assert_eq!(
            fake.own().iter().map(|e| e.message.as_str()).collect::<Vec<_>>(),
            ["The new bridge", "Look at it again"]
        );
        accepted(page.take_down(&to, &share).await);
        assert_eq!((fake.own().len(), fake.films()[&id].deleted), (1, false));
    }
    for (part, status, said) in [
        (format!("GET /v26.0/{id}"), 500, ""),
        (format!("GET /v26.0/{post}"), 200, "<html>"),
        (format!("DELETE /v26.0/{id}"), 200, "{}"),
    ] {
        fake.say_of(&part, status, said);
        assert!(matches!(page.take_down(&to, &post).await, Verdict::Unknown { .. }), "{part}");
    }
    fake.say_instead(None);
    for _ in 0..2 {
        accepted(page.take_down(&to, &post).await);
    }
    assert!(fake.own().is_empty() && fake.films().values().all(|f| f.deleted));
}
