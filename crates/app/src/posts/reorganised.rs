//! Where an agency has ended, what it had not said yet is not said in its name: such posts are taken back and given as
//! drafts of the same words to the agency that took over. What is out stays, with a correction that was waiting turned
//! down.
use super::facts::{PictureAdded, PostDrafted, PostRejected, PostWithdrawn, RecordingAdded};
use super::post::{Draft, Post, Recording, State, Target, Version, content_hash};
use super::recording::{self, store::RecordingRow};
use super::store::{self, DecisionRow, MediaRow, Wanted};
use crate::accounts;
use crate::agencies::{self, AgencyReorganised};
use crate::ledger::Record;
use ground::db::Tx;
use ground::facts::Recorded;
use ground::{Ctx, Result, Say, search};

pub async fn give_over(cx: Ctx, f: Recorded<AgencyReorganised>) -> Result<()> {
    let cx = cx.as_system();
    let heir = agencies::find(cx.db(), f.fact.heir).await?;
    let say = Say::new("posts-taken-back").arg("agency", heir.name(cx.lang));
    let reason = cx.words().say(cx.lang, &say);
    for state in [State::Draft, State::Submitted, State::Rejected, State::Approved] {
        let mut before = i64::MAX;
        loop {
            let agencies = Some(vec![f.fact.agency]);
            let some = store::list(cx.db(), &Wanted { agencies, state: Some(state), before, most: 100 }).await?;
            let Some(last) = some.last() else { break };
            before = last.id;
            for post in &some {
                one(&cx, post, &f.fact, &reason).await?;
            }
        }
    }
    Ok(())
}

async fn one(cx: &Ctx, post: &Post, f: &AgencyReorganised, reason: &str) -> Result<()> {
    let later = post.scheduled_at.is_some_and(|at| at > cx.now());
    let out = post.released.is_some() && !(post.state == State::Approved && later);
    if out && post.state != State::Submitted {
        return Ok(());
    }
    let tx = cx.begin("posts.give-over").await?;
    if out {
        turn_down(cx, &tx, post, f, reason).await?;
    } else {
        take_back(cx, &tx, post, f, reason).await?;
        draft_for_heir(cx, &tx, post, f.heir).await?;
    }
    Ok(cx.commit(tx).await?)
}

async fn decide(cx: &Ctx, tx: &Tx, post: &Post, kind: &str, f: &AgencyReorganised, reason: &str) -> Result<()> {
    let row = DecisionRow {
        id: cx.id(),
        post_id: post.id,
        version: post.current.number,
        kind: kind.into(),
        person_id: f.by,
        reason: reason.into(),
        content_hash: post.current.content_hash.clone(),
        at: cx.now(),
    };
    Ok(store::decide(tx, &row).await?)
}

async fn turn_down(cx: &Ctx, tx: &Tx, post: &Post, f: &AgencyReorganised, reason: &str) -> Result<()> {
    store::set_state(tx, post, State::Rejected, post.released, cx.now()).await?;
    decide(cx, tx, post, "rejection", f, reason).await?;
    let (version, content_hash) = (post.current.number, post.current.content_hash.clone());
    let fact = PostRejected { post: post.id, agency: post.agency, version, content_hash, reason: reason.into() };
    tx.record(cx, &fact).await.map(|_| ())
}

async fn take_back(cx: &Ctx, tx: &Tx, post: &Post, f: &AgencyReorganised, reason: &str) -> Result<()> {
    store::set_state(tx, post, State::Withdrawn, post.released, cx.now()).await?;
    decide(cx, tx, post, "withdrawal", f, reason).await?;
    let (version, was_released) = (post.current.number, post.released.is_some());
    let fact = PostWithdrawn { post: post.id, agency: post.agency, version, reason: reason.into(), was_released };
    tx.record(cx, &fact).await.map(|_| ())
}

async fn recording_for_heir(cx: &Ctx, tx: &Tx, post: &Post, heir: i64) -> Result<Option<Recording>> {
    let Some(r) = &post.current.recording else { return Ok(None) };
    let row = recording::store::find(tx, r.id).await?;
    let copy = RecordingRow { id: cx.id(), agency_id: heir, ..row };
    recording::store::insert(tx, &copy, post.current.author, cx.now()).await?;
    tx.record(cx, &RecordingAdded { recording: copy.id, agency: heir, digest: copy.digest.clone() }).await?;
    Ok(Some(Recording { id: copy.id, ..r.clone() }))
}

/// The same words by the same author, for the accounts that went over and the site of the agency that took over.
async fn draft_for_heir(cx: &Ctx, tx: &Tx, post: &Post, heir: i64) -> Result<()> {
    let live = accounts::live_of(tx, heir).await?;
    let site = live.iter().find(|a| a.platform == accounts::SITE).map(|a| a.id);
    let mut targets: Vec<Target> = vec![];
    for target in &post.current.targets {
        let own_site = accounts::find(tx, target.account).await?.platform == accounts::SITE;
        let account = if own_site { site } else { Some(target.account) };
        targets.extend(account.map(|account| Target { account, variant: target.variant.clone() }));
    }
    targets.sort_by_key(|t| t.account);
    targets.dedup_by_key(|t| t.account);
    let mut pictures = post.current.pictures.clone();
    for picture in &mut pictures {
        let media = store::media(tx, picture.id).await?;
        let (author, digest) = (post.current.author, media.digest.clone());
        let copy = MediaRow { id: cx.id(), agency_id: heir, ..media };
        store::insert_media(tx, &copy, author, cx.now()).await?;
        tx.record(cx, &PictureAdded { media: copy.id, agency: heir, digest }).await?;
        picture.id = copy.id;
    }
    let recording = recording_for_heir(cx, tx, post, heir).await?;
    let draft = Draft {
        text_en: post.current.text_en.clone(),
        text_dz: post.current.text_dz.clone(),
        parts: post.current.parts.clone(),
        targets,
        pictures: pictures.iter().map(|p| p.id).collect(),
        recording: recording.as_ref().map(Recording::attached),
        scheduled_at: post.scheduled_at,
    };
    let version = Version {
        number: 1,
        content_hash: content_hash(heir, &draft, &pictures, recording.as_ref(), ""),
        text_en: draft.text_en.clone(),
        text_dz: draft.text_dz.clone(),
        parts: draft.parts.clone(),
        note: String::new(),
        scheduled_at: draft.scheduled_at,
        targets: draft.targets.clone(),
        pictures,
        recording,
        author: post.current.author,
        at: cx.now(),
    };
    let id = cx.id();
    store::insert(tx, id, heir, &draft, version.author, cx.now()).await?;
    store::insert_version(tx, id, &version).await?;
    let content_hash = version.content_hash.clone();
    let (written_at, author) = (version.at, Some(version.author));
    tx.record(cx, &PostDrafted { post: id, agency: heir, version: 1, content_hash, written_at, author }).await?;
    let text = format!("{}\n{}", version.whole_en(), version.whole_dz());
    let doc = search::Doc { kind: "post", id, scope: heir, public: false, text: &text };
    search::add(tx, cx.db().engine(), &doc).await?;
    Ok(())
}
