//! A small Harness on the loopback interface: accounts, projects, pipelines, executions, approvals, faults, limits and
//! a clock one can turn.
//!
//! [`Simulator`] is a pure state machine: a [`Request`] and the time go in, an [`Answer`] comes out. [`start`] puts it
//! behind a real HTTP server on a thread of its own, for tests and for the binary `harness-cd-simulator`.
//!
//! It follows the facts known of Harness's REST API and shares nothing with the product. Each behaviour names its fact:
//! a section of the fact sheets `harness-api`, `run-inputs` or `runtime-inputs`, and the tag of the source there. Where
//! they leave a question open, [`Modes`] offers the answers; where they are silent, it answers 501. The README beside
//! `Cargo.toml` is the reference: every fact with the test that holds it, every mode, every call of the control plane.
//!
//! The layers, each of which knows those before it alone:
//!
//! - `tables`: what words mean; what is invented stands in `tables/invented.rs`
//! - `wire`: requests and answers, limits, faults
//! - `state`: what is kept of entities, people, repositories, time
//! - `engine`: a run as a pure function of its plan, of what happened to it, and of the time
//! - `inputs`: what a pipeline asks for and is given, as values
//! - `world`, `documents`, `view`: all state; entities read; executions as answers show them
//! - `launch`: how runs start, and what follows from time
//! - `api`: a file per API of Harness
//! - `history`, `control`, `simulator`, `server`: the made-up past, the knobs, the state machine, the server

mod api;
mod control;
mod documents;
mod engine;
mod history;
mod inputs;
mod launch;
mod options;
mod poster;
mod server;
mod setup;
mod simulator;
mod state;
mod tables;
mod view;
mod wire;
mod world;

pub use engine::scenario::{Attempt, Becoming, RunOutcome, Scenario, ScriptedFailure, StepScript};
pub use engine::scenarios::{Runs, Wish};
pub use options::{Options, StartError};
pub use server::{RunningSimulator, start};
pub use setup::Setup;
pub use simulator::Simulator;
pub use state::modes;
pub use state::modes::Modes;
pub use state::outbox::Outgoing;
pub use state::people::{Account, Accounts, Principal, PrincipalKind, Role};
pub use state::scope::Scope;
pub use state::world_file::WorldFile;
pub use tables::failure::FailureKind;
pub use tables::instant::read_instant;
pub use tables::status::Status;
pub use wire::delivery::Delivery;
pub use wire::faults::{Fault, FaultKind, Page, Stage};
pub use wire::message::{Answer, Request};
