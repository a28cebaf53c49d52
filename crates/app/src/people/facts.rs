//! What happened to people and their roles.
use ground::fact;

fact!(PersonAdded "person.added" Sealed { person: i64, agency: Option<i64>, name: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// `means`: password, code, passkey, provider or link.
    PersonSignedIn "person.signed-in" Sealed { person: i64, session: i64, agency: Option<i64>, means: Option<String> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// A role was asked for: it has no effect yet.
    RoleAsked "role.asked" Sealed { person: i64, grant: i64, role: String, agency: Option<i64>, purpose: String, from: Option<i64>, until: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// A role takes effect: somebody else approved it. `alone`: there was nobody else yet.
    RoleGranted "role.granted" Sealed { person: i64, grant: i64, role: String, agency: Option<i64>, purpose: String, from: Option<i64>, until: Option<i64>, asked_by: Option<String>, alone: Option<bool> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// A role that was asked for will not be given: refused, taken back, or too late.
    RoleRefused "role.refused" Sealed { person: i64, grant: i64, role: String, agency: Option<i64>, why: String, reason: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(RoleEnded "role.ended" Sealed { person: i64, grant: i64, role: String, agency: Option<i64>, why: Option<String> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PersonInvited "person.invited" Sealed { person: i64, agency: Option<i64>, expires: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PersonChanged "person.changed" Sealed { person: i64, agency: Option<i64>, employment: String, job_title: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// Somebody works for another agency now; the roles in the former one ended.
    PersonMoved "person.moved" Sealed { person: i64, agency: Option<i64>, from: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// The same, for the agency they worked for until then.
    PersonMovedAway "person.moved-away" Sealed { person: i64, agency: Option<i64>, to: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PersonLeft "person.left" Sealed { person: i64, agency: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PersonSuspended "person.suspended" Sealed { person: i64, agency: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PersonLetIn "person.let-in" Sealed { person: i64, agency: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(SetUpLinkGiven "person.link-given" Sealed { person: i64, agency: Option<i64>, expires: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PasswordChanged "person.password-changed" Sealed { person: i64, agency: Option<i64>, by_link: bool }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// One-time codes were turned on or off.
    CodesTurned "person.codes-turned" Sealed { person: i64, agency: Option<i64>, on: bool }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PasskeyAdded "passkey.added" Sealed { person: i64, agency: Option<i64>, passkey: i64, name: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PasskeyRemoved "passkey.removed" Sealed { person: i64, agency: Option<i64>, passkey: i64, name: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// Its count of uses did not grow, as if it had been copied: it opens nothing any more.
    PasskeyBlocked "passkey.blocked" Sealed { person: i64, agency: Option<i64>, passkey: i64, name: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// An account of the sign-in provider opens the account of this person from now on.
    IdentityBound "identity.bound" Sealed { person: i64, agency: Option<i64>, identity: i64, issuer: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(IdentityRemoved "identity.removed" Sealed { person: i64, agency: Option<i64>, identity: i64, issuer: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(TokenIssued "token.issued" Sealed { person: i64, agency: Option<i64>, token: i64, name: String, expires: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(TokenRevoked "token.revoked" Sealed { person: i64, agency: Option<i64>, token: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(CitizenJoined "citizen.joined" Sealed { citizen: i64 }
    subject s => format!("citizen:{}", s.citizen), scope None);
fact!(
    /// An order names a lead and a deputy; their roles take effect by approval, as every role does.
    LeadAppointed "lead.appointed" Sealed { agency: i64, person: i64, order_ref: String, grade: String, until: i64, deputy: Option<i64> }
    subject s => format!("person:{}", s.person), scope Some(s.agency));
fact!(
    /// An agency that works here has no lead.
    LeadVacant "lead.vacant" Open { agency: i64, since: i64 }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));
fact!(LeadFilled "lead.filled" Open { agency: i64, days: i64 }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));
fact!(TrainingRecorded "training.recorded" Sealed { agency: i64, person: i64, title: String, held_on: i64 }
    subject s => format!("person:{}", s.person), scope Some(s.agency));
fact!(
    /// Who stands in for somebody of the team.
    BackupSet "team.backup-set" Sealed { agency: i64, person: i64, backup: i64 }
    subject s => format!("person:{}", s.person), scope Some(s.agency));
fact!(RecoveryCodesMade "recovery.codes-made" Sealed { person: i64, agency: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(RecoveryCodeUsed "recovery.code-used" Sealed { person: i64, agency: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// Somebody asked that a lost second factor be reset.
    RecoveryAsked "recovery.asked" Sealed { person: i64, agency: Option<i64>, recovery: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// Somebody else decided about it: granted or refused.
    RecoveryDecided "recovery.decided" Sealed { person: i64, agency: Option<i64>, recovery: i64, decision: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// The rights of an agency, or of the whole government, are to be confirmed.
    ReviewOpened "review.opened" Open { review: i64, agency: Option<i64>, due: i64 }
    subject s => format!("review:{}", s.review), scope s.agency);
fact!(ReviewClosed "review.closed" Open { review: i64, agency: Option<i64>, confirmed: i64, lapsed: i64 }
    subject s => format!("review:{}", s.review), scope s.agency);
fact!(
    /// Somebody has read the code of conduct of this edition.
    ConductAcknowledged "conduct.acknowledged" Sealed { person: i64, agency: Option<i64>, edition: String, digest: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(DeclarationMade "declaration.made" Sealed { person: i64, agency: Option<i64>, declaration: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(DeclarationWithdrawn "declaration.withdrawn" Sealed { person: i64, agency: Option<i64>, declaration: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(
    /// A matter of conduct was referred. Whom it is about stands with those who have a part in it, not here.
    ReferralMade "referral.made" Sealed { referral: i64 }
    subject s => format!("referral:{}", s.referral), scope None);
fact!(ReferralAnswered "referral.answered" Sealed { referral: i64 }
    subject s => format!("referral:{}", s.referral), scope None);
fact!(ReferralDecided "referral.decided" Sealed { referral: i64 }
    subject s => format!("referral:{}", s.referral), scope None);
