//! Signing in at Facebook brings the key that a page keeps.
use super::Facebook;
use crate::Connector;
use crate::meta::sign_in_fake::{FakeSignIn, fetch};
use crate::trial::refusal_of;
use ground::clock::Clock;
use serde_json::json;

#[tokio::test]
async fn a_person_signs_in_at_facebook_and_the_page_gives_the_key() {
    let page = |id: &str, name: &str| json!({"id": id, "username": name, "access_token": format!("of-page-{id}")});
    let fake = FakeSignIn::start(vec![page("11", "rabbits"), page("22", "Roads.bt")]).await;
    let c = Facebook::new(fetch(), Clock::system());
    for handle in ["@roads.bt", "22"] {
        let to = fake.account(handle);
        let granted = c.exchange(&to, &fake.bring(&c, &to)).await.unwrap();
        assert_eq!(granted.secret.reveal(), "of-page-22");
        assert!(granted.refresh.is_none() && granted.lasts_s.is_none(), "it has no end of its own");
    }
    let to = fake.account("@health");
    assert_eq!(refusal_of(c.exchange(&to, &fake.bring(&c, &to)).await), "no-page");
    // One page that was chosen is the one that is meant; whose token it is is looked at afterwards.
    let fake = FakeSignIn::start(vec![page("33", "")]).await;
    let to = fake.account("Ministry of Roads");
    assert_eq!(c.exchange(&to, &fake.bring(&c, &to)).await.unwrap().secret.reveal(), "of-page-33");
}
