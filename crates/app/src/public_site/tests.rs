use crate::accounts;
use crate::agencies;
use crate::people::Role;
use crate::testkit::TestApp;

#[tokio::test]
async fn an_agency_shows_its_names_its_history_and_where_it_speaks() {
    let app = TestApp::new().await;
    let moh = agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let page = app.get("/agencies/MoH?lang=en").await.expect(200).body;
    assert!(page.contains("<h1 lang=\"en\">Ministry of Health</h1>") && page.contains("གསོ་བའི་ལྷན་ཁག"), "{page}");
    assert!(page.contains("has no official account") && !page.contains("<script"));
    let author = app.person("Pema", Some(moh), &[Role::Author]).await;
    let lead = app.person("Lead", Some(moh), &[Role::Lead]).await;
    let account = app.live_site(moh, &author, &lead).await;
    let page = app.get("/agencies/MoH").await.expect(200).body;
    assert!(page.contains("http://drelwa.test/agencies/MoH") && page.contains("Official since 24 November 2026"));
    accounts::close(&lead.cx, account, "moved").await.unwrap();
    let page = app.get("/agencies/MoH").await.expect(200).body;
    assert!(page.contains("No longer official") && page.contains("Official until 24 November 2026"), "{page}");
    let page = app.get("/agencies/MoH?lang=dz").await.expect(200).body;
    assert!(page.contains("<h1 lang=\"dz\">གསོ་བའི་ལྷན་ཁག</h1>") && page.contains("lang=\"en\">Ministry of Health"));
    app.drain().await;
}

#[tokio::test]
async fn a_former_agency_leads_to_its_successors_and_they_lead_back() {
    let app = TestApp::new().await;
    let old = app.get("/agencies/MoIC?lang=en").await.expect(200).body;
    assert!(old.contains("no longer exists") && old.contains("30 December 2022"), "{old}");
    for code in ["MoICE", "GovTech", "MoIT"] {
        assert!(old.contains(&format!("href=\"/agencies/{code}\"")), "{code}");
        assert!(app.get(&format!("/agencies/{code}")).await.expect(200).body.contains("href=\"/agencies/MoIC\""));
    }
    let house = app.get("/agencies/NAB").await.expect(200).body;
    assert!(house.contains("Belongs to") && house.contains("href=\"/agencies/PARL\""), "{house}");
    app.drain().await;
}

#[tokio::test]
async fn an_unknown_code_is_not_found_with_a_way_on() {
    let app = TestApp::new().await;
    for path in ["/agencies/NoSuch", "/agencies/%27%3B--", "/agencies/%E0%BD%80"] {
        let page = app.get(path).await.expect(404).body;
        assert!(page.contains("No agency has this code") && page.contains("href=\"/agencies\""), "{path}: {page}");
    }
    assert!(app.get("/agencies/%FF").await.expect(404).body.contains("<h1>Not found</h1>"));
    app.drain().await;
}
