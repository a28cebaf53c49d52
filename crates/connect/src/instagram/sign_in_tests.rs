//! Signing in at Instagram brings the key that an account there keeps.
use super::Instagram;
use crate::meta::sign_in_fake::{FakeSignIn, fetch, is_of_sixty_days};
use crate::trial::refusal_of;
use crate::{App, Brought, Connector, Secret};
use ground::clock::Clock;

#[tokio::test]
async fn an_account_of_instagram_does_so_too_from_an_address_of_its_own() {
    let fake = FakeSignIn::start(vec![]).await;
    let c = Instagram::new(fetch(), Clock::system()).giving_keys_at(&format!("{}/instagram", fake.base));
    let to = fake.account("@roads.bt");
    let brought = fake.bring(&c, &to);
    is_of_sixty_days(&c.exchange(&to, &brought).await.unwrap());
    let app = App { secret: Secret::new("old"), ..brought.app.clone() };
    assert_eq!(refusal_of(c.exchange(&to, &Brought { app, ..brought }).await), "refused");
}
