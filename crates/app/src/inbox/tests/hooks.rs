//! Calls of platforms, over HTTP: who is heard, how often, and what becomes of it.
use super::{Desk, desk};
use crate::accounts;
use crate::testkit::{Answer, TestApp};
use axum::body::Body;
use axum::http::{Method, Request};
use connect::simulator::{SIGNATURE, signature};
use ground::clock::{DAY, MINUTE, SECOND};
use ground::db::{Run, Sql};
use serde_json::{Value, json};

struct Hooked {
    d: Desk,
    account: i64,
    path: String,
    secret: String,
}

/// A desk whose practice network may call.
async fn hooked() -> Hooked {
    let d = desk().await;
    let account = practice_of(&d).await;
    let mut h = Hooked { d, account, path: String::new(), secret: String::new() };
    h.agree().await;
    h
}

async fn practice_of(d: &Desk) -> i64 {
    let live = accounts::live_of(d.app.cx.db(), d.agency).await.unwrap();
    live.iter().find(|a| a.platform == "simulator").unwrap().id
}

impl Hooked {
    async fn agree(&mut self) {
        let path = format!("/api/v1/accounts/{}/hook", self.account);
        let body = json!({"hook_secret": ""});
        let agreed = self.d.app.api(Some(&self.d.author), Method::PUT, &path, body).await.expect(200).json();
        let text = |name: &str| agreed[name].as_str().unwrap().to_owned();
        self.path = text("address").strip_prefix("http://drelwa.test").unwrap().to_owned();
        self.secret = text("secret");
    }
    async fn call_with(&self, path: &str, secret: &str, body: &[u8]) -> Answer {
        let sign = signature(secret, self.d.app.cx.now(), body);
        post(&self.d.app, path, &sign, body).await
    }
    async fn call(&self, body: &[u8]) -> Answer {
        self.call_with(&self.path, &self.secret, body).await
    }
    async fn hook(&self) -> Value {
        let path = format!("/api/v1/accounts/{}/hook", self.account);
        self.d.app.api(Some(&self.d.author), Method::GET, &path, Value::Null).await.expect(200).json()
    }
    fn counted(&self, what: &str) -> bool {
        self.d.app.cx.machine.meters.text().contains(&format!("kind=\"{what}\""))
    }
}

async fn post(app: &TestApp, path: &str, sign: &str, body: &[u8]) -> Answer {
    app.send(Request::post(path).header(SIGNATURE, sign).body(Body::from(body.to_vec())).unwrap()).await
}

/// What the practice network says of somebody's words.
fn said(n: u64, text: &str) -> Vec<u8> {
    let reply = json!({"id": format!("r{n:08}"), "n": n, "account": "x", "in_reply_to": null, "author": "tashi",
        "text": text, "at_us": 1_795_491_000_000_000_i64});
    json!({"reply": reply, "link": "https://practice.example/posts/1"}).to_string().into_bytes()
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = Sql::new(format!("SELECT count(*) AS n FROM {table}"), vec![]);
    app.cx.db().one(sql).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn a_genuine_call_brings_a_message_once_however_often_it_is_repeated_and_fetched() {
    let h = hooked().await;
    let body = said(7, "When does it open?");
    let sign = signature(&h.secret, h.d.app.cx.now(), &body);
    for _ in 0..3 {
        let answer = post(&h.d.app, &h.path, &sign, &body).await.expect(200);
        assert_eq!(answer.body, "");
    }
    // The same words, said at another moment: another call, and no other message.
    h.d.app.advance(SECOND);
    h.call(&body).await.expect(200);
    h.d.fetch().await;
    let all = h.d.messages().await;
    assert_eq!((all.len(), all[0]["text"].as_str()), (1, Some("When does it open?")));
    assert!(h.counted("hook.taken") && h.counted("hook.again"));
    assert!(h.hook().await["heard_at"].is_string());
    // Forgotten after a week, it is too old to be genuine.
    h.d.app.advance(8 * DAY);
    h.d.app.sweep().await;
    assert_eq!(count(&h.d.app, "inbox_heard").await, 0);
    post(&h.d.app, &h.path, &sign, &body).await.expect(403);
}

#[tokio::test]
async fn what_is_not_signed_with_the_secret_for_these_words_now_counts_for_nothing_and_is_counted() {
    let h = hooked().await;
    let (now, body) = (h.d.app.cx.now(), said(7, "hello"));
    let sign = signature(&h.secret, now, &body);
    post(&h.d.app, &h.path, &sign, &said(7, "other words")).await.expect(403);
    post(&h.d.app, &h.path, "", &body).await.expect(403);
    post(&h.d.app, &h.path, &signature(&h.secret, now - 6 * MINUTE, &body), &body).await.expect(403);
    h.call_with(&h.path, "", &body).await.expect(403);
    h.call_with(&h.path, "another secret", &body).await.expect(403);
    assert!(h.counted("hook.forged"));
    let shown = h.hook().await;
    assert_eq!((shown["refused_why"].as_str(), shown["heard_at"].is_null()), (Some("forged"), true));
    // Nobody is told whether the account or the name is wrong.
    let (start, name) = h.path.rsplit_once('/').unwrap();
    let other = accounts::live_of(h.d.app.cx.db(), h.d.agency).await.unwrap();
    let other = other.iter().find(|a| a.id != h.account).unwrap().id;
    for path in [
        format!("{start}/{}", "0".repeat(32)),
        format!("/hooks/{other}/{name}"),
        format!("/hooks/x/{name}"),
        format!("/hooks/-1/{name}"),
    ] {
        h.call_with(&path, &h.secret, &body).await.expect(404);
    }
    assert!(h.counted("hook.unknown"));
    assert_eq!(h.d.messages().await.len(), 0);
}

#[tokio::test]
async fn a_call_is_small_and_readable_or_it_is_looked_at_what_the_account_says() {
    let h = hooked().await;
    let large = vec![b'x'; (1 << 20) + 1];
    h.call(&large).await.expect(413);
    let bytes = [b'{', 0xff, 0xfe];
    h.call(&bytes).await.expect(200);
    let shown = h.hook().await;
    assert_eq!((shown["refused_why"].as_str(), shown["heard_at"].is_null()), (Some("unreadable"), true));
    assert!(h.counted("hook.too-large") && h.counted("hook.unreadable"));
    h.d.app.practice.add_reply(&h.d.practice, None, "choki", "Hello").unwrap();
    h.d.app.advance(10 * SECOND);
    h.d.app.drain().await;
    assert_eq!(h.d.messages().await.len(), 1);
}

#[tokio::test]
async fn a_greeting_is_answered_with_the_word_to_who_signed_it() {
    let h = hooked().await;
    let sign = signature(&h.secret, h.d.app.cx.now(), b"<b>word</b>");
    let ask = async |sign: &str, query: &str| {
        let request = Request::get(format!("{}?{query}", h.path)).header(SIGNATURE, sign).body(Body::empty());
        h.d.app.send(request.unwrap()).await
    };
    let answer = ask(&sign, "greeting=%3Cb%3Eword%3C%2Fb%3E").await.expect(200);
    assert_eq!(
        (answer.body.as_str(), &answer.headers["content-type"]),
        ("<b>word</b>", &"text/plain; charset=utf-8".parse().unwrap())
    );
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    ask(&sign, "greeting=another").await.expect(403);
    ask("", "greeting=word").await.expect(403);
    ask(&sign, "greeting=%ff").await.expect(400);
    assert!(h.hook().await["heard_at"].is_null(), "a greeting is no call");
    // Looking at the address brings nothing, however well it is signed.
    let sign = signature(&h.secret, h.d.app.cx.now(), b"");
    ask(&sign, "").await.expect(403);
    assert_eq!(h.d.messages().await.len(), 0);
}

#[tokio::test]
async fn a_thousand_calls_are_a_few_readings_and_no_call_before_a_reading_is_missed() {
    let h = hooked().await;
    h.d.app.advance(10 * MINUTE);
    h.d.app.drain().await;
    let before = count(&h.d.app, "jobs").await;
    for n in 0..1_000_i64 {
        let at = h.d.app.cx.now() + n;
        post(&h.d.app, &h.path, &signature(&h.secret, at, b"look"), b"look").await.expect(200);
    }
    assert_eq!(count(&h.d.app, "jobs").await - before, 1);
    h.d.app.practice.add_reply(&h.d.practice, None, "choki", "Hello").unwrap();
    h.d.app.advance(10 * SECOND);
    h.d.app.drain().await;
    assert_eq!(h.d.messages().await.len(), 1);
    // The next ten seconds are another reading.
    h.call(b"look").await.expect(200);
    assert_eq!(count(&h.d.app, "jobs").await - before, 1);
    h.d.app.advance(10 * SECOND);
    h.d.app.drain().await;
}

#[tokio::test]
async fn while_it_calls_an_account_is_read_every_ten_minutes_and_then_every_minute_again() {
    let h = hooked().await;
    // How many of ten minutes bring what was written in them at once.
    let read = async || {
        let mut n = 0;
        for _ in 0..10 {
            let before = count(&h.d.app, "messages").await;
            h.d.app.practice.add_reply(&h.d.practice, None, "choki", "Hello").unwrap();
            h.d.fetch().await;
            n += usize::from(count(&h.d.app, "messages").await > before);
        }
        n
    };
    assert_eq!(read().await, 10);
    h.call(&said(900, "hello")).await.expect(200);
    assert_eq!(read().await, 1);
    h.d.app.advance(DAY);
    assert_eq!(read().await, 10);
}

#[tokio::test]
async fn a_new_secret_ends_the_old_one_and_switched_off_or_closed_nobody_is_heard() {
    let mut h = hooked().await;
    let (path, old) = (h.path.clone(), h.secret.clone());
    h.agree().await;
    assert_eq!((h.path == path, h.secret != old), (true, true), "the address stays");
    h.call_with(&path, &old, &said(1, "old")).await.expect(403);
    h.call(&said(2, "new")).await.expect(200);
    let api = format!("/api/v1/accounts/{}/hook", h.account);
    h.d.app.api(Some(&h.d.author), Method::DELETE, &api, Value::Null).await.expect(204);
    h.call(&said(3, "off")).await.expect(404);
    h.d.app.api(Some(&h.d.author), Method::GET, &api, Value::Null).await.expect(404);
    h.agree().await;
    assert_ne!(h.path, path, "a new address");
    h.call(&said(4, "on again")).await.expect(200);
    let lead = h.d.app.person("Lhamo", Some(h.d.agency), &[crate::people::Role::Lead]).await;
    let closing = accounts::Closing { reason: "over".into(), ..Default::default() };
    accounts::close(&lead.cx, h.account, &closing).await.unwrap();
    h.call(&said(5, "closed")).await.expect(404);
    assert_eq!(count(&h.d.app, "account_hooks").await, 0, "nothing stays of its secret");
    assert_eq!(h.d.messages().await.len(), 2);
    h.d.app.drain().await;
}

#[tokio::test]
async fn whoever_calls_in_vain_too_often_is_asked_to_wait_and_a_platform_is_not() {
    let h = hooked().await;
    for n in 0..400 {
        h.call(&said(n, "hello")).await.expect(200);
    }
    for _ in 0..300 {
        post(&h.d.app, &h.path, "1.aa", b"{}").await.expect(403);
    }
    post(&h.d.app, &h.path, "1.aa", b"{}").await.expect(429);
    h.d.app.advance(MINUTE);
    h.call(&said(500, "hello")).await.expect(200);
}

#[tokio::test]
async fn the_practice_network_calls_and_the_words_are_there_before_anything_is_fetched() {
    let h = hooked().await;
    let base = h.d.app.listening().await;
    let address = format!("{base}{}", h.path);
    h.d.app.practice.set_hook(&h.d.practice, &address, &h.secret).unwrap();
    let out = h.d.app.practice.posts().remove(0);
    h.d.app.practice.add_reply(&h.d.practice, Some(&out.id), "tashi", "Is it free?").unwrap();
    let mut all = vec![];
    for _ in 0..100 {
        all = h.d.messages().await;
        if !all.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!((all.len(), all[0]["text"].as_str()), (1, Some("Is it free?")));
    assert_eq!(all[0]["post"], h.d.post.to_string(), "it belongs to the post it is about");
    h.d.fetch().await;
    assert_eq!(h.d.messages().await.len(), 1);
}
