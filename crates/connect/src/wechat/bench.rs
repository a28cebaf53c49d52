//! Official Accounts for the suite of all connectors: one that gives its numbers as numbers and one that gives them as text.
use super::WeChat;
use super::fake::{APP, FakeWeChat, SECRET, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for numbers_as_text in [false, true] {
        let fake = FakeWeChat::start(free_port().await, Ways { numbers_as_text, ..Ways::default() }).unwrap();
        let access = Access {
            base_url: format!("http://{}", fake.address),
            secret: Secret::new(format!("{APP}:{SECRET}")),
            remote_account_id: APP.into(),
            handle: APP.into(),
        };
        let connector = Arc::new(WeChat::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access, server: Box::new(fake) });
    }
    out
}

impl Server for FakeWeChat {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.texts()
    }
    fn beside(&self, text: &str) -> String {
        self.beside(text)
    }
    fn reply(&self, to: &str, text: &str) {
        self.comment(to, text);
    }
    fn answers_posts(&self) -> bool {
        false
    }
}
