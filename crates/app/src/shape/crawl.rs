//! Every page somebody can click to, as every role and as a citizen, in both languages: it answers, has one heading, its
//! landmarks, a label on every field and a name on every link, button and picture, and leads nowhere that is not there.
use crate::people::{self, Role};
use crate::story::{Stage, tell};
use crate::testkit::TestApp;
use axum::body::Body;
use axum::http::{Request, header};
use ground::clock::DAY;
use scraper::{ElementRef, Html, Selector};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Pages of one pattern that are looked at: the first few show what all are like.
const OF_A_KIND: usize = 3;

fn all<'a>(html: &'a Html, what: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(what).unwrap()).collect()
}

fn words_of(e: &ElementRef) -> String {
    let mut text: String = e.text().collect();
    text.push_str(e.value().attr("aria-label").unwrap_or_default());
    for img in e.select(&Selector::parse("img[alt]").unwrap()) {
        text.push_str(img.value().attr("alt").unwrap_or_default());
    }
    text.trim().to_owned()
}

fn is_labelled(html: &Html, field: &ElementRef) -> bool {
    let id = field.value().attr("id").unwrap_or("-");
    let within_label = field.ancestors().filter_map(ElementRef::wrap).any(|a| a.value().name() == "label");
    within_label
        || field.value().attr("aria-label").is_some()
        || field.value().attr("aria-labelledby").is_some()
        || all(html, "label[for]").iter().any(|l| l.value().attr("for") == Some(id) && !words_of(l).is_empty())
}

/// What is wrong with a page as a document.
fn faults(text: &str, lang: &str) -> Vec<String> {
    let html = Html::parse_document(text);
    let mut wrong = vec![];
    let mut expect = |good: bool, what: String| {
        if !good {
            wrong.push(what);
        }
    };
    expect(all(&html, &format!("html[lang={lang}]")).len() == 1, "its language is not said".into());
    expect(all(&html, "h1").len() == 1, format!("{} h1", all(&html, "h1").len()));
    expect(all(&html, "main").len() == 1, "no main landmark".into());
    expect(all(&html, "title").first().is_some_and(|t| !words_of(t).is_empty()), "no title".into());
    expect(all(&html, "a[href='#main']").len() == 1, "no skip link".into());
    for e in all(&html, "input:not([type=hidden]), select, textarea") {
        expect(is_labelled(&html, &e), format!("no label: {}", e.html()));
    }
    for e in all(&html, "a, button, h1, h2, h3, th, caption, legend") {
        let hidden = e.value().attr("aria-hidden").is_some();
        let corner = e.value().name() == "th" && e.value().attr("scope").is_none();
        expect(hidden || corner || !words_of(&e).is_empty(), format!("no words: {}", e.html()));
    }
    for e in all(&html, "img") {
        expect(e.value().attr("alt").is_some(), format!("no alt: {}", e.html()));
    }
    for e in all(&html, "form[method=post]") {
        let action = e.value().attr("action").unwrap_or_default();
        expect(action.starts_with('/'), format!("a form to nowhere: {action}"));
    }
    let ids: Vec<&str> = all(&html, "[id]").iter().filter_map(|e| e.value().attr("id")).collect();
    let once: BTreeSet<&str> = ids.iter().copied().collect();
    expect(once.len() == ids.len(), "an id stands twice".into());
    let inner = text.contains("=\"\"{{") || text.contains("}}") || text.contains("{%");
    expect(!inner, "a template shows through".into());
    wrong
}

fn links(text: &str) -> Vec<String> {
    let html = Html::parse_document(text);
    let hrefs = all(&html, "a[href]").into_iter().filter_map(|a| a.value().attr("href").map(str::to_owned));
    let own = hrefs.filter(|h| h.starts_with('/') && !h.starts_with("//"));
    own.map(|h| h.split('#').next().unwrap_or_default().to_owned()).filter(|h| !h.contains("lang=")).collect()
}

/// `/posts/123/edit?x=1` is of the kind `/posts/{}/edit`.
fn kind_of(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let step =
        |s: &str| if s.chars().any(|c| c.is_ascii_digit()) && s.len() > 8 { "{}".to_owned() } else { s.to_owned() };
    let mut steps: Vec<String> = path.split('/').map(step).collect();
    // Codes of agencies and clauses are names of things, too.
    for at in 1..steps.len() {
        if matches!(steps[at - 1].as_str(), "agencies" | "clauses" | "platforms") {
            steps[at] = "{}".into();
        }
    }
    steps.join("/")
}

struct Visitor<'a> {
    app: &'a TestApp,
    name: &'a str,
    cookie: String,
    lang: &'static str,
}

impl Visitor<'_> {
    async fn get(&self, path: &str) -> crate::testkit::Answer {
        let cookie = format!("{}; lang={}", self.cookie, self.lang);
        self.app.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    /// Walks from the front doors; returns the kinds of pages seen.
    async fn walk(&self, wrong: &mut Vec<String>) -> BTreeSet<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut known = BTreeSet::new();
        let mut next: VecDeque<(String, String)> =
            ["/", "/desk", "/me"].map(|p| (p.to_owned(), "the start".to_owned())).into();
        while let Some((path, from)) = next.pop_front() {
            let kind = seen.entry(kind_of(&path)).or_default();
            if *kind >= OF_A_KIND || !known.insert(path.clone()) {
                continue;
            }
            *kind += 1;
            let answer = self.get(&path).await;
            let place = format!("{} ({}) {path}, from {from}", self.name, self.lang);
            let is_page =
                answer.headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
            match answer.status.as_u16() {
                200 | 410 if is_page => {
                    wrong.extend(faults(&answer.body, self.lang).into_iter().map(|w| format!("{place}: {w}")));
                    next.extend(links(&answer.body).into_iter().map(|l| (l, path.clone())));
                }
                200 => {}
                303 => next.push_back((answer.location().to_owned(), path.clone())),
                // Who has nothing to do at the desk is told so there.
                403 if from == "the start" => {
                    wrong.extend(faults(&answer.body, self.lang).into_iter().map(|w| format!("{place}: {w}")));
                }
                status => wrong.push(format!("{place}: {status}")),
            }
        }
        seen.into_keys().collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_can_be_reached_and_read() {
    let app = TestApp::new().await;
    let end = app.cx.now() + 9 * DAY;
    let stage = Stage { cx: app.cx.clone(), registry: &app.all.registry, practice: &app.practice, end };
    let cast = tell(&stage).await.unwrap();
    app.drain().await;
    let (mut wrong, mut seen) = (vec![], BTreeSet::new());
    for lang in ["en", "dz"] {
        let nobody = Visitor { app: &app, name: "nobody", cookie: String::new(), lang };
        seen.extend(nobody.walk(&mut wrong).await);
        for role in Role::ALL {
            let member = cast.members.iter().find(|m| m.role == role.code()).unwrap();
            let cookie = app.sign_in_with(&member.email, &member.password).await;
            let visitor = Visitor { app: &app, name: role.code(), cookie, lang };
            seen.extend(visitor.walk(&mut wrong).await);
        }
        let (_, token) = people::join_for_story(&app.cx, "reader@example.bt", "Reader").await.unwrap();
        let cookie = format!("{}={token}", people::DESK_COOKIE);
        seen.extend(Visitor { app: &app, name: "citizen", cookie, lang }.walk(&mut wrong).await);
    }
    assert!(wrong.is_empty(), "{} faults\n{}\n", wrong.len(), wrong.join("\n"));
    assert!(seen.len() > 30, "{seen:?}");
}

#[test]
fn faults_are_found() {
    let bad =
        "<!doctype html><html lang=\"en\"><title>x</title><h1>a</h1><h1>b</h1><input name=q><img src=x><a href=/y></a>";
    let found = faults(bad, "en").join("\n");
    for part in ["2 h1", "no main", "no skip link", "no label", "no words", "no alt"] {
        assert!(found.contains(part), "{part}: {found}");
    }
    assert_eq!(kind_of("/posts/7123456789012/edit?x=1"), "/posts/{}/edit");
}
