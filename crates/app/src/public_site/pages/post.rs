//! One post: what was said, when and by whom, what was corrected, where else it stands, and what people answered.
use super::card::choose;
use super::talk::{self, Comment, Talk};
use crate::accounts;
use crate::policy::Pack;
use crate::public_site::store::{self, ElsewhereRow, PictureRow, PostRow, RecordingRow, ReleaseRow, Whole};
use crate::public_site::text::{Change, Part, beginning, changes, parts};
use crate::shell::Page;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ground::ctx::Who;
use ground::http::{Id, Query, Seen, html_unless_seen};
use ground::words::Lang;
use ground::{Ctx, Error, Result};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Conversations begun after this comment.
    after: Option<String>,
    /// This one conversation only.
    talk: Option<String>,
}

/// The text in one language.
struct Text<'a> {
    lang: &'static str,
    parts: Vec<Part<'a>>,
}

/// What one correction changed.
struct Correction<'a> {
    at: i64,
    note: &'a str,
    texts: Vec<Changed<'a>>,
}

struct Changed<'a> {
    lang: &'static str,
    before: &'a str,
    /// Empty where the texts are too long to compare.
    changes: Vec<Change>,
}

#[derive(Template)]
#[template(path = "public_site/pages/post.html")]
struct PostPage<'a> {
    page: Page,
    base: &'a str,
    post: &'a PostRow,
    about: String,
    out: bool,
    texts: Vec<Text<'a>>,
    pictures: &'a [PictureRow],
    recording: Option<&'a RecordingRow>,
    corrections: Vec<Correction<'a>>,
    elsewhere: Vec<(&'a str, &'a ElsewhereRow)>,
    talk: Talk<'a>,
    later: bool,
}

impl PostPage<'_> {
    fn agency(&self) -> (&str, &'static str) {
        choose(self.page.cx.lang, &self.post.name_en, &self.post.name_dz)
    }
    fn alt<'p>(&self, p: &'p PictureRow) -> (&'p str, &'static str) {
        choose(self.page.cx.lang, &p.alt_en, &p.alt_dz)
    }
    /// A decision hides a comment for everybody; its words are not even read from the database.
    fn covered(&self, c: &Comment<'_>) -> Option<&'static str> {
        Some(match c.c.visibility.as_str() {
            "hide" => "public_site-comment-hidden",
            "mask" => "public_site-comment-masked",
            "withdrawn" => "public_site-comment-withdrawn",
            _ => return None,
        })
    }
}

fn texts(lang: Lang, post: &PostRow) -> Vec<Text<'_>> {
    let both = [("en", post.text_en.as_str()), ("dz", post.text_dz.as_str())];
    let ordered = if lang == Lang::En { both } else { [both[1], both[0]] };
    ordered.into_iter().filter(|t| !t.1.is_empty()).map(|(lang, t)| Text { lang, parts: parts(t) }).collect()
}

fn corrections<'a>(lang: Lang, releases: &'a [ReleaseRow]) -> Vec<Correction<'a>> {
    let changed = |lang, old: &'a str, new: &'a str| {
        (old != new).then(|| Changed { lang, before: old, changes: changes(old, new).unwrap_or_default() })
    };
    let one = |pair: &'a [ReleaseRow]| {
        let [old, new] = pair else { return None };
        let mut texts = [changed("en", &old.text_en, &new.text_en), changed("dz", &old.text_dz, &new.text_dz)];
        if lang == Lang::Dz {
            texts.reverse();
        }
        Some(Correction { at: new.at, note: &new.note, texts: texts.into_iter().flatten().collect() })
    };
    releases.windows(2).rev().filter_map(one).collect()
}

fn wanted(asked: &Asked) -> store::Talk {
    let id = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<i64>().ok()).filter(|n| *n > 0);
    let after = id(&asked.after).unwrap_or(0);
    match id(&asked.talk) {
        Some(root) => store::Talk { after: root - 1, conversations: 1, written_after: after, most: talk::MOST + 1 },
        None => store::Talk { after, conversations: talk::CONVERSATIONS + 1, written_after: 0, most: talk::MOST + 1 },
    }
}

pub async fn show(cx: Ctx, Id(id): Id, Query(asked): Query<Asked>, seen: Seen) -> Result<Response> {
    let talk = wanted(&asked);
    let whole = store::post(cx.db(), id, talk).await?.ok_or_else(Error::not_found)?;
    let text = render(&cx, &whole, talk)?;
    Ok(match whole.post.state.as_str() {
        "out" => html_unless_seen(&cx, &seen, text),
        // It was here and will not come back: programs drop it, people read why.
        _ => (StatusCode::GONE, ground::http::html(text)).into_response(),
    })
}

fn render(cx: &Ctx, whole: &Whole, talk: store::Talk) -> Result<String> {
    let pack = cx.machine.part::<Pack>()?;
    let lang = cx.lang;
    let post = &whole.post;
    let out = post.state == "out";
    let about = beginning(choose(lang, &post.text_en, &post.text_dz).0, 160);
    let title = if out { beginning(&about, 70) } else { cx.words().t(lang, "public_site-withdrawn-title") };
    let name = |p: &'_ ElsewhereRow| pack.platforms().find(&p.platform).map_or("", |p| p.name.as_str());
    let links = whole.elsewhere.iter().filter(|e| accounts::counts(cx, &e.platform));
    let links = links.filter(|e| e.url.starts_with("https://") || e.url.starts_with("http://"));
    let ground = |id: &str| pack.grounds().find(id).map_or("", |g| g.title.get(lang.code()));
    let citizen = if let Who::Citizen(id) = cx.actor.who { Some(id) } else { None };
    let mut found = talk::talk(&whole.comments, ground, citizen);
    if talk.conversations == 1 {
        found.next = None;
    }
    let page = PostPage {
        page: Page::public(cx, title),
        base: cx.machine.base_url(),
        post,
        about,
        out,
        texts: if out { texts(lang, post) } else { vec![] },
        pictures: if out { &whole.pictures } else { &[] },
        recording: whole.recording.as_ref().filter(|_| out),
        corrections: if out { corrections(lang, &whole.releases) } else { vec![] },
        elsewhere: if out { links.map(|e| (name(e), e)).collect() } else { vec![] },
        talk: found,
        later: talk.after > 0 || talk.written_after > 0,
    };
    page.render().map_err(Error::fault)
}
