//! The public page of a show, its feed, and where an agency describes it.
pub mod desk;
pub mod feed;
pub mod public;
