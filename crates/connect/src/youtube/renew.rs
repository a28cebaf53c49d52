//! A new access token in place of one that runs out, which Google's do after an hour. What renews it stays the same.
//!
//! Source: “Using OAuth 2.0 for Web Server Applications”, refreshing an access token.
use super::YouTube;
use super::answer::rejected;
use crate::wire::{harmless, written};
use crate::{Renewed, Secret, Verdict};
use ground::fetch::Request;
use serde_json::Value;

/// Told when the app or its refresh token is not good (any more).
const NOT_GOOD: [&str; 4] = ["invalid_grant", "invalid_client", "unauthorized_client", "deleted_client"];

fn fits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_graphic())
}

/// The app's id, its secret and what renews.
fn parts(refresh: &Secret) -> Option<[&str; 3]> {
    let mut parts = refresh.reveal().trim().splitn(3, ':');
    let all = [parts.next()?, parts.next()?, parts.next()?];
    all.iter().all(|p| fits(p)).then_some(all)
}

impl YouTube {
    pub(super) async fn renewed(&self, refresh: &Secret) -> Result<Renewed, Verdict> {
        let [id, secret, token] = parts(refresh).ok_or(Verdict::Unauthorised)?;
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", token)
            .append_pair("client_id", id)
            .append_pair("client_secret", secret)
            .finish();
        let mut request = Request::post(&self.tokens).header("content-type", "application/x-www-form-urlencoded");
        request = request.header("accept", "application/json");
        request.body = form.into_bytes();
        let answer = self.fetch.send(request).await;
        if let Ok(response) = &answer
            && (400..500).contains(&response.status)
        {
            let told: Value = response.json().unwrap_or_default();
            let error = told.get("error").and_then(Value::as_str).unwrap_or_default();
            if response.status == 401 || NOT_GOOD.contains(&error) {
                return Err(Verdict::Unauthorised);
            }
        }
        // What the answer says is not passed on: it may repeat what was sent.
        let response = written(answer, &self.clock).map_err(|verdict| match harmless(verdict) {
            Verdict::Rejected { code, .. } => rejected(&code, "Google does not renew the key.", None),
            other => other,
        })?;
        let new: Value = response.json().unwrap_or_default();
        let word = |name: &str| new.get(name).and_then(Value::as_str).map(str::trim).filter(|w| fits(w));
        let unread = || Verdict::NotSent { why: "the answer to renewing the key cannot be read".to_owned() };
        Ok(Renewed {
            secret: Secret::new(word("access_token").ok_or_else(unread)?),
            // As a rule there is none in the answer, and the old one goes on.
            refresh: word("refresh_token").map(|new| Secret::new(format!("{id}:{secret}:{new}"))),
            lasts_s: new.get("expires_in").and_then(Value::as_i64).filter(|s| *s > 0),
        })
    }
}
