//! A new access token in place of one that runs out. What renews it is good for one call, which brings the next.
//!
//! Source: “Refresh a User Access Token”. How long both are good for TikTok says in its answer; its pages have named 24 hours
//! and 365 days, and newer ones two hours and 180 days.
use super::answer::unreadable;
use super::{TOKENS, TRIAL, TikTok};
use crate::wire::read;
use crate::{Access, Failure, Renewed, Secret};
use ground::fetch::Request;
use serde_json::Value;

/// Told when the app or its refresh token is not good (any more) (“OAuth Error Handling”), with whatever status.
const NOT_GOOD: [&str; 5] =
    ["invalid_grant", "invalid_client", "unauthorized_client", "invalid_request", "access_denied"];

/// The app's key and secret, and what renews.
fn parts(refresh: &Secret) -> Option<[&str; 3]> {
    let mut parts = refresh.reveal().trim().splitn(3, ':');
    let all = [parts.next()?, parts.next()?, parts.next()?];
    all.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_graphic())).then_some(all)
}

impl TikTok {
    pub(super) async fn renewed(&self, access: &Access, refresh: &Secret) -> Result<Renewed, Failure> {
        let [client, secret, token] = parts(refresh).ok_or(Failure::Unauthorised)?;
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_key", client)
            .append_pair("client_secret", secret)
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", token)
            .finish();
        let mut request = Request::post(access.url(TOKENS)).header("content-type", "application/x-www-form-urlencoded");
        request = request.header("accept", "application/json").header("cache-control", "no-cache");
        request.body = form.into_bytes();
        let answer = self.fetch.send(request).await;
        let new: Value = answer.as_ref().ok().and_then(|r| r.json()).unwrap_or_default();
        let clear = answer.as_ref().is_ok_and(|r| r.status < 500);
        let error = new.get("error").and_then(Value::as_str).unwrap_or_default();
        if clear && NOT_GOOD.contains(&error) {
            return Err(Failure::Unauthorised);
        }
        // What the answer says is not passed on: it may repeat what was sent.
        read(answer, &self.clock).map_err(|failure| match failure {
            Failure::Refused { code, .. } => {
                Failure::Refused { code, human: "TikTok does not renew the key.".to_owned() }
            }
            other => other,
        })?;
        let word = |name: &str| {
            let text = new.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default();
            (!text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())).then_some(text)
        };
        let fresh = word("access_token").ok_or_else(unreadable)?;
        // A key for trying out stays one.
        let trial = if access.secret.reveal().trim().starts_with(TRIAL) { TRIAL } else { "" };
        Ok(Renewed {
            secret: Secret::new(format!("{trial}{fresh}")),
            // A blank one in the answer never takes the place of a good one.
            refresh: word("refresh_token").map(|new| Secret::new(format!("{client}:{secret}:{new}"))),
            lasts_s: new.get("expires_in").and_then(Value::as_i64).filter(|s| *s > 0),
        })
    }
}
