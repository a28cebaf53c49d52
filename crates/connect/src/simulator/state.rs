//! What the practice network remembers: one line of JSON per event, on the disk before it is answered.
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// A post as the practice network holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticePost {
    pub id: String,
    pub account: String,
    pub text: String,
    pub lang: String,
    pub media: Vec<PracticeMedia>,
    pub reply_to: Option<String>,
    pub key: Option<String>,
    pub at_us: i64,
    #[serde(default)]
    pub edits: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeMedia {
    pub id: String,
    pub mime: String,
    pub alt: String,
    pub size: usize,
    /// How long it plays, if it is a recording that says so.
    #[serde(default)]
    pub seconds: Option<u64>,
    /// A film or sound recording, and no picture.
    #[serde(default)]
    pub recording: bool,
}

/// What somebody wrote to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeReply {
    pub id: String,
    pub n: u64,
    pub account: String,
    pub in_reply_to: Option<String>,
    pub author: String,
    pub text: String,
    pub at_us: i64,
    #[serde(default)]
    pub hidden: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub(super) enum Event {
    Posted {
        post: PracticePost,
        container: Option<String>,
    },
    Edited {
        id: String,
        text: String,
        lang: String,
        media: Vec<PracticeMedia>,
    },
    Removed {
        id: String,
    },
    /// Looked at until then.
    Looking {
        id: String,
        until_us: i64,
        refused: bool,
    },
    Uploaded {
        media: PracticeMedia,
    },
    /// An unpublished post; its `id` is the container's.
    Contained {
        post: PracticePost,
    },
    Replied {
        reply: PracticeReply,
    },
    Hidden {
        id: String,
        hidden: bool,
    },
    /// Whoever wrote it put other words in its place.
    Reworded {
        id: String,
        text: String,
    },
    /// Whoever wrote it took it away.
    TakenBack {
        id: String,
    },
    /// What was taken away is shown again, as it was.
    BroughtBack {
        id: String,
    },
    Counted {
        id: String,
        likes: u64,
        shares: u64,
        views: u64,
    },
    /// A name belongs to somebody else now.
    Moved {
        name: String,
        owner: String,
    },
    /// Whom to call when somebody writes to an account.
    Hooked {
        account: String,
        address: String,
        secret: String,
    },
}

impl Event {
    pub fn hook(account: &str, address: &str, secret: &str) -> Event {
        Event::Hooked { account: account.to_owned(), address: address.to_owned(), secret: secret.to_owned() }
    }
}

#[derive(Default)]
pub(super) struct State {
    file: Option<File>,
    next: u64,
    pub posts: BTreeMap<String, PracticePost>,
    pub media: HashMap<String, PracticeMedia>,
    pub containers: HashMap<String, PracticePost>,
    /// Container to post.
    pub published: HashMap<String, String>,
    /// (account, key) to post; kept after the post is removed, as a platform does.
    pub keys: HashMap<(String, String), String>,
    pub replies: Vec<PracticeReply>,
    /// What may be brought back.
    taken_back: Vec<PracticeReply>,
    pub counts: HashMap<String, (u64, u64, u64)>,
    /// Until when a post is looked at, and whether it is refused then.
    pub looking: HashMap<String, (i64, bool)>,
    /// Names that belong to somebody else than who began with them.
    pub owners: HashMap<String, String>,
    /// Whom to call about an account: the address and the secret.
    pub hooks: HashMap<String, (String, String)>,
}

impl State {
    pub fn open(path: Option<&Path>) -> io::Result<State> {
        let Some(path) = path else { return Ok(State::default()) };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        // Two networks writing one file would each forget what the other promised.
        file.try_lock().map_err(|e| io::Error::new(io::ErrorKind::WouldBlock, e.to_string()))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        // A line cut short by a crash was never answered for.
        let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::End(0))?;
        let mut state = State::default();
        for line in text[..whole].split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            state.apply(serde_json::from_slice(line).map_err(io::Error::other)?);
        }
        state.file = Some(file);
        Ok(state)
    }

    /// A fresh number; ids sort by age.
    pub fn number(&self) -> u64 {
        self.next + 1
    }

    /// Writes it down, then makes it so.
    pub fn commit(&mut self, event: Event) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&event)?;
            line.push(b'\n');
            file.write_all(&line)?;
            file.sync_data()?;
        }
        self.apply(event);
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        self.next += 1;
        match event {
            Event::Posted { post, container } => {
                if let Some(container) = container {
                    self.published.insert(container, post.id.clone());
                }
                if let Some(key) = &post.key {
                    self.keys.insert((post.account.clone(), key.clone()), post.id.clone());
                }
                self.posts.insert(post.id.clone(), post);
            }
            Event::Edited { id, text, lang, media } => {
                if let Some(post) = self.posts.get_mut(&id) {
                    (post.text, post.lang, post.media) = (text, lang, media);
                    post.edits += 1;
                }
            }
            Event::Removed { id } => drop(self.posts.remove(&id)),
            Event::Looking { id, until_us, refused } => drop(self.looking.insert(id, (until_us, refused))),
            Event::Uploaded { media } => drop(self.media.insert(media.id.clone(), media)),
            Event::Contained { post } => drop(self.containers.insert(post.id.clone(), post)),
            Event::Replied { reply } => self.replies.push(reply),
            Event::Hidden { id, hidden } => {
                if let Some(reply) = self.replies.iter_mut().find(|r| r.id == id) {
                    reply.hidden = hidden;
                }
            }
            Event::Reworded { id, text } => {
                if let Some(reply) = self.replies.iter_mut().find(|r| r.id == id) {
                    reply.text = text;
                }
            }
            Event::TakenBack { id } => {
                self.taken_back.extend(self.replies.iter().filter(|r| r.id == id).cloned());
                self.replies.retain(|r| r.id != id);
            }
            Event::BroughtBack { id } => {
                let at = self.taken_back.iter().position(|r| r.id == id);
                self.replies.extend(at.map(|at| self.taken_back.swap_remove(at)));
                self.replies.sort_by_key(|r| r.n);
            }
            Event::Counted { id, likes, shares, views } => drop(self.counts.insert(id, (likes, shares, views))),
            Event::Moved { name, owner } => drop(self.owners.insert(name, owner)),
            Event::Hooked { account, address, .. } if address.is_empty() => drop(self.hooks.remove(&account)),
            Event::Hooked { account, address, secret } => drop(self.hooks.insert(account, (address, secret))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> Event {
        Event::Removed { id: id.to_owned() }
    }

    #[test]
    fn a_line_cut_short_is_forgotten_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/practice.jsonl");
        {
            let mut state = State::open(Some(&path)).unwrap();
            state.commit(event("a")).unwrap();
            state.commit(event("b")).unwrap();
            assert!(State::open(Some(&path)).is_err(), "one at a time");
        }
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"event\":\"remo").unwrap();
        let mut state = State::open(Some(&path)).unwrap();
        assert_eq!(state.number(), 3);
        state.commit(event("c")).unwrap();
        drop(state);
        assert_eq!(State::open(Some(&path)).unwrap().number(), 4);
    }
}
