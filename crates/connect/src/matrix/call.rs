//! How a homeserver is called.
use super::Matrix;
use super::entities::{Directory, Joined, Whoami};
use crate::wire::{parsed, read, unreadable, written};
use crate::{Access, Failure, Verdict};
use ground::fetch::{FetchError, Method, Request, Response};
use serde::de::DeserializeOwned;
use std::fmt::Write as _;

/// One step of a path, whatever is in it.
pub(super) fn step(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

/// The server's own word for an error.
pub(super) fn code(response: &Response) -> Option<String> {
    let value: serde_json::Value = response.json()?;
    Some(value.get("errcode")?.as_str()?.to_owned())
}

impl Matrix {
    pub(super) fn to(&self, method: Method, access: &Access, path: &str) -> Request {
        let request = Request::new(method, access.url(path)).header("accept", "application/json");
        request.bearer(access.secret.reveal())
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, access: &Access, path: &str) -> Result<T, Failure> {
        let answer = self.fetch.send(self.to(Method::GET, access, path)).await;
        match &answer {
            // Not there is only what the server calls so: a proxy's page is no news about a message.
            Ok(r) if r.status == 404 && code(r).as_deref() != Some("M_NOT_FOUND") => {
                Err(Failure::Refused { code: "not-found".to_owned(), human: "The server has no such call.".to_owned() })
            }
            _ => parsed(&read(answer, &self.clock)?),
        }
    }

    pub(super) async fn write(&self, request: Request) -> Result<Response, Verdict> {
        let answer: Result<Response, FetchError> = self.fetch.send(request).await;
        written(answer, &self.clock)
    }

    pub(super) async fn me(&self, access: &Access) -> Result<String, Failure> {
        let me = self.get::<Whoami>(access, "/_matrix/client/v3/account/whoami").await?.user_id;
        // Whose words are looked for must not be somebody that is nobody: nothing of theirs would be found.
        if me.starts_with('@') && me.contains(':') { Ok(me) } else { Err(unreadable()) }
    }

    /// The room's id for an address (`#roads:example.org`) or an id.
    pub(super) async fn room_of(&self, access: &Access, name: &str) -> Result<String, Failure> {
        let name = name.trim();
        if name.starts_with('!') {
            return Ok(name.to_owned());
        }
        if name.starts_with('#') {
            let path = format!("/_matrix/client/v3/directory/room/{}", step(name));
            let room: Directory = self.get(access, &path).await?;
            return Ok(room.room_id);
        }
        let joined: Joined = self.get(access, "/_matrix/client/v3/joined_rooms").await?;
        match <[String; 1]>::try_from(joined.joined_rooms) {
            Ok([only]) => Ok(only),
            Err(_) => Err(Failure::Refused {
                code: "room-not-named".to_owned(),
                human: "Name the room as the account's handle, such as #roads:example.org.".to_owned(),
            }),
        }
    }

    /// The account's room: by the id it was connected with, else by its handle.
    pub(super) async fn room(&self, access: &Access) -> Result<String, Failure> {
        if access.remote_account_id.starts_with('!') {
            return Ok(access.remote_account_id.clone());
        }
        self.room_of(access, &access.handle).await
    }
}
