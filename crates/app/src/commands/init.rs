//! `drelwa init`: a data folder with database, keys and the register of agencies, ready for `drelwa serve`.
use crate::policy::Pack;
use crate::{agencies, assembly};
use ground::Ctx;
use ground::config::Config;
use std::path::Path;
use std::sync::Arc;

pub async fn init(config: Config) -> Result<(), String> {
    let data = config.data.clone();
    must_be_empty(&data)?;
    let all = assembly::assembled()?;
    let cx = Ctx::system(Arc::new(assembly::machine(config, &all).await?));
    let agencies = load_register(&cx).await?;
    println!("{} is ready: {agencies} agencies registered. Next: drelwa serve --data {0}", data.display());
    cx.db().close().await;
    Ok(())
}

/// A folder that holds something is left as it is.
pub fn must_be_empty(data: &Path) -> Result<(), String> {
    if std::fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!(
            "{} is not empty and was left as it is; `drelwa serve --data {0}` brings an existing folder up to date",
            data.display()
        ));
    }
    Ok(())
}

/// Brings the register of agencies up to what the pack says; returns how many are new.
pub async fn load_register(cx: &Ctx) -> Result<usize, String> {
    let pack = cx.machine.part::<Pack>().map_err(|e| e.to_string())?;
    agencies::load_register(cx, pack).await.map_err(|e| e.to_string())
}
