//! What a reader may read, and how facts are told in words.
use crate::ledger::{self, FactRow, Wanted};
use crate::people::roles::READ_RECORDS;
use crate::{accounts, agencies, people, posts};
use ground::words::Lang;
use ground::{Ctx, Error, Result, Say};
use std::collections::HashMap;

/// Only for whoever reads the records of the whole government.
const FOR_OVERSIGHT: &[&str] = &["person.signed-in"];

/// What somebody asks to see.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub kind: Option<String>,
    pub subject: Option<String>,
    pub agency: Option<i64>,
    pub before: Option<i64>,
    pub most: i64,
}

/// Facts of the agencies whose records this reader may read. Another agency is refused and nothing is told of it.
pub async fn facts(cx: &Ctx, asked: Asked) -> Result<Vec<FactRow>> {
    if asked.agency.is_some_and(|a| !cx.actor.may(READ_RECORDS, a)) {
        return Err(Error::not_allowed());
    }
    let scopes = cx.actor.scopes(READ_RECORDS);
    let wanted = Wanted {
        kind: asked.kind.filter(|k| !k.is_empty()),
        subject: asked.subject.map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()),
        without: if scopes.is_none() { &[] } else { FOR_OVERSIGHT },
        scopes: asked.agency.map(|a| vec![a]).or(scopes),
        before: asked.before,
        most: asked.most,
    };
    ledger::facts(cx.db(), &wanted).await
}

/// One fact this reader may read; of others nothing is told, not even whether they are there.
pub async fn see(cx: &Ctx, id: i64) -> Result<FactRow> {
    let fact = ledger::find(cx.db(), id).await.map_err(|_| Error::not_allowed())?;
    let mine = match fact.scope {
        Some(scope) => cx.actor.may(READ_RECORDS, scope),
        None => cx.actor.may_everywhere(READ_RECORDS),
    };
    let open = !FOR_OVERSIGHT.contains(&fact.kind.as_str()) || cx.actor.may_everywhere(READ_RECORDS);
    if mine && open { Ok(fact) } else { Err(Error::not_allowed()) }
}

/// A kind in words; one that has none yet stands for itself.
pub fn kind_word(cx: &Ctx, kind: &str) -> String {
    let key = kind_key(kind);
    if cx.words().has(Lang::En, &key) { cx.words().t(cx.lang, &key) } else { kind.to_owned() }
}

pub fn kind_key(kind: &str) -> String {
    format!("records-kind-{}", kind.replace('.', "-"))
}

/// What a fact is about: its name, and where it is shown.
pub struct About {
    pub text: String,
    pub href: Option<String>,
}

/// By its id alone: what it is called is for those who may see it.
pub fn about(cx: &Ctx, subject: &str) -> About {
    called(cx, subject, None)
}

fn called(cx: &Ctx, subject: &str, name: Option<&str>) -> About {
    let (sort, id) = subject.split_once(':').unwrap_or((subject, ""));
    let (word, folder) = match sort {
        "post" => ("records-about-post", Some("/posts")),
        "account" => ("records-about-account", Some("/accounts")),
        "impostor" => ("records-about-impostor", Some("/desk/impostors")),
        "plan" => ("records-about-plan", Some("/plans")),
        "plan-action" => ("records-about-plan-action", Some("/plans/actions")),
        "platform-review" => ("records-about-platform-review", Some("/desk/platform-reviews")),
        "platform-terms" => ("records-about-platform-terms", Some("/desk/platform-terms")),
        "message" => ("records-about-message", Some("/inbox")),
        "decision" => ("records-about-decision", Some("/moderation/decisions")),
        "outside" => ("records-about-outside", Some("/publishing/outside")),
        "answer" => ("records-about-answer", None),
        "media" => ("records-about-media", None),
        "agency" => ("records-about-agency", None),
        "reorganisation" => ("records-about-reorganisation", None),
        "person" => ("records-about-person", None),
        "citizen" => ("records-about-citizen", None),
        _ => return About { text: subject.to_owned(), href: None },
    };
    let text = cx.words().say(cx.lang, &Say::new(word).arg("id", name.unwrap_or(id)));
    let known = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    About { text, href: folder.filter(|_| known).map(|folder| format!("{folder}/{id}")) }
}

/// The name of a subject that has one.
async fn name(cx: &Ctx, subject: &str) -> Option<String> {
    let (sort, id) = subject.split_once(':')?;
    let id: i64 = id.parse().ok()?;
    match sort {
        "post" => {
            let brief = posts::briefs(cx.db(), &[id]).await.ok()?.pop()?;
            let (first, other) = match cx.lang {
                Lang::En => (brief.text_en, brief.text_dz),
                Lang::Dz => (brief.text_dz, brief.text_en),
            };
            Some(posts::first_line(if first.is_empty() { &other } else { &first }))
        }
        "account" => accounts::find(cx.db(), id).await.ok().map(|a| a.label(cx)),
        "agency" => agencies::name(cx.db(), id, cx.lang).await.ok(),
        "person" => people::person_name(cx.db(), id).await.ok(),
        _ => None,
    }
}

/// Names of those who acted, and of what they acted upon, looked up once each.
#[derive(Default)]
pub struct Names(HashMap<String, String>);

impl Names {
    /// What a fact is about, by the name it has. Only for facts this reader may read.
    pub async fn about(&mut self, cx: &Ctx, subject: &str) -> About {
        let name = match self.0.get(subject) {
            Some(name) => name.clone(),
            None => name(cx, subject).await.unwrap_or_default(),
        };
        self.0.insert(subject.to_owned(), name.clone());
        called(cx, subject, Some(name.as_str()).filter(|n| !n.is_empty()))
    }

    pub async fn of(&mut self, cx: &Ctx, actor: &str) -> String {
        if let Some(name) = self.0.get(actor) {
            return name.clone();
        }
        let name = match actor.split_once(':') {
            Some(("person", id)) => match id.parse() {
                Ok(id) => people::person_name(cx.db(), id).await.unwrap_or_else(|_| actor.to_owned()),
                Err(_) => actor.to_owned(),
            },
            Some(("citizen", _)) => cx.words().t(cx.lang, "records-who-citizen"),
            _ if actor == "system" => cx.words().t(cx.lang, "records-who-system"),
            _ => cx.words().t(cx.lang, "records-who-nobody"),
        };
        self.0.insert(actor.to_owned(), name.clone());
        name
    }
}
