//! The whole program in a test: real database, frozen clock, people as values. Dropped with jobs left or failed, it fails.
mod agencies;
mod beginning;
mod log;
mod mail;

pub use agencies::Office;
pub use log::Lines;

use crate::assembly;
use crate::people::{self, NewPerson, Role, WantedRole, acting_as};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use ground::clock::Clock;
use ground::config::Config;
use ground::db::testing::{Fresh, fresh};
use ground::slice::Assembled;
use ground::{Ctx, jobs};
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;

/// 24 November 2026, 09:30 in Thimphu.
pub const NOW: i64 = 1_795_491_000_000_000;

pub struct TestApp {
    pub cx: Ctx,
    pub all: Assembled,
    /// The practice network this program publishes to.
    pub practice: Arc<connect::simulator::Simulator>,
    router: axum::Router,
    /// Kept for as long as the test lasts.
    database: Fresh,
    folder: tempfile::TempDir,
}

/// Somebody who uses the program through HTTP.
#[derive(Clone)]
pub struct Person {
    pub id: i64,
    pub token: String,
    pub cx: Ctx,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

/// A setting of the tests' own: the installation is no demonstration, though it has a practice network to train on.
pub const IN_EARNEST: (&str, &str) = ("demonstration", "no");

impl TestApp {
    pub async fn new() -> TestApp {
        TestApp::with("false").await
    }

    /// The same, where roles that want a second factor rest until there is one (`true`).
    pub async fn with(strong: &str) -> TestApp {
        TestApp::with_settings(&[("strong-sign-in", strong)]).await
    }

    /// The same with settings of the test's own.
    pub async fn with_settings(settings: &[(&str, &str)]) -> TestApp {
        // A pack of the test's own has a register of its own.
        if settings.iter().any(|(name, _)| *name == "pack") {
            let app = TestApp::on(fresh().await, tempfile::tempdir().unwrap(), settings, NOW).await;
            app.begin().await;
            return app;
        }
        let (database, folder) = beginning::copy().await;
        TestApp::on(database, folder, settings, NOW).await
    }

    /// On what this database and this data folder hold.
    async fn on(database: Fresh, folder: tempfile::TempDir, settings: &[(&str, &str)], now: i64) -> TestApp {
        let all = assembly::assembled().unwrap();
        let data = folder.path().to_string_lossy().into_owned();
        let mut flags = vec![("data".to_owned(), data), ("allow-loopback".to_owned(), "true".to_owned())];
        flags.push(("strong-sign-in".to_owned(), "false".to_owned()));
        // In earnest, the practice network stands for no platform.
        let demonstrates = !settings.contains(&IN_EARNEST);
        for (name, value) in settings.iter().filter(|s| **s != IN_EARNEST) {
            flags.retain(|(known, _)| known != name);
            flags.push(((*name).to_owned(), (*value).to_owned()));
        }
        let config = Config::from(&flags, |_| None, &[]).unwrap();
        let clock = Clock::frozen(now);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let practice =
            Arc::new(connect::simulator::Simulator::start_at(None, listener, clock.elsewhere()).await.unwrap());
        let machine = assembly::put_together(config, database.db.clone(), clock, &all).unwrap();
        let machine = machine.with(crate::accounts::PracticeNetwork { base_url: practice.base_url() });
        let machine = machine.with(crate::publishing::PracticeControl(practice.clone()));
        let machine = if demonstrates { machine.with(crate::accounts::Demonstration) } else { machine };
        let machine = Arc::new(machine);
        let _ = machine.base_url.set("http://drelwa.test".into());
        let router = assembly::router(&machine, &all);
        TestApp { cx: Ctx::system(machine), all, practice, router, database, folder }
    }

    /// Brings an empty database to where the program begins.
    async fn begin(&self) {
        self.cx.db().migrate(&self.all.migrations).await.unwrap();
        let pack = self.cx.machine.part::<crate::policy::Pack>().unwrap();
        crate::agencies::load_register(&self.cx, pack).await.unwrap();
    }

    /// Runs what is due until nothing is.
    pub async fn drain(&self) {
        jobs::drain(&self.cx, &self.all.registry).await.unwrap();
        let failed = jobs::failed(self.cx.db()).await.unwrap();
        assert!(failed.is_empty(), "jobs failed: {failed:?}");
    }

    /// Runs every sweep that is due, then the jobs it left.
    pub async fn sweep(&self) {
        jobs::sweep_due(&self.cx, &self.all.registry).await.unwrap();
        self.drain().await;
    }

    pub fn advance(&self, by: i64) {
        self.cx.machine.clock.advance(by);
    }

    /// A person with roles in an agency (`None`: the whole government) and a token.
    pub async fn person(&self, name: &str, agency: Option<i64>, roles: &[Role]) -> Person {
        let email = format!("{}@example.bt", name.to_lowercase().replace(' ', "."));
        let new = NewPerson { agency, name: name.into(), email, ..NewPerson::default() };
        let id = people::add_person(&self.cx, &new).await.unwrap();
        people::give_password(&self.cx, id, "four blue poppies").await.unwrap();
        for role in roles {
            let agency = if role.national() { None } else { agency };
            let wanted =
                WantedRole { person: id, role: *role, agency, purpose: "test".into(), from: None, until: None };
            people::grant_role(&self.cx, &wanted).await.unwrap();
        }
        let token = people::issue_token(&self.cx, id, "test", ground::clock::DAY).await.unwrap();
        let cx = acting_as(&self.cx, id).await.unwrap();
        Person { id, token, cx }
    }

    /// Gives an agency an approved plan, from the model of its kind; returns it.
    pub async fn planned(&self, agency: i64, author: &Person, lead: &Person) -> i64 {
        let plan = crate::plans::start(&author.cx, agency, crate::plans::Beginning::Model).await.unwrap();
        crate::plans::submit(&author.cx, plan.id, 1).await.unwrap();
        crate::plans::approve(&lead.cx, plan.id, 1).await.unwrap();
        plan.id
    }

    /// Gives an agency an approved plan and a live account on our own site.
    pub async fn live_site(&self, agency: i64, author: &Person, lead: &Person) -> i64 {
        self.planned(agency, author, lead).await;
        let new = crate::accounts::NewAccount {
            agency,
            platform: "site".into(),
            handle: "Our site".into(),
            ..Default::default()
        };
        let account = crate::accounts::request(&author.cx, &new).await.unwrap();
        crate::accounts::approve(&lead.cx, account.id).await.unwrap();
        account.id
    }

    /// Gives an agency, which has a plan, a live account on the practice network: `simulator`, `simulator-blind` …
    pub async fn live_practice(&self, agency: i64, platform: &str, author: &Person, lead: &Person) -> i64 {
        let handle = format!("{platform}-{agency}");
        let url = format!("https://practice.example/@{handle}");
        let new = crate::accounts::NewAccount {
            agency,
            platform: platform.into(),
            handle: handle.clone(),
            url,
            ..Default::default()
        };
        let account = crate::accounts::request(&author.cx, &new).await.unwrap();
        crate::accounts::approve(&lead.cx, account.id).await.unwrap();
        crate::accounts::connect(&author.cx, account.id, "", &handle).await.unwrap();
        account.id
    }

    /// The same without a key: the account is official, and a person puts on it what is approved.
    pub async fn live_by_hand(&self, agency: i64, author: &Person, lead: &Person) -> i64 {
        let new = crate::accounts::NewAccount {
            agency,
            platform: "simulator-blind".into(),
            handle: "notice-board".into(),
            url: "https://practice.example/@notice-board".into(),
            ..Default::default()
        };
        let account = crate::accounts::request(&author.cx, &new).await.unwrap();
        crate::accounts::approve(&lead.cx, account.id).await.unwrap();
        crate::accounts::open_by_hand(&self.cx, account.id).await;
        account.id
    }

    /// Lets two people who oversee the government review a platform, for so many days.
    pub async fn reviewed(&self, platform: &str, days: i64) {
        use crate::platforms::{Answer, Deciding, Decision, Form, NewReview, NewTerms};
        let first = self.person(&format!("First {platform}"), None, &[Role::Oversight]).await;
        let second = self.person(&format!("Second {platform}"), None, &[Role::Oversight]).await;
        let (platform, taken_at) = (platform.to_owned(), Some(self.cx.now()));
        let (source, note, body) =
            (String::new(), String::new(), "1. You keep all rights. 2. No adverts, no profiles.".into());
        let terms = NewTerms { platform: platform.clone(), taken_at, source, body, note };
        crate::platforms::record_terms(&first.cx, &terms).await.unwrap();
        let answer = |choice: bool| match choice {
            true => Answer { choice: "yes".into(), note: String::new() },
            false => Answer { choice: String::new(), note: "As it should be.".into() },
        };
        let form = Form {
            summary: "News and answers.".into(),
            alignment: "Services where people are.".into(),
            answers: crate::platforms::items().map(|(s, i)| (i.key.to_owned(), answer(s.choice))).collect(),
            numbers: crate::platforms::numbers().map(|(i, _)| (i.key.to_owned(), 2)).collect(),
        };
        let review = NewReview { platform, agency: None, form };
        let review = crate::platforms::write(&first.cx, &review).await.unwrap();
        let end = Some(self.cx.now() + days * ground::clock::DAY);
        let (conditions, reason, decision) = (String::new(), String::new(), Decision::Approved);
        let decision = Deciding { decision, conditions, reason, valid_until: end, review_at: end, accept: true };
        crate::platforms::decide(&second.cx, review.id, &decision).await.unwrap();
    }

    /// A post of an agency that is out on these accounts.
    pub async fn released(&self, agency: i64, author: &Person, approver: &Person, accounts: &[i64]) -> i64 {
        let to = |account: &i64| crate::posts::Target { account: *account, variant: String::new() };
        let targets = accounts.iter().map(to).collect();
        let (text_en, text_dz) = ("Flu shots".into(), "ཚ་ནད་སྨན་ཁབ།".into());
        let draft = crate::posts::Draft { text_en, text_dz, targets, ..Default::default() };
        let post = crate::posts::draft(&author.cx, agency, &draft).await.unwrap().id;
        crate::posts::submit(&author.cx, post, 1).await.unwrap();
        crate::posts::approve(&approver.cx, post, 1).await.unwrap();
        self.drain().await;
        post
    }

    /// Every mail that was sent, as text.
    pub fn mails(&self) -> Vec<String> {
        let folder = self.cx.machine.config.data.join("mail");
        let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
        entries
            .flatten()
            .filter_map(|e| std::fs::read_to_string(e.path()).ok())
            .map(|mail| mail::plain(&mail))
            .collect()
    }

    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let from: SocketAddr = ([127, 0, 0, 1], 50000).into();
        request.extensions_mut().insert(axum::extract::ConnectInfo(ground::http::Peer(from)));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: head.status, headers: head.headers, body }
    }

    /// An answer that is no text.
    pub async fn send_raw(&self, mut request: Request<Body>) -> (u16, Vec<u8>) {
        let from: SocketAddr = ([127, 0, 0, 1], 50000).into();
        request.extensions_mut().insert(axum::extract::ConnectInfo(ground::http::Peer(from)));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        (status, axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    /// The program on a port of this machine, for whoever calls it from outside; its address.
    pub async fn listening(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (base, router) = (format!("http://{}", listener.local_addr().unwrap()), self.router.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        base
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// An API call; `body` null sends none.
    pub async fn api(&self, who: Option<&Person>, method: Method, path: &str, body: serde_json::Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(who) = who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    /// A signed-in browser for a person: its cookie.
    pub async fn sign_in(&self, email: &str) -> String {
        self.sign_in_with(email, "four blue poppies").await
    }

    pub async fn sign_in_with(&self, email: &str, password: &str) -> String {
        let encode = ground::http::openapi::encode_query;
        let form = format!("email={}&password={}&next=/desk", encode(email), encode(password));
        let request = Request::post("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        let answer = self.send(request).await.expect(303);
        let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A citizen's browser, signed in through the link that was mailed; a name for somebody new.
    pub async fn sign_in_as_citizen(&self, email: &str, name: &str) -> String {
        let post = |path: &str, form: String| {
            let kind = (header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            Request::post(path).header(kind.0, kind.1).body(Body::from(form)).unwrap()
        };
        let form = format!("email={}&next=/", ground::http::openapi::encode_query(email));
        self.send(post("/citizen/sign-in", form)).await;
        self.drain().await;
        let mails = self.mails();
        let links = mails.iter().filter(|m| m.contains(email)).flat_map(|m| m.split("/citizen/enter/").skip(1));
        let tokens =
            links.map(|m| m.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().unwrap());
        for token in tokens {
            let form = format!("name={}", ground::http::openapi::encode_query(name));
            let answer = self.send(post(&format!("/citizen/enter/{token}"), form)).await;
            if answer.status == StatusCode::SEE_OTHER {
                let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
                return cookie.split(';').next().unwrap().to_owned();
            }
        }
        panic!("no mail with a good link for {email}: {mails:?}")
    }

    pub async fn browse(&self, cookie: &str, path: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    async fn csrf(&self, cookie: &str, page: &str) -> String {
        let shown = self.browse(cookie, page).await.body;
        shown.split("name=\"csrf\" value=\"").nth(1).and_then(|s| s.split('"').next()).unwrap_or_default().to_owned()
    }

    /// The same for a form with a file: its field, its name, and what is in it.
    pub async fn submit_file(
        &self,
        cookie: &str,
        (page, action): (&str, &str),
        fields: &[(&str, &str)],
        (field, name, bytes): (&str, &str, &[u8]),
    ) -> Answer {
        let mut body = vec![];
        for (name, value) in fields.iter().chain(&[("csrf", self.csrf(cookie, page).await.as_str())]) {
            let part = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!("--XX\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n--XX--\r\n"].concat());
        let request = Request::post(action)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// Sends a form with the token of the page it stands on.
    pub async fn submit(&self, cookie: &str, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = format!("csrf={}", ground::http::openapi::encode_query(&self.csrf(cookie, page).await));
        for (name, value) in fields {
            form.push_str(&format!("&{name}={}", ground::http::openapi::encode_query(value)));
        }
        let request = Request::post(action)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        self.send(request).await
    }
}
