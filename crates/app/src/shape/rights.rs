//! Who may use which route, written down in `docs/rights.md`: a change of it is seen in review.
use crate::assembly;
use crate::people::Role;
use ground::config::Config;
use ground::slice::{Assembled, Needs, RouteKind};

const HEAD: &str = "# Who may use what

Made from the routes themselves; the test of the same name holds it. ● the role opens the route (its action then looks at
the agency), ○ it does not. Everybody: signed in or not. Citizen: a member of the public who signed in by mail.

";

fn table(all: &Assembled, kind: RouteKind, title: &str) -> String {
    let mut text = format!("## {title}\n\n| route | needs |");
    for role in Role::ALL {
        text.push_str(&format!(" {} |", role.code()));
    }
    text.push_str(&format!("\n|---|---|{}\n", ":-:|".repeat(Role::ALL.len())));
    let mut routes: Vec<_> = all.routes.iter().filter(|r| r.kind == kind).collect();
    routes.sort_by_key(|r| (r.path, r.method.to_string()));
    for route in routes {
        let needs = match route.needs {
            Needs::Nothing => "everybody",
            Needs::SignedIn => "anybody signed in",
            Needs::Citizen => "citizen",
            Needs::May(right) => right.0,
        };
        text.push_str(&format!("| `{} {}` | {needs} |", route.method, route.path));
        for role in Role::ALL {
            let opens = match route.needs {
                Needs::Nothing | Needs::SignedIn => true,
                Needs::Citizen => false,
                Needs::May(right) => role.rights().contains(&right),
            };
            text.push_str(if opens { " ● |" } else { " ○ |" });
        }
        text.push('\n');
    }
    text.push('\n');
    text
}

#[test]
fn who_may_use_what_is_as_written_down() {
    let all = assembly::assembled().unwrap();
    let text = [
        HEAD.to_owned(),
        table(&all, RouteKind::Page, "Pages"),
        table(&all, RouteKind::Api, "JSON interface"),
        table(&all, RouteKind::File, "Files for machines"),
    ]
    .concat();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rights.md");
    if Config::environment("DRELWA_TEST_WRITE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let changed: Vec<&str> = text.lines().filter(|l| !written.contains(l)).collect();
    let gone: Vec<&str> = written.lines().filter(|l| !text.contains(l)).collect();
    assert!(
        text == written,
        "docs/rights.md is not what the routes say. If the change is meant, write it anew with \
         DRELWA_TEST_WRITE=1 cargo test -p drelwa shape::rights\nnow: {changed:#?}\nno longer: {gone:#?}"
    );
}
