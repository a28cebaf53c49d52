//! What stands on an account and was not posted through the program.
use super::super::delivery::Call;
use super::super::rules::Outcome;
use super::super::{outcome, send};
use super::{Desk, desk};
use crate::accounts::{self, Asking, NewAccount};
use crate::compliance;
use crate::people::Role;
use crate::publishing::store::{self, outside};
use crate::testkit::Person;
use axum::http::Method;
use connect::Prepared;
use connect::mastodon::fake::{FakeMastodon, Ways};
use connect::simulator::{Fault, SetFault};
use ground::clock::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};

const CONTROL: &str = "publishing-nothing-outside";
const PATH: &str = "/api/v1/outside-posts";

impl Desk {
    /// Somebody posts with the account's own key, on the platform itself.
    fn beside(&self, platform: &str, text: &str) -> String {
        self.app.practice.add_post(&format!("{platform}-{}", self.agency), text).unwrap()
    }
    async fn an_hour_later(&self) {
        self.app.advance(HOUR);
        self.app.sweep().await;
    }
    async fn ask(&self, who: &Person, method: Method, path: &str, body: Value) -> crate::testkit::Answer {
        let token = crate::people::issue_token(&self.app.cx, who.id, "now", DAY).await.unwrap();
        self.app.api(Some(&Person { token, ..who.clone() }), method, path, body).await
    }
    async fn outside(&self) -> Vec<Value> {
        let list = self.ask(&self.author, Method::GET, PATH, Value::Null).await.expect(200).json();
        list["items"].as_array().unwrap().clone()
    }
    async fn facts(&self, kind: &str) -> Vec<crate::ledger::FactRow> {
        let wanted = crate::ledger::Wanted { kind: Some(kind.into()), most: 99, ..Default::default() };
        crate::ledger::facts(self.app.cx.db(), &wanted).await.unwrap()
    }
    async fn state(&self) -> Value {
        self.found("P6.2-AM16", CONTROL).await["state"].clone()
    }
}

#[tokio::test]
async fn p6_2_am16_what_is_posted_beside_the_tool_is_found_once_and_wants_a_word_within_a_day() {
    let d = desk(&["simulator", "simulator-twophase", "simulator-readback"]).await;
    compliance::everything(&d.app.cx).await.unwrap();
    assert_eq!(d.state().await, "not-applicable", "no account was looked at");

    // What was there before the first look is not looked at.
    d.beside("simulator", "From years before");
    d.app.sweep().await;
    assert_eq!((d.outside().await, d.facts("publishing.outside-watched").await.len()), (vec![], 3));
    assert_eq!(d.state().await, "met");

    // The tool's own posts, corrected and taken down, are never found, however often somebody looks.
    let post = d.approved("Clinic opens at 8", None).await;
    d.app.drain().await;
    d.an_hour_later().await;
    crate::posts::correct(&d.author.cx, post.id, 1, "Clinic opens at 9", "གསལ་བསྒྲགས།", "The hour was wrong")
        .await
        .unwrap();
    crate::posts::approve(&d.approver.cx, post.id, 2).await.unwrap();
    d.app.drain().await;
    d.an_hour_later().await;
    assert!(d.outside().await.is_empty());

    // Two posts by hand are found within the hour, each once.
    let one = d.beside("simulator", "The road is open again\nDrive slowly");
    let two = d.beside("simulator-readback", "ལམ་ཁ་ཕྱེ་ཡི།");
    for _ in 0..3 {
        d.an_hour_later().await;
        // Which account is looked at first is nobody's promise.
        let found = d.outside().await;
        let mut ids: Vec<&str> = found.iter().map(|p| p["remote_id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        assert_eq!(ids, [one.as_str(), two.as_str()]);
    }
    let facts = d.facts("publishing.outside-found").await;
    assert_eq!(facts.len(), 2);
    assert!(facts.iter().all(|f| f.actor == "system" && f.scope == Some(d.agency)), "{facts:?}");
    let found = d.found("P6.2-AM16", CONTROL).await;
    assert_eq!(found["state"], "partly", "{found}");
    let that = async |id: &str| d.outside().await.into_iter().find(|p| p["remote_id"] == id).unwrap();
    let first = that(&one).await;
    assert_eq!((&first["state"], &first["text"]), (&json!("open"), &json!("The road is open again\nDrive slowly")));
    let subject = format!("outside:{}", first["id"].as_str().unwrap());
    assert!(found["evidence"].as_array().unwrap().contains(&json!(subject)), "{found}");

    // A day without a word is too long.
    d.app.advance(DAY);
    d.app.sweep().await;
    assert_eq!(d.state().await, "not-met");
    // One is explained, the other taken over: both by whoever approves, with the reason, and nothing is open.
    let second = that(&two).await;
    let decide = async |post: &Value, how: &str, reason: &str| {
        let path = format!("{PATH}/{}/{how}", post["id"].as_str().unwrap());
        d.ask(&d.approver, Method::POST, &path, json!({"reason": reason})).await
    };
    let told = decide(&first, "explanation", "Sent from a telephone at the landslide").await.expect(200).json();
    assert_eq!(
        (&told["state"], &told["decided_by"]),
        (&json!("explained"), &json!(d.approver.id.to_string())),
        "{told}"
    );
    d.app.drain().await;
    assert_eq!(d.state().await, "not-met", "the other one still waits");
    decide(&second, "adoption", "It says what we say").await.expect(200);
    d.app.drain().await;
    assert_eq!(d.state().await, "met");
    for (kind, reason) in [
        ("publishing.outside-explained", "Sent from a telephone at the landslide"),
        ("publishing.outside-adopted", "It says what we say"),
    ] {
        let facts = d.facts(kind).await;
        assert_eq!((facts.len(), facts[0].actor.as_str()), (1, &*format!("person:{}", d.approver.id)), "{kind}");
        assert!(facts[0].body.contains(reason), "{}", facts[0].body);
    }
    d.an_hour_later().await;
    assert_eq!(d.facts("publishing.outside-found").await.len(), 2);
    d.app.drain().await;
}

#[tokio::test]
async fn p6_2_am16_an_explanation_wants_a_reason_once_from_whoever_publishes_for_the_agency() {
    let d = desk(&["simulator"]).await;
    d.app.sweep().await;
    d.beside("simulator", "Water is back in Taba <b>now</b>");
    d.an_hour_later().await;
    let id = d.outside().await[0]["id"].as_str().unwrap().to_owned();
    let (path, page) = (format!("{PATH}/{id}/explanation"), format!("/publishing/outside/{id}"));

    // Whoever does not publish may not, and another agency's officers do not even see it.
    let other = crate::agencies::by_code(d.app.cx.db(), "MoF").await.unwrap().id;
    let stranger = d.app.person("Tashi", Some(other), &[Role::Approver]).await;
    let why = json!({"reason": "It was me"});
    d.ask(&d.author, Method::POST, &path, why.clone()).await.expect(403);
    d.ask(&stranger, Method::POST, &path, why.clone()).await.expect(403);
    d.ask(&stranger, Method::GET, &format!("{PATH}?agency={}", d.agency), Value::Null).await.expect(403);
    let theirs = d.ask(&stranger, Method::GET, PATH, Value::Null).await.expect(200).json();
    assert_eq!(theirs["items"], json!([]));
    let cookie = d.app.sign_in("tashi@example.bt").await;
    d.app.browse(&cookie, &page).await.expect(403);
    let unknown = d.ask(&d.approver, Method::POST, &format!("{PATH}/1/explanation"), why.clone()).await;
    unknown.expect(403);
    d.app.api(None, Method::POST, &path, why).await.expect(401);
    d.ask(&d.author, Method::GET, &format!("{PATH}?state=lost"), Value::Null).await.expect(422);

    // Without a reason it is refused, by the page with what was typed.
    let refused = d.ask(&d.approver, Method::POST, &path, json!({"reason": " "})).await.expect(409).json();
    assert_eq!(refused["refusals"][0]["code"], "no-reason", "{refused}");
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    let desk_page = d.app.browse(&cookie, "/desk?lang=en").await.expect(200).body;
    assert!(desk_page.contains(&page) && desk_page.contains("Posted beside the program"), "{desk_page}");
    let shown = d.app.browse(&cookie, &format!("{page}?lang=en")).await.expect(200).body;
    assert!(shown.contains("Water is back in Taba &#60;b&#62;now"), "{shown}");
    let told = d.app.submit(&cookie, &page, &format!("{page}/adoption"), &[("reason", "")]).await.expect(422).body;
    assert!(told.contains("Say why.") && told.contains("P6.2-AM16"), "{told}");
    let long = "x".repeat(2001);
    let told = d.app.submit(&cookie, &page, &format!("{page}/adoption"), &[("reason", &long)]).await.expect(422).body;
    assert!(told.contains(&long), "what was typed is kept");

    // A request that is repeated with its key does the work once; without it the second is refused.
    let send = async |key: &str| {
        let request = axum::http::Request::post(&path)
            .header("authorization", format!("Bearer {}", d.approver.token))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(axum::body::Body::from(json!({"reason": "The tool was out of reach"}).to_string()))
            .unwrap();
        d.app.send(request).await
    };
    let first = send("k1").await.expect(200);
    let again = send("k1").await.expect(200);
    assert_eq!((first.json(), &again.headers["idempotent-replay"]), (again.json(), &"true".parse().unwrap()));
    let late = send("k2").await.expect(409).json();
    assert_eq!(late["refusals"][0]["code"], "decided", "{late}");
    assert_eq!(d.facts("publishing.outside-explained").await.len(), 1);
    let told = d.app.submit(&cookie, &page, &format!("{page}/adoption"), &[("reason", "Ours")]).await.expect(422).body;
    assert!(told.contains("It was decided already."), "{told}");
    for lang in ["en", "dz"] {
        for place in ["/publishing/outside", "/publishing/outside?state=explained", page.as_str()] {
            let sign = if place.contains('?') { '&' } else { '?' };
            d.app.browse(&cookie, &format!("{place}{sign}lang={lang}")).await.expect(200);
        }
    }
    let desk_page = d.app.browse(&cookie, "/desk?lang=en").await.expect(200).body;
    assert!(!desk_page.contains(&page), "{desk_page}");
    d.app.drain().await;
}

#[tokio::test]
async fn p6_2_am16_what_is_on_its_way_is_never_taken_for_a_post_from_outside() {
    let d = desk(&["simulator", "simulator-twophase", "simulator-readback"]).await;
    d.app.sweep().await;
    let cursor = async || outside::cursor(d.app.cx.db(), d.accounts[1]).await.unwrap().unwrap().cursor_at;
    let before = cursor().await;
    // The call arrived and its worker died: the post is there, and no delivery knows its id.
    let post = d.approved("Bridge closed", None).await;
    d.left_behind(post.id, true).await;
    super::super::outside::look(d.app.cx.clone()).await.unwrap();
    for account in &d.accounts[1..] {
        let look = super::super::outside::Look { account: *account, round: 0 };
        ground::jobs::Job::run(look, d.app.cx.clone()).await.unwrap();
    }
    assert_eq!((d.outside().await, cursor().await), (vec![], before.clone()), "the page is read again");
    d.app.drain().await;
    d.live_on().await;
    assert_eq!(d.states(post.id).await, ["sent"; 4]);
    d.an_hour_later().await;
    assert_eq!(d.outside().await, Vec::<Value>::new());
    assert_ne!(cursor().await, before, "and then it goes on");
    d.app.drain().await;
}

#[tokio::test]
async fn p6_2_am16_an_account_that_cannot_be_read_is_told_and_nothing_is_passed_over() {
    let d = desk(&["simulator", "simulator-blind"]).await;
    d.app.sweep().await;
    assert_eq!(d.facts("publishing.outside-watched").await.len(), 1, "the blind one cannot be listed");
    d.beside("simulator-blind", "Nobody sees this");
    d.beside("simulator", "Seen when it can be read again");
    d.app.practice.set_fault(SetFault { fault: Fault::Outage, account: None, times: 0, ms: None });
    d.an_hour_later().await;
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    let page = d.app.browse(&cookie, "/publishing/outside?lang=en").await.expect(200).body;
    assert!(page.contains("cannot be read at the moment"), "{page}");
    assert!(d.outside().await.is_empty());
    d.app.advance(2 * DAY);
    d.app.sweep().await;
    assert_eq!(d.state().await, "partly", "nobody knows what stands there");
    d.app.practice.clear_faults();
    d.an_hour_later().await;
    let found = d.outside().await;
    assert_eq!((found.len(), &found[0]["text"]), (1, &json!("Seen when it can be read again")));
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    let page = d.app.browse(&cookie, "/publishing/outside?lang=en").await.expect(200).body;
    assert!(!page.contains("cannot be read at the moment"), "{page}");
    d.app.drain().await;
}

#[tokio::test]
async fn p6_2_am16_statuses_on_a_mastodon_server_are_found_and_its_nonsense_is_a_failure() {
    let d = desk(&[]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let fake = FakeMastodon::start(listener, Ways::default()).unwrap();
    let base = format!("http://{}", fake.address);
    d.app.reviewed("mastodon", 300).await;
    let lead = d.app.person("Kinley", Some(d.agency), &[Role::Lead]).await;
    let asking = Asking { purpose: "Roads".into(), scope: "All roads".into(), per_week: 5, ..Asking::default() };
    let (handle, url) = ("@roads".to_owned(), format!("{base}/@roads"));
    let new = NewAccount { agency: d.agency, platform: "mastodon".into(), handle, url, asking };
    let account = accounts::request(&d.author.cx, &new).await.unwrap().id;
    accounts::approve(&lead.cx, account).await.unwrap();
    accounts::connect(&d.author.cx, account, &base, "7:key").await.unwrap();
    let d = Desk { accounts: vec![d.accounts[0], account], ..d };
    fake.add_own("7", "Before the account was connected", "public");
    d.app.sweep().await;

    let post = d.approved("Trongsa road open", None).await;
    d.app.drain().await;
    assert_eq!(d.states(post.id).await, ["sent"; 2]);
    let beside = fake.add_own("7", "Typed in <haste>", "public");
    fake.add_own("7", "@pema your permit", "direct");
    for _ in 0..2 {
        d.an_hour_later().await;
        let found = d.outside().await;
        let seen: Vec<_> =
            found.iter().map(|p| (p["remote_id"].as_str().unwrap(), p["text"].as_str().unwrap())).collect();
        assert_eq!(seen, [(beside.as_str(), "Typed in <haste>")]);
        assert!(found[0]["url"].as_str().unwrap().starts_with(&base), "{found:?}");
    }
    // Not a list, not JSON, larger than anybody reads: a failure that is remembered, and the cursor stays.
    let cursor = async || outside::cursor(d.app.cx.db(), account).await.unwrap().unwrap();
    let good = cursor().await;
    for nonsense in ["{\"a\": 1}".to_owned(), "[[[[".to_owned(), format!("[\"{}\"]", "x".repeat(5 << 20))] {
        fake.say_instead(Some(nonsense));
        d.an_hour_later().await;
        let now = cursor().await;
        assert!(now.failing_since.is_some() && !now.error.is_empty() && now.error.len() < 300, "{now:?}");
        assert_eq!(now.cursor_at, good.cursor_at);
    }
    fake.say_instead(None);
    let after = fake.add_own("7", "After the nonsense", "public");
    d.an_hour_later().await;
    assert_eq!(
        (cursor().await.failing_since, d.outside().await[0]["remote_id"].as_str()),
        (None, Some(after.as_str()))
    );
    assert!(store::of_remote(d.app.cx.db(), account, &after).await.unwrap().is_none());
    d.app.advance(MINUTE);
    d.app.drain().await;
}

#[tokio::test]
async fn p6_2_am16_what_a_person_put_up_because_the_program_asked_for_it_is_ours() {
    let d = desk(&["simulator"]).await;
    let only = Desk { accounts: vec![d.accounts[1]], ..d };
    only.app.sweep().await;
    // The first part arrives, nobody hears of it, and no look is answered: a person says that it is there.
    for (fault, times) in [(Fault::ErrorAfterCommit, 1), (Fault::RevokedToken, 0)] {
        only.app.practice.set_fault(SetFault { fault, account: None, times, ms: None });
    }
    let post = only.thread("Power is off", &["In Paro"]).await;
    only.app.drain().await;
    only.live_on().await;
    only.live_on().await;
    only.app.practice.clear_faults();
    assert_eq!(only.states(post.id).await, ["unconfirmed", "waiting"]);
    let first = store::of_post(only.app.cx.db(), post.id).await.unwrap().remove(0);
    super::super::actions::confirm(&only.approver.cx, first.id, true, "").await.unwrap();
    only.app.drain().await;
    let second = store::of_post(only.app.cx.db(), post.id).await.unwrap().remove(1);
    let said = super::super::content::post(&only.app.cx, &second).await.unwrap().text;
    // Asked to, a person answers it there, and says so with a word and no address.
    only.beside("simulator", &said);
    // That it was asked for and nothing was said yet hides nothing else.
    let other = only.beside("simulator", "In Haa");
    let found = async || {
        only.an_hour_later().await;
        let found = only.outside().await;
        found.iter().map(|p| p["remote_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found().await, std::slice::from_ref(&other));
    let done = json!({"note": "Put up from a telephone"});
    let path = format!("/api/v1/deliveries/{}/hand-over", second.id);
    only.ask(&only.author, Method::POST, &path, done).await.expect(200);
    only.app.drain().await;
    assert_eq!((only.states(post.id).await, found().await), (vec!["sent".to_owned(); 2], vec![other]));
}

#[tokio::test]
async fn p6_2_am16_what_a_correction_gave_another_number_is_ours_under_both() {
    let d = desk(&["simulator"]).await;
    d.app.sweep().await;
    let post = d.thread("Power is off", &["In Paro"]).await;
    d.app.drain().await;
    let second = store::of_post(d.app.cx.db(), post.id).await.unwrap().into_iter().find(|d| d.part == 2).unwrap();
    let (second, a) =
        send::begin(&d.app.cx, second, Call::Edit, &Prepared::default(), String::new()).await.unwrap().unwrap();
    // On a wiki, words that take the place of others stand under a number of their own, and the first under theirs.
    let remote_id = d.beside("simulator", "In Haa");
    let look = super::super::outside::Look { account: d.accounts[1], round: 0 };
    ground::jobs::Job::run(look, d.app.cx.clone()).await.unwrap();
    assert_eq!(d.outside().await, Vec::<Value>::new(), "it may be what the call brought");
    let done = Outcome::Done { remote_id, url: String::new() };
    outcome::finish(&d.app.cx, second, Call::Edit, Some(&a), done).await.unwrap();
    d.an_hour_later().await;
    assert_eq!(d.outside().await, Vec::<Value>::new());
}

#[tokio::test]
async fn p6_2_am16_what_nobody_explained_before_its_agency_ended_is_the_heirs_to_explain() {
    let d = desk(&["simulator"]).await;
    d.app.sweep().await;
    d.beside("simulator", "Typed in haste");
    d.an_hour_later().await;
    let (heir, _) = d.goes_into().await;
    d.an_hour_later().await;
    let judged =
        async || super::super::outside::judging::nothing_outside(d.app.cx.clone(), heir).await.unwrap().verdict;
    assert_eq!(judged().await, ground::slice::Verdict::Partly, "it stands on an account of the heir's");
    d.app.advance(DAY);
    d.app.sweep().await;
    assert_eq!(judged().await, ground::slice::Verdict::NotMet);
}
