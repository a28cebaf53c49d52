//! Tokens of sixty days, of Threads and of Instagram's own login: the token itself is what renews it, while it is good and
//! once it is a day old. Whoever signs in gives one of an hour, which is exchanged for such a one.
use super::Graph;
use super::answer::done;
use super::query;
use crate::oauth::SignIn;
use crate::wire::{harmless, read_of};
use crate::{Access, App, Failure, Granted, Renewed, Secret, Verdict};
use ground::fetch::Request;
use serde_json::Value;

/// Half of sixty days in seconds, where it is not told.
const HALF: i64 = 30 * 24 * 60 * 60;

/// As Meta's networks ask whoever holds an account: with commas between, and without a proof.
pub(crate) fn sign_in(address: &str, scopes: &'static [&'static str], more: &'static [(&str, &str)]) -> SignIn {
    SignIn { between: ",", proves: false, more, ..SignIn::of(address, scopes) }
}

impl Graph {
    /// `kind`: what the network calls this exchange. It wants all of it in the address; errors show none.
    pub async fn longer(&self, access: &Access, app: &App, short: &Secret, kind: &str) -> Result<Granted, Failure> {
        let given = [("grant_type", kind), ("client_secret", app.secret.reveal()), ("access_token", short.reveal())];
        let request = Request::get(access.url(&format!("/access_token{}", query(&given))));
        // What the answer says of a refusal is kept back where it could repeat what was sent.
        let by = Access { secret: short.clone(), ..access.clone() };
        let long = self.renewed(&by, request.header("accept", "application/json")).await?;
        let Some(Renewed { secret, lasts_s, .. }) = long else { return Err(Failure::Unauthorised) };
        Ok(Granted { refresh: Some(secret.clone()), secret, lasts_s: lasts_s.or(Some(HALF)) })
    }

    /// `request` asks for the new token. What the answer says of a refusal is kept back where it could repeat the token.
    pub async fn renewed(&self, access: &Access, request: Request) -> Result<Option<Renewed>, Failure> {
        let answer = done(self.fetch.send(request).await, &self.clock, access, self.network);
        let new = answer.map_err(|verdict| read_of(harmless(verdict)))?;
        let token = new.get("access_token").and_then(Value::as_str).map(str::trim).unwrap_or_default();
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(read_of(Verdict::NotSent { why: "the answer to renewing the key cannot be read".to_owned() }));
        }
        // A token that has ended renews nothing, so its life is told as half of what it is: it is renewed in time.
        let lasts_s = new.get("expires_in").and_then(Value::as_i64).filter(|s| *s > 0).map(|s| s / 2);
        Ok(Some(Renewed { secret: Secret::new(token), refresh: None, lasts_s }))
    }
}
