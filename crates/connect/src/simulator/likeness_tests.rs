//! Every platform as the practice network plays it: able to do the same, and refusing one past each limit what it takes at it.
use super::tests::{fetch, network};
use super::*;
use crate::{Access, Capabilities, Connector, Kind, Media, Post, Proof, Recording, Registry, Safety, Secret, Verdict};
use ground::fetch::{Method, Request, Response};
use serde_json::{Value, json};

fn access(net: &Simulator, can: &Capabilities) -> Access {
    let secret = Secret::new("roads:key");
    let remote_account_id = net.account(can.platform, secret.reveal()).unwrap();
    Access { base_url: net.base_url(), secret, remote_account_id, handle: "@roads@practice".into() }
}

/// Every platform with the network in its likeness.
fn pairs() -> Vec<(Arc<dyn Connector>, Arc<dyn Connector>)> {
    let all = Registry::standard(&fetch(), &Clock::system(), Some(&fetch()));
    let names = all.all().map(|c| c.capabilities().platform).collect::<Vec<_>>();
    let played = names.iter().filter_map(|n| Some((all.get(all.played(n)?)?, all.get(n)?)));
    let played: Vec<_> = played.collect();
    assert!(played.len() * 2 + 4 == names.len() && played.len() > 15);
    played
}

#[test]
fn it_can_do_what_the_platform_can_and_says_that_it_is_practice() {
    for (real, played) in pairs() {
        let (real, played) = (real.capabilities(), played.capabilities());
        assert_eq!(played.name, format!("{} (practice)", real.name));
        assert_eq!(played.platform, format!("practice-{}", real.platform));
        assert!(played.kind == Kind::Practice && played.proof == Proof::Practice && played.server.is_none());
        // What only calls tell is asked for; everything else is as it is there.
        assert_eq!(played.reads_comments, real.reads_comments || real.calls_us, "{}", real.name);
        let (name, platform, kind, proof) = (real.name, real.platform, real.kind, real.proof);
        let (key, server, reads_comments, calls_us) = (real.key, real.server, real.reads_comments, real.calls_us);
        let back = Capabilities { name, platform, kind, proof, key, server, reads_comments, calls_us, ..played };
        assert_eq!(back, real);
    }
}

/// What this platform takes, however little, with these words.
fn smallest(can: &Capabilities, text: String) -> Post {
    let needed = can.recordings.as_ref().is_some_and(|r| r.needed);
    let media = if can.needs_media && !needed { vec![picture(can, 9, "")] } else { vec![] };
    let recording = needed.then(|| film(can, 9, Some(1)));
    let reply_to = (!can.publishes).then(String::new);
    Post { text, lang: "en".into(), media, recording, reply_to }
}

fn picture(can: &Capabilities, bytes: usize, alt: &str) -> Media {
    let mime = can.image_types.first().cloned().unwrap_or_else(|| "image/png".into());
    Media { bytes: vec![1; bytes], mime, alt: alt.into(), url: None, path: None }
}

fn film(can: &Capabilities, bytes: u64, seconds: Option<u64>) -> Recording {
    let types = can.recordings.as_ref().map(|r| r.types.clone()).unwrap_or_default();
    let mime = types.iter().find(|t| t.as_str() == "video/mp4").or(types.first()).cloned().unwrap_or_default();
    Recording { bytes, seconds, mime, captions: vec![], ..crate::contract::film() }
}

/// Words of this length as the platform counts: with a link, which one of them wants, and ordinary letters otherwise.
fn words(c: &dyn Connector, length: usize) -> String {
    let can = c.capabilities();
    let begin = "https://gov.example/a ".to_owned();
    let letter = if can.count.of("道") == 1 && can.count.of("xx") == 1 { '道' } else { 'x' };
    let left = length.saturating_sub(can.count.of(&begin));
    let mut text: String = begin.chars().chain(std::iter::repeat_n(letter, left)).collect();
    while can.count.of(&text) > length {
        text.pop();
    }
    while can.count.of(&text) < length {
        text.push(letter);
    }
    text
}

struct Stage {
    net: Simulator,
    played: Arc<dyn Connector>,
    to: Access,
    can: Capabilities,
    n: usize,
}

impl Stage {
    /// Sends it as the connector would, without its own look at the post; whether the network took it.
    async fn takes(&mut self, post: &Post) -> bool {
        self.n += 1;
        let mut post = post.clone();
        if post.reply_to.as_deref() == Some("") {
            // Where only people who wrote are answered, somebody wrote.
            post.reply_to = Some(self.net.add_reply(&self.to.remote_account_id, None, "pema", "When?").unwrap());
        }
        let verdict = match self.played.prepare(&self.to, &post).await {
            Ok(prepared) => self.played.attempt(&self.to, &prepared, &format!("k-{}", self.n)).await,
            Err(verdict) => verdict,
        };
        match verdict {
            Verdict::Accepted { .. } => true,
            Verdict::Rejected { ref human, .. } => {
                assert!(human.len() > 10, "{human}");
                false
            }
            other => panic!("{}: {other:?}", self.can.platform),
        }
    }

    /// Both ways: as the connector counts it before and as the network takes it.
    async fn at(&mut self, what: &str, fits: &Post, not: &Post) {
        let name = self.can.platform;
        let codes: Vec<_> = self.played.problems(fits).into_iter().map(|p| p.code).collect();
        assert!(codes.is_empty(), "{name}, {what}: {codes:?}");
        assert!(!self.played.problems(not).is_empty(), "{name}: one past {what}");
        assert!(self.takes(fits).await, "{name}: {what}");
        assert!(!self.takes(not).await, "{name}: one past {what}");
    }

    async fn texts_and_pictures(&mut self) {
        let can = self.can.clone();
        let said = || words(self.played.as_ref(), 60);
        let base = smallest(&can, said());
        let says = |text| Post { text, ..base.clone() };
        // Some platforms have less room beside a film: what the connector says of a text too long for any is the limit.
        let probe = says(words(self.played.as_ref(), 400_000));
        let limit = self.played.problems(&probe).into_iter().find(|p| p.code == "text-too-long").and_then(|p| p.limit);
        assert_eq!(limit.is_some(), can.text_limit.is_some(), "{}", can.platform);
        if let Some(limit) = limit {
            let mut fewer = (1..=limit).rev().take(2000).map(|n| says(words(self.played.as_ref(), n)));
            let longest = fewer.find(|p| self.played.problems(p).is_empty()).unwrap();
            let mut longer = longest.clone();
            longer.text.push('x');
            longer.text.push('x');
            self.at("the longest text", &longest, &longer).await;
        }
        let with = |media: Vec<Media>| Post { media, recording: None, ..base.clone() };
        let one = || picture(&can, 9, "");
        if can.max_media > 0 && can.publishes {
            let many = |n| with((0..n).map(|_| one()).collect());
            self.at("the most pictures", &many(can.max_media), &many(can.max_media + 1)).await;
            if let Some(most) = can.image_bytes {
                let heavy = |bytes| with(vec![picture(&can, bytes, "")]);
                assert!(most < routes::LARGEST_BODY);
                self.at("the largest picture", &heavy(most), &heavy(most + 1)).await;
            }
            if let Some(most) = can.alt_limit {
                let told = |n: usize| with(vec![picture(&can, 9, &"a".repeat(n))]);
                self.at("the longest description", &told(most), &told(most + 1)).await;
            }
            let strange = with(vec![Media { mime: "image/x-strange".into(), ..one() }]);
            self.at("a type of picture", &with(vec![one()]), &strange).await;
        }
        if can.needs_media || can.recordings.as_ref().is_some_and(|r| r.needed) {
            let bare = Post { recording: None, media: vec![], ..base.clone() };
            self.at("the first picture or film", &base, &bare).await;
        }
        assert_eq!(self.takes(&Post { reply_to: None, ..base.clone() }).await, can.publishes, "{}", can.platform);
    }

    async fn recordings(&mut self) {
        let can = self.can.clone();
        let base = smallest(&can, words(self.played.as_ref(), 60));
        let with = |recording| Post { media: vec![], recording: Some(recording), ..base.clone() };
        let Some(takes) = can.recordings.clone() else {
            let film = Recording { mime: "video/mp4".into(), ..film(&can, 9, Some(1)) };
            assert!(!self.takes(&with(film)).await, "{}: a film", can.platform);
            return;
        };
        if let Some(most) = takes.bytes {
            let heavy = |bytes| with(film(&can, bytes, Some(5)));
            self.at("the largest film", &heavy(most), &heavy(most + 1)).await;
        }
        if let Some(most) = takes.seconds {
            let long = |s| with(film(&can, 9, Some(s)));
            self.at("the longest film", &long(most), &long(most + 1)).await;
        }
        let strange = with(Recording { mime: "video/x-strange".into(), ..film(&can, 9, Some(5)) });
        self.at("a type of film", &with(film(&can, 9, Some(5))), &strange).await;
    }

    async fn asks(&self, method: Method, path: &str, body: Value) -> Response {
        let request = Request::new(method, self.to.url(path)).bearer("roads:key");
        fetch().send(request.header("practice-as", &self.can.platform["practice-".len()..]).json(&body)).await.unwrap()
    }

    /// What cannot be done is refused by the network too, and not only by its connector.
    async fn abilities(&mut self) {
        let (name, can) = (self.can.platform, self.can.clone());
        let post = self.net.add_post(&self.to.remote_account_id, "Before").unwrap();
        let reply = self.net.add_reply(&self.to.remote_account_id, Some(&post), "pema", "When?").unwrap();
        let least = smallest(&can, words(self.played.as_ref(), 60));
        let prepared = self.played.prepare(&self.to, &least).await.unwrap_or_default();
        let body = json!({"text": prepared.text, "media": prepared.media});
        let done = |r: Response| r.ok();
        let (one, comment) = (format!("/api/posts/{post}"), format!("/api/replies/{reply}"));
        assert_eq!(done(self.asks(Method::GET, &one, Value::Null).await), can.has_metrics, "{name}");
        assert_eq!(done(self.asks(Method::GET, "/api/own", Value::Null).await), can.lists_own, "{name}");
        assert_eq!(done(self.asks(Method::GET, "/api/replies", Value::Null).await), can.reads_comments, "{name}");
        assert_eq!(done(self.asks(Method::GET, &comment, Value::Null).await), can.rereads, "{name}");
        let hide = json!({"hidden": true});
        assert_eq!(done(self.asks(Method::PUT, &format!("{comment}/hidden"), hide).await), can.can_hide, "{name}");
        if can.publishes {
            assert_eq!(done(self.asks(Method::PUT, &one, body).await), can.can_edit, "{name}");
        }
        assert_eq!(done(self.asks(Method::DELETE, &one, Value::Null).await), can.can_delete, "{name}");
        let answer = Post { text: words(self.played.as_ref(), 40), reply_to: Some(reply), ..Post::default() };
        assert_eq!(self.takes(&answer).await, can.can_reply, "{name}");
    }
}

#[tokio::test]
async fn each_limit_is_taken_and_one_past_it_is_refused() {
    for (_, played) in pairs() {
        let net = network(None, "127.0.0.1:0").await;
        let can = played.capabilities();
        let mut stage = Stage { to: access(&net, &can), net, played, can, n: 0 };
        stage.texts_and_pictures().await;
        stage.recordings().await;
        stage.abilities().await;
    }
}

#[tokio::test]
async fn one_name_is_another_account_on_each_platform() {
    let net = network(None, "127.0.0.1:0").await;
    let mut seen = std::collections::BTreeSet::new();
    for (_, played) in pairs() {
        let can = played.capabilities();
        let to = access(&net, &can);
        let me = played.whoami(&to).await.unwrap();
        assert_eq!((me.account_id.as_str(), me.name.as_str()), (to.remote_account_id.as_str(), "roads"));
        assert_eq!(played.resolve(&to, &me.handle).await, Ok(Some(me.account_id.clone())));
        net.add_post(&me.account_id, "Here").unwrap();
        net.add_reply(&me.account_id, None, "pema", "Where?").unwrap();
        if can.reads_comments {
            assert_eq!(played.inbound(&to, None).await.unwrap().items.len(), 1, "{}", can.platform);
        }
        assert!(seen.insert(me.account_id));
    }
    // The network itself knows nothing of them.
    let plain = Practice::new(fetch(), Clock::system(), Safety::TwoPhase);
    let to = access(&net, &plain.capabilities());
    assert!(plain.inbound(&to, None).await.unwrap().items.is_empty());
    let strange = Request::get(to.url("/api/me")).bearer("roads").header("practice-as", "nowhere");
    assert_eq!(fetch().send(strange).await.unwrap().status, 404);
}
