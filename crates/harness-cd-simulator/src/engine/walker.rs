//! Who walks through the steps of a stage, and how many at once.

use super::course::Course;
use super::strategy::Strategy;
use crate::tables::expression::Context;

/// Walks through the steps of one stage, or of one pass of it.
pub(crate) struct Walker<'a, 'c> {
    pub(crate) course: &'c Course<'a>,
    pub(crate) stage: &'a str,
    /// The path of the stage (or of what loops in it) in the blueprint, and that of the pass.
    pub(crate) own_path: &'c str,
    pub(crate) pass_path: &'c str,
    pub(crate) context: Context,
}

pub(crate) type Levels<'a> = Vec<&'a [Strategy]>;

/// The places of a loop that runs so many passes at once: when each is free again, and nothing for one that is taken.
pub(crate) struct Slots(Vec<Option<i64>>);

impl Slots {
    pub(crate) fn new(start: i64, at_once: usize, passes: usize) -> Self {
        let count = if at_once == 0 { passes } else { at_once.min(passes) };
        Self(vec![Some(start); count])
    }

    /// Takes the place that is free first; when it is.
    pub(crate) fn take(&mut self) -> Option<i64> {
        let first = self
            .0
            .iter()
            .enumerate()
            .filter_map(|(index, free)| Some((index, (*free)?)))
            .min_by_key(|(_, at)| *at)?;
        self.0.swap_remove(first.0);
        Some(first.1)
    }

    pub(crate) fn give_back(&mut self, at: Option<i64>) {
        self.0.push(at);
    }
}
