//! Answers that cannot be read, and answers that are about something else.
use super::fake::{CHANNEL, Ways};
use super::tests::{film, server, shown, sought};
use super::*;
use crate::trial::code;

const UUID: &str = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
const HTML: &str = "<!DOCTYPE html><html>Please wait</html>";

fn unreachable<T: std::fmt::Debug>(answer: Result<T, Failure>, what: &str) {
    assert!(matches!(answer, Err(Failure::Unreachable { .. })), "{what}: {answer:?}");
}

#[tokio::test]
async fn a_page_in_place_of_an_answer_is_no_yes_and_no_no() {
    for (status, page) in [(200, HTML), (200, ""), (404, HTML), (410, ""), (503, HTML)] {
        let what = format!("{status} {page}");
        let (fake, peertube, to) = server(Ways::default()).await;
        let (film, _file) = film(10);
        let prepared = peertube.prepare(&to, &shown("Road closed", &film)).await.unwrap();
        let uuid = prepared.container.clone().unwrap();
        fake.say_instead("/api/v1/videos/", Some((status, page)));
        let verdict = peertube.attempt(&to, &prepared, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{what}: {verdict:?}");
        assert_eq!(fake.own_texts().len(), 1, "and it was done");
        assert_eq!(peertube.find(&to, &sought(&prepared, 0)).await, Found::CannotTell, "{what}");
        unreachable(peertube.standing(&to, &uuid).await, &what);
        unreachable(peertube.metrics(&to, &uuid).await, &what);
        let comment = format!("{uuid}.1102.1102");
        unreachable(peertube.metrics(&to, &comment).await, &what);
        for verdict in [
            peertube.edit(&to, &uuid, &prepared).await,
            peertube.take_down(&to, &uuid).await,
            peertube.take_down(&to, &comment).await,
            peertube.attempt(&to, &Prepared { reply_to: Some(uuid.clone()), ..prepared.clone() }, "k").await,
        ] {
            assert!(matches!(verdict, Verdict::Unknown { .. }), "{what}: {verdict:?}");
        }
        let below = Prepared { container: Some(format!("{UNDER}{uuid}")), ..prepared.clone() };
        assert_eq!(peertube.find(&to, &sought(&below, 0)).await, Found::CannotTell, "{what}");
        // Sending a film up is harmless to repeat.
        let upload = peertube.prepare(&to, &shown("Road closed", &film)).await;
        assert!(matches!(upload, Err(Verdict::NotSent { .. })), "{what}: {upload:?}");
        fake.say_instead("/api/v1/users/me", Some((status, page)));
        unreachable(peertube.own_posts(&to, None).await, &what);
        unreachable(peertube.inbound(&to, None).await, &what);
        unreachable(peertube.whoami(&to).await, &what);
    }
}

#[tokio::test]
async fn lists_and_videos_of_the_wrong_form_are_not_believed() {
    let deep = "[".repeat(200_000);
    let strange_id = r#"{"data":[{"id":5,"uuid":"../x\r\n","name":"x","privacy":{"id":1},"publishedAt":"2026-01-01T00:00:00Z","channel":{"id":12,"name":"roads"}}]}"#;
    let no_time = r#"{"data":[{"id":5,"uuid":"9c9de5e8-0a1e-484a-b099-e80766180a6d","name":"x","privacy":{"id":1},"publishedAt":5,"channel":{"id":12,"name":"roads"}}]}"#;
    for wrong in ["[]", "null", "{}", r#"{"data":{}}"#, r#"{"data":[7]}"#, strange_id, no_time, deep.as_str()] {
        let what: String = wrong.chars().take(60).collect();
        let (fake, peertube, to) = server(Ways { old: true, ..Ways::default() }).await;
        peertube.whoami(&to).await.unwrap();
        fake.say_instead("/api/v1/users/me/videos", Some((200, wrong)));
        for cursor in [None, Some("1".to_owned())] {
            unreachable(peertube.own_posts(&to, cursor).await, &what);
        }
        for cursor in [None, Some("1 0".to_owned())] {
            unreachable(peertube.inbound(&to, cursor).await, &what);
        }
    }
    let another = format!(
        r#"{{"id":5,"uuid":"{}","name":"x","privacy":{{"id":3}},"publishedAt":"2026-01-01T00:00:00Z","channel":{{"id":12,"name":"roads"}}}}"#,
        UUID.replace("9c", "aa")
    );
    let no_state = another.replace("aa", "9c").replace(r#""id":3"#, r#""id":1"#);
    let as_text = no_state.replace(r#"{"id":1}"#, r#"{"id":"1"}"#);
    for wrong in ["[]", "{}", another.as_str(), as_text.as_str(), deep.as_str()] {
        let (fake, peertube, to) = server(Ways::default()).await;
        fake.say_instead("/api/v1/videos/", Some((200, wrong)));
        let prepared = Prepared { container: Some(UUID.into()), ..crate::trial::ready("Road closed") };
        assert_eq!(peertube.find(&to, &sought(&prepared, 0)).await, Found::CannotTell, "{wrong:.60}");
        unreachable(peertube.metrics(&to, UUID).await, wrong.get(..60).unwrap_or(wrong));
    }
    let (fake, peertube, to) = server(Ways::default()).await;
    fake.say_instead("/api/v1/videos/", Some((200, &no_state)));
    unreachable(peertube.standing(&to, UUID).await, "no state is told");
}

#[tokio::test]
async fn sessions_that_cannot_be_read_open_nothing() {
    for (path, wrong) in [
        ("/api/v1/oauth-clients/local", HTML),
        ("/api/v1/oauth-clients/local", r#"{"client_id":5}"#),
        ("/api/v1/users/token", HTML),
        ("/api/v1/users/token", r#"{"access_token":"a\r\nx: y"}"#),
        ("/api/v1/users/token", r#"{"access_token":""}"#),
        ("/api/v1/users/token", r#"{"access_token":["a"]}"#),
        ("/api/v1/users/me", r#"{"account":{"id":0,"name":"x"}}"#),
        ("/api/v1/users/me", r#"{"account":{"id":"7","name":"x"}}"#),
    ] {
        let (fake, peertube, to) = server(Ways::default()).await;
        fake.say_instead(path, Some((200, wrong)));
        unreachable(peertube.own_posts(&to, None).await, wrong);
    }
    let (fake, peertube, to) = server(Ways::default()).await;
    fake.say_instead("/api/v1/oauth-clients/local", Some((404, r#"{"error":"couldnt_find"}"#)));
    let Err(Failure::Refused { code, .. }) = peertube.whoami(&to).await else { panic!() };
    assert_eq!(code, "not-this-platform");
}

#[tokio::test]
async fn strange_ids_never_reach_the_server() {
    let (fake, peertube, to) = server(Ways::default()).await;
    fake.put_up(CHANNEL, "By hand", None);
    let ready = crate::trial::ready("Road closed");
    for bad in ["", "x", "1", "../users/me", "a\r\nb", "9c9de5e8-0a1e-484a-b099-e80766180a6d/x", "\u{202e}"] {
        assert_eq!(code(&peertube.take_down(&to, bad).await), "gone", "{bad:?}");
        assert_eq!(code(&peertube.edit(&to, bad, &ready).await), "gone", "{bad:?}");
        assert_eq!(peertube.metrics(&to, bad).await, Err(Failure::Gone), "{bad:?}");
        assert_eq!(peertube.standing(&to, bad).await, Err(Failure::Gone), "{bad:?}");
        let contained = Prepared { container: Some(bad.into()), ..ready.clone() };
        assert_eq!(code(&peertube.attempt(&to, &contained, "k").await), "gone", "{bad:?}");
        let answer = Prepared { reply_to: Some(bad.into()), ..ready.clone() };
        assert_eq!(code(&peertube.attempt(&to, &answer, "k").await), "gone", "{bad:?}");
        assert_eq!(peertube.find(&to, &sought(&contained, 0)).await, Found::CannotTell, "{bad:?}");
        let answer = Prepared { container: Some(format!("{UNDER}{bad}")), ..ready.clone() };
        assert_eq!(peertube.find(&to, &sought(&answer, 0)).await, Found::CannotTell, "{bad:?}");
    }
    assert_eq!(fake.held().logins, 0, "not even a session is opened for them");
    for bad in ["x", "1 x", "", "1  2"] {
        assert!(matches!(peertube.own_posts(&to, Some(bad.into())).await, Err(Failure::Refused { .. })), "{bad}");
        assert!(matches!(peertube.inbound(&to, Some(bad.into())).await, Err(Failure::Refused { .. })), "{bad}");
    }
}
