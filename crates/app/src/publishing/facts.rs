//! What became of approved posts and answers on their accounts. `post` is the post's or the answer's id, `about` says which, `part`
//! which of the texts that follow a post.
use ground::fact;

fn outside(id: i64) -> String {
    format!("outside:{id}")
}

fact!(/// It is out: the platform's own id and address of it.
    DeliverySent "delivery.sent" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, version: i64, remote_id: String, url: String, part: Option<i64> }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(DeliveryEdited "delivery.edited" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, version: i64, part: Option<i64> }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(DeliveryTakenDown "delivery.taken-down" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, part: Option<i64> }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// Withdrawn before anything left.
    DeliveryCancelled "delivery.cancelled" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, part: Option<i64> }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// The platform said no, or it was given up.
    DeliveryFailed "delivery.failed" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, problem: String, text: String, part: Option<i64> }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// Nobody can tell whether it is out: a person has to look.
    DeliveryUnconfirmed "delivery.unconfirmed" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, why: String, part: Option<i64> }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// A person looked.
    DeliveryConfirmed "delivery.confirmed" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, there: bool, part: Option<i64> }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// A person is asked to make the call, on an account that the program has no way to.
    HandedOver "delivery.handed-over" Open { delivery: i64, about: String, agency: i64, account: i64, kind: String, version: i64 }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// It was done, it cannot be done, or it is no longer to be done.
    HandedOverEnded "delivery.hand-over-ended" Open { delivery: i64, about: String, agency: i64, account: i64, kind: String, outcome: String, note: String }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// A server does not answer: what is due on it waits.
    ServerAway "publishing.server-away" Open { platform: String, server: String, why: String }
    subject s => format!("server:{}", s.server), scope None);
fact!(/// It answers again.
    ServerBack "publishing.server-back" Open { platform: String, server: String, since: i64 }
    subject s => format!("server:{}", s.server), scope None);
fact!(/// It should have left and has not; the leads were told.
    DeliveryLate "delivery.late" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, due_at: i64, why: String, part: Option<i64> }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// Everything outgoing is stopped; without an agency, of the whole government.
    Frozen "publishing.frozen" Sealed { freeze: i64, agency: Option<i64>, reason: String }
    subject s => format!("freeze:{}", s.freeze), scope s.agency);
fact!(/// It may go on.
    Thawed "publishing.thawed" Sealed { freeze: i64, agency: Option<i64>, reason: String }
    subject s => format!("freeze:{}", s.freeze), scope s.agency);
fact!(/// What a post costs and the most a month may cost, in ten-thousandths of the currency.
    LimitSet "publishing.limit-set" Open { agency: i64, account: i64, price: i64, most: i64, currency: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(/// Nothing ends what the account may spend.
    LimitLifted "publishing.limit-lifted" Open { agency: i64, account: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(/// From now on it is seen what stands on the account and was not posted through the program.
    OutsideWatched "publishing.outside-watched" Open { agency: i64, account: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(/// Something stands on an account that no delivery put there.
    OutsideFound "publishing.outside-found" Sealed { outside: i64, agency: i64, account: i64, remote_id: String, url: String, text_hash: String, posted_at: i64 }
    subject s => outside(s.outside), scope Some(s.agency));
fact!(/// An officer says how it came to be there.
    OutsideExplained "publishing.outside-explained" Sealed { outside: i64, agency: i64, account: i64, reason: String }
    subject s => outside(s.outside), scope Some(s.agency));
fact!(/// The agency takes it over as its own, from when it was posted.
    OutsideAdopted "publishing.outside-adopted" Open { outside: i64, agency: i64, account: i64, remote_id: String, url: String, text_hash: String, posted_at: i64, reason: String }
    subject s => outside(s.outside), scope Some(s.agency));
fact!(/// Calls of an account on the practice network are to go wrong: so many, or all until it is cleared (0).
    PracticeFault "publishing.practice-fault-set" Open { agency: i64, account: i64, fault: String, times: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(/// Nothing goes wrong there any more.
    PracticeCleared "publishing.practice-cleared" Open { agency: i64, account: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(/// Somebody of the agency wrote to it as a citizen might, to train answering.
    PracticeWritten "publishing.practice-written" Open { agency: i64, account: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
