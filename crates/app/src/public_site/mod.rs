//! The public site: what the government says, where, and who it is. It reads the views the slices above publish, owns no
//! table, sets no cookie and runs no script.
mod pages;
mod store;
#[cfg(test)]
mod tests;

use ground::slice::{Needs, Slice, get};
use ground::words;

pub fn slice() -> Slice {
    Slice::new("public_site")
        .page(get("/agencies/{code}", pages::agency::show), Needs::Nothing)
        .queries(store::ALL)
        .words(words!("public_site"))
}
