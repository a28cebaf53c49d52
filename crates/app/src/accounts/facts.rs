//! What happened to accounts, and what the public said of others.
use ground::fact;

fact!(AccountRequested "account.requested" Open { account: i64, agency: i64, platform: String, url: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountApproved "account.approved" Open { account: i64, agency: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountConnected "account.connected" Open { account: i64, agency: i64, platform: String, url: String, remote_id: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// By the platform itself, by a link back, or by a code in the profile.
    AccountProven "account.proven" Open { account: i64, agency: i64, method: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountChecked "account.checked" Open { account: i64, agency: i64, item: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountEvaluated "account.evaluated" Open { account: i64, agency: i64, decision: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// Nothing was posted for ninety days.
    AccountQuiet "account.quiet" Open { account: i64, agency: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// The handle belongs to somebody else.
    HandleMoved "account.handle-moved" Open { account: i64, agency: i64, handle: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// The platform knows no such handle.
    HandleGone "account.handle-gone" Open { account: i64, agency: i64, handle: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(HandleBack "account.handle-back" Open { account: i64, agency: i64, handle: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountClosed "account.closed" Open { account: i64, agency: i64, reason: String, parked: Option<bool>, successor: Option<String> }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// It is another agency's now, which took over from the one whose it was.
    AccountHandedOver "account.handed-over" Open { account: i64, agency: i64, from: i64, platform: String, url: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// The agency has a new key of its own, and its secrets are sealed with it.
    AccountKeyChanged "account.vault-key-changed" Open { agency: i64, generation: i64 }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));
fact!(AccountKeyRenewed "account.key-renewed" Open { account: i64, agency: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// What opens the account ends in so many days; 0: it has ended.
    AccountKeyEnding "account.key-ending" Sealed { account: i64, agency: i64, days: i64, until: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// The platform may call about it, with a secret that is new.
    AccountHookSet "account.hook-set" Open { account: i64, agency: i64, renewed: bool }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(AccountHookRemoved "account.hook-removed" Open { account: i64, agency: i64 }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(
    /// A platform knows the program by an id and a secret, which an administrator entered or the program was given.
    AccountAppSet "account.app-set" Open { app: i64, platform: String, server: String, introduced: bool }
    subject s => format!("account-app:{}", s.app), scope None);
fact!(AccountAppRemoved "account.app-removed" Open { app: i64, platform: String, server: String }
    subject s => format!("account-app:{}", s.app), scope None);
fact!(
    /// Nothing came of signing in at the platform: `denied` there, `failed` there, brought by `another-person` or in
    /// `another-session`, or sent back by `another-server` (or by none, where the account's own names itself).
    AccountSignInRefused "account.sign-in-refused" Sealed { account: i64, agency: i64, why: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(ImpostorReported "impostor.reported" Sealed { report: i64, url: String }
    subject s => format!("impostor:{}", s.report), scope None);
fact!(ImpostorJudged "impostor.judged" Open { report: i64, url: String, decision: String }
    subject s => format!("impostor:{}", s.report), scope None);
