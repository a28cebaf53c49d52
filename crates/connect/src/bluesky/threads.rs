//! Posts as the network sees them: what an answer answers, and which answers are hidden under our posts.
use super::at::{Place, encoded, key_of};
use super::calls::{No, refused};
use super::{Bluesky, POST};
use crate::{Access, Failure, Verdict, wire};
use ground::clock::Clock;
use serde_json::{Value, json};

/// The record that rules who may answer a post and which answers stand aside. It has the post's own key.
const GATE: &str = "app.bsky.feed.threadgate";
/// The lexicon's limit on answers that one post hides.
const MOST_HIDDEN: usize = 300;

impl Bluesky {
    /// A post with its counts, as the network's view has it.
    pub(super) async fn seen(&self, access: &Access, uri: &str) -> Result<Value, Failure> {
        let answer = self.get(access, &format!("app.bsky.feed.getPosts?uris={}", encoded(uri))).await?;
        let unreadable = || Failure::Unreachable { why: "the answer cannot be read".to_owned() };
        let posts = answer["posts"].as_array().ok_or_else(unreadable)?;
        match posts.as_slice() {
            [post] if post["uri"] == uri => Ok(post.clone()),
            // What is not there is left out; a list of something else is no answer to what was asked.
            [] => Err(Failure::Gone),
            _ => Err(unreadable()),
        }
    }

    /// What an answer to this post carries: the post, and the one its conversation begins with.
    pub(super) async fn thread_of(&self, access: &Access, uri: &str) -> Result<Value, Verdict> {
        let Some(place) = Place::of(uri).filter(|p| p.collection == POST) else {
            return Err(refused("gone", "What is answered is not a post of this network."));
        };
        let own = self.whose(access).await.map_err(wire::unwritten)? == place.did;
        // The view may be behind with what we have just said ourselves; our own server is not.
        let (cid, record) = if own {
            let found = self.own_record(access, POST, &place.key).await.map_err(wire::unwritten)?;
            (found["cid"].clone(), found["value"].clone())
        } else {
            let found = self.seen(access, uri).await.map_err(wire::unwritten)?;
            (found["cid"].clone(), found["record"].clone())
        };
        if !cid.is_string() {
            return Err(Verdict::NotSent { why: "what is answered cannot be read".to_owned() });
        }
        let parent = json!({"uri": place.uri(), "cid": cid});
        let root = Some(record["reply"]["root"].clone()).filter(Value::is_object).unwrap_or_else(|| parent.clone());
        Ok(json!({"root": root, "parent": parent}))
    }

    /// Lets an answer under our own post stand aside, or back in its place. Whoever wrote it still sees it, and so does
    /// who asks for what stands aside: that is this platform's meaning of hiding.
    pub(super) async fn hide_reply(&self, access: &Access, uri: &str, hidden: bool) -> Verdict {
        let root = match self.root_of(access, uri).await {
            Ok(root) => root,
            Err(verdict) => return verdict,
        };
        let (old, swap) = match self.own_record(access, GATE, &root.key).await {
            Ok(found) => (found["value"].clone(), found["cid"].clone()),
            Err(Failure::Gone) => (Value::Null, Value::Null),
            Err(why) => return wire::unwritten(why),
        };
        let listed = old["hiddenReplies"].as_array().cloned().unwrap_or_default();
        let mut aside: Vec<Value> = listed.into_iter().filter(|u| u != uri).collect();
        if hidden {
            aside.push(json!(uri));
        }
        if aside.len() > MOST_HIDDEN {
            return refused("too-many-hidden", "This platform hides at most 300 answers under one post.");
        }
        // Who may answer stays as it was set.
        let mut gate = if old.is_object() { old } else { new_gate(&root, &self.clock) };
        gate["hiddenReplies"] = Value::Array(aside);
        let body = json!({"repo": root.did, "collection": GATE, "rkey": root.key, "record": gate, "swapRecord": swap});
        match self.write(access, "com.atproto.repo.putRecord", &body).await {
            Ok(_) => Verdict::Accepted { remote_id: uri.to_owned(), url: None },
            // Somebody else hid another answer at the same moment: with what stands there now it can be done again.
            Err(No::Swap(why)) => Verdict::NotSent { why },
            Err(No::Absent) => refused("gone", "The post is not there any more."),
            Err(No::Ended) => Verdict::Unauthorised,
            Err(No::Other(verdict)) => verdict,
        }
    }

    /// The post of ours that a conversation began with.
    async fn root_of(&self, access: &Access, uri: &str) -> Result<Place, Verdict> {
        let found = self.seen(access, uri).await.map_err(wire::unwritten)?;
        let root = found["record"]["reply"]["root"]["uri"].as_str().and_then(Place::of);
        let own = self.whose(access).await.map_err(wire::unwritten)?;
        let no = || refused("not-ours", "Only an answer under a post of this account can be hidden by it.");
        root.filter(|r| r.did == own && r.collection == POST && key_of(uri) != r.key).ok_or_else(no)
    }
}

fn new_gate(root: &Place, clock: &Clock) -> Value {
    let now = jiff::Timestamp::from_microsecond(clock.now()).unwrap_or_default();
    json!({"$type": GATE, "post": root.uri(), "createdAt": format!("{now:.3}")})
}
