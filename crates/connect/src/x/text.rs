//! A post's words as they were written. X gives them with `&`, `<` and `>` escaped, every link put into its own short form,
//! a link to each picture at the end, and the names of those who are answered at the beginning.
use serde::Deserialize;
use std::collections::BTreeMap;

/// What X's own short links begin with.
const SHORT: &str = "https://t.co/";

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Entities {
    #[serde(default)]
    urls: Option<Vec<Link>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Link {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    expanded_url: Option<String>,
    #[serde(default)]
    media_key: Option<String>,
}

impl Link {
    /// Whether it leads to a picture of the post itself: `https://x.com/NAME/status/12/photo/1`.
    fn is_media(&self) -> bool {
        let to = self.expanded_url.as_deref().unwrap_or_default();
        let ours = ["https://x.com/", "https://twitter.com/"].iter().any(|host| to.starts_with(host));
        self.media_key.is_some()
            || (ours && to.contains("/status/") && (to.contains("/photo/") || to.contains("/video/")))
    }
}

/// A post's words, and what of them may differ from what was written.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    /// With links put back; names of those who are answered still stand before it.
    pub text: String,
    /// Whether a short link is left that nothing is told about.
    pub has_riddle: bool,
    links: Vec<String>,
}

/// Reads the words. Short links are found by their own form: the places told beside them count characters in a way that
/// cannot be relied on after escaping.
pub(super) fn words(raw: &str, entities: Option<&Entities>) -> Words {
    let told = entities.and_then(|e| e.urls.as_deref()).unwrap_or_default();
    let known: BTreeMap<&str, &Link> = told.iter().filter_map(|l| Some((l.url.as_deref()?, l))).collect();
    let mut words = Words::default();
    let mut rest = raw;
    while let Some(at) = rest.find(SHORT) {
        words.text.push_str(&unescaped(&rest[..at]));
        rest = &rest[at..];
        let code = &rest[SHORT.len()..];
        let length = SHORT.len() + code.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(code.len());
        let (short, after) = rest.split_at(length);
        rest = after;
        match known.get(short) {
            Some(link) if link.is_media() => {}
            Some(Link { expanded_url: Some(to), .. }) if !to.is_empty() => {
                words.links.push(to.clone());
                words.text.push_str(to);
            }
            _ => {
                words.has_riddle = true;
                words.text.push_str(short);
            }
        }
    }
    words.text.push_str(&unescaped(rest));
    words.text.truncate(words.text.trim_end().len());
    words
}

/// The three signs X escapes, each once: `&amp;lt;` was `&lt;`.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (sign, length) = match rest {
            r if r.starts_with("&amp;") => ('&', 5),
            r if r.starts_with("&lt;") => ('<', 4),
            r if r.starts_with("&gt;") => ('>', 4),
            _ => ('&', 1),
        };
        out.push(sign);
        rest = &rest[length..];
    }
    out + rest
}

/// The words without the name that stands first, if one does.
fn without_name(text: &str) -> Option<&str> {
    let after = text.trim_start().strip_prefix('@')?;
    let name = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
    let rest = &after[name..];
    (name > 0 && (rest.is_empty() || rest.starts_with(char::is_whitespace))).then(|| rest.trim_start())
}

/// An answer without the names of those it answers, which X puts before it.
pub(super) fn answered(text: &str) -> &str {
    let mut text = text;
    while let Some(rest) = without_name(text) {
        text = rest;
    }
    text
}

impl Words {
    /// What may have been written for this to stand there: with any number of the names before it, and each link as told,
    /// without `http://`, which X adds to bare names, and without a slash at its end.
    pub fn may_have_been(&self, is_answer: bool) -> Vec<String> {
        let short = |link: &str| link.strip_prefix("http://").unwrap_or(link).to_owned();
        let cut = |link: &str| link.trim_end_matches('/').to_owned();
        let mut forms = vec![self.text.clone()];
        for change in [&short as &dyn Fn(&str) -> String, &cut, &|l: &str| cut(&short(l))] {
            let changed = self.links.iter().fold(self.text.clone(), |text, link| text.replace(link, &change(link)));
            forms.push(changed);
        }
        let mut out: Vec<String> = Vec::new();
        for form in &forms {
            let mut next = Some(form.as_str());
            while let Some(text) = next {
                if !out.iter().any(|known| known == text) {
                    out.push(text.to_owned());
                }
                next = without_name(text).filter(|_| is_answer);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(raw: &str, urls: serde_json::Value) -> Words {
        words(raw, Some(&serde_json::from_value(json!({"urls": urls})).unwrap()))
    }

    #[test]
    fn words_as_they_were_written() {
        let road =
            json!({"url": "https://t.co/abc123", "start": 4, "end": 23, "expanded_url": "https://example.org/a&b"});
        let photo = |n: u8| {
            let to = format!("https://x.com/roads/status/12/photo/{n}");
            json!({"url": "https://t.co/pic456", "start": 0, "end": 9, "expanded_url": to, "media_key": "3_9"})
        };
        let longer = json!({"url": "https://t.co/abc1234", "expanded_url": "https://example.org/2"});
        for (raw, urls, text) in [
            ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt; &quot; &", json!([]), "1 < 2 && 3 > 2 &lt; &quot; &"),
            ("See https://t.co/abc123.", json!([road]), "See https://example.org/a&b."),
            (
                "See https://t.co/abc123 https://t.co/pic456",
                json!([road, photo(1), photo(2)]),
                "See https://example.org/a&b",
            ),
            ("https://t.co/pic456", json!([photo(1)]), ""),
            (
                "https://t.co/abc123 https://t.co/abc1234",
                json!([road, longer]),
                "https://example.org/a&b https://example.org/2",
            ),
            ("འབྲུག 😀 https://t.co/abc123", json!([road]), "འབྲུག 😀 https://example.org/a&b"),
            ("See https://t.co/", json!([]), "See https://t.co/"),
            (
                "See https://t.co/abc123",
                json!([{"start": 1}, {"url": null}, {"url": "https://t.co/abc123"}]),
                "See https://t.co/abc123",
            ),
        ] {
            assert_eq!(read(raw, urls).text, text, "{raw}");
        }
        assert!(read("See https://t.co/zzz", json!([road])).has_riddle);
        assert!(!read("See https://t.co/abc123", json!([road])).has_riddle);
        assert!(words("a https://t.co/zzz b", None).has_riddle);
    }

    #[test]
    fn answers_carry_names() {
        assert_eq!(answered("@roads @moh_bt Is it open?"), "Is it open?");
        assert_eq!(answered("@roads"), "");
        for whole in ["Is @roads open?", "@", "@ roads", "@roads's post", "", "@@roads x"] {
            assert_eq!(answered(whole), whole, "{whole}");
        }
        let words = Words { text: "@pema @tashi yes".into(), ..Words::default() };
        assert_eq!(words.may_have_been(true), ["@pema @tashi yes", "@tashi yes", "yes"]);
        assert_eq!(words.may_have_been(false), ["@pema @tashi yes"]);
        let link = json!([{"url": "https://t.co/a", "expanded_url": "http://moh.gov.bt/"}]);
        let forms = read("at https://t.co/a now", link).may_have_been(false);
        for form in ["at http://moh.gov.bt/ now", "at moh.gov.bt/ now", "at http://moh.gov.bt now", "at moh.gov.bt now"]
        {
            assert!(forms.iter().any(|f| f == form), "{form}");
        }
    }
}
