//! Pages of the public site.
pub mod agency;
mod card;
pub mod front;
pub mod post;
mod talk;
