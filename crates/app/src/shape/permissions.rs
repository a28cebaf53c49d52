//! Access as the program gives it: each route that wants a right opens for whoever holds it and for nobody else, asked over
//! HTTP as everybody in turn.
use crate::people::{self, Role};
use crate::testkit::{Person, TestApp};
use axum::body::Body;
use axum::http::{Method, Request, header};
use ground::slice::{Needs, Route, RouteKind};

/// Somebody who asks: a name, what they may, and how they come in.
struct Asker {
    name: &'static str,
    role: Option<Role>,
    token: String,
    cookie: String,
}

/// `{id}` is a number that nothing has; any other piece a code.
fn filled(path: &str) -> String {
    let piece = |s: &str| match s {
        "{id}" => "1".to_owned(),
        s if s.starts_with('{') => "MoH".to_owned(),
        s => s.to_owned(),
    };
    path.split('/').map(piece).collect::<Vec<_>>().join("/")
}

async fn askers(app: &TestApp) -> Vec<Asker> {
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let nobody = Asker { name: "nobody", role: None, token: String::new(), cookie: String::new() };
    let mut all = vec![nobody];
    for role in Role::ALL {
        let name = role.code();
        let Person { token, .. } = app.person(name, Some(agency), &[role]).await;
        let cookie = app.sign_in(&format!("{name}@example.bt")).await;
        all.push(Asker { name, role: Some(role), token, cookie });
    }
    let (_, token) = people::join_for_story(&app.cx, "reader@example.bt", "Reader").await.unwrap();
    let cookie = format!("{}={token}", people::DESK_COOKIE);
    all.push(Asker { name: "a citizen", role: None, token, cookie });
    all
}

/// Asks with a body that no action takes, so that nothing is done: an API answers that it cannot be read, a page that the
/// form was not one of ours, and both only to whoever may.
async fn answer(app: &TestApp, who: &Asker, route: &Route) -> (u16, String) {
    let mut request = Request::builder().method(route.method.clone()).uri(filled(route.path));
    match route.kind {
        RouteKind::Api if !who.token.is_empty() => {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        }
        _ if !who.cookie.is_empty() => request = request.header(header::COOKIE, &who.cookie),
        _ => {}
    }
    let reads = route.method == Method::GET;
    let kind = if route.kind == RouteKind::Api { "application/json" } else { "application/x-www-form-urlencoded" };
    let body = if reads { Body::empty() } else { Body::from("{nothing to read") };
    let answer = app.send(request.header(header::CONTENT_TYPE, kind).body(body).unwrap()).await;
    (answer.status.as_u16(), answer.body)
}

#[tokio::test]
async fn p3_d1_each_route_opens_for_whoever_may_and_for_nobody_else() {
    let app = TestApp::new().await;
    let (everyone, mut wrong, mut asked) = (askers(&app).await, vec![], 0);
    let routes = app.all.routes.iter().filter(|r| r.kind != RouteKind::File);
    for route in routes {
        let Needs::May(right) = route.needs else { continue };
        for who in &everyone {
            let may = who.role.is_some_and(|r| r.rights().contains(&right));
            let (status, body) = answer(&app, who, route).await;
            let place = || format!("{} {} as {}: {status}", route.method, route.path, who.name);
            // Whoever may not is stopped before the request is read; whoever may is told what is wrong with it.
            let forged = body.contains("did not come from our own page");
            let good = match (may, who.role, route.kind) {
                (false, None, RouteKind::Api) if who.name == "nobody" => status == 401,
                (false, None, _) if who.name == "nobody" => matches!(status, 303 | 401),
                (false, ..) => matches!(status, 401 | 403) && !forged,
                (true, _, RouteKind::Page) if route.method != Method::GET => status == 403 && forged,
                (true, ..) if route.path.contains('{') => !matches!(status, 401 | 500..),
                (true, ..) => !matches!(status, 401 | 403 | 404 | 500..),
            };
            if !good {
                wrong.push(place());
            }
            asked += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}\n{}\n", wrong.len(), wrong.join("\n"));
    assert!(asked > 1000, "{asked}");
    app.drain().await;
}
