//! Every call of every connector, answered by somebody who means ill: pages in the place of answers, texts of a million
//! letters, a gigabyte, what unpacks to one, ten thousand lists in each other, values of other kinds. Nothing of it may stop
//! the program, take its memory or its time, or be believed: what is said to be done was done, what may be repeated was not,
//! and nobody's words are lost.
use super::bench::benches_by;
use super::between::{Between, Change, Instead};
use super::*;
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Sizes set the time here, so nothing ends a call before that.
fn patient() -> Fetch {
    let total_timeout = Duration::from_secs(300);
    Fetch::new(FetchPolicy { allow_loopback: true, total_timeout, ..FetchPolicy::default() }).unwrap()
}

/// How long the slowest call may take on a busy machine; most take milliseconds.
const MOST: Duration = Duration::from_secs(20);
/// How many of a call's own calls are answered otherwise, one at a time.
const CALLS: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    WhoAmI,
    Resolve,
    Inbound,
    OwnPosts,
    Find,
    Comment,
    Metrics,
    Standing,
    Prepare,
    Attempt,
    Edit,
    Hide,
    TakeDown,
}

const READS: [Op; 8] =
    [Op::WhoAmI, Op::Resolve, Op::Inbound, Op::OwnPosts, Op::Find, Op::Comment, Op::Metrics, Op::Standing];
const WRITES: [Op; 5] = [Op::Prepare, Op::Attempt, Op::Edit, Op::Hide, Op::TakeDown];

/// Sixty-four megabytes of nothing, packed into less than one: one letter, repeated by the shortest code there is.
fn bomb() -> Vec<u8> {
    // The head of gzip, then one block with fixed codes: a NUL, and ever again "258 times the same, one back".
    let mut bits: Vec<bool> = vec![true, true, false];
    bits.extend([false, false, true, true, false, false, false, false]);
    let repeat = [true, true, false, false, false, true, false, true, false, false, false, false, false];
    for _ in 0..(64 << 20) / 258 {
        bits.extend(repeat);
    }
    bits.extend([false; 7]);
    let bytes = bits.chunks(8).map(|c| c.iter().rev().fold(0u8, |b, bit| (b << 1) | u8::from(*bit)));
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &bytes.collect::<Vec<u8>>(), &[0; 8]].concat()
}

fn wholes() -> &'static [(&'static str, Instead)] {
    static ALL: OnceLock<Vec<(&str, Instead)>> = OnceLock::new();
    ALL.get_or_init(all)
}

fn all() -> Vec<(&'static str, Instead)> {
    let whole = |head: &'static str, body: Vec<u8>| Instead::Whole { head, body: Arc::new(body) };
    let text = |body: &str| whole("", body.as_bytes().to_vec());
    vec![
        ("nothing", text("")),
        ("a page", whole("content-type: text/html\r\n", b"<!DOCTYPE html><html>Please wait</html>".to_vec())),
        ("null", text("null")),
        ("a list", text("[]")),
        ("an object", text("{}")),
        ("a number", text("7")),
        ("lists in lists", text(&["[".repeat(10_000), "]".repeat(10_000)].concat())),
        ("objects in objects", text(&[r#"{"id":"#.repeat(10_000), "}".repeat(10_000)].concat())),
        ("no letters", whole("", vec![0xff; 1000])),
        ("a long text", text(&format!("\"{}\"", "9".repeat(1 << 20)))),
        ("lists without end", text(&"[".repeat(1 << 20))),
        ("packed", whole("content-encoding: gzip\r\n", bomb())),
        ("a gigabyte", Instead::Endless),
    ]
}

/// How many of them are small; the others are tried where most is at stake.
const SMALL: usize = 9;
const AT_STAKE: [Op; 2] = [Op::Inbound, Op::Attempt];

/// A platform with somebody before it, and what stands there already.
struct Scene {
    b: Bench,
    between: Between,
    /// The account as reached through whoever is between.
    to: Access,
    post: String,
    sought: Sought,
    comment: Option<Inbound>,
    /// Where reading began, before anything of this was there.
    heard: Option<String>,
    listed: Option<String>,
    n: usize,
}

fn is_sound(id: &str) -> bool {
    (1..=1000).contains(&id.len()) && !id.chars().any(char::is_control)
}

impl Scene {
    async fn of(b: Bench) -> Scene {
        let between = Between::start(&b.access.base_url).await;
        let to = Access { base_url: format!("http://{}", between.address), ..b.access.clone() };
        let heard = b.connector.inbound(&to, None).await.unwrap().cursor;
        let listed = b.connector.own_posts(&to, None).await.unwrap().cursor;
        let since_us = Clock::system().now();
        let prepared = b.connector.prepare(&to, &b.post("Bridge open again")).await.unwrap();
        let post = match b.connector.attempt(&to, &prepared, "k-0").await {
            Verdict::Accepted { remote_id, .. } => remote_id,
            other => panic!("{}: {other:?}", b.platform()),
        };
        let container = prepared.container.clone();
        let sought = Sought { key: "k-0".into(), fingerprint: fingerprint(&prepared.text), container, since_us };
        let mut scene = Scene { b, between, to, post, sought, comment: None, heard, listed, n: 0 };
        if scene.b.connector.capabilities().reads_comments {
            scene.b.server.reply(&scene.post, "Is it open?");
            let page = scene.b.connector.inbound(&scene.to, scene.heard.clone()).await.unwrap();
            scene.comment = page.items.first().cloned();
        }
        scene
    }

    fn is_out(&self, text: &str) -> bool {
        self.b.server.texts().iter().any(|t| t == text)
    }

    /// A call with one of its own calls answered otherwise.
    async fn under<T>(&self, instead: Option<(usize, Instead)>, at: &str, call: impl Future<Output = T>) -> T {
        self.between.plan(instead);
        let begun = Instant::now();
        let out = call.await;
        assert!(begun.elapsed() < MOST, "{at} took {:?}", begun.elapsed());
        out
    }

    /// `real`: the answer says nothing at all, so what is there must be found with the next look.
    async fn read(&self, op: Op, instead: Option<(usize, Instead)>, at: &str, real: bool) {
        let (c, to) = (&self.b.connector, &self.to);
        match op {
            Op::WhoAmI => {
                let who = self.under(instead, at, c.whoami(to)).await;
                assert!(who.is_err() || who.is_ok_and(|w| is_sound(&w.account_id)), "{at}");
            }
            Op::Resolve => {
                let id = self.under(instead, at, c.resolve(to, &to.handle)).await;
                assert!(id.is_err() || id.is_ok_and(|id| id.is_none_or(|id| is_sound(&id))), "{at}");
            }
            Op::Inbound => {
                let page = self.under(instead, at, c.inbound(to, self.heard.clone())).await;
                self.between.plan(None);
                let (mut items, cursor) = page.map_or((vec![], self.heard.clone()), |p| (p.items, p.cursor));
                items.extend(c.inbound(to, cursor).await.unwrap().items);
                assert!(items.iter().all(|i| is_sound(&i.remote_id) && is_sound(&i.author_id)), "{at}");
                let came = |i: &Inbound| self.comment.as_ref().is_none_or(|c| c.text == i.text);
                assert!(!real || self.comment.is_none() || items.iter().any(came), "{at}: a comment was lost");
            }
            Op::OwnPosts => {
                let page = self.under(instead, at, c.own_posts(to, self.listed.clone())).await;
                self.between.plan(None);
                let (mut items, cursor) = page.map_or((vec![], self.listed.clone()), |p| (p.items, p.cursor));
                items.extend(c.own_posts(to, cursor).await.unwrap().items);
                assert!(items.iter().all(|i| is_sound(&i.remote_id)), "{at}");
                let there = !c.capabilities().lists_own || items.iter().any(|i| i.remote_id == self.post);
                assert!(!real || there, "{at}: a post was lost");
            }
            Op::Find => {
                let other = matches!(instead, Some((_, Instead::Changed { how: Change::OtherKind, .. })));
                let found = self.under(instead, at, c.find(to, &self.sought)).await;
                // Other words may be those of another post; what is no words at all tells of none.
                assert!(!(real || other) || found != Found::No, "{at}: it is there");
            }
            Op::Comment => {
                let id = self.comment.as_ref().map_or("1", |c| c.remote_id.as_str());
                let again = self.under(instead, at, c.comment(to, id)).await;
                assert!(again != Ok(Again::Gone) && again != Err(Failure::Gone), "{at}: it is there");
            }
            Op::Metrics => drop(self.under(instead, at, c.metrics(to, &self.post)).await),
            Op::Standing => {
                let standing = self.under(instead, at, c.standing(to, &self.post)).await;
                assert!(!matches!(standing, Ok(Standing::Refused { .. })), "{at}: {standing:?}");
            }
            _ => {}
        }
    }

    async fn write(&mut self, op: Op, instead: Option<(usize, Instead)>, at: &str) {
        self.n += 1;
        let (c, to, text) = (&self.b.connector, &self.to, format!("Landslide {}", self.n));
        let said = self.b.post(&text);
        if op == Op::Prepare {
            let ready = self.under(instead, at, c.prepare(to, &self.b.illustrated(&text))).await;
            assert!(!matches!(ready, Err(Verdict::Unknown { .. } | Verdict::Accepted { .. })), "{at}: {ready:?}");
            return;
        }
        self.between.plan(None);
        let prepared = c.prepare(to, &said).await.unwrap();
        let key = format!("k-{}", self.n);
        let done = match op {
            Op::Attempt => self.under(instead, at, c.attempt(to, &prepared, &key)).await,
            Op::Edit => self.under(instead, at, c.edit(to, &self.post, &prepared)).await,
            Op::Hide => {
                let id = self.comment.as_ref().map_or("1", |c| c.remote_id.as_str());
                drop(self.under(instead, at, c.hide(to, id, self.n.is_multiple_of(2))).await);
                return;
            }
            _ => {
                let Verdict::Accepted { remote_id, .. } = c.attempt(to, &prepared, &key).await else { panic!("{at}") };
                let done = self.under(instead, at, c.take_down(to, &remote_id)).await;
                assert!(!matches!(done, Verdict::Accepted { .. }) || !self.is_out(&text), "{at}: it is still there");
                return;
            }
        };
        match done {
            Verdict::Accepted { .. } | Verdict::Pending { .. } => assert!(self.is_out(&text), "{at}: {done:?}"),
            // A correction may be made twice.
            Verdict::NotSent { .. } | Verdict::RateLimited { .. } if op == Op::Edit => {}
            Verdict::Unknown { .. } => {}
            _ => assert!(!self.is_out(&text), "{at}: it is out, and not {done:?}"),
        }
    }

    async fn one(&mut self, op: Op, instead: Option<(usize, Instead)>, at: &str, real: bool) {
        if READS.contains(&op) { self.read(op, instead, at, real).await } else { self.write(op, instead, at).await }
    }

    /// How many calls an undisturbed call makes.
    async fn calls(&mut self, op: Op) -> usize {
        let at = format!("{op:?} on {}", self.b.platform());
        match op {
            // Reading is followed by another look, which is not counted.
            Op::Inbound => drop(self.under(None, &at, self.b.connector.inbound(&self.to, self.heard.clone())).await),
            Op::OwnPosts => {
                drop(self.under(None, &at, self.b.connector.own_posts(&self.to, self.listed.clone())).await)
            }
            op => self.one(op, None, &at, true).await,
        }
        self.between.calls().min(CALLS)
    }
}

/// On every platform at once, by as many threads as there are.
async fn everywhere<F: Future<Output = ()> + Send + 'static>(play: fn(Scene) -> F) {
    let mut all = vec![];
    for b in benches_by(&patient()).await {
        all.push(tokio::spawn(async move {
            play(Scene::of(b).await).await;
        }));
    }
    let mut failed = vec![];
    for one in all {
        if let Err(e) = one.await {
            failed.push(e.to_string());
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_answer_is_no_yes_and_no_no() {
    everywhere(|mut scene| async move {
        for op in READS.into_iter().chain(WRITES) {
            for call in 0..scene.calls(op).await {
                let most = if AT_STAKE.contains(&op) { usize::MAX } else { SMALL };
                for (what, instead) in wholes().iter().take(most) {
                    let at = format!("{op:?} on {}, call {call} answered with {what}", scene.b.platform());
                    // An empty list may be a whole and readable answer: that nothing is there.
                    let real = *what != "a list";
                    scene.one(op, Some((call, instead.clone())), &at, real).await;
                }
            }
        }
        assert!(scene.between.taken() < 64 << 20, "{}: {}", scene.b.platform(), scene.between.taken());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_another_kind_are_not_believed() {
    everywhere(|mut scene| async move {
        for op in [Op::WhoAmI, Op::Inbound, Op::OwnPosts, Op::Find, Op::Comment, Op::Attempt] {
            for call in 0..scene.calls(op).await {
                for at in 0.. {
                    let mut more = false;
                    let most = match op {
                        Op::Attempt => 3,
                        Op::Inbound | Op::WhoAmI => 2,
                        _ => 1,
                    };
                    for how in [Change::OtherKind, Change::Poison, Change::Flood].into_iter().take(most) {
                        let name = scene.b.platform();
                        let what = format!("{op:?} on {name}, call {call}, value {at} made {how:?}");
                        scene.one(op, Some((call, Instead::Changed { at, how })), &what, false).await;
                        more = scene.between.changed();
                    }
                    if !more {
                        break;
                    }
                }
            }
        }
    })
    .await;
}

/// Nobody can make the program work for long by writing much.
#[tokio::test]
async fn a_comment_that_names_a_hundred_thousand_people_comes_in() {
    let names = "@roads@gov.example ".repeat(100_000);
    let mut kept = BTreeSet::new();
    for b in benches_by(&patient()).await.into_iter().filter(|b| b.connector.capabilities().reads_comments) {
        let scene = Scene::of(b).await;
        let (c, to, name) = (&scene.b.connector, &scene.to, scene.b.platform());
        let cursor = c.inbound(to, scene.heard.clone()).await.unwrap().cursor;
        scene.b.server.reply(&scene.post, &names);
        let page = scene.under(None, name, c.inbound(to, cursor)).await;
        match page {
            Ok(page) => {
                assert_eq!(page.items.len(), 1, "{name}");
                assert!(page.items[0].text.matches("@roads").count() == 100_000, "{name}");
                let begun = Instant::now();
                fingerprint(&page.items[0].text);
                assert!(begun.elapsed() < MOST, "{name}");
                kept.insert(name);
            }
            // Longer than any answer that is read.
            Err(Failure::Unreachable { why }) => assert!(why.contains("larger"), "{name}: {why}"),
            Err(other) => panic!("{name}: {other:?}"),
        }
    }
    assert!(kept.len() > 10, "{kept:?}");
}
