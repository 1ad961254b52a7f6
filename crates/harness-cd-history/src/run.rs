//! One execution as the rows of a history.

use std::borrow::Cow;

use harness_cd_model::{Deployment, DeploymentLinks, StatusPhase};

use crate::HistoryOptions;
use crate::condition::Known;
use crate::deployment::{deployment, first_line};
use crate::links::links;
use crate::places::{Places, Target};
use crate::summary::{Graph, LayoutNode, PIPELINE_ROLLBACK, Stage, Standing, Summary};

/// A row of an answer with the id of its execution; without one, why it cannot be shaped.
pub(crate) fn identified<'a>(row: Option<Summary<'a>>) -> Result<(Summary<'a>, Cow<'a, str>), &'static str> {
    let summary = row.ok_or("the row is not an object")?;
    let id = summary.execution_id.cow();
    let id = id.ok_or("the row has no planExecutionId, so it cannot be told from others")?;
    Ok((summary, id))
}

/// An execution, and what its rows have in common.
pub(crate) struct Run<'s, 'a> {
    pub(crate) summary: &'s Summary<'a>,
    pub(crate) execution_id: Cow<'a, str>,
    pub(crate) links: Option<DeploymentLinks>,
    pub(crate) places: &'s Places<'a>,
    graph: &'s Graph<'a>,
    stages: Vec<Stage<'s, 'a>>,
    known: Known<'s>,
}

impl<'s, 'a> Run<'s, 'a> {
    pub(crate) fn new(
        summary: &'s Summary<'a>,
        execution_id: Cow<'a, str>,
        graph: &'s Graph<'a>,
        options: &HistoryOptions,
        places: &'s Places<'a>,
    ) -> Self {
        let stages = summary.stages();
        Self {
            summary,
            execution_id,
            links: links(summary, options),
            places,
            graph,
            known: Known::of(summary, &stages),
            stages,
        }
    }

    /// The deployments of the execution; `all` are those too that were skipped or have not begun. An execution that has
    /// not succeeded, of which none of them tells that, is a row of its own, so that what waits for its turn, or has
    /// failed before the deployment or after it, is seen; and so is a deployment that an approval holds back.
    pub(crate) fn rows(&self, all: bool) -> Vec<Deployment<'a>> {
        let shown = self.deploying(0).filter(|(_, node)| all || node.has_begun());
        let mut rows: Vec<_> = shown.flat_map(|stage| self.deployments(stage)).collect();
        if !all && let Some(stage) = self.held_back() {
            rows.push(self.whole(stage, true));
        }
        if !self.is_told_by(&rows) {
            rows.extend(match rows.is_empty() {
                true => Some(self.without_deployment()),
                false => self.current().map(|stage| self.at(stage)),
            });
        }
        rows
    }

    /// Whether deployments tell what has become of their execution: one that goes on where one of them does, one that
    /// has ended where one has ended alike.
    fn is_told_by(&self, rows: &[Deployment<'a>]) -> bool {
        let Standing { status, phase, .. } = self.summary.standing();
        let is_alike = |row: &Deployment<'_>| row.status.group() == status.group();
        let goes_on = |row: &Deployment<'_>| !phase.is_terminal() && !row.phase.is_terminal();
        phase == StatusPhase::Succeeded || rows.iter().any(|row| is_alike(row) || goes_on(row))
    }

    /// A row for each environment of a stage.
    fn deployments(&self, (key, node): Stage<'s, 'a>) -> Vec<Deployment<'a>> {
        let cd = &node.module_info.cd;
        let is_undone = node.has_begun() && self.is_undone();
        let environments = cd.gitops.environments.0.iter();
        let environments: Vec<_> = environments.filter(|one| one.environment.get().is_some()).collect();
        let row = |environment| Deployment {
            is_undone,
            ..deployment(self, (key, node), environment)
        };
        match environments.as_slice() {
            [] => vec![row(&cd.infrastructure)],
            [one] => vec![row(one)],
            several => several.iter().map(|one| of_several(row(one))).collect(),
        }
    }

    /// Whether a rollback of the whole pipeline has succeeded, which is the last that an execution does.
    fn is_undone(&self) -> bool {
        let mut rollbacks = self.stages.iter().filter(|(_, node)| node.is(PIPELINE_ROLLBACK));
        rollbacks.any(|(_, node)| node.standing().phase == StatusPhase::Succeeded)
    }

    /// The place of the stage that has begun last.
    fn current_place(&self) -> Option<usize> {
        self.stages
            .iter()
            .rposition(|(_, node)| node.is_stage() && node.has_begun())
    }

    /// The stage that has begun last.
    fn current(&self) -> Option<Stage<'s, 'a>> {
        self.stages.get(self.current_place()?).copied()
    }

    /// The deployment behind an approval that has not been given.
    fn held_back(&self) -> Option<Stage<'s, 'a>> {
        let place = self.current_place()?;
        let (_, gate) = self.stages.get(place)?;
        if !gate.is("Approval") || gate.standing().phase == StatusPhase::Succeeded {
            return None;
        }
        // After a refusal Harness may skip what the approval guarded.
        let mut behind = self.deploying(place + 1).filter(|(_, node)| !node.has_begun());
        self.may_begin(place + 1).next().or_else(|| behind.next())
    }

    /// The stages that deploy, from a place on.
    fn deploying(&self, from: usize) -> impl Iterator<Item = Stage<'s, 'a>> {
        let stages = self.stages.iter().skip(from).copied();
        stages.filter(|(_, node)| node.is("Deployment"))
    }

    /// Those of them that have not begun, and may.
    fn may_begin(&self, from: usize) -> impl Iterator<Item = Stage<'s, 'a>> {
        self.deploying(from)
            .filter(|(_, node)| node.standing().phase == StatusPhase::Queued && !self.known.rules_out(node))
    }

    /// The row of an execution in which nothing has deployed: at the deployment that comes next, otherwise at the stage
    /// that has begun last.
    fn without_deployment(&self) -> Deployment<'a> {
        let behind = self.current_place().map_or(0, |place| place + 1);
        let next = self.may_begin(behind).next().or_else(|| self.may_begin(0).next());
        if let Some(stage) = next.or_else(|| self.deploying(0).last()) {
            let is_certain = self.deploying(0).count() == 1 || self.may_begin(0).count() == 1;
            return self.whole(stage, is_certain);
        }
        self.current().map_or_else(|| self.as_a_whole(), |stage| self.at(stage))
    }

    /// The row of the execution as it stands at a stage, beside those of its deployments.
    fn at(&self, stage: Stage<'s, 'a>) -> Deployment<'a> {
        Deployment {
            id: self.execution_id.clone().into_owned(),
            child: self.graph.child_of(stage),
            ..self.whole(stage, false)
        }
    }

    /// The row of an execution that names no stage: what succeeded without deploying went to none of those it has.
    pub(crate) fn as_a_whole(&self) -> Deployment<'a> {
        self.whole(("", &LayoutNode::default()), false)
    }

    /// The row of a stage that has not begun or does not deploy, with the standing of the execution. Where it is
    /// certain that the run goes there, the stage's identifier tells the target.
    fn whole(&self, (key, node): Stage<'_, 'a>, is_certain: bool) -> Deployment<'a> {
        let Standing {
            status,
            phase,
            ended_at,
        } = self.summary.standing();
        let row = deployment(self, (key, node), &node.module_info.cd.infrastructure);
        let target = if is_certain {
            self.places.target(&row.stage)
        } else {
            Target::default()
        };
        Deployment {
            id: if node.is("Deployment") {
                row.id
            } else {
                self.execution_id.clone().into_owned()
            },
            waiting_for: status.waiting_for(),
            status,
            phase,
            whole_run: true,
            environment: row.environment.or(target.environment),
            environment_name: row.environment_name.or(target.environment_name),
            region: row.region.or(target.region),
            started_at: row.run_started_at,
            ended_at,
            duration_ms: row.run_duration_ms,
            failure: row.failure.or_else(|| self.summary.failure().map(first_line)),
            ..row
        }
    }
}

/// A row of a stage that has one for each of its environments.
fn of_several(row: Deployment<'_>) -> Deployment<'_> {
    let id = [&row.id, row.environment.as_deref().unwrap_or_default()].join("/");
    Deployment { id, ..row }
}
