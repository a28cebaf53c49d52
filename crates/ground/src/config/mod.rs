//! What an operator may set: by flag, by `DRELWA_*` in the environment, or left to its default. Read once, at start.
mod oidc;

pub use oidc::Oidc;

use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything configurable, with where each value came from (`--print-config` shows it).
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub data: PathBuf,
    /// `sqlite:PATH` or `postgres://…`
    pub database: String,
    /// How the public reaches this site; links in feeds, notices and mail start with it.
    pub public_url: String,
    /// `smtp://user:password@host:port`; empty: mail is written to `DATA/mail`.
    pub smtp: String,
    pub mail_from: String,
    /// Another policy pack than the built-in one.
    pub pack: Option<PathBuf>,
    /// Base64 of 32 bytes; empty: kept in `DATA/master.key`, mode 0600.
    pub master_key: String,
    /// The master key that one is being changed for.
    pub next_master_key: String,
    /// Base64 of 32 bytes; empty: kept in `DATA/log.key`, mode 0600.
    pub log_key: String,
    /// Connectors may call loopback addresses (practice network, tests). Never in production.
    pub allow_loopback: bool,
    /// A practice network runs beside the site, to train on.
    pub practice_network: bool,
    /// Requests come through a proxy of ours, which names where they came from.
    pub behind_proxy: bool,
    /// Roles that the pack wants a second factor for rest until their holder has one.
    pub strong_sign_in: bool,
    /// The provider whose people may sign in here.
    pub oidc: Option<Oidc>,
    /// How many jobs run at once on this node.
    pub workers: usize,
    /// `text` or `json`
    pub log_format: String,
    pub log: String,
    /// How many seconds a worker may hold one job before another may take it over. Outward calls end in a third of it.
    pub lease_s: u32,
    /// The largest film or sound recording that is taken, in bytes.
    pub recording_bytes: u64,
    /// For tests of crashes: where the program stands still and waits to be killed.
    pub stop_at: String,
    /// Tells nodes apart in ids and leases, 0..=63.
    pub node: u8,
    pub sources: Vec<(&'static str, String, Source)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    Flag,
    Environment,
    Default,
}

/// One setting: its flag, its variable, its default and what it is for. The list is the documentation.
pub struct Setting {
    pub name: &'static str,
    pub default: &'static str,
    pub help: &'static str,
    pub secret: bool,
}

/// All settings, in the order they are shown.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().chain(oidc::SETTINGS)
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "listen",
        default: "127.0.0.1:8520",
        help: "address and port; port 0 picks a free one",
        secret: false,
    },
    Setting {
        name: "data",
        default: "./data",
        help: "folder of the database, media, keys and public log",
        secret: false,
    },
    Setting {
        name: "database", default: "", help: "sqlite:PATH or postgres://…; empty: DATA/drelwa.db", secret: true
    },
    Setting {
        name: "public-url",
        default: "",
        help: "how the public reaches this site; empty: http://LISTEN",
        secret: false,
    },
    Setting {
        name: "smtp",
        default: "",
        help: "smtp://USER:PASSWORD@HOST:PORT; empty: mail is written to DATA/mail",
        secret: true,
    },
    Setting { name: "mail-from", default: "drelwa@localhost", help: "sender of notices", secret: false },
    Setting { name: "pack", default: "", help: "folder of a policy pack; empty: the built-in one", secret: false },
    Setting { name: "master-key", default: "", help: "base64 of 32 bytes; empty: DATA/master.key", secret: true },
    Setting {
        name: "next-master-key",
        default: "",
        help: "base64 of 32 bytes: the master key that rotate-key changes to; empty: DATA/master.key.next",
        secret: true,
    },
    Setting {
        name: "log-key",
        default: "",
        help: "base64 of 32 bytes, signs the public log; empty: DATA/log.key",
        secret: true,
    },
    Setting {
        name: "allow-loopback",
        default: "false",
        help: "connectors may call loopback addresses (practice and tests)",
        secret: false,
    },
    Setting {
        name: "practice-network",
        default: "false",
        help: "true: serve runs a practice network beside the site, to train on; nothing there reaches anybody",
        secret: false,
    },
    Setting {
        name: "behind-proxy",
        default: "false",
        help: "true: a proxy of yours in front says in X-Forwarded-For where a request came from",
        secret: false,
    },
    Setting {
        name: "strong-sign-in",
        default: "true",
        help: "false: also roles that the pack wants a second factor for act with a password alone",
        secret: false,
    },
    Setting { name: "workers", default: "4", help: "jobs run at once on this node; 0: none", secret: false },
    Setting {
        name: "lease",
        default: "180",
        help: "seconds a worker may hold a job before another takes it over; outward calls end in a third of it",
        secret: false,
    },
    Setting {
        name: "recording-mib",
        default: "500",
        help: "the largest film or sound recording that is taken, in MiB (1 to 4096)",
        secret: false,
    },
    Setting { name: "stop-at", default: "", help: "for tests of crashes: the step to stand still at", secret: false },
    Setting { name: "log-format", default: "text", help: "text or json", secret: false },
    Setting { name: "log", default: "info", help: "what is logged, as in tracing's filter", secret: false },
    Setting { name: "node", default: "0", help: "number of this node, 0 to 63", secret: false },
];

impl Config {
    /// Flags win over the environment, the environment over defaults. `env` is passed in so that tests own it.
    pub fn from(
        flags: &[(String, String)],
        env: impl Fn(&str) -> Option<String>,
        defaults: &[(&str, &str)],
    ) -> Result<Config, String> {
        let mut sources = vec![];
        for (name, _) in flags {
            if !settings().any(|s| s.name == name) {
                return Err(format!("--{name} is not a setting; --help lists them"));
            }
        }
        let mut get = |s: &'static Setting| {
            let var = format!("DRELWA_{}", s.name.to_uppercase().replace('-', "_"));
            let own = defaults.iter().find(|(n, _)| *n == s.name).map_or(s.default, |(_, v)| v);
            let (value, source) = match (flags.iter().rev().find(|(n, _)| n == s.name), env(&var)) {
                (Some((_, v)), _) => (v.clone(), Source::Flag),
                (None, Some(v)) => (v, Source::Environment),
                (None, None) => (own.to_owned(), Source::Default),
            };
            sources.push((s.name, if s.secret && !value.is_empty() { "(set)".into() } else { value.clone() }, source));
            value
        };
        let values: Vec<String> = settings().map(&mut get).collect();
        let value = |name: &str| settings().position(|s| s.name == name).map(|i| values[i].clone()).unwrap_or_default();
        let listen: SocketAddr = value("listen")
            .parse()
            .map_err(|_| format!("--listen wants ADDRESS:PORT such as 127.0.0.1:8520, not “{}”", value("listen")))?;
        let data = PathBuf::from(value("data"));
        let database = match value("database") {
            d if d.is_empty() => format!("sqlite:{}", data.join("drelwa.db").display()),
            d if d.starts_with("sqlite:") || d.starts_with("postgres://") || d.starts_with("postgresql://") => d,
            _ => return Err("--database wants sqlite:PATH or postgres://…".into()),
        };
        let public_url = value("public-url").trim_end_matches('/').to_owned();
        if !(public_url.is_empty() || public_url.starts_with("http://") || public_url.starts_with("https://")) {
            return Err("--public-url wants http://… or https://…".into());
        }
        let number = |name: &'static str, max: usize| {
            value(name)
                .parse::<usize>()
                .ok()
                .filter(|n| *n <= max)
                .ok_or_else(|| format!("--{name} wants a number from 0 to {max}, not “{}”", value(name)))
        };
        let log_format = value("log-format");
        if log_format != "text" && log_format != "json" {
            return Err("--log-format wants text or json".into());
        }
        let (workers, node) = (number("workers", 64)?, number("node", 63)?);
        let lease = number("lease", 3600)?.max(1);
        let recording = number("recording-mib", 4096)?.max(1);
        Ok(Config {
            listen,
            data,
            database,
            public_url,
            smtp: value("smtp"),
            mail_from: value("mail-from"),
            pack: Some(value("pack")).filter(|p| !p.is_empty()).map(PathBuf::from),
            master_key: value("master-key"),
            next_master_key: value("next-master-key"),
            log_key: value("log-key"),
            allow_loopback: matches!(value("allow-loopback").as_str(), "true" | "1" | "yes"),
            practice_network: matches!(value("practice-network").as_str(), "true" | "1" | "yes"),
            behind_proxy: matches!(value("behind-proxy").as_str(), "true" | "1" | "yes"),
            strong_sign_in: !matches!(value("strong-sign-in").as_str(), "false" | "0" | "no"),
            oidc: oidc::read(&value)?,
            workers,
            stop_at: value("stop-at"),
            lease_s: u32::try_from(lease).unwrap_or(180),
            recording_bytes: recording as u64 * 1024 * 1024,
            log_format,
            log: value("log"),
            node: u8::try_from(node).unwrap_or(0),
            sources,
        })
    }

    /// The process's own environment, read here and nowhere else.
    #[allow(clippy::disallowed_methods)]
    pub fn environment(name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// For `--print-config`: name, value (secrets hidden), source.
    pub fn print(&self) -> String {
        self.sources.iter().map(|(name, value, source)| format!("{name:<24} {value:<40} {source:?}\n")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn flags_win_over_environment_and_defaults() {
        let env = |n: &str| (n == "DRELWA_LISTEN").then(|| "127.0.0.1:1".to_owned());
        assert_eq!(Config::from(&flags(&[("listen", "127.0.0.1:2")]), env, &[]).unwrap().listen.port(), 2);
        assert_eq!(Config::from(&[], env, &[]).unwrap().listen.port(), 1);
        let c = Config::from(&[], |_| None, &[("data", "/tmp/d")]).unwrap();
        assert_eq!(c.database, "sqlite:/tmp/d/drelwa.db");
    }

    #[test]
    fn bad_values_are_named() {
        for (name, value) in [
            ("listen", "x"),
            ("database", "mysql:"),
            ("workers", "900"),
            ("node", "64"),
            ("recording-mib", "5000"),
            ("nope", "1"),
        ] {
            let error = Config::from(&flags(&[(name, value)]), |_| None, &[]).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let c = Config::from(&flags(&[("smtp", "smtp://u:hunter2@h")]), |_| None, &[]).unwrap();
        assert!(!c.print().contains("hunter2"));
    }
}
