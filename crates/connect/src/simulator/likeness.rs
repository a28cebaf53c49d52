//! The practice network in the likeness of each real platform: with the limits and abilities that the platform's connector
//! says of itself. Nothing here is about any one of them, so nothing here can come to differ from what they say.
use crate::{Capabilities, Connector, Key, Kind, Media, Post, Problem, Proof, Recording};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// What stands before the short name of the platform that is played.
pub(crate) const PLAYED: &str = "practice-";

#[derive(Clone)]
pub(crate) struct Likeness {
    real: Arc<dyn Connector>,
    /// The short name of the real platform.
    pub of: &'static str,
    platform: &'static str,
    name: &'static str,
}

/// A name for as long as the program runs: they are few, and the same each time.
fn lasting(name: String) -> &'static str {
    static ALL: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get(name.as_str()) {
        return known;
    }
    let name: &'static str = Box::leak(name.into_boxed_str());
    all.insert(name);
    name
}

impl Likeness {
    pub fn new(real: Arc<dyn Connector>) -> Likeness {
        let can = real.capabilities();
        let (platform, name) =
            (lasting(format!("{PLAYED}{}", can.platform)), lasting(format!("{} (practice)", can.name)));
        Likeness { real, of: can.platform, platform, name }
    }

    /// Those of the platform, except for what makes it a practice network: the key is a name, and the network does not call.
    /// What a platform tells only by calling is asked for instead.
    pub fn capabilities(&self) -> Capabilities {
        let real = self.real.capabilities();
        Capabilities {
            platform: self.platform,
            name: self.name,
            kind: Kind::Practice,
            reads_comments: real.reads_comments || real.calls_us,
            calls_us: false,
            key: Key::Token,
            server: None,
            proof: Proof::Practice,
            ..real
        }
    }

    /// What the platform would refuse. Ids are the practice network's, from which the platform cannot tell whether that is
    /// something to answer: where it takes answers at all, it is.
    pub fn problems(&self, post: &Post) -> Vec<Problem> {
        let mut all = self.real.problems(post);
        if post.reply_to.as_ref().is_some_and(|to| !to.is_empty()) && self.real.capabilities().can_reply {
            all.retain(|p| p.code != "reply-not-possible");
        }
        all
    }
}

/// What the platform would say of a picture by itself, when it is sent up.
pub(super) fn picture(mime: &str, alt: &str, bytes: Vec<u8>) -> Post {
    let media = Media { bytes, mime: mime.to_owned(), alt: alt.to_owned(), url: None, path: None };
    Post { text: "…".to_owned(), media: vec![media], ..Post::default() }
}

/// The same of a recording. The network is told what it is and does not take the file.
pub(super) fn recording(mime: &str, bytes: u64, seconds: Option<u64>) -> Recording {
    Recording { path: PathBuf::new(), bytes, mime: mime.to_owned(), seconds, captions: vec![], url: None }
}

/// Whether a problem is one of a file by itself, and not of the post that it is to go with.
pub(super) fn is_of_a_file(p: &Problem) -> bool {
    let files = ["media-type", "media-too-large", "alt-too-long", "recording-type", "recording-too-large"];
    files.contains(&p.code) || matches!(p.code, "recording-too-long" | "captions-too-long")
}

/// A refusal as the network words it: the stable name is with the limit, for whoever wants to know it exactly.
pub(super) fn sentence(p: &Problem) -> String {
    let what = match p.code {
        "text-empty" => "The text is empty",
        "text-too-long" => "The text is too long",
        "media-too-many" => "There are too many pictures",
        "media-missing" => "There must be a picture or a recording",
        "media-type" => "Pictures of this type are not taken",
        "media-too-large" => "The picture is too large",
        "alt-too-long" => "The description of the picture is too long",
        "publish-not-possible" => "There is no public place here: only people who wrote can be answered",
        "reply-not-possible" => "This cannot be answered here",
        "link-missing" => "There must be a link",
        "recording-missing" => "There must be a recording",
        "recording-not-possible" => "Recordings are not taken here",
        "recording-type" => "Recordings of this type are not taken",
        "recording-too-large" => "The recording is too large",
        "recording-too-long" => "The recording is too long",
        "recording-alone" => "A recording goes without pictures",
        "captions-too-long" => "The captions are too long",
        _ => "This is not taken here",
    };
    match (p.found, p.limit) {
        (Some(found), Some(limit)) => format!("{what}: {found}, and {limit} is the most"),
        _ => what.to_owned(),
    }
}
