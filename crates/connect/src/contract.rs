//! One suite for every connector, over real sockets: what each promises, and what each says when the network misbehaves.
mod answers;
mod bench;
mod between;
mod chains;
mod faults;
mod films;
mod hostile;
mod rereads;
mod skew;
mod stored;

pub(crate) use bench::{Bench, Server, benches, film, free_port};

use crate::simulator::{Fault, SetFault};
use crate::*;
use bench::{picture, post};

#[tokio::test]
async fn publishes_answers_edits_counts_and_removes() {
    for b in benches().await.iter().filter(|b| b.connector.capabilities().publishes) {
        let (name, c, to) = (b.platform(), &b.connector, &b.access);
        let me = c.whoami(to).await.unwrap();
        assert_eq!(me.account_id, b.access.remote_account_id, "{name}");
        assert_eq!(c.resolve(&b.access, &me.handle).await, Ok(Some(me.account_id.clone())), "{name}");
        let illustrated = b.illustrated("Bridge open again https://example.org/bridge");
        assert!(c.problems(&illustrated).is_empty(), "{name}");
        let types = c.capabilities().image_types;
        let takes_png = types.is_empty() || types.iter().any(|t| t == "image/png");
        let is_best = |m: &Media| (m.mime == "image/png") == takes_png;
        assert!(illustrated.media.iter().all(is_best), "{name}: a PNG where the platform takes one");
        let prepared = b.prepare(&illustrated).await;
        let again: Prepared = serde_json::from_str(&serde_json::to_string(&prepared).unwrap()).unwrap();
        let Verdict::Accepted { remote_id, url } = c.attempt(to, &again, "k-1").await else { panic!("{name}") };
        assert!(url.is_some_and(|u| u.starts_with("http")), "{name}");
        assert_eq!(b.server.texts(), ["Bridge open again https://example.org/bridge"], "{name}");

        let answers_posts = c.capabilities().can_reply && b.server.answers_posts();
        if answers_posts {
            let answer = Post { reply_to: Some(remote_id.clone()), ..post("More at noon") };
            let prepared = b.prepare(&answer).await;
            assert!(matches!(c.attempt(to, &prepared, "k-2").await, Verdict::Accepted { .. }), "{name}");
        }
        if c.capabilities().reads_comments {
            b.a_citizen_answers(&remote_id).await;
        } else {
            let page = c.inbound(to, None).await.unwrap();
            assert_eq!((page.items.len(), page.more), (0, false), "{name}");
        }
        let (words, better) = ("Bridge open again https://example.org/bridge", "Bridge open for light vehicles");
        let edited = kind(&c.edit(to, &remote_id, &b.prepare_edit(&b.post(better)).await).await);
        assert_eq!(edited, if c.capabilities().can_edit { "accepted" } else { "rejected" }, "{name}");
        let stands = if c.capabilities().can_edit { better } else { words };
        assert_eq!(b.server.texts()[0], stands, "{name}");
        if !c.capabilities().can_delete {
            assert_eq!(kind(&c.take_down(to, &remote_id).await), "rejected", "{name}");
            assert_eq!(b.server.texts()[0], stands, "{name}");
            continue;
        }
        for _ in 0..2 {
            let gone = c.take_down(to, &remote_id).await;
            assert!(matches!(gone, Verdict::Accepted { .. }), "{name}: {gone:?}");
        }
        let left: &[&str] = if answers_posts { &["More at noon"] } else { &[] };
        assert_eq!(b.server.texts(), left, "{name}");
        if c.capabilities().has_metrics {
            assert_eq!(c.metrics(to, &remote_id).await, Err(Failure::Gone), "{name}");
        }
    }
}

#[tokio::test]
async fn refuses_what_does_not_fit_and_a_wrong_key() {
    for b in benches().await {
        let (name, c) = (b.platform(), &b.connector);
        if let Some(limit) = c.capabilities().text_limit {
            let long = b.post(&"ཀ".repeat(limit + 1));
            assert_eq!(c.problems(&long)[0].code, "text-too-long", "{name}");
            // The platform says the same, in whichever step it looks.
            let verdict = match c.prepare(&b.access, &long).await {
                Ok(prepared) => c.attempt(&b.access, &prepared, "k").await,
                Err(verdict) => verdict,
            };
            assert!(matches!(verdict, Verdict::Rejected { .. }), "{name}: {verdict:?}");
        }
        let wrong = Access { secret: Secret::new(" "), ..b.access.clone() };
        assert_eq!(c.whoami(&wrong).await, Err(Failure::Unauthorised), "{name}");
        let prepared = Prepared::of(&b.post("hello"), Vec::new());
        if b.connector.capabilities().safety != Safety::TwoPhase {
            assert_eq!(c.attempt(&wrong, &prepared, "k").await, Verdict::Unauthorised, "{name}");
        }
        let nobody = Access { base_url: format!("http://{}", closed_port().await), ..b.access.clone() };
        assert!(matches!(c.attempt(&nobody, &prepared, "k").await, Verdict::NotSent { .. }), "{name}");
        assert!(b.server.texts().is_empty(), "{name}");
    }
}

async fn closed_port() -> std::net::SocketAddr {
    free_port().await.local_addr().unwrap()
}

fn kind(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted { .. } => "accepted",
        Verdict::Pending { .. } => "pending",
        Verdict::Rejected { .. } => "rejected",
        Verdict::NotSent { .. } => "not-sent",
        Verdict::NotReady { .. } => "not-ready",
        Verdict::RateLimited { .. } => "rate-limited",
        Verdict::Unauthorised => "unauthorised",
        Verdict::Unknown { .. } => "unknown",
    }
}

#[tokio::test]
async fn an_outage_is_no_proof_of_anything() {
    for b in benches().await {
        let (out, _) = b.publish("Rain expected", "k0").await;
        let prepared = b.prepare(&b.post("Flood warning")).await;
        b.server.fault(SetFault { times: 0, ..SetFault::once(Fault::Outage) });
        assert_eq!(kind(&b.connector.attempt(&b.access, &prepared, "k").await), "unknown", "{}", b.platform());
        assert_eq!(b.find(&prepared, "k", 0).await, Found::CannotTell, "{}", b.platform());
        if b.connector.capabilities().can_delete {
            let gone = b.connector.take_down(&b.access, &out).await;
            assert_eq!(kind(&gone), "unknown", "{}", b.platform());
        }
        // Uploading is harmless to repeat, so nothing about it is ever unknown.
        if b.connector.capabilities().max_media == 0 && !b.only_recordings() {
            continue;
        }
        let upload = b.connector.prepare(&b.access, &b.illustrated("Flood warning")).await;
        assert!(matches!(upload, Err(Verdict::NotSent { .. })), "{}: {upload:?}", b.platform());
    }
}

#[tokio::test]
async fn two_different_posts_are_two() {
    for b in benches().await {
        let (one, _) = b.publish("First of May", "k1").await;
        let (two, _) = b.publish("Second of May", "k2").await;
        assert_ne!(one, two, "{}", b.platform());
        assert_eq!(b.server.texts(), ["First of May", "Second of May"], "{}", b.platform());
    }
}

/// What was there before is passed over; afterwards everything is listed once, the connector's own and what was posted
/// beside it, oldest first, answers to others too.
#[tokio::test]
async fn what_stands_on_the_account_is_listed_from_the_first_look_on() {
    for b in benches().await {
        let (name, c, to) = (b.platform(), &b.connector, &b.access);
        let own = async |cursor: Option<String>| c.own_posts(to, cursor).await.unwrap();
        b.publish("Before", "k0").await;
        let first = own(None).await;
        assert!(first.items.is_empty() && !first.more, "{name}");
        if !c.capabilities().lists_own {
            // What cannot be listed cannot be read back.
            assert!(c.capabilities().safety != Safety::ReadBack && first.cursor.is_none(), "{name}");
            continue;
        }
        assert!(own(first.cursor.clone()).await.items.is_empty(), "{name}");
        let beside = b.server.beside("By hand <b>&</b> in haste");
        let (ours, _) = b.publish("By the tool", "k1").await;
        b.server.reply(&ours, "Somebody else's words");
        let page = own(first.cursor.clone()).await;
        let ids: Vec<&str> = page.items.iter().map(|p| p.remote_id.as_str()).collect();
        assert_eq!(ids, [beside.as_str(), ours.as_str()], "{name}");
        let post = &page.items[0];
        assert_eq!(post.text, "By hand <b>&</b> in haste", "{name}");
        assert!(
            post.at_us > 1_600_000_000_000_000 && post.url.as_ref().is_some_and(|u| u.starts_with("http")),
            "{name}"
        );
        assert!(own(page.cursor.clone()).await.items.is_empty(), "{name}: the cursor moves on");

        // More than a page: all of it comes, none of it twice.
        let all: Vec<String> = (0..105).map(|n| b.server.beside(&format!("Number {n}"))).collect();
        let (mut seen, mut cursor) = (vec![], page.cursor);
        for _ in 0..9 {
            let page = own(cursor).await;
            seen.extend(page.items.into_iter().map(|p| p.remote_id));
            cursor = page.cursor;
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, all, "{name}");
        b.server.fault(SetFault { times: 0, ..SetFault::once(Fault::Outage) });
        assert!(c.own_posts(to, cursor).await.is_err(), "{name}");
    }
}
