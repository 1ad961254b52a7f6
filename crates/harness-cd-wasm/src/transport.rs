//! HTTP by gloo-net over the global `fetch`, waiting and the clock.
//!
//! Three guards stand here because fetch or gloo-net lack them: header values are checked before they are set (a line
//! break in one would panic), every request carries a signal that ends it, and a redirect is an error (the key would
//! go along).

use gloo_net::http::{Method as HttpMethod, Request as HttpRequest, RequestBuilder};
use harness_cd::client::{Method, Request, Response, Transport, TransportError};
use js_sys::{Date, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestRedirect};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32);
}

/// The transport of Node and of the browser.
pub(crate) struct FetchTransport;

impl Transport for FetchTransport {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let response = http_request(request)?.send().await.map_err(failure)?;
        Ok(Response {
            status: response.status(),
            content_type: response.headers().get("content-type"),
            body: response.binary().await.map_err(failure)?,
        })
    }

    async fn sleep(&self, ms: u32) {
        let timeout = Promise::new(&mut |resolve, _reject| set_timeout(&resolve, ms));
        // A timeout has no way to fail.
        let _ = JsFuture::from(timeout).await;
    }

    #[expect(clippy::cast_possible_truncation, reason = "a whole number of ms, far below 2^53")]
    fn now_ms(&self) -> i64 {
        Date::now() as i64
    }
}

fn http_request(request: &Request) -> Result<HttpRequest, TransportError> {
    let method = match request.method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
    };
    let mut builder = RequestBuilder::new(&request.url)
        .method(method)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(request.timeout_ms)));
    for (name, value) in &request.headers {
        builder = with_header(builder, name, value)?;
    }
    match &request.body {
        None => builder.build(),
        Some(body) => with_header(builder, "content-type", body.content_type)?.body(Uint8Array::from(&*body.bytes)),
    }
    .map_err(failure)
}

fn with_header(builder: RequestBuilder, name: &str, value: &str) -> Result<RequestBuilder, TransportError> {
    if value.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        return Ok(builder.header(name, value));
    }
    Err(TransportError::Network(format!(
        "the header {name} holds a character that no header may hold"
    )))
}

fn failure(error: gloo_net::Error) -> TransportError {
    match error {
        gloo_net::Error::JsError(error) if error.name == "TimeoutError" => TransportError::Timeout,
        error => TransportError::Network(error.to_string()),
    }
}
