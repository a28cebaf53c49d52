//! Pages of the desk.
pub mod calendar;
pub mod home;
pub mod search;
