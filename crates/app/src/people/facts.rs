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
fact!(CitizenJoined "citizen.joined" Sealed { citizen: i64 }
    subject s => format!("citizen:{}", s.citizen), scope None);
