//! What happened to messages and answers. What citizens wrote is sealed; what an agency answered is public.
use ground::fact;

fn about(message: i64) -> String {
    format!("message:{message}")
}

fact!(MessageReceived "message.received" Sealed { message: i64, agency: i64, account: i64, post: Option<i64>, text_hash: String }
    subject s => about(s.message), scope Some(s.agency));
fact!(/// Taken back by its author.
    MessageWithdrawn "message.withdrawn" Sealed { message: i64, agency: i64 }
    subject s => about(s.message), scope Some(s.agency));
fact!(/// Its author changed it on the platform.
    MessageEdited "message.edited" Sealed { message: i64, agency: i64, account: i64, n: i64, text_hash: String }
    subject s => about(s.message), scope Some(s.agency));
fact!(/// Its author or the platform took it away there.
    MessageDeletedThere "message.deleted-there" Sealed { message: i64, agency: i64, account: i64 }
    subject s => about(s.message), scope Some(s.agency));
fact!(/// It is on its platform again.
    MessageBackThere "message.back-there" Sealed { message: i64, agency: i64, account: i64 }
    subject s => about(s.message), scope Some(s.agency));
fact!(/// Needs no answer, says a person with a reason.
    MessageClosed "message.closed" Sealed { message: i64, agency: i64, reason: String }
    subject s => about(s.message), scope Some(s.agency));
fact!(AnswerWritten "answer.written" Sealed { answer: i64, message: i64, agency: i64, content_hash: String }
    subject s => format!("answer:{}", s.answer), scope Some(s.agency));
fact!(AnswerApproved "answer.approved" Open { answer: i64, message: i64, agency: i64, content_hash: String, by_another: bool }
    subject s => format!("answer:{}", s.answer), scope Some(s.agency));
fact!(AnswerRejected "answer.rejected" Sealed { answer: i64, message: i64, agency: i64, reason: String }
    subject s => format!("answer:{}", s.answer), scope Some(s.agency));
fact!(/// It is where the citizen can read it.
    AnswerSent "answer.sent" Open { answer: i64, message: i64, agency: i64, after_us: i64 }
    subject s => format!("answer:{}", s.answer), scope Some(s.agency));
