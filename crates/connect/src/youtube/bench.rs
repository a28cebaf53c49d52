//! A channel for the suite of all connectors.
use super::YouTube;
use super::fake::{CHANNEL, FakeYouTube, KEY, STRANGER, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) fn access(fake: &FakeYouTube) -> Access {
    Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(KEY),
        remote_account_id: CHANNEL.into(),
        handle: "@roads.bt".into(),
    }
}

/// As it comes, and one that keeps a part of every piece only.
pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for keeps in [None, Some(7)] {
        let fake = FakeYouTube::start(free_port().await, Ways { keeps, ..Ways::default() }).unwrap();
        let connector = Arc::new(YouTube::new(fetch.clone(), Clock::system()).in_pieces(16));
        out.push(Bench { connector, access: access(&fake), server: Box::new(fake) });
    }
    out
}

impl Server for FakeYouTube {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.texts()
    }
    /// In the signs that YouTube takes.
    fn beside(&self, text: &str) -> String {
        self.beside(&text.replace('<', "＜").replace('>', "＞"))
    }
    fn reply(&self, to: &str, text: &str) {
        self.comment(STRANGER, to, text);
    }
}
