//! What ran.

use harness_cd_client::{ExecutionQuery, FailureCode, HarnessFailure, Transport};
use harness_cd_history::{HistoryOptions, ShapeError, shape_history, shape_history_text, shape_progress};
use harness_cd_model::{ExecutionProgress, HarnessScope, HistoryPage};

use crate::HarnessCd;

/// A page of executions, as Harness sent it.
#[derive(Clone, Debug)]
pub struct Executions {
    body: Vec<u8>,
    options: HistoryOptions,
}

impl Executions {
    /// An answer that somebody kept, to be shaped as `options` say.
    #[must_use]
    pub fn saved(body: Vec<u8>, options: HistoryOptions) -> Self {
        Self { body, options }
    }

    /// The deployments in it, newest execution first.
    ///
    /// # Errors
    /// [`FailureCode::MalformedResponse`]
    pub fn page(&self) -> Result<HistoryPage<'_>, HarnessFailure> {
        shape_history(&self.body, &self.options).map_err(malformed)
    }

    /// The JSON text of the same page, for bulk that goes on as text.
    ///
    /// # Errors
    /// [`FailureCode::MalformedResponse`]
    pub fn text(&self) -> Result<String, HarnessFailure> {
        shape_history_text(&self.body, &self.options).map_err(malformed)
    }
}

impl<T: Transport> HarnessCd<T> {
    /// Lists executions of a project, to be shaped as `options` say; account and user interface are this client's own.
    ///
    /// # Errors
    /// Those of the read.
    pub async fn executions(
        &self,
        scope: &HarnessScope,
        query: &ExecutionQuery,
        options: HistoryOptions,
    ) -> Result<Executions, HarnessFailure> {
        Ok(Executions {
            body: self.client.list_executions(scope, query).await?,
            options: self.with_links(options),
        })
    }

    /// How far one execution of a project is.
    ///
    /// # Errors
    /// Those of the read; [`FailureCode::MalformedResponse`].
    pub async fn execution(&self, scope: &HarnessScope, id: &str) -> Result<ExecutionProgress, HarnessFailure> {
        let body = self.client.get_execution(scope, id, None).await?;
        shape_progress(&body, &self.with_links(HistoryOptions::default())).map_err(malformed)
    }

    pub(crate) fn with_links(&self, options: HistoryOptions) -> HistoryOptions {
        HistoryOptions {
            ui_base: Some(self.client.ui_base()),
            account: Some(self.client.account().to_owned()),
            ..options
        }
    }
}

/// An answer of Harness that cannot be read.
#[must_use]
pub fn malformed(error: ShapeError) -> HarnessFailure {
    HarnessFailure::new(FailureCode::MalformedResponse, error.to_string())
}
