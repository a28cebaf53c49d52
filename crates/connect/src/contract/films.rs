//! Films on platforms that take other posts as well: out once through every fault, and a post among others then.
use super::{Bench, benches, film, kind, picture, post};
use crate::simulator::{Fault, SetFault};
use crate::*;

impl Bench {
    /// Nothing is said in it: some platforms would have that among the words of the post.
    fn film(&self, text: &str) -> Post {
        Post { recording: Some(Recording { captions: vec![], ..film() }), ..post(text) }
    }
}

async fn takers() -> Vec<Bench> {
    let films = |r: Recordings| !r.needed && r.types.iter().any(|t| t == "video/mp4");
    benches().await.into_iter().filter(|b| b.connector.capabilities().recordings.is_some_and(films)).collect()
}

#[tokio::test]
async fn a_film_goes_out_once_through_every_fault() {
    for fault in Fault::ALL {
        for b in takers().await {
            b.meets(fault, &b.film("Landslide at Box Cutting")).await;
        }
    }
}

#[tokio::test]
async fn a_film_is_a_post_among_others() {
    for b in takers().await {
        let (name, c, to) = (b.platform(), &b.connector, &b.access);
        let first = c.own_posts(to, None).await.unwrap();
        let ready = b.film("Bridge open again");
        assert!(c.problems(&ready).is_empty(), "{name}");
        let prepared = b.prepare(&ready).await;
        let kept: Prepared = serde_json::from_str(&serde_json::to_string(&prepared).unwrap()).unwrap();
        assert!(b.server.texts().is_empty(), "{name}: nobody sees it yet");
        let Verdict::Accepted { remote_id, url } = c.attempt(to, &kept, "k-1").await else { panic!("{name}") };
        assert!(url.is_some_and(|u| u.starts_with("http")), "{name}");
        assert_eq!(b.server.texts(), ["Bridge open again"], "{name}");
        if c.capabilities().lists_own {
            let page = c.own_posts(to, first.cursor).await.unwrap();
            let told: Vec<_> = page.items.iter().map(|p| (p.remote_id.as_str(), p.text.as_str())).collect();
            assert_eq!(told, [(remote_id.as_str(), "Bridge open again")], "{name}");
        }
        if c.capabilities().reads_comments {
            b.a_citizen_answers(&remote_id).await;
        }
        if c.capabilities().can_edit {
            let better = b.prepare_edit(&b.film("Bridge open for light vehicles")).await;
            assert_eq!(kind(&c.edit(to, &remote_id, &better).await), "accepted", "{name}");
            assert_eq!(b.server.texts(), ["Bridge open for light vehicles"], "{name}");
        }
        if c.capabilities().can_delete {
            for _ in 0..2 {
                let gone = c.take_down(to, &remote_id).await;
                assert!(matches!(gone, Verdict::Accepted { .. }), "{name}: {gone:?}");
            }
            assert!(b.server.texts().is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn what_a_platform_does_not_take_is_told_at_once() {
    for b in takers().await {
        let (name, c) = (b.platform(), &b.connector);
        let can = c.capabilities().recordings.unwrap();
        let codes = |post: &Post| c.problems(post).into_iter().map(|p| p.code).collect::<Vec<_>>();
        let bytes = can.bytes.map_or(u64::MAX, |most| most + 1);
        let seconds = can.seconds.map(|most| most + 1);
        let strange = Recording { mime: "video/x-msvideo".into(), bytes, seconds, ..film() };
        let all = codes(&Post { recording: Some(strange), media: vec![picture()], ..b.film("x") });
        let large = all.contains(&"recording-too-large");
        assert!(all.contains(&"recording-type") && all.contains(&"recording-alone"), "{name}: {all:?}");
        assert_eq!(large, can.bytes.is_some(), "{name}: {all:?}");
        assert_eq!(all.contains(&"recording-too-long"), can.seconds.is_some(), "{name}: {all:?}");
    }
}

#[tokio::test]
async fn a_film_that_cannot_be_sent_up_now_is_sent_up_later() {
    for b in takers().await {
        b.server.fault(SetFault { times: 0, ..SetFault::once(Fault::Outage) });
        let upload = b.connector.prepare(&b.access, &b.film("Flood warning")).await;
        assert!(matches!(upload, Err(Verdict::NotSent { .. })), "{}: {upload:?}", b.platform());
    }
}
