//! What happened with mailings. Who reads them is in no fact: only how many.
use ground::fact;

fact!(/// A mailing began: the approved words of one version, or that it was withdrawn.
    NewsletterMade "newsletter.made" Open { newsletter: i64, post: i64, agency: i64, account: i64, version: i64, kind: String }
    subject s => format!("post:{}", s.post), scope Some(s.agency));
fact!(/// Every mail of it is with the mail server, was refused there, or was dropped.
    NewsletterDone "newsletter.done" Open { newsletter: i64, post: i64, agency: i64, account: i64, sent: i64, refused: i64 }
    subject s => format!("post:{}", s.post), scope Some(s.agency));
