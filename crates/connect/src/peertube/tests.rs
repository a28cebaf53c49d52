use super::bench::access;
use super::fake::{AFAR, CHANNEL, ELSEWHERE, FakePeerTube, ME, PEMA, SECRET, Ways};
use super::*;
use crate::contract::free_port;
use crate::trial::{accepted, code, refusal};
use crate::{Captions, Recording, Secret, fingerprint};
use ground::clock::{HOUR, SECOND};
use ground::fetch::FetchPolicy;

pub(super) fn connector(clock: &Clock) -> PeerTube {
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    PeerTube::new(fetch, clock.clone())
}

pub(super) async fn server(ways: Ways) -> (FakePeerTube, PeerTube, Access) {
    let fake = FakePeerTube::start(free_port().await, ways).unwrap();
    let to = access(&fake);
    (fake, connector(&Clock::system()), to)
}

/// A film of so many bytes, in a file that is there as long as the other thing.
pub(super) fn film(bytes: usize) -> (Recording, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let content: Vec<u8> = (0..bytes).map(|n| (n % 251) as u8).collect();
    std::fs::write(file.path(), content).unwrap();
    let captions = Captions { lang: "dz".into(), vtt: "WEBVTT\n\n00:00.000 --> 00:01.000\nཟམ།\n".into() };
    let (path, bytes) = (file.path().to_owned(), bytes as u64);
    (Recording { path, bytes, mime: "video/mp4".into(), seconds: None, captions: vec![captions], url: None }, file)
}

pub(super) fn shown(text: &str, film: &Recording) -> Post {
    Post { text: text.into(), lang: "dz".into(), recording: Some(film.clone()), ..Post::default() }
}

fn answer(to: &str, text: &str) -> Post {
    Post { text: text.into(), lang: "en".into(), reply_to: Some(to.into()), ..Post::default() }
}

pub(super) fn sought(prepared: &Prepared, since_us: i64) -> Sought {
    let (fingerprint, container) = (fingerprint(&prepared.text), prepared.container.clone());
    Sought { key: "k".into(), fingerprint, container, since_us }
}

const PIECES: usize = (4 << 20) + 500_000;

#[tokio::test]
async fn a_film_goes_up_unseen_in_pieces_with_its_captions_and_is_then_made_public() {
    let (fake, peertube, to) = server(Ways::default()).await;
    let (film, _file) = film(PIECES);
    let text = "ཟམ་པ་སླར་ཁ་ཕྱེ།\n\nBridge open again\n";
    let prepared = peertube.prepare(&to, &shown(text, &film)).await.unwrap();
    assert!(fake.own_texts().is_empty(), "nobody sees it yet");
    let uuid = prepared.container.clone().unwrap();
    let at_server = fake.held().find(&uuid).unwrap().clone();
    assert_eq!((at_server.privacy, at_server.channel, at_server.language.as_deref()), (3, CHANNEL, Some("dz")));
    assert_eq!(at_server.name, "ཟམ་པ་སླར་ཁ་ཕྱེ།");
    assert!(at_server.bytes == film.piece(0, PIECES).unwrap(), "every byte in its place");
    assert_eq!(at_server.captions, [("dz".to_owned(), film.captions[0].vtt.clone())]);
    assert_eq!((fake.sent(), fake.signed_in()), ((3, 0), (1, 0)));
    let since = Clock::system().now();
    assert_eq!(peertube.find(&to, &sought(&prepared, since)).await, Found::No);
    assert_eq!(accepted(peertube.attempt(&to, &prepared, "k").await), uuid);
    assert!(matches!(peertube.find(&to, &sought(&prepared, since)).await, Found::Yes { .. }));
    assert_eq!(fake.own_texts(), [text.trim()]);
    let counts = peertube.metrics(&to, &uuid).await.unwrap();
    assert_eq!((counts.views, counts.likes, counts.shares, counts.replies), (Some(41), Some(5), None, Some(0)));
    // Somebody hid it by hand, or it is gone: that proves nothing about the attempt.
    fake.held().find_mut(&uuid).unwrap().privacy = 2;
    assert_eq!(peertube.find(&to, &sought(&prepared, since)).await, Found::CannotTell);
    fake.held().films.clear();
    assert_eq!(peertube.find(&to, &sought(&prepared, since)).await, Found::CannotTell);
    assert_eq!(code(&peertube.attempt(&to, &prepared, "k").await), "gone");
}

#[tokio::test]
async fn a_piece_whose_answer_was_lost_is_asked_about_and_not_sent_again() {
    // One answer in the middle, every answer, the last answer.
    for (size, lost) in [(PIECES, 1), (PIECES, 3), (1000, 1)] {
        let (fake, peertube, to) = server(Ways::default()).await;
        let (film, _file) = film(size);
        fake.held().lose_answers = lost;
        let prepared = peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap();
        let held = fake.held();
        assert_eq!((held.pieces, held.questions), (size.div_ceil(2 << 20), lost), "{size} {lost}");
        assert!(held.find(prepared.container.as_deref().unwrap()).unwrap().bytes == film.piece(0, size).unwrap());
        assert_eq!(held.films.len(), 1);
    }
}

#[tokio::test]
async fn a_piece_that_never_arrived_is_sent_again_but_not_for_ever() {
    let (fake, peertube, to) = server(Ways::default()).await;
    let (film, _file) = film(PIECES);
    fake.held().lose_pieces = 2;
    peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap();
    assert_eq!(fake.sent(), (5, 2));
    fake.held().lose_pieces = usize::MAX;
    let verdict = peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap_err();
    assert!(matches!(verdict, Verdict::NotSent { .. }), "{verdict:?}");
    assert!(fake.sent().0 < 20, "{:?}", fake.sent());
    assert_eq!(fake.held().films.len(), 1, "what was left off makes no video");
}

#[tokio::test]
async fn an_upload_that_was_left_off_is_not_gone_on_with_for_another_channel() {
    let (fake, peertube, to) = server(Ways::default()).await;
    let elsewhere = Access { remote_account_id: format!("{ME}-{ELSEWHERE}"), ..to.clone() };
    let (film, _file) = film(PIECES);
    peertube.whoami(&to).await.unwrap();
    fake.held().end_after = Some(1);
    assert!(peertube.prepare(&to, &shown("Road closed", &film)).await.is_err());
    fake.held().end_after = None;
    for (access, channel, pieces) in [(&elsewhere, ELSEWHERE, 4), (&to, CHANNEL, 6)] {
        let prepared = peertube.prepare(access, &shown("Road closed", &film)).await.unwrap();
        let held = fake.held();
        assert_eq!(held.find(prepared.container.as_deref().unwrap()).unwrap().channel, channel);
        assert_eq!(held.pieces, pieces);
    }
}

#[tokio::test]
async fn an_upload_is_not_led_to_another_server() {
    let (fake, peertube, to) = server(Ways::default()).await;
    let (film, _file) = film(10);
    // Only the id is taken from it, and this one is not known here.
    fake.held().location = Some("https://evil.example/take?upload_id=77".into());
    assert_eq!(code(&peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap_err()), "gone");
    for bad in ["", "/x", "/x?upload_id=a%0D%0Ab", "/x?upload_id=..%2F..%2Fusers", "/x?upload_id=a%26privacy=1"] {
        fake.held().location = Some(bad.into());
        let verdict = peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap_err();
        assert!(matches!(verdict, Verdict::NotSent { .. }), "{bad}: {verdict:?}");
    }
    assert!(fake.held().films.is_empty());
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_of_an_upload_leaves_nothing_behind_in_public() {
    let fake = FakePeerTube::start(free_port().await, Ways::default()).unwrap();
    let (to, clock) = (access(&fake), Clock::frozen(Clock::system().now()));
    let peertube = connector(&clock);
    peertube.whoami(&to).await.unwrap();
    clock.advance(HOUR);
    let (film, _file) = film(PIECES);
    fake.held().end_after = Some(2);
    let verdict = peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap_err();
    assert!(verdict.may_repeat(), "{verdict:?}");
    assert!(fake.held().films.is_empty());
    fake.held().end_after = None;
    let prepared = peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap();
    accepted(peertube.attempt(&to, &prepared, "k").await);
    assert_eq!((fake.own_texts().len(), fake.held().logins), (1, 2));
    assert_eq!(fake.held().pieces, 3, "the second try went on where the first was left off");
    let uuid = prepared.container.as_deref().unwrap();
    assert!(fake.held().find(uuid).unwrap().bytes == film.piece(0, PIECES).unwrap());
}

#[tokio::test]
async fn a_session_is_opened_once_renewed_before_it_runs_out_and_opened_anew_where_that_is_refused() {
    let fake = FakePeerTube::start(free_port().await, Ways { lasts_s: 3600, ..Ways::default() }).unwrap();
    let (to, clock) = (access(&fake), Clock::frozen(Clock::system().now()));
    let peertube = connector(&clock);
    let both = tokio::join!(peertube.whoami(&to), peertube.whoami(&to));
    assert!(both.0.is_ok() && both.1.is_ok());
    assert_eq!(fake.signed_in(), (1, 0), "never twice at once");
    clock.advance(56 * MINUTE);
    let both = tokio::join!(peertube.whoami(&to), peertube.own_posts(&to, None));
    assert!(both.0.is_ok() && both.1.is_ok());
    assert_eq!(fake.signed_in(), (1, 1));
    fake.held().refreshes.clear();
    clock.advance(HOUR);
    peertube.whoami(&to).await.unwrap();
    assert_eq!(fake.signed_in(), (2, 1));
    // Ended by the server: nothing was done, and the next call opens another.
    clock.advance(10 * SECOND + MINUTE);
    fake.held().tokens.clear();
    let failure = peertube.own_posts(&to, None).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable { .. }), "{failure:?}");
    peertube.own_posts(&to, None).await.unwrap();
    assert_eq!(fake.held().logins, 3);
}

#[tokio::test]
async fn keys_and_handles_that_do_not_open_a_channel_say_why() {
    let (fake, peertube, to) = server(Ways::default()).await;
    for secret in ["", "agency", "agency:", ":x", "agency:wrong"] {
        let wrong = Access { secret: Secret::new(secret), ..to.clone() };
        assert_eq!(peertube.whoami(&wrong).await, Err(Failure::Unauthorised), "{secret}");
    }
    let named = |handle: &str| Access { handle: handle.into(), ..to.clone() };
    let account_of = async |handle: &str| peertube.whoami(&named(handle)).await.map(|me| me.account_id);
    let ours = format!("{ME}-{CHANNEL}");
    for handle in ["roads", "@Roads", "agency", ""] {
        assert_eq!(account_of(handle).await, Ok(ours.clone()), "{handle}");
    }
    assert_eq!(account_of("talk").await, Ok(format!("{ME}-{ELSEWHERE}")));
    for (handle, why) in [("nobody", "no-channel"), ("a/../b", "handle"), ("..", "handle"), ("a\r\nb", "handle")] {
        let Err(Failure::Refused { code, .. }) = account_of(handle).await else { panic!("{handle:?}") };
        assert_eq!(code, why, "{handle:?}");
    }
    assert_eq!(peertube.resolve(&to, "agency").await, Ok(Some(ours.clone())));
    assert_eq!(peertube.resolve(&to, "nobody").await, Err(Failure::Gone));
    let other = Access { remote_account_id: "8-12".into(), ..to.clone() };
    let uuid = fake.put_up(CHANNEL, "By hand", None);
    assert_eq!(code(&peertube.take_down(&other, &uuid).await), "other-account");
    for (told, why) in [
        ("missing_two_factor", "second-factor"),
        ("account_blocked", "not-admitted"),
        ("email_not_verified", "not-admitted"),
    ] {
        let (_fake, peertube, to) = server(Ways { admits: Some(told), ..Ways::default() }).await;
        let Err(Failure::Refused { code, .. }) = peertube.whoami(&to).await else { panic!("{told}") };
        assert_eq!(code, why, "{told}");
    }
    let secret = SECRET.split_once(':').unwrap().1;
    assert!(!format!("{:?}", peertube.whoami(&named("nobody")).await).contains(secret));
}

#[tokio::test]
async fn a_video_that_cannot_be_played_yet_is_pending_until_the_server_is_done() {
    let (fake, peertube, to) = server(Ways { transcodes: true, ..Ways::default() }).await;
    let (film, _file) = film(10);
    let prepared = peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap();
    let Verdict::Pending { remote_id } = peertube.attempt(&to, &prepared, "k").await else { panic!() };
    assert_eq!(peertube.standing(&to, &remote_id).await, Ok(Standing::Working));
    let set = |state: u64, blocked: Option<&'static str>| {
        let mut held = fake.held();
        let film = held.find_mut(&remote_id).unwrap();
        (film.state, film.blocked) = (state, blocked);
    };
    let why = async || match peertube.standing(&to, &remote_id).await {
        Ok(Standing::Refused { code, .. }) => code,
        other => format!("{other:?}"),
    };
    for (state, blocked, wanted) in [
        (6, None, "Ok(Working)"),
        (7, None, "processing-failed"),
        (8, None, "processing-failed"),
        (1, Some(""), "Ok(Working)"),
        (1, Some("Not for us"), "blocked"),
    ] {
        set(state, blocked);
        assert_eq!(why().await, wanted, "{state} {blocked:?}");
    }
    set(1, None);
    assert!(matches!(peertube.standing(&to, &remote_id).await, Ok(Standing::Out { url: Some(_), .. })));
    fake.held().find_mut(&remote_id).unwrap().privacy = 4;
    assert_eq!(why().await, "not-public");
    accepted(peertube.take_down(&to, &remote_id).await);
    assert_eq!(peertube.standing(&to, &remote_id).await, Err(Failure::Gone));
    // A state that is not known here is not taken for ready.
    let prepared = peertube.prepare(&to, &shown("Road open", &film)).await.unwrap();
    fake.held().find_mut(prepared.container.as_deref().unwrap()).unwrap().state = 99;
    assert!(matches!(peertube.attempt(&to, &prepared, "k").await, Verdict::Pending { .. }));
}

#[tokio::test]
async fn what_makes_no_video_is_refused_before_anything_is_sent() {
    let (fake, peertube, to) = server(Ways::default()).await;
    let (film, _file) = film(10);
    let refused = async |post: &Post| code(&peertube.prepare(&to, post).await.unwrap_err()).to_owned();
    assert_eq!(refused(&shown("", &film)).await, "text-empty");
    assert_eq!(refused(&shown("ok", &film)).await, "refused");
    assert_eq!(refused(&shown(&"x".repeat(10_001), &film)).await, "too-long");
    assert_eq!(refused(&Post { recording: None, ..shown("Road closed", &film) }).await, "recording-missing");
    let sound = Recording { mime: "audio/mpeg".into(), ..film.clone() };
    assert_eq!(refused(&shown("Road closed", &sound)).await, "recording-type");
    let both = Post { reply_to: Some("x".into()), ..shown("Road closed", &film) };
    assert_eq!(refused(&both).await, "recording-not-possible");
    assert_eq!(peertube.problems(&both)[0].code, "recording-not-possible");
    assert_eq!(peertube.problems(&shown(" ", &film))[0].code, "text-empty");
    assert_eq!(fake.signed_in(), (0, 0), "not even a session is opened");
    let huge = Recording { bytes: 65 << 20, ..film.clone() };
    assert_eq!(refused(&shown("Road closed", &huge)).await, "too-large");
    let spoken = Captions { lang: "../x".into(), vtt: "WEBVTT\n".into() };
    let strange = Recording { captions: vec![spoken], ..film };
    assert_eq!(refused(&shown("Road closed", &strange)).await, "captions-language");
    let nothing = Prepared { container: None, ..crate::trial::ready("Road closed") };
    assert_eq!(code(&peertube.attempt(&to, &nothing, "k").await), "recording-missing");
}

#[tokio::test]
async fn a_correction_changes_the_words_and_leaves_no_second_film_behind() {
    let (fake, peertube, to) = server(Ways::default()).await;
    let (film, _file) = film(10);
    let first = peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap();
    let uuid = accepted(peertube.attempt(&to, &first, "k").await);
    let better = peertube.prepare(&to, &shown("Road open\nfor light vehicles", &film)).await.unwrap();
    assert_eq!(fake.held().films.len(), 2);
    assert_eq!(accepted(peertube.edit(&to, &uuid, &better).await), uuid);
    assert_eq!(fake.own_texts(), ["Road open\nfor light vehicles"]);
    assert_eq!(fake.held().films.len(), 1);
    let again = peertube.prepare_edit(&to, &shown("Road open\nfor everybody", &film)).await.unwrap();
    assert_eq!(fake.held().films.len(), 1, "nothing is sent up for a correction");
    accepted(peertube.edit(&to, &uuid, &again).await);
    assert_eq!(fake.own_texts(), ["Road open\nfor everybody"]);
    // Made ready from the video itself, or out already: it stays.
    accepted(peertube.edit(&to, &uuid, &first).await);
    let second = peertube.prepare(&to, &shown("Rain expected", &film)).await.unwrap();
    accepted(peertube.attempt(&to, &second, "k").await);
    accepted(peertube.edit(&to, &uuid, &second).await);
    assert_eq!(fake.own_texts().len(), 2);
    assert_eq!(refusal(&peertube.edit(&to, &uuid, &crate::trial::ready("no")).await), ("refused", Some("text")));
    let comment = fake.answer(&uuid, ME, "By hand");
    assert_eq!(code(&peertube.edit(&to, &comment, &second).await), "edit-not-possible");
}

#[tokio::test]
async fn comments_are_answered_found_again_counted_and_taken_down() {
    let (fake, peertube, to) = server(Ways::default()).await;
    let uuid = fake.put_up(CHANNEL, "By hand", None);
    let asked = fake.answer(&uuid, PEMA, "When?");
    let since = Clock::system().now();
    for to_what in [uuid.as_str(), asked.as_str()] {
        let ready = peertube.prepare(&to, &answer(to_what, "At *noon*")).await.unwrap();
        assert_eq!(peertube.find(&to, &sought(&ready, since)).await, Found::No, "{to_what}");
        let id = accepted(peertube.attempt(&to, &ready, "k").await);
        let found = peertube.find(&to, &sought(&ready, since)).await;
        assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{found:?}");
        assert_eq!(peertube.find(&to, &sought(&ready, since + HOUR)).await, Found::No, "older words of ours");
        let below = fake.answer(&id, PEMA, "Thanks");
        assert_eq!(peertube.metrics(&to, &id).await.unwrap().replies, Some(1));
        for _ in 0..2 {
            assert_eq!(accepted(peertube.take_down(&to, &id).await), id);
        }
        assert_eq!(peertube.metrics(&to, &id).await, Err(Failure::Gone));
        assert_eq!(peertube.metrics(&to, &below).await.unwrap().replies, Some(0));
        // Taken down meanwhile: whose it was and what it said is not told any more.
        assert_eq!(peertube.find(&to, &sought(&ready, since)).await, Found::CannotTell);
        assert_eq!(peertube.standing(&to, &id).await, Ok(Standing::NotTold));
    }
    assert!(fake.own_texts() == ["By hand"]);
    assert_eq!(code(&peertube.hide(&to, &asked, true).await), "hide-not-possible");
}

#[tokio::test]
async fn comments_come_in_once_wherever_they_were_written() {
    for old in [false, true] {
        let (fake, peertube, to) = server(Ways { old, ..Ways::default() }).await;
        let (uuid, elsewhere) = (fake.put_up(CHANNEL, "By hand", None), fake.put_up(ELSEWHERE, "Of others", None));
        let before = fake.answer(&uuid, PEMA, "Before");
        let start = peertube.inbound(&to, None).await.unwrap();
        assert!(start.items.is_empty());
        let first = fake.answer(&uuid, AFAR, "<p>Is <b>it</b> open?</p>");
        fake.answer(&first, ME, "Yes");
        let nested = fake.answer(&before, PEMA, "In an *old* thread");
        let removed = fake.answer(&uuid, PEMA, "Spoken too soon");
        accepted(peertube.take_down(&to, &removed).await);
        fake.answer(&elsewhere, PEMA, "Below another channel");
        let page = peertube.inbound(&to, start.cursor).await.unwrap();
        let told: Vec<_> = page.items.iter().map(|i| (i.remote_id.as_str(), i.text.as_str())).collect();
        assert_eq!(told, [(first.as_str(), "Is it open?"), (nested.as_str(), "In an *old* thread")], "old: {old}");
        assert_eq!(page.items[0].in_reply_to.as_deref(), Some(uuid.as_str()));
        assert_eq!((page.items[0].author_name.as_str(), page.items[0].author_id.as_str()), ("dorji", "11"));
        assert_eq!(page.items[1].in_reply_to.as_deref(), Some(before.as_str()));
        let link = page.items[1].url.clone().unwrap();
        assert!(link.contains(&format!("/w/{uuid};threadId=")), "{link}");
        assert!(peertube.inbound(&to, page.cursor).await.unwrap().items.is_empty(), "old: {old}");
    }
}

#[tokio::test]
async fn own_videos_are_told_whole_and_when_they_become_public() {
    let (fake, peertube, to) = server(Ways::default()).await;
    let (film, _file) = film(10);
    let waiting = peertube.prepare(&to, &shown("Made long before", &film)).await.unwrap();
    let start = peertube.own_posts(&to, None).await.unwrap();
    let long = "Every word counts. ".repeat(40);
    let by_hand = fake.put_up(CHANNEL, "By hand", Some(&long));
    fake.put_up(ELSEWHERE, "Of another channel", None);
    let hidden = fake.put_up(CHANNEL, "Waiting for moderators", None);
    fake.held().find_mut(&hidden).unwrap().blocked = Some("");
    let late = accepted(peertube.attempt(&to, &waiting, "k").await);
    let page = peertube.own_posts(&to, start.cursor).await.unwrap();
    let told: Vec<_> = page.items.iter().map(|i| (i.remote_id.as_str(), i.text.as_str())).collect();
    let whole = format!("By hand\n\n{}", long.trim());
    assert_eq!(told, [(by_hand.as_str(), whole.as_str()), (late.as_str(), "Made long before")]);
    assert!(peertube.own_posts(&to, page.cursor).await.unwrap().items.is_empty());
}

#[test]
fn ids_are_read_strictly() {
    const UUID: &str = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
    assert_eq!(place(UUID), Some(Place::Video(UUID)));
    let comment = format!("{UUID}.5.9");
    assert_eq!(place(&comment), Some(Place::Comment { video: UUID, thread: 5, id: 9 }));
    assert_eq!(place(&comment).unwrap().to_string(), comment);
    for bad in ["", "x", "12", ".5.9", "9c9de5e8-0a1e-484a-b099-e80766180a6", "9c9de5e8x0a1e-484a-b099-e80766180a6d"] {
        assert_eq!(place(bad), None, "{bad}");
    }
    for tail in [".", ".5", ".5.", ".0.9", ".5.9.1", ".5.9\r\n", "/../x", ".-5.9", ".5. 9", "\0"] {
        assert_eq!(place(&format!("{UUID}{tail}")), None, "{tail:?}");
    }
}
