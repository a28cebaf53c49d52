//! What people write below the channel's videos, also what YouTube or the channel's settings hold back for review.
//!
//! Source: `commentThreads.list` with `allThreadsRelatedToChannelId`, newest thread first, and `comments.list` for the
//! answers in a thread, of which the former gives only some. A thread does not move up when it is answered.
use super::answer::{items, next_page, unreadable};
use super::cursor::Cursor;
use super::id::{is_channel, is_comment, is_video, watch};
use super::seen::{Listed, Seen};
use super::{COMMENTS, THREADS, YouTube, who};
use crate::{Access, Failure, Inbound, InboundPage, fingerprint, wire};
use serde_json::Value;
use std::collections::BTreeMap;

/// Items in a page, the most there are.
const PAGE: &str = "100";
/// One page is read as a rule, more only where more is new.
const MOST_PAGES: usize = 20;
/// In so many threads at once all answers are read: each costs a call.
const THREADS_WHOLE: usize = 30;
/// Pages of answers in one thread.
const ANSWER_PAGES: usize = 5;

impl Listed for Inbound {
    fn id(&self) -> &str {
        &self.remote_id
    }
    fn at_us(&self) -> i64 {
        self.at_us
    }
}

/// A thread's first comment and the answers to it.
struct Thread {
    first: Inbound,
    video: Option<String>,
    answers: Vec<Inbound>,
    /// How many answers there are.
    total: u64,
}

/// A comment below a video, or below nothing we know an address of.
fn comment(value: &Value, video: Option<&str>) -> Result<Inbound, Failure> {
    let text = |path: &str| value.pointer(path).and_then(Value::as_str);
    let id = text("/id").filter(|id| is_comment(id)).ok_or_else(unreadable)?;
    let parent = text("/snippet/parentId").map(|p| Some(p).filter(|p| is_comment(p)).ok_or_else(unreadable));
    // Who has closed their account has no channel any more; nobody is taken for somebody else.
    let author = text("/snippet/authorChannelId/value").filter(|id| is_channel(id));
    let name: String = text("/snippet/authorDisplayName").unwrap_or_default().chars().take(200).collect();
    Ok(Inbound {
        remote_id: id.to_owned(),
        in_reply_to: parent.transpose()?.or(video).map(str::to_owned),
        author_id: author.map_or_else(|| format!("unknown:{id}"), str::to_owned),
        author_name: if name.trim().is_empty() { "YouTube".to_owned() } else { name },
        author_url: author.map(|id| format!("https://www.youtube.com/channel/{id}")),
        text: text("/snippet/textOriginal").or_else(|| text("/snippet/textDisplay")).ok_or_else(unreadable)?.to_owned(),
        lang: None,
        at_us: text("/snippet/publishedAt").and_then(wire::time).ok_or_else(unreadable)?,
        url: video.map(|video| format!("{}&lc={id}", watch(video))),
    })
}

fn thread(value: &Value) -> Result<Thread, Failure> {
    let video = value.pointer("/snippet/videoId").and_then(Value::as_str);
    if video.is_some_and(|id| !is_video(id)) {
        return Err(unreadable());
    }
    let first = comment(value.pointer("/snippet/topLevelComment").ok_or_else(unreadable)?, video)?;
    let answers = value.pointer("/replies/comments").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let answers = answers.iter().map(|c| comment(c, video)).collect::<Result<Vec<_>, _>>()?;
    let total = value.pointer("/snippet/totalReplyCount").and_then(Value::as_u64).unwrap_or_default();
    Ok(Thread { first, video: video.map(str::to_owned), answers, total })
}

impl YouTube {
    /// Threads from the newest back to a moment, and whether all of them were read.
    async fn threads(&self, access: &Access, held: bool, floor_us: i64) -> Result<(Vec<Thread>, bool), Failure> {
        let channel = who::channel(access)?;
        let (mut all, mut turn): (Vec<Thread>, Option<String>) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let mut pairs = vec![
                ("part", "snippet,replies"),
                ("allThreadsRelatedToChannelId", channel),
                ("order", "time"),
                ("maxResults", PAGE),
                ("textFormat", "plainText"),
                ("moderationStatus", if held { "heldForReview" } else { "published" }),
            ];
            pairs.extend(turn.as_deref().map(|token| ("pageToken", token)));
            let answer = self.get(access, THREADS, &pairs).await?;
            let threads = items(&answer)?.iter().map(thread).collect::<Result<Vec<_>, _>>()?;
            let enough = threads.iter().all(|t| t.first.at_us < floor_us);
            all.extend(threads);
            turn = next_page(&answer)?;
            if enough || turn.is_none() {
                return Ok((all, true));
            }
        }
        Ok((all, false))
    }

    /// The answers in a thread, as far as they are read.
    async fn answers(&self, access: &Access, thread: &Thread) -> Result<Vec<Inbound>, Failure> {
        let (mut all, mut turn): (Vec<Inbound>, Option<String>) = (Vec::new(), None);
        for _ in 0..ANSWER_PAGES {
            let mut pairs = vec![
                ("part", "snippet"),
                ("parentId", thread.first.remote_id.as_str()),
                ("maxResults", PAGE),
                ("textFormat", "plainText"),
            ];
            pairs.extend(turn.as_deref().map(|token| ("pageToken", token)));
            let answer = match self.get(access, COMMENTS, &pairs).await {
                // Removed since it was listed.
                Err(Failure::Gone) => break,
                answer => answer?,
            };
            let page = items(&answer)?;
            let page = page.iter().map(|c| comment(c, thread.video.as_deref())).collect::<Result<Vec<_>, _>>()?;
            all.extend(page);
            turn = next_page(&answer)?;
            if turn.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// Everything that is read, newest first, the channel's own words too, and how many answers the threads have. Answers
    /// that do not come with their thread are fetched where their number is another one than it was (`known`).
    async fn everything(
        &self,
        access: &Access,
        floor_us: i64,
        known: Option<&BTreeMap<String, u64>>,
    ) -> Result<(Vec<Inbound>, BTreeMap<String, u64>), Failure> {
        let (mut threads, complete) = self.threads(access, false, floor_us).await?;
        if !complete {
            return Err(Failure::Unreachable { why: "more was written since than is read at once".to_owned() });
        }
        // What waits for review is told to those who may moderate, and is not missed where the key may not.
        match self.threads(access, true, floor_us).await {
            Ok((held, _)) => threads.extend(held),
            Err(Failure::Refused { .. }) => {}
            Err(failure) => return Err(failure),
        }
        let (mut all, mut counted) = (Vec::new(), BTreeMap::new());
        let mut whole = 0;
        for mut thread in threads {
            if thread.total > thread.answers.len() as u64 {
                let id = &thread.first.remote_id;
                let before = known.map(|known| known.get(id).copied());
                // Whoever begins to read wants nothing of what was there before.
                let changed = before.is_some_and(|before| before != Some(thread.total));
                if changed && whole < THREADS_WHOLE {
                    whole += 1;
                    thread.answers = self.answers(access, &thread).await?;
                    counted.insert(thread.first.remote_id.clone(), thread.total);
                } else if !changed {
                    counted.insert(id.clone(), thread.total);
                } else if let Some(before) = before.flatten() {
                    counted.insert(id.clone(), before);
                }
            }
            all.extend(thread.answers);
            all.push(thread.first);
        }
        all.sort_by_key(|c| std::cmp::Reverse(c.at_us));
        Ok((all, counted))
    }

    pub(super) async fn comments_after(&self, access: &Access, cursor: Option<String>) -> Result<InboundPage, Failure> {
        let last = cursor.as_deref().map(Cursor::parse).transpose()?;
        let asked_us = self.clock.now();
        if let Some(last) = &last
            && (0..self.rest).contains(&(asked_us - last.asked_us))
        {
            return Ok(InboundPage { items: Vec::new(), cursor, more: false });
        }
        let floor_us = last.as_ref().map_or(i64::MAX, |last| last.seen.floor_us);
        let us = who::channel(access)?;
        let (mut all, answers) = self.everything(access, floor_us, last.as_ref().map(|l| &l.answers)).await?;
        all.retain(|c| c.author_id != us);
        let Some(last) = last else {
            let cursor = Cursor { asked_us, seen: Seen::passing(asked_us, &all), answers };
            return Ok(InboundPage { items: Vec::new(), cursor: Some(cursor.written()), more: false });
        };
        let (items, seen, more) = last.seen.tell(asked_us, all);
        // What waits is fetched at once, and the answers with it again.
        let next =
            if more { Cursor { asked_us: 0, seen, answers: last.answers } } else { Cursor { asked_us, seen, answers } };
        Ok(InboundPage { items, cursor: Some(next.written()), more })
    }

    /// The newest comment of the channel's own in these words since a moment, among those that are read.
    pub(super) async fn own_comment(
        &self,
        access: &Access,
        words: &str,
        since_us: i64,
    ) -> Result<Option<(String, Option<String>)>, Failure> {
        let us = who::channel(access)?;
        let (all, _) = self.everything(access, since_us, Some(&BTreeMap::new())).await?;
        let same = |c: &Inbound| c.author_id == us && c.at_us >= since_us && fingerprint(&c.text) == words;
        Ok(all.into_iter().find(same).map(|c| (c.remote_id, c.url)))
    }
}
