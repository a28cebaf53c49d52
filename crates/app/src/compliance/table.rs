//! Every finding as a table to take away (CSV).
use super::finding::State;
use super::map;
use crate::policy::Pack;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ground::{Ctx, Error, Result};
use std::collections::HashMap;

/// One row an agency and obligation.
pub async fn download(cx: Ctx) -> Result<Response> {
    let pack = cx.machine.part::<Pack>()?;
    let rows = super::store::rows(cx.db()).await?;
    let letters: HashMap<i64, String> = rows.into_iter().map(|r| (r.agency_id, r.letters)).collect();
    let mut table = csv::Writer::from_writer(vec![]);
    table.write_record(["agency", "kind", "obligation", "level", "state"]).map_err(Error::fault)?;
    for agency in map::visible(&cx).await? {
        let states = letters.get(&agency.id).map_or("", String::as_str).chars().map(State::of_letter);
        for (o, state) in pack.obligations().iter().zip(states).filter(|(_, s)| *s != State::NotApplicable) {
            let row = [&agency.code, &agency.kind, &o.id, o.level.word(), state.code()];
            table.write_record(row).map_err(Error::fault)?;
        }
    }
    let bytes = table.into_inner().map_err(|e| Error::fault(e.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"findings.csv\""),
    ];
    Ok((headers, bytes).into_response())
}
