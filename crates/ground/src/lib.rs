//! The machine floor: everything Drelwa needs that would be the same for any program of record —
//! database, jobs, web plumbing, words, storage, transparency log. It knows no word of government.
pub mod archive;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod ctx;
pub mod db;
pub mod error;
pub mod facts;
pub mod fetch;
pub mod http;
pub mod ids;
pub mod jobs;
pub mod log;
pub mod mail;
pub mod search;
pub mod slice;
pub mod storage;
pub mod words;

pub use ctx::Ctx;
pub use error::{Error, FieldError, Refusal, Result, Say};
