//! The page of platforms in the documents: made of what each connector says of itself and of the tests that show it, and
//! compared with what is written down, so that nothing is claimed there that no test shows.
use crate::{Capabilities, Connector, Count, Proof, Registry, Safety, contract};
use ground::clock::Clock;
use ground::fetch::{Fetch, FetchPolicy};
use std::collections::BTreeSet;
use std::path::Path;

const HEAD: &str = "# Platforms

What the connectors can do, and what shows it. `DRELWA_TEST_WRITE=1 cargo test -p connect table` makes this page of what each connector says of itself; a test compares the two. Every connector
here passes the same suite (`crates/connect/src/contract.rs`): publish, and what it says of itself here (answer, correct, take down, read comments, read one again, and counts) or a clear refusal; and each of seven faults on the wire, for its way of keeping a post from
going out twice. *Real server*: the tests named below also ran it against a server that others wrote, started by `cargo xtask test --only servers`; `docs/connectors.md` says what they
show and what not. *Contract*: against a server of our own only, built from the platform's published description. The practice networks are ours, for learning; nothing there reaches anybody. Beside the four below there is one in the likeness of each platform, `practice-` before its short name:
its limits and abilities are read from the platform's own row, and a test holds the network to them (`crates/connect/src/simulator/likeness.rs`).

**Against doubles.** *Keyed*: the platform knows our key, repeating makes no second post. *Two steps*: made ready first, published by its id. *Read back*: own posts are looked through before anything
is repeated. *Blind*: nothing can be asked, a person decides.

**Recordings.** The longest and the largest that is sent; each platform's page in the program names the forms too.

**Answer: only.** It has no public place: posts are refused, and the suite holds it to its answers to people who wrote. **Calls us**: it can tell this program at once that somebody wrote.

";

fn row(can: &Capabilities, real: &[String]) -> String {
    let yes = |yes: bool| if yes { "yes" } else { "–" };
    let unit = match can.count {
        Count::Chars => "characters",
        Count::Graphemes | Count::MastodonStyle => "characters as seen",
        Count::Utf8Bytes => "bytes",
        Count::Utf16Units => "UTF-16 units",
        Count::XWeighted => "characters as X weighs",
        Count::WeiboStyle => "Chinese characters",
    };
    let longest = can.text_limit.map_or_else(|| "no limit".to_owned(), |n| format!("{n} {unit}"));
    let safety = match can.safety {
        Safety::Keyed { .. } => "keyed",
        Safety::TwoPhase => "two steps",
        Safety::ReadBack => "read back",
        Safety::Blind => "blind",
    };
    let proof = match can.proof {
        Proof::RealServer => format!("real server: {} tests", real.len()),
        Proof::Contract => "contract".to_owned(),
        Proof::Practice => "practice".to_owned(),
    };
    let cells = [
        format!("{} (`{}`)", can.name, can.platform),
        longest,
        if can.needs_media { format!("1 to {}", can.max_media) } else { can.max_media.to_string() },
        recordings(can),
        yes(can.can_edit).to_owned(),
        yes(can.can_delete).to_owned(),
        yes(can.reads_comments).to_owned(),
        yes(can.rereads).to_owned(),
        if can.publishes { yes(can.can_reply) } else { "only" }.to_owned(),
        yes(can.can_hide).to_owned(),
        yes(can.lists_own).to_owned(),
        yes(can.has_metrics).to_owned(),
        yes(can.calls_us).to_owned(),
        safety.to_owned(),
        proof,
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn recordings(can: &Capabilities) -> String {
    let Some(takes) = &can.recordings else { return "–".to_owned() };
    let of = |kind: &str| takes.types.iter().any(|t| t.starts_with(kind));
    let what = match (of("video/"), of("audio/")) {
        (true, true) => "film, sound",
        (true, false) => "film",
        _ => "sound",
    };
    let always = takes.needed.then(|| "always".to_owned());
    let longest = takes.seconds.map(|seconds| format!("{seconds} s"));
    let largest = takes.bytes.map(|bytes| format!("{} MB", bytes / 1_000_000));
    let about: Vec<String> = [always, longest, largest].into_iter().flatten().collect();
    if about.is_empty() { what.to_owned() } else { format!("{what} ({})", about.join(", ")) }
}

/// The tests that run a connector against a real server.
fn real_tests(folder: &Path, platform: &str) -> Vec<String> {
    let text =
        std::fs::read_to_string(folder.join(format!("crates/connect/tests/real_{platform}.rs"))).unwrap_or_default();
    let mut lines = text.lines();
    let mut found = Vec::new();
    while lines.by_ref().any(|l| l.trim() == "#[tokio::test]") {
        let name = lines.by_ref().find_map(|l| l.trim().strip_prefix("async fn "));
        found.extend(name.and_then(|n| n.split_once('(')).map(|(name, _)| name.replace('_', " ")));
    }
    found
}

#[tokio::test]
async fn the_page_of_platforms_is_what_the_connectors_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let fetch = Fetch::new(FetchPolicy::default()).unwrap();
    let all = Registry::standard(&fetch, &Clock::system(), Some(&fetch));
    let benches = contract::benches().await;
    let held: BTreeSet<&str> = benches.iter().map(|b| b.connector.capabilities().platform).collect();
    let mut page = HEAD.to_owned();
    page.push_str("| platform | longest text | pictures | recordings | correct | take down | comments | read again | answer | hide | own posts | counts | calls us | against doubles | shown by |\n");
    page.push_str(&format!("|{}\n", "---|".repeat(15)));
    let mut below = String::from("\n## Shown on real servers\n");
    let listed = |can: &Capabilities| all.played(can.platform).is_none();
    for can in all.all().map(|c: &std::sync::Arc<dyn Connector>| c.capabilities()).filter(listed) {
        assert!(held.contains(can.platform), "{} is not in the suite of all connectors", can.platform);
        let real = real_tests(&folder, can.platform);
        assert_eq!(can.proof == Proof::RealServer, !real.is_empty(), "{} and its tests on a real server", can.platform);
        page.push_str(&row(&can, &real));
        if !real.is_empty() {
            below.push_str(&format!("\n**{}** (`crates/connect/tests/real_{}.rs`):\n\n", can.name, can.platform));
            below.extend(real.iter().map(|test| format!("- {test}\n")));
        }
    }
    page.push_str(&below);
    let path = folder.join("docs/platforms.md");
    if ground::config::Config::environment("DRELWA_TEST_WRITE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(page, written, "docs/platforms.md is old: DRELWA_TEST_WRITE=1 cargo test -p connect table");
}
