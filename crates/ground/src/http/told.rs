//! What the log tells of a request.
use crate::error::Kind;
use crate::{Ctx, Error};

/// How the log names an address: as the route does, with the numbers of the things asked for. Links that open something
/// hold a word of chance, queries hold codes and whatever was searched for; who reads the log is to learn none of it.
pub(super) fn told<'a>(pattern: &'a str, address: &'a str) -> String {
    let path = address.split_once('?').map_or(address, |(path, _)| path);
    let is_number = |part: &&str| (1..20).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = path.split('/');
    let shown = |named: &'a str| {
        parts.next().filter(is_number).filter(|_| named.starts_with('{') && !named.starts_with("{*")).unwrap_or(named)
    };
    pattern.split('/').map(shown).collect::<Vec<_>>().join("/")
}

pub(super) fn log_failure(cx: &Ctx, pattern: &str, error: &Error) {
    let id = &*cx.request_id;
    match error.kind {
        Kind::Fault | Kind::Unavailable => {
            tracing::error!(id, path = told(pattern, &cx.path), %error, "failed");
        }
        _ => tracing::debug!(id, path = told(pattern, &cx.path), %error, "refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::gate::NOWHERE;
    use super::*;

    #[test]
    fn the_log_names_what_was_asked_for_and_no_word_of_chance() {
        for (pattern, path, shown) in [
            ("/posts/{id}/edit", "/posts/214/edit", "/posts/214/edit"),
            ("/first/{token}", "/first/Zk3_x", "/first/{token}"),
            ("/media/{id}/lent/{end}", "/media/9/lent/17-ab", "/media/9/lent/{end}"),
            ("/log/tile/{*tile}", "/log/tile/0/x001/234", "/log/tile/{*tile}"),
            ("/first/{token}", "/first/%31", "/first/{token}"),
            ("/accounts/callback", "/accounts/callback?code=Zk3_x&state=9", "/accounts/callback"),
            (NOWHERE, "/frist/Zk3_x", "(none)"),
            ("/", "/", "/"),
        ] {
            assert_eq!(told(pattern, path), shown, "{path}");
        }
    }
}
