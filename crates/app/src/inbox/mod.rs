//! The inbox: what people write to an agency — comments on our own site, replies and mentions on the platforms — and what
//! it answers. Reading is idempotent by (account, the platform's id); an answer goes out like a post, exactly once, and
//! takes somebody else's approval unless the role says otherwise. What a platform tells by a call of its own (`hooks.rs`), signed
//! and heard once, goes the same way as what is fetched.
//!
//! People change what they wrote on a platform, or take it away: what is read again later, or comes again, is kept version by
//! version, and what is gone there stays here. What is there again, brought back by its author or let through after all, wants
//! its answer again.
//!
//! open → answered | closed. Facts: `message.received`, `message.edited`, `message.deleted-there`, `message.back-there`,
//! `message.withdrawn`,
//! `message.closed`, `answer.written`, `answer.approved`, `answer.rejected`, `answer.sent`.
mod actions;
mod again;
mod api;
mod due;
mod facts;
mod hooks;
mod message;
mod pages;
mod receive;
mod rules;
mod store;
#[cfg(test)]
mod tests;
mod versions;

pub use actions::{answer, approve, close, see};
pub use due::{Due, due};
pub use facts::{AnswerSent, MessageReceived};
pub use message::{Answer, DELETED_THERE, Message, is_cut};
pub use receive::comment;
#[cfg(test)]
pub use receive::withdraw;
pub use store::fill;
pub use store::{by_remote, find, oldest_open, set_visibility, to_approve};
pub use versions::{Shown, history, judged, words_hash};

use crate::ledger::load;
use crate::people::roles;
use crate::publishing::{DeliveryConfirmed, DeliveryFailed, DeliverySent, DeliveryUnconfirmed};
use ground::clock::{HOUR, MINUTE};
use ground::slice::{Control, Criterion, Needs, Slice, get, post};
use ground::{migrations, words};

const CONTROLS: &[Control] = &[
    Control {
        id: "inbox-answers",
        obligations: &["P6.2-RS1"],
        shown_by: "every message has a time of receipt, and of its first answer or a reason for none",
        page: "/inbox",
        criterion: Criterion::Built,
    },
    Control {
        id: "inbox-capture",
        obligations: &["P6.2-CM9"],
        shown_by: "every message is a row and a fact with the hash of its words, read once by the platform's id; where a platform lets one be read again, later words are versions and a removal is a fact",
        page: "/inbox",
        criterion: Criterion::Built,
    },
];

pub fn slice() -> Slice {
    routes(Slice::new("inbox"))
        .migrations(
            migrations!("inbox" => "0001_messages.sql", "0002_comments.sql", "0003_versions.sql", "0004_heard.sql", "0005_found.sql"),
        )
        .on::<DeliverySent, _, _, _, _>("inbox.delivered", load::<DeliverySent>, actions::delivered)
        .on::<DeliveryFailed, _, _, _, _>("inbox.not-delivered", load::<DeliveryFailed>, actions::not_delivered)
        .on::<DeliveryUnconfirmed, _, _, _, _>(
            "inbox.not-confirmed",
            load::<DeliveryUnconfirmed>,
            actions::not_confirmed,
        )
        .on::<DeliveryConfirmed, _, _, _, _>("inbox.confirmed", load::<DeliveryConfirmed>, actions::confirmed)
        .job::<receive::Fetch>()
        .job::<again::Reread>()
        .sweep("inbox.look", MINUTE, receive::look)
        .sweep("inbox.again", again::ROUND, again::look)
        .sweep("inbox.forget-calls", HOUR, hooks::forget)
        .file(get("/hooks/{account}/{name}", hooks::call))
        .file(post("/hooks/{account}/{name}", hooks::call))
        .fact::<facts::MessageReceived>()
        .fact::<facts::MessageEdited>()
        .fact::<facts::MessageDeletedThere>()
        .fact::<facts::MessageBackThere>()
        .fact::<facts::MessageWithdrawn>()
        .fact::<facts::MessageClosed>()
        .fact::<facts::AnswerWritten>()
        .fact::<facts::AnswerApproved>()
        .fact::<facts::AnswerRejected>()
        .fact::<facts::AnswerSent>()
        .controls(CONTROLS)
        .queries(store::ALL)
        .queries(store::versions::ALL)
        .queries(store::heard::ALL)
        .words(words!("inbox"))
        .nav(30, "/inbox", "inbox-nav", "inbox", Needs::May(roles::SEE_DESK))
        .few(30, "/inbox", "inbox-few", "inbox", Needs::May(roles::SEE_DESK))
}

fn routes(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let write = Needs::May(roles::ANSWER_MESSAGES);
    let decide = Needs::May(roles::ANSWER_WITHOUT_APPROVAL);
    slice
        .page(get("/inbox", pages::list), see)
        .page(get("/inbox/{id}", pages::one), see)
        .page(post("/inbox/{id}/answers", pages::answer), write)
        .page(post("/inbox/{id}/closure", pages::close), write)
        .page(post("/answers/{id}/approval", pages::approve), decide)
        .page(post("/answers/{id}/rejection", pages::reject), decide)
        .page(post("/p/{id}/comments", pages::comment), Needs::Citizen)
        .page(post("/comments/{id}/removal", pages::remove), Needs::Citizen)
        .api(
            get("/api/v1/messages", api::list)
                .doc("What people wrote to the agencies you work for, newest first")
                .query::<api::MessageFilter>()
                .gives::<crate::shell::api::Listed<api::MessageView>>(200),
            see,
        )
        .api(
            get("/api/v1/messages/{id}", api::read).doc("One message with its answers").gives::<api::MessageView>(200),
            see,
        )
        .api(
            post("/api/v1/messages/{id}/replies", api::answer)
                .doc("Answer it; waits for approval where your role demands one")
                .takes::<api::NewAnswer>()
                .gives::<api::AnswerView>(201),
            write,
        )
        .api(
            post("/api/v1/messages/{id}/closure", api::close)
                .doc("Needs no answer, with a reason")
                .takes::<api::Reason>()
                .gives::<api::MessageView>(200),
            write,
        )
        .api(
            post("/api/v1/replies/{id}/approval", api::approve)
                .doc("Approve exactly these words, by their hash")
                .takes::<api::Seen>()
                .gives::<api::AnswerView>(200),
            decide,
        )
        .api(
            post("/api/v1/replies/{id}/rejection", api::reject)
                .doc("Send the answer back with a reason")
                .takes::<api::SeenWithReason>()
                .gives::<api::AnswerView>(200),
            decide,
        )
        .api(
            post("/api/v1/posts/{id}/comments", api::comment)
                .doc("Comment on a public post, as a citizen")
                .takes::<api::NewComment>()
                .gives::<api::CommentView>(201),
            Needs::Citizen,
        )
}
