//! The MediaWiki connector against MediaWiki itself; `cargo xtask test --only servers` starts one. Needs
//! `DRELWA_TEST_MEDIAWIKI_URL` (where api.php is), `DRELWA_TEST_MEDIAWIKI_SECRET` (an administrator's bot password with
//! its login), `DRELWA_TEST_MEDIAWIKI_SMALL_SECRET` (one that may edit only) and `DRELWA_TEST_MEDIAWIKI_CITIZEN_SECRET`
//! (somebody who comments).
mod wiki;

use connect::mediawiki::MediaWiki;
use connect::*;
use ground::clock::Clock;
use ground::fetch::Request;
use wiki::{Person, fetch, given, visible};

fn access(secret: &str) -> Access {
    Access {
        base_url: given("DRELWA_TEST_MEDIAWIKI_URL"),
        secret: Secret::new(given(secret)),
        remote_account_id: String::new(),
        handle: String::new(),
    }
}

async fn agency() -> (MediaWiki, Access) {
    let (wiki, mut to) = (MediaWiki::new(fetch(), Clock::system()), access("DRELWA_TEST_MEDIAWIKI_SECRET"));
    let me = wiki.whoami(&to).await.unwrap();
    assert!(!me.account_id.is_empty() && !me.handle.is_empty(), "{me:?}");
    assert_eq!(wiki.resolve(&to, &me.handle).await, Ok(Some(me.account_id.clone())));
    (to.remote_account_id, to.handle) = (me.account_id, me.handle);
    (wiki, to)
}

/// Words nobody has said before, so that tests do not find each other's posts.
fn fresh(text: &str) -> String {
    format!("{text} ({})", Clock::system().now())
}

fn post(text: &str) -> Post {
    Post { text: text.to_owned(), lang: "en".to_owned(), ..Post::default() }
}

fn sought(key: &str, since_us: i64) -> Sought {
    Sought { key: key.into(), fingerprint: fingerprint("unused"), container: None, since_us }
}

fn accepted(verdict: Verdict) -> String {
    match verdict {
        Verdict::Accepted { remote_id, .. } => remote_id,
        other => panic!("{other:?}"),
    }
}

fn refused(verdict: Verdict, what: &str) {
    assert!(matches!(&verdict, Verdict::Rejected { code, .. } if code == what), "{what}: {verdict:?}");
}

async fn publish(wiki: &MediaWiki, to: &Access, post: &Post, key: &str) -> String {
    let prepared = wiki.prepare(to, post).await.unwrap();
    accepted(wiki.attempt(to, &prepared, key).await)
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn limits_and_rights_come_from_the_wiki() {
    let (wiki, to) = agency().await;
    let about = Person::nobody().ask(&[("action", "query"), ("meta", "siteinfo")]).await;
    println!("server: {}", about["query"]["general"]["generator"]);
    let can = wiki.capabilities_at(&to).await;
    assert!(can.can_hide && can.can_delete && can.max_media > 0 && can.has_metrics, "{can:?}");
    assert!(can.image_types.iter().any(|t| t == "image/png") && can.text_limit.unwrap() > 100_000, "{can:?}");
    let long = wiki.attempt(&to, &Prepared::of(&post(&"x".repeat(2_100_000)), Vec::new()), "long").await;
    assert!(
        matches!(&long, Verdict::Rejected { code, field: Some(f), .. } if code == "too-large" && f == "text"),
        "{long:?}"
    );

    let small = access("DRELWA_TEST_MEDIAWIKI_SMALL_SECRET");
    let can = wiki.capabilities_at(&small).await;
    assert!(!can.can_hide && !can.can_delete && can.max_media == 0 && can.can_edit, "{can:?}");
    let text = fresh("Of one who may edit only");
    let id = publish(&wiki, &small, &post(&text), &text).await;
    refused(wiki.take_down(&small, &id).await, "forbidden");
    assert!(Person::nobody().page(&id).await.is_some());
    accepted(wiki.take_down(&to, &id).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn the_text_is_read_as_it_was_given() {
    let (wiki, to) = agency().await;
    let hard = "The *bridge* at Wangdue <open> & safe:\nhttps://example.org/bridges/wangdue?lang=dz&x=a_b__c#now\n\nའབྲུག་ལམ་ཁ་ཕྱེ་ཡོད།\n\
        * no list\n# no number\n: no indent\n; no term\n = no heading =\n== none ==\n---- no line\n no box\n{| no table |}\n\
        ''not slanted'' '''nor bold''' ~~~~ __NOTOC__ [[no link]] [http://example.org no name] {{no template}} {{{none}}}\n\
        RFC 2119 ISBN 0-306-40615-2 <script>alert(1)</script> <nowiki> <!-- seen --> &amp; &#91; -{zh}- #REDIRECT [[x]]";
    let text = fresh(hard);
    let id = publish(&wiki, &to, &post(&text), &text).await;
    let html = Person::nobody().html(&id).await;
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(visible(&html), joined, "{html}");
    for sign in ["<ul", "<ol", "<dl", "<h2", "<hr", "<pre", "<table", "<i>", "<b>", "<script", "mw-redirect"] {
        assert!(!html.contains(sign), "{sign} in {html}");
    }
    assert!(html.contains("href=\"https://example.org/bridges/wangdue?lang=dz&amp;x=a_b__c#now\""), "{html}");
    assert!(html.contains("lang=\"en\""), "{html}");
    let redirect = fresh("#REDIRECT [[Main Page]]");
    let second = publish(&wiki, &to, &post(&redirect), &redirect).await;
    assert_eq!(visible(&Person::nobody().html(&second).await), redirect);
    for id in [id, second] {
        accepted(wiki.take_down(&to, &id).await);
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn every_first_line_makes_a_title() {
    let (wiki, to) = agency().await;
    for line in [
        "Talk: who are you?",
        "File:x.png",
        ":en:Main Page",
        "[[x]] {{y}} | # <z> ~~~~",
        "100%25 &amp; more",
        "../up/./down",
        "/ \\ ? ' \" + _ __",
        "འབྲུག་ལམ་ཁ་ཕྱེ་ཡོད། ".repeat(20).as_str(),
        &"x".repeat(600),
        "\u{202e}turned\u{7}",
        "wikipedia:Bhutan",
    ] {
        let key = fresh("title");
        let id = publish(&wiki, &to, &post(line), &key).await;
        let page = Person::nobody().page(&id).await.unwrap();
        assert_eq!(page["ns"], 0, "{page}");
        assert_eq!(publish(&wiki, &to, &post(line), &key).await, id, "{line}: the same title is found again");
        accepted(wiki.take_down(&to, &id).await);
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_key_makes_one_page_that_is_found_again() {
    let (wiki, to) = agency().await;
    let (text, key) = (fresh("Sent twice with one key"), fresh("key"));
    let since = Clock::system().now();
    assert_eq!(wiki.find(&to, &sought(&key, since)).await, Found::No);
    let one = publish(&wiki, &to, &post(&text), &key).await;
    assert_eq!(publish(&wiki, &to, &post(&text), &key).await, one);
    let found = wiki.find(&to, &sought(&key, since)).await;
    let Found::Yes { remote_id, url: Some(url) } = found else { panic!("{found:?}") };
    assert_eq!(remote_id, one);
    let shown = fetch().send(Request::get(url)).await.unwrap();
    assert!(shown.status == 301 || shown.status == 302 || shown.text().contains("Sent twice"), "{}", shown.status);
    let two = publish(&wiki, &to, &post(&text), &fresh("another")).await;
    assert_ne!(one, two);

    // Moved by hand, the page is still the one.
    let mut admin = Person::signed_in("DRELWA_TEST_MEDIAWIKI_SECRET").await;
    let moved = fresh("Moved");
    let said = admin.tell("move", &[("fromid", &one), ("to", &moved), ("reason", "a better title")]).await;
    assert_eq!(said["move"]["to"], moved.as_str(), "{said}");
    assert_eq!(publish(&wiki, &to, &post(&text), &key).await, one);
    for id in [&one, &two] {
        for _ in 0..2 {
            accepted(wiki.take_down(&to, id).await);
        }
        assert!(Person::nobody().page(id).await.is_none());
    }
    refused(wiki.edit(&to, &one, &Prepared::of(&post("never"), Vec::new())).await, "gone");
    assert_eq!(wiki.find(&to, &sought(&key, since)).await, Found::No);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_picture_goes_along_with_its_description() {
    let (wiki, to) = agency().await;
    let alt = "One red dot | \"seen\" ]] from {{above}} <b>";
    let picture = Media { bytes: PNG.to_vec(), mime: "image/png".into(), alt: alt.into(), url: None, path: None };
    let text = fresh("A picture");
    let with = Post { media: vec![picture], ..post(&text) };
    let id = publish(&wiki, &to, &with, &text).await;
    let html = Person::nobody().html(&id).await;
    let shown = html.split("alt=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    assert_eq!(visible(shown), alt, "{html}");
    let place = html.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let file = fetch().send(Request::get(to.url(place))).await.unwrap();
    assert_eq!(file.body, PNG);
    // The same bytes once more: the wiki has them already.
    let again = publish(&wiki, &to, &with, &fresh("key")).await;
    let not =
        Media { bytes: b"no picture".to_vec(), mime: "image/png".into(), alt: String::new(), url: None, path: None };
    let refused = wiki.prepare(&to, &Post { media: vec![not], ..post("x") }).await.unwrap_err();
    assert!(matches!(&refused, Verdict::Rejected { field: Some(f), .. } if f == "media"), "{refused:?}");
    for id in [id, again] {
        accepted(wiki.take_down(&to, &id).await);
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn an_edit_keeps_what_others_wrote_or_is_refused() {
    let (wiki, to) = agency().await;
    let text = fresh("First line\n\nSecond line\n\nThird line\n\nFourth line");
    let id = publish(&wiki, &to, &post(&text), &text).await;
    let mut citizen = Person::signed_in("DRELWA_TEST_MEDIAWIKI_CITIZEN_SECRET").await;
    let better = text.replace("First line", "Premier line");
    let prepared = Prepared::of(&post(&better), Vec::new());
    assert_eq!(accepted(wiki.edit(&to, &id, &prepared).await), id);
    assert_eq!(visible(&citizen.html(&id).await), better.split_whitespace().collect::<Vec<_>>().join(" "));

    let title = citizen.page(&id).await.unwrap()["title"].as_str().unwrap().to_owned();
    let source = citizen.source(&title).await;
    citizen.write(&title, &source.replace("Third line", "Third line, corrected")).await;
    let more = better.replace("Premier line", "Prime line");
    accepted(wiki.edit(&to, &id, &Prepared::of(&post(&more), Vec::new())).await);
    let now = citizen.source(&title).await;
    assert!(now.contains("Prime line") && now.contains("Third line, corrected"), "{now}");

    citizen.write(&title, &now.replace("Prime line", "Citizen's line")).await;
    let clash = more.replace("Prime line", "Agency's line");
    refused(wiki.edit(&to, &id, &Prepared::of(&post(&clash), Vec::new())).await, "edited-meanwhile");
    assert!(citizen.source(&title).await.contains("Citizen's line"));
    accepted(wiki.take_down(&to, &id).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_citizens_comment_comes_in_is_answered_and_hidden() {
    let (wiki, to) = agency().await;
    let from = wiki.inbound(&to, None).await.unwrap().cursor;
    let text = fresh("Ask us about the road");
    let id = publish(&wiki, &to, &post(&text), &text).await;
    let mut citizen = Person::signed_in("DRELWA_TEST_MEDIAWIKI_CITIZEN_SECRET").await;
    let title = citizen.page(&id).await.unwrap()["title"].as_str().unwrap().to_owned();
    let talk = format!("Talk:{title}");
    let say = |words: &str| {
        vec![
            ("title", talk.clone()),
            ("section", "new".into()),
            ("sectiontitle", "Trongsa".into()),
            ("text", words.to_owned()),
        ]
    };
    for words in ["Is <b>Trongsa</b> open & safe? --~~~~", "Rude words ~~~~"] {
        let form = say(words);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let said = citizen.tell("edit", &form).await;
        assert_eq!(said["edit"]["result"], "Success", "{said}");
    }
    citizen.write(&fresh("Talk:Somebody's own"), "Not for the agency").await;
    let page = wiki.inbound(&to, from).await.unwrap();
    assert_eq!(page.items.len(), 2, "{page:?}");
    let (item, rude) = (&page.items[0], &page.items[1]);
    assert_eq!(item.text, "Trongsa\n\nIs <b>Trongsa</b> open & safe?");
    assert_eq!(rude.text, "Trongsa\n\nRude words");
    assert_eq!(item.in_reply_to.as_deref(), Some(id.as_str()));
    let pema = wiki.resolve(&to, &item.author_name).await.unwrap();
    assert!(pema.as_deref() == Some(&item.author_id) && item.at_us > 1_600_000_000_000_000, "{item:?}");
    assert!(wiki.inbound(&to, page.cursor.clone()).await.unwrap().items.is_empty());
    assert_eq!(wiki.metrics(&to, &id).await.unwrap(), Counts { replies: Some(2), ..Counts::default() });

    let answer = Post { reply_to: Some(item.remote_id.clone()), ..post("Yes,\nsince <noon>") };
    let key = fresh("answer");
    let since = Clock::system().now();
    let ours = publish(&wiki, &to, &answer, &key).await;
    assert_eq!(publish(&wiki, &to, &answer, &key).await, ours, "once");
    assert!(matches!(wiki.find(&to, &sought(&key, since)).await, Found::Yes { remote_id, .. } if remote_id == ours));
    let source = citizen.source(&talk).await;
    let lines: Vec<&str> = source.lines().collect();
    let at = lines.iter().position(|l| l.starts_with("Is <b>")).unwrap();
    assert!(lines[at + 1].starts_with(":Yes,<br>since &lt;noon&gt; [[User:"), "{source}");
    assert_eq!(source.matches("since").count(), 1, "{source}");
    assert!(wiki.inbound(&to, page.cursor.clone()).await.unwrap().items.is_empty(), "our own words are not inbound");
    let now = accepted(wiki.edit(&to, &ours, &Prepared::of(&post("Yes, since one"), Vec::new())).await);
    assert!(citizen.source(&talk).await.contains(":Yes, since one [[User:"));

    let small = access("DRELWA_TEST_MEDIAWIKI_SMALL_SECRET");
    refused(wiki.hide(&small, &rude.remote_id, true).await, "hide-not-possible");
    assert!(citizen.source(&talk).await.contains("Rude words"));
    let revision = rude.remote_id.trim_start_matches('r').to_owned();
    let readable = async |id: &str| {
        let query =
            [("action", "query"), ("prop", "revisions"), ("rvprop", "content"), ("rvslots", "main"), ("revids", id)];
        let page = Person::nobody().ask(&query).await["query"]["pages"][0].clone();
        page["revisions"][0]["slots"]["main"]["content"].is_string()
    };
    for _ in 0..2 {
        accepted(wiki.hide(&to, &rude.remote_id, true).await);
        assert!(!citizen.source(&talk).await.contains("Rude words") && !readable(&revision).await);
    }
    assert!(citizen.source(&talk).await.contains("Yes, since one"), "what others said stays");
    accepted(wiki.hide(&to, &rude.remote_id, false).await);
    assert!(citizen.source(&talk).await.contains("Rude words") && readable(&revision).await);
    for _ in 0..2 {
        accepted(wiki.take_down(&to, &now).await);
        assert!(!citizen.source(&talk).await.contains("since one"));
    }
    assert!(!readable(now.trim_start_matches('r')).await, "nor can it be read in the history");
    let more = Post { reply_to: Some(id.clone()), ..post("More at noon") };
    let said = publish(&wiki, &to, &more, &fresh("more")).await;
    assert!(citizen.source(&talk).await.contains("More at noon [[User:"), "{said}");
    assert_eq!(wiki.metrics(&to, &id).await.unwrap().replies, Some(2), "our own words are no answers");
    accepted(wiki.take_down(&to, &id).await);
    assert_eq!(wiki.metrics(&to, &id).await, Err(Failure::Gone));
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn what_was_posted_beside_the_connector_is_listed() {
    let (wiki, to) = agency().await;
    let first = wiki.own_posts(&to, None).await.unwrap();
    assert!(first.items.is_empty());
    let mut admin = Person::signed_in("DRELWA_TEST_MEDIAWIKI_SECRET").await;
    let title = fresh("By hand");
    let beside = admin.write(&title, "By hand <b>&</b> in haste").await["pageid"].to_string();
    admin.write(&format!("Talk:{title}"), "A word on it ~~~~").await;
    let text = fresh("By the tool [[x]]");
    let ours = publish(&wiki, &to, &post(&text), &text).await;
    // A change of a page that is there is no new post.
    admin.write(&title, "By hand, better").await;
    let page = wiki.own_posts(&to, first.cursor).await.unwrap();
    let told: Vec<(&str, &str)> = page.items.iter().map(|p| (p.remote_id.as_str(), p.text.as_str())).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!((told[0], told[2]), ((beside.as_str(), "By hand <b>&</b> in haste"), (ours.as_str(), text.as_str())));
    assert!(told[1].0.starts_with('r') && told[1].1 == "A word on it", "{told:?}");
    assert!(page.items.iter().all(|p| p.at_us > 1_600_000_000_000_000 && p.url.is_some()));
    assert!(wiki.own_posts(&to, page.cursor).await.unwrap().items.is_empty());
    for id in [beside, ours] {
        accepted(wiki.take_down(&to, &id).await);
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_wrong_key_is_told_apart() {
    let (wiki, mut to) = agency().await;
    let login = given("DRELWA_TEST_MEDIAWIKI_SECRET").split(':').next().unwrap().to_owned();
    for wrong in ["not-a-key".to_owned(), format!("{login}:0000000000000000"), "Nobody@x:0000".to_owned()] {
        to.secret = Secret::new(wrong);
        assert_eq!(wiki.whoami(&to).await, Err(Failure::Unauthorised));
        assert_eq!(wiki.attempt(&to, &Prepared::of(&post("never"), Vec::new()), "k").await, Verdict::Unauthorised);
    }
}

/// Where a command is given that makes the wiki forget its sessions (`DRELWA_TEST_MEDIAWIKI_FORGET`).
#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only peers"]
async fn a_session_that_ended_did_nothing_and_is_renewed() {
    let (wiki, to) = agency().await;
    let Some(command) = ground::config::Config::environment("DRELWA_TEST_MEDIAWIKI_FORGET") else {
        println!("nothing is given that ends a session");
        return;
    };
    let forget = || assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
    let (text, key, since) = (fresh("After the session"), fresh("key"), Clock::system().now());
    let prepared = wiki.prepare(&to, &post(&text)).await.unwrap();
    forget();
    let verdict = wiki.attempt(&to, &prepared, &key).await;
    assert!(matches!(verdict, Verdict::NotSent { .. }), "{verdict:?}");
    assert_eq!(wiki.find(&to, &sought(&key, since)).await, Found::No);
    let id = accepted(wiki.attempt(&to, &prepared, &key).await);
    forget();
    assert_eq!(wiki.whoami(&to).await.unwrap().account_id, to.remote_account_id);
    forget();
    assert!(matches!(wiki.take_down(&to, &id).await, Verdict::NotSent { .. }));
    accepted(wiki.take_down(&to, &id).await);
}

/// Eight by eight red pixels.
const PNG: &[u8] = include_bytes!("red.png");
