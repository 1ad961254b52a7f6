//! The simulator behind a real HTTP server on the loopback interface.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header, request::Parts};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::options::{Options, StartError};
use crate::poster;
use crate::simulator::Simulator;
use crate::wire::delivery;
use crate::wire::message::{Answer, Request};
use crate::wire::socket::{Connection, FaultyListener};

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

/// The simulator, as requests, the tick and the poster share it.
#[derive(Clone)]
struct Shared(Arc<Mutex<Simulator>>);

impl Shared {
    /// A panic elsewhere does not make the state wrong: every request leaves it whole.
    fn lock(&self) -> MutexGuard<'_, Simulator> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a simulator on the loopback interface.
///
/// # Errors
/// [`StartError`]: files that cannot be read or used, a port that cannot be used.
pub fn start(options: Options) -> Result<RunningSimulator, StartError> {
    let port = options.port;
    let refused = move |source| StartError::Listen { port, source };
    let mut simulator = Simulator::new(options.setup()?, wall_ms()).map_err(StartError::Entities)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(refused)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = runtime.block_on(TcpListener::bind(address)).map_err(refused)?;
    let base_url = format!("http://{}", listener.local_addr().map_err(refused)?);
    simulator.set_base_url(&base_url);
    let shared = Shared(Arc::new(Mutex::new(simulator)));
    runtime.spawn(tick(shared.clone(), notifier(&shared).map_err(refused)?));
    let (stop, stopped) = oneshot::channel();
    let serve = move || {
        runtime.block_on(serve(listener, shared, stopped));
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

/// How often what happens without a request gets a chance to.
const TICK: Duration = Duration::from_millis(50);

type Notifier = std::sync::mpsc::Sender<crate::state::outbox::Outgoing>;

fn notifier(shared: &Shared) -> io::Result<Notifier> {
    let shared = shared.clone();
    poster::start(Box::new(move |outgoing, result| {
        shared.lock().posted(outgoing, result, wall_ms())
    }))
}

async fn tick(shared: Shared, notifier: Notifier) {
    loop {
        tokio::time::sleep(TICK).await;
        let due = {
            let mut simulator = shared.lock();
            simulator.tick(wall_ms());
            simulator.take_outgoing(wall_ms())
        };
        for outgoing in due {
            // The poster ends after this task.
            let _ = notifier.send(outgoing);
        }
    }
}

/// How long answers in flight may take once the simulator is to stop.
const GRACE: Duration = Duration::from_secs(2);

async fn serve(listener: TcpListener, shared: Shared, stopped: oneshot::Receiver<()>) {
    let app = Router::new().fallback(answer).with_state(shared);
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

/// Source: harness-api §9 [HUB]: pipelines of up to 3 MB; what is larger has no place here.
const MOST_BODY: usize = 4 * 1024 * 1024;
/// A dumped world is larger.
const MOST_CONTROL_BODY: usize = 512 * 1024 * 1024;

async fn answer(
    State(shared): State<Shared>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: axum::http::Request<Body>,
) -> Response<Body> {
    connection.open();
    let (parts, body) = request.into_parts();
    let is_control = parts.uri.path().starts_with("/simulator/");
    let Ok(body) = to_bytes(body, if is_control { MOST_CONTROL_BODY } else { MOST_BODY }).await else {
        return with_status(Response::new(Body::empty()), 413);
    };
    let request = read_request(&parts, body.to_vec(), &connection);
    let mut answer = shared.lock().handle(&request, wall_ms());
    tokio::time::sleep(answer.delay).await;
    if answer.delivery.changes_body() {
        answer = tokio::task::block_in_place(|| delivery::dress(answer));
    }
    connection.deliver(answer.delivery, answer.body.len());
    response(answer)
}

fn read_request(parts: &Parts, body: Vec<u8>, connection: &Connection) -> Request {
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
        peer: Some(connection.peer),
    }
}

fn response(answer: Answer) -> Response<Body> {
    let mut response = with_status(Response::new(Body::from(answer.body)), answer.status);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
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
