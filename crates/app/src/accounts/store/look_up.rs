//! The SQL behind the question whether an address is official.
use super::life::{More, verdict_at};
use super::public::Report;
use super::tenures::Tenure;
use crate::accounts::account::Account;
use ground::db::{Db, DbError, DbResult, Row};
use ground::words::Lang;
use ground::{queries, record, sql};

queries! {
    OWNER = "SELECT code, name_en, name_dz FROM agencies_v1 WHERE id = $1";
}

record! {
    /// The agency that an account speaks for.
    pub struct Owner { code: String, name_en: String, name_dz: String }
}

impl Owner {
    pub fn name(&self, lang: Lang) -> &str {
        if lang == Lang::Dz && !self.name_dz.is_empty() { &self.name_dz } else { &self.name_en }
    }
}

/// What the register says of an address.
#[derive(Debug, Clone)]
pub struct LookedUp {
    pub account: Account,
    pub more: More,
    pub owner: Owner,
    /// Whose it was before, the last first.
    pub before: Vec<Tenure>,
}

/// Everything the public is told of an address in one trip to the database: this is asked for every link that a browser's
/// helper checks. Without an account there is the report that says it is none.
pub async fn look_up(db: &Db, known_as: &str) -> DbResult<Result<LookedUp, Option<Report>>> {
    let address = known_as.to_owned();
    let then = move |rows: &[Row]| match rows.first() {
        Some(row) => {
            let (id, agency): (i64, i64) = (row.get("id")?, row.get("agency_id")?);
            Ok(vec![Some(sql!(OWNER, agency)), Some(super::tenures::of_account(id)), None])
        }
        None => Ok(vec![None, None, Some(super::public::confirmed_at(&address))]),
    };
    let mut found = db.read_then(verdict_at(known_as), then).await?.into_iter();
    let mut next = || found.next().unwrap_or_default();
    let (account, owner, before, report) = (next(), next(), next(), next());
    let Some(row) = account.first() else { return Ok(Err(report.first().map(Report::from_row).transpose()?)) };
    Ok(Ok(LookedUp {
        account: Account::from_row(row)?,
        more: More::from_row(row)?,
        owner: Owner::from_row(owner.first().ok_or(DbError::NotFound)?)?,
        before: before.iter().map(Tenure::from_row).collect::<DbResult<_>>()?,
    }))
}
