//! Every obligation of the policy with what serves it: the controls, how each is judged, the page where the work is done,
//! and the tests that are named after it. The table is written down, so that a change of it is seen.
use crate::assembly;
use crate::policy::{Pack, Source};
use ground::config::Config;
use ground::slice::Criterion;
use std::collections::BTreeMap;
use std::path::Path;

const HEAD: &str = "# Obligations

Which of the policy's obligations the program serves, and what shows it. `cargo xtask obligations` makes this table from the controls the slices state and from the names of the tests; a test
compares the two. *built*: cannot be otherwise. *judged*: computed from facts for every agency. *attested*: said by the lead of the agency, for a year. An obligation without a control is shown as *not assessed*.

";

/// The names of tests that begin with an obligation's id: `p6_2_am1_…`.
fn named(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            named(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text.lines().filter_map(|l| l.trim_start().trim_start_matches("async ").strip_prefix("fn p"));
            found.extend(names.filter_map(|l| l.split_once('(')).map(|(name, _)| format!("p{name}")));
        }
    }
}

/// `P6.2-AM1` is told by `p6_2_am1_`.
fn beginning(id: &str) -> String {
    format!("{}_", id.to_lowercase().replace(['.', '-'], "_"))
}

fn criterion(c: Criterion) -> &'static str {
    match c {
        Criterion::Built => "built",
        Criterion::Attested { .. } => "attested",
        Criterion::Judged { .. } => "judged",
    }
}

#[test]
fn what_serves_each_obligation_is_as_written_down() {
    let all = assembly::assembled().unwrap();
    let pack = Pack::load(&Source::Embedded).unwrap();
    let mut tests = vec![];
    named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut tests);
    tests.sort();
    let mut served: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for c in &all.controls {
        for id in c.obligations {
            assert!(pack.obligations().has(id), "control {} serves {id}, which is no obligation", c.id);
            served.entry(id).or_default().push(format!("{} ({}) `{}`", c.id, criterion(c.criterion), c.page));
        }
    }
    let (mut rows, mut with_control, mut with_test) = (String::new(), 0, 0);
    for o in pack.obligations().iter() {
        let controls = served.get(o.id.as_str()).map(|c| c.join("; ")).unwrap_or_default();
        let own: Vec<String> =
            tests.iter().filter(|t| t.starts_with(&beginning(&o.id))).map(|t| format!("`{t}`")).collect();
        with_control += i32::from(!controls.is_empty());
        with_test += i32::from(!own.is_empty());
        rows.push_str(&format!("| {} | {} | {controls} | {} |\n", o.id, o.level.word(), own.join(" ")));
    }
    let text = format!(
        "{HEAD}Of {} obligations {with_control} have a control and {with_test} a test that bears their name.\n\n\
         | obligation | level | controls, how judged, where | tests |\n|---|---|---|---|\n{rows}",
        pack.obligations().len()
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/obligations.md");
    if Config::environment("DRELWA_TEST_WRITE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == written, "docs/obligations.md is not what the program says: run cargo xtask obligations");
}
