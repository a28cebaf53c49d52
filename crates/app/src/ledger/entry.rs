//! What the public log says of a fact: canonical JSON (RFC 8785), never the content itself.
//!
//! An open fact: `{"agency","at","c":{"actor","body"},"n","prev","subject","type","v"}`. `n` counts the agency's open
//! facts without a gap; `prev` is the leaf hash of the subject's open fact before. Who did it and with what words are
//! commitments.
//!
//! A sealed fact: `{"c","type","v"}`. One commitment holds everything else, also its own `n` and `prev`: those of open
//! facts never count or point to sealed ones, or the public could tell whose they are.
//!
//! A commitment is `HMAC-SHA-256(salt, domain ‖ 0 ‖ value)`. Each field has a salt of its own, made from the 32 random
//! bytes of the row, the field's name and the fact's id, so that showing one shows nothing of another; without the
//! row's bytes no salt can be had again, and the entry tells nothing any more.
use super::merkle::Hash;
use super::note::b64;
use super::store::FactRow;
use ground::crypto::{canonical, commit, hmac_sha256};
use ground::{Error, Result, words};
use serde_json::json;

/// Of the format of entries.
const VERSION: i64 = 1;
/// An entry must fit a bundle; ours never come near.
const MOST: usize = 4096;
/// Longer subjects are refused when a fact is recorded.
pub const MOST_SUBJECT: usize = 256;

/// What opens one commitment: shown to those who may know the value.
pub struct Opening {
    pub field: &'static str,
    pub domain: String,
    pub salt: Hash,
    pub value: String,
}

impl Opening {
    fn of(fact: &FactRow, field: &'static str, domain: String, value: String) -> Opening {
        let id = fact.id.to_string();
        let salt = hmac_sha256(&fact.salt, &[b"drelwa salt v1\0", field.as_bytes(), b"\0", id.as_bytes()]);
        Opening { field, domain, salt, value }
    }
    pub fn commitment(&self) -> String {
        b64(&commit(&self.salt, &self.domain, self.value.as_bytes()))
    }
}

/// A fact's place among its like: its number in the count of its agency, and the hash of the subject's one before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    pub n: Option<i64>,
    pub prev: Option<Hash>,
}

pub fn openings(fact: &FactRow, place: &Place) -> Result<Vec<Opening>> {
    if !fact.sealed {
        let body = Opening::of(fact, "body", format!("drelwa/body/{}", fact.version), fact.body.clone());
        let actor = Opening::of(fact, "actor", "drelwa/actor".into(), fact.actor.clone());
        return Ok(vec![actor, body]);
    }
    let mut whole = json!({"actor": fact.actor, "at": words::iso(fact.at), "body": fact.body,
        "subject": fact.subject, "version": fact.version});
    place_in(&mut whole, fact, place)?;
    let value = String::from_utf8(canonical(&whole)?).map_err(Error::fault)?;
    Ok(vec![Opening::of(fact, "sealed", "drelwa/sealed".into(), value)])
}

fn place_in(entry: &mut serde_json::Value, fact: &FactRow, place: &Place) -> Result<()> {
    if let Some(scope) = fact.scope {
        entry["agency"] = scope.to_string().into();
    }
    if let Some(n) = place.n {
        // Larger numbers lose digits in JSON.
        if !(1..1 << 53).contains(&n) {
            return Err(Error::fault(format!("fact {}: {n} is no number of a count", fact.id)));
        }
        entry["n"] = n.into();
    }
    if let Some(prev) = &place.prev {
        entry["prev"] = b64(prev).into();
    }
    Ok(())
}

/// The bytes the log holds of a fact in its place.
pub fn entry(fact: &FactRow, place: &Place) -> Result<Vec<u8>> {
    let openings = openings(fact, place)?;
    let mut entry = json!({"type": fact.kind, "v": VERSION});
    if let [sealed] = &openings[..] {
        entry["c"] = sealed.commitment().into();
    } else {
        entry["at"] = words::iso(fact.at).into();
        entry["subject"] = fact.subject.as_str().into();
        entry["c"] = openings.iter().map(|o| (o.field.to_owned(), o.commitment().into())).collect::<Map>().into();
        place_in(&mut entry, fact, place)?;
    }
    let bytes = canonical(&entry)?;
    if bytes.len() > MOST {
        return Err(Error::fault(format!("fact {}: its entry has {} bytes", fact.id, bytes.len())));
    }
    Ok(bytes)
}

type Map = serde_json::Map<String, serde_json::Value>;

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(sealed: bool) -> FactRow {
        FactRow {
            id: 77,
            at: 1_795_491_000_000_000,
            actor: "person:5".into(),
            scope: Some(3),
            kind: "post.approved".into(),
            version: 1,
            subject: "post:9".into(),
            body: "{\"post\":9}".into(),
            sealed,
            salt: vec![1; 32],
            leaf_index: None,
            n: None,
            entry: None,
        }
    }

    fn text(fact: &FactRow, place: &Place) -> String {
        String::from_utf8(entry(fact, place).unwrap()).unwrap()
    }

    #[test]
    fn an_open_entry_is_canonical_and_says_neither_who_nor_what_words() {
        let place = Place { n: Some(4), prev: Some([2; 32]) };
        let entry = text(&fact(false), &place);
        assert!(entry.starts_with("{\"agency\":\"3\",\"at\":\"2026-11-24T03:30:00Z\",\"c\":{\"actor\":\""), "{entry}");
        assert!(entry.ends_with(&format!(
            "\"}},\"n\":4,\"prev\":\"{}\",\"subject\":\"post:9\",\"type\":\"post.approved\",\"v\":1}}",
            b64(&[2; 32])
        )));
        assert!(!entry.contains("person:5") && !entry.contains("\"post\":"));
        assert!(!text(&FactRow { scope: None, ..fact(false) }, &Place::default()).contains("agency"));
    }

    #[test]
    fn a_sealed_entry_says_its_kind_only() {
        let place = Place { n: Some(4), prev: Some([2; 32]) };
        let value: serde_json::Value = serde_json::from_slice(&entry(&fact(true), &place).unwrap()).unwrap();
        let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["c", "type", "v"]);
        // What it holds is opened with the salt alone, by whoever knows HMAC.
        let opening = &openings(&fact(true), &place).unwrap()[0];
        let again = hmac_sha256(&opening.salt, &[b"drelwa/sealed\0", opening.value.as_bytes()]);
        assert_eq!(value["c"], b64(&again));
        assert!(opening.value.contains("person:5") && opening.value.contains("\"n\":4"));
    }

    #[test]
    fn every_field_of_a_fact_is_in_its_entry() {
        for sealed in [false, true] {
            let (place, f) = (Place { n: Some(4), prev: None }, fact(sealed));
            let changed = [
                FactRow { id: 78, ..f.clone() },
                FactRow { at: f.at + 1, ..f.clone() },
                FactRow { actor: "person:6".into(), ..f.clone() },
                FactRow { scope: None, ..f.clone() },
                FactRow { kind: "post.rejected".into(), ..f.clone() },
                FactRow { version: 2, ..f.clone() },
                FactRow { subject: "post:8".into(), ..f.clone() },
                FactRow { body: "{\"post\":8}".into(), ..f.clone() },
                FactRow { sealed: !sealed, ..f.clone() },
                FactRow { salt: vec![2; 32], ..f.clone() },
            ];
            for other in changed {
                assert_ne!(text(&f, &place), text(&other, &place), "{other:?}");
            }
            assert_ne!(text(&f, &place), text(&f, &Place { n: Some(5), prev: None }));
            assert_ne!(text(&f, &place), text(&f, &Place { n: Some(4), prev: Some([0; 32]) }));
        }
    }

    #[test]
    fn equal_words_have_unlike_commitments() {
        let (a, b) = (fact(false), FactRow { id: 78, ..fact(false) });
        let commitments =
            |f| openings(f, &Place::default()).unwrap().iter().map(Opening::commitment).collect::<Vec<_>>();
        assert!(commitments(&a).iter().all(|c| !commitments(&b).contains(c)));
    }
}
