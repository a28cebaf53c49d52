//! Writing: a new draft, the next version, a correction. Two officers on one draft: the second is shown what changed.
use super::choices::{Choice, choices};
use super::parts_form::{self, Asked};
use super::recording_form::{self, RecordingForm, RecordingTyped};
use crate::agencies;
use crate::people::roles::DRAFT_POSTS;
use crate::posts::actions::Corrected;
use crate::posts::part::{MOST as MOST_PARTS, Part, numbered};
use crate::posts::post::{Draft, Picture, Post, State, Target};
use crate::posts::{Change, actions, media, store};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, FieldError, Result, Say, words};

#[derive(Template)]
#[template(path = "posts/pages/compose.html")]
struct Compose {
    page: Page,
    action: String,
    agencies: Vec<(String, String)>,
    agency: String,
    version: i64,
    text_en: String,
    text_dz: String,
    /// What follows, by its number.
    parts: Vec<(i64, Part)>,
    /// The number of the one that is gone on with after a button beside them was pressed; 1 is the post itself.
    goes_on: Option<i64>,
    may_add: bool,
    scheduled_at: String,
    choices: Vec<Choice>,
    pictures: Vec<Picture>,
    recording: RecordingForm,
    alt_en: String,
    alt_dz: String,
    /// What somebody else wrote meanwhile.
    theirs: Option<Post>,
    /// How theirs differs from what this person began with.
    changed: Vec<(&'static str, Vec<Change>)>,
    /// When it goes out, in words.
    when: Option<i64>,
}

impl Compose {
    fn goes_on_with(&self, n: &i64) -> bool {
        self.goes_on == Some(*n)
    }
    /// The last part was taken out.
    fn none_left(&self) -> bool {
        self.goes_on == Some(1)
    }
    /// Some of the accounts are for practice, and some are such as may not stand beside them.
    fn practises(&self) -> bool {
        self.choices.iter().any(|c| c.practice) && self.choices.iter().any(|c| c.world)
    }
    fn alt_missing(&self) -> bool {
        self.pictures.iter().any(|p| p.alt_en.trim().is_empty() && p.alt_dz.trim().is_empty())
    }
}

struct Typed {
    draft: Draft,
    goes_on: Option<i64>,
    scheduled_at: String,
    alt_en: String,
    alt_dz: String,
    file: Option<Vec<u8>>,
    recording: RecordingTyped,
    /// The version that was on the screen.
    seen: i64,
}

fn typed(form: &FormData) -> Result<Typed> {
    let when = form.text("scheduled_at").to_owned();
    let bad = || Error::invalid(vec![FieldError::new("scheduled_at", Say::new("posts-error-time"))]);
    let scheduled_at = if when.is_empty() { None } else { Some(words::parse_local(&when).ok_or_else(bad)?) };
    let kept: Vec<i64> = form.numbers("picture").into_iter().filter(|p| !form.flag(&format!("remove-{p}"))).collect();
    let target = |id: i64| Target { account: id, variant: form.text(&format!("variant-{id}")).to_owned() };
    let draft = Draft {
        text_en: form.text("text_en").into(),
        text_dz: form.text("text_dz").into(),
        parts: parts_form::kept(form),
        targets: form.numbers("accounts").into_iter().map(target).collect(),
        pictures: kept,
        recording: None,
        scheduled_at,
    };
    let file = form.file("file").map(|f| f.bytes.clone());
    Ok(Typed {
        draft,
        goes_on: None,
        scheduled_at: when,
        alt_en: form.text("alt_en").into(),
        alt_dz: form.text("alt_dz").into(),
        file,
        recording: recording_form::typed(form),
        seen: form.number("version").unwrap_or(0),
    })
}

async fn my_agencies(cx: &Ctx) -> Result<Vec<(String, String)>> {
    let mut mine = vec![];
    for id in cx.actor.scopes(DRAFT_POSTS).unwrap_or_default() {
        mine.push((id.to_string(), agencies::name(cx.db(), id, cx.lang).await?));
    }
    Ok(mine)
}

/// Which form it is: for a new post, or for one that is there in some version.
struct Form {
    title: &'static str,
    action: String,
    agency: i64,
    version: i64,
}

impl Form {
    fn new(agency: i64) -> Form {
        Form { title: "posts-compose-title", action: "/posts".into(), agency, version: 0 }
    }
    fn of(post: &Post) -> Form {
        let action = format!("/posts/{}", post.id);
        Form { title: "posts-edit-title", action, agency: post.agency, version: post.current.number }
    }
}

async fn render(cx: &Ctx, f: Form, t: &Typed, error: Option<&Error>, theirs: Option<Post>) -> Result<String> {
    let agency = f.agency;
    let mut pictures = vec![];
    for id in &t.draft.pictures {
        if let Ok(m) = store::media(cx.db(), *id).await
            && m.agency_id == agency
        {
            let (alt_en, alt_dz) = (m.alt_en, m.alt_dz);
            pictures.push(Picture {
                id: m.id,
                digest: m.digest,
                mime: m.mime,
                width: m.width,
                height: m.height,
                alt_en,
                alt_dz,
            });
        }
    }
    let changed = match &theirs {
        Some(post) => match store::version(cx.db(), post.id, t.seen).await {
            Ok(begun) => super::one::what_changed(&begun, &post.current),
            Err(_) => vec![],
        },
        None => vec![],
    };
    let recording = recording_form::shown(cx, agency, &t.recording).await?;
    let compose = Compose {
        page: Page::new(cx, f.title).with(error),
        action: f.action,
        agencies: my_agencies(cx).await?,
        agency: agency.to_string(),
        version: f.version,
        text_en: t.draft.text_en.clone(),
        text_dz: t.draft.text_dz.clone(),
        parts: numbered(&t.draft.parts).map(|(n, p)| (n, p.clone())).collect(),
        goes_on: t.goes_on.filter(|_| error.is_none()),
        may_add: t.draft.parts.len() < MOST_PARTS,
        scheduled_at: t.scheduled_at.clone(),
        choices: choices(cx, agency, &t.draft, recording.kept.is_some()).await?,
        pictures,
        recording,
        alt_en: t.alt_en.clone(),
        alt_dz: t.alt_dz.clone(),
        theirs,
        changed,
        when: t.draft.scheduled_at,
    };
    compose.render().map_err(Error::fault)
}

fn empty() -> Typed {
    Typed {
        draft: Draft::default(),
        goes_on: None,
        scheduled_at: String::new(),
        alt_en: String::new(),
        alt_dz: String::new(),
        file: None,
        recording: RecordingTyped::default(),
        seen: 0,
    }
}

fn home(cx: &Ctx) -> Result<i64> {
    let scopes = cx.actor.scopes(DRAFT_POSTS).unwrap_or_default();
    cx.actor.home.filter(|h| scopes.contains(h)).or(scopes.first().copied()).ok_or_else(Error::not_allowed)
}

pub async fn new(cx: Ctx) -> Result<Response> {
    let agency = home(&cx)?;
    Ok(html(render(&cx, Form::new(agency), &empty(), None, None).await?))
}

/// Keeps the chosen picture and recording first, so that they are not lost when the rest is refused.
async fn keep_file(cx: &Ctx, agency: i64, t: &mut Typed) -> Result<()> {
    t.draft.recording = recording_form::keep(cx, agency, &mut t.recording).await?;
    if let Some(bytes) = t.file.take() {
        let kept = media::add(cx, agency, bytes, &t.alt_en, &t.alt_dz).await?;
        t.draft.pictures.push(kept.id);
        (t.alt_en, t.alt_dz) = (String::new(), String::new());
    }
    Ok(())
}

/// The form once more with what follows the post changed as asked, and everything that was typed and chosen.
async fn other_parts(cx: &Ctx, form: Form, mut t: Typed, typed: Vec<Part>, asked: Asked) -> Result<Response> {
    if !cx.actor.may(DRAFT_POSTS, form.agency) {
        return Err(Error::not_allowed());
    }
    if let Err(e) = keep_file(cx, form.agency, &mut t).await {
        let e = again(e)?;
        return Ok(html_again(render(cx, form, &t, Some(&e), None).await?));
    }
    let (parts, goes_on) = parts_form::changed(typed, asked);
    (t.draft.parts, t.goes_on) = (parts, Some(goes_on));
    Ok(html(render(cx, form, &t, None, None).await?))
}

pub async fn create(cx: Ctx, form: FormData) -> Result<Response> {
    let agency = form.number("agency").unwrap_or(home(&cx)?);
    let mut t = typed(&form)?;
    if let Some(asked) = parts_form::asked(&form) {
        return other_parts(&cx, Form::new(agency), t, parts_form::typed(&form), asked).await;
    }
    let result = match keep_file(&cx, agency, &mut t).await {
        Ok(()) => actions::draft(&cx, agency, &t.draft).await,
        Err(e) => Err(e),
    };
    match result {
        Ok(post) if form.text("then") == "submit" => submit(&cx, &post).await,
        Ok(post) => Ok(see(format!("/posts/{}", post.id))),
        Err(e) => {
            let e = again(e)?;
            Ok(html_again(render(&cx, Form::new(agency), &t, Some(&e), None).await?))
        }
    }
}

/// Saved, then submitted; what stands against it is shown beside the saved draft.
async fn submit(cx: &Ctx, post: &Post) -> Result<Response> {
    match actions::submit(cx, post.id, post.current.number).await {
        Ok(_) => Ok(see(format!("/posts/{}", post.id))),
        Err(e) => {
            let (e, t) = (again(e)?, shown(post));
            Ok(html_again(render(cx, Form::of(post), &t, Some(&e), None).await?))
        }
    }
}

fn shown(post: &Post) -> Typed {
    let scheduled_at = post.scheduled_at.map(words::local_input).unwrap_or_default();
    let draft = post.draft();
    let recording = RecordingTyped::of(draft.recording.as_ref());
    Typed { draft, scheduled_at, recording, ..empty() }
}

pub async fn edit(cx: Ctx, Id(id): Id) -> Result<Response> {
    let post = actions::see(&cx, id).await?;
    Ok(html(render(&cx, Form::of(&post), &shown(&post), None, None).await?))
}

pub async fn save(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let post = actions::see(&cx, id).await?;
    let mut t = typed(&form)?;
    let seen = form.number("version").unwrap_or(0);
    if let Some(asked) = parts_form::asked(&form) {
        // Nothing is saved: it stays on top of what was seen.
        let shown = Form { version: seen, ..Form::of(&post) };
        return other_parts(&cx, shown, t, parts_form::typed(&form), asked).await;
    }
    let result = match keep_file(&cx, post.agency, &mut t).await {
        Ok(()) => actions::revise(&cx, id, seen, &t.draft).await,
        Err(e) => Err(e),
    };
    match result {
        Ok(post) if form.text("then") == "submit" => submit(&cx, &post).await,
        Ok(_) => Ok(see(format!("/posts/{id}"))),
        Err(e) => {
            let e = again(e)?;
            // Somebody was faster: show what they wrote beside what was typed; saving again is then on top of theirs.
            let now = actions::see(&cx, id).await?;
            let stale = now.current.number != seen && now.state != State::Withdrawn;
            let (form, theirs) = (Form::of(&now), stale.then_some(now));
            Ok(html_again(render(&cx, form, &t, Some(&e), theirs).await?))
        }
    }
}

#[derive(Template)]
#[template(path = "posts/pages/correction.html")]
struct Correct {
    page: Page,
    post: Post,
    new: Corrected,
}

impl Correct {
    fn parts(&self) -> impl Iterator<Item = (i64, &Part)> {
        numbered(self.new.parts.as_deref().unwrap_or_default())
    }
}

pub async fn correction(cx: Ctx, Id(id): Id) -> Result<Response> {
    let post = actions::see(&cx, id).await?;
    let now = &post.current;
    let said = now.recording.as_ref().map(|r| (r.said_en.clone(), r.said_dz.clone()));
    let (text_en, text_dz, parts) = (now.text_en.clone(), now.text_dz.clone(), Some(now.parts.clone()));
    let new = Corrected { text_en, text_dz, parts, said, note: String::new() };
    let page = Page::new(&cx, "posts-correction-title");
    let body = Correct { page, post, new };
    Ok(html(body.render().map_err(Error::fault)?))
}

pub async fn correct(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let text = |name: &str| form.text(name).to_owned();
    let said = form.pairs.iter().any(|(name, _)| name == "said_en").then(|| (text("said_en"), text("said_dz")));
    let (text_en, text_dz) = (text("text_en"), text("text_dz"));
    let new = Corrected { text_en, text_dz, parts: Some(parts_form::typed(&form)), said, note: text("note") };
    let seen = form.number("version").unwrap_or(0);
    match actions::correct_all(&cx, id, seen, &new).await {
        Ok(_) => Ok(see(format!("/posts/{id}"))),
        Err(e) => {
            let page = Page::new(&cx, "posts-correction-title").with(Some(&again(e)?));
            let post = actions::see(&cx, id).await?;
            Ok(html_again(Correct { page, post, new }.render().map_err(Error::fault)?))
        }
    }
}
