//! Records: the ledger as people read it. Who may read an agency's records sees what happened there, in words, with the
//! place each act has in the public log and the proof of it; the story of one post or account from its first day; a table to
//! take away.
//!
//! Sign-ins are for whoever oversees the whole government: an agency's own readers are not told when their colleagues
//! come and go.
mod api;
mod pages;
mod reading;
mod table;
#[cfg(test)]
mod tests;

use crate::people::roles::READ_RECORDS;
use crate::shell::api::Listed;
use ground::slice::{Control, Criterion, Needs, Slice, get};
use ground::words;

const CONTROLS: &[Control] = &[Control {
    id: "records-open",
    obligations: &["P6.2-CM10"],
    shown_by: "every act is listed with its place in the public log; its proof can be taken away and checked anywhere",
    page: "/records",
    criterion: Criterion::Built,
}];

pub fn slice() -> Slice {
    let read = Needs::May(READ_RECORDS);
    Slice::new("records")
        .page(get("/records", pages::list), read)
        .page(get("/records.csv", table::download), read)
        .api(
            get("/api/v1/facts", api::list)
                .doc("What happened in the agencies whose records you may read, newest first")
                .query::<api::FactFilter>()
                .gives::<Listed<api::FactView>>(200),
            read,
        )
        .api(get("/api/v1/facts/{id}", api::read).doc("One fact").gives::<api::FactView>(200), read)
        .api(
            get("/api/v1/facts/{id}/proof", api::proof)
                .doc("Its entry in the public log, the proof that it is there, and what opens its commitments")
                .gives::<api::ProofView>(200),
            read,
        )
        .controls(CONTROLS)
        .words(words!("records"))
        .nav(70, "/records", "records-nav", "records", read)
}
