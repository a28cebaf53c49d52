//! What this program can do on a platform, as its connector says it.
use crate::policy::Platform;
use crate::shell::Page;
use connect::{Capabilities, Proof, Recordings, Registry, Safety};
use ground::{Ctx, Result, Say};

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
        line("platforms-can-films", takes(page, can.recordings.as_ref(), "video/")),
        line("platforms-can-sound", takes(page, can.recordings.as_ref(), "audio/")),
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

/// The forms of films or of sound that can be sent, the longest and the largest, and what is asked beside.
fn takes(page: &Page, can: Option<&Recordings>, kind: &str) -> String {
    let no = || page.word("platforms-can-no");
    let Some(can) = can else { return no() };
    let forms: Vec<&str> = can.types.iter().filter(|t| t.starts_with(kind)).map(|t| form(t)).collect();
    if forms.is_empty() {
        return no();
    }
    let longest = can.seconds.map(|seconds| {
        let (key, n) = if seconds % 60 == 0 {
            ("platforms-can-minutes", seconds / 60)
        } else {
            ("platforms-can-seconds", seconds)
        };
        page.tn(key, i64::try_from(n).unwrap_or(i64::MAX))
    });
    let largest = can.bytes.map(|bytes| {
        let size = page.megabytes(i64::try_from(bytes).unwrap_or(i64::MAX));
        page.say(&Say::new("platforms-can-size").arg("size", size))
    });
    let captions = can.captions.then(|| page.word("platforms-can-captions"));
    let needed = can.needed.then(|| page.word("platforms-can-always"));
    let about = [longest, largest, captions, needed].into_iter().flatten();
    std::iter::once(forms.join(", ")).chain(about).collect::<Vec<_>>().join(" · ")
}

/// What people call the form of a film or of sound.
fn form(mime: &str) -> &str {
    match mime {
        "video/mp4" => "MP4",
        "video/quicktime" => "QuickTime",
        "video/webm" => "WebM",
        "video/ogg" | "audio/ogg" => "Ogg",
        "video/mpeg" => "MPEG",
        "video/3gpp" => "3GP",
        "video/x-msvideo" => "AVI",
        "video/x-ms-wmv" => "WMV",
        "audio/mpeg" => "MP3",
        "audio/mp4" => "M4A",
        "audio/wav" => "WAV",
        other => other,
    }
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
