//! What matters most asks again that it is really they.
use crate::testkit::{Office, TestApp};
use ground::clock::{DAY, MINUTE};

#[tokio::test]
async fn connecting_and_ending_an_account_ask_again_that_it_is_they() {
    let app = TestApp::new().await;
    let Office { agency: moh, lead, practice: account, .. } = app.at_work("MoH", "Author", "Lead").await;
    let path = format!("/accounts/{account}");
    let (connection, closure) = (format!("{path}/connection"), format!("{path}/closure"));
    let secret = format!("simulator-{moh}");
    let connect = async |cookie: &str, more: &[(&str, &str)]| {
        app.submit(cookie, &path, &connection, &[&[("secret", secret.as_str())], more].concat()).await
    };
    let here = app.sign_in("author@example.bt").await;
    app.advance(16 * MINUTE);
    let asked = connect(&here, &[]).await.expect(422).body;
    assert!(asked.contains("id=\"confirm_connect-err\"") && asked.contains("/me/confirm?next=/accounts/"), "{asked}");
    connect(&here, &[("confirm_connect", "wrong")]).await.expect(422);
    connect(&here, &[("confirm_connect", "four blue poppies")]).await.expect(303);
    connect(&here, &[]).await.expect(303);
    let boss = app.sign_in("lead@example.bt").await;
    app.advance(16 * MINUTE);
    let close = [("reason", "merged"), ("archive", "kept"), ("notice", "We moved."), ("parked", "yes")];
    let refused = app.submit(&boss, &path, &closure, &close).await.expect(422).body;
    assert!(refused.contains("id=\"confirm_close-err\""), "{refused}");
    let state = async || {
        let api = format!("/api/v1{path}");
        app.api(Some(&lead), axum::http::Method::GET, &api, serde_json::Value::Null).await.expect(200).json()["state"]
            .clone()
    };
    assert_eq!(state().await, "live");
    let close = [&close[..], &[("confirm_close", "four blue poppies")]].concat();
    app.submit(&boss, &path, &closure, &close).await.expect(303);
    assert_eq!(state().await, "closed");
    app.drain().await;
}

/// A new key opens the same account: since when it speaks for the government, and when it is to be evaluated, stays.
#[tokio::test]
async fn a_new_key_makes_no_new_account() {
    let app = TestApp::new().await;
    let Office { agency, author, practice: account, .. } = app.at_work("MoH", "Author", "Lead").await;
    let since = async || crate::accounts::find(app.cx.db(), account).await.unwrap().live_since;
    let first = since().await;
    app.advance(200 * DAY);
    crate::accounts::connect(&author.cx, account, "", &format!("simulator-{agency}")).await.unwrap();
    assert_eq!(since().await, first);
    app.drain().await;
}
