//! The public site: what the government says, where, and who it is. It reads the views the slices above publish, owns no
//! table, sets no cookie of its own and runs no script.
//!
//! The page of a post asks everything in one trip to the database and is tagged by its bytes, so that a reader who comes
//! back is sent nothing anew. A withdrawn post answers 410 with a page that says so, why and since when: programs drop
//! it, people learn of it, and what was said under it stays readable.
mod pages;
mod store;
#[cfg(test)]
mod tests;
mod text;

use ground::slice::{Needs, Slice, get};
use ground::words;

pub fn slice() -> Slice {
    Slice::new("public_site")
        .page(get("/", pages::front::show), Needs::Nothing)
        .page(get("/p/{id}", pages::post::show), Needs::Nothing)
        .page(get("/agencies/{code}", pages::agency::show), Needs::Nothing)
        .page(get("/search", pages::search::show), Needs::Nothing)
        .page(get("/about", pages::site::about), Needs::Nothing)
        .page(get("/transparency", pages::transparency::show), Needs::Nothing)
        .file(get("/feed.atom", pages::feeds::atom))
        .file(get("/feed.rss", pages::feeds::rss))
        .file(get("/agencies/{code}/feed.atom", pages::feeds::agency_atom))
        .file(get("/agencies/{code}/feed.rss", pages::feeds::agency_rss))
        .file(get("/robots.txt", pages::site::robots))
        .file(get("/sitemap.xml", pages::site::sitemap))
        .queries(store::ALL)
        .words(words!("public_site"))
}
