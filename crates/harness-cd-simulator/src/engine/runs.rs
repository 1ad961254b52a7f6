//! Every run, and the blueprints they follow.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::blueprint::Blueprint;
use super::lanes;
use super::run::{Admission, Ended, Mode, Run};
use super::snapshot::Snapshot;
use super::target::Target;
use crate::state::ids;
use crate::state::scope::Scope;
use crate::tables::status::Status;

/// Numbers of runs, in the order of their start (epoch ms).
type Started = BTreeSet<(i64, u32)>;

/// Every run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Runs {
    /// By their numbers; nothing for one that is gone.
    runs: Vec<Option<Box<Run>>>,
    /// Those that nobody finds any more, where what others came to follows from them.
    bygone: BTreeMap<u32, Box<Run>>,
    next: u32,
    blueprints: BTreeMap<u64, Blueprint>,
    /// Numbers by project, in the order of their start.
    order: Vec<(Scope, Started)>,
    /// The same by pipeline.
    order_of_pipeline: Vec<(Scope, BTreeMap<String, Started>)>,
    /// How many executions each pipeline has had.
    sequences: Vec<(Scope, BTreeMap<String, u64>)>,
    /// The runs that were rolled back.
    rolled_back: BTreeSet<u32>,
    /// The runs that time may do something to besides letting them go on, until they have ended.
    watched: BTreeSet<u32>,
    /// What a run without a blueprint would follow; there is none.
    #[serde(skip)]
    nothing: Blueprint,
}

impl Runs {
    /// The number that the next run takes.
    pub(crate) fn next_number(&self) -> u32 {
        self.next
    }

    /// The number that the next execution of a pipeline takes, from 1.
    pub(crate) fn next_sequence(&self, scope: &Scope, pipeline: &str) -> u64 {
        let of_scope = self.sequences.iter().find(|(own, _)| own == scope);
        of_scope
            .and_then(|(_, counts)| counts.get(pipeline))
            .map_or(1, |count| count + 1)
    }

    /// The number of the run, which was made with [`Runs::next_number`].
    pub(crate) fn add(&mut self, run: Run) -> u32 {
        let number = run.number;
        self.next = self.next.max(number.saturating_add(1));
        let start = (run.started_at, number);
        in_scope(&mut self.order, &run.scope, |order| {
            order.insert(start);
        });
        in_scope(&mut self.order_of_pipeline, &run.scope, |pipelines| {
            pipelines.entry(run.pipeline.clone()).or_default().insert(start);
        });
        self.count(&run);
        if let Mode::Rollback { of, .. } = run.mode {
            self.rolled_back.insert(of);
        }
        let blueprint = self.blueprint(&run);
        if run.admission == Admission::Queued
            || blueprint.depends_on_others()
            || !blueprint.notification_rules.is_empty()
        {
            self.watched.insert(number);
        }
        let length = self.runs.len().max(index(number) + 1);
        self.runs.resize_with(length, || None);
        if let Some(place) = self.runs.get_mut(index(number)) {
            *place = Some(Box::new(run));
        }
        number
    }

    fn count(&mut self, run: &Run) {
        in_scope(&mut self.sequences, &run.scope, |counts| {
            counts.insert(run.pipeline.clone(), run.sequence);
        });
    }

    /// Takes a run back that was just added.
    pub(crate) fn forget_last(&mut self, number: u32) {
        let Some(run) = self.runs.get_mut(index(number)).and_then(Option::take) else {
            return;
        };
        self.watched.remove(&number);
        let start = (run.started_at, number);
        in_scope(&mut self.order, &run.scope, |order| {
            order.remove(&start);
        });
        in_scope(&mut self.order_of_pipeline, &run.scope, |pipelines| {
            pipelines.entry(run.pipeline.clone()).or_default().remove(&start);
        });
        in_scope(&mut self.sequences, &run.scope, |counts| {
            counts.insert(run.pipeline.clone(), run.sequence.saturating_sub(1));
        });
    }

    /// Keeps a blueprint, under a number that follows from what it was made of.
    pub(crate) fn keep(&mut self, key: u64, make: impl FnOnce() -> Result<Blueprint, String>) -> Result<u64, String> {
        if let std::collections::btree_map::Entry::Vacant(entry) = self.blueprints.entry(key) {
            entry.insert(make()?);
        }
        Ok(key)
    }

    /// Keeps a blueprint that was made before; its key.
    pub(crate) fn keep_made(&mut self, key: u64, blueprint: Blueprint) -> u64 {
        self.blueprints.insert(key, blueprint);
        key
    }

    pub(crate) fn blueprint(&self, run: &Run) -> &Blueprint {
        self.blueprints.get(&run.blueprint).unwrap_or(&self.nothing)
    }

    /// The blueprint that is kept under a number.
    pub(crate) fn kept(&self, blueprint: u64) -> Option<&Blueprint> {
        self.blueprints.get(&blueprint)
    }

    /// Whether a blueprint has a stage that deploys.
    pub(crate) fn deploys(&self, blueprint: u64) -> bool {
        self.kept(blueprint)
            .is_some_and(|one| one.stages().any(|stage| stage.deploys.is_some()))
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Run> {
        self.runs.get(index(number))?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut Run> {
        self.runs.get_mut(index(number))?.as_deref_mut()
    }

    /// The run that an id of its own, or of something in it, belongs to.
    pub(crate) fn of_id(&self, id: &str) -> Option<&Run> {
        self.get(ids::run_number(id)?)
    }

    /// The run with this execution id.
    pub(crate) fn by_execution(&self, id: &str) -> Option<&Run> {
        self.of_id(id).filter(|run| run.id == id)
    }

    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.runs.iter().filter_map(Option::as_deref)
    }

    pub(crate) fn is_rolled_back(&self, number: u32) -> bool {
        self.rolled_back.contains(&number)
    }

    /// The runs that time may do something to besides letting them go on.
    pub(crate) fn watched(&self) -> impl Iterator<Item = &Run> {
        self.watched.iter().filter_map(|number| self.get(*number))
    }

    /// Stops watching a run.
    pub(crate) fn unwatch(&mut self, number: u32) {
        self.watched.remove(&number);
    }

    /// The runs of a project, the latest first.
    pub(crate) fn latest_first<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = &'a Run> {
        let numbers = self
            .order
            .iter()
            .filter(move |(own, _)| own == scope)
            .flat_map(|(_, numbers)| numbers.iter().rev());
        numbers.filter_map(|(_, number)| self.get(*number))
    }

    /// The runs of a pipeline, the latest first.
    pub(crate) fn of_pipeline<'a>(&'a self, scope: &Scope, pipeline: &str) -> impl Iterator<Item = &'a Run> {
        let of_scope = self.order_of_pipeline.iter().find(|(own, _)| own == scope);
        let order = of_scope.and_then(|(_, pipelines)| pipelines.get(pipeline));
        order
            .into_iter()
            .flat_map(|order| order.iter().rev())
            .filter_map(|(_, number)| self.get(*number))
    }

    /// The run, even if nobody finds it any more: for what others came to.
    pub(crate) fn past(&self, number: u32) -> Option<&Run> {
        self.get(number).or_else(|| self.bygone.get(&number).map(|run| &**run))
    }

    /// Forgets the runs for which it says so. What was retried from, or started by, a run that stays goes on as it went.
    pub(crate) fn forget(&mut self, is_gone: impl Fn(&Run) -> bool) {
        for place in &mut self.runs {
            self.bygone
                .extend(place.take_if(|run| is_gone(run)).map(|run| (run.number, run)));
        }
        let needed: BTreeSet<u32> = self.all().flat_map(|run| self.chain_of(run)).collect();
        self.bygone.retain(|number, _| needed.contains(number));
        let is_there = |(_, number): &(i64, u32)| self.runs.get(index(*number)).is_some_and(Option::is_some);
        self.order.iter_mut().for_each(|(_, order)| order.retain(is_there));
        for (_, pipelines) in &mut self.order_of_pipeline {
            pipelines.values_mut().for_each(|order| order.retain(is_there));
            pipelines.retain(|_, order| !order.is_empty());
        }
    }

    /// The runs that what became of a run follows from, near and far.
    fn chain_of(&self, run: &Run) -> Vec<u32> {
        let mut found: Vec<u32> = run.follows_from().collect();
        let mut index = 0;
        while let Some(number) = found.get(index).copied() {
            let further = self.past(number).into_iter().flat_map(Run::follows_from);
            found.extend(further.filter(|number| !found.contains(number)).collect::<Vec<_>>());
            index += 1;
        }
        found
    }

    pub(crate) fn at<'a>(&'a self, run: &'a Run, now: i64) -> Snapshot<'a> {
        lanes::at(self, run, now)
    }

    pub(crate) fn status(&self, run: &Run, now: i64) -> Status {
        self.ended(run, now)
            .map_or_else(|| self.at(run, now).status, |ended| ended.status)
    }

    /// How a run has ended, once it has; looked up once.
    pub(crate) fn ended<'a>(&self, run: &'a Run, now: i64) -> Option<&'a Ended> {
        if run.ended.get().is_some() {
            return run.ended.get();
        }
        let snapshot = self.at(run, now);
        let ended = Ended {
            status: snapshot.status,
            at: snapshot.ended_at?,
            reached: reached(run, &snapshot),
        };
        Some(run.ended.get_or_init(|| ended))
    }
}

/// The places of the targets that a run has come to.
pub(crate) fn reached(run: &Run, snapshot: &Snapshot<'_>) -> Vec<usize> {
    let begun: Vec<&Target> = snapshot
        .leaves()
        .filter(|stage| stage.has_begun())
        .filter_map(|stage| stage.target)
        .collect();
    let is_begun = |target: &Target| begun.iter().any(|own| std::ptr::eq(*own, target));
    run.all_targets()
        .enumerate()
        .filter(|(_, target)| is_begun(target))
        .map(|(place, _)| place)
        .collect()
}

/// Changes what is kept for a project.
fn in_scope<T: Default>(kept: &mut Vec<(Scope, T)>, scope: &Scope, change: impl FnOnce(&mut T)) {
    match kept.iter_mut().find(|(own, _)| own == scope) {
        Some((_, of_scope)) => change(of_scope),
        None => {
            let mut of_scope = T::default();
            change(&mut of_scope);
            kept.push((scope.clone(), of_scope));
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
