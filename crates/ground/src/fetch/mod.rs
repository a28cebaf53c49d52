//! placeholder
#[derive(Clone, Default)]
pub struct Fetch;
