//! What the policy says of itself and of who is an agency.
use super::*;
use std::collections::BTreeSet;

#[tokio::test]
async fn p1_n1_one_policy_for_all_with_an_anchor_for_each_clause_and_a_catalogue_for_machines() {
    let h = house().await;
    let pack = h.app.cx.machine.part::<Pack>().unwrap();
    let day = pack.day_at(h.app.cx.now());
    let clauses: BTreeSet<&str> = pack.clauses().iter().map(|c| &*c.id).filter(|id| pack.holds(id, day)).collect();
    assert!(clauses.len() >= 175);
    // The page has one anchor for each, whoever reads it.
    for who in ["", "karma@example.bt", "namgay@example.bt"] {
        let cookie = if who.is_empty() { String::new() } else { h.app.sign_in(who).await };
        let page = h.app.browse(&cookie, "/policy?lang=en").await.expect(200).body;
        let missing: Vec<_> = clauses.iter().filter(|id| page.matches(&format!("id=\"{id}\"")).count() != 1).collect();
        assert!(missing.is_empty(), "without an anchor of their own: {missing:?}");
    }
    // So has the interface, each with the address of its anchor; the catalogue has every obligation.
    let policy = h.app.get("/api/v1/policy").await.expect(200).json();
    let told: Vec<&Value> = policy["clauses"].as_array().unwrap().iter().collect();
    assert_eq!(told.iter().map(|c| c["id"].as_str().unwrap()).collect::<BTreeSet<_>>(), clauses);
    for c in told {
        let anchor = format!("/policy#{}", c["id"].as_str().unwrap());
        assert!(c["url"].as_str().unwrap().ends_with(&anchor), "{c}");
    }
    let catalog = h.app.get("/api/v1/compliance/oscal/catalog").await.expect(200).json();
    let groups = catalog["catalog"]["groups"].as_array().unwrap().iter();
    let controls: BTreeSet<&str> =
        groups.flat_map(|g| g["controls"].as_array().unwrap()).map(|c| c["id"].as_str().unwrap()).collect();
    assert_eq!(controls, pack.obligations().iter().map(|o| &*o.id).collect());
    // What each kind of agency carries is taken from that one catalogue.
    for kind in pack.kinds().iter() {
        let profile = h.app.get(&format!("/api/v1/compliance/oscal/profiles/{}", kind.id)).await.expect(200).json();
        let imports = profile["profile"]["imports"].as_array().unwrap();
        assert_eq!(imports.len(), 1, "{}", kind.id);
        let wanted = imports[0]["include-controls"][0]["with-ids"].as_array().unwrap().iter();
        assert!(wanted.map(|id| id.as_str().unwrap()).all(|id| controls.contains(id)), "{}", kind.id);
    }
}

#[tokio::test]
async fn p3_d2_an_agency_stands_in_the_register_below_one_that_still_is() {
    let h = house().await;
    judging::everything(&h.app.cx).await.unwrap();
    assert_eq!(h.state("P3-D2").await, State::Met);
    let evidence = |all: &Value| {
        let finding = all["findings"].as_array().unwrap().iter().find(|f| f["obligation"] == "P3-D2").unwrap();
        finding["controls"][0]["observations"][0].clone()
    };
    let seen = evidence(&h.call(&h.lead, "/api/v1/compliance/agencies/MoH", Value::Null).await.expect(200).json());
    assert_eq!(seen["evidence"][0], format!("agency:{}", h.agency));
    assert!(seen["told"].as_str().unwrap().contains("MoH"), "{seen}");

    // A dzongkhag ends without a word about its gewogs: each is shown as standing below what is no agency any more.
    let everyone = agencies::everyone(h.app.cx.db()).await.unwrap();
    let gewog = everyone.iter().find(|a| a.kind == "gewog" && a.current).unwrap();
    assert_eq!(h.state_of(gewog.id, "P3-D2").await, State::Met);
    let parent = gewog.parent_code.clone().unwrap();
    let heir = everyone.iter().find(|a| a.kind == "dzongkhag" && a.current && a.code != parent).unwrap();
    let act = json!({"kind": "merge", "from": [parent], "to": [heir.code], "heir": heir.code,
        "effective_on": "2026-11-25", "reason": "Two dzongkhags become one.", "order_ref": "Order 7"});
    h.call(&h.oversight, "/api/v1/agencies/reorganisations", act).await.expect(201);
    h.app.advance(2 * DAY);
    h.app.sweep().await;
    h.app.advance(2 * DAY);
    h.app.sweep().await;
    assert_eq!(h.state_of(gewog.id, "P3-D2").await, State::Partly);
    let cookie = h.app.sign_in("namgay@example.bt").await;
    let page = h.app.browse(&cookie, &format!("/compliance/agencies/{}?lang=en", gewog.code)).await.expect(200).body;
    assert!(page.contains(&format!("below {parent}, which is no agency of today")), "{page}");
    // Who ended is judged no more, and nobody else is touched.
    assert_eq!(h.state("P3-D2").await, State::Met);
    h.app.drain().await;
}
