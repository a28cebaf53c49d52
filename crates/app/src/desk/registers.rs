//! What waits in the registers: accounts, plans, platforms, roles.
use super::waiting::{Desk, Item, MOST, cut, places};
use crate::people::roles::{APPROVE_ACCOUNTS, APPROVE_PLANS, OVERSEE, REQUEST_ACCOUNTS, SEE_DESK};
use crate::posts::first_line;
use crate::{accounts, agencies, compliance, people, plans, platforms, policy};
use ground::Result;

impl Desk<'_> {
    /// A new edition of the policy, for as long as it is news.
    pub(super) async fn edition(&mut self) -> Result<()> {
        if !(self.cx.actor.may_somewhere(SEE_DESK) || self.cx.actor.may_everywhere(OVERSEE)) {
            return Ok(());
        }
        let Some((edition, at)) = policy::news(self.cx).await? else { return Ok(()) };
        let (lang, when) = (self.cx.lang.code(), self.page.ago(&at));
        let line = self.page.ts("desk-edition-line", "edition", edition.as_str());
        let href = format!("/policy/editions/{edition}");
        let item = Item { href, line, lang, about: String::new(), when, at, hot: false };
        self.add("edition", "desk-edition", self.page.num(1), None, vec![item]);
        Ok(())
    }

    /// What the lead is asked to say of how the policy is kept.
    pub(super) async fn asked(&mut self) -> Result<()> {
        let mut rows = compliance::asked_of_leads(self.cx).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for w in rows {
            let href = format!("/compliance/agencies/{}#asked", w.agency.code);
            let (line, lang) = (self.page.tn("desk-asked-line", w.open + w.lapsed), self.cx.lang.code());
            let about = if w.lapsed > 0 { self.page.tn("desk-asked-lapsed", w.lapsed) } else { String::new() };
            let about = self.names.about(self.cx, w.agency.id, about).await?;
            let at = w.since.unwrap_or(self.cx.now());
            let when = if w.since.is_some() { self.page.ago(&at) } else { self.page.date(&at) };
            items.push(Item { href, line, lang, about, when, at, hot: w.lapsed > 0 });
        }
        self.add("asked", "desk-asked", count, Some("/compliance"), items);
        Ok(())
    }

    pub(super) async fn registers(&mut self) -> Result<()> {
        let db = self.cx.db();
        let mut asked = accounts::in_state(db, &places(self.cx, APPROVE_ACCOUNTS), "requested", MOST).await?;
        asked.retain(|a| a.requested_by != self.me);
        let mut open = accounts::in_state(db, &places(self.cx, REQUEST_ACCOUNTS), "approved", MOST).await?;
        let sections = [("accounts", "desk-accounts", &mut asked), ("connections", "desk-connections", &mut open)];
        for (id, key, rows) in sections {
            let count = cut(self.page, rows);
            let mut items = vec![];
            for a in rows {
                let about = self.names.about(self.cx, a.agency_id, String::new()).await?;
                let (href, line, at) = (format!("/accounts/{}", a.id), a.label(self.cx), a.requested_at);
                items.push(Item { href, line, lang: "en", about, when: self.page.ago(&at), at, hot: false });
            }
            self.add(id, key, count, Some("/accounts"), items);
        }
        let mut rows = plans::to_decide(db, &places(self.cx, APPROVE_PLANS), self.me, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for p in rows {
            let about = self.names.about(self.cx, p.agency_id, String::new()).await?;
            let (href, at, lang) = (format!("/plans/{}", p.id), p.updated_at, self.page.lang_of(&p.title));
            items.push(Item { href, line: p.title, lang, about, when: self.page.ago(&at), at, hot: false });
        }
        self.add("plans", "desk-plans", count, Some("/plans"), items);
        self.carried_out().await
    }

    /// What I have to do for a plan, and plans that end or were not looked back on.
    async fn carried_out(&mut self) -> Result<()> {
        let mut rows = plans::due_actions(self.cx, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for a in rows {
            let (hot, lang) = (a.late(self.cx.now()), self.page.lang_of(&a.text));
            let about = self.names.about(self.cx, a.agency_id, self.page.word("desk-plan-action")).await?;
            let (href, at) = (format!("/plans/actions/{}", a.id), a.day());
            items.push(Item { href, line: a.text, lang, about, when: self.page.ago(&at), at, hot });
        }
        self.add("plan-actions", "desk-plan-actions", count, Some("/plans"), items);
        let (soon, unmeasured) = plans::ending(self.cx, &places(self.cx, APPROVE_PLANS)).await?;
        let ends = soon.into_iter().map(|p| {
            let over = p.over(self.cx.now());
            let word = if over { "desk-plan-over" } else { "desk-plan-ends" };
            (format!("/plans/new?agency={}", p.agency_id), p.title, p.agency_id, word, p.ends_at, over)
        });
        let back = unmeasured.into_iter().map(|p| {
            let href = format!("/plans/{}/evaluation", p.id);
            (href, p.title, p.agency_id, "desk-plan-unmeasured", p.ends_at, false)
        });
        let mut rows: Vec<_> = ends.chain(back).collect();
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for (href, line, agency, word, at, hot) in rows {
            let about = self.names.about(self.cx, agency, self.page.word(word)).await?;
            let (when, lang) = (self.page.ago(&at), self.page.lang_of(&line));
            items.push(Item { href, line, lang, about, when, at, hot });
        }
        self.add("plans-ending", "desk-plans-ending", count, Some("/plans"), items);
        Ok(())
    }

    /// Reviews to decide, changed terms to look at, and reviews whose day has come or is near.
    pub(super) async fn platforms(&mut self) -> Result<()> {
        let mut rows = vec![];
        for r in platforms::waiting(self.cx).await? {
            let (word, href) = ("desk-platform-decide", format!("/desk/platform-reviews/{}", r.id));
            rows.push((href, r.platform, r.agency_id, word, r.written_at, false));
        }
        for t in platforms::changed_terms(self.cx).await? {
            let (word, href) = ("desk-platform-terms", format!("/desk/platform-terms/{}", t.id));
            rows.push((href, t.platform, platforms::NATION, word, t.recorded_at, false));
        }
        for r in platforms::ending(self.cx).await? {
            let expired = !r.state_at(self.cx.now()).open();
            let word = if expired { "desk-platform-expired" } else { "desk-platform-due" };
            let (href, at) = (format!("/desk/platforms/{}", r.platform), r.review_at.unwrap_or(r.written_at));
            rows.push((href, r.platform, r.agency_id, word, at, expired));
        }
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for (href, platform, agency, word, at, hot) in rows {
            let about = self.page.word(word);
            let about =
                if agency == platforms::NATION { about } else { self.names.about(self.cx, agency, about).await? };
            let line = accounts::platform_name(self.cx, &platform);
            items.push(Item { href, line, lang: "en", about, when: self.page.ago(&at), at, hot });
        }
        self.add("platforms", "desk-platforms", count, Some("/desk/platforms"), items);
        Ok(())
    }

    /// Accounts that want something, and reports of impostors.
    pub(super) async fn accounts(&mut self) -> Result<()> {
        let mut rows = accounts::wanting(self.cx, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for w in rows {
            let about = self.names.about(self.cx, w.account.agency_id, self.page.word(w.word)).await?;
            let (href, line, when) =
                (format!("/accounts/{}", w.account.id), w.account.label(self.cx), self.page.ago(&w.at));
            items.push(Item { href, line, lang: "en", about, when, at: w.at, hot: w.hot });
        }
        self.add("wanting", "desk-wanting", count, Some("/accounts"), items);
        let mut rows = accounts::open_reports(self.cx, MOST).await?;
        let count = cut(self.page, &mut rows);
        let item = |r: accounts::Report| Item {
            href: format!("/desk/impostors/{}", r.id),
            about: first_line(&r.claims),
            when: self.page.ago(&r.reported_at),
            at: r.reported_at,
            line: r.url,
            lang: "en",
            hot: false,
        };
        let items = rows.into_iter().map(item).collect();
        self.add("impostors", "desk-impostors", count, Some("/desk/impostors"), items);
        Ok(())
    }

    pub(super) async fn roles(&mut self) -> Result<()> {
        let mut rows = people::waiting_for(self.cx, MOST).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for r in rows {
            let what = self.page.word(r.what);
            let about = match r.agency {
                Some(agency) => self.names.about(self.cx, agency, what).await?,
                None => what,
            };
            let (when, lang) = (self.page.ago(&r.at), self.page.lang_of(&r.line));
            items.push(Item { href: r.href, line: r.line, lang, about, when, at: r.at, hot: r.hot });
        }
        self.add("roles", "desk-roles", count, Some("/roles"), items);
        let mut rows = people::vacancies(self.cx).await?;
        let count = cut(self.page, &mut rows);
        let mut items = vec![];
        for (agency, since) in rows {
            let line = agencies::name(self.cx.db(), agency, self.cx.lang).await.unwrap_or_else(|_| agency.to_string());
            let (href, lang) = (format!("/team?agency={agency}"), self.page.lang_of(&line));
            let about = self.page.word("desk-no-lead");
            items.push(Item { href, line, lang, about, when: self.page.ago(&since), at: since, hot: true });
        }
        self.add("vacancies", "desk-vacancies", count, None, items);
        Ok(())
    }
}
