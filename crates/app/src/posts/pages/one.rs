//! One post at the desk: what it says, where it goes, its story, and what may be done with it.
use crate::accounts::Side;
use crate::people::{self, roles};
use crate::posts::actions;
use crate::posts::checks::{parts_for, parts_of};
use crate::posts::part::numbered;
use crate::posts::post::{Post, State, Version};
use crate::posts::{Accessible, Change, changes, rules, store};
use crate::shell::{Page, again};
use askama::Template;
use axum::response::Response;
use ground::http::{FormData, Id, html, html_again, see};
use ground::{Ctx, Error, Result};

pub struct Preview {
    pub account: String,
    /// What is said there reaches nobody.
    pub practice: bool,
    pub parts: Vec<(&'static str, String)>,
    /// What follows it there; on our own channels it stands below.
    pub after: Vec<(i64, Vec<(&'static str, String)>)>,
    pub problems: Vec<String>,
}

/// One reason why it cannot be sent for approval as it is.
pub struct Missing {
    pub text: String,
    pub clause: Option<&'static str>,
}

pub struct Step {
    pub at: i64,
    pub who: String,
    pub word: String,
    pub version: i64,
    pub reason: String,
}

#[derive(Template)]
#[template(path = "posts/pages/one.html")]
struct One {
    page: Page,
    post: Post,
    previews: Vec<Preview>,
    steps: Vec<Step>,
    missing: Vec<Missing>,
    /// How much of what everybody needs to read it is there, of how much, and what is not.
    access: String,
    unread: Vec<String>,
    /// Language and changes since the version before, where there is one.
    changed: Vec<(&'static str, Vec<Change>)>,
    author: String,
    may_draft: bool,
    may_approve: bool,
    may_withdraw: bool,
    deliveries: bool,
    may_read_records: bool,
    typed: Typed,
}

/// What was typed as a reason, in one of the forms.
#[derive(Default)]
struct Typed {
    urgent: String,
    reject: String,
    withdraw: String,
    /// How the ids of the form's fields end: two of the forms have a `reason`.
    ending: &'static str,
}

/// What is different in each language; nothing for a language that stayed as it was.
pub fn what_changed(before: &Version, now: &Version) -> Vec<(&'static str, Vec<Change>)> {
    let texts = [("en", before.whole_en(), now.whole_en()), ("dz", before.whole_dz(), now.whole_dz())];
    texts.into_iter().filter(|(_, a, b)| a != b).filter_map(|(lang, a, b)| Some((lang, changes(&a, &b)?))).collect()
}

async fn render(cx: &Ctx, post: Post, error: Option<&Error>, typed: Typed) -> Result<String> {
    let page = Page::new(cx, "posts-one-title").with(error).ending(typed.ending);
    let facts = actions::targets(cx, &post).await?;
    let asked = Post { state: State::Draft, ..post.clone() };
    let no = rules::may_submit(&cx.actor, &asked, post.current.number, &facts, cx.now()).err();
    let missing = no.iter().flat_map(|e| e.refusals()).map(|r| Missing { text: page.say(&r.say), clause: r.clause });
    let missing = missing.collect();
    let own_text = post.current.targets.iter().zip(&facts).map(|(t, f)| if f.site { "" } else { t.variant.as_str() });
    let accessible = Accessible::of(&post.current, own_text);
    let (there, all) = accessible.score();
    let access = page.say(&ground::Say::new("posts-access-score").arg("there", there).arg("all", all));
    let unread = accessible.missing().iter().map(|say| page.say(say)).collect();
    let mut previews = vec![];
    for (target, f) in post.current.targets.iter().zip(facts) {
        let problems = f.problems.iter().map(|(key, limit, found)| {
            page.say(&ground::Say::new(key).arg("account", f.name.as_str()).arg("limit", *limit).arg("found", *found))
        });
        let problems = problems.chain(f.parts.iter().map(|p| page.say(&f.of_part(p)))).collect();
        let after = numbered(&post.current.parts).map(|(n, p)| (n, parts_of("", &p.dz, &p.en))).collect();
        let practice = f.side == Side::Practice;
        previews.push(Preview { problems, parts: parts_for(&post.current, target), after, practice, account: f.name });
    }
    let mut steps = vec![];
    let versions = store::versions(cx.db(), post.id).await?;
    let changed = match versions.iter().rev().nth(1) {
        Some(before) => what_changed(before, &post.current),
        None => vec![],
    };
    for v in versions {
        let who = people::person_name(cx.db(), v.author).await?;
        steps.push(Step { at: v.at, who, word: page.word("posts-step-version"), version: v.number, reason: v.note });
    }
    for d in store::decisions(cx.db(), post.id).await? {
        let who = people::person_name(cx.db(), d.person_id).await?;
        let word = page.word(&format!("posts-step-{}", d.kind));
        steps.push(Step { at: d.at, who, word, version: d.version, reason: d.reason });
    }
    steps.sort_by_key(|s| s.at);
    let author = people::person_name(cx.db(), post.current.author).await?;
    let may = |right| cx.actor.may(right, post.agency);
    let (may_draft, may_approve) = (may(roles::DRAFT_POSTS), may(roles::APPROVE_POSTS));
    let may_withdraw = post.state != State::Withdrawn
        && (may(roles::WITHDRAW_POSTS) || (may_draft && post.released.is_none() && post.state != State::Approved));
    let deliveries = post.released.is_some();
    let may_read_records = may(roles::READ_RECORDS);
    let one = One {
        page,
        previews,
        steps,
        missing,
        access,
        unread,
        changed,
        author,
        may_draft,
        may_approve,
        may_withdraw,
        deliveries,
        may_read_records,
        typed,
        post,
    };
    one.render().map_err(Error::fault)
}

pub async fn page(cx: Ctx, Id(id): Id) -> Result<Response> {
    let post = actions::see(&cx, id).await?;
    Ok(html(render(&cx, post, None, Typed::default()).await?))
}

async fn done(cx: &Ctx, id: i64, result: Result<Post>, typed: Typed) -> Result<Response> {
    match result {
        Ok(_) => Ok(see(format!("/posts/{id}"))),
        Err(e) => {
            let error = again(e)?;
            let post = actions::see(cx, id).await?;
            Ok(html_again(render(cx, post, Some(&error), typed).await?))
        }
    }
}

fn version(form: &FormData) -> i64 {
    form.number("version").unwrap_or(0)
}

pub async fn submit(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let result = actions::submit(&cx, id, version(&form)).await;
    done(&cx, id, result, Typed::default()).await
}
pub async fn approve(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let urgent = form.text("urgent").to_owned();
    let first = (form.text("first") == "yes").then_some(urgent.as_str());
    let result = actions::approve_urgent(&cx, id, version(&form), first).await;
    done(&cx, id, result, Typed { urgent, ..Typed::default() }).await
}
pub async fn reject(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let reject = form.text("reason").to_owned();
    let result = actions::reject(&cx, id, version(&form), &reject).await;
    done(&cx, id, result, Typed { reject, ..Typed::default() }).await
}
pub async fn withdraw(cx: Ctx, Id(id): Id, form: FormData) -> Result<Response> {
    let withdraw = form.text("reason").to_owned();
    let result = actions::withdraw(&cx, id, &withdraw).await;
    done(&cx, id, result, Typed { withdraw, ending: "-withdraw", ..Typed::default() }).await
}
