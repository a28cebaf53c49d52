//! Signing in at a platform, by which whoever holds an account lets this program act on it: OAuth 2 with a code (RFC
//! 6749, 4.1) and, where the platform takes it, a proof that whoever brings the code is who asked for it (PKCE, RFC
//! 7636, S256). Keys that run out are renewed where they were given (RFC 6749, 6). What renews one is kept in one
//! text, for the app's own name is needed with it: `app id:app secret:refresh token`; the middle is empty for an app
//! without a secret.
use crate::wire::{read, unreadable, wait_until};
use crate::{Failure, Renewed, Secret};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ground::clock::Clock;
use ground::crypto::sha256;
use ground::fetch::{Fetch, Request, Response};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

/// OAuth's words for an app that the platform does not know, or not with this secret (RFC 6749, 5.2); Google also
/// tells of one that was deleted.
const NO_APP: [&str; 3] = ["invalid_client", "unauthorized_client", "deleted_client"];
/// The same for a code or a refresh token that is not good (any more). X and LinkedIn say `invalid_request` of one
/// that was used, TikTok `access_denied` of one that was taken back.
const NO_GRANT: [&str; 3] = ["invalid_grant", "invalid_request", "access_denied"];

/// The longest part of a key: an app's id, its secret, a token.
const LONGEST: usize = 4096;

/// This program as a platform knows it: made there once by a person, or introduced ([`crate::Connector::introduce`]).
#[derive(Debug, Clone)]
pub struct App {
    pub id: String,
    pub secret: Secret,
}

/// How whoever holds an account is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Where they are sent: `https://…`, without a query.
    pub address: String,
    /// What the program asks to be allowed, in the platform's words.
    pub scopes: &'static [&'static str],
    /// What stands between them.
    pub between: &'static str,
    /// What the platform calls the app's id.
    pub app_word: &'static str,
    /// Whether it takes a proof (RFC 7636).
    pub proves: bool,
    /// Whatever else it is told.
    pub more: &'static [(&'static str, &'static str)],
    /// Whether the program introduces itself to each server; elsewhere a person makes the app there.
    pub introduces: bool,
}

impl SignIn {
    /// As the standards have it: blanks between what is asked, and a proof.
    pub(crate) fn of(address: impl Into<String>, scopes: &'static [&'static str]) -> SignIn {
        let (between, app_word) = (" ", "client_id");
        SignIn { address: address.into(), scopes, between, app_word, proves: true, more: &[], introduces: false }
    }

    /// Where to send a browser. `redirect`: where it comes back to; `state`: what it brings back; `verifier`: what the
    /// proof is made of, 43 to 128 letters, digits or lines, which nobody else learns.
    pub fn url(&self, app: &str, redirect: &str, state: &str, verifier: &str) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("response_type", "code").append_pair(self.app_word, app);
        query.append_pair("redirect_uri", redirect).append_pair("scope", &self.scopes.join(self.between));
        query.append_pair("state", state);
        if self.proves {
            query.append_pair("code_challenge", &challenge(verifier)).append_pair("code_challenge_method", "S256");
        }
        query.extend_pairs(self.more);
        format!("{}?{}", self.address, query.finish())
    }

    /// Whether whoever calls itself so (RFC 9207) is the server that people were sent to. No two servers share scheme,
    /// name and port; what stands behind them is written in one way or another, a last stroke above all.
    pub fn is_of(&self, issuer: &str) -> bool {
        let origin = |address: &str| Url::parse(address).map(|url| url.origin()).ok();
        origin(issuer).is_some_and(|said| origin(&self.address) == Some(said))
    }
}

/// What a browser brought back, and what it was sent with. The code is good for one call and for a short time.
#[derive(Debug, Clone)]
pub struct Brought {
    pub app: App,
    pub code: Secret,
    pub verifier: Secret,
    pub redirect: String,
}

/// A key as an account of this platform keeps it.
#[derive(Debug, Clone)]
pub struct Granted {
    pub secret: Secret,
    /// What renews it, where it runs out and can be renewed.
    pub refresh: Option<Secret>,
    /// How many seconds it is good for; `None`: without end, or not told.
    pub lasts_s: Option<i64>,
}

pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()))
}

/// What may go into a header and into a form.
fn fits(word: &str) -> bool {
    (1..=LONGEST).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_graphic())
}

impl App {
    /// Whether its parts can be kept in one text with others.
    pub fn fits(&self) -> bool {
        [&*self.id, self.secret.reveal()].iter().all(|part| fits(part) && !part.contains(':'))
    }
}

pub(crate) fn refused(code: &str, human: String) -> Failure {
    Failure::Refused { code: code.to_owned(), human }
}

/// Where nobody signs in to give a key.
pub(crate) fn not_here() -> Failure {
    refused("sign-in-not-possible", "Keys of this platform are made another way.".to_owned())
}

/// An answer to an introduction that cannot be read.
pub(crate) fn unreadable_app() -> Failure {
    refused("not-introduced", "The server did not say as what it knows the program.".to_owned())
}

/// Where a platform gives keys.
pub(crate) struct Tokens<'a> {
    pub fetch: &'a Fetch,
    pub clock: &'a Clock,
    /// The name people know.
    pub network: &'static str,
    pub address: String,
    pub app_word: &'static str,
    /// An app with a secret names itself in a header (RFC 6749, 2.3.1); elsewhere in the form.
    pub by_header: bool,
    /// Keys end within hours: one that nothing renews is not worth having.
    pub must_renew: bool,
    /// When a platform that was asked too often listens again.
    pub later: fn(&Response, &Clock) -> Option<i64>,
}

/// Why there is no key.
enum No {
    App,
    Grant,
    Other(Failure),
}

impl<'a> Tokens<'a> {
    /// As the standard has it.
    pub fn new(fetch: &'a Fetch, clock: &'a Clock, network: &'static str, address: String) -> Tokens<'a> {
        let (app_word, later) = ("client_id", wait_until as fn(&Response, &Clock) -> Option<i64>);
        Tokens { fetch, clock, network, address, app_word, by_header: false, must_renew: false, later }
    }

    /// A new key in place of one that runs out.
    pub async fn renewed(&self, refresh: &Secret) -> Result<Renewed, Failure> {
        let [id, secret, token] = parts(refresh, self.by_header).ok_or(Failure::Unauthorised)?;
        let ask = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let told = self.ask(id, secret, &ask).await.map_err(|no| match no {
            No::App | No::Grant => Failure::Unauthorised,
            // What the answer says is not passed on: it may repeat what was sent.
            No::Other(Failure::Refused { code, .. }) => {
                refused(&code, format!("{} does not renew the key.", self.network))
            }
            No::Other(failure) => failure,
        })?;
        Ok(Renewed {
            secret: Secret::new(word(&told, "access_token").ok_or_else(unreadable)?),
            // A blank one in the answer never takes the place of a good one.
            refresh: word(&told, "refresh_token").map(|next| Secret::new(format!("{id}:{secret}:{next}"))),
            lasts_s: lasts(&told),
        })
    }

    /// The key for a code. All that was asked for must have been permitted, as far as the answer tells.
    pub async fn granted(&self, sign_in: &SignIn, brought: &Brought) -> Result<Granted, Failure> {
        let (id, secret) = (&*brought.app.id, brought.app.secret.reveal());
        if !brought.app.fits() || !fits(brought.code.reveal()) {
            return Err(self.no_grant());
        }
        let mut ask = vec![("grant_type", "authorization_code"), ("code", brought.code.reveal())];
        ask.push(("redirect_uri", &brought.redirect));
        if sign_in.proves {
            ask.push(("code_verifier", brought.verifier.reveal()));
        }
        let told = self.told(&brought.app, &ask).await?;
        // Instagram's pages show it in a list of one.
        let told = told.pointer("/data/0").unwrap_or(&told);
        let missing = missing(sign_in.scopes, told);
        if !missing.is_empty() {
            return Err(refused("permission-missing", format!("Not permitted: {missing}. Permit all that is asked.")));
        }
        let key = Secret::new(word(told, "access_token").ok_or_else(unreadable)?);
        let refresh = word(told, "refresh_token").map(|next| Secret::new(format!("{id}:{secret}:{next}")));
        if self.must_renew && refresh.is_none() {
            return Err(refused("not-renewable", format!("{} gave a key that nothing renews.", self.network)));
        }
        Ok(Granted { secret: key, refresh, lasts_s: lasts(told) })
    }

    /// What is told to the app that asks so.
    pub async fn told(&self, app: &App, pairs: &[(&str, &str)]) -> Result<Value, Failure> {
        self.ask(&app.id, app.secret.reveal(), pairs).await.map_err(|no| match no {
            No::App => refused(
                "app-not-known",
                format!("{} does not know the app, or its secret is another by now.", self.network),
            ),
            No::Grant => self.no_grant(),
            No::Other(Failure::Refused { code, .. }) => {
                let human = "gives no key. It may know the app's secret or the address back otherwise.";
                refused(&code, format!("{} {human}", self.network))
            }
            No::Other(failure) => failure,
        })
    }

    fn no_grant(&self) -> Failure {
        let human = "does not accept what the browser brought: it is good once, and not for long.";
        refused("code-not-good", format!("{} {human}", self.network))
    }

    fn asking(&self, id: &str, secret: &str, pairs: &[(&str, &str)]) -> Request {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(pairs);
        let mut request = Request::post(&self.address).header("accept", "application/json");
        if self.by_header && !secret.is_empty() {
            request = request.header("authorization", &format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))));
        } else {
            form.append_pair(self.app_word, id);
        }
        if !self.by_header {
            form.append_pair("client_secret", secret);
        }
        request = request.header("content-type", "application/x-www-form-urlencoded");
        request = request.header("cache-control", "no-cache");
        request.body = form.finish().into_bytes();
        request
    }

    async fn ask(&self, id: &str, secret: &str, pairs: &[(&str, &str)]) -> Result<Value, No> {
        let request = self.asking(id, secret, pairs);
        let answer = self.fetch.send(request).await;
        if let Ok(response) = answer.as_ref()
            && response.status < 500
        {
            // TikTok tells of errors with status 200.
            let told: Value = response.json().unwrap_or_default();
            let error = told.get("error").and_then(Value::as_str).unwrap_or_default();
            match response.status {
                429 => return Err(No::Other(Failure::RateLimited { until_us: (self.later)(response, self.clock) })),
                _ if NO_APP.contains(&error) => return Err(No::App),
                _ if NO_GRANT.contains(&error) => return Err(No::Grant),
                401 => return Err(No::App),
                _ => {}
            }
        }
        read(answer, self.clock).map_err(No::Other)?.json().ok_or_else(|| No::Other(unreadable()))
    }
}

/// The app's id, its secret and what renews. `open`: the app may have no secret.
fn parts(refresh: &Secret, open: bool) -> Option<[&str; 3]> {
    let mut parts = refresh.reveal().trim().splitn(3, ':');
    let all = [parts.next()?, parts.next()?, parts.next()?];
    let [id, secret, token] = all;
    (fits(id) && fits(token) && (fits(secret) || (open && secret.is_empty()))).then_some(all)
}

/// A word out of an answer that can be kept and sent.
pub(crate) fn word<'v>(told: &'v Value, name: &str) -> Option<&'v str> {
    told.get(name).and_then(Value::as_str).map(str::trim).filter(|w| fits(w))
}

pub(crate) fn lasts(told: &Value) -> Option<i64> {
    told.get("expires_in").and_then(Value::as_i64).filter(|s| *s > 0)
}

/// What was asked for and not permitted, where the answer tells. A wide permission holds the narrower ones of its name
/// (`read` holds `read:statuses`).
fn missing(asked: &[&str], told: &Value) -> String {
    let given: Vec<&str> = match (told.get("scope"), told.get("permissions")) {
        (Some(Value::String(text)), _) | (_, Some(Value::String(text))) => {
            text.split(|c: char| c == ',' || c.is_whitespace()).filter(|s| !s.is_empty()).collect()
        }
        (_, Some(Value::Array(list))) | (Some(Value::Array(list)), _) => {
            list.iter().filter_map(Value::as_str).collect()
        }
        _ => vec![],
    };
    if given.is_empty() {
        return String::new();
    }
    let holds = |scope: &&&str| {
        given.iter().any(|g| g == *scope || scope.strip_prefix(g).is_some_and(|narrow| narrow.starts_with(':')))
    };
    asked.iter().filter(|scope| !holds(scope)).copied().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sign_in() -> SignIn {
        SignIn {
            address: "https://a.example/authorize".into(),
            scopes: &["read:accounts", "write:media"],
            between: " ",
            app_word: "client_id",
            proves: true,
            more: &[("prompt", "consent")],
            introduces: false,
        }
    }

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        let challenge = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn an_address_says_all_that_is_asked_and_nothing_of_the_verifier() {
        let url = sign_in().url("app 1", "https://gov.example/accounts/callback", "st&ate", "the-verifier");
        let url = url::Url::parse(&url).unwrap();
        let query: std::collections::BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        assert_eq!((url.host_str(), url.path()), (Some("a.example"), "/authorize"));
        assert_eq!((of("response_type"), of("client_id"), of("state")), ("code", "app 1", "st&ate"));
        assert_eq!(of("redirect_uri"), "https://gov.example/accounts/callback");
        assert_eq!((of("scope"), of("prompt")), ("read:accounts write:media", "consent"));
        assert_eq!((of("code_challenge").len(), of("code_challenge_method")), (43, "S256"));
        assert!(!url.as_str().contains("verifier"));
        let plain = SignIn { proves: false, ..sign_in() }.url("a", "b", "c", "d");
        assert!(!plain.contains("challenge"));
    }

    #[test]
    fn a_server_is_the_one_people_were_sent_to_or_another() {
        for own in ["https://a.example", "https://a.example/", "https://A.example:443", "https://a.example/oauth"] {
            assert!(sign_in().is_of(own), "{own}");
        }
        for other in [
            "",
            "a.example",
            "http://a.example",
            "https://a.example:8443",
            "https://b.example",
            "https://a.example.net/",
        ] {
            assert!(!sign_in().is_of(other), "{other}");
        }
    }

    #[test]
    fn what_was_not_permitted_is_seen_where_it_is_told() {
        let asked = ["read:accounts", "write:media"];
        for enough in [
            json!({}),
            json!({"scope": ""}),
            json!({"scope": "read write follow"}),
            json!({"scope": "write:media,read:accounts"}),
            json!({"permissions": ["read:accounts", "write"]}),
        ] {
            assert_eq!(missing(&asked, &enough), "", "{enough}");
        }
        assert_eq!(missing(&asked, &json!({"scope": "readers write:media"})), "read:accounts");
        assert_eq!(missing(&asked, &json!({"permissions": ["profile"]})), "read:accounts, write:media");
    }

    #[test]
    fn what_renews_has_three_parts() {
        let of = |text: &str, open| parts(&Secret::new(text), open).map(|p| p.map(str::to_owned));
        assert_eq!(of("a:b:c:d", false), Some(["a", "b", "c:d"].map(str::to_owned)));
        assert_eq!(of("a::c", true), Some(["a", "", "c"].map(str::to_owned)));
        for bad in ["", "a", "a:b", "a::c", "a:b:", ":b:c", "a:b c:d", "a:b:c\nd"] {
            assert_eq!(of(bad, false), None, "{bad:?}");
        }
        let app = |id: &str, secret: &str| App { id: id.into(), secret: Secret::new(secret) };
        assert!(app("a", "b").fits() && !app("a:b", "c").fits() && !app("a", "").fits() && !app("a", "b c").fits());
    }
}
