//! A number of our own behind paths, fields and codes of the Cloud API, for tests without a network. It remembers when each
//! person wrote, and takes answers to them for 24 hours.
use super::VERSION;
use crate::fake::{Caller, Manners, Stage, bearer, retry_after};
use crate::meta::fake::no;
use crate::simulator::SetFault;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub const NUMBER: &str = "106540352242922";
pub const TOKEN: &str = "EAAJroads0123456789";
pub const KEY: &str = "106540352242922:EAAJroads0123456789";

/// What our account sent.
#[derive(Debug, Clone)]
pub struct Sent {
    pub to: String,
    pub text: String,
    pub quotes: String,
    pub tag: String,
}

#[derive(Default)]
struct Held {
    next: u64,
    sent: Vec<Sent>,
    /// Who wrote which message, and whether it is too long ago.
    written: BTreeMap<String, (String, bool)>,
    instead: Option<(u16, String)>,
    asked: Vec<String>,
}

#[derive(Clone, Default)]
struct Net(Arc<Mutex<Held>>);

impl Net {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Running until dropped.
pub struct FakeWhatsApp {
    pub address: SocketAddr,
    net: Net,
    stage: Stage,
}

impl FakeWhatsApp {
    pub fn start(listener: TcpListener) -> std::io::Result<FakeWhatsApp> {
        let manners = Manners {
            caller: |_, headers| match bearer(headers) {
                Some(TOKEN) => Caller::Account(NUMBER.to_owned()),
                _ => Caller::Stranger,
            },
            writes: |method, _| *method != Method::GET,
            refuses: |status| match status {
                StatusCode::TOO_MANY_REQUESTS => no(429, 130_429, None, "(#130429) Rate limit hit"),
                _ => no(401, 190, Some(463), "Error validating access token: Session has expired"),
            },
            later: retry_after,
            html: false,
        };
        let net = Net::default();
        let state = net.clone();
        let stage = Stage::start(listener, manners, |_| Router::new().fallback(any).with_state(state))?;
        Ok(FakeWhatsApp { address: stage.address, net, stage })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.stage.set_fault(fault);
    }

    /// From now on this is answered, whatever is asked; what was asked is done all the same.
    pub fn say_instead(&self, answer: Option<(u16, &str)>) {
        self.net.held().instead = answer.map(|(status, body)| (status, body.to_owned()));
    }

    /// A person's message; its id as the connector writes it.
    pub fn written_by(&self, person: &str) -> String {
        let mut held = self.net.held();
        held.next += 1;
        let wamid = format!("wamid.HBgLOTc1MTcxMjM0NTY/+{}==", held.next);
        held.written.insert(wamid.clone(), (person.to_owned(), false));
        format!("{person}/{wamid}")
    }

    /// A day and more goes by.
    pub fn a_day_later(&self) {
        self.net.held().written.values_mut().for_each(|(_, long_ago)| *long_ago = true);
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.net.held().sent.clone()
    }

    /// Every address that was asked for.
    pub fn asked(&self) -> Vec<String> {
        self.net.held().asked.clone()
    }
}

async fn any(State(net): State<Net>, method: Method, uri: Uri, body: Bytes) -> Response {
    let mut held = net.held();
    held.asked.push(uri.to_string());
    let number = format!("/{VERSION}/{NUMBER}");
    let answer = match (method, uri.path()) {
        (Method::GET, path) if path == number => Json(json!({
            "id": NUMBER, "display_phone_number": "+975 2-323 251", "verified_name": "Department of Roads",
        }))
        .into_response(),
        (Method::POST, path) if path == format!("{number}/messages") => send(&mut held, &body),
        _ => no(400, 100, Some(33), "Unsupported request. The object does not exist or cannot be loaded."),
    };
    match &held.instead {
        Some((status, body)) => (StatusCode::from_u16(*status).unwrap(), body.clone()).into_response(),
        None => answer,
    }
}

fn send(held: &mut Held, body: &[u8]) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return no(400, 100, None, "Invalid JSON") };
    let text = |at: &str| body.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let needed = [("/messaging_product", "whatsapp"), ("/recipient_type", "individual"), ("/type", "text")];
    if needed.iter().any(|(at, value)| text(at) != *value) {
        return no(400, 131_008, None, "(#131008) Required parameter is missing");
    }
    let (words, quotes) = (text("/text/body"), text("/context/message_id"));
    if words.is_empty() || words.encode_utf16().count() > 4096 || text("/biz_opaque_callback_data").len() > 512 {
        return no(400, 131_009, None, "(#131009) Parameter value is not valid");
    }
    let to = text("/to");
    let Some(to) = to.strip_prefix('+') else { return no(400, 131_009, None, "(#131009) The number has no country") };
    match held.written.get(&quotes) {
        Some((person, false)) if person == to => {}
        Some((person, true)) if person == to => return no(400, 131_047, None, "(#131047) Re-engagement message"),
        _ => return no(400, 131_026, None, "(#131026) Message undeliverable"),
    }
    held.next += 1;
    let id = format!("wamid.OUT{}", held.next);
    held.sent.push(Sent { to: to.to_owned(), text: words, quotes, tag: text("/biz_opaque_callback_data") });
    let contact = json!({"input": format!("+{to}"), "wa_id": to});
    Json(json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": id}]})).into_response()
}
