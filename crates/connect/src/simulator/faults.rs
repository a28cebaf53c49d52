//! What can be made to go wrong on the practice network, and how often.
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// 429; with `ms`, a `Retry-After` too.
    RateLimit,
    /// It is done, and the answer is 500.
    ErrorAfterCommit,
    /// It is done, and the connection closes without an answer.
    DropAfter,
    /// Nothing is done, and the connection closes without an answer.
    DropBefore,
    /// 401 to everything.
    RevokedToken,
    /// Everything takes `ms` longer.
    Slow,
    /// 503 to everything, nothing is done.
    Outage,
    /// Taken with 202, looked at for `ms`, then out.
    Review,
    /// Taken with 202, looked at for `ms`, then refused.
    ReviewRefused,
}

impl Fault {
    /// What goes wrong on the wire. A platform that looks at things first does nothing wrong.
    pub const ALL: [Fault; 7] = [
        Fault::RateLimit,
        Fault::ErrorAfterCommit,
        Fault::DropAfter,
        Fault::DropBefore,
        Fault::RevokedToken,
        Fault::Slow,
        Fault::Outage,
    ];

    /// Whether reads suffer too.
    fn everywhere(self) -> bool {
        matches!(self, Fault::RevokedToken | Fault::Slow | Fault::Outage)
    }
}

/// A fault as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetFault {
    pub fault: Fault,
    /// Everybody, if not given.
    #[serde(default)]
    pub account: Option<String>,
    /// How many writes it spoils; 0 is "until cleared".
    #[serde(default = "once")]
    pub times: u32,
    #[serde(default)]
    pub ms: Option<u64>,
}

fn once() -> u32 {
    1
}

impl SetFault {
    pub fn once(fault: Fault) -> SetFault {
        SetFault { fault, account: None, times: 1, ms: None }
    }
}

#[derive(Default)]
pub(crate) struct Faults(Vec<SetFault>);

impl Faults {
    pub fn set(&mut self, fault: SetFault) {
        self.0.push(fault);
    }
    pub fn clear(&mut self) {
        self.0.clear();
    }
    pub fn clear_of(&mut self, account: &str) {
        self.0.retain(|f| f.account.as_deref() != Some(account));
    }
    pub fn all(&self) -> &[SetFault] {
        &self.0
    }

    /// The fault this call meets. Only writes use one up, so a reader passing by does not spend what was meant for a post.
    pub fn meet(&mut self, account: &str, write: bool) -> Option<SetFault> {
        let at = self
            .0
            .iter()
            .position(|f| f.account.as_deref().is_none_or(|a| a == account) && (write || f.fault.everywhere()))?;
        let met = self.0[at].clone();
        if write {
            match self.0[at].times {
                0 => {}
                1 => drop(self.0.remove(at)),
                _ => self.0[at].times -= 1,
            }
        }
        Some(met)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_counted_by_writes() {
        let mut faults = Faults::default();
        faults.set(SetFault { fault: Fault::Outage, account: Some("a".into()), times: 2, ms: None });
        faults.set(SetFault::once(Fault::DropAfter));
        let kinds = |f: Option<SetFault>| f.map(|f| f.fault);
        assert_eq!(kinds(faults.meet("a", false)), Some(Fault::Outage));
        assert_eq!(kinds(faults.meet("b", false)), None);
        assert_eq!(kinds(faults.meet("a", true)), Some(Fault::Outage));
        assert_eq!(kinds(faults.meet("a", true)), Some(Fault::Outage));
        assert_eq!(kinds(faults.meet("a", true)), Some(Fault::DropAfter));
        assert_eq!(kinds(faults.meet("a", true)), None);
        let asked: SetFault = serde_json::from_str(r#"{"fault":"error-after-commit"}"#).unwrap();
        assert_eq!(asked, SetFault::once(Fault::ErrorAfterCommit));
    }
}
