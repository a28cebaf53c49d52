//! Servers that do not answer, and platforms that ask to wait.
use super::super::{away, send};
use super::{Desk, desk};
use crate::people::Role;
use crate::posts;
use axum::http::Method;
use connect::Verdict;
use connect::simulator::{Fault, SetFault};
use ground::clock::{HOUR, MINUTE, SECOND};
use serde_json::{Value, json};

impl Desk {
    fn all_away(&self) {
        self.app.practice.set_fault(SetFault { fault: Fault::Outage, account: None, times: 100_000, ms: None });
    }
    async fn servers(&self) -> Vec<Value> {
        let list = self.app.api(Some(&self.author), Method::GET, "/api/v1/servers-away", Value::Null).await;
        list.expect(200).json()["items"].as_array().unwrap().clone()
    }
    async fn attempts(&self, post: i64) -> usize {
        let mut n = 0;
        for d in super::store::of_post(self.app.cx.db(), post).await.unwrap() {
            n += super::store::attempts(self.app.cx.db(), d.id).await.unwrap().len();
        }
        n
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_left_alone_and_tried_by_one() {
    let d = desk(&["simulator-readback"]).await;
    d.all_away();
    let mut posts = vec![];
    for n in 0..3 {
        posts.push(d.approved(&format!("Waits {n}"), None).await.id);
    }
    d.app.drain().await;
    for _ in 0..4 {
        d.app.advance(30 * SECOND);
        d.app.sweep().await;
    }
    let away = d.servers().await;
    assert_eq!(away.len(), 1, "{away:?}");
    assert!(away[0]["failures"].as_i64().unwrap() >= 4, "{away:?}");
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let address = away[0]["server"].as_str().unwrap();
    assert_eq!((&away[0]["platform"], &away[0]["accounts"]), (&json!("practice-readback"), &json!(1)));
    // Whoever sees all agencies is told how many accounts of all are there.
    let chief = d.app.person("Tashi", None, &[Role::Oversight]).await;
    let seen = d.app.api(Some(&chief), Method::GET, "/api/v1/servers-away", Value::Null).await.expect(200).json();
    assert_eq!((&seen["items"][0]["name"], &seen["items"][0]["accounts"]), (&away[0]["name"], &json!(1)), "{seen}");
    for page in ["/desk?lang=en", "/desk?lang=dz", "/publishing/servers?lang=en", "/publishing/servers?lang=dz"] {
        let body = d.app.browse(&cookie, page).await.expect(200).body;
        assert!(body.contains(address), "{page}");
    }
    // Which platform it is, how many accounts are there and what it last said: in the reader's language.
    for (lang, named, one) in [("en", "Practice network", "1"), ("dz", "སྦྱང་བརྡར་གྱི་ཡོངས་འབྲེལ།", "༡")]
    {
        let body = d.app.browse(&cookie, &format!("/publishing/servers?lang={lang}")).await.expect(200).body;
        for part in [format!("{named} · {address}"), format!("<dd>{one}</dd>"), format!("<dd><span lang=\"{lang}\">")]
        {
            assert!(body.contains(&part), "{part}: {body}");
        }
    }
    // What waits for it says why, in the reader's language.
    for (lang, why) in [("en", "The platform does not answer."), ("dz", "ལས་གཞི་གིས་ལན་མི་གསལ།")]
    {
        let mut pages = vec![];
        for post in &posts {
            pages.push(d.app.browse(&cookie, &format!("/posts/{post}/deliveries?lang={lang}")).await.expect(200).body);
        }
        let told = format!("<span lang=\"{lang}\">{why}</span>");
        assert!(pages.iter().any(|page| page.contains(&told)), "{pages:?}");
    }
    // New ones do not try while it is away: an hour costs a few probes, not one call for each.
    let more = d.approved("Comes later", None).await.id;
    d.app.drain().await;
    let before = d.attempts(more).await;
    d.live_on().await;
    let made = d.attempts(more).await - before;
    assert!(made <= 8, "{made} calls of one delivery in an hour of outage");
    d.app.practice.clear_faults();
    d.app.advance(HOUR / 4);
    d.live_on().await;
    assert!(d.servers().await.is_empty());
    assert_eq!(d.out("Comes later"), 1);
    for n in 0..3 {
        assert!(d.out(&format!("Waits {n}")) <= 1);
    }
}

#[tokio::test]
async fn people_are_sent_only_to_where_they_can_be_reached() {
    let d = desk(&["simulator-readback", "simulator"]).await;
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let told = async || d.app.browse(&cookie, "/publishing/servers?lang=en").await.expect(200).body;
    let fail = async |scope: &str| {
        let tx = d.app.cx.db().begin("test.away").await.unwrap();
        for _ in 0..4 {
            super::store::away::fail(&tx, scope, "the platform answered 503", d.app.cx.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
    };
    let network = d.app.practice.base_url();
    fail(&format!("server:practice-readback|{}", network.trim_end_matches('/'))).await;
    let page = told().await;
    assert!(page.contains("<ul><li>Public site · ") && page.matches("<li>Practice network").count() == 0, "{page}");
    // The own site is on the same disk; it stands here for any other server that is away as well.
    fail("server:|").await;
    let page = told().await;
    assert!(!page.contains("<li>Public site") && page.contains("no other account"), "{page}");
    d.app.drain().await;
}

/// Who waits for a server that is away does not look: only the one that tries uses up its looks, and the others are still
/// looked for, not asked about, when it is back.
#[tokio::test]
async fn waiting_for_a_server_uses_up_no_look() {
    let d = desk(&["simulator-readback"]).await;
    d.all_away();
    let mut posts = vec![];
    for n in 0..4 {
        posts.push(d.approved(&format!("Unanswered {n}"), None).await.id);
    }
    d.app.drain().await;
    for _ in 0..3 {
        d.live_on().await;
    }
    let asked = async || {
        let mut asked = 0;
        for post in &posts {
            asked += d.states(*post).await.iter().filter(|s| *s == "unconfirmed").count();
        }
        asked
    };
    assert!(asked().await <= 1, "{} of 4 were asked about", asked().await);
    d.app.practice.clear_faults();
    d.app.advance(HOUR / 4);
    d.live_on().await;
    assert!(asked().await <= 1);
    let out: Vec<usize> = (0..4).map(|n| d.out(&format!("Unanswered {n}"))).collect();
    assert!(out.iter().all(|n| *n <= 1) && out.iter().sum::<usize>() >= 3, "{out:?}");
}

#[tokio::test]
async fn a_platform_that_asks_to_wait_is_not_asked_by_the_next_post() {
    let d = desk(&["simulator"]).await;
    let account = Some(format!("simulator-{}", d.agency));
    let limit = SetFault { fault: Fault::RateLimit, account, times: 1, ms: Some(120_000) };
    d.app.practice.set_fault(limit);
    let first = d.approved("First", None).await.id;
    d.app.drain().await;
    let second = d.approved("Second", None).await.id;
    d.app.drain().await;
    // One call each on the own site, and the one that was told to wait.
    assert_eq!((d.attempts(first).await, d.attempts(second).await), (2, 1));
    assert_eq!((d.out("First"), d.out("Second")), (0, 0));
    for _ in 0..5 {
        d.app.advance(MINUTE);
        d.app.sweep().await;
    }
    assert_eq!((d.out("First"), d.out("Second")), (1, 1));
}

/// A film that takes long is asked about often: nobody may think that the server is in trouble.
#[tokio::test]
async fn what_is_not_ready_yet_is_no_trouble_with_the_server() {
    let d = desk(&["simulator"]).await;
    let post = d.approved("A long film", None).await;
    d.app.drain().await;
    let cx = &d.app.cx;
    let delivery = super::store::of_post(cx.db(), post.id).await.unwrap().remove(1);
    let Ok((account, connector, access)) = send::way(cx, &delivery).await.unwrap() else { panic!() };
    let away::Way::Go(server) = away::look(cx, &account, connector.as_ref(), &access).await.unwrap() else { panic!() };
    let learn = async |verdict: Verdict| {
        for _ in 0..10 {
            away::learn(cx, &account, &server, &verdict).await.unwrap();
        }
        d.servers().await.len()
    };
    assert_eq!(learn(Verdict::NotReady { why: "still working".into() }).await, 0);
    assert_eq!(learn(Verdict::NotSent { why: "nobody there".into() }).await, 1);
}

/// A key that was taken back says nothing about the server: the others there go on.
#[tokio::test]
async fn one_account_whose_key_opens_nothing_holds_up_nobody_else() {
    let d = desk(&["simulator-readback"]).await;
    let other = crate::agencies::by_code(d.app.cx.db(), "MoENR").await.unwrap().id;
    let author = d.app.person("Tshering Om", Some(other), &[Role::Author]).await;
    let approver = d.app.person("Kinley Wangmo", Some(other), &[Role::Approver]).await;
    let lead = d.app.person("Namgay", Some(other), &[Role::Lead]).await;
    let accounts = vec![
        d.app.live_site(other, &author, &lead).await,
        d.app.live_practice(other, "simulator-readback", &author, &lead).await,
    ];
    // Its calls get no answer, and then its key opens nothing.
    let account = Some(format!("simulator-readback-{}", d.agency));
    d.app.practice.set_fault(SetFault { fault: Fault::DropAfter, account: account.clone(), times: 1, ms: None });
    d.app.practice.set_fault(SetFault { fault: Fault::RevokedToken, account, times: 0, ms: None });
    d.approved("Heard nothing", None).await;
    d.app.drain().await;
    for _ in 0..20 {
        d.app.advance(MINUTE);
        d.app.sweep().await;
        assert_eq!(d.servers().await.len(), 0, "it answers");
    }
    let flood = Desk { agency: other, author, approver, accounts, app: d.app };
    flood.approved("Leave the river banks", None).await;
    flood.app.drain().await;
    assert_eq!(flood.out("Leave the river banks"), 1);
}

/// Nobody has anything to send there any more: it is asked all the same.
#[tokio::test]
async fn a_server_that_answers_again_is_not_away_though_nothing_is_sent_to_it() {
    let d = desk(&["simulator-readback"]).await;
    d.all_away();
    let post = d.approved("Not needed any more", None).await.id;
    for _ in 0..20 {
        d.app.advance(MINUTE);
        d.app.sweep().await;
    }
    posts::withdraw(&d.approver.cx, post, "It was cancelled").await.unwrap();
    for _ in 0..8 {
        d.live_on().await;
    }
    assert_ne!(d.states(post).await[1], "waiting", "nothing is sent any more");
    assert_eq!(d.servers().await.len(), 1, "it does not answer");
    d.app.practice.clear_faults();
    d.live_on().await;
    assert_eq!(d.servers().await.len(), 0);
}
