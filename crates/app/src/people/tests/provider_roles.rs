//! What an account of the provider brings along: roles by its groups, a second factor, showing again that it is they; and
//! how the binding ends.
use super::super::*;
use super::issuer::{Issuer, come_back, leave, session, sign_in};
use super::{agency, facts};
use crate::testkit::TestApp;
use ground::clock::{MINUTE, SECOND};
use serde_json::{Value, json};

const GROUPS: &str =
    "press=author@MoH; heads=approver@MoH; desk=moderator@MoH; watch=administrator; gone=author@Nowhere";

struct Scene {
    issuer: Issuer,
    app: TestApp,
    moh: i64,
    pema: i64,
}

impl Scene {
    async fn new(more: &[(&str, &str)]) -> Scene {
        let issuer = Issuer::start().await;
        let app = issuer.app(&[&[("oidc-groups", GROUPS)], more].concat()).await;
        let moh = agency(&app, "MoH").await;
        let pema = app.person("Pema", Some(moh), &[]).await.id;
        Scene { issuer, app, moh, pema }
    }

    /// Signs in with these groups; the session's cookie.
    async fn with(&self, groups: Value) -> String {
        self.issuer.said().claims["groups"] = groups;
        session(&sign_in(&self.app, &self.issuer).await.expect(303))
    }

    /// Role, decision and whether it holds, of everything they were given or asked for by the provider.
    async fn roles(&self) -> Vec<(String, String, bool)> {
        let all = store::grants_of(self.app.cx.db(), self.pema).await.unwrap();
        let by = all.into_iter().filter(|g| g.granted_by == format!("provider:{}", self.issuer.url));
        let now = self.app.cx.now();
        by.map(|g| (g.role.clone(), g.decision.clone().unwrap_or("waits".into()), g.live(now))).collect()
    }
}

fn told(roles: &[(String, String, bool)]) -> Vec<(&str, &str, bool)> {
    roles.iter().map(|(r, d, l)| (r.as_str(), d.as_str(), *l)).collect()
}

#[tokio::test]
async fn a_group_gives_a_role_and_its_end_takes_it() {
    let s = Scene::new(&[]).await;
    assert_eq!(unknown_agencies(&s.app.cx).await.unwrap(), ["Nowhere"]);
    let here = s.with(json!(["press", "others", "gone"])).await;
    assert_eq!(told(&s.roles().await), [("author", "approved", true)]);
    let grant = store::grants_of(s.app.cx.db(), s.pema).await.unwrap().remove(0);
    assert_eq!((grant.purpose.as_str(), grant.agency_id), ("Group press of Gov ID", Some(s.moh)));
    assert!(s.app.browse(&here, "/me").await.expect(200).body.contains("Group press of Gov ID"));
    s.app.browse(&here, "/posts").await.expect(200);
    s.with(json!(["press"])).await;
    assert_eq!(s.roles().await.len(), 1, "once is enough");
    s.issuer.said().claims["_claim_names"] = json!({"groups": "elsewhere"});
    s.with(Value::Null).await;
    assert_eq!(told(&s.roles().await), [("author", "approved", true)], "it does not tell");
    s.issuer.said().claims["_claim_names"] = Value::Null;
    s.with(Value::Null).await;
    let ended = store::grants_of(s.app.cx.db(), s.pema).await.unwrap().remove(0);
    assert_eq!(ended.ended_why.as_deref(), Some("group"));
    assert_eq!((facts(&s.app, "role.granted").await, facts(&s.app, "role.ended").await), (1, 1));
    s.with(json!("press")).await;
    assert_eq!(told(&s.roles().await), [("author", "approved", false), ("author", "approved", true)]);
    s.app.drain().await;
}

#[tokio::test]
async fn who_decides_about_others_is_approved_by_somebody_and_what_must_be_apart_is_refused() {
    let s = Scene::new(&[]).await;
    s.with(json!(["heads"])).await;
    assert_eq!(told(&s.roles().await), [("approver", "waits", false)]);
    let lead = s.app.person("Lead", Some(s.moh), &[Role::Lead]).await;
    let id = store::grants_of(s.app.cx.db(), s.pema).await.unwrap()[0].id;
    let cookie = s.app.sign_in("lead@example.bt").await;
    let page = s.app.browse(&cookie, &format!("/roles/{id}")).await.expect(200).body;
    assert!(page.contains("Group heads of Gov ID") && page.contains("Gov ID"), "{page}");
    granting::approve_role(&lead.cx, id).await.unwrap();
    s.with(json!(["heads", "press"])).await;
    let both = s.roles().await;
    assert_eq!(told(&both), [("approver", "approved", true), ("author", "refused", false)]);
    let refused = store::grants_of(s.app.cx.db(), s.pema).await.unwrap().remove(1);
    assert!(refused.decision_reason.unwrap().contains("must be apart") || !refused.purpose.is_empty());
    s.with(json!(["heads", "press"])).await;
    assert_eq!(s.roles().await.len(), 2, "refused once");
    // What stood against it is gone: now it is given.
    s.with(json!(["press"])).await;
    let now = s.roles().await;
    assert_eq!(told(&now)[2], ("author", "approved", true), "{now:?}");
    assert_eq!(told(&now)[0], ("approver", "approved", false));
    s.app.drain().await;
}

#[tokio::test]
async fn what_a_person_ended_stays_ended_until_the_group_comes_anew() {
    let s = Scene::new(&[]).await;
    let lead = s.app.person("Lead", Some(s.moh), &[Role::Lead]).await;
    s.with(json!(["press", "desk"])).await;
    let id = store::grants_of(s.app.cx.db(), s.pema).await.unwrap()[0].id;
    granting::end_role(&lead.cx, s.pema, id).await.unwrap();
    s.with(json!(["press", "desk"])).await;
    assert_eq!(told(&s.roles().await), [("author", "approved", false), ("moderator", "approved", true)]);
    s.with(json!(["desk"])).await;
    s.with(json!(["press", "desk"])).await;
    assert_eq!(told(&s.roles().await)[2], ("author", "approved", true));
    // Whoever holds it by somebody's word keeps it when the group goes.
    s.with(json!(["desk"])).await;
    let wanted = WantedRole {
        person: s.pema,
        role: Role::Author,
        agency: Some(s.moh),
        purpose: "By hand".into(),
        from: None,
        until: None,
    };
    grant_role(&s.app.cx, &wanted).await.unwrap();
    s.with(json!(["press"])).await;
    s.with(json!([])).await;
    let held = store::grants_of(s.app.cx.db(), s.pema).await.unwrap();
    let live: Vec<&str> = held.iter().filter(|g| g.live(s.app.cx.now())).map(|g| g.purpose.as_str()).collect();
    assert_eq!(live, ["By hand"]);
    s.app.drain().await;
}

#[tokio::test]
async fn one_administrator_remains_whatever_the_groups_say() {
    let s = Scene::new(&[]).await;
    let over = s.app.person("Over", None, &[Role::Oversight]).await;
    s.with(json!(["watch"])).await;
    let id = store::grants_of(s.app.cx.db(), s.pema).await.unwrap()[0].id;
    granting::approve_role(&over.cx, id).await.unwrap();
    s.with(json!([])).await;
    assert_eq!(told(&s.roles().await), [("administrator", "approved", true)]);
    s.app.person("Chief", None, &[Role::Administrator]).await;
    s.with(json!([])).await;
    assert_eq!(told(&s.roles().await), [("administrator", "approved", false)]);
    s.app.drain().await;
}

#[tokio::test]
async fn a_second_factor_counts_where_the_provider_says_so() {
    let strong = ("strong-sign-in", "true");
    let s = Scene::new(&[strong, ("oidc-strong-acr", "phr")]).await;
    let wanted = |person| WantedRole {
        person,
        role: Role::Lead,
        agency: Some(s.moh),
        purpose: "x".into(),
        from: None,
        until: None,
    };
    grant_role(&s.app.cx, &wanted(s.pema)).await.unwrap();
    let away = leave(&s.app, "", "/sign-in/provider").await;
    assert_eq!(away.asked["acr_values"], "phr");
    for (claims, works) in [
        (json!({"amr": ["pwd"]}), false),
        (json!({"amr": ["pwd", "mfa"]}), true),
        (json!({"acr": "phr"}), true),
        (json!({"acr": "0"}), false),
        (json!({}), false),
    ] {
        s.issuer.said().claims = claims.clone();
        let entered = sign_in(&s.app, &s.issuer).await.expect(303);
        assert_eq!(entered.location(), if works { "/me" } else { "/me/codes" }, "{claims}");
        s.app.browse(&session(&entered), "/people").await.expect(if works { 200 } else { 403 });
    }
    s.app.drain().await;
}

#[tokio::test]
async fn they_show_again_that_it_is_they_at_the_provider() {
    let s = Scene::new(&[]).await;
    let here = s.with(json!([])).await;
    let token =
        async || s.app.submit(&here, "/me", "/me/tokens", &[("name", "x"), ("days", "7")]).await.status.as_u16();
    assert_eq!(token().await, 200, "just signed in");
    s.app.advance(16 * MINUTE);
    assert_eq!(token().await, 422);
    // Let in by what they showed the provider before, or it does not say when: no sign that it is still they.
    for auth_time in [json!((s.app.cx.now() - 16 * MINUTE) / SECOND), Value::Null] {
        s.issuer.said().claims = json!({"auth_time": auth_time});
        let fresh = session(&sign_in(&s.app, &s.issuer).await.expect(303));
        let fields = [("name", "x"), ("days", "7")];
        s.app.submit(&fresh, "/me", "/me/tokens", &fields).await.expect(422);
    }
    assert!(s.app.browse(&here, "/me/confirm").await.expect(200).body.contains("Show it at Gov ID"));
    let ask = async || leave(&s.app, &here, "/me/confirm/provider?next=/me").await;
    let away = ask().await;
    assert_eq!((away.asked["prompt"].as_str(), away.asked["max_age"].as_str()), ("login", "0"));
    // The provider remembered them and asked nothing.
    let then = (s.app.cx.now() - 10 * MINUTE) / SECOND;
    for (claims, part) in [
        (json!({"auth_time": then}), "did not ask you again"),
        (json!({"auth_time": null}), "did not ask you again"),
        (json!({"sub": "tashi-1"}), "is not the one bound to yours"),
    ] {
        s.issuer.said().claims = claims;
        let away = ask().await;
        let code = s.issuer.let_in(&away.asked, s.app.cx.now());
        let answer = come_back(&s.app, &away.cookies, &code, &away.asked["state"]).await.expect(400).body;
        assert!(answer.contains(part) && answer.contains("/me/confirm"), "{answer}");
        assert_eq!(token().await, 422);
    }
    s.issuer.said().claims = json!({});
    // Within another session it shows nothing, and for a sign-in it is no answer.
    let code = s.issuer.let_in(&away.asked, s.app.cx.now());
    let elsewhere = s.app.sign_in("pema@example.bt").await;
    let cookies = away.cookies.replace(&here, &elsewhere);
    assert!(come_back(&s.app, &cookies, &code, &away.asked["state"]).await.expect(400).body.contains("not begun"));
    let done = come_back(&s.app, &away.cookies, &code, &away.asked["state"]).await.expect(303);
    assert_eq!(done.location(), "/me");
    assert_eq!(token().await, 200);
    // Let in again after a suspension, whoever has no password comes in as before.
    let new = NewPerson { name: "Dechen".into(), email: "dechen@example.bt".into(), ..NewPerson::default() };
    let dechen = add_person(&s.app.cx, &new).await.unwrap();
    s.issuer.said().claims = json!({"sub": "dechen-1", "email": "dechen@example.bt"});
    sign_in(&s.app, &s.issuer).await.expect(303);
    for away in [true, false] {
        register::suspend(&s.app.cx, dechen, away).await.unwrap();
    }
    assert_eq!(store::person(s.app.cx.db(), dechen).await.unwrap().state, "active");
    s.app.drain().await;
}

#[tokio::test]
async fn a_binding_goes_but_never_the_last_way_in() {
    let s = Scene::new(&[]).await;
    let new = NewPerson { name: "Dechen".into(), email: "dechen@example.bt".into(), ..NewPerson::default() };
    let dechen = add_person(&s.app.cx, &new).await.unwrap();
    s.issuer.said().claims = json!({"sub": "dechen-1", "email": "dechen@example.bt"});
    let here = session(&sign_in(&s.app, &s.issuer).await.expect(303));
    let id = store::identities::of(s.app.cx.db(), dechen).await.unwrap()[0].id.to_string();
    let action = "/me/identities/removed";
    let last = s.app.submit(&here, "/me", action, &[("identity", &id)]).await.expect(422).body;
    assert!(last.contains("your last way to sign in"), "{last}");
    // Somebody with a password; not what is another's.
    s.issuer.said().claims = json!({});
    let here = s.with(json!(["press"])).await;
    s.app.submit(&here, "/me", action, &[("identity", &id)]).await.expect(404);
    let own = store::identities::of(s.app.cx.db(), s.pema).await.unwrap()[0].id.to_string();
    let elsewhere = s.app.sign_in("pema@example.bt").await;
    s.app.submit(&here, "/me", action, &[("identity", &own)]).await.expect(303);
    s.app.browse(&elsewhere, "/me").await.expect(303);
    assert_eq!(told(&s.roles().await), [("author", "approved", false)], "its roles go with it");
    assert!(store::identities::of(s.app.cx.db(), s.pema).await.unwrap().is_empty());
    s.with(json!([])).await;
    // Whoever manages people sees it on their page and removes it when they have a new account there.
    s.app.person("Lead", Some(s.moh), &[Role::Lead]).await;
    let lead = s.app.sign_in("lead@example.bt").await;
    let page = format!("/people/{}", s.pema);
    assert!(s.app.browse(&lead, &page).await.expect(200).body.contains(&s.issuer.url));
    let own = store::identities::of(s.app.cx.db(), s.pema).await.unwrap()[0].id.to_string();
    let action = format!("{page}/identities/removed");
    s.app.submit(&lead, &page, &action, &[("identity", &own)]).await.expect(303);
    assert_eq!((facts(&s.app, "identity.bound").await, facts(&s.app, "identity.removed").await), (3, 2));
    s.issuer.said().claims = json!({"sub": "pema-2"});
    sign_in(&s.app, &s.issuer).await.expect(303);
    s.app.drain().await;
}
