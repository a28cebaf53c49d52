//! Access tokens of X are good for two hours. What renews one is good for a single call, which brings the next.
//!
//! Kept as `client id:client secret:refresh token`, for the app's own name is needed with it; the middle is empty for an app
//! without a secret.
use super::answer::{listens_again, unreadable};
use super::{X, is_token};
use crate::wire::read;
use crate::{Access, Failure, Renewed, Secret};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ground::fetch::Request;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

/// OAuth's words for a key that is no longer good (RFC 6749, 5.2). X says `invalid_request` of a refresh token that was used.
const USED: [&str; 4] = ["invalid_grant", "invalid_client", "invalid_request", "unauthorized_client"];

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    expires_in: Option<i64>,
}

#[derive(Deserialize)]
struct Denied {
    error: String,
}

/// The app's id, its secret and what renews.
fn parts(refresh: &Secret) -> Option<(&str, &str, &str)> {
    let (client, rest) = refresh.reveal().trim().split_once(':')?;
    let (secret, word) = rest.split_once(':')?;
    let fits = is_token(client) && is_token(word) && (secret.is_empty() || is_token(secret));
    fits.then_some((client, secret, word))
}

/// An app with a secret names itself in a header, one without in the form.
fn asking(access: &Access, client: &str, secret: &str, word: &str) -> Request {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", word);
    let mut request = Request::post(access.url("/2/oauth2/token")).header("accept", "application/json");
    if secret.is_empty() {
        form.append_pair("client_id", client);
    } else {
        request = request.header("authorization", &format!("Basic {}", STANDARD.encode(format!("{client}:{secret}"))));
    }
    request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body = form.finish().into_bytes();
    request
}

impl X {
    pub(super) async fn exchange(&self, access: &Access, refresh: &Secret) -> Result<Option<Renewed>, Failure> {
        let (client, secret, word) = parts(refresh).ok_or(Failure::Unauthorised)?;
        let request = asking(access, client, secret, word);
        let answer = self.fetch.send(request).await;
        if let Ok(response) = &answer
            && (400..500).contains(&response.status)
        {
            let used = response.json::<Denied>().is_some_and(|d| USED.contains(&d.error.as_str()));
            // Nothing of the answer goes into an error: it could repeat what it was sent.
            return Err(match response.status {
                429 => Failure::RateLimited { until_us: listens_again(response, &self.clock) },
                408 => unreadable(),
                status if used || status == 401 => Failure::Unauthorised,
                status => {
                    let human = format!("X did not renew the key ({status}).");
                    Failure::Refused { code: "refused".to_owned(), human }
                }
            });
        }
        let granted: Granted = read(answer, &self.clock)?.json().ok_or_else(unreadable)?;
        if !is_token(&granted.access_token) {
            return Err(unreadable());
        }
        // Without a next one the old stays in place, though it is used up: the new token is still good for its time.
        let next = granted.refresh_token.filter(|t| is_token(t));
        Ok(Some(Renewed {
            secret: Secret::new(granted.access_token),
            refresh: next.map(|t| Secret::new(format!("{client}:{secret}:{t}"))),
            lasts_s: granted.expires_in.filter(|s| *s > 0),
        }))
    }
}
