//! Servers for the suite of all connectors: one that speaks as 0.19 does and one that speaks as 0.17.
use super::Lemmy;
use super::fake::{COMMUNITY, FakeLemmy, ME, PEMA, SECRET, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) fn access(fake: &FakeLemmy) -> Access {
    Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: format!("{ME}-{COMMUNITY}"),
        handle: "!roads@forum.example".into(),
    }
}

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for old in [false, true] {
        let fake = FakeLemmy::start(free_port().await, Ways { old, ..Ways::default() }).unwrap();
        let connector = Arc::new(Lemmy::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access: access(&fake), server: Box::new(fake) });
    }
    out
}

impl Server for FakeLemmy {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.own_texts()
    }
    fn beside(&self, text: &str) -> String {
        self.write(ME, COMMUNITY, text, "")
    }
    fn reply(&self, to: &str, text: &str) {
        self.answer(to, PEMA, text);
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.change_reply(remote_id, text);
    }
}
