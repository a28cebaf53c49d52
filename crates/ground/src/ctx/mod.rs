//! Who asks, in which language, on which machine: the one argument every action takes first.
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, DbResult, Tx};
use crate::facts::Bus;
use crate::http::limits::Limits;
use crate::http::meters::Meters;
use crate::ids::Ids;
use crate::mail::Mailer;
use crate::storage::Storage;
use crate::words::{Lang, Words};
use crate::{Error, Result};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

/// A right by its name. The program's rights are constants of this type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Right(pub &'static str);

/// A right held somewhere: in one scope, or everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    pub right: Right,
    pub scope: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Nobody,
    /// The program itself: jobs and sweeps.
    System,
    Person(i64),
    /// A member of the public who signed in by mail.
    Citizen(i64),
}

#[derive(Debug, Clone)]
pub struct Actor {
    pub who: Who,
    pub name: String,
    /// Where the person works.
    pub home: Option<i64>,
    pub grants: Vec<Grant>,
    /// Ties forms to this session.
    pub csrf: String,
    pub session: Option<i64>,
    /// Names the session or token in idempotency rows.
    pub token: Option<i64>,
    /// Rights are held back until they sign in with a second factor.
    pub resting: bool,
    /// Works for a small body and for nobody else: sees few screens first, the others behind them.
    pub small: bool,
}

impl Actor {
    pub fn nobody() -> Actor {
        Actor::new(Who::Nobody, "")
    }
    pub fn system() -> Actor {
        Actor::new(Who::System, "system")
    }
    pub fn new(who: Who, name: &str) -> Actor {
        let (home, grants, csrf) = (None, vec![], String::new());
        Actor { who, name: name.into(), home, grants, csrf, session: None, token: None, resting: false, small: false }
    }
    /// Whether the right is held in this scope (or everywhere). The system may everything.
    pub fn may(&self, right: Right, scope: i64) -> bool {
        self.who == Who::System || self.grants.iter().any(|g| g.right == right && g.scope.is_none_or(|s| s == scope))
    }
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.who == Who::System || self.grants.iter().any(|g| g.right == right)
    }
    pub fn may_everywhere(&self, right: Right) -> bool {
        self.who == Who::System || self.grants.iter().any(|g| g.right == right && g.scope.is_none())
    }
    /// The scopes a right is held in: `None` is everywhere.
    pub fn scopes(&self, right: Right) -> Option<Vec<i64>> {
        if self.may_everywhere(right) {
            return None;
        }
        let mut scopes: Vec<i64> = self.grants.iter().filter(|g| g.right == right).filter_map(|g| g.scope).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Some(scopes)
    }
    pub fn person(&self) -> Result<i64> {
        if let Who::Person(id) = self.who { Ok(id) } else { Err(Error::sign_in()) }
    }
    pub fn citizen(&self) -> Result<i64> {
        if let Who::Citizen(id) = self.who { Ok(id) } else { Err(Error::sign_in()) }
    }
    /// `person:12`, as the ledger writes it.
    pub fn label(&self) -> String {
        match self.who {
            Who::Nobody => "nobody".into(),
            Who::System => "system".into(),
            Who::Person(id) => format!("person:{id}"),
            Who::Citizen(id) => format!("citizen:{id}"),
        }
    }
}

/// Everything of one running process.
pub struct Machine {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub words: Words,
    pub storage: Storage,
    pub mail: Mailer,
    pub bus: Bus,
    pub meters: Meters,
    pub limits: Limits,
    /// Wakes this node's workers when something was queued.
    pub wake: tokio::sync::Notify,
    /// What the clock showed, for whoever must notice that it was set.
    pub shown: crate::jobs::Shown,
    /// Set once the listener is bound, when `public-url` was left open.
    pub base_url: OnceLock<String>,
    /// What the program adds: connectors, the pack, the vault.
    parts: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

/// What a machine is put together from.
pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub words: Words,
    pub storage: Storage,
    pub mail: Mailer,
    pub bus: Bus,
}

impl Machine {
    pub fn new(p: Parts) -> Machine {
        let base_url = OnceLock::new();
        if !p.config.public_url.is_empty() {
            let _ = base_url.set(p.config.public_url.clone());
        }
        Machine {
            config: p.config,
            db: p.db,
            clock: p.clock.clone(),
            ids: p.ids,
            words: p.words,
            storage: p.storage,
            mail: p.mail,
            bus: p.bus,
            meters: Meters::new(),
            limits: Limits::new(p.clock),
            wake: tokio::sync::Notify::new(),
            shown: crate::jobs::Shown::default(),
            base_url,
            parts: HashMap::new(),
        }
    }
    pub fn with<T: Send + Sync + 'static>(mut self, part: T) -> Machine {
        self.parts.insert(TypeId::of::<T>(), Box::new(part));
        self
    }
    /// A part put in at assembly. Its absence is a mistake of assembly, reported as a fault.
    pub fn part<T: 'static>(&self) -> Result<&T> {
        self.parts
            .get(&TypeId::of::<T>())
            .and_then(|p| p.downcast_ref())
            .ok_or_else(|| Error::fault(format!("no {} was put in at assembly", std::any::type_name::<T>())))
    }
    pub fn base_url(&self) -> &str {
        self.base_url.get().map_or("http://localhost", String::as_str)
    }
}

/// An `Idempotency-Key` that came with the request, to be spent by the first transaction.
#[derive(Debug, Clone)]
pub struct Spend {
    pub owner: String,
    pub key: String,
    pub digest: String,
}

#[derive(Clone)]
pub struct Ctx {
    pub machine: Arc<Machine>,
    pub actor: Arc<Actor>,
    pub lang: Lang,
    /// Path and query of the request; empty for jobs.
    pub path: Arc<str>,
    pub request_id: Arc<str>,
    /// Where the request came from; for rate limits only, never stored.
    pub remote: Arc<str>,
    pub(crate) spend: Arc<Mutex<Option<Spend>>>,
}

impl Ctx {
    pub fn new(machine: Arc<Machine>, actor: Actor, lang: Lang) -> Ctx {
        let nothing: Arc<str> = Arc::default();
        let (path, request_id, remote) = (nothing.clone(), nothing.clone(), nothing);
        Ctx { machine, actor: Arc::new(actor), lang, path, request_id, remote, spend: Arc::default() }
    }
    pub fn system(machine: Arc<Machine>) -> Ctx {
        Ctx::new(machine, Actor::system(), Lang::En)
    }
    /// The same request, done by the program itself.
    pub fn as_system(&self) -> Ctx {
        self.acting(Actor::system())
    }
    /// The same, done by somebody else.
    pub fn acting(&self, actor: Actor) -> Ctx {
        Ctx { actor: Arc::new(actor), ..self.clone() }
    }
    pub fn db(&self) -> &Db {
        &self.machine.db
    }
    pub fn now(&self) -> i64 {
        self.machine.clock.now()
    }
    pub fn id(&self) -> i64 {
        self.machine.ids.next()
    }
    pub fn words(&self) -> &Words {
        &self.machine.words
    }
    pub fn csrf(&self) -> &str {
        &self.actor.csrf
    }
    /// An absolute address for links that leave the site.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.machine.base_url())
    }
    /// Begins a transaction. The first one of a request that carries an `Idempotency-Key` spends the key in it, so
    /// that a repeated request cannot do the work twice.
    pub async fn begin(&self, name: &'static str) -> Result<Tx> {
        let tx = self.db().begin(name).await?;
        let spend = self.spend.lock().map(|mut s| s.take()).unwrap_or(None);
        if let Some(spend) = spend {
            crate::http::idempotency::spend(&tx, &spend, self.now()).await?;
        }
        Ok(tx)
    }
    /// Commits, and wakes the workers.
    pub async fn commit(&self, tx: Tx) -> DbResult<()> {
        tx.commit().await?;
        self.machine.wake.notify_waiters();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    const WRITE: Right = Right("write");
    const READ: Right = Right("read");

    #[test]
    fn rights_hold_in_their_scope_only() {
        let mut a = Actor::new(Who::Person(1), "Pema");
        a.grants = vec![Grant { right: WRITE, scope: Some(7) }, Grant { right: READ, scope: None }];
        assert!(a.may(WRITE, 7) && !a.may(WRITE, 8) && a.may(READ, 8));
        assert_eq!(a.scopes(WRITE), Some(vec![7]));
        assert_eq!(a.scopes(READ), None);
        assert!(a.may_somewhere(WRITE) && !a.may_everywhere(WRITE));
        assert!(Actor::system().may(WRITE, 1) && !Actor::nobody().may_somewhere(READ));
    }
}
