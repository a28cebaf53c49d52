//! A post's words as a video has them: a name of 3 to 120 characters, which is the first line, and the whole text below as the
//! description. Comments and descriptions are read as Markdown on the platform's pages; what is read back is what was given.
use super::answer::rejected;
use crate::Verdict;
use crate::plain::plain;
use std::ops::RangeInclusive;

/// The longest description and the longest comment, in characters.
pub(super) const DESCRIPTION: usize = 10_000;
const NAME: RangeInclusive<usize> = 3..=120;

fn one_line(text: &str) -> String {
    let words = text.split_whitespace().map(|w| w.chars().filter(|c| !c.is_control()).collect::<String>());
    words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The name of a video with this text: its first line, or as much of the text as makes a name.
pub(super) fn name(text: &str) -> String {
    let first = one_line(text.trim().lines().next().unwrap_or_default());
    let line = if first.chars().count() < *NAME.start() { one_line(text) } else { first };
    if line.chars().count() <= *NAME.end() {
        return line;
    }
    let mut cut: String = line.chars().take(NAME.end() - 1).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

/// The words of a video, wherever it was made.
pub(super) fn whole(video: &str, description: &str) -> String {
    let description = description.trim();
    if description.is_empty() {
        return video.to_owned();
    }
    if name(description) == one_line(video) { description.to_owned() } else { format!("{video}\n\n{description}") }
}

/// What people wrote in a comment: on the server itself as they typed it; from other servers it comes as HTML.
pub(super) fn heard(text: &str, from_here: bool) -> String {
    if from_here { text.trim().to_owned() } else { plain(text) }
}

/// Whether a text makes a video, or a comment.
pub(super) fn fit(text: &str, comment: bool) -> Result<(), Verdict> {
    let no = |code, human: &str| Err(rejected(code, human, Some("text")));
    if text.trim().is_empty() {
        return no("text-empty", "There is no text; a video needs words for its name.");
    }
    if text.chars().count() > DESCRIPTION {
        return no("too-long", "The text is longer than a PeerTube server takes.");
    }
    if !comment && name(text).chars().count() < *NAME.start() {
        return no("refused", "A video needs a name of three letters at least.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_name() {
        assert_eq!(name("Road  closed\u{7}\nat Dochula"), "Road closed");
        assert_eq!(name("\n\n Ho\nat Dochula"), "Ho at Dochula");
        let long = format!("{} end", "ཀ".repeat(118));
        assert_eq!(name(&long), format!("{}…", "ཀ".repeat(118)));
        assert_eq!(name(&"x".repeat(120)), "x".repeat(120));
    }

    #[test]
    fn a_video_reads_back_as_the_text_it_was_made_of() {
        for text in ["Road closed", "Road closed\n\nat  Dochula", &"word ".repeat(80), "Ho\nat Dochula"] {
            assert_eq!(whole(&name(text), text), text.trim(), "{text}");
        }
        assert_eq!(whole("By hand", ""), "By hand");
        assert_eq!(whole("By hand", "and more"), "By hand\n\nand more");
    }

    #[test]
    fn comments_are_plain_text_wherever_they_come_from() {
        assert_eq!(heard("Is <b>it</b> safe?", true), "Is <b>it</b> safe?");
        assert_eq!(heard("<p>Is <b>it</b> safe?</p>", false), "Is it safe?");
    }

    #[test]
    fn what_makes_no_video_is_refused() {
        let code = |text: &str, comment| match fit(text, comment) {
            Err(Verdict::Rejected { code, .. }) => code,
            other => format!("{other:?}"),
        };
        assert_eq!(code(" \n", false), "text-empty");
        assert_eq!(code(&"x".repeat(10_001), true), "too-long");
        assert_eq!(code("ok", false), "refused");
        assert_eq!(fit("ok", true), Ok(()));
    }
}
