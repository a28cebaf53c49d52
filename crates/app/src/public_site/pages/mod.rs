//! Pages of the public site.
pub mod agency;
mod card;
pub mod feeds;
pub mod front;
pub mod post;
pub mod search;
pub mod site;
mod talk;
pub mod transparency;
