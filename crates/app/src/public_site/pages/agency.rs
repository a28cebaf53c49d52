//! One agency: who it is, since when, what it was before, and where it speaks officially.
use super::card::Card;
use super::front::{self, Before};
use crate::accounts;
use crate::agencies::{self, Agency};
use crate::policy::{Certainty, Pack};
use crate::public_site::store::{self, AccountRow};
use crate::shell::Page;
use askama::Template;
use axum::response::Response;
use ground::db::DbError;
use ground::http::{Piece, Query, Seen, html_unless_seen};
use ground::{Ctx, Error, Result, Say};

/// An account with the name of its platform.
pub struct AccountLine {
    /// On the practice network: official nowhere but in a demonstration.
    pub practice: bool,
    pub platform: String,
    pub row: AccountRow,
}

impl AccountLine {
    /// Only a web address is a link; a handle stays text.
    pub fn link(&self) -> Option<&str> {
        Some(self.row.url.as_str()).filter(|u| u.starts_with("https://") || u.starts_with("http://"))
    }
}

#[derive(Template)]
#[template(path = "public_site/pages/agency.html")]
struct AgencyPage {
    page: Page,
    agency: Agency,
    kind: String,
    parent: Option<Agency>,
    predecessors: Vec<Agency>,
    successors: Vec<Agency>,
    /// The act by which it ended.
    order: Option<String>,
    /// Official now.
    accounts: Vec<AccountLine>,
    /// Official once.
    former: Vec<AccountLine>,
    source: String,
    unsure: bool,
    cards: Vec<Card>,
    older: Option<String>,
    later: bool,
}

impl AgencyPage {
    fn name_of<'a>(&self, agency: &'a Agency) -> &'a str {
        agency.name(self.page.cx.lang)
    }
    fn lang_of(&self, agency: &Agency) -> &'static str {
        agency.name_lang(self.page.cx.lang)
    }
    /// The name in the language the page is not in, where there is one.
    fn other_name(&self) -> Option<(&str, &'static str)> {
        let other = self.page.cx.lang.other();
        let name = self.agency.name(other);
        (name != self.name_of(&self.agency)).then(|| (name, self.agency.name_lang(other)))
    }
    /// A day of the register in the words of the page's language.
    fn day(&self, day: &str) -> String {
        ground::words::parse_local(&format!("{day}T00:00")).map_or_else(|| day.to_owned(), |us| self.page.date(&us))
    }
}

async fn by_code(cx: &Ctx, code: &str) -> Result<Option<Agency>> {
    match agencies::by_code(cx.db(), code).await {
        Ok(agency) => Ok(Some(agency)),
        Err(DbError::NotFound) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

pub async fn show(cx: Ctx, Piece(code): Piece, Query(q): Query<Before>, seen: Seen) -> Result<Response> {
    let agency = by_code(&cx, &code).await?.ok_or_else(|| {
        Error::new(ground::error::Kind::NotFound, Say::new("public_site-no-agency"))
            .next("/agencies", Say::new("public_site-to-agencies"))
    })?;
    let pack = cx.machine.part::<Pack>()?;
    let parent = match &agency.parent_code {
        Some(code) => by_code(&cx, code).await?,
        None => None,
    };
    let (predecessors, successors) = agencies::succession(cx.db(), &agency.code).await?;
    let ending = agencies::ending(cx.db(), agency.id).await?;
    let mut rows = store::accounts_of(cx.db(), agency.id).await?;
    rows.retain(|row| accounts::counts(&cx, &row.platform));
    let lines = rows.into_iter().map(|row| AccountLine {
        platform: accounts::platform_name(&cx, &row.platform),
        practice: accounts::is_practice(&cx, &row.platform),
        row,
    });
    let (accounts, former) = lines.partition(|l| l.row.state == "live");
    let kind = pack.kinds().find(&agency.kind).map(|k| k.title.get(cx.lang.code()).to_owned());
    let register = pack.agencies().find(&agency.code);
    let before = front::cursor(q.before.as_deref());
    let (cards, older) = front::some(&cx, Some(agency.id), before).await?;
    let page = AgencyPage {
        page: Page::public(&cx, agency.name(cx.lang).to_owned()),
        cards,
        older,
        later: before.is_some(),
        kind: kind.unwrap_or_default(),
        parent,
        predecessors,
        successors,
        order: ending.map(|(act, _)| act.order_ref),
        accounts,
        former,
        source: register.map(|a| a.source.clone()).unwrap_or_default(),
        unsure: register.is_none_or(|a| a.certainty != Certainty::Sure),
        agency,
    };
    Ok(html_unless_seen(&cx, &seen, page.render().map_err(Error::fault)?))
}
