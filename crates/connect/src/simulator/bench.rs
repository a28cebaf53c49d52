//! The practice networks, one for each way a platform can protect against doubles, for the suite of all connectors.
use super::{SetFault, Simulator};
use crate::contract::{Bench, Server, free_port};
use crate::{Access, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for connector in super::connectors(fetch, &Clock::system()) {
        let net = Simulator::start(None, free_port().await).await.unwrap();
        let access = Access {
            base_url: net.base_url(),
            secret: Secret::new("roads:key"),
            remote_account_id: "roads".into(),
            handle: "@roads@practice".into(),
        };
        out.push(Bench { connector, access, server: Box::new(net) });
    }
    out
}

impl Server for Simulator {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.posts().into_iter().map(|p| p.text).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.add_post("roads", text).unwrap()
    }
    fn reply(&self, to: &str, text: &str) {
        self.add_reply("roads", Some(to), "pema", text).unwrap();
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.change_reply(remote_id, text).unwrap();
    }
}
