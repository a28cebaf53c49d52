//! Newsletters: an agency's notices by mail, for people who asked for them. A newsletter is an own channel like the public
//! site: an account of the platform `newsletter`, to which the approved words of a version go, exactly one mailing for each.
//! Each mail of a mailing is a job of its own; whoever got a notice also gets its correction, and is told when it is
//! withdrawn. Where everything of an agency is stopped, the mails that have not left wait until that is lifted.
//!
//! Reading: asked → confirmed by a mail → left, and then nothing of the reader is kept. Every mail says how to leave, also at
//! one click (RFC 8058). No mail tells whether it was read. Facts, without names: `newsletter.made`, `newsletter.done`.
mod actions;
mod api;
mod facts;
mod letter;
mod mailing;
mod pages;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{lift, make, read_for_story, stop};
pub use mailing::{EDIT, Newsletter, SEND, TAKE_DOWN};

use crate::people::roles;
use ground::clock::{HOUR, MINUTE};
use ground::slice::{Needs, Slice, get, post};
use ground::{migrations, words};

pub fn slice() -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    Slice::new("newsletter")
        .migrations(migrations!("newsletter" => "0001_newsletters.sql", "0002_stops.sql"))
        .job::<actions::PartJob>()
        .job::<actions::MailJob>()
        .job::<actions::CloseJob>()
        .sweep("newsletter.forget", HOUR, actions::forget)
        .sweep("newsletter.go-on", MINUTE, actions::go_on)
        .page(get("/agencies/{code}/newsletter", pages::ask_form), Needs::Nothing)
        .page(post("/agencies/{code}/newsletter", pages::ask), Needs::Nothing)
        .page(get("/newsletter/{token}", pages::reader), Needs::Nothing)
        .page(post("/newsletter/{token}", pages::leave), Needs::Nothing)
        .page(post("/newsletter/{token}/confirmation", pages::confirm), Needs::Nothing)
        .page(get("/accounts/{id}/newsletters", pages::list), see)
        .api(
            get("/api/v1/accounts/{id}/newsletters", api::list)
                .doc("Mailings of an agency's newsletter, newest first")
                .query::<api::Before>()
                .gives::<crate::shell::api::Listed<api::NewsletterView>>(200),
            see,
        )
        .api(
            post("/api/v1/subscriptions", api::ask)
                .doc("Ask for an agency's notices by mail")
                .takes::<api::SubscriptionBody>()
                .gives::<api::Asked>(202),
            Needs::Nothing,
        )
        .fact::<facts::NewsletterMade>()
        .fact::<facts::NewsletterDone>()
        .queries(store::ALL)
        .words(words!("newsletter"))
}
