//! Every connector as the rest of the program sees it: what it hands out was looked at once more. Platforms are other
//! people's programs; an id with a line break in it, a name a million letters long or a time beyond all calendars may come
//! from any of them, and is believed from none.
mod rules;

use crate::{
    Access, Again, App, Brought, Capabilities, Connector, Counts, Failure, Found, Fut, Granted, Heard, Identity,
    InboundPage, NotHeard, Notice, OwnPage, Post, Prepared, Problem, Renewed, Secret, SignIn, Sought, Standing,
    Verdict,
};
use ground::clock::{DAY, MINUTE};
use ground::fetch::comparing;
use std::sync::Arc;

/// Connectors look back a little further than this, so that clocks need not agree any better.
const CLOCKS_AGREE: i64 = MINUTE;

pub(crate) struct Guarded(Arc<dyn Connector>);

impl Guarded {
    pub fn around(inner: Arc<dyn Connector>) -> Arc<dyn Connector> {
        Arc::new(Guarded(inner))
    }
}

/// Whatever the connector answers, judged by one of the rules.
fn judged<'a, T: Send + 'a>(
    answer: Fut<'a, Result<T, Failure>>,
    rule: fn(T) -> Result<T, Failure>,
) -> Fut<'a, Result<T, Failure>> {
    Box::pin(async move { answer.await.and_then(rule).map_err(rules::failure) })
}

fn decided(answer: Fut<'_, Verdict>) -> Fut<'_, Verdict> {
    Box::pin(async move { rules::verdict(answer.await) })
}

fn made_ready<'a>(answer: Fut<'a, Result<Prepared, Verdict>>) -> Fut<'a, Result<Prepared, Verdict>> {
    Box::pin(async move { answer.await.and_then(rules::prepared).map_err(rules::verdict) })
}

impl Connector for Guarded {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
    fn capabilities_at<'a>(&'a self, access: &'a Access) -> Fut<'a, Capabilities> {
        self.0.capabilities_at(access)
    }
    fn is_billed(&self) -> bool {
        self.0.is_billed()
    }
    fn problems(&self, post: &Post) -> Vec<Problem> {
        self.0.problems(post)
    }
    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        judged(self.0.whoami(access), rules::identity)
    }
    /// A key that was renewed is handed on as it came, for there is no second one; only how long it lasts is looked at.
    fn renew<'a>(&'a self, access: &'a Access, refresh: &'a Secret) -> Fut<'a, Result<Option<Renewed>, Failure>> {
        judged(self.0.renew(access, refresh), |new| Ok(new.map(rules::renewed)))
    }
    fn sign_in(&self, access: &Access) -> Option<SignIn> {
        self.0.sign_in(access)
    }
    fn names_itself<'a>(&'a self, access: &'a Access) -> Fut<'a, bool> {
        self.0.names_itself(access)
    }
    fn introduce<'a>(
        &'a self,
        access: &'a Access,
        website: &'a str,
        redirect: &'a str,
    ) -> Fut<'a, Result<App, Failure>> {
        judged(self.0.introduce(access, website, redirect), Ok)
    }
    /// The same: a code is good for one call.
    fn exchange<'a>(&'a self, access: &'a Access, brought: &'a Brought) -> Fut<'a, Result<Granted, Failure>> {
        judged(self.0.exchange(access, brought), |new| Ok(rules::granted(new)))
    }
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        judged(self.0.resolve(access, handle), |id| id.map(rules::id).transpose())
    }
    fn prepare<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        made_ready(self.0.prepare(access, post))
    }
    fn prepare_edit<'a>(&'a self, access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        made_ready(self.0.prepare_edit(access, post))
    }
    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, key: &'a str) -> Fut<'a, Verdict> {
        decided(self.0.attempt(access, prepared, key))
    }
    fn find<'a>(&'a self, access: &'a Access, sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async move {
            let (answer, ahead) = comparing(self.0.find(access, sought)).await;
            match (rules::found(answer), ahead.unwrap_or(0)) {
                // It may stand there with a time before the one it is looked for from.
                (Found::No, ahead) if ahead < -DAY => Found::CannotTell,
                (Found::No, ahead) if ahead < -CLOCKS_AGREE => {
                    let there = Sought { since_us: sought.since_us.saturating_add(ahead), ..sought.clone() };
                    rules::found(self.0.find(access, &there).await)
                }
                (found, _) => found,
            }
        })
    }
    fn standing<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Standing, Failure>> {
        judged(self.0.standing(access, remote_id), rules::standing)
    }
    fn edit<'a>(&'a self, access: &'a Access, remote_id: &'a str, prepared: &'a Prepared) -> Fut<'a, Verdict> {
        decided(self.0.edit(access, remote_id, prepared))
    }
    fn take_down<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Verdict> {
        decided(self.0.take_down(access, remote_id))
    }
    fn hide<'a>(&'a self, access: &'a Access, remote_id: &'a str, hidden: bool) -> Fut<'a, Verdict> {
        decided(self.0.hide(access, remote_id, hidden))
    }
    fn inbound<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<InboundPage, Failure>> {
        judged(self.0.inbound(access, cursor), rules::inbound)
    }
    fn comment<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Again, Failure>> {
        judged(self.0.comment(access, remote_id), rules::again)
    }
    fn own_posts<'a>(&'a self, access: &'a Access, cursor: Option<String>) -> Fut<'a, Result<OwnPage, Failure>> {
        judged(self.0.own_posts(access, cursor), rules::own)
    }
    fn hear(&self, notice: &Notice, secret: &Secret, now_us: i64) -> Result<Heard, NotHeard> {
        self.0.hear(notice, secret, now_us).map(rules::heard)
    }
    fn mark(&self, notice: &Notice) -> Vec<u8> {
        self.0.mark(notice)
    }
    fn agree<'a>(&'a self, access: &'a Access, word: &'a str) -> Fut<'a, Result<Secret, Failure>> {
        judged(self.0.agree(access, word), Ok)
    }
    fn metrics<'a>(&'a self, access: &'a Access, remote_id: &'a str) -> Fut<'a, Result<Counts, Failure>> {
        judged(self.0.metrics(access, remote_id), |counts| Ok(rules::counts(counts)))
    }
}

#[cfg(test)]
mod tests {
    /// A method that is not handed on would quietly do what the trait does by itself.
    #[test]
    fn every_method_of_the_trait_is_handed_on() {
        let methods = |text: &str, from: &str| -> Vec<String> {
            let body = text.split_once(from).unwrap().1;
            let body = body.split_once("\n}\n").unwrap().0;
            let named = body.lines().filter_map(|l| l.strip_prefix("    fn "));
            named.map(|l| l[..l.find(['<', '(']).unwrap()].to_owned()).collect()
        };
        let promised = methods(include_str!("lib.rs"), "pub trait Connector");
        assert!(promised.len() > 20, "{promised:?}");
        assert_eq!(methods(include_str!("guarded.rs"), "impl Connector for Guarded"), promised);
    }
}
