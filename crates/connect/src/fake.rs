//! What the servers of our own that answer as a platform does have in common, for tests without a network: each listens on
//! a port until it is dropped, knows whose key a call carries, and misbehaves on the wire when told to.
use crate::simulator::faults::{Fault, Faults, SetFault};
use crate::simulator::line::{Line, Scissors};
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use ground::clock::Clock;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Who makes a call, as far as its key tells.
pub(crate) enum Caller {
    Account(String),
    /// What anybody may ask, whatever goes wrong otherwise.
    Anybody,
    Stranger,
}

/// How a platform is spoken with.
#[derive(Clone, Copy)]
pub(crate) struct Manners {
    pub caller: fn(&Uri, &HeaderMap) -> Caller,
    /// Whether a call makes, changes or removes a post. Only these use up a fault.
    pub writes: fn(&Method, &Uri) -> bool,
    /// A refusal in the platform's own form: 401 for a key that is not good, 429 for too many calls.
    pub refuses: fn(StatusCode) -> Response,
    /// The header that tells when the platform listens again, and its words for a time.
    pub later: fn(i64) -> (&'static str, String),
    /// Answers writes with a web page instead of what was asked for, having done them.
    pub html: bool,
}

/// `Retry-After` in whole seconds from now on.
#[cfg(test)]
pub(crate) fn retry_after(until_us: i64) -> (&'static str, String) {
    let seconds = (until_us - Clock::system().now()).max(0) as u64 / 1_000_000 + 1;
    ("retry-after", seconds.to_string())
}

/// The key after `Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").filter(|key| !key.trim().is_empty())
}

/// A server on a port of its own, running until dropped.
pub(crate) struct Stage {
    pub address: SocketAddr,
    faults: Arc<Mutex<Faults>>,
    _stop: oneshot::Sender<()>,
}

#[derive(Clone)]
struct Mood {
    faults: Arc<Mutex<Faults>>,
    manners: Manners,
}

impl Stage {
    /// Serves what `app` makes of the server's own address (`http://127.0.0.1:PORT`).
    pub fn start(listener: TcpListener, manners: Manners, app: impl FnOnce(String) -> Router) -> io::Result<Stage> {
        let address = listener.local_addr()?;
        let faults = Arc::<Mutex<Faults>>::default();
        let mood = Mood { faults: faults.clone(), manners };
        let app = app(format!("http://{address}")).layer(from_fn_with_state(mood, misbehave));
        let app = app.into_make_service_with_connect_info::<Scissors>();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let until = async move {
                let _ = stopped.await;
            };
            let _ = axum::serve(Line(listener), app).with_graceful_shutdown(until).await;
        });
        Ok(Stage { address, faults, _stop: stop })
    }

    pub fn set_fault(&self, fault: SetFault) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).set(fault);
    }
}

async fn misbehave(State(mood): State<Mood>, request: Request, next: Next) -> Response {
    let manners = mood.manners;
    let account = match (manners.caller)(request.uri(), request.headers()) {
        Caller::Account(account) => account,
        Caller::Anybody => return next.run(request).await,
        Caller::Stranger => return (manners.refuses)(StatusCode::UNAUTHORIZED),
    };
    let write = (manners.writes)(request.method(), request.uri());
    let scissors = request.extensions().get::<ConnectInfo<Scissors>>().map(|c| c.0.clone());
    let met = mood.faults.lock().unwrap_or_else(PoisonError::into_inner).meet(&account, write);
    let ms = met.as_ref().and_then(|f| f.ms);
    match met.map(|f| f.fault) {
        Some(Fault::Outage) => (StatusCode::SERVICE_UNAVAILABLE, "<html><h1>Bad gateway</h1></html>").into_response(),
        Some(Fault::RevokedToken) => (manners.refuses)(StatusCode::UNAUTHORIZED),
        Some(Fault::RateLimit) => {
            let mut response = (manners.refuses)(StatusCode::TOO_MANY_REQUESTS);
            let (name, value) = (manners.later)(Clock::system().now() + ms.unwrap_or(60_000) as i64 * 1000);
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
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
        Some(Fault::Review | Fault::ReviewRefused) | None => {
            let response = next.run(request).await;
            if write && manners.html { "<!DOCTYPE html><html>Please wait</html>".into_response() } else { response }
        }
    }
}
