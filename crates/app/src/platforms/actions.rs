//! Verbs on platforms: record their terms, review them, decide, let a review expire.
use super::facts::{
    PlatformReviewDecided, PlatformReviewExpired, PlatformReviewWritten, PlatformTermsAcknowledged,
    PlatformTermsRecorded,
};
use super::form::{self, Form};
use super::review::{self, NATION, Review, Standing, State, Terms};
use super::rules::{self, Deciding, Open, Written};
use super::store;
use crate::ledger::Record;
use crate::people::roles::{APPROVE_ACCOUNTS, SEE_DESK};
use crate::policy::{Pack, Platform, PlatformStatus};
use ground::clock::DAY;
use ground::crypto::sha256_hex;
use ground::db::DbError;
use ground::{Ctx, Error, FieldError, Result, Say};

/// What is handed in as a review.
#[derive(Debug, Clone)]
pub struct NewReview {
    pub platform: String,
    /// `None`: for the whole government.
    pub agency: Option<i64>,
    pub form: Form,
}

/// What is recorded of the terms of use.
#[derive(Debug, Clone)]
pub struct NewTerms {
    pub platform: String,
    pub taken_at: Option<i64>,
    pub source: String,
    pub body: String,
    pub note: String,
}

const LONGEST_NOTE: usize = 4000;
/// Of one list.
const MOST: i64 = 100;
/// In bytes; the longest terms of today's platforms have a third of it.
pub const LONGEST_TERMS: usize = 400_000;

pub fn known<'a>(cx: &'a Ctx, platform: &str) -> Result<&'a Platform> {
    cx.machine.part::<Pack>()?.platforms().find(platform).ok_or_else(Error::not_found)
}

pub fn reviewable(platform: &Platform) -> bool {
    platform.status != PlatformStatus::Retired && !review::is_own(platform)
}

/// Our own site and the practice network, on which nothing has to be reviewed, proven or set up.
pub fn is_own(cx: &Ctx, platform: &str) -> Result<bool> {
    Ok(cx.machine.part::<Pack>()?.platforms().find(platform).is_some_and(review::is_own))
}

/// Whether a platform is the practice network, where nothing reaches anybody.
pub fn is_practice(cx: &Ctx, platform: &str) -> bool {
    let named = cx.machine.part::<Pack>().ok().and_then(|pack| pack.platforms().find(platform));
    named.is_some_and(review::is_for_practice)
}

fn scope(agency: i64) -> Option<i64> {
    Some(agency).filter(|a| *a != NATION)
}

/// Where a platform stands for an agency (`None`: for the government as a whole).
pub async fn standing(cx: &Ctx, platform: &str, agency: Option<i64>) -> Result<Standing> {
    let known = known(cx, platform)?;
    if !reviewable(known) {
        return Ok(review::standing(known, None, None, cx.now()));
    }
    let national = store::in_force(cx.db(), platform, NATION).await?;
    let own = match agency {
        Some(agency) => store::in_force(cx.db(), platform, agency).await?,
        None => None,
    };
    Ok(review::standing(known, national.as_ref(), own.as_ref(), cx.now()))
}

/// Every platform of the list with where it stands for the government, in the order of the pack.
pub async fn list(cx: &Ctx) -> Result<Vec<(&Platform, Standing)>> {
    let reviews = store::all_in_force(cx.db(), NATION).await?;
    let of = |p: &Platform| reviews.iter().find(|r| r.platform == p.id);
    let all = cx.machine.part::<Pack>()?.platforms().iter();
    Ok(all.map(|p| (p, review::standing(p, of(p), None, cx.now()))).collect())
}

/// A review this person may read whole: a national one from every desk, an agency's from its own.
pub async fn see(cx: &Ctx, id: i64) -> Result<Review> {
    let review = store::find(cx.db(), id).await.map_err(DbError::unseen)?;
    let mine =
        if review.national() { cx.actor.may_somewhere(SEE_DESK) } else { cx.actor.may(SEE_DESK, review.agency_id) };
    if mine { Ok(review) } else { Err(Error::not_allowed()) }
}

/// The answers that count: an agency's differences over the model they were made from.
pub async fn whole(cx: &Ctx, review: &Review) -> Result<Form> {
    let own = review.answers()?;
    match review.base_id {
        Some(base) => Ok(own.over(&store::find(cx.db(), base).await?.answers()?)),
        None => Ok(own),
    }
}

/// What a form to fill in begins with: the model for an agency, the version before for the nation.
pub async fn beginning(cx: &Ctx, platform: &str, agency: i64) -> Result<Form> {
    if let Some(own) = store::in_force(cx.db(), platform, agency).await? {
        return whole(cx, &own).await;
    }
    match store::in_force(cx.db(), platform, NATION).await? {
        Some(model) => model.answers(),
        None => Ok(Form::default()),
    }
}

fn check(form: &Form) -> Result<()> {
    let mut wrong = vec![];
    for (name, text) in [("summary", &form.summary), ("alignment", &form.alignment)] {
        if text.chars().count() > LONGEST_NOTE {
            wrong.push(FieldError::new(name, Say::new("platforms-error-long")));
        }
    }
    for (key, answer) in &form.answers {
        match form::items().find(|(_, i)| i.key == key) {
            None => wrong.push(FieldError::new(key.clone(), Say::new("platforms-error-key").arg("key", key.clone()))),
            Some((section, _)) if !section.choice && !answer.choice.is_empty() => {
                wrong.push(FieldError::new(key.clone(), Say::new("platforms-error-choice")));
            }
            Some(_) if answer.note.chars().count() > LONGEST_NOTE => {
                wrong.push(FieldError::new(key.clone(), Say::new("platforms-error-long")));
            }
            Some(_) => {}
        }
    }
    for key in form.numbers.keys().filter(|k| !form::numbers().any(|(i, _)| i.key == k.as_str())) {
        wrong.push(FieldError::new(key.clone(), Say::new("platforms-error-key").arg("key", key.clone())));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Hands in a review. An agency's keeps only what differs from the national one it adapts.
pub async fn write(cx: &Ctx, new: &NewReview) -> Result<Review> {
    let platform = known(cx, &new.platform)?;
    let agency = new.agency.unwrap_or(NATION);
    if agency != NATION && !cx.actor.may(SEE_DESK, agency) {
        return Err(Error::not_allowed());
    }
    check(&new.form)?;
    let tx = cx.begin("platforms.write").await?;
    let national = store::in_force(&tx, &platform.id, NATION).await?;
    let base = national.filter(|_| agency != NATION);
    let model = base.as_ref().map(Review::answers).transpose()?;
    let (own, whole) = match &model {
        Some(model) => (new.form.differences(model), new.form.over(model)),
        None => (new.form.clone(), new.form.clone()),
    };
    let terms = store::terms::newest(&tx, &platform.id).await?;
    let written = Written {
        agency,
        reviewable: reviewable(platform),
        whole: &whole,
        model: base.as_ref().map(|b| b.state_at(cx.now())),
        terms: terms.as_ref(),
        waiting: store::one_waits(&tx, &platform.id, agency).await?,
    };
    rules::may_write(&cx.actor, &written)?;
    let terms_id = terms.map(|t| t.id);
    let review = Review {
        id: cx.id(),
        platform: platform.id.clone(),
        agency_id: agency,
        base_id: base.map(|b| b.id),
        terms_id,
        number: store::next_number(&tx, &platform.id, agency).await?,
        state: "written".into(),
        form: serde_json::to_string(&own).map_err(Error::fault)?,
        content_hash: own.content_hash(&platform.id, agency, terms_id),
        written_by: cx.actor.person()?,
        written_at: cx.now(),
        decided_by: None,
        decided_at: None,
        reason: String::new(),
        conditions: String::new(),
        valid_until: None,
        review_at: None,
        ended_at: None,
        version: 1,
    };
    store::insert(&tx, &review).await?;
    let fact = PlatformReviewWritten {
        review: review.id,
        platform: review.platform.clone(),
        agency: scope(agency),
        number: review.number,
        content_hash: review.content_hash.clone(),
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(review)
}

/// Where the national review stands that an agency's review adapts, if it is still the one in force.
async fn model_now(cx: &Ctx, review: &Review) -> Result<Option<State>> {
    let national = store::in_force(cx.db(), &review.platform, NATION).await?;
    Ok(national.filter(|n| Some(n.id) == review.base_id).map(|n| n.state_at(cx.now())))
}

/// Decided by somebody else. The review before it ends; nothing of it is changed.
pub async fn decide(cx: &Ctx, id: i64, d: &Deciding) -> Result<Review> {
    let review = see(cx, id).await?;
    let whole = whole(cx, &review).await?;
    let terms = store::terms::newest(cx.db(), &review.platform).await?;
    let model = model_now(cx, &review).await?;
    let open = Open { review: &review, whole: &whole, model, terms: terms.as_ref() };
    rules::may_decide(&cx.actor, &open, d, cx.now())?;
    let opens = d.decision.opens();
    let decided = Review {
        state: d.decision.code().into(),
        decided_by: Some(cx.actor.person()?),
        decided_at: Some(cx.now()),
        reason: d.reason.trim().into(),
        conditions: d.conditions.trim().into(),
        valid_until: d.valid_until.filter(|_| opens),
        review_at: d.review_at.filter(|_| opens),
        ..review
    };
    let tx = cx.begin("platforms.decide").await?;
    store::decide(&tx, &decided).await?;
    store::end_others(&tx, &decided, cx.now()).await?;
    let fact = PlatformReviewDecided {
        review: id,
        platform: decided.platform.clone(),
        agency: scope(decided.agency_id),
        decision: decided.state.clone(),
        conditions: decided.conditions.clone(),
        reason: decided.reason.clone(),
        valid_until: decided.valid_until,
        content_hash: decided.content_hash.clone(),
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::find(cx.db(), id).await?)
}

/// Keeps the terms as they were on a day. Terms that did not change need nobody to look at the change.
pub async fn record_terms(cx: &Ctx, new: &NewTerms) -> Result<Terms> {
    let platform = known(cx, &new.platform)?;
    let body = new.body.trim();
    if body.len() > LONGEST_TERMS || new.note.chars().count() > LONGEST_NOTE {
        let field = if body.len() > LONGEST_TERMS { "body" } else { "note" };
        return Err(Error::invalid(vec![FieldError::new(field, Say::new("platforms-error-long"))]));
    }
    if !new.source.trim().is_empty() && url::Url::parse(new.source.trim()).is_err() {
        return Err(Error::invalid(vec![FieldError::new("source", Say::new("platforms-error-source"))]));
    }
    rules::may_record_terms(&cx.actor, reviewable(platform), body, new.taken_at, cx.now())?;
    let tx = cx.begin("platforms.record-terms").await?;
    let previous = store::terms::newest(&tx, &platform.id).await?;
    let digest = sha256_hex(body.as_bytes());
    let changed = previous.as_ref().is_some_and(|p| p.digest != digest);
    let terms = Terms {
        id: cx.id(),
        platform: platform.id.clone(),
        taken_at: new.taken_at.unwrap_or(cx.now()),
        source: new.source.trim().into(),
        body: body.into(),
        digest,
        previous_id: previous.map(|p| p.id),
        note: new.note.trim().into(),
        recorded_by: cx.actor.person()?,
        recorded_at: cx.now(),
        acknowledged_by: None,
        acknowledged_at: (!changed).then(|| cx.now()),
        effect: if changed { "" } else { "none" }.into(),
        effect_note: String::new(),
    };
    store::terms::insert(&tx, &terms).await?;
    let fact = PlatformTermsRecorded {
        terms: terms.id,
        platform: terms.platform.clone(),
        digest: terms.digest.clone(),
        changed,
    };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(terms)
}

/// The snapshot, for whoever works at a desk.
pub async fn see_terms(cx: &Ctx, id: i64) -> Result<Terms> {
    store::terms::find(cx.db(), id).await.map_err(DbError::unseen)
}

/// Somebody else looked at the change and says what it means; a new review is then due at once.
pub async fn acknowledge(cx: &Ctx, id: i64, effect: &str, note: &str) -> Result<Terms> {
    let terms = see_terms(cx, id).await?;
    rules::may_acknowledge(&cx.actor, &terms, effect, note)?;
    let tx = cx.begin("platforms.acknowledge").await?;
    store::terms::acknowledge(&tx, id, cx.actor.person()?, cx.now(), effect, note.trim()).await?;
    if effect == "review" {
        store::review_now(&tx, &terms.platform, cx.now()).await?;
    }
    let fact = PlatformTermsAcknowledged { terms: id, platform: terms.platform, effect: effect.into() };
    tx.record(cx, &fact).await?;
    cx.commit(tx).await?;
    Ok(store::terms::find(cx.db(), id).await?)
}

/// Reviews past their day are shown as such and said to have expired, once.
pub async fn expire(cx: Ctx) -> Result<()> {
    for review in store::past(cx.db(), cx.now()).await? {
        let tx = cx.begin("platforms.expire").await?;
        store::expire(&tx, &review).await?;
        // One that was replaced before counts no more; nothing happens to the platform.
        if review.ended_at.is_none() {
            let (platform, agency) = (review.platform.clone(), scope(review.agency_id));
            tx.record(&cx, &PlatformReviewExpired { review: review.id, platform, agency }).await?;
        }
        cx.commit(tx).await?;
    }
    Ok(())
}

/// Reviews that whoever looks may decide and did not write.
pub async fn waiting(cx: &Ctx) -> Result<Vec<Review>> {
    let me = cx.actor.person()?;
    let agencies = cx.actor.scopes(APPROVE_ACCOUNTS).unwrap_or_default();
    let oversees = rules::oversees(&cx.actor);
    let scopes: Vec<i64> = agencies.into_iter().chain(oversees.then_some(NATION)).collect();
    if scopes.is_empty() { Ok(vec![]) } else { Ok(store::to_decide(cx.db(), &scopes, me, MOST).await?) }
}

/// Changed terms that somebody else recorded, for whoever may say what the change means.
pub async fn changed_terms(cx: &Ctx) -> Result<Vec<Terms>> {
    if !rules::oversees(&cx.actor) {
        return Ok(vec![]);
    }
    Ok(store::terms::to_look_at(cx.db(), cx.actor.person()?, MOST).await?)
}

/// Reviews that expired or whose next review is due within the month, for whoever would write the next.
pub async fn ending(cx: &Ctx) -> Result<Vec<Review>> {
    let mut scopes = cx.actor.scopes(APPROVE_ACCOUNTS).unwrap_or_default();
    scopes.extend(rules::oversees(&cx.actor).then_some(NATION));
    let mut all = vec![];
    for scope in scopes {
        all.extend(store::ending(cx.db(), scope, cx.now() + 30 * DAY, MOST).await?);
    }
    Ok(all)
}
