//! The shape of the tree, held by a test: imports follow the river, a table has one owner, SQL lives in stores, files
//! and functions stay small, words are in both languages.
#![cfg(test)]
use crate::stages::root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

struct Source {
    /// `posts/actions.rs`
    path: String,
    text: String,
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut all = vec![];
    let Ok(entries) = std::fs::read_dir(folder) else { return all };
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            all.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            all.push(path);
        }
    }
    all.sort();
    all
}

fn sources(folder: &Path, ending: &str) -> Vec<Source> {
    let read = |p: &PathBuf| Source {
        path: p.strip_prefix(folder).unwrap_or(p).to_string_lossy().into_owned(),
        text: std::fs::read_to_string(p).unwrap_or_default(),
    };
    files(folder, ending).iter().map(read).collect()
}

/// The river: the order in which slices.rs lists `crate::NAME::slice()`.
fn river(app: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(app.join("slices.rs")).unwrap_or_default();
    text.split("crate::").skip(1).filter_map(|t| t.split_once("::slice()")).map(|(n, _)| n.to_owned()).collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs")
        || path.contains("testkit/")
        || path.contains("journeys/")
        || path.starts_with("shape/")
        || path.contains("/tests/")
}

/// The part of a file that is not its own test module.
fn production(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

fn imports_follow_the_river(app: &Path) -> Vec<String> {
    let river = river(app);
    let place = |name: &str| river.iter().position(|n| n == name);
    let mut wrong = vec![];
    for s in sources(app, ".rs").iter().filter(|s| !is_test(&s.path)) {
        let Some((own, _)) = s.path.split_once('/') else { continue };
        let Some(here) = place(own) else { continue };
        for part in production(&s.text).split("crate::").skip(1) {
            let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(there) = place(&name) else { continue };
            if there > here {
                wrong.push(format!("{}: imports {name}, which lies further down the river", s.path));
            }
            let inner: String = part[name.len()..]
                .trim_start_matches("::")
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if name != *own && matches!(inner.as_str(), "store" | "actions" | "rules") {
                wrong.push(format!("{}: reaches into {name}::{inner}", s.path));
            }
        }
    }
    wrong
}

/// Statements name tables after these words.
fn tables_named(sql: &str) -> BTreeSet<String> {
    let words: Vec<&str> = sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect();
    words.windows(2).filter(|w| matches!(w[0], "FROM" | "JOIN" | "INTO" | "UPDATE")).map(|w| w[1].to_owned()).collect()
}

fn created(sql: &str, what: &str) -> Vec<String> {
    let after =
        |t: &str| t.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("").to_owned();
    sql.split(&format!("CREATE {what} ")).skip(1).map(after).collect()
}

fn a_table_has_one_owner(app: &Path) -> Vec<String> {
    let (mut owner, mut wrong) = (BTreeMap::new(), vec![]);
    for s in sources(app, ".sql") {
        let slice = s.path.split('/').next().unwrap_or_default().to_owned();
        for table in created(&s.text, "TABLE") {
            if let Some(other) = owner.insert(table.clone(), slice.clone())
                && other != slice
            {
                wrong.push(format!("{table} is made by {other} and by {slice}"));
            }
        }
    }
    for s in sources(app, ".rs").iter().filter(|s| !is_test(&s.path)) {
        let slice = s.path.split('/').next().unwrap_or_default();
        for table in tables_named(production(&s.text)) {
            if let Some(other) = owner.get(&table)
                && other != slice
            {
                wrong.push(format!("{}: touches {table}, which is {other}'s; read a view of it", s.path));
            }
        }
    }
    wrong
}

fn sql_lives_in_stores(app: &Path) -> Vec<String> {
    let mut wrong = vec![];
    for s in sources(app, ".rs").iter().filter(|s| !is_test(&s.path) && s.path.contains('/')) {
        let in_store = s.path.ends_with("/store.rs") || s.path.contains("/store/");
        for word in ["sql!(", "queries!", "SqlBuilder"] {
            if !in_store && production(&s.text).contains(word) {
                wrong.push(format!("{}: {word} outside a store", s.path));
            }
        }
        let file = s.path.rsplit('/').next().unwrap_or_default();
        if file == "rules.rs" && ["store", "actions"].iter().any(|w| s.text.contains(&format!("super::{w}"))) {
            wrong.push(format!("{}: rules call nothing", s.path));
        }
    }
    wrong
}

fn engines_stay_in_the_ground(folders: &[&Path]) -> Vec<String> {
    let found = |f: &&Path| sources(f, ".rs");
    let all: Vec<Source> = folders.iter().flat_map(found).collect();
    all.iter()
        .filter(|s| s.text.contains("Engine::Sqlite") || s.text.contains("Engine::Postgres"))
        .map(|s| format!("{}: branches on the engine", s.path))
        .collect()
}

/// Lines of each function, by its start. Counts braces; good enough for formatted code.
fn function_lengths(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut all = vec![];
    for (i, line) in lines.iter().enumerate() {
        let t = line.trim_start();
        let starts = [
            "fn ",
            "pub fn ",
            "async fn ",
            "pub async fn ",
            "pub(super) fn ",
            "pub(super) async fn ",
            "pub(crate) fn ",
            "pub(crate) async fn ",
        ];
        if !starts.iter().any(|s| t.starts_with(s)) {
            continue;
        }
        let indent = line.len() - t.len();
        let close = format!("{}}}", " ".repeat(indent));
        if let Some(end) = lines[i..].iter().position(|l| *l == close) {
            all.push((i + 1, end + 1));
        }
    }
    all
}

fn files_and_functions_stay_small(folders: &[&Path]) -> Vec<String> {
    let mut wrong = vec![];
    for s in folders.iter().flat_map(|f| sources(f, ".rs")) {
        let n = s.text.lines().count();
        if n > 600 {
            wrong.push(format!("{}: {n} lines, more than 600", s.path));
        }
        for (line, length) in function_lengths(&s.text) {
            if length > 80 {
                wrong.push(format!("{}:{line}: a function of {length} lines, more than 80", s.path));
            }
        }
    }
    wrong
}

fn keys(text: &str) -> BTreeSet<String> {
    let key = |l: &str| {
        l.split_once('=').filter(|_| l.starts_with(|c: char| c.is_ascii_lowercase())).map(|(k, _)| k.trim().to_owned())
    };
    text.lines().filter_map(key).collect()
}

/// Words are in both languages, and what pages and rules say is in the words.
fn words_are_there(app: &Path) -> Vec<String> {
    let mut wrong = vec![];
    let mut all = BTreeSet::new();
    for s in sources(app, "en.ftl") {
        let dz = std::fs::read_to_string(app.join(s.path.replace("en.ftl", "dz.ftl"))).unwrap_or_default();
        let (en, other) = (keys(&s.text), keys(&dz));
        wrong.extend(en.symmetric_difference(&other).map(|k| format!("{}: {k} is in one language only", s.path)));
        if !dz.starts_with("# draft, to be reviewed by a native speaker") {
            wrong.push(format!("{}: its Dzongkha is not marked as a draft", s.path));
        }
        all.extend(en);
    }
    let mut said: Vec<(String, String)> = vec![];
    for s in sources(app, ".html") {
        for call in ["page.t(\"", "page.w(\"", "page.tn(\"", "page.ts(\""] {
            said.extend(
                s.text.split(call).skip(1).filter_map(|t| t.split('"').next()).map(|k| (s.path.clone(), k.to_owned())),
            );
        }
    }
    for s in sources(app, ".rs").iter().filter(|s| !is_test(&s.path)) {
        for call in ["Say::new(\"", "page.t(\"", "page.w(\"", "Page::new(&cx, \"", "Page::new(cx, \""] {
            said.extend(
                production(&s.text)
                    .split(call)
                    .skip(1)
                    .filter_map(|t| t.split('"').next())
                    .filter(|k| !k.is_empty())
                    .map(|k| (s.path.clone(), k.to_owned())),
            );
        }
    }
    wrong.extend(
        said.into_iter()
            .filter(|(_, k)| !all.contains(k))
            .map(|(p, k)| format!("{p}: says {k}, which is in no word file")),
    );
    wrong
}

fn templates_obey_the_csp(app: &Path) -> Vec<String> {
    let mut wrong = vec![];
    for s in sources(app, ".html") {
        for bad in [" style=\"", "<style", "javascript:", " onclick=", " onsubmit=", " onchange=", "hx-on", "|safe"] {
            if s.text.contains(bad) {
                wrong.push(format!("{}: has {bad}", s.path));
            }
        }
        if s.text.split("<script").skip(1).any(|t| !t.split('>').next().unwrap_or("").contains("src=")) {
            wrong.push(format!("{}: has an inline script", s.path));
        }
    }
    wrong
}

/// The names in a section of a manifest.
fn named(manifest: &str, section: &str) -> Vec<String> {
    let own =
        manifest.split(&format!("\n[{section}]\n")).nth(1).and_then(|t| t.split("\n[").next()).unwrap_or_default();
    let name = |l: &str| l.split(['.', ' ', '=']).next().unwrap_or_default().to_owned();
    own.lines().filter(|l| l.contains('=')).map(name).collect()
}

/// At most 30 direct dependencies a crate, each with its reason written down.
fn dependencies_are_few_and_explained(root: &Path) -> Vec<String> {
    let reasons = std::fs::read_to_string(root.join("docs/decisions/0002-dependencies.md")).unwrap_or_default();
    let explained =
        |name: &str| reasons.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').any(|word| word == name);
    let mut wrong = vec![];
    for crate_ in ["ground", "connect", "app", "xtask"] {
        let text = std::fs::read_to_string(root.join(format!("crates/{crate_}/Cargo.toml"))).unwrap_or_default();
        let direct = named(&text, "dependencies");
        if direct.len() > 30 {
            wrong.push(format!("{crate_} has {} direct dependencies, more than 30", direct.len()));
        }
        let all = direct.into_iter().chain(named(&text, "build-dependencies")).chain(named(&text, "dev-dependencies"));
        let own = ["ground", "connect"];
        wrong.extend(
            all.filter(|n| !own.contains(&n.as_str()) && !explained(n))
                .map(|n| format!("{crate_}: docs/decisions/0002-dependencies.md has no line for {n}")),
        );
    }
    wrong
}

/// Where connectors are listed: the only files that name one, beside its own folder.
const LISTS: [&str; 3] = ["lib.rs", "registry.rs", "contract/bench.rs"];

/// A connector is one folder. Nothing else knows which platforms there are; the practice network is a part of the product.
fn a_platform_stays_in_its_folder(connect: &Path, app: &Path) -> Vec<String> {
    let own = sources(connect, ".rs");
    // What several connectors share, and is none itself, may stand in a folder too.
    let speaks = |s: &&Source| s.text.contains("impl Connector for ");
    let folders: BTreeSet<&str> =
        own.iter().filter(speaks).filter_map(|s| s.path.split_once('/')).map(|(folder, _)| folder).collect();
    let inside = own.iter().filter(|s| !LISTS.contains(&s.path.as_str())).map(|s| (s, format!("connect/{}", s.path)));
    let app = sources(app, ".rs");
    let outside = app.iter().filter(|s| !is_test(&s.path)).map(|s| (s, format!("app/{}", s.path)));
    let mut wrong = vec![];
    for (source, path) in inside.chain(outside) {
        for platform in folders.iter().filter(|f| **f != "simulator") {
            let path_of = format!("{platform}::");
            let alone = |at: usize, text: &str| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let names = |text: &str| text.match_indices(&path_of).any(|(at, _)| alone(at, text));
            if !path.starts_with(&format!("connect/{platform}/")) && names(production(&source.text)) {
                wrong.push(format!("{path} reaches into the connector {platform}"));
            }
        }
    }
    wrong
}

/// The value below which nine of ten (or the half) lie.
fn at(sorted: &[usize], share: f64) -> usize {
    sorted.get(((sorted.len() as f64 - 1.0) * share).round() as usize).copied().unwrap_or(0)
}

/// Most files and functions are far below the caps.
fn most_is_short(folders: &[&Path]) -> Vec<String> {
    let all: Vec<Source> = folders.iter().flat_map(|f| sources(f, ".rs")).collect();
    let mut files: Vec<usize> = all.iter().map(|s| s.text.lines().count()).collect();
    let mut functions: Vec<usize> = all.iter().flat_map(|s| function_lengths(&s.text)).map(|(_, n)| n).collect();
    files.sort_unstable();
    functions.sort_unstable();
    let numbers = [
        ("median of lines in a file", at(&files, 0.5), 120),
        ("nine of ten files have lines", at(&files, 0.9), 400),
        ("nine of ten functions have lines", at(&functions, 0.9), 50),
    ];
    numbers
        .iter()
        .filter(|(_, is, most)| is > most)
        .map(|(what, is, most)| format!("{what}: {is}, more than {most}"))
        .collect()
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_tree_has_its_shape() {
    let root = root();
    let app = root.join("crates/app/src");
    let (ground, connect) = (root.join("crates/ground/src"), root.join("crates/connect/src"));
    assert!(river(&app).len() > 1, "slices.rs lists the river");
    let mut wrong = imports_follow_the_river(&app);
    wrong.extend(a_table_has_one_owner(&app));
    wrong.extend(sql_lives_in_stores(&app));
    wrong.extend(engines_stay_in_the_ground(&[&app, &connect]));
    let everything = [&*app, &connect, &ground, &root.join("crates/xtask/src")];
    wrong.extend(files_and_functions_stay_small(&everything));
    wrong.extend(most_is_short(&everything));
    wrong.extend(a_platform_stays_in_its_folder(&connect, &app));
    wrong.extend(words_are_there(&app));
    wrong.extend(templates_obey_the_csp(&app));
    wrong.extend(dependencies_are_few_and_explained(&root));
    none(&wrong);
}

/// A small tree that breaks every rule, to show that each can fail.
#[test]
fn every_rule_can_fail() {
    let app = std::env::temp_dir().join(format!("drelwa-shape-{}", std::process::id()));
    let put = |path: &str, text: &str| {
        let path = app.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("slices.rs", "vec![crate::up::slice(), crate::down::slice()]");
    put("up/mod.rs", "use crate::down::thing;\nuse crate::down::store::FIND;");
    put("down/migrations/1.sql", "CREATE TABLE fish (id BIGINT);");
    put("up/migrations/1.sql", "CREATE TABLE boats (id BIGINT);");
    put("up/store.rs", "const A: &str = \"SELECT id FROM fish\";");
    put("up/actions.rs", "fn a() { sql!(\"SELECT 1\") }\nif e == Engine::Sqlite {}");
    put("up/rules.rs", "use super::store::find;");
    put("up/long.rs", &format!("fn long() {{\n{}}}\n{}", "    x();\n".repeat(90), "//\n".repeat(600)));
    put("up/words/en.ftl", "up-a = A\n");
    put("up/words/dz.ftl", "up-b = B\n");
    put("up/pages/a.html", "<p style=\"x\">{{ page.t(\"up-zz\") }}</p><script>1</script>");
    let said = |wrong: Vec<String>, part: &str| assert!(wrong.iter().any(|w| w.contains(part)), "{part}: {wrong:?}");
    said(imports_follow_the_river(&app), "further down the river");
    said(imports_follow_the_river(&app), "reaches into down::store");
    said(a_table_has_one_owner(&app), "touches fish");
    said(sql_lives_in_stores(&app), "outside a store");
    said(sql_lives_in_stores(&app), "rules call nothing");
    said(engines_stay_in_the_ground(&[&app]), "branches on the engine");
    said(files_and_functions_stay_small(&[&app]), "more than 600");
    said(files_and_functions_stay_small(&[&app]), "more than 80");
    said(most_is_short(&[&app.join("up")]), "nine of ten files");
    put("crates/app/Cargo.toml", &format!("\n[dependencies]\n{}", "odd-crate.workspace = true\n".repeat(31)));
    said(dependencies_are_few_and_explained(&app), "more than 30");
    said(dependencies_are_few_and_explained(&app), "no line for odd-crate");
    put("wire/fish/mod.rs", "pub struct Fish;\nimpl Connector for Fish {}");
    put("wire/boat/mod.rs", "use crate::fish::Fish;");
    said(a_platform_stays_in_its_folder(&app.join("wire"), &app.join("up")), "reaches into the connector fish");
    said(words_are_there(&app), "one language only");
    said(words_are_there(&app), "not marked as a draft");
    said(words_are_there(&app), "which is in no word file");
    said(templates_obey_the_csp(&app), "style=");
    said(templates_obey_the_csp(&app), "inline script");
    std::fs::remove_dir_all(&app).unwrap();
}
