//! A TikTok for the suite of all connectors.
use super::TikTok;
use super::fake::{FakeTikTok, KEY, OPEN_ID, Ways};
use crate::contract::{Bench, Server, free_port};
use crate::simulator::SetFault;
use crate::{Access, Media, Secret};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::sync::Arc;

pub(crate) fn access(fake: &FakeTikTok) -> Access {
    Access {
        base_url: format!("http://{}", fake.address),
        secret: Secret::new(KEY),
        remote_account_id: OPEN_ID.into(),
        handle: "@roads.bt".into(),
    }
}

pub(crate) async fn benches(fetch: &Fetch) -> Vec<Bench> {
    let fake = FakeTikTok::start(free_port().await, Ways::default()).unwrap();
    let connector = Arc::new(TikTok::new(fetch.clone(), Clock::system()));
    vec![Bench { connector, access: access(&fake), server: Box::new(fake) }]
}

/// TikTok takes no PNG. The head of a JPEG is enough: TikTok gets its pictures from their address.
pub(crate) fn photo(name: &str) -> Media {
    let head = [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xd9];
    Media {
        bytes: head.to_vec(),
        mime: "image/jpeg".into(),
        alt: "A bridge over the Wang Chhu".into(),
        url: Some(format!("https://gov.example/out/{name}.jpg")),
        path: None,
    }
}

impl Server for FakeTikTok {
    fn fault(&self, fault: SetFault) {
        self.set_fault(fault);
    }
    fn texts(&self) -> Vec<String> {
        self.posted().into_iter().map(|p| p.text).collect()
    }
    /// Nobody lists it.
    fn beside(&self, _text: &str) -> String {
        String::new()
    }
    /// Nobody reads it.
    fn reply(&self, _to: &str, _text: &str) {}
}
