//! Pipelines that stages of other pipelines run.

use std::collections::BTreeMap;

use serde_json::Value;

use super::start::{self, Launch};
use crate::documents::input_sets::merged_body;
use crate::documents::pipeline::{Reading, document};
use crate::engine::blueprint::{Blueprint, Chained};
use crate::engine::run::{Given, Mode, Origin, Parent, Run, What};
use crate::state::entity::Kind;
use crate::state::people::Principal;
use crate::state::scope::Scope;
use crate::tables::expression::Context;
use crate::wire::respond::Failure;
use crate::world::World;

impl Chained {
    fn scope(&self, account: &str) -> Scope {
        Scope::project(account, &self.org, &self.project)
    }
}

/// What the making of a plan looks at in Pipeline stages.
///
/// Source: run-inputs §9 [HUB]: no matrix on a chain, no chain in a chain; CORE PipelineStagePlanCreator: the sentences,
/// and that the pipeline is there.
pub(super) fn check(world: &World, account: &str, blueprint: &Blueprint) -> Result<(), Failure> {
    let refused = |message: String| Err(Failure::new(400, "PLAN_CREATION_ERROR", message));
    for stage in blueprint.stages() {
        let Some(chained) = &stage.chained else { continue };
        let child = world
            .store
            .find(Kind::Pipeline, &chained.scope(account), "", &chained.pipeline);
        let Some(child) = child else {
            return refused(format!("Child pipeline does not exists {}", chained.pipeline));
        };
        if Blueprint::read(&child.body).is_ok_and(|child| child.stages().any(|stage| stage.chained.is_some())) {
            return refused("Nested pipeline is not supported".to_owned());
        }
        if stage.looping.is_some() {
            return refused(format!(
                "Strategy is not supported for Pipeline stage {}",
                stage.identifier
            ));
        }
    }
    Ok(())
}

/// Starts the run of a Pipeline stage; its number, or why it did not start.
pub(super) fn start_child(world: &mut World, run: u32, node: &str, stage: &str, at: i64) -> Result<u32, String> {
    let parent = world.runs.get(run).ok_or("the parent is gone")?;
    let chained = world
        .runs
        .blueprint(parent)
        .stages()
        .find(|one| one.identifier == stage);
    let chained = chained
        .and_then(|stage| stage.chained.clone())
        .ok_or("the stage runs no pipeline")?;
    let by = match parent.origin.principal() {
        Some(principal) => principal.clone(),
        None => Principal::user(parent.origin.name(), ""),
    };
    let info = Parent {
        run,
        scope: parent.scope.clone(),
        pipeline: parent.pipeline.clone(),
        stage: node.to_owned(),
    };
    let scope = chained.scope(&parent.scope.account);
    let branch = branch(world, parent, &scope, &chained.pipeline);
    let started = given(world, &scope, &chained, branch.as_deref()).and_then(|body| {
        let launch = Launch {
            scope: &scope,
            pipeline: &chained.pipeline,
            body: &body,
            origin: Origin::Chained { by, parent: info },
            mode: Mode::Normal,
            given: Given {
                input_sets: chained.input_sets.clone(),
                branch,
                ..start::given(&start::written(&body))
            },
            expression_values: BTreeMap::new(),
            context: Context::new(),
            at,
        };
        start::start(world, launch)
    });
    started.map_err(|failure| failure.message().to_owned())
}

/// Source: run-inputs §7 [CORE PipelineStagePlanCreator]: the branch of the parent, where both lie in one repository.
fn branch(world: &World, parent: &Run, scope: &Scope, pipeline: &str) -> Option<String> {
    let own = world.place_of(parent)?;
    let child = world.store.find(Kind::Pipeline, scope, "", pipeline)?.git.as_ref()?;
    parent.given.branch.clone().filter(|_| child.repo == own.repo)
}

/// The body of the run. Source: run-inputs §9 [HUB]: `spec.inputs`, or `spec.inputSetReferences`.
fn given(world: &mut World, scope: &Scope, chained: &Chained, branch: Option<&str>) -> Result<Value, Failure> {
    let own = match &chained.inputs {
        Value::Null => Value::Null,
        inputs => start::rooted(inputs.clone()),
    };
    if chained.input_sets.is_empty() {
        return Ok(own);
    }
    let child = document(world, scope, &chained.pipeline, branch, Reading::Fresh)?;
    merged_body(world, scope, &chained.pipeline, &child.body, &chained.input_sets, &own)
}

/// Does something to a run, or a part of it. An abort goes on to the runs that its stages have started.
///
/// Source: harness-api §3.8 [OAS, CORE PipelineStageStep: the child is aborted too].
pub(crate) fn befall(world: &mut World, number: u32, at: i64, what: What) {
    let Some(run) = world.runs.get_mut(number) else { return };
    run.befall(at, what.clone());
    let What::Abort { by, node } = what else { return };
    for child in run.started_by(node.as_deref()) {
        let is_over = world
            .runs
            .get(child)
            .is_none_or(|child| world.runs.ended(child, at).is_some());
        if !is_over {
            befall(
                world,
                child,
                at,
                What::Abort {
                    by: by.clone(),
                    node: None,
                },
            );
        }
    }
}
