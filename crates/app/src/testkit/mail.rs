//! Mail as it was kept instead of sent.

/// A stored mail's words, whichever way they were encoded for the journey.
pub fn plain(mail: &str) -> String {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap_or(("", mail));
    let bytes = if head.contains("base64") {
        let body: String = body.split_whitespace().collect();
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body).unwrap()
    } else if head.contains("quoted-printable") {
        let body = body.replace("=\r\n", "");
        let (mut out, mut rest) = (vec![], body.as_bytes());
        while let [first, more @ ..] = rest {
            let hex = (*first == b'=').then(|| more.get(..2)).flatten().and_then(|h| std::str::from_utf8(h).ok());
            let byte = hex.and_then(|h| u8::from_str_radix(h, 16).ok());
            out.push(byte.unwrap_or(*first));
            rest = if byte.is_some() { &more[2..] } else { more };
        }
        out
    } else {
        body.into()
    };
    format!("{head}\n{}", String::from_utf8_lossy(&bytes))
}
