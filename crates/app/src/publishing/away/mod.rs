//! Servers that do not answer, and accounts whose platform asked to wait. After some calls in a row that reached nobody or
//! came back without an answer, a server is away: nothing is sent to it for a while that grows from half a minute to ten minutes,
//! for all accounts there together; then one delivery tries, and the others go on when it succeeds; where nothing is to be sent
//! there, it is asked now and then. A platform that says when it will listen again is not asked by the other deliveries of that
//! account either. Both are rows, so that a restart does not forget them.
mod actions;
pub mod api;
mod hold;
pub mod pages;

pub use actions::{Way, ask, learn, look, looked, rests};
pub use hold::Hold;
