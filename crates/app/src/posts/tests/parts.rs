//! What follows a post, from the form to the check of what is stored.
use super::super::checks::{problems_of_parts, room_of_answers};
use super::super::part::Part;
use super::super::post::{Target, Version};
use super::*;

fn part(en: &str) -> Part {
    Part { en: en.into(), dz: String::new() }
}

#[tokio::test]
async fn what_follows_is_counted_as_each_platform_counts_answers() {
    let app = TestApp::new().await;
    let found = |platform: &str, parts: &[Part]| {
        let target = Target { account: 1, variant: String::new() };
        let v = Version { text_en: "Flu".into(), parts: parts.to_vec(), targets: vec![target], ..Version::default() };
        let all = problems_of_parts(&app.cx, platform, &v).unwrap();
        all.into_iter().map(|p| (p.part, p.key, p.limit, p.found)).collect::<Vec<_>>()
    };
    let (long, short) = (part(&"a".repeat(1251)), part("Sources: https://moh.gov.bt"));
    assert_eq!(found("mastodon", &[short.clone(), long.clone()]), [(3, "posts-problem-part-text", 500, 1251)]);
    assert_eq!(found("linkedin", std::slice::from_ref(&long)), [(2, "posts-problem-part-text", 1250, 1251)]);
    for platform in ["site", "newsletter", "podcast", "facebook", "instagram", "bluesky", "x", "youtube", "lemmy"] {
        assert_eq!(found(platform, &[short.clone(), short.clone()]), [], "{platform}");
    }
    // Once for the account, however many parts: nothing of ours can follow a post there.
    for platform in ["tiktok", "weibo", "wechat"] {
        let one = [(2, "posts-problem-no-answer", 0, 0)];
        assert_eq!(found(platform, &[short.clone(), short.clone()]), one, "{platform}");
    }
    let room = |platform: &str| room_of_answers(&app.cx, platform).unwrap().map(|r| r.0);
    assert_eq!((room("linkedin"), room("mastodon"), room("site")), (Some(1250), Some(500), None));
}

#[tokio::test]
async fn parts_are_added_by_form_without_losing_a_word_and_taken_out_by_emptying_them() {
    let d = desk().await;
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let site = d.site.to_string();
    let typed = |more: &[(&'static str, &'static str)]| {
        let first = [("text_en", "Flu clinic"), ("text_dz", "སྨན་ཁང་།"), ("alt_en", "A clinic")];
        [first.as_slice(), more].concat()
    };
    let send = async |action: &str, more: &[(&'static str, &'static str)]| {
        let mut fields = typed(more);
        fields.push(("accounts", site.as_str()));
        d.app.submit(&cookie, "/posts/new", action, &fields).await
    };
    let asked = send("/posts", &[("then", "part")]).await.expect(200).body;
    assert!(asked.contains("name=\"part_en-2\"") && !asked.contains("part_en-3"), "{asked}");
    assert!(asked.contains("Flu clinic") && asked.contains("value=\"A clinic\""), "what was typed is kept");
    let again = send("/posts", &[("part_en-2", "Where: moh.gov.bt"), ("part_dz-2", ""), ("then", "part")]).await;
    let again = again.expect(200).body;
    assert!(again.contains("Where: moh.gov.bt") && again.contains("name=\"part_dz-3\""), "{again}");
    let list = d.call(&d.author, Method::GET, "/api/v1/posts", Value::Null).await.expect(200).json();
    assert_eq!(list["items"], json!([]), "nothing is saved by asking for a field");

    let more = [("part_en-2", "Where: moh.gov.bt"), ("part_dz-2", ""), ("part_en-3", ""), ("part_dz-3", "དུས་ཚོད།")];
    let saved = send("/posts", &[more.as_slice(), &[("then", "save")]].concat()).await.expect(303);
    let path = saved.location().to_owned();
    for lang in ["en", "dz"] {
        let page = d.app.browse(&cookie, &format!("{path}?lang={lang}")).await.expect(200).body;
        assert!(page.contains("Where: moh.gov.bt") && page.contains("དུས་ཚོད།"), "{page}");
    }
    // The first is emptied: the second takes its place. Asking for one more stays on top of what was seen.
    let emptied = [("version", "1"), ("part_en-2", " "), ("part_dz-2", ""), ("part_en-3", ""), ("part_dz-3", "དུས་ཚོད།")];
    let asked = send(&path, &[emptied.as_slice(), &[("then", "part")]].concat()).await.expect(200).body;
    assert!(asked.contains("name=\"version\" value=\"1\"") && !asked.contains("part_en-4"), "{asked}");
    send(&path, &[emptied.as_slice(), &[("then", "save")]].concat()).await.expect(303);
    let post = d.call(&d.author, Method::GET, &format!("/api/v1{path}"), Value::Null).await.expect(200).json();
    assert_eq!((&post["parts"], &post["version"]), (&json!([{"en": "", "dz": "དུས་ཚོད།"}]), &json!(2)));
    let many: Vec<Value> = (0..21).map(|_| json!({"en": "x"})).collect();
    let mut new = d.new_post();
    new["parts"] = json!(many);
    let wrong = d.call(&d.author, Method::POST, "/api/v1/posts", new).await.expect(422).json();
    assert_eq!(wrong["errors"][0]["field"], "parts", "{wrong}");
    d.app.drain().await;
}

#[tokio::test]
async fn what_follows_is_approved_with_the_post_and_a_change_of_what_is_stored_is_found() {
    for change in [
        "UPDATE post_parts SET text_en = 'Where: elsewhere' WHERE part = 2",
        "DELETE FROM post_parts WHERE part = 3",
        "UPDATE post_versions SET whole_en = 'What nobody approved'",
        "UPDATE post_targets SET whole = 'What nobody approved'",
    ] {
        let d = desk().await;
        let mut new = d.new_post();
        new["parts"] = json!([{"en": "Where: moh.gov.bt"}, {"en": "When"}]);
        let made = d.call(&d.author, Method::POST, "/api/v1/posts", new).await.expect(201).json();
        let path = format!("/api/v1/posts/{}", made["id"].as_str().unwrap());
        d.call(&d.author, Method::POST, &format!("{path}/submission"), json!({"version": 1})).await.expect(200);
        let parts = json!({"version": 1, "parts": [{"en": "Where: moh.gov.bt"}, {"en": "When."}]});
        d.call(&d.author, Method::PATCH, &path, parts).await.expect(200);
        d.call(&d.approver, Method::POST, &format!("{path}/approval"), json!({"version": 1})).await.expect(409);
        assert!(super::super::controls::verify(d.app.cx.clone()).await.unwrap().is_empty());
        let tx = d.app.cx.db().begin("tamper").await.unwrap();
        ground::db::Run::exec(&tx, ground::sql!(change)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!super::super::controls::verify(d.app.cx.clone()).await.unwrap().is_empty(), "{change}");
        d.app.drain().await;
    }
}
