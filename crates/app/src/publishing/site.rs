//! A post on our own public site.
use ground::record;

record! {
    pub struct SitePost { post_id: i64, agency_id: i64, account_id: i64, version: i64, state: String, reason: String, published_at: i64, updated_at: i64 }
}

impl SitePost {
    pub fn is_out(&self) -> bool {
        self.state == "out"
    }
}
