//! The practice network calls who wants to be told when somebody writes to an account: once, with the words in the body and a
//! signature in the header `x-practice-signature`: `MOMENT.HMAC`, the moment in µs since 1970, the HMAC-SHA-256 of the
//! moment, a full stop and the body. A call that is lost is lost, as on real networks.
use super::Net;
use super::connector::inbound;
use super::state::PracticeReply;
use crate::{Heard, NotHeard, Notice, Secret, signed};
use ground::crypto::{hex, hmac_sha256};
use ground::fetch::{Fetch, FetchPolicy, Request};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

pub const SIGNATURE: &str = "x-practice-signature";

#[derive(Serialize, Deserialize)]
struct Call {
    reply: PracticeReply,
    /// Where it can be read.
    link: Option<String>,
}

/// What stands in the header.
pub fn signature(secret: &str, at_us: i64, body: &[u8]) -> String {
    let at = at_us.to_string();
    format!("{at}.{}", hex(&hmac_sha256(secret.as_bytes(), &[at.as_bytes(), b".", body])))
}

impl Net {
    /// Nobody waits for the call: what was written is written.
    pub(super) fn call(self: &Arc<Net>, reply: &PracticeReply) {
        let hook = self.state().hooks.get(&reply.account).cloned();
        let (Some((address, secret)), Ok(runtime)) = (hook, tokio::runtime::Handle::try_current()) else { return };
        let link = reply.in_reply_to.as_deref().map(|id| format!("{}/posts/{id}", self.base_url));
        let Ok(body) = serde_json::to_vec(&Call { reply: reply.clone(), link }) else { return };
        let net = self.clone();
        runtime.spawn(async move {
            let Some(fetch) = net.fetch.get_or_init(caller) else { return };
            let mut request = Request::post(address).header("content-type", "application/json");
            request = request.header(SIGNATURE, &signature(&secret, net.clock.now(), &body));
            request.body = body;
            match fetch.send(request).await {
                Ok(answer) => tracing::debug!(status = answer.status, "the practice network called"),
                Err(error) => tracing::debug!(%error, "the practice network called in vain"),
            }
        });
    }
}

/// The program may be on the same machine.
fn caller() -> Option<Fetch> {
    let (total_timeout, max_body) = (Duration::from_secs(10), 64 << 10);
    Fetch::new(FetchPolicy { allow_loopback: true, total_timeout, max_body, ..FetchPolicy::default() }).ok()
}

/// The moment is signed with the rest, so the same words at another moment are another call.
pub(super) fn mark(notice: &Notice) -> Vec<u8> {
    let at = notice.header(SIGNATURE).and_then(|s| s.split_once('.')).map_or("", |(at, _)| at);
    [at.as_bytes(), b".", &notice.body].concat()
}

/// Beside what somebody wrote: `look` asks to look at the account, and without a body `?greeting=WORD` asks to be greeted with
/// that word, which is signed in the body's place. The network itself does neither.
pub(super) fn hear(notice: &Notice, secret: &Secret, now_us: i64) -> Result<Heard, NotHeard> {
    let (at, said) = notice.header(SIGNATURE).and_then(|s| s.split_once('.')).ok_or(NotHeard::Forged)?;
    let greeting = notice.asked("greeting").filter(|_| notice.body.is_empty());
    let words = greeting.as_ref().map_or(notice.body.as_slice(), |g| g.as_bytes());
    signed::hmac(secret, &[at.as_bytes(), b".", words], Some(said))?;
    signed::fresh(at.parse().map_err(|_| NotHeard::Forged)?, now_us)?;
    if let Some(word) = greeting {
        return Ok(Heard::Greeting(word));
    }
    if notice.body == b"look" {
        return Ok(Heard::Look);
    }
    let call: Call = serde_json::from_slice(&notice.body).map_err(|_| NotHeard::Unreadable)?;
    Ok(Heard::Items(vec![inbound(call.link, call.reply)]))
}
