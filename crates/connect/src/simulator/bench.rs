//! The practice networks for the suite of all connectors: one for each way a platform can protect against doubles, as the
//! network itself and in the likeness of a platform.
use super::{SetFault, Simulator};
use crate::contract::{Bench, Server, free_port};
use crate::{Access, Connector, Post, Safety, Secret, registry};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The network, and the account on it that the suite speaks as.
struct Played {
    net: Simulator,
    account: String,
    answers_posts: bool,
}

fn class(safety: Safety) -> u8 {
    match safety {
        Safety::Keyed { .. } => 0,
        Safety::TwoPhase => 1,
        Safety::ReadBack => 2,
        Safety::Blind => 3,
    }
}

/// Of each way the first platform that takes any words, and the first that takes nothing but recordings. All of them would show
/// the same again: that they differ in nothing but what they say of themselves is shown in the tests of this folder.
fn some(fetch: &Fetch) -> Vec<Arc<dyn Connector>> {
    let (clock, mut seen) = (Clock::system(), BTreeSet::new());
    let real = registry::platforms(fetch, &clock);
    let first = |c: &Arc<dyn Connector>| {
        let (can, words) = (c.capabilities(), Post { text: "x".into(), ..Post::default() });
        let only = can.recordings.as_ref().is_some_and(|r| r.needed);
        let any = c.problems(&words).iter().all(|p| matches!(p.code, "media-missing" | "recording-missing"));
        any && can.publishes && seen.insert((class(can.safety) * u8::from(!only), only))
    };
    super::likenesses(fetch, &clock, &real.into_iter().filter(first).collect::<Vec<_>>())
}

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let mut out = Vec::new();
    for connector in super::connectors(fetch, &Clock::system()).into_iter().chain(some(fetch)) {
        let net = Simulator::start(None, free_port().await).await.unwrap();
        let account = net.account(connector.capabilities().platform, "roads:key").unwrap();
        let access = Access {
            base_url: net.base_url(),
            secret: Secret::new("roads:key"),
            remote_account_id: account.clone(),
            handle: "@roads@practice".into(),
        };
        let following = Post { text: "x".into(), reply_to: Some(String::new()), ..Post::default() };
        let answers_posts = connector.problems(&following).iter().all(|p| p.code != "reply-not-possible");
        out.push(Bench { connector, access, server: Box::new(Played { net, account, answers_posts }) });
    }
    out
}

impl Server for Played {
    fn fault(&self, fault: SetFault) {
        self.net.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.net.posts().into_iter().map(|p| p.text).collect()
    }
    fn beside(&self, text: &str) -> String {
        self.net.add_post(&self.account, text).unwrap()
    }
    fn reply(&self, to: &str, text: &str) {
        self.net.add_reply(&self.account, Some(to), "pema", text).unwrap();
    }
    fn reply_becomes(&self, remote_id: &str, text: Option<&str>) {
        self.net.change_reply(remote_id, text).unwrap();
    }
    fn answers_posts(&self) -> bool {
        self.answers_posts
    }
}
