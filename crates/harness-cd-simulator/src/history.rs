//! The history a project starts with: made up, the same for the same seed, in every status Harness knows.

use harness_cd_model::ExecutionStatus as Status;
use serde_json::{Value, json};

use crate::approvals::{self, approvers};
use crate::course::{self, ApprovalState};
use crate::executions::Start;
use crate::expression::Context;
use crate::inputs;
use crate::plan::{RunOutcome, Stage};
use crate::random::Random;
use crate::run::{Abort, ApprovalAction, Hold, Origin, Person, Run};
use crate::simulator::Simulator;
use crate::store::Kind;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// How far back the history reaches.
pub(crate) const SPAN_MS: i64 = 90 * DAY_MS;
/// How many executions all pipelines have together, at least.
const TOTAL: usize = 320;
/// How many the first pipeline has, at least.
const FIRST: usize = 72;
const LEAST: usize = 12;

const PEOPLE: [(&str, &str); 6] = [
    ("Amara Nwosu", "amara.nwosu@example.com"),
    ("Jonas Weber", "jonas.weber@example.com"),
    ("Priya Raman", "priya.raman@example.com"),
    ("Lucía Fernández", "lucia.fernandez@example.com"),
    ("Kenji Mori", "kenji.mori@example.com"),
    ("Zofia Kowalska", "zofia.kowalska@example.com"),
];

const REASONS: [&str; 4] = ["Weekly release", "Hotfix", "Configuration change", ""];

/// What is going to happen to a made-up run.
#[derive(Clone, Debug, PartialEq)]
enum Fate {
    /// It goes its way; people approve in time.
    Course(RunOutcome),
    /// Somebody aborts it.
    Aborted,
    /// Somebody refuses to approve it.
    Rejected,
    /// Nobody has approved it yet.
    Unapproved,
    /// A freeze stops it.
    Frozen,
    /// It takes this status by itself.
    Held(Status),
}

impl Fate {
    /// The statuses that do not come of themselves often enough, each as the fate that leads to it.
    fn of(status: &Status) -> Self {
        match status {
            Status::Running | Status::Success => Self::Course(RunOutcome::Success),
            Status::Failed => Self::Course(RunOutcome::FailDeploy),
            Status::Aborted => Self::Aborted,
            Status::ApprovalRejected => Self::Rejected,
            Status::ApprovalWaiting => Self::Unapproved,
            Status::AbortedByFreeze => Self::Frozen,
            other => Self::Held(other.clone()),
        }
    }

    /// Whether the first stage that runs suits: some fates need an approval, the others a deployment.
    fn suits(&self, first: &Stage) -> bool {
        match self {
            Self::Rejected | Self::Unapproved => first.target.is_none(),
            Self::Frozen | Self::Held(_) | Self::Aborted => first.target.is_some(),
            Self::Course(outcome) => *outcome == RunOutcome::Success || first.target.is_some(),
        }
    }
}

struct Seed {
    at: i64,
    fate: Fate,
    /// Whether any environment will do.
    anywhere: bool,
}

/// Adds the history of every pipeline before `now`.
pub(crate) fn seed(simulator: &mut Simulator, now: i64) {
    // The open questions are about what is to come, not about what was.
    let modes = std::mem::take(&mut simulator.modes);
    let mut random = Random::new(simulator.random.next());
    let mut pipelines: Vec<String> = simulator
        .store
        .all(Kind::Pipeline)
        .map(|entity| entity.identifier.clone())
        .collect();
    // The example's main service has the richest history.
    pipelines.sort_by_key(|id| !id.contains("payment"));
    for (index, pipeline) in pipelines.iter().enumerate() {
        let least = if index == 0 { FIRST } else { LEAST };
        let count = TOTAL.div_ceil(pipelines.len()).max(least);
        // Each status once, and what a reader of the main service looks for first.
        let shown = |k: usize, status: &Status| {
            k % pipelines.len() == index || (index == 0 && matches!(status, Status::Running | Status::ApprovalWaiting))
        };
        let known = Status::KNOWN.iter().enumerate();
        let special: Vec<&Status> = known
            .filter(|(k, status)| shown(*k, status))
            .map(|(_, status)| status)
            .collect();
        let seeds = seeds(count, &special, now, &mut random);
        let total = seeds.len();
        for (position, seed) in seeds.into_iter().enumerate() {
            add(simulator, pipeline, &seed, &tag(position, total), now, &mut random);
        }
    }
    simulator.modes = modes;
}

/// The runs of one pipeline, oldest first: ordinary ones, and one in each special status.
fn seeds(count: usize, special: &[&Status], now: i64, random: &mut Random) -> Vec<Seed> {
    let ordinary = i64::try_from(count.saturating_sub(special.len())).unwrap_or(0);
    let gap = SPAN_MS / ordinary.max(1);
    let mut seeds: Vec<Seed> = (0..ordinary)
        .map(|k| {
            let age = (ordinary - k) * gap - random.below(gap * 3 / 4);
            Seed {
                at: now - age.max(30 * MINUTE_MS),
                fate: ordinary_fate(random),
                anywhere: true,
            }
        })
        .collect();
    let mut recent = 0;
    for status in special {
        let age = match status {
            Status::Running => 10_000,
            status if status.phase().is_terminal() => DAY_MS + random.below(SPAN_MS - 2 * DAY_MS),
            _ => {
                recent += 1;
                (recent - 1) * 9 * 60 * MINUTE_MS + 10 * MINUTE_MS + random.below(120 * MINUTE_MS)
            }
        };
        seeds.push(Seed {
            at: now - age,
            fate: Fate::of(status),
            anywhere: false,
        });
    }
    seeds.sort_by_key(|seed| seed.at);
    seeds
}

fn ordinary_fate(random: &mut Random) -> Fate {
    match random.below(100) {
        0..=7 => Fate::Course(RunOutcome::FailDeploy),
        8..=12 => Fate::Course(RunOutcome::FailVerify),
        13..=15 => Fate::Aborted,
        16..=17 => Fate::Rejected,
        _ => Fate::Course(RunOutcome::Success),
    }
}

/// `v1.0.0` to `v2.x`, rising.
fn tag(position: usize, total: usize) -> String {
    let second_major = total * 3 / 5;
    match position.checked_sub(second_major) {
        Some(since) => format!("v2.{}.{}", since / 5, since % 5),
        None => format!("v1.{}.{}", position / 6, position % 6),
    }
}

fn add(simulator: &mut Simulator, pipeline: &str, seed: &Seed, tag: &str, now: i64, random: &mut Random) {
    let origin = origin(simulator, pipeline, random);
    let fate = start(simulator, pipeline, seed, tag, &origin, random);
    let Some((run, fate)) = simulator.runs.last_mut().zip(fate) else {
        return;
    };
    run.listed_from = run.started_at;
    befall(run, &fate, now, random);
}

/// Starts the run with inputs under which its fate can befall it; the fate as it is to be, or `None` where the pipeline
/// cannot be run with made-up inputs.
fn start(
    simulator: &mut Simulator,
    pipeline: &str,
    seed: &Seed,
    tag: &str,
    origin: &Origin,
    random: &mut Random,
) -> Option<Fate> {
    const TRIES: usize = 24;
    for attempt in 1..=TRIES {
        let body = simulator
            .store
            .get(Kind::Pipeline, "", pipeline, &simulator.modes)
            .ok()?
            .body
            .clone();
        let inputs = draw_inputs(&body, tag, random);
        if let Fate::Course(outcome) = seed.fate {
            simulator.outcomes.insert(pipeline.to_owned(), outcome);
        }
        let notes = random.choose(&REASONS).copied().unwrap_or_default();
        let start = Start {
            pipeline,
            inputs: &inputs,
            origin: origin.clone(),
            notes,
            context: Context::new(),
        };
        simulator.start(start, seed.at).ok()?;
        let first = simulator.runs.last().and_then(first_stage);
        let suits = match &seed.fate {
            Fate::Course(RunOutcome::Success) if !seed.anywhere => first.is_some_and(|stage| stage.target.is_some()),
            fate => first.is_some_and(|stage| fate.suits(stage)),
        };
        if suits {
            return Some(seed.fate.clone());
        }
        if attempt < TRIES {
            simulator.runs.pop();
        }
    }
    // A pipeline without an approval, or without anything else, takes the status by itself.
    Some(match &seed.fate {
        Fate::Rejected => Fate::Held(Status::ApprovalRejected),
        Fate::Unapproved => Fate::Held(Status::ApprovalWaiting),
        other => other.clone(),
    })
}

fn first_stage(run: &Run) -> Option<&Stage> {
    let mut stages = run.plan.lanes.iter().flat_map(|lane| &lane.stages);
    stages.find(|stage| {
        stage
            .condition
            .as_ref()
            .is_none_or(|condition| condition.holds == Ok(true))
    })
}

fn origin(simulator: &Simulator, pipeline: &str, random: &mut Random) -> Origin {
    let trigger = simulator
        .store
        .all(Kind::Trigger)
        .find(|trigger| trigger.parent == pipeline);
    match trigger.filter(|_| random.below(10) < 4) {
        Some(trigger) => Origin::Webhook {
            trigger: trigger.identifier.clone(),
            event: random.event_id(),
        },
        None => Origin::Manual(person(random)),
    }
}

fn person(random: &mut Random) -> Person {
    let (name, email) = random.choose(&PEOPLE).copied().unwrap_or_default();
    Person::new(name, email)
}

/// One of the allowed values for every variable that has some, the tag for one that is called so.
fn draw_inputs(pipeline: &Value, tag: &str, random: &mut Random) -> Value {
    let variables = pipeline
        .get("variables")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let drawn: Vec<Value> = variables
        .filter_map(|variable| {
            let name = variable.get("name")?.as_str()?;
            let choices = inputs::choices(variable.get("value")?)?;
            let value = match random.choose(&choices) {
                Some(choice) => choice.clone(),
                None if name.to_lowercase().contains("tag") => tag.to_owned(),
                None => return None,
            };
            Some(json!({ "name": name, "value": value }))
        })
        .collect();
    json!({ "pipeline": { "identifier": pipeline.get("identifier"), "variables": drawn } })
}

fn befall(run: &mut Run, fate: &Fate, now: i64, random: &mut Random) {
    match fate {
        Fate::Course(_) => approve_in_time(run, now, random),
        Fate::Unapproved => {}
        Fate::Rejected => reject(run, now, random),
        Fate::Aborted => {
            run.abort = Some(Abort {
                at: run.started_at + 8_000 + random.below(30_000),
                person: person(random),
            })
        }
        Fate::Frozen => run.frozen = true,
        Fate::Held(status) => run.hold = Some(hold(run.started_at, status)),
    }
}

/// Somebody approves each waiting step after a while; what has come up too late is left waiting.
fn approve_in_time(run: &mut Run, now: i64, random: &mut Random) {
    while let Some(asked_at) = waiting_since(run, now) {
        let at = asked_at + 4 * MINUTE_MS + random.below(110 * MINUTE_MS);
        if at > now || !approvals::approve_one(run, at) {
            return;
        }
    }
}

fn reject(run: &mut Run, now: i64, random: &mut Random) {
    let snapshot = course::at(run, now);
    let approvals = snapshot.approvals();
    let Some(state) = approvals.first() else {
        return;
    };
    let at = state.step.started_at + 3 * MINUTE_MS + random.below(25 * MINUTE_MS);
    let [person, _] = approvers();
    let action = ApprovalAction {
        instance: state.approval.instance.clone(),
        at,
        person,
        approves: false,
        comments: "Please wait for the other team".to_owned(),
        inputs: Vec::new(),
    };
    run.actions.push(action);
}

/// Since when the first approval that lacks approvers has been waiting.
fn waiting_since(run: &Run, now: i64) -> Option<i64> {
    let snapshot = course::at(run, now);
    let lacks =
        |state: &ApprovalState<'_, '_>| run.actions_on(&state.approval.instance).count() < state.approval.minimum_count;
    let state = snapshot.approvals().into_iter().find(lacks)?;
    let last = run.actions_on(&state.approval.instance).map(|action| action.at).max();
    Some(last.unwrap_or(state.step.started_at))
}

/// What keeps a run in the queue befalls it before its first stage, everything else in its first deployment.
fn hold(started_at: i64, status: &Status) -> Hold {
    let in_queue = matches!(
        status,
        Status::NotStarted
            | Status::Queued
            | Status::QueuedLicenseLimitReached
            | Status::QueuedExecutionConcurrencyReached
            | Status::QueuedGlobalInfraCapacityReached
            | Status::QueuedPlanCreation
            | Status::Skipped
    );
    let message = match status {
        Status::Errored => Some("Plan creation failed: connector not found"),
        Status::Expired => Some("Timed out waiting for a delegate"),
        Status::Suspended => Some("Suspended because an earlier node ended"),
        _ => None,
    };
    Hold {
        at: if in_queue { started_at } else { started_at + 5_000 },
        status: status.clone(),
        message: message.map(str::to_owned),
    }
}
