//! Pages of the posts slice.
mod choices;
pub mod compose;
pub mod list;
pub mod one;
mod parts_form;
pub mod picture;
pub mod recording;
mod recording_form;
