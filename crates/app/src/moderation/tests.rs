use crate::inbox;
use crate::people::{self, Role};
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use ground::clock::{DAY, MINUTE};
use ground::db::Run;
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    agency: i64,
    moderator: Person,
    lead: Person,
    other_lead: Person,
    citizen: Person,
    post: i64,
    practice: String,
}

async fn desk() -> Desk {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let moderator = app.person("Rinchen Dema", Some(agency), &[Role::Moderator]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let other_lead = app.person("Tandin Bidha", Some(agency), &[Role::Lead]).await;
    let site = app.live_site(agency, &author, &lead).await;
    let practice = app.live_practice(agency, "simulator", &author, &lead).await;
    let post = app.released(agency, &author, &lead, &[site, practice]).await;
    let (id, token) = people::join_for_story(&app.cx, "sonam@example.org", "Sonam").await.unwrap();
    let citizen = Person { id, token, cx: app.cx.clone() };
    Desk { app, agency, moderator, lead, other_lead, citizen, post, practice: format!("simulator-{agency}") }
}

impl Desk {
    async fn call(&self, who: &Person, path: &str, body: Value) -> crate::testkit::Answer {
        self.app.api(Some(who), Method::POST, path, body).await
    }
    async fn comment(&self, text: &str) -> String {
        let path = format!("/api/v1/posts/{}/comments", self.post);
        self.call(&self.citizen, &path, json!({"text": text})).await.expect(201).json()["id"].as_str().unwrap().into()
    }
    async fn decide(&self, message: &str, action: &str, ground: &str) -> crate::testkit::Answer {
        let body = json!({"action": action, "ground": ground, "reason": "It advertises a loan, twice"});
        self.call(&self.moderator, &format!("/api/v1/messages/{message}/decisions"), body).await
    }
    async fn visibility(&self, message: &str) -> String {
        inbox::find(self.app.cx.db(), message.parse().unwrap()).await.unwrap().visibility
    }
    fn mails(&self) -> String {
        self.app.mails().join("\n")
    }
}

#[tokio::test]
async fn a_decision_has_ground_notice_and_an_appeal_to_somebody_else() {
    let d = desk().await;
    let id = d.comment("Cheap loans! Click here").await;
    let path = format!("/api/v1/messages/{id}/decisions");
    let no_ground = json!({"action": "hide", "reason": "I do not like this"});
    let refused = d.call(&d.moderator, &path, no_ground).await.expect(409).json();
    assert_eq!(refused["refusals"][0]["code"], "no-ground");
    d.call(&d.citizen, &path, json!({"action": "hide", "ground": "MG-5", "reason": "because I can"})).await.expect(403);
    let made = d.decide(&id, "hide", "MG-5").await.expect(201).json();
    assert_eq!((made["state"].as_str(), made["snapshot"].as_str()), (Some("final"), Some("Cheap loans! Click here")));
    assert_eq!(d.visibility(&id).await, "hide");
    d.app.drain().await;
    assert!(d.mails().contains("It advertises a loan") && d.mails().contains("/decisions/"));
    let appeal = format!("/api/v1/decisions/{}/appeal", made["id"].as_str().unwrap());
    d.app.api(None, Method::POST, &appeal, json!({"text": "why"})).await.expect(401);
    d.call(&d.citizen, &appeal, json!({"text": " "})).await.expect(409);
    let a = d.call(&d.citizen, &appeal, json!({"text": "It was a joke about loans"})).await.expect(201).json();
    d.call(&d.citizen, &appeal, json!({"text": "once more"})).await.expect(409);
    let decision = format!("/api/v1/appeals/{}/decision", a["id"].as_str().unwrap());
    let body = json!({"outcome": "overturn", "reason": "It is a joke, and on topic"});
    d.call(&d.moderator, &decision, body.clone()).await.expect(403);
    let done = d.call(&d.lead, &decision, body.clone()).await.expect(200).json();
    assert_eq!((done["state"].as_str(), d.visibility(&id).await.as_str()), (Some("overturned"), "shown"));
    d.call(&d.lead, &decision, body).await.expect(409);
    d.app.drain().await;
    assert!(d.mails().contains("It is a joke, and on topic"));
}

#[tokio::test]
async fn p2_r3_each_harm_the_policy_names_is_a_ground_and_every_decision_on_it_is_counted_in_public() {
    let d = desk().await;
    let pack = d.app.cx.machine.part::<crate::policy::Pack>().unwrap();
    let told = pack.grounds().iter().map(|g| g.description.get("en").to_lowercase()).collect::<Vec<_>>().join("\n");
    for harm in ["defamation", "threats", "obscene", "breach of privacy"] {
        assert!(told.contains(harm), "no ground is about {harm}: {told}");
    }
    // Nothing is done about a comment but on one of these grounds.
    let id = d.comment("Cheap loans! Click here").await;
    for outside in ["", "MG-99", "I do not like it"] {
        let refused = d.decide(&id, "hide", outside).await.expect(409).json();
        assert_eq!(refused["refusals"][0]["code"], "no-ground", "{outside}: {refused}");
    }
    assert_eq!(d.visibility(&id).await, "shown");
    let used = async |ground: &str| {
        let page = d.app.get("/rules?lang=en").await.expect(200).body;
        let own =
            page.split(&format!("id=\"{ground}\"")).nth(1).unwrap().split("</section>").next().unwrap().to_owned();
        own.rsplit("<p class=\"meta\">").next().unwrap().split("</p>").next().unwrap().to_owned()
    };
    assert_eq!(used("MG-5").await, "No decision named it in the last ninety days.");
    let made = d.decide(&id, "hide", "MG-5").await.expect(201).json();
    assert_eq!(used("MG-5").await, "One decision named it in the last ninety days; on appeal 0 fell.");
    assert_eq!(used("MG-3").await, "No decision named it in the last ninety days.");
    // One that waits for its second reviewer, and one that leaves the comment alone, are no use of a ground.
    let other = d.comment("Vote for the blue party on Sunday!").await;
    d.decide(&other, "hide", "MG-1").await.expect(201);
    let third = d.comment("When does the office open?").await;
    d.decide(&third, "none", "").await.expect(201);
    assert_eq!(used("MG-1").await, "No decision named it in the last ninety days.");
    // What falls on appeal is told, too.
    let appeal = format!("/api/v1/decisions/{}/appeal", made["id"].as_str().unwrap());
    let a = d.call(&d.citizen, &appeal, json!({"text": "It was a joke about loans"})).await.expect(201).json();
    let body = json!({"outcome": "overturn", "reason": "It is a joke, and on topic"});
    d.call(&d.lead, &format!("/api/v1/appeals/{}/decision", a["id"].as_str().unwrap()), body).await.expect(200);
    assert_eq!(used("MG-5").await, "One decision named it in the last ninety days; on appeal 1 fell.");
    d.app.advance(91 * DAY);
    assert_eq!(used("MG-5").await, "No decision named it in the last ninety days.");
    d.app.drain().await;
}

#[tokio::test]
async fn a_grave_ground_takes_two_and_a_third_for_the_appeal() {
    let d = desk().await;
    let id = d.comment("Vote for the blue party on Sunday!").await;
    let made = d.decide(&id, "hide", "MG-1").await.expect(201).json();
    assert_eq!((made["state"].as_str(), d.visibility(&id).await.as_str()), (Some("proposed"), "shown"));
    d.decide(&id, "hide", "MG-1").await.expect(409);
    let path = format!("/api/v1/decisions/{}/confirmation", made["id"].as_str().unwrap());
    let body = json!({"agree": true, "reason": "It is campaign material"});
    d.call(&d.moderator, &path, body.clone()).await.expect(409);
    d.call(&d.lead, &path, body).await.expect(200);
    assert_eq!(d.visibility(&id).await, "hide");
    let appeal = format!("/api/v1/decisions/{}/appeal", made["id"].as_str().unwrap());
    let a = d.call(&d.citizen, &appeal, json!({"text": "It is an opinion"})).await.expect(201).json();
    let decision = format!("/api/v1/appeals/{}/decision", a["id"].as_str().unwrap());
    let body = json!({"outcome": "uphold", "reason": "It asks to vote for a party"});
    let had = d.call(&d.lead, &decision, body.clone()).await.expect(409).json();
    assert_eq!(had["refusals"][0]["code"], "had-a-part");
    d.call(&d.other_lead, &decision, body).await.expect(200);
    assert_eq!(d.visibility(&id).await, "hide");
    d.app.drain().await;
}

#[tokio::test]
async fn no_harsher_than_the_ground_until_it_is_repeated() {
    let d = desk().await;
    let first = d.comment("Buy my cow").await;
    let harsh = d.decide(&first, "hide", "MG-8").await.expect(409).json();
    assert_eq!(harsh["refusals"][0]["code"], "too-harsh");
    d.decide(&first, "collapse", "MG-8").await.expect(201);
    let second = d.comment("Buy my cow, I said").await;
    d.decide(&second, "hide", "MG-8").await.expect(201);
    assert_eq!(d.visibility(&second).await, "hide");
    let left = d.decide(&second, "none", "").await.expect(201).json();
    assert_eq!((left["ground"].as_str(), d.visibility(&second).await.as_str()), (Some(""), "shown"));
    d.app.drain().await;
    let all = d.app.api(Some(&d.moderator), Method::GET, "/api/v1/decisions?state=final", Value::Null).await;
    let all = all.expect(200).json();
    let old = all["items"].as_array().unwrap().iter().find(|i| i["action"] == "collapse").unwrap()["id"].clone();
    // Tokens end long before: the rule itself is asked.
    d.app.advance(15 * DAY);
    let late = super::appeal(&d.lead.cx, old.as_str().unwrap().parse().unwrap(), "x").await.unwrap_err();
    assert_eq!(late.refusals()[0].code, "too-late");
}

#[tokio::test]
async fn what_was_written_on_a_platform_is_hidden_there_too() {
    let d = desk().await;
    let out = d.app.practice.posts().remove(0);
    d.app.practice.add_reply(&d.practice, Some(&out.id), "spammer", "Win a phone").unwrap();
    d.app.advance(MINUTE);
    d.app.sweep().await;
    let all = d.app.api(Some(&d.moderator), Method::GET, "/api/v1/messages", Value::Null).await.expect(200).json();
    let id = all["items"][0]["id"].as_str().unwrap().to_owned();
    d.decide(&id, "hide", "MG-5").await.expect(201);
    d.app.drain().await;
    assert!(d.app.practice.replies()[0].hidden);
    d.decide(&id, "none", "").await.expect(201);
    d.app.drain().await;
    assert!(!d.app.practice.replies()[0].hidden);
}

/// Who decides about the beginning of a message is told that it goes on, before and after, and finds the rest.
#[tokio::test]
async fn what_is_kept_by_its_beginning_is_judged_as_such() {
    let d = desk().await;
    let out = d.app.practice.posts().remove(0);
    for words in ["Win a phone", &"Win a phone, and another one. ".repeat(1_000)] {
        d.app.practice.add_reply(&d.practice, Some(&out.id), "spammer", words).unwrap();
    }
    d.app.advance(MINUTE);
    d.app.sweep().await;
    let all = d.app.api(Some(&d.moderator), Method::GET, "/api/v1/messages", Value::Null).await.expect(200).json();
    let cookie = d.app.sign_in("rinchen.dema@example.bt").await;
    let (mut short, mut long) = (0, 0);
    for m in all["items"].as_array().unwrap() {
        let id = m["id"].as_str().unwrap();
        let made = d.decide(id, "hide", "MG-5").await.expect(201).json();
        let decision = format!("/moderation/decisions/{}", made["id"].as_str().unwrap());
        for (lang, said) in [("en", "Very long"), ("dz", "རིང་དྲགས་པས།")] {
            for at in [&format!("/moderation/messages/{id}"), &decision] {
                let page = d.app.browse(&cookie, &format!("{at}?lang={lang}")).await.expect(200).body;
                assert_eq!(page.contains(said), m["shortened"] == true, "{at} {lang}");
            }
            let page = d.app.browse(&cookie, &format!("/moderation/messages/{id}?lang={lang}")).await.expect(200).body;
            assert!(page.contains(&format!("<a href=\"{}\"", m["url"].as_str().unwrap())), "{page}");
        }
        *if m["shortened"] == true { &mut long } else { &mut short } += 1;
    }
    assert_eq!((short, long), (1, 1));
    d.app.drain().await;
}

#[tokio::test]
async fn pages_of_both_sides_in_both_languages() {
    let d = desk().await;
    let id = d.comment("Win a phone").await;
    let cookie = d.app.sign_in("rinchen.dema@example.bt").await;
    let citizen = format!("{}={}", people::DESK_COOKIE, d.citizen.token);
    let report = format!("/comments/{id}/report");
    d.app.submit(&citizen, &report, &report, &[("reason", "")]).await.expect(422);
    d.app.submit(&citizen, &report, &report, &[("reason", "It is spam")]).await.expect(200);
    assert!(d.app.browse(&cookie, "/moderation").await.expect(200).body.contains("It is spam"));
    let page = format!("/moderation/messages/{id}");
    let back = d.app.submit(&cookie, &page, &page, &[("action", "hide"), ("reason", "no")]).await.expect(422);
    assert!(back.body.contains("Without one nothing may be done"));
    let fields = [("action", "hide"), ("ground", "MG-5"), ("reason", "It advertises a phone")];
    let done = d.app.submit(&cookie, &page, &page, &fields).await.expect(303);
    let decision = done.location().to_owned();
    let public = decision.replace("/moderation", "");
    for lang in ["en", "dz"] {
        for at in ["/moderation", &page, &decision, "/rules", &public] {
            d.app.browse(&cookie, &format!("{at}?lang={lang}")).await.expect(200);
        }
    }
    assert!(!d.app.get(&public).await.expect(200).body.contains("Win a phone"), "strangers do not see the words");
    let own = d.app.browse(&citizen, &public).await.expect(200).body;
    assert!(own.contains("Win a phone") && own.contains("Send the appeal"));
    d.app.submit(&citizen, &public, &format!("{public}/appeal"), &[("text", "It was not mine")]).await.expect(303);
    assert!(d.app.browse(&cookie, &decision).await.expect(200).body.contains("It was not mine"));
    assert!(super::verify(d.app.cx.clone()).await.unwrap().is_empty());
    let tx = d.app.cx.db().begin("test").await.unwrap();
    tx.exec(ground::sql!("UPDATE moderation_decisions SET snapshot = 'x'")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(super::verify(d.app.cx.clone()).await.unwrap().len(), 1);
    assert_ne!(d.agency, 0);
    d.app.drain().await;
}
