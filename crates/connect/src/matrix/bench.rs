//! A homeserver with one room, for the suite of all connectors.
use super::Matrix;
use super::fake::{ALIAS, FakeMatrix, ROOM, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use serde_json::json;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let fake = FakeMatrix::start(free_port().await, Ways::default()).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new("roads:device"),
        remote_account_id: ROOM.into(),
        handle: ALIAS.into(),
    };
    let connector = Arc::new(Matrix::new(fetch.clone(), Clock::system()));
    vec![Bench { connector, access, server: Box::new(fake) }]
}

impl Server for FakeMatrix {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        FakeMatrix::texts(self)
    }
    fn beside(&self, text: &str) -> String {
        self.say("roads", json!({"msgtype": "m.text", "body": text}))
    }
    fn reply(&self, to: &str, text: &str) {
        let to = json!({"m.in_reply_to": {"event_id": to}});
        self.say("pema", json!({"msgtype": "m.text", "body": text, "m.relates_to": to}));
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.change_said(remote_id, text);
    }
}
