//! Accounts on the practice network, where nothing reaches anybody. They are marked wherever officers see them, and they speak
//! for nobody: the public is not told of them, and no figure and no finding counts them. Only where the whole installation is
//! a demonstration does the practice network stand for the platforms.
use super::account::Account;
use super::actions::{connector_of, is_ours};
use crate::platforms;
use crate::policy::{Pack, Platform, PlatformStatus};
use connect::Registry;
use ground::{Ctx, Result};

/// The whole installation is a demonstration: nothing in it is meant for anybody.
pub struct Demonstration;

pub fn demonstrates(cx: &Ctx) -> bool {
    cx.machine.part::<Demonstration>().is_ok()
}

/// Whether accounts of a platform are for practice.
pub fn is_practice(cx: &Ctx, platform: &str) -> bool {
    platforms::is_practice(cx, platform)
}

/// Whether accounts of a platform are the government's own word: told to the public, counted and judged.
pub fn counts(cx: &Ctx, platform: &str) -> bool {
    demonstrates(cx) || !is_practice(cx, platform)
}

/// The platforms whose accounts do not count.
pub fn left_out(cx: &Ctx) -> Result<Vec<String>> {
    let all = cx.machine.part::<Pack>()?.platforms().iter();
    Ok(all.map(|p| p.id.clone()).filter(|id| !counts(cx, id)).collect())
}

/// Whether accounts of a platform may be opened here: those for practice only where there is a practice network.
pub fn is_offered(cx: &Ctx, platform: &Platform) -> Result<bool> {
    let there = !is_practice(cx, &platform.id) || connector_of(cx, &platform.id)?.is_some();
    Ok(there && platform.status != PlatformStatus::Retired)
}

/// What an account says when it speaks, for the wall between practice and the world: a post goes to one side of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// Read by people.
    #[default]
    World,
    Practice,
    /// Our own channels in a demonstration: they stand beside either.
    Either,
}

pub fn side(cx: &Ctx, account: &Account) -> Side {
    if is_practice(cx, &account.platform) {
        Side::Practice
    } else if is_ours(&account.platform) && demonstrates(cx) {
        Side::Either
    } else {
        Side::World
    }
}

/// The practice network in the likeness of each platform, as platforms of the pack. No file lists them: which there are follows
/// from the connectors.
pub fn platforms_for_practice(pack: &Pack, connectors: &Registry) -> Vec<Platform> {
    let example = pack.platforms().iter().find(|p| platforms::is_for_practice(p));
    let Some(example) = example else { return vec![] };
    let all = connectors.all().map(|c| c.capabilities());
    let played = all.filter(|can| connectors.played(can.platform).is_some());
    let row = |can: connect::Capabilities| Platform {
        id: can.platform.to_owned(),
        name: can.name.to_owned(),
        connector: Some(can.platform.to_owned()),
        ..example.clone()
    };
    played.map(row).collect()
}
