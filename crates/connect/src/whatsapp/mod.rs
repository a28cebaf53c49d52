//! WhatsApp Business, through Meta's Cloud API. WhatsApp has no public place: people write to an agency's number, and the
//! agency answers them. So nothing is published here; a post that answers nothing is refused, and the composer does not offer
//! the account. (Templates to people who agreed to receive them would be mail to a list, not a post; they are not sent.)
//!
//! **In**: WhatsApp keeps nothing that could be asked for; what people write comes only by its calls ([`Connector::hear`]),
//! and [`Connector::inbound`] lists nothing. One app's calls may be about several numbers, so the verify token begins with
//! the id of the number it is for, `NUMBER-ID-…`, and what is told about another number is passed over.
//!
//! **Out**: an answer goes to the person who wrote, as text that quotes the message; WhatsApp takes it within 24 hours of the
//! person's last message. It is one call that knows no key of ours (the key goes along only so that WhatsApp tells it again),
//! and nothing sent can be listed: after an attempt without an answer a person has to look. WhatsApp says yes before it has
//! delivered anything; when it then fails, its call about that becomes a message below the answer, so that somebody sees it.
//!
//! [`Access::base_url`] is the Graph host, [`Access::secret`] `NUMBER-ID:TOKEN`, [`Access::remote_account_id`] the number's
//! id. The remote id of a person's message is `PERSON/WAMID`, see [`place`]: the person's number is needed to answer, and
//! personal data. It is the author's id too, and is in no name that is shown, no id of ours, and no error.
//!
//! Sources: Meta's OpenAPI description of the WhatsApp Business API (v23.0); its page of error codes, as it stood in 2026.
mod answer;
#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod fake;
mod heard;
#[cfg(test)]
mod heard_tests;
mod place;
#[cfg(test)]
mod tests;

use crate::meta::answer::{rejected, unreadable};
use crate::meta::{Graph, is_number, query};
use crate::wire::{gone, read_of};
use crate::{
    Access, Capabilities, Connector, Count, Failure, Found, Fut, Heard, Identity, Key, Kind, NotHeard, Notice, Post,
    Prepared, Proof, Safety, Secret, Sought, Verdict,
};
use answer::done;
use ground::clock::Clock;
use ground::fetch::{Fetch, Method, Request};
use place::{Place, is_ours, is_person, is_wamid, sent};
use serde_json::{Value, json};

/// The version the description is of.
const VERSION: &str = "v23.0";
/// The longest text (the description's `maxLength` of `text.body`), counted in the unit in which a text is longest.
const LONGEST: usize = 4096;
/// The longest `biz_opaque_callback_data`, in characters (the description).
const LONGEST_KEY: usize = 512;
/// Where a number can be written to by anybody.
const WEB: &str = "https://wa.me";

pub struct WhatsApp {
    graph: Graph,
}

/// The number's id and the token, as the key holds them.
fn key(access: &Access) -> Result<(&str, &str), Verdict> {
    let (id, token) = access.secret.reveal().trim().split_once(':').ok_or(Verdict::Unauthorised)?;
    let well = is_number(id) && !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
    if well { Ok((id, token)) } else { Err(Verdict::Unauthorised) }
}

/// A telephone number as digits, however it is written for people.
fn digits(shown: &str) -> Option<String> {
    let kept: String = shown.chars().filter(char::is_ascii_digit).collect();
    let written = |c: char| c.is_ascii_digit() || " +-().".contains(c);
    (is_person(&kept) && shown.chars().all(written)).then_some(kept)
}

/// The sentence for who wants to post.
fn no_public_place() -> Verdict {
    let human = "WhatsApp has no public place: it answers people who wrote.";
    rejected("publish-not-possible", human, None)
}

impl WhatsApp {
    pub fn new(fetch: Fetch, clock: Clock) -> WhatsApp {
        WhatsApp { graph: Graph::new(fetch, clock, "WhatsApp", VERSION) }
    }

    async fn send(&self, request: Request, token: &str) -> Result<Value, Verdict> {
        done(self.graph.fetch.send(request.header("accept", "application/json")).await, &self.graph.clock, token)
    }

    /// The number the key names. A key for another one than the account's is refused before anything is sent.
    async fn me(&self, access: &Access) -> Result<Identity, Failure> {
        let (id, token) = key(access).map_err(read_of)?;
        let path = self.graph.path(id, &query(&[("fields", "id,display_phone_number,verified_name")]));
        let me = self.send(Request::new(Method::GET, access.url(&path)).bearer(token), token).await.map_err(read_of)?;
        let text = |name: &str| me.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
        if text("id") != Some(id) {
            return Err(unreadable());
        }
        let shown = text("display_phone_number").and_then(digits).ok_or_else(unreadable)?;
        let handle = format!("+{shown}");
        Ok(Identity {
            account_id: id.to_owned(),
            name: text("verified_name").unwrap_or(&handle).chars().filter(|c| !c.is_control()).take(200).collect(),
            url: Some(format!("{WEB}/{shown}")),
            handle,
        })
    }

    /// Where an answer goes, or why there is none.
    fn addressee(reply_to: Option<&str>) -> Result<Place, Verdict> {
        let reply_to = reply_to.ok_or_else(no_public_place)?;
        if is_ours(reply_to) {
            let human = "This is not a person's message. Answer what they wrote themselves.";
            return Err(rejected("reply-not-possible", human, None));
        }
        let place = Place::of(reply_to).ok_or_else(gone)?;
        if place.person.is_none() {
            let human = "WhatsApp did not tell this person's number, so they cannot be answered from here.";
            return Err(rejected("no-number", human, None));
        }
        Ok(place)
    }

    /// The one call that sends an answer.
    async fn answer(&self, access: &Access, prepared: &Prepared, our_key: &str) -> Result<Verdict, Verdict> {
        let place = Self::addressee(prepared.reply_to.as_deref())?;
        let person = place.person.as_deref().unwrap_or_default();
        let (id, token) = key(access)?;
        if id != access.remote_account_id {
            return Err(rejected("another-account", "The key is for another number than this account's.", None));
        }
        let tag: String = our_key.chars().take(LONGEST_KEY).collect();
        let body = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            // Without the plus WhatsApp may take it for a number of the agency's own country.
            "to": format!("+{person}"),
            "type": "text",
            "text": {"body": prepared.text, "preview_url": false},
            "context": {"message_id": place.wamid},
            "biz_opaque_callback_data": tag,
        });
        let request = Request::post(access.url(&self.graph.path(id, "/messages"))).bearer(token).json(&body);
        let told = self.send(request, token).await?;
        let wamid = told.pointer("/messages/0/id").and_then(Value::as_str).filter(|id| is_wamid(id));
        Ok(match wamid {
            Some(wamid) => Verdict::Accepted { remote_id: sent(wamid), url: None },
            None => Verdict::Unknown { why: "the answer to a message cannot be read".to_owned() },
        })
    }
}

impl Connector for WhatsApp {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            platform: "whatsapp",
            name: "WhatsApp Business",
            kind: Kind::Messaging,
            publishes: false,
            text_limit: Some(LONGEST),
            count: Count::Utf16Units,
            max_media: 0,
            needs_media: false,
            alt_limit: None,
            image_types: vec![],
            image_bytes: None,
            recordings: None,
            can_edit: false,
            can_delete: false,
            can_reply: true,
            can_hide: false,
            reads_comments: false,
            rereads: false,
            lists_own: false,
            has_metrics: false,
            calls_us: true,
            key: Key::NamedPassword,
            server: Some("https://graph.facebook.com"),
            safety: Safety::Blind,
            proof: Proof::Contract,
        }
    }

    fn whoami<'a>(&'a self, access: &'a Access) -> Fut<'a, Result<Identity, Failure>> {
        Box::pin(self.me(access))
    }

    /// The account's own number; about others nothing is asked, because that would tell WhatsApp whom an agency looks for.
    fn resolve<'a>(&'a self, access: &'a Access, handle: &'a str) -> Fut<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            let me = self.me(access).await?;
            let asked = digits(handle.trim().trim_start_matches(WEB).trim_matches('/'));
            Ok(asked.filter(|number| me.handle.strip_prefix('+') == Some(number)).map(|_| me.account_id))
        })
    }

    fn prepare<'a>(&'a self, _access: &'a Access, post: &'a Post) -> Fut<'a, Result<Prepared, Verdict>> {
        Box::pin(async move {
            Self::addressee(post.reply_to.as_deref())?;
            if !post.media.is_empty() || post.recording.is_some() {
                return Err(rejected("media-too-many", "Answers on WhatsApp are sent as words only.", Some("media")));
            }
            if Count::Utf16Units.of(&post.text) > LONGEST {
                return Err(rejected("text-too-long", "WhatsApp takes at most 4,096 characters.", Some("text")));
            }
            Ok(Prepared::of(post, Vec::new()))
        })
    }

    fn attempt<'a>(&'a self, access: &'a Access, prepared: &'a Prepared, key: &'a str) -> Fut<'a, Verdict> {
        Box::pin(async move { self.answer(access, prepared, key).await.unwrap_or_else(|verdict| verdict) })
    }

    /// Nothing that was sent can be asked for.
    fn find<'a>(&'a self, _access: &'a Access, _sought: &'a Sought) -> Fut<'a, Found> {
        Box::pin(async { Found::CannotTell })
    }

    fn agree<'a>(&'a self, access: &'a Access, word: &'a str) -> Fut<'a, Result<Secret, Failure>> {
        Box::pin(async move { heard::agree(access, word) })
    }

    fn hear(&self, notice: &Notice, secret: &Secret, _now_us: i64) -> Result<Heard, NotHeard> {
        heard::hear(notice, secret)
    }
}
