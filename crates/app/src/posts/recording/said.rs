//! What is said in a recording, for people who cannot hear it: captions with times (WebVTT, W3C), or its words alone. Pure.
use ground::Say;

/// Longer in bytes are no captions of a film of a few hours.
pub const MOST_BYTES: usize = 600_000;

/// With times, or the words alone.
pub fn is_captions(said: &str) -> bool {
    said.starts_with("WEBVTT")
}

/// As it is kept: without the mark of the byte order, with plain line ends.
pub fn tidy(said: &str) -> String {
    said.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// What is wrong with it, if anything. The words alone are good as they are.
pub fn wrong(said: &str) -> Option<Say> {
    if said.len() > MOST_BYTES {
        return Some(Say::new("posts-error-said-long"));
    }
    if !is_captions(said) {
        // Times without the line that says what they are: nothing would show them.
        return said.contains("-->").then(|| Say::new("posts-error-captions-header"));
    }
    match cues(said) {
        Ok(cues) if cues.is_empty() => Some(Say::new("posts-error-captions-none")),
        Ok(_) => None,
        Err(line) => Some(Say::new("posts-error-captions-line").arg("line", i64::try_from(line).unwrap_or(i64::MAX))),
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Cue {
    from: u64,
    words: String,
}

/// The cues in their order, or the number of the line that cannot be: a time that is none, one that ends before it begins,
/// one that comes before the last, or one with nothing to say.
fn cues(vtt: &str) -> Result<Vec<Cue>, usize> {
    let mut lines = (1..).zip(vtt.lines());
    match lines.next() {
        Some((_, first)) if first == "WEBVTT" || first.starts_with("WEBVTT ") || first.starts_with("WEBVTT\t") => {}
        _ => return Err(1),
    }
    let mut all: Vec<Cue> = vec![];
    while let Some((n, line)) = lines.next() {
        let Some((from, rest)) = line.split_once("-->") else { continue };
        let until = rest.split_whitespace().next().unwrap_or_default();
        let (from, until) = (time(from.trim()).ok_or(n)?, time(until).ok_or(n)?);
        if until <= from || all.last().is_some_and(|last| last.from > from) {
            return Err(n);
        }
        let mut words: Vec<&str> = vec![];
        for (n, line) in lines.by_ref() {
            if line.trim().is_empty() {
                break;
            }
            if line.contains("-->") {
                return Err(n);
            }
            words.push(line.trim());
        }
        if words.is_empty() {
            return Err(n);
        }
        all.push(Cue { from, words: plain(&words.join(" ")) });
    }
    Ok(all)
}

/// `00:01.000` or `01:02:03.000`, in milliseconds.
fn time(text: &str) -> Option<u64> {
    let (clock, ms) = text.split_once('.')?;
    let digits =
        |t: &str, n: usize| (t.len() == n && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<u64>().ok())?;
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [m, s] => (0, digits(m, 2)?, digits(s, 2)?),
        [h, m, s] if (2..=4).contains(&h.len()) => (digits(h, h.len())?, digits(m, 2)?, digits(s, 2)?),
        _ => return None,
    };
    (minutes < 60 && seconds < 60).then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + digits(ms, 3)?)
}

/// The words of a cue without its marks.
fn plain(words: &str) -> String {
    let (mut out, mut within) = (String::new(), false);
    for c in words.chars() {
        match c {
            '<' => within = true,
            '>' => within = false,
            c if !within => out.push(c),
            _ => {}
        }
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&")
}

/// To be read without the recording: the words alone, one line for each cue.
pub fn transcript(said: &str) -> String {
    if !is_captions(said) {
        return said.to_owned();
    }
    cues(said).unwrap_or_default().into_iter().map(|c| c.words).collect::<Vec<_>>().join("\n")
}

/// `12:30` or `1:02:03`, in milliseconds; `None` for anything else.
pub fn typed_duration(text: &str) -> Option<i64> {
    let parts: Option<Vec<i64>> = text
        .trim()
        .split(':')
        .map(|p| (!p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit())).then(|| p.parse().ok())?)
        .collect();
    let seconds = match parts?.as_slice() {
        [m, s] if *s < 60 => m * 60 + s,
        [h, m, s] if *h <= 24 && *m < 60 && *s < 60 => (h * 60 + m) * 60 + s,
        _ => return None,
    };
    (seconds > 0).then_some(seconds * 1000)
}

/// `12:30` or `1:02:03`.
pub fn duration(ms: i64) -> String {
    let s = (ms + 500) / 1000;
    let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "WEBVTT - Bridge\n\nNOTE made by hand\n\n1\n00:00.000 --> 00:02.500 align:start\n<v Pema>The bridge\nis open.\n\n00:00:02.500 --> 00:00:04.000\nDrive &amp; walk.";

    #[test]
    fn captions_are_checked_line_by_line() {
        assert_eq!(wrong(GOOD), None);
        for (vtt, line) in [
            ("WEBVTTX\n\n00:00.000 --> 00:01.000\nHi", 1),
            ("WEBVTT\n\n00:00 --> 00:01.000\nHi", 3),
            ("WEBVTT\n\n00:02.000 --> 00:01.000\nHi", 3),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\nHi\n\n00:01.000 --> 00:04.000\nHo", 6),
            ("WEBVTT\n\n00:01.000 --> 00:04.000\n\nHo", 3),
            ("WEBVTT\n\n00:01.000 --> 00:04.000\nHi\n00:05.000 --> 00:06.000\nHo", 5),
            ("WEBVTT\n\n00:61.000 --> 99:99.000\nHi", 3),
        ] {
            let say = wrong(vtt).unwrap();
            assert_eq!(say, Say::new("posts-error-captions-line").arg("line", line as i64), "{vtt}");
        }
        assert_eq!(wrong("WEBVTT\n\nNOTE nothing").unwrap().key, "posts-error-captions-none");
        assert_eq!(wrong("1\n00:00:01,000 --> 00:00:02,000\nHi").unwrap().key, "posts-error-captions-header");
        assert_eq!(wrong("We open the bridge on Monday."), None);
        assert_eq!(wrong(&"x".repeat(MOST_BYTES + 1)).unwrap().key, "posts-error-said-long");
    }

    #[test]
    fn the_words_can_be_read_without_the_recording() {
        assert_eq!(transcript(GOOD), "The bridge is open.\nDrive & walk.");
        assert_eq!(transcript("As spoken."), "As spoken.");
        assert_eq!(tidy("\u{feff}WEBVTT\r\n\r\nx\r"), "WEBVTT\n\nx");
    }

    #[test]
    fn a_duration_is_typed_and_shown_the_same_way() {
        for (text, ms) in [("12:30", 750_000), ("1:02:03", 3_723_000), ("0:05", 5_000), ("120:00", 7_200_000)] {
            assert_eq!(typed_duration(text), Some(ms), "{text}");
        }
        for text in ["", "12", "0:00", "1:60", "a:10", "1:2:3:4", "-1:10", "25:00:00"] {
            assert_eq!(typed_duration(text), None, "{text}");
        }
        assert_eq!((duration(750_000), duration(3_723_400)), ("12:30".into(), "1:02:03".into()));
    }
}
