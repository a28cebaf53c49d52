//! Why something waits, or is a person's turn. Rows, facts and the JSON interface keep our own reasons as these sentences; pages
//! say them in the reader's language, and so the commonest of what connectors and the outward client say where an answer is
//! missing or cannot be understood. What a platform said stays in its own words.
use crate::shell::Page;
use ground::Say;

pub const RATE_LIMIT: &str = "rate limit";
pub const ASKED_TO_WAIT: &str = "the platform asked to wait";
pub const AWAY: &str = "the platform does not answer";
pub const NO_LOOK: &str = "no answer to a look";
pub const MAKING_READY: &str = "still being made ready";
pub const PAUSED: &str = "the machine was paused";
pub const LOOKING: &str = "no answer; looking for it on the platform";
pub const STOPPED: &str = "everything is stopped; it is looked for again afterwards";
pub const FORGOTTEN: &str = "the platform took it and no longer knows it";
pub const SILENT: &str = "the platform took it a day ago and does not say that it is out";

const WORDS: [(&str, &str); 18] = [
    (RATE_LIMIT, "publishing-why-asked"),
    (ASKED_TO_WAIT, "publishing-why-asked"),
    (AWAY, "publishing-why-away"),
    (NO_LOOK, "publishing-why-away"),
    (MAKING_READY, "publishing-why-making-ready"),
    (PAUSED, "publishing-why-paused"),
    (LOOKING, "publishing-why-looking"),
    (STOPPED, "publishing-why-stopped"),
    (FORGOTTEN, "publishing-why-forgotten"),
    (SILENT, "publishing-why-silent"),
    ("the answer cannot be read", "publishing-why-unreadable"),
    ("the answer to an upload cannot be read", "publishing-why-upload"),
    ("the session had ended", "publishing-why-session"),
    ("the session had ended; a new one is there", "publishing-why-session"),
    ("the session has ended, the next call opens a new one", "publishing-why-session"),
    ("an answer of the wrong kind", "publishing-why-unreadable"),
    ("It is not there any more.", "publishing-why-gone"),
    ("This platform offers no way to do this.", "publishing-why-no-way"),
];

/// How the sentences of connectors end whose platform is busy with what it got.
const BUSY: [&str; 5] = [
    " is still working on the film",
    " is still working on a picture or film",
    " is still making the film ready",
    " is still making it ready",
    " is still fetching the pictures",
];

/// A reason as a page shows it.
pub struct Told {
    /// The language it is in, as HTML names it.
    pub lang: &'static str,
    pub text: String,
}

pub fn told(page: &Page, why: &str) -> Told {
    match of_ours(why) {
        Some(say) => Told { lang: page.cx.lang.code(), text: page.say(&say) },
        // Platforms are asked for English.
        None => Told { lang: "en", text: why.to_owned() },
    }
}

/// The sentence for a reason of the program's own making; nothing for words of a platform.
fn of_ours(why: &str) -> Option<Say> {
    if let Some((_, key)) = WORDS.iter().find(|(own, _)| *own == why) {
        return Some(Say::new(key));
    }
    if BUSY.iter().any(|end| why.ends_with(end)) {
        return Some(Say::new("publishing-why-making-ready"));
    }
    if why.ends_with(" is read-only at this moment") {
        return Some(Say::new("publishing-why-read-only"));
    }
    if why.starts_with("the answer is larger than ") && why.ends_with(" bytes") {
        return Some(Say::new("publishing-why-larger"));
    }
    of_an_answer(why).or_else(|| of_no_answer(why).map(Say::new))
}

/// “the platform answered 503”, “the answer 200 cannot be read”, “the answer to a post cannot be read”.
fn of_an_answer(why: &str) -> Option<Say> {
    if let Some(what) = why.strip_prefix("the answer ").and_then(|w| w.strip_suffix(" cannot be read")) {
        let with = is_status(what).then(|| Say::new("publishing-why-unreadable-status").arg("status", what));
        return Some(with.unwrap_or_else(|| Say::new("publishing-why-unreadable")));
    }
    let (who, status) = why.strip_suffix('.').unwrap_or(why).rsplit_once(" answered ")?;
    if !is_status(status) || who.split(' ').count() > 2 {
        return None;
    }
    let key = if status.starts_with('5') { "publishing-why-fault" } else { "publishing-why-status" };
    Some(Say::new(key).arg("status", status))
}

fn is_status(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit())
}

/// What the outward client says when it gets none, by the names its libraries give to causes.
fn of_no_answer(why: &str) -> Option<&'static str> {
    let sent = why.starts_with("error sending request");
    if !sent && !why.starts_with("error decoding response body") && !why.starts_with("request or response body error") {
        return None;
    }
    Some(match why {
        _ if why.contains("invalid peer certificate") => "publishing-why-certificate",
        _ if why.contains("dns error") => "publishing-why-no-name",
        _ if why.contains("(Connect)") => "publishing-why-no-connection",
        _ if why.contains("timed out") => "publishing-why-in-time",
        _ => "publishing-why-broken-off",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::fetch::{Fetch, FetchError, FetchPolicy, Request};
    use std::time::Duration;
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    fn key(why: &str) -> Option<&'static str> {
        of_ours(why).map(|say| say.key)
    }

    #[test]
    fn what_connectors_say_is_known_by_its_form() {
        for (why, wanted) in [
            (AWAY, "publishing-why-away"),
            ("the platform answered 503", "publishing-why-fault"),
            ("Telegram answered 502", "publishing-why-fault"),
            ("the platform answered 408", "publishing-why-status"),
            ("The platform answered 302.", "publishing-why-status"),
            ("the answer 200 cannot be read", "publishing-why-unreadable-status"),
            ("the answer to a post cannot be read", "publishing-why-unreadable"),
            ("the answer to an upload cannot be read", "publishing-why-upload"),
            ("Instagram is still fetching the pictures", "publishing-why-making-ready"),
            ("the wiki is read-only at this moment", "publishing-why-read-only"),
            ("the answer is larger than 4194304 bytes", "publishing-why-larger"),
            ("error sending request: operation timed out", "publishing-why-in-time"),
            ("error decoding response body: operation timed out", "publishing-why-in-time"),
            ("error sending request: client error (Connect): dns error: no record found", "publishing-why-no-name"),
            (
                "error sending request: client error (Connect): invalid peer certificate: UnknownIssuer",
                "publishing-why-certificate",
            ),
        ] {
            assert_eq!(key(why), Some(wanted), "{why}");
        }
        assert_eq!(of_ours("X answered 503"), Some(Say::new("publishing-why-fault").arg("status", "503")));
    }

    #[test]
    fn the_words_of_a_platform_stay_as_they_are() {
        for why in [
            "",
            "Your posting limit is reached.",
            "TikTok answered scope_not_authorized",
            "WeChat answered 502: system error",
            "Nobody of us has answered 503",
            "Our team is still working on this",
            "error sending",
            "operation timed out",
        ] {
            assert_eq!(key(why), None, "{why}");
        }
    }

    /// What the client really says where nobody listens, nobody answers, and where the line breaks.
    #[tokio::test]
    async fn a_call_without_an_answer_is_told_in_the_readers_language() {
        let short = Duration::from_millis(300);
        let policy = FetchPolicy { allow_loopback: true, total_timeout: short, ..FetchPolicy::default() };
        let fetch = Fetch::new(policy).unwrap();
        let call = async |port: u16| match fetch.send(Request::get(format!("http://127.0.0.1:{port}/"))).await {
            Err(FetchError::NotSent(why) | FetchError::Unknown(why)) => (key(&why), why),
            other => panic!("{other:?}"),
        };
        let open = async || TcpListener::bind("127.0.0.1:0").await.unwrap();
        let free = open().await.local_addr().unwrap().port();
        let (said, why) = call(free).await;
        assert_eq!(said, Some("publishing-why-no-connection"), "{why}");
        let silent = open().await;
        let (said, why) = call(silent.local_addr().unwrap().port()).await;
        assert_eq!(said, Some("publishing-why-in-time"), "{why}");
        let breaks = open().await;
        let port = breaks.local_addr().unwrap().port();
        let hang_up = async {
            let (mut line, _) = breaks.accept().await.unwrap();
            line.read_exact(&mut [0; 16]).await.unwrap();
        };
        let ((said, why), ()) = tokio::join!(call(port), hang_up);
        assert_eq!(said, Some("publishing-why-broken-off"), "{why}");
    }
}
