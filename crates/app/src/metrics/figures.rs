//! Figures of an agency over some days, put together for a page or an answer of the API.
use super::counting::KINDS;
use super::store;
use crate::accounts;
use crate::policy::Pack;
use ground::{Ctx, Result};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// At most so many days at once.
pub const MOST_DAYS: i64 = 366;

#[derive(Debug, Clone, Copy)]
pub struct Days {
    pub from: Date,
    pub to: Date,
}

impl Days {
    /// The days asked for; thirty up to today where none or nonsense is.
    pub fn of(cx: &Ctx, from: Option<&str>, to: Option<&str>) -> Result<Days> {
        let today = cx.machine.part::<Pack>()?.day_at(cx.now());
        let day = |t: Option<&str>| t.and_then(|t| t.trim().parse::<Date>().ok());
        let to = day(to).unwrap_or(today);
        let from = day(from).unwrap_or_else(|| to.saturating_sub(29.days())).min(to);
        Ok(Days { from: from.max(to.saturating_sub(MOST_DAYS.days())), to })
    }
    pub fn all(&self) -> Vec<Date> {
        self.from.series(1.day()).take_while(|d| *d <= self.to).collect()
    }
}

pub type Sums = BTreeMap<String, i64>;

/// How long people waited for their first answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waited {
    pub answered: i64,
    pub median_us: Option<i64>,
    pub p90_us: Option<i64>,
}

pub struct OfAccount {
    pub id: i64,
    pub label: String,
    pub sums: Sums,
    pub waited: Waited,
}

pub struct Figures {
    pub days: Days,
    pub sums: Sums,
    pub waited: Waited,
    pub by_day: BTreeMap<String, Sums>,
    pub accounts: Vec<OfAccount>,
}

impl Figures {
    pub fn is_empty(&self) -> bool {
        self.sums.values().all(|n| *n == 0)
    }
}

async fn waited(cx: &Ctx, agency: i64, from: &str, to: &str, account: i64) -> Result<Waited> {
    let n = store::answered_count(cx.db(), agency, from, to, account).await?;
    if n == 0 {
        return Ok(Waited::default());
    }
    // Nearest rank: the smallest time that half, or nine of ten, did not exceed.
    let rank = |tenths: i64| (n * tenths + 9) / 10;
    Ok(Waited {
        answered: n,
        median_us: store::ranked(cx.db(), agency, from, to, account, rank(5)).await?,
        p90_us: store::ranked(cx.db(), agency, from, to, account, rank(9)).await?,
    })
}

pub async fn of(cx: &Ctx, agency: i64, days: Days) -> Result<Figures> {
    let (from, to) = (days.from.to_string(), days.to.to_string());
    let mut sums: Sums = KINDS.iter().map(|k| ((*k).to_owned(), 0)).collect();
    let mut by_day: BTreeMap<String, Sums> = BTreeMap::new();
    for (day, kind, n) in store::by_day(cx.db(), agency, &from, &to).await? {
        *sums.entry(kind.clone()).or_default() += n;
        by_day.entry(day).or_default().insert(kind, n);
    }
    let mut of_accounts: BTreeMap<i64, Sums> = BTreeMap::new();
    for (account, kind, n) in store::by_account(cx.db(), agency, &from, &to).await? {
        if account != 0 {
            of_accounts.entry(account).or_default().insert(kind, n);
        }
    }
    let mut all = vec![];
    for (id, sums) in of_accounts {
        let label = accounts::find(cx.db(), id).await?.label(cx);
        all.push(OfAccount { id, label, sums, waited: waited(cx, agency, &from, &to, id).await? });
    }
    let waited = waited(cx, agency, &from, &to, 0).await?;
    Ok(Figures { days, sums, waited, by_day, accounts: all })
}
