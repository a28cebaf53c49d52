//! An agency's show, from its first episode to a withdrawal.
use super::actions;
use crate::accounts::{self, NewAccount, PODCAST};
use crate::people::Role;
use crate::posts::{self, Attached, Draft, Target};
use crate::testkit::{Person, TestApp};
use axum::body::Body;
use axum::http::{Method, Request};
use ground::clock::MINUTE;
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    agency: i64,
    account: i64,
    author: Person,
    approver: Person,
}

async fn desk() -> Desk {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    app.planned(agency, &author, &lead).await;
    let new = NewAccount { agency, platform: PODCAST.into(), handle: "Health talk".into(), ..NewAccount::default() };
    let account = accounts::request(&author.cx, &new).await.unwrap().id;
    assert!(actions::of_agency(&app.cx, agency).await.unwrap().is_none(), "not before somebody else approved it");
    assert!(accounts::approve(&lead.cx, account).await.unwrap().publishes());
    Desk { app, agency, account, author, approver }
}

const SHOW: &str = "/agencies/MoH/podcast";

impl Desk {
    fn draft(&self, recording: Option<i64>) -> Draft {
        let said_en = "WEBVTT\n\n00:00.000 --> 00:02.000\nWash your hands.".into();
        Draft {
            text_en: "Clean hands & feet\nHow to wash them.".into(),
            text_dz: "ལགཔ་འཁྱུ།".into(),
            targets: vec![Target { account: self.account, variant: String::new() }],
            recording: recording
                .map(|id| Attached { id, said_en, said_dz: "ལགཔ་འཁྱུ་དགོ།".into() }),
            ..Draft::default()
        }
    }
    async fn episode(&self) -> i64 {
        let r = posts::add_recording(&self.author.cx, self.agency, &posts::sample_recording(2_000)).await.unwrap();
        let post = posts::draft(&self.author.cx, self.agency, &self.draft(Some(r.id))).await.unwrap().id;
        posts::submit(&self.author.cx, post, 1).await.unwrap();
        posts::approve(&self.approver.cx, post, 1).await.unwrap();
        self.app.drain().await;
        post
    }
    fn feed(&self) -> String {
        format!("/podcasts/{}.xml", self.account)
    }
    async fn asks(&self, header: (&str, &str)) -> u16 {
        let request = Request::get(self.feed()).header(header.0, header.1).body(Body::empty()).unwrap();
        self.app.send_raw(request).await.0
    }
}

fn within<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split(from).nth(1).and_then(|t| t.split(to).next()).unwrap_or_default()
}

#[tokio::test]
async fn what_follows_a_post_stands_below_it_in_the_episode() {
    let d = desk().await;
    for variant in ["", "Hands"] {
        let r = posts::add_recording(&d.author.cx, d.agency, &posts::sample_recording(2_000)).await.unwrap();
        let parts = vec![posts::Part { en: "Sources: moh.gov.bt".into(), dz: String::new() }];
        let targets = vec![Target { account: d.account, variant: variant.into() }];
        let draft = Draft { parts, targets, ..d.draft(Some(r.id)) };
        let post = posts::draft(&d.author.cx, d.agency, &draft).await.unwrap().id;
        posts::submit(&d.author.cx, post, 1).await.unwrap();
        posts::approve(&d.approver.cx, post, 1).await.unwrap();
        d.app.drain().await;
        let page = d.app.get(&format!("{SHOW}?lang=en")).await.expect(200).body;
        let episode = page.split(&format!("id=\"e{post}\"")).nth(1).unwrap();
        assert!(episode.contains("Sources: moh.gov.bt"), "{variant}: {page}");
    }
}

#[tokio::test]
async fn an_episode_keeps_its_mark_through_a_correction_and_is_gone_when_it_is_withdrawn() {
    let d = desk().await;
    let empty = d.app.get(&format!("{SHOW}?lang=en")).await.expect(200).body;
    assert!(empty.contains("No episode yet"), "{empty}");
    let post = d.episode().await;
    let feed = d.app.get(&d.feed()).await.expect(200);
    assert!(feed.headers["content-type"].to_str().unwrap().starts_with("application/rss+xml"));
    let (tag, changed) = (feed.headers["etag"].clone(), feed.headers["last-modified"].clone());
    let guid = within(&feed.body, "<guid isPermaLink=\"false\">", "</guid>").to_owned();
    assert_eq!(guid, format!("urn:drelwa:episode:{}:{post}", d.account));
    for part in [
        "<title>Health talk</title>",
        "Clean hands &#38; feet</title>",
        "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"",
        "type=\"audio/wav\"",
        "length=\"16044\"",
        "<itunes:duration>0:02</itunes:duration>",
        "type=\"text/vtt\" language=\"en\" rel=\"captions\"",
        "captions/dz.txt\" type=\"text/plain\" language=\"dz\"",
    ] {
        assert!(feed.body.contains(part), "{part}: {}", feed.body);
    }
    let file = within(&feed.body, "<enclosure url=\"", "\"");
    let path = &file[file.find("/recordings/").unwrap()..];
    assert!(path.ends_with(".wav"));
    assert_eq!(d.app.get(path).await.expect(200).headers["content-length"], "16044");
    d.app.get(&path.replace(".wav", ".mp3")).await.expect(404);
    assert_eq!(d.asks(("if-none-match", tag.to_str().unwrap())).await, 304);
    assert_eq!(d.asks(("if-modified-since", changed.to_str().unwrap())).await, 304);

    d.app.advance(MINUTE);
    posts::correct(&d.author.cx, post, 1, "Clean hands", "ལགཔ་འཁྱུ།", "Feet were not meant").await.unwrap();
    posts::approve(&d.approver.cx, post, 2).await.unwrap();
    d.app.drain().await;
    assert_eq!(d.asks(("if-modified-since", changed.to_str().unwrap())).await, 200);
    let corrected = d.app.get(&d.feed()).await.expect(200).body;
    assert!(corrected.contains("<title>Clean hands</title>") && corrected.contains(&guid), "{corrected}");
    assert_eq!(within(&corrected, "<pubDate>", "<"), within(&feed.body, "<pubDate>", "<"));
    let page = d.app.get(&format!("{SHOW}?lang=dz")).await.expect(200).body;
    assert_eq!(page.matches("ལགཔ་འཁྱུ།").count(), 1, "the title is not said twice");
    assert!(page.contains("<audio") && page.contains(&format!("id=\"e{post}\"")), "{page}");

    posts::withdraw(&d.approver.cx, post, "It was wrong").await.unwrap();
    d.app.drain().await;
    assert!(!d.app.get(&d.feed()).await.expect(200).body.contains("<item>"));
    d.app.get(path).await.expect(404);
    d.app.drain().await;
}

#[tokio::test]
async fn only_a_post_with_a_recording_goes_to_a_podcast() {
    let d = desk().await;
    let post = posts::draft(&d.author.cx, d.agency, &d.draft(None)).await.unwrap().id;
    let no = posts::submit(&d.author.cx, post, 1).await.unwrap_err();
    assert_eq!(no.refusals()[0].say.key, "posts-problem-recording-missing");
    for nothing in ["/podcasts/1.xml", "/podcasts/x.xml", "/podcasts/1", "/agencies/MoE/podcast", "/podcasts/1/artwork"]
    {
        d.app.get(nothing).await.expect(404);
    }
    d.app.drain().await;
}

#[tokio::test]
async fn a_show_is_described_with_a_square_picture_by_whoever_may() {
    let d = desk().await;
    let (form, api) = (format!("/accounts/{}/podcast", d.account), format!("/api/v1/accounts/{}/podcast", d.account));
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let fields = [
        ("title", "Health & talk"),
        ("description", "What we say."),
        ("lang", "dz"),
        ("category", "Health & Fitness/Medicine"),
        ("email", "show@moh.bt"),
    ];
    let wide = posts::sample_picture(1500, 1400);
    let told = d.app.submit_file(&cookie, (&form, &form), &fields, ("file", "a.png", &wide)).await.expect(422).body;
    assert!(told.contains("square") && told.contains("What we say."), "{told}");
    let square = posts::sample_picture(1400, 1400);
    let saved = d.app.submit_file(&cookie, (&form, &form), &fields, ("file", "a.png", &square)).await.expect(303);
    let back = saved.headers["location"].to_str().unwrap();
    let says_so = async || d.app.browse(&cookie, &format!("{back}&lang=en")).await.expect(200).body.contains("Saved.");
    assert!(says_so().await);
    d.app.advance(2 * MINUTE);
    assert!(!says_so().await, "not when the page is looked at again later");
    let feed = d.app.get(&d.feed()).await.expect(200).body;
    for part in [
        "<title>Health &#38; talk</title>",
        "<itunes:category text=\"Medicine\"/>",
        "<language>dz</language>",
        "<itunes:email>show@moh.bt",
        "/artwork\"/>",
    ] {
        assert!(feed.contains(part), "{part}: {feed}");
    }
    d.app.get(&format!("/podcasts/{}/artwork", d.account)).await.expect(200);
    let change = json!({"title": "Talk"});
    let now = d.app.api(Some(&d.author), Method::PATCH, &api, change.clone()).await.expect(200).json();
    assert_eq!((&now["title"], &now["lang"]), (&json!("Talk"), &json!("dz")));
    assert!(now["artwork"].is_string(), "what is left out stays");
    d.app.api(Some(&d.author), Method::PATCH, &api, json!({"category": "Fun"})).await.expect(422);
    d.app.api(Some(&d.approver), Method::PATCH, &api, change).await.expect(403);
    d.app.api(Some(&d.approver), Method::GET, &api, Value::Null).await.expect(200);
    d.app.browse(&cookie, &format!("{form}?lang=dz")).await.expect(200);
    d.app.drain().await;
}
