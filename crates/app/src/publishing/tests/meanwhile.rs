//! What happens to a post while one of its calls is on its way, or while nobody knows what became of one.
use super::super::actions;
use super::super::delivery::{Attempt, Call, Delivery};
use super::super::send;
use super::*;
use connect::{Access, Connector, Prepared};
use std::sync::Arc;
use std::time::Duration;

const DZ: &str = "གསལ་བསྒྲགས།";

/// A call that was written down and made, or not: nobody heard an answer.
struct Begun {
    connector: Arc<dyn Connector>,
    access: Access,
    prepared: Prepared,
    attempt: Attempt,
}

impl Begun {
    /// What was on its way arrives.
    async fn arrives(&self) {
        self.connector.attempt(&self.access, &self.prepared, &self.attempt.send_key).await;
    }
}

impl Desk {
    async fn second(&self, post: i64) -> Delivery {
        store::of_post(self.app.cx.db(), post).await.unwrap().remove(1)
    }
    fn goes_wrong(&self, fault: Fault, times: u32, ms: Option<u64>) {
        self.app.practice.set_fault(SetFault { fault, account: None, times, ms });
    }
    /// Lets the call of a post to the account after the site's begin, and lets something happen before its answer comes.
    async fn while_on_its_way(&self, post: i64, what: impl Future<Output = ()>) {
        self.goes_wrong(Fault::Slow, 1, Some(1500));
        let meanwhile = async {
            loop {
                let all = store::of_post(self.app.cx.db(), post).await.unwrap();
                let open = match all.get(1) {
                    Some(d) => store::open(self.app.cx.db(), d.id).await.unwrap(),
                    None => None,
                };
                if open.is_some() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            what.await;
            self.app.drain().await;
        };
        tokio::join!(self.app.drain(), meanwhile);
        self.app.drain().await;
    }
    /// Written down as begun, with a call whose answer never came.
    async fn call_begun(&self, text: &str) -> (i64, Begun) {
        let post = self.approved(text, Some(self.app.cx.now() + MINUTE)).await.id;
        self.app.drain().await;
        self.app.advance(MINUTE);
        let (cx, d) = (&self.app.cx, self.second(post).await);
        let (_, connector, access) = send::way(cx, &d).await.unwrap().unwrap();
        let said = super::super::content::post(cx, &d).await.unwrap();
        let prepared = connector.prepare(&access, &said).await.unwrap();
        let print = connect::fingerprint(&said.text);
        let (_, attempt) = send::begin(cx, d, Call::Send, &prepared, print).await.unwrap().unwrap();
        (post, Begun { connector, access, prepared, attempt })
    }
    async fn corrected(&self, post: i64, text: &str) {
        posts::correct(&self.author.cx, post, 1, text, DZ, "It was wrong").await.unwrap();
        posts::approve(&self.approver.cx, post, 2).await.unwrap();
    }
    /// So long that no call can be on its way any more.
    async fn it_is_over(&self) {
        self.app.advance(MINUTE * 3 / 2 + 1);
        self.app.drain().await;
    }
}

/// A platform that can be asked nothing gave its answer: that it was withdrawn meanwhile does not make it unheard.
#[tokio::test]
async fn an_answer_is_heard_though_the_post_was_withdrawn_meanwhile() {
    for platform in ALL {
        let d = desk(&[platform]).await;
        let post = d.approved("Road closed", None).await.id;
        d.while_on_its_way(post, async {
            posts::withdraw(&d.approver.cx, post, "It was a mistake").await.unwrap();
        })
        .await;
        assert_eq!((d.second(post).await.state.as_str(), d.out("Road closed")), ("taken-down", 0), "{platform}");
    }
}

#[tokio::test]
async fn an_answer_is_heard_though_a_correction_was_approved_meanwhile() {
    for platform in ALL {
        let d = desk(&[platform]).await;
        let post = d.approved("Clinic opens at 8", None).await.id;
        d.while_on_its_way(post, d.corrected(post, "Clinic opens at 9")).await;
        let (sent, version) = (d.second(post).await.state, d.second(post).await.sent_version);
        assert_eq!((sent.as_str(), version), ("sent", Some(2)), "{platform}");
        assert_eq!((d.out("opens at 8"), d.out("opens at 9")), (0, 1), "{platform}");
    }
}

/// That the words before were refused says nothing about those that took their place.
#[tokio::test]
async fn what_was_refused_of_a_version_that_is_no_longer_wanted_stops_nothing() {
    for withdrawn in [false, true] {
        let d = desk(&["simulator"]).await;
        let account = Some(format!("simulator-{}", d.agency));
        let fault = SetFault { fault: Fault::ReviewRefused, account, times: 1, ms: Some(60_000) };
        d.app.practice.set_fault(fault);
        let post = d.approved("Clinic opens at 8", None).await.id;
        d.app.drain().await;
        assert_eq!(d.second(post).await.state, "working");
        if withdrawn {
            posts::withdraw(&d.approver.cx, post, "It was a mistake").await.unwrap();
        } else {
            d.corrected(post, "Clinic opens at 9").await;
        }
        d.app.drain().await;
        d.live_on().await;
        let (state, out) = if withdrawn { ("cancelled", 0) } else { ("sent", 1) };
        assert_eq!((d.second(post).await.state.as_str(), d.out("Clinic")), (state, out), "{withdrawn}");
        assert_eq!(d.out("opens at 8"), 0);
    }
}

/// To ask again with the same key is to send: not after it was withdrawn, and not with words that were replaced.
#[tokio::test]
async fn no_call_is_repeated_for_what_is_no_longer_wanted() {
    for platform in ["simulator", "simulator-twophase"] {
        for withdrawn in [false, true] {
            let d = desk(&[platform]).await;
            let (post, _) = d.call_begun("Clinic opens at 8").await;
            if withdrawn {
                posts::withdraw(&d.approver.cx, post, "It was a mistake").await.unwrap();
            } else {
                d.corrected(post, "Clinic opens at 9").await;
            }
            d.app.drain().await;
            // What is written arrives, and nothing can be read.
            d.goes_wrong(Fault::ErrorAfterCommit, 1, None);
            d.goes_wrong(Fault::RevokedToken, 0, None);
            d.it_is_over().await;
            assert_eq!(d.out("opens at 8"), 0, "{platform} {withdrawn}");
            d.app.practice.clear_faults();
            d.live_on().await;
            let (state, out) = if withdrawn { ("cancelled", 0) } else { ("sent", 1) };
            let told = (d.second(post).await.state, d.out("opens at 8"), d.out("opens at 9"));
            assert_eq!(told, (state.to_owned(), 0, out), "{platform} {withdrawn}");
        }
    }
}

/// A repeated call is on its way like a first one: that nothing is there yet says nothing before it is over.
#[tokio::test]
async fn a_repeated_call_that_arrives_late_makes_no_second_post() {
    let d = desk(&["simulator"]).await;
    let (post, begun) = d.call_begun("Clinic opens at 8").await;
    // Nothing can be read; the repeated call gets no answer.
    d.goes_wrong(Fault::DropBefore, 1, None);
    d.goes_wrong(Fault::RevokedToken, 0, None);
    d.it_is_over().await;
    d.app.practice.clear_faults();
    d.app.advance(MINUTE / 6);
    d.app.drain().await;
    begun.arrives().await;
    d.live_on().await;
    assert_eq!((d.second(post).await.state.as_str(), d.out("Clinic")), ("sent", 1));
}

/// Who withdrew something is told where it still stands.
#[tokio::test]
async fn what_cannot_be_taken_down_or_corrected_is_on_the_desk() {
    let d = desk(&["simulator"]).await;
    let cookie = d.app.sign_in("dorji.wangchuk@example.bt").await;
    for (fault, corrected) in [(Fault::RevokedToken, false), (Fault::RevokedToken, true), (Fault::DropBefore, false)] {
        let text = format!("Clinic opens at 8 {fault:?} {corrected}");
        let post = d.approved(&text, None).await.id;
        d.app.drain().await;
        d.goes_wrong(fault, 0, None);
        if corrected {
            d.corrected(post, "Clinic opens at 9").await;
        } else {
            posts::withdraw(&d.approver.cx, post, "It was a mistake").await.unwrap();
        }
        d.app.drain().await;
        d.live_on().await;
        assert_eq!(d.second(post).await.state, "sent", "{text}");
        let link = format!("/posts/{post}/deliveries");
        for lang in ["en", "dz"] {
            let desk = d.app.browse(&cookie, &format!("/desk?lang={lang}")).await.expect(200).body;
            assert!(desk.contains(&link), "{text}: {desk}");
        }
        let now = d.second(post).await;
        let page = d.app.browse(&cookie, &format!("{link}?lang=en")).await.expect(200).body;
        assert_eq!(page.contains("still out, not removed yet"), !corrected, "{text}: {page}");
        let (account, again) = (format!("/accounts/{}", now.account_id), "next try");
        assert!(page.contains(if now.problem.is_empty() { again } else { &account }), "{text}: {page}");
        d.app.practice.clear_faults();
        if !now.problem.is_empty() {
            actions::retry(&d.approver.cx, now.id).await.unwrap();
        }
        d.app.drain().await;
        d.live_on().await;
        let desk = d.app.browse(&cookie, "/desk?lang=en").await.expect(200).body;
        assert!(!desk.contains(&link), "{text}: it was done: {desk}");
    }
}
