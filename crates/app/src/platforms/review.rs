//! What a review of a platform is, and what follows from it.
use super::form::Form;
use crate::policy::{Platform, PlatformStatus};
use ground::{Error, Result, record};

/// The agency number of a review that is made for the whole government.
pub const NATION: i64 = 0;

record! {
    /// `agency_id` is `NATION` for a national review; `base_id` is the national review an agency adapted. What was
    /// written is never changed: a later review stands beside it, with the next `number`.
    pub struct Review { id: i64, platform: String, agency_id: i64, base_id: Option<i64>, terms_id: Option<i64>, number: i64, state: String, form: String, content_hash: String, written_by: i64, written_at: i64, decided_by: Option<i64>, decided_at: Option<i64>, reason: String, conditions: String, valid_until: Option<i64>, review_at: Option<i64>, ended_at: Option<i64>, version: i64 }
}

record! {
    /// The terms of use of a platform as they were on a day. `effect` says what a change means: none, or a new review.
    pub struct Terms { id: i64, platform: String, taken_at: i64, source: String, body: String, digest: String, previous_id: Option<i64>, note: String, recorded_by: i64, recorded_at: i64, acknowledged_by: Option<i64>, acknowledged_at: Option<i64>, effect: String, effect_note: String }
}

impl Terms {
    pub fn acknowledged(&self) -> bool {
        self.acknowledged_at.is_some()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Approved,
    Restricted,
    NotApproved,
}

impl Decision {
    pub const ALL: [Decision; 3] = [Decision::Approved, Decision::Restricted, Decision::NotApproved];
    pub fn code(self) -> &'static str {
        match self {
            Decision::Approved => "approved",
            Decision::Restricted => "restricted",
            Decision::NotApproved => "not-approved",
        }
    }
    pub fn parse(code: &str) -> Option<Decision> {
        Decision::ALL.into_iter().find(|d| d.code() == code)
    }
    /// Whether accounts may be opened after it.
    pub fn opens(self) -> bool {
        self != Decision::NotApproved
    }
}

/// Where a platform stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    ToReview,
    Approved,
    Restricted,
    NotApproved,
    /// Was approved, and the review is past its day.
    Expired,
    Retired,
}

impl State {
    pub fn code(self) -> &'static str {
        match self {
            State::ToReview => "to-review",
            State::Approved => "approved",
            State::Restricted => "restricted",
            State::NotApproved => "not-approved",
            State::Expired => "expired",
            State::Retired => "retired",
        }
    }
    pub fn word(self) -> &'static str {
        match self {
            State::ToReview => "platforms-state-to-review",
            State::Approved => "platforms-state-approved",
            State::Restricted => "platforms-state-restricted",
            State::NotApproved => "platforms-state-not-approved",
            State::Expired => "platforms-state-expired",
            State::Retired => "platforms-state-retired",
        }
    }
    pub fn tone(self) -> &'static str {
        match self {
            State::Approved => "good",
            State::Restricted | State::ToReview => "warn",
            State::NotApproved | State::Expired => "bad",
            State::Retired => "",
        }
    }
    pub fn open(self) -> bool {
        matches!(self, State::Approved | State::Restricted)
    }
}

/// What counts for a platform today, and why.
#[derive(Debug, Clone)]
pub struct Standing {
    pub state: State,
    pub conditions: String,
    /// The last moment it counts; without one it comes from the pack and has no end.
    pub until: Option<i64>,
    pub review_at: Option<i64>,
    pub review: Option<i64>,
    /// Whether it is the pack itself that says so: our own site and the practice network.
    pub by_pack: bool,
}

impl Standing {
    /// The day of the next review has come, though the approval still holds.
    pub fn due(&self, now: i64) -> bool {
        self.state.open() && self.review_at.is_some_and(|at| at <= now)
    }
}

impl Review {
    pub fn answers(&self) -> Result<Form> {
        serde_json::from_str(&self.form).map_err(Error::fault)
    }
    pub fn national(&self) -> bool {
        self.agency_id == NATION
    }
    pub fn waits(&self) -> bool {
        self.state == "written"
    }
    /// Where it stands at this time, whether or not the sweep has come by.
    pub fn state_at(&self, now: i64) -> State {
        match self.state.as_str() {
            "approved" | "restricted" if self.valid_until.is_some_and(|until| until <= now) => State::Expired,
            "approved" => State::Approved,
            "restricted" => State::Restricted,
            "not-approved" => State::NotApproved,
            "expired" => State::Expired,
            _ => State::ToReview,
        }
    }
    pub fn word(&self, now: i64) -> &'static str {
        match self.state_at(now) {
            State::ToReview => "platforms-state-written",
            _ if self.ended_at.is_some() => "platforms-state-replaced",
            state => state.word(),
        }
    }
    pub fn tone(&self, now: i64) -> &'static str {
        if self.ended_at.is_some() { "" } else { self.state_at(now).tone() }
    }
    fn standing(&self, now: i64) -> Standing {
        Standing {
            state: self.state_at(now),
            conditions: self.conditions.clone(),
            until: self.valid_until,
            review_at: self.review_at,
            review: Some(self.id),
            by_pack: false,
        }
    }
}

/// Needs no review: our own site, and what is for practice only.
pub fn is_own(platform: &Platform) -> bool {
    platform.kind == "own-site" || is_for_practice(platform)
}

/// The practice network, as itself or in the likeness of a platform.
pub fn is_for_practice(platform: &Platform) -> bool {
    platform.kind == "simulator"
}

/// What counts: the pack for what is our own or gone, otherwise the national review in force, which an agency's own may
/// tighten and never loosen.
pub fn standing(platform: &Platform, national: Option<&Review>, own: Option<&Review>, now: i64) -> Standing {
    let by_pack = |state| Standing {
        state,
        conditions: String::new(),
        until: None,
        review_at: None,
        review: None,
        by_pack: true,
    };
    match platform.status {
        PlatformStatus::Retired => return by_pack(State::Retired),
        PlatformStatus::Approved if is_own(platform) => return by_pack(State::Approved),
        PlatformStatus::Restricted if is_own(platform) => {
            return Standing { conditions: platform.note.clone(), ..by_pack(State::Restricted) };
        }
        _ => {}
    }
    let Some(national) = national else { return Standing { by_pack: false, ..by_pack(State::ToReview) } };
    let mut counts = national.standing(now);
    let Some(own) = own.filter(|_| counts.state.open()).map(|own| own.standing(now)) else { return counts };
    let stricter = |state| match state {
        State::NotApproved => 3,
        State::Expired => 2,
        State::Restricted => 1,
        _ => 0,
    };
    if stricter(own.state) >= stricter(counts.state) {
        let (until, conditions) = (own.until.min(counts.until).or(counts.until), counts.conditions);
        counts = Standing { until, ..own };
        if !conditions.is_empty() && conditions != counts.conditions {
            counts.conditions = [conditions, counts.conditions].join("\n").trim().to_owned();
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(kind: &'static str, status: PlatformStatus) -> Platform {
        let (id, name, note) = ("p".into(), "P".into(), "for training".into());
        let (connector, retired_on, address) = (None, None, None);
        Platform { id, name, kind, connector, status, retired_on, named_by_policy: false, address, note }
    }

    fn review(state: &str, agency_id: i64, until: i64) -> Review {
        Review {
            id: agency_id + 1,
            platform: "p".into(),
            agency_id,
            base_id: None,
            terms_id: None,
            number: 1,
            state: state.into(),
            form: "{}".into(),
            content_hash: String::new(),
            written_by: 1,
            written_at: 0,
            decided_by: Some(2),
            decided_at: Some(0),
            reason: String::new(),
            conditions: format!("as {agency_id} says"),
            valid_until: Some(until),
            review_at: Some(until),
            ended_at: None,
            version: 1,
        }
    }

    #[test]
    fn the_pack_speaks_for_what_is_our_own_or_gone_and_for_nothing_else() {
        let of = |kind, status| standing(&platform(kind, status), None, None, 5).state;
        assert_eq!(of("own-site", PlatformStatus::Approved), State::Approved);
        assert_eq!(of("simulator", PlatformStatus::Restricted), State::Restricted);
        assert_eq!(of("microblog", PlatformStatus::Approved), State::ToReview);
        assert_eq!(of("microblog", PlatformStatus::Retired), State::Retired);
    }

    #[test]
    fn an_agency_may_be_stricter_than_the_nation_and_never_laxer() {
        let p = platform("microblog", PlatformStatus::ToReview);
        for (national, own, wanted) in [
            (Some(("approved", 9)), None, State::Approved),
            (Some(("approved", 5)), None, State::Expired),
            (Some(("approved", 9)), Some(("not-approved", 9)), State::NotApproved),
            (Some(("approved", 9)), Some(("restricted", 9)), State::Restricted),
            (Some(("restricted", 9)), Some(("approved", 9)), State::Restricted),
            (Some(("not-approved", 9)), Some(("approved", 9)), State::NotApproved),
            (Some(("approved", 9)), Some(("approved", 5)), State::Expired),
            (None, Some(("approved", 9)), State::ToReview),
        ] {
            let (n, o) = (national.map(|(s, u)| review(s, NATION, u)), own.map(|(s, u)| review(s, 7, u)));
            assert_eq!(standing(&p, n.as_ref(), o.as_ref(), 5).state, wanted, "{national:?} {own:?}");
        }
        let (n, o) = (review("restricted", NATION, 8), review("restricted", 7, 9));
        let both = standing(&p, Some(&n), Some(&o), 5);
        assert_eq!((both.until, both.conditions.as_str()), (Some(8), "as 0 says\nas 7 says"));
    }
}
