//! The door: connections from outside, with a limit on how many there are and on how long one may hold its place without
//! saying or taking anything. Who sends a byte now and then, or asks and does not listen, is shown out.
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long a connection may be quiet: before a request, within one, or not taking its answer.
    pub quiet: Duration,
    /// Bytes a second that a request must bring on the whole; an upload over a slow line keeps to it, a drip does not.
    pub pace: u64,
    /// How many connections there may be at once; the rest wait outside. Below the usual limit of open files.
    pub most: usize,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { quiet: Duration::from_secs(30), pace: 2048, most: 900 }
    }
}

pub struct Door {
    listener: TcpListener,
    places: Arc<Semaphore>,
    patience: Patience,
}

impl Door {
    pub fn new(listener: TcpListener, patience: Patience) -> Door {
        Door { listener, places: Arc::new(Semaphore::new(patience.most)), patience }
    }
}

/// Who is on the other side.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

pub struct Guest {
    stream: TcpStream,
    patience: Patience,
    /// When it will have been quiet for too long.
    until: Pin<Box<Sleep>>,
    /// Bytes that came since it was last answered, and since when.
    came: u64,
    since: Instant,
    _place: Option<OwnedSemaphorePermit>,
}

impl Guest {
    fn new(stream: TcpStream, patience: Patience, place: Option<OwnedSemaphorePermit>) -> Guest {
        let until = Box::pin(tokio::time::sleep(patience.quiet));
        Guest { stream, patience, until, came: 0, since: Instant::now(), _place: place }
    }

    /// Nothing can be done just now: too long already?
    fn waiting<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        match self.until.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    fn read(&mut self, bytes: usize) {
        if self.came == 0 {
            // A request begins; how long the line lay idle before it does not count against it.
            self.since = Instant::now();
        }
        self.came += bytes as u64;
        // Every byte buys time at the pace, no more than the quiet time at once, and never on account.
        let bought = Duration::from_millis(self.came * 1000 / self.patience.pace.max(1));
        let until = self.since + self.patience.quiet + bought;
        self.until.as_mut().reset(until.min(Instant::now() + self.patience.quiet));
    }

    fn wrote(&mut self) {
        (self.came, self.since) = (0, Instant::now());
        let until = self.since + self.patience.quiet;
        self.until.as_mut().reset(until);
    }
}

impl Listener for Door {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        // The semaphore is never closed.
        let place = self.places.clone().acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let _ = stream.set_nodelay(true);
        (Guest::new(stream, self.patience, place), address)
    }
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl AsyncRead for Guest {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                self.read(buf.filled().len() - before);
                Poll::Ready(Ok(()))
            }
            Poll::Pending => self.waiting(cx),
            error => error,
        }
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(cx, buf) {
            Poll::Ready(Ok(n)) => {
                self.wrote();
                Poll::Ready(Ok(n))
            }
            Poll::Pending => self.waiting(cx),
            error => error,
        }
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write_vectored(cx, bufs) {
            Poll::Ready(Ok(n)) => {
                self.wrote();
                Poll::Ready(Ok(n))
            }
            Poll::Pending => self.waiting(cx),
            error => error,
        }
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn served(patience: Patience) -> SocketAddr {
        let door = Door::new(TcpListener::bind("127.0.0.1:0").await.unwrap(), patience);
        let address = door.local_addr().unwrap();
        let app = Router::new().route("/", get(async || "here"));
        tokio::spawn(async move { axum::serve(door, app.into_make_service()).await });
        address
    }

    /// What comes back until the other side closes.
    async fn rest(line: &mut TcpStream) -> String {
        let mut all = vec![];
        let read = tokio::time::timeout(Duration::from_secs(10), line.read_to_end(&mut all)).await;
        // Being cut off is what some of these are about.
        let _ = read.expect("it must not be held for ever");
        String::from_utf8_lossy(&all).into_owned()
    }

    const SHORT: Patience = Patience { quiet: Duration::from_millis(300), pace: 2048, most: 2 };

    #[tokio::test]
    async fn who_is_quiet_is_shown_out_and_makes_room() {
        let address = served(SHORT).await;
        let (mut first, mut second) =
            (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
        let mut third = TcpStream::connect(address).await.unwrap();
        third.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        assert!(rest(&mut third).await.ends_with("here"), "it waited for a place");
        assert_eq!((rest(&mut first).await, rest(&mut second).await), (String::new(), String::new()));
    }

    #[tokio::test]
    async fn a_drip_is_no_request_and_a_kept_line_ends_after_its_answer() {
        let address = served(SHORT).await;
        let mut drip = TcpStream::connect(address).await.unwrap();
        let started = Instant::now();
        while drip.write_all(b"x").await.is_ok() && started.elapsed() < Duration::from_secs(8) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
        let mut kept = TcpStream::connect(address).await.unwrap();
        kept.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(rest(&mut kept).await.ends_with("here"));
    }
}
