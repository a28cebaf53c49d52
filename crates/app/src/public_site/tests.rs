mod finding;

use crate::moderation::{self, NewDecision};
use crate::people::{self, Role};
use crate::posts::{self, Draft, Target};
use crate::testkit::{Person, TestApp};
use crate::{accounts, agencies, inbox};
use ground::clock::MINUTE;
use ground::ctx::{Actor, Who};

#[tokio::test]
async fn an_agency_shows_its_names_its_history_and_where_it_speaks() {
    let app = TestApp::new().await;
    let moh = agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let page = app.get("/agencies/MoH?lang=en").await.expect(200).body;
    assert!(page.contains("<h1 lang=\"en\">Ministry of Health</h1>") && page.contains("གསོ་བའི་ལྷན་ཁག"), "{page}");
    assert!(page.contains("has no official account") && !page.contains("<script"));
    let author = app.person("Pema", Some(moh), &[Role::Author]).await;
    let lead = app.person("Lead", Some(moh), &[Role::Lead]).await;
    let account = app.live_site(moh, &author, &lead).await;
    let page = app.get("/agencies/MoH").await.expect(200).body;
    assert!(page.contains("http://drelwa.test/agencies/MoH") && page.contains("Official since 24 November 2026"));
    accounts::close(&lead.cx, account, &accounts::Closing { reason: "moved".into(), ..Default::default() })
        .await
        .unwrap();
    let page = app.get("/agencies/MoH").await.expect(200).body;
    assert!(page.contains("No longer official") && page.contains("Official until 24 November 2026"), "{page}");
    let page = app.get("/agencies/MoH?lang=dz").await.expect(200).body;
    assert!(page.contains("<h1 lang=\"dz\">གསོ་བའི་ལྷན་ཁག</h1>") && page.contains("lang=\"en\">Ministry of Health"));
    app.drain().await;
}

#[tokio::test]
async fn a_former_agency_leads_to_its_successors_and_they_lead_back() {
    let app = TestApp::new().await;
    let old = app.get("/agencies/MoIC?lang=en").await.expect(200).body;
    assert!(old.contains("no longer exists") && old.contains("30 December 2022"), "{old}");
    for code in ["MoICE", "GovTech", "MoIT"] {
        assert!(old.contains(&format!("href=\"/agencies/{code}\"")), "{code}");
        assert!(app.get(&format!("/agencies/{code}")).await.expect(200).body.contains("href=\"/agencies/MoIC\""));
    }
    let house = app.get("/agencies/NAB").await.expect(200).body;
    assert!(house.contains("Belongs to") && house.contains("href=\"/agencies/PARL\""), "{house}");
    app.drain().await;
}

#[tokio::test]
async fn an_unknown_code_is_not_found_with_a_way_on() {
    let app = TestApp::new().await;
    for path in ["/agencies/NoSuch", "/agencies/%27%3B--", "/agencies/%E0%BD%80"] {
        let page = app.get(path).await.expect(404).body;
        assert!(page.contains("No agency has this code") && page.contains("href=\"/agencies\""), "{path}: {page}");
    }
    assert!(app.get("/agencies/%FF").await.expect(404).body.contains("<h1>Not found</h1>"));
    app.drain().await;
}

/// A ministry with people, an account here and one on the practice network.
struct House {
    app: TestApp,
    agency: i64,
    author: Person,
    approver: Person,
    lead: Person,
    moderator: Person,
    accounts: Vec<i64>,
}

const EN: &str = "Free flu shots <now>. See https://moh.gov.bt/flu?a=1&b=2 for places.";
const DZ: &str = "ཆམ་ནད་བཀག་ཐབས་སྨན་ཁབ། རིན་མེད།";

async fn house() -> House {
    let app = TestApp::new().await;
    let agency = agencies::by_code(app.cx.db(), "MoH").await.unwrap().id;
    let author = app.person("Pema", Some(agency), &[Role::Author]).await;
    let approver = app.person("Dorji", Some(agency), &[Role::Approver]).await;
    let lead = app.person("Karma", Some(agency), &[Role::Lead]).await;
    let moderator = app.person("Rinchen", Some(agency), &[Role::Moderator]).await;
    let site = app.live_site(agency, &author, &lead).await;
    let practice = app.live_practice(agency, "simulator", &author, &lead).await;
    House { app, agency, author, approver, lead, moderator, accounts: vec![site, practice] }
}

impl House {
    async fn publish(&self, en: &str, dz: &str, pictures: Vec<i64>) -> i64 {
        let targets =
            self.accounts.iter().map(|account| Target { account: *account, variant: String::new() }).collect();
        let draft = Draft { text_en: en.into(), text_dz: dz.into(), targets, pictures, ..Draft::default() };
        let post = posts::draft(&self.author.cx, self.agency, &draft).await.unwrap().id;
        posts::submit(&self.author.cx, post, 1).await.unwrap();
        posts::approve(&self.approver.cx, post, 1).await.unwrap();
        self.app.drain().await;
        self.app.advance(MINUTE);
        post
    }
    async fn citizen(&self, name: &str) -> Citizen {
        let email = format!("{}@example.org", name.to_lowercase());
        let (id, token) = people::join_for_story(&self.app.cx, &email, name).await.unwrap();
        let cx = self.app.cx.acting(Actor::new(Who::Citizen(id), name));
        Citizen { cx, cookie: format!("drelwa={token}") }
    }
    async fn decide(&self, message: i64, action: &str) {
        let decision = NewDecision {
            action: action.into(),
            ground: "MG-5".into(),
            reason: "Advertises".into(),
            ..NewDecision::default()
        };
        moderation::decide(&self.moderator.cx, message, &decision).await.unwrap();
        self.app.drain().await;
    }
    async fn page(&self, path: &str) -> String {
        self.app.get(path).await.expect(200).body
    }
}

struct Citizen {
    cx: ground::Ctx,
    cookie: String,
}

fn count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

#[tokio::test]
async fn a_post_is_read_in_both_languages_with_its_pictures_and_where_else_it_stands() {
    let h = house().await;
    let picture = posts::add_picture(&h.author.cx, h.agency, posts::sample_picture(40, 30), "A clinic", "སྨན་ཁང་").await;
    let post = h.publish(EN, DZ, vec![picture.unwrap().id]).await;
    let en = h.page(&format!("/p/{post}?lang=en")).await;
    assert!(
        en.contains(
            "Free flu shots &#60;now&#62;. See <a href=\"https://moh.gov.bt/flu?a=1&#38;b=2\" rel=\"noopener\">"
        ),
        "{en}"
    );
    assert!(
        en.contains("<h1 lang=\"en\"><a href=\"/agencies/MoH\">Ministry of Health</a></h1>") && count(&en, "<h1") == 1
    );
    assert!(en.find("lang=\"en\">Free flu").unwrap() < en.find("lang=\"dz\">ཆམ་ནད་").unwrap());
    assert!(en.contains("alt=\"A clinic\" lang=\"en\" width=\"40\" height=\"30\""));
    assert!(en.contains("<time datetime=\"2026-11-24T03:30:00Z\">24 November 2026, 09:30</time>"));
    assert!(
        en.contains("<meta name=\"description\" content=\"Free flu shots")
            && en.contains("hreflang=\"dz\" href=\"http://drelwa.test/p/")
    );
    assert!(en.contains("The same post elsewhere") && en.contains("simulator-"), "{en}");
    assert!(!en.contains("<script") && !en.contains("id=\"corrections\"") && en.contains("Nobody has commented yet"));
    let dz = h.page(&format!("/p/{post}?lang=dz")).await;
    assert!(dz.contains("<html lang=\"dz\">") && dz.contains("alt=\"སྨན་ཁང་\" lang=\"dz\""));
    assert!(dz.find("lang=\"dz\">ཆམ་ནད་").unwrap() < dz.find("lang=\"en\">Free flu").unwrap());
}

#[tokio::test]
async fn who_comes_back_is_sent_nothing_anew_and_nothing_of_a_session_is_kept() {
    let h = house().await;
    let post = h.publish(EN, DZ, vec![]).await;
    let path = format!("/p/{post}?lang=en");
    let first = h.app.get(&path).await.expect(200);
    let tag = first.headers.get("etag").unwrap().clone();
    assert_eq!(first.headers.get("cache-control").unwrap(), "no-cache");
    let again = |tag: &axum::http::HeaderValue| {
        axum::http::Request::get(&path).header("if-none-match", tag).body(axum::body::Body::empty()).unwrap()
    };
    assert_eq!(h.app.send(again(&tag)).await.expect(304).body, "");
    inbox::comment(&h.citizen("Sonam").await.cx, post, None, "When?").await.unwrap();
    let changed = h.app.send(again(&tag)).await.expect(200);
    assert!(changed.body.contains("When?") && changed.headers.get("etag").unwrap() != tag);
    let own = h.app.browse(&h.citizen("Sonam").await.cookie, &path).await.expect(200);
    assert!(own.headers.get("etag").is_none() && own.headers.get("cache-control").unwrap() == "no-store");
    h.app.drain().await;
}

#[tokio::test]
async fn a_correction_shows_what_changed_and_why_and_a_withdrawal_says_so() {
    let h = house().await;
    let post = h.publish("Boil water until Thursday. Thank you.", "གཟའ་པ་སངས་ཚུན་", vec![]).await;
    let note = "The samples were not clean <yet>.";
    posts::correct(&h.author.cx, post, 1, "Boil water until Saturday. Thank you.", "གཟའ་པ་སངས་ཚུན་", note)
        .await
        .unwrap();
    let path = format!("/p/{post}?lang=en");
    assert!(!h.page(&path).await.contains("Saturday"), "not before somebody approved it");
    posts::approve(&h.approver.cx, post, 2).await.unwrap();
    h.app.drain().await;
    let page = h.page(&path).await;
    assert!(
        page.contains("until <del>Thursday. </del><ins>Saturday. </ins>Thank you.")
            && page.contains("not clean &#60;yet&#62;"),
        "{page}"
    );
    assert_eq!(count(&page, "<details"), 1, "the Dzongkha did not change: {page}");
    assert!(h.page("/?lang=en").await.contains("corrected</span>"));
    let citizen = h.citizen("Sonam").await;
    inbox::comment(&citizen.cx, post, None, "Good to know").await.unwrap();
    posts::withdraw(&h.lead.cx, post, "The wrong ministry").await.unwrap();
    h.app.drain().await;
    let gone = h.app.get(&path).await.expect(410).body;
    assert!(
        gone.contains("This post was withdrawn")
            && gone.contains("The wrong ministry")
            && gone.contains("Good to know"),
        "{gone}"
    );
    assert!(!gone.contains("until") && !gone.contains("Sign in by mail") && gone.contains("noindex"), "{gone}");
    assert!(!h.page("/").await.contains(&format!("/p/{post}")));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_and_odd_queries_do_no_harm() {
    let h = house().await;
    let draft = Draft { text_en: "Secret plan".into(), ..Draft::default() };
    let draft = posts::draft(&h.author.cx, h.agency, &draft).await.unwrap().id;
    for path in [format!("/p/{draft}"), "/p/1".into(), "/p/x".into(), "/p/-4".into(), "/p/99999999999999999999".into()]
    {
        let page = h.app.get(&path).await.expect(404).body;
        assert!(!page.contains("Secret"), "{path}");
    }
    let post = h.publish(EN, DZ, vec![]).await;
    for odd in ["lang=xx", "after=x", "after=-1", "talk=0", "talk=99999999999999999999", "after=5&talk=5"] {
        h.app.get(&format!("/p/{post}?{odd}")).await.expect(200);
        h.app.get(&format!("/?before={odd}")).await.expect(200);
    }
    for before in ["x", "1", "1-", "-", "9999999999999999999999-1", "1-2-3"] {
        h.app.get(&format!("/?before={before}")).await.expect(200);
    }
    for unreadable in ["/?before=%FF", "/?lang=%FF", "/?before=1%00"] {
        h.app.get(unreadable).await.expect(400);
    }
}

#[tokio::test]
async fn comments_stand_in_conversations_with_the_agencys_answers() {
    let h = house().await;
    let post = h.publish(EN, DZ, vec![]).await;
    let (sonam, deki) = (h.citizen("Sonam").await, h.citizen("Deki").await);
    let first = inbox::comment(&sonam.cx, post, None, "When does it open?").await.unwrap().id;
    let other = inbox::comment(&deki.cx, post, None, "Thank you!").await.unwrap().id;
    let reply = inbox::comment(&deki.cx, post, Some(first), "On Monday").await.unwrap().id;
    let deep = inbox::comment(&sonam.cx, post, Some(reply), "རྫོང་ཁ་?").await.unwrap().id;
    inbox::answer(&h.approver.cx, first, "From nine o'clock").await.unwrap();
    h.app.drain().await;
    let page = h.page(&format!("/p/{post}?lang=en")).await;
    let at = |id: i64| page.find(&format!("id=\"m{id}\"")).unwrap();
    assert!(at(first) < at(reply) && at(reply) < at(deep) && at(deep) < at(other), "{page}");
    assert_eq!(count(&page, "class=\"comment reply\""), 2);
    assert!(page.contains(&format!("href=\"#m{reply}\">to Deki")) && page.contains("lang=\"dz\">རྫོང་ཁ་?"));
    let answer = page.find("From nine o&#39;clock").unwrap();
    assert!(at(first) < answer && answer < at(reply) && page.contains("Answer of the agency"));
    assert!(
        !page.contains("name=\"csrf\"") && page.contains(&format!("/citizen/sign-in?next=%2Fp%2F{post}%23comment"))
    );
    h.app.drain().await;
}

#[tokio::test]
async fn a_citizen_comments_reports_and_takes_back_on_the_page_itself() {
    let h = house().await;
    let post = h.publish(EN, DZ, vec![]).await;
    let path = format!("/p/{post}");
    let sonam = h.citizen("Sonam").await;
    let action = format!("{path}/comments");
    let long = "long ".repeat(500);
    let again = h.app.submit(&sonam.cookie, &path, &action, &[("text", &long), ("parent", "")]).await.expect(422);
    assert!(again.body.contains(long.trim()) && again.body.contains("2,000"), "what was typed stays: {}", again.body);
    let done = h.app.submit(&sonam.cookie, &path, &action, &[("text", "Mine <b>")]).await.expect(303);
    assert!(done.location().starts_with(&format!("{path}#m")));
    let id: i64 = done.location().rsplit("#m").next().unwrap().parse().unwrap();
    let (report, removal) = (format!("/comments/{id}/report"), format!("/comments/{id}/removal"));
    let page = h.app.browse(&sonam.cookie, &path).await.expect(200).body;
    assert!(page.contains("Mine &#60;b&#62;") && page.contains(&removal) && !page.contains(&report), "{page}");
    let deki = h.citizen("Deki").await;
    let page = h.app.browse(&deki.cookie, &path).await.expect(200).body;
    assert!(!page.contains(&removal) && page.contains(&report), "{page}");
    let reply = [("text", "Yours"), ("parent", &id.to_string())];
    h.app.submit(&deki.cookie, &path, &action, &reply).await.expect(303);
    assert!(h.page(&path).await.contains("class=\"comment reply\""));
    h.app.submit(&sonam.cookie, &path, &removal, &[]).await.expect(303);
    let page = h.page(&path).await;
    assert!(
        page.contains("Its author took this comment back") && !page.contains("Mine") && page.contains("Yours"),
        "{page}"
    );
    let officer = h.app.sign_in("pema@example.bt").await;
    assert!(h.app.browse(&officer, &path).await.expect(200).body.contains("href=\"/inbox\""));
    h.app.drain().await;
}

#[tokio::test]
async fn a_comment_is_shown_as_moderation_decided() {
    let h = house().await;
    let post = h.publish(EN, DZ, vec![]).await;
    let sonam = h.citizen("Sonam").await;
    for (action, words_stay, name_stays, says) in [
        ("label", true, true, "A note on this comment:"),
        ("collapse", true, true, "<summary>This comment was folded away"),
        ("mask", false, true, "The words of this comment are covered."),
        ("hide", false, false, "This comment is hidden."),
    ] {
        let text = format!("Cheap loans {action}");
        let id = inbox::comment(&sonam.cx, post, None, &text).await.unwrap().id;
        h.decide(id, action).await;
        let page = h.page(&format!("/p/{post}?lang=en")).await;
        let own = page.split(&format!("id=\"m{id}\"")).nth(1).unwrap().split("</article>").next().unwrap();
        assert_eq!(own.contains(&text), words_stay, "{action}: {own}");
        assert_eq!(own.contains("Sonam"), name_stays, "{action}: {own}");
        assert!(
            own.contains(says) && own.contains("href=\"/decisions/") && !own.contains("/report"),
            "{action}: {own}"
        );
    }
    h.app.drain().await;
}

#[tokio::test]
async fn many_comments_come_page_by_page_and_none_is_lost() {
    let h = house().await;
    let post = h.publish(EN, DZ, vec![]).await;
    let mut roots = vec![];
    for n in 0..53 {
        let citizen = h.citizen(&format!("Citizen {n}").replace(' ', "-")).await;
        roots.push(inbox::comment(&citizen.cx, post, None, &format!("Comment {n}")).await.unwrap().id);
    }
    let late = inbox::comment(&h.citizen("Late").await.cx, post, Some(roots[0]), "A late reply").await.unwrap().id;
    let page = h.page(&format!("/p/{post}?lang=en")).await;
    assert_eq!(count(&page, "class=\"comment\""), 50);
    assert!(page.contains(&format!("id=\"m{late}\"")), "a reply stands with its conversation, however late");
    let next = format!("/p/{post}?after={}", roots[49]);
    assert!(page.contains(&format!("href=\"{next}#comments\"")), "{page}");
    let page = h.page(&next).await;
    assert_eq!(count(&page, "class=\"comment\""), 3);
    assert!(page.contains(&format!("id=\"m{}\"", roots[52])) && !page.contains("More comments"));
    let one = h.page(&format!("/p/{post}?talk={}", roots[0])).await;
    assert_eq!((count(&one, "class=\"comment\""), count(&one, "class=\"comment reply\"")), (1, 1));
    h.app.drain().await;
}

#[tokio::test]
async fn the_front_page_lists_the_newest_first_and_goes_on_by_key() {
    let h = house().await;
    let empty = h.page("/?lang=en").await;
    assert!(
        empty.contains("Nothing has been published yet")
            && empty.contains("action=\"/verify\"")
            && empty.contains("action=\"/search\"")
    );
    let mut ids = vec![];
    for n in 0..22 {
        ids.push(h.publish(&format!("News number {n}. More of it."), DZ, vec![]).await);
    }
    let page = h.page("/?lang=en").await;
    assert_eq!((count(&page, "<h1"), count(&page, "<li class=\"post\"")), (1, 20));
    assert!(page.contains(">News number 21.</a></h3><p lang=\"en\">More of it.</p>"), "{page}");
    let next = page.split("href=\"/?before=").nth(1).unwrap().split('"').next().unwrap();
    let page = h.page(&format!("/?before={next}&lang=en")).await;
    assert_eq!(count(&page, "<li class=\"post\""), 2);
    assert!(page.contains(&format!("/p/{}\"", ids[0])) && !page.contains("quiet\" href=\"/?before="));
    assert!(h.page("/?lang=dz").await.contains("ཆམ་ནད་"));
}
