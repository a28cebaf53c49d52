//! The log's identity: its key, its name, and the last checkpoint this node has shown.
use super::note::{Checkpoint, Verifier};
use super::store::LogState;
use ground::config::Config;
use ground::crypto::{SigningKey, given_key, hex, seed_file, sha256};
use ground::{Error, Result};
use std::path::PathBuf;

const KEY_FILE: &str = "log.key";
const SHOWN_FILE: &str = "log.checkpoint";
const HOST: &str = "{host}";

/// Put in at assembly.
pub struct Log {
    given: String,
    key_file: PathBuf,
    shown_file: PathBuf,
    /// The origin, with `{host}` where the site's own goes.
    origin: String,
    host: Option<String>,
}

impl Log {
    /// `origin` is the pack's, with `{host}` in it.
    pub fn new(config: &Config, origin: String) -> Log {
        let host =
            config.public_url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or(rest).to_owned());
        let (key_file, shown_file) = (config.data.join(KEY_FILE), config.data.join(SHOWN_FILE));
        Log { given: config.log_key.clone(), key_file, shown_file, origin, host }
    }

    /// A log's name stays what it was at its first entry. Where no public address was set by then, the key gives one.
    fn origin(&self, public: &[u8; 32]) -> String {
        let host = self.host.clone().unwrap_or_else(|| format!("local-{}", &hex(&sha256(public))[..8]));
        self.origin.replace(HOST, &host).replace([' ', '+', '\t', '\n'], "-")
    }

    fn key(&self) -> Result<SigningKey> {
        let seed = if self.given.is_empty() { seed_file(&self.key_file) } else { given_key("--log-key", &self.given) };
        Ok(SigningKey::new(&seed?))
    }

    /// Who the log is before it has a single entry; makes its key.
    pub fn first(&self) -> Result<Verifier> {
        let public = self.key()?.public();
        Ok(Verifier::new(&self.origin(&public), public))
    }

    /// The key, if it is here.
    pub fn held(&self) -> Result<Option<SigningKey>> {
        if self.given.is_empty() && !self.key_file.exists() { Ok(None) } else { self.key().map(Some) }
    }

    /// The key that may go on signing this log. Another, or none, would make the log somebody else's.
    pub fn key_of(&self, by: &Verifier) -> Result<SigningKey> {
        let missing =
            || Error::unavailable(format!("{} is missing, and only it signs the log", self.key_file.display()));
        let key = self.held()?.ok_or_else(missing)?;
        if Verifier::new(&by.name, key.public()) == *by {
            return Ok(key);
        }
        Err(Error::unavailable(format!("{} is not the key of this database's log", self.key_file.display())))
    }

    /// A note of any text under the key of this log; `None` where the key is not on this node.
    pub fn sign(&self, by: &Verifier, text: &str) -> Result<Option<String>> {
        if self.held()?.is_none() {
            return Ok(None);
        }
        let signature = self.key_of(by)?.sign(text.as_bytes());
        Ok(Some(by.note(text, &signature)))
    }

    /// The last checkpoint this node has shown; empty when there was none.
    pub fn shown(&self) -> Result<String> {
        match std::fs::read_to_string(&self.shown_file) {
            Ok(text) => Ok(text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(e) => Err(Error::unavailable(format!("{}: {e}", self.shown_file.display()))),
        }
    }

    /// Remembers what was shown, so that a database set back to an older day is noticed. Written so that readers see the
    /// old file or the new one; the database has what counts.
    pub fn show(&self, checkpoint: &str) -> std::io::Result<()> {
        let temp = self.shown_file.with_extension(format!("{}.tmp", std::process::id()));
        std::fs::write(&temp, checkpoint)?;
        std::fs::rename(&temp, &self.shown_file)
    }

    /// Why nothing more may be signed: this node has shown a log that the database no longer knows.
    pub fn set_back(&self, shown: &str, state: &LogState, by: &Verifier) -> Result<()> {
        if shown.is_empty() {
            return Ok(());
        }
        let stop = |why: String| Err(Error::unavailable(format!("{}: {why}", self.shown_file.display())));
        match Checkpoint::open(shown, by) {
            Err(why) => stop(why.into()),
            Ok(c) if c.size > state.size => stop(format!(
                "{} entries were shown to the public and the database has {}: it was set back",
                c.size, state.size
            )),
            Ok(c) if c.size == state.size && shown != state.checkpoint => {
                stop(format!("another tree of {} entries was shown to the public", c.size))
            }
            Ok(_) => Ok(()),
        }
    }
}
