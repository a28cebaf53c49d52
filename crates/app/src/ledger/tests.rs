use super::merkle::{Hash, leaf, proves};
use super::note::{Checkpoint, Verifier};
use super::*;
use crate::people::Role;
use crate::testkit::{Answer, TestApp};
use axum::http::header;
use ground::clock::MINUTE;
use ground::db::{Sql, Value};
use ground::fact;
use std::collections::BTreeMap;

fact!(Told "test.told" Open { thing: i64, agency: i64, words: String }
    subject s => format!("thing:{}", s.thing), scope Some(s.agency));
fact!(Whispered "test.whispered" Sealed { thing: i64, agency: i64, words: String }
    subject s => format!("thing:{}", s.thing), scope Some(s.agency));

/// A program whose first facts are all in the log: those of loading, and those that other sweeps record after the log's.
async fn entered() -> TestApp {
    let app = TestApp::new().await;
    app.sweep().await;
    integrate(&app.cx).await.unwrap();
    app
}

async fn tell(app: &TestApp, thing: i64, sealed: bool) -> i64 {
    let (agency, words) = (4, "Kuzuzangpo".to_owned());
    let tx = app.cx.begin("t").await.unwrap();
    let id = if sealed {
        tx.record(&app.cx, &Whispered { thing, agency, words }).await.unwrap()
    } else {
        tx.record(&app.cx, &Told { thing, agency, words }).await.unwrap()
    };
    app.cx.commit(tx).await.unwrap();
    id
}

async fn change(app: &TestApp, text: &'static str, args: Vec<Value>) {
    let tx = app.cx.begin("t").await.unwrap();
    assert!(ground::db::Run::exec(&tx, Sql::new(text, args)).await.unwrap() > 0, "{text}");
    tx.commit().await.unwrap();
}

async fn findings(app: &TestApp) -> Vec<String> {
    let found = verify::verify(app.cx.clone()).await.unwrap();
    found.iter().map(|f| format!("{}: {}", f.place, f.what)).collect()
}

async fn bytes(app: &TestApp, path: &str) -> Vec<u8> {
    let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
    let (status, body) = app.send_raw(request).await;
    assert_eq!(status, 200, "{path}");
    body
}

fn head(a: &Answer, name: header::HeaderName) -> &str {
    a.headers.get(name).unwrap().to_str().unwrap()
}

async fn checkpoint(app: &TestApp) -> Checkpoint {
    let vkey = app.get("/log/vkey").await.expect(200).body;
    let by = Verifier::read(vkey.trim_end()).unwrap();
    Checkpoint::open(&app.get("/log/checkpoint").await.expect(200).body, &by).unwrap()
}

/// Entries as a monitor reads them: by bundles.
async fn entries(app: &TestApp, size: i64) -> Vec<Vec<u8>> {
    let mut all = vec![];
    for number in 0..(size + 255) / 256 {
        let width = (size - number * 256).min(256);
        let suffix = if width == 256 { String::new() } else { format!(".p/{width}") };
        let name = tiles::tile_name(number as u64);
        let mut rest = &bytes(app, &format!("/log/tile/entries/{name}{suffix}")).await[..];
        let leaves = bytes(app, &format!("/log/tile/0/{name}{suffix}")).await;
        assert_eq!(leaves.len() as i64, 32 * width);
        for hash in leaves.chunks(32) {
            let (length, more) = rest.split_at(2);
            let (entry, more) = more.split_at(usize::from(u16::from_be_bytes([length[0], length[1]])));
            assert_eq!(leaf(entry), hash);
            all.push(entry.to_vec());
            rest = more;
        }
        assert!(rest.is_empty());
    }
    all
}

#[tokio::test]
async fn the_log_is_served_as_tiles_under_a_signed_checkpoint() {
    let app = TestApp::new().await;
    app.get("/log/checkpoint").await.expect(404);
    assert!(app.get("/log").await.expect(200).body.contains("Nothing has been entered yet"));
    app.sweep().await;
    let seen = checkpoint(&app).await;
    assert!(seen.size > 256, "the register of agencies fills a tile: {}", seen.size);
    assert!(seen.origin.starts_with("local-") && seen.origin.ends_with("/log"));
    let all = entries(&app, seen.size).await;
    let mut edge = merkle::Edge::default();
    let closed: Vec<_> = all.iter().flat_map(|e| edge.push(leaf(e))).collect();
    assert_eq!(edge.root(), seen.root);
    let above = bytes(&app, &format!("/log/tile/1/000.p/{}", closed.len())).await;
    assert_eq!(above[..32], closed[0].2);

    let note = app.get("/log/checkpoint").await;
    assert_eq!(head(&note, header::CONTENT_TYPE), "text/plain; charset=utf-8");
    assert_eq!(head(&note, header::CACHE_CONTROL), "no-cache");
    let tile = app.get("/log/tile/0/000").await;
    assert_eq!(head(&tile, header::CONTENT_TYPE), "application/octet-stream");
    assert!(head(&tile, header::CACHE_CONTROL).contains("immutable"));
    for nothing in ["0/001", "0/002.p/1", "1/000", "2/000.p/1", "entries/001", "0/0", "x/000", "0/000.p/256", ""] {
        app.get(&format!("/log/tile/{nothing}")).await.expect(404);
    }
    for lang in ["en", "dz"] {
        let page = app.get(&format!("/log?lang={lang}")).await.expect(200);
        assert!(page.body.contains(note.body.lines().last().unwrap()) && page.body.contains("/log/vkey"));
    }
}

#[tokio::test]
async fn every_entry_has_a_proof_that_needs_nothing_else() {
    let app = entered().await;
    for thing in 0..3 {
        tell(&app, thing, false).await;
        integrate(&app.cx).await.unwrap();
    }
    let seen = checkpoint(&app).await;
    for index in [0, 1, 128, 255, 256, seen.size - 2, seen.size - 1] {
        let text = app.get(&format!("/log/proof/{index}")).await.expect(200).body;
        let (head, note) = text.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
        assert_eq!(lines.next(), Some(format!("index {index}").as_str()));
        let decode = |l| base64::Engine::decode(&base64::engine::general_purpose::STANDARD, l).unwrap();
        let hashes: Vec<Hash> = lines.map(|l| decode(l).try_into().unwrap()).collect();
        let entry = bytes(&app, &format!("/log/entry/{index}")).await;
        assert!(proves(index as u64, seen.size as u64, &leaf(&entry), &hashes, &seen.root), "{index}");
        assert_eq!(app.get("/log/checkpoint").await.body, note);
    }
    for none in [seen.size.to_string().as_str(), "-1", "00", "x"] {
        app.get(&format!("/log/proof/{none}")).await.expect(404);
        app.get(&format!("/log/entry/{none}")).await.expect(404);
    }
}

#[tokio::test]
async fn open_entries_are_counted_and_chained_and_sealed_ones_give_nothing_away() {
    let app = entered().await;
    let from = checkpoint(&app).await.size as usize;
    for (thing, sealed) in [(7001, false), (7001, true), (7002, false), (7001, false), (7001, true), (7001, false)] {
        tell(&app, thing, sealed).await;
        app.advance(1000);
    }
    integrate(&app.cx).await.unwrap();
    let size = checkpoint(&app).await.size;
    let all = entries(&app, size).await;
    let all = &all[from..];
    let json: Vec<serde_json::Value> = all.iter().map(|e| serde_json::from_slice(e).unwrap()).collect();
    let open: Vec<usize> = (0..6).filter(|i| json[*i].get("subject").is_some()).collect();
    assert_eq!(open, [0, 2, 3, 5]);
    assert_eq!(open.iter().map(|i| json[*i]["n"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(json[0].get("prev").is_none() && json[2].get("prev").is_none());
    assert_eq!(json[3]["prev"], b64(&leaf(&all[0])));
    assert_eq!(json[5]["prev"], b64(&leaf(&all[3])));
    for i in [1, 4] {
        assert_eq!(json[i].as_object().unwrap().keys().collect::<Vec<_>>(), ["c", "type", "v"]);
    }
    assert!(!String::from_utf8_lossy(&all.concat()).contains("Kuzuzangpo"));
    // Whoever is shown a sealed fact sees its own count and chain.
    let wanted = Wanted { subject: Some("thing:7001".into()), most: 10, ..Wanted::default() };
    let mut facts = facts(app.cx.db(), &wanted).await.unwrap();
    facts.reverse();
    let sealed: Vec<&FactRow> = facts.iter().filter(|f| f.sealed).collect();
    let (_, openings) = proof(app.cx.db(), sealed[1]).await.unwrap().unwrap();
    let told: serde_json::Value = serde_json::from_str(&openings[0].value).unwrap();
    assert_eq!((told["n"].as_i64(), told["prev"].as_str()), (Some(2), Some(b64(&leaf(&all[1])).as_str())));
    assert_eq!(json[4]["c"], openings[0].commitment());
}

#[tokio::test]
async fn integrators_at_once_give_each_fact_one_place() {
    let app = entered().await;
    let mut work = tokio::task::JoinSet::new();
    for i in 0..4 {
        let cx = app.cx.clone();
        work.spawn(async move {
            for n in 0..25 {
                let tx = cx.begin("t").await.unwrap();
                let words = format!("{i}-{n}");
                tx.record(&cx, &Told { thing: n % 3, agency: i, words }).await.unwrap();
                cx.commit(tx).await.unwrap();
            }
        });
        let cx = app.cx.clone();
        work.spawn(async move {
            for _ in 0..25 {
                integrate(&cx).await.unwrap();
            }
        });
    }
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
    integrate(&app.cx).await.unwrap();
    let (size, waiting) = extent(app.cx.db()).await.unwrap();
    let all = entries(&app, size).await;
    assert_eq!((all.len() as i64, waiting), (size, 0));
    let mut counts: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for e in &all {
        let e: serde_json::Value = serde_json::from_slice(e).unwrap();
        if e["type"] == "test.told" {
            counts.entry(e["agency"].as_str().unwrap().into()).or_default().push(e["n"].as_i64().unwrap());
        }
    }
    assert_eq!(counts.len(), 4);
    assert!(counts.values().all(|n| *n == (1..=25).collect::<Vec<i64>>()), "{counts:?}");
    assert_eq!(findings(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_crash_before_the_checkpoint_was_remembered_changes_nothing() {
    let app = entered().await;
    let file = app.cx.machine.config.data.join("log.checkpoint");
    let older = std::fs::read(&file).unwrap();
    tell(&app, 1, false).await;
    integrate(&app.cx).await.unwrap();
    // As if the program had died between its commit and the file.
    std::fs::write(&file, older).unwrap();
    assert_eq!(findings(&app).await, [""; 0]);
    tell(&app, 2, false).await;
    assert_eq!(integrate(&app.cx).await.unwrap(), 1);
    assert_eq!(findings(&app).await, [""; 0]);
    std::fs::remove_file(&file).unwrap();
    tell(&app, 3, false).await;
    assert_eq!(integrate(&app.cx).await.unwrap(), 1);
}

#[tokio::test]
async fn nothing_is_signed_over_a_log_that_was_set_back_or_changed() {
    let app = entered().await;
    let file = app.cx.machine.config.data.join("log.checkpoint");
    let good = std::fs::read_to_string(&file).unwrap();
    tell(&app, 1, false).await;
    integrate(&app.cx).await.unwrap();
    let shown = std::fs::read_to_string(&file).unwrap();
    let state = store::state(app.cx.db()).await.unwrap().unwrap();
    let by = Verifier::read(&state.vkey).unwrap();
    tell(&app, 2, false).await;

    // The public has seen one entry more than the database has.
    let log = app.cx.machine.part::<Log>().unwrap();
    let key = log.key_of(&by).unwrap();
    let ahead = Checkpoint { origin: by.name.clone(), size: state.size + 1, root: [1; 32] }.sign(&key);
    let fork = Checkpoint { origin: by.name.clone(), size: state.size, root: [1; 32] }.sign(&key);
    for bad in [ahead.as_str(), fork.as_str(), "not a checkpoint"] {
        std::fs::write(&file, bad).unwrap();
        assert!(integrate(&app.cx).await.is_err(), "{bad}");
        assert!(!findings(&app).await.is_empty(), "{bad}");
    }
    std::fs::write(&file, &shown).unwrap();
    change(&app, "UPDATE log_state SET checkpoint = $1", vec![good.as_str().into()]).await;
    assert!(integrate(&app.cx).await.is_err());
    change(&app, "UPDATE log_state SET checkpoint = $1", vec![shown.as_str().into()]).await;
    let mut edge = state.edge.clone();
    edge[0] ^= 1;
    change(&app, "UPDATE log_state SET edge = $1", vec![edge.into()]).await;
    assert!(integrate(&app.cx).await.is_err());
    change(&app, "UPDATE log_state SET edge = $1", vec![state.edge.into()]).await;
    assert_eq!(integrate(&app.cx).await.unwrap(), 1);
    assert_eq!(findings(&app).await, [""; 0]);
}

#[tokio::test]
async fn only_the_logs_own_key_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let app = entered().await;
    let file = app.cx.machine.config.data.join("log.key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let key = std::fs::read(&file).unwrap();
    tell(&app, 1, false).await;
    std::fs::write(&file, [9; 32]).unwrap();
    assert!(integrate(&app.cx).await.unwrap_err().to_string().contains("not the key"));
    assert!(findings(&app).await[0].contains("key"));
    std::fs::remove_file(&file).unwrap();
    assert!(integrate(&app.cx).await.unwrap_err().to_string().contains("missing"));
    assert!(!file.exists(), "no other key is made up");
    assert_eq!(findings(&app).await, [""; 0], "whoever has no key can still check");
    std::fs::write(&file, key).unwrap();
    assert_eq!(integrate(&app.cx).await.unwrap(), 1);
}

#[tokio::test]
async fn a_fact_removed_added_or_moved_is_found() {
    let app = entered().await;
    let id = tell(&app, 1, false).await;
    tell(&app, 1, false).await;
    integrate(&app.cx).await.unwrap();
    assert_eq!(findings(&app).await, [""; 0]);
    change(&app, "UPDATE facts SET leaf_index = NULL WHERE id = $1", vec![id.into()]).await;
    assert!(!findings(&app).await.is_empty());
    change(&app, "DELETE FROM facts WHERE id = $1", vec![id.into()]).await;
    assert!(findings(&app).await.iter().any(|f| f.contains("missing")));
    change(&app, "UPDATE facts SET leaf_index = leaf_index + 1000000 WHERE leaf_index = 3", vec![]).await;
    assert!(findings(&app).await.iter().any(|f| f.contains("does not have")));
    change(&app, "DELETE FROM log_state", vec![]).await;
    assert!(findings(&app).await.iter().any(|f| f.contains("state is missing")));
}

#[tokio::test]
async fn the_program_integrates_by_itself_while_it_runs_and_once_more_when_it_stops() {
    let app = TestApp::new().await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let task = tokio::spawn(keep(app.cx.machine.clone(), stopping));
    let waits = async |app: &TestApp| extent(app.cx.db()).await.unwrap().1 > 0;
    for _ in 0..1000 {
        if !waits(&app).await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(!waits(&app).await);
    tell(&app, 1, true).await;
    stop.send(true).unwrap();
    task.await.unwrap();
    assert!(!waits(&app).await);
    app.advance(MINUTE);
    app.person("Pema", Some(1), &[Role::Lead]).await;
    app.sweep().await;
    // Other sweeps may have something to record, too: the next one takes that in.
    app.advance(MINUTE);
    app.sweep().await;
    assert!(!waits(&app).await);
}
