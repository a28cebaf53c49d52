//! Servers that speak Mastodon's API, one that remembers keys and one that does not, for the suite of all connectors.
use super::Mastodon;
use super::fake::{FakeMastodon, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for keyless in [false, true] {
        let fake = FakeMastodon::start(free_port().await, Ways { keyless, ..Ways::default() }).unwrap();
        let access = Access {
            base_url: format!("http://{}", fake.address),
            secret: Secret::new("7:key"),
            remote_account_id: "7".into(),
            handle: "@roads".into(),
        };
        let connector = Arc::new(Mastodon::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access, server: Box::new(fake) });
    }
    out
}

impl Server for FakeMastodon {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.statuses().into_iter().map(|s| s.text).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.add_own("7", text, "public")
    }
    fn reply(&self, to: &str, text: &str) {
        self.add_reply(to, text);
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.change_reply(remote_id, text);
    }
}
