//! The words of the product: identifiers, platform, services, deploy requests, deployments, diagnostics.
//!
//! Plain data with serde, in Harness's and Backstage's own vocabulary. Everything that crosses a border of the
//! product (WASM door, HTTP, command line) is declared here or in the crate that answers with it; the TypeScript
//! declarations are generated from these types by `cargo xtask codegen`.
//!
//! Architecture invariant: this crate does no IO, reads no clock and depends on nothing of ours.

mod archetype;
mod artifact_registry;
mod change_window;
pub mod codes;
mod config_reading;
mod credentials;
mod deploy;
mod deployment;
mod diagnostic;
mod duration;
mod entity;
mod failure;
mod health_source;
pub mod http;
mod identifier;
mod infrastructure;
mod input_question;
mod input_set;
mod manifests;
mod members;
pub mod naming;
mod notification;
mod ownership;
mod pipeline_stage;
mod platform;
mod registry;
mod run_inputs;
mod runtime_input;
mod scope;
mod service;
mod status;
mod ticket;
pub mod words;

pub use archetype::{Archetype, Deployer, Sensitivity, Strategy, Workload};
pub use artifact_registry::ArtifactRegistry;
pub use change_window::{ChangeWindow, TimeOfDay, TimeZones, Utc, Weekday};
pub use codes::{Code, Grading};
pub use config_reading::{ConfigReading, DescribedFiles, StoppedService};
pub use credentials::CloudCredentials;
pub use deploy::{
    DeployRequest, DeployRules, DeployTarget, DeployVerdict, EnvironmentRules, Param, Params, RequiredField, Violation,
    ViolationCode,
};
pub use deployment::{
    ChildRun, Deployment, DeploymentKeys, DeploymentLinks, ExecutionProgress, ExecutionStage, ExecutionStep,
    HistoryPage, OutputVariables, Quarantined,
};
pub use diagnostic::{Diagnostic, Position, Range, Severity};
pub use duration::duration_ms;
pub use entity::{Entity, EntityKind};
pub use failure::{FailureCode, NOT_VISIBLE_YET_MS};
pub use health_source::{HealthMetric, HealthSource, RiskCategory};
pub use identifier::{EntityRef, HarnessScope, Identifier, IdentifierError, PipelineRef};
pub use infrastructure::Infrastructure;
pub use input_question::{AnswerOutcome, InputQuestion};
pub use input_set::{InputSetSummary, SavedInputs};
pub use manifests::{GitCredentials, GitProvider, ManifestFormat, ManifestPaths, ManifestRepository};
pub use notification::{NotificationChannel, NotificationEvent, NotificationRule};
pub use ownership::{Act, AnnotationTrust, DeclaredOwner, Ownership, OwnershipQuestion};
pub use pipeline_stage::PipelineStage;
pub use platform::{
    ApprovalGroup, Cluster, ClusterAccess, Delegate, Environment, EnvironmentType, GroupApproval, ImageTagPolicy,
    Network, Platform, Region, SwapPolicy, VerificationStep,
};
pub use registry::{Login, Registry, RegistryKind};
pub use run_inputs::RunInputs;
pub use runtime_input::{
    AskedBy, AskedKind, AskedQuestion, BUILDS, Choice, ChoiceKind, ChoiceList, ChoiceQuestion, Choices, InputKind,
    InputObject, InputShape, InputValue, InputValues, InputsReading, Matcher, Patterns, RuntimeInput, TagQuestion,
    build_of,
};
pub use scope::{EntityScope, Level, Project, ProjectRef};
pub use service::{Service, ServiceCatalog};
pub use status::{ExecutionStatus, StatusGroup, StatusPhase, WaitingFor};
pub use ticket::{TicketPolicy, TicketSystem};
