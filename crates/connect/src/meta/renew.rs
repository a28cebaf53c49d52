//! Tokens of sixty days, of Threads and of Instagram's own login: the token itself is what renews it, while it is good and
//! once it is a day old.
use super::Graph;
use super::answer::done;
use crate::wire::{harmless, read_of};
use crate::{Access, Failure, Renewed, Secret, Verdict};
use ground::fetch::Request;
use serde_json::Value;

impl Graph {
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
