//! A text as a video's title and description, and back. The title is the first line of the text, the description the whole
//! text, so that no word is lost where a line is too long for a title.
//!
//! Source: the video resource: a title of 100 characters, a description of 5,000 bytes, both without `<` and `>`. What a
//! character is there is not said; UTF-16 units are the most of all that it may be.
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// The longest title, in UTF-16 units.
pub(super) const TITLE: usize = 100;
/// The longest description, in bytes.
pub(super) const DESCRIPTION: usize = 5000;

/// The text with signs that look like the two that YouTube refuses.
pub(super) fn told(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('<', "＜").replace('>', "＞"))
}

/// And as it was before.
fn meant(text: &str) -> String {
    text.replace('＜', "<").replace('＞', ">")
}

/// What a text is called, in one line.
pub(super) fn title(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    let line: String = told(line).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.encode_utf16().count() <= TITLE {
        return line;
    }
    let (mut out, mut left) = (String::new(), TITLE - 1);
    // Signs that people see as one are kept or left out together.
    for sign in line.graphemes(true) {
        let length = sign.encode_utf16().count();
        if length > left {
            break;
        }
        left -= length;
        out.push_str(sign);
    }
    out.trim_end().to_owned() + "…"
}

/// Line ends are YouTube's, signs it does not take are replaced.
pub(super) fn description(text: &str) -> String {
    told(text.trim()).replace("\r\n", "\n")
}

/// Title and description as the one text they were made of.
pub(super) fn whole(name: &str, description: &str) -> String {
    let (name, description) = (name.trim(), description.trim());
    if description.is_empty() {
        meant(name)
    } else if name.is_empty() || title(description) == name {
        meant(description)
    } else {
        format!("{}\n\n{}", meant(name), meant(description))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_title_and_no_word_is_lost() {
        let long = "ཀ".repeat(300);
        for text in ["Road closed", "Road closed\n\nUse the <b>bypass</b> & drive on the left.", "a < b > c", &long] {
            assert_eq!(whole(&title(text), &description(text)), text, "{text}");
            assert!(title(text).encode_utf16().count() <= TITLE, "{text}");
            assert!(!format!("{}{}", title(text), description(text)).contains(['<', '>']), "{text}");
        }
        assert_eq!(title("\n  Road closed\tnow \nRest"), "Road closed now");
        assert_eq!(title(&"🏔".repeat(60)).encode_utf16().count(), 99, "a mountain is two units and is not cut in two");
        assert!(title(&long).ends_with('…'));
        assert_eq!(title(""), "");
    }

    #[test]
    fn what_was_written_elsewhere_is_title_and_description() {
        assert_eq!(whole("Road closed", ""), "Road closed");
        assert_eq!(whole("Road closed", "Use the bypass."), "Road closed\n\nUse the bypass.");
        assert_eq!(whole("", "Use the bypass."), "Use the bypass.");
    }
}
