//! Keys by signing in at the account's own server, which has to know the program first: it introduces itself. Keys of
//! Mastodon have no end.
//!
//! Source: Mastodon's documentation, “apps API methods”, “OAuth API methods”, “OAuth scopes”; RFC 8414 and 9207 for what
//! a server announces of itself, from 4.3 on. Servers older than 4.3
//! take no notice of a proof.
use super::Mastodon;
use crate::oauth::{App, SignIn, Tokens, unreadable_app, word};
use crate::wire::read;
use crate::{Access, Failure, Secret};
use ground::fetch::{Request, Response};
use serde_json::Value;

/// What the connector's calls need, and nothing beside.
const SCOPES: [&str; 5] = ["read:accounts", "read:statuses", "read:notifications", "write:statuses", "write:media"];
/// Whoever is signed in there with an account of their own is asked for another.
const MORE: [(&str, &str); 1] = [("force_login", "true")];
/// The name people are asked to permit.
const NAME: &str = "Drelwa";

pub(super) fn sign_in(access: &Access) -> SignIn {
    SignIn { more: &MORE, introduces: true, ..SignIn::of(access.url("/oauth/authorize"), &SCOPES) }
}

impl Mastodon {
    pub(super) fn keys(&self, access: &Access) -> Tokens<'_> {
        Tokens::new(&self.fetch, &self.clock, "The server", access.url("/oauth/token"))
    }

    /// Public, so no key goes along.
    pub(super) async fn announces_its_name(&self, access: &Access) -> bool {
        let request = Request::get(access.url("/.well-known/oauth-authorization-server"));
        let told = self.fetch.send(request.header("accept", "application/json")).await;
        let told: Option<Value> = told.ok().filter(Response::ok).and_then(|response| response.json());
        told.is_some_and(|t| t["authorization_response_iss_parameter_supported"] == true)
    }

    pub(super) async fn introduced(&self, access: &Access, website: &str, redirect: &str) -> Result<App, Failure> {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_name", NAME)
            .append_pair("redirect_uris", redirect)
            .append_pair("scopes", &SCOPES.join(" "))
            .append_pair("website", website)
            .finish();
        let mut request = Request::post(access.url("/api/v1/apps")).header("accept", "application/json");
        request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body = form.into_bytes();
        let told: Value = read(self.fetch.send(request).await, &self.clock)?.json().unwrap_or_default();
        let part = |name: &str| word(&told, name).ok_or_else(unreadable_app);
        let app = App { id: part("client_id")?.to_owned(), secret: Secret::new(part("client_secret")?) };
        if app.fits() { Ok(app) } else { Err(unreadable_app()) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{FakeMastodon, Ways};
    use super::*;
    use crate::fake_permits::code_of;
    use crate::trial::refusal_of;
    use crate::{Brought, Connector};
    use ground::clock::Clock;
    use ground::fetch::{Fetch, FetchPolicy};
    use tokio::net::TcpListener;

    const BACK: &str = "https://gov.example/accounts/callback";

    async fn server() -> (FakeMastodon, Mastodon, Access) {
        server_of(Ways::default()).await
    }

    async fn server_of(ways: Ways) -> (FakeMastodon, Mastodon, Access) {
        let fake = FakeMastodon::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
        let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
        let base_url = format!("http://{}", fake.address);
        let (secret, remote_account_id, handle) = (Secret::new(""), String::new(), String::new());
        (fake, Mastodon::new(fetch, Clock::system()), Access { base_url, secret, remote_account_id, handle })
    }

    #[tokio::test]
    async fn the_program_introduces_itself_and_the_account_signs_in() {
        let (fake, m, to) = server().await;
        let sign_in = m.sign_in(&to).unwrap();
        assert!(sign_in.introduces && sign_in.address == to.url("/oauth/authorize"));
        let app = m.introduce(&to, "https://gov.example", BACK).await.unwrap();
        let bring = |verifier: &str| {
            let code = code_of(&fake.agree(&sign_in.url(&app.id, BACK, "state", "v-1"), "7"));
            Brought { app: app.clone(), code, verifier: Secret::new(verifier), redirect: BACK.to_owned() }
        };
        let brought = bring("v-1");
        let granted = m.exchange(&to, &brought).await.unwrap();
        assert!(granted.refresh.is_none() && granted.lasts_s.is_none(), "it has no end");
        let open = Access { secret: granted.secret, ..to.clone() };
        assert_eq!(m.whoami(&open).await.unwrap().account_id, "7");
        assert_eq!(refusal_of(m.exchange(&to, &brought).await), "code-not-good", "a code is good once");
        assert_eq!(refusal_of(m.exchange(&to, &bring("v-2")).await), "code-not-good", "not who asked");
        let late = bring("v-1");
        fake.forget_apps();
        assert_eq!(refusal_of(m.exchange(&to, &late).await), "app-not-known");
    }

    #[tokio::test]
    async fn a_server_that_names_itself_announces_it_and_is_known_by_it() {
        for names in [false, true] {
            let (fake, m, to) = server_of(Ways { names, ..Ways::default() }).await;
            assert_eq!(m.names_itself(&to).await, names);
            let sign_in = m.sign_in(&to).unwrap();
            let back = fake.agree(&sign_in.url("app", BACK, "state", "v-1"), "7");
            let named = url::Url::parse(&back).unwrap();
            let named = named.query_pairs().find(|(name, _)| name == "iss").map(|(_, iss)| sign_in.is_of(&iss));
            assert_eq!(named, names.then_some(true), "{back}");
        }
        let (fake, m, to) = server_of(Ways { names: true, ..Ways::default() }).await;
        drop(fake);
        assert!(!m.names_itself(&to).await, "nobody answers");
    }

    #[tokio::test]
    async fn a_server_that_knows_no_programs_says_so() {
        let (fake, m, to) = server().await;
        let nowhere = Access { base_url: format!("http://{}/elsewhere", fake.address), ..to };
        assert!(m.introduce(&nowhere, "https://gov.example", BACK).await.is_err());
    }
}
