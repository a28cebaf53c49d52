//! Routes as values: method, path, handler, who may, and what the API description says of them.
use super::Needs;
use crate::ctx::Machine;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::response::Response;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::pin::Pin;
use std::sync::Arc;

/// Puts a type's schema into the description and refers to it.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

pub type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;
/// What answers a route, whatever it takes and gives: hundreds of routes of one type are compiled, and called, as one.
pub type Answers = Arc<dyn Fn(Request, Arc<Machine>) -> Answering + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteKind {
    Page,
    Api,
    File,
}

/// What the OpenAPI description says of one route.
#[derive(Clone, Default)]
pub struct Doc {
    pub summary: &'static str,
    pub query: Option<SchemaOf>,
    pub takes: Option<SchemaOf>,
    /// Status and body; no body for 204.
    pub gives: Option<(u16, SchemaOf)>,
    pub upload: bool,
}

#[derive(Clone)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub handler: Answers,
    pub kind: RouteKind,
    pub needs: Needs,
    pub doc: Doc,
    /// Bytes a request body may have, without its large file.
    pub body_limit: usize,
    /// The field whose file is written to the disk as it comes.
    pub large: Option<&'static str>,
}

pub const BODY_LIMIT: usize = 256 * 1024;

impl Route {
    fn new(method: Method, path: &'static str, handler: Answers) -> Route {
        let (kind, needs, doc) = (RouteKind::File, Needs::Nothing, Doc::default());
        Route { method, path, handler, kind, needs, doc, body_limit: BODY_LIMIT, large: None }
    }
    pub(crate) fn of(mut self, kind: RouteKind, needs: Needs) -> Route {
        self.kind = kind;
        self.needs = needs;
        self
    }
    pub fn doc(mut self, summary: &'static str) -> Route {
        self.doc.summary = summary;
        self
    }
    pub fn query<T: JsonSchema>(mut self) -> Route {
        self.doc.query = Some(|g| g.subschema_for::<T>());
        self
    }
    pub fn takes<T: JsonSchema>(mut self) -> Route {
        self.doc.takes = Some(|g| g.subschema_for::<T>());
        self
    }
    pub fn gives<T: JsonSchema>(mut self, status: u16) -> Route {
        self.doc.gives = Some((status, |g| g.subschema_for::<T>()));
        self
    }
    /// Takes a `multipart/form-data` upload of at most this many bytes.
    pub fn upload(mut self, limit: usize) -> Route {
        self.body_limit = limit;
        self.doc.upload = true;
        self
    }
    /// A body of another size than usual.
    pub fn body(mut self, limit: usize) -> Route {
        self.body_limit = limit;
        self
    }
    /// The file of this field is too large to be held: it goes to the disk, as far as the configuration takes it. The
    /// handler finds it, and all else, in the `FormData`.
    pub fn large(mut self, field: &'static str) -> Route {
        self.large = Some(field);
        self.doc.upload = true;
        self
    }
}

macro_rules! verbs { ($($name:ident $method:ident),*) => { $(
    pub fn $name<H, T>(path: &'static str, handler: H) -> Route
    where
        H: Handler<T, Arc<Machine>, Future = Answering>,
    {
        Route::new(Method::$method, path, Arc::new(move |request, machine| handler.clone().call(request, machine)))
    }
)* } }
verbs!(get GET, post POST, patch PATCH, put PUT, delete DELETE);
