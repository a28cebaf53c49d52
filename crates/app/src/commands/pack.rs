//! `drelwa pack check DIR`: every fault of a policy pack, before it governs anybody.
use crate::policy;
use std::path::Path;

pub fn pack(rest: &[String]) -> Result<(), String> {
    let [verb, folder] = rest else { return Err("drelwa pack check DIR: a folder is wanted".into()) };
    if verb != "check" {
        return Err(format!("“pack {verb}” is no command; there is: pack check DIR"));
    }
    let folder = Path::new(folder);
    if !folder.is_dir() {
        return Err(format!("{} is not a folder", folder.display()));
    }
    let faults = policy::check(folder);
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => {
            println!("{} is a sound pack", folder.display());
            Ok(())
        }
        n => Err(format!("{n} faults in {}", folder.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(args: &[&str]) -> Result<(), String> {
        pack(&args.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_sound_pack_passes_and_a_faulty_one_is_told_with_its_number_of_faults() {
        let sound = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/bhutan");
        call(&["check", &sound.to_string_lossy()]).unwrap();
        let dir = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(&sound).unwrap().flatten() {
            std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
        }
        let file = dir.path().join("grounds.csv");
        let text = std::fs::read_to_string(&file).unwrap().replacen("title_en", "title_fr", 1);
        std::fs::write(&file, text).unwrap();
        assert!(call(&["check", &dir.path().to_string_lossy()]).unwrap_err().contains("faults in"));
        assert!(call(&["check", "/nowhere"]).unwrap_err().contains("not a folder"));
        assert!(call(&["check"]).is_err() && call(&["bake", "x"]).is_err());
    }
}
