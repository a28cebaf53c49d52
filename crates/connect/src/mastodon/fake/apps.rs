//! Programs that introduced themselves, and people who permitted them something.
use super::{FakeMastodon, No, Shared, no};
use crate::fake_permits::{Permits, form};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Default)]
pub(super) struct Apps {
    /// Secret and scopes, by id.
    known: BTreeMap<String, (String, String)>,
    made: usize,
    permits: Permits,
    /// Who signed in to give a code.
    signed_in: BTreeMap<String, String>,
}

/// What a server says of itself as one that gives keys.
pub(super) const ANNOUNCES: &str = "/.well-known/oauth-authorization-server";

/// What anybody may ask.
pub(super) fn is(path: &str) -> bool {
    matches!(path, "/api/v1/apps" | "/oauth/token" | ANNOUNCES)
}

impl FakeMastodon {
    /// Lets an account that signs in agree to what it was sent for; where its browser is sent back to.
    pub fn agree(&self, address: &str, account: &str) -> String {
        let mut held = self.net.held();
        let back = held.apps.permits.agree(address);
        let url = url::Url::parse(&back);
        let code = url.iter().flat_map(|url| url.query_pairs()).find(|(name, _)| name == "code");
        if let Some((_, code)) = code {
            held.apps.signed_in.insert(code.into_owned(), account.to_owned());
        }
        if self.net.ways.names { with_name(&back, &self.net.base) } else { back }
    }

    /// How many programs it knows.
    pub fn apps(&self) -> usize {
        self.net.held().apps.known.len()
    }

    pub fn forget_apps(&self) {
        self.net.held().apps.known.clear();
    }
}

/// The address to come back to with the server's own name behind all else.
fn with_name(back: &str, base: &str) -> String {
    let Ok(mut url) = url::Url::parse(back) else { return back.to_owned() };
    url.query_pairs_mut().append_pair("iss", &format!("{base}/"));
    url.into()
}

pub(super) async fn announce(State(net): Shared) -> Response {
    let at = |path: &str| format!("{}{path}", net.base);
    Json(json!({
        "issuer": at("/"), "authorization_endpoint": at("/oauth/authorize"), "token_endpoint": at("/oauth/token"),
        "app_registration_endpoint": at("/api/v1/apps"), "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"], "authorization_response_iss_parameter_supported": net.ways.names,
    }))
    .into_response()
}

pub(super) async fn introduce(State(net): Shared, body: Bytes) -> Result<Response, No> {
    let form = form(&body);
    let of = |name: &str| form.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    let (Some(name), Some(redirect)) = (of("client_name"), of("redirect_uris")) else {
        return Err(No(StatusCode::UNPROCESSABLE_ENTITY, "Validation failed: Application name can't be blank"));
    };
    let apps = &mut net.held().apps;
    apps.made += 1;
    let (id, secret) = (format!("app-{}", apps.made), format!("secret-{}", apps.made));
    apps.known.insert(id.clone(), (secret.clone(), of("scopes").unwrap_or_else(|| "read".into())));
    Ok(Json(json!({
        "id": apps.made.to_string(), "name": name, "website": of("website"), "redirect_uri": redirect,
        "client_id": id, "client_secret": secret, "client_secret_expires_at": 0,
    }))
    .into_response())
}

/// Doorkeeper's words.
pub(super) async fn token(State(net): Shared, body: Bytes) -> Response {
    let form = form(&body);
    let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let apps = &mut net.held().apps;
    let refuse =
        |status, error: &str| (status, Json(json!({"error": error, "error_description": "No."}))).into_response();
    let Some((secret, scopes)) = apps.known.get(of("client_id")) else {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    };
    if secret != of("client_secret") {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if of("grant_type") != "authorization_code" {
        return no(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    match apps.permits.redeem(of("client_id"), &form) {
        Some(scope) if scope.split(' ').all(|s| scopes.split(' ').any(|known| known == s)) => {
            let account = apps.signed_in.get(of("code")).cloned().unwrap_or_default();
            let key = format!("{account}:given-for-{}", of("code"));
            let at = 1_795_491_000;
            Json(json!({"access_token": key, "token_type": "Bearer", "scope": scope, "created_at": at})).into_response()
        }
        _ => refuse(StatusCode::BAD_REQUEST, "invalid_grant"),
    }
}
