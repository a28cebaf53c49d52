//! What happened with podcasts.
use ground::fact;

fact!(/// What a show says of itself was written, with its picture.
    PodcastDescribed "podcast.described" Open { account: i64, agency: i64, title: String, artwork: String }
    subject s => format!("account:{}", s.account), scope Some(s.agency));
fact!(/// A version of a post is an episode, or (`out` false) no longer.
    PodcastEpisode "podcast.episode" Open { account: i64, agency: i64, post: i64, version: i64, out: bool }
    subject s => format!("post:{}", s.post), scope Some(s.agency));
