//! Podcasts: an agency's sound recordings and films as a show that any podcast program can follow. A podcast is an own channel
//! like the public site and the newsletter: an account of the platform `podcast`. A released post with a recording is an
//! episode of it: the feed names it by a mark that never changes, a correction changes its words, a withdrawal takes it out.
//!
//! The feed is RSS 2.0 with Apple's `itunes:` names and the `podcast:` namespace of podcastindex.org (transcripts).
//! Facts: `podcast.described`, `podcast.episode`.
mod actions;
mod api;
mod facts;
mod pages;
mod show;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{describe, put, take_out};
pub use show::Described;

use crate::people::roles::{REQUEST_ACCOUNTS, SEE_DESK};
use ground::slice::{Needs, Slice, get, patch, post};
use ground::{migrations, words};

/// A picture of the show with what is written about it.
const FORM: usize = 10 * 1024 * 1024 + 65_536;

pub fn slice() -> Slice {
    let see = Needs::May(SEE_DESK);
    let change = Needs::May(REQUEST_ACCOUNTS);
    Slice::new("podcast")
        .migrations(migrations!("podcast" => "0001_podcasts.sql"))
        .page(get("/agencies/{code}/podcast", pages::public::show), Needs::Nothing)
        .file(get("/podcasts/{id}", pages::feed::show))
        .file(get("/podcasts/{id}/artwork", pages::feed::artwork))
        .page(get("/accounts/{id}/podcast", pages::desk::form), see)
        .page(post("/accounts/{id}/podcast", pages::desk::save).upload(FORM), change)
        .api(
            get("/api/v1/accounts/{id}/podcast", api::read)
                .doc("The show that an account of the platform podcast is")
                .gives::<api::ShowView>(200),
            see,
        )
        .api(
            patch("/api/v1/accounts/{id}/podcast", api::change)
                .doc("Describe the show; what is left out stays as it is")
                .takes::<api::ShowChange>()
                .gives::<api::ShowView>(200),
            change,
        )
        .fact::<facts::PodcastDescribed>()
        .fact::<facts::PodcastEpisode>()
        .queries(store::ALL)
        .words(words!("podcast"))
}
