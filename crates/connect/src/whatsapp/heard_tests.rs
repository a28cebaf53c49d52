use super::fake::{NUMBER, TOKEN};
use super::*;
use crate::Inbound;
use crate::meta::hear::tests::{agreed, greets, signed};
use ground::fetch::FetchPolicy;

const VERIFY: &str = "106540352242922-our-own-words";
const PEMA: &str = "97517123456";

fn hear(notice: &Notice) -> Result<Heard, NotHeard> {
    heard::hear(notice, &agreed(VERIFY))
}

/// A call about changes of one kind to a number.
fn call(field: &str, number: &str, value: Value) -> Value {
    let mut value = value;
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "9752323251", "phone_number_id": number});
    let entry = json!({"id": "419561257915477", "changes": [{"value": value, "field": field}]});
    json!({"object": "whatsapp_business_account", "entry": [entry]})
}

fn from_pema(message: Value) -> Value {
    let mut message = message;
    for (name, value) in [("from", PEMA), ("id", "wamid.HBgL/1=="), ("timestamp", "1749416383")] {
        if message.get(name).is_none() {
            message[name] = json!(value);
        }
    }
    let contact = json!({"profile": {"name": "Pema D."}, "wa_id": PEMA});
    call("messages", NUMBER, json!({"contacts": [contact], "messages": [message]}))
}

fn items(body: &Value) -> Vec<Inbound> {
    match hear(&signed(&body.to_string())) {
        Ok(Heard::Items(items)) => items,
        Ok(Heard::Nothing) => vec![],
        other => panic!("{body}: {other:?}"),
    }
}

fn one(body: &Value) -> Inbound {
    let mut all = items(body);
    assert_eq!(all.len(), 1, "{body}");
    all.remove(0)
}

#[test]
fn what_a_person_writes_comes_in_and_can_be_answered() {
    let item = one(&from_pema(json!({"type": "text", "text": {"body": "Is <b>Wangdue</b> open & safe?"}})));
    assert_eq!(item.text, "Is <b>Wangdue</b> open & safe?");
    assert_eq!((item.author_id.as_str(), item.author_name.as_str()), (PEMA, "Pema D."));
    assert_eq!((item.at_us, item.in_reply_to), (1_749_416_383_000_000, None));
    assert_eq!((item.author_url, item.url), (None, None), "an address would show the number");
    let place = Place::of(&item.remote_id).unwrap();
    assert_eq!((place.person.as_deref(), place.wamid.as_str()), (Some(PEMA), "wamid.HBgL/1=="));
    // Below an answer of ours: by the id that the answer was given.
    let context = json!({"from": "9752323251", "id": "wamid.OUT7"});
    let below = one(&from_pema(json!({"type": "text", "text": {"body": "Thanks"}, "context": context})));
    assert_eq!(below.in_reply_to, Some(place::sent("wamid.OUT7")));
    let own = json!({"from": PEMA, "id": "wamid.HBgL/0=="});
    let below = one(&from_pema(json!({"type": "text", "text": {"body": "And?"}, "context": own})));
    assert_eq!(below.in_reply_to, Some(Place::written(PEMA, "wamid.HBgL/0==")));
}

#[test]
fn captions_and_buttons_are_words_and_the_rest_says_what_it_is() {
    for (message, want) in [
        (json!({"type": "image", "image": {"id": "1", "caption": "The bridge"}}), "The bridge"),
        (json!({"type": "video", "video": {"id": "1", "caption": "The river"}}), "The river"),
        (json!({"type": "document", "document": {"id": "1", "caption": "My letter"}}), "My letter"),
        (json!({"type": "button", "button": {"payload": "P", "text": "Stop"}}), "Stop"),
        (
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}}}),
            "Yes",
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "Paro"}}}),
            "Paro",
        ),
        (json!({"type": "image", "image": {"id": "1"}}), "(A picture without words)"),
        (json!({"type": "audio", "audio": {"id": "1", "voice": true}}), "(A recording)"),
        (json!({"type": "location", "location": {"latitude": 27.4, "longitude": 89.6}}), "(A place on the map)"),
        (json!({"type": "contacts", "contacts": [{}]}), "(Somebody's telephone number)"),
        (json!({"type": "unsupported", "errors": [{"code": 131_051}]}), "(A message without words)"),
        (json!({"type": "text", "text": {"body": 7}}), "(A message without words)"),
        (json!({"type": "text", "text": {"body": " "}}), "(A message without words)"),
        (json!({"type": "invented tomorrow"}), "(A message without words)"),
        (json!({}), "(A message without words)"),
    ] {
        assert_eq!(one(&from_pema(message.clone())).text, want, "{message}");
    }
    for nothing in [
        json!({"type": "reaction", "reaction": {"message_id": "wamid.OUT1", "emoji": "👍"}}),
        json!({"type": "system", "system": {"body": "User Pema changed from 97517123456 to 97577123456"}}),
        json!({"type": "text", "text": {"body": "To all of us"}, "group_id": "Y2FwaV9ncm91cDox"}),
    ] {
        assert!(items(&from_pema(nothing.clone())).is_empty(), "{nothing}");
    }
    let long = one(&from_pema(json!({"type": "text", "text": {"body": "ཀ".repeat(60_000)}})));
    assert_eq!(long.text.chars().count(), 10_000);
}

#[test]
fn the_number_stands_in_no_name() {
    let named = |name: Value| {
        let mut body = from_pema(json!({"type": "text", "text": {"body": "x"}}));
        *body.pointer_mut("/entry/0/changes/0/value/contacts/0/profile/name").unwrap() = name;
        one(&body).author_name
    };
    assert_eq!(named(json!("  Pema\nDorji 2 ")), "PemaDorji 2");
    for hidden in [
        json!(""),
        json!(" "),
        json!(null),
        json!(PEMA),
        json!("+975 17 12 34 56"),
        json!("17123456"),
        json!("Pema 17-12-34-56"),
        json!("23456"),
    ] {
        assert_eq!(named(hidden.clone()), "WhatsApp …456", "{hidden}");
    }
    assert!(named(json!("x".repeat(5000))).len() == 100);
    // Of two names, the one that is theirs.
    let other = json!({"profile": {"name": "Karma"}, "wa_id": "97577000000"});
    let mine = json!({"profile": {"name": "Pema"}, "wa_id": PEMA});
    let message = json!({"from": PEMA, "id": "wamid.A", "timestamp": "5", "type": "text", "text": {"body": "x"}});
    let both = json!({"contacts": [other, mine], "messages": [message]});
    assert_eq!(one(&call("messages", NUMBER, both)).author_name, "Pema");
}

#[test]
fn who_keeps_their_number_to_themselves_is_read() {
    for from in [json!(null), json!("US.13491208655302741918"), json!("../me"), json!(97517123456_u64)] {
        let message = json!({"from": from, "type": "text", "text": {"body": "Hello"}});
        let item = one(&from_pema(message));
        assert_eq!((item.remote_id.as_str(), item.author_name.as_str()), ("-/wamid.HBgL/1==", "Pema D."));
        assert_eq!(item.author_id, "wamid.HBgL/1==", "nobody else's");
        assert_eq!(Place::of(&item.remote_id).unwrap().person, None);
    }
    assert_eq!(one(&from_pema(json!({"from": "+97517123456", "type": "sticker"}))).author_id, PEMA);
}

#[test]
fn an_answer_that_did_not_arrive_is_told_below_it() {
    let status = |status: &str, errors: Value| {
        let one = json!({"id": "wamid.OUT7", "status": status, "timestamp": "1749416399", "recipient_id": PEMA, "errors": errors});
        call("messages", NUMBER, json!({"statuses": [one]}))
    };
    for well in ["sent", "delivered", "read"] {
        assert!(items(&status(well, json!(null))).is_empty(), "{well}");
    }
    let note = one(&status("failed", json!([{"code": 131_047, "title": "Re-engagement message"}])));
    assert_eq!(note.in_reply_to, Some(place::sent("wamid.OUT7")));
    assert_eq!(note.remote_id, place::failed("wamid.OUT7"));
    assert!(note.text.contains("did not arrive") && note.text.contains("24 hours"), "{}", note.text);
    assert_eq!((note.author_id.as_str(), note.author_name.as_str()), ("whatsapp", "WhatsApp"));
    assert!(place::is_ours(&note.remote_id), "and nobody is answered there");
    let other =
        one(&status("failed", json!([{"code": 131_999, "title": "T", "error_data": {"details": "Some\u{7}thing"}}])));
    assert!(other.text.contains("Something (WhatsApp's code 131999)"), "{}", other.text);
    assert!(one(&status("failed", json!("?"))).text.contains("does not say why"));
    let twice = status("failed", json!([{"code": 131_026}]));
    assert_eq!(one(&twice).remote_id, one(&twice).remote_id, "the same call again is the same message");
}

#[test]
fn several_messages_come_by_their_moment_and_others_numbers_are_passed_over() {
    let say = |n: u64, at: &str| json!({"from": PEMA, "id": format!("wamid.{n}"), "timestamp": at, "type": "text", "text": {"body": n.to_string()}});
    let ours = call("messages", NUMBER, json!({"messages": [say(1, "30"), say(2, "10")]}));
    let theirs = call("messages", "106540352242923", json!({"messages": [say(3, "5")]}));
    let other = call("account_update", NUMBER, json!({"messages": [say(4, "5")]}));
    let mut all = ours;
    for body in [theirs.clone(), other] {
        let entry = body["entry"][0].clone();
        all["entry"].as_array_mut().unwrap().push(entry);
    }
    let texts: Vec<String> = items(&all).into_iter().map(|i| i.text).collect();
    assert_eq!(texts, ["2", "1"]);
    assert_eq!(hear(&signed(&theirs.to_string())), Ok(Heard::Nothing));
    let page = json!({"object": "page", "entry": []});
    assert_eq!(hear(&signed(&page.to_string())), Ok(Heard::Nothing));
}

#[test]
fn a_call_that_is_not_whatsapps_is_not_heard() {
    let body = from_pema(json!({"type": "text", "text": {"body": "x"}})).to_string();
    let right = signed(&body);
    let forged = |notice: &Notice| assert_eq!(hear(notice), Err(NotHeard::Forged), "{notice:?}");
    forged(&Notice { body: body.replace("Pema", "Bema").into_bytes(), ..right.clone() });
    forged(&Notice { headers: vec![], ..right.clone() });
    forged(&Notice {
        headers: vec![("x-hub-signature-256".into(), format!("sha256={}", "a".repeat(64)))],
        ..right.clone()
    });
    forged(&Notice::default());
    // A verify token that names no number would let in what was written to others.
    for verify in ["our-own-words", "106540352242922", "106540352242922-", "-x"] {
        assert_eq!(heard::hear(&right, &agreed(verify)), Err(NotHeard::Forged), "{verify}");
    }
    let shouted = |(name, value): &(String, String)| (name.clone(), value.to_uppercase().replace("SHA256", "sha256"));
    let capitals = Notice { headers: right.headers.iter().map(shouted).collect(), ..right };
    assert!(matches!(hear(&capitals), Ok(Heard::Items(_))));
    let greeting = format!("hub.mode=subscribe&hub.challenge=42&hub.verify_token={VERIFY}");
    assert_eq!(hear(&greets(&greeting)), Ok(Heard::Greeting("42".into())));
    assert_eq!(hear(&greets(&greeting.replace("words", "word"))), Err(NotHeard::Forged));
}

#[test]
fn what_cannot_be_read_is_told_again_and_not_lost() {
    let text = json!({"type": "text", "text": {"body": "x"}});
    for (name, value) in [
        ("id", json!("7")),
        ("id", json!(null)),
        ("id", json!("wamid.a b")),
        ("timestamp", json!("soon")),
        ("timestamp", json!(null)),
        ("timestamp", json!("-5")),
        ("timestamp", json!("99999999999999999999")),
        ("timestamp", json!(i64::MAX)),
    ] {
        let mut message = text.clone();
        message[name] = value.clone();
        let body = from_pema(message).to_string();
        assert_eq!(hear(&signed(&body)), Err(NotHeard::Unreadable), "{name} {value}");
    }
    for body in [
        "{",
        "7",
        "{}",
        r#"{"object":"whatsapp_business_account"}"#,
        r#"{"object":"whatsapp_business_account","entry":{}}"#,
        r#"{"object":"whatsapp_business_account","entry":[{"changes":7}]}"#,
        &call("messages", NUMBER, json!({"messages": {}})).to_string(),
        &call("messages", NUMBER, json!({"statuses": "failed"})).to_string(),
    ] {
        assert_eq!(hear(&signed(body)), Err(NotHeard::Unreadable), "{body}");
    }
    let message = json!({"from": PEMA, "id": "wamid.A", "timestamp": "5", "type": "text", "text": {"body": "x"}});
    let flood = call("messages", NUMBER, json!({"messages": vec![message; 1001]})).to_string();
    assert_eq!(hear(&signed(&flood)), Err(NotHeard::Unreadable));
}

#[test]
fn the_connector_hears_and_tells_of_itself_that_it_does() {
    let whatsapp = WhatsApp::new(Fetch::new(FetchPolicy::default()).unwrap(), Clock::system());
    assert!(whatsapp.capabilities().calls_us && !whatsapp.capabilities().publishes);
    let body = from_pema(json!({"type": "text", "text": {"body": TOKEN}})).to_string();
    assert!(matches!(whatsapp.hear(&signed(&body), &agreed(VERIFY), 0), Ok(Heard::Items(items)) if items.len() == 1));
}

#[test]
fn the_word_agreed_upon_names_the_number() {
    let access = |secret: &str| Access {
        base_url: "https://graph.facebook.com".into(),
        secret: Secret::new(secret),
        remote_account_id: "106540352242922".into(),
        handle: "+975".into(),
    };
    let to = access("106540352242922:EAAG");
    let app = "0123456789abcdef0123456789abcdef";
    assert!(heard::agree(&to, &format!("106540352242922-ours:{app}")).is_ok());
    for odd in [
        app.to_owned(),
        format!("ours:{app}"),
        format!("106540352242923-ours:{app}"),
        format!("106540352242922-:{app}"),
    ] {
        assert!(matches!(heard::agree(&to, &odd), Err(Failure::Refused { .. })), "{odd}");
    }
    assert!(heard::agree(&access("no number"), &format!("106540352242922-ours:{app}")).is_err());
}
