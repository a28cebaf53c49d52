//! What waits for somebody, section by section. A section is shown to those who can do something about it.
use crate::inbox::{self, due};
use crate::people::roles::{
    ANSWER_MESSAGES, ANSWER_WITHOUT_APPROVAL, APPROVE_POSTS, DECIDE_APPEALS, DRAFT_POSTS, MANAGE_SYSTEM, MODERATE,
    SEE_DESK,
};
use crate::posts::{self, Brief, first_line};
use crate::shell::Page;
use crate::{accounts, agencies, moderation, publishing};
use ground::clock::{DAY, HOUR};
use ground::ctx::Right;
use ground::{Ctx, Result, jobs};
use std::collections::BTreeMap;

/// Counting stops here: more is "99+".
pub const MOST: i64 = 100;
/// So long before it is late, a post from outside is marked.
const LATE_SOON: i64 = 6 * HOUR;
/// Shown of each section; the rest is a link away.
const SHOWN: usize = 5;

/// One thing to do.
pub struct Item {
    pub href: String,
    pub line: String,
    pub lang: &'static str,
    /// Who or where: a platform, an agency, a state.
    pub about: String,
    /// How long it has waited or when it is due, in words, and the same for machines.
    pub when: String,
    pub at: i64,
    pub hot: bool,
}

pub struct Section {
    pub id: &'static str,
    pub title: String,
    pub count: String,
    pub more: Option<&'static str>,
    pub items: Vec<Item>,
}

/// The agencies' names, asked for once, shown only to those who work for several.
pub struct Names {
    several: bool,
    names: BTreeMap<i64, String>,
}

impl Names {
    pub fn new(cx: &Ctx) -> Names {
        let several = cx.actor.scopes(SEE_DESK).is_none_or(|s| s.len() > 1);
        Names { several, names: BTreeMap::new() }
    }
    /// `what`, and whose it is where that is not plain.
    pub async fn about(&mut self, cx: &Ctx, agency: i64, what: String) -> Result<String> {
        if !self.several {
            return Ok(what);
        }
        let name = match self.names.get(&agency) {
            Some(name) => name.clone(),
            None => agencies::name(cx.db(), agency, cx.lang).await?,
        };
        self.names.insert(agency, name.clone());
        Ok(if what.is_empty() { name } else { format!("{name} · {what}") })
    }
}

pub(super) fn places(cx: &Ctx, right: Right) -> Vec<i64> {
    cx.actor.scopes(right).unwrap_or_default()
}

/// Cuts a list of at most `MOST` down to what is shown, with the word for how many there are.
pub(super) fn cut<T>(page: &Page, rows: &mut Vec<T>) -> String {
    let n = rows.len();
    rows.truncate(SHOWN);
    if n >= MOST as usize { page.tn("desk-many", MOST - 1) } else { page.num(n) }
}

pub(super) struct Desk<'a> {
    pub cx: &'a Ctx,
    pub page: &'a Page,
    pub me: i64,
    pub names: Names,
    all: Vec<Section>,
}

impl Desk<'_> {
    pub(super) fn add(
        &mut self,
        id: &'static str,
        key: &'static str,
        count: String,
        more: Option<&'static str>,
        items: Vec<Item>,
    ) {
        if !items.is_empty() {
            self.all.push(Section { id, title: self.page.word(key), count, more, items });
        }
    }

    async fn post(&mut self, p: &Brief, about: String, at: i64) -> Result<Item> {
        let (mut line, lang) = p.line(self.cx.lang.code());
        if line.is_empty() {
            line = self.page.word("desk-no-text");
        }
        let about = self.names.about(self.cx, p.agency_id, about).await?;
        Ok(Item { href: format!("/posts/{}", p.id), line, lang, about, when: self.page.ago(&at), at, hot: false })
    }

    /// Late or unclear deliveries first: something the public should see, or should not.
    async fn deliveries(&mut self) -> Result<()> {
        let mut rows = publishing::attention(self.cx.db(), &places(self.cx, SEE_DESK), MOST).await?;
        rows.extend(publishing::late(self.cx.db(), &places(self.cx, SEE_DESK), self.cx.now(), MOST).await?);
        rows.truncate(MOST as usize);
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for d in rows {
            let account = accounts::find(self.cx.db(), d.account_id).await?.label(self.cx);
            let word = match d.state.as_str() {
                publishing::UNCONFIRMED => "desk-unconfirmed",
                publishing::WAITING => "desk-late",
                publishing::SENT if d.unwanted => "desk-not-removed",
                publishing::SENT => "desk-not-corrected",
                _ => "desk-failed",
            };
            let (href, line, lang) = if d.is_answer() {
                (
                    format!("/answers/{}/delivery", d.post_id),
                    first_line(&d.body),
                    if d.lang == "dz" { "dz" } else { "en" },
                )
            } else {
                let brief = posts::briefs(self.cx.db(), &[d.post_id]).await?;
                let (line, lang) = brief.first().map(|b| b.line(self.cx.lang.code())).unwrap_or_default();
                (format!("/posts/{}/deliveries", d.post_id), line, lang)
            };
            let about = format!("{account} · {}", self.page.word(word));
            let about = self.names.about(self.cx, d.agency_id, about).await?;
            let at = if d.state == publishing::WAITING { d.due_at } else { d.updated_at };
            items.push(Item { href, line, lang, about, when: self.page.ago(&at), at, hot: true });
        }
        self.add("deliveries", "desk-deliveries", count, None, items);
        Ok(())
    }

    /// That nothing goes out at the moment.
    async fn frozen(&mut self) -> Result<()> {
        let mut rows = publishing::freezes(self.cx).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for f in rows {
            let about = match f.of_all() {
                true => self.page.word("desk-frozen-all"),
                false => self.names.about(self.cx, f.agency_id, String::new()).await?,
            };
            let (line, lang) = (first_line(&f.reason), self.cx.lang.code());
            let (at, when) = (f.frozen_at, self.page.ago(&f.frozen_at));
            items.push(Item { href: "/publishing/freeze".into(), line, lang, about, when, at, hot: true });
        }
        self.add("frozen", "desk-frozen", count, Some("/publishing/freeze"), items);
        Ok(())
    }

    /// Servers on which an agency of theirs has an account and that do not answer.
    async fn away(&mut self) -> Result<()> {
        let mut rows = publishing::servers_away(self.cx).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for r in rows {
            let (at, when) = (r.hold.since_at, self.page.ago(&r.hold.since_at));
            let (line, lang, about) = (r.address, "en", self.page.word("desk-away-about"));
            items.push(Item { href: "/publishing/servers".into(), line, lang, about, when, at, hot: true });
        }
        self.add("away", "desk-away", count, Some("/publishing/servers"), items);
        Ok(())
    }

    /// What a person is asked to put on an account that the program has no way to.
    async fn by_hand(&mut self) -> Result<()> {
        let mut agencies = places(self.cx, DRAFT_POSTS);
        // What an agency that ended had asked for is with those who approve for its heir.
        agencies.extend(places(self.cx, APPROVE_POSTS));
        agencies.sort_unstable();
        agencies.dedup();
        let mut rows = publishing::by_hand_open(self.cx.db(), &agencies, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for t in rows {
            let line = accounts::find(self.cx.db(), t.account_id).await?.label(self.cx);
            let about = self.names.about(self.cx, t.agency_id, self.page.word(t.word())).await?;
            let (href, lang) = (format!("/publishing/by-hand/{}", t.delivery_id), self.cx.lang.code());
            let (at, when) = (t.asked_at, self.page.ago(&t.asked_at));
            items.push(Item { href, line, lang, about, when, at, hot: t.asked_at + HOUR < self.cx.now() });
        }
        self.add("by-hand", "desk-by-hand", count, Some("/publishing/by-hand"), items);
        Ok(())
    }

    /// What stands on an account and was not posted through the program.
    async fn outside(&mut self) -> Result<()> {
        let mut rows = publishing::outside_open(self.cx.db(), &places(self.cx, APPROVE_POSTS), 0, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for p in rows {
            let account = accounts::find(self.cx.db(), p.account_id).await?.label(self.cx);
            let about = self.names.about(self.cx, p.agency_id, account).await?;
            let (href, line, lang) = (format!("/publishing/outside/{}", p.id), p.line(), p.lang());
            let (at, when) = (p.seen_at, self.page.ago(&p.seen_at));
            items.push(Item { href, line, lang, about, when, at, hot: p.late_at() - LATE_SOON < self.cx.now() });
        }
        self.add("outside", "desk-outside", count, Some("/publishing/outside"), items);
        Ok(())
    }

    async fn messages(&mut self) -> Result<()> {
        let mut rows = inbox::oldest_open(self.cx.db(), &places(self.cx, ANSWER_MESSAGES), 0, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for m in rows {
            let due = due(self.page, m.received_at);
            let about = format!("{} · {}", m.author_name, accounts::platform_name(self.cx, &m.platform));
            let about = self.names.about(self.cx, m.agency_id, about).await?;
            let lang = if m.lang == "dz" { "dz" } else { "en" };
            let (href, line) = (format!("/inbox/{}", m.id), first_line(&m.text));
            items.push(Item { href, line, lang, about, when: due.text, at: due.at, hot: due.hot });
        }
        self.add("messages", "desk-messages", count, Some("/inbox"), items);
        Ok(())
    }

    async fn approvals(&mut self) -> Result<()> {
        let mut rows = posts::to_approve(self.cx.db(), &places(self.cx, APPROVE_POSTS), self.me, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for p in &rows {
            let due = p.due_at.filter(|_| p.released_version.is_none());
            let about =
                due.map(|at| self.page.ts("desk-goes-out", "when", self.page.date_time(&at))).unwrap_or_default();
            let mut item = self.post(p, about, p.updated_at).await?;
            item.hot = due.is_some_and(|at| at < self.cx.now() + DAY / 8);
            items.push(item);
        }
        self.add("approvals", "desk-approvals", count, Some("/posts?state=submitted"), items);
        Ok(())
    }

    async fn answers(&mut self) -> Result<()> {
        let mut rows =
            inbox::to_approve(self.cx.db(), &places(self.cx, ANSWER_WITHOUT_APPROVAL), self.me, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for a in rows {
            let about = self.names.about(self.cx, a.agency_id, String::new()).await?;
            let lang = if a.lang == "dz" { "dz" } else { "en" };
            let (href, line) = (format!("/inbox/{}", a.message_id), first_line(&a.text));
            let (at, when) = (a.created_at, self.page.ago(&a.created_at));
            items.push(Item { href, line, lang, about, when, at, hot: false });
        }
        self.add("answers", "desk-answers", count, None, items);
        Ok(())
    }

    async fn moderation(&mut self) -> Result<()> {
        let mut rows = moderation::to_look_at(self.cx.db(), &places(self.cx, MODERATE), MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for r in rows {
            let m = inbox::find(self.cx.db(), r.message_id).await?;
            let about = self.names.about(self.cx, r.agency_id, m.author_name).await?;
            let lang = if m.lang == "dz" { "dz" } else { "en" };
            let (href, line) = (format!("/moderation/messages/{}", m.id), first_line(&m.text));
            items.push(Item { href, line, lang, about, when: self.page.ago(&r.at), at: r.at, hot: false });
        }
        self.add("reports", "desk-reports", count, Some("/moderation"), items);

        let mut scopes = places(self.cx, MODERATE);
        scopes.extend(places(self.cx, DECIDE_APPEALS));
        scopes.sort_unstable();
        scopes.dedup();
        let mut rows = moderation::to_second(self.cx.db(), &scopes, self.me, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for d in rows {
            let about = format!("{} · {}", self.page.word(d.action_word()), d.ground);
            let about = self.names.about(self.cx, d.agency_id, about).await?;
            let (href, line) = (format!("/moderation/decisions/{}", d.id), first_line(&d.snapshot));
            let lang = self.page.lang_of(&line);
            items.push(Item {
                href,
                line,
                lang,
                about,
                when: self.page.ago(&d.decided_at),
                at: d.decided_at,
                hot: false,
            });
        }
        self.add("seconds", "desk-seconds", count, Some("/moderation"), items);
        self.appeals().await
    }

    async fn appeals(&mut self) -> Result<()> {
        if !self.cx.actor.may_somewhere(DECIDE_APPEALS) {
            return Ok(());
        }
        let scopes = self.cx.actor.scopes(DECIDE_APPEALS);
        let mut rows = moderation::to_hear(self.cx.db(), scopes.as_deref(), self.me, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for a in rows {
            let about = self.names.about(self.cx, a.agency_id, String::new()).await?;
            let (href, line) = (format!("/moderation/decisions/{}", a.decision_id), first_line(&a.text));
            let lang = self.page.lang_of(&line);
            let when = self.page.ts("desk-answer-by", "when", self.page.ago(&a.answer_by));
            let hot = a.answer_by < self.cx.now() + DAY;
            items.push(Item { href, line, lang, about, when, at: a.answer_by, hot });
        }
        self.add("appeals", "desk-appeals", count, Some("/moderation"), items);
        Ok(())
    }

    async fn drafts(&mut self) -> Result<()> {
        if !self.cx.actor.may_somewhere(DRAFT_POSTS) {
            return Ok(());
        }
        let mut rows = posts::mine(self.cx.db(), self.me, MOST).await?;
        rows.truncate(MOST as usize);
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for p in &rows {
            let mut item = self.post(p, self.page.word(p.state().word()), p.updated_at).await?;
            item.hot = p.state() == posts::State::Rejected;
            items.push(item);
        }
        self.add("drafts", "desk-drafts", count, Some("/posts"), items);
        Ok(())
    }

    async fn machine(&mut self) -> Result<()> {
        if !self.cx.actor.may_somewhere(MANAGE_SYSTEM) {
            return Ok(());
        }
        let mut rows = jobs::failed(self.cx.db()).await?;
        let count = cut(self.page, &mut rows);
        let item = |j: jobs::JobRow| Item {
            href: "/health".into(),
            line: j.kind,
            lang: "en",
            about: first_line(&j.last_error),
            when: self.page.ago(&j.queued_at),
            at: j.queued_at,
            hot: true,
        };
        let items = rows.into_iter().map(item).collect();
        self.add("jobs", "desk-jobs", count, Some("/health"), items);
        Ok(())
    }
}

/// Everything that waits for whoever asks, most pressing first.
pub async fn for_me(cx: &Ctx, page: &Page) -> Result<Vec<Section>> {
    let mut desk = Desk { cx, page, me: cx.actor.person()?, names: Names::new(cx), all: vec![] };
    desk.frozen().await?;
    desk.away().await?;
    desk.deliveries().await?;
    desk.messages().await?;
    desk.approvals().await?;
    desk.by_hand().await?;
    desk.outside().await?;
    desk.answers().await?;
    desk.moderation().await?;
    desk.drafts().await?;
    desk.edition().await?;
    desk.registers().await?;
    desk.roles().await?;
    desk.asked().await?;
    desk.platforms().await?;
    desk.accounts().await?;
    desk.machine().await?;
    Ok(desk.all)
}

/// What goes out next, without anybody doing anything.
pub async fn next_out(cx: &Ctx, page: &Page) -> Result<Vec<Item>> {
    let mut desk = Desk { cx, page, me: cx.actor.person()?, names: Names::new(cx), all: vec![] };
    let rows = posts::due(cx.db(), &places(cx, SEE_DESK), cx.now(), cx.now() + 60 * DAY, 50).await?;
    let mut items = vec![];
    for p in rows.iter().filter(|p| p.state() == posts::State::Approved).take(SHOWN) {
        let at = p.due_at.unwrap_or_default();
        items.push(desk.post(p, page.date_time(&at), at).await?);
    }
    Ok(items)
}
