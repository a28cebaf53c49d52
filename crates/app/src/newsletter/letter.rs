//! The words of mails to readers. The approved words stand as they are; around them is said who writes, where it stands in
//! public, and how to leave.
use super::mailing::{EDIT, Newsletter, SEND, Subscriber, TAKE_DOWN};
use crate::accounts::Account;
use crate::{agencies, posts};
use ground::mail::Mail;
use ground::words::Lang;
use ground::{Ctx, Result, Say};

/// Where a reader leaves, or says that it was they who asked.
pub fn way_out(cx: &Ctx, token: &str) -> String {
    cx.url(&format!("/newsletter/{token}"))
}

/// Subject and text of the mail that asks whether it was they.
pub async fn asks_back(cx: &Ctx, account: &Account, token: &str) -> Result<(String, String)> {
    let name = agencies::name(cx.db(), account.agency_id, cx.lang).await?;
    let say = |key: &'static str| Say::new(key).arg("agency", name.clone());
    let subject = cx.words().say(cx.lang, &say("newsletter-ask-subject"));
    let text = cx.words().say(cx.lang, &say("newsletter-ask-mail").arg("link", way_out(cx, token)));
    Ok((subject, text))
}

/// The mail of a mailing to one reader. Headers for leaving at once by RFC 2369 and RFC 8058.
pub async fn mail(cx: &Ctx, n: &Newsletter, reader: &Subscriber) -> Result<Mail> {
    let lang = reader.lang.parse().unwrap_or(Lang::En);
    let agency = agencies::name(cx.db(), n.agency_id, lang).await?;
    let out = way_out(cx, &reader.token);
    let post = cx.url(&format!("/p/{}", n.post_id));
    let title = posts::first_line(n.words.trim());
    let say = |key: &'static str| {
        Say::new(key)
            .arg("agency", agency.clone())
            .arg("title", title.clone())
            .arg("note", n.note.clone())
            .arg("post", post.clone())
            .arg("out", out.clone())
    };
    let words = |key: &'static str| cx.words().say(lang, &say(key));
    let (subject, head) = match n.kind.as_str() {
        SEND => (words("newsletter-subject-send"), String::new()),
        EDIT => (words("newsletter-subject-edit"), words("newsletter-head-edit")),
        _ => (words("newsletter-subject-take-down"), words("newsletter-head-take-down")),
    };
    // Words that no longer hold are not spread once more.
    let approved = if n.kind == TAKE_DOWN { "" } else { n.words.trim() };
    let parts = [head, approved.to_owned(), format!("-- \n{}", words("newsletter-foot"))];
    let text = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("\n\n");
    let headers = [
        ("List-Unsubscribe", format!("<{out}>")),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()),
        ("List-Id", format!("<newsletter-{}.drelwa>", n.account_id)),
        ("Precedence", "list".into()),
        ("Auto-Submitted", "auto-generated".into()),
    ];
    Ok(Mail {
        id: format!("newsletter-{}-{}", n.id, reader.id),
        to: reader.email.clone(),
        subject: subject.replace(['\r', '\n'], " "),
        text,
        headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
    })
}
