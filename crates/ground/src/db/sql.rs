//! Statements as values: a text with `$n` places and its parameters.
use super::Value;
use std::borrow::Cow;

#[derive(Debug, Clone)]
pub struct Sql {
    pub text: Cow<'static, str>,
    pub args: Vec<Value>,
}

impl Sql {
    pub fn new(text: impl Into<Cow<'static, str>>, args: Vec<Value>) -> Sql {
        Sql { text: text.into(), args }
    }
}

/// `sql!("SELECT … WHERE id = $1", id)`
#[macro_export]
macro_rules! sql {
    ($text:expr $(, $arg:expr)* $(,)?) => {
        $crate::db::Sql::new($text, vec![$($crate::db::Value::from($arg)),*])
    };
}

/// A row for `Tx::insert_many`.
#[macro_export]
macro_rules! values {
    ($($arg:expr),* $(,)?) => { vec![$($crate::db::Value::from($arg)),*] };
}

/// Puts a statement together from parts, for optional filters; numbers its own places.
#[derive(Debug, Clone)]
pub struct SqlBuilder {
    text: String,
    args: Vec<Value>,
}

impl SqlBuilder {
    pub fn new(text: &str) -> SqlBuilder {
        SqlBuilder { text: text.into(), args: vec![] }
    }
    pub fn push(&mut self, text: &str) -> &mut SqlBuilder {
        self.text.push_str(text);
        self
    }
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut SqlBuilder {
        self.args.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
        self
    }
    pub fn build(self) -> Sql {
        Sql { text: self.text.into(), args: self.args }
    }
}

/// Names the statements of a store: a constant each, and `ALL` for the check on both engines.
#[macro_export]
macro_rules! queries {
    ($($name:ident = $text:expr;)*) => {
        $(const $name: &str = $text;)*
        /// Every statement of this store by name.
        pub const ALL: &[(&str, &str)] = &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}

/// A struct that is read from a row, column by column, by name.
#[macro_export]
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        $vis struct $name { $($(#[$fmeta])* pub $field: $ty),* }
        impl $name {
            pub fn from_row(row: &$crate::db::Row) -> $crate::db::DbResult<$name> {
                let mut place = 0;
                Ok($name { $($field: row.next(&mut place, stringify!($field))?),* })
            }
        }
    };
}
