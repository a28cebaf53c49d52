//! An account for the suite of all connectors. The suite's posts carry no link, so this server asks for none; that Weibo
//! does is in `tests`.
use super::Weibo;
use super::fake::{FakeWeibo, RIP, TOKEN, UID, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for no_names in [false, true] {
        let fake = FakeWeibo::start(free_port().await, Ways { no_names, ..Ways::default() }).unwrap();
        let access = Access {
            base_url: format!("http://{}", fake.address),
            secret: Secret::new(format!("{RIP}:{TOKEN}")),
            remote_account_id: UID.to_string(),
            handle: "@不丹公路".into(),
        };
        let connector = Arc::new(Weibo::new(fetch.clone(), Clock::system()));
        out.push(Bench { connector, access, server: Box::new(fake) });
    }
    out
}

impl Server for FakeWeibo {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.held().posts.iter().map(|p| p.text.clone()).collect()
    }
    /// Nothing on the account can be listed, so nobody finds it.
    fn beside(&self, _text: &str) -> String {
        String::new()
    }
    fn reply(&self, _to: &str, _text: &str) {}
}
