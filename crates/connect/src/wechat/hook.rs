//! Calls of WeChat to the account's own server: what people write to the account, in XML. Signed are the moment and a word of
//! chance, not the message; so a call counts for five minutes, once, and the way to us must be encrypted.
//!
//! Source: “Access overview” (`signature`, `timestamp`, `nonce`, `echostr`; a token of 3 to 32 letters and digits) and
//! “Receiving standard messages”. Only the plain mode is spoken: encrypted messages are told as not readable.
use super::{is_graphic, is_number, xml};
use crate::{Failure, Heard, Inbound, NotHeard, Notice, Secret, signed};
use ground::clock::SECOND;

/// What stands for a picture, a sound or the like that came without a word.
const WORDLESS: &str = "(A message without words)";

pub(super) fn agreed(word: &str) -> Result<Secret, Failure> {
    if (3..=32).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(Secret::new(word));
    }
    let human = "WeChat takes 3 to 32 letters and digits as a token.";
    Err(Failure::Refused { code: "word".to_owned(), human: human.to_owned() })
}

pub(super) fn mark(notice: &Notice) -> Vec<u8> {
    let part = |name: &str| notice.asked(name).unwrap_or_default();
    format!("{} {} {}", part("timestamp"), part("nonce"), part("signature")).into_bytes()
}

fn genuine(notice: &Notice, secret: &Secret, now_us: i64) -> Result<(), NotHeard> {
    let part = |name: &str| notice.asked(name).filter(|v| is_graphic(v, 128)).ok_or(NotHeard::Forged);
    let (signature, timestamp, nonce) = (part("signature")?, part("timestamp")?, part("nonce")?);
    signed::sorted_sha1(secret, [&timestamp, &nonce], &signature)?;
    let at = Some(timestamp).filter(|t| is_number(t)).and_then(|t| t.parse::<i64>().ok()).ok_or(NotHeard::Forged)?;
    signed::fresh(at.saturating_mul(SECOND), now_us)
}

pub(super) fn hear(notice: &Notice, secret: &Secret, now_us: i64) -> Result<Heard, NotHeard> {
    genuine(notice, secret, now_us)?;
    if notice.body.is_empty() {
        let word = notice.asked("echostr").filter(|e| is_graphic(e, 128));
        return word.map(Heard::Greeting).ok_or(NotHeard::Unreadable);
    }
    let text = std::str::from_utf8(&notice.body).map_err(|_| NotHeard::Unreadable)?;
    if !text.trim_start().starts_with("<xml>") {
        return Err(NotHeard::Unreadable);
    }
    // Some events are not flat. None of them is somebody's words, but something happened.
    let Some(all) = xml::flat(text) else { return Ok(Heard::Look) };
    let of = |name: &str| all.get(name).map(String::as_str).unwrap_or_default();
    let words = match of("MsgType") {
        "text" => of("Content"),
        "image" | "voice" | "video" | "shortvideo" | "location" | "link" => WORDLESS,
        "event" => return Ok(Heard::Nothing),
        _ => return Err(NotHeard::Unreadable),
    };
    let (id, who) = (of("MsgId"), of("FromUserName"));
    let at = of("CreateTime").parse::<i64>().ok().filter(|at| *at > 0);
    let (true, true, Some(at)) = (is_number(id), is_graphic(who, 128), at) else { return Err(NotHeard::Unreadable) };
    Ok(Heard::Items(vec![Inbound {
        // Not the id of a comment: there is no answer to it below an article.
        remote_id: format!("message:{id}"),
        in_reply_to: None,
        author_id: who.to_owned(),
        author_name: who.to_owned(),
        author_url: None,
        text: if words.trim().is_empty() { WORDLESS } else { words }.to_owned(),
        lang: None,
        at_us: at.saturating_mul(SECOND),
        url: None,
    }]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ground::clock::MINUTE;
    use ground::crypto::hex;
    use sha1::{Digest, Sha1};

    const NOW: i64 = 1_795_491_000 * SECOND;

    fn call(token: &str, at: i64, more: &str, body: &str) -> Notice {
        let (at, nonce) = ((at / SECOND).to_string(), "471112");
        let mut all = [token, &at, nonce];
        all.sort_unstable();
        let signature = hex(&Sha1::digest(all.concat()));
        let query = format!("signature={signature}&timestamp={at}&nonce={nonce}{more}");
        Notice { query, headers: vec![], body: body.as_bytes().to_vec() }
    }

    fn message(kind: &str, more: &str) -> String {
        format!(
            "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oPema]]></FromUserName>\
             <CreateTime>1795490990</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{more}<MsgId>77</MsgId></xml>"
        )
    }

    fn hear_now(notice: &Notice) -> Result<Heard, NotHeard> {
        hear(notice, &Secret::new("agreed"), NOW)
    }

    #[test]
    fn a_message_is_an_item_and_an_event_is_nothing() {
        let text = message("text", "<Content><![CDATA[When <is> it open?]]></Content>");
        let Ok(Heard::Items(items)) = hear_now(&call("agreed", NOW, "", &text)) else { panic!("no items") };
        let item = &items[0];
        assert_eq!((item.remote_id.as_str(), item.author_id.as_str()), ("message:77", "oPema"));
        assert_eq!((item.text.as_str(), item.at_us), ("When <is> it open?", 1_795_490_990 * SECOND));
        let picture = hear_now(&call("agreed", NOW, "", &message("image", "")));
        assert!(matches!(picture, Ok(Heard::Items(items)) if items[0].text == WORDLESS));
        assert_eq!(hear_now(&call("agreed", NOW, "", &message("event", ""))), Ok(Heard::Nothing));
        let nested = message("event", "<List><item>1</item></List>");
        assert_eq!(hear_now(&call("agreed", NOW, "", &nested)), Ok(Heard::Look));
    }

    #[test]
    fn the_greeting_is_given_back_to_who_signed_it_only() {
        assert_eq!(hear_now(&call("agreed", NOW, "&echostr=5838", "")), Ok(Heard::Greeting("5838".into())));
        assert_eq!(hear_now(&call("other", NOW, "&echostr=5838", "")), Err(NotHeard::Forged));
        assert_eq!(hear_now(&call("agreed", NOW, "&echostr=a%20b", "")), Err(NotHeard::Unreadable));
        assert_eq!(hear_now(&Notice { query: "echostr=5838".into(), ..Notice::default() }), Err(NotHeard::Forged));
    }

    #[test]
    fn an_old_moment_is_forged_and_a_moment_counts_once() {
        let text = message("text", "<Content>x</Content>");
        for at in [NOW - 6 * MINUTE, NOW + 6 * MINUTE] {
            assert_eq!(hear_now(&call("agreed", at, "", &text)), Err(NotHeard::Forged));
        }
        let (first, second) = (call("agreed", NOW, "", &text), call("agreed", NOW, "", "<xml></xml>"));
        assert_eq!(mark(&first), mark(&second), "the same signature with other words is the same call");
        assert_ne!(mark(&first), mark(&call("agreed", NOW + SECOND, "", &text)));
    }

    #[test]
    fn what_cannot_be_read_is_said_so() {
        for body in ["{}", "<html>", &message("hologram", ""), &message("text", "").replace("77", "../7")] {
            assert_eq!(hear_now(&call("agreed", NOW, "", body)), Err(NotHeard::Unreadable), "{body}");
        }
        let bytes = Notice { body: vec![b'<', 0xff], ..call("agreed", NOW, "", "") };
        assert_eq!(hear_now(&bytes), Err(NotHeard::Unreadable));
    }

    #[test]
    fn a_token_is_of_the_form_that_wechat_takes() {
        assert_eq!(agreed("abc123").unwrap().reveal(), "abc123");
        for word in ["", "ab", "a-b-c", &"x".repeat(33)] {
            assert!(agreed(word).is_err(), "{word}");
        }
    }
}
