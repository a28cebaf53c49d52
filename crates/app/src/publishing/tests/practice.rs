//! Training: what goes wrong on purpose, what a citizen might write, and whose accounts one trains on.
use super::*;
use crate::testkit::Answer;

const LIST: &str = "/api/v1/practice-accounts";

async fn call(d: &Desk, who: &Person, method: Method, path: &str, body: Value) -> Answer {
    d.app.api(Some(who), method, path, body).await
}

fn of(d: &Desk, what: &str) -> String {
    format!("{LIST}/{}/{what}", d.accounts[1])
}

#[tokio::test]
async fn what_goes_wrong_on_purpose_is_met_by_the_next_post_and_cleared() {
    let d = desk(&["practice-mastodon", "simulator"]).await;
    let set = call(&d, &d.author, Method::POST, &of(&d, "faults"), json!({"fault": "drop-after"})).await;
    assert_eq!(set.expect(200).json()["faults"], json!([{"fault": "drop-after", "times": 1}]));
    let post = d.approved("Free flu vaccination", None).await;
    d.app.drain().await;
    let seen = call(&d, &d.author, Method::GET, LIST, Value::Null).await.expect(200).json();
    let items = seen["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "our own site is no practice");
    assert_eq!((&items[0]["platform"], &items[0]["faults"]), (&json!("practice-mastodon"), &json!([])), "it was met");
    assert!(items[0]["posts"][0]["text"].as_str().unwrap().contains("Free flu"));
    d.live_on().await;
    assert_eq!((d.states(post.id).await, d.out("Free flu")), (vec!["sent".to_owned(); 3], 2), "once on each");

    call(&d, &d.author, Method::POST, &of(&d, "faults"), json!({"fault": "outage", "times": 0})).await.expect(200);
    let name = format!("practice-mastodon-{}@mastodon", d.agency);
    assert_eq!(d.app.practice.faults_of(&name).len(), 1);
    assert!(d.app.practice.faults_of(&format!("simulator-{}", d.agency)).is_empty(), "the other account is well");
    call(&d, &d.author, Method::DELETE, &of(&d, "faults"), Value::Null).await.expect(204);
    assert!(d.app.practice.faults_of(&name).is_empty());
    // Everything is on record.
    let path = format!("/api/v1/facts?subject=account:{}", d.accounts[1]);
    let lead = d.app.person("Sangay Dema", Some(d.agency), &[Role::Lead]).await;
    let facts = call(&d, &lead, Method::GET, &path, Value::Null).await.expect(200).body;
    assert!(
        facts.contains("publishing.practice-fault-set") && facts.contains("publishing.practice-cleared"),
        "{facts}"
    );
}

#[tokio::test]
async fn what_a_citizen_might_write_comes_into_the_inbox() {
    let d = desk(&["practice-bluesky"]).await;
    d.approved("Free flu vaccination", None).await;
    d.app.drain().await;
    let seen = call(&d, &d.author, Method::GET, LIST, Value::Null).await.expect(200).json();
    let post = seen["items"][0]["posts"][0]["id"].clone();
    for (body, fields) in [
        (json!({"author": " ", "text": ""}), &["author", "text"][..]),
        (json!({"author": "Pema", "text": "Hello", "post": "p99999999"}), &["post"]),
    ] {
        let told = call(&d, &d.author, Method::POST, &of(&d, "comments"), body).await.expect(422).json();
        let named: Vec<_> = told["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
        assert_eq!(named, fields, "{told}");
    }
    let body = json!({"author": "Pema", "text": "Is it free for farmers?", "post": post});
    let told = call(&d, &d.author, Method::POST, &of(&d, "comments"), body).await.expect(201).json();
    assert_eq!(told["comments"][0]["text"], "Is it free for farmers?");
    for _ in 0..10 {
        d.app.advance(MINUTE);
        d.app.sweep().await;
    }
    let inbox = call(&d, &d.author, Method::GET, "/api/v1/messages", Value::Null).await.expect(200).body;
    assert!(inbox.contains("Is it free for farmers?"), "{inbox}");
}

#[tokio::test]
async fn one_trains_on_the_accounts_of_ones_own_agency_only() {
    let d = desk(&["simulator"]).await;
    let other = crate::agencies::by_code(d.app.cx.db(), "MoF").await.unwrap().id;
    let stranger = d.app.person("Ugyen", Some(other), &[Role::Author]).await;
    let records = d.app.person("Chimi", Some(d.agency), &[Role::Records]).await;
    let seen = call(&d, &stranger, Method::GET, LIST, Value::Null).await.expect(200).json();
    assert_eq!(seen["items"], json!([]));
    for who in [&stranger, &records] {
        let (fault, words) = (json!({"fault": "slow"}), json!({"author": "a", "text": "b"}));
        call(&d, who, Method::POST, &of(&d, "faults"), fault).await.expect(403);
        call(&d, who, Method::DELETE, &of(&d, "faults"), Value::Null).await.expect(403);
        call(&d, who, Method::POST, &of(&d, "comments"), words).await.expect(403);
    }
    // Our own site is no practice account, and what there is not cannot go wrong.
    let site = format!("{LIST}/{}/faults", d.accounts[0]);
    call(&d, &d.author, Method::POST, &site, json!({"fault": "slow"})).await.expect(404);
    for wrong in
        [json!({"fault": "fire"}), json!({"fault": "slow", "times": 21}), json!({"fault": "slow", "times": -1})]
    {
        call(&d, &d.author, Method::POST, &of(&d, "faults"), wrong).await.expect(422);
    }
    assert!(d.app.practice.faults_of(&format!("simulator-{}", d.agency)).is_empty());
}

#[tokio::test]
async fn the_page_says_what_it_is_and_refuses_empty_forms() {
    let d = desk(&["practice-x"]).await;
    d.approved("Free flu vaccination", None).await;
    d.app.drain().await;
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    for (lang, words) in
        [("en", ["reaches anybody", "X (practice)", "Answer lost"]), ("dz", ["མི་མི་ལུ", "X (སྦྱང་བརྡར)", "ལན་བརླགས"])]
    {
        let page = d.app.browse(&cookie, &format!("/practice?lang={lang}")).await.expect(200).body;
        assert!(words[1..].iter().all(|w| page.contains(w)) && page.contains("Free flu vaccination"), "{lang}: {page}");
        assert!(lang == "dz" || page.contains(words[0]));
    }
    assert!(d.app.browse(&cookie, "/desk").await.expect(200).body.contains("href=\"/practice\""));
    let id = d.accounts[1];
    let (faults, comments) = (format!("/practice/{id}/faults"), format!("/practice/{id}/comments"));
    let again = d.app.submit(&cookie, "/practice", &faults, &[("times", "")]).await.expect(422).body;
    assert!(again.contains("id=\"fault\"") && again.contains("href=\"#fault\""), "{again}");
    let again = d.app.submit(&cookie, "/practice", &comments, &[("author", ""), ("text", ""), ("post", "")]).await;
    assert!(again.expect(422).body.contains("id=\"author\""));
    d.app.submit(&cookie, "/practice", &faults, &[("fault", "slow"), ("times", "2")]).await.expect(303);
    let page = d.app.browse(&cookie, "/practice?lang=en").await.expect(200).body;
    assert!(page.contains("times: 2") && page.contains(&format!("{faults}/removal")), "{page}");
    d.app.submit(&cookie, "/practice", &format!("{faults}/removal"), &[]).await.expect(303);
    let words = [("author", "Pema"), ("text", "When?"), ("post", "")];
    d.app.submit(&cookie, "/practice", &comments, &words).await.expect(303);
    assert_eq!(d.app.practice.replies().last().map(|r| r.text.clone()), Some("When?".to_owned()));
    // What went out there is marked where it is seen.
    let page = d.app.browse(&cookie, "/accounts?lang=en").await.expect(200).body;
    assert!(page.contains("X (practice)") && page.contains(">Practice</span>"), "{page}");
}
