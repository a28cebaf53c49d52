//! X for the suite of all connectors: once in the older words for posts, once in the newer ones.
use super::X;
use super::fake::{FakeX, OURS, TOKEN, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for newer in [false, true] {
        let fake = FakeX::start(free_port().await, Ways { newer, ..Ways::default() }).unwrap();
        let access = Access {
            base_url: format!("http://{}", fake.address),
            secret: Secret::new(TOKEN),
            remote_account_id: OURS.to_string(),
            handle: "@roads".into(),
        };
        let connector = Arc::new(X::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access, server: Box::new(fake) });
    }
    out
}

impl Server for FakeX {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.own().into_iter().map(|p| p.text).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.write(OURS, text, None)
    }
    fn reply(&self, to: &str, text: &str) {
        self.write(9, text, Some(to));
    }
}
