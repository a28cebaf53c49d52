//! The rules of the house: what the network takes and can do, as itself or in the likeness of a platform.
use super::Net;
use super::connector::plain;
use super::likeness::{self, Likeness};
use super::routes::No;
use super::state::PracticePost;
use crate::{Capabilities, Media, Post, Problem, Safety};

#[derive(Clone)]
pub(super) struct House(Option<Likeness>);

impl Net {
    /// The house that is named; without a name the network's own.
    pub(super) fn house(&self, of: Option<&str>) -> Result<House, No> {
        let Some(of) = of else { return Ok(House(None)) };
        self.likenesses.get(of).cloned().map(|l| House(Some(l))).ok_or(No::Gone)
    }
}

impl House {
    fn capabilities(&self) -> Capabilities {
        // Which of its four ways it is asked in, the network cannot see: they differ only in that.
        self.0.as_ref().map_or_else(|| plain(Safety::TwoPhase), Likeness::capabilities)
    }

    /// The account a key opens.
    pub fn account(&self, key: &str) -> Option<String> {
        let name = key.split(':').next()?.trim();
        let own = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let fit = !name.is_empty() && name.len() <= 64 && name.chars().all(own);
        fit.then(|| self.0.as_ref().map_or_else(|| name.to_owned(), |l| format!("{name}@{}", l.of)))
    }

    /// What the platform cannot do is refused.
    pub fn able(&self, can: fn(&Capabilities) -> bool) -> Result<House, No> {
        if can(&self.capabilities()) {
            return Ok(self.clone());
        }
        Err(No::Refused("This cannot be done here".to_owned()))
    }

    fn problems(&self, post: &Post) -> Vec<Problem> {
        match &self.0 {
            Some(likeness) => likeness.problems(post),
            None => crate::problems(&self.capabilities(), post),
        }
    }

    /// The first of the problems that are meant.
    pub fn refusing(&self, post: &Post, meant: fn(&Problem) -> bool) -> Result<(), No> {
        match self.problems(post).iter().find(|p| meant(p)) {
            Some(problem) => Err(No::Refused(likeness::sentence(problem))),
            None => Ok(()),
        }
    }

    /// Everything about a post but its files, which were looked at when they came. `ours`: it answers a post of the account's own.
    pub fn takes(&self, post: &PracticePost, ours: bool) -> Result<(), No> {
        let mut said = Post { text: post.text.clone(), lang: post.lang.clone(), ..Post::default() };
        said.reply_to = post.reply_to.as_ref().map(|to| if ours { String::new() } else { to.clone() });
        for m in &post.media {
            if m.recording {
                said.recording = Some(likeness::recording(&m.mime, m.size as u64, m.seconds));
            } else {
                let (mime, alt) = (m.mime.clone(), m.alt.clone());
                said.media.push(Media { bytes: vec![], mime, alt, url: None, path: None });
            }
        }
        self.refusing(&said, |_| true)
    }
}
