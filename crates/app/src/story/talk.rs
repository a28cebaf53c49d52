//! What comes back: people of the public comment, ask, complain and thank; officers answer, and one decision about a
//! comment goes all the way to an appeal. Criticism stays where it was written.
use super::tell::{Agency, Stage};
use super::voices as say;
use crate::inbox::{self, Message};
use crate::moderation::{self, NewDecision};
use crate::people;
use crate::posts::Post;
use ground::clock::MINUTE;
use ground::ctx::{Actor, Who};
use ground::{Ctx, Error, Result};

/// The members of the public of the story; the first is in the cast.
pub const CITIZENS: [(&str, &str); 4] = [
    ("Deki Yangzom", "deki.yangzom@citizen.example"),
    ("Sonam Dorji", "sonam.dorji@citizen.example"),
    ("Tshomo", "tshomo@citizen.example"),
    ("Karma Tenzin", "karma.tenzin@citizen.example"),
];

pub struct Talk<'a> {
    stage: &'a Stage<'a>,
    deki: Ctx,
    sonam: Ctx,
    tshomo: Ctx,
    karma: Ctx,
}

async fn joins(cx: &Ctx, (name, email): (&str, &str)) -> Result<Ctx> {
    let (id, _) = people::join_for_story(cx, email, name).await?;
    Ok(cx.acting(Actor::new(Who::Citizen(id), name)))
}

async fn says(who: &Ctx, post: &Post, text: &str) -> Result<Message> {
    inbox::comment(who, post.id, None, text).await
}

/// An answer that somebody else approves in exactly these words.
async fn answered(a: &Agency, message: &Message, text: &str) -> Result<()> {
    let answer = inbox::answer(&a.author.cx, message.id, text).await?;
    inbox::approve(&a.approver.cx, answer.id, &answer.content_hash).await.map(|_| ())
}

fn decision(action: &str, ground: &str, reason: &str) -> NewDecision {
    NewDecision {
        action: action.into(),
        ground: ground.into(),
        reason: reason.into(),
        public_figure: false,
        seen: String::new(),
    }
}

impl<'a> Talk<'a> {
    pub async fn begin(stage: &'a Stage<'a>) -> Result<Talk<'a>> {
        let [deki, sonam, tshomo, karma] = CITIZENS;
        Ok(Talk {
            deki: joins(&stage.cx, deki).await?,
            sonam: joins(&stage.cx, sonam).await?,
            tshomo: joins(&stage.cx, tshomo).await?,
            karma: joins(&stage.cx, karma).await?,
            stage,
        })
    }

    /// Somebody writes to an account on the practice network, and the inbox reads it.
    async fn writes_to(&self, a: &Agency, under: Option<&str>, who: &str, text: &str) -> Result<Message> {
        let practice = self.stage.practice;
        let remote = practice.add_reply(&a.practice, under, who, text).map_err(Error::fault)?;
        self.stage.pass(2 * MINUTE).await?;
        let account = a.practice_account;
        let read = inbox::by_remote(self.stage.cx.db(), account, &remote).await?;
        read.ok_or_else(|| Error::fault(format!("{remote} was not read from the practice network")))
    }

    /// The id, on the practice network, of the post that has these words.
    fn out(&self, words: &str) -> Option<String> {
        self.stage.practice.posts().into_iter().find(|p| p.text.contains(words)).map(|p| p.id)
    }

    /// Questions about the vaccination, in two languages and two places; one comment is reported.
    pub async fn about_the_vaccination(&self, health: &Agency, flu: &Post) -> Result<()> {
        let asked = says(&self.deki, flu, say::PREGNANT).await?;
        let under = self.out("flu vaccination");
        let cost = self.writes_to(health, under.as_deref(), "tashi_builds", say::COST).await?;
        let masks = says(&self.karma, flu, say::MASKS).await?;
        self.stage.pass(25 * MINUTE).await?;
        answered(health, &asked, say::PREGNANT_ANSWER).await?;
        answered(health, &cost, say::COST_ANSWER).await?;
        self.stage.pass(12 * MINUTE).await?;
        let thanks = inbox::comment(&self.deki, flu.id, Some(asked.id), say::PREGNANT_THANKS).await?;
        let answer = self.out(say::COST_ANSWER);
        let more = self.writes_to(health, answer.as_deref(), "tashi_builds", say::COST_THANKS).await?;
        for done in [thanks, more] {
            inbox::close(&health.author.cx, done.id, say::THANKS_REASON).await?;
        }
        moderation::report(&self.sonam, masks.id, say::MASKS_REPORT).await?;
        self.stage.pass(30 * MINUTE).await?;
        self.judged(health, &masks).await
    }

    /// Hidden as advertising; the author is told, appeals, and somebody else brings the comment back.
    async fn judged(&self, health: &Agency, masks: &Message) -> Result<()> {
        let hide = decision("hide", "MG-5", say::MASKS_REASON);
        let decided = moderation::decide(&health.moderator.cx, masks.id, &hide).await?;
        self.stage.pass(50 * MINUTE).await?;
        let appeal = moderation::appeal(&self.karma, decided.id, say::MASKS_APPEAL).await?;
        self.stage.pass(100 * MINUTE).await?;
        moderation::decide_appeal(&health.lead.cx, appeal.id, "overturn", say::MASKS_OUTCOME).await?;
        self.stage.settle().await
    }

    /// A mother is angry with reason, and gets an answer.
    pub async fn about_the_water(&self, health: &Agency, water: &Post) -> Result<()> {
        let late = says(&self.sonam, water, say::LATE).await?;
        self.stage.pass(45 * MINUTE).await?;
        inbox::answer(&health.lead.cx, late.id, say::LATE_ANSWER).await?;
        self.stage.pass(20 * MINUTE).await?;
        let more = inbox::comment(&self.sonam, water.id, Some(late.id), say::LATE_MORE).await?;
        inbox::close(&health.author.cx, more.id, say::THANKS_REASON).await?;
        let party = says(&self.karma, water, say::PARTY).await?;
        self.stage.pass(30 * MINUTE).await?;
        let hide = decision("hide", "MG-1", say::PARTY_REASON);
        moderation::decide(&health.moderator.cx, party.id, &hide).await.map(|_| ())
    }

    pub async fn about_the_road(&self, road: &Post, tap: &Post) -> Result<()> {
        says(&self.tshomo, road, say::ROAD).await?;
        says(&self.karma, tap, say::TAP).await?;
        self.stage.pass(9 * MINUTE).await?;
        says(&self.deki, road, say::ROAD_ALSO).await.map(|_| ())
    }

    pub async fn about_the_cranes(&self, cranes: &Post) -> Result<()> {
        says(&self.tshomo, cranes, say::CRANES).await.map(|_| ())
    }

    /// What lies in the inbox and in the queue now.
    pub async fn this_morning(&self, health: &Agency, flu: &Post, water: &Post) -> Result<()> {
        let helpline = self.writes_to(health, None, "pema.in.mongar", say::HELPLINE).await?;
        says(&self.tshomo, water, say::RESULTS_DZ).await?;
        self.writes_to(health, None, "night_shift", say::NIGHT).await?;
        let insult = says(&self.karma, flu, say::INSULT).await?;
        inbox::answer(&health.author.cx, helpline.id, say::HELPLINE_ANSWER).await?;
        self.stage.pass(3 * MINUTE).await?;
        moderation::report(&self.tshomo, insult.id, say::INSULT_REPORT).await?;
        says(&self.deki, water, say::RESULTS).await?;
        self.stage.settle().await
    }
}
