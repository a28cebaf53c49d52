use crate::people::{self, Role};
use crate::posts::{self, Draft, Target};
use crate::testkit::{Person, TestApp};
use crate::{inbox, moderation};
use axum::http::Method;
use connect::simulator::{Fault, SetFault};
use ground::clock::{HOUR, MINUTE};
use ground::ctx::{Actor, Who};
use serde_json::Value;

struct Office {
    app: TestApp,
    agency: i64,
    author: Person,
    approver: Person,
    lead: Person,
    accounts: Vec<i64>,
}

const AUTHOR: &str = "pema.lhamo@example.bt";
const APPROVER: &str = "dorji.wangchuk@example.bt";
const LEAD: &str = "karma.choden@example.bt";

async fn office(platforms: &[&str]) -> Office {
    let app = TestApp::new().await;
    let agency = crate::agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema Lhamo", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji Wangchuk", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma Choden", Some(agency), &[Role::Lead]).await;
    let mut accounts = vec![app.live_site(agency, &author, &lead).await];
    for platform in platforms {
        accounts.push(app.live_practice(agency, platform, &author, &lead).await);
    }
    Office { app, agency, author, approver, lead, accounts }
}

impl Office {
    async fn draft(&self, text: &str, at: Option<i64>) -> i64 {
        let targets = self.accounts.iter().map(|a| Target { account: *a, variant: String::new() }).collect();
        let (text_en, text_dz) = (text.into(), "གསལ་བསྒྲགས།".into());
        let draft = Draft { text_en, text_dz, targets, scheduled_at: at, ..Draft::default() };
        posts::draft(&self.author.cx, self.agency, &draft).await.unwrap().id
    }
    async fn submitted(&self, text: &str, at: Option<i64>) -> i64 {
        let id = self.draft(text, at).await;
        posts::submit(&self.author.cx, id, 1).await.unwrap();
        id
    }
    async fn out(&self, text: &str) -> i64 {
        let id = self.submitted(text, None).await;
        posts::approve(&self.approver.cx, id, 1).await.unwrap();
        self.app.drain().await;
        id
    }
    async fn citizen(&self, name: &str) -> ground::Ctx {
        let email = format!("{}@example.org", name.to_lowercase());
        let (id, _) = people::join_for_story(&self.app.cx, &email, name).await.unwrap();
        self.app.cx.acting(Actor::new(Who::Citizen(id), name))
    }
    async fn desk(&self, email: &str) -> String {
        let cookie = self.app.sign_in(email).await;
        self.app.browse(&cookie, "/desk").await.expect(200).body
    }
}

/// The part of the page that is one section, or nothing.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let from = page.split_once(&format!("aria-labelledby=\"q-{id}\"")).map_or("", |(_, rest)| rest);
    from.split("</section>").next().unwrap_or_default()
}

#[tokio::test]
async fn an_empty_desk_says_so_and_what_to_do_next() {
    let o = office(&[]).await;
    o.app.person("Sonam Admin", None, &[Role::Administrator]).await;
    o.app.person("Oversight Desk", None, &[Role::Oversight]).await;
    let cookie = o.app.sign_in(AUTHOR).await;
    let page = o.app.browse(&cookie, "/desk").await.expect(200).body;
    assert!(page.contains("All answered. Nice work.") && page.contains("href=\"/posts/new\""), "{page}");
    let first = page.split("<nav").nth(1).unwrap().split("<a href=\"").nth(1).unwrap();
    assert!(first.starts_with("/desk\" aria-current=\"page\""), "first in the navigation: {first}");
    let dz = o.app.browse(&cookie, "/desk?lang=dz").await.expect(200).body;
    assert!(dz.contains("ག་ར་ལན་གསལ་ཡོད།") && dz.contains("<html lang=\"dz\""));
    let admin = o.desk("sonam.admin@example.bt").await;
    assert!(admin.contains("The machine runs well") && !admin.contains("/desk/search"), "{admin}");
    assert!(o.desk("oversight.desk@example.bt").await.contains("All answered"));
    o.app.get("/desk").await.expect(303);
}

#[tokio::test]
async fn a_post_waits_for_whoever_may_approve_it_and_had_no_hand_in_it() {
    let o = office(&[]).await;
    let second = o.app.person("Second Author", Some(o.agency), &[Role::Author]).await;
    let waiting_for = async |me: &Person| posts::to_approve(o.app.cx.db(), &[o.agency], me.id, 9).await.unwrap().len();
    o.draft("A first thought", None).await;
    let id = o.submitted("Free flu vaccination", Some(o.app.cx.now() + HOUR)).await;
    let author = o.desk(AUTHOR).await;
    assert!(section(&author, "drafts").contains("A first thought"), "{author}");
    assert!(section(&author, "approvals").is_empty());
    let approver = o.desk(APPROVER).await;
    let waiting = section(&approver, "approvals");
    assert!(waiting.contains("Free flu vaccination") && waiting.contains(&format!("/posts/{id}")), "{approver}");
    assert!(waiting.contains("class=\"hot\""), "it should go out within three hours");
    assert!(section(&approver, "drafts").is_empty(), "the drafts of others are theirs");
    assert_eq!((waiting_for(&o.author).await, waiting_for(&second).await), (0, 1));
    posts::reject(&o.approver.cx, id, 1, "Say where").await.unwrap();
    let back = o.desk(AUTHOR).await;
    assert!(section(&back, "drafts").contains("Sent back"), "{back}");
    // Who takes part is out, whoever wrote it: a person's roles may change between sending and approving.
    posts::submit(&second.cx, id, 1).await.unwrap();
    assert_eq!((waiting_for(&second).await, waiting_for(&o.approver).await), (0, 1));
    posts::approve(&o.approver.cx, id, 1).await.unwrap();
    o.app.drain().await;
    let page = o.desk(APPROVER).await;
    assert!(section(&page, "approvals").is_empty() && section(&page, "next").contains("Free flu"), "{page}");
}

#[tokio::test]
async fn what_citizens_wrote_is_due_by_the_pack_and_answers_wait_for_a_second_pair_of_eyes() {
    let o = office(&[]).await;
    let post = o.out("Flu shots").await;
    let citizen = o.citizen("Sonam").await;
    let m = inbox::comment(&citizen, post, None, "When does it open?").await.unwrap();
    let page = o.desk(AUTHOR).await;
    assert!(section(&page, "messages").contains("When does it open?") && page.contains("Due in"), "{page}");
    o.app.advance(400 * HOUR);
    let late = o.desk(AUTHOR).await;
    assert!(section(&late, "messages").contains("class=\"hot\"") && late.contains("overdue"), "{late}");
    inbox::answer(&o.author.cx, m.id, "From Monday.").await.unwrap();
    assert!(section(&o.desk(AUTHOR).await, "answers").is_empty(), "not one's own");
    let page = o.desk(APPROVER).await;
    assert!(section(&page, "answers").contains("From Monday."), "{page}");
    let gone = inbox::comment(&citizen, post, None, "Never mind").await.unwrap();
    inbox::withdraw(&citizen, gone.id).await.unwrap();
    assert!(!o.desk(AUTHOR).await.contains("Never mind"), "what its author took back wants no answer");
}

#[tokio::test]
async fn deliveries_moderation_and_registers_wait_for_those_who_may_act() {
    let o = office(&["simulator-blind"]).await;
    let moderator = o.app.person("Moderator One", Some(o.agency), &[Role::Moderator]).await;
    o.app.person("Moderator Two", Some(o.agency), &[Role::Moderator]).await;
    o.app.practice.set_fault(SetFault::once(Fault::ErrorAfterCommit));
    let post = o.out("Road closed").await;
    for _ in 0..60 {
        o.app.advance(MINUTE);
        o.app.sweep().await;
    }
    let page = o.desk(APPROVER).await;
    assert!(section(&page, "deliveries").contains(&format!("/posts/{post}/deliveries")), "{page}");
    assert!(page.contains("nobody knows whether it is out"));
    let (writer, reporter) = (o.citizen("Sonam").await, o.citizen("Deki").await);
    let m = inbox::comment(&writer, post, None, "You are all thieves").await.unwrap();
    moderation::report(&reporter, m.id, "It insults people").await.unwrap();
    let one = o.desk("moderator.one@example.bt").await;
    assert!(section(&one, "reports").contains("You are all thieves"), "{one}");
    assert!(section(&o.desk(AUTHOR).await, "reports").is_empty());
    let pack = o.app.cx.machine.part::<crate::policy::Pack>().unwrap();
    let two = |g: &&crate::policy::Ground| {
        g.two_reviewers == crate::policy::SecondReviewer::Yes && g.least_action <= crate::policy::Step::Hide
    };
    let ground = pack.grounds().iter().find(two).unwrap();
    let decision = moderation::NewDecision {
        action: "hide".into(),
        ground: ground.id.clone(),
        reason: "It names a person and threatens them with harm.".into(),
        ..Default::default()
    };
    moderation::decide(&moderator.cx, m.id, &decision).await.unwrap();
    assert!(section(&o.desk("moderator.one@example.bt").await, "seconds").is_empty(), "not the one who proposed");
    assert!(!section(&o.desk("moderator.two@example.bt").await, "seconds").is_empty());
    assert!(!section(&o.desk(LEAD).await, "seconds").is_empty(), "who decides appeals may be the second");
    let new = crate::accounts::NewAccount {
        agency: o.agency,
        platform: "simulator".into(),
        handle: "second".into(),
        url: "https://practice.example/@second".into(),
        ..Default::default()
    };
    let account = crate::accounts::request(&o.author.cx, &new).await.unwrap();
    assert!(section(&o.desk(LEAD).await, "accounts").contains("second"));
    assert!(section(&o.desk(AUTHOR).await, "accounts").is_empty());
    crate::accounts::approve(&o.lead.cx, account.id).await.unwrap();
    assert!(section(&o.desk(AUTHOR).await, "connections").contains("second"));
    // Another agency's officers see none of it.
    let other = crate::agencies::by_code(o.app.cx.db(), "MoF").await.unwrap().id;
    o.app.person("Far Away", Some(other), &[Role::Lead]).await;
    let far = o.desk("far.away@example.bt").await;
    for what in ["deliveries", "reports", "seconds", "accounts", "connections"] {
        assert!(section(&far, what).is_empty(), "{what}: {far}");
    }
    assert!(section(&far, "asked").contains("/compliance/agencies/MoF#asked"), "only what their own agency is asked");
}

#[tokio::test]
async fn counting_stops_at_a_hundred() {
    let o = office(&[]).await;
    for n in 0..101 {
        o.draft(&format!("Draft {n}"), None).await;
    }
    let page = o.desk(AUTHOR).await;
    let drafts = section(&page, "drafts");
    assert!(drafts.contains("99+") && drafts.matches("<li>").count() == 5, "{drafts}");
}

#[tokio::test]
async fn posts_and_messages_are_found_by_their_words_in_both_languages() {
    let o = office(&[]).await;
    let post = o.out("Flu shots in Paro").await;
    let citizen = o.citizen("Sonam").await;
    inbox::comment(&citizen, post, None, "Are flu shots free <b>here</b>?").await.unwrap();
    let cookie = o.app.sign_in(AUTHOR).await;
    let get = async |path: &str| o.app.browse(&cookie, path).await.expect(200).body;
    let page = get("/desk/search?q=flu").await;
    assert!(page.contains("Flu shots in Paro") && page.contains("Are flu shots free &#60;b&#62;"), "{page}");
    assert!(!get("/desk/search?q=flu&kind=post").await.contains("Are flu shots"));
    assert!(!get("/desk/search?q=flu&kind=message").await.contains("in Paro"));
    assert!(get("/desk/search?q=བསྒྲགས").await.contains("Flu shots in Paro"), "by the syllable");
    assert!(get("/desk/search?q=measles").await.contains("Nothing holds “measles”"));
    assert!(get("/desk/search").await.contains("Type a word"));
    get("/desk/search?q=flu&lang=dz").await;
    let api = async |who: &Person, q: &str| {
        o.app.api(Some(who), Method::GET, &format!("/api/v1/search?{q}"), Value::Null).await
    };
    let first = api(&o.author, "q=flu&limit=1").await.expect(200).json();
    assert_eq!(first["items"][0]["kind"], "message");
    let second = api(&o.author, &format!("q=flu&limit=1&after={}", first["next"].as_str().unwrap())).await.json();
    assert_eq!((second["items"][0]["id"].as_str(), second.get("next")), (Some(post.to_string().as_str()), None));
    assert_eq!(api(&o.author, "q=flu&kind=post").await.json()["items"].as_array().unwrap().len(), 1);
    api(&o.author, "q=flu&kind=secret").await.expect(422);
    let other = crate::agencies::by_code(o.app.cx.db(), "MoF").await.unwrap().id;
    let far = o.app.person("Far Away", Some(other), &[Role::Author]).await;
    assert!(api(&far, "q=flu").await.json()["items"].as_array().unwrap().is_empty());
    o.app.api(None, Method::GET, "/api/v1/search?q=flu", Value::Null).await.expect(401);
}

#[tokio::test]
async fn the_calendar_shows_every_state_and_moves_what_is_not_approved_yet() {
    let o = office(&[]).await;
    let (now, day) = (o.app.cx.now(), ground::clock::DAY);
    let draft = o.draft("Clinic hours", Some(now + day)).await;
    let sent = o.submitted("Consultation closes", Some(now + 2 * day)).await;
    let planned = o.submitted("Vaccination day", Some(now + 3 * day)).await;
    posts::approve(&o.approver.cx, planned, 1).await.unwrap();
    o.out("Road closed").await;
    let cookie = o.app.sign_in(AUTHOR).await;
    let get = async |path: &str| o.app.browse(&cookie, path).await.expect(200).body;
    let page = get("/posts/calendar").await;
    for part in
        ["November 2026", "Monday", "ev draft", "ev approval", "ev scheduled", "ev published", "aria-current=\"date\""]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches("/schedule\"").count(), 2, "what is approved stays where it was approved");
    assert!(page.contains("/posts/calendar\" aria-current=\"page\"") && !page.contains("/posts\" aria-current"));
    let dz = get("/posts/calendar?month=2026-11&lang=dz").await;
    assert!(dz.contains("གཟའ་མིག་དམར་") && dz.contains("ཟླ་བཅུ་གཅིག་པ་"));
    assert!(get("/posts/calendar?month=2026-01").await.contains("Nothing is planned"));
    assert!(get("/posts/calendar?week=2026-11-24").await.contains("Week of 23 November 2026"));
    let move_to = async |id: i64, version: &str, at: &str| {
        let month = if id == draft && version == "2" { "2026-12" } else { "2026-11" };
        let fields = [("version", version), ("scheduled_at", at), ("month", month)];
        o.app.submit(&cookie, "/posts/calendar", &format!("/posts/{id}/schedule"), &fields).await
    };
    let done = move_to(draft, "1", "2026-12-24T10:00").await.expect(303);
    assert_eq!(done.location(), format!("/posts/calendar?month=2026-12#p{draft}"));
    assert!(get("/posts/calendar?month=2026-12").await.contains("10:00"));
    let past = move_to(draft, "2", "2020-01-01T10:00").await.expect(422).body;
    assert!(
        past.contains("href=\"#scheduled_at\">The time to go out lies in the past")
            && past.contains("id=\"scheduled_at\"")
    );
    assert!(move_to(draft, "1", "2026-12-25T10:00").await.expect(422).body.contains("now version 2"));
    assert!(move_to(sent, "1", "soon").await.expect(422).body.contains("value=\"soon\""), "what was typed stays");
    assert!(
        move_to(planned, "1", "2026-12-24T10:00").await.expect(422).body.contains("Correct or withdraw it instead")
    );
    move_to(sent, "1", "2026-11-30T10:00").await.expect(303);
    assert_eq!(posts::see(&o.author.cx, sent).await.unwrap().state, posts::State::Draft);
    // What is not theirs to see is not theirs to move.
    let other = crate::agencies::by_code(o.app.cx.db(), "MoF").await.unwrap().id;
    o.app.person("Far Away", Some(other), &[Role::Author]).await;
    let far = o.app.sign_in("far.away@example.bt").await;
    o.app.browse(&far, &format!("/posts/calendar?agency={}", o.agency)).await.expect(403);
    let fields = [("version", "2"), ("scheduled_at", "2026-12-24T10:00")];
    o.app.submit(&far, "/posts/calendar", &format!("/posts/{draft}/schedule"), &fields).await.expect(403);
    o.app.person("Oversight Desk", None, &[Role::Oversight]).await;
    let oversight = o.app.sign_in("oversight.desk@example.bt").await;
    let seen = o.app.browse(&oversight, &format!("/posts/calendar?agency={}", o.agency)).await.expect(200).body;
    assert!(seen.contains("Vaccination day") && !seen.contains("/schedule\""));
}

/// The links of the navigation that always stand, and those behind “More”.
async fn navigation(app: &TestApp, email: &str) -> (Vec<String>, Vec<String>) {
    let page = app.browse(&app.sign_in(email).await, "/desk?lang=en").await.expect(200).body;
    let nav = page.split("<nav ").nth(1).unwrap().split("</nav>").next().unwrap();
    let (first, rest) = nav.split_once("id=\"nav-rest\"").unwrap();
    let hrefs = |part: &str| part.split("href=\"/").skip(1).map(|p| p.split('"').next().unwrap().to_owned()).collect();
    let icons = |all: Vec<String>| all.into_iter().filter(|h| !h.starts_with("assets/")).collect();
    (icons(hrefs(first)), icons(hrefs(rest)))
}

#[tokio::test]
async fn who_works_for_a_small_body_sees_five_screens_and_the_others_behind_them() {
    let app = TestApp::new().await;
    let id = |code: &'static str| crate::agencies::by_code(app.cx.db(), code);
    let (gewog, ministry) = (id("BT-33-01").await.unwrap().id, id("MoH").await.unwrap().id);
    app.person("Clerk", Some(gewog), &[Role::Author]).await;
    app.person("Gup", Some(gewog), &[Role::Lead]).await;
    app.person("Officer", Some(ministry), &[Role::Author]).await;
    let (few, rest) = navigation(&app, "clerk@example.bt").await;
    assert_eq!(few, ["desk", "posts/new", "inbox", "accounts", "compliance"]);
    let (first, more) = navigation(&app, "officer@example.bt").await;
    assert_eq!(first.len(), 4);
    // Everything else is there, each once.
    let all: std::collections::BTreeSet<_> = few.iter().chain(&rest).cloned().collect();
    assert_eq!(all.len(), few.len() + rest.len());
    for href in first.iter().chain(&more) {
        assert!(all.contains(href), "{href} cannot be reached: {all:?}");
    }
    // The gup writes nothing but approves.
    assert_eq!(navigation(&app, "gup@example.bt").await.0, ["desk", "posts", "inbox", "accounts", "compliance"]);
    // Who also works for the whole government sees what the others see.
    app.person("Both", Some(gewog), &[Role::Records, Role::Oversight]).await;
    assert_eq!(navigation(&app, "both@example.bt").await.0.len(), 4);
    app.drain().await;
}
