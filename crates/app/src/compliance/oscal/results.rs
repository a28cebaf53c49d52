//! Findings of one agency as OSCAL assessment results.
use super::{document, metadata, title, uuid};
use crate::compliance::finding::State;
use crate::compliance::{actions, map};
use crate::policy::Pack;
use axum::response::Response;
use ground::http::Piece;
use ground::words::Lang;
use ground::{Ctx, Result};
use serde_json::{Value, json as of};

/// What one agency shows: observations with their time and end, findings that refer to them.
pub async fn results(cx: Ctx, Piece(code): Piece) -> Result<Response> {
    let agency = actions::see(&cx, &code).await?;
    let pack = cx.machine.part::<Pack>()?;
    let all = map::findings(&cx, &agency).await?;
    let (mut observations, mut findings, mut reviewed) = (vec![], vec![], vec![]);
    let mut seen = std::collections::HashSet::new();
    for f in all.iter().filter(|f| f.state != State::NotApplicable) {
        let id = &f.obligation.id;
        reviewed.push(of!({"control-id": id}));
        let mut related = vec![];
        for c in &f.controls {
            for s in c.seen() {
                let own = uuid(&format!("observation {}", s.id));
                related.push(of!({"observation-uuid": own}));
                if seen.insert(s.id) {
                    observations.push(observation(&cx, c, s, &own));
                }
            }
        }
        findings.push(finding(&agency.code, f, related));
    }
    let now = ground::words::iso(cx.now());
    let plan = uuid(&format!("{} plan", pack.id()));
    let mut result = of!({
        "uuid": uuid(&format!("result {} {now}", agency.code)),
        "title": format!("{} of {}", title(pack), agency.name(Lang::En)),
        "description": "Findings computed from the ledger of what happened, and what was attested or reviewed.",
        "start": now,
        "reviewed-controls": {"control-selections": [{"include-controls": reviewed}]},
    });
    // OSCAL has no empty lists.
    for (name, list) in [("observations", observations), ("findings", findings)] {
        if !list.is_empty() {
            result[name] = list.into();
        }
    }
    let about = "Every obligation is judged by the controls that the program states, from facts as they are recorded.";
    let body = of!({
        "uuid": uuid(&format!("results {} {now}", agency.code)),
        "metadata": metadata(&format!("Findings of {}", agency.name(Lang::En)), cx.now(), pack.edition()),
        "import-ap": {"href": format!("#{plan}")},
        "results": [result],
        "back-matter": {"resources": [{"uuid": plan, "title": "How findings are made", "description": about}]},
    });
    Ok(document("assessment-results", body))
}

fn observation(cx: &Ctx, c: &map::Shown<'_>, s: &map::Seen, uuid: &str) -> Value {
    let method = if c.attested() { "INTERVIEW" } else { "TEST" };
    let mut one = of!({
        "uuid": uuid, "title": c.control.id, "description": s.told, "methods": [method],
        "collected": ground::words::iso(s.seen_at),
        "props": [{"name": "verdict", "value": s.state}],
    });
    if !s.reason.is_empty() {
        one["remarks"] = s.reason.clone().into();
    }
    if let Some(until) = s.until {
        one["expires"] = ground::words::iso(until).into();
    }
    let shown = |e: &String| match actions::is_subject(e) {
        true => of!({"href": cx.url(&format!("/records?subject={e}")), "description": e}),
        false if e.starts_with("https://") => of!({"href": e, "description": e}),
        false => of!({"description": e}),
    };
    let evidence: Vec<Value> = s.evidence.iter().map(shown).collect();
    if !evidence.is_empty() {
        one["relevant-evidence"] = evidence.into();
    }
    one
}

fn finding(agency: &str, f: &map::Finding<'_>, related: Vec<Value>) -> Value {
    let id = &f.obligation.id;
    let met = if f.state == State::Met { "satisfied" } else { "not-satisfied" };
    let mut one = of!({
        "uuid": uuid(&format!("finding {agency} {id}")),
        "title": id,
        "description": f.obligation.obligation,
        "props": [{"name": "state", "value": f.state.code()}],
        "target": {"type": "statement-id", "target-id": format!("{id}_smt"), "status": {"state": met}},
    });
    if !related.is_empty() {
        one["related-observations"] = related.into();
    }
    one
}
