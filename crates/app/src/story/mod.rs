//! A small living story for demonstrations and training: three agencies, their people, a week of posts, and what the public says to
//! them. It is told
//! through the same actions people use, each done by the person whose task it is; nothing is written past the rules.
//!
//! The week ends now: the story brings its own clock, and the program goes on from there with the real one.
mod cast;
mod content;
mod picture;
mod review;
mod talk;
mod tell;
#[cfg(test)]
mod tests;
mod voices;

pub use cast::{Cast, Member};
pub use tell::{Stage, tell};

use ground::slice::Slice;

pub fn slice() -> Slice {
    Slice::new("story")
}
