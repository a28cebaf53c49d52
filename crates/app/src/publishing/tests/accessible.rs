//! Whether everybody can read what went out.
use super::{Desk, desk, store};
use crate::compliance;
use crate::posts::{self, Draft, Target};
use axum::http::Method;
use ground::clock::DAY;
use serde_json::{Value, json};

impl Desk {
    async fn picture(&self, alt_en: &str, alt_dz: &str) -> i64 {
        let bytes = posts::sample_picture(40, 30);
        posts::add_picture(&self.author.cx, self.agency, bytes, alt_en, alt_dz).await.unwrap().id
    }
    /// Goes out on the practice network, with a text of its own there and with pictures.
    async fn said(&self, variant: &str, pictures: Vec<i64>) -> i64 {
        let targets = vec![Target { account: self.accounts[1], variant: variant.into() }];
        let (text_en, text_dz) = ("Free flu vaccination".into(), "ཚ་ནད་སྨན་ཁབ།".into());
        let draft = Draft { text_en, text_dz, targets, pictures, ..Draft::default() };
        let post = posts::draft(&self.author.cx, self.agency, &draft).await.unwrap().id;
        posts::submit(&self.author.cx, post, 1).await.unwrap();
        posts::approve(&self.approver.cx, post, 1).await.unwrap();
        self.app.drain().await;
        post
    }
    /// What the agency's page of compliance tells of a control now.
    pub(super) async fn found(&self, obligation: &str, control: &str) -> Value {
        let token = crate::people::issue_token(&self.app.cx, self.author.id, "now", DAY).await.unwrap();
        let who = crate::testkit::Person { token, ..self.author.clone() };
        let path = "/api/v1/compliance/agencies/MoH";
        let all = self.app.api(Some(&who), Method::GET, path, Value::Null).await.expect(200).json();
        let findings = all["findings"].as_array().unwrap();
        let finding = findings.iter().find(|f| f["obligation"] == obligation).unwrap();
        let of = |c: &&Value| c["control"] == control;
        let control = finding["controls"].as_array().unwrap().iter().find(of).unwrap();
        let seen = &control["observations"][0];
        json!({"finding": finding["state"], "state": control["state"], "evidence": seen["evidence"], "until": seen["until"]})
    }
}

#[tokio::test]
async fn p4_o1_what_goes_out_is_there_in_both_languages_with_every_picture_described() {
    let d = desk(&["simulator"]).await;
    let now = async || d.found("P4-O1", "publishing-accessible").await;
    compliance::everything(&d.app.cx).await.unwrap();
    assert_eq!(now().await["state"], "not-applicable", "nothing went out");

    // Both languages and a picture described in both: met, with the post as evidence, until it is ninety days old.
    let described = d.picture("A nurse", "ནད་གཡོག").await;
    let whole = d.said("", vec![described]).await;
    let found = now().await;
    assert_eq!((&found["finding"], &found["state"]), (&json!("met"), &json!("met")), "{found}");
    assert_eq!(found["evidence"], json!([format!("post:{whole}")]));
    assert!(found["until"].as_str().unwrap().starts_with("2027-02-22"), "{found}");

    // One of two in English alone: partly. The page of the post says what is missing, in both languages.
    d.app.advance(DAY);
    let english = d.said("Flu shots today", vec![]).await;
    let found = now().await;
    assert_eq!(found["state"], "partly", "{found}");
    assert_eq!(found["evidence"], json!([format!("post:{english}"), format!("post:{whole}")]), "what lacks first");
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let page = d.app.browse(&cookie, &format!("/posts/{english}?lang=en")).await.expect(200).body;
    assert!(page.contains("Dzongkha text missing") && page.contains("1 of 2 there"), "{page}");
    let page = d.app.browse(&cookie, &format!("/posts/{english}?lang=dz")).await.expect(200).body;
    assert!(page.contains("རྫོང་ཁ་མེད།"), "{page}");
    let page = d.app.browse(&cookie, &format!("/posts/{whole}?lang=en")).await.expect(200).body;
    assert!(page.contains("4 of 4 there") && !page.contains("text missing"), "{page}");

    // A picture described in one language only: now two of three lack something.
    let half = d.picture("A clinic", "").await;
    let third = d.said("", vec![half]).await;
    assert_eq!(now().await["state"], "not-met");
    let page = d.app.browse(&cookie, &format!("/posts/{third}?lang=en")).await.expect(200).body;
    assert!(page.contains("A picture has no description in Dzongkha."), "{page}");

    // What is withdrawn is not there to be read any more.
    posts::withdraw(&d.approver.cx, third, "The picture was wrong").await.unwrap();
    d.app.drain().await;
    assert_eq!(now().await["state"], "partly");

    // Where practice does not count, it takes no place among the newest that are looked at.
    let out = async |left_out: &[&str]| {
        let left_out: Vec<String> = left_out.iter().map(|p| (*p).to_owned()).collect();
        store::out::since(d.app.cx.db(), d.agency, 0, &left_out).await.unwrap().len()
    };
    assert_eq!((out(&[]).await, out(&["simulator-x"]).await, out(&["x", "simulator"]).await), (2, 2, 0));

    // The good one is ninety days old first, then the other: nothing is left to judge.
    d.app.advance(89 * DAY);
    d.app.sweep().await;
    let found = now().await;
    assert_eq!((&found["state"], &found["evidence"]), (&json!("not-met"), &json!([format!("post:{english}")])));
    d.app.advance(DAY);
    d.app.sweep().await;
    assert_eq!(now().await["state"], "not-applicable");
    d.app.drain().await;
}
