//! What people write to the account: answers below its newest posts, and mentions. An account's own list of answers is what
//! it answered itself, so answers are asked for post by post.
use super::own::{PAGES, Thread, too_much};
use super::{Threads, on_threads};
use crate::meta::list::Asked;
use crate::meta::seen::{Listed, Seen, Told};
use crate::meta::{account, is_username};
use crate::{Access, Failure, Inbound, InboundPage};
use ground::clock::DAY;
use std::collections::BTreeSet;

/// Answers are looked for below so many of the newest posts, none older than that.
const WATCHED: usize = 25;
const WATCHED_FOR: i64 = 30 * DAY;
const PAGE: usize = 100;
const WATCHED_FIELDS: &str = "id,timestamp,has_replies,media_type";
const FIELDS: &str = "id,text,timestamp,permalink,username,replied_to,is_reply_owned_by_me";

/// Something written to the account, and below which of its posts.
#[derive(Clone)]
struct Written {
    it: Thread,
    under: Option<String>,
}

impl Listed for Written {
    fn id(&self) -> &str {
        &self.it.id
    }
    fn at_us(&self) -> i64 {
        self.it.at_us
    }
}

impl Threads {
    pub(super) async fn answers_and_mentions(
        &self,
        access: &Access,
        cursor: Option<String>,
    ) -> Result<InboundPage, Failure> {
        let seen = cursor.as_deref().map(Seen::parse).transpose()?;
        let now_us = self.graph.clock.now();
        let own = self.me(access).await?.handle;
        // Without a cursor only the newest of each list matter.
        let floor_us = seen.as_ref().map_or(i64::MIN, |s| s.floor_us);
        let pages = if seen.is_some() { PAGES } else { 1 };
        let mut list = Vec::new();
        for post in self.watched(access).await? {
            let edge = self.graph.path(&post, "/conversation");
            let given = [("reverse", "true")];
            let asked = Asked { edge: &edge, fields: FIELDS, given: &given, limit: PAGE, pages };
            let (answers, complete) = match self.graph.back::<Thread>(access, &asked, floor_us).await {
                // It was taken down since the list was made.
                Err(Failure::Gone) => continue,
                other => other?,
            };
            if !complete && seen.is_some() {
                return Err(too_much("was answered"));
            }
            list.extend(answers.into_iter().map(|it| Written { it, under: Some(post.clone()) }));
        }
        list.extend(self.mentions(access, floor_us, pages, seen.is_some()).await?);
        let ours = |t: &Thread| {
            t.is_reply_owned_by_me == Some(true)
                || t.username.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(own.trim_start_matches('@')))
        };
        // What answers and mentions at once comes as an answer.
        let mut known = BTreeSet::new();
        list.retain(|w| !ours(&w.it) && known.insert(w.it.id.clone()));
        list.sort_by_key(|w| std::cmp::Reverse(w.it.at_us));
        let Some(seen) = seen else {
            return Ok(InboundPage {
                items: Vec::new(),
                cursor: Some(Seen::passing(now_us, &list).written()),
                more: false,
            });
        };
        let Told { items, seen, more } = seen.tell(now_us, list);
        Ok(InboundPage { items: items.into_iter().map(inbound).collect(), cursor: Some(seen.written()), more })
    }

    /// The posts below which answers are looked for. One that surely has none is left out, and one that was only passed on:
    /// nothing below it is said to the account.
    async fn watched(&self, access: &Access) -> Result<Vec<String>, Failure> {
        let edge = self.graph.path(account(access)?, "/threads");
        let asked = Asked { edge: &edge, fields: WATCHED_FIELDS, given: &[], limit: WATCHED, pages: 1 };
        let since_us = self.graph.clock.now() - WATCHED_FOR;
        let (posts, _) = self.graph.back::<Thread>(access, &asked, since_us).await?;
        let looked_below = |p: &Thread| p.has_replies != Some(false) && !p.is_repost();
        Ok(posts.into_iter().filter(looked_below).map(|p| p.id).collect())
    }

    /// Mentions need a permission of their own; an account without it goes without.
    async fn mentions(
        &self,
        access: &Access,
        floor_us: i64,
        pages: usize,
        whole: bool,
    ) -> Result<Vec<Written>, Failure> {
        let edge = self.graph.path(account(access)?, "/mentions");
        let asked = Asked { edge: &edge, fields: FIELDS, given: &[], limit: PAGE, pages };
        match self.graph.back::<Thread>(access, &asked, floor_us).await {
            Ok((_, false)) if whole => Err(too_much("was mentioned")),
            Ok((list, _)) => Ok(list.into_iter().map(|it| Written { it, under: None }).collect()),
            Err(Failure::Refused { code, .. }) if code == "forbidden" => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }
}

/// Threads tells names and no ids of people: the name is all there is to know somebody by.
fn inbound(w: Written) -> Inbound {
    let Written { it, under } = w;
    let name = it.username.as_deref().filter(|n| is_username(n)).map(str::to_owned);
    let url = it.url();
    Inbound {
        author_id: name.as_ref().map_or_else(|| format!("unknown:{}", it.id), |n| n.to_lowercase()),
        author_url: name.as_ref().and_then(|n| on_threads(Some(&format!("https://www.threads.com/@{n}")))),
        author_name: name.map_or_else(|| "Threads".to_owned(), |n| format!("@{n}")),
        in_reply_to: it.replied_to.map(|n| n.id).or(under),
        remote_id: it.id,
        text: it.text.unwrap_or_default(),
        lang: None,
        at_us: it.at_us,
        url,
    }
}
