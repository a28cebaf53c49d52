//! Keys by signing in at TikTok, and new ones in place of those that run out. What renews one is good for one call,
//! which brings the next.
//!
//! Source: “Login Kit for Web”, “Manage User Access Tokens”, “OAuth Error Handling”. How long both are good for TikTok
//! says in its answer; its pages have named 24 hours and 365 days, and newer ones two hours and 180 days. A proof is
//! wanted from programs on people's own machines only, in a form of TikTok's own.
use super::{TOKENS, TRIAL, TikTok};
use crate::oauth::{SignIn, Tokens};
use crate::{Access, Failure, Renewed, Secret};

const SCOPES: [&str; 2] = ["user.info.basic", "video.publish"];
const ASKED: &str = "https://www.tiktok.com/v2/auth/authorize/";
/// Whoever is signed in there already is asked all the same.
const MORE: [(&str, &str); 1] = [("disable_auto_auth", "1")];

pub(super) fn sign_in() -> SignIn {
    SignIn { between: ",", app_word: "client_key", proves: false, more: &MORE, ..SignIn::of(ASKED, &SCOPES) }
}

impl TikTok {
    pub(super) fn keys(&self, access: &Access) -> Tokens<'_> {
        let standard = Tokens::new(&self.fetch, &self.clock, "TikTok", access.url(TOKENS));
        Tokens { app_word: "client_key", must_renew: true, ..standard }
    }

    pub(super) async fn renewed(&self, access: &Access, refresh: &Secret) -> Result<Renewed, Failure> {
        let new = self.keys(access).renewed(refresh).await?;
        // A key for trying out stays one.
        let trial = if access.secret.reveal().trim().starts_with(TRIAL) { TRIAL } else { "" };
        Ok(Renewed { secret: Secret::new(format!("{trial}{}", new.secret.reveal())), ..new })
    }
}

#[cfg(test)]
mod tests {
    use super::super::bench::access;
    use super::super::fake::{APP, FakeTikTok, Ways};
    use super::*;
    use crate::fake_permits::code_of;
    use crate::trial::refusal_of;
    use crate::{App, Brought, Connector};
    use ground::clock::Clock;
    use ground::fetch::{Fetch, FetchPolicy};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn the_account_signs_in_and_gives_a_key() {
        let fake = FakeTikTok::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), Ways::default()).unwrap();
        let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
        let (t, to) = (TikTok::new(fetch, Clock::system()), access(&fake));
        let redirect = "https://gov.example/accounts/callback".to_owned();
        let back = fake.agree(&t.sign_in(&to).unwrap().url(APP.0, &redirect, "s", "v"));
        let app = App { id: APP.0.into(), secret: Secret::new(APP.1) };
        let brought = Brought { app, code: code_of(&back), verifier: Secret::new("v"), redirect };
        let granted = t.exchange(&to, &brought).await.unwrap();
        assert_eq!((granted.secret.reveal(), granted.lasts_s), ("act.next!1.e1", Some(7200)));
        let refresh = granted.refresh.unwrap();
        assert_eq!(refresh.reveal(), "aw0app:s3cret:rft.next!1.e1");
        assert_eq!(t.renew(&to, &refresh).await.unwrap().unwrap().secret.reveal(), "act.next!2.e1");
        // Told with status 200.
        assert_eq!(refusal_of(t.exchange(&to, &brought).await), "code-not-good", "a code is good once");
        let elsewhere = Brought { redirect: "https://other.example/".into(), ..brought };
        assert_eq!(refusal_of(t.exchange(&to, &elsewhere).await), "code-not-good");
    }
}
