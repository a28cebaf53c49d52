//! Verbs: draft, revise, submit, approve, reject, withdraw, correct. Each loads, asks the rules, writes, records.
use super::facts::{PostApproved, PostDrafted, PostRejected, PostSubmitted, PostWithdrawn};
use super::part::{self, Part};
use super::post::{Draft, Picture, Post, Recording, State, Target, Version, content_hash};
use super::recording;
use super::rules::{self, TargetFacts};
use super::store::{self, DecisionRow};
use crate::accounts;
use crate::ledger::Record;
use crate::people::roles::{DRAFT_POSTS, SEE_DESK};
use ground::db::{DbError, Run, Tx};
use ground::{Ctx, Error, FieldError, Result, Say, search};

/// Longer than any platform takes.
pub const MOST_TEXT: usize = 20_000;
/// A reason is a sentence.
const MOST_REASON: usize = 500;

fn check(draft: &Draft) -> Result<()> {
    let mut wrong = part::wrong(&draft.parts, MOST_TEXT);
    for (field, text) in [("text_en", &draft.text_en), ("text_dz", &draft.text_dz)] {
        if text.chars().count() > MOST_TEXT {
            wrong.push(FieldError::new(field, Say::new("posts-error-text-long").arg("limit", MOST_TEXT)));
        }
    }
    if draft.pictures.len() > 10 {
        wrong.push(FieldError::new("file", Say::new("posts-error-pictures-many")));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

async fn pictures(c: &impl Run, agency: i64, ids: &[i64]) -> Result<Vec<Picture>> {
    let mut all = vec![];
    for id in ids {
        let m = store::media(c, *id).await.ok().filter(|m| m.agency_id == agency);
        let m =
            m.ok_or_else(|| Error::invalid(vec![FieldError::new("media", Say::new("posts-error-media-unknown"))]))?;
        let (alt_en, alt_dz) = (m.alt_en, m.alt_dz);
        all.push(Picture {
            id: m.id,
            digest: m.digest,
            mime: m.mime,
            width: m.width,
            height: m.height,
            alt_en,
            alt_dz,
        });
    }
    Ok(all)
}

/// `of` is the agency and the post; no post yet is 0.
async fn make_version(
    cx: &Ctx,
    c: &impl Run,
    of: (i64, i64),
    draft: &Draft,
    number: i64,
    note: &str,
) -> Result<Version> {
    let (agency, post) = of;
    check(draft)?;
    let mut draft = draft.clone();
    draft.targets.sort_by_key(|t| t.account);
    draft.targets.dedup_by_key(|t| t.account);
    let pictures = pictures(c, agency, &draft.pictures).await?;
    let recording = recording::attached(c, agency, post, draft.recording.as_ref()).await?;
    let content_hash = content_hash(agency, &draft, &pictures, recording.as_ref(), note);
    let (text_en, text_dz) = (draft.text_en, draft.text_dz);
    let author = cx.actor.person()?;
    let note = note.to_owned();
    let scheduled_at = draft.scheduled_at;
    Ok(Version {
        number,
        text_en,
        text_dz,
        note,
        scheduled_at,
        targets: draft.targets,
        parts: draft.parts,
        pictures,
        recording,
        content_hash,
        author,
        at: cx.now(),
    })
}

/// A new draft.
pub async fn draft(cx: &Ctx, agency: i64, draft: &Draft) -> Result<Post> {
    if !cx.actor.may(DRAFT_POSTS, agency) {
        return Err(Error::not_allowed());
    }
    let tx = cx.begin("posts.draft").await?;
    let version = make_version(cx, &tx, (agency, 0), draft, 1, "").await?;
    let id = cx.id();
    store::insert(&tx, id, agency, draft, version.author, cx.now()).await?;
    store::insert_version(&tx, id, &version).await?;
    written(cx, &tx, id, agency, &version).await?;
    cx.commit(tx).await?;
    Ok(Post::first(id, agency, version))
}

/// Records a version and makes it findable at the desk.
async fn written(cx: &Ctx, tx: &Tx, post: i64, agency: i64, v: &Version) -> Result<()> {
    let content_hash = v.content_hash.clone();
    let fact = PostDrafted { post, agency, version: v.number, content_hash, written_at: v.at, author: None };
    tx.record(cx, &fact).await?;
    let text = format!("{}\n{}", v.whole_en(), v.whole_dz());
    let doc = search::Doc { kind: "post", id: post, scope: agency, public: false, text: &text };
    let engine = cx.db().engine();
    if v.number == 1 {
        search::add(tx, engine, &doc).await?
    } else {
        search::put(tx, engine, &doc).await?
    }
    Ok(())
}

/// A post somebody of its agency may look at; others learn nothing of it.
pub async fn see(cx: &Ctx, id: i64) -> Result<Post> {
    let post = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    if cx.actor.may(SEE_DESK, post.agency) { Ok(post) } else { Err(Error::not_allowed()) }
}

/// The next version of something not yet approved. `seen` is the version that was on the screen.
pub async fn revise(cx: &Ctx, id: i64, seen: i64, draft: &Draft) -> Result<Post> {
    let post = see(cx, id).await?;
    rules::may_edit(&cx.actor, &post, seen)?;
    let tx = cx.begin("posts.revise").await?;
    let version = make_version(cx, &tx, (post.agency, id), draft, seen + 1, "").await?;
    if version.content_hash == post.current.content_hash {
        return Ok(post);
    }
    store::step(&tx, &post, State::Draft, &version, cx.now()).await?;
    store::insert_version(&tx, id, &version).await?;
    written(cx, &tx, id, post.agency, &version).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// The same words at another time: a next version like any other, so what waited for approval is a draft again.
pub async fn reschedule(cx: &Ctx, id: i64, seen: i64, at: i64) -> Result<Post> {
    let post = see(cx, id).await?;
    rules::may_move(&cx.actor, &post, seen, at, cx.now())?;
    revise(cx, id, seen, &Draft { scheduled_at: Some(at), ..post.draft() }).await
}

/// How the platform finds the version wanting, and whether its token is good when the post is due.
async fn problems(
    cx: &Ctx,
    account: &accounts::Account,
    post: &Post,
    target: &Target,
) -> Result<Vec<(&'static str, i64, i64)>> {
    if !accounts::takes_posts(cx, account)? {
        return Ok(vec![(rules::ANSWERS_ONLY, 0, 0)]);
    }
    let mut all = super::checks::problems(cx, &account.platform, &post.current, target)?;
    let due = post.scheduled_at.unwrap_or_else(|| cx.now());
    if accounts::key_until(cx.db(), account.id).await?.is_some_and(|until| until <= due) {
        all.push(("posts-problem-key", 0, 0));
    }
    Ok(all)
}

/// What the rules need to know of the accounts a version goes to.
pub async fn targets(cx: &Ctx, post: &Post) -> Result<Vec<TargetFacts>> {
    let mut all = vec![];
    for target in &post.current.targets {
        all.push(match accounts::find(cx.db(), target.account).await {
            Ok(account) => TargetFacts {
                live: account.is_live(),
                own: account.agency_id == post.agency,
                site: account.platform == accounts::SITE,
                side: accounts::side(cx, &account),
                problems: problems(cx, &account, post, target).await?,
                parts: super::checks::problems_of_parts(cx, &account.platform, &post.current)?,
                // Of an account of others not even the name is told.
                name: if account.agency_id == post.agency { account.label(cx) } else { account.id.to_string() },
            },
            Err(DbError::NotFound) => TargetFacts { name: target.account.to_string(), ..TargetFacts::default() },
            Err(e) => return Err(e.into()),
        });
    }
    Ok(all)
}

async fn decided(cx: &Ctx, tx: &Tx, post: &Post, kind: &str, reason: &str) -> Result<()> {
    let row = DecisionRow {
        id: cx.id(),
        post_id: post.id,
        version: post.current.number,
        kind: kind.into(),
        person_id: cx.actor.person()?,
        reason: reason.trim().into(),
        content_hash: post.current.content_hash.clone(),
        at: cx.now(),
    };
    Ok(store::decide(tx, &row).await?)
}

pub async fn submit(cx: &Ctx, id: i64, seen: i64) -> Result<Post> {
    let post = see(cx, id).await?;
    let targets = targets(cx, &post).await?;
    rules::may_submit(&cx.actor, &post, seen, &targets, cx.now())?;
    let tx = cx.begin("posts.submit").await?;
    store::set_state(&tx, &post, State::Submitted, post.released, cx.now()).await?;
    decided(cx, &tx, &post, "submission", "").await?;
    let fact =
        PostSubmitted { post: id, agency: post.agency, version: seen, content_hash: post.current.content_hash.clone() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Everybody who had a hand in this version.
async fn writers(c: &impl Run, post: &Post) -> Result<Vec<i64>> {
    let decisions = store::decisions(c, post.id).await?;
    let submitted = decisions.iter().filter(|d| d.kind == "submission" && d.version == post.current.number);
    Ok(submitted.map(|d| d.person_id).chain([post.current.author]).collect())
}

/// Approves the exact version that was seen; it will go out at its time, or now.
pub async fn approve(cx: &Ctx, id: i64, seen: i64) -> Result<Post> {
    approve_urgent(cx, id, seen, None).await
}

/// The same; with a reason, it goes before everything else that is due then.
pub async fn approve_urgent(cx: &Ctx, id: i64, seen: i64, urgent: Option<&str>) -> Result<Post> {
    let urgent = urgent.map(str::trim);
    let wrong = |say: Say| Err(Error::invalid(vec![FieldError::new("urgent", say)]));
    match urgent.map(|reason| reason.chars().count()) {
        Some(0) => return wrong(Say::new("posts-error-urgent-none")),
        Some(n) if n > MOST_REASON => return wrong(Say::new("posts-error-urgent-long").arg("limit", MOST_REASON)),
        _ => {}
    }
    let post = see(cx, id).await?;
    let (targets, wrote) = (targets(cx, &post).await?, writers(cx.db(), &post).await?);
    rules::may_approve(&cx.actor, &post, seen, &wrote, &targets, cx.now())?;
    let tx = cx.begin("posts.approve").await?;
    store::set_state(&tx, &post, State::Approved, Some(seen), cx.now()).await?;
    decided(cx, &tx, &post, "approval", urgent.unwrap_or_default()).await?;
    let fact = PostApproved {
        post: id,
        agency: post.agency,
        version: seen,
        content_hash: post.current.content_hash.clone(),
        at: post.scheduled_at.unwrap_or_else(|| cx.now()),
        correction: post.released.is_some(),
        urgent: urgent.map(str::to_owned),
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

pub async fn reject(cx: &Ctx, id: i64, seen: i64, reason: &str) -> Result<Post> {
    let post = see(cx, id).await?;
    rules::may_reject(&cx.actor, &post, seen, reason)?;
    let tx = cx.begin("posts.reject").await?;
    store::set_state(&tx, &post, State::Rejected, post.released, cx.now()).await?;
    decided(cx, &tx, &post, "rejection", reason).await?;
    let content_hash = post.current.content_hash.clone();
    let fact =
        PostRejected { post: id, agency: post.agency, version: seen, content_hash, reason: reason.trim().into() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Takes a post back: what is not out stays in, what is out is taken down where the platform lets us.
pub async fn withdraw(cx: &Ctx, id: i64, reason: &str) -> Result<Post> {
    let post = see(cx, id).await?;
    rules::may_withdraw(&cx.actor, &post, reason)?;
    let tx = cx.begin("posts.withdraw").await?;
    store::set_state(&tx, &post, State::Withdrawn, post.released, cx.now()).await?;
    decided(cx, &tx, &post, "withdrawal", reason).await?;
    let was_released = post.released.is_some();
    let fact = PostWithdrawn {
        post: id,
        agency: post.agency,
        version: post.current.number,
        reason: reason.trim().into(),
        was_released,
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// What a correction says instead, and what was wrong.
#[derive(Debug, Clone, Default)]
pub struct Corrected {
    pub text_en: String,
    pub text_dz: String,
    /// What follows, where that was wrong: as many parts as there are.
    pub parts: Option<Vec<Part>>,
    /// What is said in the recording, in English and Dzongkha, where that was wrong.
    pub said: Option<(String, String)>,
    pub note: String,
}

/// Writes and submits a correction of the texts of something released.
pub async fn correct(cx: &Ctx, id: i64, seen: i64, text_en: &str, text_dz: &str, note: &str) -> Result<Post> {
    let (text_en, text_dz, note) = (text_en.into(), text_dz.into(), note.into());
    correct_all(cx, id, seen, &Corrected { text_en, text_dz, note, ..Corrected::default() }).await
}

/// The same with what is said in the recording. What is out stays until the correction is approved.
pub async fn correct_all(cx: &Ctx, id: i64, seen: i64, new: &Corrected) -> Result<Post> {
    let post = see(cx, id).await?;
    let (before, note) = (&post.current, new.note.as_str());
    let parts = new.parts.clone().unwrap_or_else(|| before.parts.clone());
    let (text_en, text_dz) = (new.text_en.clone(), new.text_dz.clone());
    let mut draft = Draft { text_en, text_dz, parts, scheduled_at: None, ..post.draft() };
    if let (Some(recording), Some((en, dz))) = (&mut draft.recording, &new.said) {
        (recording.said_en, recording.said_dz) = (recording::tidy(en), recording::tidy(dz));
    }
    let same_said = draft.recording == before.recording.as_ref().map(Recording::attached);
    let same_words = new.text_en == before.text_en && new.text_dz == before.text_dz && draft.parts == before.parts;
    rules::may_correct(&cx.actor, &post, seen, note, (same_words && same_said, draft.parts.as_slice()))?;
    let tx = cx.begin("posts.correct").await?;
    let version = make_version(cx, &tx, (post.agency, id), &draft, seen + 1, note.trim()).await?;
    store::step(&tx, &post, State::Submitted, &version, cx.now()).await?;
    store::insert_version(&tx, id, &version).await?;
    written(cx, &tx, id, post.agency, &version).await?;
    let post = store::find(&tx, id).await?;
    let targets = targets(cx, &post).await?;
    // The same content rules as for anything submitted, on the version as it now stands.
    rules::may_submit(&cx.actor, &Post { state: State::Draft, ..post.clone() }, version.number, &targets, cx.now())?;
    decided(cx, &tx, &post, "submission", note).await?;
    let fact =
        PostSubmitted { post: id, agency: post.agency, version: version.number, content_hash: version.content_hash };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(post)
}
