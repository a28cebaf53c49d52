//! The accounts a post may go to, each with the text it would get and how much room is left: for the post, and for what follows.
use crate::accounts::{self, Side};
use crate::posts::checks::{Must, must_have, parts_of, room, room_of_answers, takes_answers};
use crate::posts::part::numbered;
use crate::posts::post::Draft;
use ground::{Ctx, Result};

pub struct Choice {
    pub id: i64,
    pub label: String,
    pub handle: String,
    pub chosen: bool,
    /// What is said there reaches nobody.
    pub practice: bool,
    /// It is read by people, and so stands in no post beside practice.
    pub world: bool,
    pub variant: String,
    pub parts: Vec<(&'static str, String)>,
    /// Nothing where any length is taken.
    pub room: Option<Room>,
    pub after: Vec<After>,
    /// Nothing of ours can follow a post there.
    pub alone: bool,
    /// What no post there is without.
    pub must: Option<Must>,
    /// It has not got that.
    pub missing: bool,
}

/// One text that follows.
pub struct After {
    pub n: i64,
    pub texts: Vec<(&'static str, String)>,
    pub room: Option<Room>,
}

impl Choice {
    pub fn has_problem(&self) -> bool {
        let alone = self.alone && self.after.iter().any(|a| !a.texts.is_empty());
        alone || self.too_long()
    }
    fn too_long(&self) -> bool {
        self.room.iter().chain(self.after.iter().filter_map(|a| a.room.as_ref())).any(|r| r.left() < 0)
    }
    pub fn fits(&self) -> bool {
        !self.parts.is_empty() && !self.has_problem() && !self.missing
    }
    /// Nothing but what no post there is without.
    pub fn lacks(&self) -> bool {
        !self.parts.is_empty() && !self.has_problem() && self.missing
    }
}

pub struct Room {
    pub limit: usize,
    pub used: usize,
    /// The way of counting, for the script that counts along.
    pub count: String,
}

impl Room {
    fn of(room: Option<(usize, connect::Count)>, texts: &[(&'static str, String)]) -> Option<Room> {
        let text = texts.iter().map(|p| p.1.as_str()).collect::<Vec<_>>().join("\n\n");
        room.map(|(limit, count)| Room { limit, used: count.of(&text), count: format!("{count:?}") })
    }
    pub fn left(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX) - i64::try_from(self.used).unwrap_or(i64::MAX)
    }
}

pub async fn choices(cx: &Ctx, agency: i64, draft: &Draft, recording: bool) -> Result<Vec<Choice>> {
    let live = accounts::live_of(cx.db(), agency).await?;
    let first = draft == &Draft::default();
    // A new post goes everywhere but to practice, unless nowhere else, and to where words alone are taken.
    let world = live.iter().any(|a| accounts::side(cx, a) == Side::World);
    let mut all = vec![];
    for a in live {
        if !accounts::takes_posts(cx, &a)? {
            continue;
        }
        let target = draft.targets.iter().find(|t| t.account == a.id);
        let variant = target.map(|t| t.variant.clone()).unwrap_or_default();
        let parts = parts_of(&variant, &draft.text_dz, &draft.text_en);
        let answers = if draft.parts.is_empty() { None } else { room_of_answers(cx, &a.platform)? };
        let after = numbered(&draft.parts).map(|(n, p)| {
            let texts = parts_of("", &p.dz, &p.en);
            After { n, room: Room::of(answers, &texts), texts }
        });
        let (practice, read) = (a.is_practice(cx), accounts::side(cx, &a) == Side::World);
        let must = must_have(cx, &a.platform)?;
        let missing = must.is_some_and(|m| m.is_missing(!draft.pictures.is_empty(), recording));
        let chosen = target.is_some() || (first && !missing && !(practice && world));
        let (label, after) = (a.label(cx), after.collect());
        let alone = !takes_answers(cx, &a.platform)?;
        let room = Room::of(room(cx, &a.platform)?, &parts);
        let (id, handle) = (a.id, a.handle);
        let world = read;
        let one =
            Choice { id, label, handle, variant, parts, chosen, practice, world, room, after, alone, must, missing };
        all.push(one);
    }
    // Those for practice stand by themselves, after the others.
    all.sort_by_key(|c| c.practice);
    Ok(all)
}
