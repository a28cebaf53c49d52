//! The shell: what every page has around it. Layout, navigation, forms' errors, error pages, static files, the health of
//! the machine, and the description of the API.
pub mod api;
mod assets;
pub mod changes;
mod health;
mod page;
pub mod paging;
pub mod table;

pub use page::{Page, again, error_page};

use ground::slice::{Needs, Slice, get, post};
use ground::{clock, words};

/// To see how the machine does and to put right what it gave up.
pub const MANAGE_SYSTEM: ground::ctx::Right = ground::ctx::Right("manage-system");

/// The navigation, put in at assembly.
pub struct Navigation(pub Vec<ground::slice::Nav>);

/// The API routes, for the description.
pub struct ApiRoutes(pub Vec<ground::slice::Route>);

pub fn slice() -> Slice {
    Slice::new("shell")
        .file(get("/assets/{hash}/{*name}", assets::serve))
        .file(get("/favicon.ico", assets::favicon))
        .file(get("/healthz", health::alive))
        .file(get("/readyz", health::ready))
        .file(get("/metrics", health::metrics))
        .page(get("/health", health::page), Needs::May(MANAGE_SYSTEM))
        .page(post("/health/jobs/{id}/retry", health::retry), Needs::May(MANAGE_SYSTEM))
        .api(
            get("/api/v1/openapi.json", api::openapi).doc("This description").gives::<api::OpenApi>(200),
            Needs::Nothing,
        )
        .sweep("shell.forget-idempotency-keys", clock::HOUR, ground::http::idempotency::forget_old)
        .words(words!("shell"))
        .nav(95, "/health", "shell-nav-health", "health", Needs::May(MANAGE_SYSTEM))
}
