use super::fake::{FakeWhatsApp, KEY, NUMBER, TOKEN};
use super::*;
use crate::simulator::{Fault, SetFault};
use crate::trial::{accepted, code, post, refusal};
use crate::{Media, Recording};
use ground::fetch::FetchPolicy;
use std::time::Duration;
use tokio::net::TcpListener;

const PEMA: &str = "97517123456";

async fn number() -> (FakeWhatsApp, WhatsApp, Access) {
    let total_timeout = Duration::from_millis(900);
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, total_timeout, ..FetchPolicy::default() }).unwrap();
    let fake = FakeWhatsApp::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(KEY),
        remote_account_id: NUMBER.into(),
        handle: "+9752323251".into(),
    };
    (fake, WhatsApp::new(fetch, Clock::system()), access)
}

fn answer(to: &str, text: &str) -> Prepared {
    Prepared { reply_to: Some(to.into()), ..Prepared::of(&post(text), Vec::new()) }
}

#[tokio::test]
async fn the_key_names_the_number_and_its_address_is_for_everybody() {
    let (fake, whatsapp, to) = number().await;
    let new = Access { remote_account_id: String::new(), handle: "the road line".into(), ..to.clone() };
    let me = whatsapp.whoami(&new).await.unwrap();
    assert_eq!((me.account_id.as_str(), me.handle.as_str()), (NUMBER, "+9752323251"));
    assert_eq!((me.name.as_str(), me.url.as_deref()), ("Department of Roads", Some("https://wa.me/9752323251")));
    for handle in ["+975 2 323 251", "9752323251", "https://wa.me/9752323251"] {
        assert_eq!(whatsapp.resolve(&to, handle).await, Ok(Some(NUMBER.to_owned())), "{handle}");
    }
    for handle in ["+975 17 123 456", "@roads", "", "https://wa.me/"] {
        assert_eq!(whatsapp.resolve(&to, handle).await, Ok(None), "{handle}");
    }
    let asked = fake.asked().len();
    for bad in ["", " ", TOKEN, "x:y", ":y", "5:", "5:two words", "../me:token", "5/messages:token"] {
        let wrong = Access { secret: Secret::new(bad), ..to.clone() };
        assert_eq!(whatsapp.whoami(&wrong).await, Err(Failure::Unauthorised), "{bad}");
    }
    assert_eq!(fake.asked().len(), asked, "nothing was asked with what is no key");
    let another = Access { secret: Secret::new(format!("5:{TOKEN}")), ..to.clone() };
    assert!(matches!(whatsapp.whoami(&another).await, Err(Failure::Refused { code, .. }) if code == "forbidden"));
    let message = fake.written_by(PEMA);
    assert_eq!(code(&whatsapp.attempt(&another, &answer(&message, "x"), "k").await), "another-account");
    for instead in ["{}", "<html>", r#"{"id":"5"}"#, &format!(r#"{{"id":"{NUMBER}","display_phone_number":"me"}}"#)] {
        fake.say_instead(Some((200, instead)));
        let me = whatsapp.whoami(&to).await;
        assert!(matches!(me, Err(Failure::Unreachable { .. })), "{instead}: {me:?}");
    }
}

#[tokio::test]
async fn an_answer_goes_to_who_wrote_and_quotes_what_they_wrote() {
    let (fake, whatsapp, to) = number().await;
    let message = fake.written_by(PEMA);
    let text = "Yes, *since noon*: https://roads.example/wangdue";
    let sent = accepted(whatsapp.attempt(&to, &answer(&message, text), "drelwa-7-1").await);
    assert!(sent.starts_with("sent-") && !sent.contains("wamid"), "{sent}");
    let one = fake.sent().remove(0);
    assert_eq!((one.to.as_str(), one.text.as_str(), one.tag.as_str()), (PEMA, text, "drelwa-7-1"));
    assert!(message.ends_with(&one.quotes), "{one:?}");
    assert!(fake.asked().iter().all(|a| !a.contains(PEMA) && !a.contains(TOKEN)), "neither stands in an address");
    let long_key = "k".repeat(600);
    accepted(whatsapp.attempt(&to, &answer(&message, "and more"), &long_key).await);
}

#[tokio::test]
async fn after_a_day_a_person_is_told_what_to_do() {
    let (fake, whatsapp, to) = number().await;
    let message = fake.written_by(PEMA);
    fake.a_day_later();
    let late = whatsapp.attempt(&to, &answer(&message, "Sorry that it took so long"), "k").await;
    let Verdict::Rejected { code, human, .. } = &late else { panic!("{late:?}") };
    assert!(code == "window-closed" && human.contains("24 hours") && human.contains("another way"), "{human}");
    assert!(fake.sent().is_empty() && !late.may_repeat());
    // As soon as they write again they are answered.
    let newer = fake.written_by(PEMA);
    accepted(whatsapp.attempt(&to, &answer(&newer, "Here it is"), "k").await);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_before_anything_is_sent() {
    let (fake, whatsapp, to) = number().await;
    let message = fake.written_by(PEMA);
    let wamid = message.split_once('/').unwrap().1;
    for (reply_to, want) in [
        (None, "publish-not-possible"),
        (Some("bogus".to_owned()), "gone"),
        (Some(wamid.to_owned()), "gone"),
        (Some(format!("0/{wamid}")), "gone"),
        (Some("97517123456/../me".to_owned()), "gone"),
        (Some(format!("-/{wamid}")), "no-number"),
        (Some(place::sent(wamid)), "reply-not-possible"),
        (Some(place::failed(wamid)), "reply-not-possible"),
    ] {
        let said = Post { reply_to: reply_to.clone(), ..post("x") };
        assert_eq!(code(&whatsapp.prepare(&to, &said).await.unwrap_err()), want, "{reply_to:?}");
        let prepared = Prepared { reply_to: reply_to.clone(), ..Prepared::of(&said, Vec::new()) };
        assert_eq!(code(&whatsapp.attempt(&to, &prepared, "k").await), want, "{reply_to:?}");
    }
    let picture = Media { bytes: vec![1], mime: "image/png".into(), alt: String::new(), url: None, path: None };
    let shown = Post { media: vec![picture], reply_to: Some(message.clone()), ..post("x") };
    assert_eq!(refusal(&whatsapp.prepare(&to, &shown).await.unwrap_err()), ("media-too-many", Some("media")));
    assert_eq!(whatsapp.problems(&shown)[0].code, "media-too-many");
    let film =
        Recording { path: "x".into(), bytes: 1, mime: "video/mp4".into(), seconds: None, captions: vec![], url: None };
    let filmed = Post { recording: Some(film), reply_to: Some(message.clone()), ..post("x") };
    assert_eq!(code(&whatsapp.prepare(&to, &filmed).await.unwrap_err()), "media-too-many");
    // Outside the first plane a sign counts two.
    for (text, well) in [("😀".repeat(2048), true), ("😀".repeat(2049), false), ("ཀ".repeat(4096), true)] {
        let said = Post { reply_to: Some(message.clone()), ..post(&text) };
        assert_eq!(whatsapp.problems(&said).is_empty(), well);
        assert_eq!(whatsapp.prepare(&to, &said).await.is_ok(), well);
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn codes_are_read_before_the_status() {
    let (fake, whatsapp, to) = number().await;
    let message = fake.written_by(PEMA);
    for status in [200, 400, 401, 403, 500] {
        let say = async |number: i64, subcode: i64| {
            let error = json!({"error": {"message": "Some words", "code": number, "error_subcode": subcode}});
            fake.say_instead(Some((status, &error.to_string())));
            whatsapp.attempt(&to, &answer(&message, "x"), "k").await
        };
        assert_eq!(say(190, 463).await, Verdict::Unauthorised, "{status}");
        for wait in [4, 80_007, 130_429, 131_056] {
            assert_eq!(say(wait, 0).await, Verdict::RateLimited { until_us: None }, "{status} {wait}");
        }
        for unsure in [1, 2, 131_000, 131_016] {
            assert!(matches!(say(unsure, 0).await, Verdict::Unknown { .. }), "{status} {unsure}");
        }
        for (number, want) in [
            (131_047, "window-closed"),
            (131_026, "undeliverable"),
            (131_030, "not-allowed-to"),
            (131_031, "blocked"),
            (131_042, "payment"),
            (131_048, "blocked"),
            (133_010, "not-registered"),
            (10, "forbidden"),
            (200, "forbidden"),
        ] {
            assert_eq!(code(&say(number, 0).await), want, "{status} {number}");
        }
        assert_eq!(code(&say(100, 33).await), "forbidden", "{status}");
    }
    fake.say_instead(Some((400, r#"{"error":{"message":"(#100) Invalid parameter","code":100}}"#)));
    assert_eq!(code(&whatsapp.attempt(&to, &answer(&message, "x"), "k").await), "refused");
    fake.say_instead(Some((500, r#"{"error":{"message":"(#100) Invalid parameter","code":100}}"#)));
    let unsure = whatsapp.attempt(&to, &answer(&message, "x"), "k").await;
    assert!(matches!(unsure, Verdict::Unknown { .. }), "{unsure:?}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_no_yes() {
    for instead in [
        "",
        "<!DOCTYPE html>",
        "{}",
        r#"{"messages":[]}"#,
        r#"{"messages":[{"id":7}]}"#,
        r#"{"messages":[{"id":"../../me"}]}"#,
        r#"{"messages":[{"id":"wamid.A B"}]}"#,
        r#"{"messages":[{"id":"wamid.A"}"#,
    ] {
        let (fake, whatsapp, to) = number().await;
        let message = fake.written_by(PEMA);
        fake.say_instead(Some((200, instead)));
        let verdict = whatsapp.attempt(&to, &answer(&message, "Landslide"), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{instead}: {verdict:?}");
        assert_eq!(fake.sent().len(), 1, "and it was done");
    }
}

/// Whatever goes wrong, neither the token nor the person's number stands in an error.
#[tokio::test]
async fn neither_token_nor_number_is_ever_told() {
    let (fake, whatsapp, to) = number().await;
    let said = answer(&fake.written_by(PEMA), "x");
    let mut told = Vec::new();
    for fault in Fault::ALL {
        fake.set_fault(SetFault { ms: (fault == Fault::Slow).then_some(3000), ..SetFault::once(fault) });
        told.push(format!("{:?}", whatsapp.attempt(&to, &said, "k").await));
    }
    for (status, body) in [
        (400, json!({"error": {"code": 190, "message": format!("Malformed access token {TOKEN}")}}).to_string()),
        (400, json!({"error": {"code": 100, "message": format!("No {TOKEN} here")}}).to_string()),
        (400, json!({"error": {"code": 131_009, "message": format!("Not valid: +{PEMA}, {PEMA}")}}).to_string()),
        (500, json!({"error": {"code": 2, "message": format!("{PEMA} could not be reached")}}).to_string()),
        (500, json!({"error": {"code": 2, "message": format!("No {TOKEN} here")}}).to_string()),
        (302, format!("to {TOKEN}")),
        (200, format!("<html>{TOKEN}")),
    ] {
        fake.say_instead(Some((status, &body)));
        told.push(format!("{:?}", whatsapp.attempt(&to, &said, "k").await));
        told.push(format!("{:?}", whatsapp.whoami(&to).await));
    }
    for base_url in ["http://127.0.0.1:1", "gopher://x", "not an address", "http://10.0.0.1"] {
        let lost = Access { base_url: base_url.into(), ..to.clone() };
        told.push(format!("{:?} {lost:?}", whatsapp.attempt(&lost, &said, "k").await));
    }
    assert!(told.len() > 20);
    for text in told {
        assert!(!text.contains(TOKEN) && !text.contains(PEMA), "{text}");
    }
}
