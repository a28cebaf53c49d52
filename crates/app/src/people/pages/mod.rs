//! Pages of the people slice.
pub mod citizen;
pub mod sign_in;
