//! The start of a run.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::inputs::options;
use super::{answers, chain, context, failing, freeze, size};
use crate::documents::pipeline::{Reading, document};
use crate::documents::templates::expanded;
use crate::engine::blueprint::Blueprint;
use crate::engine::path;
use crate::engine::run::{Admission, FreezeEffect, Given, Happening, Mode, Origin, Run, Standing, What};
use crate::engine::scenario::Scenario;
use crate::engine::target::Target;
use crate::inputs::stages::choose_for_run;
use crate::inputs::{harness3, prepare, template};
use crate::state::entity::Kind;
use crate::state::ids::{self, Role};
use crate::state::modes::Harness3;
use crate::state::scope::Scope;
use crate::tables::expression::{self, Context};
use crate::tables::instant::later;
use crate::tables::yaml::{self, scalar_text};
use crate::wire::body::invalid_yaml;
use crate::wire::respond::Failure;
use crate::world::World;

/// What a run is started with.
pub(crate) struct Launch<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) pipeline: &'a str,
    /// A document with the root `pipeline`, or null.
    pub(crate) body: &'a Value,
    pub(crate) origin: Origin,
    pub(crate) mode: Mode,
    pub(crate) given: Given,
    /// Values for expressions that read stages which were not chosen.
    pub(crate) expression_values: BTreeMap<String, String>,
    /// Further expressions that the run knows.
    pub(crate) context: Context,
    /// Epoch ms.
    pub(crate) at: i64,
}

/// Starts a run; its number.
///
/// Source: harness-api §3.2, §12.7, §12.11, §12.24; run-inputs §1.3 [CORE]: values pass their validators, required
/// variables have values; a frozen pipeline is refused; a denied run is accepted and ends `Errored`.
pub(crate) fn start(world: &mut World, mut launch: Launch<'_>) -> Result<u32, Failure> {
    let pipeline = merged(world, &mut launch)?;
    let blueprint = blueprint(world, &pipeline)?;
    if let Some(plan) = world.runs.kept(blueprint) {
        chain::check(world, &launch.scope.account, plan)?;
    }
    let scenario = world.scenarios.take(launch.scope, launch.pipeline);
    begin(world, launch, &pipeline, blueprint, scenario)
}

/// Starts a run whose pipeline is merged already.
pub(crate) fn begin(
    world: &mut World,
    launch: Launch<'_>,
    pipeline: &Value,
    blueprint: u64,
    scenario: Scenario,
) -> Result<u32, Failure> {
    let freeze = freeze::at_start(world, &launch.origin, blueprint)?;
    let number = world.runs.next_number();
    let seed = world.random.next();
    let id = ids::id(number, seed, Role::Execution, "");
    let sequence = world.runs.next_sequence(launch.scope, launch.pipeline);
    let context = context::of(pipeline, &launch, &id, sequence);
    if let Some(plan) = world.runs.kept(blueprint) {
        size::check(plan, &context)?;
    }
    let settings = world.modes.settings.clone();
    let mut run = Run {
        number,
        seed,
        context,
        id,
        scope: launch.scope.clone(),
        pipeline: launch.pipeline.to_owned(),
        pipeline_name: pipeline
            .get("name")
            .map_or_else(|| launch.pipeline.to_owned(), scalar_text),
        tags: tags(pipeline),
        sequence,
        blueprint,
        started_at: launch.at,
        listed_from: later(launch.at, settings.list_lag_ms),
        readable_from: later(launch.at, settings.detail_lag_ms),
        origin: launch.origin,
        mode: launch.mode,
        given: Given {
            notes: world.modes.notes.kept(&launch.given.notes),
            ..launch.given
        },
        happenings: scenario
            .becomes
            .iter()
            .map(|becoming| becomes(launch.at, becoming))
            .collect(),
        targets: BTreeMap::new(),
        scenario,
        failing: None,
        admission: admission(world, launch.scope, launch.at),
        freeze,
        verdict: world.modes.run_policy.verdict(),
        standing: Standing::Latest,
        pace: world.pace,
        ended: OnceCell::new(),
    };
    run.targets = targets(world, &run);
    run.failing = failing::step(world.runs.blueprint(&run), &run);
    Ok(world.runs.add(run))
}

/// The pipeline as it lies in git now, with its templates written out, the stages that were chosen and the values that
/// were given.
///
/// Source: run-inputs §7 [CORE]: a run reads git afresh; §1.3: a pipeline that was deleted is a 400 on a run.
fn merged(world: &mut World, launch: &mut Launch<'_>) -> Result<Value, Failure> {
    let branch = launch.given.branch.take();
    let found = document(world, launch.scope, launch.pipeline, branch.as_deref(), Reading::Fresh);
    let document =
        found.map_err(
            |failure| match world.store.find(Kind::Pipeline, launch.scope, "", launch.pipeline) {
                Some(_) => failure,
                None => Failure::invalid(format!(
                    "Pipeline with the given ID: {} does not exist or has been deleted",
                    launch.pipeline
                )),
            },
        )?;
    if let Some(problem) = document.problem {
        return Err(invalid_yaml(&problem));
    }
    launch.given.branch = document.branch;
    if harness3::is_one(&document.body) {
        return of_harness3(world.modes.harness3, launch, &document.body);
    }
    launch.given.template = template_text(&document.body);
    let chosen = choose_for_run(&document.body, &launch.given.stages, &launch.expression_values)?;
    let filled = prepare(&chosen, launch.body, &options(&world.modes))?.pipeline;
    expanded(&world.store, launch.scope, &filled).map_err(Failure::invalid)
}

/// Source: run-inputs §10, §14.10: behind a switch, unconfirmed; what is refused, and in which words, is invented.
fn of_harness3(mode: Harness3, launch: &Launch<'_>, pipeline: &Value) -> Result<Value, Failure> {
    match mode {
        Harness3::Refused => Err(Failure::invalid("Pipelines of Harness 3.0 are not run by this call")),
        Harness3::Runs if !launch.given.stages.is_empty() => {
            Err(Failure::not_simulated("chosen stages of a pipeline of Harness 3.0"))
        }
        Harness3::Runs => {
            let given = launch.body.get("inputs").unwrap_or(&Value::Null);
            Ok(harness3::prepare(launch.pipeline, pipeline, given)?)
        }
    }
}

/// What a pipeline asks for, as text; nothing where it asks for nothing.
fn template_text(pipeline: &Value) -> Arc<str> {
    let template = template::prune(pipeline).map(|asked| yaml::write(&json!({ "pipeline": asked })));
    Arc::from(template.unwrap_or_default())
}

/// Keeps the blueprint of a merged pipeline.
pub(crate) fn blueprint(world: &mut World, pipeline: &Value) -> Result<u64, Failure> {
    let (key, shape) = shape(pipeline.clone());
    world
        .runs
        .keep(key, || Blueprint::read(&shape))
        .map_err(Failure::invalid)
}

/// What the blueprint of a pipeline is made of, and its key: what the variables are is no part of it.
pub(crate) fn shape(pipeline: Value) -> (u64, Value) {
    let mut shape = pipeline;
    if let Value::Object(fields) = &mut shape {
        fields.remove("variables");
    }
    (ids::hash(0, &shape.to_string()), shape)
}

/// Source: harness-api §3.2 [HUB]: beyond the limit a run waits, it never fails for it.
fn admission(world: &World, scope: &Scope, at: i64) -> Admission {
    match world.modes.settings.concurrent_executions {
        Some(limit) if world.running(&scope.account, at) >= limit => Admission::Queued,
        _ => Admission::AtOnce,
    }
}

fn becomes(at: i64, becoming: &crate::engine::scenario::Becoming) -> Happening {
    Happening {
        at: later(at, becoming.after_ms),
        what: What::Held {
            status: becoming.status,
            message: becoming.message.clone(),
        },
    }
}

fn tags(pipeline: &Value) -> Vec<(String, String)> {
    let tags = pipeline.get("tags").and_then(Value::as_object).into_iter().flatten();
    tags.map(|(key, value)| (key.clone(), scalar_text(value))).collect()
}

/// What each Deployment stage, or each pass of it, brings where; where it asks for something first, by its defaults.
fn targets(world: &World, run: &Run) -> BTreeMap<String, Vec<Target>> {
    let mut found = BTreeMap::new();
    for stage in world.runs.blueprint(run).stages() {
        let Some(deploys) = answers::deploys(stage, &Value::Null) else {
            continue;
        };
        if stage
            .when
            .condition
            .as_ref()
            .is_some_and(|text| expression::holds(text, &run.context) == Ok(false))
        {
            continue;
        }
        match &stage.looping {
            None => {
                found.insert(
                    stage.path.clone(),
                    deploys.targets(&world.store, &run.scope, &run.context, None),
                );
            }
            Some(looping) => {
                for pass in looping.iterations(&run.context) {
                    let targets = deploys.targets(&world.store, &run.scope, &run.context, Some(&pass));
                    found.insert(path::pass(&stage.path, pass.index), targets);
                }
            }
        }
    }
    found
}

/// Starts a run that follows the blueprint of another one, with what that was given; its number.
pub(crate) fn again(world: &mut World, of: u32, mode: Mode, origin: Origin, notes: String, at: i64) -> Option<u32> {
    let earlier = world.runs.get(of)?.clone();
    let number = world.runs.next_number();
    let seed = world.random.next();
    let settings = &world.modes.settings;
    let run = Run {
        number,
        seed,
        id: ids::id(number, seed, Role::Execution, ""),
        sequence: world.runs.next_sequence(&earlier.scope, &earlier.pipeline),
        started_at: at,
        listed_from: later(at, settings.list_lag_ms),
        readable_from: later(at, settings.detail_lag_ms),
        origin,
        mode,
        given: Given {
            notes: world.modes.notes.kept(&notes),
            ..earlier.given.clone()
        },
        happenings: Vec::new(),
        scenario: world.scenarios.take(&earlier.scope, &earlier.pipeline),
        failing: None,
        admission: Admission::AtOnce,
        freeze: FreezeEffect::None,
        verdict: Default::default(),
        standing: Standing::Latest,
        ended: OnceCell::new(),
        ..earlier
    };
    Some(world.runs.add(run))
}

/// The stages of a pipeline as it stands now, with its templates written out.
///
/// # Errors
/// The pipeline is gone, or a template that it uses.
pub(crate) fn stage_identifiers(
    world: &mut World,
    scope: &Scope,
    pipeline: &str,
    branch: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let document = document(world, scope, pipeline, branch, Reading::Fresh)?;
    let whole = expanded(&world.store, scope, &document.body).map_err(Failure::invalid)?;
    let blueprint = Blueprint::read(&whole).unwrap_or_default();
    Ok(blueprint.stages().map(|stage| stage.identifier.clone()).collect())
}

/// The body of a run as a document: nothing for an empty one.
pub(crate) fn given(yaml: &str) -> Given {
    Given {
        yaml: Arc::from(yaml),
        ..Given::default()
    }
}

/// A body as text; nothing for none.
pub(crate) fn written(body: &Value) -> String {
    if body.is_null() {
        String::new()
    } else {
        yaml::write(body)
    }
}

/// A document with the root `pipeline`.
pub(crate) fn rooted(pipeline: Value) -> Value {
    json!({ "pipeline": pipeline })
}
