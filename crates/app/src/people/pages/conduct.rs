//! The code of conduct, declarations of work use, and referrals.
use crate::people::actions::person_name;
use crate::people::conduct::{self, HEARD_WITHIN, NewReferral};
use crate::people::roles::MANAGE_PEOPLE;
use crate::people::store::conduct::{DeclarationRow, ReferralRow, declarations, referrals_with};
use crate::people::store::list_persons;
use crate::policy::Pack;
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

/// A rule in the reader's language.
pub struct Rule {
    pub title: String,
    pub text: String,
    pub lang: String,
    pub clause: String,
}

#[derive(Template)]
#[template(path = "people/pages/conduct.html")]
struct ConductPage {
    page: Page,
    code: conduct::Code,
    rules: Vec<Rule>,
    acknowledged: Option<(String, i64)>,
    declared: Vec<DeclarationRow>,
    platforms: Vec<(String, String)>,
    referrals: Vec<(ReferralRow, String)>,
    /// Whom this one may refer, and who may decide.
    people: Vec<(String, String)>,
    deciders: Vec<(String, String)>,
    rule_choices: Vec<(String, String)>,
    typed: FormData,
}

fn option((id, name): (i64, String)) -> (String, String) {
    (id.to_string(), name)
}

async fn render(cx: &Ctx, typed: FormData, error: Option<&Error>) -> Result<String> {
    let (me, pack, lang) = (cx.actor.person()?, cx.machine.part::<Pack>()?, cx.lang.code());
    let rule = |r: &crate::policy::Conduct| Rule {
        title: r.title.get(lang).into(),
        text: r.text.get(lang).into(),
        lang: r.text.language_of(lang).into(),
        clause: r.clause.clone(),
    };
    let mut referrals = vec![];
    for r in referrals_with(cx.db(), me).await? {
        let name = person_name(cx.db(), r.person_id).await?;
        referrals.push((r, name));
    }
    let (mut people, mut deciders) = (vec![], vec![]);
    if cx.actor.may_somewhere(MANAGE_PEOPLE) {
        let all = list_persons(cx.db(), cx.actor.scopes(MANAGE_PEOPLE), "", 0, 1000).await?;
        people = all.into_iter().filter(|p| p.id != me && p.state != "left").map(|p| option((p.id, p.name))).collect();
        let others = conduct::deciders(cx, cx.actor.home).await?;
        deciders = others.into_iter().filter(|(id, _)| *id != me).map(option).collect();
    }
    let page = ConductPage {
        page: Page::new(cx, "people-conduct-title").with(error),
        code: conduct::code(cx)?,
        rules: pack.conduct().iter().map(rule).collect(),
        acknowledged: conduct::acknowledged(cx).await?,
        declared: declarations(cx.db(), me).await?,
        platforms: pack.platforms().iter().map(|p| (p.id.clone(), p.name.clone())).collect(),
        referrals,
        people,
        deciders,
        rule_choices: pack.conduct().iter().map(|r| (r.id.clone(), r.title.get(lang).to_owned())).collect(),
        typed,
    };
    page.render().map_err(Error::fault)
}

pub async fn show(cx: Ctx) -> Result<Response> {
    Ok(html(render(&cx, FormData::default(), None).await?))
}

async fn done(cx: &Ctx, form: FormData, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see("/conduct")),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(render(cx, form, Some(&e)).await?))
        }
    }
}

pub async fn acknowledge(cx: Ctx, form: FormData) -> Result<Response> {
    let result = conduct::acknowledge(&cx, form.text("digest")).await;
    done(&cx, form, result).await
}

pub async fn declare(cx: Ctx, form: FormData) -> Result<Response> {
    let result = conduct::declare(&cx, form.text("platform"), form.text("purpose")).await;
    done(&cx, form, result).await
}

pub async fn withdraw(cx: Ctx, form: FormData) -> Result<Response> {
    let result = conduct::withdraw_declaration(&cx, form.number("declaration").unwrap_or(0)).await;
    done(&cx, form, result).await
}

pub async fn refer(cx: Ctx, form: FormData) -> Result<Response> {
    let (person, decider) = (form.number("person").unwrap_or(0), form.number("decider").unwrap_or(0));
    let new = NewReferral { person, decider, rule: form.text("rule").into(), what: form.text("what").into() };
    match conduct::refer(&cx, &new).await {
        Ok(id) => Ok(see(format!("/conduct/referrals/{id}"))),
        Err(e) => done(&cx, form, Err(e)).await,
    }
}

#[derive(Template)]
#[template(path = "people/pages/referral.html")]
struct Referral {
    page: Page,
    row: ReferralRow,
    person: String,
    referred_by: String,
    decider: String,
    rule: String,
    heard_until: i64,
    heard: bool,
    about_me: bool,
    decides: bool,
    typed: FormData,
}

async fn one_page(cx: &Ctx, id: i64, typed: FormData, error: Option<&Error>) -> Result<String> {
    let row = conduct::see(cx, id).await?;
    let me = cx.actor.person()?;
    let rules = cx.machine.part::<Pack>()?.conduct();
    let one = Referral {
        page: Page::new(cx, "people-referral-title").with(error),
        person: person_name(cx.db(), row.person_id).await?,
        referred_by: person_name(cx.db(), row.referred_by).await?,
        decider: person_name(cx.db(), row.decider_id).await?,
        rule: rules.find(&row.rule).map(|r| r.title.get(cx.lang.code()).to_owned()).unwrap_or_default(),
        heard_until: row.referred_at + HEARD_WITHIN,
        heard: conduct::heard(&row, cx.now()),
        about_me: me == row.person_id && row.replied_at.is_none() && row.decided_at.is_none(),
        decides: me == row.decider_id && row.decided_at.is_none(),
        typed,
        row,
    };
    one.render().map_err(Error::fault)
}

pub async fn one(cx: Ctx, Id(id): Id) -> Result<Response> {
    Ok(html(one_page(&cx, id, FormData::default(), None).await?))
}

async fn one_done(cx: &Ctx, id: i64, form: FormData, result: Result<()>) -> Result<Response> {
    match result {
        Ok(()) => Ok(see(format!("/conduct/referrals/{id}"))),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(one_page(cx, id, form, Some(&e)).await?))
        }
    }
}

pub async fn reply(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = conduct::reply(&cx, id, form.text("reply")).await;
    one_done(&cx, id, form, result).await
}

pub async fn decide(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = conduct::decide(&cx, id, form.text("do") == "founded", form.text("reason")).await;
    one_done(&cx, id, form, result).await
}
