//! A small HTTP client for talking to our own program on this machine: one request, one connection, JSON in and out.
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Where a program listens and, if it was given one, the token of who asks.
#[derive(Clone, Debug, Default)]
pub struct Door {
    /// `127.0.0.1:8520`
    pub address: String,
    pub token: String,
    /// A session's cookie, for pages.
    pub cookie: String,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    /// The JSON of an answer that is a success.
    pub fn good(self, what: &str) -> Result<Value, String> {
        if (200..300).contains(&self.status) {
            Ok(self.json())
        } else {
            Err(format!("{what}: {} {}", self.status, self.text()))
        }
    }
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let line = |l: &'_ str| l.split_once(':').is_some_and(|(n, _)| n.eq_ignore_ascii_case(name));
        self.head.lines().find(|l| line(l)).and_then(|l| l.split_once(':')).map(|(_, v)| v.trim())
    }
}

impl Door {
    /// `http://HOST:PORT` or `HOST:PORT`
    pub fn at(address: &str) -> Door {
        Door { address: address.trim_start_matches("http://").trim_end_matches('/').into(), ..Door::default() }
    }
    pub fn with_token(&self, token: &str) -> Door {
        Door { token: token.into(), ..self.clone() }
    }
    pub fn get(&self, path: &str) -> Result<Answer, String> {
        self.ask("GET", path, &[], b"")
    }
    pub fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.ask("POST", path, &[("content-type", "application/json")], text.as_bytes())
    }
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, String> {
        let failed = |e: std::io::Error| format!("{method} {path}: {e}");
        let mut line = TcpStream::connect(&self.address).map_err(failed)?;
        line.set_read_timeout(Some(Duration::from_secs(60))).map_err(failed)?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        let mut add = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
        if !self.token.is_empty() {
            add("authorization", &format!("Bearer {}", self.token));
        }
        if !self.cookie.is_empty() {
            add("cookie", &self.cookie);
        }
        headers.iter().for_each(|(name, value)| add(name, value));
        head.push_str("\r\n");
        line.write_all(&[head.as_bytes(), body].concat()).map_err(failed)?;
        let mut all = vec![];
        line.read_to_end(&mut all).map_err(failed)?;
        read(&all).ok_or_else(|| format!("{method} {path}: the answer was cut short"))
    }
}

/// An answer with a length, or whole until the end of the connection, or in chunks.
fn read(all: &[u8]) -> Option<Answer> {
    let end = all.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let mut answer = Answer { status, head, body: all[end + 4..].to_vec() };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = unchunked(&answer.body)?;
    }
    let said = answer.header("content-length").and_then(|n| n.parse::<usize>().ok());
    said.is_none_or(|n| n == answer.body.len()).then_some(answer)
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = vec![];
    loop {
        let line = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(line + 2..line + 2 + size)?);
        rest = rest.get(line + 4 + size..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_cut_short_is_no_answer() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(read(whole).map(|a| (a.status, a.text())), Some((200, "{}".to_owned())));
        assert!(read(&whole[..whole.len() - 1]).is_none());
        assert!(read(b"HTTP/1.1 200").is_none());
        let chunks = b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        assert_eq!(read(chunks).map(|a| a.text()), Some("abc".to_owned()));
        assert!(read(&chunks[..chunks.len() - 9]).is_none());
    }
}
