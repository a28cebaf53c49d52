//! What becomes of messages on their platform: changed, taken away, or not to be asked about.
use super::{Desk, desk, desk_on};
use crate::inbox::store;
use crate::people::Role;
use crate::posts;
use crate::testkit::Person;
use axum::http::Method;
use connect::simulator::{Fault, SetFault};
use ground::clock::{DAY, HOUR, MINUTE};
use ground::search;
use serde_json::{Value, json};

/// Longer than the first gap with its spread.
const A_READING: i64 = HOUR + 15 * MINUTE;

impl Desk {
    /// Somebody writes under the post, and it comes in. Gives the platform's id and ours.
    async fn asked(&self, text: &str) -> (String, String) {
        let out = self.app.practice.posts().remove(0);
        let remote = self.app.practice.add_reply(&self.practice, Some(&out.id), "tashi", text).unwrap();
        self.fetch().await;
        let id = self.messages().await.iter().find(|m| m["text"] == text).unwrap()["id"].as_str().unwrap().to_owned();
        (remote, id)
    }
    async fn later(&self, by: i64) {
        self.app.advance(by);
        self.app.sweep().await;
    }
    /// As the JSON interface tells it. Tokens last a day, and these tests live for days.
    async fn told(&self, id: &str) -> Value {
        let token = crate::people::issue_token(&self.app.cx, self.author.id, "later", DAY).await.unwrap();
        let who = Person { token, ..self.author.clone() };
        let path = format!("/api/v1/messages/{id}");
        self.app.api(Some(&who), Method::GET, &path, Value::Null).await.expect(200).json()
    }
    async fn words(&self, id: &str) -> Vec<String> {
        let told = self.told(id).await;
        let all = told["versions"].as_array().unwrap();
        all.iter().map(|v| v["text"].as_str().unwrap().to_owned()).collect()
    }
    async fn facts(&self, kind: &str) -> Vec<String> {
        let wanted = crate::ledger::Wanted { kind: Some(kind.into()), most: 100, ..Default::default() };
        let all = crate::ledger::facts(self.app.cx.db(), &wanted).await.unwrap();
        all.into_iter().map(|f| f.body).collect()
    }
    async fn finds(&self, word: &str) -> usize {
        let scopes = Some(vec![self.agency]);
        let wanted =
            search::Wanted { text: word, kind: Some("message"), scopes, most: 10, ..search::Wanted::default() };
        search::find(self.app.cx.db(), &wanted).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_change_on_the_platform_is_a_version_and_the_same_words_are_none() {
    let d = desk().await;
    let (remote, id) = d.asked("Is it free on Saturday?").await;
    d.later(A_READING).await;
    assert_eq!(d.words(&id).await, ["Is it free on Saturday?"], "read again, and the same");
    assert!(d.facts("message.edited").await.is_empty());
    d.app.practice.change_reply(&remote, Some("Is it free on Sunday?")).unwrap();
    d.later(7 * HOUR).await;
    assert_eq!(d.words(&id).await, ["Is it free on Saturday?", "Is it free on Sunday?"]);
    let told = d.told(&id).await;
    assert_eq!((told["text"].as_str(), told["state"].as_str()), (Some("Is it free on Sunday?"), Some("open")));
    assert!(told["deleted_there_at"].is_null());
    let facts = d.facts("message.edited").await;
    let hash = told["versions"][1]["text_hash"].as_str().unwrap();
    assert!(facts.len() == 1 && facts[0].contains(hash) && !facts[0].contains("Sunday"), "{facts:?}");
    assert_eq!((d.finds("Sunday").await, d.finds("Saturday").await), (1, 0));
    // Read once more it is the same edit, and back to the first words is a third version.
    d.later(2 * DAY).await;
    assert_eq!(d.words(&id).await.len(), 2);
    d.app.practice.change_reply(&remote, Some("Is it free on Saturday?")).unwrap();
    d.later(4 * DAY).await;
    assert_eq!(d.words(&id).await.len(), 3);
    // What is older than two weeks is left alone.
    d.later(8 * DAY).await;
    d.app.practice.change_reply(&remote, Some("Forget it")).unwrap();
    for _ in 0..3 {
        d.later(2 * DAY).await;
    }
    assert_eq!(d.words(&id).await.len(), 3);
}

#[tokio::test]
async fn what_comes_again_in_other_words_is_a_version_once() {
    let d = desk().await;
    let (remote, id) = d.asked("Is it free?").await;
    let account = d.told(&id).await["account"].as_str().unwrap().parse().unwrap();
    let from_the_beginning = async || {
        let tx = d.app.cx.begin("test.cursor").await.unwrap();
        store::set_cursor(&tx, account, None, d.app.cx.now()).await.unwrap();
        d.app.cx.commit(tx).await.unwrap();
        d.fetch().await;
    };
    from_the_beginning().await;
    assert_eq!(d.words(&id).await, ["Is it free?"]);
    d.app.practice.change_reply(&remote, Some("Is it free for children?")).unwrap();
    for _ in 0..2 {
        from_the_beginning().await;
    }
    assert_eq!(d.words(&id).await, ["Is it free?", "Is it free for children?"]);
    assert_eq!((d.facts("message.edited").await.len(), d.facts("message.received").await.len()), (1, 1));
}

#[tokio::test]
async fn what_is_deleted_there_stays_here_and_wants_no_answer() {
    let d = desk().await;
    let (remote, id) = d.asked("Where is the clinic?").await;
    let replies = format!("/api/v1/messages/{id}/replies");
    let a = d.call(&d.author, &replies, json!({"text": "In Thimphu."})).await.expect(201).json();
    d.app.practice.change_reply(&remote, None).unwrap();
    d.later(A_READING).await;
    let told = d.told(&id).await;
    assert_eq!((told["state"].as_str(), told["text"].as_str()), (Some("closed"), Some("Where is the clinic?")));
    assert!(told["deleted_there_at"].is_string());
    assert_eq!(d.facts("message.deleted-there").await.len(), 1);
    // The answer that waits cannot be let go any more, and no other can be written.
    let approval = format!("/api/v1/replies/{}/approval", a["id"].as_str().unwrap());
    let refused = d.call(&d.approver, &approval, json!({"content_hash": a["content_hash"]})).await.expect(409).json();
    assert_eq!(refused["refusals"][0]["code"], "message-deleted-there");
    let rejection = format!("/api/v1/replies/{}/rejection", a["id"].as_str().unwrap());
    let back = json!({"content_hash": a["content_hash"], "reason": "It is gone."});
    d.call(&d.approver, &rejection, back).await.expect(200);
    let refused = d.call(&d.approver, &replies, json!({"text": "In Paro."})).await.expect(409).json();
    assert_eq!(refused["refusals"][0]["code"], "message-deleted-there");
    d.later(DAY).await;
    assert_eq!(d.facts("message.deleted-there").await.len(), 1);
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let page = d.app.browse(&cookie, &format!("/inbox/{id}")).await.expect(200).body;
    assert!(page.contains("Deleted by its author or the platform") && page.contains("Where is the clinic?"), "{page}");
    assert!(!page.contains("deleted-there") && !page.contains("Your answer"), "{page}");
    assert!(d.app.browse(&cookie, "/inbox?state=closed").await.expect(200).body.contains("deleted there"));
}

#[tokio::test]
async fn what_is_there_again_wants_its_answer_again() {
    let d = desk().await;
    let (remote, id) = d.asked("Where is the clinic?").await;
    d.app.practice.change_reply(&remote, None).unwrap();
    d.later(A_READING).await;
    assert_eq!(d.told(&id).await["state"], "closed");
    d.app.practice.bring_back_reply(&remote).unwrap();
    d.app.practice.change_reply(&remote, Some("Where is the new clinic?")).unwrap();
    d.later(7 * HOUR).await;
    let told = d.told(&id).await;
    assert_eq!((told["state"].as_str(), &told["deleted_there_at"]), (Some("open"), &Value::Null));
    assert_eq!(d.words(&id).await, ["Where is the clinic?", "Where is the new clinic?"]);
    assert_eq!((d.facts("message.deleted-there").await.len(), d.facts("message.back-there").await.len()), (1, 1));
    let cookie = d.app.sign_in("pema.lhamo@example.bt").await;
    let page = d.app.browse(&cookie, &format!("/inbox/{id}")).await.expect(200).body;
    assert!(page.contains("Your answer") && !page.contains("Deleted by its author"), "{page}");
    // What somebody closed with a reason of their own stays closed, and gone again is told again.
    super::super::close(&d.approver.cx, id.parse().unwrap(), "Thanked by telephone").await.unwrap();
    d.app.practice.change_reply(&remote, None).unwrap();
    d.later(2 * DAY).await;
    assert!(d.told(&id).await["deleted_there_at"].is_string());
    d.app.practice.bring_back_reply(&remote).unwrap();
    d.later(4 * DAY).await;
    let told = d.told(&id).await;
    assert_eq!((told["state"].as_str(), &told["deleted_there_at"]), (Some("closed"), &Value::Null));
    assert_eq!((d.facts("message.deleted-there").await.len(), d.facts("message.back-there").await.len()), (2, 2));
}

/// An old call that is repeated brings nothing back; it is a reason to ask.
#[tokio::test]
async fn what_is_brought_again_after_it_was_gone_is_asked_for_and_not_believed() {
    let d = desk().await;
    let (remote, id) = d.asked("Is it free?").await;
    let account = d.told(&id).await["account"].as_str().unwrap().parse().unwrap();
    let brought_again = async || {
        let account = crate::accounts::find(d.app.cx.db(), account).await.unwrap();
        let item = connect::Inbound {
            remote_id: remote.clone(),
            in_reply_to: None,
            author_id: "tashi".into(),
            author_name: "tashi".into(),
            author_url: None,
            text: "Is it free?".into(),
            lang: None,
            at_us: d.app.cx.now(),
            url: None,
        };
        let tx = d.app.cx.begin("test.brought").await.unwrap();
        super::super::receive::take(&d.app.cx, &tx, &account, true, &item).await.unwrap();
        d.app.cx.commit(tx).await.unwrap();
        d.later(6 * MINUTE).await;
    };
    d.app.practice.change_reply(&remote, None).unwrap();
    d.later(A_READING).await;
    brought_again().await;
    assert!(d.told(&id).await["deleted_there_at"].is_string(), "it is still gone");
    d.app.practice.bring_back_reply(&remote).unwrap();
    brought_again().await;
    assert_eq!(d.told(&id).await["state"], "open", "at once, not with the next reading after a day");
}

#[tokio::test]
async fn a_fault_is_not_a_deletion_and_the_message_is_read_later() {
    let d = desk().await;
    let (remote, id) = d.asked("Until when?").await;
    for fault in [Fault::Outage, Fault::RevokedToken] {
        d.app.practice.set_fault(SetFault { fault, account: None, times: 0, ms: None });
        for _ in 0..3 {
            d.later(A_READING).await;
        }
        d.app.practice.clear_faults();
        let told = d.told(&id).await;
        assert_eq!((told["state"].as_str(), &told["deleted_there_at"]), (Some("open"), &Value::Null), "{fault:?}");
    }
    d.app.practice.change_reply(&remote, Some("Until when, please?")).unwrap();
    for _ in 0..3 {
        d.later(A_READING).await;
    }
    assert_eq!(d.words(&id).await.len(), 2);
}

#[tokio::test]
async fn a_platform_that_asks_to_wait_is_not_asked_until_then() {
    let d = desk().await;
    let (remote, id) = d.asked("How much?").await;
    d.app.practice.change_reply(&remote, Some("How much is it?")).unwrap();
    let account = d.told(&id).await["account"].as_str().unwrap().parse().unwrap();
    let tx = d.app.cx.begin("test.rest").await.unwrap();
    store::versions::rest(&tx, account, d.app.cx.now() + 3 * HOUR).await.unwrap();
    d.app.cx.commit(tx).await.unwrap();
    d.later(2 * HOUR).await;
    assert_eq!(d.words(&id).await.len(), 1);
    d.later(2 * HOUR).await;
    assert_eq!(d.words(&id).await.len(), 2);
}

#[tokio::test]
async fn what_we_hid_or_took_down_ourselves_was_not_deleted_by_others() {
    let d = desk().await;
    let moderator = d.app.person("Rinchen Dema", Some(d.agency), &[Role::Moderator]).await;
    let (hidden, one) = d.asked("Cheap loans! Click here").await;
    let (below, two) = d.asked("Is it open?").await;
    let why = json!({"action": "hide", "ground": "MG-5", "reason": "It advertises a loan, twice"});
    d.call(&moderator, &format!("/api/v1/messages/{one}/decisions"), why).await.expect(201);
    d.app.drain().await;
    d.app.practice.change_reply(&hidden, None).unwrap();
    d.later(A_READING).await;
    posts::withdraw(&d.approver.cx, d.post, "over").await.unwrap();
    d.app.drain().await;
    d.app.practice.change_reply(&below, None).unwrap();
    d.later(7 * HOUR).await;
    for id in [one, two] {
        assert!(d.told(&id).await["deleted_there_at"].is_null());
    }
    assert!(d.facts("message.deleted-there").await.is_empty());
}

#[tokio::test]
async fn every_version_is_shown_with_what_was_answered_and_decided() {
    let d = desk().await;
    let moderator = d.app.person("Rinchen Dema", Some(d.agency), &[Role::Moderator]).await;
    let (remote, id) = d.asked("Is it <i>free</i>?").await;
    d.call(&d.approver, &format!("/api/v1/messages/{id}/replies"), json!({"text": "Yes."})).await.expect(201);
    d.app.drain().await;
    d.app.practice.change_reply(&remote, Some("Is it a fraud?")).unwrap();
    d.later(A_READING).await;
    // Whoever decides names the words that were seen.
    let first = d.told(&id).await["versions"][0]["text_hash"].clone();
    let decisions = format!("/api/v1/messages/{id}/decisions");
    let old = json!({"action": "none", "reason": "Criticism is no ground.", "text_hash": first});
    let refused = d.call(&moderator, &decisions, old).await.expect(409).json();
    assert_eq!(refused["refusals"][0]["code"], "other-words");
    let none = json!({"action": "none", "reason": "Criticism is no ground."});
    d.call(&moderator, &decisions, none).await.expect(201);
    d.app.practice.change_reply(&remote, Some("Nobody answers!")).unwrap();
    d.later(7 * HOUR).await;
    let versions = ["Is it <i>free</i>?", "Is it a fraud?", "Nobody answers!"];
    assert_eq!(d.words(&id).await, versions);
    let (officer, judge) =
        (d.app.sign_in("pema.lhamo@example.bt").await, d.app.sign_in("rinchen.dema@example.bt").await);
    for (cookie, page) in [(&officer, format!("/inbox/{id}")), (&judge, format!("/moderation/messages/{id}"))] {
        let shown = d.app.browse(cookie, &page).await.expect(200).body;
        let list = shown.split("id=\"versions-h\">").nth(1).and_then(|s| s.split("</ol>").next()).unwrap();
        let items: Vec<&str> = list.split("<li>").skip(1).collect();
        assert_eq!(items.len(), 3, "{page}");
        assert!(!list.contains("<i>free") && items[1].contains("Is it a fraud?"), "{page}: {list}");
        let marks = |word: &str| items.iter().map(|i| i.contains(word)).collect::<Vec<_>>();
        assert_eq!(marks("these words were answered"), [true, false, false], "{page}");
        assert_eq!(marks("these words were decided upon"), [false, true, false], "{page}");
        assert_eq!(marks("as it reads now"), [false, false, true], "{page}");
        let dz = d.app.browse(cookie, &format!("{page}?lang=dz")).await.expect(200).body;
        assert!(dz.contains("ཧེ་མ་བྲིས་མི་དང་") && !dz.contains("inbox-version"), "{page}");
    }
    let page = format!("/moderation/messages/{id}");
    let form = [("action", "none"), ("reason", "Criticism is no ground."), ("seen", first.as_str().unwrap())];
    let again = d.app.submit(&judge, &page, &page, &form).await;
    assert!(again.body.contains("The words were changed since you saw them"), "{}", again.body);
    let shown = d.app.browse(&officer, &format!("/inbox/{id}")).await.body;
    assert!(shown.contains("the words it answers were changed since"));
    assert!(d.app.browse(&officer, "/inbox?state=all").await.body.contains("changed there"));
}

#[tokio::test]
async fn a_comment_on_our_own_site_is_never_asked_for() {
    let d = desk_on("simulator-readback").await;
    let citizen = d.citizen("Sonam").await;
    let m = super::super::comment(&citizen, d.post, None, "Well done").await.unwrap();
    d.later(A_READING).await;
    let told = d.told(&m.id.to_string()).await;
    assert_eq!((told["versions"].as_array().unwrap().len(), &told["deleted_there_at"]), (1, &Value::Null));
}
