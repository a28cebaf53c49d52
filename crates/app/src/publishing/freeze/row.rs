//! A freeze: who stopped what, when and why, and who let it go on.
use ground::record;

record! {
    /// `agency_id` is [`GOVERNMENT`] where everything is meant.
    pub struct Freeze { id: i64, agency_id: i64, reason: String, frozen_by: i64, frozen_at: i64, thawed_by: Option<i64>, thawed_at: Option<i64>, thaw_reason: String }
}

/// In place of an agency: the whole government.
pub const GOVERNMENT: i64 = 0;

impl Freeze {
    pub fn is_on(&self) -> bool {
        self.thawed_at.is_none()
    }
    pub fn of_all(&self) -> bool {
        self.agency_id == GOVERNMENT
    }
}
