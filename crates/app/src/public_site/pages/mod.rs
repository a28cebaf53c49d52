//! Pages of the public site.
pub mod agency;
