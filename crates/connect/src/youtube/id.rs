//! The forms of YouTube's ids. They are not documented; these are the forms they have had since 2012. Whatever looks
//! otherwise goes into no address.
//!
//! A video has eleven signs, a comment more, so that they can be told apart. An answer to a comment is named
//! `COMMENT.ANSWER`.

fn signs(id: &str) -> bool {
    id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

pub(super) fn is_video(id: &str) -> bool {
    id.len() == 11 && signs(id)
}

pub(super) fn is_comment(id: &str) -> bool {
    let fits = |part: &str| !part.is_empty() && signs(part);
    let parts = id.split_once('.').map_or_else(|| fits(id), |(top, answer)| fits(top) && fits(answer));
    parts && (12..=200).contains(&id.len())
}

pub(super) fn is_channel(id: &str) -> bool {
    id.len() == 24 && id.starts_with("UC") && signs(id)
}

pub(super) fn is_playlist(id: &str) -> bool {
    (2..=64).contains(&id.len()) && signs(id)
}

/// The comment below which an answer to this one is put: YouTube has one level of answers.
pub(super) fn thread(comment: &str) -> &str {
    comment.split_once('.').map_or(comment, |(top, _)| top)
}

/// Where people watch a video.
pub(super) fn watch(video: &str) -> String {
    format!("https://www.youtube.com/watch?v={video}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_apart_by_their_form() {
        let (video, top, answer) = ("dQw4w9WgX-_", "UgxKREWxIgDrw8w2e_Z4AaABAg", "UgxKREWxIgDrw8w2e_Z4AaABAg.8mYw-1_a");
        assert!(is_video(video) && !is_comment(video));
        assert!(is_comment(top) && is_comment(answer) && !is_video(top));
        assert_eq!((thread(top), thread(answer)), (top, top));
        assert!(is_channel("UC_x5XG1OV2P6uZZ5FSM9Ttw") && !is_channel("UU_x5XG1OV2P6uZZ5FSM9Ttw"));
        for bad in ["", "a/b", "../../../x.", "dQw4w9WgXc?", "UgxKREWxIgDrw8w2e_Z4AaABAg.a.b", "UgxKREWxIgDrw8w2e_Z4."]
        {
            assert!(!is_video(bad) && !is_comment(bad) && !is_channel(bad), "{bad}");
        }
    }
}
