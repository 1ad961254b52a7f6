//! The Harness REST API, sans-IO: requests out, responses in; scope, paging, errors and the retry rule.
//!
//! [`HarnessClient`] speaks through a [`Transport`], the port behind which HTTP, waiting and the clock live. Reads are
//! repeated after a passing failure. A run is sent once: Harness knows no idempotency key, so after an ambiguous
//! answer the client looks for its own execution by a nonce in the notes, and says
//! [`FailureCode::OutcomeUnknown`] where it cannot tell.
//!
//! Architecture invariant: no IO, no clock, no randomness but the transport's; the key is in no message.

mod budget;
mod client;
mod endpoint;
mod failure;
mod read;
mod request;
mod transport;

pub use client::{ClientOptions, HarnessClient};
pub use endpoint::choices::{CHOICES_PER_PAGE, Reach, is_listed_publicly};
pub use endpoint::executions::{ExecutionQuery, GivenInputs};
pub use endpoint::input_sets::{SavedInputSet, SavedOverlay};
pub use endpoint::lost_runs::{FoundRun, LostRun, Sighting};
pub use endpoint::pipelines::{ListedPipeline, PipelineYaml};
pub use endpoint::runs::{Generation, RunOutcome, RunRequest};
pub use endpoint::stored::StoredEntity;
pub use endpoint::tags::ListedArtifact;
pub use failure::HarnessFailure;
pub use harness_cd_model::FailureCode;
pub use transport::{Body, MAX_RESPONSE_BYTES, Method, Request, Response, Transport, TransportError};
