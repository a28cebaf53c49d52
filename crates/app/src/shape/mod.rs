//! What must be true of the program as a whole, whatever is added to it: every query is good on the engine at hand, who
//! may use which route is written down, every page can be reached, read and understood by machines that help people.

mod crawl;
mod obligations;
mod permissions;
mod plans;
mod rights;

use crate::assembly;
use crate::testkit::{Lines, TestApp};
use axum::body::Body;
use axum::http::{Request, header};

#[tokio::test]
async fn every_query_is_understood_by_the_engine() {
    let app = TestApp::new().await;
    assert!(app.all.queries.len() > 100);
    let mut wrong = vec![];
    for (name, text) in &app.all.queries {
        if let Err(e) = app.cx.db().check(text).await {
            wrong.push(format!("{name}: {e}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    app.cx.db().check("SELECT no_such_column FROM posts").await.unwrap_err();
}

#[tokio::test]
async fn bringing_the_database_up_to_date_twice_changes_nothing() {
    let app = TestApp::new().await;
    assert_eq!(app.cx.db().migrate(&app.all.migrations).await.unwrap(), 0);
}

/// Each fact and each reaction is told in the prose at the head of its slice.
#[test]
fn facts_are_documented_where_they_are_stated() {
    let all = assembly::assembled().unwrap();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut prose = String::new();
    for slice in &all.slices {
        let text = std::fs::read_to_string(folder.join(slice).join("mod.rs")).unwrap();
        prose.extend(text.lines().filter(|l| l.starts_with("//!")).map(|l| format!("{l}\n")));
    }
    let silent: Vec<&str> = all.bus.kinds.keys().copied().filter(|k| !prose.contains(&format!("`{k}`"))).collect();
    assert!(silent.is_empty(), "no slice's mod.rs says what these facts are: {silent:?}");
}

/// The map a newcomer reads names only what is there.
#[test]
fn the_architecture_names_only_folders_that_exist() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut wrong = vec![];
    for page in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "docs/operate.md", "docs/packs.md"] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let paths = quoted.filter(|q| ["crates/", "docs/", "packs/", "tests/"].iter().any(|p| q.starts_with(p)));
        wrong.extend(paths.filter(|p| !root.join(p).exists()).map(|p| format!("{page} names {p}")));
    }
    let river = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for slice in assembly::assembled().unwrap().slices {
        if !river.contains(slice) && !river.contains(&slice.replace('_', " ")) {
            wrong.push(format!("ARCHITECTURE.md does not name the slice {slice}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Whoever finds a page by its picture finds the right one.
#[test]
fn every_line_of_the_navigation_has_a_picture_of_its_own() {
    let drawn = include_str!("../../assets/icons.svg");
    let mut whose = std::collections::BTreeMap::new();
    let mut wrong = vec![];
    for line in assembly::assembled().unwrap().nav {
        if !drawn.contains(&format!("<symbol id=\"{}\" ", line.icon)) {
            wrong.push(format!("nobody drew {} for {}", line.icon, line.href));
        }
        let other = *whose.entry(line.icon).or_insert(line.href);
        if other != line.href {
            wrong.push(format!("{other} and {} both show {}", line.href, line.icon));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[tokio::test]
async fn pages_are_packed_for_slow_lines() {
    let app = TestApp::new().await;
    let request = Request::get("/agencies").header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap();
    let packed = app.send(request).await.expect(200);
    assert_eq!(packed.headers.get(header::CONTENT_ENCODING).unwrap(), "gzip");
    assert!(app.get("/agencies").await.expect(200).headers.get(header::CONTENT_ENCODING).is_none());
}

/// Links that open something hold a word of chance, and queries hold codes: whoever reads the log learns neither.
#[tokio::test]
async fn no_word_of_an_address_is_in_the_log() {
    let app = TestApp::new().await;
    let (lines, _until_dropped) = Lines::all();
    let word = "zx81-word-that-opens";
    for route in &app.all.routes {
        let part = |named: &str| if named.starts_with('{') { word.to_owned() } else { named.to_owned() };
        let path = route.path.split('/').map(part).collect::<Vec<_>>().join("/");
        let address = format!("{path}?code={word}&state={word}&next=/{word}");
        let request = Request::builder().method(&route.method).uri(address).body(Body::empty()).unwrap();
        app.send_raw(request).await;
    }
    app.get(&format!("/mistyped/{word}?code={word}")).await;
    let log = lines.read();
    for shown in ["path=\"/set-up/{token}\"", "path=\"/accounts/callback\"", "path=\"(none)\""] {
        assert!(log.contains(shown), "{shown}");
    }
    let line = log.lines().find(|line| line.contains(word));
    assert_eq!(line, None);
}
