//! A page of executions, shaped into deployments.

use harness_cd_model::HistoryPage;

use crate::answer::read_rows;
use crate::places::Places;
use crate::quarantine::Quarantine;
use crate::run::{Run, identified};
use crate::summary::{Graph, Summary};
use crate::{HistoryOptions, ShapeError, ascii};

/// Shapes a page of execution summaries into deployments, newest execution first as Harness sends them, the stages of
/// an execution in the order of execution.
///
/// Reads what Harness answers to a list of executions, with its envelope or without, a bare list of some, one summary,
/// an execution's details, and what became of a webhook's event.
///
/// # Errors
/// [`ShapeError`] for a body that is no such answer. A single row that cannot be shaped is quarantined instead.
pub fn shape_history<'a>(body: &'a [u8], options: &'a HistoryOptions) -> Result<HistoryPage<'a>, ShapeError> {
    let mut shaper = Shaper {
        options,
        places: Places::new(options),
        page: HistoryPage::default(),
        quarantine: Quarantine::default(),
    };
    let total_executions = read_rows(body, &mut |row, graph, pointer| shaper.row(row, graph, pointer))?;
    let Quarantine { rows, total } = shaper.quarantine;
    Ok(HistoryPage {
        total_executions,
        quarantined: rows,
        quarantined_total: total,
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
    places: Places<'a>,
    page: HistoryPage<'a>,
    quarantine: Quarantine,
}

impl<'a> Shaper<'a> {
    fn row(&mut self, row: Option<Summary<'a>>, graph: &Graph<'a>, pointer: &dyn Fn() -> String) {
        let (summary, execution_id) = match identified(row) {
            Ok(identified) => identified,
            Err(reason) => return self.quarantine.add(reason, pointer),
        };
        let run = Run::new(&summary, execution_id, graph, self.options, &self.places);
        let rows = run.rows(self.options.skipped);
        if !rows.is_empty() {
            return self.page.deployments.extend(rows);
        }
        self.page.ran_without_deploying += 1;
        if self.options.all_runs {
            self.page.deployments.push(run.as_a_whole());
        }
    }
}
