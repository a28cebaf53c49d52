//! A text in the languages of the pack.
use std::fmt;

/// Always has its first language; where another one is missing, the first is shown instead.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    by_language: Vec<(String, String)>,
}

impl Text {
    pub fn new(by_language: Vec<(String, String)>) -> Text {
        Text { by_language: by_language.into_iter().filter(|(_, words)| !words.is_empty()).collect() }
    }
    pub fn get(&self, lang: &str) -> &str {
        self.own(lang).or_else(|| self.by_language.first().map(|(_, words)| words.as_str())).unwrap_or_default()
    }
    /// The text in this language and in no other: `None` where it would be borrowed.
    pub fn own(&self, lang: &str) -> Option<&str> {
        self.by_language.iter().find(|(code, _)| code == lang).map(|(_, words)| words.as_str())
    }
    /// The language `get` really answers in, for the `lang` attribute of a page.
    pub fn language_of<'a>(&'a self, lang: &'a str) -> &'a str {
        if self.own(lang).is_some() { lang } else { self.by_language.first().map_or(lang, |(code, _)| code.as_str()) }
    }
    pub fn all(&self) -> &[(String, String)] {
        &self.by_language
    }
    pub fn is_empty(&self) -> bool {
        self.by_language.is_empty()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.get(""))
    }
}
