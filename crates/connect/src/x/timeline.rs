//! The two lists that are read: the account's own posts and the posts that mention it. Both begin with the newest, are
//! turned by token, and cost money for each post told: never more is asked for than what came since the last look.
use super::answer::{data, unreadable};
use super::text::{Entities, Words, answered, words};
use super::{POST_FIELDS, X, digits, is_name, is_short_word, post_url, profile_url};
use crate::{Access, Failure, Found, Inbound, InboundPage, OwnPage, OwnPost, Sought, fingerprint, wire};
use ground::clock::{MINUTE, SECOND};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The most a page holds, and the fewest that can be asked for (package `xdk` 0.10.6).
const PAGE: usize = 100;
const SHORTEST_PAGE: usize = 5;
/// X tells the newest 3,200 posts of an account and ends there: more pages than these are pages that do not turn.
const PAGES: usize = 40;
/// Clocks differ: what we wrote is looked for from a little before.
const CLOCKS_DIFFER: i64 = 2 * MINUTE;
/// The oldest moment that may be asked for: 6 November 2010, in microseconds.
const OLDEST_MOMENT: i64 = 1_289_001_600 * SECOND;

/// A post as X tells it. Newer answers say *posts* where older ones say *tweets*; both are read.
#[derive(Debug, Clone, Deserialize)]
struct Post {
    id: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    author_id: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    entities: Option<Entities>,
    #[serde(default, alias = "referenced_posts")]
    referenced_tweets: Option<Vec<Reference>>,
    #[serde(default, alias = "note_post")]
    note_tweet: Option<Note>,
}

#[derive(Debug, Clone, Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

/// The whole text of a post that is longer than 280.
#[derive(Debug, Clone, Deserialize)]
struct Note {
    text: String,
    #[serde(default)]
    entities: Option<Entities>,
}

#[derive(Debug, Clone, Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    username: String,
}

impl Post {
    fn age(&self) -> Result<u64, Failure> {
        digits(&self.id).ok_or_else(unreadable)
    }
    fn at_us(&self) -> Result<i64, Failure> {
        self.created_at.as_deref().and_then(wire::time).ok_or_else(unreadable)
    }
    fn refers(&self, kind: &str) -> Option<&str> {
        let all = self.referenced_tweets.as_deref().unwrap_or_default();
        all.iter().find(|r| r.kind == kind && digits(&r.id).is_some()).map(|r| r.id.as_str())
    }
    fn words(&self) -> Words {
        match &self.note_tweet {
            Some(note) => words(&note.text, note.entities.as_ref()),
            None => words(&self.text, self.entities.as_ref()),
        }
    }
    /// What people read: an answer without the names before it, if it says anything else.
    fn said(&self) -> String {
        let text = self.words().text;
        match self.refers("replied_to").map(|_| answered(&text)) {
            Some(short) if !short.is_empty() => short.to_owned(),
            _ => text,
        }
    }
}

/// What was read of a list, newest first.
#[derive(Default)]
struct Heard {
    posts: Vec<Post>,
    authors: BTreeMap<String, User>,
}

/// Where in a list to go on.
fn place(cursor: &str) -> Result<u64, Failure> {
    let human = "This is no place in the account's list of posts.".to_owned();
    digits(cursor).ok_or(Failure::Refused { code: "cursor".to_owned(), human })
}

fn posts_of(answer: &Value) -> Result<Vec<Post>, Failure> {
    // An empty list is not told at all; only the count says that it is one.
    if answer.get("data").is_none() && answer.pointer("/meta/result_count").and_then(Value::as_u64) == Some(0) {
        return Ok(Vec::new());
    }
    serde_json::from_value(data(answer)?.clone()).map_err(|_| unreadable())
}

fn authors_of(answer: &Value) -> Result<Vec<User>, Failure> {
    let users = answer.pointer("/includes/users").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    serde_json::from_value(users).map_err(|_| unreadable())
}

impl X {
    /// A list from the newest back for as long as posts are wanted. Either all of these, or a failure.
    async fn list(
        &self,
        access: &Access,
        query: &str,
        wanted: impl Fn(&Post) -> Result<bool, Failure>,
    ) -> Result<Heard, Failure> {
        let stuck = || Failure::Unreachable { why: "the pages of the list do not turn".to_owned() };
        let mut heard = Heard::default();
        let mut seen: BTreeMap<u64, ()> = BTreeMap::new();
        let mut page = String::new();
        for _ in 0..PAGES {
            let answer = self.get(access, &format!("{query}{page}")).await?;
            let posts = posts_of(&answer)?;
            let told = posts.len();
            let mut fresh = 0;
            let mut reached = false;
            for post in posts {
                if seen.insert(post.age()?, ()).is_some() {
                    continue;
                }
                fresh += 1;
                if wanted(&post)? { heard.posts.push(post) } else { reached = true }
            }
            heard.authors.extend(authors_of(&answer)?.into_iter().map(|u| (u.id.clone(), u)));
            let Some(token) = answer.pointer("/meta/next_token").filter(|t| !t.is_null() && !reached) else {
                return Ok(heard);
            };
            let token = token.as_str().filter(|t| is_short_word(t)).ok_or_else(unreadable)?;
            if told > 0 && fresh == 0 {
                return Err(stuck());
            }
            page = format!(
                "&pagination_token={}",
                url::form_urlencoded::byte_serialize(token.as_bytes()).collect::<String>()
            );
        }
        Err(stuck())
    }

    /// What came after the cursor, oldest first, and where to go on.
    async fn after(&self, access: &Access, query: &str, cursor: &str) -> Result<(Heard, String), Failure> {
        let from = place(cursor)?;
        let since = if from > 0 { format!("&since_id={from}") } else { String::new() };
        let query = format!("{query}&max_results={PAGE}{since}");
        let mut heard = self.list(access, &query, |p| Ok(p.age()? > from)).await?;
        heard.posts.sort_by_cached_key(|p| digits(&p.id));
        let last = heard.posts.last().and_then(|p| digits(&p.id)).unwrap_or(from);
        Ok((heard, last.to_string()))
    }

    /// Where a reader begins that has seen nothing.
    async fn newest(&self, access: &Access, path: &str) -> Result<String, Failure> {
        let answer = self.get(access, &format!("{path}?max_results={SHORTEST_PAGE}")).await?;
        let ages: Result<Vec<u64>, Failure> = posts_of(&answer)?.iter().map(Post::age).collect();
        // Where there is nothing yet, everything that comes is after it.
        Ok(ages?.into_iter().max().unwrap_or_default().to_string())
    }

    pub(super) async fn own_after(&self, access: &Access, cursor: Option<String>) -> Result<OwnPage, Failure> {
        let path = self.mine(access, "tweets")?;
        let Some(cursor) = cursor else {
            return Ok(OwnPage { items: Vec::new(), cursor: Some(self.newest(access, &path).await?), more: false });
        };
        let (heard, cursor) = self.after(access, &format!("{path}?tweet.fields={POST_FIELDS}"), &cursor).await?;
        let mut items = Vec::new();
        for post in &heard.posts {
            let url = Some(post_url(&access.handle, &post.id));
            items.push(OwnPost { remote_id: post.id.clone(), text: post.said(), url, at_us: post.at_us()? });
        }
        Ok(OwnPage { items, cursor: Some(cursor), more: false })
    }

    /// Answers to the account's posts name it, so they are among what mentions it.
    pub(super) async fn mentions(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let path = self.mine(access, "mentions")?;
        let Some(cursor) = cursor else {
            return Ok(InboundPage { items: Vec::new(), cursor: Some(self.newest(access, &path).await?), more: false });
        };
        let query = format!("{path}?tweet.fields={POST_FIELDS},lang&expansions=author_id&user.fields=name,username");
        let (heard, cursor) = self.after(access, &query, &cursor).await?;
        let mut items = Vec::new();
        for post in &heard.posts {
            let author = post.author_id.as_deref().filter(|id| digits(id).is_some()).ok_or_else(unreadable)?;
            if author != access.remote_account_id {
                items.push(inbound(post, author, heard.authors.get(author))?);
            }
        }
        Ok(InboundPage { items, cursor: Some(cursor), more: false })
    }

    /// Looks through what stands on the account since the attempt began.
    pub(super) async fn look(&self, access: &Access, sought: &Sought) -> Result<Found, Failure> {
        let from = (sought.since_us - CLOCKS_DIFFER).max(OLDEST_MOMENT);
        let moment = jiff::Timestamp::from_second(from.div_euclid(SECOND)).map_err(|_| unreadable())?;
        let path = self.mine(access, "tweets")?;
        let query = format!("{path}?tweet.fields={POST_FIELDS}&max_results={PAGE}&start_time={moment}");
        let heard = self.list(access, &query, |p| Ok(p.at_us()? >= from.div_euclid(SECOND) * SECOND)).await?;
        let mut riddle = false;
        for post in heard.posts.iter().rev().filter(|p| p.refers("retweeted").is_none()) {
            let words = post.words();
            let is_answer = post.refers("replied_to").is_some();
            if words.may_have_been(is_answer).iter().any(|t| fingerprint(t) == sought.fingerprint) {
                let url = Some(post_url(&access.handle, &post.id));
                return Ok(Found::Yes { remote_id: post.id.clone(), url });
            }
            riddle |= words.has_riddle;
        }
        // A link that is not told may be the one that was written.
        Ok(if riddle { Found::CannotTell } else { Found::No })
    }
}

fn inbound(post: &Post, author: &str, known: Option<&User>) -> Result<Inbound, Failure> {
    let username = known.map(|u| u.username.as_str()).filter(|n| is_name(n));
    let name = known.map(|u| u.name.trim()).filter(|n| !n.is_empty()).map(str::to_owned);
    let shown = name.or_else(|| username.map(|n| format!("@{n}")));
    Ok(Inbound {
        remote_id: post.id.clone(),
        in_reply_to: post.refers("replied_to").map(str::to_owned),
        author_id: author.to_owned(),
        author_name: shown.unwrap_or_else(|| format!("#{author}")),
        author_url: username.map(profile_url),
        text: post.said(),
        // `und` and what begins with `q` are X's words for “no language”.
        lang: post.lang.clone().filter(|l| l != "und" && !l.starts_with('q') && !l.is_empty() && l.len() <= 35),
        at_us: post.at_us()?,
        url: Some(post_url(username.unwrap_or_default(), &post.id)),
    })
}
