//! Plans from their beginning to the look back, over the API and on the pages.
mod aims;
mod beginnings;
mod pages;
mod work;

use crate::people::Role;
use crate::testkit::{Answer, Person, TestApp};
use axum::http::Method;
use ground::clock::DAY;
use serde_json::{Value, json};

/// An agency with somebody who writes and somebody who approves.
pub struct Office {
    pub app: TestApp,
    pub agency: i64,
    pub author: Person,
    pub lead: Person,
}

pub async fn office(code: &str) -> Office {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), code).await.unwrap().id;
    let author = app.person("Pema", Some(agency), &[Role::Author]).await;
    let lead = app.person("Dorji", Some(agency), &[Role::Lead]).await;
    Office { app, agency, author, lead }
}

impl Office {
    pub async fn post(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.app.api(Some(who), Method::POST, path, body).await
    }
    pub async fn get(&self, who: &Person, path: &str) -> Value {
        self.app.api(Some(who), Method::GET, path, Value::Null).await.expect(200).json()
    }
    pub async fn start(&self, from: &str) -> Value {
        let body = json!({"agency": self.agency.to_string(), "from": from});
        self.post(&self.author, "/api/v1/plans/starts", body).await.expect(201).json()
    }
    pub async fn approved(&self, plan: &Value) -> String {
        let path = format!("/api/v1/plans/{}", plan["id"].as_str().unwrap());
        let version = json!({"version": plan["version"]});
        self.post(&self.author, &format!("{path}/submission"), version.clone()).await.expect(200);
        self.post(&self.lead, &format!("{path}/approval"), version).await.expect(200);
        path
    }
    /// The same person some days later: tokens hold for a day.
    pub async fn again(&self, who: &Person) -> Person {
        let token = crate::people::issue_token(&self.app.cx, who.id, "test", DAY).await.unwrap();
        Person { id: who.id, token, cx: who.cx.clone() }
    }
    /// What a control of this slice says of the agency now, with its sentence.
    pub async fn judged(&self, control: &str) -> (ground::slice::Verdict, &'static str) {
        self.judged_of(control, self.agency).await
    }
    pub async fn judged_of(&self, control: &str, agency: i64) -> (ground::slice::Verdict, &'static str) {
        let control = super::controls::ALL.iter().find(|c| c.id == control).expect("a control");
        let ground::slice::Criterion::Judged { judge, .. } = control.criterion else { panic!("not judged") };
        let seen = judge(self.app.cx.as_system(), agency).await.unwrap();
        (seen.verdict, seen.say.key)
    }
}

pub use ground::slice::Verdict::{Met, NotApplicable, NotMet, Partly};
