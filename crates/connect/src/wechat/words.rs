//! A post as an article: its title, its text as HTML, and what is read back from one.
//!
//! Source: “draft_add”: a title of at most 32 characters, a content in HTML of fewer than 20,000 characters, pictures in it
//! only by addresses that WeChat gave. Links in an article lead nowhere; the one below it (`content_source_url`) does.
use super::{CONTENT, TITLE};
use crate::count::split_link;
use crate::plain::plain;
use crate::{Media, Post};

/// The longest address of the link below an article, in bytes.
const LINK: usize = 1024;

/// The first line that says something, or what the first picture shows; shortened at a word where there is one.
pub(super) fn title(text: &str, media: &[Media]) -> Option<String> {
    let lines = text.lines().chain(media.iter().map(|m| m.alt.as_str()));
    let line = lines.map(str::trim).find(|l| !l.is_empty())?;
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    if line.chars().count() <= TITLE {
        return Some(line);
    }
    let cut: String = line.chars().take(TITLE - 1).collect();
    let ends = |c: char| c.is_whitespace() || c == '\u{f0b}';
    let whole = cut.rfind(ends).and_then(|at| cut.get(..at)).filter(|w| w.chars().count() > TITLE / 2);
    Some(format!("{}…", whole.unwrap_or(&cut).trim_end()))
}

/// Only what stands in quotation marks or between tags is ever put in, and nothing of it is a tag.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A sign that steers a machine says nothing to people.
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The whole text, a paragraph to each line, and the pictures below it.
pub(super) fn content(text: &str, pictures: &[(String, String)]) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        out.push_str(&format!("<p>{}</p>", escaped(line)));
    }
    for (address, alt) in pictures {
        out.push_str(&format!("<p><img src=\"{}\" alt=\"{}\"/></p>", escaped(address), escaped(alt)));
    }
    out
}

/// How long the content of a post will be, its pictures' addresses aside: they are known only later.
pub(super) fn length(post: &Post) -> usize {
    let pictures: Vec<_> = post.media.iter().map(|m| (String::new(), m.alt.clone())).collect();
    content(&post.text, &pictures).chars().count()
}

pub(super) fn fits(content: &str) -> bool {
    content.chars().count() <= CONTENT
}

/// The first link in a text.
pub(super) fn link(text: &str) -> Option<&str> {
    let links = text.split_whitespace().map(|word| split_link(word).1);
    links.into_iter().find(|l| !l.is_empty() && l.len() <= LINK)
}

/// What an article says, as plain text.
pub(super) fn said(content: &str) -> String {
    plain(content)
}

#[cfg(test)]
mod tests;
