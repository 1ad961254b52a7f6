//! How a command ends.

use std::path::Path;
use std::process::ExitCode;

use harness_cd::client::{FailureCode, HarnessFailure};
use harness_cd_model::Diagnostic;
use thiserror::Error;

use crate::output;

/// A command that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit code 0.
    Good,
    /// Exit code 1: findings, differences or a refused deployment, all of them reported.
    Findings,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Good => Self::SUCCESS,
            Outcome::Findings => Self::from(1),
        }
    }
}

/// A command that could not do its work.
#[derive(Debug, Error)]
pub(crate) enum CliError {
    /// Exit code 2: usage or unreadable input.
    #[error("{0}")]
    Input(String),
    /// Exit code 3: Harness unreachable or refused.
    #[error("{0}")]
    Harness(#[from] HarnessFailure),
}

impl CliError {
    /// The sentence for a file or folder that cannot be used.
    pub(crate) fn file(action: &str, path: &Path, error: &dyn std::fmt::Display) -> Self {
        Self::Input(format!("cannot {action} {}: {error}", path.display()))
    }

    /// A file that cannot be used for what its findings say, which are told.
    pub(crate) fn unreadable(file: &str, findings: &[Diagnostic]) -> Self {
        output::note_findings(findings);
        Self::Input(format!("{file} cannot be used ({})", output::summary(findings)))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Input(_) => ExitCode::from(2),
            // Harness was not asked to start anything: the deployment is refused here.
            Self::Harness(failure) if failure.code == FailureCode::ForeignPipeline => Outcome::Findings.into(),
            Self::Harness(_) => ExitCode::from(3),
        }
    }
}
