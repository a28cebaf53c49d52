//! Calls of the protocol: with a session, and with what a refusal means.
use super::at::Place;
use super::{Bluesky, POST};
use crate::wire;
use crate::{Access, Failure, Verdict};
use ground::fetch::{Request, Response};
use serde_json::{Value, json};

/// What a call of this protocol came to, where it was not done.
pub(super) enum No {
    /// The session ran out: nothing was done, and another can be had.
    Ended,
    /// There is no such record.
    Absent,
    /// Another record stands where this one was to be put.
    Swap(String),
    Other(Verdict),
}

impl Bluesky {
    /// One call with a session; what is refused is told by the protocol's own name for it.
    pub(super) async fn call(&self, request: Request) -> Result<Response, No> {
        let answer = self.fetch.send(request).await;
        let name = match &answer {
            Ok(response) if response.status == 400 || response.status == 401 => {
                response.json::<Value>().and_then(|v| v["error"].as_str().map(str::to_owned)).unwrap_or_default()
            }
            _ => String::new(),
        };
        let verdict = match wire::written(answer, &self.clock) {
            Ok(response) => return Ok(response),
            Err(verdict) => verdict,
        };
        Err(match (name.as_str(), verdict) {
            ("ExpiredToken" | "InvalidToken", _) => No::Ended,
            ("RecordNotFound", _) => No::Absent,
            ("InvalidSwap", Verdict::Rejected { human, .. }) => No::Swap(human),
            ("AccountTakedown" | "AccountDeactivated" | "AuthFactorTokenRequired", _) => {
                No::Other(Verdict::Unauthorised)
            }
            (_, verdict) => No::Other(verdict),
        })
    }

    /// A call that changes something. A session that ran out is opened anew for the next one; the call itself is not
    /// repeated here.
    pub(super) async fn write(&self, access: &Access, name: &str, body: &Value) -> Result<Response, No> {
        let session = self.session(access).await.map_err(No::Other)?;
        let request = Request::post(access.url(&format!("/xrpc/{name}"))).bearer(&session.token).json(body);
        match self.call(request).await {
            Err(No::Ended) => {
                self.sessions.forget(access);
                // Whether the key is still good is told by opening a session with it, which is harmless.
                let why = "the session had ended; a new one is open".to_owned();
                Err(No::Other(self.session(access).await.err().unwrap_or(Verdict::NotSent { why })))
            }
            Err(No::Other(Verdict::Unauthorised)) => {
                self.sessions.forget(access);
                Err(No::Other(Verdict::Unauthorised))
            }
            other => other,
        }
    }

    /// A read; once more with a new session where the old one ran out.
    pub(super) async fn get(&self, access: &Access, path: &str) -> Result<Value, Failure> {
        for last in [false, true] {
            let session = self.session(access).await.map_err(failure)?;
            let request = Request::get(access.url(&format!("/xrpc/{path}"))).bearer(&session.token);
            match self.call(request).await {
                Ok(response) => return wire::parsed(&response),
                Err(No::Ended | No::Other(Verdict::Unauthorised)) if !last => self.sessions.forget(access),
                Err(No::Ended) => return Err(Failure::Unauthorised),
                Err(No::Absent) => return Err(Failure::Gone),
                Err(No::Swap(human)) => return Err(Failure::Refused { code: "refused".to_owned(), human }),
                Err(No::Other(verdict)) => return Err(failure(verdict)),
            }
        }
        Err(Failure::Unauthorised)
    }

    /// The account's own id (DID), as it was told when the account was connected.
    pub(super) async fn whose(&self, access: &Access) -> Result<String, Failure> {
        match access.remote_account_id.as_str() {
            "" => Ok(self.session(access).await.map_err(failure)?.did),
            did => Ok(did.to_owned()),
        }
    }

    /// A record of our own, with its content's id.
    pub(super) async fn own_record(&self, access: &Access, collection: &str, key: &str) -> Result<Value, Failure> {
        let did = self.whose(access).await?;
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("repo", did.as_str()), ("collection", collection), ("rkey", key)])
            .finish();
        self.get(access, &format!("com.atproto.repo.getRecord?{query}")).await
    }

    pub(super) async fn put(&self, access: &Access, key: &str, record: &Value, swap: Option<Value>) -> Verdict {
        let did = match self.whose(access).await {
            Ok(did) => did,
            Err(why) => return wire::unwritten(why),
        };
        let mut body = json!({"repo": did, "collection": POST, "rkey": key, "record": record});
        if let Some(swap) = swap {
            body["swapRecord"] = swap;
        }
        match self.write(access, "com.atproto.repo.putRecord", &body).await {
            Ok(response) => match response.json::<Value>().as_ref().and_then(|v| Place::of(v["uri"].as_str()?)) {
                Some(place) => Verdict::Accepted { remote_id: place.uri(), url: Some(place.url()) },
                None => Verdict::Unknown { why: format!("the answer {} cannot be read", response.status) },
            },
            Err(No::Swap(human)) => Verdict::Rejected { code: "another-record".to_owned(), human, field: None },
            Err(No::Absent) => refused("gone", "The record is not there any more."),
            Err(No::Ended) => Verdict::Unauthorised,
            Err(No::Other(verdict)) => verdict,
        }
    }
}

pub(super) fn refused(code: &str, human: &str) -> Verdict {
    Verdict::Rejected { code: code.to_owned(), human: human.to_owned(), field: None }
}

/// A verdict about opening a session, for a read.
pub(super) fn failure(verdict: Verdict) -> Failure {
    match wire::read_of(verdict) {
        // "Not found" of a session is no statement about what was asked for.
        Failure::Gone => Failure::Unreachable { why: "the server offers no such call".to_owned() },
        other => other,
    }
}
