//! A channel for the suite of all connectors.
use super::Telegram;
use super::fake::{CHANNEL, FakeTelegram, TOKEN, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let fake = FakeTelegram::start(free_port().await, Ways::default()).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(TOKEN),
        remote_account_id: CHANNEL.to_string(),
        handle: "@roads".into(),
    };
    let connector = Arc::new(Telegram::new(fetch.clone(), Clock::system()));
    vec![Bench { connector, access, server: Box::new(fake) }]
}

impl Server for FakeTelegram {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.messages().into_iter().map(|m| m.text).collect()
    }
    /// A bot is not told of it, so nobody finds it.
    fn beside(&self, _text: &str) -> String {
        String::new()
    }
    fn reply(&self, to: &str, text: &str) {
        self.comment(to, text);
    }
}
