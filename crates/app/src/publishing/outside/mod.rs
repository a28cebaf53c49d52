//! What stands on an account of ours and was not posted through the program. Once an hour each live account whose
//! platform lists its own posts is read on from a cursor; what no delivery of ours claims is kept, and an officer explains it
//! or takes it over as the agency's own, with the reason. The first look only says where to begin: what was there before the account
//! was connected is not looked at.
//!
//! open → explained | adopted.
mod actions;
pub mod api;
pub mod judging;
mod look;
pub mod pages;
mod post;
mod rules;

pub use look::{Look, look};
pub use post::OutsidePost;

use crate::accounts::{self, Account};
use connect::Connector;
use ground::{Ctx, Result};
use std::sync::Arc;

/// The connector of a live account, if it lists what stands there and the program has the key.
fn listing(cx: &Ctx, account: &Account) -> Result<Option<Arc<dyn Connector>>> {
    // Nobody answers for what stands on an account for practice.
    let looked_at = account.publishes() && accounts::counts(cx, &account.platform);
    let connector = accounts::connector_of(cx, &account.platform)?;
    Ok(connector.filter(|c| looked_at && c.capabilities().lists_own))
}
