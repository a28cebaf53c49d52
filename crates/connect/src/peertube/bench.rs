//! Servers for the suite of all connectors: a new one and one from before 6.2.
use super::PeerTube;
use super::fake::{CHANNEL, FakePeerTube, ME, PEMA, SECRET, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) fn access(fake: &FakePeerTube) -> Access {
    Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: format!("{ME}-{CHANNEL}"),
        handle: format!("roads@{}", fake.address),
    }
}

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for old in [false, true] {
        let fake = FakePeerTube::start(free_port().await, Ways { old, ..Ways::default() }).unwrap();
        let connector = Arc::new(PeerTube::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access: access(&fake), server: Box::new(fake) });
    }
    out
}

impl Server for FakePeerTube {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.own_texts()
    }
    fn beside(&self, text: &str) -> String {
        self.put_up(CHANNEL, text, None)
    }
    fn reply(&self, to: &str, text: &str) {
        self.answer(to, PEMA, text);
    }
}
