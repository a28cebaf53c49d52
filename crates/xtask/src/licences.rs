//! Licences and sources of all dependencies, against `deny.toml`. Read from `cargo metadata`, so that nothing has to
//! be installed; the file is in cargo-deny's own form, and `cargo deny check licenses sources` reads it too.
use crate::stages::root;
use std::process::Command;

fn allowed() -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(root().join("deny.toml")).map_err(|e| format!("deny.toml: {e}"))?;
    let list = text.split("allow = [").nth(1).and_then(|t| t.split(']').next()).ok_or("deny.toml has no allow list")?;
    Ok(list.split(',').map(|l| l.trim().trim_matches('"').to_owned()).filter(|l| !l.is_empty()).collect())
}

/// Whether an SPDX expression can be met with the allowed licences.
fn met(expression: &str, allowed: &[String]) -> bool {
    let flat = expression.replace('/', " OR ").replace(['(', ')'], " ");
    flat.split(" OR ").any(|choice| choice.split(" AND ").all(|l| allowed.iter().any(|a| a == l.trim())))
}

pub fn check() -> Result<(), String> {
    let allowed = allowed()?;
    let out = Command::new("cargo").args(["metadata", "--format-version=1", "--locked"]).current_dir(root()).output();
    let out = out.map_err(|e| e.to_string())?;
    let all: serde_json::Value = serde_json::from_slice(&out.stdout).map_err(|e| e.to_string())?;
    let mut wrong = vec![];
    let packages = all["packages"].as_array().cloned().unwrap_or_default();
    for p in &packages {
        let (name, licence) = (p["name"].as_str().unwrap_or("?"), p["license"].as_str().unwrap_or(""));
        if !met(licence, &allowed) {
            wrong.push(format!("{name}: licence “{licence}” is not allowed"));
        }
        if let Some(source) = p["source"].as_str()
            && !source.starts_with("registry+")
        {
            wrong.push(format!("{name}: comes from {source}, not from the registry"));
        }
    }
    println!("{} packages looked at", packages.len());
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_by_one_choice_whole() {
        let allowed = ["MIT".to_owned(), "Apache-2.0".to_owned(), "ISC".to_owned()];
        assert!(met("MIT OR GPL-3.0", &allowed));
        assert!(met("Apache-2.0 AND ISC", &allowed));
        assert!(met("Unlicense/MIT", &allowed));
        assert!(!met("AGPL-3.0", &allowed));
        assert!(!met("MIT AND GPL-3.0", &allowed));
        assert!(!met("", &allowed));
    }
}
