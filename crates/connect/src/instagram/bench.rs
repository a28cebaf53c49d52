//! Accounts for the suite of all connectors: one that tells about itself as it does, one as the documentation shows it.
use super::Instagram;
use super::fake::{ACCOUNT, FakeInstagram, OWN, SECRET, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for listed in [false, true] {
        let fake = FakeInstagram::start(free_port().await, Ways { listed, ..Ways::default() }).unwrap();
        let access = Access {
            base_url: format!("http://{}", fake.address),
            secret: Secret::new(SECRET),
            remote_account_id: ACCOUNT.into(),
            handle: format!("@{OWN}"),
        };
        let connector = Arc::new(Instagram::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access, server: Box::new(fake) });
    }
    out
}

impl Server for FakeInstagram {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.own().into_iter().map(|e| e.text).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.write(OWN, None, text)
    }
    fn reply(&self, to: &str, text: &str) {
        self.write("pema.d", Some(to), text);
    }
}
