//! Notices by mail, from asking for them to leaving, and what those get who got an earlier one.
use super::mailing::{GIVEN_UP, REFUSED, SENT};
use super::{actions, store};
use crate::accounts::{self, NEWSLETTER, NewAccount};
use crate::people::Role;
use crate::posts::{self, Draft, Target};
use crate::testkit::{Person, TestApp};
use axum::http::Method;
use ground::clock::{DAY, MINUTE};
use ground::db::Run;
use ground::jobs::{self, Job};
use ground::sql;
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    agency: i64,
    account: i64,
    author: Person,
    approver: Person,
}

async fn desk() -> Desk {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    app.planned(agency, &author, &lead).await;
    let new = NewAccount { agency, platform: NEWSLETTER.into(), handle: "Notices".into(), ..NewAccount::default() };
    let account = accounts::request(&author.cx, &new).await.unwrap().id;
    assert!(actions::of_agency(&app.cx, agency).await.unwrap().is_none(), "not before somebody else approved it");
    assert!(accounts::approve(&lead.cx, account).await.unwrap().publishes());
    Desk { app, agency, account, author, approver }
}

const FORM: &str = "/agencies/MoH/newsletter";

impl Desk {
    async fn asks(&self, email: &str) -> String {
        self.app.submit("", FORM, FORM, &[("email", email)]).await.expect(200);
        self.app.drain().await;
        let mail = self.mails_to(email).into_iter().find(|m| m.contains("/newsletter/")).unwrap();
        let path = mail.split("/newsletter/").nth(1).unwrap();
        format!("/newsletter/{}", path.split_whitespace().next().unwrap().trim_end_matches(['>', '.']))
    }
    async fn reads(&self, email: &str) -> String {
        let path = self.asks(email).await;
        self.app.submit("", &path, &format!("{path}/confirmation"), &[]).await.expect(303);
        path
    }
    fn mails_to(&self, email: &str) -> Vec<String> {
        self.app.mails().into_iter().filter(|m| m.contains(&format!("To: {email}"))).collect()
    }
    /// Mails of mailings, not the one that asks back.
    fn notices(&self, email: &str) -> Vec<String> {
        self.mails_to(email).into_iter().filter(|m| m.contains("List-Unsubscribe:")).collect()
    }
    async fn approved(&self, text: &str) -> i64 {
        let targets = vec![Target { account: self.account, variant: String::new() }];
        let draft = Draft {
            text_en: text.into(), text_dz: "གསལ་བསྒྲགས།".into(), targets, ..Draft::default()
        };
        let post = posts::draft(&self.author.cx, self.agency, &draft).await.unwrap().id;
        posts::submit(&self.author.cx, post, 1).await.unwrap();
        posts::approve(&self.approver.cx, post, 1).await.unwrap();
        post
    }
    async fn mailings(&self) -> Vec<Value> {
        let path = format!("/api/v1/accounts/{}/newsletters", self.account);
        let all = self.app.api(Some(&self.author), Method::GET, &path, Value::Null).await.expect(200).json();
        all["items"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_notice_is_mailed_once_to_those_who_said_yes() {
    let d = desk().await;
    let out = d.reads("pema@citizen.bt").await;
    d.asks("never@citizen.bt").await;
    let post = d.approved("Flu clinic on Monday").await;
    d.app.drain().await;
    d.app.drain().await;
    let got = d.notices("pema@citizen.bt");
    assert_eq!((got.len(), d.notices("never@citizen.bt").len()), (1, 0));
    for part in ["Flu clinic on Monday", "གསལ་བསྒྲགས།", &format!("/p/{post}"), &out, "List-Unsubscribe=One-Click"]
    {
        assert!(got[0].contains(part), "{part}: {}", got[0]);
    }
    let mailing = d.mailings().await.remove(0);
    assert_eq!((&mailing["kind"], &mailing["sent"], &mailing["waiting"]), (&json!("send"), &json!(1), &json!(0)));
    assert!(mailing["done_at"].is_string());

    // Who asks later gets what comes later, and nothing of before.
    d.reads("dorji@citizen.bt").await;
    for _ in 0..5 {
        d.app.advance(MINUTE);
        d.app.sweep().await;
        d.app.drain().await;
    }
    assert!(d.notices("dorji@citizen.bt").is_empty());
    assert_eq!(d.notices("pema@citizen.bt").len(), 1);
}

#[tokio::test]
async fn whoever_got_it_gets_its_correction_and_is_told_when_it_is_withdrawn() {
    let d = desk().await;
    d.reads("pema@citizen.bt").await;
    let post = d.approved("Clinic opens at 8").await;
    d.app.drain().await;
    d.app.advance(MINUTE);
    d.reads("later@citizen.bt").await;
    posts::correct(&d.author.cx, post, 1, "Clinic opens at 9", "གསལ་བསྒྲགས།", "The hour was wrong").await.unwrap();
    posts::approve(&d.approver.cx, post, 2).await.unwrap();
    d.app.drain().await;
    let mail = |part: &str| d.notices("pema@citizen.bt").into_iter().find(|m| m.contains(part));
    let corrected = mail("opens at 9").unwrap();
    assert!(corrected.contains("The hour was wrong") && corrected.contains("corrected"), "{corrected}");
    posts::withdraw(&d.approver.cx, post, "The clinic is closed by snow").await.unwrap();
    d.app.drain().await;
    let withdrawn = mail("The clinic is closed by snow").unwrap();
    assert!(!withdrawn.contains("Clinic opens"), "its words are not spread again: {withdrawn}");
    assert_eq!((d.notices("pema@citizen.bt").len(), d.notices("later@citizen.bt").len()), (3, 0));
    let kinds: Vec<_> = d.mailings().await.iter().map(|m| m["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["take-down", "edit", "send"]);
}

#[tokio::test]
async fn what_follows_a_post_stands_below_it_in_the_letter() {
    let d = desk().await;
    d.reads("pema@citizen.bt").await;
    let targets = vec![Target { account: d.account, variant: String::new() }];
    let parts = vec![posts::Part { en: "Bring your card".into(), dz: "ཤོག་བྱང་།".into() }];
    let (text_en, text_dz) = ("Clinic opens at 8".into(), "གསལ་བསྒྲགས།".into());
    let draft = Draft { text_en, text_dz, parts, targets, ..Draft::default() };
    let post = posts::draft(&d.author.cx, d.agency, &draft).await.unwrap().id;
    posts::submit(&d.author.cx, post, 1).await.unwrap();
    posts::approve(&d.approver.cx, post, 1).await.unwrap();
    d.app.drain().await;
    let mail = d.notices("pema@citizen.bt").remove(0);
    let order = ["གསལ་བསྒྲགས།", "ཤོག་བྱང་།", "Clinic opens at 8", "Bring your card"].map(|words| mail.rfind(words));
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?} {mail}");
}

#[tokio::test]
async fn a_correction_overtakes_mails_that_still_wait_and_nobody_goes_without() {
    let d = desk().await;
    d.reads("pema@citizen.bt").await;
    let post = d.approved("Never mailed in these words").await;
    let tx = d.app.cx.begin("test").await.unwrap();
    for (kind, words) in [(super::SEND, "The bus leaves at 8"), (super::EDIT, "The bus leaves at 9")] {
        let new = super::Newsletter {
            id: d.app.cx.id(),
            agency_id: d.agency,
            account_id: d.account,
            post_id: post + 1,
            version: 1,
            kind: kind.into(),
            words: words.into(),
            note: String::new(),
            made_at: d.app.cx.now(),
            done_at: None,
        };
        super::make(&d.app.cx, &tx, new).await.unwrap();
    }
    d.app.cx.commit(tx).await.unwrap();
    d.app.drain().await;
    let bus: Vec<String> = d.notices("pema@citizen.bt").into_iter().filter(|m| m.contains("The bus leaves")).collect();
    assert!(bus.len() == 1 && bus[0].contains("at 9"), "{bus:?}");
}

#[tokio::test]
async fn whoever_leaves_is_forgotten() {
    let d = desk().await;
    let path = d.reads("pema@citizen.bt").await;
    for lang in ["en", "dz"] {
        d.app.browse("", &format!("{path}?lang={lang}")).await.expect(200);
        d.app.browse("", &format!("{FORM}?lang={lang}")).await.expect(200);
    }
    assert!(store::by_email(d.app.cx.db(), d.account, "pema@citizen.bt").await.unwrap().is_some());
    // As a mail program does it: no page, no session.
    let one_click = axum::http::Request::post(&path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from("List-Unsubscribe=One-Click"))
        .unwrap();
    d.app.send(one_click).await.expect(303);
    assert!(store::by_email(d.app.cx.db(), d.account, "pema@citizen.bt").await.unwrap().is_none());
    let page = d.app.browse("", &path).await.expect(200).body;
    assert!(page.contains("Nothing of it is kept"), "{page}");
    d.app.submit("", FORM, &path, &[]).await.expect(303);
    d.approved("Too late for you").await;
    d.app.drain().await;
    assert!(d.notices("pema@citizen.bt").is_empty());

    // Who never says yes is forgotten too.
    d.asks("never@citizen.bt").await;
    d.app.advance(8 * DAY);
    d.app.sweep().await;
    assert!(store::by_email(d.app.cx.db(), d.account, "never@citizen.bt").await.unwrap().is_none());
}

/// Three times refused, one reader alone: taken off. A server that refuses everybody takes nobody off.
#[tokio::test]
async fn only_an_address_that_is_refused_alone_is_taken_off() {
    let d = desk().await;
    d.reads("gone@citizen.bt").await;
    d.reads("pema@citizen.bt").await;
    let of = async |email: &str| store::by_email(d.app.cx.db(), d.account, email).await.unwrap();
    let (gone, pema) = (of("gone@citizen.bt").await.unwrap().id, of("pema@citizen.bt").await.unwrap().id);
    for (n, of_pema) in [REFUSED, REFUSED, REFUSED, SENT].into_iter().enumerate() {
        let id = d.app.cx.id();
        let new = super::Newsletter {
            id,
            agency_id: d.agency,
            account_id: d.account,
            post_id: n as i64 + 1,
            version: 1,
            kind: super::SEND.into(),
            words: "The road is open".into(),
            note: String::new(),
            made_at: d.app.cx.now(),
            done_at: None,
        };
        let tx = d.app.cx.begin("test").await.unwrap();
        store::insert(&tx, &new).await.unwrap();
        for (reader, state) in [(gone, REFUSED), (pema, of_pema)] {
            store::queue(&tx, id, reader, d.app.cx.now()).await.unwrap();
            store::settle(&tx, id, reader, state, "", d.app.cx.now()).await.unwrap();
        }
        d.app.cx.commit(tx).await.unwrap();
        actions::CloseJob { newsletter: id, at: 0 }.run(d.app.cx.clone()).await.unwrap();
        assert_eq!(of("gone@citizen.bt").await.is_some(), n < 3, "after {} mailings", n + 1);
        assert!(of("pema@citizen.bt").await.is_some());
    }
    d.app.drain().await;
}

#[tokio::test]
async fn wrong_addresses_and_other_agencies_are_refused() {
    let d = desk().await;
    for wrong in ["", "pema", "a@b\r\nBcc: x@y.bt"] {
        let page = d.app.submit("", FORM, FORM, &[("email", wrong)]).await.expect(422).body;
        assert!(page.contains("href=\"#email\""), "{wrong}: {page}");
    }
    d.app.browse("", "/agencies/MoF/newsletter").await.expect(404);
    d.app.browse("", "/agencies/none/newsletter").await.expect(404);
    let ask = async |body: Value| d.app.api(None, Method::POST, "/api/v1/subscriptions", body).await;
    ask(json!({"agency": "MoF", "email": "pema@citizen.bt"})).await.expect(422);
    ask(json!({"agency": "MoH", "email": "pema@citizen.bt"})).await.expect(202);
    let other = crate::agencies::by_code(d.app.cx.db(), "MoF").await.unwrap().id;
    let stranger = d.app.person("Tashi", Some(other), &[Role::Author]).await;
    let path = format!("/api/v1/accounts/{}/newsletters", d.account);
    d.app.api(Some(&stranger), Method::GET, &path, Value::Null).await.expect(403);
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    for lang in ["en", "dz"] {
        let page = format!("/accounts/{}/newsletters?lang={lang}", d.account);
        d.app.browse(&cookie, &page).await.expect(200);
    }
    d.app.drain().await;
}

/// What is stopped while its mails are on their way leaves no more of them; that it was withdrawn is told all the same.
#[tokio::test]
async fn a_freeze_holds_the_mails_that_have_not_left_and_they_go_on_when_it_is_lifted() {
    for withdrawn in [false, true] {
        let d = desk().await;
        d.reads("first@citizen.bt").await;
        d.reads("second@citizen.bt").await;
        let post = d.approved("The dam has burst").await;
        let waiting = async || d.mailings().await.first().map_or(0, |m| m["waiting"].as_i64().unwrap());
        while waiting().await == 0 {
            jobs::run_due(&d.app.cx, &d.app.all.registry).await.unwrap();
        }
        // One of them has left.
        let n = store::of_account(d.app.cx.db(), d.account, i64::MAX, 1).await.unwrap().remove(0).id;
        let first = store::by_email(d.app.cx.db(), d.account, "first@citizen.bt").await.unwrap().unwrap().id;
        actions::MailJob { newsletter: n, subscriber: first, round: 0 }.run(d.app.cx.clone()).await.unwrap();
        let body = json!({"agency": d.agency.to_string(), "reason": "Somebody else wrote it"});
        let freeze = d.app.api(Some(&d.approver), Method::POST, "/api/v1/freezes", body).await.expect(201).json();
        let live = async || {
            for _ in 0..3 {
                d.app.advance(MINUTE);
                d.app.sweep().await;
            }
        };
        live().await;
        let got = |email| d.notices(email).len();
        assert_eq!((got("first@citizen.bt"), got("second@citizen.bt")), (1, 0));
        assert_eq!((waiting().await, &d.mailings().await[0]["done_at"]), (1, &Value::Null));
        if withdrawn {
            posts::withdraw(&d.approver.cx, post, "It was false").await.unwrap();
            live().await;
            assert_eq!((got("first@citizen.bt"), got("second@citizen.bt")), (2, 0));
        }
        let thaw = format!("/api/v1/freezes/{}/thaw", freeze["id"].as_str().unwrap());
        d.app.api(Some(&d.approver), Method::POST, &thaw, json!({"reason": "It is true"})).await.expect(200);
        live().await;
        let second = usize::from(!withdrawn);
        assert_eq!((got("first@citizen.bt"), got("second@citizen.bt")), (2 - second, second));
        assert!(d.mailings().await.iter().all(|m| m["waiting"] == 0 && m["done_at"].is_string()), "all has an end");
    }
}

/// A freeze may stand since before newsletters were told of any.
#[tokio::test]
async fn a_freeze_of_before_an_upgrade_holds_mails_too() {
    let d = desk().await;
    let body = json!({"agency": d.agency.to_string(), "reason": "Somebody else wrote it"});
    d.app.api(Some(&d.approver), Method::POST, "/api/v1/freezes", body).await.expect(201);
    let tx = d.app.cx.begin("test.older").await.unwrap();
    store::lift(&tx, d.agency).await.unwrap();
    tx.exec(sql!("DELETE FROM migrations WHERE name = $1", "0014_stops_of_before.sql")).await.unwrap();
    d.app.cx.commit(tx).await.unwrap();
    assert!(!store::is_stopped(d.app.cx.db(), d.agency).await.unwrap());
    assert_eq!(d.app.cx.db().migrate(&d.app.all.migrations).await.unwrap(), 1);
    assert!(store::is_stopped(d.app.cx.db(), d.agency).await.unwrap());
    assert!(!store::is_stopped(d.app.cx.db(), d.agency + 1).await.unwrap());
}

/// A mail server may be away for hours; when it is back each notice is there once. One that stays away is given up, and the
/// mailing says so.
#[tokio::test]
async fn a_notice_waits_for_the_mail_server_for_a_day() {
    for hours in [6, 30] {
        let d = desk().await;
        d.reads("pema@citizen.bt").await;
        let (folder, away) = (d.app.cx.machine.config.data.join("mail"), d.app.cx.machine.config.data.join("away"));
        std::fs::rename(&folder, &away).unwrap();
        std::fs::write(&folder, "no folder").unwrap();
        d.approved("The dam has burst").await;
        let live = async |hours: i64| {
            for _ in 0..6 * hours {
                d.app.advance(10 * MINUTE);
                d.app.sweep().await;
            }
        };
        live(hours).await;
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(&away, &folder).unwrap();
        live(2).await;
        let mailing = store::of_account(d.app.cx.db(), d.account, i64::MAX, 1).await.unwrap().remove(0);
        let counts = store::counts(d.app.cx.db(), mailing.id).await.unwrap();
        let told: Vec<(&str, i64)> = counts.iter().map(|c| (c.state.as_str(), c.n)).collect();
        let (got, state) = if hours < 24 { (1, SENT) } else { (0, GIVEN_UP) };
        assert_eq!((d.notices("pema@citizen.bt").len(), told), (got, vec![(state, 1)]));
        assert!(mailing.done_at.is_some());
    }
}

/// Two agencies that both had one are one: whoever asks at an agency's own page gets what it sends, and not what came over.
#[tokio::test]
async fn a_newsletter_that_came_over_does_not_take_the_place_of_the_heirs_own() {
    let d = desk().await;
    let heir = crate::agencies::by_code(d.app.cx.db(), "MoF").await.unwrap().id;
    let author = d.app.person("Tashi", Some(heir), &[Role::Author]).await;
    let lead = d.app.person("Ugyen", Some(heir), &[Role::Lead]).await;
    d.app.planned(heir, &author, &lead).await;
    let (platform, handle) = (NEWSLETTER.into(), "Money".into());
    let own = NewAccount { agency: heir, platform, handle, ..NewAccount::default() };
    let own = accounts::request(&author.cx, &own).await.unwrap().id;
    accounts::approve(&lead.cx, own).await.unwrap();
    d.app.merged("MoH", "MoF").await;
    assert_eq!(accounts::find(d.app.cx.db(), d.account).await.unwrap().agency_id, heir);
    assert_eq!(actions::of_agency(&d.app.cx, heir).await.unwrap().map(|a| a.id), Some(own));
}
