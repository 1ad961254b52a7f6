//! The simulator over real HTTP.

mod entities;
mod faults;
mod history;
mod runs;
mod support;
mod webhooks;
