//! `drelwa measure`: durable writes through the real action against the engine alone, for `cargo xtask bench`. It works
//! in an empty folder only, so that it cannot be let loose on an installation by mistake.
use crate::people::roles::DRAFT_POSTS;
use crate::posts::{self, Draft, Target};
use crate::{agencies, assembly};
use ground::Ctx;
use ground::config::Config;
use ground::ctx::{Actor, Grant, Who};
use ground::db::raw;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub const DEFAULTS: &[(&str, &str)] = &[("data", "./drelwa-measure"), ("log", "error")];

const WRITERS: [usize; 3] = [1, 16, 64];
const ROUNDS: usize = 3;
const TIME: Duration = Duration::from_millis(1500);

pub async fn measure(config: Config) -> Result<(), String> {
    super::init::must_be_empty(&config.data)?;
    let data = config.data.clone();
    let all = assembly::assembled()?;
    let cx = Ctx::system(Arc::new(assembly::machine(config, &all).await?));
    super::init::load_register(&cx).await?;
    let agency = agencies::by_code(cx.db(), "MoH").await.map_err(|e| e.to_string())?.id;
    let mut officer = Actor::new(Who::Person(1), "Measure");
    officer.grants = vec![Grant { right: DRAFT_POSTS, scope: Some(agency) }];
    let cx = cx.acting(officer);
    let mut rounds = vec![];
    for round in 0..ROUNDS {
        for writers in WRITERS {
            let apart = raw_commits(&data, writers, raw::commits_apart).await?;
            let in_turn = raw_commits(&data, writers, raw::commits_in_turn).await?;
            let drafts = drafts(&cx, agency, writers).await?;
            rounds.push(
                json!({"round": round, "writers": writers, "apart": apart, "in_turn": in_turn, "drafts": drafts}),
            );
        }
    }
    println!("{}", json!({"rounds": rounds}));
    cx.db().close().await;
    Ok(())
}

async fn raw_commits(
    data: &Path,
    writers: usize,
    commits: fn(&Path, usize, Duration) -> ground::db::DbResult<f64>,
) -> Result<f64, String> {
    let file = data.join("raw.db");
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
    }
    let work = move || commits(&file, writers, TIME).map_err(|e| e.to_string());
    tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())?
}

/// Drafts per second: the post, its version, its accounts, the fact and the search entry, each draft a transaction that
/// is answered when it is on the disk.
async fn drafts(cx: &Ctx, agency: i64, writers: usize) -> Result<f64, String> {
    let done = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|n| {
            let (cx, done) = (cx.clone(), done.clone());
            tokio::spawn(async move {
                let draft = Draft {
                    text_en: format!("Free flu vaccination for everybody over sixty, round {n}."),
                    text_dz: "སྨན་ཁབ་ རིན་མེད་".into(),
                    targets: vec![Target { account: 1, variant: String::new() }],
                    ..Draft::default()
                };
                while started.elapsed() < TIME {
                    posts::draft(&cx, agency, &draft).await.map_err(|e| e.to_string())?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<(), String>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(|e| e.to_string())??;
    }
    Ok(done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64())
}
