//! Connections that a fault can break, cut or slow down: where an answer's [`Delivery`] comes true, byte by byte.

use std::future::Future as _;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

use super::delivery::Delivery;

/// Accepts connections that a fault can spoil.
pub(crate) struct FaultyListener(pub(crate) TcpListener);

impl Listener for FaultyListener {
    type Io = FaultyStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (FaultyStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Without it small pieces would travel together; where it fails they do.
        let _ = stream.set_nodelay(true);
        let connection = Connection {
            peer: address.ip(),
            gate: Arc::default(),
        };
        let stream = FaultyStream {
            stream,
            connection,
            pause: None,
        };
        (stream, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// One connection, as the handler above knows it and the stream below it.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) peer: IpAddr,
    gate: Arc<Mutex<Gate>>,
}

impl Connection {
    /// Lets everything through that is written before the answer.
    pub(crate) fn open(&self) {
        *self.gate() = Gate::Open;
    }

    /// How the next answer, which has a body of so many bytes, is delivered.
    pub(crate) fn deliver(&self, delivery: Delivery, body: usize) {
        *self.gate() = match delivery {
            Delivery::Whole | Delivery::Huge { .. } | Delivery::Gzip | Delivery::Bomb { .. } => Gate::Open,
            Delivery::Reset => Gate::Reset,
            Delivery::Cut { bytes } => Gate::Head(Rest::First(bytes.unwrap_or(body / 2))),
            Delivery::Drip { bytes, every_ms } => Gate::Head(Rest::Drip {
                bytes: bytes.max(1),
                every: Duration::from_millis(every_ms),
            }),
        };
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connected<IncomingStream<'_, FaultyListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, FaultyListener>) -> Self {
        stream.io().connection.clone()
    }
}

/// What a stream lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Gate {
    #[default]
    Open,
    Reset,
    /// The head of an answer comes next and passes whole.
    Head(Rest),
    /// So many bytes of the head are still to pass.
    WithinHead(usize, Rest),
    Body(Rest),
}

/// What is let through behind the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    First(usize),
    Drip { bytes: usize, every: Duration },
}

/// What may happen with bytes that are to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passage {
    /// At most so many may pass, and then a pause.
    Write(usize, Option<Duration>),
    Close,
    Reset,
}

impl Gate {
    fn passage(&mut self, bytes: &[u8]) -> Passage {
        if let Self::Head(rest) = *self {
            *self = Self::WithinHead(head_length(bytes), rest);
        }
        match *self {
            Self::Reset => Passage::Reset,
            Self::WithinHead(left, _) => Passage::Write(left, None),
            Self::Body(Rest::First(0)) => Passage::Close,
            Self::Body(Rest::First(left)) => Passage::Write(left, None),
            Self::Body(Rest::Drip { bytes, every }) => Passage::Write(bytes, Some(every)),
            Self::Open | Self::Head(_) => Passage::Write(bytes.len(), None),
        }
    }

    fn passed(&mut self, count: usize) {
        *self = match *self {
            Self::WithinHead(left, rest) if count >= left => Self::Body(rest),
            Self::WithinHead(left, rest) => Self::WithinHead(left - count, rest),
            Self::Body(Rest::First(left)) => Self::Body(Rest::First(left.saturating_sub(count))),
            other => other,
        };
    }
}

/// The head comes in one piece, with or without the body behind it.
fn head_length(bytes: &[u8]) -> usize {
    const END: &[u8] = b"\r\n\r\n";
    bytes
        .windows(END.len())
        .position(|window| window == END)
        .map_or(bytes.len(), |position| position + END.len())
}

/// See [`FaultyListener`].
pub(crate) struct FaultyStream {
    stream: TcpStream,
    connection: Connection,
    pause: Option<Pin<Box<Sleep>>>,
}

impl AsyncWrite for FaultyStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Some(pause) = &mut this.pause {
            ready!(pause.as_mut().poll(context));
            this.pause = None;
        }
        let mut gate = this.connection.gate();
        let (most, pause) = match gate.passage(bytes) {
            Passage::Write(most, pause) => (most, pause),
            Passage::Close => return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
            Passage::Reset => {
                // Where it fails, the connection ends in an orderly way.
                let _ = this.stream.set_zero_linger();
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
        };
        let part = bytes.get(..most).unwrap_or(bytes);
        let written = ready!(Pin::new(&mut this.stream).poll_write(context, part))?;
        gate.passed(written);
        this.pause = pause.map(|pause| Box::pin(tokio::time::sleep(pause)));
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncRead for FaultyStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}
