//! What stands on the account: the articles that were published without being sent to followers, and whether a draft is
//! still one.
//!
//! Source: “freepublish_batchget”, “getDraft”. In which order articles are listed is not told, so none is relied upon.
use super::answer::{NO_SUCH_ID, unreadable};
use super::{CLOCKS_DIFFER, Place, WeChat, is_id, on_wechat, words};
use crate::{Access, Failure, Found, Sought, fingerprint};
use ground::clock::SECOND;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;

/// How many are asked for at once; WeChat gives twenty at most.
const PAGE: u64 = 20;
/// How many pages are read.
const PAGES: u64 = 10;

/// An article that is out.
#[derive(Debug, Clone)]
pub(super) struct Article {
    pub id: String,
    /// In microseconds since 1970.
    pub at_us: i64,
    pub url: Option<String>,
    /// The number in its address, by which comments are asked for.
    pub number: Option<String>,
    /// Its content, where it was asked for.
    content: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    total_count: u64,
    #[serde(default)]
    item: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    article_id: String,
    /// In seconds since 1970.
    update_time: i64,
    content: Inside,
}

#[derive(Deserialize)]
struct Inside {
    #[serde(default)]
    news_item: Vec<News>,
}

#[derive(Deserialize)]
struct News {
    content: Option<String>,
    url: Option<String>,
    #[serde(default)]
    is_deleted: bool,
}

/// Nothing where it was removed.
fn article(item: Item) -> Option<Article> {
    let news = item.content.news_item.into_iter().next()?;
    let url = on_wechat(news.url.as_deref());
    let number = url.as_ref().and_then(|u| u.query_pairs().find(|(n, _)| n == "mid").map(|(_, v)| v.into_owned()));
    let at_us = item.update_time.saturating_mul(SECOND);
    let number = number.filter(|n| super::is_number(n));
    let out = Article { id: item.article_id, at_us, url: url.map(|u| u.to_string()), number, content: news.content };
    (!news.is_deleted).then_some(out)
}

impl WeChat {
    /// What is out, with or without what it says. All of it, or as much as is read of a long list.
    pub(super) async fn articles(&self, access: &Access, content: bool) -> Result<Vec<Article>, Failure> {
        let (mut all, mut known) = (Vec::new(), BTreeSet::new());
        for page in 0..PAGES {
            let body = json!({"offset": page * PAGE, "count": PAGE, "no_content": i32::from(!content)});
            let answer = self.read(access, "/cgi-bin/freepublish/batchget", &body).await?;
            let told: Page = serde_json::from_value(answer).map_err(|_| unreadable())?;
            if !told.item.iter().all(|i| is_id(&i.article_id)) {
                return Err(unreadable());
            }
            let before = known.len();
            for item in told.item {
                if known.insert(item.article_id.clone()) {
                    all.extend(article(item));
                }
            }
            // A page that brings nothing new does not turn.
            if known.len() == before || told.total_count <= (page + 1) * PAGE {
                break;
            }
        }
        Ok(all)
    }

    /// The newest article in these words since a moment. Pictures without words are all alike.
    pub(super) async fn same_words(
        &self,
        access: &Access,
        wanted: &str,
        since_us: i64,
    ) -> Result<Option<Article>, Failure> {
        if wanted == fingerprint("") {
            return Ok(None);
        }
        let mut all = self.articles(access, true).await?;
        all.retain(|a| a.at_us >= since_us);
        all.retain(|a| a.content.as_deref().is_some_and(|c| fingerprint(&words::said(c)) == wanted));
        Ok(all.into_iter().max_by_key(|a| a.at_us))
    }

    /// Whether a draft is one still. It is none any more once it is published; somebody may have thrown it away, too.
    async fn is_draft(&self, access: &Access, id: &str) -> Result<bool, Failure> {
        match self.read(access, "/cgi-bin/draft/get", &json!({"media_id": id})).await {
            Ok(draft) if draft.get("news_item").is_some_and(|n| n.as_array().is_some_and(|n| !n.is_empty())) => {
                Ok(true)
            }
            Ok(_) => Err(unreadable()),
            Err(Failure::Refused { code, .. }) if code == NO_SUCH_ID => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let draft = match sought.container.as_deref().and_then(Place::of) {
            Some(Place::Comment(article, comment)) => {
                return self.answered(access, &article, &comment, &sought.fingerprint).await;
            }
            Some(Place::Article(draft)) => draft,
            _ => return Ok(Found::CannotTell),
        };
        let since_us = sought.since_us.saturating_sub(CLOCKS_DIFFER);
        if let Some(article) = self.same_words(access, &sought.fingerprint, since_us).await? {
            return Ok(Found::Yes { remote_id: article.id, url: article.url });
        }
        Ok(if self.is_draft(access, &draft).await? { Found::No } else { Found::CannotTell })
    }
}
