//! What the groups of the provider stand for, as the operator wrote it: `GROUP=ROLE@AGENCY`, or `GROUP=ROLE` for a role
//! over the whole government.
use super::super::roles::Role;

#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    pub group: String,
    pub role: Role,
    /// The code of the agency; `None`: the whole government.
    pub agency: Option<String>,
}

impl Mapped {
    /// `author@MoH`: what it gives, whichever group gives it.
    pub fn key(&self) -> String {
        match &self.agency {
            Some(agency) => format!("{}@{agency}", self.role.code()),
            None => self.role.code().to_owned(),
        }
    }
}

/// Reads it, or says which part cannot be read and why.
pub fn read(text: &str) -> Result<Vec<Mapped>, String> {
    let parts = text.split(['\n', ';']).map(str::trim).filter(|p| !p.is_empty() && !p.starts_with('#'));
    parts.map(|part| one(part).map_err(|why| format!("--oidc-groups: “{part}”: {why}"))).collect()
}

fn one(part: &str) -> Result<Mapped, String> {
    // The name of a group may hold an equals sign itself, as those of directories do.
    let (group, gives) = part.rsplit_once('=').ok_or("it wants GROUP=ROLE@AGENCY")?;
    let (role, agency) = match gives.trim().split_once('@') {
        Some((role, agency)) => (role.trim(), Some(agency.trim().to_owned()).filter(|a| !a.is_empty())),
        None => (gives.trim(), None),
    };
    let role = Role::parse(role).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|r| r.code()).collect();
        format!("“{role}” is no role; there are {}", all.join(", "))
    })?;
    match (role.national(), &agency) {
        (true, Some(_)) => Err(format!("{} serve the whole government: leave the agency out", role.code())),
        (false, None) => Err(format!("{} is a role in an agency: name it, as in {0}@MoH", role.code())),
        _ if group.trim().is_empty() || group.chars().count() > 200 => {
            Err("a group has a name of 1 to 200 characters".into())
        }
        _ => Ok(Mapped { group: group.trim().to_owned(), role, agency }),
    }
}

/// What these groups stand for: each role once, whichever group comes first.
pub fn stands_for<'a>(all: &'a [Mapped], groups: &[String]) -> Vec<&'a Mapped> {
    let mut found: Vec<&Mapped> = vec![];
    for mapped in all.iter().filter(|m| groups.contains(&m.group)) {
        if found.iter().all(|f| f.key() != mapped.key()) {
            found.push(mapped);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_and_faults_are_named() {
        let all = read("press = author@MoH; CN=heads,OU=gov=lead@MoH\n# a note\nwatch=oversight\nwriters=author@MoH");
        let all = all.unwrap();
        assert_eq!(all.len(), 4);
        let (role, agency) = (Role::Lead, Some("MoH".to_owned()));
        assert_eq!(all[1], Mapped { group: "CN=heads,OU=gov".into(), role, agency });
        assert_eq!(all[2].key(), "oversight");
        let told = ["writers".to_owned(), "press".to_owned(), "others".to_owned()];
        let found = stands_for(&all, &told);
        assert_eq!((found.len(), found[0].group.as_str()), (1, "press"), "the same role once");
        assert!(read("").unwrap().is_empty());
        for (bad, part) in [
            ("press", "GROUP=ROLE@AGENCY"),
            ("press=king@MoH", "is no role"),
            ("press=author", "name it"),
            ("press=oversight@MoH", "leave the agency out"),
            ("=author@MoH", "1 to 200"),
        ] {
            let why = read(bad).unwrap_err();
            assert!(why.contains(part) && why.contains(bad), "{why}");
        }
    }
}
