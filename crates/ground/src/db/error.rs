//! What can go wrong at the database, by kind.
use crate::error::Kind;
use crate::{Error, Say};
use std::fmt;

#[derive(Debug)]
pub enum DbError {
    /// A unique constraint, by what the engine calls it.
    Unique(String),
    ForeignKey,
    /// Somebody else holds it; worth trying again.
    Busy,
    /// A guarded statement did not touch exactly one row: somebody else was faster.
    Guard,
    NotFound,
    /// No database can be reached there.
    Unavailable(String),
    /// No room on the disk.
    Full,
    Other(String),
}

pub type DbResult<T> = Result<T, DbError>;

impl DbError {
    /// For what may belong to others: of a thing that is not there no more is told than of one that is not yours. A
    /// database that fails is not hidden behind that.
    pub fn unseen(self) -> Error {
        if matches!(self, DbError::NotFound) { Error::not_allowed() } else { self.into() }
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            DbError::Unique(what) => write!(f, "already there: {what}"),
            DbError::ForeignKey => f.write_str("refers to something that is not there"),
            DbError::Busy => f.write_str("the database is busy"),
            DbError::Guard => f.write_str("changed meanwhile"),
            DbError::NotFound => f.write_str("not found"),
            DbError::Unavailable(why) => write!(f, "the database cannot be reached: {why}"),
            DbError::Full => f.write_str("the disk is full"),
            DbError::Other(why) => f.write_str(why),
        }
    }
}
impl std::error::Error for DbError {}

impl From<DbError> for Error {
    fn from(e: DbError) -> Error {
        match e {
            DbError::NotFound => Error::not_found(),
            DbError::Guard => Error::conflict(Say::new("error-changed-meanwhile")).because(e),
            DbError::Unique(_) => Error::conflict(Say::new("error-exists")).because(e),
            DbError::Full => Error::new(Kind::Unavailable, Say::new("error-full")).because(e),
            DbError::Busy | DbError::Unavailable(_) => Error::unavailable(e),
            DbError::ForeignKey | DbError::Other(_) => Error::fault(e),
        }
    }
}
