//! The register of agencies: who is an agency of the government, of which kind, since when, and who took over from whom.
//! It comes from the policy pack and from tables; names are never keys (two gewogs share one), codes are.
//!
//! A reorganisation is one recorded act: from whom, to whom, from which day, why and by which order. On its day the agencies
//! end, and one of those who carry on, the *heir*, takes over what cannot be divided: accounts and people go there, posts
//! that are not out are given back to it as drafts, and whoever works for it may look after what is left (messages, appeals,
//! deliveries, records), which stays where it was written. Plans stay as history: a plan is of the agency that made it.
//!
//! Facts: `agency.registered`, `agency.changed`, `agency.reorganisation-ordered`, `agency.reorganisation-revoked`, and
//! `agency.reorganised` for each agency that ends, on its day.
mod actions;
mod api;
mod importing;
mod pages;
mod reorganisation;
mod reorganising;
mod rules;
mod store;
mod table;
#[cfg(test)]
mod tests;

pub use actions::load_register;
pub use reorganising::{ending, taken_over};
pub use store::{Agency, by_code, everyone, find};

use ground::clock::HOUR;
use ground::ctx::Right;
use ground::db::Run;
use ground::fact;
use ground::slice::{Needs, Slice, get, post};
use ground::words::Lang;
use ground::{Result, migrations, words};

fact!(AgencyRegistered "agency.registered" Open { agency: i64, code: String, kind: String }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));

fact!(
    /// A table put right what the register says of it.
    AgencyChanged "agency.changed" Open { agency: i64, code: String }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));
fact!(
    /// `change` is merge, split, rename or dissolve. It takes effect on its day.
    ReorganisationOrdered "agency.reorganisation-ordered" Open { reorganisation: i64, change: String, from: Vec<String>, to: Vec<String>, heir: i64, effective_on: String, order_ref: String }
    subject s => format!("reorganisation:{}", s.reorganisation), scope None);
fact!(ReorganisationRevoked "agency.reorganisation-revoked" Open { reorganisation: i64 }
    subject s => format!("reorganisation:{}", s.reorganisation), scope None);
fact!(
    /// This agency has ended. `by` recorded the act; 0: the policy pack said so.
    AgencyReorganised "agency.reorganised" Open { agency: i64, reorganisation: i64, change: String, heir: i64, successors: Vec<i64>, effective_on: String, by: i64 }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));

/// To change the register and to record reorganisations.
pub const MANAGE_AGENCIES: Right = Right("manage-agencies");
const MANAGE: Needs = Needs::May(MANAGE_AGENCIES);

pub fn slice() -> Slice {
    with_api(Slice::new("agencies"))
        .migrations(migrations!("agencies" => "0001_agencies.sql", "0002_reorganisations.sql"))
        .page(get("/agencies", pages::directory), Needs::Nothing)
        .page(get("/agencies/reorganisations", pages::reorganisations::list), MANAGE)
        .page(get("/agencies/reorganisations/new", pages::reorganisations::form), MANAGE)
        .page(post("/agencies/reorganisations", pages::reorganisations::create), MANAGE)
        .page(get("/agencies/reorganisations/{id}", pages::reorganisations::one), MANAGE)
        .page(post("/agencies/reorganisations/{id}/revocation", pages::reorganisations::revoke), MANAGE)
        .page(get("/agencies/import", pages::import::form), MANAGE)
        .page(post("/agencies/import", pages::import::submit).upload(table::MOST_BYTES + 65536), MANAGE)
        .file(get("/agencies.csv", table::download))
        .sweep("agencies.days", HOUR, reorganising::watch_days)
        .fact::<AgencyRegistered>()
        .fact::<AgencyChanged>()
        .fact::<ReorganisationOrdered>()
        .fact::<ReorganisationRevoked>()
        .fact::<AgencyReorganised>()
        .queries(store::ALL)
        .queries(store::endings::ALL)
        .words(words!("agencies"))
        .nav(85, "/agencies/reorganisations", "agencies-nav", "agencies", MANAGE)
}

fn with_api(slice: Slice) -> Slice {
    slice
        .api(
            get("/api/v1/agencies", api::list)
                .doc("The register of agencies")
                .query::<api::AgencyFilter>()
                .gives::<crate::shell::api::Listed<api::AgencyView>>(200),
            Needs::Nothing,
        )
        .api(
            get("/api/v1/agencies/reorganisations", api::reorganisations)
                .doc("Who took over from whom, newest first")
                .query::<api::PageQuery>()
                .gives::<crate::shell::api::Listed<api::ReorganisationView>>(200),
            Needs::Nothing,
        )
        .api(
            post("/api/v1/agencies/reorganisations", api::reorganise)
                .doc("Record a reorganisation: from whom, to whom, from which day, why, by which order")
                .takes::<api::ReorganisationBody>()
                .gives::<api::ReorganisationView>(201),
            MANAGE,
        )
        .api(
            post("/api/v1/agencies/reorganisations/{id}/revocation", api::revoke)
                .doc("Take back a reorganisation that has not taken effect")
                .gives::<api::ReorganisationView>(200),
            MANAGE,
        )
        .api(
            post("/api/v1/agencies/table", api::import)
                .doc("Bring in agencies as a table (CSV): every row is checked first, one fault and nothing is done")
                .upload(table::MOST_BYTES + 65536)
                .gives::<api::Imported>(200),
            MANAGE,
        )
}

impl Agency {
    pub fn name(&self, lang: Lang) -> &str {
        if lang == Lang::Dz && !self.name_dz.is_empty() { &self.name_dz } else { &self.name_en }
    }
    /// The language `name` answers in.
    pub fn name_lang(&self, lang: Lang) -> &'static str {
        if lang == Lang::Dz && !self.name_dz.is_empty() { "dz" } else { "en" }
    }
}

pub async fn name(c: &impl Run, id: i64, lang: Lang) -> Result<String> {
    Ok(find(c, id).await?.name(lang).to_owned())
}

/// Agencies to choose from in a form, as id and name with code: those that exist now, of these or of all, the many
/// gewogs last.
pub async fn choices(c: &impl Run, scopes: Option<&[i64]>, lang: Lang) -> Result<Vec<(String, String)>> {
    let mut all = store::everyone(c).await?;
    all.retain(|a| a.current && scopes.is_none_or(|s| s.contains(&a.id)));
    all.sort_by(|a, b| (a.kind == "gewog", &a.code).cmp(&(b.kind == "gewog", &b.code)));
    Ok(all.iter().map(|a| (a.id.to_string(), format!("{} · {}", a.code, a.name(lang)))).collect())
}

/// What came after an agency, and what before.
pub async fn succession(c: &impl Run, code: &str) -> Result<(Vec<Agency>, Vec<Agency>)> {
    Ok((store::predecessors(c, code).await?, store::successors(c, code).await?))
}
