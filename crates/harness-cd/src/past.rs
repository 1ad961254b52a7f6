//! What ran.

use std::collections::BTreeMap;

use harness_cd_client::{ExecutionQuery, FailureCode, HarnessFailure, Transport};
use harness_cd_history::{
    HistoryOptions, ShapeError, asks_inputs, shape_history, shape_history_text, shape_progress, tell_inputs,
};
use harness_cd_model::{Deployment, ExecutionProgress, HarnessScope, HistoryPage, RunInputs};

use crate::HarnessCd;
use crate::run_inputs::read_run_inputs;
use crate::sync::is_of_one_run;

/// A page of executions, as Harness sent it.
#[derive(Clone, Debug)]
pub struct Executions {
    body: Vec<u8>,
    options: HistoryOptions,
    /// What some of them were asked to do.
    inputs: BTreeMap<String, RunInputs>,
}

impl Executions {
    /// An answer that somebody kept, to be shaped as `options` say.
    #[must_use]
    pub fn saved(body: Vec<u8>, options: HistoryOptions) -> Self {
        Self {
            body,
            options,
            inputs: BTreeMap::new(),
        }
    }

    /// The deployments in it, newest execution first.
    ///
    /// # Errors
    /// [`FailureCode::MalformedResponse`]
    pub fn page(&self) -> Result<HistoryPage<'_>, HarnessFailure> {
        let mut page = shape_history(&self.body, &self.options).map_err(malformed)?;
        for rows in page.deployments.chunk_by_mut(is_of_run) {
            let inputs = rows.first().and_then(|row| self.inputs.get(row.execution_id.as_ref()));
            if let Some(inputs) = inputs {
                tell_inputs(rows, inputs);
            }
        }
        Ok(page)
    }

    /// The JSON text of the page as Harness tells it, for bulk that goes on as text.
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
        let body = self.client.list_executions(scope, query).await?;
        Ok(Executions::saved(body, self.with_links(options)))
    }

    /// Reads what executions were asked to do whose deployments do not tell what they bring or where: of those with a row
    /// that `is_asked`, one by one. What Harness does not tell of one stays untold.
    ///
    /// # Errors
    /// Those of the reads; [`FailureCode::MalformedResponse`].
    pub async fn tell_inputs(
        &self,
        scope: &HarnessScope,
        executions: &mut Executions,
        is_asked: fn(&Deployment<'_>) -> bool,
    ) -> Result<(), HarnessFailure> {
        let page = executions.page()?;
        let runs = page.deployments.chunk_by(is_of_run);
        let untold = runs.filter(|rows| asks_inputs(rows) && rows.iter().any(is_asked));
        let untold = untold.filter_map(|rows| rows.first().map(|row| row.execution_id.to_string()));
        for id in untold.collect::<Vec<_>>() {
            match self.client.get_given_inputs(scope, &id).await {
                Ok(given) => {
                    executions.inputs.insert(id, read_run_inputs(&given));
                }
                Err(failure) if is_of_one_run(&failure) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
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

/// Whether two rows are of one execution, whose rows Harness lists one after the other.
fn is_of_run(one: &Deployment<'_>, other: &Deployment<'_>) -> bool {
    one.execution_id == other.execution_id
}
