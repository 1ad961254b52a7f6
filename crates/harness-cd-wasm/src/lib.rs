//! The door: the core as WebAssembly for Backstage, in Node and in the browser.
