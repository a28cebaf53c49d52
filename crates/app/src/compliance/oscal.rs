//! The policy and its findings in the Open Security Controls Assessment Language, OSCAL 1.2.1 (NIST): catalog, profile,
//! assessment results. Identifiers are made from what they name, so that the same findings are the same document.
use super::actions;
use super::finding::State;
use super::map;
use crate::policy::{EACH, Pack};
use axum::response::Response;
use ground::http::{Piece, json};
use ground::words::Lang;
use ground::{Ctx, Error, Result};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json as of};
use sha2::{Digest, Sha256};

/// An OSCAL 1.2.1 document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OscalDocument")]
pub struct Document {
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

fn document(kind: &str, body: Value) -> Response {
    let rest = [(kind.to_owned(), body)].into_iter().collect();
    json(200, &Document { rest })
}

const VERSION: &str = "1.2.1";

/// A UUID of version 5's form, from a name.
fn uuid(name: &str) -> String {
    let mut b = [0u8; 16];
    b.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
    (b[6], b[8]) = (b[6] & 0x0f | 0x50, b[8] & 0x3f | 0x80);
    let hex = ground::crypto::hex(&b);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn metadata(title: &str, at: i64, version: &str) -> Value {
    of!({"title": title, "last-modified": ground::words::iso(at), "version": version, "oscal-version": VERSION})
}

fn title(pack: &Pack) -> &str {
    pack.policy().title.get(Lang::En.code())
}

/// The day the policy was adopted, as a moment.
fn adopted(cx: &Ctx, pack: &Pack) -> i64 {
    pack.policy_on(pack.day_at(cx.now())).map_or(0, |e| pack.start_of(e.adopted_on))
}

fn catalog_uuid(pack: &Pack) -> String {
    uuid(&format!("{} {} catalog", pack.id(), pack.edition()))
}

pub async fn catalog(cx: Ctx) -> Result<Response> {
    let pack = cx.machine.part::<Pack>()?;
    let mut groups = vec![];
    for section in map::sections(&cx, false)? {
        let control = |at: &usize| {
            let o = &pack.obligations()[*at];
            let title = pack.clause(&o.id).map_or(o.id.as_str(), |c| c.title.get(Lang::En.code()));
            let actors = o.actors.iter().map(|actor| of!({"name": "actor", "value": actor}));
            let props = [of!({"name": "label", "value": o.id}), of!({"name": "level", "value": o.level.word()})];
            of!({
                "id": o.id, "title": title, "props": props.into_iter().chain(actors).collect::<Vec<_>>(),
                "parts": [{"id": format!("{}_smt", o.id), "name": "statement", "prose": o.obligation}],
            })
        };
        let title = format!("{} {}", section.number, section.title);
        let controls: Vec<Value> = section.places.iter().map(control).collect();
        groups.push(of!({"id": format!("section-{}", section.id), "title": title, "controls": controls}));
    }
    let metadata = metadata(title(pack), adopted(&cx, pack), pack.edition());
    Ok(document("catalog", of!({"uuid": catalog_uuid(pack), "metadata": metadata, "groups": groups})))
}

pub async fn profile(cx: Ctx, Piece(kind): Piece) -> Result<Response> {
    let pack = cx.machine.part::<Pack>()?;
    let kind = pack.kinds().find(&kind).ok_or_else(Error::not_found)?;
    let carried = pack.obligations().iter().filter(|o| o.carried_by.iter().any(|c| c == EACH));
    let ids: Vec<&str> = carried.map(|o| o.id.as_str()).collect();
    let name = format!("{}: {}", title(pack), kind.title.get(Lang::En.code()));
    let body = of!({
        "uuid": uuid(&format!("{} {} profile {}", pack.id(), pack.edition(), kind.id)),
        "metadata": metadata(&name, adopted(&cx, pack), pack.edition()),
        "imports": [{"href": cx.url("/api/v1/compliance/oscal/catalog"), "include-controls": [{"with-ids": ids}]}],
        "merge": {"as-is": true},
    });
    Ok(document("profile", body))
}

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
    let evidence: Vec<Value> =
        s.evidence.iter().map(|e| of!({"href": cx.url(&format!("/records?subject={e}")), "description": e})).collect();
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
