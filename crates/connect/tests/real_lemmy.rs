//! The Lemmy connector against a real Lemmy, 0.17 or 0.18; `cargo xtask test --only servers` starts one. Needs
//! `DRELWA_TEST_LEMMY_URL`, `DRELWA_TEST_LEMMY_COMMUNITY` (`!roads@forum.example`, in which nobody else is busy), and keys
//! `name:password`: `DRELWA_TEST_LEMMY_KEY` (moderates that community), `DRELWA_TEST_LEMMY_CITIZEN_KEY` (somebody) and
//! `DRELWA_TEST_LEMMY_KEEPER_KEY` (the server's administrator). The server admits everybody and takes no pictures.
mod lemmy;

use connect::*;
use ground::clock::Clock;
use ground::fetch::{Method, Request};
use lemmy::*;
use serde_json::json;

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn a_post_stands_as_it_was_meant_is_corrected_and_taken_down() {
    let (lemmy, to) = agency().await;
    let since = Clock::system().now();
    let title = fresh("Road *closed* at <Wangdue> & beyond, འབྲུག་ལམ།");
    let words =
        "Details: https://example.org/x?a=1&b=2\n1. take the ^bypass^ & <b>wait</b>\n\n::: no spoiler \"\\\"\n# !";
    let prepared = ready(&lemmy, &to, &format!("{title}\n{words}")).await;
    assert_eq!(find(&lemmy, &to, &prepared, since).await, Found::No);
    let id = publish(&lemmy, &to, &post(&prepared.text)).await;
    let shown = seen(&id).await;
    assert_eq!((&shown["post"]["name"], &shown["community"]["name"]), (&json!(title), &json!("roads")));
    let found = find(&lemmy, &to, &prepared, since).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{found:?}");
    assert_eq!(find(&lemmy, &to, &prepared, since + 600_000_000).await, Found::No);
    // As the server itself turns the words into a page.
    let feed = to.url("/feeds/c/roads.xml?sort=New");
    let feed = fetch().send(Request::get(feed)).await.unwrap().text();
    let page = people_read(&feed);
    for line in words.lines().filter(|l| !l.is_empty()) {
        assert!(page.contains(line), "{line}\nin\n{page}");
    }

    for text in [fresh("Open again\nfor *light* vehicles"), fresh("Open for all")] {
        accepted(&lemmy.edit(&to, &id, &ready(&lemmy, &to, &text).await).await);
        let shown = seen(&id).await["post"].clone();
        let (title, body) = text.split_once('\n').map_or((text.as_str(), None), |(t, b)| (t, Some(b)));
        let body = body.map(|b| b.replace('*', "\\*").replace('(', "\\(").replace(')', "\\)"));
        assert_eq!(shown["name"], title);
        let stands = shown["body"].as_str().map(|b| b.replace("\\(", "(").replace("\\)", ")"));
        assert_eq!(stands, body.map(|b| b.replace("\\(", "(").replace("\\)", ")")), "no word of before is left");
    }
    for _ in 0..2 {
        accepted(&lemmy.take_down(&to, &id).await);
    }
    assert_eq!(seen(&id).await["post"]["deleted"], true);
    assert_eq!(lemmy.metrics(&to, &id).await, Err(Failure::Gone));
    let never = ready(&lemmy, &to, "never").await;
    for gone in [id.as_str(), "p2000000000", "c2000000000"] {
        assert_eq!(refused(lemmy.edit(&to, gone, &never).await), "gone", "{gone}");
        accepted(&lemmy.take_down(&to, gone).await);
    }
    assert_eq!(refused(lemmy.hide(&to, "c2000000000", true).await), "gone");
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn the_longest_post_is_taken_and_every_text_gets_a_title() {
    let (lemmy, to) = agency().await;
    let since = Clock::system().now();
    let now = fresh("");
    let title = format!("{}{now}", "ཀི".repeat((200 - now.chars().count()) / 2));
    let longest = "ab ".repeat((lemmy.capabilities().text_limit.unwrap() - 210) / 3);
    let (short, wordless) = (fresh("To 5\n"), fresh("ཀ ".repeat(60).trim_end()));
    for text in [format!("{title}\n{longest}"), short, wordless, fresh(&"ཨོཾ་".repeat(80))] {
        let prepared = ready(&lemmy, &to, &text).await;
        let id = publish(&lemmy, &to, &post(&text)).await;
        let found = find(&lemmy, &to, &prepared, since).await;
        assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{found:?}");
        accepted(&lemmy.take_down(&to, &id).await);
    }
    let refusal = lemmy.prepare(&to, &post("a\nb\nc")).await.unwrap_err();
    assert_eq!(refused(refusal), "refused", "nothing of it makes a title");
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn an_attempt_whose_answer_is_lost_is_found_and_not_made_again() {
    let (lemmy, to) = agency().await;
    let pema = token(&given("DRELWA_TEST_LEMMY_CITIZEN_KEY")).await;
    let since = Clock::system().now();
    let through =
        Access { base_url: losing(&to.base_url, &["POST /api/v3/post ", "POST /api/v3/comment "]), ..to.clone() };
    let prepared = ready(&lemmy, &through, &fresh("Lost\n*on* the way")).await;
    let verdict = lemmy.attempt(&through, &prepared, "unused").await;
    assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    let Found::Yes { remote_id: id, .. } = find(&lemmy, &to, &prepared, since).await else { panic!("not found") };
    assert_eq!(seen(&id).await["post"]["name"], "Lost");
    // An answer too, and only below what it answers.
    let question = comment(&pema, &id, "Which way?").await;
    let said = Post { reply_to: Some(question.clone()), ..post(&fresh("This <way>")) };
    let prepared = lemmy.prepare(&through, &said).await.unwrap();
    assert_eq!(find(&lemmy, &to, &prepared, since).await, Found::No);
    let verdict = lemmy.attempt(&through, &prepared, "unused").await;
    assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    let Found::Yes { remote_id: answer, .. } = find(&lemmy, &to, &prepared, since).await else { panic!("not found") };
    assert_eq!(seen(&answer).await["comment"]["path"], format!("0.{}.{}", number(&question), number(&answer)));
    let elsewhere = Prepared { reply_to: Some(id.clone()), container: Some(id.clone()), ..prepared };
    assert_eq!(find(&lemmy, &to, &elsewhere, since).await, Found::No);
    accepted(&lemmy.take_down(&to, &id).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn people_are_heard_answered_and_moderated() {
    let (lemmy, to) = agency().await;
    let citizen = given("DRELWA_TEST_LEMMY_CITIZEN_KEY");
    let pema = token(&citizen).await;
    let from = lemmy.inbound(&to, None).await.unwrap();
    assert!(from.items.is_empty() && !from.more);
    let id = publish(&lemmy, &to, &post(&fresh("Ask us about the road"))).await;
    let question = fresh("Is <Trongsa> *open* & safe? སྐྱིད་པོ།");
    let theirs = comment(&pema, &id, &question.replace('*', "\\*").replace('<', "\\<")).await;
    let page = lemmy.inbound(&to, from.cursor).await.unwrap();
    assert_eq!(page.items.len(), 1, "{page:?}");
    let item = &page.items[0];
    assert_eq!((&item.remote_id, &item.text, item.in_reply_to.as_ref()), (&theirs, &question, Some(&id)));
    assert!(item.author_name == "@pema" && item.author_url.is_some() && item.at_us > 1_600_000_000_000_000, "{item:?}");
    let since = Clock::system().now() - 60_000_000;
    assert!(item.at_us > since && item.at_us < since + 120_000_000, "the server's times are UTC: {item:?}");
    let again = lemmy.inbound(&to, page.cursor.clone()).await.unwrap();
    assert!(again.items.is_empty(), "{again:?}");

    let answer = Post { reply_to: Some(theirs.clone()), ..post(&fresh("Yes, *since* noon")) };
    let ours = publish(&lemmy, &to, &answer).await;
    assert_eq!(seen(&ours).await["comment"]["path"], format!("0.{}.{}", number(&theirs), number(&ours)));
    let back = comment(&pema, &ours, "Thanks").await;
    // Named elsewhere: below a post of their own.
    let community = to.remote_account_id.split_once('-').unwrap().1.parse::<u64>().unwrap();
    let body = json!({"name": "A question of mine", "community_id": community});
    let own = good(&pema, Method::POST, "/post", body).await["post_view"]["post"]["id"].clone();
    let host = to.handle.split_once('@').unwrap().1;
    comment(&pema, &format!("p{own}"), "Not for the agency").await;
    let named = comment(&pema, &format!("p{own}"), &format!("What does @roads@{host} say?")).await;
    let page = lemmy.inbound(&to, again.cursor).await.unwrap();
    let ids: Vec<&str> = page.items.iter().map(|i| i.remote_id.as_str()).collect();
    assert_eq!(ids, [back.as_str(), named.as_str()], "what was answered is no news, and our own words are not inbound");
    let counts = lemmy.metrics(&to, &id).await.unwrap();
    assert_eq!((counts.likes, counts.replies), (Some(1), Some(3)), "the account's own vote is in the count");
    good(&pema, Method::POST, "/comment/like", json!({"comment_id": number(&ours), "score": 1})).await;
    assert_eq!(lemmy.metrics(&to, &ours).await.unwrap().likes, Some(2));

    for hidden in [true, true, false, false] {
        accepted(&lemmy.hide(&to, &theirs, hidden).await);
        assert_eq!(seen(&theirs).await["comment"]["removed"], hidden);
    }
    assert_eq!(refused(lemmy.hide(&to, &id, true).await), "hide-not-possible");
    let (theirs_lemmy, theirs_to) = speaker(&citizen).await;
    assert_eq!(refused(theirs_lemmy.hide(&theirs_to, &back, true).await), "forbidden");
    let never = ready(&theirs_lemmy, &theirs_to, "never").await;
    for mine in [&id, &ours] {
        assert_eq!(refused(theirs_lemmy.take_down(&theirs_to, mine).await), "forbidden", "{mine}");
        assert_eq!(refused(theirs_lemmy.edit(&theirs_to, mine, &never).await), "forbidden", "{mine}");
    }
    accepted(&lemmy.edit(&to, &ours, &ready(&lemmy, &to, "Yes, since ten").await).await);
    assert_eq!(seen(&ours).await["comment"]["content"], "Yes, since ten");
    for _ in 0..2 {
        accepted(&lemmy.take_down(&to, &ours).await);
    }
    assert_eq!(seen(&ours).await["comment"]["deleted"], true);
    let late = Post { reply_to: Some(ours), ..post("Too late") };
    let prepared = lemmy.prepare(&to, &late).await.unwrap();
    assert_eq!(refused(lemmy.attempt(&to, &prepared, "unused").await), "gone");
    accepted(&lemmy.take_down(&to, &id).await);
    // Below a post that is gone nothing is written.
    let late = Post { reply_to: Some(id), ..post("Too late") };
    let prepared = lemmy.prepare(&to, &late).await.unwrap();
    assert_eq!(refused(lemmy.attempt(&to, &prepared, "unused").await), "gone");
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn more_than_a_page_of_comments_comes_in_whole_and_in_order() {
    let (lemmy, to) = agency().await;
    let pema = token(&given("DRELWA_TEST_LEMMY_CITIZEN_KEY")).await;
    let mut cursor = lemmy.inbound(&to, None).await.unwrap().cursor;
    let id = publish(&lemmy, &to, &post(&fresh("Ask us, all of you"))).await;
    for n in 0..120 {
        let body = json!({"post_id": number(&id), "content": format!("Number {n}")});
        good(&pema, Method::POST, "/comment", body).await;
    }
    let (mut heard, mut more) = (Vec::new(), true);
    while more {
        let page = lemmy.inbound(&to, cursor).await.unwrap();
        heard.extend(page.items.into_iter().map(|i| i.text));
        (cursor, more) = (page.cursor, page.more);
    }
    assert_eq!(heard, (0..120).map(|n| format!("Number {n}")).collect::<Vec<_>>());
    assert!(lemmy.inbound(&to, cursor).await.unwrap().items.is_empty());
    accepted(&lemmy.take_down(&to, &id).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn what_was_written_beside_the_connector_is_listed() {
    let (lemmy, to) = agency().await;
    let beside = token(&given("DRELWA_TEST_LEMMY_KEY")).await;
    let before = publish(&lemmy, &to, &post(&fresh("Before"))).await;
    let first = lemmy.own_posts(&to, None).await.unwrap();
    assert!(first.items.is_empty() && !first.more);
    let community: u64 = to.remote_account_id.split_once('-').unwrap().1.parse().unwrap();
    let title = fresh("By <hand> & in haste");
    let body = json!({"name": title, "body": "with *stress*", "community_id": community});
    let made = good(&beside, Method::POST, "/post", body).await;
    let by_hand = format!("p{}", made["post_view"]["post"]["id"]);
    let answered = comment(&beside, &before, "And a word more").await;
    let ours = publish(&lemmy, &to, &post(&fresh("By the tool"))).await;
    let page = lemmy.own_posts(&to, first.cursor).await.unwrap();
    let mut ids: Vec<&str> = page.items.iter().map(|p| p.remote_id.as_str()).collect();
    assert_eq!(ids.remove(0), by_hand, "the oldest first");
    assert!(ids.len() == 2 && ids.contains(&answered.as_str()) && ids.contains(&ours.as_str()), "{ids:?}");
    assert_eq!(page.items[0].text, format!("{title}\n\nwith *stress*"));
    assert!(lemmy.own_posts(&to, page.cursor).await.unwrap().items.is_empty());
    for id in [&before, &by_hand, &ours] {
        accepted(&lemmy.take_down(&to, id).await);
    }
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn wrong_keys_other_accounts_and_other_communities_are_told_apart() {
    let (lemmy, to) = agency().await;
    let prepared = ready(&lemmy, &to, "never").await;
    for secret in ["roads:not the password", "nobodyatall:only for tests", "no colon", ":", " "] {
        let wrong = Access { secret: Secret::new(secret), ..to.clone() };
        assert_eq!(lemmy.whoami(&wrong).await, Err(Failure::Unauthorised), "{secret}");
        assert_eq!(lemmy.attempt(&wrong, &prepared, "unused").await, Verdict::Unauthorised, "{secret}");
        assert_eq!(lemmy.take_down(&wrong, "p1").await, Verdict::Unauthorised, "{secret}");
        assert_eq!(lemmy.inbound(&wrong, None).await, Err(Failure::Unauthorised), "{secret}");
        assert_eq!(lemmy.own_posts(&wrong, None).await, Err(Failure::Unauthorised), "{secret}");
    }
    let citizens = Access { secret: Secret::new(given("DRELWA_TEST_LEMMY_CITIZEN_KEY")), ..to.clone() };
    assert_eq!(refused(lemmy.attempt(&citizens, &prepared, "unused").await), "other-account");
    let nowhere = Access { handle: "!nobody".into(), ..to.clone() };
    assert_eq!(lemmy.whoami(&nowhere).await, Err(Failure::Gone));
    // On a server that is not reached: whether it is there is not known.
    let far = Access { handle: "!roads@forum.invalid".into(), ..to.clone() };
    let told = lemmy.whoami(&far).await;
    assert!(matches!(&told, Err(Failure::Refused { code, .. }) if code == "not-found"), "{told:?}");
    let (person, _) = to.remote_account_id.split_once('-').unwrap();
    let there = Access { remote_account_id: format!("{person}-2000000000"), ..to.clone() };
    assert_eq!(refused(lemmy.attempt(&there, &prepared, "unused").await), "gone");
    let not_lemmy = Access { base_url: to.url("/feeds"), ..to.clone() };
    let refused_read = lemmy.whoami(&not_lemmy).await;
    assert!(
        matches!(&refused_read, Err(Failure::Refused { code, .. }) if code == "not-this-platform"),
        "{refused_read:?}"
    );

    // A new password ends what the old one opened.
    let (key, session) = newcomer("changer").await;
    let (lemmy, theirs) = speaker(&key).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let body = json!({
        "old_password": "only for this test", "new_password": "another for tests",
        "new_password_verify": "another for tests",
    });
    good(&session, Method::PUT, "/user/change_password", body).await;
    assert_eq!(lemmy.attempt(&theirs, &prepared, "unused").await, Verdict::Unauthorised);
    assert_eq!(lemmy.whoami(&theirs).await, Err(Failure::Unauthorised));
    let name = key.split_once(':').unwrap().0;
    let renewed = Access { secret: Secret::new(format!("{name}:another for tests")), ..theirs };
    let id = publish(&lemmy, &renewed, &post(&fresh("With the new key"))).await;
    accepted(&lemmy.take_down(&renewed, &id).await);
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn what_the_server_refuses_is_told_and_not_out() {
    let (lemmy, to) = agency().await;
    let keeper = token(&given("DRELWA_TEST_LEMMY_KEEPER_KEY")).await;
    let since = Clock::system().now();
    let picture =
        Media { bytes: PNG.to_vec(), mime: "image/png".into(), alt: "One red dot".into(), url: None, path: None };
    let with_picture = Post { media: vec![picture], ..post("A picture") };
    assert_eq!(refused(lemmy.prepare(&to, &with_picture).await.unwrap_err()), "media-not-possible");

    // Words the keeper does not want: refused in posts, replaced in comments.
    good(&keeper, Method::PUT, "/site", json!({"slur_filter_regex": "blast"})).await;
    let prepared = ready(&lemmy, &to, "Road closed\nfor a blast").await;
    assert_eq!(refused(lemmy.attempt(&to, &prepared, "unused").await), "refused");
    assert_eq!(find(&lemmy, &to, &prepared, since).await, Found::No);
    let id = publish(&lemmy, &to, &post(&fresh("Road closed"))).await;
    let more = Post { reply_to: Some(id.clone()), ..post("because of a blast") };
    let replaced = publish(&lemmy, &to, &more).await;
    assert_eq!(seen(&replaced).await["comment"]["content"], "because of a *removed*");
    let prepared = lemmy.prepare(&to, &more).await.unwrap();
    assert_eq!(find(&lemmy, &to, &prepared, since).await, Found::CannotTell, "its words were changed");
    good(&keeper, Method::PUT, "/site", json!({"slur_filter_regex": ""})).await;

    // Locked, and too often.
    good(&keeper, Method::POST, "/post/lock", json!({"post_id": number(&id), "locked": true})).await;
    assert_eq!(refused(lemmy.attempt(&to, &prepared, "unused").await), "locked");
    let often = |times: u64, seconds: u64| json!({"rate_limit_post": times, "rate_limit_post_per_second": seconds});
    good(&keeper, Method::PUT, "/site", often(1, 1_000)).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let (mut out, mut limited) = (vec![id], false);
    for n in 0..5 {
        let prepared = ready(&lemmy, &to, &fresh(&format!("Number {n}"))).await;
        match lemmy.attempt(&to, &prepared, "unused").await {
            Verdict::Accepted { remote_id, .. } => out.push(remote_id),
            Verdict::RateLimited { .. } => {
                assert_eq!(find(&lemmy, &to, &prepared, since).await, Found::No);
                limited = true;
            }
            other => panic!("{other:?}"),
        }
    }
    good(&keeper, Method::PUT, "/site", often(10_000, 1)).await;
    // It counts in whole seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    assert!(limited, "{out:?}");
    for id in out {
        accepted(&lemmy.take_down(&to, &id).await);
    }

    // Only moderators may write; then nobody at all.
    let name = format!("closed{}", since % 1_000_000_000);
    let body = json!({"name": name, "title": "Closed", "posting_restricted_to_mods": true});
    let made = good(&keeper, Method::POST, "/community", body).await;
    let community = made["community_view"]["community"]["id"].as_u64().unwrap();
    let person = to.remote_account_id.split_once('-').unwrap().0.to_owned();
    let there = Access { remote_account_id: format!("{person}-{community}"), handle: format!("!{name}"), ..to.clone() };
    let never = ready(&lemmy, &there, "never").await;
    assert_eq!(refused(lemmy.attempt(&there, &never, "unused").await), "forbidden");
    good(&keeper, Method::POST, "/community/delete", json!({"community_id": community, "deleted": true})).await;
    assert_eq!(refused(lemmy.attempt(&there, &never, "unused").await), "gone");
    assert_eq!(lemmy.whoami(&there).await, Err(Failure::Gone));
}

#[tokio::test]
#[ignore = "needs a running server: cargo xtask test --only servers"]
async fn an_account_that_does_not_see_its_own_posts_is_told_so() {
    let (key, session) = newcomer("blind").await;
    let (lemmy, to) = speaker(&key).await;
    let since = Clock::system().now();
    let prepared = ready(&lemmy, &to, &fresh("Who sees me")).await;
    good(&session, Method::PUT, "/user/save_user_settings", json!({"show_read_posts": false, "bot_account": false}))
        .await;
    let identity = lemmy.whoami(&to).await;
    assert!(matches!(&identity, Err(Failure::Refused { code, .. }) if code == "settings"), "{identity:?}");
    let id = publish(&lemmy, &to, &post(&prepared.text)).await;
    // The server leaves it out of its list: that it is not there proves nothing.
    assert_eq!(find(&lemmy, &to, &prepared, since).await, Found::CannotTell);
    good(&session, Method::PUT, "/user/save_user_settings", json!({"show_read_posts": true, "bot_account": false}))
        .await;
    let found = find(&lemmy, &to, &prepared, since).await;
    assert!(matches!(&found, Found::Yes { remote_id, .. } if *remote_id == id), "{found:?}");
    accepted(&lemmy.take_down(&to, &id).await);
}

/// Eight by eight red pixels.
const PNG: &[u8] = include_bytes!("red.png");
