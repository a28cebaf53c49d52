//! Rows in the order of their file, found by their key.
use std::collections::HashMap;
use std::ops::Deref;

pub trait Keyed {
    fn key(&self) -> &str;
}

#[derive(Debug, Clone)]
pub struct Shelf<T> {
    rows: Vec<T>,
    by_key: HashMap<String, usize>,
}

impl<T: Keyed> Shelf<T> {
    /// Keys are unique by then: the reader has refused duplicates.
    pub fn new(rows: Vec<T>) -> Shelf<T> {
        let by_key = rows.iter().enumerate().map(|(at, row)| (row.key().to_string(), at)).collect();
        Shelf { rows, by_key }
    }
    pub fn find(&self, key: &str) -> Option<&T> {
        self.by_key.get(key).map(|at| &self.rows[*at])
    }
    pub fn has(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }
}

impl<T> Deref for Shelf<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.rows
    }
}
