//! The main job, over the API alone: from the register to the public and back, with every refusal on the way.
use super::{Government, government, id, problem, refusals};
use axum::http::Method;
use ground::clock::MINUTE;
use serde_json::{Value, json};

impl Government {
    /// A plan that the lead approved, and the accounts that go with it: our site and the practice network.
    async fn registered(&self) -> (String, String) {
        let agency = self.health.to_string();
        let asked = json!({"agency": agency, "platform": "site", "handle": "Ministry of Health"});
        let early = refusals(self.post(&self.author, "/api/v1/accounts", asked.clone()).await, &["no-plan"]);
        assert_eq!(early, ["no-plan"]);
        let start = json!({"agency": agency, "from": "model"});
        let plan = self.post(&self.author, "/api/v1/plans/starts", start).await.expect(201).json();
        let path = format!("/api/v1/plans/{}", id(&plan));
        let revise = async |version: i64, governance: &str| {
            let mut parts = plan["parts"].clone();
            parts["governance"] = json!(governance);
            let change = json!({"version": version, "title": "Health in plain words", "parts": parts});
            self.app.api(Some(&self.author), Method::PATCH, &path, change).await.expect(200)
        };
        revise(1, "").await;
        let unfinished = self.post(&self.author, &format!("{path}/submission"), json!({"version": 2})).await;
        assert_eq!(refusals(unfinished, &[]).len(), 1);
        revise(2, "The lead approves").await;
        self.post(&self.author, &format!("{path}/submission"), json!({"version": 3})).await.expect(200);
        problem(self.post(&self.author, &format!("{path}/approval"), json!({"version": 3})).await, 403);
        let stale = self.post(&self.lead, &format!("{path}/approval"), json!({"version": 2})).await;
        assert!(refusals(stale, &[]).contains(&"stale-version".to_owned()));
        self.post(&self.lead, &format!("{path}/approval"), json!({"version": 3})).await.expect(200);

        let site = id(&self.post(&self.author, "/api/v1/accounts", asked).await.expect(201).json());
        let approval = format!("/api/v1/accounts/{site}/approval");
        problem(self.post(&self.author, &approval, Value::Null).await, 403);
        self.post(&self.lead, &approval, Value::Null).await.expect(200);
        refusals(self.post(&self.lead, &approval, Value::Null).await, &[]);
        let url = "https://practice.example/@moh";
        let asked = json!({"agency": agency, "platform": "simulator", "handle": "moh", "url": url});
        let practice = id(&self.post(&self.author, "/api/v1/accounts", asked.clone()).await.expect(201).json());
        assert!(refusals(self.post(&self.author, "/api/v1/accounts", asked).await, &[]).contains(&"taken".to_owned()));
        let key = json!({"base_url": "", "token": "moh"});
        refusals(self.post(&self.author, &format!("/api/v1/accounts/{practice}/connection"), key.clone()).await, &[]);
        self.post(&self.lead, &format!("/api/v1/accounts/{practice}/approval"), Value::Null).await.expect(200);
        let live = self.post(&self.author, &format!("/api/v1/accounts/{practice}/connection"), key).await.expect(200);
        assert_eq!(live.json()["state"], "live");
        let asked = format!("/api/v1/verify?url={}", ground::http::openapi::encode_query(url));
        assert_eq!(self.app.get(&asked).await.expect(200).json()["status"], "official");
        (site, practice)
    }

    /// Written, refused for what is missing, put right, approved by somebody else in the version seen.
    async fn published(&self, accounts: &[&str]) -> String {
        let agency = self.health.to_string();
        let media = json!({"agency": agency, "texts": {"en": "Flu"}, "media": ["123456789012345678"]});
        problem(self.post(&self.author, "/api/v1/posts", media).await, 422);
        let draft = json!({"agency": agency, "texts": {"en": "Free flu vaccination", "dz": ""}});
        problem(self.post(&self.stranger, "/api/v1/posts", draft.clone()).await, 403);
        let post = self.post(&self.author, "/api/v1/posts", draft).await.expect(201).json();
        assert_eq!((post["state"].as_str(), post["version"].as_i64()), (Some("draft"), Some(1)));
        let path = format!("/api/v1/posts/{}", id(&post));
        let unfinished = self.post(&self.author, &format!("{path}/submission"), json!({"version": 1})).await;
        assert_eq!(refusals(unfinished, &["no-text-dz"]), ["no-text-dz", "no-account"]);
        let change =
            json!({"version": 1, "texts": {"en": "Free flu vaccination", "dz": "ཆམ་ནད་སྨན་ཁབ།"}, "accounts": accounts});
        let patch = async |body: Value| self.app.api(Some(&self.author), Method::PATCH, &path, body).await;
        assert_eq!(patch(change.clone()).await.expect(200).json()["version"], 2);
        assert_eq!(refusals(patch(change).await, &["stale-version"]), ["stale-version"]);
        problem(self.post(&self.approver, &format!("{path}/submission"), json!({"version": 2})).await, 403);
        self.post(&self.author, &format!("{path}/submission"), json!({"version": 2})).await.expect(200);
        let approval = format!("{path}/approval");
        problem(self.post(&self.author, &approval, json!({"version": 2})).await, 403);
        let early = self.post(&self.approver, &approval, json!({"version": 1})).await;
        assert_eq!(refusals(early, &["stale-version"]), ["stale-version"]);
        let reason =
            self.post(&self.approver, &format!("{path}/rejection"), json!({"version": 2, "reason": " "})).await;
        assert_eq!(refusals(reason, &[]), ["no-reason"]);
        let approved = self.post(&self.approver, &approval, json!({"version": 2})).await.expect(200).json();
        assert_eq!((approved["state"].as_str(), approved["released_version"].as_i64()), (Some("approved"), Some(2)));
        refusals(self.post(&self.approver, &approval, json!({"version": 2})).await, &[]);
        self.app.drain().await;
        let went = self.read(&self.author, &format!("{path}/deliveries")).await;
        let states: Vec<_> = went["items"].as_array().unwrap().iter().map(|d| d["state"].clone()).collect();
        assert_eq!(states, ["sent", "sent"], "{went}");
        id(&post)
    }

    /// A comment on the site and a reply on the platform; both answered, one with somebody else's approval.
    async fn answered(&self, post: &str) {
        let comments = format!("/api/v1/posts/{post}/comments");
        problem(self.app.api(None, Method::POST, &comments, json!({"text": "Hello"})).await, 401);
        problem(self.post(&self.citizen, &comments, json!({"text": " "})).await, 422);
        let comment = self.post(&self.citizen, &comments, json!({"text": "Where?"})).await.expect(201).json();
        let out = self.app.practice.posts().remove(0);
        self.app.practice.add_reply("moh", Some(&out.id), "tashi", "Is it free?").unwrap();
        self.app.advance(2 * MINUTE);
        self.app.sweep().await;
        let inbox = self.read(&self.author, "/api/v1/messages?state=open").await;
        let texts: Vec<_> = inbox["items"].as_array().unwrap().iter().map(|m| m["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["Is it free?", "Where?"]);
        let remote = &inbox["items"][0];
        assert_eq!(remote["post"], *post, "it is known which post it is about");
        let replies = format!("/api/v1/messages/{}/replies", id(remote));
        problem(self.post(&self.stranger, &replies, json!({"text": "x"})).await, 403);
        problem(self.post(&self.author, &replies, json!({"text": ""})).await, 422);
        let long = refusals(self.post(&self.author, &replies, json!({"text": "y".repeat(600)})).await, &[]);
        assert_eq!(long, ["text-too-long"]);
        let reply = self.post(&self.author, &replies, json!({"text": "Yes, free"})).await.expect(201).json();
        assert_eq!(reply["state"], "waiting");
        let second = self.post(&self.author, &replies, json!({"text": "Yes!"})).await;
        assert_eq!(refusals(second, &["answer-waiting"]), ["answer-waiting"]);
        let approval = format!("/api/v1/replies/{}/approval", id(&reply));
        let seen = json!({"content_hash": reply["content_hash"]});
        problem(self.post(&self.author, &approval, seen.clone()).await, 403);
        let other = self.post(&self.approver, &approval, json!({"content_hash": "00"})).await;
        assert_eq!(refusals(other, &["other-words"]), ["other-words"]);
        self.post(&self.approver, &approval, seen).await.expect(200);
        self.app.drain().await;
        assert!(self.app.practice.posts().iter().any(|p| p.text.contains("Yes, free") && p.reply_to.is_some()));
        let replies = format!("/api/v1/messages/{}/replies", id(&comment));
        let at_once =
            self.post(&self.approver, &replies, json!({"text": "At every hospital"})).await.expect(201).json();
        assert_eq!(at_once["state"], "sent");
        let open = self.read(&self.author, "/api/v1/messages?state=open").await;
        assert_eq!(open["items"], json!([]));
    }

    /// Hidden on a ground, told to the author, appealed against, brought back by somebody without a part in it.
    async fn moderated(&self, post: &str) {
        let comments = format!("/api/v1/posts/{post}/comments");
        let comment =
            self.post(&self.citizen, &comments, json!({"text": "Cheap masks at my shop"})).await.expect(201).json();
        let decisions = format!("/api/v1/messages/{}/decisions", id(&comment));
        let why = "It advertises a shop";
        problem(
            self.post(&self.author, &decisions, json!({"action": "hide", "ground": "MG-5", "reason": why})).await,
            403,
        );
        let bare = self.post(&self.moderator, &decisions, json!({"action": "hide", "reason": "bad"})).await;
        assert_eq!(refusals(bare, &["no-reason", "no-ground"]), ["no-reason", "no-ground"]);
        let wanted = json!({"action": "hide", "ground": "MG-5", "reason": why});
        let decision = self.post(&self.moderator, &decisions, wanted).await.expect(201).json();
        assert_eq!(
            (decision["state"].as_str(), decision["snapshot"].as_str()),
            (Some("final"), Some("Cheap masks at my shop"))
        );
        self.app.drain().await;
        assert!(
            self.app.mails().iter().any(|m| m.contains("sonam@example.org") && m.contains(why)),
            "the author is told"
        );
        let appeal = format!("/api/v1/decisions/{}/appeal", id(&decision));
        problem(self.app.api(None, Method::POST, &appeal, json!({"text": "It is not mine"})).await, 401);
        problem(self.post(&self.stranger, &appeal, json!({"text": "It is not mine"})).await, 403);
        let lodged = self.post(&self.citizen, &appeal, json!({"text": "It is not my shop"})).await.expect(201).json();
        refusals(self.post(&self.citizen, &appeal, json!({"text": "Once more"})).await, &["appealed"]);
        let outcome = format!("/api/v1/appeals/{}/decision", id(&lodged));
        let back = json!({"outcome": "overturn", "reason": "The author has no part in the shop"});
        problem(self.post(&self.moderator, &outcome, back.clone()).await, 403);
        self.post(&self.lead, &outcome, back).await.expect(200);
        let shown = self.read(&self.author, &format!("/api/v1/messages/{}", id(&comment))).await;
        assert_eq!(shown["visibility"], "shown");
        self.app.drain().await;
    }
}

#[tokio::test]
async fn from_the_register_to_the_public_and_back() {
    let g = government().await;
    let found = g.app.get("/api/v1/agencies?kind=ministry&q=Health").await.expect(200).json();
    assert_eq!(id(&found["items"][0]), g.health.to_string(), "{found}");
    let (site, practice) = g.registered().await;
    let post = g.published(&[&site, &practice]).await;
    g.answered(&post).await;
    g.moderated(&post).await;

    let path = format!("/api/v1/posts/{post}");
    let correct = json!({"version": 2, "texts": {"en": "Free flu vaccination", "dz": "ཆམ་ནད་སྨན་ཁབ།"}, "note": ""});
    let unchanged = refusals(g.post(&g.author, &format!("{path}/correction"), correct).await, &["no-note"]);
    assert_eq!(unchanged, ["no-note", "unchanged"]);
    let correct = json!({"version": 2, "texts": {"en": "Free flu shots", "dz": "ཆམ་ནད་སྨན་ཁབ།"}, "note": "Clearer"});
    g.post(&g.author, &format!("{path}/correction"), correct).await.expect(200);
    g.post(&g.approver, &format!("{path}/approval"), json!({"version": 3})).await.expect(200);
    g.app.drain().await;
    assert!(g.app.practice.posts().iter().any(|p| p.text.contains("Free flu shots") && p.edits == 1));
    problem(g.post(&g.author, &format!("{path}/withdrawal"), json!({"reason": "Over"})).await, 409);
    g.post(&g.approver, &format!("{path}/withdrawal"), json!({"reason": "It is over"})).await.expect(200);
    g.app.drain().await;
    assert!(!g.app.practice.posts().iter().any(|p| p.text.contains("Free flu")));
    let gone = g.read(&g.author, &format!("{path}/deliveries")).await;
    assert!(gone["items"].as_array().unwrap().iter().all(|d| d["state"] == "taken-down"), "{gone}");
}
