//! Publishing: each approved post goes to each of its accounts exactly once — or a person is told that nobody knows.
//!
//! An attempt is written down before its call is made, with its key and the moment from which it can no longer be on its
//! way. What never left is sent again; what may have arrived is looked for on the platform; what cannot be found out is
//! shown as unconfirmed and decided by a person. Withdrawal and sending hold the same row, so nothing leaves after a
//! withdrawal was confirmed.
//!
//! waiting → sent | failed | unconfirmed | cancelled; sent → (edited) → taken-down.
//! Facts: `delivery.sent`, `delivery.edited`, `delivery.taken-down`, `delivery.cancelled`, `delivery.failed`,
//! `delivery.unconfirmed`, and `delivery.confirmed` when a person looked.
//!
//! What follows a post is a delivery for each part, made as an answer to the part before when that one is out (`parts.rs`); our
//! own channels show all of it as one text.
//!
//! An account that the program has no way to is written to by a person: the approved words are handed over as a task and
//! its outcome is what the person says (`by_hand/`): `delivery.handed-over`, `delivery.hand-over-ended`.
//!
//! Everything outgoing is stopped at once by a freeze, of an agency or of the whole government (`freeze/`):
//! `publishing.frozen`, `publishing.thawed`.
//!
//! What should have left and has not is on the desk from the second minute on, and told to the leads: `delivery.late`.
//!
//! A server that does not answer is left alone for a while that grows, then tried by one (`away/`):
//! `publishing.server-away`, `publishing.server-back`.
//!
//! Where a platform bills each post, a lead states what one costs and the most a month may cost; what would go over it does
//! not leave (`spending/`): `publishing.limit-set`, `publishing.limit-lifted`.
//!
//! What stands on an account and was not posted through the program is found by a look at each hour and explained or taken
//! over by an officer (`outside/`): `publishing.outside-watched` from the first look on, `publishing.outside-found`,
//! `publishing.outside-explained`, `publishing.outside-adopted`.
//!
//! Where this process runs the practice network, people train on it (`practice/`): what goes wrong there, and what a citizen might
//! write: `publishing.practice-fault-set`, `publishing.practice-cleared`, `publishing.practice-written`.
mod actions;
mod api;
mod away;
mod begun;
mod by_hand;
mod content;
mod controls;
mod delivery;
mod facts;
mod freeze;
mod late;
mod outcome;
mod outside;
mod own;
mod pages;
mod parts;
mod practice;
mod ready;
mod rules;
mod send;
mod settle;
mod site;
mod spending;
mod store;
#[cfg(test)]
mod tests;
mod turned;
mod why;

pub use actions::send_answer;
pub use away::pages::rows as servers_away;
pub use away::rests;
pub use delivery::{SENT, TAKEN_DOWN, UNCONFIRMED, WAITING};
pub use facts::{
    DeliveryCancelled, DeliveryConfirmed, DeliveryEdited, DeliveryFailed, DeliverySent, DeliveryTakenDown,
    DeliveryUnconfirmed,
};
pub use freeze::on as freezes;
pub use late::waiting as late;
pub use site::SitePost;
pub use store::by_hand::open as by_hand_open;
pub use store::fill;
pub use store::of_post as deliveries_of;
pub use store::outside::oldest_open as outside_open;
pub use store::{attention, find, of_remote, site_post, states_of};

use crate::ledger::load;
use crate::people::roles;
use crate::posts::{PostApproved, PostWithdrawn};
use ground::clock::{HOUR, MINUTE, SECOND};
use ground::slice::{Finding, Needs, Slice, delete, get, post};
use ground::{Ctx, Result, migrations, words};

/// The practice network this process runs, for making things go wrong in demonstrations and tests.
pub struct PracticeControl(pub std::sync::Arc<connect::simulator::Simulator>);

pub fn slice() -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let decide = Needs::May(roles::APPROVE_POSTS);
    let slice = practice_routes(spending_routes(away_routes(freeze_routes(Slice::new("publishing")))));
    by_hand_routes(outside_routes(slice))
        .migrations(
            migrations!("publishing" => "0001_deliveries.sql", "0002_states.sql", "0003_out.sql", "0004_outside.sql", "0005_by_hand.sql", "0006_freeze.sql", "0007_late.sql", "0008_away.sql", "0009_urgent.sql", "0010_spending.sql", "0011_parts.sql", "0012_begun.sql", "0013_paid_and_stuck.sql", "0014_stops_of_before.sql", "0015_parts_out.sql"),
        )
        .on::<PostApproved, _, _, _, _>("publishing.schedule", load::<PostApproved>, actions::schedule)
        .on::<PostWithdrawn, _, _, _, _>("publishing.withdraw", load::<PostWithdrawn>, actions::withdraw)
        .job::<send::StepJob>()
        .sweep("publishing.watch", 30 * SECOND, actions::watch)
        .sweep("publishing.late", 30 * SECOND, late::tell)
        .sweep("publishing.servers", MINUTE, away::ask)
        .page(get("/posts/{id}/deliveries", pages::deliveries), see)
        .page(get("/answers/{id}/delivery", pages::answer), see)
        .page(post("/deliveries/{id}/confirmation", pages::confirm), decide)
        .page(post("/deliveries/{id}/retry", pages::retry), decide)
        .api(
            get("/api/v1/posts/{id}/deliveries", api::list)
                .doc("What became of a post on each of its accounts")
                .gives::<crate::shell::api::Listed<api::DeliveryView>>(200),
            see,
        )
        .api(
            get("/api/v1/replies/{id}/delivery", api::of_answer)
                .doc("What became of a reply on its platform")
                .gives::<api::DeliveryView>(200),
            see,
        )
        .api(
            post("/api/v1/deliveries/{id}/confirmation", api::confirm)
                .doc("Say whether an unconfirmed post is there")
                .takes::<api::Confirmation>()
                .gives::<api::DeliveryView>(200),
            decide,
        )
        .api(
            post("/api/v1/deliveries/{id}/retry", api::retry)
                .doc("Try again what failed")
                .gives::<api::DeliveryView>(200),
            decide,
        )
        .fact::<DeliverySent>()
        .fact::<DeliveryEdited>()
        .fact::<DeliveryTakenDown>()
        .fact::<DeliveryCancelled>()
        .fact::<DeliveryFailed>()
        .fact::<DeliveryUnconfirmed>()
        .fact::<DeliveryConfirmed>()
        .fact::<facts::ServerAway>()
        .fact::<facts::ServerBack>()
        .fact::<facts::DeliveryLate>()
        .fact::<facts::Frozen>()
        .fact::<facts::Thawed>()
        .fact::<facts::LimitSet>()
        .fact::<facts::LimitLifted>()
        .fact::<facts::HandedOver>()
        .fact::<facts::HandedOverEnded>()
        .fact::<facts::OutsideWatched>()
        .fact::<facts::OutsideFound>()
        .fact::<facts::OutsideExplained>()
        .fact::<facts::OutsideAdopted>()
        .controls(controls::ALL)
        .queries(store::ALL)
        .queries(store::out::ALL)
        .queries(store::outside::ALL)
        .queries(store::by_hand::ALL)
        .queries(store::freeze::ALL)
        .queries(store::late::ALL)
        .queries(store::away::ALL)
        .queries(store::spending::ALL)
        .words(words!("publishing"))
        .verify(verify)
}

fn practice_routes(slice: Slice) -> Slice {
    // Of which agency the account is decides who may: the action looks.
    let (see, train) = (Needs::May(roles::SEE_DESK), Needs::May(roles::ANSWER_MESSAGES));
    slice
        .fact::<facts::PracticeFault>()
        .fact::<facts::PracticeCleared>()
        .fact::<facts::PracticeWritten>()
        .page(get("/practice", practice::pages::list), see)
        .nav(55, "/practice", "publishing-practice-nav", "practice", see)
        .only_where(practice::is_there)
        .page(post("/practice/{id}/faults", practice::pages::set_fault), train)
        .page(post("/practice/{id}/faults/removal", practice::pages::clear), train)
        .page(post("/practice/{id}/comments", practice::pages::write), train)
        .api(
            get("/api/v1/practice-accounts", practice::api::list)
                .doc("What stands on the practice network for accounts of your agencies, and what will go wrong there")
                .gives::<crate::shell::api::Listed<practice::api::TrainedView>>(200),
            see,
        )
        .api(
            post("/api/v1/practice-accounts/{id}/faults", practice::api::set_fault)
                .doc("Let the next calls of a practice account go wrong, for training")
                .takes::<practice::api::NewFault>()
                .gives::<practice::api::TrainedView>(200),
            train,
        )
        .api(
            post("/api/v1/simulator/faults", api::fault)
                .doc("Let the practice network go wrong (demonstrations and tests only)")
                .takes::<api::NewFault>()
                .gives::<api::NewFault>(201),
            Needs::SignedIn,
        )
        .api(
            delete("/api/v1/practice-accounts/{id}/faults", practice::api::clear)
                .doc("Let nothing go wrong for a practice account any more"),
            train,
        )
        .api(
            post("/api/v1/practice-accounts/{id}/comments", practice::api::write)
                .doc("Write to a practice account as a citizen might, to train answering")
                .takes::<practice::api::NewComment>()
                .gives::<practice::api::TrainedView>(201),
            train,
        )
}

fn away_routes(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    slice.page(get("/publishing/servers", away::pages::list), see).api(
        get("/api/v1/servers-away", away::api::list)
            .doc("Servers of platforms that do not answer at the moment, where your agencies have accounts")
            .gives::<crate::shell::api::Listed<away::api::AwayView>>(200),
        see,
    )
}

fn spending_routes(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let set = Needs::May(roles::APPROVE_ACCOUNTS);
    slice
        .page(get("/publishing/spending", spending::pages::list), see)
        .nav(54, "/publishing/spending", "publishing-spending-nav", "spending", set)
        .page(post("/publishing/spending/{id}", spending::pages::set), set)
        .page(post("/publishing/spending/{id}/lifting", spending::pages::lift), set)
        .api(
            get("/api/v1/accounts/{id}/spending-limit", spending::api::read)
                .doc("What a post of an account costs, the most it may spend in a month, and what it has")
                .gives::<spending::api::LimitView>(200),
            see,
        )
        .api(
            post("/api/v1/accounts/{id}/spending-limit", spending::api::set)
                .doc("State what a post costs and the most a month may cost; what would go over it does not leave")
                .takes::<spending::api::NewLimit>()
                .gives::<spending::api::LimitView>(200),
            set,
        )
}

fn freeze_routes(slice: Slice) -> Slice {
    // Which agency is meant, or all, decides who may: the action looks.
    let see = Needs::May(roles::SEE_DESK);
    slice
        .job::<freeze::Thaw>()
        .sweep("publishing.go-on", MINUTE, freeze::look)
        .page(get("/publishing/freeze", freeze::pages::list), see)
        .page(post("/publishing/freeze", freeze::pages::freeze), see)
        .page(post("/publishing/freeze/{id}/thaw", freeze::pages::thaw), see)
        .nav(49, "/publishing/freeze", "publishing-freeze-nav", "stop", see)
        .api(
            get("/api/v1/freezes", freeze::api::list)
                .doc("What is stopped now: of your agencies, and of the whole government")
                .gives::<crate::shell::api::Listed<freeze::api::FreezeView>>(200),
            see,
        )
        .api(
            post("/api/v1/freezes", freeze::api::freeze)
                .doc("Stop everything outgoing of an agency, or of the whole government; no call begins after the answer")
                .takes::<freeze::api::NewFreeze>()
                .gives::<freeze::api::FreezeView>(201),
            see,
        )
        .api(
            post("/api/v1/freezes/{id}/thaw", freeze::api::thaw)
                .doc("Let it go on")
                .takes::<freeze::api::Why>()
                .gives::<freeze::api::FreezeView>(200),
            see,
        )
}

fn by_hand_routes(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    slice
        .page(get("/publishing/by-hand", by_hand::pages::list), see)
        .page(get("/publishing/by-hand/{id}", by_hand::pages::one), see)
        .page(post("/publishing/by-hand/{id}", by_hand::pages::finish), see)
        .page(post("/publishing/by-hand/{id}/refusal", by_hand::pages::refuse), see)
        .api(
            get("/api/v1/hand-overs", by_hand::api::list)
                .doc("What a person is asked to put on accounts of your agencies that the program has no way to, longest asked first")
                .gives::<crate::shell::api::Listed<by_hand::api::TaskView>>(200),
            see,
        )
        .api(
            get("/api/v1/deliveries/{id}/hand-over", by_hand::api::one)
                .doc("The newest task of a delivery")
                .gives::<by_hand::api::TaskView>(200),
            see,
        )
        .api(
            post("/api/v1/deliveries/{id}/hand-over", by_hand::api::finish)
                .doc("Say that a task is done, and where it stands")
                .takes::<by_hand::api::Done>()
                .gives::<by_hand::api::TaskView>(200),
            see,
        )
        .api(
            post("/api/v1/deliveries/{id}/hand-over/refusal", by_hand::api::refuse)
                .doc("Say that a task cannot be done, and why")
                .takes::<by_hand::api::Refused>()
                .gives::<by_hand::api::TaskView>(200),
            see,
        )
}

fn outside_routes(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let decide = Needs::May(roles::APPROVE_POSTS);
    slice
        .job::<outside::Look>()
        .sweep("publishing.outside", HOUR, outside::look)
        .page(get("/publishing/outside", outside::pages::list), see)
        .page(get("/publishing/outside/{id}", outside::pages::one), see)
        .page(post("/publishing/outside/{id}/explanation", outside::pages::explain), decide)
        .page(post("/publishing/outside/{id}/adoption", outside::pages::adopt), decide)
        .api(
            get("/api/v1/outside-posts", outside::api::list)
                .doc("Posts on accounts of your agencies that were not made through this program, newest first")
                .query::<outside::api::OutsideFilter>()
                .gives::<crate::shell::api::Listed<outside::api::OutsideView>>(200),
            see,
        )
        .api(
            post("/api/v1/outside-posts/{id}/explanation", outside::api::explain)
                .doc("Say how a post from outside came to be there")
                .takes::<outside::api::Why>()
                .gives::<outside::api::OutsideView>(200),
            decide,
        )
        .api(
            post("/api/v1/outside-posts/{id}/adoption", outside::api::adopt)
                .doc("Take a post from outside over as the agency's own, with the reason")
                .takes::<outside::api::Why>()
                .gives::<outside::api::OutsideView>(200),
            decide,
        )
}

/// No post of a platform is claimed by two deliveries.
async fn verify(cx: Ctx) -> Result<Vec<Finding>> {
    let twice = store::claimed_twice(cx.db()).await?.into_iter();
    let found = twice.map(|(account, remote)| Finding {
        place: format!("account {account}, remote post {remote}"),
        what: "two deliveries claim it".into(),
    });
    Ok(found.collect())
}
