//! May this happen? Every reason against it at once, each with the clause of the policy behind it.
use super::checks::PartProblem;
use super::part::{self, Part};
use super::post::{Post, State};
use crate::accounts::Side;
use crate::people::roles::{APPROVE_POSTS, DRAFT_POSTS, WITHDRAW_POSTS};
use ground::ctx::{Actor, Right, Who};
use ground::error::{Arg, all_or_nothing};
use ground::{Refusal, Result, Say};

/// The problem of an account that has no public place.
pub const ANSWERS_ONLY: &str = "posts-problem-answers-only";

/// What is known of one account a post is to go to.
#[derive(Debug, Clone, Default)]
pub struct TargetFacts {
    pub name: String,
    pub live: bool,
    pub own: bool,
    /// Our own site, which shows both languages whatever was written for it alone.
    pub site: bool,
    /// On which side of the wall between practice and the world it speaks.
    pub side: Side,
    /// How the platform finds the text and pictures wanting: word key, its limit, what was found.
    pub problems: Vec<(&'static str, i64, i64)>,
    /// The same of what follows.
    pub parts: Vec<PartProblem>,
}

impl TargetFacts {
    /// What is wrong with a part on this account, as people are told.
    pub fn of_part(&self, p: &PartProblem) -> Say {
        let say = Say::new(p.key).arg("account", self.name.as_str()).arg("part", p.part);
        say.arg("limit", p.limit).arg("found", p.found)
    }
}

fn need(no: &mut Vec<Refusal>, actor: &Actor, right: Right, agency: i64) {
    if !actor.may(right, agency) {
        no.push(Refusal::new("not-yours", Say::new("posts-refused-not-yours")));
    }
}

fn version(no: &mut Vec<Refusal>, post: &Post, seen: i64) {
    if post.current.number != seen {
        let say = Say::new("posts-refused-version").arg("now", post.current.number).arg("seen", seen);
        no.push(Refusal::new("stale-version", say).clause("P6.2-CM1"));
    }
}

fn state(no: &mut Vec<Refusal>, post: &Post, allowed: &[State]) {
    if !allowed.contains(&post.state) {
        no.push(Refusal::new(
            "wrong-state",
            Say::new("posts-refused-state").arg("state", Arg::Word(post.state.word())),
        ));
    }
}

pub fn may_edit(actor: &Actor, post: &Post, seen: i64) -> Result<()> {
    let mut no = vec![];
    need(&mut no, actor, DRAFT_POSTS, post.agency);
    version(&mut no, post, seen);
    state(&mut no, post, &[State::Draft, State::Submitted, State::Rejected]);
    if post.released.is_some() {
        no.push(Refusal::new("published", Say::new("posts-refused-published")));
    }
    all_or_nothing(no)
}

/// To another time, which lies ahead.
pub fn may_move(actor: &Actor, post: &Post, seen: i64, at: i64, now: i64) -> Result<()> {
    let mut no = vec![];
    if at <= now {
        no.push(Refusal::new("past-time", Say::new("posts-refused-past")).field("scheduled_at"));
    }
    if let Err(e) = may_edit(actor, post, seen) {
        no.extend(e.refusals().iter().cloned());
    }
    all_or_nothing(no)
}

/// Practice reaches nobody and the world is no practice: a post goes to one of them.
fn wall(no: &mut Vec<Refusal>, targets: &[TargetFacts]) {
    let named = |side: Side| {
        let there = targets.iter().filter(|t| t.side == side);
        there.map(|t| t.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (practice, world) = (named(Side::Practice), named(Side::World));
    if !practice.is_empty() && !world.is_empty() {
        let say = Say::new("posts-refused-wall").arg("practice", practice).arg("world", world);
        no.push(Refusal::new("practice-and-world", say).field("accounts"));
    }
}

/// What the content itself lacks, the same for a submission and a correction.
fn content(no: &mut Vec<Refusal>, post: &Post, targets: &[TargetFacts], now: i64) {
    let v = &post.current;
    if v.text_en.trim().is_empty() {
        no.push(Refusal::new("no-text-en", Say::new("posts-refused-text-en")).field("text_en"));
    }
    if v.text_dz.trim().is_empty() {
        no.push(Refusal::new("no-text-dz", Say::new("posts-refused-text-dz")).field("text_dz").clause("P6.2-AC2"));
    }
    if targets.is_empty() {
        no.push(Refusal::new("no-account", Say::new("posts-refused-no-account")).field("accounts"));
    }
    wall(no, targets);
    for t in targets {
        if !t.own {
            no.push(
                Refusal::new("foreign-account", Say::new("posts-refused-foreign").arg("account", t.name.as_str()))
                    .field("accounts"),
            );
        } else if !t.live {
            let say = Say::new("posts-refused-not-live").arg("account", t.name.as_str());
            no.push(Refusal::new("account-not-live", say).clause("P6.2-AM7").field("accounts"));
        }
        for (key, limit, found) in &t.problems {
            let say = Say::new(key).arg("account", t.name.as_str()).arg("limit", *limit).arg("found", *found);
            let (code, field) = match *key {
                ANSWERS_ONLY => ("answers-only", "accounts"),
                key if key.starts_with("posts-problem-recording") => ("platform-limit", "recording_file"),
                _ => ("platform-limit", "text_en"),
            };
            no.push(Refusal::new(code, say).field(field));
        }
        no.extend(t.parts.iter().map(|p| Refusal::new("platform-limit", t.of_part(p)).field("parts")));
    }
    for (n, _) in part::numbered(&v.parts).filter(|(_, p)| p.is_empty()) {
        no.push(Refusal::new("no-part-text", Say::new("posts-refused-part-empty").arg("part", n)).field("parts"));
    }
    for (i, p) in v.pictures.iter().enumerate() {
        if p.alt_en.trim().is_empty() && p.alt_dz.trim().is_empty() {
            let say = Say::new("posts-refused-alt").arg("n", i + 1);
            no.push(Refusal::new("no-alt-text", say).clause("P6.2-AC1").field("file"));
        }
    }
    if v.recording.as_ref().is_some_and(|r| r.said_en.is_empty() && r.said_dz.is_empty()) {
        no.push(Refusal::new("no-captions", Say::new("posts-refused-captions")).clause("P6.2-AC1").field("said_en"));
    }
    if post.scheduled_at.is_some_and(|at| at <= now) {
        no.push(Refusal::new("past-time", Say::new("posts-refused-past")).field("scheduled_at"));
    }
}

pub fn may_submit(actor: &Actor, post: &Post, seen: i64, targets: &[TargetFacts], now: i64) -> Result<()> {
    let mut no = vec![];
    need(&mut no, actor, DRAFT_POSTS, post.agency);
    version(&mut no, post, seen);
    state(&mut no, post, &[State::Draft, State::Rejected]);
    content(&mut no, post, targets, now);
    all_or_nothing(no)
}

/// `wrote` are all who had a hand in this version: its author and who submitted it.
pub fn may_approve(
    actor: &Actor,
    post: &Post,
    seen: i64,
    wrote: &[i64],
    targets: &[TargetFacts],
    now: i64,
) -> Result<()> {
    let mut no = vec![];
    need(&mut no, actor, APPROVE_POSTS, post.agency);
    version(&mut no, post, seen);
    state(&mut no, post, &[State::Submitted]);
    if wrote.iter().any(|id| actor.who == Who::Person(*id)) {
        no.push(Refusal::new("self-approval", Say::new("posts-refused-self")).clause("P6.2-CM1"));
    }
    content(&mut no, post, targets, now);
    all_or_nothing(no)
}

pub fn may_reject(actor: &Actor, post: &Post, seen: i64, reason: &str) -> Result<()> {
    let mut no = vec![];
    need(&mut no, actor, APPROVE_POSTS, post.agency);
    version(&mut no, post, seen);
    state(&mut no, post, &[State::Submitted]);
    reason_given(&mut no, reason);
    all_or_nothing(no)
}

fn reason_given(no: &mut Vec<Refusal>, reason: &str) {
    if reason.trim().is_empty() {
        no.push(Refusal::new("no-reason", Say::new("posts-refused-reason")).field("reason"));
    }
}

/// An author may take back what is not approved yet; what is approved or published needs the right to withdraw.
pub fn may_withdraw(actor: &Actor, post: &Post, reason: &str) -> Result<()> {
    let mut no = vec![];
    let unapproved = post.released.is_none() && matches!(post.state, State::Draft | State::Submitted | State::Rejected);
    let right = if unapproved && actor.may(DRAFT_POSTS, post.agency) { DRAFT_POSTS } else { WITHDRAW_POSTS };
    need(&mut no, actor, right, post.agency);
    state(&mut no, post, &[State::Draft, State::Submitted, State::Rejected, State::Approved]);
    reason_given(&mut no, reason);
    all_or_nothing(no)
}

/// A correction is a new version of something that was released; it says what was wrong and is approved like any other. What
/// answers hang on stays: it has as many parts.
pub fn may_correct(
    actor: &Actor,
    post: &Post,
    seen: i64,
    note: &str,
    (unchanged, parts): (bool, &[Part]),
) -> Result<()> {
    let mut no = vec![];
    need(&mut no, actor, DRAFT_POSTS, post.agency);
    version(&mut no, post, seen);
    if post.released.is_none() {
        no.push(Refusal::new("not-published", Say::new("posts-refused-not-published")));
    }
    if post.state == State::Withdrawn {
        state(&mut no, post, &[State::Approved, State::Rejected]);
    }
    if note.trim().is_empty() {
        no.push(Refusal::new("no-note", Say::new("posts-refused-note")).clause("P6.2-RM8").field("note"));
    }
    if parts.len() != post.current.parts.len() {
        let say = Say::new("posts-refused-parts-count").arg("n", post.current.parts.len());
        no.push(Refusal::new("parts-count", say).field("parts"));
    }
    if unchanged {
        no.push(Refusal::new("unchanged", Say::new("posts-refused-unchanged")).field("text_en"));
    }
    all_or_nothing(no)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posts::post::{Picture, Version};
    use ground::ctx::Grant;

    fn actor(id: i64, rights: &[Right]) -> Actor {
        let mut a = Actor::new(Who::Person(id), "x");
        a.grants = rights.iter().map(|r| Grant { right: *r, scope: Some(7) }).collect();
        a
    }
    fn post(state: State) -> Post {
        let current =
            Version {
                number: 3, text_en: "Flu".into(), text_dz: "ཚ་ནད".into(), author: 1, ..Version::default()
            };
        Post { id: 1, agency: 7, state, current, released: None, scheduled_at: None, created_at: 0, updated_at: 0 }
    }
    fn fine() -> Vec<TargetFacts> {
        vec![TargetFacts { name: "site".into(), live: true, own: true, ..TargetFacts::default() }]
    }
    fn codes(r: Result<()>) -> Vec<&'static str> {
        r.err().map(|e| e.refusals().iter().map(|r| r.code).collect()).unwrap_or_default()
    }

    #[test]
    fn a_submission_is_told_everything_that_is_missing() {
        let mut p = post(State::Draft);
        assert!(codes(may_submit(&actor(1, &[DRAFT_POSTS]), &p, 3, &fine(), 5)).is_empty());
        p.current.text_en = " ".into();
        p.current.text_dz.clear();
        p.scheduled_at = Some(5);
        p.current.parts = vec![Part { en: "a".into(), dz: String::new() }, Part { en: " ".into(), dz: String::new() }];
        p.current.pictures.push(Picture {
            id: 1,
            digest: String::new(),
            mime: String::new(),
            width: 1,
            height: 1,
            alt_en: String::new(),
            alt_dz: String::new(),
        });
        let targets = [
            TargetFacts {
                name: "a".into(),
                own: true,
                problems: vec![("posts-problem-long", 500, 501)],
                parts: vec![PartProblem { part: 3, key: "posts-problem-part-text", limit: 500, found: 501 }],
                ..TargetFacts::default()
            },
            TargetFacts { name: "b".into(), live: true, ..TargetFacts::default() },
        ];
        assert_eq!(
            codes(may_submit(&actor(1, &[]), &p, 2, &targets, 5)),
            [
                "not-yours",
                "stale-version",
                "no-text-en",
                "no-text-dz",
                "account-not-live",
                "platform-limit",
                "platform-limit",
                "foreign-account",
                "no-part-text",
                "no-alt-text",
                "past-time"
            ]
        );
        assert_eq!(codes(may_submit(&actor(1, &[DRAFT_POSTS]), &post(State::Draft), 3, &[], 5)), ["no-account"]);
    }

    #[test]
    fn a_post_is_for_practice_or_for_the_world() {
        let at =
            |name: &str, side| TargetFacts { name: name.into(), live: true, own: true, side, ..TargetFacts::default() };
        let codes_of = |sides: &[Side]| {
            let targets: Vec<TargetFacts> = sides.iter().map(|s| at("a", *s)).collect();
            codes(may_submit(&actor(1, &[DRAFT_POSTS]), &post(State::Draft), 3, &targets, 5))
        };
        use Side::{Either, Practice, World};
        for fine in [&[World, World][..], &[Practice, Practice], &[Either, Practice], &[Either, World]] {
            assert!(codes_of(fine).is_empty(), "{fine:?}");
        }
        assert_eq!(codes_of(&[World, Practice]), ["practice-and-world"]);
        assert_eq!(codes_of(&[Either, Practice, World]), ["practice-and-world"]);
    }

    #[test]
    fn approval_needs_the_right_another_person_the_exact_version_and_a_submission() {
        let p = post(State::Submitted);
        let approver = actor(2, &[APPROVE_POSTS]);
        assert!(codes(may_approve(&approver, &p, 3, &[1], &fine(), 0)).is_empty());
        assert_eq!(codes(may_approve(&approver, &p, 2, &[1], &fine(), 0)), ["stale-version"]);
        assert_eq!(codes(may_approve(&approver, &p, 3, &[1, 2], &fine(), 0)), ["self-approval"]);
        assert_eq!(
            codes(may_approve(&actor(1, &[DRAFT_POSTS]), &p, 3, &[1], &fine(), 0)),
            ["not-yours", "self-approval"]
        );
        for state in [State::Draft, State::Approved, State::Rejected, State::Withdrawn] {
            assert_eq!(codes(may_approve(&approver, &post(state), 3, &[1], &fine(), 0)), ["wrong-state"], "{state:?}");
        }
    }

    #[test]
    fn a_published_post_is_corrected_never_edited() {
        let author = actor(1, &[DRAFT_POSTS]);
        let mut p = post(State::Approved);
        let none: &[Part] = &[];
        assert_eq!(codes(may_correct(&author, &p, 3, "typo", (false, none))), ["not-published"]);
        p.released = Some(3);
        assert!(codes(may_correct(&author, &p, 3, "typo", (false, none))).is_empty());
        let more: &[Part] = &[Part::default()];
        let all = ["no-note", "parts-count", "unchanged"];
        assert_eq!(codes(may_correct(&author, &p, 3, " ", (true, more))), all);
        assert_eq!(codes(may_edit(&author, &p, 3)), ["wrong-state", "published"]);
    }

    #[test]
    fn a_post_is_moved_by_the_rules_of_an_edit_and_never_into_the_past() {
        let author = actor(1, &[DRAFT_POSTS]);
        assert!(codes(may_move(&author, &post(State::Submitted), 3, 9, 5)).is_empty());
        assert_eq!(
            codes(may_move(&author, &post(State::Approved), 2, 5, 5)),
            ["past-time", "stale-version", "wrong-state"]
        );
    }

    #[test]
    fn an_author_takes_back_a_draft_but_not_what_is_approved() {
        let author = actor(1, &[DRAFT_POSTS]);
        assert!(codes(may_withdraw(&author, &post(State::Draft), "old")).is_empty());
        assert_eq!(codes(may_withdraw(&author, &post(State::Approved), "old")), ["not-yours"]);
        assert!(codes(may_withdraw(&actor(2, &[WITHDRAW_POSTS]), &post(State::Approved), "wrong date")).is_empty());
        assert_eq!(
            codes(may_withdraw(&author, &post(State::Withdrawn), "")),
            ["not-yours", "wrong-state", "no-reason"]
        );
    }
}
