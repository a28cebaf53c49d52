use super::*;
use ground::crypto::{hex, hmac_sha256};

/// An app's secret as Meta makes them.
pub(crate) const APP: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn agreed(verify: &str) -> Secret {
    Secret::new(format!("{verify}:{APP}"))
}

fn with(body: &str, signature: &str) -> Notice {
    let headers = vec![("x-hub-signature-256".to_owned(), signature.to_owned())];
    Notice { query: String::new(), headers, body: body.as_bytes().to_vec() }
}

/// A call with this body, signed by Meta.
pub(crate) fn signed(body: &str) -> Notice {
    with(body, &format!("sha256={}", hex(&hmac_sha256(APP.as_bytes(), &[body.as_bytes()]))))
}

pub(crate) fn greets(query: &str) -> Notice {
    Notice { query: query.to_owned(), ..Notice::default() }
}

const PAGES: Interest = Interest { object: Some("page"), fields: &["feed", "mention"] };
const FEED: &str = r#"{"object":"page","entry":[{"id":"7","time":1,"changes":[{"field":"feed","value":{}}]}]}"#;

fn hear(notice: &Notice) -> Result<Heard, NotHeard> {
    look(notice, &agreed("our own words"), &PAGES)
}

#[test]
fn a_greeting_is_answered_only_to_who_knows_the_word() {
    let ask = |query: &str| hear(&greets(query));
    let good = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=our+own+words";
    assert_eq!(ask(good), Ok(Heard::Greeting("1158201444".into())));
    for forged in [
        "",
        "hub.mode=subscribe&hub.challenge=1158201444",
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=",
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=our+own+word",
        "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=0123456789abcdef0123456789abcdef",
        "hub.mode=unsubscribe&hub.challenge=1158201444&hub.verify_token=our+own+words",
    ] {
        assert_eq!(ask(forged), Err(NotHeard::Forged), "{forged}");
    }
    for challenge in ["", "%3Cscript%3E", "a%0D%0Ab", "a+b", &"1".repeat(201)] {
        let query = format!("hub.mode=subscribe&hub.challenge={challenge}&hub.verify_token=our+own+words");
        assert_eq!(ask(&query), Err(NotHeard::Unreadable), "{challenge}");
    }
    // A signed call is no greeting, whatever its address says.
    let both = Notice { query: good.into(), ..signed(FEED) };
    assert_eq!(hear(&both), Ok(Heard::Look));
    let body_beside = Notice { query: good.into(), body: b"{}".to_vec(), ..Notice::default() };
    assert_eq!(hear(&body_beside), Err(NotHeard::Forged));
}

#[test]
fn only_what_is_signed_with_the_secret_counts() {
    // By another program: `hmac.new(key, body, sha256)` in Python.
    let known = "sha256=7cbc46b042d7e131c845c3f08d7028636dc75bdd529a85bfd25451ef6fc04d04";
    let body = r#"{"object":"page","entry":[]}"#;
    assert_eq!(hear(&with(body, known)), Ok(Heard::Nothing));
    assert_eq!(hear(&signed(FEED)), Ok(Heard::Look));
    // Capitals are the same number.
    let capitals = format!("sha256={}", known[7..].to_uppercase());
    assert_eq!(hear(&with(body, &capitals)), Ok(Heard::Nothing));
    let right = signed(FEED);
    let signature = right.header("x-hub-signature-256").unwrap().to_owned();
    let replayed = with(&FEED.replace("\"7\"", "\"8\""), &signature);
    assert_eq!(hear(&replayed), Err(NotHeard::Forged), "the signature of another body");
    let missing = Notice { headers: vec![], ..right.clone() };
    assert_eq!(hear(&missing), Err(NotHeard::Forged));
    let older = Notice { headers: vec![("x-hub-signature".into(), signature.clone())], ..right };
    assert_eq!(hear(&older), Err(NotHeard::Forged));
    for bad in [
        "",
        "sha256=",
        &signature[7..],
        &signature.replace("sha256", "SHA256"),
        &signature.replace("sha256", "sha1"),
        &signature[..70],
        &format!("{signature}00"),
        &format!("sha256={}", "0".repeat(64)),
        &format!("sha256={}", "+0".repeat(32)),
        &format!("sha256={}", "é".repeat(32)),
    ] {
        assert_eq!(hear(&with(FEED, bad)), Err(NotHeard::Forged), "{bad}");
    }
    for other in ["our own words:0123456789abcdef0123456789abcdee", "our own words:", ":", "", APP] {
        assert_eq!(look(&signed(FEED), &Secret::new(other), &PAGES), Err(NotHeard::Forged), "{other}");
    }
}

#[test]
fn a_secret_too_short_proves_nothing() {
    let short = "0123456789abcde";
    let notice = with(FEED, &format!("sha256={}", hex(&hmac_sha256(short.as_bytes(), &[FEED.as_bytes()]))));
    assert_eq!(look(&notice, &Secret::new(format!("word:{short}")), &PAGES), Err(NotHeard::Forged));
    let nameless = look(&signed(FEED), &Secret::new(format!(":{APP}")), &PAGES);
    assert_eq!(nameless, Err(NotHeard::Forged), "anybody could greet");
}

#[test]
fn what_does_not_concern_comments_is_passed_over() {
    for nothing in [
        r#"{"object":"page"}"#,
        r#"{"object":"page","entry":[{"messaging":[{}]}]}"#,
        r#"{"object":"page","entry":[{"changes":[{"field":"ratings"}]}]}"#,
        r#"{"object":"instagram","entry":[{"changes":[{"field":"feed"}]}]}"#,
        r#"{"object":"page","entry":[{"changes":[7,{"field":7},{}]}]}"#,
    ] {
        assert_eq!(hear(&signed(nothing)), Ok(Heard::Nothing), "{nothing}");
    }
    let second = r#"{"object":"page","entry":[{"changes":[{"field":"ratings"}]},{"changes":[{"field":"mention"}]}]}"#;
    assert_eq!(hear(&signed(second)), Ok(Heard::Look));
    for unreadable in ["{", "[]", "7", "<html>", "{}", r#"{"object":7}"#] {
        assert_eq!(hear(&signed(unreadable)), Err(NotHeard::Unreadable), "{unreadable}");
    }
}

#[test]
fn a_network_that_names_one_change_is_heard_too() {
    let threads = Interest { object: None, fields: &["replies"] };
    let told = |body: &str| look(&signed(body), &agreed("word"), &threads);
    assert_eq!(told(r#"{"topic":"moderate","values":{"field":"replies","value":{"id":"1"}}}"#), Ok(Heard::Look));
    assert_eq!(told(r#"{"values":[{"field":"x"},{"field":"replies"}]}"#), Ok(Heard::Look));
    assert_eq!(told(r#"{"values":{"field":"delete"}}"#), Ok(Heard::Nothing));
    assert_eq!(told("{}"), Ok(Heard::Nothing));
}

/// Facebook, Instagram and Threads: each hears what concerns it, and only when Meta says it.
#[test]
fn every_network_looks_when_meta_says_so() {
    use crate::Registry;
    use ground::clock::Clock;
    use ground::fetch::{Fetch, FetchPolicy};
    let fetch = Fetch::new(FetchPolicy::default()).unwrap();
    let networks = Registry::standard(&fetch, &Clock::system(), None);
    let instagram = r#"{"object":"instagram","entry":[{"id":"7","changes":[{"field":"comments","value":{}}]}]}"#;
    let threads =
        r#"{"app_id":"1","topic":"moderate","target_id":"7","values":{"value":{"id":"1"},"field":"replies"}}"#;
    let all = [("facebook", FEED), ("instagram", instagram), ("threads", threads)];
    let all = all.map(|(name, body)| (networks.get(name).unwrap(), body));
    let secret = agreed("word");
    for (network, body) in &all {
        let name = network.capabilities().platform;
        assert!(network.capabilities().calls_us, "{name}");
        let hear = |notice: &Notice| network.hear(notice, &secret, 0);
        let right = signed(body);
        assert_eq!(hear(&right), Ok(Heard::Look), "{name}");
        let capitals = right.header("x-hub-signature-256").unwrap()[7..].to_uppercase();
        assert_eq!(hear(&with(body, &format!("sha256={capitals}"))), Ok(Heard::Look), "{name}");
        let changed = Notice { body: body.replace('7', "8").into_bytes(), ..right.clone() };
        assert_eq!(hear(&changed), Err(NotHeard::Forged), "{name}");
        assert_eq!(hear(&Notice { headers: vec![], ..right.clone() }), Err(NotHeard::Forged), "{name}");
        let other = Secret::new("word:ffffffffffffffffffffffffffffffff");
        assert_eq!(network.hear(&right, &other, 0), Err(NotHeard::Forged), "{name}");
        let greeting = greets("hub.mode=subscribe&hub.challenge=7&hub.verify_token=word");
        assert_eq!(hear(&greeting), Ok(Heard::Greeting("7".into())), "{name}");
        for (_, others) in all.iter().filter(|(_, b)| b != body) {
            assert_eq!(hear(&signed(others)).unwrap_or(Heard::Nothing), Heard::Nothing, "{name}");
        }
    }
}

#[test]
fn only_what_can_be_a_secret_is_agreed_upon() {
    assert_eq!(agree(&format!(" our own words:{APP} ")).unwrap().reveal(), format!("our own words:{APP}"));
    for odd in [APP, "", ":", "words:short", &format!(":{APP}")] {
        let refused = agree(odd).unwrap_err();
        assert!(matches!(&refused, Failure::Refused { code, .. } if code == "secret"), "{odd}: {refused:?}");
        assert!(odd.is_empty() || odd == ":" || !refused.to_string().contains(odd), "nothing of a secret is told");
    }
}
