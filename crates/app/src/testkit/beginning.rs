//! Where the tests begin: the register is loaded and each agency judged, an hour before a test's time. To come here takes
//! seconds, so it is done once in a run and copied.
use super::{NOW, TestApp};
use ground::clock::HOUR;
use ground::db::testing::{Fresh, Prepared, apart, fresh};
use std::sync::OnceLock;

struct Beginning {
    database: Prepared,
    /// The files of the data folder: the keys.
    files: Vec<(std::ffi::OsString, Vec<u8>)>,
}

static MADE: OnceLock<Beginning> = OnceLock::new();

async fn make() -> Beginning {
    let app = TestApp::on(fresh().await, tempfile::tempdir().unwrap(), &[], NOW - HOUR).await;
    app.begin().await;
    app.drain().await;
    let TestApp { database, folder, .. } = app;
    let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|e| e.file_type().unwrap().is_file());
    let files = files.map(|e| (e.file_name(), std::fs::read(e.path()).unwrap())).collect();
    Beginning { database: Prepared::from(database).await.unwrap(), files }
}

pub async fn copy() -> (Fresh, tempfile::TempDir) {
    let begun = MADE.get_or_init(|| apart(make));
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in &begun.files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    (begun.database.copy().await, folder)
}
