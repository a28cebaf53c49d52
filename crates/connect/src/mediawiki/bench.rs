//! A wiki for the suite of all connectors.
use super::MediaWiki;
use super::fake::{FakeWiki, SECRET, US, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let fake = FakeWiki::start(free_port().await, Ways::default()).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: US.1.to_string(),
        handle: US.0.into(),
    };
    let connector = Arc::new(MediaWiki::new(fetch.clone(), Clock::system()));
    vec![Bench { connector, access, server: Box::new(fake) }]
}

impl Server for FakeWiki {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        FakeWiki::texts(self)
    }
    fn beside(&self, text: &str) -> String {
        self.write(&format!("By hand {}", text.replace(['<', '>'], "")), US, text).0
    }
    fn reply(&self, to: &str, text: &str) {
        self.comment(to, text);
    }
}
