//! Links that let somebody in who has no password yet: to be set up, and the one of the first start.
use super::*;

#[tokio::test]
async fn a_set_up_link_works_once_in_time_and_the_last_one_only() {
    let app = TestApp::new().await;
    let new =
        NewPerson { agency: Some(7), name: "Tashi".into(), email: "tashi@example.bt".into(), ..Default::default() };
    let id = add_person(&app.cx, &new).await.unwrap();
    let token = async || {
        let link = set_up_link(&app.cx, id).await.unwrap();
        link.split("/set-up/").nth(1).unwrap().to_owned()
    };
    let first = token().await;
    let second = token().await;
    assert!(actions::set_up(&app.cx, &first, "a yak on the pass").await.is_err(), "a newer one was given");
    let short = actions::set_up(&app.cx, &second, "short").await.unwrap_err();
    assert!(matches!(short.kind, ground::error::Kind::Invalid(_)));
    assert!(actions::set_up(&app.cx, &second, "a yak on the pass").await.unwrap().is_some());
    assert!(actions::set_up(&app.cx, &second, "another password").await.is_err(), "replayed");
    app.get(&format!("/set-up/{second}")).await.expect(404);
    assert!(app.get("/set-up/%FF").await.expect(404).body.contains("<h1>Not found</h1>"));
    let late = token().await;
    app.advance(3 * ground::clock::DAY);
    app.get(&format!("/set-up/{late}")).await.expect(404);
    assert!(actions::set_up(&app.cx, &late, "another password").await.is_err(), "run out");
    let mine = acting_as(&app.cx, id).await.unwrap();
    let secret = [5u8; 20];
    own::set_totp(&mine, &secret, &secrets::code_at(&secret, app.cx.now()).unwrap()).await.unwrap();
    let lost = token().await;
    let entered = actions::set_up(&app.cx, &lost, "a third password").await.unwrap();
    assert!(entered.is_none(), "a link does not stand for the one-time code");
    app.drain().await;
}

#[tokio::test]
async fn the_first_start_s_link_makes_one_administrator_and_no_second() {
    let app = TestApp::new().await;
    let first = first_link(&app.cx).await.unwrap().unwrap();
    let link = first_link(&app.cx).await.unwrap().unwrap();
    let path = |link: &str| link.strip_prefix("http://drelwa.test").unwrap().to_owned();
    app.get(&path(&first)).await.expect(404);
    let path = path(&link);
    app.get(&path).await.expect(200);
    let send = async |fields: &str| {
        let request = axum::http::Request::post(&path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(fields.to_owned()))
            .unwrap();
        app.send(request).await
    };
    let again = send("name=Kinley&email=nowhere&password=short").await.expect(422).body;
    assert!(again.contains("href=\"#email\"") && again.contains("href=\"#password\""), "{again}");
    assert!(again.contains("value=\"Kinley\""), "what was typed is kept");
    let good = "name=Kinley+Dorji&email=kinley@example.bt&password=four+blue+poppies";
    assert_eq!(send(good).await.expect(303).location(), "/people");
    send(good).await.expect(404);
    assert!(first_link(&app.cx).await.unwrap().is_none());
    let cookie = app.sign_in("kinley@example.bt").await;
    app.browse(&cookie, "/people").await.expect(200);
    app.drain().await;
}
