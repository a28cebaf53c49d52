//! Pages of the posts slice.
pub mod compose;
pub mod list;
pub mod one;
pub mod picture;
pub mod recording;
mod recording_form;
