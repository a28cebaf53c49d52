//! Platforms as those who oversee the government review them: one approved and adapted by the ministry, one that waits;
//! and an account the ministry asked for there.
use super::cast::{Cast, Officer, enters};
use super::tell::{Agency, Stage};
use crate::accounts::{self, Asking, NewAccount};
use crate::people::Role;
use crate::platforms::{self, Answer, Deciding, Decision, Form, NewReview, NewTerms};
use ground::Result;
use ground::clock::{DAY, HOUR, MINUTE};
use ground::ctx::Actor;

type Answers = &'static [(&'static str, &'static str, &'static str)];

const MASTODON: Answers = &[
    ("post-types", "yes", "Text, pictures, video, polls."),
    ("editing", "yes", "Corrections keep their history; what is deleted is gone on servers that heed it."),
    ("moderation", "partly", "Replies can be hidden by a filter or a report, not one by one under a post."),
    ("roles", "partly", "One sign-in per account; several people work through this program."),
    ("export", "yes", "Own posts and media in an open format."),
    ("api", "yes", "Open and documented, 300 calls in five minutes."),
    ("scheduling", "yes", ""),
    ("accessibility", "yes", "Descriptions of up to 1,500 characters."),
    ("language", "yes", "Shown rightly; search finds whole syllables only."),
    ("slow-lines", "partly", "The web page is heavy; small programs for telephones are not."),
    ("licence", "", "None beyond showing the post. On a server of our own the terms are ours."),
    ("adverts", "", "None."),
    ("law", "", "That of the server's country. On a server in Bhutan, ours; no indemnity is asked."),
    ("enforcement", "", "The server's moderators; appeal through the server. Other servers may cut the connection."),
    ("location", "", "On the server chosen, and a copy of each public post on every server that follows."),
    ("ending", "", "Export, then a move that takes the followers along."),
    ("purpose", "", "To inform people who left the large networks, and to keep a public copy under open rules."),
    ("data", "", "Names, pictures and replies of those who follow or answer. No telephone numbers."),
    ("use", "", "Answering. Nothing is joined with other data."),
    ("sharing", "", "With nobody. Public posts are copied by other servers, which they say."),
    ("retention", "", "Messages to us are kept as records for seven years, then reviewed."),
    ("protection", "", "Access through this program by named people; tokens sealed."),
    ("risks", "", "A deleted reply may live on elsewhere: we ask nobody for personal details in public."),
    ("records", "", "No. Messages go into the records that exist for enquiries."),
    ("second-factor", "yes", "Codes and keys."),
    ("recovery", "yes", "By the mailbox of the agency."),
    ("sessions", "yes", ""),
    ("admin-log", "yes", "For the server's staff."),
    ("contact", "partly", "Depends on the server; on our own it is our duty desk."),
    ("fault-reports", "yes", "A public process with releases within days."),
    ("other-apps", "yes", ""),
];

/// What is different on a large platform for video.
const YOUTUBE: Answers = &[
    ("post-types", "partly", "Video and short notices."),
    ("editing", "partly", "Titles and descriptions; a video is replaced only by a new one."),
    ("moderation", "yes", "Comments can be held and hidden one by one."),
    ("roles", "yes", "Several managers for one channel."),
    ("licence", "", "Wide and worldwide, for the service and its promotion, until the video is removed."),
    ("adverts", "", "Beside and before videos; they can be turned off only in part."),
    ("law", "", "Foreign law and courts; what governments may change is to be asked for."),
    ("location", "", "Abroad, in several countries."),
    ("data", "", "Names and comments; the platform itself records what each person watches."),
    ("risks", "", "Viewers are profiled by the platform: every video stands on our own site too."),
];

fn form(summary: &str, answers: Answers, changed: Answers, numbers: [i64; 14]) -> Form {
    let answer = |(key, choice, note): &(&str, &str, &str)| {
        (String::from(*key), Answer { choice: (*choice).into(), note: (*note).into() })
    };
    let keys = [
        "privacy-likelihood",
        "privacy-impact",
        "residual-likelihood",
        "residual-impact",
        "security-likelihood",
        "security-impact",
        "score-fit",
        "weight-fit",
        "score-cost",
        "weight-cost",
        "score-reliability",
        "weight-reliability",
        "score-security",
        "weight-security",
    ];
    Form {
        summary: summary.into(),
        alignment: "It brings public services and information to people where they are, in both languages.".into(),
        answers: answers.iter().chain(changed).map(answer).collect(),
        numbers: keys.iter().zip(numbers).map(|(k, n)| (String::from(*k), n)).collect(),
    }
}

async fn terms(by: &Officer, platform: &str, taken_at: i64, body: &str, note: &str) -> Result<()> {
    let (platform, body, note) = (platform.into(), body.into(), note.into());
    let new = NewTerms { platform, taken_at: Some(taken_at), source: String::new(), body, note };
    platforms::record_terms(&by.cx, &new).await.map(|_| ())
}

/// Two people oversee the government: one writes, the other decides.
pub async fn platforms(stage: &Stage<'_>, cast: &mut Cast, admin: &Officer, health: &Agency) -> Result<()> {
    let first = enters(cast, &admin.cx, "Namgay Wangmo", None, Role::Oversight).await?;
    let second = enters(cast, &admin.cx, "Deki Yangzom", None, Role::Oversight).await?;
    let body = "1. You keep all rights to what you post; the server shows it and passes it on.\n\
        2. No adverts, no profiles.\n3. Moderators remove what breaks the rules of the server and say why.\n\
        4. You may take your data along at any time.";
    terms(&first, "mastodon", stage.cx.now() - DAY, body, "Clause 4 covers what records need.").await?;
    let summary = "An open network of many servers. Agencies use it to inform and to answer; nothing is advertised and \
        nobody is profiled.";
    let model = form(summary, MASTODON, &[], [3, 2, 2, 2, 2, 3, 4, 3, 5, 1, 4, 3, 4, 4]);
    let new = NewReview { platform: "mastodon".into(), agency: None, form: model.clone() };
    let written = platforms::write(&first.cx, &new).await?;
    stage.pass(20 * MINUTE).await?;
    let decision = Deciding {
        decision: Decision::Approved,
        conditions: String::new(),
        reason: String::new(),
        valid_until: Some(stage.end + 365 * DAY),
        review_at: Some(stage.end + 320 * DAY),
        accept: true,
    };
    platforms::decide(&second.cx, written.id, &decision).await?;

    let mut own = model;
    let purpose = "Health information and answers about services; never advice about one person's illness.";
    own.answers.insert("purpose".into(), Answer { choice: String::new(), note: purpose.into() });
    own.numbers.insert("privacy-impact".into(), 4);
    let adapted = NewReview { platform: "mastodon".into(), agency: Some(health.id), form: own };
    platforms::write(&health.author.cx, &adapted).await?;

    let body = "1. You grant the service a worldwide licence to what you upload, for running and promoting it.\n\
        2. Adverts may be shown with your content.\n3. Disputes are settled by the courts of the provider.";
    terms(&second, "youtube", stage.cx.now() - DAY, body, "Clauses 1 and 3 are to be negotiated.").await?;
    let summary = "Videos of agencies reach most people here. Every video stands on our own site too.";
    let wide = form(summary, MASTODON, YOUTUBE, [4, 3, 3, 3, 3, 3, 5, 3, 4, 1, 5, 3, 4, 4]);
    platforms::write(&second.cx, &NewReview { platform: "youtube".into(), agency: None, form: wide }).await?;
    stage.pass(HOUR / 2).await?;
    outside(stage, health).await
}

/// An account on a platform of others that still has to be proven, and a word from the public about one that is not ours.
async fn outside(stage: &Stage<'_>, health: &Agency) -> Result<()> {
    let asking = Asking {
        purpose: "Health in plain words: the second goal of the plan.".into(),
        scope: "All of health, for everybody who left the large networks.".into(),
        apart: String::new(),
        per_week: 4,
    };
    let (platform, handle, url) = ("mastodon".into(), "@health".into(), "https://social.example/@health".into());
    let new = NewAccount { agency: health.id, platform, handle, url, asking };
    let account = accounts::request(&health.author.cx, &new).await?;
    accounts::approve(&health.lead.cx, account.id).await?;
    let public = stage.cx.acting(Actor::nobody());
    let claims = "Says it is the ministry and asks for a fee by telephone.";
    accounts::report_impostor(&public, "https://social.example/@health-ministry-bhutan", claims).await.map(|_| ())
}
