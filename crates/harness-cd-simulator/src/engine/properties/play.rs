//! The world in which a story happens.

use std::collections::BTreeMap;

use proptest::sample::Index;
use proptest::test_runner::{TestCaseError, TestCaseResult};
use serde_json::{Value, json};

use super::deeds::person;
use super::story::Story;
use crate::engine::run::{Given, Mode, Origin, Run, What};
use crate::engine::scenario::Scenario;
use crate::launch::advance::advance;
use crate::launch::chain::befall;
use crate::launch::start::{self, Launch};
use crate::setup::Setup;
use crate::state::modes::{Freeze, Modes};
use crate::state::scope::Scope;
use crate::state::world_file::WorldFile;
use crate::tables::expression::Context;
use crate::world::World;

/// When every play begins, epoch ms.
pub(crate) const START: i64 = 1_700_000_000_000;
/// How long the run before it keeps the key `k` of Queue steps.
pub(crate) const KEPT_MS: i64 = 300_000;

/// What Pipeline stages run.
const CHILD: &str = "pipeline:
  identifier: child
  name: child
  orgIdentifier: default
  projectIdentifier: platform
  stages:
    - stage:
        identifier: c
        type: Custom
        spec:
          execution:
            steps:
              - step: { identifier: gate, type: HarnessApproval, timeout: 1m }
              - step: { identifier: work, type: ShellScript }
";

/// A world in which a run goes on.
#[derive(Clone)]
pub(crate) struct Play {
    pub(crate) world: World,
    pub(crate) now: i64,
    /// Its run.
    pub(crate) number: u32,
}

thread_local! {
    static BEFORE: Play = before();
}

/// What every play begins with: the child pipeline, and a run that has a key.
fn before() -> Play {
    let setup = Setup {
        files: vec![("child.yaml".to_owned(), CHILD.to_owned())],
        scope: scope(),
        world: WorldFile::of(Setup::accounts("acme", "key")),
        scenarios: Vec::new(),
        seed: 7,
        start_at: Some(START),
        speed: 0.0,
        pace: 1.0,
        modes: Modes::default(),
        history: 0,
    };
    let queue = json!({ "step": { "identifier": "q", "type": "Queue", "spec": { "key": "k" } } });
    let wait = json!({ "step": { "identifier": "w", "type": "Wait", "spec": { "duration": format!("{}s", KEPT_MS / 1_000) } } });
    let execution = json!({ "steps": [queue, wait] });
    let stage = json!({ "identifier": "s", "type": "Custom", "spec": { "execution": execution } });
    let mut play = Play {
        world: setup.world(START).unwrap(),
        now: START,
        number: 0,
    };
    play.begin(
        &json!({ "stages": [{ "stage": stage }] }),
        Scenario::default(),
        Mode::Normal,
    );
    play.pass(1);
    play
}

fn scope() -> Scope {
    Scope::project("acme", "default", "platform")
}

impl Play {
    pub(crate) fn new(story: &Story) -> Self {
        let mut play = BEFORE.with(Self::clone);
        play.start(story, Mode::Normal);
        play
    }

    /// Starts a run of the story's pipeline, which is the play's from now on.
    pub(crate) fn start(&mut self, story: &Story, mode: Mode) {
        self.world.modes.freeze = if story.is_frozen {
            Freeze::AbortsRun
        } else {
            Freeze::Off
        };
        self.begin(&story.pipeline, story.scenario.clone(), mode);
    }

    fn begin(&mut self, pipeline: &Value, scenario: Scenario, mode: Mode) {
        let blueprint = start::blueprint(&mut self.world, pipeline).unwrap();
        let launch = Launch {
            scope: &scope(),
            pipeline: "p",
            body: &Value::Null,
            origin: Origin::Manual(person(0)),
            mode,
            given: Given::default(),
            expression_values: BTreeMap::new(),
            context: Context::new(),
            at: self.now,
        };
        let begun = start::begin(&mut self.world, launch, pipeline, blueprint, scenario);
        self.number = begun.unwrap_or_else(|failure| panic!("{}", failure.message()));
    }

    /// The story from its start to its end, as it stands before and after each deed.
    pub(crate) fn each(story: &Story, mut see: impl FnMut(&Self) -> TestCaseResult) -> Result<Self, TestCaseError> {
        let mut play = Self::new(story);
        see(&play)?;
        for (ms, deed) in &story.deeds {
            play.pass(*ms);
            see(&play)?;
            play.act(deed);
            see(&play)?;
        }
        Ok(play)
    }

    /// The story to some point of it.
    pub(crate) fn until(story: &Story, until: Index) -> Self {
        let mut play = Self::new(story);
        let deeds = until.index(story.deeds.len() + 1);
        for (ms, deed) in story.deeds.iter().take(deeds) {
            play.pass(*ms);
            play.act(deed);
        }
        play
    }

    pub(crate) fn pass(&mut self, ms: i64) {
        self.now = self.now.saturating_add(ms);
        advance(&mut self.world, self.now);
    }

    pub(crate) fn run(&self) -> &Run {
        self.world.runs.get(self.number).unwrap()
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.world.runs.at(self.run(), self.now).status.has_ended()
    }

    pub(crate) fn befall(&mut self, run: u32, what: What) {
        befall(&mut self.world, run, self.now, what);
        advance(&mut self.world, self.now);
    }
}
