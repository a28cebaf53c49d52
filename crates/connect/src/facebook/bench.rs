//! Pages for the suite of all connectors: one with a name in its address, and one without that asks for films in very small
//! pieces.
use super::Facebook;
use super::fake::{FakeFacebook, OWN, PAGE_ID, SECRET, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for ways in [Ways::default(), Ways { nameless: true, chunk: 7, short: true, ..Ways::default() }] {
        let fake = FakeFacebook::start(free_port().await, ways).unwrap();
        let access = Access {
            base_url: format!("http://{}", fake.address),
            secret: Secret::new(SECRET),
            remote_account_id: PAGE_ID.into(),
            handle: "@roads.bt".into(),
        };
        let connector = Arc::new(Facebook::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access, server: Box::new(fake) });
    }
    out
}

impl Server for FakeFacebook {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.own().into_iter().map(|e| e.message).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.write(OWN, None, text)
    }
    fn reply(&self, to: &str, text: &str) {
        self.write("pema", Some(to), text);
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.change_reply(remote_id, text);
    }
}
