//! Failure strategies: what becomes of a step or a stage that failed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tables::failure::FailureKind;
use crate::tables::reading::{items, milliseconds, text, texts};

/// What to do on which errors. Source: harness-api §1.1 [SCH], §12.27 [CORE].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Strategy {
    errors: Vec<String>,
    action: Action,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Action {
    Fail,
    Ignore,
    Succeed,
    Abort,
    RollBackStage,
    RollBackPipeline,
    /// Again, so often, after these pauses (the last one goes for all that follow); then something else.
    Retry {
        count: usize,
        pauses_ms: Vec<i64>,
        then: Box<Action>,
    },
    /// A person decides; after this time something else.
    Ask {
        timeout_ms: i64,
        then: Box<Action>,
    },
    /// A mid-run input takes its default.
    ProceedWithDefaults,
}

impl Strategy {
    /// How often it has something tried at most.
    pub(crate) fn most_attempts(&self) -> usize {
        let mut action = &self.action;
        let mut most: usize = 1;
        while let Action::Retry { then, .. } | Action::Ask { then, .. } = action {
            if let Action::Retry { count, .. } = action {
                most = most.saturating_add(*count);
            }
            action = then;
        }
        most
    }
}

impl Action {
    fn read(action: &Value) -> Self {
        let then = |pointer: &str| Box::new(action.pointer(pointer).map_or(Self::Fail, Self::read));
        match text(action, "/type").as_deref() {
            Some("Ignore") => Self::Ignore,
            Some("MarkAsSuccess") => Self::Succeed,
            Some("Abort") => Self::Abort,
            Some("StageRollback" | "StepGroupRollback") => Self::RollBackStage,
            Some("PipelineRollback") => Self::RollBackPipeline,
            Some("ProceedWithDefaultValues") => Self::ProceedWithDefaults,
            Some("Retry") => Self::Retry {
                count: text(action, "/spec/retryCount")
                    .and_then(|count| count.parse().ok())
                    .unwrap_or(1),
                pauses_ms: retry_pauses(action),
                then: then("/spec/onRetryFailure/action"),
            },
            Some("ManualIntervention") => Self::Ask {
                timeout_ms: milliseconds(action, "/spec/timeout").unwrap_or(crate::tables::invented::INTERVENTION_MS),
                then: then("/spec/onTimeout/action"),
            },
            _ => Self::Fail,
        }
    }
}

fn retry_pauses(action: &Value) -> Vec<i64> {
    let intervals = texts(action, "/spec/retryIntervals");
    intervals
        .iter()
        .filter_map(|text| crate::tables::duration::milliseconds(text))
        .collect()
}

/// The strategies of a step, a group or a stage.
pub(crate) fn strategies(node: &Value) -> Vec<Strategy> {
    let of = |strategy: &Value| Strategy {
        errors: texts(strategy, "/onFailure/errors"),
        action: strategy.pointer("/onFailure/action").map_or(Action::Fail, Action::read),
    };
    items(node, "/failureStrategies").iter().map(of).collect()
}

/// The action of the first strategy that names the failure, the inner ones before the outer; failing is what Harness
/// does without one.
pub(crate) fn action_for<'a>(levels: &[&'a [Strategy]], kind: FailureKind) -> &'a Action {
    let named = |strategy: &&Strategy| strategy.errors.iter().any(|error| kind.is_named_by(error));
    let found = levels.iter().rev().flat_map(|level| level.iter()).find(named);
    found.map_or(&Action::Fail, |strategy| &strategy.action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_inner_strategy_comes_first() {
        let of = |error: &str, action: &str| {
            strategies(
                &json!({ "failureStrategies": [{ "onFailure": { "errors": [error], "action": { "type": action } } }] }),
            )
        };
        let (stage, step) = (of("AllErrors", "StageRollback"), of("Timeout", "Abort"));
        let levels: [&[Strategy]; 2] = [&stage, &step];
        assert_eq!(action_for(&levels, FailureKind::Timeout), &Action::Abort);
        assert_eq!(action_for(&levels, FailureKind::Verification), &Action::RollBackStage);
        assert_eq!(action_for(&[], FailureKind::Verification), &Action::Fail);
    }

    #[test]
    fn a_retry_says_how_often_and_what_then() {
        let action = json!({ "type": "Retry", "spec": { "retryCount": 2, "retryIntervals": ["10s", "1m"],
            "onRetryFailure": { "action": { "type": "Ignore" } } } });
        let expected = Action::Retry {
            count: 2,
            pauses_ms: vec![10_000, 60_000],
            then: Box::new(Action::Ignore),
        };
        assert_eq!(Action::read(&action), expected);
    }
}
