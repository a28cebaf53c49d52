//! The outside world: one folder per platform, all behind one trait. No database and no agency here; a connector is told
//! what to say and with which key, and answers with what it knows about what happened — never more than it knows.
mod access;
pub mod bluesky;
mod capabilities;
#[cfg(test)]
mod contract;
mod count;
mod cursor;
pub mod discourse;
mod enclosed;
pub mod facebook;
mod fake;
mod fake_permits;
mod guarded;
pub mod instagram;
pub mod lemmy;
pub mod linkedin;
mod markdown;
pub mod mastodon;
pub mod matrix;
pub mod mediawiki;
mod meta;
mod notice;
mod oauth;
pub mod peertube;
mod plain;
mod post;
mod recording;
mod registry;
mod signed;
pub mod simulator;
#[cfg(test)]
mod table;
pub mod telegram;
pub mod threads;
pub mod tiktok;
#[cfg(test)]
mod trial;
mod verdict;
pub mod wechat;
pub mod weibo;
pub mod whatsapp;
mod wire;
pub mod wordpress;
pub mod x;
pub mod youtube;

pub use access::{Access, Renewed, Secret};
pub use capabilities::{Capabilities, Key, Kind, Proof, Safety};
pub use count::Count;
pub use notice::{Heard, NotHeard, Notice};
pub use oauth::{App, Brought, Granted, SignIn};
pub use post::{Media, Post, Prepared, Problem, fingerprint, problems};
pub use recording::{Captions, Recording, Recordings};
pub use registry::Registry;
pub use verdict::{
    Again, Counts, Failure, Found, Identity, Inbound, InboundPage, OwnPage, OwnPost, Sought, Standing, Verdict,
};

use std::pin::Pin;

pub type Fut<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One platform. Every call is made at most once by the connector itself: whoever calls decides about repeating, from
/// the verdict and the platform's [`Safety`].
pub trait Connector: Send + Sync {
    /// What the platform can do in general.
    fn capabilities(&self) -> Capabilities;

    /// What this account's own server allows, where servers differ: ask this before relying on [`Safety::Keyed`]. Never
    /// fails: without an answer it is the general one, which never promises more than every server keeps.
    fn capabilities_at<'a>(&'a self, access: &'a Access) -> Fut<'a, Capabilities> {
        let _ = access;
        Box::pin(async move { self.capabilities() })
    }

    /// Whether the platform bills each post.
    fn is_billed(&self) -> bool {
        false
    }

    /// Everything about a post that the platform would refuse, all at once, counted as the platform counts.
    fn problems(&self, post: &Post) -> Vec<Problem> {
        problems(&self.capabilities(), post)
    }

    /// Whose key this is. Reads only.
    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>>;

    /// A new key in place of one that runs out; `None` where keys of this platform are not renewed. On some platforms what
    /// renews is good for one call: whoever calls sees to it that there is no second one.
    fn renew<'a>(&'a self, access: &'a Access, refresh: &'a Secret) -> Fut<'a, Result<Option<Renewed>, Failure>> {
        let _ = (access, refresh);
        Box::pin(async { Ok(None) })
    }

    /// How whoever holds an account lets the program act on it by signing in at the platform; `None` where keys are
    /// made another way. Nothing is asked of anybody here.
    fn sign_in(&self, access: &Access) -> Option<SignIn> {
        let _ = access;
        None
    }

    /// Whether the account's server announces that it names itself to a browser that it sends back (RFC 8414, RFC 9207):
    /// then one that names nobody was not sent back by it. Without an answer it did not announce it. Reads only.
    fn names_itself<'a>(&'a self, access: &'a Access) -> Fut<'a, bool> {
        let _ = access;
        Box::pin(async { false })
    }

    /// Introduces the program to the account's server, where [`SignIn::introduces`] says that it is done so.
    /// `website`: what people are shown beside its name; `redirect`: where browsers come back to. Each time the server
    /// knows one more app.
    fn introduce<'a>(
        &'a self,
        access: &'a Access,
        website: &'a str,
        redirect: &'a str,
    ) -> Fut<'a, Result<App, Failure>> {
        let _ = (access, website, redirect);
        Box::pin(async { Err(oauth::not_here()) })
    }

    /// The key for what a browser brought back, in the form in which an account of this platform keeps it: see
    /// [`Brought`]. `app-not-known` among the refusals means that the app must be made or introduced anew. Whose key
    /// it is only [`Connector::whoami`] tells.
    fn exchange<'a>(&'a self, access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        let _ = (access, brought);
        Box::pin(async { Err(oauth::not_here()) })
    }

    /// Who a handle belongs to at this moment, by the id the platform never gives to anybody else; `None` where the
    /// platform does not tell. Reads only.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        let _ = (access, handle);
        Box::pin(async { Ok(None) })
    }

    /// Everything that may be repeated without harm: uploading media, making an unpublished container. What it returns
    /// can be stored and used again after a crash.
    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>>;

    /// The same for [`Connector::edit`]. Where the platform changes words only, no picture and no film is brought there
    /// again, and what stands for them here serves to tell whether they are still the same.
    fn prepare_edit<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        self.prepare(access, post)
    }

    /// The one irreversible call.
    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, key: &'a str) -> Fut<'a, Verdict>;

    /// Looks for the outcome of an attempt that gave no answer: by its key, by the prepared container's id, or among the
    /// account's own posts since a moment by their [`fingerprint`]. `Found::No` only when that is certain.
    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found>;

    /// What became of something the platform took and was still working on: [`Verdict::Pending`]. Reads only.
    fn standing<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Standing, Failure>> {
        let _ = (access, remote_id);
        Box::pin(async { Ok(Standing::NotTold) })
    }

    /// Replaces the text and media of a post that is out. Where the platform knows it by another id from then on, the verdict
    /// names that.
    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        let _ = (access, remote_id, prepared);
        Box::pin(async { Verdict::unsupported("edit") })
    }

    /// Removes a post. A post that is gone already is `Accepted` too.
    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        let _ = (access, remote_id);
        Box::pin(async { Verdict::unsupported("take_down") })
    }

    /// Hides or shows a comment under our own post.
    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        let _ = (access, remote_id, hidden);
        Box::pin(async { Verdict::unsupported("hide") })
    }

    /// Comments and mentions after the cursor, oldest first. The same item may come twice.
    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        let _ = access;
        Box::pin(async move { Ok(InboundPage { items: Vec::new(), cursor, more: false }) })
    }

    /// One comment as it reads now. `Gone` only where the platform says so in its own words; a fault is a [`Failure`], and
    /// never [`Failure::Gone`]. Only where [`Capabilities::rereads`] says so. Reads only.
    fn comment<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Again, Failure>> {
        let _ = (access, remote_id);
        Box::pin(async { Ok(Again::NotTold) })
    }

    /// What stands on the account itself and came after the cursor, oldest first, whoever put it there. Without a cursor it
    /// lists nothing and says where to begin: what was there before is not looked at. Only where
    /// [`Capabilities::lists_own`] says so; nothing elsewhere. The same item may come twice.
    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        let _ = access;
        Box::pin(async move { Ok(OwnPage { items: Vec::new(), cursor, more: false }) })
    }

    /// What a call of the platform says, once it is certain that the platform made it: by its signature, made with the secret
    /// that was agreed upon with it. `now_us` is for those who sign the moment as well. Nothing is asked of anybody here.
    fn hear(&self, notice: &Notice, secret: &Secret, now_us: i64) -> Result<Heard, NotHeard> {
        let _ = (notice, secret, now_us);
        Err(NotHeard::Unexpected)
    }

    /// What makes a call one of a kind: the same again was heard before. That is what was signed: the body, as a rule.
    fn mark(&self, notice: &Notice) -> Vec<u8> {
        notice.body.clone()
    }

    /// The secret to agree upon with the platform for its calls about this account, made of a word of chance or of one's own.
    /// It holds whatever [`Connector::hear`] must know of the account. Reads only.
    fn agree<'a>(&'a self, access: &'a Access, word: &'a str) -> Fut<'a, Result<Secret, Failure>> {
        let _ = access;
        Box::pin(async move { Ok(Secret::new(word)) })
    }

    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        let _ = (access, remote_id);
        Box::pin(async { Ok(Counts::default()) })
    }
}
