//! Addresses of accounts, made comparable: what a citizen pastes and what an officer typed must meet.

/// `https://www.Example.org/@Health/?utm_source=x` and `@health@example.org` are one account.
pub fn known_as(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(handle) = text.strip_prefix('@')
        && let Some((user, host)) = handle.split_once('@')
        && !user.is_empty()
        && host.contains('.')
    {
        return Some(format!("{}/@{}", host.to_lowercase().trim_start_matches("www."), user.to_lowercase()));
    }
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = url::Url::parse(&with_scheme).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str()?.is_empty() {
        return None;
    }
    let host = url.host_str()?.trim_start_matches("www.").trim_start_matches("m.").to_lowercase();
    if !host.contains('.') && host != "localhost" {
        return None;
    }
    let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
    let mut path = url.path().trim_end_matches('/').to_lowercase();
    // Rooms of Matrix are named behind the hash sign, which elsewhere leads within a page.
    if host == "matrix.to" {
        let room = url.fragment().unwrap_or_default().split('?').next().unwrap_or_default();
        path.push_str(
            &percent_encoding::percent_decode_str(room).decode_utf8_lossy().trim_end_matches('/').to_lowercase(),
        );
    }
    // Some platforms name the account in the query; trackers add theirs.
    let kept: Vec<String> = url
        .query_pairs()
        .filter(|(k, _)| matches!(&**k, "id" | "v" | "channel"))
        .map(|(k, v)| format!("{k}={v}"))
        .collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    Some(format!("{host}{port}{path}{query}"))
}

#[cfg(test)]
mod tests {
    use super::known_as;

    #[test]
    fn one_account_has_one_form() {
        for text in [
            "https://www.Example.org/@Health/?utm_source=x#top",
            "example.org/@health",
            "@Health@example.org",
            "http://example.org/@health",
        ] {
            assert_eq!(known_as(text).as_deref(), Some("example.org/@health"), "{text}");
        }
        assert_eq!(
            known_as("https://m.facebook.com/profile.php?id=42&ref=a").as_deref(),
            Some("facebook.com/profile.php?id=42")
        );
        for room in
            ["https://matrix.to/#/%23roads%3AExample.org", "https://matrix.to/#/#roads:example.org?via=a.example"]
        {
            assert_eq!(known_as(room).as_deref(), Some("matrix.to/#roads:example.org"), "{room}");
        }
        assert_ne!(known_as("https://matrix.to/#/#roads:a.bt"), known_as("https://matrix.to/#/#health:a.bt"));
        assert_eq!(known_as("http://127.0.0.1:8080/@a").as_deref(), Some("127.0.0.1:8080/@a"));
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in ["", "@health", "javascript:alert(1)", "health ministry", "ftp://example.org", "https://"] {
            assert_eq!(known_as(text), None, "{text}");
        }
    }
}
