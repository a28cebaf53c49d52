//! Values in and out: the few types every table is made of.
use super::{DbError, DbResult};

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Bool(bool),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

macro_rules! from { ($($ty:ty => |$v:ident| $make:expr),* $(,)?) => { $(
    impl From<$ty> for Value { fn from($v: $ty) -> Value { $make } }
)* } }
from! {
    i64 => |v| Value::Int(v),
    &i64 => |v| Value::Int(*v),
    i32 => |v| Value::Int(v.into()),
    u32 => |v| Value::Int(v.into()),
    bool => |v| Value::Bool(v),
    f64 => |v| Value::Real(v),
    &str => |v| Value::Text(v.into()),
    String => |v| Value::Text(v),
    &String => |v| Value::Text(v.clone()),
    Vec<u8> => |v| Value::Bytes(v),
    &Vec<u8> => |v| Value::Bytes(v.clone()),
    &[u8] => |v| Value::Bytes(v.to_vec()),
    &Option<String> => |v| v.as_ref().map_or(Value::Null, |s| Value::Text(s.clone())),
    &Option<i64> => |v| v.map_or(Value::Null, Value::Int),
}
impl<const N: usize> From<&[u8; N]> for Value {
    fn from(v: &[u8; N]) -> Value {
        Value::Bytes(v.to_vec())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Value {
        v.map_or(Value::Null, Into::into)
    }
}
/// The columns of an answer, shared by its rows.
pub(super) type Names = std::sync::Arc<[String]>;

/// A row of an answer, read by column name.
#[derive(Debug, Clone)]
pub struct Row {
    pub(super) names: Names,
    pub(super) values: Vec<Value>,
}

impl Row {
    pub fn get<T: FromValue>(&self, name: &str) -> DbResult<T> {
        self.next(&mut 0, name)
    }
    /// The same for somebody who reads one column after the other, as most queries name them: it is looked for at the place
    /// after the last one first.
    pub fn next<T: FromValue>(&self, place: &mut usize, name: &str) -> DbResult<T> {
        let value = self.cell(place, name)?;
        T::from_value(value).ok_or_else(|| DbError::Other(format!("column {name} holds {value:?}")))
    }
    fn cell(&self, place: &mut usize, name: &str) -> DbResult<&Value> {
        let here = self.names.get(*place).is_some_and(|n| n == name);
        let at = if here { Some(*place) } else { self.names.iter().position(|n| n == name) };
        let value = at.and_then(|i| self.values.get(i)).ok_or_else(|| DbError::Other(format!("no column {name}")))?;
        *place = at.map_or(0, |i| i + 1);
        Ok(value)
    }
}

pub trait FromValue: Sized {
    fn from_value(value: &Value) -> Option<Self>;
}
impl FromValue for i64 {
    fn from_value(v: &Value) -> Option<i64> {
        if let Value::Int(n) = v { Some(*n) } else { None }
    }
}
impl FromValue for bool {
    fn from_value(v: &Value) -> Option<bool> {
        match v {
            Value::Bool(b) => Some(*b),
            // SQLite keeps booleans as integers.
            Value::Int(n @ (0 | 1)) => Some(*n == 1),
            _ => None,
        }
    }
}
impl FromValue for f64 {
    fn from_value(v: &Value) -> Option<f64> {
        match v {
            Value::Real(x) => Some(*x),
            Value::Int(n) => Some(*n as f64),
            _ => None,
        }
    }
}
impl FromValue for String {
    fn from_value(v: &Value) -> Option<String> {
        if let Value::Text(s) = v { Some(s.clone()) } else { None }
    }
}
impl FromValue for Vec<u8> {
    fn from_value(v: &Value) -> Option<Vec<u8>> {
        if let Value::Bytes(b) = v { Some(b.clone()) } else { None }
    }
}
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(v: &Value) -> Option<Option<T>> {
        if *v == Value::Null { Some(None) } else { T::from_value(v).map(Some) }
    }
}
