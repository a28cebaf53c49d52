//! A comment read again: as it is, in other words, taken away — and through every fault, which is never a deletion.
use super::{Bench, benches, free_port};
use crate::simulator::{Fault, SetFault};
use crate::*;
use axum::Router;
use axum::http::StatusCode;

impl Bench {
    /// A post, and the comment that somebody wrote below it.
    async fn commented(&self, text: &str) -> Inbound {
        let (c, to) = (&self.connector, &self.access);
        let (out, _) = self.publish("Bridge open again", "k-1").await;
        let first = c.inbound(to, None).await.unwrap();
        self.server.reply(&out, text);
        c.inbound(to, first.cursor).await.unwrap().items.remove(0)
    }
    async fn again(&self, remote_id: &str) -> Result<Again, Failure> {
        self.connector.comment(&self.access, remote_id).await
    }
}

async fn rereading() -> Vec<Bench> {
    benches().await.into_iter().filter(|b| b.connector.capabilities().rereads).collect()
}

#[tokio::test]
async fn who_cannot_be_asked_says_so() {
    for b in benches().await {
        let can = b.connector.capabilities();
        assert!(can.reads_comments || !can.rereads, "{}", can.platform);
        if !can.rereads {
            assert_eq!(b.again("1").await, Ok(Again::NotTold), "{}", can.platform);
        }
    }
}

#[tokio::test]
async fn a_comment_reads_as_it_came_then_as_it_was_changed_and_then_it_is_gone() {
    for b in rereading().await {
        let name = b.connector.capabilities().platform;
        let came = b.commented("Is <b>Wangdue</b> open & safe?").await;
        let is = async || match b.again(&came.remote_id).await {
            Ok(Again::Is(item)) => item,
            other => panic!("{name}: {other:?}"),
        };
        let same = is().await;
        assert_eq!((&same.remote_id, &same.author_id), (&came.remote_id, &came.author_id), "{name}");
        assert_eq!(same.text, came.text, "{name}: what was not changed must not look changed");
        b.server.reply_becomes(&came.remote_id, Some("Is *Trongsa* open > Wangdue?"));
        assert_eq!(is().await.text, "Is *Trongsa* open > Wangdue?", "{name}");
        b.server.reply_becomes(&came.remote_id, None);
        assert_eq!(b.again(&came.remote_id).await, Ok(Again::Gone), "{name}");
    }
}

#[tokio::test]
async fn no_fault_is_taken_for_a_deletion() {
    for fault in [Fault::RevokedToken, Fault::Slow, Fault::Outage] {
        for b in rereading().await {
            let at = format!("{fault:?} on {}", b.connector.capabilities().platform);
            let came = b.commented("When?").await;
            let ms = (fault == Fault::Slow).then_some(3000);
            b.server.fault(SetFault { times: 0, ms, ..SetFault::once(fault) });
            let read = b.again(&came.remote_id).await;
            assert!(matches!(&read, Err(f) if *f != Failure::Gone), "{at}: {read:?}");
        }
    }
}

/// A proxy, a parked domain, a server of another kind: they say 404 of everything, and mean nothing by it.
#[tokio::test]
async fn somebody_elses_page_is_no_news_about_a_comment() {
    for b in rereading().await {
        let name = b.connector.capabilities().platform;
        let came = b.commented("When?").await;
        for (status, page) in [(404, "<h1>Not found</h1>"), (410, "{}"), (200, "[]"), (200, "<html>"), (500, "{}")] {
            let listener = free_port().await;
            let base_url = format!("http://{}", listener.local_addr().unwrap());
            let status = StatusCode::from_u16(status).unwrap();
            let app = Router::new().fallback(move || async move { (status, page) });
            let served = tokio::spawn(async move { axum::serve(listener, app).await });
            let to = Access { base_url, ..b.access.clone() };
            let read = b.connector.comment(&to, &came.remote_id).await;
            served.abort();
            assert!(matches!(&read, Err(f) if *f != Failure::Gone), "{name}, {status} {page}: {read:?}");
        }
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_asked_for_nowhere() {
    for b in rereading().await {
        for id in ["", "../me", "1/../2", "a b", "1?x=1", "🦋", &"9".repeat(2000)] {
            let read = b.again(id).await;
            let strange = matches!(&read, Err(Failure::Refused { code, .. }) if code == "strange-id");
            assert!(strange, "{} {id}: {read:?}", b.connector.capabilities().platform);
        }
    }
}
