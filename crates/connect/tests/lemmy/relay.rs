//! A relay on this machine that loses the answers to some requests.
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// Stands between: everything is passed on, but to a request that begins so no answer comes back, though it was carried out.
pub fn losing(server: &str, requests: &'static [&'static str]) -> String {
    let server = server.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(&server).unwrap();
            std::thread::spawn(move || pass_on(near, far, requests));
        }
    });
    format!("http://{address}")
}

fn pass_on(mut near: TcpStream, mut far: TcpStream, lost: &[&str]) -> Option<()> {
    loop {
        let request = message(&mut near)?;
        far.write_all(&request).ok()?;
        let answer = message(&mut far)?;
        if lost.iter().any(|l| request.starts_with(l.as_bytes())) {
            return None;
        }
        near.write_all(&answer).ok()?;
    }
}

/// A message with its head and as much as it says to follow.
fn message(from: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut all, mut one) = (Vec::new(), [0]);
    while !all.ends_with(b"\r\n\r\n") {
        from.read_exact(&mut one).ok()?;
        all.push(one[0]);
    }
    let head = String::from_utf8_lossy(&all).to_lowercase();
    let length = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    let mut rest = vec![0; length];
    from.read_exact(&mut rest).ok()?;
    all.extend(rest);
    Some(all)
}
