//! What a delivery is: one approved post, or one part of it, on its way to one account — or one approved answer on its way to
//! a message.
use ground::record;

record! {
    /// `post_id` is the post's or the answer's id; an answer carries its words in `body` and the message it answers in
    /// `reply_to`, which is empty for posts. `version` is what should be out, `sent_version` what is. `unwanted`: it is to be cancelled or taken down. A
    /// `problem` on something that is out stands in the way of its correction or removal until a person acts. `step`
    /// rises with every change and guards it. `urgent`: it goes before everything else that is due.
    /// `part`: 1 is the post itself, a later one answers the part before it on the same account.
    pub struct Delivery { id: i64, post_id: i64, agency_id: i64, account_id: i64, platform: String, reply_to: String, body: String, lang: String, version: i64, state: String, unwanted: bool, reason: String, due_at: i64, next_at: i64, remote_id: String, url: String, sent_version: Option<i64>, sent_at: Option<i64>, problem: String, problem_text: String, tries: i64, step: i64, created_at: i64, updated_at: i64, urgent: bool, part: i64 }
}

impl Delivery {
    pub fn is_answer(&self) -> bool {
        !self.reply_to.is_empty()
    }
    /// Whether it follows another part of the same post.
    pub fn is_later_part(&self) -> bool {
        self.part > 1
    }
    /// Which part its facts are about, where that is not the post itself.
    pub fn part_told(&self) -> Option<i64> {
        self.is_later_part().then_some(self.part)
    }
    /// What its facts are about.
    pub fn about(&self) -> String {
        format!("{}:{}", if self.is_answer() { "answer" } else { "post" }, self.post_id)
    }
}

record! {
    /// One call that changes something on a platform, written down before it is made. While `ended_at` is empty it is
    /// in flight or its outcome is unknown. `boot` and `boot_us` say when it began by time that nobody can set;
    /// `paid` is the month in which it took a place under a limit of what posts may cost, or empty.
    pub struct Attempt { delivery_id: i64, n: i64, kind: String, send_key: String, version: i64, prepared: String, fingerprint: String, begun_at: i64, settle_at: i64, looked: i64, outcome: String, why: String, ended_at: Option<i64>, boot: String, boot_us: i64, paid: String }
}

impl Attempt {
    /// How the key of an attempt begins that a person makes.
    pub const BY_HAND: &'static str = "by-hand-";

    /// Whether a person makes the call: only they can tell its outcome.
    pub fn by_hand(&self) -> bool {
        self.send_key.starts_with(Self::BY_HAND)
    }
    /// A first send of version 1 that has not ended, begun at 0 and made nobody knows where.
    #[cfg(test)]
    pub fn sample() -> Attempt {
        Attempt {
            delivery_id: 1,
            n: 1,
            kind: Call::Send.code().into(),
            send_key: "k".into(),
            version: 1,
            prepared: "{}".into(),
            fingerprint: String::new(),
            begun_at: 0,
            settle_at: 1000,
            looked: 0,
            outcome: String::new(),
            why: String::new(),
            ended_at: None,
            boot: String::new(),
            boot_us: 0,
            paid: String::new(),
        }
    }
}

/// A moment that does not come: what waits for a person waits for nothing else. The last day of the year 9999.
pub const NEVER: i64 = 253_402_214_400_000_000;

/// The problem of what a freeze holds back.
pub const FROZEN: &str = "frozen";

pub const WAITING: &str = "waiting";
/// The platform has it and is still working on it; `remote_id` is what it is asked by until it is out.
pub const WORKING: &str = "working";
pub const SENT: &str = "sent";
pub const FAILED: &str = "failed";
pub const UNCONFIRMED: &str = "unconfirmed";
pub const CANCELLED: &str = "cancelled";
pub const TAKEN_DOWN: &str = "taken-down";

/// What an attempt does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Send,
    Edit,
    TakeDown,
}

impl Call {
    /// From its code in an attempt.
    pub fn of(code: &str) -> Call {
        match code {
            "edit" => Call::Edit,
            "take-down" => Call::TakeDown,
            _ => Call::Send,
        }
    }
    pub fn code(self) -> &'static str {
        match self {
            Call::Send => "send",
            Call::Edit => "edit",
            Call::TakeDown => "take-down",
        }
    }
}

/// Where a delivery stands as people are told: what is stored, and what is in flight.
pub fn shown_state(d: &Delivery, open: Option<&Attempt>) -> &'static str {
    match (d.state.as_str(), open) {
        (WAITING, Some(a)) if a.by_hand() => "by-hand",
        (WAITING, Some(a)) if a.outcome == "unknown" => "checking",
        (WAITING, Some(_)) => "sending",
        (WAITING, None) if d.problem == FROZEN => FROZEN,
        (WAITING, None) => WAITING,
        (WORKING, _) => WORKING,
        (SENT, _) => SENT,
        (FAILED, _) => FAILED,
        (UNCONFIRMED, _) => UNCONFIRMED,
        (TAKEN_DOWN, _) => TAKEN_DOWN,
        _ => CANCELLED,
    }
}
