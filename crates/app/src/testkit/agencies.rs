//! Agencies as tests need them: at work, or gone into another.
use super::{Person, TestApp};
use crate::people::Role;
use axum::http::Method;
use ground::db::Run;
use ground::sql;
use serde_json::json;

/// An agency with its site and an account on the practice network.
pub struct Office {
    pub agency: i64,
    pub author: Person,
    pub lead: Person,
    pub practice: i64,
}

impl TestApp {
    /// Gives the agency with this code an author, a lead, a plan, its site and a practice account.
    pub async fn at_work(&self, code: &str, author: &str, lead: &str) -> Office {
        let agency = crate::agencies::by_code(self.cx.db(), code).await.unwrap().id;
        let author = self.person(author, Some(agency), &[Role::Author]).await;
        let lead = self.person(lead, Some(agency), &[Role::Lead]).await;
        self.live_site(agency, &author, &lead).await;
        let practice = self.live_practice(agency, "simulator", &author, &lead).await;
        Office { agency, author, lead, practice }
    }

    /// Lets one agency go into another.
    pub async fn merged(&self, from: &str, to: &str) {
        let admin = self.person("Deki", None, &[Role::Administrator]).await;
        let act = json!({"kind": "merge", "from": [from], "to": [to], "effective_on": "2026-01-01",
            "reason": "One ministry for both", "order_ref": "Act 1"});
        self.api(Some(&admin), Method::POST, "/api/v1/agencies/reorganisations", act).await.expect(201);
        self.drain().await;
    }

    /// A key that cannot be opened, as after a copy that was brought back without the one that seals it.
    pub async fn spoil_key(&self, account: i64) {
        let tx = self.cx.begin("test.spoil").await.unwrap();
        tx.exec(sql!("UPDATE accounts SET secret = $2 WHERE id = $1", account, vec![1u8, 2, 3])).await.unwrap();
        self.cx.commit(tx).await.unwrap();
    }
}
