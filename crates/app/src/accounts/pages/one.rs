//! One account: its stage, what is missing, the next step, and what happened.
use super::hook::{self, Card};
use super::signing_in;
use crate::accounts::account::Account;
use crate::accounts::life::{CHECKS, DECISIONS, Life, Stage};
use crate::accounts::rules::{Closing, Evaluating};
use crate::accounts::{actions, care, proof, store};
use crate::agencies;
use crate::people::{self, roles};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use connect::Key;
use ground::ctx::Who;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, FieldError, Result, Say};

pub struct Step {
    pub at: i64,
    pub word: String,
    pub who: String,
    pub reason: String,
}

/// One thing to set right, and who last said that it is.
pub struct Setting {
    pub key: &'static str,
    pub word: &'static str,
    pub clause: &'static str,
    pub holds: bool,
    pub who: String,
    pub at: Option<i64>,
    pub note: String,
}

/// What somebody may do here now.
pub struct May {
    pub approve: bool,
    /// Asked for by whoever looks: somebody else approves.
    pub own_request: bool,
    pub connect: bool,
    pub prove: bool,
    pub confirm: bool,
    pub evaluate: bool,
    pub close: bool,
    pub read_records: bool,
}

#[derive(Template)]
#[template(path = "accounts/pages/one.html")]
struct One {
    page: Page,
    account: Account,
    agency: String,
    life: Life,
    stage: Stage,
    stages: [Stage; 6],
    settings: Vec<Setting>,
    missing: usize,
    steps: Vec<Step>,
    may: May,
    base_url: String,
    /// What the platform's key looks like.
    key_hint: &'static str,
    our_page: String,
    decisions: Vec<(String, String)>,
    typed: FormData,
    ends: bool,
    evaluate_by: Option<i64>,
    key_until: Option<i64>,
    /// It is asked again that it is really they, before what matters most.
    asked: bool,
    hook: Option<Card>,
    /// How it is connected by signing in at the platform, where that can be.
    sign_in: Option<signing_in::Card>,
}

/// What is shown on this one page only.
#[derive(Default)]
pub struct Fresh {
    /// The secret for calls of the platform.
    pub secret: String,
}

impl One {
    fn typed(&self, name: &str) -> String {
        self.typed.text(name).to_owned()
    }
    fn here(&self) -> String {
        format!("/accounts/{}", self.account.id)
    }
}

fn key_hint(key: Option<Key>) -> &'static str {
    match key {
        Some(Key::AppPassword) => "accounts-key-app-password",
        Some(Key::NamedPassword) => "accounts-key-named-password",
        Some(Key::BotToken) => "accounts-key-bot-token",
        Some(Key::Token) | None => "accounts-key-token",
    }
}

async fn steps(cx: &Ctx, page: &Page, account: &Account, life: &Life) -> Result<Vec<Step>> {
    let mut steps = vec![Step {
        at: account.requested_at,
        word: page.word("accounts-step-request"),
        who: people::person_name(cx.db(), account.requested_by).await?,
        reason: life.asked.as_ref().map(|a| a.purpose.clone()).unwrap_or_default(),
    }];
    for d in store::decisions(cx.db(), account.id).await? {
        let who = people::person_name(cx.db(), d.person_id).await?;
        steps.push(Step { at: d.at, word: page.word(&format!("accounts-step-{}", d.kind)), who, reason: d.reason });
    }
    for e in &life.evaluations {
        let decision = DECISIONS.iter().find(|(d, _)| *d == e.decision).map_or("", |(_, word)| word);
        let word = format!("{}: {}", page.word("accounts-step-evaluation"), page.word(decision));
        let (who, reason) = (people::person_name(cx.db(), e.person_id).await?, format!("{} {}", e.results, e.reasons));
        steps.push(Step { at: e.at, word, who, reason });
    }
    steps.sort_by_key(|s| s.at);
    Ok(steps)
}

async fn settings(cx: &Ctx, life: &Life) -> Result<Vec<Setting>> {
    let mut all = vec![];
    for item in CHECKS {
        let check = life.check(item.key);
        let who = match check {
            Some(c) => people::person_name(cx.db(), c.person_id).await?,
            None => String::new(),
        };
        all.push(Setting {
            key: item.key,
            word: item.word,
            clause: item.clause,
            holds: life.holds(item.key, cx.now()),
            who,
            at: check.map(|c| c.at),
            note: check.map(|c| c.note.clone()).unwrap_or_default(),
        });
    }
    Ok(all)
}

async fn show(cx: &Ctx, account: Account, typed: FormData, error: Option<&Error>) -> Result<String> {
    show_with(cx, account, typed, &Fresh::default(), error).await
}

/// The page again after something was asked on it.
pub async fn shown(cx: &Ctx, id: i64, typed: FormData, fresh: &Fresh, error: Option<&Error>) -> Result<String> {
    show_with(cx, actions::see(cx, id).await?, typed, fresh, error).await
}

async fn show_with(
    cx: &Ctx,
    account: Account,
    typed: FormData,
    fresh: &Fresh,
    error: Option<&Error>,
) -> Result<String> {
    let mut page = Page::new(cx, "accounts-one-title").with(error);
    page.title = account.label(cx);
    let life = care::life(cx, &account).await?;
    let holds = |right| cx.actor.may(right, account.agency_id);
    let open = matches!(account.state.as_str(), "approved" | "live");
    let can = actions::connector_of(cx, &account.platform)?.map(|c| c.capabilities());
    let own_request = cx.actor.who == Who::Person(account.requested_by);
    let may = May {
        approve: holds(roles::APPROVE_ACCOUNTS) && account.state == "requested" && !own_request,
        own_request: own_request && account.state == "requested",
        connect: holds(roles::REQUEST_ACCOUNTS) && open && can.is_some() && !actions::is_ours(&account.platform),
        prove: holds(roles::REQUEST_ACCOUNTS) && open && !life.own,
        confirm: (holds(roles::REQUEST_ACCOUNTS) || holds(roles::APPROVE_ACCOUNTS)) && account.is_live() && !life.own,
        evaluate: holds(roles::APPROVE_ACCOUNTS) && account.is_live() && !life.own,
        close: holds(roles::APPROVE_ACCOUNTS) && account.state != "closed",
        read_records: holds(roles::READ_RECORDS),
    };
    let stage = life.stage(&account, cx.now());
    let usual = can.as_ref().and_then(|c| c.server).unwrap_or_default();
    let base_url = [typed.text("base_url"), &account.base_url, usual].into_iter().find(|url| !url.is_empty());
    let one = One {
        agency: agencies::name(cx.db(), account.agency_id, cx.lang).await?,
        base_url: base_url.unwrap_or_default().to_owned(),
        key_hint: key_hint(can.map(|c| c.key)),
        our_page: proof::our_page(cx, account.agency_id).await?,
        settings: if life.own { vec![] } else { settings(cx, &life).await? },
        missing: life.open_checks(cx.now()).len(),
        steps: steps(cx, &page, &account, &life).await?,
        decisions: DECISIONS.iter().map(|(code, word)| ((*code).to_owned(), page.word(word))).collect(),
        ends: account.live_since.is_some() && !life.own,
        key_until: crate::accounts::key_until(cx.db(), account.id).await?,
        evaluate_by: life.evaluate_by(&account).filter(|_| account.is_live()),
        asked: people::must_confirm(cx).await?,
        hook: hook::card(cx, &account, fresh).await?,
        sign_in: if may.connect { signing_in::card(cx, &account, &typed).await? } else { None },
        stages: Stage::ALL,
        stage,
        may,
        typed,
        page,
        account,
        life,
    };
    one.render().map_err(Error::fault)
}

pub async fn show_one(cx: Ctx, Id(id): Id) -> Result<Response> {
    let account = actions::see(&cx, id).await?;
    Ok(html(show(&cx, account, FormData::default(), None).await?))
}

async fn done(cx: &Ctx, id: i64, form: FormData, result: Result<Account>) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/accounts/{id}"))),
        Err(e) => {
            let e = again(e)?;
            let account = actions::see(cx, id).await?;
            Ok(html_again(show(cx, account, form, Some(&e)).await?))
        }
    }
}

pub async fn approve(cx: Ctx, Id(id): Id) -> Result<Response> {
    let result = actions::approve(&cx, id).await;
    done(&cx, id, FormData::default(), result).await
}
pub async fn connect(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let day = form.text("until");
    let until = ground::words::parse_local(&format!("{day}T00:00"));
    let (secret, refresh) = (form.text("secret").to_owned(), form.text("refresh").to_owned());
    let result = if !day.is_empty() && until.is_none() {
        Err(Error::invalid(vec![FieldError::new("until", Say::new("accounts-error-until"))]))
    } else {
        match people::confirm(&cx, form.raw("confirm_connect"), "confirm_connect").await {
            Ok(()) => {
                let key = actions::Key { secret, refresh, until };
                actions::connect_with(&cx, id, form.text("base_url"), &key).await
            }
            Err(e) => Err(e),
        }
    };
    done(&cx, id, form, result).await
}
pub async fn prove(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = proof::prove(&cx, id, form.text("method")).await;
    done(&cx, id, form, result).await
}
pub async fn confirm(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = care::confirm(&cx, id, form.text("item"), form.text("note")).await;
    done(&cx, id, form, result).await
}
pub async fn evaluate(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let text = |name: &str| form.text(name).to_owned();
    let evaluating = Evaluating { decision: text("decision"), results: text("results"), reasons: text("reasons") };
    let result = care::evaluate(&cx, id, &evaluating).await;
    done(&cx, id, form, result).await
}
pub async fn close(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let text = |name: &str| form.text(name).to_owned();
    let closing = Closing {
        reason: text("reason"),
        archive: text("archive"),
        notice: text("notice"),
        parked: form.flag("parked"),
        successor: text("successor"),
    };
    let result = match people::confirm(&cx, form.raw("confirm_close"), "confirm_close").await {
        Ok(()) => actions::close(&cx, id, &closing).await,
        Err(e) => Err(e),
    };
    done(&cx, id, form, result).await
}
