//! What became of approved posts on their accounts.
use ground::fact;

fn about(post: i64) -> String {
    format!("post:{post}")
}

fact!(/// It is out: the platform's own id and address of it.
    DeliverySent "delivery.sent" Open { delivery: i64, post: i64, agency: i64, account: i64, version: i64, remote_id: String, url: String }
    subject s => about(s.post), scope Some(s.agency));
fact!(DeliveryEdited "delivery.edited" Open { delivery: i64, post: i64, agency: i64, account: i64, version: i64 }
    subject s => about(s.post), scope Some(s.agency));
fact!(DeliveryTakenDown "delivery.taken-down" Open { delivery: i64, post: i64, agency: i64, account: i64 }
    subject s => about(s.post), scope Some(s.agency));
fact!(/// Withdrawn before anything left.
    DeliveryCancelled "delivery.cancelled" Open { delivery: i64, post: i64, agency: i64, account: i64 }
    subject s => about(s.post), scope Some(s.agency));
fact!(/// The platform said no, or it was given up.
    DeliveryFailed "delivery.failed" Open { delivery: i64, post: i64, agency: i64, account: i64, problem: String, text: String }
    subject s => about(s.post), scope Some(s.agency));
fact!(/// Nobody can tell whether it is out: a person has to look.
    DeliveryUnconfirmed "delivery.unconfirmed" Open { delivery: i64, post: i64, agency: i64, account: i64, why: String }
    subject s => about(s.post), scope Some(s.agency));
fact!(/// A person looked.
    DeliveryConfirmed "delivery.confirmed" Open { delivery: i64, post: i64, agency: i64, account: i64, there: bool }
    subject s => about(s.post), scope Some(s.agency));
