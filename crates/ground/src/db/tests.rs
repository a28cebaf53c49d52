use super::testing::{Fresh, fresh};
use super::*;
use crate::sql;
use std::sync::Arc;

async fn with_table() -> Fresh {
    let fresh = fresh().await;
    let tx = fresh.db.begin("t").await.unwrap();
    let ddl = "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, name TEXT UNIQUE, n BIGINT, yes BOOLEAN, x DOUBLE PRECISION)";
    tx.exec(Sql::new(ddl, vec![])).await.unwrap();
    tx.exec(Sql::new(
        "CREATE TABLE parts (id BIGINT PRIMARY KEY, thing BIGINT NOT NULL REFERENCES things (id))",
        vec![],
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    fresh
}

async fn add(tx: &Tx, id: i64, name: &str) -> DbResult<u64> {
    tx.exec(sql!("INSERT INTO things (id, name, n, yes, x) VALUES ($1, $2, 0, $3, $4)", id, name, true, 1.5)).await
}

async fn count(c: &impl Run) -> i64 {
    c.one(sql!("SELECT count(*) AS n FROM things")).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn what_is_dropped_never_happened_and_frees_the_writer() {
    let f = with_table().await;
    let tx = f.db.begin("dropped").await.unwrap();
    add(&tx, 1, "a").await.unwrap();
    assert_eq!(count(&f.db).await, 0, "readers see only what is committed");
    drop(tx);
    let tx = f.db.begin("kept").await.unwrap();
    add(&tx, 2, "b").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&f.db).await, 1);
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    let f = with_table().await;
    let tx = f.db.begin("t").await.unwrap();
    add(&tx, i64::MAX, "རྫོང་ཁ 🏔").await.unwrap();
    let none: Option<&str> = None;
    let q = sql!(
        "INSERT INTO things (id, name, n, yes, x) VALUES ($1, $2, $3, $4, $5)",
        1,
        none,
        None::<i64>,
        None::<bool>,
        None::<f64>
    );
    tx.exec(q).await.unwrap();
    tx.commit().await.unwrap();
    let rows = f.db.rows(sql!("SELECT id, name, n, yes, x FROM things ORDER BY id")).await.unwrap();
    assert_eq!(rows[0].get::<Option<String>>("name").unwrap(), None);
    assert_eq!(rows[0].get::<Option<bool>>("yes").unwrap(), None);
    assert_eq!(rows[1].get::<i64>("id").unwrap(), i64::MAX);
    assert_eq!(rows[1].get::<String>("name").unwrap(), "རྫོང་ཁ 🏔");
    assert!(rows[1].get::<bool>("yes").unwrap());
    assert!((rows[1].get::<f64>("x").unwrap() - 1.5).abs() < f64::EPSILON);
    assert!(rows[1].get::<i64>("nothing").is_err());
}

#[tokio::test]
async fn several_reads_see_one_moment_and_one_that_fails_fails_alone() {
    let f = with_table().await;
    let tx = f.db.begin("t").await.unwrap();
    add(&tx, 1, "a").await.unwrap();
    tx.commit().await.unwrap();
    let both = || [sql!("SELECT name FROM things WHERE id = $1", 1), sql!("SELECT count(*) AS n FROM things")];
    for _ in 0..20 {
        let [names, counted] = f.db.read_all(both()).await.unwrap();
        assert_eq!((names[0].get::<String>("name").unwrap().as_str(), counted[0].get::<i64>("n").unwrap()), ("a", 1));
        assert!(f.db.read_all([sql!("SELECT nothing FROM things"), sql!("SELECT id FROM things")]).await.is_err());
        let odd = sql!("SELECT id / (id - id) AS n FROM things WHERE name <> $1", "");
        let _ = f.db.read_all([odd, sql!("SELECT id FROM things")]).await;
    }
    // No reader is left inside a transaction that would show it an old moment.
    let tx = f.db.begin("t").await.unwrap();
    add(&tx, 2, "b").await.unwrap();
    tx.commit().await.unwrap();
    for _ in 0..20 {
        let [_, counted] = f.db.read_all(both()).await.unwrap();
        assert_eq!(counted[0].get::<i64>("n").unwrap(), 2);
        assert_eq!(count(&f.db).await, 2);
    }
}

#[tokio::test]
async fn places_are_numbered_not_counted() {
    let f = with_table().await;
    let row =
        f.db.one(sql!("SELECT CAST($2 AS BIGINT) AS a, CAST($1 AS BIGINT) AS b, CAST($2 AS BIGINT) AS c", 1, 2))
            .await
            .unwrap();
    let get = |n: &str| row.get::<i64>(n).unwrap();
    assert_eq!((get("a"), get("b"), get("c")), (2, 1, 2));
}

#[tokio::test]
async fn failures_have_kinds_and_spoil_the_transaction() {
    let f = with_table().await;
    let tx = f.db.begin("t").await.unwrap();
    add(&tx, 1, "a").await.unwrap();
    tx.commit().await.unwrap();
    let tx = f.db.begin("t").await.unwrap();
    assert!(matches!(add(&tx, 2, "a").await, Err(DbError::Unique(_))));
    assert!(tx.commit().await.is_err());
    let tx = f.db.begin("t").await.unwrap();
    assert!(matches!(tx.exec(sql!("INSERT INTO parts (id, thing) VALUES (1, 99)")).await, Err(DbError::ForeignKey)));
    drop(tx);
    let tx = f.db.begin("t").await.unwrap();
    assert!(matches!(tx.guard(sql!("UPDATE things SET n = 1 WHERE id = $1 AND n = 7", 1)).await, Err(DbError::Guard)));
    drop(tx);
    assert!(matches!(f.db.one(sql!("SELECT n FROM things WHERE id = 5")).await, Err(DbError::NotFound)));
    assert!(f.db.exec(sql!("DELETE FROM things")).await.is_err(), "writes need a transaction");
    assert!(f.db.check("SELECT nothing FROM things").await.is_err());
    f.db.check("SELECT name FROM things WHERE id = $1").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_lose_no_update_and_one_failure_stays_alone() {
    let f = with_table().await;
    let tx = f.db.begin("t").await.unwrap();
    add(&tx, 1, "counter").await.unwrap();
    tx.commit().await.unwrap();
    let db = Arc::new(f.db.clone());
    let tasks: Vec<_> = (0..200i64)
        .map(|i| {
            let db = db.clone();
            tokio::spawn(async move {
                let tx = db.begin("add").await.unwrap();
                tx.exec(sql!("UPDATE things SET n = n + 1 WHERE id = 1")).await.unwrap();
                if i % 10 == 0 {
                    return; // dropped
                }
                if i % 10 == 1 {
                    assert!(add(&tx, 1000 + i, "counter").await.is_err());
                    return;
                }
                tx.commit().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let n: i64 = f.db.one(sql!("SELECT n FROM things WHERE id = 1")).await.unwrap().get("n").unwrap();
    assert_eq!(n, 160);
}

#[tokio::test]
async fn migrations_run_once_and_may_not_change() {
    const SET: &[Migration] =
        &[Migration { name: "1.sql", text: "CREATE TABLE m (id BIGINT, b BLOB);\n", sqlite: None, postgres: None }];
    const CHANGED: &[Migration] =
        &[Migration { name: "1.sql", text: "CREATE TABLE m (id TEXT);\n", sqlite: None, postgres: None }];
    let f = fresh().await;
    assert_eq!(f.db.migrate(&[MigrationSet { slice: "s", all: SET }]).await.unwrap(), 1);
    assert_eq!(f.db.migrate(&[MigrationSet { slice: "s", all: SET }]).await.unwrap(), 0);
    let error = f.db.migrate(&[MigrationSet { slice: "s", all: CHANGED }]).await.unwrap_err();
    assert!(error.to_string().contains("was changed after it had run"), "{error}");
}

#[tokio::test]
async fn filters_number_themselves() {
    let f = with_table().await;
    let tx = f.db.begin("t").await.unwrap();
    for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
        add(&tx, id, name).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut q = SqlBuilder::new("SELECT id FROM things WHERE id > ");
    q.bind(1).push(" AND name <> ").bind("c").push(" ORDER BY id LIMIT ").bind(5);
    let rows = f.db.rows(q.build()).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get::<i64>("id").unwrap(), 2);
}

mod sqlite_only {
    use super::*;
    use crate::db::sqlite::{Limits, Sqlite};
    use std::time::Duration;

    #[tokio::test]
    async fn who_holds_the_writer_too_long_is_rolled_back() {
        let dir = tempfile::tempdir().unwrap();
        let limits = Limits { most: Duration::from_millis(100), ..Limits::default() };
        let db = Sqlite::open(&dir.path().join("a.db"), limits).unwrap();
        let tx = db.begin("slow").await.unwrap();
        tx.exec(&sql!("CREATE TABLE a (id BIGINT)")).unwrap();
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert!(tx.commit().await.is_err());
        let tx = db.begin("next").await.unwrap();
        tx.exec(&sql!("CREATE TABLE a (id BIGINT)")).unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_is_said_so_and_nothing_is_half_written() {
        let dir = tempfile::tempdir().unwrap();
        let db = Sqlite::open(&dir.path().join("a.db"), Limits::default()).unwrap();
        let tx = db.begin("t").await.unwrap();
        tx.exec(&sql!("CREATE TABLE a (b BLOB)")).unwrap();
        tx.commit().await.unwrap();
        let tx = db.begin("t").await.unwrap();
        tx.rows(&sql!("PRAGMA max_page_count = 40")).unwrap();
        tx.commit().await.unwrap();
        let tx = db.begin("t").await.unwrap();
        let full = tx.exec(&sql!("INSERT INTO a (b) VALUES ($1)", vec![7u8; 400_000]));
        assert!(matches!(full, Err(DbError::Full)), "{full:?}");
        drop(tx);
        assert!(db.read(sql!("SELECT b FROM a")).await.unwrap().is_empty());
        let tx = db.begin("t").await.unwrap();
        tx.exec(&sql!("INSERT INTO a (b) VALUES ($1)", vec![7u8; 40])).unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_missing_folder_is_named() {
        let error = Db::open("sqlite:/nowhere/at/all.db").await.err().unwrap();
        assert!(matches!(&error, DbError::Unavailable(why) if why.contains("/nowhere/at/all.db")), "{error}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_acknowledged_commit_is_in_a_copy_taken_at_any_moment() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let db = Sqlite::open(&path, Limits::default()).unwrap();
        let tx = db.begin("t").await.unwrap();
        tx.exec(&sql!("CREATE TABLE a (id BIGINT)")).unwrap();
        tx.commit().await.unwrap();
        for round in 0..10i64 {
            for i in 0..5 {
                let tx = db.begin("t").await.unwrap();
                tx.exec(&sql!("INSERT INTO a (id) VALUES ($1)", round * 5 + i)).unwrap();
                tx.commit().await.unwrap();
            }
            // The power goes: what is on the disk now is all there is.
            let copy = dir.path().join(format!("copy{round}.db"));
            std::fs::copy(&path, &copy).unwrap();
            std::fs::copy(dir.path().join("a.db-wal"), dir.path().join(format!("copy{round}.db-wal"))).unwrap();
            let after = Sqlite::open(&copy, Limits::default()).unwrap();
            let n: i64 = after.read(sql!("SELECT count(*) AS n FROM a")).await.unwrap()[0].get("n").unwrap();
            assert_eq!(n, (round + 1) * 5);
            assert!(after.integrity().await.unwrap().is_empty());
        }
    }
}
