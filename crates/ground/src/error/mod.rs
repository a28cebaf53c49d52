//! One error type for the whole program: what kind it is, what to say (safe, translated), where to go next,
//! and the cause, which is only ever logged.
use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A sentence by its key in the word files; it is translated when it is shown, never before.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    pub key: &'static str,
    pub args: Vec<(&'static str, Arg)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Text(String),
    Number(i64),
    /// Another word key, translated in its turn.
    Word(&'static str),
}

impl Say {
    pub fn new(key: &'static str) -> Say {
        Say { key, args: vec![] }
    }
    pub fn arg(mut self, name: &'static str, value: impl Into<Arg>) -> Say {
        self.args.push((name, value.into()));
        self
    }
}
/// A sentence as it is stored: its key, and what it is filled with.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Told {
    pub key: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, ToldArg)>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToldArg {
    Text(String),
    Number(i64),
    Word(String),
}

impl From<&Say> for Told {
    fn from(say: &Say) -> Told {
        let arg = |arg: &Arg| match arg {
            Arg::Text(s) => ToldArg::Text(s.clone()),
            Arg::Number(n) => ToldArg::Number(*n),
            Arg::Word(key) => ToldArg::Word((*key).into()),
        };
        Told { key: say.key.into(), args: say.args.iter().map(|(name, a)| ((*name).into(), arg(a))).collect() }
    }
}

impl From<i64> for Arg {
    fn from(n: i64) -> Arg {
        Arg::Number(n)
    }
}
impl From<usize> for Arg {
    fn from(n: usize) -> Arg {
        Arg::Number(i64::try_from(n).unwrap_or(i64::MAX))
    }
}
impl From<String> for Arg {
    fn from(s: String) -> Arg {
        Arg::Text(s)
    }
}
impl From<&str> for Arg {
    fn from(s: &str) -> Arg {
        Arg::Text(s.into())
    }
}

/// A rule said no. All refusals of one request are returned together.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Stable, for programs: `self-approval`.
    pub code: &'static str,
    pub say: Say,
    /// The policy clause behind it, by its id in the pack.
    pub clause: Option<&'static str>,
    pub field: Option<&'static str>,
}

impl Refusal {
    pub fn new(code: &'static str, say: Say) -> Refusal {
        Refusal { code, say, clause: None, field: None }
    }
    pub fn clause(mut self, id: &'static str) -> Refusal {
        self.clause = Some(id);
        self
    }
    pub fn field(mut self, name: &'static str) -> Refusal {
        self.field = Some(name);
        self
    }
}

/// What was typed cannot be read or used.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    pub field: String,
    pub say: Say,
}

impl FieldError {
    pub fn new(field: impl Into<String>, say: Say) -> FieldError {
        FieldError { field: field.into(), say }
    }
}

#[derive(Debug)]
pub enum Kind {
    NotFound,
    /// 409: the state of things or a rule forbids it.
    Refused(Vec<Refusal>),
    /// 422: the input is wrong.
    Invalid(Vec<FieldError>),
    /// 400: the request itself cannot be read.
    Malformed,
    NotAllowed,
    /// 401, or a redirect to the sign-in page.
    SignIn,
    /// 409: somebody else changed it meanwhile.
    Conflict,
    TooMany {
        retry_after_s: u32,
    },
    TooLarge,
    /// 408: the rest of the request did not come.
    TooSlow,
    /// 405: nothing here is done that way.
    WrongMethod,
    /// 415: the body is of another kind than is read here.
    WrongType,
    Unavailable,
    Fault,
}

/// A way on, shown under the error.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub href: String,
    pub say: Say,
}

#[derive(Debug)]
pub struct Error {
    pub kind: Kind,
    pub say: Say,
    pub next: Vec<Link>,
    pub cause: Option<Cause>,
}

impl Error {
    pub fn new(kind: Kind, say: Say) -> Error {
        Error { kind, say, next: vec![], cause: None }
    }
    pub fn not_found() -> Error {
        Error::new(Kind::NotFound, Say::new("error-not-found"))
    }
    pub fn not_allowed() -> Error {
        Error::new(Kind::NotAllowed, Say::new("error-not-allowed"))
    }
    pub fn sign_in() -> Error {
        Error::new(Kind::SignIn, Say::new("error-sign-in"))
    }
    pub fn refused(all: Vec<Refusal>) -> Error {
        Error::new(Kind::Refused(all), Say::new("error-refused"))
    }
    pub fn invalid(all: Vec<FieldError>) -> Error {
        Error::new(Kind::Invalid(all), Say::new("error-invalid"))
    }
    pub fn malformed(say: Say) -> Error {
        Error::new(Kind::Malformed, say)
    }
    pub fn conflict(say: Say) -> Error {
        Error::new(Kind::Conflict, say)
    }
    pub fn too_many(retry_after_s: u32) -> Error {
        Error::new(Kind::TooMany { retry_after_s }, Say::new("error-too-many").arg("seconds", i64::from(retry_after_s)))
    }
    pub fn too_large() -> Error {
        Error::new(Kind::TooLarge, Say::new("error-too-large"))
    }
    pub fn too_slow() -> Error {
        Error::new(Kind::TooSlow, Say::new("error-too-slow"))
    }
    pub fn wrong_method() -> Error {
        Error::new(Kind::WrongMethod, Say::new("error-method"))
    }
    pub fn wrong_type(wanted: &'static str) -> Error {
        Error::new(Kind::WrongType, Say::new("error-content-type").arg("wanted", wanted))
    }
    pub fn unavailable(cause: impl Into<Cause>) -> Error {
        Error::new(Kind::Unavailable, Say::new("error-unavailable")).because(cause)
    }
    pub fn fault(cause: impl Into<Cause>) -> Error {
        Error::new(Kind::Fault, Say::new("error-fault")).because(cause)
    }
    pub fn because(mut self, cause: impl Into<Cause>) -> Error {
        self.cause = Some(cause.into());
        self
    }
    pub fn next(mut self, href: impl Into<String>, say: Say) -> Error {
        self.next.push(Link { href: href.into(), say });
        self
    }
    /// The refusals and field errors, whatever the kind.
    pub fn refusals(&self) -> &[Refusal] {
        if let Kind::Refused(all) = &self.kind { all } else { &[] }
    }
    pub fn fields(&self) -> &[FieldError] {
        if let Kind::Invalid(all) = &self.kind { all } else { &[] }
    }
}

/// Returns every refusal at once, or nothing when there is none.
pub fn all_or_nothing(refusals: Vec<Refusal>) -> Result<()> {
    if refusals.is_empty() { Ok(()) } else { Err(Error::refused(refusals)) }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.say.key)?;
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}
impl std::error::Error for Error {}

/// An error with its causes, in one line.
pub fn chain(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut next = e.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
