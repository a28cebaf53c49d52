//! Why nothing is sent for a while, and for how long. Pure.
use ground::record;

record! {
    /// `failures` in a row; a pause that the platform asked for has none.
    pub struct Hold { scope: String, failures: i64, since_at: i64, until_at: i64, why: String }
}

/// So many calls in a row without an answer, and a server is away.
pub const AWAY: i64 = 4;

impl Hold {
    pub fn is_away(&self) -> bool {
        self.failures >= AWAY
    }
    /// `platform` and the server's address.
    pub fn server(&self) -> Option<(&str, &str)> {
        self.scope.strip_prefix("server:")?.split_once('|')
    }
}

pub fn of_server(platform: &str, base_url: &str) -> String {
    format!("server:{platform}|{}", base_url.trim_end_matches('/'))
}

pub fn of_account(account: i64) -> String {
    format!("account:{account}")
}

/// How long nothing is sent after so many failures, where a call ends within a minute: 30 s, 1 min, 2 min … ten minutes; nothing
/// before a server is away.
pub fn rest(failures: i64, call_ends: i64) -> i64 {
    if failures < AWAY { 0 } else { ((call_ends / 2) << (failures - AWAY).clamp(0, 10)).min(10 * call_ends) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::clock::{MINUTE, SECOND};

    #[test]
    fn a_rest_begins_late_and_grows_to_ten_minutes() {
        let rest = |failures| rest(failures, MINUTE);
        assert_eq!([1, 3, 4, 5, 6].map(rest), [0, 0, 30 * SECOND, MINUTE, 2 * MINUTE]);
        assert_eq!([9, 500].map(rest), [10 * MINUTE; 2]);
        let hold = Hold {
            scope: of_server("mastodon", "https://a.example/"),
            failures: 4,
            since_at: 1,
            until_at: 2,
            why: String::new(),
        };
        assert_eq!((hold.server(), hold.is_away()), (Some(("mastodon", "https://a.example")), true));
    }
}
