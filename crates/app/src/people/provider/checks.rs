//! What an ID token must show, and what is read out of it. Nothing here calls anybody.
use super::LEEWAY;
use ground::clock::{MINUTE, SECOND};
use openidconnect::core::CoreJweContentEncryptionAlgorithm;
use openidconnect::core::{CoreGenderClaim, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Alg};
use openidconnect::{AdditionalClaims, ClaimsVerificationError, ClientId, IdToken, IdTokenClaims, IssuerUrl, Nonce};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::{Duration, UNIX_EPOCH};

/// Everything a provider tells beyond what the standard names.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct More {
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}
impl AdditionalClaims for More {}

pub type Token = IdToken<More, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Alg>;
pub type Claims = IdTokenClaims<More, CoreGenderClaim>;

/// Signatures that only the provider can make. None with a shared secret, and never none at all.
const SIGNED_BY: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];
/// A token is used at once: an older one was kept by somebody.
const OLDEST: i64 = 10 * MINUTE;

/// What judges a token at this moment.
pub fn verifier(
    issuer: &IssuerUrl,
    client: &ClientId,
    keys: &CoreJsonWebKeySet,
    now: i64,
) -> CoreIdTokenVerifier<'static> {
    let at = move |us: i64| UNIX_EPOCH + Duration::from_micros(us.unsigned_abs());
    let seconds = move |us: i64| us / SECOND;
    CoreIdTokenVerifier::new_public_client(client.clone(), issuer.clone(), keys.clone())
        .set_allowed_algs(SIGNED_BY)
        .set_time_fn(move || at(now - LEEWAY).into())
        .set_issue_time_verifier_fn(move |issued| match issued.timestamp() {
            early if early < seconds(now - OLDEST) => Err("it was issued too long ago".to_owned()),
            late if late > seconds(now + LEEWAY) => Err("it was issued in the future".to_owned()),
            _ => Ok(()),
        })
}

/// The claims of a token that is the provider's, for us, of now, and the answer to what we asked.
pub fn verified<'a>(
    token: &'a Token,
    client: &ClientId,
    verifier: &CoreIdTokenVerifier<'static>,
    nonce: &Nonce,
) -> Result<&'a Claims, ClaimsVerificationError> {
    let claims = token.claims(verifier, nonce)?;
    match claims.authorized_party() {
        Some(party) if party != client => {
            Err(ClaimsVerificationError::InvalidAudience("it was issued for another party".into()))
        }
        None if claims.audiences().len() > 1 => {
            Err(ClaimsVerificationError::InvalidAudience("it does not say for which of several parties".into()))
        }
        _ => Ok(claims),
    }
}

/// Groups as the claim of this name tells them. `None`: the provider says that it did not tell them here.
pub fn groups(claims: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    let elsewhere = claims.get("_claim_names").and_then(|c| c.get(name)).is_some();
    match within(claims, name) {
        Some(Value::String(one)) => Some(vec![one.clone()]),
        Some(Value::Array(all)) => Some(all.iter().filter_map(|g| g.as_str().map(str::to_owned)).collect()),
        _ if elsewhere => None,
        _ => Some(vec![]),
    }
}

/// A claim by its name; `realm.roles` also finds `roles` within `realm`.
pub fn within<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(found) = claims.get(name) {
        return Some(found);
    }
    let (outer, inner) = name.split_once('.')?;
    within(claims.get(outer)?.as_object()?, inner)
}

/// Whether the provider says that more than one factor was used. `wanted_amr` may join values that must come together: `pwd+otp`.
pub fn strong(amr: &[&str], acr: Option<&str>, wanted_amr: &[String], wanted_acr: &[String]) -> bool {
    let by_amr = wanted_amr.iter().any(|w| w.split('+').all(|part| amr.contains(&part)));
    by_amr || acr.is_some_and(|acr| wanted_acr.iter().any(|w| w == acr))
}

/// Whether they showed the provider that it is they after we asked (`auth_time` in seconds).
pub fn shown_since(auth_time: Option<i64>, asked_at: i64) -> bool {
    auth_time.is_some_and(|at| at >= (asked_at - LEEWAY) / SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn groups_are_found_wherever_providers_put_them() {
        let all = |text: &str, name: &str| groups(&map(text), name);
        assert_eq!(all(r#"{"groups": ["a", 1, "b"]}"#, "groups").unwrap(), ["a", "b"]);
        assert_eq!(all(r#"{"groups": "a"}"#, "groups").unwrap(), ["a"]);
        assert_eq!(all(r#"{"realm": {"roles": ["a"]}}"#, "realm.roles").unwrap(), ["a"]);
        assert_eq!(all(r#"{"https://x.bt/groups": ["a"]}"#, "https://x.bt/groups").unwrap(), ["a"]);
        assert_eq!(all("{}", "groups").unwrap(), Vec::<String>::new(), "none is none");
        assert_eq!(all(r#"{"_claim_names": {"groups": "src1"}}"#, "groups"), None, "too many to tell");
    }

    #[test]
    fn a_second_factor_is_what_was_configured_and_nothing_else() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (amr, acr) = (words("mfa pwd+otp"), words("phr"));
        assert!(strong(&["pwd", "mfa"], None, &amr, &acr));
        assert!(strong(&["otp", "pwd"], None, &amr, &acr));
        assert!(strong(&[], Some("phr"), &amr, &acr));
        assert!(!strong(&["otp"], None, &amr, &acr));
        assert!(!strong(&["pwd"], Some("0"), &amr, &acr));
        assert!(!strong(&[], None, &[], &[]));
    }

    #[test]
    fn being_asked_again_means_after_the_question() {
        let asked = 1_000 * SECOND;
        assert!(shown_since(Some(1_000), asked) && shown_since(Some(960), asked));
        assert!(!shown_since(Some(900), asked) && !shown_since(None, asked));
    }
}
