//! Assets: compressed ahead of time (brotli) and named by a hash of all of them, so that addresses never go stale.
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{env, fs, io::Write};

fn main() {
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=src");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut files = vec![];
    walk(Path::new("assets"), &mut files);
    files.sort();
    let (mut hash, mut list) = (Sha256::new(), String::from("&[\n"));
    for path in &files {
        let bytes = fs::read(path).expect("an asset can be read");
        hash.update(&bytes);
        let name = path.strip_prefix("assets").expect("it was found there").to_string_lossy().into_owned();
        let whole = fs::canonicalize(path).expect("it is there");
        let packed = if matches!(path.extension().and_then(|e| e.to_str()), Some("css" | "js" | "svg")) {
            let target = out.join(name.replace('/', "_") + ".br");
            let file = fs::File::create(&target).expect("OUT_DIR can be written");
            let level = if env::var_os("PROFILE").is_some_and(|p| p == "release") { 11 } else { 4 };
            brotli::CompressorWriter::new(file, 4096, level, 22).write_all(&bytes).expect("it compresses");
            format!("Some(include_bytes!({:?}))", target)
        } else {
            "None".into()
        };
        list.push_str(&format!(
            "    Asset {{ name: {name:?}, bytes: include_bytes!({whole:?}), brotli: {packed} }},\n"
        ));
    }
    list.push_str("]\n");
    fs::write(out.join("assets.rs"), list).expect("OUT_DIR can be written");
    let hash: String = hash.finalize().iter().take(6).map(|b| format!("{b:02x}")).collect();
    println!("cargo:rustc-env=ASSET_HASH={hash}");
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("assets can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}
