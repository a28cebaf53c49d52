//! A LinkedIn for the suite of all connectors.
use super::LinkedIn;
use super::fake::{FakeLinkedIn, KEY, PAGE, Ways, shown};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) fn access(fake: &FakeLinkedIn) -> Access {
    Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(KEY),
        remote_account_id: PAGE.into(),
        handle: "roads-bhutan".into(),
    }
}

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let fake = FakeLinkedIn::start(free_port().await, Ways::default()).unwrap();
    let connector = Arc::new(LinkedIn::new(fetch.clone(), Clock::system()));
    vec![Bench { connector, access: access(&fake), server: Box::new(fake) }]
}

impl Server for FakeLinkedIn {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        // Little text is what posts are written in; comments are plain.
        self.own().iter().map(|s| if s.post.is_some() { s.raw.clone() } else { shown(&s.raw) }).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.write(&super::little::escape(text), "PUBLISHED")
    }
    fn reply(&self, to: &str, text: &str) {
        self.comment(to, "urn:li:person:pema_D-1", text);
    }
}
