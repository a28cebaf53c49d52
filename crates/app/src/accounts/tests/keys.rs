//! Keys of accounts: sealed with the agency's own, changed without loss, renewed once, told of before they end, never shown.
use crate::accounts::actions::{self, Key, access_by};
use crate::accounts::renewing::at_once;
use crate::accounts::store::keys;
use crate::accounts::{change_keys, find};
use crate::people::Role;
use crate::testkit::{Lines, Office, Person, TestApp};
use axum::http::Method;
use connect::{
    Access, Capabilities, Connector, Failure, Found, Fut, Identity, Post, Prepared, Renewed, Secret, Sought, Verdict,
};
use ground::clock::{DAY, HOUR, MINUTE};
use ground::crypto::{Masters, seed_file};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

struct House {
    app: TestApp,
    agency: i64,
    author: Person,
    approver: Person,
    lead: Person,
    account: i64,
}

async fn house() -> House {
    let app = TestApp::new().await;
    let Office { agency, author, lead, practice: account } = app.at_work("MoH", "Pema", "Karma").await;
    let approver = app.person("Dorji", Some(agency), &[Role::Approver]).await;
    app.drain().await;
    House { app, agency, author, approver, lead, account }
}

impl House {
    async fn secret(&self) -> String {
        let account = find(self.app.cx.db(), self.account).await.unwrap();
        actions::access(&self.app.cx, &account).await.unwrap().secret.reveal().to_owned()
    }
    async fn connect(&self, refresh: &str, until: Option<i64>) {
        let key = Key { secret: self.secret().await, refresh: refresh.into(), until };
        actions::connect_with(&self.author.cx, self.account, "", &key).await.unwrap();
    }
}

#[tokio::test]
async fn every_agency_has_its_own_key_and_a_change_that_was_stopped_goes_on() {
    let h = house().await;
    let Office { agency: other, practice: second, .. } = h.app.at_work("BT-23", "Sonam", "Jigme").await;
    let one = keys::sealed(h.app.cx.db(), h.account).await.unwrap().unwrap();
    let two = keys::sealed(h.app.cx.db(), second).await.unwrap().unwrap();
    assert!(one.wrapped.is_some() && one.wrapped != two.wrapped && one.sealed_by == Some(h.agency));
    let before = (h.secret().await, one.secret);
    // One of the two agencies is done, then the command is killed: both accounts still open, also for who is serving.
    let data = h.app.cx.machine.config.data.clone();
    let path = data.join("master.key");
    assert_eq!(change_keys(&h.app.cx, 10).await.unwrap(), 0, "nothing is behind");
    seed_file(&Masters::next_path(&path)).unwrap();
    assert_eq!(change_keys(&h.app.cx, 1).await.unwrap(), 1);
    let open = async |id: i64| {
        let account = find(h.app.cx.db(), id).await.unwrap();
        actions::access(&h.app.cx, &account).await.unwrap().secret.reveal().to_owned()
    };
    assert_eq!((open(h.account).await, open(second).await), (before.0.clone(), format!("simulator-{other}")));
    // Said again, it goes on; then the old key is not needed any more.
    let (old, _) = (std::fs::read(&path).unwrap(), ());
    assert_eq!(change_keys(&h.app.cx, 10).await.unwrap(), 1);
    assert_eq!(change_keys(&h.app.cx, 10).await.unwrap(), 0);
    std::fs::rename(Masters::next_path(&path), &path).unwrap();
    assert_ne!(std::fs::read(&path).unwrap(), old);
    assert_eq!((open(h.account).await, open(second).await), (before.0, format!("simulator-{other}")));
    let now = keys::sealed(h.app.cx.db(), h.account).await.unwrap().unwrap();
    assert_ne!(now.secret, before.1, "it was sealed anew, not only wrapped");
    h.app.drain().await;
}

#[tokio::test]
async fn an_end_is_told_once_on_each_of_its_days_and_before_a_post_that_would_fail() {
    let h = house().await;
    h.connect("", Some(h.app.cx.now() + 20 * DAY)).await;
    let told = |app: &TestApp| app.mails().iter().filter(|m| m.contains("The token of")).count();
    let target = crate::posts::Target { account: h.account, variant: String::new() };
    let draft = |days: i64| crate::posts::Draft {
        text_en: "In two weeks".into(),
        text_dz: "བརྡ།".into(),
        targets: vec![target.clone()],
        scheduled_at: Some(h.app.cx.now() + days * DAY),
        ..Default::default()
    };
    let fits = crate::posts::draft(&h.author.cx, h.agency, &draft(15)).await.unwrap().id;
    crate::posts::submit(&h.author.cx, fits, 1).await.unwrap();
    crate::posts::approve(&h.approver.cx, fits, 1).await.unwrap();
    let late = crate::posts::draft(&h.author.cx, h.agency, &draft(25)).await.unwrap().id;
    let no = crate::posts::submit(&h.author.cx, late, 1).await.unwrap_err();
    assert!(no.refusals().iter().any(|r| r.say.key == "posts-problem-key"), "{no:?}");
    // 30 days (20 are left), 14, 7, 1 and the end itself: each once however often it is looked.
    for (days, sum) in [(0, 1), (0, 1), (7, 2), (6, 3), (6, 4), (1, 5), (5, 5)] {
        h.app.advance(days * DAY);
        h.app.sweep().await;
        h.app.advance(2 * HOUR);
        h.app.sweep().await;
        assert_eq!(told(&h.app), sum, "after {days} more days: {:?}", h.app.mails());
    }
    let wants = crate::accounts::wanting(&h.lead.cx, 10).await.unwrap();
    assert!(wants.iter().any(|w| w.word == "accounts-wants-key-now" && w.hot));
    // A token that ends sooner than was thought when a post was approved.
    h.connect("", Some(h.app.cx.now() + 20 * DAY)).await;
    let soon = crate::posts::draft(&h.author.cx, h.agency, &draft(10)).await.unwrap().id;
    crate::posts::submit(&h.author.cx, soon, 1).await.unwrap();
    crate::posts::approve(&h.approver.cx, soon, 1).await.unwrap();
    h.connect("", Some(h.app.cx.now() + 3 * DAY)).await;
    for _ in 0..2 {
        h.app.advance(2 * HOUR);
        h.app.sweep().await;
    }
    let warned = h.app.mails().iter().filter(|m| m.contains(&format!("/posts/{soon}"))).count();
    assert_eq!(warned, 1);
}

/// A platform whose keys run out: what renews them is good for one call.
struct Rotating {
    calls: AtomicUsize,
    word: Mutex<String>,
    blank: bool,
}

impl Connector for Rotating {
    fn capabilities(&self) -> Capabilities {
        unreachable!("not asked")
    }
    fn whoami<'a>(&'a self, _: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        unreachable!("not asked")
    }
    fn prepare<'a>(&'a self, _: &'a Access, _: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        unreachable!("not asked")
    }
    fn attempt<'a>(&'a self, _: &'a Access, _: &'a Prepared, _: &'a str) -> Fut<'a, Verdict> {
        unreachable!("not asked")
    }
    fn find<'a>(&'a self, _: &'a Access, _: &'a Sought) -> Fut<'a, Found> {
        unreachable!("not asked")
    }
    fn renew<'a>(&'a self, _: &'a Access, refresh: &'a Secret) -> Fut<'a, Result<Option<Renewed>, Failure>> {
        Box::pin(async move {
            let n = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            let mut word = self.word.lock().unwrap();
            if refresh.reveal() != *word {
                return Err(Failure::Unauthorised);
            }
            let next = if self.blank { String::new() } else { format!("word-{n}") };
            if !self.blank {
                word.clone_from(&next);
            }
            let (secret, refresh) = (Secret::new(format!("key-{n}")), Some(Secret::new(next)));
            Ok(Some(Renewed { secret, refresh, lasts_s: Some(3600) }))
        })
    }
}

async fn fifty(h: &House, platform: &Arc<Rotating>) -> Vec<String> {
    let mut sends = vec![];
    for _ in 0..50 {
        let (cx, id, platform) = (h.app.cx.clone(), h.account, platform.clone());
        sends.push(tokio::spawn(async move {
            let account = find(cx.db(), id).await.unwrap();
            let bare = Access {
                base_url: "https://a.example".into(),
                secret: Secret::new(""),
                remote_account_id: String::new(),
                handle: String::new(),
            };
            access_by(&cx, &account, bare, Some(platform.as_ref())).await.unwrap().secret.reveal().to_owned()
        }));
    }
    let mut all = vec![];
    for send in sends {
        all.push(send.await.unwrap());
    }
    all.dedup();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_sends_at_once_renew_a_key_once_and_a_blank_word_takes_nobodys_place() {
    let h = house().await;
    h.connect("word-0", Some(h.app.cx.now() + 30 * MINUTE)).await;
    let word = Mutex::new("word-0".to_owned());
    let platform = Arc::new(Rotating { calls: AtomicUsize::new(0), word, blank: false });
    assert_eq!(fifty(&h, &platform).await, [format!("simulator-{}", h.agency)], "it is good for half an hour");
    h.app.advance(30 * MINUTE);
    assert_eq!(fifty(&h, &platform).await, ["key-1"]);
    assert_eq!(platform.calls.load(Ordering::SeqCst), 1, "renewed once");
    h.app.advance(HOUR);
    assert_eq!(fifty(&h, &platform).await, ["key-2"], "by the word that came with the first");
    // A platform that gives no new word, or a blank one: the old one goes on.
    let blank = Arc::new(Rotating { calls: AtomicUsize::new(2), word: Mutex::new("word-2".into()), blank: true });
    for n in 3..5 {
        h.app.advance(HOUR);
        assert_eq!(fifty(&h, &blank).await, [format!("key-{n}")]);
    }
    assert_eq!(blank.calls.load(Ordering::SeqCst), 4);
    // One that refuses: the old key stays, and nothing is lost.
    let no = Arc::new(Rotating { calls: AtomicUsize::new(9), word: Mutex::new("another".into()), blank: true });
    h.app.advance(HOUR);
    let account = find(h.app.cx.db(), h.account).await.unwrap();
    let bare = Access {
        base_url: String::new(),
        secret: Secret::new(""),
        remote_account_id: String::new(),
        handle: String::new(),
    };
    let kept = access_by(&h.app.cx, &account, bare, Some(no.as_ref())).await.unwrap();
    assert_eq!(kept.secret.reveal(), "key-4");
}

#[tokio::test]
async fn a_key_whose_end_nobody_said_is_renewed_when_it_is_connected() {
    let h = house().await;
    let platform = Rotating { calls: AtomicUsize::new(0), word: Mutex::new("word-0".into()), blank: false };
    let bare = Access {
        base_url: String::new(),
        secret: Secret::new("first"),
        remote_account_id: String::new(),
        handle: String::new(),
    };
    let given = Key { secret: "first".into(), refresh: "word-0".into(), until: None };
    let key = at_once(&h.app.cx, &platform, &bare, &given).await.unwrap();
    assert_eq!((key.secret.as_str(), key.refresh.as_str()), ("key-1", "word-1"));
    assert_eq!(key.until, Some(h.app.cx.now() + HOUR));
    // What was said is believed, and a word that renews nothing is told at its field.
    let said = at_once(&h.app.cx, &platform, &bare, &Key { until: Some(7), ..given.clone() }).await.unwrap();
    assert_eq!((said.secret.as_str(), said.until, platform.calls.load(Ordering::SeqCst)), ("first", Some(7), 1));
    let wrong = at_once(&h.app.cx, &platform, &bare, &given).await.err().unwrap();
    assert_eq!(wrong.fields()[0].field, "refresh");
}

#[tokio::test]
async fn a_secret_is_in_no_log_no_answer_no_export_and_no_file() {
    let (lines, _until_dropped) = Lines::all();
    let h = house().await;
    tracing::info!("the log is on");
    // On the practice network the token is the account's name, so what renews it stands for both.
    let word = "zx81-secret-that-nobody-sees";
    let body =
        json!({"base_url": "", "token": h.secret().await, "refresh_token": word, "good_until": "2027-01-31T00:00"});
    let path = format!("/api/v1/accounts/{}/connection", h.account);
    let answer = h.app.api(Some(&h.author), Method::POST, &path, body).await.expect(200);
    assert!(!answer.body.contains(word));
    let wrong = json!({"base_url": "", "token": word, "refresh_token": word, "good_until": "yesterday"});
    assert!(!h.app.api(Some(&h.author), Method::POST, &path, wrong).await.expect(422).body.contains(word));
    h.app.sweep().await;
    let oversight = h.app.person("Namgay", None, &[Role::Oversight]).await;
    let one = format!("/api/v1/accounts/{}", h.account);
    for path in ["/api/v1/accounts", one.as_str(), "/register.json", "/api/v1/facts", "/agencies.csv"] {
        let shown = h.app.api(Some(&oversight), Method::GET, path, serde_json::Value::Null).await;
        assert!(shown.status.is_success(), "{path}: {}", shown.status);
        assert!(!shown.body.contains(word), "{path}");
    }
    let cookie = h.app.sign_in("karma@example.bt").await;
    for path in ["/records.csv", "/people.csv", "/records", "/accounts"] {
        assert!(!h.app.browse(&cookie, path).await.expect(200).body.contains(word), "{path}");
    }
    let page = h.app.browse(&cookie, &format!("/accounts/{}?lang=en", h.account)).await.expect(200).body;
    assert!(!page.contains(word), "{page}");
    let log = lines.read();
    assert!(log.contains("the log is on") && !log.contains(word), "the log holds it");
    let mut files = vec![h.app.cx.machine.config.data.clone()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(word.len()).any(|w| w == word.as_bytes()), "{}", path.display());
        }
    }
    let row = keys::sealed(h.app.cx.db(), h.account).await.unwrap().unwrap();
    assert!(row.refresh.is_some_and(|r| !r.windows(word.len()).any(|w| w == word.as_bytes())));
}

/// A secret that cannot be opened, as after a copy that was brought back without its key.
#[tokio::test]
async fn an_account_that_cannot_be_opened_keeps_no_other_from_its_daily_look() {
    let h = house().await;
    let second = h.app.at_work("BT-23", "Sonam", "Jigme").await.practice;
    h.app.spoil_key(h.account).await;
    h.app.advance(2 * DAY);
    h.app.sweep().await;
    let watch = crate::accounts::store::life::watch(h.app.cx.db(), second).await.unwrap().unwrap();
    assert_eq!(watch.checked_at, Some(h.app.cx.now()));
}
