//! The part of the suite about misbehaviour on the wire: fault by safety class.
use super::{Bench, benches, kind};
use crate::simulator::{Fault, SetFault};
use crate::*;
use ground::clock::Clock;

/// What is expected of a fault: the verdict, and whether the post is out afterwards.
fn expected(fault: Fault) -> (&'static str, usize) {
    match fault {
        Fault::RateLimit => ("rate-limited", 0),
        Fault::ErrorAfterCommit | Fault::DropAfter | Fault::Slow => ("unknown", 1),
        Fault::DropBefore | Fault::Outage => ("unknown", 0),
        Fault::RevokedToken => ("unauthorised", 0),
        Fault::Review | Fault::ReviewRefused => ("pending", 1),
    }
}

impl Bench {
    /// The verdict on a post that meets a fault, what reading back then tells, and that whoever obeys both ends up with one
    /// post exactly.
    pub(super) async fn meets(&self, fault: Fault, post: &Post) {
        let at = format!("{fault:?} on {}", self.platform());
        let since = Clock::system().now();
        let safety = self.connector.capabilities_at(&self.access).await.safety;
        let prepared = self.prepare(post).await;
        self.server.fault(SetFault { ms: (fault == Fault::Slow).then_some(3000), ..SetFault::once(fault) });
        let verdict = self.connector.attempt(&self.access, &prepared, "k").await;
        let (want, out) = expected(fault);
        assert_eq!(kind(&verdict), want, "{at}: {verdict:?}");
        assert_eq!(self.server.texts().len(), out, "{at}");
        assert_eq!(verdict.may_repeat(), want == "rate-limited", "{at}");

        let found = self.find(&prepared, "k", since).await;
        match (safety, out) {
            // What was made ready before can be asked about even there.
            (Safety::Blind, _) if prepared.container.is_none() => assert_eq!(found, Found::CannotTell, "{at}"),
            (_, 0) => assert_eq!(found, Found::No, "{at}"),
            _ => assert!(matches!(found, Found::Yes { .. }), "{at}: {found:?}"),
        }
        // With a key or a container, even an impatient repeat makes no second post.
        if matches!(safety, Safety::Keyed { .. } | Safety::TwoPhase) {
            let again = self.connector.attempt(&self.access, &prepared, "k").await;
            assert_eq!(kind(&again), "accepted", "{at}: {again:?}");
            assert_eq!(self.server.texts().len(), 1, "{at}");
        }
    }
}

#[tokio::test]
async fn fault_matrix() {
    for fault in Fault::ALL {
        for b in benches().await {
            b.meets(fault, &b.post("Landslide at Box Cutting")).await;
        }
    }
}
