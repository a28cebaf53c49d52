//! Forums for the suite of all connectors: one whose list of posts goes on after a post, and one that repeats it.
use super::Discourse;
use super::fake::{FakeDiscourse, SECRET, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::markdown::plain;
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for old in [false, true] {
        let fake = FakeDiscourse::start(free_port().await, Ways { old, ..Ways::default() }).unwrap();
        let access = Access {
            base_url: format!("http://{}", fake.address),
            secret: Secret::new(SECRET),
            remote_account_id: "7".into(),
            handle: "@roads".into(),
        };
        let connector = Arc::new(Discourse::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access, server: Box::new(fake) });
    }
    out
}

impl Server for FakeDiscourse {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.own().into_iter().map(|p| plain(&p.raw)).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.write("roads", text)
    }
    fn reply(&self, to: &str, text: &str) {
        self.answer(to, "pema", text);
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.change_reply(remote_id, text);
    }
}
