//! The ministry the policy names as its lead is divided among three, as the register has it: nothing of it is orphaned,
//! and the public is told what was, until when, and what came after.
use crate::people::{self, Role};
use crate::posts::{Draft, State, Target};
use crate::testkit::{Person, TestApp};
use crate::{accounts, agencies, inbox, posts};
use axum::http::Method;
use ground::clock::DAY;
use ground::http::openapi::encode_query;
use serde_json::{Value, json};

async fn ask(app: &TestApp, url: &str) -> Value {
    app.get(&format!("/api/v1/verify?url={}", encode_query(url))).await.expect(200).json()
}

/// The administrator records the act, once.
async fn divide(app: &TestApp) {
    let admin = app.person("Deki", None, &[Role::Administrator]).await;
    let act = json!({"kind": "split", "from": ["MoIC"], "to": ["MoICE", "GovTech", "MoIT"], "heir": "MoICE",
        "effective_on": "2022-12-30", "reason": "Information and media go to MoICE, technology to GovTech, transport to MoIT.",
        "order_ref": "Civil Service Reform Act of Bhutan 2022"});
    app.api(Some(&admin), Method::POST, "/api/v1/agencies/reorganisations", act.clone()).await.expect(201);
    app.drain().await;
    app.api(Some(&admin), Method::POST, "/api/v1/agencies/reorganisations", act).await.expect(422);
}

/// Whoever works for the successor looks after what is left, also what comes still.
async fn inbox_goes_on(app: &TestApp, reader: &Person, new_lead: &Person, moic: i64, out: i64) {
    let sonam = people::acting_as(&app.cx, new_lead.id).await.unwrap();
    let late = json!({"text": "And the old office?"});
    app.api(Some(reader), Method::POST, &format!("/api/v1/posts/{out}/comments"), late).await.expect(201);
    app.drain().await;
    let open = inbox::oldest_open(app.cx.db(), &[moic], 0, 10).await.unwrap();
    assert_eq!(open.len(), 2);
    for message in &open {
        inbox::answer(&sonam, message.id, "In March, in Thimphu.").await.unwrap();
    }
    app.drain().await;
}

async fn nothing_disagrees(app: &TestApp) {
    for (_, verifier) in &app.all.verifiers {
        let found = verifier(app.cx.clone()).await.unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
}

#[tokio::test]
async fn the_lead_ministry_is_divided_and_nothing_is_orphaned() {
    let app = TestApp::new().await;
    let id = async |code: &str| agencies::by_code(app.cx.db(), code).await.unwrap().id;
    let (moic, moice) = (id("MoIC").await, id("MoICE").await);
    let author = app.person("Pema", Some(moic), &[Role::Author]).await;
    let approver = app.person("Dorji", Some(moic), &[Role::Approver]).await;
    let lead = app.person("Karma", Some(moic), &[Role::Lead]).await;
    let new_lead = app.person("Sonam", Some(moice), &[Role::Lead]).await;
    let (citizen, token) = people::join_for_story(&app.cx, "reader@example.org", "Reader").await.unwrap();
    let reader = Person { id: citizen, token, cx: app.cx.clone() };
    let site = app.live_site(moic, &author, &lead).await;
    let practice = app.live_practice(moic, "simulator", &author, &lead).await;
    let out = app.released(moic, &author, &approver, &[site, practice]).await;
    let target = |account| Target { account, variant: String::new() };
    let text = |text: &str, at| Draft {
        text_en: text.into(),
        text_dz: "བརྡ།".into(),
        targets: vec![target(site), target(practice)],
        scheduled_at: at,
        ..Draft::default()
    };
    let draft = posts::draft(&author.cx, moic, &text("A draft", None)).await.unwrap().id;
    let later = posts::draft(&author.cx, moic, &text("For later", Some(app.cx.now() + DAY))).await.unwrap().id;
    posts::submit(&author.cx, later, 1).await.unwrap();
    posts::approve(&approver.cx, later, 1).await.unwrap();
    let comment = json!({"text": "When does the new office open?"});
    app.api(Some(&reader), Method::POST, &format!("/api/v1/posts/{out}/comments"), comment).await.expect(201);
    app.drain().await;
    let url = accounts::find(app.cx.db(), practice).await.unwrap().url;

    divide(&app).await;

    // Accounts: none is left behind, and both addresses tell what was.
    let mine = accounts::in_state(app.cx.db(), &[moic], "live", 10).await.unwrap();
    assert!(mine.is_empty(), "{mine:?}");
    assert_eq!(accounts::find(app.cx.db(), practice).await.unwrap().agency_id, moice);
    let seen = ask(&app, &url).await;
    assert_eq!((&seen["status"], &seen["agency"]), (&json!("official"), &json!(moice.to_string())));
    assert_eq!(seen["before"][0]["agency"], moic.to_string());
    let was = ask(&app, "drelwa.test/agencies/MoIC").await;
    assert_eq!(
        (&was["status"], &was["successor"]),
        (&json!("was-official"), &json!("http://drelwa.test/agencies/MoICE"))
    );
    assert!(was["until"].is_string() && was["notice"].as_str().unwrap().contains("MoICE"));
    let page = app.get("/agencies/MoIC?lang=en").await.expect(200).body;
    for part in ["no longer exists", "/agencies/MoICE", "/agencies/GovTech", "/agencies/MoIT", "went over", "Flu shots"]
    {
        assert!(page.contains(part), "{part}");
    }
    let page = app.get(&format!("/verify?lang=en&url={}", encode_query(&url))).await.expect(200).body;
    assert!(page.contains("it was an account of") && page.contains("/agencies/MoIC\""));

    // Posts: what was not out is taken back and stands as drafts where it can go on; what is out stays.
    for (post, state) in [(draft, State::Withdrawn), (later, State::Withdrawn), (out, State::Approved)] {
        assert_eq!(posts::find(app.cx.db(), post).await.unwrap().state, state);
    }
    let given =
        app.api(Some(&new_lead), Method::GET, &format!("/api/v1/posts?agency={moice}"), Value::Null).await.expect(200);
    assert!(given.body.contains("A draft") && given.body.contains("For later"), "{}", given.body);
    app.get(&format!("/p/{out}")).await.expect(200);

    let cookie = app.sign_in("sonam@example.bt").await;
    for page in [format!("/accounts/{practice}"), format!("/accounts/{site}"), format!("/posts/{later}")] {
        app.browse(&cookie, &format!("{page}?lang=en")).await.expect(200);
    }

    // People: they work for the successor, with their roles; two leads there are not.
    let pema = people::acting_as(&app.cx, author.id).await.unwrap();
    assert_eq!(pema.actor.home, Some(moice));
    assert!(pema.actor.may(people::roles::DRAFT_POSTS, moice) && !pema.actor.may(people::roles::DRAFT_POSTS, moic));
    let karma = people::acting_as(&app.cx, lead.id).await.unwrap();
    assert!(!karma.actor.may_somewhere(people::roles::APPROVE_PLANS));

    inbox_goes_on(&app, &reader, &new_lead, moic, out).await;

    // Nothing stored disagrees with the ledger.
    nothing_disagrees(&app).await;
}
