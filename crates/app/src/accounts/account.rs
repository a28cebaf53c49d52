//! What an account is.
use super::actions::{is_ours, platform_name};
use super::practice;
use ground::{Ctx, record};

record! {
    /// `known_as` is its address in comparable form; `secret` stays in the store.
    pub struct Account { id: i64, agency_id: i64, platform: String, handle: String, url: String, known_as: String, base_url: String, remote_id: String, state: String, plan_id: i64, requested_by: i64, requested_at: i64, live_since: Option<i64>, closed_at: Option<i64>, version: i64 }
}

impl Account {
    pub fn is_live(&self) -> bool {
        self.state == "live"
    }
    /// Whether the program has a way to publish to it: some are official and written to by other means.
    pub fn publishes(&self) -> bool {
        self.is_live() && (is_ours(&self.platform) || !self.base_url.is_empty())
    }
    /// `Mastodon · @health@example.org`
    pub fn label(&self, cx: &Ctx) -> String {
        format!("{} · {}", platform_name(cx, &self.platform), self.handle)
    }
    /// Whether it is on the practice network: what is said there reaches nobody, and it is marked so.
    pub fn is_practice(&self, cx: &Ctx) -> bool {
        practice::is_practice(cx, &self.platform)
    }
    pub fn state_word(&self) -> &'static str {
        match self.state.as_str() {
            "requested" => "accounts-state-requested",
            "approved" => "accounts-state-approved",
            "live" => "accounts-state-live",
            _ => "accounts-state-closed",
        }
    }
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "requested" | "approved" => "warn",
            "live" => "good",
            _ => "bad",
        }
    }
}
