//! What each figure means: what is counted, from which facts, over which time, and what it says of people, which is nothing.
use super::counting::KINDS;
use crate::inbox::{AnswerSent, MessageReceived};
use crate::moderation::ModerationDecided;
use crate::posts::PostApproved;
use crate::publishing::{DeliveryFailed, DeliverySent, DeliveryTakenDown, DeliveryUnconfirmed};
use ground::facts::Fact;

/// The definition of one figure.
pub struct Definition {
    pub figure: &'static str,
    /// The word of its name, and of its meaning.
    pub word: &'static str,
    pub means: &'static str,
    /// The facts it is counted from.
    pub from: &'static [&'static str],
}

macro_rules! defined { ($($figure:literal: $($fact:ty),+;)*) => { &[$(Definition {
    figure: $figure, word: concat!("metrics-", $figure), means: concat!("metrics-means-", $figure), from: &[$(<$fact as Fact>::KIND),+],
}),*] } }

/// In the order they are shown: what is counted, then how long people waited.
pub const ALL: &[Definition] = defined! {
    "sent": DeliverySent;
    "failed": DeliveryFailed;
    "unconfirmed": DeliveryUnconfirmed;
    "taken-down": DeliveryTakenDown;
    "corrections": PostApproved;
    "comments": MessageReceived;
    "answers": AnswerSent;
    "decisions": ModerationDecided;
    "median": AnswerSent, MessageReceived;
    "p90": AnswerSent, MessageReceived;
};

/// Nothing is counted that has no meaning written down.
const _: () = assert!(ALL.len() == KINDS.len() + 2);
