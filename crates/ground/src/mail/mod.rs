//! Outgoing mail: by SMTP, or, with none configured, one file per mail in a folder, which is also what tests and the
//! demo read.
use crate::{Error, Result, error::Cause, storage};
use lettre::message::header::ContentType;
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

    pub async fn send(&self, mail: &Mail) -> Result<()> {
        let from = match self {
            Mailer::Smtp { from, .. } | Mailer::Folder { from, .. } => from,
        };
        let bad = |e: &dyn std::fmt::Display| Error::fault(format!("mail {}: {e}", mail.id));
        let message = Message::builder()
            .from(from.parse().map_err(|e| bad(&e))?)
            .to(mail.to.parse().map_err(|e| bad(&e))?)
            .subject(&mail.subject)
            .message_id(Some(format!("<{}@drelwa>", mail.id)))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(|e| bad(&e))?;
        match self {
            Mailer::Smtp { transport, .. } => {
                transport.send(message).await.map(|_| ()).map_err(|e| Error::unavailable(Box::new(e) as Cause))
            }
            Mailer::Folder { folder, .. } => {
                storage::write_atomic(&folder.join(format!("{}.eml", mail.id)), &message.formatted())
            }
        }
    }

    /// Whether an address can be written to at all.
    pub fn is_address(text: &str) -> bool {
        text.len() <= 254 && text.contains('@') && text.parse::<lettre::Address>().is_ok()
    }
}
