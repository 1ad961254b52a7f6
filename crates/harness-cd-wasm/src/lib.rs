//! The door: the core as WebAssembly for Backstage, in Node and in the browser.
//!
//! Every export decodes, calls and encodes, and nothing else. Small values come in by way of JSON, which sees
//! unknown fields, and go out through serde-wasm-bindgen; bulk crosses as bytes in and JSON text out; what a person
//! wrote crosses as text, so that positions are seen. Without the feature `node` this is the pure part that a browser
//! loads; with it, everything.
//!
//! Architecture invariant: no other crate knows wasm-bindgen, serde-wasm-bindgen, js-sys or gloo-net, and nothing
//! here decides anything.

mod codec;
mod error;
pub mod panics;
mod patterns;
pub mod pure;
mod zones;

#[cfg(feature = "node")]
pub mod client;
#[cfg(feature = "node")]
pub mod config_repo;
#[cfg(feature = "node")]
pub mod pipelines;
#[cfg(feature = "node")]
pub mod record;
#[cfg(feature = "node")]
mod transport;
