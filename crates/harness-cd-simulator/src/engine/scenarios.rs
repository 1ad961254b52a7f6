//! Which runs go by which scenario.

use serde::{Deserialize, Serialize};

use super::scenario::Scenario;
use crate::state::scope::Scope;

/// A wish about the runs of a pipeline, as a scenario file and `POST /simulator/scenarios` say it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wish {
    /// The pipeline's identifier.
    pub pipeline: String,
    /// Only in this account.
    #[serde(default)]
    pub account: Option<String>,
    /// Only in this organization.
    #[serde(default)]
    pub org: Option<String>,
    /// Only in this project.
    #[serde(default)]
    pub project: Option<String>,
    /// Which of its runs.
    #[serde(default)]
    pub runs: Runs,
    /// How they go.
    pub scenario: Scenario,
}

/// Which runs a wish is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Runs {
    /// The next one for which nobody else has a wish.
    #[default]
    Next,
    /// Every one that has no wish of its own.
    All,
}

impl Wish {
    /// The next run of a pipeline, wherever it is.
    pub(crate) fn next_run(pipeline: String, scenario: Scenario) -> Self {
        Self {
            pipeline,
            account: None,
            org: None,
            project: None,
            runs: Runs::Next,
            scenario,
        }
    }

    fn is_about(&self, scope: &Scope, pipeline: &str) -> bool {
        let fits = |wanted: &Option<String>, own: &str| wanted.as_deref().is_none_or(|wanted| wanted == own);
        self.pipeline == pipeline
            && fits(&self.account, &scope.account)
            && fits(&self.org, scope.org_text())
            && fits(&self.project, scope.project_text())
    }

    fn has_target_of(&self, other: &Self) -> bool {
        let target = |wish: &Self| {
            (
                wish.pipeline.clone(),
                wish.account.clone(),
                wish.org.clone(),
                wish.project.clone(),
                wish.runs,
            )
        };
        target(self) == target(other)
    }
}

/// The wishes that are open, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scenarios(Vec<Wish>);

impl Scenarios {
    pub(crate) fn new(wishes: Vec<Wish>) -> Self {
        Self(wishes)
    }

    /// Adds a wish: one about all runs takes the place of an earlier one, those about next runs queue up.
    pub(crate) fn add(&mut self, wish: Wish) {
        match wish.runs {
            Runs::Next => self.0.push(wish),
            Runs::All => self.replace(wish),
        }
    }

    /// Adds a wish in the place of all that are about the same.
    pub(crate) fn replace(&mut self, wish: Wish) {
        self.0.retain(|other| !other.has_target_of(&wish));
        self.0.push(wish);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// How a run that starts now goes.
    pub(crate) fn take(&mut self, scope: &Scope, pipeline: &str) -> Scenario {
        let is_about = |wish: &Wish, runs| wish.runs == runs && wish.is_about(scope, pipeline);
        if let Some(position) = self.0.iter().position(|wish| is_about(wish, Runs::Next)) {
            return self.0.remove(position).scenario;
        }
        // The latest word counts.
        let standing = self.0.iter().rfind(|wish| is_about(wish, Runs::All));
        standing.map(|wish| wish.scenario.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::scenario::RunOutcome;

    fn wish(project: Option<&str>, runs: Runs, queued_ms: i64) -> Wish {
        let scenario = Scenario {
            queued_ms,
            ..Scenario::default()
        };
        Wish {
            project: project.map(str::to_owned),
            runs,
            ..Wish::next_run("shop_cd".to_owned(), scenario)
        }
    }

    #[test]
    fn next_runs_queue_up_and_the_rest_goes_by_the_standing_wish() {
        let scope = Scope::project("acme", "default", "platform");
        let other = Scope::project("acme", "default", "retail");
        let mut scenarios = Scenarios::default();
        for wish in [
            wish(None, Runs::All, 1),
            wish(None, Runs::Next, 2),
            wish(Some("retail"), Runs::Next, 3),
            wish(None, Runs::Next, 4),
            wish(None, Runs::All, 5),
        ] {
            scenarios.add(wish);
        }
        let mut take = |scope, pipeline| scenarios.take(scope, pipeline).queued_ms;
        assert_eq!(
            [
                take(&scope, "shop_cd"),
                take(&scope, "shop_cd"),
                take(&scope, "shop_cd")
            ],
            [2, 4, 5]
        );
        assert_eq!([take(&other, "shop_cd"), take(&other, "shop_cd")], [3, 5]);
        assert_eq!(take(&scope, "other_cd"), 0);
    }

    #[test]
    fn a_replaced_wish_is_gone() {
        let scope = Scope::project("acme", "default", "platform");
        let mut scenarios = Scenarios::default();
        scenarios.add(wish(None, Runs::Next, 1));
        let failing = Scenario {
            outcome: RunOutcome::FailVerify,
            ..Scenario::default()
        };
        scenarios.replace(Wish::next_run("shop_cd".to_owned(), failing));
        let taken = [(); 2].map(|()| scenarios.take(&scope, "shop_cd").outcome);
        assert_eq!(taken, [RunOutcome::FailVerify, RunOutcome::Success]);
    }
}
