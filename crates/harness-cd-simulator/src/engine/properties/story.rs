//! What is told of a run: its pipeline, how its steps go, and what people do meanwhile.

use std::fmt;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::pipelines::pipeline;
use super::scenarios::scenario;
use crate::engine::scenario::Scenario;

#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) pipeline: Value,
    pub(crate) scenario: Scenario,
    pub(crate) is_frozen: bool,
    /// Each so many ms after the one before it.
    pub(crate) deeds: Vec<(i64, Deed)>,
}

/// On few lines, so that a failing case can be read.
impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}", self.pipeline, json!(self.scenario))?;
        writeln!(f, "frozen: {}, deeds: {:?}", self.is_frozen, self.deeds)
    }
}

/// What somebody does; an index picks one of the things it can be done to.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Nothing,
    Decide {
        which: Index,
        by: u8,
        approves: bool,
    },
    Answer(Index),
    /// The run, or one of its nodes.
    Abort(Option<Index>),
    MarkFailed(Option<Index>),
}

pub(crate) fn story() -> impl Strategy<Value = Story> {
    story_of(pipeline())
}

pub(crate) fn story_of(pipeline: impl Strategy<Value = Value>) -> impl Strategy<Value = Story> {
    let deeds = vec((pause(), deed()), 0..12);
    let told = (pipeline, scenario(), prop::bool::weighted(0.05), deeds);
    told.prop_map(|(pipeline, scenario, is_frozen, deeds)| Story {
        pipeline,
        scenario,
        is_frozen,
        deeds,
    })
}

/// From the same ms to as long as the longest step.
pub(crate) fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![0..3_i64, 0..3_000_i64, 0..60_000_i64, 0..600_000_i64]
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = any::<Index>;
    let decision = (which(), 0..4_u8, prop::bool::weighted(0.8));
    prop_oneof![
        4 => Just(Deed::Nothing),
        4 => decision.prop_map(|(which, by, approves)| Deed::Decide { which, by, approves }),
        2 => which().prop_map(Deed::Answer),
        1 => weighted(0.7, which()).prop_map(Deed::Abort),
        1 => weighted(0.7, which()).prop_map(Deed::MarkFailed),
    ]
}
