//! Who stands at the gate: cookies and tokens become actors, errors become pages.
use super::roles::{INHERITED, Role};
use super::store::{self, SessionRow};
use super::{actions, means, secrets};
use crate::agencies;
use crate::policy::Pack;
use axum::http::HeaderMap;
use axum::response::Response;
use ground::ctx::{Actor, Grant, Machine, Who};
use ground::db::DbError;
use ground::error::Kind;
use ground::http::Front;
use ground::{Ctx, Error, Result, Say};
use std::sync::Arc;

pub const DESK_COOKIE: &str = "drelwa";

/// How exact "last used" is: a page view writes at most this often.
const SEEN_EVERY: i64 = 5 * ground::clock::MINUTE;

/// The program's own gate-keeper. `error_page` is how the shell shows an error.
pub struct Desk {
    pub error_page: fn(&Ctx, &Error) -> Response,
}

impl Front for Desk {
    fn by_cookie<'a>(&'a self, machine: &'a Arc<Machine>, headers: &'a HeaderMap) -> ground::http::Answer<'a> {
        Box::pin(async move {
            match ground::http::cookie(headers, DESK_COOKIE) {
                Some(token) => by_session(machine, token).await,
                None => Ok(Actor::nobody()),
            }
        })
    }
    fn by_token<'a>(&'a self, machine: &'a Arc<Machine>, token: &'a str) -> ground::http::Answer<'a> {
        Box::pin(by_token(machine, token))
    }
    fn error_page(&self, cx: &Ctx, error: &Error) -> Response {
        if cx.actor.resting && matches!(error.kind, Kind::NotAllowed) {
            let resting = Error::new(Kind::NotAllowed, Say::new("people-refused-resting"));
            let resting = resting.next("/me/codes", Say::new("people-codes-set-up"));
            return (self.error_page)(cx, &resting.next("/me", Say::new("people-me-title")));
        }
        (self.error_page)(cx, error)
    }
}

pub(super) async fn by_session(machine: &Arc<Machine>, token: &str) -> Result<Actor> {
    let now = machine.clock.now();
    let found = store::session(&machine.db, &secrets::digest(token)).await?;
    let Some(session) = found.filter(|s| s.expires_at > now) else { return Ok(Actor::nobody()) };
    let mut actor = match (session.person_id, session.citizen_id) {
        (Some(person), _) => person_actor(machine, person, session.passed_totp).await?,
        (_, Some(citizen)) => {
            let citizen = store::citizen(&machine.db, citizen).await?;
            Actor::new(Who::Citizen(citizen.id), &citizen.display_name)
        }
        _ => Actor::nobody(),
    };
    if now - session.seen_at > SEEN_EVERY {
        see(machine, session.id, now).await;
    }
    let SessionRow { id, csrf, .. } = session;
    (actor.session, actor.csrf) = (Some(id), csrf);
    Ok(actor)
}

/// Notes that the session is in use. Nobody is kept out because that could not be written.
async fn see(machine: &Arc<Machine>, session: i64, now: i64) {
    let noted = async {
        let tx = machine.db.begin("people.seen").await?;
        store::see_session(&tx, session, now).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "when a session was last used could not be noted");
    }
}

/// A bad token is an error, not an anonymous visit: a script must learn of it. Citizens have no tokens of their own:
/// theirs is that of the session which their link by mail opened.
async fn by_token(machine: &Arc<Machine>, token: &str) -> Result<Actor> {
    let now = machine.clock.now();
    let found = store::token(&machine.db, &secrets::digest(token)).await?;
    if found.is_none() {
        let mut actor = by_session(machine, token).await?;
        actor.token = actor.session;
        return if matches!(actor.who, Who::Citizen(_)) { Ok(actor) } else { Err(Error::sign_in()) };
    }
    let good = found.filter(|t| t.revoked_at.is_none() && t.expires_at > now).ok_or_else(Error::sign_in)?;
    let person = store::person(&machine.db, good.person_id).await?;
    let strong = means::strong(&machine.db, &person).await?.any();
    let mut actor = person_actor(machine, good.person_id, strong).await?;
    if actor.who == Who::Nobody {
        return Err(Error::sign_in());
    }
    actor.token = Some(good.id);
    Ok(actor)
}

/// The person as an actor with the rights held now; a suspended one is nobody. `strong`: they came in with a second factor,
/// without which the roles that the pack wants one for rest.
pub(super) async fn person_actor(machine: &Arc<Machine>, id: i64, strong: bool) -> Result<Actor> {
    let person = store::person(&machine.db, id).await?;
    if person.state != "active" {
        return Ok(Actor::nobody());
    }
    let mut held = actions::live(store::grants_of(&machine.db, id).await?, machine.clock.now());
    let all = held.len();
    if machine.config.strong_sign_in && !strong {
        let pack = machine.part::<Pack>()?;
        held.retain(|h| pack.roles().find(h.role.code()).is_none_or(|r| !r.strong_sign_in));
    }
    let mut actor = Actor::new(Who::Person(id), &person.name);
    actor.home = person.agency_id;
    actor.resting = held.len() < all;
    actor.grants = grants(held.iter().map(|h| (h.role, h.agency)));
    inherit(machine, &mut actor).await?;
    actor.small = small(machine, &actor).await?;
    Ok(actor)
}

/// Whether all they do is for one body of a small kind.
async fn small(machine: &Arc<Machine>, actor: &Actor) -> Result<bool> {
    let Some(home) = actor.home.filter(|home| actor.grants.iter().all(|g| g.scope == Some(*home))) else {
        return Ok(false);
    };
    // How many lines stand in the navigation keeps nobody out.
    let kind = match agencies::find(&machine.db, home).await {
        Ok(agency) => agency.kind,
        Err(DbError::NotFound) => return Ok(false),
        Err(e) => return Err(e.into()),
    };
    Ok(machine.part::<Pack>()?.kinds().find(&kind).is_some_and(|k| k.small))
}

/// What an agency took over is looked after by those who work for it.
async fn inherit(machine: &Arc<Machine>, actor: &mut Actor) -> Result<()> {
    let mut heirs: Vec<i64> = actor.grants.iter().filter_map(|g| g.scope).collect();
    heirs.sort_unstable();
    heirs.dedup();
    if heirs.is_empty() {
        return Ok(());
    }
    for (heir, former) in agencies::taken_over(&machine.db, &heirs).await? {
        let held = actor.grants.iter().filter(|g| g.scope == Some(heir) && INHERITED.contains(&g.right));
        let more: Vec<Grant> = held.map(|g| Grant { scope: Some(former), ..*g }).collect();
        actor.grants.extend(more);
    }
    Ok(())
}

fn grants(held: impl Iterator<Item = (Role, Option<i64>)>) -> Vec<Grant> {
    held.flat_map(|(role, scope)| role.rights().iter().map(move |right| Grant { right: *right, scope })).collect()
}

/// The `Set-Cookie` of a session.
pub fn session_cookie(cx: &Ctx, token: &str, life_s: i64) -> String {
    let secure = if cx.machine.config.secure() { "; Secure" } else { "" };
    format!("{DESK_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life_s}{secure}")
}

/// For stories and tests: acts as a person without a browser.
pub async fn acting_as(cx: &Ctx, person: i64) -> Result<Ctx> {
    Ok(cx.acting(person_actor(&cx.machine, person, true).await?))
}
