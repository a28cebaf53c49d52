//! What people write below the account's newest posts.
use super::Instagram;
use super::comments::{Comment, PAGE, PAGES, with_answers};
use super::own::Shown;
use crate::meta::account;
use crate::meta::list::Asked;
use crate::meta::seen::{Listed, Seen, Told};
use crate::{Access, Failure, Inbound, InboundPage};
use ground::clock::DAY;

/// Comments are looked for below so many of the newest posts, none older than that.
const WATCHED: usize = 25;
const WATCHED_FOR: i64 = 60 * DAY;
/// Answers are looked for below comments that are this much older than what was told already.
const ANSWERED_FOR: i64 = 7 * DAY;
const WATCHED_FIELDS: &str = "id,timestamp,permalink,comments_count";

/// A comment and where it stands.
#[derive(Clone)]
struct Written {
    /// The post's number and the comment's.
    id: String,
    to: String,
    url: Option<String>,
    it: Comment,
}

impl Listed for Written {
    fn id(&self) -> &str {
        &self.id
    }
    fn at_us(&self) -> i64 {
        self.it.at_us
    }
}

impl Instagram {
    pub(super) async fn comments(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let seen = cursor.as_deref().map(Seen::parse).transpose()?;
        let own = self.me(access).await?;
        let edge = self.graph.path(account(access)?, "/media");
        let asked = Asked { edge: &edge, fields: WATCHED_FIELDS, given: &[], limit: WATCHED, pages: 1 };
        let now_us = self.graph.clock.now();
        let since_us = now_us - WATCHED_FOR;
        // Older posts than these are not watched: that the list was not read to its end is meant so.
        let (posts, _) = self.graph.back::<Shown>(access, &asked, since_us).await?;
        let mut list = Vec::new();
        for post in posts.into_iter().filter(|p| p.comments_count != Some(0)) {
            match self.below(access, &post, seen.as_ref()).await {
                Ok(some) => list.extend(some),
                // It was taken down since the list was made.
                Err(Failure::Gone) => {}
                Err(failure) => return Err(failure),
            }
        }
        list.retain(|w| w.it.is_of(&own) != Some(true));
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

    /// Comments below a post, and the answers to them. Without a place in the list, only the newest.
    async fn below(&self, access: &Access, post: &Shown, seen: Option<&Seen>) -> Result<Vec<Written>, Failure> {
        let edge = self.graph.path(&post.id, "/comments");
        let fields = with_answers();
        let pages = if seen.is_some() { PAGES } else { 1 };
        let asked = Asked { edge: &edge, fields: &fields, given: &[], limit: PAGE, pages };
        let since_us = seen.map_or(i64::MIN, |s| s.floor_us.saturating_sub(ANSWERED_FOR));
        let (comments, complete) = self.graph.back::<Comment>(access, &asked, since_us).await?;
        let too_much = || Failure::Unreachable { why: "more comments since the last look than can be read".to_owned() };
        if !complete && seen.is_some() {
            return Err(too_much());
        }
        let mut out = Vec::new();
        let written = |it: Comment, to: &str| Written {
            id: format!("{}_{}", post.id, it.id),
            to: to.to_owned(),
            url: post.url(),
            it,
        };
        for mut comment in comments {
            let first = format!("{}_{}", post.id, comment.id);
            if let Some(some) = comment.replies.take() {
                let answers = if some.has_more() && seen.is_some() {
                    match self.answers(access, &comment.id).await? {
                        (all, true) => all,
                        (_, false) => return Err(too_much()),
                    }
                } else {
                    some.data
                };
                out.extend(answers.into_iter().rev().map(|it| written(it, &first)));
            }
            out.push(written(comment, &post.id));
        }
        Ok(out)
    }
}

fn inbound(w: Written) -> Inbound {
    let Written { id, to, url, it } = w;
    let name = it.by_name().map(str::to_owned);
    let author = it.by_id().map(str::to_owned).or_else(|| name.as_ref().map(|n| n.to_lowercase()));
    Inbound {
        // Nobody is taken for somebody else.
        author_id: author.unwrap_or_else(|| format!("unknown:{id}")),
        author_url: name.as_ref().map(|n| format!("https://www.{}/{n}/", super::SITE)),
        author_name: name.map_or_else(|| "Instagram".to_owned(), |n| format!("@{n}")),
        in_reply_to: Some(to),
        remote_id: id,
        text: it.text.unwrap_or_default(),
        lang: None,
        at_us: it.at_us,
        url,
    }
}
