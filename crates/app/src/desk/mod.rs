//! The officers' desk: what waits for this person, by what the person may do and where; and finding posts and messages
//! again. It owns no table: every list is asked of the slice that owns it, a few rows and a count that stops at a hundred.
mod api;
mod calendar;
mod pages;
mod registers;
#[cfg(test)]
mod tests;
mod waiting;

use crate::people::roles::{DRAFT_POSTS, SEE_DESK};
use ground::slice::{Needs, Slice, get, post};
use ground::words;

pub fn slice() -> Slice {
    let see = Needs::May(SEE_DESK);
    Slice::new("desk")
        .page(get("/desk", pages::home::page), Needs::SignedIn)
        .page(get("/posts/calendar", pages::calendar::page), see)
        .page(post("/posts/{id}/schedule", pages::calendar::reschedule), Needs::May(DRAFT_POSTS))
        .page(get("/desk/search", pages::search::page), see)
        .api(
            get("/api/v1/search", api::search)
                .doc("Posts and messages of the agencies you work for that hold these words, newest first")
                .query::<api::Sought>()
                .gives::<crate::shell::api::Listed<api::FoundView>>(200),
            see,
        )
        .words(words!("desk"))
        .nav(0, "/desk", "desk-nav", "desk", Needs::SignedIn)
        .few(0, "/desk", "desk-few", "desk", Needs::SignedIn)
        .nav(20, "/posts/calendar", "desk-calendar", "calendar", see)
        .nav(45, "/desk/search", "desk-nav-search", "search", see)
}
