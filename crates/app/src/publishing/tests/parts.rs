//! What follows a post: each part once, as an answer to the one before, whatever goes wrong in between.
use super::super::delivery::{Call, Delivery};
use super::super::{actions, content, outside, send};
use super::*;
use crate::posts::{Corrected, Part};
use crate::testkit::Answer;
use connect::Verdict;
use connect::simulator::PracticePost;
use ground::clock::DAY;

const DZ: &str = "གསལ་བསྒྲགས།";

fn part(en: &str) -> Part {
    Part { en: en.into(), dz: String::new() }
}

impl Desk {
    pub(super) async fn thread(&self, text: &str, parts: &[&str]) -> Post {
        let targets = self.accounts.iter().map(|a| Target { account: *a, variant: String::new() }).collect();
        let (text_en, text_dz, parts) = (text.into(), DZ.into(), parts.iter().map(|p| part(p)).collect());
        let draft = Draft { text_en, text_dz, parts, targets, ..Draft::default() };
        let post = posts::draft(&self.author.cx, self.agency, &draft).await.unwrap();
        posts::submit(&self.author.cx, post.id, 1).await.unwrap();
        posts::approve(&self.approver.cx, post.id, 1).await.unwrap()
    }
    /// The same with its first part out on the account after the site's, and nothing else begun.
    async fn begun_thread(&self, text: &str, parts: &[&str]) -> Post {
        let post = self.thread(text, parts).await;
        let cx = &self.app.cx;
        let wanted = crate::ledger::Wanted { kind: Some("post.approved".into()), most: 1, ..Default::default() };
        let id = crate::ledger::facts(cx.db(), &wanted).await.unwrap()[0].id;
        actions::schedule(cx.clone(), crate::ledger::load(cx.clone(), id).await.unwrap()).await.unwrap();
        send::advance(cx, self.parts(post.id).await[0].id, 0).await.unwrap();
        post
    }
    /// The deliveries on the account after the site's, part by part.
    async fn parts(&self, post: i64) -> Vec<Delivery> {
        let all = store::of_post(self.app.cx.db(), post).await.unwrap();
        all.into_iter().filter(|d| d.account_id == self.accounts[1]).collect()
    }
    async fn part_states(&self, post: i64) -> Vec<String> {
        self.parts(post).await.into_iter().map(|d| d.state).collect()
    }
    /// What the public finds of an account, in order.
    fn on(&self, platform: &str) -> Vec<PracticePost> {
        let account = format!("{platform}-{}", self.agency);
        self.app.practice.posts().into_iter().filter(|p| p.account == account).collect()
    }
    fn fault(&self, fault: Fault) {
        self.app.practice.set_fault(SetFault { fault, account: None, times: 1, ms: Some(50) });
    }
    async fn ask_api(&self, who: &Person, method: Method, path: &str, body: Value) -> Answer {
        let token = crate::people::issue_token(&self.app.cx, who.id, "now", DAY).await.unwrap();
        self.app.api(Some(&Person { token, ..who.clone() }), method, path, body).await
    }
    async fn page_of(&self, post: i64) -> String {
        let cookie = self.app.sign_in("dorji.wangchuk@example.bt").await;
        self.app.browse(&cookie, &format!("/posts/{post}/deliveries?lang=en")).await.expect(200).body
    }
}

/// Each is an answer to the one before it, the first to nothing.
fn is_chain(all: &[PracticePost]) -> bool {
    let before = std::iter::once(None).chain(all.iter().map(|p| Some(p.id.clone())));
    all.iter().zip(before).all(|(p, before)| p.reply_to == before)
}

#[tokio::test]
async fn each_part_goes_out_once_as_an_answer_to_the_one_before_and_our_site_shows_all() {
    let d = desk(&ALL).await;
    d.app.sweep().await;
    let post =
        d.thread("The bridge at Wangdue is closed", &["Cars go by Hesothangkha", "Ask at https://roads.bt"]).await;
    d.app.drain().await;
    d.live_on().await;
    assert_eq!(d.states(post.id).await, vec!["sent"; 1 + 4 * 3]);
    for platform in ALL {
        let there = d.on(platform);
        let texts: Vec<&str> = there.iter().map(|p| p.text.as_str()).collect();
        let first = format!("{DZ}\n\nThe bridge at Wangdue is closed");
        assert_eq!(texts, [first.as_str(), "Cars go by Hesothangkha", "Ask at https://roads.bt"], "{platform}");
        assert!(is_chain(&there), "{platform}: {there:?}");
    }
    let public = d.app.get(&format!("/p/{}?lang=en", post.id)).await.expect(200).body;
    assert!(public.contains("closed\n\nCars go by Hesothangkha\n\nAsk at <a href=\"https://roads.bt\""), "{public}");
    assert!(d.app.get("/search?q=Hesothangkha&lang=en").await.body.contains(&format!("/p/{}", post.id)));
    let path = format!("/api/v1/posts/{}/deliveries", post.id);
    let seen = d.ask_api(&d.author, Method::GET, &path, Value::Null).await.expect(200).json();
    let numbers: Vec<i64> = seen["items"].as_array().unwrap().iter().map(|i| i["part"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [1, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
    assert!(d.page_of(post.id).await.contains("part 3"));
    // Ours, for whoever looks for what is not, and for the inbox.
    d.app.advance(HOUR);
    outside::look(d.app.cx.clone()).await.unwrap();
    d.app.drain().await;
    let found = d.ask_api(&d.author, Method::GET, "/api/v1/outside-posts", Value::Null).await.expect(200).json();
    assert_eq!(found["items"], json!([]));
    assert!(super::super::verify(d.app.cx.clone()).await.unwrap().is_empty());
    // The figures count one post on each account.
    let wanted = crate::ledger::Wanted { kind: Some("delivery.sent".into()), most: 99, ..Default::default() };
    let facts = crate::ledger::facts(d.app.cx.db(), &wanted).await.unwrap();
    let told = |f: &&crate::ledger::FactRow| serde_json::from_str::<Value>(&f.body).unwrap()["part"].is_i64();
    assert_eq!((facts.len(), facts.iter().filter(told).count()), (13, 8));
}

#[tokio::test]
async fn every_fault_between_two_parts_ends_in_one_thread_or_in_a_question() {
    for platform in ALL {
        let d = desk(&[platform]).await;
        for fault in Fault::ALL {
            let text = |words: &str| format!("{words} {fault:?}");
            let post = d.begun_thread(&text("Power is off"), &[&text("In Paro"), &text("Until noon")]).await;
            assert_eq!(d.part_states(post.id).await, ["sent", "waiting", "waiting"]);
            d.fault(fault);
            d.app.drain().await;
            for minute in 0..30 {
                // An outage is not spent by what it turns away: it ends by itself.
                if minute == 3 {
                    d.app.practice.clear_faults();
                }
                d.app.advance(MINUTE);
                d.app.sweep().await;
            }
            let mut there = d.on(platform);
            there.retain(|p| p.text.contains(&text("")));
            let states = d.part_states(post.id).await;
            let what = format!("{fault:?} on {platform}: {states:?}, {there:?}");
            assert!(is_chain(&there) && there.len() <= 3, "{what}");
            match states[1].as_str() {
                "sent" => assert_eq!((states[2].as_str(), there.len()), ("sent", 3), "{what}"),
                "unconfirmed" => {
                    assert_eq!((platform, states[2].as_str()), ("simulator-blind", "waiting"), "{what}");
                    assert!(d.page_of(post.id).await.contains("until a person has said"), "{what}");
                }
                "failed" => {
                    let expected = (Fault::RevokedToken, "waiting", 1);
                    assert_eq!((fault, states[2].as_str(), there.len()), expected, "{what}");
                    assert!(d.page_of(post.id).await.contains("which did not go out"), "{what}");
                }
                _ => panic!("{what}"),
            }
        }
    }
}

#[tokio::test]
async fn a_part_that_is_refused_holds_the_next_until_a_person_tries_again() {
    let d = desk(&["simulator"]).await;
    let post = d.begun_thread("Power is off", &["In Paro", "Until noon"]).await;
    let first = d.parts(post.id).await.remove(0);
    // Somebody removes on the platform what the second part answers, so it is refused there.
    let (_, connector, access) = send::way(&d.app.cx, &first).await.unwrap().unwrap();
    assert!(matches!(connector.take_down(&access, &first.remote_id).await, Verdict::Accepted { .. }));
    d.app.drain().await;
    d.live_on().await;
    assert_eq!(d.part_states(post.id).await, ["sent", "failed", "waiting"]);
    assert_eq!(d.on("simulator").len(), 0);
    let page = d.page_of(post.id).await;
    assert!(page.contains("which did not go out") && page.contains("The platform refused"), "{page}");
    // What waits for another part is not late; what was refused is with a person.
    assert!(super::super::late(d.app.cx.db(), &[d.agency], d.app.cx.now(), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_nobody_can_tell_of_a_part_decides_whether_the_next_goes_and_a_nameless_one_is_answered_by_hand() {
    let d = desk(&["simulator-blind"]).await;
    let confirm = async |part: &Delivery, body: Value| {
        let path = format!("/api/v1/deliveries/{}/confirmation", part.id);
        d.ask_api(&d.approver, Method::POST, &path, body).await.expect(200);
        d.app.drain().await;
    };
    d.fault(Fault::DropBefore);
    let post = d.thread("Power is off", &["In Paro"]).await;
    d.app.drain().await;
    d.live_on().await;
    assert_eq!(d.part_states(post.id).await, ["unconfirmed", "waiting"]);
    confirm(&d.parts(post.id).await[0], json!({"there": false})).await;
    assert_eq!(d.part_states(post.id).await, ["sent", "sent"]);
    assert!(is_chain(&d.on("simulator-blind")));

    d.fault(Fault::DropAfter);
    let post = d.thread("Power is back", &["In Paro", "And in Haa"]).await;
    d.app.drain().await;
    assert_eq!(d.part_states(post.id).await, ["unconfirmed", "waiting", "waiting"]);
    confirm(&d.parts(post.id).await[0], json!({"there": true, "url": "https://practice.example/9"})).await;
    // It is out under a number that nobody knows: a person answers it, and so on.
    for (at, words) in [(1, "In Paro"), (2, "And in Haa")] {
        let tasks = d.ask_api(&d.author, Method::GET, "/api/v1/hand-overs", Value::Null).await.expect(200).json();
        let task = &tasks["items"].as_array().unwrap()[0];
        assert_eq!((tasks["items"].as_array().unwrap().len(), &task["text"]), (1, &json!(words)));
        let id = task["delivery"].as_str().unwrap();
        let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
        let page = d.app.browse(&cookie, &format!("/publishing/by-hand/{id}?lang=en")).await.expect(200).body;
        let before =
            format!("https://practice.example/{}", if at == 1 { "9".into() } else { format!("by-hand-{}", at - 1) });
        assert!(page.contains("as an answer to the part before") && page.contains(&before), "{page}");
        let done = json!({"url": format!("https://practice.example/by-hand-{at}")});
        d.ask_api(&d.author, Method::POST, &format!("/api/v1/deliveries/{id}/hand-over"), done).await.expect(200);
        d.app.drain().await;
    }
    assert_eq!(d.part_states(post.id).await, ["sent"; 3]);
    assert_eq!(d.out("Power is back"), 1);
}

#[tokio::test]
async fn a_withdrawal_takes_down_every_part_wherever_it_meets_them() {
    // Nothing of it is out; the first part is; the second was called for and its worker died, before or after it arrived; all.
    for met in ["waiting", "first", "called", "arrived", "all"] {
        let d = desk(&["simulator"]).await;
        let texts = ["In Paro", "Until noon"];
        let post = if met == "waiting" { d.thread("Off", &texts).await } else { d.begun_thread("Off", &texts).await };
        if matches!(met, "called" | "arrived") {
            let second = d.parts(post.id).await.remove(1);
            let (_, connector, access) = send::way(&d.app.cx, &second).await.unwrap().unwrap();
            let said = content::post(&d.app.cx, &second).await.unwrap();
            let prepared = connector.prepare(&access, &said).await.unwrap();
            let print = connect::fingerprint(&said.text);
            let begun = send::begin(&d.app.cx, second, Call::Send, &prepared, print).await.unwrap();
            let (_, attempt) = begun.unwrap();
            if met == "arrived" {
                let verdict = connector.attempt(&access, &prepared, &attempt.send_key).await;
                assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
            }
        }
        if met == "all" {
            d.app.drain().await;
            assert_eq!(d.on("simulator").len(), 3);
        }
        posts::withdraw(&d.approver.cx, post.id, "It was a mistake").await.unwrap();
        d.app.drain().await;
        d.live_on().await;
        let (states, there) = (d.part_states(post.id).await, d.on("simulator"));
        let what = format!("{met}: {states:?} {there:?}");
        assert!(there.is_empty(), "{what}");
        let expected = match met {
            "waiting" => ["cancelled"; 3],
            "first" | "called" => ["taken-down", "cancelled", "cancelled"],
            "arrived" => ["taken-down", "taken-down", "cancelled"],
            _ => ["taken-down"; 3],
        };
        assert_eq!(states, expected, "{what}");
    }
}

#[tokio::test]
async fn a_correction_changes_the_parts_it_is_about_and_no_other() {
    let d = desk(&["simulator"]).await;
    let post = d.thread("Power is off", &["In Paro", "Until noon"]).await;
    d.app.drain().await;
    let correction = |parts: Option<Vec<Part>>| {
        let (text_en, text_dz, note) = ("Power is off".into(), DZ.into(), "The hour was wrong".into());
        Corrected { text_en, text_dz, parts, note, ..Corrected::default() }
    };
    // Nothing changed; another number of parts; a part that says nothing.
    for (parts, code) in [
        (None, "unchanged"),
        (Some(vec![part("In Paro")]), "parts-count"),
        (Some(vec![part("In Paro"), part(" ")]), "no-part-text"),
    ] {
        let no = posts::correct_all(&d.author.cx, post.id, 1, &correction(parts)).await.unwrap_err();
        assert_eq!(no.refusals().iter().map(|r| r.code).collect::<Vec<_>>(), [code]);
    }
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let path = format!("/posts/{}/correction", post.id);
    let fields = [
        ("version", "1"),
        ("text_en", "Power is off"),
        ("text_dz", DZ),
        ("part_en-2", "In Paro"),
        ("part_dz-2", ""),
        ("part_en-3", "Until two"),
        ("part_dz-3", ""),
        ("note", "The hour was wrong"),
    ];
    d.app.submit(&cookie, &path, &path, &fields).await.expect(303);
    posts::approve(&d.approver.cx, post.id, 2).await.unwrap();
    d.app.drain().await;
    let there = d.on("simulator");
    assert!(is_chain(&there) && there.len() == 3);
    assert_eq!(there.iter().map(|p| p.edits).collect::<Vec<_>>(), [0, 0, 1]);
    assert_eq!(there[2].text, "Until two");
    assert!(d.parts(post.id).await.iter().all(|p| p.sent_version == Some(2)));
    let public = d.app.get(&format!("/p/{}?lang=en", post.id)).await.expect(200).body;
    assert!(public.contains("Until two") && public.contains("<del>noon</del>"), "{public}");
}

#[tokio::test]
async fn a_freeze_and_a_limit_hold_a_part_like_any_post_and_the_rest_behind_it() {
    let d = desk(&["simulator"]).await;
    let lead = d.app.person("Sangay Dema", Some(d.agency), &[Role::Lead]).await;
    let post = d.begun_thread("Power is off", &["In Paro", "Until noon"]).await;
    let frozen = json!({"agency": d.agency.to_string(), "reason": "An account was taken over"});
    let freeze = d.ask_api(&d.approver, Method::POST, "/api/v1/freezes", frozen).await.expect(201).json();
    d.app.drain().await;
    d.live_on().await;
    assert_eq!(
        (d.on("simulator").len(), d.part_states(post.id).await),
        (1, vec!["sent".into(), "waiting".into(), "waiting".into()])
    );
    assert_eq!(d.parts(post.id).await[1].problem, "frozen");
    let limit = json!({"price": "1", "most": "1", "currency": "usd"});
    let spending = format!("/api/v1/accounts/{}/spending-limit", d.accounts[1]);
    d.ask_api(&lead, Method::POST, &spending, limit).await.expect(200);
    let thaw = format!("/api/v1/freezes/{}/thaw", freeze["id"].as_str().unwrap());
    d.ask_api(&d.approver, Method::POST, &thaw, json!({"reason": "It is ours again"})).await.expect(200);
    d.app.drain().await;
    // One more costs the month's money; the part after it is told to a person and goes out under another limit.
    assert_eq!(d.part_states(post.id).await, ["sent", "sent", "failed"]);
    d.ask_api(&lead, Method::POST, &spending, json!({"price": "1", "most": "9", "currency": "usd"})).await.expect(200);
    actions::retry(&d.approver.cx, d.parts(post.id).await[2].id).await.unwrap();
    d.app.drain().await;
    assert_eq!(d.part_states(post.id).await, ["sent"; 3]);
    assert!(is_chain(&d.on("simulator")));
}

#[tokio::test]
async fn our_own_parts_are_no_comments_and_a_citizen_who_answers_one_speaks_of_the_post() {
    let d = desk(&["simulator"]).await;
    let post = d.thread("Power is off", &["In Paro"]).await;
    d.app.drain().await;
    let name = format!("simulator-{}", d.agency);
    let second = d.parts(post.id).await.remove(1);
    // A platform that lists our own words among the answers.
    d.app.practice.add_reply(&name, Some(&second.remote_id), &name, "In Paro").unwrap();
    d.app.practice.add_reply(&name, Some(&second.remote_id), "tashi", "And in Haa?").unwrap();
    d.app.advance(MINUTE);
    d.app.sweep().await;
    let inbox = d.ask_api(&d.author, Method::GET, "/api/v1/messages", Value::Null).await.expect(200).json();
    let texts: Vec<_> =
        inbox["items"].as_array().unwrap().iter().map(|m| (m["text"].clone(), m["post"].clone())).collect();
    assert_eq!(texts, [(json!("And in Haa?"), json!(post.id.to_string()))]);
}

#[tokio::test]
async fn what_does_not_fit_or_cannot_follow_is_refused_all_at_once_by_part_and_account() {
    let d = desk(&["simulator"]).await;
    let accounts: Vec<String> = d.accounts.iter().map(i64::to_string).collect();
    let long = "x".repeat(501);
    let body = json!({"agency": d.agency.to_string(), "texts": {"en": "Power is off", "dz": DZ}, "accounts": accounts,
        "parts": [{"en": long}, {"en": " ", "dz": ""}, {"dz": DZ}, {"dz": long}]});
    let made = d.ask_api(&d.author, Method::POST, "/api/v1/posts", body).await.expect(201).json();
    let path = format!("/api/v1/posts/{}", made["id"].as_str().unwrap());
    let refused = d.ask_api(&d.author, Method::POST, &format!("{path}/submission"), json!({"version": 1})).await;
    let refused = refused.expect(409).json();
    let told: Vec<(&str, bool)> = refused["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            let detail = r["detail"].as_str().unwrap();
            (r["code"].as_str().unwrap(), ["Part 2", "Part 3", "Part 5"].iter().any(|p| detail.contains(p)))
        })
        .collect();
    assert_eq!(told, [("platform-limit", true), ("platform-limit", true), ("no-part-text", true)], "{refused}");
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let page =
        d.app.browse(&cookie, &format!("/posts/{}?lang=en", made["id"].as_str().unwrap())).await.expect(200).body;
    assert!(page.contains("Part 3 says nothing") && page.contains("at most 500 characters"), "{page}");
    // Taken out, it can be sent for approval; the hash is another.
    let fixed = json!({"version": 1, "parts": [{"dz": DZ}]});
    let next = d.ask_api(&d.author, Method::PATCH, &path, fixed).await.expect(200).json();
    assert_eq!((&next["parts"], &next["version"]), (&json!([{"en": "", "dz": DZ}]), &json!(2)));
    assert_ne!(next["content_hash"], made["content_hash"]);
    d.ask_api(&d.author, Method::POST, &format!("{path}/submission"), json!({"version": 2})).await.expect(200);
    d.app.drain().await;
}
