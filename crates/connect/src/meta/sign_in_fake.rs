//! What gives tokens on Meta's networks, for tests without a network: a code brings one of an hour, that one brings
//! one of sixty days, and on Facebook that one the tokens of pages.
use super::fake::no;
use crate::fake_permits::{Form, Permits, code_of, form};
use crate::{Access, App, Brought, Connector, Granted, Secret};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ground::fetch::{Fetch, FetchPolicy};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The app and its secret.
pub const APP: (&str, &str) = ("990602627938098", "a1b2c3d4e5");
pub const SHORT: &str = "short-of-an-hour";
pub const LONG: &str = "long-of-sixty-days";

/// Running as long as the test.
pub struct FakeSignIn {
    pub base: String,
    permits: Net,
}

type Net = Arc<Mutex<(Permits, Vec<Value>)>>;

impl FakeSignIn {
    /// `pages`: what whoever signs in chooses.
    pub async fn start(pages: Vec<Value>) -> FakeSignIn {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let permits: Net = Arc::new(Mutex::new((Permits::default(), pages)));
        let app = Router::new().fallback(any).with_state(permits.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        FakeSignIn { base, permits }
    }

    /// Lets whoever signs in agree to what they were sent for; where their browser is sent back to.
    fn agree(&self, address: &str) -> String {
        self.permits.lock().unwrap().0.agree(address)
    }

    /// An account here, to which there is no key yet.
    pub fn account(&self, handle: &str) -> Access {
        let (secret, remote_account_id) = (Secret::new(""), String::new());
        Access { base_url: self.base.clone(), secret, remote_account_id, handle: handle.into() }
    }

    /// What a browser brings back from there.
    pub fn bring(&self, c: &dyn Connector, to: &Access) -> Brought {
        let redirect = "https://gov.example/accounts/callback".to_owned();
        let back = self.agree(&c.sign_in(to).unwrap().url(APP.0, &redirect, "state", "v"));
        let app = App { id: APP.0.into(), secret: Secret::new(APP.1) };
        Brought { app, code: code_of(&back), verifier: Secret::new("v"), redirect }
    }
}

pub fn fetch() -> Fetch {
    Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap()
}

pub fn is_of_sixty_days(granted: &Granted) {
    assert_eq!((granted.secret.reveal(), granted.refresh.as_ref().unwrap().reveal()), (LONG, LONG));
    assert_eq!(granted.lasts_s, Some(2_592_000), "renewed at half of its life");
}

async fn any(State(net): State<Net>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let (sent, asked) = (form(&body), form(uri.query().unwrap_or_default().as_bytes()));
    let bearer = headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default();
    match (method.as_str(), uri.path()) {
        ("POST", "/oauth/access_token" | "/v26.0/oauth/access_token" | "/instagram") => first(&net, uri.path(), &sent),
        ("GET", "/access_token") => {
            let is = |name: &str, value: &str| asked.get(name).is_some_and(|v| v == value);
            let kind = is("grant_type", "th_exchange_token") || is("grant_type", "ig_exchange_token");
            if !kind || !is("client_secret", APP.1) || !is("access_token", SHORT) {
                return no(400, 100, None, "Invalid parameter");
            }
            Json(json!({"access_token": LONG, "token_type": "bearer", "expires_in": 5_184_000})).into_response()
        }
        ("GET", "/v26.0/me/accounts") if bearer == format!("Bearer {LONG}") => {
            Json(json!({"data": net.lock().unwrap().1})).into_response()
        }
        _ => no(400, 190, None, "Invalid OAuth access token."),
    }
}

fn first(net: &Net, path: &str, sent: &Form) -> Response {
    let is = |name: &str, value: &str| sent.get(name).is_some_and(|v| v == value);
    if !is("client_id", APP.0) || !is("client_secret", APP.1) {
        return no(400, 1, None, "Error validating client secret.");
    }
    if is("grant_type", "fb_exchange_token") && is("fb_exchange_token", SHORT) && path.starts_with("/v26.0") {
        return Json(json!({"access_token": LONG, "token_type": "bearer", "expires_in": 5_183_944})).into_response();
    }
    let Some(scope) = net.lock().unwrap().0.redeem(APP.0, sent).filter(|_| is("grant_type", "authorization_code"))
    else {
        return no(400, 100, Some(36_009), "This authorization code has been used.");
    };
    match path {
        "/instagram" => {
            let one = json!({"access_token": SHORT, "user_id": "17841400", "permissions": scope});
            Json(json!({"data": [one]})).into_response()
        }
        "/oauth/access_token" => Json(json!({"access_token": SHORT, "user_id": 31_005_550_001_u64})).into_response(),
        _ => Json(json!({"access_token": SHORT, "token_type": "bearer", "expires_in": 5_000})).into_response(),
    }
}
