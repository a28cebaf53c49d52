//! The part of the suite for what follows a post: answers of our own, each to the one before it.
use super::*;
use ground::clock::Clock;

/// One is said below a post, another below that: each is taken once, neither comes in as somebody's words, and what is listed
/// of the account is known. They are corrected and taken down like posts.
#[tokio::test]
async fn an_account_answers_its_own_post_and_its_own_answer() {
    for b in benches().await {
        let (name, c, to, can) = (b.platform(), &b.connector, &b.access, b.connector.capabilities());
        let following = |text: &str, to: &str| Post { reply_to: Some(to.to_owned()), ..post(text) };
        let refused = c.problems(&following("More at noon", "")).iter().any(|p| p.code == "reply-not-possible");
        let answers = can.publishes && can.can_reply && b.server.answers_posts();
        assert_eq!(refused, can.publishes && !answers, "{name}: what cannot follow is known before anything is out");
        if !answers {
            continue;
        }
        let begun = c.own_posts(to, None).await.unwrap().cursor;
        let heard = c.inbound(to, None).await.unwrap().cursor;
        let mut ids = vec![b.publish("Bridge closed", "k-1").await.0];
        for (n, text) in [(2, "Light vehicles pass at noon"), (3, "Ask at the gate")] {
            let prepared = b.prepare(&following(text, ids.last().unwrap())).await;
            let since = Clock::system().now();
            let key = format!("k-{n}");
            let verdict = c.attempt(to, &prepared, &key).await;
            let Verdict::Accepted { remote_id, .. } = verdict else { panic!("{name}: {text}: {verdict:?}") };
            assert!(!ids.contains(&remote_id), "{name}: {remote_id}");
            // Lost answers are looked for like those of posts.
            let found = b.find(&prepared, &key, since).await;
            let same = matches!(&found, Found::Yes { remote_id: id, .. } if *id == remote_id);
            let blind = c.capabilities_at(to).await.safety == Safety::Blind && found == Found::CannotTell;
            assert!(same || blind, "{name}: {text}: {found:?}");
            ids.push(remote_id);
        }
        assert_eq!(b.server.texts(), ["Bridge closed", "Light vehicles pass at noon", "Ask at the gate"], "{name}");
        if can.reads_comments {
            let page = c.inbound(to, heard).await.unwrap();
            assert!(page.items.iter().all(|i| ids.contains(&i.remote_id)), "{name}: {:?}", page.items);
        }
        if can.lists_own {
            let listed = c.own_posts(to, begun).await.unwrap().items;
            assert!(listed.iter().all(|p| ids.contains(&p.remote_id)), "{name}: {listed:?} {ids:?}");
        }
        let better = b.prepare_edit(&following("Ask at either gate", &ids[1])).await;
        let verdict = c.edit(to, &ids[2], &better).await;
        let edited = kind(&verdict);
        assert!(edited == "rejected" || (edited == "accepted" && can.can_edit), "{name}: {edited}");
        // Where a correction gives it another id, that is told.
        if let Verdict::Accepted { remote_id, .. } = verdict {
            ids[2] = remote_id;
        }
        let last = if edited == "accepted" { "Ask at either gate" } else { "Ask at the gate" };
        assert_eq!(b.server.texts(), ["Bridge closed", "Light vehicles pass at noon", last], "{name}");
        for (left, id) in (0..3).zip(&ids).rev() {
            let gone = kind(&c.take_down(to, id).await);
            assert_eq!(gone, if can.can_delete { "accepted" } else { "rejected" }, "{name}: {id}");
            assert_eq!(b.server.texts().len(), if can.can_delete { left } else { 3 }, "{name}");
        }
    }
}
