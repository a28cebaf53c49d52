//! What a template gets as `page`: words, dates, navigation, what was wrong with the form.
//!
//! A page is an askama struct with a field `page: Page`, whose template extends `shell/pages/desk.html` (officers),
//! `shell/pages/public.html` (everybody, no JavaScript) or `shell/pages/plain.html` (sign-in). A form goes like this:
//!
//! ```ignore
//! match actions::add(&cx, &new).await {
//!     Ok(id) => Ok(see(format!("/things/{id}"))),
//!     Err(e) => Ok(html_again(form_page(&cx, &form, Some(&again(e)?)))),   // what was typed, and every reason
//! }
//! ```
use super::Navigation;
use askama::Template;
use axum::response::{IntoResponse, Response};
use ground::ctx::Who;
use ground::error::Kind;
use ground::slice::{Nav, Needs};
use ground::words;
use ground::{Ctx, Error, Say};

/// One thing wrong with a form: where, what, and the policy clause behind it.
#[derive(Debug, Clone)]
pub struct Wrong {
    pub field: String,
    pub text: String,
    pub clause: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub struct NavLink {
    pub href: &'static str,
    pub text: String,
    pub icon: &'static str,
    pub here: bool,
    few: bool,
}

/// As many as fit beside each other on a telephone.
const NAV_FIRST: usize = 4;
/// The screens of a small body.
const FEW: usize = 5;

#[derive(Clone)]
pub struct Page {
    pub cx: Ctx,
    pub title: String,
    pub nav: Vec<NavLink>,
    pub wrong: Vec<Wrong>,
    /// The sentence above the list of what is wrong.
    pub wrong_say: String,
    /// Ways on from what is wrong: address and words.
    pub ways: Vec<(String, String)>,
}

impl Page {
    /// `title` is a word key.
    pub fn new(cx: &Ctx, title: &str) -> Page {
        Page::titled(cx, cx.words().t(cx.lang, title))
    }
    pub fn titled(cx: &Ctx, title: String) -> Page {
        Page { title, nav: navigation(cx), wrong: vec![], wrong_say: String::new(), ways: vec![], cx: cx.clone() }
    }
    /// A page of the public site: its layout has no navigation of the desk.
    pub fn public(cx: &Ctx, title: String) -> Page {
        Page { title, nav: vec![], wrong: vec![], wrong_say: String::new(), ways: vec![], cx: cx.clone() }
    }
    /// Adds what was wrong with the form, if anything was.
    pub fn with(mut self, error: Option<&Error>) -> Page {
        let Some(error) = error else { return self };
        let say = |say: &Say| self.cx.words().say(self.cx.lang, say);
        self.wrong_say = say(&error.say);
        let fields = error.fields().iter().map(|f| Wrong { field: f.field.clone(), text: say(&f.say), clause: None });
        let refusals = error.refusals().iter();
        let refusals =
            refusals.map(|r| Wrong { field: r.field.unwrap_or("").into(), text: say(&r.say), clause: r.clause });
        self.ways = error.next.iter().map(|l| (l.href.clone(), say(&l.say))).collect();
        self.wrong = fields.chain(refusals).collect();
        self
    }
    /// Where a form stands on a page more than once, or beside one with fields of the same name: the ids of its fields end so.
    pub fn ending(mut self, end: &str) -> Page {
        for wrong in self.wrong.iter_mut().filter(|w| !w.field.is_empty()) {
            wrong.field.push_str(end);
        }
        self
    }
    /// The words of a key that stand by themselves, without a copy: pages are full of them.
    pub fn t<'w>(&'w self, key: &'w str) -> &'w str {
        self.cx.words().fixed(self.cx.lang, key)
    }
    /// The same, to keep.
    pub fn word(&self, key: &str) -> String {
        self.t(key).to_owned()
    }
    pub fn tn(&self, key: &'static str, n: impl Count) -> String {
        self.say(&Say::new(key).arg("n", n.count()))
    }
    pub fn ts(&self, key: &'static str, name: &'static str, value: impl AsRef<str>) -> String {
        self.say(&Say::new(key).arg(name, value.as_ref()))
    }
    pub fn say(&self, say: &Say) -> String {
        self.cx.words().say(self.cx.lang, say)
    }
    pub fn lang(&self) -> &'static str {
        self.cx.lang.code()
    }
    pub fn other_lang(&self) -> &'static str {
        self.cx.lang.other().code()
    }
    /// This page in the other language.
    pub fn other_lang_link(&self) -> String {
        let (path, query) = self.cx.path.split_once('?').unwrap_or((&self.cx.path, ""));
        let kept: Vec<&str> = query.split('&').filter(|p| !p.is_empty() && !p.starts_with("lang=")).collect();
        let lang = format!("lang={}", self.other_lang());
        let query: Vec<&str> = kept.into_iter().chain([lang.as_str()]).collect();
        format!("{path}?{}", query.join("&"))
    }
    pub fn num(&self, n: impl Count) -> String {
        words::number(self.cx.lang, n.count())
    }
    /// How large a file is: whole megabytes, or kilobytes below one.
    pub fn megabytes(&self, bytes: impl Count) -> String {
        let kilobytes = bytes.count() / 1000;
        if kilobytes >= 1000 {
            format!("{} MB", self.num(kilobytes / 1000))
        } else {
            format!("{} kB", self.num(kilobytes))
        }
    }
    pub fn date(&self, us: &i64) -> String {
        words::date(self.cx.lang, *us)
    }
    pub fn month(&self, us: &i64) -> String {
        words::month(self.cx.lang, *us)
    }
    pub fn weekday(&self, us: &i64) -> &'static str {
        words::weekday(self.cx.lang, *us)
    }
    pub fn time(&self, us: &i64) -> String {
        words::time(self.cx.lang, *us)
    }
    pub fn date_time(&self, us: &i64) -> String {
        words::date_time(self.cx.lang, *us)
    }
    pub fn iso(&self, us: &i64) -> String {
        words::iso(*us)
    }
    /// "3 hours ago", "in 2 hours": the largest unit that fits.
    pub fn ago(&self, us: &i64) -> String {
        let past = self.cx.now() - us;
        let minutes = past.abs() / ground::clock::MINUTE;
        let (n, unit) = match minutes {
            0 => return self.word(if past < 0 { "time-soon" } else { "time-now" }),
            1..60 => (minutes, "minutes"),
            60..1440 => (minutes / 60, "hours"),
            _ => (minutes / 1440, "days"),
        };
        let key = match (past >= 0, unit) {
            (true, "minutes") => "time-minutes-ago",
            (true, "hours") => "time-hours-ago",
            (true, _) => "time-days-ago",
            (false, "minutes") => "time-in-minutes",
            (false, "hours") => "time-in-hours",
            (false, _) => "time-in-days",
        };
        self.tn(key, n)
    }
    /// The language of a text by its letters, for the `lang` of what people wrote.
    pub fn lang_of(&self, text: &str) -> &'static str {
        if text.chars().any(|c| ('\u{F00}'..='\u{FFF}').contains(&c)) { "dz" } else { "en" }
    }
    /// Whether it is written in letters of the other language.
    pub fn is_foreign(&self, text: &str) -> bool {
        text.chars().any(char::is_alphabetic) && self.lang_of(text) != self.lang()
    }
    pub fn csrf(&self) -> &str {
        self.cx.csrf()
    }
    pub fn asset(&self, name: &str) -> String {
        format!("/assets/{}/{name}", env!("ASSET_HASH"))
    }
    /// Where the style sheet lies, known when the program is built.
    pub fn style(&self) -> &'static str {
        concat!("/assets/", env!("ASSET_HASH"), "/app.css")
    }
    pub fn signed_in(&self) -> bool {
        matches!(self.cx.actor.who, Who::Person(_))
    }
    pub fn is_citizen(&self) -> bool {
        matches!(self.cx.actor.who, Who::Citizen(_))
    }
    /// Whether the reader holds a right somewhere: what they may not open is not linked.
    pub fn may(&self, right: ground::ctx::Right) -> bool {
        self.cx.actor.may_somewhere(right)
    }
    pub fn who(&self) -> &str {
        &self.cx.actor.name
    }
    /// What is wrong with one field.
    pub fn wrong_with(&self, field: &str) -> Vec<&Wrong> {
        self.wrong.iter().filter(|w| w.field == field).collect()
    }
    pub fn is_wrong(&self, field: &str) -> bool {
        self.wrong.iter().any(|w| w.field == field)
    }
    pub fn has_wrong(&self) -> bool {
        !self.wrong.is_empty() || !self.wrong_say.is_empty()
    }
    /// The lines that a narrow screen always shows; the others open from there.
    pub fn nav_first(&self) -> &[NavLink] {
        self.nav.get(..self.nav_most()).unwrap_or(&self.nav)
    }
    pub fn nav_rest(&self) -> &[NavLink] {
        self.nav.get(self.nav_most()..).unwrap_or_default()
    }
    fn nav_most(&self) -> usize {
        if self.small() { self.nav.iter().filter(|l| l.few).count() } else { NAV_FIRST }
    }
    /// The reader works for a small body: few lines stand in the navigation on every screen, the others behind “More”.
    pub fn small(&self) -> bool {
        self.cx.actor.small
    }
    pub fn in_nav_rest(&self) -> bool {
        self.nav_rest().iter().any(|l| l.here)
    }
    pub fn site_name(&self) -> String {
        self.word("shell-site-name")
    }
}

/// Numbers as templates hold them.
pub trait Count {
    fn count(&self) -> i64;
}
macro_rules! count { ($($ty:ty),*) => { $(
    impl Count for $ty { fn count(&self) -> i64 { i64::try_from(*self).unwrap_or(i64::MAX) } }
)* } }
count!(i64, i32, u32, u64, usize);
impl<T: Count + ?Sized> Count for &T {
    fn count(&self) -> i64 {
        (**self).count()
    }
}

fn navigation(cx: &Ctx) -> Vec<NavLink> {
    let Ok(Navigation(all)) = cx.machine.part::<Navigation>() else { return vec![] };
    let path = cx.path.split('?').next().unwrap_or_default();
    let may = |needs: Needs| match needs {
        Needs::Nothing => true,
        Needs::SignedIn => matches!(cx.actor.who, Who::Person(_)),
        Needs::Citizen => false,
        Needs::May(right) => cx.actor.may_somewhere(right),
    };
    let all: Vec<&Nav> =
        all.iter().filter(|n| may(n.needs) && n.only_where.is_none_or(|there| there(&cx.machine))).collect();
    let few: Vec<&Nav> = all.iter().filter(|n| n.few && cx.actor.small).take(FEW).copied().collect();
    let rest = all.into_iter().filter(|n| !n.few && few.iter().all(|f| f.href != n.href)).collect::<Vec<_>>();
    let shown: Vec<&Nav> = few.into_iter().chain(rest).collect();
    // The longest address that begins this one: /posts/calendar is its own line, not a post.
    let under = |href: &str| path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
    let here = shown.iter().map(|n| n.href).filter(|h| under(h)).max_by_key(|h| h.len());
    shown
        .iter()
        .map(|n| NavLink {
            href: n.href,
            text: cx.words().t(cx.lang, n.word),
            icon: n.icon,
            here: here == Some(n.href),
            few: n.few,
        })
        .collect()
}

/// Whether the form can be shown again with what is wrong; anything else goes on as an error page.
pub fn again(error: Error) -> Result<Error, Error> {
    match error.kind {
        Kind::Invalid(_) | Kind::Refused(_) | Kind::Conflict | Kind::TooMany { .. } => Ok(error),
        _ => Err(error),
    }
}

#[derive(Template)]
#[template(path = "shell/pages/error.html")]
struct ErrorPage<'a> {
    page: Page,
    summary: String,
    next: Vec<(String, String)>,
    request_id: &'a str,
}

/// The page of an error: what happened, why, and the way on.
pub fn error_page(cx: &Ctx, error: &Error) -> Response {
    let key = match error.kind {
        Kind::NotFound => "shell-error-title-not-found",
        Kind::NotAllowed | Kind::SignIn => "shell-error-title-not-allowed",
        Kind::Fault | Kind::Unavailable => "shell-error-title-fault",
        _ => "shell-error-title-refused",
    };
    let page = Page::new(cx, key).with(Some(error));
    let next = error.next.iter().map(|l| (l.href.clone(), page.say(&l.say))).collect();
    let summary = page.say(&error.say);
    let body = ErrorPage { page, summary, next, request_id: &cx.request_id }.render();
    let status = Error::new(kind_of(error), Say::new("")).into_response().status();
    match body {
        Ok(text) => (status, ground::http::html(text)).into_response(),
        Err(e) => {
            tracing::error!(%e, "the error page could not be made");
            status.into_response()
        }
    }
}

fn kind_of(error: &Error) -> Kind {
    match &error.kind {
        Kind::NotFound => Kind::NotFound,
        Kind::Refused(_) | Kind::Conflict => Kind::Conflict,
        Kind::Invalid(_) => Kind::Invalid(vec![]),
        Kind::Malformed => Kind::Malformed,
        Kind::NotAllowed => Kind::NotAllowed,
        Kind::SignIn => Kind::SignIn,
        Kind::TooMany { retry_after_s } => Kind::TooMany { retry_after_s: *retry_after_s },
        Kind::TooLarge => Kind::TooLarge,
        Kind::TooSlow => Kind::TooSlow,
        Kind::WrongMethod => Kind::WrongMethod,
        Kind::WrongType => Kind::WrongType,
        Kind::Unavailable => Kind::Unavailable,
        Kind::Fault => Kind::Fault,
    }
}
