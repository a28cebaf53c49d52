//! What whoever approves sees of a post.
use super::*;

/// The head of each preview on a page: the account's name and what it is marked with.
fn heads(page: &str) -> Vec<&str> {
    page.split("<article class=\"pv\"").skip(1).map(|pv| pv.split("</h3>").next().unwrap()).collect()
}

#[tokio::test]
async fn whoever_approves_sees_which_account_is_practice() {
    let d = desk().await;
    let lead = d.app.person("Sangay Dema", Some(d.agency), &[Role::Lead]).await;
    let practice = d.app.live_practice(d.agency, "practice-mastodon", &d.author, &lead).await;
    let mut new = d.new_post();
    new["accounts"] = json!([d.site.to_string(), practice.to_string()]);
    let post = d.call(&d.author, Method::POST, "/api/v1/posts", new).await.expect(201).json();
    let id = post["id"].as_str().unwrap();
    let path = format!("/api/v1/posts/{id}/submission");
    d.call(&d.author, Method::POST, &path, json!({"version": 1})).await.expect(200);
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    for (lang, word) in [("en", "Practice"), ("dz", "སྦྱང་བརྡར།")] {
        let page = d.app.browse(&cookie, &format!("/posts/{id}?lang={lang}")).await.expect(200).body;
        assert!(page.contains(&format!("/posts/{id}/approval")), "{page}");
        let tag = format!("<span class=\"tag warn practice\">{word}</span>");
        let marked: Vec<bool> = heads(&page).iter().map(|head| head.contains(&tag)).collect();
        assert_eq!(marked, [false, true], "our own site is no practice: {page}");
    }
}
