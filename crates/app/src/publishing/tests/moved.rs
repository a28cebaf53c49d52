//! What waits to go out when its account goes over to another agency, or is closed.
use super::super::{actions, delivery::Delivery};
use super::*;
use crate::{accounts, agencies, newsletter, people};
use ground::clock::DAY;

impl Desk {
    /// The agency goes into the Ministry of Finance, which is told of its officers here.
    pub(super) async fn goes_into(&self) -> (i64, Person) {
        let heir = agencies::by_code(self.app.cx.db(), "MoF").await.unwrap().id;
        let approver = self.app.person("Sonam Tobgay", Some(heir), &[Role::Approver]).await;
        self.app.merged("MoH", "MoF").await;
        let cx = people::acting_as(&self.app.cx, approver.id).await.unwrap();
        (heir, Person { cx, ..approver })
    }
    async fn delivery_on(&self, post: i64, account: i64) -> Delivery {
        let all = store::of_post(self.app.cx.db(), post).await.unwrap();
        all.into_iter().find(|d| d.account_id == account).unwrap()
    }
}

#[tokio::test]
async fn what_had_not_left_when_its_agency_ended_leaves_only_when_a_person_of_the_heir_says_so() {
    let d = desk(&["simulator", "simulator-readback"]).await;
    let said = d.approved("Said before", None).await;
    d.app.drain().await;
    d.app.practice.set_fault(SetFault { fault: Fault::Outage, account: None, times: 0, ms: None });
    let waits = d.approved("Not said yet", None).await;
    d.app.drain().await;
    let (heir, approver) = d.goes_into().await;
    d.app.practice.clear_faults();
    d.live_on().await;

    assert_eq!((d.out("Said before"), d.out("Not said yet")), (2, 0), "nothing is said for who is no more");
    for account in &d.accounts[1..] {
        let one = d.delivery_on(waits.id, *account).await;
        assert_eq!((one.state.as_str(), one.problem.as_str()), ("failed", "handed-over"));
        assert_eq!(d.delivery_on(said.id, *account).await.state, "sent");
    }
    // Whoever looks after it now is told at the desk, in both languages, and says what is to become of it.
    let cookie = d.app.sign_in("sonam.tobgay@example.bt").await;
    let page = format!("/posts/{}/deliveries", waits.id);
    assert!(d.app.browse(&cookie, "/desk?lang=en").await.expect(200).body.contains(&page));
    let told = d.app.browse(&cookie, &format!("{page}?lang=en")).await.expect(200).body;
    assert!(told.contains("went over to another agency"), "{told}");
    d.app.browse(&cookie, &format!("{page}?lang=dz")).await.expect(200);
    let one = d.delivery_on(waits.id, d.accounts[1]).await;
    actions::retry(&approver.cx, one.id).await.unwrap();
    d.app.drain().await;
    let one = d.delivery_on(waits.id, d.accounts[1]).await;
    assert_eq!((one.state.as_str(), one.agency_id, d.out("Not said yet")), ("sent", heir, 1));
    d.live_on().await;
    assert_eq!((d.out("Said before"), d.out("Not said yet")), (2, 1));
    // What is out is taken down whoever it belonged to.
    posts::withdraw(&approver.cx, said.id, "No longer true").await.unwrap();
    d.app.drain().await;
    assert_eq!(d.out("Said before"), 0);
}

#[tokio::test]
async fn what_a_person_was_asked_to_put_up_stands_on_the_desk_of_the_heir() {
    let mut d = desk(&[]).await;
    let lead = d.app.person("Sangay", Some(d.agency), &[Role::Lead]).await;
    d.accounts.push(d.app.live_by_hand(d.agency, &d.author, &lead).await);
    let post = d.approved("On the board", None).await;
    d.app.drain().await;
    d.goes_into().await;
    let task = format!("/publishing/by-hand/{}", d.delivery_on(post.id, d.accounts[1]).await.id);
    let cookie = d.app.sign_in("sonam.tobgay@example.bt").await;
    assert!(d.app.browse(&cookie, "/desk?lang=en").await.expect(200).body.contains(&task));
}

#[tokio::test]
async fn nothing_begins_on_a_channel_of_ours_that_was_closed_before_its_time() {
    let mut d = desk(&[]).await;
    let lead = d.app.person("Sangay", Some(d.agency), &[Role::Lead]).await;
    let new = accounts::NewAccount {
        agency: d.agency,
        platform: accounts::NEWSLETTER.into(),
        handle: "Notices".into(),
        ..Default::default()
    };
    let letters = accounts::request(&d.author.cx, &new).await.unwrap().id;
    accounts::approve(&lead.cx, letters).await.unwrap();
    d.accounts.push(letters);
    newsletter::read_for_story(&d.app.cx, letters, "reader@example.org").await.unwrap();
    let out = d.approved("Said before", None).await;
    d.app.drain().await;
    let later = d.approved("For tomorrow", Some(d.app.cx.now() + DAY)).await;
    d.app.drain().await;
    let closing = accounts::Closing { reason: "Nobody reads it".into(), ..Default::default() };
    for account in &d.accounts {
        accounts::close(&lead.cx, *account, &closing).await.unwrap();
    }
    d.app.advance(DAY);
    d.live_on().await;
    for account in &d.accounts {
        let one = d.delivery_on(later.id, *account).await;
        assert_eq!((one.state.as_str(), one.problem.as_str()), ("failed", "account-closed"), "{}", one.platform);
    }
    d.app.get(&format!("/p/{}", later.id)).await.expect(404);
    // What is there is still taken away.
    posts::withdraw(&d.approver.cx, out.id, "No longer true").await.unwrap();
    d.app.drain().await;
    assert_eq!(d.states(out.id).await, ["taken-down"; 2]);
}
