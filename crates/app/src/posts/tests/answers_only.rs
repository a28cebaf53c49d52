//! Accounts on platforms without a public place.
use super::*;
use crate::accounts::{self, Account};

/// A live account on WhatsApp, with a key or written to by hand.
async fn whatsapp(d: &Desk, handle: &str, base_url: &str) -> i64 {
    let id = d.app.cx.id();
    let account = Account {
        id,
        agency_id: d.agency,
        platform: "whatsapp".into(),
        handle: handle.into(),
        url: format!("https://wa.me/{id}"),
        known_as: format!("wa.me/{id}"),
        base_url: base_url.into(),
        remote_id: "106540352242922".into(),
        state: "live".into(),
        plan_id: 0,
        requested_by: d.author.id,
        requested_at: d.app.cx.now(),
        live_since: Some(d.app.cx.now()),
        closed_at: None,
        version: 1,
    };
    let tx = d.app.cx.begin("test").await.unwrap();
    accounts::fill::accounts(&tx, &[account]).await.unwrap();
    d.app.cx.commit(tx).await.unwrap();
    id
}

/// Drafts a post for the account and sends it for approval: the post, and what is said to that.
async fn sent_for_approval(d: &Desk, account: i64) -> (String, u16, Value) {
    let mut new = d.new_post();
    new["accounts"] = json!([account.to_string()]);
    let post = d.call(&d.author, Method::POST, "/api/v1/posts", new).await.expect(201).json();
    let id = post["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/posts/{id}/submission");
    let answer = d.call(&d.author, Method::POST, &path, json!({"version": 1})).await;
    (id, answer.status.as_u16(), answer.json())
}

#[tokio::test]
async fn an_account_that_only_answers_people_is_not_offered_and_takes_no_post() {
    let d = desk().await;
    let id = whatsapp(&d, "+9752323251", "https://graph.facebook.com").await;
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let page = d.app.browse(&cookie, &format!("/posts/new?agency={}&lang=en", d.agency)).await.expect(200).body;
    assert!(page.contains(&d.site.to_string()) && !page.contains(&id.to_string()), "{page}");
    let (post, status, told) = sent_for_approval(&d, id).await;
    assert_eq!((status, told["refusals"].as_array().map(Vec::len)), (409, Some(1)), "{told}");
    assert_eq!(
        (told["refusals"][0]["code"].as_str(), told["refusals"][0]["field"].as_str()),
        (Some("answers-only"), Some("accounts"))
    );
    assert!(told["refusals"][0]["detail"].as_str().unwrap().contains("only answers people"), "{told}");
    // The page of the post says it in either language.
    for (lang, words) in [("en", "has no public place"), ("dz", "མི་མང་གི་ས་ཁོངས་མེད")]
    {
        let page = d.app.browse(&cookie, &format!("/posts/{post}?lang={lang}")).await.expect(200).body;
        assert!(page.contains(words), "{page}");
    }
}

#[tokio::test]
async fn what_a_person_puts_on_by_hand_is_not_held_to_the_programs_own_ways() {
    let d = desk().await;
    let id = whatsapp(&d, "Road news (a channel)", "").await;
    let (_, status, told) = sent_for_approval(&d, id).await;
    assert_eq!(status, 200, "{told}");
}
