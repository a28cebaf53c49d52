//! What a person does on an account that the program has no way to: a channel without an interface, a notice board, a
//! radio station, an account whose key was never given. The approved words are handed over as they are, to be copied; whoever
//! put them there says where they stand, or shows a picture of it. A correction and a removal are asked for in the same way.
//! Each task is an attempt like any other, written down first, of which only a person can tell the outcome.
//!
//! open → done | refused | recalled. A task is recalled when the post was corrected or withdrawn meanwhile; whether the
//! earlier words are up is then for a person to say.
mod actions;
pub mod api;
pub mod pages;
mod rules;
mod task;

pub use actions::{ask, recall};
pub use rules::Said;
pub use task::{Task, word};
