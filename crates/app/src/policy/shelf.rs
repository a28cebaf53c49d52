//! Rows in the order of their file, found by their key.
use std::collections::HashMap;
use std::ops::Deref;

pub trait Keyed {
    fn key(&self) -> &str;
}

#[derive(Debug, Clone)]
pub struct Shelf<T> {
    rows: Vec<T>,
    /// Found by their key, and not among the rows.
    beside: Vec<T>,
    by_key: HashMap<String, usize>,
}

impl<T: Keyed> Shelf<T> {
    /// Keys are unique by then: the reader has refused duplicates.
    pub fn new(rows: Vec<T>) -> Shelf<T> {
        let by_key = rows.iter().enumerate().map(|(at, row)| (row.key().to_string(), at)).collect();
        Shelf { rows, beside: vec![], by_key }
    }
    pub fn find(&self, key: &str) -> Option<&T> {
        let beside = || self.beside.iter().find(|row| row.key() == key);
        self.by_key.get(key).map(|at| &self.rows[*at]).or_else(beside)
    }
    /// Rows that are in no file: found by their key, and not among those of the file.
    pub fn add_beside(&mut self, rows: Vec<T>) {
        self.beside = rows;
    }
    pub fn beside(&self) -> &[T] {
        &self.beside
    }
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }
}

impl<T> Deref for Shelf<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.rows
    }
}
