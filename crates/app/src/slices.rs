//! The architecture on one screen: the slices in river order. A slice imports only those above it; facts flow down.
use ground::slice::Slice;

pub fn all() -> Vec<Slice> {
    vec![
        // foundations
        crate::shell::slice(),
        crate::ledger::slice(),
        crate::policy::slice(),
        crate::agencies::slice(),
        crate::people::slice(),
        // registers
        crate::platforms::slice(),
        crate::plans::slice(),
        crate::accounts::slice(),
        // the river
        crate::posts::slice(),
        crate::newsletter::slice(),
        crate::podcast::slice(),
        crate::publishing::slice(),
        crate::inbox::slice(),
        crate::moderation::slice(),
        // readers
        crate::metrics::slice(),
        crate::compliance::slice(),
        crate::desk::slice(),
        crate::records::slice(),
        crate::public_site::slice(),
        crate::story::slice(),
    ]
}
