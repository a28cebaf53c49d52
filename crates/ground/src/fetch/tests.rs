//! What the client says when the other side behaves badly, byte by byte on a real socket.
use super::*;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn fetch() -> Fetch {
    Fetch::new(FetchPolicy {
        allow_loopback: true,
        allow_inner: false,
        max_body: 1000,
        connect_timeout: Duration::from_millis(500),
        total_timeout: Duration::from_millis(700),
    })
    .unwrap()
}

/// Answers every connection with `f` and counts nothing: one test, one behaviour.
async fn server<F, O>(f: F) -> SocketAddr
where
    F: Fn(TcpStream) -> O + Send + 'static,
    O: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(f(socket));
        }
    });
    address
}

async fn heard(socket: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut buffer = [0u8; 2048];
    while !String::from_utf8_lossy(&text).contains("\r\n\r\n") {
        match socket.read(&mut buffer).await {
            Ok(n) if n > 0 => text.extend_from_slice(&buffer[..n]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

async fn post(address: SocketAddr) -> Result<Response, FetchError> {
    let request = Request::post(format!("http://{address}/x")).json(&serde_json::json!({"a": 1}));
    fetch().send(request).await
}

fn unknown(answer: &Result<Response, FetchError>) -> bool {
    matches!(answer, Err(FetchError::Unknown(_)))
}

fn not_sent(answer: &Result<Response, FetchError>) -> bool {
    matches!(answer, Err(FetchError::NotSent(_)))
}

#[tokio::test]
async fn an_answer_is_read_whole() {
    let address = server(|mut s| async move {
        let request = heard(&mut s).await;
        assert!(request.starts_with("POST /x HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("authorization: Bearer k\r\n"), "{request}");
        s.write_all(b"HTTP/1.1 201 Created\r\nX-Some: Thing\r\nContent-Length: 8\r\n\r\n{\"a\": 1}").await.unwrap();
    })
    .await;
    let answer = fetch().send(Request::post(format!("http://{address}/x")).bearer("k")).await.unwrap();
    assert_eq!((answer.status, answer.header("x-some")), (201, Some("Thing")));
    assert_eq!(answer.json::<serde_json::Value>().unwrap()["a"], 1);
}

#[tokio::test]
async fn a_call_without_a_body_says_so_where_one_is_awaited() {
    let address = server(|mut s| async move {
        let request = heard(&mut s).await.to_lowercase();
        let awaited = ["post ", "put ", "patch "].iter().any(|method| request.starts_with(method));
        let said = request.matches("content-length: 0\r\n").count();
        let status = if said == usize::from(awaited) { "204 No Content" } else { "411 Length Required" };
        s.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).await.unwrap();
    })
    .await;
    let call = |method: Method| Request::new(method, format!("http://{address}/x"));
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::GET, Method::DELETE] {
        assert_eq!(fetch().send(call(method.clone())).await.unwrap().status, 204, "{method}");
    }
    let told = call(Method::PUT).header("content-length", "0");
    assert_eq!(fetch().send(told).await.unwrap().status, 204, "once is enough");
}

#[tokio::test]
async fn a_closed_door_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert!(not_sent(&post(address).await));
    let nowhere = fetch().send(Request::get("https://name.invalid/")).await;
    assert!(not_sent(&nowhere), "{nowhere:?}");
    for closed in ["http://10.0.0.1/", "https://169.254.169.254/", "nonsense", "http://example.org/"] {
        let answer = fetch().send(Request::get(closed)).await;
        assert!(not_sent(&answer), "{closed}: {answer:?}");
    }
    let bad_header = fetch().send(Request::get("http://127.0.0.1:1/").header("x", "a\r\nb: c")).await;
    assert!(not_sent(&bad_header), "{bad_header:?}");
}

#[tokio::test]
async fn a_name_that_leads_home_is_not_followed() {
    let outward = Fetch::new(FetchPolicy::default()).unwrap();
    let answer = outward.send(Request::get("https://localhost/")).await;
    assert!(not_sent(&answer), "{answer:?}");
    use reqwest::dns::Resolve;
    let closed = guard::GuardedNames { allow_loopback: false, allow_inner: false };
    assert!(closed.resolve("localhost".parse().unwrap()).await.is_err());
    let open = guard::GuardedNames { allow_loopback: true, allow_inner: false };
    assert!(open.resolve("localhost".parse().unwrap()).await.is_ok());
}

#[tokio::test]
async fn a_failed_handshake_means_nothing_was_sent() {
    let address = server(|mut s| async move {
        let _ = s.write_all(b"this is no TLS\r\n").await;
    })
    .await;
    let answer = fetch().send(Request::post(format!("https://{address}/x"))).await;
    assert!(not_sent(&answer), "{answer:?}");
}

#[tokio::test]
async fn closing_without_an_answer_is_unknown() {
    let before_reading = server(|s| async move { drop(s) }).await;
    assert!(unknown(&post(before_reading).await));
    let after_reading = server(|mut s| async move {
        heard(&mut s).await;
    })
    .await;
    assert!(unknown(&post(after_reading).await));
    let mid_body = server(|mut s| async move {
        heard(&mut s).await;
        s.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"id\"").await.unwrap();
    })
    .await;
    assert!(unknown(&post(mid_body).await));
    let not_http = server(|mut s| async move {
        heard(&mut s).await;
        s.write_all(b"hello?\r\n\r\n").await.unwrap();
    })
    .await;
    assert!(unknown(&post(not_http).await));
}

#[tokio::test]
async fn too_much_and_too_slow_are_unknown() {
    let oversized = server(|mut s| async move {
        heard(&mut s).await;
        let _ = s.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
        let chunk = format!("200\r\n{}\r\n", "x".repeat(512));
        while s.write_all(chunk.as_bytes()).await.is_ok() {}
    })
    .await;
    let answer = post(oversized).await;
    assert!(matches!(&answer, Err(FetchError::TooLarge(why)) if why.contains("1000")), "{answer:?}");
    let slow = server(|mut s| async move {
        heard(&mut s).await;
        s.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{").await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
    })
    .await;
    assert!(unknown(&post(slow).await));
    let silent = server(|mut s| async move {
        heard(&mut s).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    })
    .await;
    assert!(unknown(&post(silent).await));
}

#[tokio::test]
async fn a_redirect_is_an_answer_not_a_path() {
    let address = server(|mut s| async move {
        let request = heard(&mut s).await;
        assert!(request.starts_with("POST /x "), "followed: {request}");
        s.write_all(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    })
    .await;
    let answer = post(address).await.unwrap();
    assert_eq!((answer.status, answer.header("location")), (302, Some("/elsewhere")));
}
