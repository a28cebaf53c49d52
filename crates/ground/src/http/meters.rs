//! Prometheus metrics of this process.
use axum::http::Method;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram};
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    kind: String,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    kind: String,
}

#[derive(Clone)]
pub struct Meters {
    registry: Arc<Mutex<Registry>>,
    requests: Family<RequestLabels, Counter>,
    seconds: Histogram,
    jobs: Family<JobLabels, Counter>,
    events: Family<EventLabels, Counter>,
    gauges: Family<EventLabels, Gauge>,
}

impl Default for Meters {
    fn default() -> Meters {
        Meters::new()
    }
}

impl Meters {
    pub fn new() -> Meters {
        let mut registry = Registry::with_prefix("drelwa");
        let requests = Family::default();
        let seconds = Histogram::new([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0]);
        let (jobs, events, gauges) = (Family::default(), Family::default(), Family::default());
        registry.register("http_requests", "Requests answered, by route and status", requests.clone());
        registry.register("http_request_seconds", "Time to answer a request", seconds.clone());
        registry.register("jobs", "Jobs ended, by kind and outcome", jobs.clone());
        registry.register("events", "Things that happened, by kind", events.clone());
        registry.register("state", "How many there are, by kind", gauges.clone());
        Meters { registry: Arc::new(Mutex::new(registry)), requests, seconds, jobs, events, gauges }
    }
    pub fn request(&self, method: &Method, route: &'static str, status: u16, seconds: f64) {
        let known = [Method::GET, Method::POST, Method::HEAD, Method::PATCH, Method::PUT, Method::DELETE];
        let names = ["GET", "POST", "HEAD", "PATCH", "PUT", "DELETE"];
        let method = known.iter().position(|k| k == method).map_or("other", |at| names[at]);
        self.requests.get_or_create(&RequestLabels { method, route, status }).inc();
        self.seconds.observe(seconds);
    }
    pub fn job(&self, kind: &str, outcome: &str) {
        self.jobs.get_or_create(&JobLabels { kind: kind.into(), outcome: outcome.into() }).inc();
    }
    /// Counts a thing that happened: a send, a fact, a refusal.
    pub fn event(&self, kind: &str) {
        self.events.get_or_create(&EventLabels { kind: kind.into() }).inc();
    }
    pub fn set(&self, kind: &str, value: i64) {
        self.gauges.get_or_create(&EventLabels { kind: kind.into() }).set(value);
    }
    /// The exposition text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        if let Ok(registry) = self.registry.lock() {
            // Writing to a string cannot fail.
            let _ = prometheus_client::encoding::text::encode(&mut out, &registry);
        }
        out
    }
}
