//! Which platforms this program can speak to.
use crate::bluesky::Bluesky;
use crate::discourse::Discourse;
use crate::facebook::Facebook;
use crate::guarded::Guarded;
use crate::instagram::Instagram;
use crate::lemmy::Lemmy;
use crate::linkedin::LinkedIn;
use crate::mastodon::Mastodon;
use crate::matrix::Matrix;
use crate::mediawiki::MediaWiki;
use crate::peertube::PeerTube;
use crate::telegram::Telegram;
use crate::threads::Threads;
use crate::tiktok::TikTok;
use crate::wechat::WeChat;
use crate::weibo::Weibo;
use crate::whatsapp::WhatsApp;
use crate::wordpress::WordPress;
use crate::x::X;
use crate::youtube::YouTube;
use crate::{Connector, simulator};
use ground::clock::Clock;
use ground::fetch::Fetch;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry(Arc<BTreeMap<&'static str, Arc<dyn Connector>>>);

impl Registry {
    /// A later connector replaces an earlier one for the same platform. What they hand out is looked at once more: nothing a
    /// platform says leaves here unless it can be what it is said to be.
    pub fn new(connectors: Vec<Arc<dyn Connector>>) -> Registry {
        Registry(Arc::new(connectors.into_iter().map(|c| (c.capabilities().platform, Guarded::around(c))).collect()))
    }
    /// Every platform of this program; the practice networks only where there is what calls them: the four ways of keeping a
    /// post from going out twice, and one in the likeness of each platform.
    pub fn standard(fetch: &Fetch, clock: &Clock, practice: Option<&Fetch>) -> Registry {
        let mut all = platforms(fetch, clock);
        if let Some(practice) = practice {
            let played = simulator::likenesses(practice, clock, &all);
            all.extend(simulator::connectors(practice, clock));
            all.extend(played);
        }
        Registry::new(all)
    }
    pub fn get(&self, platform: &str) -> Option<Arc<dyn Connector>> {
        self.0.get(platform).cloned()
    }
    /// By short name.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Connector>> {
        self.0.values()
    }
    /// The short name of the real platform in whose likeness a practice network is; `None` of anything else.
    pub fn played(&self, platform: &str) -> Option<&'static str> {
        let of = platform.strip_prefix(simulator::PLAYED)?;
        self.0.get_key_value(of).filter(|_| self.0.contains_key(platform)).map(|(name, _)| *name)
    }
}

/// Every platform of others.
pub(crate) fn platforms(fetch: &Fetch, clock: &Clock) -> Vec<Arc<dyn Connector>> {
    vec![
        Arc::new(Bluesky::new(fetch.clone(), clock.clone())),
        Arc::new(Discourse::new(fetch.clone(), clock.clone())),
        Arc::new(Facebook::new(fetch.clone(), clock.clone())),
        Arc::new(Lemmy::new(fetch.clone(), clock.clone())),
        Arc::new(Instagram::new(fetch.clone(), clock.clone())),
        Arc::new(LinkedIn::new(fetch.clone(), clock.clone())),
        Arc::new(Mastodon::new(fetch.clone(), clock.clone())),
        Arc::new(MediaWiki::new(fetch.clone(), clock.clone())),
        Arc::new(Matrix::new(fetch.clone(), clock.clone())),
        Arc::new(PeerTube::new(fetch.clone(), clock.clone())),
        Arc::new(WeChat::new(fetch.clone(), clock.clone())),
        Arc::new(Weibo::new(fetch.clone(), clock.clone())),
        Arc::new(WhatsApp::new(fetch.clone(), clock.clone())),
        Arc::new(WordPress::new(fetch.clone(), clock.clone())),
        Arc::new(Telegram::new(fetch.clone(), clock.clone())),
        Arc::new(Threads::new(fetch.clone(), clock.clone())),
        Arc::new(TikTok::new(fetch.clone(), clock.clone())),
        Arc::new(X::new(fetch.clone(), clock.clone())),
        Arc::new(YouTube::new(fetch.clone(), clock.clone())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::fetch::FetchPolicy;

    #[test]
    fn practice_only_where_wanted() {
        let fetch = Fetch::new(FetchPolicy::default()).unwrap();
        let names = |practice: bool| {
            let registry = Registry::standard(&fetch, &Clock::system(), practice.then_some(&fetch));
            registry.all().map(|c| c.capabilities().platform).collect::<Vec<_>>()
        };
        let real = [
            "bluesky",
            "discourse",
            "facebook",
            "instagram",
            "lemmy",
            "linkedin",
            "mastodon",
            "matrix",
            "mediawiki",
            "peertube",
            "telegram",
            "threads",
            "tiktok",
            "wechat",
            "weibo",
            "whatsapp",
            "wordpress",
            "x",
            "youtube",
        ];
        assert_eq!(names(false), real);
        let practice = ["practice", "practice-blind", "practice-readback", "practice-twophase"];
        let all = names(true);
        let played: Vec<String> = real.iter().map(|p| format!("practice-{p}")).collect();
        let played: Vec<&str> = played.iter().map(String::as_str).collect();
        let wanted = real.iter().chain(&practice).chain(&played);
        assert!(wanted.clone().all(|p| all.contains(p)) && all.len() == wanted.count(), "{all:?}");
        let registry = Registry::standard(&fetch, &Clock::system(), Some(&fetch));
        assert_eq!(registry.played("practice-mastodon"), Some("mastodon"));
        for none in ["practice", "practice-blind", "mastodon", "practice-nothing", "practice-practice"] {
            assert_eq!(registry.played(none), None, "{none}");
        }
        assert!(Registry::standard(&fetch, &Clock::system(), None).get("practice").is_none());
    }

    #[tokio::test]
    async fn some_platforms_give_keys_by_signing_in() {
        use crate::{Access, App, Brought, Failure, Secret};
        let fetch = Fetch::new(FetchPolicy::default()).unwrap();
        let (base_url, secret) = ("https://social.example.org".to_owned(), Secret::new(""));
        let access =
            Access { base_url, secret: secret.clone(), remote_account_id: String::new(), handle: String::new() };
        let app = App { id: "a".into(), secret: Secret::new("b") };
        let brought =
            Brought { app, code: Secret::new("c"), verifier: secret, redirect: "https://gov.example/".into() };
        let mut offer = vec![];
        for connector in Registry::standard(&fetch, &Clock::system(), Some(&fetch)).all() {
            let name = connector.capabilities().platform;
            let Some(sign_in) = connector.sign_in(&access) else {
                let no = connector.exchange(&access, &brought).await.unwrap_err();
                assert!(matches!(no, Failure::Refused { code, .. } if code == "sign-in-not-possible"), "{name}");
                continue;
            };
            assert!(sign_in.address.starts_with("https://") && !sign_in.address.contains('?'), "{name}");
            assert!(!sign_in.scopes.is_empty() && sign_in.introduces == (name == "mastodon"), "{name}");
            offer.push(name);
        }
        assert_eq!(offer, ["facebook", "instagram", "linkedin", "mastodon", "threads", "tiktok", "x", "youtube"]);
    }
}
