//! A Bluesky server for the suite of all connectors.
use super::Bluesky;
use super::fake::{FakeBluesky, ROADS};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) fn access(fake: &FakeBluesky) -> Access {
    Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new("abcd-efgh-ijkl-mnop"),
        remote_account_id: ROADS.into(),
        handle: "@roads.test".into(),
    }
}

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let fake = FakeBluesky::start(free_port().await).unwrap();
    let connector = Arc::new(Bluesky::new(fetch.clone(), Clock::system()));
    vec![Bench { connector, access: access(&fake), server: Box::new(fake) }]
}

impl Server for FakeBluesky {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.posts().iter().map(|p| p["text"].as_str().unwrap().to_owned()).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.add_own(text)
    }
    fn reply(&self, to: &str, text: &str) {
        self.add_reply(to, text, "reply");
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.change_reply(remote_id, text);
    }
}
