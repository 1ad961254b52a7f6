//! A small Harness on the loopback interface: projects, pipelines, executions, approvals, faults and a clock one can
//! turn.
//!
//! [`Simulator`] is a pure state machine: a [`Request`] and the time go in, an [`Answer`] comes out. [`start`] puts it
//! behind a real HTTP server on a thread of its own, for tests and for the binary `harness-cd-simulator`.
//!
//! What it does follows the facts known of Harness's REST API; each behaviour names its fact. Where the facts are
//! silent, [`Modes`] offers each possibility. It is never bent to please a client.
//!
//! The control plane needs no key:
//!
//! | call | what it does |
//! |---|---|
//! | `GET`, `POST /simulator/clock` | `{advanceMs?, speed?}` → `{nowMs, speed}` |
//! | `POST`, `DELETE /simulator/faults` | arms a [`Fault`], disarms all |
//! | `POST /simulator/outcomes` | `{pipeline, outcome}`: how the next run of a pipeline ends, see [`RunOutcome`] |
//! | `POST /simulator/approve` | `{executionId}`: two people approve whatever waits |
//! | `GET`, `POST /simulator/modes` | [`Modes`] |
//! | `GET`, `DELETE /simulator/requests` | `[{method, path, query, status}]` |

mod approvals;
mod clock;
mod course;
mod entities;
mod executions;
mod expression;
mod faults;
mod history;
mod http;
mod inputs;
mod modes;
mod pipelines;
mod plan;
mod random;
mod respond;
mod run;
mod server;
mod simulator;
mod store;
mod views;
mod webhooks;
mod yaml;

pub use faults::{Delivery, Fault, FaultKind};
pub use http::{Answer, Request};
pub use modes::{
    DuplicateCreate, Freeze, MissingEntity, Modes, Policy, StaleIfMatch, WebhookAuthorization, WrongApprover,
};
pub use plan::RunOutcome;
pub use server::{Options, RunningSimulator, StartError, start};
pub use simulator::{Setup, Simulator};
