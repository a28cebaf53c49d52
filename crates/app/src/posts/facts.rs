//! What happened to posts.
use ground::fact;

fn about(post: i64) -> String {
    format!("post:{post}")
}

fact!(/// A version was written: the first, or another. `author` where the program put it there for them.
    PostDrafted "post.drafted" Sealed { post: i64, agency: i64, version: i64, content_hash: String, written_at: i64, author: Option<i64> }
    subject s => about(s.post), scope Some(s.agency));
fact!(PostSubmitted "post.submitted" Open { post: i64, agency: i64, version: i64, content_hash: String }
    subject s => about(s.post), scope Some(s.agency));
fact!(/// Approved by somebody else, this exact version. `at` is when it is due; `correction` replaces what is out; `urgent` is
    /// why it goes before everything else, where it does.
    PostApproved "post.approved" Open { post: i64, agency: i64, version: i64, content_hash: String, at: i64, correction: bool, urgent: Option<String> }
    subject s => about(s.post), scope Some(s.agency), urgent s.urgent.is_some());
fact!(PostRejected "post.rejected" Open { post: i64, agency: i64, version: i64, content_hash: String, reason: String }
    subject s => about(s.post), scope Some(s.agency));
fact!(PostWithdrawn "post.withdrawn" Open { post: i64, agency: i64, version: i64, reason: String, was_released: bool }
    subject s => about(s.post), scope Some(s.agency));
fact!(/// The token of an account ends before the post is due on it.
    PostKeyEnds "post.key-ends" Sealed { post: i64, agency: i64, account: i64, until: i64 }
    subject s => about(s.post), scope Some(s.agency));
fact!(RecordingAdded "recording.added" Sealed { recording: i64, agency: i64, digest: String }
    subject s => format!("recording:{}", s.recording), scope Some(s.agency));
fact!(PictureAdded "picture.added" Sealed { media: i64, agency: i64, digest: String }
    subject s => format!("media:{}", s.media), scope Some(s.agency));
