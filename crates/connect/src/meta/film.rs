//! Films on the networks that come and get them: Instagram and Threads are told an address, fetch the file and work on it
//! for a while, and the container says how far they are. Neither has a place for captions.
//!
//! A file that cannot be fetched, or is not what they take, makes the container one that came to nothing.
use super::answer::rejected;
use crate::{Post, Recordings, Verdict};

/// MP4 and QuickTime, which Meta's pages name for films on each of its networks.
const TYPES: [&str; 2] = ["video/mp4", "video/quicktime"];

/// Films of at most so many bytes and, where that is told, seconds.
pub(crate) fn films(bytes: u64, seconds: Option<u64>, captions: bool) -> Recordings {
    Recordings { types: TYPES.map(str::to_owned).to_vec(), bytes: Some(bytes), seconds, captions, needed: false }
}

fn wrong(code: &str, human: &str) -> Verdict {
    rejected(code, human, Some("media"))
}

/// Whether a network takes the post's recording at all; what is in the file it says itself.
pub(crate) fn checked(post: &Post, most: u64, network: &str) -> Result<(), Verdict> {
    let Some(film) = &post.recording else { return Ok(()) };
    if !TYPES.contains(&film.mime.as_str()) {
        return Err(wrong(
            "recording-type",
            &format!("{network} takes films as MP4 or QuickTime, and no sound alone."),
        ));
    }
    if film.bytes == 0 {
        return Err(wrong("recording-missing", "The film is empty."));
    }
    if film.bytes > most {
        return Err(wrong("recording-too-large", &format!("The film is larger than {network} takes.")));
    }
    if !post.media.is_empty() {
        return Err(wrong("recording-alone", &format!("A film on {network} takes no pictures beside it.")));
    }
    Ok(())
}

/// The address from which a network can fetch the post's film, if it has one.
pub(crate) fn fetched_from<'a>(post: &'a Post, most: u64, network: &str) -> Result<Option<&'a str>, Verdict> {
    checked(post, most, network)?;
    let Some(film) = &post.recording else { return Ok(None) };
    let fits = |address: &&str| url::Url::parse(address).is_ok_and(|u| u.scheme() == "https");
    let human = format!(
        "{network} fetches films itself, and this program has no address that can be reached from outside over https."
    );
    film.url.as_deref().filter(fits).map(Some).ok_or_else(|| wrong("not-reachable", &human))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::code;
    use crate::{Media, Recording};
    use std::path::PathBuf;

    #[test]
    fn every_film_that_is_not_taken_has_its_reason() {
        let good = Recording {
            path: PathBuf::new(),
            bytes: 5,
            mime: "video/mp4".into(),
            seconds: None,
            captions: vec![],
            url: Some("https://gov.example/out/1".into()),
        };
        let picture = Media { bytes: vec![1], mime: "image/png".into(), alt: String::new(), url: None, path: None };
        let with = |film: Recording| Post { recording: Some(film), ..Post::default() };
        let of = |post: &Post| match fetched_from(post, 5, "Threads") {
            Ok(address) => address.unwrap_or_default().to_owned(),
            Err(verdict) => code(&verdict).to_owned(),
        };
        for (film, said) in [
            (good.clone(), "https://gov.example/out/1"),
            (Recording { mime: "audio/mpeg".into(), ..good.clone() }, "recording-type"),
            (Recording { bytes: 0, ..good.clone() }, "recording-missing"),
            (Recording { bytes: 6, ..good.clone() }, "recording-too-large"),
            (Recording { url: None, ..good.clone() }, "not-reachable"),
            (Recording { url: Some("http://gov.example/1".into()), ..good.clone() }, "not-reachable"),
            (Recording { url: Some("/out/1".into()), ..good.clone() }, "not-reachable"),
        ] {
            assert_eq!(of(&with(film)), said);
        }
        assert_eq!(of(&Post { media: vec![picture], ..with(good) }), "recording-alone");
        assert_eq!(of(&Post::default()), "");
    }
}
