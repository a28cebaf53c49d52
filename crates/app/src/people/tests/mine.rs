//! One's own page: roles and password, sessions, one-time codes, tokens.
use super::*;

#[tokio::test]
async fn the_own_page_shows_roles_changes_the_password_and_ends_sessions() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    app.person("Pema Lhamo", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema.lhamo@example.bt").await;
    let other = app.sign_in("pema.lhamo@example.bt").await;
    let page = app.browse(&cookie, "/me?lang=en").await.expect(200).body;
    assert!(page.contains("Ministry of Health") && page.contains("Author") && page.contains("no end"), "{page}");
    assert!(app.browse(&cookie, "/me?lang=dz").await.expect(200).body.contains("འགན་ཁུར་ཚུ།"));
    for path in ["/me/password", "/me/tokens", "/me/sessions/others-ended", "/me/codes"] {
        assert_eq!(forged(&app, &cookie, path).await, 403, "{path}");
    }
    let wrong = [("old", "not this one"), ("password", "short")];
    let page = app.submit(&cookie, "/me", "/me/password", &wrong).await.expect(422).body;
    assert!(page.contains("present password is not right") && page.contains("at least ten"), "{page}");
    let right = [("old", "four blue poppies"), ("password", "a yak on the pass")];
    assert_eq!(app.submit(&cookie, "/me", "/me/password", &right).await.expect(303).location(), "/me");
    app.browse(&cookie, "/me").await.expect(200);
    assert!(app.browse(&other, "/me").await.expect(303).location().starts_with("/sign-in"), "the others ended");
    assert_eq!(facts(&app, "person.password-changed").await, 1);
    app.drain().await;
}

#[tokio::test]
async fn one_session_ends_alone_and_never_somebody_elses() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    app.person("Pema", Some(moh), &[Role::Author]).await;
    app.person("Karma", Some(moh), &[Role::Approver]).await;
    let pema = app.sign_in("pema@example.bt").await;
    app.advance(HOUR);
    let second = app.sign_in("pema@example.bt").await;
    let karma = app.sign_in("karma@example.bt").await;
    let page = app.browse(&second, "/me").await.expect(200).body;
    assert!(page.contains("an hour ago") && page.contains("this one"), "{page}");
    let ids: Vec<&str> =
        page.split("name=\"session\" value=\"").skip(1).map(|s| s.split('"').next().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    app.submit(&karma, "/me", "/me/sessions/ended", &[("session", ids[0])]).await.expect(303);
    app.browse(&second, "/me").await.expect(200);
    app.submit(&second, "/me", "/me/sessions/ended", &[("session", ids[1])]).await.expect(303);
    app.browse(&pema, "/me").await.expect(303);
    let third = app.sign_in("pema@example.bt").await;
    app.submit(&third, "/me", "/me/sessions/others-ended", &[]).await.expect(303);
    app.browse(&second, "/me").await.expect(303);
    app.browse(&third, "/me").await.expect(200);
    app.browse(&karma, "/me").await.expect(200);
    app.drain().await;
}

#[tokio::test]
async fn codes_are_set_up_with_the_secret_shown_and_turned_off_with_the_password() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let pema = app.person("Pema", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema@example.bt").await;
    let page = app.browse(&cookie, "/me/codes").await.expect(200).body;
    let (sealed, shown) = (between(&page, "name=\"secret\" value=\"", "\""), between(&page, "otpauth://", "\""));
    let secret = own::same_secret(&pema.cx, &own::me(&pema.cx).await.unwrap(), sealed).unwrap();
    assert!(shown.contains(&secret.base32) && page.contains(&format!("<p class=\"secret\">{}</p>", secret.base32)));
    let again = app.submit(&cookie, "/me/codes", "/me/codes", &[("secret", sealed), ("code", "12x")]).await.expect(422);
    assert!(again.body.contains(&secret.base32) && again.body.contains("value=\"12x\""), "the same secret, as typed");
    let bytes = unbase32(&secret.base32);
    let code = secrets::code_at(&bytes, app.cx.now()).unwrap();
    app.submit(&cookie, "/me/codes", "/me/codes", &[("secret", sealed), ("code", &code)]).await.expect(303);
    assert!(app.browse(&cookie, "/me").await.expect(200).body.contains("/me/codes/off"));
    app.advance(MINUTE);
    let code = secrets::code_at(&bytes, app.cx.now()).unwrap();
    let twice = [("secret", sealed), ("code", code.as_str())];
    app.submit(&cookie, "/me", "/me/codes", &twice).await.expect(422);
    app.submit(&cookie, "/me", "/me/codes/off", &[("confirm", "no")]).await.expect(422);
    app.submit(&cookie, "/me", "/me/codes/off", &[("confirm", "four blue poppies")]).await.expect(303);
    app.advance(HOUR);
    let late = app.submit(&cookie, "/me", "/me/codes", &twice).await.expect(422);
    assert!(late.body.contains("waited too long") && !late.body.contains(&secret.base32));
    assert_eq!(facts(&app, "person.codes-turned").await, 2);
    app.drain().await;
}

#[tokio::test]
async fn a_token_is_shown_once_and_works_until_revoked() {
    let app = TestApp::new().await;
    let moh = agency(&app, "MoH").await;
    let mut pema = app.person("Pema", Some(moh), &[Role::Author]).await;
    let karma = app.person("Karma", Some(moh), &[Role::Author]).await;
    let cookie = app.sign_in("pema@example.bt").await;
    let wrong = app.submit(&cookie, "/me", "/me/tokens", &[("name", ""), ("days", "9999")]).await.expect(422).body;
    assert!(wrong.contains("1 to 80 characters") && wrong.contains("Choose a term"), "{wrong}");
    let made = app.submit(&cookie, "/me", "/me/tokens", &[("name", "night script"), ("days", "30")]).await.expect(200);
    pema.token = between(&made.body, "<p class=\"secret\">", "<").into();
    let page = app.browse(&cookie, "/me").await.expect(200).body;
    assert!(page.contains("night script") && !page.contains(&pema.token));
    let me = async || app.api(Some(&pema), axum::http::Method::GET, "/api/v1/me", Value::Null).await;
    me().await.expect(200);
    let id = between(&page, "name=\"token\" value=\"", "\"");
    own::revoke_token(&karma.cx, id.parse().unwrap()).await.unwrap_err();
    assert!(own::issue_token(&karma.cx, pema.id, "x", 7 * ground::clock::DAY).await.is_err(), "for somebody else");
    app.submit(&cookie, "/me", "/me/tokens/revoked", &[("token", id)]).await.expect(303);
    me().await.expect(401);
    assert_eq!(facts(&app, "token.revoked").await, 1);
    app.drain().await;
}
