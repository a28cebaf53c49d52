//! What was typed: a command, settings as `--name value`, switches, and the rest.

#[derive(Debug, Default)]
pub struct Called {
    pub command: String,
    pub settings: Vec<(String, String)>,
    switches: Vec<String>,
    /// What stands after the command without a dash.
    pub rest: Vec<String>,
}

/// Flags that take no value.
const SWITCHES: &[&str] = &["print-config", "json", "with-keys", "help"];

impl Called {
    pub fn switch(&self, name: &str) -> bool {
        self.switches.iter().any(|s| s == name)
    }

    pub fn read(mut parser: lexopt::Parser) -> Result<Called, String> {
        use lexopt::prelude::*;
        let mut called = Called::default();
        let text = |v: std::ffi::OsString| v.into_string().map_err(|_| "an argument is not UTF-8".to_owned());
        while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
            match arg {
                Long(name) if SWITCHES.contains(&name) => called.switches.push(name.to_owned()),
                Short('h') => called.switches.push("help".into()),
                Long(name) => {
                    let name = name.to_owned();
                    let value = text(parser.value().map_err(|e| e.to_string())?)?;
                    called.settings.push((name, value));
                }
                Value(v) if called.command.is_empty() => called.command = text(v)?,
                Value(v) => called.rest.push(text(v)?),
                Short(c) => return Err(format!("-{c} is not known; --help lists what is")),
            }
        }
        Ok(called)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Called, String> {
        Called::read(lexopt::Parser::from_args(args))
    }

    #[test]
    fn command_settings_switches_and_the_rest_are_told_apart() {
        let called = read(&["restore", "--data", "x", "file.tar", "--json"]).unwrap();
        assert_eq!((called.command.as_str(), called.rest.as_slice()), ("restore", &["file.tar".to_owned()][..]));
        assert_eq!(called.settings, [("data".to_owned(), "x".to_owned())]);
        assert!(called.switch("json") && !called.switch("help"));
        assert!(read(&["serve", "-x"]).is_err() && read(&["serve", "--listen"]).is_err());
    }
}
