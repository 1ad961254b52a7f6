//! Starting pipelines.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::pipelines::branch::branch_of_run;
use super::route::{Access, Call, Route, style};
use crate::documents::input_sets::merged_body;
use crate::documents::pipeline::{Reading, document};
use crate::engine::run::{Given, Mode, Origin, Run};
use crate::inputs::harness3;
use crate::launch::start::{self, Launch};
use crate::state::modes::{InputSetIdentifiers, Modes, V1RunNotes};
use crate::state::people::Permission::Execute;
use crate::state::scope::Scope;
use crate::tables::expression::Context;
use crate::tables::yaml;
use crate::view::plan_execution::plan_execution;
use crate::wire::body::{invalid_yaml, read_json, read_yaml};
use crate::wire::respond::{Failure, Outcome, Reply, Style};
use crate::world::World;

const PROJECT: Access = Access::Project(Execute);

pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "pipeline/api/pipeline/execute/{}", PROJECT, run),
    Route::new(
        "POST",
        "pipeline/api/pipeline/execute/{}/inputSetList",
        PROJECT,
        run_with_input_sets,
    ),
    Route::new("POST", "pipeline/api/pipeline/execute/{}/stages", PROJECT, run_stages),
    Route::new("POST", "pipeline/api/pipeline/execute/rerun/{}/{}", PROJECT, rerun),
    Route::new(
        "POST",
        "pipeline/api/pipeline/execute/rerun/{}/{}/inputSetList",
        PROJECT,
        rerun_with_input_sets,
    ),
    Route::new(
        "POST",
        "pipeline/api/pipeline/execute/rerun/{}/{}/stages",
        PROJECT,
        rerun_stages,
    ),
    Route::new(
        "POST",
        "v1/orgs/{}/projects/{}/pipelines/{}/execute",
        Access::V1(Execute),
        run_v1,
    ),
    Route::new(
        "POST",
        "v1/orgs/{}/projects/{}/pipelines/{}/execute/stages",
        Access::V1(Execute),
        run_stages_v1,
    ),
    Route::new(
        "POST",
        "v1/orgs/{}/projects/{}/pipelines/{}/execute/dynamic",
        Access::V1(Execute),
        unknown,
    ),
    Route::new(
        "GET",
        "v1/orgs/{}/projects/{}/pipelines/{}/execute/stages-execution-list",
        Access::V1(Execute),
        unknown,
    ),
];

/// What a call asks to start, read in whatever form it came.
#[derive(Default)]
pub(crate) struct Ask {
    /// The body as a document, and as it came.
    pub(crate) body: Value,
    pub(crate) yaml: String,
    pub(crate) stages: Vec<String>,
    pub(crate) expression_values: BTreeMap<String, String>,
    pub(crate) input_sets: Vec<String>,
    pub(crate) mode: Mode,
}

impl Ask {
    /// The body is the YAML, or nothing. Source: harness-api §3.2 [OAS], run-inputs §1.3: the body may be empty.
    pub(crate) fn of_yaml(call: &Call<'_>) -> Result<Self, Failure> {
        let (yaml, body) = read_yaml(call.request)?;
        Ok(Self {
            body,
            yaml,
            ..Self::default()
        })
    }

    /// YAML that stands in a field of a body, or that is taken over.
    pub(crate) fn of_text(yaml: &str) -> Result<Self, Failure> {
        let body = yaml::read(yaml).map_err(|problem| invalid_yaml(&problem))?;
        Ok(Self {
            body,
            yaml: yaml.to_owned(),
            ..Self::default()
        })
    }

    /// Source: run-inputs §1.5 [OAS, CORE RunStageRequestDTO].
    fn of_stages(call: &Call<'_>) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[derive(Default)]
        struct Body {
            runtime_input_yaml: Option<String>,
            stage_identifiers: Vec<String>,
            expression_values: BTreeMap<String, String>,
        }
        let read: Body = read_json(&call.request.body)?;
        Ok(Self {
            stages: read.stage_identifiers,
            expression_values: read.expression_values,
            ..Self::of_text(&read.runtime_input_yaml.unwrap_or_default())?
        })
    }
}

/// Source: run-inputs §6 [OAS, MCP]: `inputSetIdentifiers` are for the record; that their values are applied is a mode.
fn run(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = Ask::of_yaml(call)?;
    let named: Vec<String> = call
        .request
        .parameters_named("inputSetIdentifiers")
        .map(str::to_owned)
        .collect();
    let applies = world.modes.input_set_identifiers == InputSetIdentifiers::Applied && !named.is_empty();
    let ask = match applies {
        true => Ask {
            input_sets: Vec::new(),
            ..with_input_sets(world, call, call.capture(0), &named, ask)?
        },
        false => ask,
    };
    started(world, call, call.capture(0), ask)
}

/// Source: run-inputs §6 [CORE PipelineExecutor]: the references are merged, then `lastYamlToMerge`; all stages run.
fn run_with_input_sets(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = input_sets(world, call, call.capture(0))?;
    started(world, call, call.capture(0), ask)
}

fn run_stages(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = Ask::of_stages(call)?;
    started(world, call, call.capture(0), ask)
}

/// Source: harness-api §3.2, §12.42 [BSP].
fn rerun(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = Ask {
        mode: again(world, call)?,
        ..Ask::of_yaml(call)?
    };
    started(world, call, call.capture(1), ask)
}

fn rerun_with_input_sets(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = Ask {
        mode: again(world, call)?,
        ..input_sets(world, call, call.capture(1))?
    };
    started(world, call, call.capture(1), ask)
}

fn rerun_stages(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = Ask {
        mode: again(world, call)?,
        ..Ask::of_stages(call)?
    };
    started(world, call, call.capture(1), ask)
}

fn again(world: &World, call: &Call<'_>) -> Result<Mode, Failure> {
    let earlier = super::executions::find(world, call, call.capture(0))?;
    Ok(Mode::Rerun { of: earlier.number })
}

fn input_sets(world: &mut World, call: &Call<'_>, pipeline: &str) -> Result<Ask, Failure> {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Body {
        input_set_references: Vec<String>,
        last_yaml_to_merge: Option<String>,
    }
    let read: Body = read_json(&call.request.body)?;
    let last = Ask::of_text(&read.last_yaml_to_merge.unwrap_or_default())?;
    with_input_sets(world, call, pipeline, &read.input_set_references, last)
}

/// What a call asks for, below the values of input sets.
fn with_input_sets(
    world: &mut World,
    call: &Call<'_>,
    pipeline: &str,
    references: &[String],
    ask: Ask,
) -> Result<Ask, Failure> {
    let branch = branch_of_run(world, call, pipeline).map(str::to_owned);
    let own = document(world, &call.scope, pipeline, branch.as_deref(), Reading::Fresh)?;
    let body = merged_body(world, &call.scope, pipeline, &own.body, references, &ask.body)?;
    let yaml = start::written(&body);
    Ok(Ask {
        body,
        yaml,
        input_sets: references.to_vec(),
        ..ask
    })
}

/// Source: harness-api §3.2, run-inputs §10 [CORE openapi v1, MCP].
fn run_v1(world: &mut World, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Body {
        inputs_yaml: Option<String>,
    }
    let read: Body = read_json(&call.request.body)?;
    let ask = Ask::of_text(&read.inputs_yaml.unwrap_or_default())?;
    started_v1(world, call, ask)
}

/// Source: run-inputs §10 [CORE openapi v1].
fn run_stages_v1(world: &mut World, call: &Call<'_>) -> Outcome {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Body {
        inputs_yaml: Option<String>,
        stage_identifiers: Vec<String>,
        expression_values: BTreeMap<String, String>,
    }
    let read: Body = read_json(&call.request.body)?;
    let ask = Ask {
        stages: read.stage_identifiers,
        expression_values: read.expression_values,
        ..Ask::of_text(&read.inputs_yaml.unwrap_or_default())?
    };
    started_v1(world, call, ask)
}

/// What the facts name and do not describe: a run of dynamic YAML needs toggles of account and pipeline, whose effect no
/// fact tells (harness-api §3.2); the shape of the list of stages is not known (run-inputs §10).
fn unknown(_: &mut World, call: &Call<'_>) -> Outcome {
    Err(Failure::not_simulated(&call.request.path))
}

fn started_v1(world: &mut World, call: &Call<'_>, ask: Ask) -> Outcome {
    let number = launch(world, call, call.capture(2), ask)?;
    let run = written(world, number)?;
    let status = world.runs.at(run, call.now).status.engine();
    Ok(Reply::Bare(
        json!({ "execution_details": { "execution_id": run.id, "status": status } }),
    ))
}

/// Starts a run and answers with its plan execution.
pub(crate) fn started(world: &mut World, call: &Call<'_>, pipeline: &str, ask: Ask) -> Outcome {
    if is_of_harness3(world, call, pipeline) {
        return Err(Failure::not_simulated("a classic run of a pipeline of Harness 3.0"));
    }
    let number = launch(world, call, pipeline, ask)?;
    let run = written(world, number)?;
    let details = match &run.given.branch {
        Some(branch) => json!({ "branch": branch }),
        None => json!({}),
    };
    Ok(Reply::Enveloped(
        json!({ "planExecution": plan_execution(world, run, call.now), "gitDetails": details }),
    ))
}

/// Source: harness-api §3.2 [OAS], run-inputs §10 [CORE openapi v1].
fn notes<'a>(modes: &Modes, call: &Call<'a>) -> Option<&'a str> {
    match style(&call.request.path) {
        Style::Classic => call.parameter("notesForPipelineExecution"),
        Style::V1 => call
            .parameter("notes")
            .filter(|_| modes.v1_run_notes == V1RunNotes::Kept),
    }
}

/// Whether the classic run would start a pipeline of Harness 3.0: no fact tells what it answers (run-inputs §15).
fn is_of_harness3(world: &mut World, call: &Call<'_>, pipeline: &str) -> bool {
    let branch = branch_of_run(world, call, pipeline).map(str::to_owned);
    let read = document(world, &call.scope, pipeline, branch.as_deref(), Reading::Fresh);
    read.is_ok_and(|document| harness3::is_one(&document.body))
}

/// Starts what a call asks for, as its caller; the run's number.
pub(crate) fn launch(world: &mut World, call: &Call<'_>, pipeline: &str, ask: Ask) -> Result<u32, Failure> {
    let recorded = call.request.parameters_named("inputSetIdentifiers").map(str::to_owned);
    let given = Given {
        input_sets: ask.input_sets.into_iter().chain(recorded).collect(),
        stages: ask.stages,
        branch: branch_of_run(world, call, pipeline).map(str::to_owned),
        notes: notes(&world.modes, call).unwrap_or_default().to_owned(),
        ..start::given(&ask.yaml)
    };
    let launch = Launch {
        scope: &call.scope,
        pipeline,
        body: &ask.body,
        origin: Origin::Manual(call.principal.clone()),
        mode: ask.mode,
        given,
        expression_values: ask.expression_values,
        context: Context::new(),
        at: call.now,
    };
    let number = start::start(world, launch)?;
    world.note_start(number, Some(call.request.into()));
    Ok(number)
}

/// A run that nobody asks for in person.
pub(crate) struct Triggered<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) pipeline: &'a str,
    /// A document with the root `pipeline`, or null.
    pub(crate) body: &'a Value,
    pub(crate) origin: Origin,
    /// What its expressions know of the event.
    pub(crate) context: Context,
    pub(crate) stages: Vec<String>,
    pub(crate) branch: Option<String>,
    /// Epoch ms.
    pub(crate) at: i64,
}

/// Starts a run that nobody asked for in person; its execution id.
pub(crate) fn start_by_trigger(world: &mut World, triggered: Triggered<'_>) -> Result<String, Failure> {
    let Triggered {
        scope,
        pipeline,
        body,
        origin,
        context,
        stages,
        branch,
        at,
    } = triggered;
    let given = Given {
        stages,
        branch,
        ..start::given(&start::written(body))
    };
    let launch = Launch {
        scope,
        pipeline,
        body,
        origin,
        mode: Mode::Normal,
        given,
        expression_values: BTreeMap::new(),
        context,
        at,
    };
    let number = start::start(world, launch)?;
    world.note_start(number, None);
    written(world, number).map(|run| run.id.clone())
}

fn written(world: &World, number: u32) -> Result<&Run, Failure> {
    world
        .runs
        .get(number)
        .ok_or_else(|| Failure::new(500, "UNKNOWN_ERROR", "the run was not kept"))
}
