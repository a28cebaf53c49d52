//! What posts cost, and the most an account may spend in a month: some platforms bill each post. A lead states what one costs
//! and where it ends. A post that would go over the limit does not leave, and a person is told. The place for it is taken in
//! the transaction that begins the call, so that two at once cannot both have the last one, and given back when it is certain
//! that nothing came of it.
mod actions;
pub mod api;
pub mod pages;
mod row;
mod rules;

pub use actions::{give_back, take};
pub use row::{Limit, Spent};
