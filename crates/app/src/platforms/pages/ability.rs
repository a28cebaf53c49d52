//! What this program can do on a platform, as its connector says it.
use crate::policy::Platform;
use crate::shell::Page;
use connect::{Capabilities, Proof, Registry, Safety};
use ground::{Ctx, Result};

/// What is asked of a connector, and its answer, both in words.
pub type Ability = Vec<(String, String)>;

/// Nothing where the program does not speak with the platform.
pub fn ability(cx: &Ctx, page: &Page, platform: &Platform) -> Result<Ability> {
    let named = platform.connector.as_deref().unwrap_or(&platform.id);
    let connector = cx.machine.part::<Registry>()?.get(named);
    Ok(connector.map(|c| lines(page, &c.capabilities())).unwrap_or_default())
}

fn lines(page: &Page, can: &Capabilities) -> Ability {
    let count = |n: usize| page.tn("platforms-can-count", i64::try_from(n).unwrap_or(i64::MAX));
    let yes = |yes: bool| page.word(if yes { "platforms-can-yes" } else { "platforms-can-no" });
    let longest = can.text_limit.map_or_else(|| page.word("platforms-can-unlimited"), count);
    let line = |label: &'static str, value: String| (page.word(label), value);
    vec![
        line("platforms-can-publish", yes(can.publishes)),
        line("platforms-can-length", longest),
        line("platforms-can-pictures", count(can.max_media)),
        line("platforms-can-edit", yes(can.can_edit)),
        line("platforms-can-delete", yes(can.can_delete)),
        // Where people are only answered, what they write comes in by itself.
        line("platforms-can-read", yes(can.reads_comments || !can.publishes)),
        line("platforms-can-reread", yes(can.rereads)),
        line("platforms-can-reply", yes(can.can_reply)),
        line("platforms-can-hide", yes(can.can_hide)),
        line("platforms-can-own", yes(can.lists_own)),
        line("platforms-can-metrics", yes(can.has_metrics)),
        line("platforms-can-double", page.word(safety(can.safety))),
        line("platforms-can-proof", page.word(proof(can.proof))),
    ]
}

fn safety(safety: Safety) -> &'static str {
    match safety {
        Safety::Keyed { .. } => "platforms-safety-keyed",
        Safety::TwoPhase => "platforms-safety-two-phase",
        Safety::ReadBack => "platforms-safety-read-back",
        Safety::Blind => "platforms-safety-blind",
    }
}

fn proof(proof: Proof) -> &'static str {
    match proof {
        Proof::RealServer => "platforms-proof-real-server",
        Proof::Contract => "platforms-proof-contract",
        Proof::Practice => "platforms-proof-practice",
    }
}
