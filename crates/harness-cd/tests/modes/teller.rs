//! What the product shows while a story goes on, as lines.

use harness_cd::client::{ExecutionQuery, HarnessClient, HarnessFailure, RunOutcome, RunRequest};
use harness_cd::history::{HistoryOptions, shape_history, shape_progress};
use harness_cd::{DeployCheck, DeployQuestion, EntityClaim, HarnessCd, InputAnswer, LinearPatterns, Ports, read_rules};
use harness_cd_model::{
    AnnotationTrust, AnswerOutcome, ConfigReading, DeployRequest, DeployRules, Deployment, ExecutionProgress,
    ExecutionStage, HarnessScope, RuntimeInput, Utc,
};
use harness_cd_yaml::{Node, parse_text};
use pollster::block_on;
use serde_json::{Value, json};

use crate::harness::{Harness, KEY, scope};
use crate::stories::NONCE;
use crate::support::example;

pub(crate) const SECOND_MS: i64 = 1_000;
pub(crate) const MINUTE_MS: i64 = 60 * SECOND_MS;

const PORTS: Ports<'static> = Ports {
    zones: &Utc,
    patterns: &LinearPatterns,
};

pub(crate) fn payment_rules() -> DeployRules {
    let ConfigReading::Read { rules, .. } = read_rules(&example()) else {
        panic!("the example has no rules");
    };
    rules
        .into_iter()
        .find(|rules| rules.service == "payment-service")
        .unwrap()
}

/// Lives through a story and writes down what the product shows.
pub(crate) struct Teller<'h> {
    pub(crate) harness: &'h Harness,
    pub(crate) client: HarnessClient<&'h Harness>,
    pub(crate) product: HarnessCd<&'h Harness>,
    /// The project that everything is asked of.
    pub(crate) scope: HarnessScope,
    lines: Vec<String>,
}

impl<'h> Teller<'h> {
    pub(crate) fn new(harness: &'h Harness) -> Self {
        Self {
            harness,
            client: harness.client(KEY),
            product: HarnessCd::new(harness.client(KEY)),
            scope: scope("platform"),
            lines: Vec::new(),
        }
    }

    pub(crate) fn lines(self) -> Vec<String> {
        self.lines
    }

    pub(crate) fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Says why not, and ends the story there.
    pub(crate) fn said<T>(&mut self, result: Result<T, HarnessFailure>) -> Option<T> {
        result.map_err(|error| self.say(failure(&error))).ok()
    }

    /// Checks a request, and starts what it allows; the execution, where there is one.
    pub(crate) fn deploys(&mut self, request: &DeployRequest) -> Option<String> {
        let rules = payment_rules();
        let request = json!(request).to_string();
        let question = DeployQuestion {
            request,
            pipeline: self.scope.pipeline(&rules.pipeline),
            claim: Some(EntityClaim {
                entity: rules.entity.clone(),
                trust: AnnotationTrust::default(),
            }),
            rules: Some(rules),
        };
        self.asks_to_run(question)
    }

    fn asks_to_run(&mut self, question: DeployQuestion) -> Option<String> {
        let check = block_on(self.product.check(&question, PORTS));
        match self.said(check)? {
            DeployCheck::Rejected { violations } => {
                for violation in violations {
                    self.say(format!("refused {}: {}", violation.path, violation.message));
                }
                None
            }
            DeployCheck::Allowed(deployment) => {
                let outcome = block_on(self.product.start(&deployment, "the stories", NONCE, |_| ()));
                let outcome = self.said(outcome)?;
                self.became(outcome)
            }
        }
    }

    /// Checks a request for a pipeline of no config repo, and starts what it allows.
    pub(crate) fn deploys_to(&mut self, pipeline: &str, request: &DeployRequest) -> Option<String> {
        self.asks_to_run(DeployQuestion {
            request: json!(request).to_string(),
            pipeline: self.scope.pipeline(pipeline),
            claim: None,
            rules: None,
        })
    }

    /// The variables with which a run was posted.
    pub(crate) fn says_inputs(&mut self, id: &str) {
        let scope = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";
        let path = format!("/pipeline/api/pipelines/execution/{id}/inputsetV2?{scope}");
        let inputs = self.harness.data("GET", &path, &Value::Null);
        let posted = parse_text("posted.yaml", inputs["inputSetYaml"].as_str().unwrap()).unwrap();
        let variables = posted.root.at(&["pipeline", "variables"]);
        let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
        let variables = variables.into_iter().flat_map(Node::items);
        let variables: Vec<String> = variables
            .map(|variable| format!("{} {}", text(variable, "name"), text(variable, "value")))
            .collect();
        self.say(format!("posted: {}", variables.join(", ")));
    }

    /// The first node of a run that waits for an input.
    pub(crate) fn asking_node(&mut self, id: &str) -> Option<String> {
        let stages = self.progress(id, None)?.stages;
        let steps = stages.into_iter().flat_map(|stage| stage.steps);
        steps.into_iter().find_map(|step| step.asking_node)
    }

    /// What a node asks for.
    pub(crate) fn says_question(&mut self, pipeline: &str, id: &str, node: &str) -> Option<()> {
        let pipeline = self.scope.pipeline(pipeline);
        let question = self.said(block_on(self.product.input_question(&pipeline, id, node)))?;
        let names = |inputs: Vec<RuntimeInput>| {
            let names = inputs.into_iter().filter_map(|input| input.name);
            names.collect::<Vec<_>>().join(", ")
        };
        self.say(match question {
            Some(question) => format!("it asks for {}", names(question.inputs)),
            None => "nothing is asked for".to_owned(),
        });
        Some(())
    }

    /// Answers a node, and says what became of that.
    pub(crate) fn answers(&mut self, pipeline: &str, id: &str, node: &str, request: &Value) -> Option<()> {
        let answer = InputAnswer {
            request: request.to_string(),
            pipeline: self.scope.pipeline(pipeline),
            rules: None,
            claim: None,
            execution: id.to_owned(),
            node: node.to_owned(),
        };
        match self.said(block_on(self.product.answer_input(&answer, PORTS)))? {
            AnswerOutcome::Rejected { violations } => {
                for violation in violations {
                    self.say(format!("refused {}: {}", violation.path, violation.message));
                }
            }
            outcome => self.say(format!("{outcome:?}")),
        }
        Some(())
    }

    /// The input sets that the last run names.
    pub(crate) fn says_recorded_sets(&mut self) {
        let requests = self.harness.control("GET", "requests", &Value::Null);
        let is_run = |request: &&Value| {
            let path = request["path"].as_str().unwrap();
            request["method"] == "POST" && path.starts_with("/pipeline/api/pipeline/execute/")
        };
        let run = requests.as_array().unwrap().iter().rev().find(is_run).unwrap();
        let query = run["query"].as_str().unwrap().split('&');
        let sets: Vec<&str> = query
            .filter_map(|pair| pair.strip_prefix("inputSetIdentifiers="))
            .collect();
        self.say(format!("recorded: {}", sets.join(", ")));
    }

    /// What the last run was posted with by the newer call.
    pub(crate) fn says_posted(&mut self) {
        let truth = self.harness.control("GET", "truth", &Value::Null);
        let body = truth["runs"]
            .as_array()
            .and_then(|runs| runs.last()?["request"]["body"].as_str());
        let body: Value = serde_json::from_str(body.unwrap_or_default()).unwrap();
        self.say(format!("posted: {}", body["inputs_yaml"].as_str().unwrap()));
    }

    /// Follows a run to its end, and says every line that is new.
    pub(crate) fn follows(&mut self, id: &str) -> Option<()> {
        let mut lines: Vec<String> = Vec::new();
        let tell = |progress: &ExecutionProgress| {
            let line = format!("{} ({:?})", progress.status.as_str(), progress.phase);
            if lines.last() != Some(&line) {
                lines.push(line);
            }
            Ok::<_, HarnessFailure>(())
        };
        let ended = block_on(self.product.follow(&self.scope, id, tell));
        lines.into_iter().for_each(|line| self.say(line));
        self.said(ended).map(drop)
    }

    /// Starts a run; its execution, where there is one.
    pub(crate) fn starts(&mut self, run: &RunRequest) -> Option<String> {
        let checked = self.said(block_on(self.client.get_pipeline(&run.pipeline)))?.yaml;
        let run = RunRequest { checked, ..run.clone() };
        let outcome = block_on(self.client.run_pipeline(&run, |_| ()));
        let outcome = self.said(outcome)?;
        self.became(outcome)
    }

    fn became(&mut self, outcome: RunOutcome) -> Option<String> {
        match outcome {
            RunOutcome::Started {
                execution_id, status, ..
            } => {
                self.say(format!("started: {}", status.as_str()));
                Some(execution_id)
            }
            RunOutcome::Denied { messages } => {
                self.say(format!("denied: {}", messages.join("; ")));
                None
            }
        }
    }

    pub(crate) fn passes(&self, ms: i64) {
        self.harness.advance(ms);
    }

    pub(crate) fn modes(&self, modes: &Value) {
        self.harness.control("POST", "modes", modes);
    }

    pub(crate) fn fault(&self, fault: &Value) {
        self.harness.control("POST", "faults", fault);
    }

    pub(crate) fn next_run(&self, pipeline: &str, scenario: &Value) {
        self.harness.control(
            "POST",
            "scenarios",
            &json!({ "pipeline": pipeline, "scenario": scenario }),
        );
    }

    pub(crate) fn approve(&self, id: &str) {
        self.harness.control("POST", "approve", &json!({ "executionId": id }));
    }

    /// How far a run is: its status and phase, and where it stands.
    pub(crate) fn shows(&mut self, id: &str) -> Option<()> {
        let progress = self.progress(id, None)?;
        let mut line = format!("{} ({:?})", progress.status.as_str(), progress.phase);
        if let Some(stage) = progress.stages.iter().find(|stage| !stage.phase.is_terminal()) {
            line.push_str(&format!(" at {}", place(stage)));
        }
        if let Some(failure) = &progress.failure {
            line.push_str(&format!(": {failure}"));
        }
        self.say(line);
        Some(())
    }

    /// The stages of a run with their steps; of one stage alone, where its node is given.
    pub(crate) fn shows_stages(&mut self, id: &str, node: Option<&str>) -> Option<()> {
        let mut stages = self.progress(id, node)?.stages;
        stages.retain(|stage| node.is_none() || !stage.steps.is_empty());
        for stage in stages {
            let steps: Vec<String> = stage
                .steps
                .iter()
                .map(|step| format!("{} {}", step.name, step.status.as_str()))
                .collect();
            self.say(format!(
                "{} {} [{}]",
                stage.name,
                stage.status.as_str(),
                steps.join(", ")
            ));
        }
        Some(())
    }

    fn progress(&mut self, id: &str, node: Option<&str>) -> Option<ExecutionProgress> {
        let body = self.said(block_on(self.client.get_execution(&self.scope, id, node)))?;
        Some(shape_progress(&body, &HistoryOptions::default()).unwrap())
    }

    /// The rows of the history; their ids.
    pub(crate) fn lists(&mut self, query: &ExecutionQuery) -> Option<Vec<String>> {
        let body = self.said(block_on(self.client.list_executions(&self.scope, query)))?;
        let options = HistoryOptions {
            regions: vec!["euw1".to_owned(), "euw2".to_owned()],
            ..HistoryOptions::default()
        };
        let page = shape_history(&body, &options).unwrap();
        assert_eq!(page.quarantined, []);
        self.say(format!("{} in the history", page.total_executions.unwrap()));
        let rows = page.deployments.iter();
        rows.map(|deployment| {
            self.say(row(deployment));
            Some(deployment.id.clone())
        })
        .collect()
    }

    /// How many runs Harness really started since the story began, whatever anybody was told; their executions.
    pub(crate) fn tells_truth(&mut self) -> Vec<String> {
        let truth = self.harness.control("GET", "truth", &Value::Null);
        let runs = truth["runs"].as_array().unwrap();
        self.say(format!("Harness started {}", runs.len()));
        let executions = runs.iter().map(|run| run["execution"].as_str().unwrap().to_owned());
        executions.collect()
    }
}

pub(crate) fn failure(error: &HarnessFailure) -> String {
    format!("{:?}: {}", error.code, error.message)
}

fn place(stage: &ExecutionStage) -> String {
    let step = stage.steps.iter().find(|step| !step.phase.is_terminal());
    match step {
        Some(step) => format!("{}, {} {}", stage.name, step.name, step.status.as_str()),
        None => format!("{} {}", stage.name, stage.status.as_str()),
    }
}

fn row(deployment: &Deployment<'_>) -> String {
    let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or("–").to_owned();
    let mut row = format!(
        "{} ({:?}) {} {}/{} by {}",
        deployment.status.as_str(),
        deployment.phase,
        text(&deployment.image_tag),
        text(&deployment.environment_name),
        text(&deployment.region),
        text(&deployment.triggered_by),
    );
    if let Some(failure) = &deployment.failure {
        row.push_str(&format!(": {failure}"));
    }
    row
}
