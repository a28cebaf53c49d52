//! A provider of accounts made of software: publishes itself and its keys, gives codes to whoever the test sends, and answers
//! for them what the test told it to say.
use crate::testkit::{Answer, TestApp};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ground::clock::SECOND;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

pub const SECRET: &str = "a secret between two";
pub const CLIENT: &str = "drelwa";

struct Key {
    name: String,
    pair: EcdsaKeyPair,
}

fn key(name: &str) -> Key {
    let chance = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &chance).unwrap();
    Key { name: name.into(), pair }
}

/// What it knows, and what it is told to say.
pub struct Said {
    key: Key,
    /// Published; the key it signs with is one of them unless the test wants otherwise.
    published: Vec<Value>,
    /// Codes that wait: the hash of the verifier, and the ID token.
    codes: HashMap<String, (String, String)>,
    /// Of whoever signs in next; laid over the claims.
    pub claims: Value,
    /// What the page about whoever signed in tells; where null, no more than who it is.
    pub info: Value,
    subject: Value,
    /// Makes the token with another algorithm: `none` or `HS256`.
    pub alg: &'static str,
    pub lookups: usize,
}

#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    said: Arc<Mutex<Said>>,
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn jwk(key: &Key) -> Value {
    let (x, y) = key.pair.public_key().as_ref()[1..].split_at(32);
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": key.name, "x": b64(x), "y": b64(y)})
}

impl Issuer {
    pub async fn start() -> Issuer {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let key = key("first");
        let said = Said {
            published: vec![jwk(&key)],
            key,
            codes: HashMap::new(),
            claims: json!({}),
            info: Value::Null,
            subject: Value::Null,
            alg: "ES256",
            lookups: 0,
        };
        let url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Issuer { url, said: Arc::new(Mutex::new(said)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", routing::get(configuration))
            .route("/keys", routing::get(keys))
            .route("/token", routing::post(token))
            .route("/me", routing::get(about))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    pub fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap()
    }

    /// The program with this provider.
    pub async fn app(&self, more: &[(&str, &str)]) -> TestApp {
        let mut settings = vec![
            ("oidc-issuer", self.url.as_str()),
            ("oidc-client-id", CLIENT),
            ("oidc-client-secret", SECRET),
            ("oidc-name", "Gov ID"),
        ];
        settings.extend(more);
        TestApp::with_settings(&settings).await
    }

    /// Signs with another key from now on.
    pub fn change_key(&self, publish: bool) {
        let mut said = self.said();
        said.key = key("second");
        if publish {
            said.published = vec![jwk(&said.key)];
        }
    }

    /// Somebody signed in at the provider: the code for what was asked in this address.
    pub fn let_in(&self, asked: &HashMap<String, String>, now: i64) -> String {
        let mut said = self.said();
        let at = now / SECOND;
        let mut claims = json!({"iss": self.url, "aud": CLIENT, "sub": "pema-1", "iat": at, "exp": at + 300,
            "auth_time": at, "nonce": asked["nonce"], "email": "pema@example.bt", "email_verified": true});
        for (name, value) in said.claims.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, v| !v.is_null());
        said.subject = claims["sub"].clone();
        let token = said.signed(&claims);
        let code = format!("code-{}", said.codes.len());
        said.codes.insert(code.clone(), (asked["code_challenge"].clone(), token));
        code
    }
}

impl Said {
    fn signed(&self, claims: &Value) -> String {
        let head = json!({"alg": self.alg, "typ": "JWT", "kid": self.key.name});
        let body = format!("{}.{}", b64(head.to_string()), b64(claims.to_string()));
        let signature = match self.alg {
            "none" => String::new(),
            "HS256" => b64(ground::crypto::hmac_sha256(SECRET.as_bytes(), &[body.as_bytes()])),
            _ => b64(self.key.pair.sign(&SystemRandom::new(), body.as_bytes()).unwrap().as_ref()),
        };
        format!("{body}.{signature}")
    }
}

async fn configuration(State(issuer): State<Issuer>) -> Json<Value> {
    issuer.said().lookups += 1;
    let at = |path: &str| format!("{}{path}", issuer.url);
    Json(json!({"issuer": issuer.url, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"), "userinfo_endpoint": at("/me"), "end_session_endpoint": at("/end"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"]}))
}

async fn keys(State(issuer): State<Issuer>) -> Json<Value> {
    Json(json!({"keys": issuer.said().published}))
}

async fn token(State(issuer): State<Issuer>, headers: HeaderMap, form: String) -> (StatusCode, Json<Value>) {
    let form: HashMap<String, String> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    let wrong = |what: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": what})));
    let secret = SECRET.replace(' ', "+");
    let known = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{secret}")));
    if headers.get("authorization").is_none_or(|h| h.to_str().unwrap() != known) {
        return wrong("invalid_client");
    }
    let Some((challenge, token)) = issuer.said().codes.remove(&form["code"]) else { return wrong("invalid_grant") };
    if b64(ground::crypto::sha256(form["code_verifier"].as_bytes())) != challenge {
        return wrong("invalid_grant");
    }
    let answer = json!({"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": token});
    (StatusCode::OK, Json(answer))
}

async fn about(State(issuer): State<Issuer>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let said = issuer.said();
    let info = if said.info.is_null() { json!({"sub": said.subject}) } else { said.info.clone() };
    match headers.get("authorization") {
        Some(bearer) if bearer == "Bearer access" && info.is_object() => (StatusCode::OK, Json(info)),
        _ => (StatusCode::UNAUTHORIZED, Json(json!({}))),
    }
}

/// A browser on its way: the cookies it has, and what the program asked of the provider.
pub struct Away {
    pub cookies: String,
    pub asked: HashMap<String, String>,
}

/// Opens a page that leads to the provider.
pub async fn leave(app: &TestApp, cookies: &str, path: &str) -> Away {
    let answer = app.browse(cookies, path).await.expect(303);
    let url = url::Url::parse(answer.location()).unwrap();
    let asked = url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let cookie = set.split(';').next().unwrap();
    let cookies = if cookies.is_empty() { cookie.to_owned() } else { format!("{cookies}; {cookie}") };
    Away { cookies, asked }
}

pub async fn come_back(app: &TestApp, cookies: &str, code: &str, state: &str) -> Answer {
    app.browse(cookies, &format!("/sign-in/provider/back?code={code}&state={state}")).await
}

/// The whole way: as whoever the provider was told to answer for.
pub async fn sign_in(app: &TestApp, issuer: &Issuer) -> Answer {
    let away = leave(app, "", "/sign-in/provider?next=/me").await;
    let code = issuer.let_in(&away.asked, app.cx.now());
    come_back(app, &away.cookies, &code, &away.asked["state"]).await
}

/// The session's cookie of an answer.
pub fn session(answer: &Answer) -> String {
    answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}
