//! Training: what stands on the practice network for the accounts of one's agencies, what can be made to go wrong there, and
//! words that a citizen might write. Only where this process runs the network; nothing of it reaches anybody.
mod actions;
pub mod api;
pub mod pages;

use super::PracticeControl;
use connect::simulator::Fault;
use ground::ctx::Machine;

/// Whether there is a network to train on.
pub fn is_there(machine: &Machine) -> bool {
    machine.part::<PracticeControl>().is_ok()
}

/// What can be made to go wrong: its code in the API, its word, and the sentence that says what follows.
const FAULTS: [(Fault, &str, &str, &str); 9] = [
    (Fault::RateLimit, "rate-limit", "publishing-practice-rate-limit", "publishing-practice-rate-limit-hint"),
    (Fault::DropAfter, "drop-after", "publishing-practice-drop-after", "publishing-practice-drop-after-hint"),
    (Fault::DropBefore, "drop-before", "publishing-practice-drop-before", "publishing-practice-drop-before-hint"),
    (
        Fault::ErrorAfterCommit,
        "error-after-commit",
        "publishing-practice-error-after-commit",
        "publishing-practice-error-after-commit-hint",
    ),
    (
        Fault::RevokedToken,
        "revoked-token",
        "publishing-practice-revoked-token",
        "publishing-practice-revoked-token-hint",
    ),
    (Fault::Outage, "outage", "publishing-practice-outage", "publishing-practice-outage-hint"),
    (Fault::Slow, "slow", "publishing-practice-slow", "publishing-practice-slow-hint"),
    (Fault::Review, "review", "publishing-practice-review", "publishing-practice-review-hint"),
    (
        Fault::ReviewRefused,
        "review-refused",
        "publishing-practice-review-refused",
        "publishing-practice-review-refused-hint",
    ),
];
