//! What people see of platforms: the list, what the program does there, and the forms.
use super::*;

#[tokio::test]
async fn p3_d3_every_platform_of_the_list_has_its_kind() {
    let h = house().await;
    let all = h.app.get("/api/v1/platforms").await.expect(200).json();
    let items = all["items"].as_array().unwrap();
    let kinds: std::collections::BTreeSet<&str> = items.iter().filter_map(|p| p["kind"].as_str()).collect();
    for kind in ["social-network", "blog", "wiki", "forum", "podcast", "content-community", "microblog", "messaging"] {
        assert!(kinds.contains(kind), "{kind}");
    }
    for lang in ["en", "dz"] {
        let page = h.app.get(&format!("/platforms?lang={lang}")).await.expect(200).body;
        assert!(!page.contains("platforms-kind-") && page.contains("Mastodon"));
    }
    h.app.get("/platforms/nowhere").await.expect(404);
    h.app.get("/api/v1/platforms/nowhere").await.expect(404);
}

#[tokio::test]
async fn the_page_of_a_platform_names_the_films_and_the_sound_it_takes() {
    let h = house().await;
    let line = async |platform: &str, lang: &str, label: &str| {
        let page = h.app.get(&format!("/platforms/{platform}?lang={lang}")).await.expect(200).body;
        let found =
            page.split_once(&format!("<dt>{label}</dt><dd>")).map(|(_, rest)| rest.split_once("</dd>").unwrap().0);
        found.unwrap_or_else(|| panic!("{platform} {label}: {page}")).to_owned()
    };
    for (platform, films, sound) in [
        ("threads", "MP4, QuickTime · at most 5 minutes · at most 1,000 MB", "No"),
        ("mastodon", "MP4, WebM, QuickTime · at most 103 MB", "MP3, Ogg, WAV · at most 103 MB"),
        ("weibo", "No", "No"),
    ] {
        assert_eq!(line(platform, "en", "Films").await, films, "{platform}");
        assert_eq!(line(platform, "en", "Sound recordings").await, sound, "{platform}");
    }
    assert!(line("youtube", "en", "Films").await.ends_with(" · with captions · a post always needs one"));
    let threads = line("threads", "dz", "གློག་བརྙན།").await;
    assert!(threads.starts_with("MP4, QuickTime · སྐར་མ་མང་མཐའ་ ༥"), "{threads}");
}

#[tokio::test]
async fn the_forms_keep_what_was_typed_and_begin_with_the_review_before() {
    let h = house().await;
    let first = h.app.sign_in("namgay@example.bt").await;
    let terms = "/desk/platforms/mastodon/terms";
    let again = h.app.submit(&first, terms, terms, &[("body", "too short"), ("note", "kept note")]).await.expect(422);
    assert!(again.body.contains("kept note") && again.body.contains("/policy#P6.2-AM12"));
    let good = [("taken_on", "2026-11-20"), ("body", TERMS)];
    let shown = h.app.submit(&first, terms, terms, &good).await.expect(303);
    assert!(shown.location().starts_with("/desk/platform-terms/"));
    let (page, action) = ("/desk/platforms/mastodon/review", "/desk/platforms/mastodon/reviews");
    let half = [("summary", "Kept summary"), ("export", "partly"), ("export-note", "kept too")];
    let again = h.app.submit(&first, page, action, &half).await.expect(422).body;
    assert!(
        again.contains("Kept summary") && again.contains("kept too") && again.contains("value=\"partly\" selected")
    );
    h.approved("2027-03-31").await;
    let begun = h.app.browse(&first, page).await.expect(200).body;
    assert!(begun.contains("For news and answers.") && begun.contains("As it should be."));
    // Whoever works for an agency is led to what differs there.
    let author = h.app.sign_in("pema@example.bt").await;
    let led = h.app.browse(&author, page).await.expect(303);
    let adapting = led.location().to_owned();
    let shown = h.app.browse(&author, &format!("{adapting}&lang=en")).await.expect(200).body;
    assert!(shown.contains("The model says: As it should be."), "{shown}");
    let mut fields: Vec<(String, String)> = vec![("agency".into(), h.health.to_string())];
    fields
        .extend(items().map(|(s, i)| (i.key.to_owned(), if s.choice { "yes" } else { "As it should be." }.to_owned())));
    fields.extend(numbers().map(|(i, _)| (i.key.to_owned(), "2".to_owned())));
    fields.push(("summary".into(), "In clinics only.".into()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let made = h.app.submit(&author, &adapting, action, &fields).await.expect(303).location().to_owned();
    let lead = h.app.sign_in("karma@example.bt").await;
    let decision = format!("{made}/decision");
    let no = h.app.submit(&lead, &made, &decision, &[("decision", "restricted"), ("reason", "kept reason")]).await;
    assert!(no.expect(422).body.contains("kept reason"));
    let fields = [
        ("decision", "restricted"),
        ("conditions", "Clinics."),
        ("valid_until", "2027-03-31"),
        ("review_on", "2027-03-01"),
        ("accept_residual_risk", "yes"),
    ];
    h.app.submit(&lead, &made, &decision, &fields).await.expect(303);
    for lang in ["en", "dz"] {
        assert!(h.app.browse(&lead, &format!("{made}?lang={lang}")).await.expect(200).body.contains("Clinics."));
    }
    let one = h.app.browse(&lead, "/desk/platforms/mastodon?lang=en").await.expect(200).body;
    assert!(one.contains("In Ministry of Health") && one.contains("With conditions"));
}
