//! Who may stop everything, and let it go on. Pure.
use super::row::{Freeze, GOVERNMENT};
use crate::people::roles::{OVERSEE, WITHDRAW_POSTS};
use ground::ctx::Actor;
use ground::error::all_or_nothing;
use ground::{Error, Refusal, Result, Say};

/// The longest reason that is taken.
pub const MOST_REASON: usize = 2000;

pub fn may(actor: &Actor, agency: i64) -> bool {
    if agency == GOVERNMENT { actor.may_somewhere(OVERSEE) } else { actor.may(WITHDRAW_POSTS, agency) }
}

fn reasoned(reason: &str) -> Vec<Refusal> {
    let n = reason.trim().chars().count();
    if n == 0 {
        let say = Say::new("publishing-refused-freeze-reason");
        return vec![Refusal::new("no-reason", say).clause("P6.2-RM8").field("reason")];
    }
    if n > MOST_REASON {
        let say = Say::new("publishing-refused-outside-long").arg("limit", MOST_REASON).arg("found", n);
        return vec![Refusal::new("reason-too-long", say).field("reason")];
    }
    vec![]
}

pub fn may_freeze(actor: &Actor, agency: i64, frozen: bool, reason: &str) -> Result<()> {
    if !may(actor, agency) {
        return Err(Error::not_allowed());
    }
    let mut no = reasoned(reason);
    if frozen {
        no.push(Refusal::new("frozen", Say::new("publishing-refused-frozen")).clause("P6.2-RM8"));
    }
    all_or_nothing(no)
}

pub fn may_thaw(actor: &Actor, freeze: &Freeze, reason: &str) -> Result<()> {
    if !may(actor, freeze.agency_id) {
        return Err(Error::not_allowed());
    }
    let mut no = reasoned(reason);
    if !freeze.is_on() {
        no.push(Refusal::new("thawed", Say::new("publishing-refused-thawed")).clause("P6.2-RM8"));
    }
    all_or_nothing(no)
}
