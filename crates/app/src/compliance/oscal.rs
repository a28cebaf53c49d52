//! The policy and its findings in the Open Security Controls Assessment Language, OSCAL 1.2.1 (NIST): catalog, profile,
//! assessment results. Identifiers are made from what they name, so that the same findings are the same document.
mod results;

pub use results::results;

use super::map;
use crate::policy::{EACH, Obligation, Pack};
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
    let day = pack.day_at(cx.now());
    let each = |o: &&Obligation| pack.holds(&o.id, day) && o.carried_by.iter().any(|c| c == EACH);
    let carried = pack.obligations().iter().filter(each);
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
