use super::*;
use crate::policy::Pack;
use crate::testkit::TestApp;

#[tokio::test]
async fn the_register_is_whole_and_loading_again_changes_nothing() {
    let app = TestApp::new().await;
    let pack = app.cx.machine.part::<Pack>().unwrap();
    assert_eq!(load_register(&app.cx, pack).await.unwrap(), 0, "the test kit loaded it already");
    let count = async |kind: &str| {
        let path = format!("/api/v1/agencies?kind={kind}&limit=200");
        let first = app.get(&path).await.expect(200).json();
        let mut n = first["items"].as_array().unwrap().len();
        if let Some(next) = first["next"].as_str() {
            n += app.get(&format!("{path}&after={next}")).await.expect(200).json()["items"].as_array().unwrap().len();
        }
        n
    };
    assert_eq!(count("gewog").await, 205);
    assert_eq!(count("dzongkhag").await, 20);
    assert_eq!(count("thromde").await, 4);
    app.drain().await;
}

#[tokio::test]
async fn two_gewogs_of_one_name_are_two_agencies() {
    let app = TestApp::new().await;
    let found = app.get("/api/v1/agencies?kind=gewog&q=norbugang").await.expect(200).json();
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
    let page = app.get("/agencies?q=norbugang&lang=dz").await.expect(200);
    assert!(page.body.contains("lang=\"dz\""));
    app.get("/agencies?kind=%27%3B--").await.expect(200);
    app.drain().await;
}
