//! What happened to people and their roles.
use ground::fact;

fact!(PersonAdded "person.added" Sealed { person: i64, agency: Option<i64>, name: String }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(PersonSignedIn "person.signed-in" Sealed { person: i64, session: i64, agency: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(RoleGranted "role.granted" Sealed { person: i64, grant: i64, role: String, agency: Option<i64>, purpose: String, until: Option<i64> }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(RoleEnded "role.ended" Sealed { person: i64, grant: i64, role: String, agency: Option<i64> }
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
fact!(TokenIssued "token.issued" Sealed { person: i64, agency: Option<i64>, token: i64, name: String, expires: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(TokenRevoked "token.revoked" Sealed { person: i64, agency: Option<i64>, token: i64 }
    subject s => format!("person:{}", s.person), scope s.agency);
fact!(CitizenJoined "citizen.joined" Sealed { citizen: i64 }
    subject s => format!("citizen:{}", s.citizen), scope None);
