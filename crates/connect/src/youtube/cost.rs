//! What calls cost, in YouTube's units. A project of Google's has [`A_DAY`] of them until midnight Pacific time, and
//! uploads are counted by themselves; a larger quota is asked for with the audit.
//!
//! Source: “Quota Calculator” and the pages of the single methods. Google has changed these numbers more than once: an
//! upload was 1,600 units of the one quota for years. They are told to people; nothing is counted by them here.

/// Units of a project in a day.
pub const A_DAY: u32 = 10_000;
/// Uploads of films in a day, beside the units.
pub const FILMS_A_DAY: u32 = 100;
/// Any list: of videos, channels, comments.
pub const LIST: u32 = 1;
/// Making a video public, changing its words or removing it; writing, hiding or removing a comment.
pub const WRITE: u32 = 50;
/// One language of captions.
pub const CAPTIONS: u32 = 400;
