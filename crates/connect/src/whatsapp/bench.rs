//! A number for the suite of all connectors.
use super::WhatsApp;
use super::fake::{FakeWhatsApp, KEY, NUMBER};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let fake = FakeWhatsApp::start(free_port().await).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(KEY),
        remote_account_id: NUMBER.into(),
        handle: "+9752323251".into(),
    };
    let connector = Arc::new(WhatsApp::new(fetch.clone(), Clock::system()));
    vec![Bench { connector, access, server: Box::new(fake) }]
}

impl Server for FakeWhatsApp {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.sent().into_iter().map(|m| m.text).collect()
    }
    /// Nothing is listed, so nobody finds it.
    fn beside(&self, _text: &str) -> String {
        String::new()
    }
    /// It comes by a call of WhatsApp's, which the suite does not make.
    fn reply(&self, _to: &str, _text: &str) {}
    fn asked(&self) -> Option<String> {
        Some(self.written_by("97517123456"))
    }
}
