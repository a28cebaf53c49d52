//! The inbox: what people write to an agency — comments on our own site, replies and mentions on the platforms — and what
//! it answers. Reading is idempotent by (account, the platform's id); an answer goes out like a post, exactly once, and
//! takes somebody else's approval unless the role says otherwise.
//!
//! open → answered | closed. Facts: `message.received`, `message.withdrawn`, `message.closed`, `answer.written`,
//! `answer.approved`, `answer.rejected`, `answer.sent`.
mod actions;
mod api;
mod due;
mod facts;
mod message;
mod pages;
mod receive;
mod rules;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{answer, approve, close, see};
pub use due::{Due, due};
pub use facts::{AnswerSent, MessageReceived};
pub use message::{Answer, Message};
pub use receive::comment;
#[cfg(test)]
pub use receive::withdraw;
pub use store::fill;
pub use store::{by_remote, find, oldest_open, set_visibility, to_approve};

use crate::ledger::load;
use crate::people::roles;
use crate::publishing::{DeliveryConfirmed, DeliveryFailed, DeliverySent, DeliveryUnconfirmed};
use ground::clock::MINUTE;
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
        shown_by: "every message is a row and a fact with the hash of its words, read once by the platform's id",
        page: "/inbox",
        criterion: Criterion::Built,
    },
];

pub fn slice() -> Slice {
    routes(Slice::new("inbox"))
        .migrations(migrations!("inbox" => "0001_messages.sql", "0002_comments.sql"))
        .on::<DeliverySent, _, _, _, _>("inbox.delivered", load::<DeliverySent>, actions::delivered)
        .on::<DeliveryFailed, _, _, _, _>("inbox.not-delivered", load::<DeliveryFailed>, actions::not_delivered)
        .on::<DeliveryUnconfirmed, _, _, _, _>(
            "inbox.not-confirmed",
            load::<DeliveryUnconfirmed>,
            actions::not_confirmed,
        )
        .on::<DeliveryConfirmed, _, _, _, _>("inbox.confirmed", load::<DeliveryConfirmed>, actions::confirmed)
        .job::<receive::Fetch>()
        .sweep("inbox.look", MINUTE, receive::look)
        .fact::<facts::MessageReceived>()
        .fact::<facts::MessageWithdrawn>()
        .fact::<facts::MessageClosed>()
        .fact::<facts::AnswerWritten>()
        .fact::<facts::AnswerApproved>()
        .fact::<facts::AnswerRejected>()
        .fact::<facts::AnswerSent>()
        .controls(CONTROLS)
        .queries(store::ALL)
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
