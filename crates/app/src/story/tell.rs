//! The week, event by event.
use super::cast::{Cast, Member, Officer, enters, enters_as};
use super::content::{self as say, Text};
use super::talk::{CITIZENS, Talk};
use super::{picture, review};
use crate::accounts::{self, NEWSLETTER, NewAccount, PODCAST, SITE};
use crate::people::Role;
use crate::{agencies, newsletter, plans, podcast, posts};
use connect::simulator::{Fault, SetFault, Simulator};
use ground::clock::{DAY, HOUR, MINUTE, SECOND};
use ground::jobs::{self, Registry};
use ground::{Ctx, Result};
use posts::{Attached, Draft, Post, Target};

/// Where the story is told: a context whose clock stands at the week's beginning, what the program does in the
/// background, the practice network, and when the story must end.
pub struct Stage<'a> {
    pub cx: Ctx,
    pub registry: &'a Registry,
    pub practice: &'a Simulator,
    pub end: i64,
}

/// An agency with its people and accounts.
pub struct Agency {
    pub id: i64,
    pub author: Officer,
    pub approver: Officer,
    pub lead: Officer,
    pub moderator: Officer,
    accounts: Vec<i64>,
    /// Its name and account on the practice network, if it has one.
    pub practice: String,
    pub practice_account: i64,
}

impl Stage<'_> {
    /// Lets time pass until so many days before the end, at this hour in Thimphu; what falls due is done.
    async fn day(&self, before: i64, hour: i64, minute: i64) -> Result<()> {
        let midnight = (self.end + 6 * HOUR) / DAY * DAY - 6 * HOUR;
        let wanted = (midnight - before * DAY + hour * HOUR + minute * MINUTE).min(self.end);
        self.cx.machine.clock.set(wanted.max(self.cx.now() + SECOND));
        self.settle().await
    }

    pub async fn pass(&self, by: i64) -> Result<()> {
        self.cx.machine.clock.set((self.cx.now() + by).min(self.end));
        self.settle().await
    }

    pub async fn settle(&self) -> Result<()> {
        jobs::sweep_due(&self.cx, self.registry).await?;
        jobs::drain(&self.cx, self.registry).await
    }
}

async fn has_plan(a: &Officer, lead: &Officer, agency: i64, title: &str, parts: [&str; 6]) -> Result<()> {
    // The records are the model's; the words are the agency's own.
    let (mut draft, _) = plans::beginning(&a.cx, agency, plans::Beginning::Model).await?;
    draft.title = title.into();
    draft.parts = parts.map(str::to_owned);
    let plan = plans::draft(&a.cx, agency, &draft).await?;
    plans::submit(&a.cx, plan.id, plan.version).await?;
    plans::approve(&lead.cx, plan.id, plan.version).await?;
    plans::add_suggested(&lead.cx, plan.id).await?;
    Ok(())
}

async fn has_account(a: &Officer, lead: &Officer, agency: i64, platform: &str, handle: &str) -> Result<i64> {
    let ours = accounts::is_ours(platform);
    let url = if ours { String::new() } else { format!("https://practice.example/@{handle}") };
    let new = NewAccount { agency, platform: platform.into(), handle: handle.into(), url, ..NewAccount::default() };
    let account = accounts::request(&a.cx, &new).await?;
    accounts::approve(&lead.cx, account.id).await?;
    if !ours {
        accounts::connect(&a.cx, account.id, "", handle).await?;
    }
    Ok(account.id)
}

fn follows(text: &Text) -> posts::Part {
    posts::Part { en: text.en.into(), dz: text.dz.into() }
}

impl Agency {
    fn draft(&self, text: &Text, pictures: Vec<i64>, at: Option<i64>) -> Draft {
        let targets = self.accounts.iter().map(|a| Target { account: *a, variant: String::new() }).collect();
        Draft {
            text_en: text.en.into(),
            text_dz: text.dz.into(),
            targets,
            pictures,
            scheduled_at: at,
            ..Draft::default()
        }
    }
    async fn submitted(&self, draft: &Draft) -> Result<Post> {
        let post = posts::draft(&self.author.cx, self.id, draft).await?;
        posts::submit(&self.author.cx, post.id, post.current.number).await
    }
    async fn approved(&self, draft: &Draft) -> Result<Post> {
        let post = self.submitted(draft).await?;
        posts::approve(&self.approver.cx, post.id, post.current.number).await
    }
    async fn picture(&self, palette: picture::Palette, en: &str, dz: &str) -> Result<i64> {
        let drawn = picture::draw(palette, self.id as f32 % 7.0)?;
        Ok(posts::add_picture(&self.author.cx, self.id, drawn, en, dz).await?.id)
    }
}

/// Tells the whole story; returns whom one may sign in as.
pub async fn tell(stage: &Stage<'_>) -> Result<Cast> {
    let mut cast = Cast::default();
    stage.day(7, 9, 0).await?;
    let admin = enters(&mut cast, &stage.cx, "Kinley Dorji", None, Role::Administrator).await?;
    let health = health(stage, &mut cast, &admin).await?;
    review::platforms(stage, &mut cast, &admin, &health).await?;
    let (punakha, gewog) = (punakha(stage, &mut cast, &admin).await?, gewog(stage, &mut cast, &admin).await?);
    let talk = Talk::begin(stage).await?;
    // Whoever starts the demonstration may be this member of the public.
    let (name, email) = CITIZENS[0];
    let (role, name, email) = ("citizen".into(), name.into(), email.into());
    cast.members.push(Member { role, id: 0, name, email, password: String::new() });
    let (flu, water) = week(stage, &talk, &health, &punakha, &gewog).await?;
    went_wrong(stage, &health).await?;
    today(stage, &talk, (&health, &punakha, &gewog), (&flu, &water)).await?;
    crate::compliance::everything(&stage.cx).await?;
    Ok(cast)
}

/// The ministry: every role of its own, its site and an account on the practice network.
async fn health(stage: &Stage<'_>, cast: &mut Cast, admin: &Officer) -> Result<Agency> {
    let id = agencies::by_code(stage.cx.db(), "MoH").await?.id;
    let lead = enters(cast, &admin.cx, "Karma Choden", Some(id), Role::Lead).await?;
    let author = enters(cast, &lead.cx, "Pema Lhamo", Some(id), Role::Author).await?;
    let approver = enters(cast, &lead.cx, "Dorji Wangchuk", Some(id), Role::Approver).await?;
    let moderator = enters(cast, &lead.cx, "Tshering Yangden", Some(id), Role::Moderator).await?;
    enters(cast, &lead.cx, "Sonam Tobgay", Some(id), Role::Records).await?;
    stage.pass(HOUR).await?;
    has_plan(&author, &lead, id, "Health in plain words, 2026 to 2027", say::PLAN).await?;
    stage.pass(20 * MINUTE).await?;
    let site = has_account(&author, &lead, id, SITE, "Ministry of Health").await?;
    let practice = has_account(&author, &lead, id, "simulator", "moh-bhutan").await?;
    let accounts = vec![site, practice];
    let (name, practice_account) = ("moh-bhutan".to_owned(), practice);
    Ok(Agency { id, author, approver, lead, moderator, accounts, practice: name, practice_account })
}

async fn punakha(stage: &Stage<'_>, cast: &mut Cast, admin: &Officer) -> Result<Agency> {
    let id = agencies::by_code(stage.cx.db(), "BT-23").await?.id;
    let lead = enters(cast, &admin.cx, "Jigme Norbu", Some(id), Role::Lead).await?;
    let author = enters(cast, &lead.cx, "Ugyen Dema", Some(id), Role::Author).await?;
    let approver = enters(cast, &lead.cx, "Phub Zam", Some(id), Role::Approver).await?;
    has_plan(&author, &lead, id, "Punakha informs, 2026", say::PLAN).await?;
    let site = has_account(&author, &lead, id, SITE, "Punakha Dzongkhag").await?;
    let letters = has_account(&author, &lead, id, NEWSLETTER, "Punakha Dzongkhag").await?;
    newsletter::read_for_story(&stage.cx, letters, CITIZENS[0].1).await?;
    has_podcast(&author, &lead, id).await?;
    // Asked for and not yet decided: the lead has something to do.
    let url = "https://practice.example/@punakha".to_owned();
    let new =
        NewAccount { agency: id, platform: "simulator".into(), handle: "punakha".into(), url, ..NewAccount::default() };
    accounts::request(&author.cx, &new).await?;
    Ok(Agency { accounts: vec![site, letters], ..small(id, author, approver, lead, site) })
}

async fn has_podcast(author: &Officer, lead: &Officer, agency: i64) -> Result<()> {
    let account = has_account(author, lead, agency, PODCAST, say::SHOW.0).await?;
    let described = podcast::Described {
        title: say::SHOW.0.into(),
        description: say::SHOW.1.into(),
        lang: "en".into(),
        category: "Government".into(),
        email: String::new(),
    };
    podcast::describe(&author.cx, account, &described, None).await?;
    Ok(())
}

/// A sound recording with what is said in it, on the agency's site and in its podcast.
async fn episode(punakha: &Agency) -> Result<()> {
    let sound = posts::add_recording(&punakha.author.cx, punakha.id, &posts::sample_recording(4_000)).await?;
    let live = accounts::live_of(punakha.author.cx.db(), punakha.id).await?;
    let podcast = live.into_iter().filter(|a| matches!(a.platform.as_str(), SITE | PODCAST));
    let targets = podcast.map(|a| Target { account: a.id, variant: String::new() }).collect();
    let (said_en, said_dz) = (say::SPOKEN.en.into(), say::SPOKEN.dz.into());
    let recording = Some(Attached { id: sound.id, said_en, said_dz });
    let draft = Draft { targets, recording, ..punakha.draft(&say::EPISODE, vec![], None) };
    punakha.approved(&draft).await.map(|_| ())
}

/// An agency with its own site only, whose lead looks after the comments.
fn small(id: i64, author: Officer, approver: Officer, lead: Officer, site: i64) -> Agency {
    let moderator = Officer { cx: lead.cx.clone() };
    let (practice, practice_account) = (String::new(), 0);
    Agency { id, author, approver, lead, moderator, accounts: vec![site], practice, practice_account }
}

/// A gewog: a clerk who writes, a gup who leads and approves.
async fn gewog(stage: &Stage<'_>, cast: &mut Cast, admin: &Officer) -> Result<Agency> {
    let id = agencies::by_code(stage.cx.db(), "BT-33-01").await?.id;
    let lead = enters(cast, &admin.cx, "Sangay Penjor", Some(id), Role::Lead).await?;
    let author = enters_as(cast, &lead.cx, "Choki Lham", Some(id), (Role::Author, "clerk")).await?;
    has_plan(&author, &lead, id, "Notices of Chhoekhor Gewog", say::GEWOG_PLAN).await?;
    let site = has_account(&author, &lead, id, SITE, "Chhoekhor Gewog").await?;
    let approver = Officer { cx: lead.cx.clone() };
    Ok(small(id, author, approver, lead, site))
}

/// What happened until yesterday. Returns the posts people still talk about.
async fn week(
    stage: &Stage<'_>,
    talk: &Talk<'_>,
    health: &Agency,
    punakha: &Agency,
    gewog: &Agency,
) -> Result<(Post, Post)> {
    stage.day(6, 9, 30).await?;
    let alt = ("Prayer flags above a valley in the morning", "དྲོ་པ་ལུང་གཤོང་གི་ཐོག་ཁར་ དར་ལྕོག");
    let picture = health.picture(picture::MORNING, alt.0, alt.1).await?;
    let mut flu = health.draft(&say::FLU, vec![picture], None);
    flu.targets[1].variant = say::FLU_SHORT.into();
    flu.parts = vec![follows(&say::FLU_COMMENT)];
    let flu = health.approved(&flu).await?;
    stage.day(6, 11, 10).await?;
    talk.about_the_vaccination(health, &flu).await?;
    stage.day(6, 16, 0).await?;
    let alt = ("A road under the ridge in the evening", "ཕྱི་རུ་ལ་གི་འོག་ལུ་གཞུང་ལམ།");
    let picture = punakha.picture(picture::EVENING, alt.0, alt.1).await?;
    let road = punakha.approved(&punakha.draft(&say::ROAD, vec![picture], None)).await?;

    stage.day(5, 10, 0).await?;
    let water = health.approved(&health.draft(&say::WATER, vec![], None)).await?;
    let tap = gewog.approved(&gewog.draft(&say::TAP, vec![], None)).await?;
    stage.day(5, 19, 20).await?;
    talk.about_the_road(&road, &tap).await?;
    stage.day(4, 8, 40).await?;
    let (fixed, cx) = (&say::WATER_CORRECTED, &health.author.cx);
    let version = water.current.number;
    let corrected = posts::correct(cx, water.id, version, fixed.en, fixed.dz, say::WATER_NOTE).await?;
    stage.pass(10 * MINUTE).await?;
    posts::approve(&health.approver.cx, corrected.id, corrected.current.number).await?;
    stage.day(4, 9, 30).await?;
    talk.about_the_water(health, &water).await?;

    stage.day(3, 11, 0).await?;
    let eyes = health.approved(&health.draft(&say::EYES, vec![], None)).await?;
    stage.day(3, 16, 30).await?;
    posts::withdraw(&health.lead.cx, eyes.id, say::EYES_REASON).await?;

    stage.day(2, 10, 0).await?;
    let salt = health.submitted(&health.draft(&say::SALT, vec![], None)).await?;
    posts::reject(&health.approver.cx, salt.id, salt.current.number, say::SALT_REASON).await?;
    let alt = ("Mist over the fields along the river", "ཆུ་འགྲམ་གྱི་ཞིང་ཁར་སྨུག་པ།");
    let picture = punakha.picture(picture::RAIN, alt.0, alt.1).await?;
    let cranes = punakha.approved(&punakha.draft(&say::CRANES, vec![picture], None)).await?;
    stage.day(2, 15, 0).await?;
    episode(punakha).await?;
    stage.day(1, 8, 15).await?;
    talk.about_the_cranes(&cranes).await?;
    Ok((flu, water))
}

/// Two deliveries on the practice network that need a person: one of which nobody knows whether it arrived (it did), and
/// one that was turned away.
async fn went_wrong(stage: &Stage<'_>, health: &Agency) -> Result<()> {
    stage.day(1, 10, 0).await?;
    let alerts = has_account(&health.author, &health.lead, health.id, "simulator-blind", "moh-alerts").await?;
    let spoilt = |fault, account: &str| {
        stage.practice.set_fault(SetFault { fault, account: Some(account.into()), times: 1, ms: None });
    };
    let target = |account| vec![Target { account, variant: String::new() }];
    spoilt(Fault::DropAfter, "moh-alerts");
    let smoke = Draft { targets: target(alerts), ..health.draft(&say::SMOKE, vec![], None) };
    health.approved(&smoke).await?;
    stage.day(1, 14, 0).await?;
    spoilt(Fault::RevokedToken, &health.practice);
    let walk = Draft { targets: target(health.practice_account), ..health.draft(&say::WALK, vec![], None) };
    health.approved(&walk).await?;
    stage.day(1, 15, 0).await
}

/// What lies on the desks now.
async fn today(
    stage: &Stage<'_>,
    talk: &Talk<'_>,
    (health, punakha, gewog): (&Agency, &Agency, &Agency),
    (flu, water): (&Post, &Post),
) -> Result<()> {
    let tomorrow = (stage.end + 6 * HOUR) / DAY * DAY - 6 * HOUR + DAY + 9 * HOUR;
    health.approved(&health.draft(&say::DENTAL, vec![], Some(tomorrow))).await?;
    let unfinished = Draft { parts: vec![follows(&say::DRAFT_COMMENT)], ..health.draft(&say::DRAFT, vec![], None) };
    posts::draft(&health.author.cx, health.id, &unfinished).await?;
    posts::draft(&gewog.author.cx, gewog.id, &gewog.draft(&say::GEWOG_DRAFT, vec![], None)).await?;
    punakha.submitted(&punakha.draft(&say::WINTER, vec![], None)).await?;
    let (mut next, _) = plans::beginning(&health.author.cx, health.id, plans::Beginning::Renewal).await?;
    next.title = "Health in plain words, 2027 to 2028".into();
    let plan = plans::draft(&health.author.cx, health.id, &next).await?;
    plans::submit(&health.author.cx, plan.id, plan.version).await?;
    // Somebody had only a telephone at hand.
    stage.practice.add_post(&health.practice, say::BESIDE).map_err(ground::Error::fault)?;
    stage.cx.machine.clock.set(stage.end - 40 * MINUTE);
    stage.settle().await?;
    health.submitted(&health.draft(&say::BLOOD, vec![], None)).await?;
    talk.this_morning(health, flu, water).await?;
    stage.cx.machine.clock.set(stage.end);
    stage.settle().await?;
    // Approved and due this moment: the program that starts now sends it.
    health.approved(&health.draft(&say::MIND, vec![], None)).await.map(|_| ())
}
