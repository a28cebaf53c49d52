//! Signing in at Threads brings the key that an account there keeps.
use super::Threads;
use crate::Connector;
use crate::meta::sign_in_fake::{APP, FakeSignIn, fetch, is_of_sixty_days};
use ground::clock::Clock;

#[tokio::test]
async fn an_account_of_threads_gives_a_token_that_renews_itself() {
    let fake = FakeSignIn::start(vec![]).await;
    let (c, to) = (Threads::new(fetch(), Clock::system()), fake.account("@roads.bt"));
    let brought = fake.bring(&c, &to);
    is_of_sixty_days(&c.exchange(&to, &brought).await.unwrap());
    let said = c.exchange(&to, &brought).await.unwrap_err().to_string();
    assert!(said.contains("Threads gives no key") && !said.contains(APP.1), "{said}");
}
