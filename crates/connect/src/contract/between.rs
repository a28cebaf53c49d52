//! Somebody between a connector and its platform: hands on every call as it came, and may put another answer in the place of
//! the real one. Byte by byte, so that nothing is too strange to be said.
use super::free_port;
use serde_json::{Map, Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// What is said in the place of a real answer, which was given.
#[derive(Debug, Clone)]
pub(super) enum Instead {
    /// This body, with these words before it among the headers.
    Whole { head: &'static str, body: Arc<Vec<u8>> },
    /// A gigabyte, piece by piece.
    Endless,
    /// The real answer with one of its values made another; which, by its place among all.
    Changed { at: usize, how: Change },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// A text longer than any id, with a NUL and what clears a screen.
    Poison,
    /// A text of a million letters.
    Flood,
    /// A list where there was a text, and so on.
    OtherKind,
}

#[derive(Default)]
struct Plan {
    calls: usize,
    instead: Option<(usize, Instead)>,
    /// Whether there was such a value, and it was made another.
    changed: bool,
    /// The most that was ever taken of a body without end, in bytes.
    taken: usize,
}

/// Running until dropped.
pub(super) struct Between {
    pub address: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    serving: JoinHandle<()>,
}

impl Drop for Between {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Between {
    /// Before the platform at `http://ADDRESS`.
    pub async fn start(base_url: &str) -> Between {
        let behind: SocketAddr = base_url.trim_start_matches("http://").parse().unwrap();
        let listener = free_port().await;
        let address = listener.local_addr().unwrap();
        // The platform's own addresses become ours and back: as long, or the lengths in the messages would be wrong.
        assert_eq!(address.to_string().len(), behind.to_string().len());
        let plan = Arc::<Mutex<Plan>>::default();
        let held = plan.clone();
        let serving = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let plan = held.clone();
                tokio::spawn(async move { hand_on(socket, (address, behind), &plan).await });
            }
        });
        Between { address, plan, serving }
    }

    /// From now on calls are counted from nought, and that one is answered otherwise.
    pub fn plan(&self, instead: Option<(usize, Instead)>) {
        let mut plan = lock(&self.plan);
        plan.changed &= instead.is_none();
        (plan.calls, plan.instead) = (0, instead);
    }

    pub fn calls(&self) -> usize {
        lock(&self.plan).calls
    }

    /// Whether the last answer that was to be changed was.
    pub fn changed(&self) -> bool {
        lock(&self.plan).changed
    }

    pub fn taken(&self) -> usize {
        lock(&self.plan).taken
    }
}

/// A whole message: its head, and as many bytes as that says. `None`: the other side went away.
async fn heard(socket: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut all, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        if let Some(end) = all.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&all[..end]).to_lowercase();
            let length = head.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            if all.len() >= end + 4 + length.unwrap_or_default() {
                return Some(all);
            }
        }
        match socket.read(&mut buffer).await {
            Ok(n) if n > 0 => all.extend_from_slice(&buffer[..n]),
            _ => return None,
        }
    }
}

/// How much of a message may name addresses; behind it are files.
const NAMES: usize = 1 << 16;

/// The same message with one address in the place of another.
fn readdressed(mut message: Vec<u8>, from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let (from, to, end) = (from.to_string(), to.to_string(), message.len().min(NAMES));
    let mut at = 0;
    while let Some(next) = message[at..end].windows(from.len()).position(|w| w == from.as_bytes()) {
        message[at + next..][..to.len()].copy_from_slice(to.as_bytes());
        at += next + to.len();
    }
    message
}

async fn hand_on(mut socket: TcpStream, (here, behind): (SocketAddr, SocketAddr), plan: &Mutex<Plan>) -> Option<()> {
    let request = readdressed(heard(&mut socket).await?, here, behind);
    let line = request.windows(2).position(|w| w == b"\r\n")? + 2;
    let mut platform = TcpStream::connect(behind).await.ok()?;
    platform.write_all(&[&request[..line], b"connection: close\r\n", &request[line..]].concat()).await.ok()?;
    let mut answer = Vec::new();
    // A connection that the platform cuts is cut here as well.
    platform.read_to_end(&mut answer).await.ok()?;
    let answer = readdressed(answer, behind, here);
    let instead = {
        let mut plan = lock(plan);
        plan.calls += 1;
        let now = plan.calls - 1;
        plan.instead.clone().filter(|(n, _)| *n == now).map(|(_, instead)| instead)
    };
    match instead {
        None => socket.write_all(&answer).await.ok(),
        Some(Instead::Whole { head, body }) => socket.write_all(&written("200 OK", head, &body)).await.ok(),
        Some(Instead::Endless) => endless(&mut socket, plan).await,
        Some(Instead::Changed { at, how }) => {
            let changed = change(&answer, at, how);
            lock(plan).changed = changed.is_some();
            socket.write_all(&changed.unwrap_or(answer)).await.ok()
        }
    }
}

fn written(status: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

async fn endless(socket: &mut TcpStream, plan: &Mutex<Plan>) -> Option<()> {
    const PIECE: usize = 1 << 16;
    socket
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        .await
        .ok()?;
    let piece = format!("{PIECE:x}\r\n{}\r\n", "[".repeat(PIECE));
    for sent in 1..=(1 << 30) / PIECE {
        socket.write_all(piece.as_bytes()).await.ok()?;
        let mut plan = lock(plan);
        plan.taken = plan.taken.max(sent * PIECE);
    }
    socket.write_all(b"0\r\n\r\n").await.ok()
}

/// The same answer with another value in one place. `None`: it is no JSON, or has no such place.
fn change(answer: &[u8], at: usize, how: Change) -> Option<Vec<u8>> {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
    let mut body: Value = serde_json::from_slice(&answer[end + 4..]).ok()?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.lines().next()?.strip_prefix("HTTP/1.1 ")?.to_owned();
    let mut left = at;
    change_in(&mut body, how, &mut left).then(|| written(&status, &own(&head), body.to_string().as_bytes()))
}

/// The headers that say something of the platform's own.
fn own(head: &str) -> String {
    let ours = ["content-type:", "content-length:", "connection:", "transfer-encoding:"];
    let kept = head.lines().skip(1).filter(|l| !ours.iter().any(|o| l.to_lowercase().starts_with(o)));
    kept.map(|l| format!("{l}\r\n")).collect()
}

/// Goes through the values in order; of a list only the first entry, as the others are like it.
fn change_in(value: &mut Value, how: Change, left: &mut usize) -> bool {
    if *left == 0 {
        *value = match (how, &value) {
            (Change::Poison, _) => json!(format!("\0\u{1b}[2J{}", "9".repeat(3000))),
            (Change::Flood, _) => json!("9".repeat(1 << 20)),
            (_, Value::Array(_)) => Value::Object(Map::new()),
            (_, Value::Object(_)) => json!(["x"]),
            (_, Value::String(_)) => json!([7]),
            _ => json!({"x": "y"}),
        };
        return true;
    }
    *left -= 1;
    match value {
        Value::Object(all) => all.values_mut().any(|v| change_in(v, how, left)),
        Value::Array(all) => all.first_mut().is_some_and(|v| change_in(v, how, left)),
        _ => false,
    }
}
