use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{Response, StatusCode, header, request::Parts};
use axum::serve::{IncomingStream, Listener};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::faults::Delivery;
use crate::http::{Answer, Request};
use crate::modes::Modes;
use crate::simulator::{Setup, Simulator};

/// What [`start`] takes.
#[derive(Clone)]
pub struct Options {
    /// The port on the loopback interface; 0 takes any that is free.
    pub port: u16,
    /// The folder of entity files, as `harness-cd render` writes it.
    pub entities: PathBuf,
    /// Simulated ms per ms of wall time; 0 stops the clock.
    pub speed: f64,
    /// Decides every id and the seeded history.
    pub seed: u64,
    /// The account identifier.
    pub account: String,
    /// The API key that is known.
    pub api_key: String,
    /// Answers to the questions that the facts about Harness leave open.
    pub modes: Modes,
}

impl Options {
    /// The usual options: any free port, real time, account `demo-account`.
    #[must_use]
    pub fn new(entities: impl Into<PathBuf>, api_key: impl Into<String>) -> Self {
        Self {
            port: 0,
            entities: entities.into(),
            speed: 1.0,
            seed: 1,
            account: "demo-account".to_owned(),
            api_key: api_key.into(),
            modes: Modes::default(),
        }
    }
}

/// Why the simulator did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// The folder of entities cannot be read.
    #[error("failed to read `{path}`: {source}", path = .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// No entity file is there.
    #[error("`{path}` holds no .yaml file; write the entities there first with `harness-cd render`", path = .0.display())]
    Empty(PathBuf),
    /// Entity files that cannot be used, one sentence each.
    #[error("failed to load the entities:\n{}", .0.join("\n"))]
    Entities(Vec<String>),
    /// The speed is negative or not a number.
    #[error("the speed is {0}; give 0 or more")]
    Speed(f64),
    /// An empty key would let everybody in.
    #[error("the API key is empty")]
    EmptyKey,
    /// The port cannot be used, or the runtime does not start.
    #[error("failed to listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the operating system says.
        source: io::Error,
    },
}

/// A simulator on a thread of its own; it stops when this is dropped.
#[derive(Debug)]
pub struct RunningSimulator {
    /// For example `http://127.0.0.1:4000`, without a trailing slash.
    pub base_url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for RunningSimulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts a simulator on the loopback interface.
///
/// # Errors
/// [`StartError`]: entities that cannot be read, a port that cannot be used.
pub fn start(options: Options) -> Result<RunningSimulator, StartError> {
    if options.api_key.is_empty() {
        return Err(StartError::EmptyKey);
    }
    if !options.speed.is_finite() || options.speed < 0.0 {
        return Err(StartError::Speed(options.speed));
    }
    let setup = Setup {
        files: entity_files(&options.entities)?,
        account: options.account,
        api_key: options.api_key,
        seed: options.seed,
        speed: options.speed,
        modes: options.modes,
    };
    let port = options.port;
    let refused = move |source| StartError::Listen { port, source };
    let mut simulator = Simulator::new(setup, wall_ms()).map_err(StartError::Entities)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(refused)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = runtime.block_on(TcpListener::bind(address)).map_err(refused)?;
    let base_url = format!("http://{}", listener.local_addr().map_err(refused)?);
    simulator.set_base_url(&base_url);
    let (stop, stopped) = oneshot::channel();
    let serve = move || {
        runtime.block_on(serve(listener, simulator, stopped));
        runtime.shutdown_timeout(Duration::from_secs(1));
    };
    let thread = std::thread::Builder::new()
        .name("harness-cd-simulator".to_owned())
        .spawn(serve)
        .map_err(refused)?;
    Ok(RunningSimulator {
        base_url,
        stop: Some(stop),
        thread: Some(thread),
    })
}

/// How long answers in flight may take once the simulator is to stop.
const GRACE: Duration = Duration::from_secs(2);

async fn serve(listener: TcpListener, simulator: Simulator, stopped: oneshot::Receiver<()>) {
    let app = Router::new()
        .fallback(answer)
        .with_state(Arc::new(Mutex::new(simulator)));
    let service = app.into_make_service_with_connect_info::<Connection>();
    let (begin_stop, stop_begun) = oneshot::channel::<()>();
    let until_stopped = async move {
        // A dropped sender is a stop as well.
        let _ = stopped.await;
        let _ = begin_stop.send(());
    };
    let server = axum::serve(FaultyListener(listener), service).with_graceful_shutdown(until_stopped);
    let grace = async {
        let _ = stop_begun.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        _ = server.into_future() => {}
        () = grace => {}
    }
}

/// Harness reads pipelines of up to 3 MB; what is larger has no place here.
const MAX_BODY: usize = 4 * 1024 * 1024;

async fn answer(
    State(simulator): State<Arc<Mutex<Simulator>>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: axum::http::Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return with_status(Response::new(Body::empty()), 413);
    };
    let request = read_request(&parts, body.to_vec());
    // A panic elsewhere does not make the state wrong: every request leaves it whole.
    let answer = simulator
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .handle(&request, wall_ms());
    tokio::time::sleep(answer.delay).await;
    connection.deliver(answer.delivery);
    response(answer)
}

fn read_request(parts: &Parts, body: Vec<u8>) -> Request {
    let headers = parts
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let parameters = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
    Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        parameters: parameters.map(|Query(pairs)| pairs).unwrap_or_default(),
        headers: headers.collect(),
        body,
    }
}

fn response(answer: Answer) -> Response<Body> {
    let mut response = with_status(Response::new(Body::from(answer.body)), answer.status);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(answer.content_type),
    );
    response
}

fn with_status(mut response: Response<Body>, status: u16) -> Response<Body> {
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Wall time, epoch ms.
fn wall_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

fn entity_files(folder: &Path) -> Result<Vec<(String, String)>, StartError> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    if files.is_empty() {
        return Err(StartError::Empty(folder.to_owned()));
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), StartError> {
    let refused = |path: &Path, source| StartError::Read {
        path: path.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(|error| refused(folder, error))? {
        let path = entry.map_err(|error| refused(folder, error))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            let text = fs::read_to_string(&path).map_err(|error| refused(&path, error))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(())
}

/// Accepts connections that a fault can cut.
struct FaultyListener(TcpListener);

impl Listener for FaultyListener {
    type Io = FaultyStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (FaultyStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (
            FaultyStream {
                stream,
                connection: Connection::default(),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// How the answers of one connection are delivered, shared between the handler and the stream below it.
#[derive(Clone, Debug, Default)]
struct Connection(Arc<AtomicU8>);

const WHOLE: u8 = 0;
const CUT: u8 = 1;
const BROKEN: u8 = 2;

impl Connection {
    fn deliver(&self, delivery: Delivery) {
        let state = match delivery {
            Delivery::Whole => WHOLE,
            Delivery::Cut => CUT,
            Delivery::Reset => BROKEN,
        };
        self.0.store(state, Ordering::Release);
    }
}

impl Connected<IncomingStream<'_, FaultyListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, FaultyListener>) -> Self {
        stream.io().connection.clone()
    }
}

struct FaultyStream {
    stream: TcpStream,
    connection: Connection,
}

/// How many bytes a cut answer lacks.
const WITHHELD: usize = 16;

impl AsyncWrite for FaultyStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let state = self.connection.0.clone();
        match state.load(Ordering::Acquire) {
            WHOLE => Pin::new(&mut self.stream).poll_write(context, bytes),
            // The head and a small body come in one write; the body's length was announced in the head.
            CUT if bytes.len() > WITHHELD => {
                let part = bytes.get(..bytes.len() - WITHHELD).unwrap_or(bytes);
                let written = Pin::new(&mut self.stream).poll_write(context, part);
                if matches!(&written, Poll::Ready(Ok(count)) if *count == part.len()) {
                    state.store(BROKEN, Ordering::Release);
                }
                written
            }
            _ => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
        }
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
