//! Running pipelines, and what ran.

use std::cmp::Reverse;

use harness_cd_model::ExecutionStatus;
use serde_json::{Value, json};

use crate::course::{self, Snapshot};
use crate::expression::Context;
use crate::http::Request;
use crate::inputs::{self, scalar_text};
use crate::modes::{Freeze, Policy};
use crate::pipelines::{read_yaml, strings};
use crate::plan;
use crate::respond::{Failure, Outcome, Page, Reply, spring_page};
use crate::run::{Abort, Hold, Origin, Run};
use crate::simulator::{Simulator, key_owner, read_json, unknown_path, wrong_method};
use crate::store::{self, Kind};
use crate::views::{self, GraphPart};

/// How long the list of executions does not know a new one.
/// Source: Harness API facts, execution detail: right after a run, reading may lag for seconds.
const LISTING_LAG_MS: i64 = 1_000;

/// What a run is started with.
pub(crate) struct Start<'a> {
    pub(crate) pipeline: &'a str,
    /// A document with the root `pipeline`, or null.
    pub(crate) inputs: &'a Value,
    pub(crate) origin: Origin,
    pub(crate) notes: &'a str,
    /// Further expressions that the run knows.
    pub(crate) context: Context,
}

impl Simulator {
    pub(crate) fn execute(&mut self, request: &Request, rest: &[&str], now: i64) -> Outcome {
        self.check_scope(request)?;
        match (request.method.as_str(), rest) {
            ("PUT", ["interrupt", id]) => self.interrupt(request, id, now),
            // Source: Harness API facts, retry: a PUT on an execution's id is a 405.
            ("PUT", ["retry", _]) | (_, ["interrupt", _]) => Err(wrong_method()),
            ("POST", [id]) => self.run_pipeline(request, id, now),
            (_, [_]) => Err(wrong_method()),
            _ => Err(unknown_path()),
        }
    }

    fn run_pipeline(&mut self, request: &Request, id: &str, now: i64) -> Outcome {
        let inputs = if request.body.iter().all(u8::is_ascii_whitespace) {
            Value::Null
        } else {
            read_yaml(request)?.1
        };
        let start = Start {
            pipeline: id,
            inputs: &inputs,
            origin: Origin::Manual(key_owner()),
            notes: request.parameter("notesForPipelineExecution").unwrap_or_default(),
            context: Context::new(),
        };
        let execution = self.start(start, now)?;
        let run = self.run(&execution)?;
        let snapshot = course::at(run, now);
        let scope = &self.store.scope;
        Ok(Reply::Enveloped(
            json!({ "planExecution": views::plan_execution(run, &snapshot, scope), "gitDetails": {} }),
        ))
    }

    /// Starts a run; its execution id.
    ///
    /// Source: Harness API facts, run: the body's identifier is the path's, required inputs have values, and values pass
    /// their validators; otherwise 400. A denied run is accepted and ends `Errored`.
    pub(crate) fn start(&mut self, start: Start<'_>, now: i64) -> Result<String, Failure> {
        let id = start.pipeline;
        let entity = self.store.get(Kind::Pipeline, "", id, &self.modes)?;
        let supplied = start.inputs.get("pipeline").unwrap_or(&Value::Null);
        if !start.inputs.is_null() && supplied.get("identifier").and_then(Value::as_str) != Some(id) {
            return Err(Failure::invalid(format!(
                "The pipeline identifier in the runtime input YAML is not [{id}]"
            )));
        }
        if self.modes.freeze == Freeze::RefusesRun {
            let message = "Execution can't be performed because one or more deployment freeze windows are active";
            return Err(Failure::new(400, "FREEZE_EXCEPTION", message));
        }
        let filled = inputs::fill(&entity.body, supplied).map_err(|problems| Failure::invalid(problems.join("; ")))?;
        let (pipeline_name, tags) = (entity.name(), entity.tags());
        let run_id = self.random.id();
        let context = context(&filled, &run_id, &start);
        let outcome = self.outcomes.remove(id).unwrap_or_default();
        let plan = plan::make(&filled, &context, &self.store, outcome, &mut self.random).map_err(Failure::invalid)?;
        let denied = self.modes.run_policy == Policy::Deny;
        let run = Run {
            id: run_id,
            pipeline: id.to_owned(),
            pipeline_name,
            tags: tags
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, value)| (key.clone(), scalar_text(value)))
                .collect(),
            number: self.runs.iter().filter(|run| run.pipeline == id).count() as u64 + 1,
            started_at: now,
            listed_from: now + LISTING_LAG_MS,
            origin: start.origin,
            plan,
            notes: start.notes.to_owned(),
            actions: Vec::new(),
            abort: None,
            hold: denied.then(|| Hold {
                at: now,
                status: ExecutionStatus::Errored,
                message: Some("Policy evaluation denied the execution".to_owned()),
            }),
            frozen: self.modes.freeze == Freeze::AbortsRun,
            policy: self.modes.run_policy,
        };
        let execution = run.id.clone();
        self.runs.push(run);
        Ok(execution)
    }

    /// Source: Harness API facts, interrupts: the pipeline route knows AbortAll and UserMarkedFailure, in the query alone;
    /// aborting what has ended is refused.
    fn interrupt(&mut self, request: &Request, id: &str, now: i64) -> Outcome {
        let kind = request.parameter("interruptType");
        let kind = kind
            .ok_or_else(|| Failure::missing_parameters(vec!["interruptType"]))?
            .to_owned();
        if !request.body.is_empty() {
            return Err(Failure::invalid("the interrupt takes no body"));
        }
        if kind != "AbortAll" {
            return Err(Failure::invalid(format!(
                "query param interruptType [{kind}] is not one of [AbortAll]"
            )));
        }
        let index = self.run_index(id)?;
        let interrupt = self.random.id();
        let run = self.runs.get_mut(index).ok_or_else(unknown_path)?;
        if run.abort.is_some() || course::at(run, now).status.phase().is_terminal() {
            let message = format!("PlanExecution [{id}] is already aborted or has ended");
            return Err(Failure::new(400, "ABORT_ALL_ALREADY_NG", message));
        }
        run.abort = Some(Abort {
            at: now,
            person: key_owner(),
        });
        Ok(Reply::Enveloped(
            json!({ "id": interrupt, "type": kind, "planExecutionId": id }),
        ))
    }

    pub(crate) fn executions(&mut self, request: &Request, rest: &[&str], now: i64) -> Outcome {
        self.check_scope(request)?;
        match (request.method.as_str(), rest) {
            ("POST", ["summary"]) => self.list_executions(request, now),
            ("GET", ["v2", id]) => self.execution_detail(request, id, now),
            ("GET", [id, "notes"]) => {
                let run = self.run(id)?;
                Ok(Reply::Enveloped(json!({ "notes": run.notes })))
            }
            ("PUT", [id, "notes"]) => self.write_notes(request, id),
            (_, ["summary"] | ["v2", _] | [_, "notes"]) => Err(wrong_method()),
            _ => Err(unknown_path()),
        }
    }

    fn write_notes(&mut self, request: &Request, id: &str) -> Outcome {
        let index = self.run_index(id)?;
        let notes = request.parameter("notesForPipelineExecution").unwrap_or_default();
        if let Some(run) = self.runs.get_mut(index) {
            notes.clone_into(&mut run.notes);
        }
        Ok(Reply::Enveloped(json!({ "notes": notes })))
    }

    pub(crate) fn run(&self, id: &str) -> Result<&Run, Failure> {
        self.runs.get(self.run_index(id)?).ok_or_else(unknown_path)
    }

    pub(crate) fn run_index(&self, id: &str) -> Result<usize, Failure> {
        let message = || format!("Plan Execution Summary does not exist or has been deleted for planExecutionId: {id}");
        self.runs
            .iter()
            .position(|run| run.id == id)
            .ok_or_else(|| store::not_found(message(), &self.modes))
    }

    /// Source: Harness API facts, execution detail: the graph is absent unless `stageNodeId` or
    /// `renderFullBottomGraph=true` is given.
    fn execution_detail(&self, request: &Request, id: &str, now: i64) -> Outcome {
        let run = self.run(id)?;
        let snapshot = course::at(run, now);
        let scope = &self.store.scope;
        let mut data = json!({ "pipelineExecutionSummary": views::summary(run, &snapshot, scope) });
        let part = match request.parameter("stageNodeId") {
            Some(stage) => Some(GraphPart::Stage(stage)),
            None => (request.parameter("renderFullBottomGraph") == Some("true")).then_some(GraphPart::Whole),
        };
        if let (Some(part), Value::Object(fields)) = (part, &mut data) {
            fields.insert(
                "executionGraph".to_owned(),
                views::execution_graph(run, &snapshot, &part, scope),
            );
        }
        Ok(Reply::Enveloped(data))
    }

    /// Source: Harness API facts, list executions: newest first, a Spring page, `filterType` required in the body.
    fn list_executions(&self, request: &Request, now: i64) -> Outcome {
        let page = Page::read(request.parameter("page"), request.parameter("size"))?;
        let body: Value = if request.body.is_empty() {
            Value::Null
        } else {
            read_json(&request.body)?
        };
        if body.get("filterType").and_then(Value::as_str) != Some("PipelineExecution") {
            return Err(Failure::invalid("filterType: must be PipelineExecution"));
        }
        let filter = Filter::read(request, &body)?;
        let mut found: Vec<(&Run, Snapshot<'_>)> = self
            .runs
            .iter()
            .filter(|run| run.listed_from <= now && filter.takes_run(run))
            .map(|run| (run, course::at(run, now)))
            .filter(|(_, snapshot)| filter.takes_state(snapshot))
            .collect();
        found.sort_by_key(|(run, _)| Reverse((run.started_at, run.number)));
        let total = found.len();
        let scope = &self.store.scope;
        let content = page
            .cut(found)
            .iter()
            .map(|(run, snapshot)| views::summary(run, snapshot, scope))
            .collect();
        Ok(Reply::Enveloped(spring_page(content, page, total)))
    }
}

/// What the run's expressions may name.
fn context(pipeline: &Value, run_id: &str, start: &Start<'_>) -> Context {
    let mut context = start.context.clone();
    let text = |key: &str| pipeline.get(key).map(scalar_text).unwrap_or_default();
    context.insert("pipeline.executionId".to_owned(), run_id.to_owned());
    context.insert("pipeline.identifier".to_owned(), text("identifier"));
    context.insert("pipeline.name".to_owned(), text("name"));
    if let Origin::Manual(person) = &start.origin {
        context.insert("pipeline.triggeredBy.name".to_owned(), person.name.clone());
        context.insert("pipeline.triggeredBy.email".to_owned(), person.email.clone());
    }
    let variables = pipeline.get("variables").and_then(Value::as_array);
    for variable in variables.into_iter().flatten() {
        if let (Some(name), Some(value)) = (variable.get("name").and_then(Value::as_str), variable.get("value")) {
            context.insert(format!("pipeline.variables.{name}"), scalar_text(value));
        }
    }
    context
}

/// Source: Harness API facts, list executions: the filters of the query and of the body.
struct Filter<'a> {
    pipelines: Vec<&'a str>,
    executions: Vec<&'a str>,
    triggers: Vec<&'a str>,
    statuses: Vec<ExecutionStatus>,
    services: Vec<&'a str>,
    environments: Vec<&'a str>,
    from_ms: i64,
    to_ms: i64,
    search: Option<String>,
}

impl<'a> Filter<'a> {
    fn read(request: &'a Request, body: &'a Value) -> Result<Self, Failure> {
        let mut pipelines = strings(body, "/pipelineIdentifiers");
        pipelines.extend(request.parameter("pipelineIdentifier"));
        let statuses = strings(body, "/status")
            .into_iter()
            .chain(request.parameters_named("status"));
        let time = |pointer: &str| match body.pointer(pointer) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value
                .as_i64()
                .map(Some)
                .ok_or_else(|| Failure::invalid("timeRange: epoch ms expected")),
        };
        Ok(Self {
            pipelines,
            executions: strings(body, "/planExecutionIds"),
            triggers: strings(body, "/triggerTypes"),
            statuses: statuses.map(ExecutionStatus::parse).collect(),
            services: strings(body, "/moduleProperties/cd/serviceIdentifiers"),
            environments: strings(body, "/moduleProperties/cd/envIdentifiers"),
            from_ms: time("/timeRange/startTime")?.unwrap_or(i64::MIN),
            to_ms: time("/timeRange/endTime")?.unwrap_or(i64::MAX),
            search: request.parameter("searchTerm").map(str::to_lowercase),
        })
    }

    fn takes_run(&self, run: &Run) -> bool {
        let trigger = match run.origin {
            Origin::Manual(_) => "MANUAL",
            Origin::Webhook { .. } => "WEBHOOK_CUSTOM",
        };
        is_wanted(&self.pipelines, &run.pipeline.as_str())
            && is_wanted(&self.executions, &run.id.as_str())
            && is_wanted(&self.triggers, &trigger)
            && (self.from_ms..=self.to_ms).contains(&run.started_at)
            && self
                .search
                .as_ref()
                .is_none_or(|term| run.pipeline_name.to_lowercase().contains(term))
    }

    fn takes_state(&self, snapshot: &Snapshot<'_>) -> bool {
        let deploys = |wanted: &[&str], pick: fn(&plan::Target) -> &str| {
            wanted.is_empty()
                || snapshot
                    .stages()
                    .filter_map(views::resolved_target)
                    .any(|target| wanted.contains(&pick(target)))
        };
        is_wanted(&self.statuses, &snapshot.status)
            && deploys(&self.services, |target| &target.service)
            && deploys(&self.environments, |target| &target.environment)
    }
}

fn is_wanted<T: PartialEq>(wanted: &[T], value: &T) -> bool {
    wanted.is_empty() || wanted.contains(value)
}
