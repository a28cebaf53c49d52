//! Words as a web page.

/// Text as Mastodon shows it: escaped, paragraphs, links in three pieces, short mentions.
pub(super) fn html(text: &str) -> String {
    let escape = |t: &str| t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let word = |w: &str| match w.strip_prefix("https://") {
        Some(rest) => {
            let (shown, rest) = (escape(&rest[..rest.len().min(30)]), escape(&rest[rest.len().min(30)..]));
            let link = escape(w);
            format!(
                "<a href=\"{link}\" rel=\"nofollow\"><span class=\"invisible\">https://</span><span \
                 class=\"ellipsis\">{shown}</span><span class=\"invisible\">{rest}</span></a>"
            )
        }
        None => match w.strip_prefix('@').and_then(|w| w.split('@').next()).filter(|n| !n.is_empty()) {
            Some(name) => format!("<span class=\"h-card\"><a href=\"#\">@<span>{}</span></a></span>", escape(name)),
            None => escape(w),
        },
    };
    let line = |l: &str| l.split(' ').map(word).collect::<Vec<_>>().join(" ");
    let paragraph = |p: &str| format!("<p>{}</p>", p.lines().map(line).collect::<Vec<_>>().join("<br />"));
    text.split("\n\n").map(paragraph).collect()
}
