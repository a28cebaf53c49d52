use super::fake::{APP, Ways};
use super::tests::{at, post, wechat};
use super::*;
use crate::Secret;
use crate::simulator::{Fault, SetFault};
use crate::trial::accepted;
use std::sync::Arc;

#[tokio::test]
async fn fifty_callers_ask_for_one_token() {
    let (fake, c, to) = wechat(Ways::default()).await;
    let c = Arc::new(c);
    let all = |to: Access| {
        let c = c.clone();
        let calls = (0..50).map(move |_| (c.clone(), to.clone()));
        calls.map(|(c, to)| tokio::spawn(async move { c.token(&to).await })).collect::<Vec<_>>()
    };
    for call in all(to.clone()) {
        assert_eq!(call.await.unwrap().as_deref(), Ok("TOKEN-0"));
    }
    assert_eq!(fake.held().asked_for_tokens, 1);
    // Those who waited for a request that failed do not each make one of their own.
    let wrong = Access { secret: Secret::new(format!("{APP}:{}", "f".repeat(32))), ..to.clone() };
    for call in all(wrong.clone()) {
        assert_eq!(call.await.unwrap(), Err(Verdict::Unauthorised));
    }
    assert_eq!(fake.held().asked_for_tokens, 2);
    assert_eq!(c.token(&wrong).await, Err(Verdict::Unauthorised), "whoever comes later asks anew");
    assert_eq!(fake.held().asked_for_tokens, 3);
    assert_eq!(c.token(&to).await.as_deref(), Ok("TOKEN-0"), "another key has another token");
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_it_ends() {
    let clock = Clock::frozen(1_700_000_000_000_000);
    let (fake, c, to) = at(Ways::default(), clock.clone()).await;
    for (wait_s, asked) in [(0, 1), (6899, 1), (2, 2), (6000, 2)] {
        clock.advance(wait_s * ground::clock::SECOND);
        c.token(&to).await.unwrap();
        assert_eq!(fake.held().asked_for_tokens, asked, "{wait_s}");
    }
    // A nonsensical end is not believed; a short one is.
    for (lasts, wait_s, asked) in [(i64::MAX, 7000, 2), (300, 149, 1), (300, 151, 2)] {
        fake.held().lasts = Some(lasts);
        c.accepted(&to).await.unwrap();
        let before = fake.held().asked_for_tokens;
        clock.advance(wait_s * ground::clock::SECOND);
        c.token(&to).await.unwrap();
        assert_eq!(fake.held().asked_for_tokens - before + 1, asked, "{lasts} {wait_s}");
    }
    clock.advance(DAY);
    for nonsense in [r#"{"access_token":"x"}"#, r#"{"access_token":"x","expires_in":0}"#, "<html>", "{}", "[]"] {
        fake.say_instead(Some(("stable_token", 200, nonsense)));
        assert!(matches!(c.token(&to).await, Err(Verdict::NotSent { .. })), "{nonsense}");
    }
    let control = "{\"access_token\":\"a\\u000ab\",\"expires_in\":7200}";
    fake.say_instead(Some(("stable_token", 200, control)));
    assert!(matches!(c.token(&to).await, Err(Verdict::NotSent { .. })), "it would break the address");
}

#[tokio::test]
async fn a_token_that_was_replaced_is_no_bad_key() {
    let (fake, c, to) = wechat(Ways::default()).await;
    let prepared = c.prepare(&to, &post("Road open")).await.unwrap();
    fake.end_tokens();
    // Nothing was done, and a repetition goes through with the new token.
    assert!(matches!(c.attempt(&to, &prepared, "k").await, Verdict::NotSent { .. }));
    assert!(fake.texts().is_empty());
    accepted(c.attempt(&to, &prepared, "k").await);
    // The same token again, and it is still refused: the key is good for nothing.
    let next = c.prepare(&to, &post("Road closed")).await.unwrap();
    fake.set_fault(SetFault::once(Fault::RevokedToken));
    assert_eq!(c.attempt(&to, &next, "k").await, Verdict::Unauthorised);
    fake.say_instead(Some((
        "stable_token",
        200,
        r#"{"errcode":40164,"errmsg":"invalid ip 192.0.2.1, not in whitelist"}"#,
    )));
    let Err(Failure::Refused { code, human }) = c.whoami(&to).await else { panic!() };
    assert!(code == "address-not-allowed" && human.contains("192.0.2.1"), "the administrator must know it: {human}");
    for bad in ["", " ", ":", "wx0123456789abcdef", "wx0123456789abcdef:", "wx&x=1234567:abc", "wx0123456789abcdef:a b"]
    {
        let wrong = Access { secret: Secret::new(bad), ..to.clone() };
        assert_eq!(c.whoami(&wrong).await, Err(Failure::Unauthorised), "{bad}");
    }
}
