//! What goes wrong on purpose.
use super::{Shared, caller, no};
use crate::simulator::Fault;
use crate::simulator::line::Scissors;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

pub(super) async fn misbehave(State(net): Shared, request: Request, next: Next) -> Response {
    let Some(account) = caller(request.headers()) else {
        if net.ways.small && request.uri().path().ends_with("verify_credentials") {
            return StatusCode::UNPROCESSABLE_ENTITY.into_response();
        }
        return no(StatusCode::UNAUTHORIZED, "The access token is invalid");
    };
    let write = *request.method() != Method::GET && request.uri().path().starts_with("/api/v1/statuses");
    let scissors = request.extensions().get::<ConnectInfo<Scissors>>().map(|c| c.0.clone());
    let met = net.faults().meet(&account, write);
    let ms = met.as_ref().and_then(|f| f.ms);
    match met.map(|f| f.fault) {
        Some(Fault::Outage) => (StatusCode::SERVICE_UNAVAILABLE, "<html><h1>Bad gateway</h1></html>").into_response(),
        Some(Fault::RevokedToken) => no(StatusCode::UNAUTHORIZED, "The access token was revoked"),
        Some(Fault::RateLimit) => {
            let mut response = no(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
            let reset = jiff::Timestamp::from_microsecond(net.clock.now() + ms.unwrap_or(60_000) as i64 * 1000);
            if let Some(value) = reset.ok().and_then(|t| t.to_string().parse().ok()) {
                response.headers_mut().insert("x-ratelimit-reset", value);
            }
            response
        }
        Some(fault @ (Fault::DropBefore | Fault::DropAfter)) => {
            if fault == Fault::DropAfter {
                next.run(request).await;
            }
            if let Some(scissors) = scissors {
                scissors.cut();
            }
            StatusCode::OK.into_response()
        }
        Some(Fault::ErrorAfterCommit) => {
            next.run(request).await;
            (StatusCode::INTERNAL_SERVER_ERROR, "<html>We're sorry</html>").into_response()
        }
        Some(Fault::Slow) => {
            let response = next.run(request).await;
            tokio::time::sleep(Duration::from_millis(ms.unwrap_or(1000))).await;
            response
        }
        None => {
            let response = next.run(request).await;
            if write && net.ways.html { "<!DOCTYPE html><html>Please wait</html>".into_response() } else { response }
        }
    }
}
