//! Practice and the world: which accounts there are for practice, who is told of them, and that no post goes to both.
use crate::accounts::{self, NewAccount};
use crate::people::Role;
use crate::posts::{self, Draft, Target};
use crate::testkit::{IN_EARNEST, Person, TestApp};
use axum::http::Method;
use serde_json::{Value, json};

struct House {
    app: TestApp,
    agency: i64,
    author: Person,
    lead: Person,
    site: i64,
}

async fn house(settings: &[(&str, &str)]) -> House {
    let app = TestApp::with_settings(settings).await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let site = app.live_site(agency, &author, &lead).await;
    House { app, agency, author, lead, site }
}

impl House {
    async fn practice(&self, platform: &str) -> i64 {
        self.app.live_practice(self.agency, platform, &self.author, &self.lead).await
    }
    async fn register(&self) -> Value {
        self.app.sweep().await;
        self.app.get("/register.json").await.expect(200).json()["accounts"].clone()
    }
    /// A real account, official and written to by hand.
    async fn real(&self) -> i64 {
        self.app.reviewed("mastodon", 300).await;
        let (handle, url) = ("@health".to_owned(), "https://social.example/@health".to_owned());
        let asking = accounts::Asking {
            purpose: "News".into(),
            scope: "Health".into(),
            per_week: 3,
            ..accounts::Asking::default()
        };
        let new = NewAccount { agency: self.agency, platform: "mastodon".into(), handle, url, asking };
        let account = accounts::request(&self.author.cx, &new).await.unwrap();
        accounts::approve(&self.lead.cx, account.id).await.unwrap();
        accounts::open_by_hand(&self.app.cx, account.id).await;
        account.id
    }
    /// The codes of what is said against a post to these accounts.
    async fn refused(&self, accounts: &[i64]) -> Vec<&'static str> {
        let targets = accounts.iter().map(|a| Target { account: *a, variant: String::new() }).collect();
        let draft = Draft { text_en: "Flu".into(), text_dz: "ཚ་ནད།".into(), targets, ..Draft::default() };
        let post = posts::draft(&self.author.cx, self.agency, &draft).await.unwrap();
        let answer = posts::submit(&self.author.cx, post.id, 1).await;
        answer.err().map(|e| e.refusals().iter().map(|r| r.code).collect()).unwrap_or_default()
    }
}

#[tokio::test]
async fn an_account_for_practice_can_be_opened_at_every_platform_with_its_limits() {
    let h = house(&[]).await;
    let registry = h.app.cx.machine.part::<connect::Registry>().unwrap();
    let played: Vec<&str> = registry.all().map(|c| c.capabilities().platform).collect();
    let played: Vec<&str> = played.into_iter().filter(|p| registry.played(p).is_some()).collect();
    assert!(played.len() > 15);
    let cookie = h.app.sign_in("pema.lhamo@example.bt").await;
    let form = h.app.browse(&cookie, "/accounts/new?lang=en").await.expect(200).body;
    for platform in played {
        assert!(form.contains(&format!("value=\"{platform}\"")), "{platform}");
        let account = accounts::find(h.app.cx.db(), h.practice(platform).await).await.unwrap();
        assert!(account.is_live() && account.is_practice(&h.app.cx), "{platform}");
        assert!(account.label(&h.app.cx).contains("(practice)"), "{}", account.label(&h.app.cx));
    }
    let live = accounts::live_of(h.app.cx.db(), h.agency).await.unwrap();
    let x = live.iter().find(|a| a.platform == "practice-x").unwrap();
    let path = format!("/api/v1/accounts/{}", x.id);
    assert_eq!(h.app.api(Some(&h.author), Method::GET, &path, Value::Null).await.expect(200).json()["practice"], true);
    // It is long for X as X weighs it, and fits Mastodon's five hundred.
    let long = "a".repeat(300);
    let said = |name: &str| {
        let connector = registry.get(name).unwrap();
        connector.problems(&connect::Post { text: long.clone(), ..connect::Post::default() })
    };
    assert_eq!(said("practice-x").first().map(|p| p.code), Some("text-too-long"));
    assert!(said("practice-mastodon").is_empty());
    // The public list of platforms is not longer for it.
    let list = h.app.get("/api/v1/platforms").await.expect(200).body;
    assert!(list.contains("\"mastodon\"") && !list.contains("practice-mastodon"), "{list}");
}

#[tokio::test]
async fn without_a_practice_network_no_such_account_is_offered() {
    let h = house(&[("allow-loopback", "false")]).await;
    let cookie = h.app.sign_in("pema.lhamo@example.bt").await;
    let form = h.app.browse(&cookie, "/accounts/new?lang=en").await.expect(200).body;
    assert!(form.contains("value=\"site\""), "{form}");
    assert!(!form.contains("value=\"simulator") && !form.contains("value=\"practice"), "{form}");
    for platform in ["simulator", "practice-mastodon"] {
        let url = "https://practice.example/@moh".to_owned();
        let (agency, platform) = (h.agency, platform.to_owned());
        let new = NewAccount { agency, platform, handle: "moh".into(), url, ..NewAccount::default() };
        let no = accounts::request(&h.author.cx, &new).await.unwrap_err();
        assert!(no.refusals().iter().any(|r| r.code == "unknown-platform"), "{no:?}");
    }
}

#[tokio::test]
async fn where_the_machine_may_not_be_called_the_practice_network_may_if_it_is_wanted() {
    let h = house(&[("allow-loopback", "false"), ("practice-network", "true"), IN_EARNEST]).await;
    let account = accounts::find(h.app.cx.db(), h.practice("practice-x").await).await.unwrap();
    assert!(account.is_live() && account.is_practice(&h.app.cx));
}

#[tokio::test]
async fn practice_is_nobodys_word_in_earnest_and_marked_in_a_demonstration() {
    for (settings, told) in [(&[IN_EARNEST][..], false), (&[], true)] {
        let h = house(settings).await;
        let account = h.practice("practice-mastodon").await;
        let (url, handle) = (accounts::find(h.app.cx.db(), account).await.unwrap().url, "practice-mastodon-");
        let asked = format!("/api/v1/verify?url={}", ground::http::openapi::encode_query(&url));
        let status = h.app.get(&asked).await.expect(200).json()["status"].clone();
        assert_eq!(status, if told { "official" } else { "unknown" });
        let lines = h.register().await;
        let line = lines.as_array().unwrap().iter().find(|l| l["url"] == url.as_str());
        assert_eq!(line.is_some(), told, "{lines}");
        assert!(line.is_none_or(|l| l["practice"] == true));
        let site = lines.as_array().unwrap().iter().find(|l| l["platform"] == "site").unwrap();
        assert!(site.get("practice").is_none() && site["status"] == "official");
        let page = h.app.get("/agencies/MoH?lang=en").await.expect(200).body;
        assert_eq!(page.contains(handle), told, "{page}");
        assert_eq!(page.matches("✓ ").count(), 1, "only the site is official: {page}");
        let page = h.app.get(&format!("/verify?lang=en&url={handle}{}", h.agency)).await.expect(200).body;
        assert_eq!(page.contains("practice.example"), told, "{page}");
    }
}

#[tokio::test]
async fn a_post_goes_to_practice_or_to_the_world() {
    let h = house(&[]).await;
    let (practice, other, real) =
        (h.practice("practice-mastodon").await, h.practice("simulator").await, h.real().await);
    assert!(h.refused(&[practice, other, h.site]).await.is_empty(), "in a demonstration our site stands beside either");
    assert!(h.refused(&[real, h.site]).await.is_empty());
    assert_eq!(h.refused(&[practice, real]).await, ["practice-and-world"]);

    let h = house(&[IN_EARNEST]).await;
    let (practice, real) = (h.practice("practice-mastodon").await, h.real().await);
    assert!(h.refused(&[practice]).await.is_empty());
    assert!(h.refused(&[real, h.site]).await.is_empty());
    assert_eq!(h.refused(&[practice, real]).await, ["practice-and-world"]);
    assert_eq!(h.refused(&[practice, h.site]).await, ["practice-and-world"], "people read our site");
    // The form says so, and begins with the accounts that people read.
    let cookie = h.app.sign_in("pema.lhamo@example.bt").await;
    let form = h.app.browse(&cookie, "/posts/new?lang=en").await.expect(200).body;
    assert!(form.contains("Accounts marked as practice reach nobody"), "{form}");
    let checked = |id: i64| form.contains(&format!("value=\"{id}\" checked"));
    assert!(checked(h.site) && !checked(practice));
    let (agency, id, site) = (h.agency.to_string(), practice.to_string(), h.site.to_string());
    let fields = [
        ("version", "0"),
        ("agency", agency.as_str()),
        ("accounts", id.as_str()),
        ("accounts", site.as_str()),
        ("text_en", "Flu"),
        ("text_dz", "ཚ་ནད།"),
        ("then", "submit"),
    ];
    let again = h.app.submit(&cookie, "/posts/new", "/posts?lang=en", &fields).await.expect(422).body;
    assert!(again.contains("either for practice or for people"), "{again}");
}

#[tokio::test]
async fn practice_is_no_figure_and_no_finding_in_earnest() {
    for (settings, counted) in [(&[IN_EARNEST][..], 0), (&[], 1)] {
        let h = house(settings).await;
        let approver = h.app.person("Dorji Wangchuk", Some(h.agency), &[Role::Approver]).await;
        let practice = h.practice("simulator").await;
        h.app.released(h.agency, &h.author, &approver, &[practice]).await;
        h.app.drain().await;
        let path = format!("/api/v1/metrics?agency={}", h.agency);
        let told = h.app.api(Some(&h.author), Method::GET, &path, Value::Null).await.expect(200).json();
        assert_eq!(told["counts"]["sent"], json!(counted), "{told}");
    }
}
