//! The part of the suite for platforms without a public place: they refuse posts and answer people.
use super::*;

#[tokio::test]
async fn without_a_public_place_only_people_who_wrote_are_answered() {
    for b in benches().await {
        let (name, c, to) = (b.platform(), &b.connector, &b.access);
        let Some(message) = b.server.asked() else {
            assert!(c.capabilities().publishes, "{name}");
            continue;
        };
        assert!(!c.capabilities().publishes && c.capabilities().can_reply, "{name}");
        let me = c.whoami(to).await.unwrap();
        assert_eq!(me.account_id, to.remote_account_id, "{name}");
        assert_eq!(c.resolve(to, &me.handle).await, Ok(Some(me.account_id.clone())), "{name}");
        let to_all = post("Bridge open again");
        assert_eq!(c.problems(&to_all)[0].code, "publish-not-possible", "{name}");
        for verdict in [
            c.prepare(to, &to_all).await.map(|p| panic!("{name}: {p:?}")).unwrap_err(),
            c.attempt(to, &Prepared::of(&to_all, Vec::new()), "k-1").await,
        ] {
            let Verdict::Rejected { code, human, .. } = verdict else { panic!("{name}: {verdict:?}") };
            assert!(code == "publish-not-possible" && human.contains("no public place"), "{name}: {human}");
        }
        assert!(b.server.texts().is_empty(), "{name}");

        let answer = Post { reply_to: Some(message), ..post("Yes, since noon") };
        assert!(c.problems(&answer).is_empty(), "{name}");
        let prepared = b.prepare(&answer).await;
        let again: Prepared = serde_json::from_str(&serde_json::to_string(&prepared).unwrap()).unwrap();
        let Verdict::Accepted { remote_id, .. } = c.attempt(to, &again, "k-2").await else { panic!("{name}") };
        assert_eq!(b.server.texts(), ["Yes, since noon"], "{name}");
        let (can, edited) = (c.capabilities(), c.edit(to, &remote_id, &prepared).await);
        let promised = |can: bool| if can { "accepted" } else { "rejected" };
        assert_eq!(kind(&edited), promised(can.can_edit), "{name}");
        assert_eq!(kind(&c.take_down(to, &remote_id).await), promised(can.can_delete), "{name}");
        assert_eq!(kind(&c.hide(to, &remote_id, true).await), promised(can.can_hide), "{name}");
        let page = c.inbound(to, None).await.unwrap();
        assert_eq!((page.items.len(), page.more), (0, false), "{name}");
    }
}
