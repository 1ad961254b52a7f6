//! HTTP by gloo-net over the global `fetch`, waiting and the clock.
//!
//! Four guards stand here because fetch or gloo-net lack them: header values are checked before they are set (a line
//! break in one would panic), a redirect is an error (the key would go along), the time of an exchange is kept by a timer
//! of its own (a signal is lost with its request once the garbage collector ran, and a body that drips never ends), and
//! the bytes of a body are counted while they come.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use gloo_net::http::{Method as HttpMethod, Request as HttpRequest, RequestBuilder, Response as HttpResponse};
use harness_cd::client::{MAX_RESPONSE_BYTES, Method, Request, Response, Transport, TransportError};
use js_sys::{Date, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, ReadableStreamDefaultReader, ReadableStreamReadResult, RequestRedirect};

use crate::codec::epoch_ms;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
    /// By itself, as gloo-net takes for granted that what `fetch` rejects with is an `Error` of this very realm.
    fn fetch(request: &web_sys::Request) -> Promise;
}

/// The transport of Node and of the browser.
pub(crate) struct FetchTransport;

impl Transport for FetchTransport {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let cancel = AbortController::new().map_err(|error| network(&error))?;
        let outcome = within(request.timeout_ms, exchange(request, &cancel.signal())).await;
        if outcome.is_err() {
            // What is still open of the exchange would hold its connection.
            cancel.abort();
        }
        outcome
    }

    async fn sleep(&self, ms: u32) {
        Timer::start(ms).await;
    }

    fn now_ms(&self) -> i64 {
        epoch_ms(Date::now())
    }
}

/// A timeout; it ends with its owner, as a process waits for the open ones.
struct Timer {
    passed: JsFuture,
    id: JsValue,
}

impl Timer {
    fn start(ms: u32) -> Self {
        let mut id = JsValue::UNDEFINED;
        let passed = Promise::new(&mut |resolve, _reject| id = set_timeout(&resolve, ms));
        Self {
            passed: passed.into(),
            id,
        }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<()> {
        // A timeout has no way to fail.
        Pin::new(&mut self.passed).poll(context).map(drop)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

async fn within<T>(ms: u32, work: impl Future<Output = Result<T, TransportError>>) -> Result<T, TransportError> {
    let mut work = pin!(work);
    let mut timer = Timer::start(ms);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Pending => Pin::new(&mut timer)
            .poll(context)
            .map(|()| Err(TransportError::Timeout)),
        done @ Poll::Ready(_) => done,
    })
    .await
}

async fn exchange(request: &Request, signal: &AbortSignal) -> Result<Response, TransportError> {
    let request: web_sys::Request = http_request(request, signal)?.into();
    let response = JsFuture::from(fetch(&request)).await.map_err(|error| network(&error))?;
    let response = HttpResponse::from(response.unchecked_into::<web_sys::Response>());
    Ok(Response {
        status: response.status(),
        content_type: response.headers().get("content-type"),
        body: read_body(&response).await?,
    })
}

async fn read_body(response: &HttpResponse) -> Result<Vec<u8>, TransportError> {
    let mut bytes = Vec::new();
    let Some(stream) = response.body() else {
        return Ok(bytes);
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    loop {
        let read = JsFuture::from(reader.read()).await.map_err(|error| network(&error))?;
        let read: ReadableStreamReadResult = read.unchecked_into();
        if read.get_done() == Some(true) {
            return Ok(bytes);
        }
        let chunk: Uint8Array = read.get_value().unchecked_into();
        if bytes.len().saturating_add(chunk.byte_length() as usize) > MAX_RESPONSE_BYTES {
            return Err(TransportError::TooLarge);
        }
        bytes.append(&mut chunk.to_vec());
    }
}

fn http_request(request: &Request, signal: &AbortSignal) -> Result<HttpRequest, TransportError> {
    let method = match request.method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
    };
    let mut builder = RequestBuilder::new(&request.url)
        .method(method)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(signal));
    for (name, value) in &request.headers {
        builder = with_header(builder, name, value)?;
    }
    match &request.body {
        None => builder.build(),
        Some(body) => with_header(builder, "content-type", body.content_type)?.body(Uint8Array::from(&*body.bytes)),
    }
    .map_err(|error| failure(&error))
}

fn with_header(builder: RequestBuilder, name: &str, value: &str) -> Result<RequestBuilder, TransportError> {
    if value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Ok(builder.header(name, value));
    }
    Err(TransportError::Network(format!(
        "the header {name} holds a character that no header may hold"
    )))
}

fn failure(error: &gloo_net::Error) -> TransportError {
    TransportError::Network(error.to_string())
}

/// Node's `fetch` says what happened in the cause alone.
fn network(error: &JsValue) -> TransportError {
    let cause = Reflect::get(error, &"cause".into()).unwrap_or_default();
    let message = message_of(&cause).or_else(|| message_of(error));
    TransportError::Network(message.unwrap_or_else(|| "the connection failed".to_owned()))
}

fn message_of(error: &JsValue) -> Option<String> {
    let message = Reflect::get(error, &"message".into()).ok()?.as_string()?;
    (!message.is_empty()).then_some(message)
}
