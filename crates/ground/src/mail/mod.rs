//! Outgoing mail: by SMTP, or, with none configured, one file per mail in a folder, which is also what tests and the
//! demo read.
use crate::{Error, Result, error::Cause, storage};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::response::Category;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::path::PathBuf;

#[derive(Clone)]
pub enum Mailer {
    Smtp { transport: AsyncSmtpTransport<Tokio1Executor>, from: String },
    Folder { folder: PathBuf, from: String },
}

/// One plain-text mail. `id` makes the Message-ID, so a repeated send can be recognised by the receiver.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Mail {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// More headers, by name: `List-Unsubscribe`.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
}

/// What the mail server said to a mail that reached it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Taken,
    /// It will not take this mail, now or later: its own words.
    Refused(String),
}

impl Mailer {
    pub fn new(smtp: &str, from: &str, folder: PathBuf) -> std::result::Result<Mailer, String> {
        let from = from.to_owned();
        if smtp.is_empty() {
            return Ok(Mailer::Folder { folder, from });
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp)
            .map_err(|e| format!("--smtp cannot be read: {e}"))?
            .timeout(Some(std::time::Duration::from_secs(20)))
            .build();
        Ok(Mailer::Smtp { transport, from })
    }

    /// Hands a mail over; one that the server refuses for good is an error like any other.
    pub async fn send(&self, mail: &Mail) -> Result<()> {
        match self.hand_over(mail).await? {
            Reply::Taken => Ok(()),
            Reply::Refused(why) => Err(Error::unavailable(why)),
        }
    }

    /// The same, where a refusal for good is told apart from what may be tried again.
    pub async fn hand_over(&self, mail: &Mail) -> Result<Reply> {
        let message = self.message(mail)?;
        match self {
            Mailer::Smtp { transport, .. } => match transport.send(message).await {
                Ok(_) => Ok(Reply::Taken),
                // 55x speaks of the mailbox or the mail (RFC 5321, 4.2.1); 53x and 50x of us: a wrong password, a wrong setting.
                Err(e) if e.is_permanent() && e.status().is_some_and(|c| c.category == Category::MailSystem) => {
                    Ok(Reply::Refused(e.to_string()))
                }
                Err(e) => Err(Error::unavailable(Box::new(e) as Cause)),
            },
            Mailer::Folder { folder, .. } => {
                storage::write_atomic(&folder.join(format!("{}.eml", mail.id)), &message.formatted())?;
                Ok(Reply::Taken)
            }
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message> {
        let (Mailer::Smtp { from, .. } | Mailer::Folder { from, .. }) = self;
        let bad = |e: &dyn std::fmt::Display| Error::fault(format!("mail {}: {e}", mail.id));
        let mut message = Message::builder()
            .from(from.parse().map_err(|e| bad(&e))?)
            .to(mail.to.parse().map_err(|e| bad(&e))?)
            .subject(&mail.subject)
            .message_id(Some(format!("<{}@drelwa>", mail.id)))
            .header(ContentType::TEXT_PLAIN);
        for (name, value) in &mail.headers {
            let name = HeaderName::new_from_ascii(name.clone()).map_err(|e| bad(&e))?;
            message = message.raw_header(HeaderValue::new(name, value.clone()));
        }
        message.body(mail.text.clone()).map_err(|e| bad(&e))
    }

    /// Whether an address can be written to at all.
    pub fn is_address(text: &str) -> bool {
        text.len() <= 254 && text.contains('@') && text.parse::<lettre::Address>().is_ok()
    }
}
