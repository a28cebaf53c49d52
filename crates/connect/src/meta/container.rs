//! Posts in two steps: a container is made, which nobody sees and which ends unpublished after 24 hours, and is published by
//! its id. Before it is published its state is asked, because nothing tells what the network does with the same id twice.
//!
//! States are from Meta's page on the container of Instagram; Threads has the same.
use super::answer::rejected;
use super::{Graph, account, id_in, is_number, query};
use crate::wire::{harmless, unwritten};
use crate::{Access, Verdict};
use ground::clock::MINUTE;
use ground::fetch::Method;
use serde_json::{Value, json};

/// So many looks at a container that is not ready, [`Graph::pause`] apart.
const LOOKS: usize = 10;
/// Nobody repeats a call sooner than this, so what was made since then was not published before.
pub(crate) const FRESH: i64 = MINUTE;

/// How a network names what belongs to a container.
pub(crate) struct Words {
    /// The field with the state.
    pub state: &'static str,
    /// The field with what went wrong.
    pub why: &'static str,
    /// The edge that publishes.
    pub publish: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    Ready,
    Working,
    /// It is published.
    Out,
    /// It cannot be published (any more).
    Over {
        code: &'static str,
        why: String,
    },
}

/// A container, and when it was made. Written as `ID MICROSECONDS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Container {
    pub id: String,
    pub at_us: i64,
}

/// What came of publishing.
#[derive(Debug)]
pub(crate) enum Published {
    Now(String),
    /// It was out already.
    Before,
}

impl Container {
    pub fn parse(text: &str) -> Option<Container> {
        let (id, at) = text.split_once(' ')?;
        Some(Container { id: Some(id).filter(|id| is_number(id))?.to_owned(), at_us: at.parse().ok()? })
    }
    pub fn written(&self) -> String {
        format!("{} {}", self.id, self.at_us)
    }
}

impl Graph {
    /// Makes a container. That may be repeated: one that nobody publishes is never seen.
    pub async fn contain(&self, access: &Access, edge: &str, body: &Value) -> Result<String, Verdict> {
        let at = self.path(account(access).map_err(unwritten)?, edge);
        let answer = self.post(access, &at, body).await.map_err(harmless)?;
        let unread = || Verdict::NotSent { why: "the answer about a new container cannot be read".to_owned() };
        id_in(&answer).filter(|id| is_number(id)).ok_or_else(unread)
    }

    pub async fn state(&self, access: &Access, words: &Words, id: &str) -> Result<State, Verdict> {
        let fields = format!("{},{}", words.state, words.why);
        let at = self.path(id, &query(&[("fields", &fields)]));
        let it = self.send(access, self.to(Method::GET, access, &at)?).await?;
        let why = || {
            let told = it.get(words.why).and_then(Value::as_str).unwrap_or_default();
            let told: String = told.chars().filter(|c| !c.is_control()).take(300).collect();
            format!("{} could not make the post ready. {told}", self.network).trim_end().to_owned()
        };
        match it.get(words.state).and_then(Value::as_str) {
            Some("FINISHED") => Ok(State::Ready),
            Some("IN_PROGRESS") => Ok(State::Working),
            Some("PUBLISHED") => Ok(State::Out),
            Some("ERROR") => Ok(State::Over { code: "not-ready", why: why() }),
            Some("EXPIRED") => {
                Ok(State::Over { code: "expired", why: "It was made ready more than a day ago.".to_owned() })
            }
            _ => Err(Verdict::Unknown { why: "the state of the container cannot be read".to_owned() }),
        }
    }

    /// Waits a little for a container to be ready. One that takes longer is no fault.
    pub async fn wait_for(&self, access: &Access, words: &Words, id: &str) -> Result<State, Verdict> {
        let mut state = State::Working;
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(self.pause).await;
            }
            state = self.state(access, words, id).await.map_err(harmless)?;
            match state {
                State::Working => {}
                State::Over { code, why } => return Err(rejected(code, &why, None)),
                _ => break,
            }
        }
        Ok(state)
    }

    /// A container of pictures needs them ready.
    pub async fn wait_for_all(&self, access: &Access, words: &Words, ids: &[String]) -> Result<(), Verdict> {
        for id in ids {
            if self.wait_for(access, words, id).await? == State::Working {
                return Err(Verdict::NotReady { why: format!("{} is still fetching the pictures", self.network) });
            }
        }
        Ok(())
    }

    /// The one call that publishes, unless the container is out already.
    pub async fn publish(&self, access: &Access, words: &Words, made: &Container) -> Result<Published, Verdict> {
        let at = self.path(account(access).map_err(unwritten)?, words.publish);
        match self.state(access, words, &made.id).await {
            Ok(State::Ready) => {}
            Ok(other) => return self.unready(other),
            Err(verdict @ Verdict::NotSent { .. }) => return Err(verdict),
            // What was made a moment ago is not out: publishing it will say for itself what is wrong.
            Err(verdict) if self.clock.now() > made.at_us + FRESH => return Err(verdict),
            Err(_) => {}
        }
        match self.post(access, &at, &json!({"creation_id": made.id})).await {
            Ok(answer) => match id_in(&answer).filter(|id| is_number(id)) {
                Some(id) => Ok(Published::Now(id)),
                None => Err(Verdict::Unknown { why: "the answer to a post cannot be read".to_owned() }),
            },
            // A refusal may be about what is out, or not ready, since a moment ago.
            Err(verdict @ (Verdict::Rejected { .. } | Verdict::NotReady { .. })) => {
                match self.state(access, words, &made.id).await {
                    Ok(other @ (State::Out | State::Working)) => self.unready(other),
                    _ => Err(verdict),
                }
            }
            Err(verdict) => Err(verdict),
        }
    }

    fn unready(&self, state: State) -> Result<Published, Verdict> {
        match state {
            State::Out => Ok(Published::Before),
            State::Over { code, why } => Err(rejected(code, &why, None)),
            State::Working | State::Ready => {
                Err(Verdict::NotReady { why: format!("{} is still making it ready", self.network) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_a_number_and_a_moment() {
        let made = Container { id: "17".into(), at_us: 5 };
        assert_eq!(Container::parse(&made.written()), Some(made));
        for bad in ["", "17", "17 x", "../me 5", " 5", "1_2 5", "17 5 6", "under 17"] {
            assert_eq!(Container::parse(bad), None, "{bad}");
        }
    }
}
