//! The history that projects start with: made up, the same for the same seed, in every status Harness is known to have.

mod fate;
mod inputs;

use std::collections::BTreeMap;

use serde_json::Value;

use self::fate::{Fate, befall};
use crate::engine::blueprint::Blueprint;
use crate::engine::run::{Given, Mode, Origin};
use crate::launch::start::{self, Launch};
use crate::state::entity::{Entity, Kind};
use crate::state::people::Principal;
use crate::state::random::Random;
use crate::state::scope::Scope;
use crate::tables::expression::Context;
use crate::tables::invented::DAY_MS;
use crate::tables::status::Status;
use crate::world::World;

const MINUTE_MS: i64 = 60_000;
/// How far back the history reaches.
pub(crate) const SPAN_MS: i64 = 90 * DAY_MS;
/// How many executions the first pipeline has at least, and every other one.
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

/// A run that is to be made up.
struct Seed {
    at: i64,
    fate: Fate,
    /// Whether it has to show its status, or just be one of many.
    role: SeedRole,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SeedRole {
    Ordinary,
    Special,
}

/// What is kept of a pipeline's tree to make up a history: what it asks for besides its stages, and the blueprint of
/// those.
pub(crate) struct Sketch {
    scope: Scope,
    identifier: String,
    asked: Value,
    key: u64,
    blueprint: Blueprint,
}

impl Sketch {
    /// `None` for what is no pipeline, has no stages, or asks for what cannot be made up.
    pub(crate) fn of(entity: &Entity, tree: Value) -> Option<Self> {
        (entity.kind == Kind::Pipeline).then_some(())?;
        let asked = inputs::asked(&tree);
        let (key, shape) = start::shape(tree);
        inputs::can_be_made_up(&shape).then_some(())?;
        Some(Self {
            scope: entity.scope.clone(),
            identifier: entity.identifier.clone(),
            asked,
            key,
            blueprint: Blueprint::read(&shape).ok()?,
        })
    }
}

/// A pipeline that a history is made up for.
struct Told {
    scope: Scope,
    identifier: String,
    trigger: Option<String>,
    asked: Value,
    blueprint: u64,
}

/// Adds the history of every pipeline before `now`, some `total` executions together.
pub(crate) fn seed(world: &mut World, sketches: Vec<Sketch>, total: usize, now: i64) {
    if total == 0 {
        return;
    }
    // The open questions are about what is to come, not about what was.
    let modes = std::mem::take(&mut world.modes);
    let pace = std::mem::replace(&mut world.pace, 1.0);
    let mut random = Random::new(world.random.next());
    let pipelines = told(world, sketches);
    for (index, pipeline) in pipelines.iter().enumerate() {
        let least = if index == 0 { FIRST } else { LEAST };
        let count = total.div_ceil(pipelines.len()).max(least.min(total));
        let special: Vec<Status> = special(index, pipelines.len());
        let seeds = seeds(count, &special, now, &mut random);
        let total = seeds.len();
        for (position, seed) in seeds.into_iter().enumerate() {
            add(world, pipeline, &seed, &inputs::tag(position, total), now, &mut random);
        }
    }
    world.modes = modes;
    world.pace = pace;
}

/// Each status once among all pipelines, and what a reader of the first one looks for first.
fn special(index: usize, pipelines: usize) -> Vec<Status> {
    let is_shown = |k: usize, status: Status| {
        k % pipelines == index || (index == 0 && matches!(status, Status::Running | Status::ApprovalWaiting))
    };
    // What appeared later comes by a scenario.
    let known = Status::all()
        .filter(|status| *status != Status::SuccessWithWarnings)
        .enumerate();
    known
        .filter(|(k, status)| is_shown(*k, *status))
        .map(|(_, status)| status)
        .collect()
}

/// The pipelines in the order in which their histories are made up, with their blueprints kept.
fn told(world: &mut World, mut sketches: Vec<Sketch>) -> Vec<Told> {
    // The example's main service has the richest history.
    sketches.sort_by_key(|sketch| !sketch.identifier.contains("payment"));
    let triggers: BTreeMap<(Scope, String), String> = world
        .store
        .everywhere(Kind::Trigger)
        .map(|trigger| {
            (
                (trigger.scope.clone(), trigger.parent.clone()),
                trigger.identifier.clone(),
            )
        })
        .collect();
    let told = |sketch: Sketch| Told {
        trigger: triggers
            .get(&(sketch.scope.clone(), sketch.identifier.clone()))
            .cloned(),
        blueprint: world.runs.keep_made(sketch.key, sketch.blueprint),
        scope: sketch.scope,
        identifier: sketch.identifier,
        asked: sketch.asked,
    };
    sketches.into_iter().map(told).collect()
}

/// The runs of one pipeline, oldest first: ordinary ones, and one in each special status.
fn seeds(count: usize, special: &[Status], now: i64, random: &mut Random) -> Vec<Seed> {
    let ordinary = i64::try_from(count.saturating_sub(special.len())).unwrap_or(0);
    let gap = SPAN_MS / ordinary.max(1);
    let mut seeds: Vec<Seed> = (0..ordinary)
        .map(|k| {
            let age = (ordinary - k) * gap - random.below(gap * 3 / 4);
            Seed {
                at: now - age.max(30 * MINUTE_MS),
                fate: Fate::ordinary(random),
                role: SeedRole::Ordinary,
            }
        })
        .collect();
    let mut recent = 0;
    for status in special {
        let age = match status {
            Status::Running => 10_000,
            status if status.has_ended() => DAY_MS + random.below(SPAN_MS - 2 * DAY_MS),
            _ => {
                recent += 1;
                (recent - 1) * 9 * 60 * MINUTE_MS + 10 * MINUTE_MS + random.below(120 * MINUTE_MS)
            }
        };
        seeds.push(Seed {
            at: now - age,
            fate: Fate::of(*status),
            role: SeedRole::Special,
        });
    }
    seeds.sort_by_key(|seed| seed.at);
    seeds
}

fn add(world: &mut World, pipeline: &Told, seed: &Seed, tag: &str, now: i64, random: &mut Random) {
    let origin = origin(pipeline, random);
    let Some((number, fate)) = begin(world, pipeline, seed, tag, &origin, random) else {
        return;
    };
    if let Some(run) = world.runs.get_mut(number) {
        run.listed_from = run.started_at;
        run.readable_from = run.started_at;
    }
    // Nobody is told of what was before.
    world.told.tell(number, now);
    befall(world, number, &fate, now, random);
}

/// Starts the run with inputs under which its fate can befall it; with the fate as it is to be.
fn begin(
    world: &mut World,
    pipeline: &Told,
    seed: &Seed,
    tag: &str,
    origin: &Origin,
    random: &mut Random,
) -> Option<(u32, Fate)> {
    const TRIES: usize = 24;
    let mut last = None;
    for _ in 0..TRIES {
        if let Some(unsuited) = last.take() {
            world.runs.forget_last(unsuited);
        }
        let filled = inputs::draw(&pipeline.asked, tag, random);
        let launch = Launch {
            scope: &pipeline.scope,
            pipeline: &pipeline.identifier,
            body: &Value::Null,
            origin: origin.clone(),
            mode: Mode::Normal,
            given: Given {
                notes: random.choose(&REASONS).copied().unwrap_or_default().to_owned(),
                ..start::given(&inputs::body(&filled))
            },
            expression_values: BTreeMap::new(),
            context: Context::new(),
            at: seed.at,
        };
        let number = start::begin(world, launch, &filled, pipeline.blueprint, seed.fate.scenario()).ok()?;
        if seed.fate.suits(world, number, seed.role) {
            return Some((number, seed.fate.clone()));
        }
        last = Some(number);
    }
    // A pipeline without an approval, or without anything else, takes the status by itself.
    Some((last?, seed.fate.by_itself()))
}

fn origin(pipeline: &Told, random: &mut Random) -> Origin {
    match pipeline.trigger.as_ref().filter(|_| random.below(10) < 4) {
        Some(trigger) => Origin::Webhook {
            trigger: trigger.clone(),
            event: random.event_id(),
        },
        None => Origin::Manual(person(random)),
    }
}

fn person(random: &mut Random) -> Principal {
    let (name, email) = random.choose(&PEOPLE).copied().unwrap_or_default();
    Principal::user(name, email)
}
