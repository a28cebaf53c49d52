//! The register of agencies: who is an agency of the government, of which kind, since when, and who took over from whom.
//! It comes from the policy pack; names are never keys (two gewogs share one), codes are.
//!
//! Fact: `agency.registered`.
mod actions;
mod api;
mod pages;
mod store;
#[cfg(test)]
mod tests;

pub use actions::load_register;
pub use store::{Agency, by_code, everyone, find};

use ground::db::Run;
use ground::fact;
use ground::slice::{Needs, Slice, get};
use ground::words::Lang;
use ground::{Result, migrations, words};

fact!(AgencyRegistered "agency.registered" Open { agency: i64, code: String, kind: String }
    subject s => format!("agency:{}", s.agency), scope Some(s.agency));

pub fn slice() -> Slice {
    Slice::new("agencies")
        .migrations(migrations!("agencies" => "0001_agencies.sql"))
        .page(get("/agencies", pages::directory), Needs::Nothing)
        .api(
            get("/api/v1/agencies", api::list)
                .doc("The register of agencies")
                .query::<api::AgencyFilter>()
                .gives::<crate::shell::api::Listed<api::AgencyView>>(200),
            Needs::Nothing,
        )
        .fact::<AgencyRegistered>()
        .queries(store::ALL)
        .words(words!("agencies"))
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
