//! The practice network: a small social network of our own, for learning, demonstrations and tests. It is spoken to over
//! HTTP like every other platform, keeps its posts through a crash, and can be told to go wrong in every way that real
//! networks do. Nothing written here reaches anybody.
//!
//! A key is `NAME` or `NAME:anything` and belongs to the account `NAME`, which needs no opening.
//!
//! Whoever names a platform in the header `practice-as` finds the network in its likeness: it takes what that platform takes,
//! counted as that counts, refuses what that refuses, and cannot do what that cannot. The account is `NAME@PLATFORM` then, so
//! one name is another account on each.
mod answers;
#[cfg(test)]
pub(crate) mod bench;
mod calling;
mod connector;
mod control;
pub(crate) mod faults;
mod house;
mod likeness;
#[cfg(test)]
mod likeness_tests;
pub(crate) mod line;
mod routes;
mod state;
#[cfg(test)]
mod tests;

pub use calling::{SIGNATURE, signature};
pub(crate) use connector::likenesses;
pub use connector::{Practice, connectors};
pub use faults::{Fault, SetFault};
pub(crate) use likeness::PLAYED;
pub use state::{PracticeMedia, PracticePost, PracticeReply};

use faults::Faults;
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy};
use likeness::Likeness;
use state::{Event, State};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub const TEXT_LIMIT: usize = 500;

/// What the handlers share.
pub(crate) struct Net {
    state: Mutex<State>,
    faults: Mutex<Faults>,
    clock: Clock,
    /// `http://127.0.0.1:PORT`
    base_url: String,
    /// For the calls to those who want to be told; made when the first is due.
    fetch: OnceLock<Option<Fetch>>,
    /// By the short name of the platform.
    likenesses: BTreeMap<&'static str, Likeness>,
}

impl Net {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn post(&self, account: &str, text: &str) -> io::Result<String> {
        let mut state = self.state();
        let post = PracticePost {
            id: format!("p{:08}", state.number()),
            account: account.to_owned(),
            text: text.to_owned(),
            lang: String::new(),
            media: vec![],
            reply_to: None,
            key: None,
            at_us: self.clock.now(),
            edits: 0,
        };
        let id = post.id.clone();
        state.commit(Event::Posted { post, container: None })?;
        Ok(id)
    }
    fn reply(
        self: &Arc<Net>,
        account: &str,
        in_reply_to: Option<&str>,
        author: &str,
        text: &str,
    ) -> io::Result<String> {
        let mut state = self.state();
        let n = state.number();
        let reply = PracticeReply {
            id: format!("r{n:08}"),
            n,
            account: account.to_owned(),
            in_reply_to: in_reply_to.map(str::to_owned),
            author: author.to_owned(),
            text: text.to_owned(),
            at_us: self.clock.now(),
            hidden: false,
        };
        let id = reply.id.clone();
        state.commit(Event::Replied { reply: reply.clone() })?;
        drop(state);
        self.call(&reply);
        Ok(id)
    }
}

/// A running practice network; it stops when this is dropped.
pub struct Simulator {
    pub address: SocketAddr,
    net: Arc<Net>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Simulator {
    /// Serves on the listener, remembering in the file (or nowhere).
    pub async fn start(file: Option<PathBuf>, listener: TcpListener) -> io::Result<Simulator> {
        Simulator::start_at(file, listener, Clock::system()).await
    }

    /// The same with a clock of one's own.
    pub async fn start_at(file: Option<PathBuf>, listener: TcpListener, clock: Clock) -> io::Result<Simulator> {
        let state = opened(file).await?;
        let address = listener.local_addr()?;
        let (faults, base_url, fetch) = (Mutex::default(), format!("http://{address}"), OnceLock::new());
        let likenesses = likenesses_of_all(&clock)?;
        let net = Arc::new(Net { state: Mutex::new(state), faults, clock, base_url, fetch, likenesses });
        let (stop, stopped) = oneshot::channel::<()>();
        let app = routes::router(net.clone()).into_make_service_with_connect_info::<line::Scissors>();
        let task = tokio::spawn(async move {
            let until = async move {
                // Told to stop, or the handle is gone: the same.
                let _ = stopped.await;
            };
            let _ = axum::serve(line::Line(listener), app).with_graceful_shutdown(until).await;
        });
        Ok(Simulator { address, net, stop: Some(stop), task })
    }

    /// `http://127.0.0.1:PORT`
    pub fn base_url(&self) -> String {
        self.net.base_url.clone()
    }

    /// The account that a key opens, by the short name of one of the practice connectors; `None` where a key opens none.
    pub fn account(&self, platform: &str, key: &str) -> Option<String> {
        let of = platform.strip_prefix(PLAYED).filter(|of| self.net.likenesses.contains_key(of));
        self.net.house(of).ok()?.account(key)
    }

    /// Stops and waits until the port and the file are free again.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if tokio::time::timeout(Duration::from_secs(2), &mut self.task).await.is_err() {
            self.task.abort();
        }
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.net.faults().set(fault);
    }

    pub fn clear_faults(&self) {
        self.net.faults().clear();
    }

    /// The faults that one account would meet, those of everybody with them.
    pub fn faults_of(&self, account: &str) -> Vec<SetFault> {
        self.net.faults().all().iter().filter(|f| f.account.as_deref().is_none_or(|a| a == account)).cloned().collect()
    }

    /// Takes back the faults that are meant for this account alone.
    pub fn clear_faults_of(&self, account: &str) {
        self.net.faults().clear_of(account);
    }

    /// Likes, shares and views of a post.
    pub fn counts(&self, post: &str) -> (u64, u64, u64) {
        self.net.state().counts.get(post).copied().unwrap_or_default()
    }

    /// Lets somebody write to an account, under a post or out of the blue. Gives the reply's id.
    pub fn add_reply(&self, account: &str, in_reply_to: Option<&str>, author: &str, text: &str) -> io::Result<String> {
        self.net.reply(account, in_reply_to, author, text)
    }

    /// Lets whoever wrote a reply put other words in its place, or take it away.
    pub fn change_reply(&self, id: &str, text: Option<&str>) -> io::Result<()> {
        let id = id.to_owned();
        self.net.state().commit(match text {
            Some(text) => Event::Reworded { id, text: text.to_owned() },
            None => Event::TakenBack { id },
        })
    }

    /// Lets whoever took a reply away put it back, as it was.
    pub fn bring_back_reply(&self, id: &str) -> io::Result<()> {
        self.net.state().commit(Event::BroughtBack { id: id.to_owned() })
    }

    /// Whom to call when somebody writes to an account, and the secret to sign with; an empty address: nobody.
    pub fn set_hook(&self, account: &str, address: &str, secret: &str) -> io::Result<()> {
        self.net.state().commit(Event::hook(account, address, secret))
    }

    /// Lets somebody who has the account's key post on it by the network's own means. Gives the post's id.
    pub fn add_post(&self, account: &str, text: &str) -> io::Result<String> {
        self.net.post(account, text)
    }

    /// Lets a post be liked, shared and seen.
    pub fn set_counts(&self, id: &str, likes: u64, shares: u64, views: u64) -> io::Result<()> {
        self.net.state().commit(Event::Counted { id: id.to_owned(), likes, shares, views })
    }

    /// Lets a name belong to somebody else, as when a handle that was given up is taken by a stranger.
    pub fn move_name(&self, name: &str, owner: &str) -> io::Result<()> {
        self.net.state().commit(Event::Moved { name: name.to_owned(), owner: owner.to_owned() })
    }

    /// What the public sees, oldest first.
    pub fn posts(&self) -> Vec<PracticePost> {
        self.net.state().posts.values().cloned().collect()
    }

    pub fn replies(&self) -> Vec<PracticeReply> {
        self.net.state().replies.clone()
    }
}

/// The connectors are only asked what they say of themselves: nobody is called.
fn likenesses_of_all(clock: &Clock) -> io::Result<BTreeMap<&'static str, Likeness>> {
    let fetch = Fetch::new(FetchPolicy::default()).map_err(io::Error::other)?;
    let all = crate::registry::platforms(&fetch, clock).into_iter().map(Likeness::new);
    Ok(all.map(|l| (l.of, l)).collect())
}

/// The file may still be held for a moment by the network that was stopped just now.
async fn opened(file: Option<PathBuf>) -> io::Result<State> {
    for _ in 0..40 {
        match State::open(file.as_deref()) {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => tokio::time::sleep(Duration::from_millis(50)).await,
            other => return other,
        }
    }
    State::open(file.as_deref())
}
