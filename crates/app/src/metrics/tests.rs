use crate::people::{self, Role};
use crate::posts;
use crate::testkit::{Person, TestApp};
use crate::{accounts, inbox, moderation};
use axum::http::Method;
use ground::clock::{DAY, HOUR, MINUTE};
use ground::ctx::{Actor, Who};
use ground::db::Run;
use ground::sql;
use serde_json::Value;

struct Office {
    app: TestApp,
    agency: i64,
    author: Person,
    approver: Person,
    site: i64,
    practice: i64,
    post: i64,
}

/// A ministry with one post out on its site and on the practice network.
async fn office() -> Office {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let site = app.live_site(agency, &author, &lead).await;
    let practice = app.live_practice(agency, "simulator", &author, &lead).await;
    let post = app.released(agency, &author, &approver, &[site, practice]).await;
    Office { app, agency, author, approver, site, practice, post }
}

impl Office {
    async fn citizen(&self, name: &str) -> ground::Ctx {
        let email = format!("{}@example.org", name.to_lowercase());
        let (id, _) = people::join_for_story(&self.app.cx, &email, name).await.unwrap();
        self.app.cx.acting(Actor::new(Who::Citizen(id), name))
    }
    async fn api(&self, who: &Person, query: &str) -> crate::testkit::Answer {
        // Tokens last a day, and these tests live for days.
        let token = people::issue_token(&self.app.cx, who.id, "later", DAY).await.unwrap();
        let who = Person { token, ..who.clone() };
        self.app.api(Some(&who), Method::GET, &format!("/api/v1/metrics{query}"), Value::Null).await
    }
    /// Ten messages, answered after 1, 2, … 10 hours; a correction; a moderation decision.
    async fn busy_days(&self) {
        let citizen = self.citizen("Sonam").await;
        for hours in 1..=10 {
            let m = inbox::comment(&citizen, self.post, None, &format!("Question {hours}")).await.unwrap();
            self.app.advance(hours * HOUR);
            inbox::answer(&self.approver.cx, m.id, "Yes.").await.unwrap();
            inbox::answer(&self.approver.cx, m.id, "And on Sunday.").await.unwrap();
            self.app.drain().await;
        }
        posts::correct(&self.author.cx, self.post, 1, "Flu shots at 9", "ཚ་ནད་སྨན་ཁབ།", "Hour").await.unwrap();
        posts::approve(&self.approver.cx, self.post, 2).await.unwrap();
        let moderator = self.app.person("Moderator One", Some(self.agency), &[Role::Moderator]).await;
        let m = inbox::comment(&citizen, self.post, None, "Spam spam").await.unwrap();
        let reason = "Looked at it: it breaks no ground at all.".into();
        let new = moderation::NewDecision {
            action: "none".into(),
            ground: String::new(),
            reason,
            public_figure: false,
            seen: String::new(),
        };
        moderation::decide(&moderator.cx, m.id, &new).await.unwrap();
        self.app.drain().await;
    }
    async fn everything(&self) -> Vec<String> {
        let mut all = vec![];
        for text in [
            "SELECT agency_id, day, account_id, kind, n FROM figure_days ORDER BY agency_id, day, account_id, kind",
            "SELECT post_id, kind, n FROM figure_posts ORDER BY post_id, kind",
            "SELECT message_id, agency_id, account_id, day, answered_at, after_us FROM figure_answers ORDER BY message_id",
        ] {
            all.extend(self.app.cx.db().rows(sql!(text)).await.unwrap().iter().map(|r| format!("{r:?}")));
        }
        all
    }
    async fn forget(&self) {
        let tx = self.app.cx.begin("test.forget").await.unwrap();
        for table in ["figure_facts", "figure_days", "figure_posts", "figure_answers", "figure_cursors"] {
            tx.exec(sql!(format!("DELETE FROM {table}"))).await.unwrap();
        }
        self.app.cx.commit(tx).await.unwrap();
    }
}

#[tokio::test]
async fn facts_are_counted_by_agency_account_and_post_with_the_time_people_waited() {
    let o = office().await;
    o.busy_days().await;
    let f = o.api(&o.author, "").await.expect(200).json();
    let n = |kind: &str| f["counts"][kind].as_i64().unwrap();
    assert_eq!((n("sent"), n("comments"), n("answers"), n("corrections"), n("decisions")), (2, 11, 20, 1, 1), "{f}");
    assert_eq!((n("failed"), n("unconfirmed")), (0, 0));
    // First answers after 1 … 10 hours: half within 5, nine of ten within 9.
    let waited = &f["first_answer"];
    assert_eq!((waited["answered"].as_i64(), waited["median_seconds"].as_i64()), (Some(10), Some(5 * 3600)));
    assert_eq!(waited["p90_seconds"].as_i64(), Some(9 * 3600));
    let site_id = o.site.to_string();
    let site = f["accounts"].as_array().unwrap().iter().find(|a| a["account"] == site_id.as_str()).unwrap();
    assert_eq!((site["counts"]["sent"].as_i64(), site["counts"]["comments"].as_i64()), (Some(1), Some(11)));
    let days: i64 = f["days"].as_array().unwrap().iter().filter_map(|d| d["counts"]["comments"].as_i64()).sum();
    assert_eq!(days, 11);
    let before = o.api(&o.author, "?from=2020-01-01&to=2020-01-31").await.expect(200).json();
    assert_eq!(before["counts"]["sent"], 0);
    o.api(&o.author, "?from=yesterday").await.expect(422);
    let other = crate::agencies::by_code(o.app.cx.db(), "MoF").await.unwrap().id;
    let far = o.app.person("Far Away", Some(other), &[Role::Author]).await;
    o.api(&far, &format!("?agency={}", o.agency)).await.expect(403);
    assert_eq!(o.api(&far, "").await.json()["counts"]["sent"], 0);
}

#[tokio::test]
async fn a_fact_counts_once_and_the_walk_over_the_ledger_makes_the_same_figures_from_nothing() {
    let o = office().await;
    o.busy_days().await;
    let counted = o.everything().await;
    assert!(counted.len() > 10);
    // Everything is met a second time by the walk, and changes nothing.
    o.app.advance(HOUR);
    super::counting::catch_up(o.app.cx.clone()).await.unwrap();
    assert_eq!(o.everything().await, counted);
    o.forget().await;
    assert!(o.everything().await.is_empty());
    super::counting::catch_up(o.app.cx.clone()).await.unwrap();
    assert_eq!(o.everything().await, counted);
    // The job of one fact, run again, counts nothing either.
    let wanted = crate::ledger::Wanted { kind: Some("delivery.sent".into()), most: 1, ..Default::default() };
    let fact = crate::ledger::facts(o.app.cx.db(), &wanted).await.unwrap().remove(0);
    let again = crate::ledger::load::<crate::publishing::DeliverySent>(o.app.cx.clone(), fact.id).await.unwrap();
    super::counting::follow(o.app.cx.clone(), again).await.unwrap();
    assert_eq!(o.everything().await, counted);
}

#[tokio::test]
async fn p3_d11_every_figure_has_its_meaning_and_can_be_counted_again_and_follows_no_reader() {
    let o = office().await;
    o.busy_days().await;
    let told = o.app.get("/api/v1/metrics/definitions").await.expect(200).json();
    let defined: Vec<&str> =
        told["figures"].as_array().unwrap().iter().map(|f| f["figure"].as_str().unwrap()).collect();
    // Every figure that is shown is defined, and nothing else.
    let shown = o.api(&o.author, "").await.expect(200).json();
    let counts = shown["counts"].as_object().unwrap();
    let waited = ["median", "p90"];
    assert_eq!(defined.len(), counts.len() + waited.len());
    assert!(counts.keys().map(String::as_str).chain(waited).all(|f| defined.contains(&f)), "{defined:?}");
    let cookie = o.app.sign_in("pema.lhamo@example.bt").await;
    for lang in ["en", "dz"] {
        let page = o.app.browse(&cookie, &format!("/figures?lang={lang}")).await.expect(200).body;
        let told = o.app.get(&format!("/api/v1/metrics/definitions?lang={lang}")).await.expect(200).json();
        for f in told["figures"].as_array().unwrap() {
            let means = f["means"].as_str().unwrap();
            assert!(!means.starts_with("metrics-") && page.contains(&format!("<dd>{means}</dd>")), "{f}");
        }
    }
    // Each names the facts it is counted from; where none of them happened the figure is nothing.
    let kinds: Vec<&str> = o.app.all.bus.kinds.keys().copied().collect();
    for f in told["figures"].as_array().unwrap() {
        let from: Vec<&str> = f["counted_from"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()).collect();
        assert!(!from.is_empty() && from.iter().all(|k| kinds.contains(k)), "{f}");
        let Some(n) = counts.get(f["figure"].as_str().unwrap()) else { continue };
        let wanted = crate::ledger::Wanted { kind: Some(from[0].into()), most: 100, ..Default::default() };
        let facts = crate::ledger::facts(o.app.cx.db(), &wanted).await.unwrap();
        assert!(n.as_u64().unwrap() as usize <= facts.len(), "{n} from {} facts: {f}", facts.len());
    }
    // Counted again from the facts alone it is the same; and nothing in it is about who read or wrote.
    let (counted, (citizen, _)) =
        (o.everything().await, people::join_for_story(&o.app.cx, "sonam@example.org", "Sonam").await.unwrap());
    o.forget().await;
    o.app.advance(HOUR);
    super::counting::catch_up(o.app.cx.clone()).await.unwrap();
    assert_eq!(o.everything().await, counted);
    assert!(!counted.join("\n").contains(&citizen.to_string()));
    // The pack's own register is given whole, each measure with its formula, its source and what it does not tell.
    let pack = o.app.cx.machine.part::<crate::policy::Pack>().unwrap();
    let register = told["register"].as_array().unwrap();
    assert_eq!(register.len(), pack.metrics().len());
    for m in register {
        for part in ["name", "formula", "source"] {
            assert!(!m[part].as_str().unwrap().is_empty(), "{m}");
        }
    }
}

#[tokio::test]
async fn facts_too_young_are_left_to_their_jobs() {
    let o = office().await;
    o.forget().await;
    super::counting::catch_up(o.app.cx.clone()).await.unwrap();
    assert!(o.everything().await.is_empty());
    o.app.advance(11 * MINUTE);
    super::counting::catch_up(o.app.cx.clone()).await.unwrap();
    assert!(!o.everything().await.is_empty());
}

#[tokio::test]
async fn platforms_are_asked_after_an_hour_a_day_and_a_week() {
    let o = office().await;
    let out = o.app.practice.posts().remove(0);
    let stages = async || -> Vec<(String, Option<i64>)> {
        let all = super::store::measures(o.app.cx.db(), o.post).await.unwrap();
        assert!(all.iter().all(|m| m.account_id == o.practice), "our own site tells nothing");
        all.into_iter().map(|m| (m.stage, m.views)).collect()
    };
    o.app.sweep().await;
    assert!(stages().await.is_empty());
    for (views, wait) in [(10, HOUR), (200, DAY), (3000, 7 * DAY)] {
        o.app.practice.set_counts(&out.id, 1, 2, views).unwrap();
        o.app.advance(wait);
        o.app.sweep().await;
    }
    let seen = stages().await;
    assert_eq!(seen, [("1h".into(), Some(10)), ("24h".into(), Some(200)), ("7d".into(), Some(3000))]);
    o.app.advance(30 * DAY);
    o.app.sweep().await;
    assert_eq!(stages().await, seen, "and then left in peace");
}

#[tokio::test]
async fn a_platform_that_does_not_answer_is_asked_again_and_then_no_more() {
    use connect::simulator::{Fault, SetFault};
    let o = office().await;
    o.app.practice.set_fault(SetFault { fault: Fault::Outage, account: None, times: 0, ms: None });
    o.app.advance(HOUR);
    for _ in 0..4 {
        super::measuring::measure(o.app.cx.clone()).await.unwrap();
        o.app.advance(HOUR / 2);
    }
    o.app.practice.clear_faults();
    super::measuring::measure(o.app.cx.clone()).await.unwrap();
    assert!(super::store::measures(o.app.cx.db(), o.post).await.unwrap().is_empty(), "the hour's figure is missing");
    o.app.advance(DAY);
    super::measuring::measure(o.app.cx.clone()).await.unwrap();
    assert_eq!(super::store::measures(o.app.cx.db(), o.post).await.unwrap().len(), 1, "the day's is there");
}

#[tokio::test]
async fn the_pages_show_them_in_both_languages() {
    let o = office().await;
    o.busy_days().await;
    let cookie = o.app.sign_in("pema.lhamo@example.bt").await;
    let page = o.app.browse(&cookie, "/figures").await.expect(200).body;
    for part in ["<svg", "aria-labelledby=\"chart-h\"", "5 h", "9 h", "By account", "· Our site"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(o.app.browse(&cookie, "/figures?lang=dz").await.expect(200).body.contains("གྲངས་རྩིས།"));
    assert!(
        o.app.browse(&cookie, "/figures?from=2020-01-01&to=2020-01-02&lang=en").await.body.contains("Nothing happened")
    );
    o.app.browse(&cookie, "/figures?from=x&to=1-1-1").await.expect(200);
    for lang in ["en", "dz"] {
        o.app.browse(&cookie, &format!("/posts/{}/figures?lang={lang}", o.post)).await.expect(200);
    }
    let other = crate::agencies::by_code(o.app.cx.db(), "MoF").await.unwrap().id;
    o.app.person("Far Away", Some(other), &[Role::Author]).await;
    let far = o.app.sign_in("far.away@example.bt").await;
    o.app.browse(&far, &format!("/figures?agency={}", o.agency)).await.expect(403);
    o.app.browse(&far, &format!("/posts/{}/figures", o.post)).await.expect(403);
}

#[tokio::test]
async fn p6_2_cm9_what_the_platforms_count_is_compared_with_what_was_captured_and_a_gap_is_named() {
    let o = office().await;
    let out = o.app.practice.posts().remove(0).id;
    let handle = format!("simulator-{}", o.agency);
    o.app.practice.add_reply(&handle, Some(&out), "tashi", "Is it free?").unwrap();
    o.app.practice.add_reply(&handle, Some(&out), "choki", "Is it open?").unwrap();
    let capture = async || {
        let f = o.api(&o.author, "").await.expect(200).json();
        let all = f["capture"].as_array().unwrap();
        assert_eq!(all.len(), 1, "our own site counts nothing: {f}");
        assert_eq!(all[0]["account"], o.practice.to_string());
        ["posts", "counted", "captured"].map(|n| all[0][n].as_i64().unwrap())
    };
    o.app.sweep().await;
    assert_eq!(capture().await, [0, 0, 0], "not asked yet");
    let judged = async || super::capture::complete(o.app.cx.clone(), o.agency).await.unwrap();
    assert_eq!(judged().await.verdict, ground::slice::Verdict::NotApplicable);
    o.app.advance(HOUR);
    o.app.sweep().await;
    assert_eq!(capture().await, [1, 2, 2]);
    assert_eq!(judged().await.verdict, ground::slice::Verdict::Met);
    // One that the account is never told of: the platform counts it, and nobody here has read it.
    o.app.practice.add_reply("somebody-else", Some(&out), "ugyen", "Hello?").unwrap();
    o.app.advance(DAY);
    o.app.sweep().await;
    assert_eq!(capture().await, [1, 3, 2]);
    let gap = judged().await;
    assert_eq!(gap.verdict, ground::slice::Verdict::NotMet);
    assert_eq!(gap.evidence, [format!("account:{}", o.practice)]);
    assert!(gap.until.is_some_and(|until| until > o.app.cx.now()));
    let cookie = o.app.sign_in("pema.lhamo@example.bt").await;
    assert!(o.app.browse(&cookie, "/figures").await.expect(200).body.contains("captured 2 of 3"));
    assert!(o.app.browse(&cookie, "/figures?lang=dz").await.expect(200).body.contains("བཟུང་ཡོདཔ"));
    // What is deleted there later was captured all the same.
    let first = o.app.practice.replies().remove(0).id;
    o.app.practice.change_reply(&first, None).unwrap();
    o.app.advance(7 * DAY);
    o.app.sweep().await;
    assert_eq!(capture().await, [1, 2, 2]);
}

/// Platforms count what an account says below its own post like everybody's words.
#[tokio::test]
async fn p6_2_cm9_what_follows_a_post_of_ours_is_no_comment_that_was_missed() {
    use connect::mastodon::fake::{FakeMastodon, Ways};
    let o = office().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let fake = FakeMastodon::start(listener, Ways::default()).unwrap();
    let base = format!("http://{}", fake.address);
    o.app.reviewed("mastodon", 300).await;
    let lead = o.app.person("Kinley", Some(o.agency), &[Role::Lead]).await;
    let asking = accounts::Asking { purpose: "Roads".into(), scope: "All".into(), per_week: 5, ..Default::default() };
    let (handle, url) = ("@roads".to_owned(), format!("{base}/@roads"));
    let new = accounts::NewAccount { agency: o.agency, platform: "mastodon".into(), handle, url, asking };
    let account = accounts::request(&o.author.cx, &new).await.unwrap().id;
    accounts::approve(&lead.cx, account).await.unwrap();
    accounts::connect(&o.author.cx, account, &base, "7:key").await.unwrap();
    let part = |text: &str| posts::Part { en: text.into(), dz: String::new() };
    let draft = posts::Draft {
        text_en: "Power is off".into(),
        text_dz: "གློག་མེད།".into(),
        parts: vec![part("In Paro"), part("Until noon")],
        targets: vec![posts::Target { account, variant: String::new() }],
        ..Default::default()
    };
    let post = posts::draft(&o.author.cx, o.agency, &draft).await.unwrap().id;
    posts::submit(&o.author.cx, post, 1).await.unwrap();
    posts::approve(&o.approver.cx, post, 1).await.unwrap();
    o.app.drain().await;
    o.app.advance(HOUR);
    o.app.sweep().await;
    let captured = async || {
        let all = super::capture::of(&o.app.cx, o.agency).await.unwrap();
        all.into_iter().find(|c| c.id == account).map(|c| (c.posts, c.counted, c.missing())).unwrap()
    };
    assert_eq!(captured().await, (1, 1, 0), "the one answer that it counts is the part that follows");
}

#[tokio::test]
async fn an_account_that_cannot_be_opened_hides_no_figures_of_others() {
    let o = office().await;
    let other = o.app.at_work("MoF", "Tashi", "Jigme").await;
    let approver = o.app.person("Ugyen", Some(other.agency), &[Role::Approver]).await;
    let post = o.app.released(other.agency, &other.author, &approver, &[other.practice]).await;
    o.app.spoil_key(o.practice).await;
    o.app.advance(HOUR + MINUTE);
    super::measuring::measure(o.app.cx.clone()).await.unwrap();
    assert_eq!(super::store::measures(o.app.cx.db(), post).await.unwrap().len(), 1);
    o.app.advance(HOUR);
    for _ in 0..3 {
        super::measuring::measure(o.app.cx.clone()).await.unwrap();
        o.app.advance(HOUR / 2);
    }
    assert!(
        super::store::due(o.app.cx.db(), o.app.cx.now(), 9).await.unwrap().is_empty(),
        "and is given up in the end"
    );
}
