//! What became of approved posts and answers on their accounts. `post` is the post's or the answer's id, `about` says which.
use ground::fact;

fact!(/// It is out: the platform's own id and address of it.
    DeliverySent "delivery.sent" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, version: i64, remote_id: String, url: String }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(DeliveryEdited "delivery.edited" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, version: i64 }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(DeliveryTakenDown "delivery.taken-down" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64 }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// Withdrawn before anything left.
    DeliveryCancelled "delivery.cancelled" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64 }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// The platform said no, or it was given up.
    DeliveryFailed "delivery.failed" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, problem: String, text: String }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// Nobody can tell whether it is out: a person has to look.
    DeliveryUnconfirmed "delivery.unconfirmed" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, why: String }
    subject s => s.about.clone(), scope Some(s.agency));
fact!(/// A person looked.
    DeliveryConfirmed "delivery.confirmed" Open { delivery: i64, about: String, post: i64, agency: i64, account: i64, there: bool }
    subject s => s.about.clone(), scope Some(s.agency));
