//! Sites that speak WordPress' API, with readable addresses and without, for the suite of all connectors.
use super::WordPress;
use super::fake::{FakeWordPress, Ways};
use super::place::Place;
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for ways in [Ways::default(), Ways { no_paths: true, ..Ways::default() }] {
        let fake = FakeWordPress::start(free_port().await, ways).unwrap();
        let access = Access {
            base_url: format!("http://{}", fake.address),
            secret: Secret::new("roads:key"),
            remote_account_id: "7".into(),
            handle: "@roads".into(),
        };
        let connector = Arc::new(WordPress::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access, server: Box::new(fake) });
    }
    out
}

impl Server for FakeWordPress {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        FakeWordPress::texts(self)
    }
    fn beside(&self, text: &str) -> String {
        Place::Post(self.add_post(7, text, "publish")).to_string()
    }
    fn reply(&self, to: &str, text: &str) {
        self.add_reply(to, text);
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.change_reply(remote_id, text);
    }
}
