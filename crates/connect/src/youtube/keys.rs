//! Keys by signing in at Google, and new ones in place of those that run out, which they do after an hour. What renews
//! one stays the same.
//!
//! Source: “Using OAuth 2.0 for Web Server Applications”.
use super::YouTube;
use crate::oauth::{SignIn, Tokens};

/// By Google's description of the API this one covers uploading, changing, removing, captions and comments.
const SCOPES: [&str; 1] = ["https://www.googleapis.com/auth/youtube.force-ssl"];
const ASKED: &str = "https://accounts.google.com/o/oauth2/v2/auth";
/// Without asking for consent anew there is no second refresh token; whoever manages several channels chooses one.
const MORE: [(&str, &str); 2] = [("access_type", "offline"), ("prompt", "consent select_account")];

pub(super) fn sign_in() -> SignIn {
    SignIn { more: &MORE, ..SignIn::of(ASKED, &SCOPES) }
}

impl YouTube {
    pub(super) fn keys(&self) -> Tokens<'_> {
        let standard = Tokens::new(&self.fetch, &self.clock, "Google", self.tokens.clone());
        Tokens { must_renew: true, ..standard }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{APP, FakeYouTube, KEY, REFRESH, TOKENS, Ways};
    use super::super::{YouTube, bench};
    use crate::fake_permits::code_of;
    use crate::trial::refusal_of as refusal;
    use crate::{App, Brought, Connector, Failure, Secret};
    use ground::clock::Clock;
    use ground::fetch::{Fetch, FetchPolicy};
    use tokio::net::TcpListener;

    async fn google() -> (FakeYouTube, YouTube, crate::Access) {
        let fake = FakeYouTube::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), Ways::default()).unwrap();
        let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
        let to = bench::access(&fake);
        let it = YouTube::new(fetch, Clock::system()).giving_keys_at(&to.url(TOKENS));
        (fake, it, to)
    }

    fn brought(it: &YouTube, fake: &FakeYouTube, to: &crate::Access) -> Brought {
        let redirect = "https://gov.example/accounts/callback".to_owned();
        let sign_in = it.sign_in(to).unwrap();
        let back = fake.agree(&sign_in.url(APP.0, &redirect, "state", "v-1"));
        let app = App { id: APP.0.into(), secret: Secret::new(APP.1) };
        Brought { app, code: code_of(&back), verifier: Secret::new("v-1"), redirect }
    }

    #[tokio::test]
    async fn a_key_is_renewed_and_what_renews_stays() {
        let (fake, it, to) = google().await;
        let with = |secret: &str, word: &str| Secret::new(format!("4711.apps.example:{secret}:{word}"));
        let new = it.renew(&to, &with("GOCSPX-s3cret", REFRESH)).await.unwrap().unwrap();
        assert_eq!((new.secret.reveal(), new.lasts_s), ("ya29.next", Some(3599)));
        assert!(new.refresh.is_none());
        for bad in [with("wrong", REFRESH), with("GOCSPX-s3cret", "1//old"), Secret::new(KEY)] {
            assert_eq!(it.renew(&to, &bad).await.unwrap_err(), Failure::Unauthorised);
        }
        fake.say_instead(TOKENS, 503, "<html>");
        let failed = it.renew(&to, &with("GOCSPX-s3cret", REFRESH)).await.unwrap_err();
        assert!(matches!(&failed, Failure::Unreachable { .. }) && !failed.to_string().contains("s3cret"), "{failed}");
    }

    #[tokio::test]
    async fn whoever_signs_in_gives_a_key_that_can_be_renewed() {
        let (fake, it, to) = google().await;
        let asked = brought(&it, &fake, &to);
        let granted = it.exchange(&to, &asked).await.unwrap();
        assert_eq!((granted.secret.reveal(), granted.lasts_s), (KEY, Some(3599)));
        let refresh = granted.refresh.unwrap();
        assert_eq!(refresh.reveal(), format!("{}:{}:{REFRESH}", APP.0, APP.1));
        assert!(it.renew(&to, &refresh).await.unwrap().is_some());
        assert_eq!(refusal(it.exchange(&to, &asked).await), "code-not-good", "a code is good once");
        let another = Brought { verifier: Secret::new("v-2"), ..brought(&it, &fake, &to) };
        assert_eq!(refusal(it.exchange(&to, &another).await), "code-not-good", "not who asked");
        let app = App { secret: Secret::new("old"), ..asked.app.clone() };
        let old = Brought { app, ..brought(&it, &fake, &to) };
        assert_eq!(refusal(it.exchange(&to, &old).await), "app-not-known");
        // Google lets people permit a part.
        fake.say_instead(TOKENS, 200, r#"{"access_token":"ya29.x","refresh_token":"1//x","scope":"openid"}"#);
        assert_eq!(refusal(it.exchange(&to, &brought(&it, &fake, &to)).await), "permission-missing");
        fake.say_instead(TOKENS, 200, r#"{"access_token":"ya29.x","expires_in":3599}"#);
        assert_eq!(refusal(it.exchange(&to, &brought(&it, &fake, &to)).await), "not-renewable");
        for odd in ["<html>", "[]", r#"{"access_token":"a\nb","refresh_token":"c"}"#] {
            fake.say_instead(TOKENS, 200, odd);
            let failed = it.exchange(&to, &brought(&it, &fake, &to)).await.unwrap_err();
            assert!(matches!(failed, Failure::Unreachable { .. }), "{odd}: {failed}");
        }
        let said = fake.calls();
        assert!(said.iter().all(|c| !c.contains("code-") && !c.contains("s3cret")), "{said:?}");
    }
}
