//! What happened, past tense, versioned. Who records and keeps facts is the program's ledger; here is only their shape
//! and who listens.
use crate::{Ctx, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

/// How much of a fact the public log may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Kind, time, agency and subject are public; the body and the actor are commitments.
    Open,
    /// Only a commitment is public: what citizens wrote, who they are, sign-ins.
    Sealed,
}

pub trait Fact: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `post.approved`
    const KIND: &'static str;
    const VERSION: i64 = 1;
    const EXPOSURE: Exposure = Exposure::Open;
    /// What it is about: `post:1234`.
    fn subject(&self) -> String;
    /// Whose it is: the scope (an agency) it belongs to, if any.
    fn scope(&self) -> Option<i64>;
    /// Whether what follows from it goes before everything else that is due.
    fn urgent(&self) -> bool {
        false
    }
}

/// A fact as it stands in the ledger.
#[derive(Debug, Clone)]
pub struct Recorded<F> {
    pub id: i64,
    /// UTC, microseconds.
    pub at: i64,
    pub actor: String,
    pub fact: F,
}

pub type Reaction = Arc<dyn Fn(Ctx, i64) -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send + Sync>;

#[derive(Clone)]
pub struct FactKind {
    pub kind: &'static str,
    pub version: i64,
    pub exposure: Exposure,
}

impl FactKind {
    pub fn of<F: Fact>() -> FactKind {
        FactKind { kind: F::KIND, version: F::VERSION, exposure: F::EXPOSURE }
    }
}

/// Which jobs follow which fact. Made once, at assembly.
#[derive(Clone, Default)]
pub struct Bus {
    pub kinds: BTreeMap<&'static str, FactKind>,
    /// fact kind → job kinds
    pub followers: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Bus {
    pub fn followers(&self, kind: &str) -> &[&'static str] {
        self.followers.get(kind).map_or(&[], Vec::as_slice)
    }
}

/// States a fact: its fields, its kind, how much the public log shows, what it is about and whose it is.
///
/// ```ignore
/// fact!(PostApproved "post.approved" Open { post: i64, agency: i64 } subject s => format!("post:{}", s.post), scope Some(s.agency));
/// ```
#[macro_export]
macro_rules! fact {
    ($(#[$doc:meta])* $name:ident $kind:literal $exposure:ident { $($field:ident: $ty:ty),* $(,)? } subject $s:ident => $subject:expr, scope $scope:expr $(, urgent $urgent:expr)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
        pub struct $name { $(pub $field: $ty),* }
        impl $crate::facts::Fact for $name {
            const KIND: &'static str = $kind;
            const EXPOSURE: $crate::facts::Exposure = $crate::facts::Exposure::$exposure;
            fn subject(&self) -> String { let $s = self; $subject }
            fn scope(&self) -> Option<i64> { let $s = self; $scope }
            $(fn urgent(&self) -> bool { let $s = self; $urgent })?
        }
    };
}
