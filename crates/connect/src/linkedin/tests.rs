use super::bench::access;
use super::fake::{FakeLinkedIn, KEY, PAGE, Ways, shown};
use super::*;
use crate::trial::{accepted, refusal, refusal_of};
use crate::{Media, fingerprint};
use ground::fetch::FetchPolicy;
use tokio::net::TcpListener;

async fn linkedin(ways: Ways) -> (FakeLinkedIn, LinkedIn, Access) {
    let fake = FakeLinkedIn::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), ways).unwrap();
    let fetch = Fetch::new(FetchPolicy { allow_loopback: true, ..FetchPolicy::default() }).unwrap();
    let to = access(&fake);
    let tokens = format!("http://{}/oauth/v2/accessToken", fake.address);
    (fake, LinkedIn::new(fetch, Clock::system()).giving_keys_at(&tokens), to)
}

fn post(text: &str) -> Post {
    Post { text: text.into(), lang: "en".into(), ..Post::default() }
}

fn picture(alt: &str) -> Media {
    Media { bytes: b"\x89PNG1".to_vec(), mime: "image/png".into(), alt: alt.into(), url: None, path: None }
}

fn sought(prepared: &Prepared, since_us: i64) -> Sought {
    let container = prepared.container.clone();
    Sought { key: "k".into(), fingerprint: fingerprint(&prepared.text), container, since_us }
}

async fn publish(l: &LinkedIn, to: &Access, post: &Post) -> String {
    let prepared = l.prepare(to, post).await.unwrap();
    accepted(l.attempt(to, &prepared, "k").await)
}

#[tokio::test]
async fn no_sign_cuts_a_post_off() {
    let (fake, l, to) = linkedin(Ways::default()).await;
    let words = "Road (NH-1) *closed* @ Dochula_Pass | {use} [bypass] <now> ~2h #Roads #1 \\ གློག་འཕྲིན་ 🚧 100%";
    let id = publish(&l, &to, &post(words)).await;
    let raw = fake.own()[0].raw.clone();
    assert!(
        raw.contains(r"\(NH-1\) \*closed\* \@ Dochula\_Pass \| \{use\}") && raw.contains(r"{hashtag|\#|Roads} \#1")
    );
    assert_eq!(shown(&raw), words);
    assert_eq!(shown("cut (off) here"), "cut ", "a text that is not escaped is cut");
    assert!(id.starts_with("urn:li:share:"));
    let better = "Open again (both ways) #Roads";
    accepted(l.edit(&to, &id, &Prepared::of(&post(better), Vec::new())).await);
    assert_eq!(shown(&fake.own()[0].raw), better);
}

#[tokio::test]
async fn a_post_without_an_answer_is_found_whatever_becomes_of_its_links() {
    for shortens in [false, true] {
        let (fake, l, to) = linkedin(Ways { shortens, ..Ways::default() }).await;
        let since = Clock::system().now();
        let prepared = l.prepare(&to, &post("Closed, see https://roads.gov.bt/a_b?c=d for (more)")).await.unwrap();
        assert_eq!(l.find(&to, &sought(&prepared, since)).await, Found::No);
        let id = accepted(l.attempt(&to, &prepared, "k").await);
        assert_eq!(fake.own()[0].raw.contains("lnkd.in"), shortens);
        let found = l.find(&to, &sought(&prepared, since)).await;
        assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{shortens}: {found:?}");
        let other = l.prepare(&to, &post("Open, see https://roads.gov.bt/a_b?c=d for (more)")).await.unwrap();
        assert_eq!(l.find(&to, &sought(&other, since)).await, Found::No);
        // Without what prepare kept, a shortened link leaves it open.
        let bare = Sought { container: None, ..sought(&other, since) };
        assert_eq!(l.find(&to, &bare).await, if shortens { Found::CannotTell } else { Found::No });
        // What stood there before the attempt is another post.
        assert_eq!(l.find(&to, &sought(&prepared, since + 10 * MINUTE)).await, Found::No);
    }
    let (fake, l, to) = linkedin(Ways::default()).await;
    let prepared = l.prepare(&to, &post("Words")).await.unwrap();
    fake.write("Words", "DRAFT");
    fake.write("Words", "PUBLISH_FAILED");
    assert_eq!(l.find(&to, &sought(&prepared, 0)).await, Found::No, "nobody sees these");
    let odd = l.prepare(&to, &post(r"a\*b \\ c")).await.unwrap();
    let as_given = fake.write(r"a\*b \\ c", "PUBLISHED");
    assert!(matches!(l.find(&to, &sought(&odd, 0)).await, Found::Yes { remote_id, .. } if remote_id == as_given));
    let id = fake.write("Words", "PUBLISH_REQUESTED");
    assert!(matches!(l.find(&to, &sought(&prepared, 0)).await, Found::Yes { remote_id, .. } if remote_id == id));
}

#[tokio::test]
async fn the_same_words_again_are_refused_and_pages_that_do_not_turn_prove_nothing() {
    let (fake, l, to) = linkedin(Ways { stuck: true, ..Ways::default() }).await;
    publish(&l, &to, &post("Twice")).await;
    let again = l.attempt(&to, &Prepared::of(&post("Twice"), Vec::new()), "k2").await;
    assert_eq!(refusal(&again), ("duplicate", Some("text")));
    let prepared = l.prepare(&to, &post("Not there")).await.unwrap();
    assert_eq!(l.find(&to, &sought(&prepared, 0)).await, Found::CannotTell);
    assert!(matches!(l.own_posts(&to, Some("0;".into())).await, Err(Failure::Unreachable { .. })));
    let first = l.own_posts(&to, None).await.unwrap();
    assert!(first.items.is_empty());
    assert_eq!(fake.own().len(), 1);
}

#[tokio::test]
async fn answers_stand_below_what_they_answer_and_are_found_there() {
    let (fake, l, to) = linkedin(Ways::default()).await;
    let first = publish(&l, &to, &post("Ask us about the road")).await;
    let cursor = l.inbound(&to, None).await.unwrap().cursor;
    let question = fake.comment(&first, "urn:li:person:pema_D-1", "Is <b>Trongsa</b> open?");
    let more = fake.comment(&question, "urn:li:organization:99", "We ask too");
    let page = l.inbound(&to, cursor.clone()).await.unwrap();
    let told: Vec<_> = page
        .items
        .iter()
        .map(|i| (i.in_reply_to.as_deref().unwrap(), i.author_name.as_str(), i.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [(first.as_str(), "Pema D.", "Is <b>Trongsa</b> open?"), (question.as_str(), "LinkedIn page 99", "We ask too")]
    );
    assert_eq!(
        (page.items[0].remote_id.as_str(), page.items[1].remote_id.as_str()),
        (question.as_str(), more.as_str())
    );
    assert!(page.items[0].url.as_ref().is_some_and(|u| u.contains("?commentUrn=urn%3Ali%3Acomment%3A%28")));

    // An answer to an answer goes below the comment that began it: LinkedIn has no third level.
    let since = Clock::system().now();
    for (asked, below) in [(&first, None), (&question, Some(&question)), (&more, Some(&question))] {
        let words = format!("Yes (since noon) [{}]", fake.own().len());
        let prepared = l.prepare(&to, &Post { reply_to: Some(asked.clone()), ..post(&words) }).await.unwrap();
        assert_eq!(l.find(&to, &sought(&prepared, since)).await, Found::No, "{asked}");
        let id = accepted(l.attempt(&to, &prepared, "k").await);
        let said = fake.own().pop().unwrap();
        assert_eq!((said.raw.as_str(), said.parent.as_ref(), &said.urn), (words.as_str(), below, &id));
        let found = l.find(&to, &sought(&prepared, since)).await;
        assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{asked}: {found:?}");
        accepted(l.edit(&to, &id, &Prepared::of(&post("Better"), Vec::new())).await);
        assert_eq!(fake.own().pop().unwrap().raw, "Better");
        for _ in 0..2 {
            accepted(l.take_down(&to, &id).await);
        }
        assert_eq!(l.metrics(&to, &id).await, Err(Failure::Gone));
    }
    assert!(l.inbound(&to, page.cursor).await.unwrap().items.is_empty(), "ours do not come in");

    let lost = Post { reply_to: Some("urn:li:comment:(urn:li:activity:1,2)".into()), ..post("x") };
    assert_eq!(refusal(&l.prepare(&to, &lost).await.unwrap_err()).0, "gone");
    let with_picture = Post { reply_to: Some(first.clone()), media: vec![picture("")], ..post("x") };
    let long = Post { reply_to: Some(first.clone()), ..post(&"x".repeat(1251)) };
    let codes = |p: &Post| l.problems(p).iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!((codes(&with_picture), codes(&long)), (vec!["media-too-many"], vec!["text-too-long"]));
    let bare = Prepared { reply_to: Some(first.clone()), ..Prepared::of(&long, Vec::new()) };
    assert_eq!(refusal(&l.attempt(&to, &bare, "k").await).0, "text-too-long");
}

#[tokio::test]
async fn quiet_posts_cost_no_calls_and_names_may_be_kept() {
    let (fake, l, to) = linkedin(Ways { nameless: true, ..Ways::default() }).await;
    for n in 0..5 {
        publish(&l, &to, &post(&format!("Post {n}"))).await;
    }
    let talked = publish(&l, &to, &post("Talked about")).await;
    let cursor = l.inbound(&to, None).await.unwrap().cursor;
    fake.comment(&talked, "urn:li:person:x", "Hm");
    fake.comment(&talked, "urn:li:something:x", "Hm, hm");
    fake.calls();
    let page = l.inbound(&to, cursor).await.unwrap();
    let names: Vec<&str> = page.items.iter().map(|i| i.author_name.as_str()).collect();
    assert_eq!(names, ["LinkedIn member", "LinkedIn member"]);
    let calls = fake.calls();
    assert_eq!(calls.len(), 4, "the posts, their numbers, one thread, one name: {calls:?}");
}

#[tokio::test]
async fn pictures_go_along_with_what_they_show() {
    let (fake, l, to) = linkedin(Ways::default()).await;
    let two = Post { media: vec![picture("A (bridge)"), picture("")], ..post("Two") };
    let id = publish(&l, &to, &two).await;
    let images = fake.own()[0].content["multiImage"]["images"].clone();
    assert_eq!((&images[0]["altText"], images[1].get("altText")), (&serde_json::json!("A (bridge)"), None));
    assert_eq!(fake.net.held().uploaded.len(), 2);
    // The words change; the pictures stay as they are, or it is said that they cannot change.
    let corrected = l.prepare(&to, &Post { text: "Two (better)".into(), ..two.clone() }).await.unwrap();
    accepted(l.edit(&to, &id, &corrected).await);
    assert_eq!(shown(&fake.own()[0].raw), "Two (better)");
    let fewer = l.prepare(&to, &Post { media: vec![picture("")], ..post("One") }).await.unwrap();
    assert_eq!(refusal(&l.edit(&to, &id, &fewer).await), ("media-not-possible", Some("media")));
    for (n, bad) in ["urn:li:image:", "urn:li:video:", "../x|y", ""].iter().enumerate() {
        let prepared = Prepared::of(&post(&format!("x{n}")), vec![(*bad).to_owned()]);
        assert_eq!(refusal(&l.attempt(&to, &prepared, "k").await), ("refused", Some("media")), "{bad}");
    }
    let unknown = Prepared::of(&post("x"), vec!["urn:li:image:C4E_1|".into()]);
    assert_eq!(refusal(&l.attempt(&to, &unknown, "k").await), ("refused", Some("media")));

    let away = Ways { uploads_to: Some("https://evil.example".into()), ..Ways::default() };
    let (fake, l, to) = linkedin(away).await;
    assert!(matches!(l.prepare(&to, &two).await, Err(Verdict::NotSent { .. })));
    assert!(fake.net.held().uploaded.is_empty());
}

#[tokio::test]
async fn a_page_is_known_by_its_name_and_its_speakers() {
    let (fake, l, to) = linkedin(Ways::default()).await;
    for handle in ["roads-bhutan", "@roads-bhutan", "https://www.linkedin.com/company/roads-bhutan/", "2414183", PAGE] {
        let new = Access { remote_account_id: String::new(), handle: handle.into(), ..to.clone() };
        let me = l.whoami(&new).await.unwrap();
        assert_eq!((me.account_id.as_str(), me.handle.as_str()), (PAGE, "roads-bhutan"), "{handle}");
        assert_eq!(me.name, "Department of Roads");
        assert_eq!(l.resolve(&to, handle).await, Ok(Some(PAGE.to_owned())), "{handle}");
    }
    for handle in ["nobody", "", "4", "0", "a b", "../me"] {
        assert_eq!(l.resolve(&to, handle).await, Ok(None), "{handle}");
        let new = Access { remote_account_id: String::new(), handle: handle.into(), ..to.clone() };
        assert!(matches!(l.whoami(&new).await, Err(Failure::Refused { code, .. }) if code == "no-page"), "{handle}");
    }
    // An account that is no page says nothing.
    for id in ["", "2414183", "urn:li:person:1", "urn:li:organization:1/x"] {
        let odd = Access { remote_account_id: id.into(), ..to.clone() };
        assert_eq!(refusal(&l.attempt(&odd, &Prepared::of(&post("x"), Vec::new()), "k").await).0, "no-page", "{id}");
        assert_eq!(l.find(&odd, &sought(&Prepared::default(), 0)).await, Found::CannotTell);
    }
    assert!(fake.own().is_empty());
    for bad in ["", " ", "two words", "a\r\nx: y", "ཀ"] {
        let wrong = Access { secret: Secret::new(bad), ..to.clone() };
        assert_eq!(l.whoami(&wrong).await, Err(Failure::Unauthorised), "{bad}");
    }
    let (_fake, l, to) = linkedin(Ways { stranger: true, ..Ways::default() }).await;
    assert!(matches!(l.whoami(&to).await, Err(Failure::Refused { code, .. }) if code == "not-admin"));
}

#[tokio::test]
async fn keys_are_renewed_and_a_blank_word_takes_no_place() {
    let (_fake, l, to) = linkedin(Ways::default()).await;
    let renew = async |token: &str| l.renew(&to, &Secret::new(format!("86app:WPL_AP1.x==:{token}"))).await;
    let new = renew("AQXfirst").await.unwrap().unwrap();
    assert_eq!((new.secret.reveal(), new.lasts_s), ("AQVnew", Some(5_183_999)));
    let word = new.refresh.unwrap();
    assert_eq!(word.reveal(), "86app:WPL_AP1.x==:AQXsecond:2");
    let newer = l.renew(&to, &word).await.unwrap().unwrap();
    assert_eq!((newer.secret.reveal(), newer.refresh), ("AQVnewer", None));
    assert_eq!(renew("AQXold").await.unwrap_err(), Failure::Unauthorised);
    assert!(matches!(renew("AQXodd").await, Err(Failure::Unreachable { .. })));
    for bad in ["", "::", "86app:secret", "86app::AQX", "86app:wrong:AQXfirst", "86app:x y:AQXfirst"] {
        assert_eq!(l.renew(&to, &Secret::new(bad)).await.unwrap_err(), Failure::Unauthorised, "{bad}");
    }
    let nowhere = LinkedIn { tokens: "http://127.0.0.1:1/".into(), ..l };
    assert!(matches!(nowhere.renew(&to, &word).await, Err(Failure::Unreachable { .. })));
}

#[tokio::test]
async fn a_member_signs_in_and_gives_a_key() {
    let (fake, l, to) = linkedin(Ways::default()).await;
    let sign_in = l.sign_in(&to).unwrap();
    let redirect = "https://gov.example/accounts/callback".to_owned();
    let back = fake.agree(&sign_in.url("86app", &redirect, "s", "v"));
    let app = crate::App { id: "86app".into(), secret: Secret::new("WPL_AP1.x==") };
    let code = crate::fake_permits::code_of(&back);
    let brought = Brought { app, code, verifier: Secret::new("v"), redirect };
    let granted = l.exchange(&to, &brought).await.unwrap();
    assert_eq!((granted.secret.reveal(), granted.lasts_s), (KEY, Some(5_183_999)));
    assert_eq!(granted.refresh.as_ref().unwrap().reveal(), "86app:WPL_AP1.x==:AQXfirst");
    // What was permitted is enough for everything.
    let post = fake.write("Road open", "PUBLISHED");
    let begin = l.inbound(&to, None).await.unwrap().cursor;
    let comment = fake.comment(&post, "urn:li:person:pema_D-1", "Since when?");
    assert_eq!(l.inbound(&to, begin).await.unwrap().items[0].remote_id, comment);
    let said = Post { text: "Since noon.".into(), reply_to: Some(comment), ..Post::default() };
    let prepared = l.prepare(&to, &said).await.unwrap();
    assert!(matches!(l.attempt(&to, &prepared, "k").await, Verdict::Accepted { .. }));
    assert!(matches!(l.attempt(&to, &crate::trial::ready("Road closed"), "k").await, Verdict::Accepted { .. }));
    l.whoami(&to).await.unwrap();
    assert_eq!(refusal_of(l.exchange(&to, &brought).await), "code-not-good", "a code is good once");
    let wrong = Brought { app: crate::App { id: "another".into(), ..brought.app.clone() }, ..brought };
    assert_eq!(refusal_of(l.exchange(&to, &wrong).await), "app-not-known");
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_no_yes() {
    for (status, instead) in [(200, ""), (201, ""), (200, "<html>Please wait</html>"), (200, "{}"), (202, "[]")] {
        let (fake, l, to) = linkedin(Ways::default()).await;
        fake.say_instead(Some((status, instead)));
        let verdict = l.attempt(&to, &Prepared::of(&post("Landslide"), Vec::new()), "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{status} {instead}: {verdict:?}");
        let id = fake.own()[0].urn.clone();
        let below = Prepared { reply_to: Some(id.clone()), ..Prepared::of(&post("x"), Vec::new()) };
        let verdict = l.attempt(&to, &below, "k").await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{status} {instead}: {verdict:?}");
        let verdict = l.edit(&to, &id, &Prepared::of(&post("y"), Vec::new())).await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{status} {instead}: {verdict:?}");
        if !instead.is_empty() {
            assert!(matches!(l.take_down(&to, &id).await, Verdict::Unknown { .. }), "{status} {instead}");
        }
        let with_picture = Post { media: vec![picture("")], ..post("z") };
        assert!(matches!(l.prepare(&to, &with_picture).await, Err(Verdict::NotSent { .. })), "{status} {instead}");
    }
    let (fake, l, to) = linkedin(Ways::default()).await;
    let prepared = l.prepare(&to, &post("Landslide")).await.unwrap();
    let deep = "[".repeat(200_000);
    let odd_ids =
        [r#"7"#, r#""urn:li:share:1\u0000""#, r#""urn:li:share:1/..""#, r#""urn:li:person:1""#, r#""""#, "null"];
    let odd =
        odd_ids.map(|id| format!(r#"{{"elements":[{{"id":{id},"createdAt":9999999999999}}],"paging":{{"total":1}}}}"#));
    let mut wrong = vec!["", "<html>", "[]", "{}", "null", r#"{"elements":{}}"#, r#"{"elements":[7]}"#, deep.as_str()];
    wrong.push(r#"{"elements":[{"id":"urn:li:share:1","createdAt":"yesterday"}]}"#);
    wrong.extend(odd.iter().map(String::as_str));
    for wrong in wrong {
        fake.say_instead(Some((200, wrong)));
        let what: String = wrong.chars().take(60).collect();
        assert_eq!(l.find(&to, &sought(&prepared, 0)).await, Found::CannotTell, "{what}");
        for cursor in [None, Some("1;".to_owned())] {
            assert!(matches!(l.own_posts(&to, cursor.clone()).await, Err(Failure::Unreachable { .. })), "{what}");
            assert!(matches!(l.inbound(&to, cursor).await, Err(Failure::Unreachable { .. })), "{what}");
        }
        assert!(l.whoami(&to).await.is_err() && l.metrics(&to, "urn:li:share:1").await.is_err(), "{what}");
    }
    fake.say_instead(None);
    for bad in ["x", "1", ";", "-"] {
        assert!(matches!(l.own_posts(&to, Some(bad.into())).await, Err(Failure::Refused { .. })), "{bad}");
        assert!(matches!(l.inbound(&to, Some(bad.into())).await, Err(Failure::Refused { .. })), "{bad}");
    }
}

#[tokio::test]
async fn names_of_another_form_reach_no_address() {
    let (fake, l, to) = linkedin(Ways::default()).await;
    for bad in [
        "",
        "x",
        "urn:li:share:1/../me",
        "urn:li:share:1?x",
        "urn:li:person:1",
        "urn:li:comment:(x,1)",
        "urn:li:share:1\r\n",
    ] {
        assert_eq!(refusal(&l.edit(&to, bad, &Prepared::of(&post("x"), Vec::new())).await).0, "gone", "{bad}");
        assert_eq!(refusal(&l.take_down(&to, bad).await).0, "gone", "{bad}");
        assert_eq!(l.metrics(&to, bad).await, Err(Failure::Gone), "{bad}");
        let below = Prepared { reply_to: Some(bad.to_owned()), ..Prepared::of(&post("x"), Vec::new()) };
        assert_eq!(refusal(&l.attempt(&to, &below, "k").await).0, "gone", "{bad}");
    }
    assert!(fake.calls().is_empty());
    assert_eq!(refusal(&l.hide(&to, "urn:li:comment:(urn:li:activity:1,2)", true).await).0, "hide-not-possible");
    let counts = l.metrics(&to, &publish(&l, &to, &post("x")).await).await.unwrap();
    assert_eq!((counts.likes, counts.replies, counts.shares, counts.views), (Some(5), Some(0), None, None));
}

/// Where LinkedIn answers writes with a page of its own after doing them, nothing is said to be done, and the look finds it.
#[tokio::test]
async fn a_web_page_after_the_deed_is_unknown_and_then_found() {
    let (fake, l, to) = linkedin(Ways { html: true, ..Ways::default() }).await;
    let since = Clock::system().now();
    let prepared = l.prepare(&to, &post("Landslide (Box Cutting)")).await.unwrap();
    assert!(matches!(l.attempt(&to, &prepared, "k").await, Verdict::Unknown { .. }));
    assert!(matches!(l.find(&to, &sought(&prepared, since)).await, Found::Yes { .. }));
    assert_eq!(fake.own().len(), 1);
}
