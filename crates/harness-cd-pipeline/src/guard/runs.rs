//! What a run may answer, and which stages and steps run then.

use std::collections::BTreeMap;
use std::fmt::Write;

use harness_cd_model::Environment;
use harness_cd_yaml::{At, Node};

use super::Flaw;
use super::condition::{Condition, Facts, Piece, pieces};
use super::course::{Stage, Step};
use crate::InputExpression;
use crate::stages::environment_references;

/// How many combinations of answers are looked at; what an answer beyond them decides is not decided.
const MOST_RUNS: usize = 20_000;

/// A value that no condition names.
const ANY_OTHER: &str = "any other value";

/// Names whose values stay the same while a pipeline runs, beside its variables.
const STEADY: [&str; 3] = ["pipeline.triggerType", "pipeline.triggeredBy.", "trigger."];

pub(super) const VARIABLES: &str = "pipeline.variables.";

const REGION: &str = "pipeline.variables.targetRegion";

/// By which variable a run says what it is for.
const ENVIRONMENT: &str = "pipeline.variables.targetEnvironment";

/// What runs may answer, as far as conditions ask for it.
pub(super) struct Runs {
    answers: Vec<(String, Vec<String>)>,
}

/// The answers of one run.
pub(super) struct Run<'r> {
    facts: Facts<'r>,
    /// Those that a person gives, for messages.
    told: Vec<(&'r str, &'r str)>,
}

/// Why a step is skipped, or may be.
pub(super) struct Skip<'n> {
    at: At<'n>,
    why: Why,
}

enum Why {
    DoesNotHold,
    NotDecided,
    AfterFailures,
    Repeats,
}

impl Runs {
    /// What the conditions in a pipeline ask for.
    pub(super) fn of(pipeline: &At<'_>, stages: &[Stage<'_>]) -> Self {
        let steps = stages.iter().flat_map(|stage| &stage.steps);
        let levels = steps
            .flat_map(|step| &step.levels)
            .chain(stages.iter().map(|stage| &stage.at));
        let mut names: Vec<String> = Vec::new();
        let mut words: Vec<String> = vec![String::new(), ANY_OTHER.to_owned()];
        let mut note = |piece: &Piece| {
            let (list, text) = match piece {
                Piece::Literal(text) => (&mut words, text),
                Piece::Name(name) => (&mut names, name),
            };
            if !list.contains(text) {
                list.push(text.clone());
            }
        };
        for level in levels {
            if let Some(text) = level.node.at(&["when", "condition"]).and_then(Node::text) {
                Condition::read(text).pieces(&mut note);
            }
            for reference in environment_references(level.node) {
                pieces(reference).iter().flatten().for_each(&mut note);
            }
        }
        let mut count = 1;
        let mut answers = Vec::new();
        for name in names {
            let Some(values) = values_of(pipeline, &name, &words) else {
                continue;
            };
            count *= values.len();
            if count <= MOST_RUNS {
                answers.push((name, values));
            }
        }
        Self { answers }
    }

    /// The runs in which a stage deploys to an environment, or may.
    pub(super) fn of_deployment<'r>(&'r self, target: &Stage<'_>, environment: &Environment) -> Vec<Run<'r>> {
        let all = self.all().into_iter();
        all.filter(|run| run.deploys(target, environment)).collect()
    }

    pub(super) fn all(&self) -> Vec<Run<'_>> {
        let nothing = Run {
            facts: BTreeMap::new(),
            told: Vec::new(),
        };
        self.answers.iter().fold(vec![nothing], |runs, (name, values)| {
            let is_told = values.len() > 1;
            let answered = runs
                .iter()
                .flat_map(|run| values.iter().map(|value| run.with(name, value, is_told)));
            answered.collect()
        })
    }
}

fn read(node: &Node) -> Condition {
    node.text().map_or(Condition::Unreadable, Condition::read)
}

/// What a name may stand for in a run; `None` where that is not known, or changes while it runs.
fn values_of(pipeline: &At<'_>, name: &str, words: &[String]) -> Option<Vec<String>> {
    let Some(variable) = name.strip_prefix(VARIABLES) else {
        let is_steady = STEADY.iter().any(|steady| name.starts_with(steady));
        return is_steady.then(|| words.to_vec());
    };
    let declared = pipeline.node.get("variables").into_iter().flat_map(Node::items);
    let is_it = |declared: &&Node| declared.get("name").and_then(Node::text) == Some(variable);
    let value = declared
        .filter(is_it)
        .find_map(|declared| declared.get("value")?.text())?;
    match InputExpression::parse(value) {
        Some(input) if input.many => None,
        Some(input) => Some(input.allowed_values.unwrap_or_else(|| words.to_vec())),
        None if value.contains("<+") => None,
        None => Some(vec![value.to_owned()]),
    }
}

/// Whether who starts a run says for which environment.
pub(super) fn asks_for_environment(pipeline: &At<'_>) -> bool {
    let values = values_of(pipeline, ENVIRONMENT, &[String::new(), ANY_OTHER.to_owned()]);
    values.is_some_and(|values| values.len() > 1)
}

impl<'r> Run<'r> {
    fn with(&self, name: &'r str, value: &'r str, is_told: bool) -> Self {
        let mut facts = self.facts.clone();
        facts.insert(name, value);
        let own = is_told.then_some((name, value));
        Self {
            facts,
            told: self.told.iter().copied().chain(own).collect(),
        }
    }

    /// Whether a stage runs, or may, and deploys to an environment, or may.
    pub(super) fn deploys(&self, stage: &Stage<'_>, environment: &Environment) -> bool {
        let condition = stage.at.node.at(&["when", "condition"]).map(read);
        condition.is_none_or(|condition| condition.holds(&self.facts) != Some(false))
            && self.reaches(stage, environment)
    }

    /// Whether the run is for an environment, or may be, as far as conditions ask for one.
    pub(super) fn is_for_environment(&self, name: &str) -> bool {
        let answered = self.facts.get(ENVIRONMENT);
        answered.is_none_or(|answered| [name, ANY_OTHER].contains(answered))
    }

    /// Whether the run may be for a region, as far as conditions ask for one.
    pub(super) fn may_be_for(&self, region: &str) -> bool {
        let answered = self.facts.get(REGION);
        answered.is_none_or(|answered| [region, ANY_OTHER].contains(answered))
    }

    /// Whether the run is for a region, as far as the pipeline asks for one.
    pub(super) fn is_for(&self, pipeline: &At<'_>, region: &str) -> bool {
        match self.facts.get(REGION) {
            Some(answered) => *answered == region,
            None => {
                let mut declared = pipeline.node.get("variables").into_iter().flat_map(Node::items);
                let is_asked = declared.any(|known| known.get("name").and_then(Node::text) == Some("targetRegion"));
                let values = values_of(pipeline, REGION, &[ANY_OTHER.to_owned()]);
                !is_asked || values.is_some_and(|values| values.iter().all(|value| value == region))
            }
        }
    }

    /// What is wrong where the step that guards an environment has let another deployment pass before.
    pub(super) fn spent<'n>(&self, step: &Step<'n>, environment: &str) -> Option<Flaw<'n>> {
        let answers = self.answers();
        Some(Flaw {
            at: step.at()?.clone(),
            message: format!(
                "`{environment}` is deployed to{answers}, though this let another environment be deployed to"
            ),
            hint: "guard each environment by steps of its own, right before it",
        })
    }

    /// Whether a stage's environment is this one, or may be.
    fn reaches(&self, target: &Stage<'_>, environment: &Environment) -> bool {
        let references = environment_references(target.at.node);
        let is_it = |reference: &&str| {
            let text = pieces(reference).and_then(|pieces| Condition::Text(pieces).text(&self.facts));
            text.is_none_or(|text| text == environment.reference() || text == environment.name)
        };
        references.is_empty() || references.iter().any(is_it)
    }

    /// Why what stands in all of these is skipped in this run, or may be; `None` where it runs for certain, as long as
    /// nothing has failed.
    pub(super) fn skips<'n>(&self, levels: &[At<'n>]) -> Option<Skip<'n>> {
        levels.iter().find_map(|level| self.skips_level(level))
    }

    pub(super) fn skips_level<'n>(&self, level: &At<'n>) -> Option<Skip<'n>> {
        let skip = |at, why| Some(Skip { at, why });
        if let Some(at) = level.get("strategy") {
            return skip(at, Why::Repeats);
        }
        let when = level.get("when")?;
        if when.node.text().is_some() {
            return skip(when, Why::NotDecided);
        }
        let status = ["pipelineStatus", "stageStatus"]
            .into_iter()
            .find_map(|key| when.get(key));
        if let Some(at) = status.filter(|at| !matches!(at.node.text(), Some("Success" | "All"))) {
            return skip(at, Why::AfterFailures);
        }
        let at = when.get("condition").filter(|at| !at.node.is_null())?;
        match read(at.node).holds(&self.facts) {
            Some(true) => None,
            Some(false) => skip(at, Why::DoesNotHold),
            None => skip(at, Why::NotDecided),
        }
    }

    /// ` with targetEnvironment = prod, targetRegion = euw1`
    fn answers(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.told {
            let begin = if text.is_empty() { " with" } else { "," };
            let name = name.strip_prefix(VARIABLES).unwrap_or(name);
            let value = if value.is_empty() { "nothing" } else { value };
            _ = write!(text, "{begin} {name} = {value}");
        }
        text
    }
}

impl<'n> Skip<'n> {
    /// `what` happens in a run although what guards it may be skipped.
    pub(super) fn told(self, what: &str, run: &Run<'_>) -> Flaw<'n> {
        let (why, hint) = match self.why {
            Why::DoesNotHold => (
                "this condition of what guards it does not hold",
                "let it hold whenever the stage that it guards runs, or remove it",
            ),
            Why::NotDecided => (
                "nothing says that this condition of what guards it holds",
                "compare the pipeline's variables with texts, as in `<+pipeline.variables.targetEnvironment> == \"prod\"`",
            ),
            Why::AfterFailures => ("what guards it runs after failures alone", "write `Success`"),
            Why::Repeats => (
                "what guards it may be repeated no times at all",
                "remove the `strategy`",
            ),
        };
        Flaw {
            at: self.at,
            message: format!("{what}{}, though {why}", run.answers()),
            hint,
        }
    }
}
