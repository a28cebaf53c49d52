//! Stopping everything outgoing at once: for an agency by whoever may withdraw its posts, for the whole government by
//! whoever oversees it; lifted by the same, each with a reason and a row.
//!
//! While it holds, no post, no correction and no answer leaves; what is due is parked and says so. Removals still go
//! through: taking something down never does the harm a freeze is for. After it was lifted, what was parked goes on at
//! once; what is more than a day late by then is not sent in silence but shown as failed, for a person to send or leave.
//!
//! The mails of a newsletter follow its call: those that have not left wait in the same way.
//!
//! **Why nothing leaves after a freeze was confirmed.** Each transaction that begins a call first changes the one row of
//! its agency (its gate) and then looks for a freeze. A freeze is written and committed first; then every gate it concerns is
//! changed too, which waits for whoever holds one; only then it is confirmed. A sender that took its gate before us has
//! committed its attempt by the time we have the gate, so it is among those we count as on their way; one that takes it
//! after us looks after our commit and finds the freeze. Gates are made with the delivery, in an earlier transaction than
//! the one that begins its call, so there is none that we could miss. On SQLite there is one writer and nothing to argue.
mod actions;
pub mod api;
pub mod pages;
mod row;
mod rules;

pub use actions::{Thaw, holds, look, on, park, pass};
pub use row::{Freeze, GOVERNMENT};
