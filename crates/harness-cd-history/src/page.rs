//! A page of executions, shaped into deployments.

use harness_cd_model::{HistoryPage, Quarantined, StatusPhase};

use crate::answer::read_rows;
use crate::deployment::{begun, deployment, standing_for};
use crate::links::links;
use crate::region::Region;
use crate::summary::{Stage, Summary};
use crate::{HistoryOptions, ShapeError, ascii};

/// Shapes a page of execution summaries into deployments, newest execution first as Harness sends them, the stages of
/// an execution in the order of execution.
///
/// Reads what Harness answers to a list of executions, with its envelope or without, a bare list, one summary, and an
/// execution's details.
///
/// # Errors
/// [`ShapeError`] for a body that is no such answer. A single row that cannot be shaped is quarantined instead.
pub fn shape_history<'a>(body: &'a [u8], options: &'a HistoryOptions) -> Result<HistoryPage<'a>, ShapeError> {
    let mut shaper = Shaper::new(options);
    let total_executions = read_rows(body, &mut |row, pointer| shaper.row(row, pointer))?;
    Ok(HistoryPage {
        total_executions,
        ..shaper.page
    })
}

/// Shapes like [`shape_history`] and writes the JSON text of the [`HistoryPage`], in ASCII alone: for bulk that goes on
/// as text. JavaScript takes ASCII over ten times as fast as other text, and parses it twice as fast.
///
/// # Errors
/// As [`shape_history`].
pub fn shape_history_text(body: &[u8], options: &HistoryOptions) -> Result<String, ShapeError> {
    let page = shape_history(body, options)?;
    ascii::to_string(&page).map_err(|error| ShapeError::NotJson(error.to_string()))
}

struct Shaper<'a> {
    options: &'a HistoryOptions,
    regions: Vec<Region<'a>>,
    page: HistoryPage<'a>,
}

impl<'a> Shaper<'a> {
    fn new(options: &'a HistoryOptions) -> Self {
        Self {
            options,
            regions: options.regions.iter().map(|name| Region::new(name)).collect(),
            page: HistoryPage::default(),
        }
    }

    fn row(&mut self, row: Option<Summary<'a>>, pointer: &dyn Fn() -> String) {
        let mut quarantine = |reason: &str| {
            let reason = reason.to_owned();
            self.page.quarantined.push(Quarantined {
                pointer: pointer(),
                execution_id: None,
                reason,
            });
        };
        let Some(summary) = row else {
            return quarantine("the row is not an object");
        };
        let Some(execution_id) = summary.execution_id.cow() else {
            return quarantine("the row has no planExecutionId, so it cannot be told from others");
        };
        let links = links(&summary, self.options);
        let shape =
            |stage: Stage<'_, 'a>| deployment(&summary, execution_id.clone(), stage, links.clone(), &self.regions);
        let mut stages = summary.stages();
        stages.retain(|(_, node)| node.node_type.get() == Some("Deployment"));
        if self.options.skipped {
            return self.page.deployments.extend(stages.into_iter().map(shape));
        }
        let before = self.page.deployments.len();
        let begun = stages.iter().copied().filter(|(_, node)| begun(node));
        self.page.deployments.extend(begun.map(shape));
        if self.page.deployments.len() == before && summary.standing().phase != StatusPhase::Succeeded {
            // Waiting for its turn or an approval, or refused there: the next stage speaks for the execution.
            let mut waiting = stages.iter().copied();
            let next = waiting.find(|(_, node)| node.standing().phase == StatusPhase::Queued);
            let pending = next.or(stages.last().copied()).map(shape);
            self.page
                .deployments
                .extend(pending.map(|deployment| standing_for(&summary, deployment)));
        }
    }
}
