//! An account for the suite of all connectors.
use super::Threads;
use super::fake::{ACCOUNT, FakeThreads, OWN, SECRET};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let fake = FakeThreads::start(free_port().await).unwrap();
    let access = Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(SECRET),
        remote_account_id: ACCOUNT.into(),
        handle: format!("@{OWN}"),
    };
    let connector = Arc::new(Threads::new(fetch.clone(), Clock::system()));
    vec![Bench { connector, access, server: Box::new(fake) }]
}

impl Server for FakeThreads {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.own().into_iter().map(|e| e.text).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.write(OWN, None, text)
    }
    fn reply(&self, to: &str, text: &str) {
        self.write("pema.d", Some(to), text);
    }
}
