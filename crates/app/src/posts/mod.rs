//! Posts: one item, written once in English and Dzongkha, with pictures, a film or sound recording and, where needed, a text
//! of its own for an account. Every save is a version that is never changed; an approval is somebody else's and of one exact version, by its
//! content hash. What is released is corrected by a further version with a public note, or withdrawn with a reason.
//!
//! What does not fit a post, or belongs below it, follows in parts of the same version: a first comment, the rest of a thread.
//! A platform gets each as an answer to the one before; our own channels show all of it as one text.
//!
//! Where an agency ended, what it had not said yet is taken back and given as drafts to the one that took over.
//!
//! draft → submitted → approved (released) or rejected → draft …; withdrawn ends it.
//! Facts: `post.drafted`, `post.submitted`, `post.approved`, `post.rejected`, `post.withdrawn`, `picture.added`,
//! `recording.added`, and `post.key-ends` where the token of an account ends before a post is due.
mod accessible;
mod actions;
mod api;
mod checks;
mod controls;
mod facts;
mod keys;
mod lent;
mod media;
mod pages;
mod part;
mod post;
mod recording;
mod reorganised;
mod rules;
mod store;
#[cfg(test)]
mod tests;

pub use crate::shell::changes::{Change, changes};
pub use accessible::Accessible;
#[cfg(test)]
pub use actions::{Corrected, correct_all, revise};
pub use actions::{approve, correct, draft, reject, reschedule, see, submit, withdraw};
pub use checks::{alt, text_for};
pub use facts::{PostApproved, PostDrafted, PostRejected, PostSubmitted, PostWithdrawn};
pub use lent::{lend, lend_recording};
#[cfg(test)]
pub use media::sample as sample_picture;
pub use media::{add as add_picture, draw as draw_picture, keep as keep_picture, size as picture_size};
pub use part::Part;
pub use post::{Attached, Draft, Post, Recording, State, Target, Version, first_line};
pub use recording::{
    add_bytes as add_recording, captions, duration, file_path as recording_file, is_captions,
    sample as sample_recording, transcript,
};
pub use store::desk::{Brief, briefs, due, mine, to_approve};
pub use store::fill;
pub use store::{find, hold, version};

use crate::agencies::AgencyReorganised;
use crate::ledger::load;
use crate::people::roles;
use ground::clock::HOUR;
use ground::slice::{Needs, Slice, get, patch, post as send};
use ground::{migrations, words};

/// The field of the composer that holds a film or sound recording, which goes to the disk.
const RECORDING: &str = "recording_file";
/// Words with captions of a long film in both languages.
const WRITTEN: usize = 2 * 1024 * 1024;
/// The same in a form, with a picture.
const FORM: usize = media::MOST_BYTES + WRITTEN;

pub fn slice() -> Slice {
    uploads(api(pages(Slice::new("posts"))))
        .migrations(migrations!("posts" => "0001_posts.sql", "0002_releases.sql", "0003_desk.sql", "0004_keys.sql", "0005_targets.sql", "0006_recordings.sql", "0007_parts.sql"))
        .on::<AgencyReorganised, _, _, _, _>("posts.give-over", load::<AgencyReorganised>, reorganised::give_over)
        .sweep("posts.keys", HOUR, keys::warn)
        .fact::<facts::PostKeyEnds>()
        .fact::<PostDrafted>()
        .fact::<PostSubmitted>()
        .fact::<PostApproved>()
        .fact::<PostRejected>()
        .fact::<PostWithdrawn>()
        .fact::<facts::PictureAdded>()
        .fact::<facts::RecordingAdded>()
        .controls(controls::ALL)
        .queries(store::ALL)
        .queries(store::desk::ALL)
        .queries(store::keys::ALL)
        .queries(store::parts::ALL)
        .queries(recording::store::ALL)
        .words(words!("posts"))
        .nav(10, "/posts", "posts-nav", "posts", Needs::May(roles::SEE_DESK))
        .few(10, "/posts/new", "posts-few-write", "write", Needs::May(roles::DRAFT_POSTS))
        .few(11, "/posts", "posts-nav", "posts", Needs::May(roles::APPROVE_POSTS))
        .verify(controls::verify)
}

fn pages(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let draft = Needs::May(roles::DRAFT_POSTS);
    let approve = Needs::May(roles::APPROVE_POSTS);
    slice
        .page(get("/posts", pages::list::page), see)
        .page(get("/posts/new", pages::compose::new), draft)
        .page(send("/posts", pages::compose::create).upload(FORM).large(RECORDING), draft)
        .page(get("/posts/{id}", pages::one::page), see)
        .page(get("/posts/{id}/edit", pages::compose::edit), draft)
        .page(send("/posts/{id}", pages::compose::save).upload(FORM).large(RECORDING), draft)
        .page(send("/posts/{id}/submission", pages::one::submit), draft)
        .page(send("/posts/{id}/approval", pages::one::approve), approve)
        .page(send("/posts/{id}/rejection", pages::one::reject), approve)
        .page(send("/posts/{id}/withdrawal", pages::one::withdraw), see)
        .page(get("/posts/{id}/correction", pages::compose::correction), draft)
        .page(send("/posts/{id}/correction", pages::compose::correct).body(WRITTEN), draft)
        .page(get("/media/{id}", pages::picture::show), Needs::Nothing)
        .page(get("/media/{id}/lent/{end}", pages::picture::lent), Needs::Nothing)
        .page(get("/recordings/{id}", pages::recording::show), Needs::Nothing)
        .page(get("/recordings/{id}/captions/{name}", pages::recording::captions), Needs::Nothing)
        .page(get("/recordings/{id}/file/{name}", pages::recording::named), Needs::Nothing)
        .page(get("/recordings/{id}/lent/{end}", pages::recording::lent), Needs::Nothing)
}

fn api(slice: Slice) -> Slice {
    let see = Needs::May(roles::SEE_DESK);
    let draft = Needs::May(roles::DRAFT_POSTS);
    let approve = Needs::May(roles::APPROVE_POSTS);
    slice
        .api(
            get("/api/v1/posts", api::list)
                .doc("Posts of the agencies you work for, newest first")
                .query::<api::PostFilter>()
                .gives::<crate::shell::api::Listed<api::PostView>>(200),
            see,
        )
        .api(
            send("/api/v1/posts", api::create)
                .doc("Write a draft")
                .body(WRITTEN)
                .takes::<api::NewPost>()
                .gives::<api::PostView>(201),
            draft,
        )
        .api(
            get("/api/v1/posts/{id}", api::read).doc("One post with its current version").gives::<api::PostView>(200),
            see,
        )
        .api(
            patch("/api/v1/posts/{id}", api::change)
                .doc("Write the next version")
                .body(WRITTEN)
                .takes::<api::PostChange>()
                .gives::<api::PostView>(200),
            draft,
        )
        .api(
            send("/api/v1/posts/{id}/submission", api::submit)
                .doc("Ask for approval of this version")
                .takes::<api::AtVersion>()
                .gives::<api::PostView>(200),
            draft,
        )
        .api(
            send("/api/v1/posts/{id}/approval", api::approve)
                .doc("Approve exactly this version")
                .takes::<api::Approval>()
                .gives::<api::PostView>(200),
            approve,
        )
        .api(
            send("/api/v1/posts/{id}/rejection", api::reject)
                .doc("Send it back with a reason")
                .takes::<api::WithReason>()
                .gives::<api::PostView>(200),
            approve,
        )
        .api(
            send("/api/v1/posts/{id}/withdrawal", api::withdraw)
                .doc("Withdraw it; what is out is taken down")
                .takes::<api::Reason>()
                .gives::<api::PostView>(200),
            see,
        )
        .api(
            send("/api/v1/posts/{id}/correction", api::correct)
                .doc("Correct something published; the note is public")
                .body(WRITTEN)
                .takes::<api::Correction>()
                .gives::<api::PostView>(200),
            draft,
        )
}

fn uploads(slice: Slice) -> Slice {
    let draft = Needs::May(roles::DRAFT_POSTS);
    slice
        .api(
            send("/api/v1/media", api::upload)
                .doc("Add a picture: agency, file, alt_en, alt_dz")
                .upload(media::MOST_BYTES + 65536)
                .gives::<api::MediaView>(201),
            draft,
        )
        .api(
            send("/api/v1/recordings", recording::api::upload)
                .doc("Add a film or sound recording; the post names it and what is said in it")
                .large("file")
                .gives::<recording::api::RecordingView>(201),
            draft,
        )
}
