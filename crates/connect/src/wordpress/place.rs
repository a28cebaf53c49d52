//! What a remote id stands for. Posts and comments are counted apart, so the number alone says nothing.
use std::fmt::{Display, Formatter, Result as Written};
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Post(u64),
    Comment(u64),
}

impl Place {
    pub fn number(self) -> u64 {
        match self {
            Place::Post(n) | Place::Comment(n) => n,
        }
    }
    pub fn route(self) -> String {
        match self {
            Place::Post(n) => format!("/wp/v2/posts/{n}"),
            Place::Comment(n) => format!("/wp/v2/comments/{n}"),
        }
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        match self {
            Place::Post(n) => write!(f, "post:{n}"),
            Place::Comment(n) => write!(f, "comment:{n}"),
        }
    }
}

impl FromStr for Place {
    type Err = ();
    fn from_str(text: &str) -> Result<Place, ()> {
        let (kind, number) = text.split_once(':').ok_or(())?;
        let number = number.parse().map_err(|_| ())?;
        match kind {
            "post" => Ok(Place::Post(number)),
            "comment" => Ok(Place::Comment(number)),
            _ => Err(()),
        }
    }
}
