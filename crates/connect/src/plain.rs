//! HTML from a platform as plain text. Nothing of the HTML is kept, so nothing of it can do harm on a page of ours.

/// Paragraphs and breaks become line ends; links keep the text they show, which on Mastodon is the whole address.
pub(crate) fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('<') { tag(rest, &mut out) } else { entity(rest, &mut out) };
    }
    out.push_str(rest);
    tidy(&out)
}

/// Reads one tag and returns what follows it. A `<` that opens no tag is text.
fn tag<'a>(html: &'a str, out: &mut String) -> &'a str {
    let opens = html[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    let Some(end) = html.find('>').filter(|_| opens) else {
        out.push('<');
        return &html[1..];
    };
    let inside = &html[1..end];
    let closing = inside.starts_with('/');
    let letters = inside.trim_start_matches('/');
    let name = letters[..letters.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(letters.len())].to_lowercase();
    let after = &html[end + 1..];
    match name.as_str() {
        "br" => out.push('\n'),
        "p" | "div" | "blockquote" | "ul" | "ol" | "pre" if closing => out.push_str("\n\n"),
        "li" if closing => out.push('\n'),
        // What a script or a style says is not text for people.
        "script" | "style" if !closing => {
            let close = format!("</{name}");
            let lower = after.to_ascii_lowercase();
            return lower.find(&close).map_or("", |at| &after[at..]);
        }
        _ => {}
    }
    after
}

fn entity<'a>(html: &'a str, out: &mut String) -> &'a str {
    let known = html[1..].find(';').filter(|n| *n <= 10).and_then(|n| Some((character(&html[1..=n])?, n + 2)));
    let (c, length) = known.unwrap_or(('&', 1));
    out.push(c);
    &html[length..]
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control() || *c == '\n')?
        }
    })
}

/// At most one empty line in a row, none at the ends.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn html_as_people_read_it() {
        for (html, text) in [
            ("<p>Road closed<br>until noon</p><p>Use the bypass</p>", "Road closed\nuntil noon\n\nUse the bypass"),
            ("<p>1 &lt; 2 &amp;&amp; &#39;x&#39; &#x0F40; &quot;</p>", "1 < 2 && 'x' ཀ \""),
            ("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "<script>alert(1)</script>"),
            ("a<script>alert(1)</script>b<style>p{}", "ab"),
            (
                "<p><span class=\"h-card\"><a href=\"https://a/@b\">@<span>b</span></a></span> see <a href=\"https://x.bt/l\">\
                 <span class=\"invisible\">https://</span><span>x.bt/l</span></a></p>",
                "@b see https://x.bt/l",
            ),
            ("1 < 2 & 3", "1 < 2 & 3"),
            ("&bogus; &;", "&bogus; &;"),
            ("<p>one</p><p></p><p></p><p>two</p>", "one\n\ntwo"),
            ("unfinished <b", "unfinished <b"),
            ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
            ("&#0;&#x110000;", "&#0;&#x110000;"),
            ("འབྲུག&nbsp;ཡུལ", "འབྲུག\u{a0}ཡུལ"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }
}
