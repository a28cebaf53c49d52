//! What was decided. That something was decided, on which ground, is public; what the citizen wrote and the reasons,
//! which may repeat it, are not.
use ground::fact;

fact!(MessageReported "message.reported" Sealed { message: i64, agency: i64, reason: String }
    subject s => format!("message:{}", s.message), scope Some(s.agency));
fact!(/// Waits for a second reviewer.
    ModerationProposed "moderation.proposed" Sealed { decision: i64, message: i64, agency: i64, action: String, ground: String }
    subject s => format!("decision:{}", s.decision), scope Some(s.agency));
fact!(ModerationDecided "moderation.decided" Open { decision: i64, agency: i64, action: String, ground: String, two: bool, snapshot_hash: String }
    subject s => format!("decision:{}", s.decision), scope Some(s.agency));
fact!(/// The second reviewer did not agree.
    ModerationDeclined "moderation.declined" Sealed { decision: i64, message: i64, agency: i64, reason: String }
    subject s => format!("decision:{}", s.decision), scope Some(s.agency));
fact!(AppealLodged "appeal.lodged" Open { appeal: i64, decision: i64, agency: i64 }
    subject s => format!("decision:{}", s.decision), scope Some(s.agency));
fact!(AppealDecided "appeal.decided" Open { appeal: i64, decision: i64, agency: i64, overturned: bool }
    subject s => format!("decision:{}", s.decision), scope Some(s.agency));
