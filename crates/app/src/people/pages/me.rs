//! The own account: roles, password, one-time codes, access tokens, sessions.
use super::roles::read_wanted;
use super::{RoleLine, agency_name, role_lines};
use crate::people::means::{self, Strong};
use crate::people::own::{self, FreshSecret, TOKEN_DAYS};
use crate::people::roles::Role;
use crate::people::store::identities::{self, IdentityRow};
use crate::people::store::{self, PersonRow, SessionRow, TokenRow, access};
use crate::people::{granting, provider, recovery};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::clock::DAY;
use ground::http::{FormData, html, html_again, see};
use ground::{Ctx, Error, Result};

#[derive(Template)]
#[template(path = "people/pages/me.html")]
struct Me {
    page: Page,
    me: PersonRow,
    agency: String,
    roles: Vec<RoleLine>,
    tokens: Vec<(TokenRow, &'static str)>,
    sessions: Vec<SessionRow>,
    here: i64,
    days: Vec<(String, String)>,
    token_name: String,
    token_days: String,
    /// Just made, shown this once.
    new_token: String,
    role_choices: Vec<(String, String)>,
    asked: AskedRole,
    confirm: bool,
    strong: Strong,
    /// The provider's name, and the accounts of theirs that open this one.
    provider: Option<String>,
    identities: Vec<IdentityRow>,
    codes_left: i64,
    /// Just made, shown this once.
    new_codes: Vec<String>,
}

/// A role somebody asked for themselves, as it was typed.
#[derive(Default)]
struct AskedRole {
    role: String,
    purpose: String,
    from: String,
    until: String,
}

/// What a form on this page holds beside what is stored.
#[derive(Default)]
struct Typed {
    token_name: String,
    token_days: String,
    new_token: String,
    asked: AskedRole,
    new_codes: Vec<String>,
}

async fn render(cx: &Ctx, typed: Typed, error: Option<&Error>) -> Result<String> {
    let me = own::me(cx).await?;
    let page = Page::new(cx, "people-me-title").with(error);
    let state = |t: &TokenRow| match (t.revoked_at, t.expires_at > cx.now()) {
        (Some(_), _) => "people-token-revoked",
        (None, true) => "people-token-live",
        (None, false) => "people-token-expired",
    };
    let tokens = store::tokens_of(cx.db(), me.id).await?;
    let token_days = if typed.token_days.is_empty() { "90".into() } else { typed.token_days };
    let me = Me {
        agency: agency_name(cx, me.agency_id).await?,
        roles: role_lines(cx, store::grants_of(cx.db(), me.id).await?).await?,
        tokens: tokens.into_iter().map(|t| (state(&t), t)).map(|(s, t)| (t, s)).collect(),
        sessions: store::sessions_of(cx.db(), me.id, cx.now()).await?,
        here: cx.actor.session.unwrap_or(0),
        days: TOKEN_DAYS.iter().map(|d| (d.to_string(), page.tn("people-days", *d))).collect(),
        token_name: typed.token_name,
        token_days,
        new_token: typed.new_token,
        role_choices: Role::ALL
            .iter()
            .filter(|r| !r.national())
            .map(|r| (r.code().to_owned(), page.word(r.word())))
            .collect(),
        asked: typed.asked,
        confirm: own::must_confirm(cx).await?,
        strong: means::strong(cx.db(), &me).await?,
        provider: provider::name(cx).map(str::to_owned),
        identities: identities::of(cx.db(), me.id).await?,
        codes_left: access::recovery_codes_left(cx.db(), me.id).await?,
        new_codes: typed.new_codes,
        page,
        me,
    };
    me.render().map_err(Error::fault)
}

pub(super) async fn done(cx: &Ctx, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see("/me")),
        Err(e) => Ok(html_again(render(cx, Typed::default(), Some(&again(e)?)).await?)),
    }
}

pub async fn show(cx: Ctx) -> Result<Response> {
    Ok(html(render(&cx, Typed::default(), None).await?))
}

pub async fn password(cx: Ctx, form: FormData) -> Result<Response> {
    let result = own::change_password(&cx, form.raw("old"), form.raw("password")).await;
    done(&cx, result).await
}

#[derive(Template)]
#[template(path = "people/pages/codes.html")]
struct Codes {
    page: Page,
    fresh: FreshSecret,
    code: String,
}

pub async fn codes_form(cx: Ctx) -> Result<Response> {
    let me = own::me(&cx).await?;
    if me.totp_secret.is_some() {
        return Ok(see("/me"));
    }
    let (page, fresh) = (Page::new(&cx, "people-codes-title"), own::fresh_secret(&cx, &me)?);
    Ok(html(Codes { page, fresh, code: String::new() }.render().map_err(Error::fault)?))
}

pub async fn codes_on(cx: Ctx, form: FormData) -> Result<Response> {
    let (sealed, code) = (form.text("secret"), form.text("code"));
    let error = match own::confirm_codes(&cx, sealed, code).await {
        Ok(()) => return Ok(see("/me")),
        Err(e) => again(e)?,
    };
    let fresh = own::same_secret(&cx, &own::me(&cx).await?, sealed)?;
    let page = Page::new(&cx, "people-codes-title").with(Some(&error));
    Ok(html_again(Codes { page, fresh, code: code.into() }.render().map_err(Error::fault)?))
}

pub async fn codes_off(cx: Ctx, form: FormData) -> Result<Response> {
    let result = own::drop_totp(&cx, form.raw("confirm")).await;
    done(&cx, result).await
}

pub async fn issue_token(cx: Ctx, form: FormData) -> Result<Response> {
    let (token_name, token_days) = (form.text("name").into(), form.text("days").into());
    let mut typed = Typed { token_name, token_days, ..Typed::default() };
    let days = form.number("days").filter(|d| TOKEN_DAYS.contains(d)).unwrap_or(0);
    let made = match own::confirm(&cx, form.raw("confirm_token"), "confirm_token").await {
        Ok(()) => own::issue_token(&cx, cx.actor.person()?, &typed.token_name, days * DAY).await,
        Err(e) => Err(e),
    };
    match made {
        Ok(token) => {
            typed = Typed { new_token: token, ..Typed::default() };
            Ok(html(render(&cx, typed, None).await?))
        }
        Err(e) => Ok(html_again(render(&cx, typed, Some(&again(e)?)).await?)),
    }
}

pub async fn revoke_token(cx: Ctx, form: FormData) -> Result<Response> {
    let result = own::revoke_token(&cx, form.number("token").unwrap_or(0)).await;
    done(&cx, result).await
}

pub async fn end_session(cx: Ctx, form: FormData) -> Result<Response> {
    let result = own::end_session(&cx, form.number("session").unwrap_or(0)).await;
    done(&cx, result).await
}

pub async fn end_other_sessions(cx: Ctx) -> Result<Response> {
    let result = own::end_other_sessions(&cx).await;
    done(&cx, result).await
}

/// Asks for a role in the own agency; somebody else decides.
pub async fn ask_role(cx: Ctx, form: FormData) -> Result<Response> {
    let me = own::me(&cx).await?;
    let result = match read_wanted(&form, me.id, Ok(me.agency_id)) {
        Ok(wanted) => granting::ask_role(&cx, &wanted).await.map(|_| ()),
        Err(e) => Err(e),
    };
    match result {
        Ok(()) => Ok(see("/me")),
        Err(e) => {
            let text = |name: &str| form.text(name).to_owned();
            let (role, purpose) = (text("role"), text("purpose"));
            let asked = AskedRole { role, purpose, from: text("from"), until: text("until") };
            let typed = Typed { asked, ..Typed::default() };
            Ok(html_again(render(&cx, typed, Some(&again(e)?)).await?))
        }
    }
}

pub async fn end_role(cx: Ctx, form: FormData) -> Result<Response> {
    let result = granting::end_role(&cx, cx.actor.person()?, form.number("grant").unwrap_or(0)).await;
    done(&cx, result).await
}

/// Makes ten recovery codes and shows them once.
pub async fn recovery_codes(cx: Ctx, form: FormData) -> Result<Response> {
    match recovery::make_codes(&cx, form.raw("confirm_recovery")).await {
        Ok(new_codes) => Ok(html(render(&cx, Typed { new_codes, ..Typed::default() }, None).await?)),
        Err(e) => done(&cx, Err(e)).await,
    }
}
