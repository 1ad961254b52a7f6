//! Which stages are part of a run, as far as the conditions of others tell.

use std::cell::OnceCell;

use crate::summary::{LayoutNode, Stage, Summary};

/// What a stage's condition asks: `<+pipeline.variables.targetEnvironment> == "prod"`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Equation<'c> {
    expression: &'c str,
    value: &'c str,
}

/// What a run is known to be about.
pub(crate) struct Known<'s> {
    /// True, as stages have begun that depend on them.
    conditions: Vec<&'s str>,
    /// What they say, once somebody asks: most runs have no stage left that has not begun.
    equations: OnceCell<Vec<Equation<'s>>>,
    /// The stages that were chosen, where not all were.
    chosen: Option<Vec<&'s str>>,
}

impl<'s> Known<'s> {
    pub(crate) fn of(summary: &'s Summary<'_>, stages: &[Stage<'s, '_>]) -> Self {
        let has_chosen = summary.has_chosen_stages.get() == Some("true") && !summary.chosen_stages.0.is_empty();
        let chosen = summary.chosen_stages.0.iter().filter_map(|stage| stage.get());
        let begun = stages.iter().filter(|(_, stage)| stage.has_begun());
        Self {
            conditions: begun.filter_map(|(_, stage)| condition(stage)).collect(),
            equations: OnceCell::new(),
            chosen: has_chosen.then(|| chosen.collect()),
        }
    }

    /// Whether a stage that has not begun never will: it was not chosen, its condition was found to be false, or asks
    /// for another value than one that is known.
    pub(crate) fn rules_out(&self, stage: &LayoutNode<'_>) -> bool {
        let is_left_out = |chosen: &Vec<&str>| stage.identifier.get().is_some_and(|id| !chosen.contains(&id));
        let equations_known = || self.conditions.iter().copied().flat_map(equations).collect();
        let contradicts = |asked: &Equation<'_>| {
            let mut known = self.equations.get_or_init(equations_known).iter();
            known.any(|known| known.expression == asked.expression && known.value != asked.value)
        };
        self.chosen.as_ref().is_some_and(is_left_out)
            || stage.run_info.evaluated.get() == Some("false")
            || condition(stage).is_some_and(|text| equations(text).iter().any(contradicts))
    }
}

/// The condition of a stage, where it has one of its own.
pub(crate) fn condition<'n>(stage: &'n LayoutNode<'_>) -> Option<&'n str> {
    // What Harness writes for a stage without one.
    const ALWAYS: &str = "<+OnPipelineSuccess>";
    stage.run_info.condition.get().filter(|text| text.trim() != ALWAYS)
}

/// The equations that hold altogether where a condition does. A condition of another form has none.
fn equations(text: &str) -> Vec<Equation<'_>> {
    if text.contains("||") || text.contains("!(") || text.contains('?') {
        return Vec::new();
    }
    text.split("&&").filter_map(Equation::parse).collect()
}

impl<'c> Equation<'c> {
    fn parse(text: &'c str) -> Option<Self> {
        let (expression, value) = text.split_once("==")?;
        let is_around = |c: char| c.is_whitespace() || matches!(c, '(' | ')');
        let (expression, value) = (expression.trim_matches(is_around), value.trim_matches(is_around));
        let inner = expression.strip_prefix("<+")?.strip_suffix('>')?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = value.strip_prefix(quote)?.strip_suffix(quote)?;
        let is_plain = !inner.contains(['<', '>', ' ']) && !value.contains([quote, '<', '\\']);
        is_plain.then_some(Self { expression, value })
    }
}
