//! The chores on a program that has lived a little.
use super::backup::{self, restore};
use super::verify::{self, report};
use crate::people::Role;
use crate::posts::{self, Draft, Target};
use crate::testkit::TestApp;
use crate::{assembly, ledger};
use ground::Ctx;
use ground::clock::MINUTE;
use ground::config::Config;
use ground::db::{Row, Run, Sql, Value};
use std::path::Path;
use std::sync::Arc;

/// Two posts, one with two versions and a picture, published; everything is in the log.
async fn lived(app: &TestApp) -> Vec<i64> {
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let site = app.live_site(agency, &author, &lead).await;
    let picture = posts::sample_picture(40, 30);
    let picture = posts::add_picture(&author.cx, agency, picture, "A red field", "དམརཔོ།").await.unwrap().id;
    let mut all = vec![];
    for text in ["Free flu vaccination", "The clinic moves"] {
        let draft = Draft {
            text_en: text.into(),
            text_dz: "སྨན་ཁབ།".into(),
            targets: vec![Target { account: site, variant: String::new() }],
            pictures: vec![picture],
            ..Draft::default()
        };
        let post = posts::draft(&author.cx, agency, &draft).await.unwrap();
        app.advance(MINUTE);
        let draft =
            Draft { text_en: format!("{text}, until Friday"), scheduled_at: Some(app.cx.now() + MINUTE), ..draft };
        posts::revise(&author.cx, post.id, 1, &draft).await.unwrap();
        posts::submit(&author.cx, post.id, 2).await.unwrap();
        posts::approve(&approver.cx, post.id, 2).await.unwrap();
        all.push(post.id);
    }
    app.advance(2 * MINUTE);
    app.sweep().await;
    ledger::integrate(&app.cx).await.unwrap();
    all
}

async fn run(app: &TestApp, text: String, args: Vec<Value>) -> Result<u64, ground::db::DbError> {
    let tx = app.cx.db().begin("t").await?;
    let n = tx.exec(Sql::new(text, args)).await?;
    tx.commit().await.map(|()| n)
}

async fn wrong(app: &TestApp) -> Vec<String> {
    let found = report(&app.cx, &app.all).await.findings;
    found.iter().map(|f| format!("{}: {}", f.place, f.what)).collect()
}

/// The value of a column, whatever it is.
fn value(row: &Row, column: &str) -> Value {
    if let Ok(v) = row.get::<Option<i64>>(column) {
        return v.map_or(Value::Null, Value::Int);
    }
    if let Ok(v) = row.get::<bool>(column) {
        return Value::Bool(v);
    }
    if let Ok(v) = row.get::<String>(column) {
        return Value::Text(v);
    }
    Value::Bytes(row.get::<Vec<u8>>(column).unwrap())
}

/// The value with one bit of one byte changed, at several places.
fn changed(value: &Value, boolean: bool) -> Vec<Value> {
    let places = |n: usize| [0, n / 2, n - 1];
    match value {
        Value::Int(n) if boolean => vec![Value::Int(1 - n)],
        Value::Bool(b) => vec![Value::Bool(!b)],
        Value::Int(n) => vec![Value::Int(n ^ 1), Value::Int(n ^ (1 << 40))],
        Value::Null => vec![Value::Int(1)],
        Value::Text(t) if t.is_empty() => vec![Value::Text("x".into())],
        Value::Text(t) => {
            let chars: Vec<char> = t.chars().collect();
            let change = |at: usize| {
                let mut chars = chars.clone();
                chars[at] = if chars[at].is_ascii() { (chars[at] as u8 ^ 1) as char } else { 'x' };
                Value::Text(chars.iter().collect())
            };
            places(chars.len()).into_iter().map(change).collect()
        }
        Value::Bytes(b) => {
            let change = |at: usize| {
                let mut b = b.clone();
                b[at] ^= 1;
                Value::Bytes(b)
            };
            places(b.len()).into_iter().map(change).collect()
        }
        Value::Real(_) => unreachable!("no such column"),
    }
}

/// Changes each column of the row that `which` names, in turn, and expects a finding each time.
async fn flip(app: &TestApp, table: &str, which: &str, columns: &str) -> usize {
    let mut flips = 0;
    for column in columns.split(' ') {
        let select = Sql::new(format!("SELECT {column} FROM {table} WHERE {which}"), vec![]);
        let before = value(&app.cx.db().one(select).await.unwrap(), column);
        for after in changed(&before, column == "sealed") {
            let place = format!("{table}.{column}: {before:?} to {after:?}");
            let update = format!("UPDATE {table} SET {column} = $1 WHERE {which}");
            match run(app, update, vec![after.clone()]).await {
                Ok(n) => assert_eq!(n, 1, "{place}"),
                // What the database itself refuses needs no finding; only keys are so.
                Err(e) => {
                    assert!(
                        matches!(e, ground::db::DbError::Unique(_) | ground::db::DbError::ForeignKey),
                        "{place}: {e}"
                    );
                    continue;
                }
            }
            assert!(!wrong(app).await.is_empty(), "{place} was not found");
            // The changed column may be one of those that name the row.
            let which = which.split(" AND ").filter(|w| !w.starts_with(&format!("{column} "))).collect::<Vec<_>>();
            let which: String = which.iter().map(|w| format!(" AND {w}")).collect();
            let back = format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2{which}");
            assert_eq!(run(app, back, vec![before.clone(), after]).await.unwrap(), 1, "{place} back");
            flips += 1;
        }
    }
    flips
}

#[tokio::test]
async fn one_changed_byte_anywhere_is_found_and_nothing_is_found_in_what_is_untouched() {
    let app = TestApp::new().await;
    let posts = lived(&app).await;
    assert_eq!(wrong(&app).await, [""; 0]);
    let open = "SELECT max(id) FROM facts WHERE kind = 'post.approved'";
    let sealed = "SELECT max(id) FROM facts WHERE kind = 'post.drafted'";
    let mut flips = 0;
    for which in [open, sealed] {
        let id: i64 = app
            .cx
            .db()
            .one(Sql::new(format!("SELECT id FROM facts WHERE id = ({which})"), vec![]))
            .await
            .unwrap()
            .get("id")
            .unwrap();
        let columns = "id at actor scope kind version subject body sealed salt leaf_index n entry";
        flips += flip(&app, "facts", &format!("id = {id}"), columns).await;
    }
    flips += flip(&app, "log_state", "size > 0", "name vkey size edge checkpoint").await;
    flips += flip(&app, "log_tiles", "level = 0", "level number root").await;
    let version = format!("post_id = {} AND version = 1", posts[0]);
    let columns = "post_id version text_en text_dz note scheduled_at content_hash author_id created_at";
    flips += flip(&app, "post_versions", &version, columns).await;
    flips += flip(&app, "post_targets", &version, "post_id version account_id variant").await;
    flips += flip(&app, "post_pictures", &version, "post_id version media_id").await;
    flips += flip(&app, "media", "id > 0", "id agency_id digest alt_en alt_dz").await;
    assert!(flips > 90, "{flips}");
    assert_eq!(wrong(&app).await, [""; 0], "everything was put back");

    let data = &app.cx.machine.config.data;
    let shelf = std::fs::read_dir(data.join("media")).unwrap().next().unwrap().unwrap().path();
    let media = std::fs::read_dir(shelf).unwrap().next().unwrap().unwrap().path();
    for file in [media, data.join("log.checkpoint"), data.join("log.key")] {
        let good = std::fs::read(&file).unwrap();
        for at in [0, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&file, bad).unwrap();
            assert!(!wrong(&app).await.is_empty(), "byte {at} of {}", file.display());
        }
        std::fs::write(&file, good).unwrap();
    }
    assert_eq!(wrong(&app).await, [""; 0]);
}

fn config(data: &Path) -> Config {
    let flags = [("data".to_owned(), data.to_string_lossy().into_owned())];
    Config::from(&flags, |_| None, &[]).unwrap()
}

/// A data folder with the register, a picture file and a log; the machine stays open, as if serving.
async fn serving(data: &Path) -> Ctx {
    let all = assembly::assembled().unwrap();
    let cx = Ctx::system(Arc::new(assembly::machine(config(data), &all).await.unwrap()));
    super::init::load_register(&cx).await.unwrap();
    ledger::integrate(&cx).await.unwrap();
    cx.machine.storage.put(b"picture").unwrap();
    cx
}

fn args(file: &Path) -> Vec<String> {
    vec![file.to_string_lossy().into_owned()]
}

fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    all.retain(|n| !n.ends_with("-wal") && !n.ends_with("-shm"));
    all.sort();
    all
}

#[tokio::test]
async fn a_backup_made_while_serving_is_restored_whole_and_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, new) = (dir.path().join("data"), dir.path().join("b.tar"), dir.path().join("new"));
    let cx = serving(&data).await;
    backup::backup(config(&data), &args(&file), false).await.unwrap();
    let twice = backup::backup(config(&data), &args(&file), false).await.unwrap_err();
    assert!(twice.contains("never overwrites"), "{twice}");
    restore(config(&new), &args(&file)).await.unwrap();
    assert_eq!(names(&new), ["drelwa.db", "media"]);
    verify::verify(config(&new), true).await.unwrap();
    assert_eq!(names(&new), ["drelwa.db", "media"], "a check leaves no key behind");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 3, "nothing is left beside it");
    let again = restore(config(&new), &args(&file)).await.unwrap_err();
    assert!(again.contains("not empty"), "{again}");
    cx.db().close().await;
}

#[tokio::test]
async fn with_its_keys_a_restored_log_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, new) = (dir.path().join("data"), dir.path().join("b.tar"), dir.path().join("new"));
    serving(&data).await.db().close().await;
    backup::backup(config(&data), &args(&file), true).await.unwrap();
    std::fs::create_dir(&new).unwrap();
    restore(config(&new), &args(&file)).await.unwrap();
    assert_eq!(names(&new), ["drelwa.db", "log.key", "master.key", "media"]);
    let all = assembly::assembled().unwrap();
    let cx = Ctx::system(Arc::new(assembly::machine(config(&new), &all).await.unwrap()));
    let before = ledger::extent(cx.db()).await.unwrap();
    crate::people::first_link(&cx).await.unwrap();
    let agency = crate::agencies::by_code(cx.db(), "MoH").await.unwrap().id;
    let (name, email) = ("Pema".into(), "p@example.bt".into());
    let person = crate::people::NewPerson { agency: Some(agency), name, email, ..Default::default() };
    crate::people::add_person(&cx, &person).await.unwrap();
    assert!(ledger::integrate(&cx).await.unwrap() > 0);
    assert!(ledger::extent(cx.db()).await.unwrap().0 > before.0);
    assert!(report(&cx, &all).await.ok);
    cx.db().close().await;
}

#[tokio::test]
async fn a_bad_backup_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, new) = (dir.path().join("data"), dir.path().join("b.tar"), dir.path().join("new"));
    serving(&data).await.db().close().await;
    backup::backup(config(&data), &args(&file), false).await.unwrap();
    let whole = std::fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    let at = whole.len() / 2;
    flipped[at] ^= 1;
    let bad = dir.path().join("bad.tar");
    for (bytes, why) in [
        (&whole[..whole.len() / 2], "cut short"),
        (&flipped[..], "was changed"),
        (&[b'x'; 2000][..], "not such an archive"),
    ] {
        std::fs::write(&bad, bytes).unwrap();
        let error = restore(config(&new), &args(&bad)).await.unwrap_err();
        assert!(error.contains(why), "{error}");
        assert!(!new.exists(), "{why}");
    }
    assert!(restore(config(&new), &args(&dir.path().join("none"))).await.is_err() && !new.exists());
    assert!(
        backup::backup(config(&new), &args(&dir.path().join("c.tar")), false)
            .await
            .unwrap_err()
            .contains("no database")
    );
    assert!(verify::verify(config(&new), false).await.unwrap_err().contains("no database") && !new.exists());
    let nowhere = dir.path().join("no/such/folder.tar");
    assert!(backup::backup(config(&data), &args(&nowhere), false).await.is_err());
    let mut postgres = config(&data);
    postgres.database = "postgres://localhost/x".into();
    assert!(backup::backup(postgres, &args(&bad), false).await.unwrap_err().contains("pg_dump"));
}

#[tokio::test]
async fn verify_says_so_when_a_byte_of_the_database_file_is_changed() {
    let dir = tempfile::tempdir().unwrap();
    let (served, backup, data) = (dir.path().join("served"), dir.path().join("b.tar"), dir.path().join("data"));
    serving(&served).await.db().close().await;
    // A restored database is one file, with nothing beside it that would be read instead.
    backup::backup(config(&served), &args(&backup), false).await.unwrap();
    restore(config(&data), &args(&backup)).await.unwrap();
    let file = data.join("drelwa.db");
    let mut bytes = std::fs::read(&file).unwrap();
    // Wherever it stands: also rows that were moved leave their old bytes behind, which nobody reads.
    let needle = b"agency.registered";
    let places: Vec<usize> = (0..bytes.len() - needle.len()).filter(|i| bytes[*i..].starts_with(needle)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] ^= 1;
    }
    std::fs::write(&file, bytes).unwrap();
    assert!(verify::verify(config(&data), true).await.unwrap_err().contains("findings"));
    std::fs::write(&file, b"not a database at all, just a line of words that is long enough").unwrap();
    assert!(verify::verify(config(&data), true).await.is_err());
}

#[tokio::test]
async fn the_master_key_is_changed_by_a_command_that_goes_on_when_it_was_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    assert!(super::rotate::rotate(config(&data)).await.unwrap_err().contains("no database") && !data.exists());
    serving(&data).await.db().close().await;
    let before = std::fs::read(data.join("master.key")).unwrap();
    // Stopped after the new key was made: it is the one that is taken.
    let path = ground::crypto::Masters::next_path(&data.join("master.key"));
    let next = ground::crypto::seed_file(&path).unwrap();
    super::rotate::rotate(config(&data)).await.unwrap();
    let after = std::fs::read(data.join("master.key")).unwrap();
    assert!(after != before && after == next && !path.exists());
    super::rotate::rotate(config(&data)).await.unwrap();
    assert_ne!(std::fs::read(data.join("master.key")).unwrap(), after);
    let flags = ["data", "master-key"]
        .map(|n| n.to_owned())
        .into_iter()
        .zip([data.to_string_lossy().into_owned(), ledger::b64(&[7; 32])]);
    let given = Config::from(&flags.collect::<Vec<_>>(), |_| None, &[]).unwrap();
    assert!(super::rotate::rotate(given).await.unwrap_err().contains("DRELWA_NEXT_MASTER_KEY"));
}
