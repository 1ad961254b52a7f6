//! Which executions a list is asked for.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::targets::Targets;
use super::texts::{Texts, pattern};
use crate::api::filter_body::{boolean, list_of_objects, object, text, whole_number, wrong};
use crate::api::route::Call;
use crate::engine::run::{Origin, Run, Standing};
use crate::tables::pattern::Pattern;
use crate::tables::status::Status;
use crate::wire::body::read_json;
use crate::wire::respond::Failure;
use crate::world::World;

/// Filters of the query and of the body. Source: harness-api §3.4 [OAS, CORE PipelineExecutionFilterPropertiesDTO],
/// §12.14, §12.33.
pub(crate) struct Filter {
    pipelines: Texts,
    executions: Texts,
    trigger_types: Texts,
    triggers: Texts,
    input_sets: Texts,
    targets: Targets,
    tags: BTreeSet<String>,
    /// The query's and the body's, both of which have to fit.
    statuses: [BTreeSet<Status>; 2],
    /// Epoch ms, both included.
    started: Option<RangeInclusive<i64>>,
    name: Option<Pattern>,
    search: Option<Pattern>,
    module: Option<String>,
    branch: Option<String>,
    repo: Option<String>,
    /// Only what this person started by hand.
    only_of: Option<String>,
    pub(super) shows: Shows,
}

/// Which of the attempts of a retried run are shown. Source: harness-api §12.9 [CORE].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    Latest,
    All,
}

impl Filter {
    /// Source: harness-api §12.33 [CORE]: no body is the default filter, a body without `filterType` a 400; §12.14
    /// [CORE]: `filterIdentifier` together with a body is a 400.
    pub(crate) fn read(call: &Call<'_>) -> Result<Self, Failure> {
        let has_body = !call.request.body.iter().all(u8::is_ascii_whitespace);
        if let Some(saved) = call.parameter("filterIdentifier") {
            return Err(match has_body {
                true => Failure::invalid("Can not apply both filter properties and saved filter together"),
                false => Failure::not_simulated(&format!("the saved filter [{saved}]")),
            });
        }
        match has_body {
            true => Self::of_body(call, &read_json(&call.request.body)?),
            false => Self::of_body(call, &json!({ "filterType": "PipelineExecution" })),
        }
    }

    /// The filter of the query and of a body that was read.
    pub(crate) fn of_body(call: &Call<'_>, body: &Value) -> Result<Self, Failure> {
        if body.get("filterType").and_then(Value::as_str) != Some("PipelineExecution") {
            return Err(Failure::invalid("filterType: must be PipelineExecution"));
        }
        if let Some(mode) = text(body, "executionModeFilter")? {
            return Err(Failure::not_simulated(&format!("executionModeFilter [{mode}]")));
        }
        let mut pipelines = Texts::of(body, "pipelineIdentifiers")?;
        pipelines.add(call.parameter("pipelineIdentifier"));
        let in_query: Vec<&str> = call.request.parameters_named("status").collect();
        let in_body = Texts::of(body, "status")?;
        let (branch, repo) = (text(body, "branchName")?, text(body, "repo")?);
        Ok(Self {
            pipelines,
            executions: Texts::of(body, "planExecutionIds")?,
            trigger_types: trigger_types(body)?,
            triggers: Texts::of(body, "triggerIdentifiers")?,
            input_sets: Texts::of(body, "inputSetIdentifiers")?,
            targets: Targets::read(body)?,
            tags: tags(body)?,
            statuses: [statuses(in_query.into_iter())?, statuses(in_body.iter())?],
            started: time_range(body)?,
            name: text(body, "pipelineName")?.map(pattern).transpose()?,
            search: call.parameter("searchTerm").map(pattern).transpose()?,
            module: call.parameter("module").map(str::to_lowercase),
            branch: call.parameter("branch").or(branch).map(str::to_owned),
            repo: call.parameter("repoName").or(repo).map(str::to_owned),
            only_of: is_set(call, body, "myDeployments")?.then(|| call.principal.uuid()),
            shows: if is_set(call, body, "showAllExecutions")? {
                Shows::All
            } else {
                Shows::Latest
            },
        })
    }

    /// Whether a run fits, as far as its state does not matter.
    pub(crate) fn takes_run(&self, world: &World, run: &Run) -> bool {
        self.pipelines.take(&run.pipeline)
            && self.shows_child(run)
            && self.executions.take(&run.id)
            && (self.shows == Shows::All || run.standing == Standing::Latest)
            && self.trigger_types.take(run.origin.trigger_type())
            && self.triggers.take_any(run.origin.trigger().into_iter())
            && self
                .input_sets
                .take_any(run.given.input_sets.iter().map(String::as_str))
            && self
                .started
                .as_ref()
                .is_none_or(|range| range.contains(&run.started_at))
            && (self.tags.is_empty() || texts_of_tags(run).any(|text| self.tags.contains(text)))
            && self
                .name
                .as_ref()
                .is_none_or(|name| names(run).any(|text| name.matches(text)))
            && self
                .search
                .as_ref()
                .is_none_or(|term| names(run).chain(texts_of_tags(run)).any(|text| term.matches(text)))
            && self.only_of.as_ref().is_none_or(|person| is_by_hand_of(run, person))
            && self.takes_source(world, run)
    }

    /// Source: harness-api §3.4 [CORE PMSExecutionServiceImpl]: runs that a stage of another run has started are shown
    /// only where a pipeline is named.
    fn shows_child(&self, run: &Run) -> bool {
        !self.pipelines.is_empty() || !matches!(run.origin, Origin::Chained { .. })
    }

    fn takes_source(&self, world: &World, run: &Run) -> bool {
        let repo = || world.place_of(run).map(|place| &place.repo);
        self.branch
            .as_ref()
            .is_none_or(|branch| run.given.branch.as_ref() == Some(branch))
            && self.repo.as_ref().is_none_or(|wanted| repo() == Some(wanted))
            && self
                .module
                .as_ref()
                .is_none_or(|module| is_of_module(&world.runs.blueprint(run).modules(), module))
    }

    /// Whether it fits at `now`.
    pub(crate) fn takes_state(&self, world: &World, run: &Run, now: i64) -> bool {
        self.takes_status(world, run, now) && self.targets.take(world, run, now)
    }

    fn takes_status(&self, world: &World, run: &Run, now: i64) -> bool {
        if self.statuses.iter().all(BTreeSet::is_empty) {
            return true;
        }
        let status = world.runs.status(run, now);
        self.statuses
            .iter()
            .all(|wanted| wanted.is_empty() || wanted.contains(&status))
    }
}

/// Source: harness-api §12.33 [CORE]: a term is looked for in identifier, name, tag keys and values.
fn names(run: &Run) -> impl Iterator<Item = &str> {
    [run.pipeline.as_str(), run.pipeline_name.as_str()].into_iter()
}

fn texts_of_tags(run: &Run) -> impl Iterator<Item = &str> {
    run.tags.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()])
}

/// Source: harness-api §3.4 [CORE PMSExecutionServiceImpl]: what somebody else's key, a trigger or another run has started
/// is not mine.
fn is_by_hand_of(run: &Run, person: &str) -> bool {
    matches!(&run.origin, Origin::Manual(principal) if principal.uuid() == person)
}

/// Source: harness-api §12.33 [CORE]: `module` keeps runs whose modules are exactly pms or contain it.
fn is_of_module(modules: &[&str], wanted: &str) -> bool {
    modules == ["pms"] || modules.contains(&wanted)
}

/// Source: harness-api §12.14 [CORE]: an unknown value in a status filter is a 400.
fn statuses<'t>(texts: impl Iterator<Item = &'t str>) -> Result<BTreeSet<Status>, Failure> {
    let read = |text: &str| {
        Status::of_filter(text).ok_or_else(|| Failure::invalid(format!("status [{text}] is not an execution status")))
    };
    texts.map(read).collect()
}

/// Source: harness-api §12.17 [CORE]: the types; that another one is a 400, as a status is, is invented.
const TRIGGER_TYPES: [&str; 7] = [
    "NOOP",
    "MANUAL",
    "WEBHOOK",
    "WEBHOOK_CUSTOM",
    "SCHEDULER_CRON",
    "ARTIFACT",
    "MANIFEST",
];

fn trigger_types(body: &Value) -> Result<Texts, Failure> {
    let types = Texts::of(body, "triggerTypes")?;
    let unknown = types
        .iter()
        .find(|text| !TRIGGER_TYPES.contains(text))
        .map(str::to_owned);
    match unknown {
        Some(text) => Err(Failure::invalid(format!(
            "triggerTypes [{text}] is not a type of trigger"
        ))),
        None => Ok(types),
    }
}

/// A switch of the query or of the body. Invented: what is neither true nor false is a 400 in both.
fn is_set(call: &Call<'_>, body: &Value, name: &str) -> Result<bool, Failure> {
    let in_query = match call.parameter(name) {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return Err(wrong(name, "true or false")),
    };
    Ok(boolean(body, name)?.unwrap_or_default() || in_query)
}

/// Source: harness-api §3.4 [CORE PMSExecutionServiceImpl]: a range has both ends, or it is a 400.
fn time_range(body: &Value) -> Result<Option<RangeInclusive<i64>>, Failure> {
    let range = object(body, "timeRange")?;
    match (whole_number(range, "startTime")?, whole_number(range, "endTime")?) {
        (None, None) => Ok(None),
        (Some(from), Some(to)) => Ok(Some(from..=to)),
        _ => Err(Failure::invalid(
            "startTime or endTime is not provided in TimeRange filter",
        )),
    }
}

/// Source: harness-api §3.4 [CORE PMSExecutionServiceImpl]: whichever text of the filter is the key or the value of a tag
/// fits, so that a pair is no pair.
fn tags(body: &Value) -> Result<BTreeSet<String>, Failure> {
    let mut texts = BTreeSet::new();
    for tag in list_of_objects(body, "pipelineTags")? {
        let pair = [text(tag, "key")?, text(tag, "value")?];
        texts.extend(pair.into_iter().flatten().map(str::to_owned));
    }
    Ok(texts)
}
