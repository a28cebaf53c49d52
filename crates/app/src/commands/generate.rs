//! `drelwa generate POSTS MESSAGES`: years of made-up history, written past the rules in bulk, so that lists can be
//! measured at their real size. Only into the folder of a demonstration, where nothing can be spoilt.
mod chance;

use super::demo::CAST_FILE;
use crate::accounts::{self, Account, SITE};
use crate::inbox::{self, AnswerSent, Message, MessageReceived};
use crate::ledger::History;
use crate::moderation::{self, Decision, Report};
use crate::posts::{self, PostApproved, PostDrafted, PostSubmitted, State};
use crate::publishing::{self, DeliverySent};
use crate::{agencies, assembly};
use chance::{Chance, DZ, Words};
use ground::clock::{Clock, DAY, HOUR, MINUTE};
use ground::config::Config;
use ground::db::Db;
use ground::{Ctx, Result, search};
use std::sync::Arc;

pub const DEFAULTS: &[(&str, &str)] = &[("data", "./drelwa-demo"), ("allow-loopback", "true"), ("log", "error")];

/// Rows of one transaction are made of so many posts or messages: many, because each transaction writes every page it
/// touches, and the indexes of all agencies are touched by a few hundred rows.
const AT_ONCE: usize = 5000;
/// History reaches back so far.
const SPAN: i64 = 3 * 365 * DAY;
/// One message in so many is about the one post everybody speaks of.
const POPULAR: usize = 2000;

#[derive(Clone, Copy)]
struct Place {
    agency: i64,
    site: i64,
    practice: i64,
}

struct Maker {
    cx: Ctx,
    places: Vec<Place>,
    chance: Chance,
    words: Words,
    from: i64,
    posts: usize,
    messages: usize,
}

pub async fn generate(config: Config, rest: Vec<String>) -> std::result::Result<(), String> {
    let wrong = "drelwa generate POSTS MESSAGES, such as 10000 100000";
    let [posts, messages] = rest.as_slice() else { return Err(wrong.into()) };
    let number = |text: &String| text.parse::<usize>().map_err(|_| wrong.to_owned());
    let (posts, messages) = (number(posts)?.max(1), number(messages)?);
    if !config.data.join(CAST_FILE).exists() {
        return Err(format!("{} holds no demonstration; `drelwa demo` makes one", config.data.display()));
    }
    let all = assembly::assembled()?;
    let db = Db::open_to_fill(&config.database).await.map_err(|e| e.to_string())?;
    db.migrate(&all.migrations).await.map_err(|e| e.to_string())?;
    let cx = Ctx::system(Arc::new(assembly::put_together(config, db, Clock::system(), &all)?));
    let from = cx.now() - SPAN;
    let (chance, words) = (Chance::new(0x2545_F491_4F6C_DD1D), Words::all());
    let mut maker = Maker { cx, places: vec![], chance, words, from, posts, messages };
    maker.run().await.map_err(|e| e.to_string())?;
    maker.cx.db().close().await;
    Ok(())
}

/// An id of that moment, as the program would have given it; up to 4,000 follow it.
fn id_at(at: i64, n: i64) -> i64 {
    const EPOCH: i64 = 1_577_836_800_000_000;
    (((at - EPOCH) / 1000) << 21) | (n << 3)
}

impl Maker {
    async fn run(&mut self) -> Result<()> {
        self.accounts().await?;
        for first in (0..self.posts).step_by(AT_ONCE) {
            self.some_posts(first).await?;
            if first % 100_000 == 0 && first > 0 {
                println!("{first} posts");
            }
        }
        for first in (0..self.messages).step_by(AT_ONCE) {
            self.some_messages(first).await?;
            if first % 1_000_000 == 0 && first > 0 {
                println!("{first} messages");
            }
        }
        println!("{} posts and {} messages", self.posts, self.messages);
        Ok(())
    }

    /// Every agency speaks on its site and on the practice network; those of the demonstration keep what they have.
    async fn accounts(&mut self) -> Result<()> {
        let mut new = vec![];
        for (n, agency) in agencies::everyone(self.cx.db()).await?.into_iter().filter(|a| a.current).enumerate() {
            let live = accounts::live_of(self.cx.db(), agency.id).await?;
            let mut place = Place { agency: agency.id, site: 0, practice: 0 };
            // The agency whose people look at the pages is the one that has most: it speaks on the practice network already.
            let at = if live.iter().any(|a| a.platform == "simulator") { 0 } else { self.places.len() };
            for (platform, account) in [(SITE, &mut place.site), ("simulator", &mut place.practice)] {
                let known = live.iter().find(|a| a.platform == platform).map(|a| a.id);
                *account = known.unwrap_or_else(|| id_at(self.from - DAY, 2 * n as i64 + i64::from(platform == SITE)));
                if known.is_none() {
                    new.push(account_of(agency.id, *account, platform, &agency.code, self.from - DAY));
                }
            }
            self.places.insert(at, place);
        }
        let tx = self.cx.begin("generate.accounts").await?;
        tx.in_bulk().await?;
        accounts::fill::accounts(&tx, &new).await?;
        Ok(self.cx.commit(tx).await?)
    }

    fn post_at(&self, n: usize) -> i64 {
        self.from + n as i64 * ((SPAN - 2 * DAY) / self.posts as i64)
    }

    fn post_id(&self, n: usize) -> i64 {
        id_at(self.post_at(n), (n % 8) as i64 * 8)
    }

    /// Which agency a post is of, the same at every call. The first gets more than others, in the same proportion at every
    /// size.
    fn place_of(&self, n: usize) -> Place {
        let mut chance = Chance::new((n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        chance.below(7);
        if n.is_multiple_of(20) { self.places[0] } else { self.places[chance.below(self.places.len())] }
    }

    fn text(&mut self, n: usize) -> (String, String) {
        let (a, b, c) = (self.chance.word(&self.words), self.chance.word(&self.words), self.chance.word(&self.words));
        let en = format!(
            "Notice {n}: the {a} office opens on Monday. For the {b}, bring your card; about the {c} ask at the front desk."
        );
        let dz = format!("གསལ་བསྒྲགས་ {}{}", DZ[self.chance.below(DZ.len())], DZ[self.chance.below(DZ.len())]);
        (en, dz)
    }

    fn state(n: usize) -> State {
        match n % 200 {
            7 | 107 => State::Draft,
            33 => State::Submitted,
            66 => State::Rejected,
            99 | 150 | 180 | 190 => State::Withdrawn,
            _ => State::Approved,
        }
    }

    async fn some_posts(&mut self, first: usize) -> Result<()> {
        let (mut all, mut sent, mut facts) = (vec![], vec![], History::default());
        for n in first..(first + AT_ONCE).min(self.posts) {
            let (at, id, place) = (self.post_at(n), self.post_id(n), self.place_of(n));
            let (text_en, text_dz) = self.text(n);
            let accounts = vec![place.site.min(place.practice), place.site.max(place.practice)];
            let (state, content_hash) = (Maker::state(n), String::new());
            let p = posts::fill::Filled {
                id,
                agency: place.agency,
                state,
                text_en,
                text_dz,
                accounts,
                author: 1,
                approver: 2,
                at,
                content_hash,
            };
            let p = p.hashed();
            let (agency, version, content_hash) = (place.agency, 1, p.content_hash.clone());
            facts.add(
                &self.cx,
                id + 1,
                at,
                &PostDrafted { post: id, agency, version, content_hash, written_at: at, author: None },
            )?;
            if p.state != State::Draft {
                let content_hash = p.content_hash.clone();
                let fact = PostSubmitted { post: id, agency, version, content_hash };
                facts.add(&self.cx, id + 2, at + 10 * MINUTE, &fact)?;
            }
            if p.is_released() {
                let (due, content_hash) = (at + 20 * MINUTE, p.content_hash.clone());
                let fact =
                    PostApproved { post: id, agency, version, content_hash, at: due, correction: false, urgent: None };
                facts.add(&self.cx, id + 3, due, &fact)?;
                for (k, account, platform) in [(4, place.site, SITE), (5, place.practice, "simulator")] {
                    let (down, platform) = (p.state == State::Withdrawn, platform.to_owned());
                    let d = publishing::fill::Filled { id: id + k, post: id, agency, account, platform, at: due, down };
                    let (about, remote_id, url) = (format!("post:{id}"), d.remote_id(), d.url());
                    let fact = DeliverySent {
                        delivery: d.id,
                        about,
                        post: id,
                        agency,
                        account,
                        version,
                        remote_id,
                        url,
                        part: None,
                    };
                    facts.add(&self.cx, id + k + 2, due, &fact)?;
                    sent.push(d);
                }
            }
            all.push(p);
        }
        let tx = self.cx.begin("generate.posts").await?;
        posts::fill::posts(&tx, &all).await?;
        publishing::fill::deliveries(&tx, &sent).await?;
        facts.keep(&tx).await?;
        let texts: Vec<String> = all.iter().map(|p| format!("{}\n{}", p.text_en, p.text_dz)).collect();
        let doc = |(p, text), public| {
            let p: &posts::fill::Filled = p;
            let text: &String = text;
            search::Doc { kind: if public { "public-post" } else { "post" }, id: p.id, scope: p.agency, public, text }
        };
        let desk = all.iter().zip(&texts).map(|p| doc(p, false));
        let out = all.iter().zip(&texts).filter(|(p, _)| p.state == State::Approved).map(|p| doc(p, true));
        search::add_many(&tx, self.cx.db().engine(), &desk.chain(out).collect::<Vec<_>>()).await?;
        Ok(self.cx.commit(tx).await?)
    }

    fn message(&mut self, n: usize) -> Message {
        // Newer posts are spoken of more, and one above all.
        let age = self.chance.below(self.posts).min(self.chance.below(self.posts));
        let about = if n.is_multiple_of(POPULAR) { self.posts - 1 - self.posts % 20 } else { self.posts - 1 - age };
        let place = self.place_of(about);
        let at = self.from + DAY + n as i64 * ((SPAN - 2 * DAY) / self.messages as i64);
        let id = id_at(at, 2048 + (n % 32) as i64 * 8);
        let on_site = n.is_multiple_of(2);
        let (state, hidden) =
            (["open", "answered", "closed"][[2, 1, 1, 2][n % 4] * usize::from(!n.is_multiple_of(33))], n % 100 == 9);
        let text = format!(
            "When does the {} open, and what of the {}? I asked on {n}.",
            self.chance.word(&self.words),
            self.chance.word(&self.words)
        );
        Message {
            id,
            agency_id: place.agency,
            account_id: if on_site { place.site } else { place.practice },
            platform: if on_site { SITE.into() } else { "simulator".into() },
            remote_id: format!("g{n}"),
            post_id: Some(self.post_id(about)),
            parent_id: None,
            citizen_id: on_site.then_some(1),
            author_id: format!("citizen:{}", n % 5000),
            author_name: format!("Citizen {}", n % 5000),
            author_url: String::new(),
            text,
            lang: "en".into(),
            url: String::new(),
            state: state.into(),
            visibility: if hidden { "hide".into() } else { "shown".into() },
            written_at: at,
            received_at: at,
            answered_at: (state == "answered").then_some(at + HOUR),
            closed_reason: if state == "closed" { "Thanks, nothing to answer".into() } else { String::new() },
            edited_at: None,
            deleted_at: None,
            version: 2,
        }
    }

    async fn some_messages(&mut self, first: usize) -> Result<()> {
        let (mut all, mut answers, mut reports, mut decisions) = (vec![], vec![], vec![], vec![]);
        let mut facts = History::default();
        for n in first..(first + AT_ONCE).min(self.messages) {
            let m = self.message(n);
            let (id, agency, account) = (m.id, m.agency_id, m.account_id);
            let text_hash = ground::crypto::sha256_hex(m.text.as_bytes());
            let fact = MessageReceived { message: id, agency, account, post: m.post_id, text_hash };
            facts.add(&self.cx, id + 1, m.received_at, &fact)?;
            if let Some(at) = m.answered_at {
                answers.push(answer(&m, at));
                let fact = AnswerSent { answer: id + 2, message: id, agency, after_us: HOUR };
                facts.add(&self.cx, id + 3, at, &fact)?;
            }
            if n % 500 == 1 {
                let (reason, state) = ("It is rude".to_owned(), if n % 1000 == 1 { "open" } else { "settled" });
                let (id, at) = (id + 4, m.received_at);
                reports.push(Report {
                    id,
                    message_id: m.id,
                    agency_id: agency,
                    citizen_id: 2,
                    reason,
                    state: state.into(),
                    at,
                });
            }
            if m.visibility == "hide" {
                decisions.push(decision(&m, if n % 1000 == 9 { "proposed" } else { "final" }));
            }
            all.push(m);
        }
        let tx = self.cx.begin("generate.messages").await?;
        inbox::fill::messages(&tx, &all).await?;
        inbox::fill::answers(&tx, &answers).await?;
        moderation::fill::reports(&tx, &reports).await?;
        moderation::fill::decisions(&tx, &decisions).await?;
        facts.keep(&tx).await?;
        let doc = |m: &'static str, x: &'_ Message| (m, x.id, x.agency_id);
        let docs: Vec<search::Doc<'_>> = all
            .iter()
            .map(|m| {
                let (kind, id, scope) = doc("message", m);
                search::Doc { kind, id, scope, public: false, text: &m.text }
            })
            .collect();
        search::add_many(&tx, self.cx.db().engine(), &docs).await?;
        Ok(self.cx.commit(tx).await?)
    }
}

fn account_of(agency: i64, id: i64, platform: &str, code: &str, at: i64) -> Account {
    let site = platform == SITE;
    let url = if site { String::new() } else { format!("https://practice.example/@g-{code}") };
    Account {
        id,
        agency_id: agency,
        platform: platform.into(),
        handle: format!("g-{code}"),
        known_as: url.trim_start_matches("https://").to_lowercase(),
        url,
        base_url: "http://practice.example".into(),
        remote_id: String::new(),
        state: "live".into(),
        plan_id: 0,
        requested_by: 1,
        requested_at: at,
        live_since: Some(at),
        closed_at: None,
        version: 1,
    }
}

fn answer(m: &Message, at: i64) -> inbox::Answer {
    inbox::Answer {
        id: m.id + 2,
        message_id: m.id,
        agency_id: m.agency_id,
        text: "It opens on Monday at nine. The desk will help you.".into(),
        lang: "en".into(),
        content_hash: String::new(),
        state: "sent".into(),
        author_id: 1,
        decided_by: Some(2),
        decided_at: Some(at),
        reason: String::new(),
        url: String::new(),
        remote_id: String::new(),
        created_at: at,
        sent_at: Some(at),
    }
}

fn decision(m: &Message, state: &str) -> Decision {
    Decision {
        id: m.id + 5,
        message_id: m.id,
        agency_id: m.agency_id,
        author: m.author_id.clone(),
        action: "hide".into(),
        ground: "hate".into(),
        reason: "It insults a group of people".into(),
        snapshot: m.text.clone(),
        snapshot_hash: ground::crypto::sha256_hex(m.text.as_bytes()),
        state: state.into(),
        decided_by: 1,
        decided_at: m.received_at + HOUR,
        second_by: None,
        second_at: None,
        second_reason: String::new(),
        appeal_by: m.received_at + 14 * DAY,
        on_platform: String::new(),
        version: 1,
    }
}
