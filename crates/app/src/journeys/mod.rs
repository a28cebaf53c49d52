//! Stories across slices, over HTTP alone: the main job, the API as a contract, and what happens to bad input.
mod bad_input;
mod contract;
mod main_job;
mod reorganisation;

use crate::people::Role;
use crate::testkit::{Answer, Person, TestApp};
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;

/// A government with two agencies of the register and somebody for every task in the first.
struct Government {
    app: TestApp,
    health: i64,
    author: Person,
    approver: Person,
    moderator: Person,
    lead: Person,
    citizen: Person,
    stranger: Person,
}

async fn government() -> Government {
    let app = TestApp::new().await;
    let health = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let other = crate::agencies::by_code(app.cx.db(), "BT-23").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(health), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(health), &[Role::Approver]).await;
    let moderator = app.person("Tshering Yangden", Some(health), &[Role::Moderator]).await;
    let lead = app.person("Karma Choden", Some(health), &[Role::Lead]).await;
    let stranger = app.person("Jigme Norbu", Some(other), &[Role::Lead]).await;
    let (id, token) = crate::people::join_for_story(&app.cx, "sonam@example.org", "Sonam").await.unwrap();
    let citizen = Person { id, token, cx: app.cx.clone() };
    Government { app, health, author, approver, moderator, lead, citizen, stranger }
}

impl Government {
    async fn post(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.app.api(Some(who), Method::POST, path, body).await
    }
    async fn read(&self, who: &Person, path: &str) -> Value {
        self.app.api(Some(who), Method::GET, path, Value::Null).await.expect(200).json()
    }
    /// A call with a body of exactly these bytes.
    async fn raw(&self, who: &Person, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::post(path).header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.app.send(request.body(body.into()).unwrap()).await
    }
}

/// It answers as the API promises to: a problem that names its status and says something.
#[track_caller]
fn problem(answer: Answer, status: u16) -> Value {
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{}", answer.body);
    let answer = answer.expect(status);
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    assert!(problem["type"].as_str().unwrap().starts_with("urn:drelwa:problem:"), "{problem}");
    assert!(problem["detail"].as_str().unwrap().len() > 10, "{problem}");
    problem
}

/// The codes of the refusals; each must say something and the named ones must have their clause.
#[track_caller]
fn refusals(answer: Answer, with_clause: &[&str]) -> Vec<String> {
    let problem = problem(answer, 409);
    let all = problem["refusals"].as_array().unwrap();
    for refusal in all {
        assert!(refusal["detail"].as_str().unwrap().len() > 10, "{refusal}");
        if with_clause.contains(&refusal["code"].as_str().unwrap()) {
            assert!(refusal["clause"].is_string(), "{refusal}");
        }
    }
    all.iter().map(|r| r["code"].as_str().unwrap().to_owned()).collect()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id: {value}")).to_owned()
}
