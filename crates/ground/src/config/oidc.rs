//! What an operator says about a sign-in provider (OpenID Connect). Nothing of it is set: there is none.
use super::Setting;
use std::fmt;

/// As it was said; who reads roles and groups out of it is further up.
#[derive(Clone, Default)]
pub struct Oidc {
    pub issuer: String,
    pub client_id: String,
    /// Empty: a public client, which shows itself by PKCE alone.
    pub client_secret: String,
    /// How people know it, on the button and in sentences.
    pub name: String,
    pub scopes: Vec<String>,
    pub groups_claim: String,
    /// `GROUP=ROLE@AGENCY`, one a line or set apart by semicolons.
    pub groups: String,
    /// What the provider calls a sign-in with more than one factor: one of these, several at once joined by `+`.
    pub strong_amr: Vec<String>,
    pub strong_acr: Vec<String>,
}

/// Without the secret, wherever it is written.
impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}

pub(super) const SETTINGS: &[Setting] = &[
    plain("oidc-issuer", "", "address of a sign-in provider (OpenID Connect); empty: none"),
    plain("oidc-client-id", "", "how the provider knows this installation"),
    Setting { secret: true, ..plain("oidc-client-secret", "", "the secret the provider gave to it") },
    plain("oidc-client-secret-file", "", "a file with that secret, in place of the secret itself"),
    plain("oidc-name", "", "how people know the provider; empty: the name in its address"),
    plain("oidc-scopes", "openid email profile", "what is asked of the provider; some want a scope for groups"),
    plain("oidc-groups-claim", "groups", "the claim in which the provider tells somebody's groups"),
    plain("oidc-groups", "", "GROUP=ROLE@AGENCY, apart by semicolons: roles that groups of the provider give"),
    plain("oidc-groups-file", "", "a file with the same, one a line"),
    plain("oidc-strong-amr", "mfa", "values of amr that mean a second factor; a+b: both at once"),
    plain("oidc-strong-acr", "", "values of acr that mean a second factor; they are asked for"),
];

const fn plain(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, default, help, secret: false }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The value itself, or what stands in the file.
fn here_or_in_file(value: &impl Fn(&str) -> String, name: &str) -> Result<String, String> {
    let (here, file) = (value(name), value(&format!("{name}-file")));
    match (here.is_empty(), file.is_empty()) {
        (_, true) => Ok(here),
        (false, false) => Err(format!("--{name} and --{name}-file say the same thing: give one of them")),
        (true, false) => {
            let text = std::fs::read_to_string(&file).map_err(|e| format!("--{name}-file: {file}: {e}"))?;
            Ok(text.trim().to_owned())
        }
    }
}

pub(super) fn read(value: &impl Fn(&str) -> String) -> Result<Option<Oidc>, String> {
    let (issuer, client_id) = (value("oidc-issuer"), value("oidc-client-id"));
    if issuer.is_empty() {
        return Ok(None);
    }
    let host = match url::Url::parse(&issuer) {
        Ok(url) if matches!(url.scheme(), "https" | "http") => url.host_str().unwrap_or_default().to_owned(),
        _ => return Err(format!("--oidc-issuer wants https://…, not “{issuer}”")),
    };
    if client_id.is_empty() {
        return Err("--oidc-client-id is missing: the provider gives it when you register this installation".into());
    }
    let name = Some(value("oidc-name")).filter(|n| !n.trim().is_empty()).unwrap_or(host);
    if name.chars().count() > 60 {
        return Err("--oidc-name wants at most 60 characters".into());
    }
    let mut scopes = words(&value("oidc-scopes"));
    // Without it there is no sign-in, only access.
    if !scopes.iter().any(|s| s == "openid") {
        scopes.insert(0, "openid".into());
    }
    Ok(Some(Oidc {
        client_secret: here_or_in_file(value, "oidc-client-secret")?,
        groups: here_or_in_file(value, "oidc-groups")?,
        groups_claim: value("oidc-groups-claim"),
        strong_amr: words(&value("oidc-strong-amr")),
        strong_acr: words(&value("oidc-strong-acr")),
        issuer,
        client_id,
        name,
        scopes,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn config(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let flags: Vec<_> = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Config::from(&flags, |_| None, &[])
    }

    const ISSUER: (&str, &str) = ("oidc-issuer", "https://id.example.bt/realms/gov");

    #[test]
    fn without_an_issuer_there_is_no_provider() {
        assert!(config(&[("oidc-client-id", "drelwa")]).unwrap().oidc.is_none());
        assert!(config(&[("oidc-issuer", "id.example"), ("oidc-client-id", "x")]).unwrap_err().contains("oidc-issuer"));
        assert!(config(&[ISSUER]).unwrap_err().contains("oidc-client-id"));
    }

    #[test]
    fn the_secret_comes_from_a_file_and_is_shown_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "hunter2\n").unwrap();
        let file = file.to_string_lossy().into_owned();
        let c = config(&[ISSUER, ("oidc-client-id", "drelwa"), ("oidc-client-secret-file", &file)]).unwrap();
        let oidc = c.oidc.as_ref().unwrap();
        assert_eq!((oidc.client_secret.as_str(), oidc.name.as_str()), ("hunter2", "id.example.bt"));
        let here = config(&[ISSUER, ("oidc-client-id", "drelwa"), ("oidc-client-secret", "hunter2")]).unwrap();
        for c in [&c, &here] {
            assert!(!c.print().contains("hunter2") && !format!("{:?}", c.oidc).contains("hunter2"));
        }
        let both = [ISSUER, ("oidc-client-id", "x"), ("oidc-client-secret", "a"), ("oidc-client-secret-file", &file)];
        assert!(config(&both).unwrap_err().contains("one of them"));
        let gone = [ISSUER, ("oidc-client-id", "x"), ("oidc-client-secret-file", "/nowhere/secret")];
        assert!(config(&gone).unwrap_err().contains("/nowhere/secret"));
    }
}
