//! Calls of Discourse: what they tell of a post is less than its own API does, so the forum is read after one.
//!
//! Source: “Configure webhooks that trigger on Discourse events” (meta.discourse.org): `X-Discourse-Event-Signature` is
//! `sha256=` and the HMAC of the body; `X-Discourse-Event-Type` names what it is about. Only the body is signed.
use crate::{Heard, NotHeard, Notice, Secret, signed};
use serde_json::Value;

pub(super) fn hear(notice: &Notice, secret: &Secret) -> Result<Heard, NotHeard> {
    let said = notice.header("x-discourse-event-signature").and_then(|s| s.trim().strip_prefix("sha256="));
    signed::hmac(secret, &[&notice.body], said)?;
    let body: Value = serde_json::from_slice(&notice.body).map_err(|_| NotHeard::Unreadable)?;
    if !body.is_object() {
        return Err(NotHeard::Unreadable);
    }
    match notice.header("x-discourse-event-type") {
        Some("post" | "topic") => Ok(Heard::Look),
        _ => Ok(Heard::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::crypto::{hex, hmac_sha256};

    fn call(kind: &str, body: &[u8], key: &[u8]) -> Notice {
        let sign = format!("sha256={}", hex(&hmac_sha256(key, &[body])));
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![header("x-discourse-event-type", kind), header("x-discourse-event-signature", &sign)];
        Notice { query: String::new(), headers, body: body.to_vec() }
    }

    #[test]
    fn a_signed_call_about_a_post_makes_us_look_and_any_other_does_not() {
        let secret = Secret::new("agreed");
        let heard = |kind: &str| hear(&call(kind, br#"{"post":{"id":7}}"#, b"agreed"), &secret);
        assert_eq!((heard("post"), heard("topic")), (Ok(Heard::Look), Ok(Heard::Look)));
        assert_eq!((heard("ping"), heard("user")), (Ok(Heard::Nothing), Ok(Heard::Nothing)));
    }

    #[test]
    fn a_call_with_another_key_or_another_body_is_forged() {
        let secret = Secret::new("agreed");
        let good = call("post", b"{}", b"agreed");
        assert_eq!(hear(&call("post", b"{}", b"other"), &secret), Err(NotHeard::Forged));
        assert_eq!(hear(&Notice { body: b"{ }".to_vec(), ..good.clone() }, &secret), Err(NotHeard::Forged));
        assert_eq!(
            hear(&Notice { headers: good.headers[..1].to_vec(), ..good.clone() }, &secret),
            Err(NotHeard::Forged)
        );
        let mut bare = good.clone();
        bare.headers[1].1 = bare.headers[1].1.replace("sha256=", "");
        assert_eq!(hear(&bare, &secret), Err(NotHeard::Forged));
        assert_eq!(hear(&call("post", b"\xff", b"agreed"), &secret), Err(NotHeard::Unreadable));
        assert_eq!(hear(&call("post", b"[]", b"agreed"), &secret), Err(NotHeard::Unreadable));
    }
}
