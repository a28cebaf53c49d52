//! `drelwa rotate-key`: a new master key, and with it a new key for every agency. It may run while the program serves, and goes
//! on where it was when it was killed.
use super::verify::must_exist;
use crate::{accounts, assembly, people};
use ground::Ctx;
use ground::config::Config;
use ground::crypto::{Masters, seed_file};
use std::fs::File;
use std::sync::Arc;

/// So many agencies between two words about how far it is.
const TOGETHER: usize = 50;

pub async fn rotate(config: Config) -> Result<(), String> {
    must_exist(&config)?;
    let (path, given) = (config.data.join("master.key"), !config.master_key.is_empty());
    if given && config.next_master_key.is_empty() {
        return Err(
            "the master key is given: give the new one too, as DRELWA_NEXT_MASTER_KEY, here and to every node".into()
        );
    }
    if !given {
        seed_file(&Masters::next_path(&path)).map_err(|e| e.to_string())?;
    }
    let all = assembly::assembled()?;
    let cx = Ctx::system(Arc::new(assembly::machine(config, &all).await?));
    let mut done = 0;
    loop {
        let some = accounts::change_keys(&cx, TOGETHER).await.map_err(|e| e.to_string())?;
        if some == 0 {
            break;
        }
        done += some;
        println!("{done} done");
    }
    accounts::seal_apps_anew(&cx).await.map_err(|e| e.to_string())?;
    people::seal_codes_anew(&cx).await.map_err(|e| e.to_string())?;
    if given {
        println!(
            "Everything is sealed anew. Now give DRELWA_NEXT_MASTER_KEY's value as DRELWA_MASTER_KEY to every node."
        );
    } else {
        let told = |e: std::io::Error| format!("{}: {e}", path.display());
        std::fs::rename(Masters::next_path(&path), &path).map_err(told)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder).and_then(|f| f.sync_all())).map_err(told)?;
        println!(
            "{} is the new key; the old one is gone. Backups made before want the key kept with them.",
            path.display()
        );
    }
    cx.db().close().await;
    Ok(())
}
