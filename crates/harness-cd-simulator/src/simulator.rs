use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::approvals;
use crate::clock::{Clock, ClockChange};
use crate::faults::{Fault, Faults};
use crate::history;
use crate::http::{Answer, Request};
use crate::modes::Modes;
use crate::plan::RunOutcome;
use crate::random::Random;
use crate::respond::{Failure, Outcome, Reply};
use crate::run::{Person, Run};
use crate::store::{self, Store};
use crate::webhooks::Event;

/// What a [`Simulator`] starts from. No `Debug`: it holds the key.
#[derive(Clone)]
pub struct Setup {
    /// Entity files as `harness-cd render` writes them: name and text.
    pub files: Vec<(String, String)>,
    /// The account identifier.
    pub account: String,
    /// The one API key that is known.
    pub api_key: String,
    /// Decides every id and the seeded history.
    pub seed: u64,
    /// Simulated ms per ms of wall time.
    pub speed: f64,
    /// Answers to the questions that the facts leave open.
    pub modes: Modes,
}

/// A small Harness: one account, one organization, one project. A pure state machine: a request and the time go in, an
/// answer comes out.
pub struct Simulator {
    pub(crate) store: Store,
    pub(crate) runs: Vec<Run>,
    pub(crate) events: Vec<Event>,
    pub(crate) modes: Modes,
    pub(crate) random: Random,
    /// How the next run of a pipeline ends.
    pub(crate) outcomes: BTreeMap<String, RunOutcome>,
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    clock: Clock,
    faults: Faults,
    log: Vec<Logged>,
}

/// One request, as `GET /simulator/requests` shows it. Headers and bodies are left out: they may hold secrets.
#[derive(Clone, Debug, Serialize)]
struct Logged {
    method: String,
    path: String,
    query: String,
    status: u16,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OutcomeChange {
    pipeline: String,
    outcome: RunOutcome,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ApproveAll {
    execution_id: String,
}

/// The principal of the API key.
pub(crate) fn key_owner() -> Person {
    Person::new("Backstage", "backstage@example.com")
}

impl Simulator {
    /// Reads the entities and seeds their history.
    ///
    /// # Errors
    /// One sentence per entity file that cannot be read.
    pub fn new(setup: Setup, wall_ms: i64) -> Result<Self, Vec<String>> {
        let mut random = Random::new(setup.seed);
        let store = Store::load(&setup.account, &setup.files, wall_ms - history::SPAN_MS, &mut random)?;
        let mut simulator = Self {
            store,
            runs: Vec::new(),
            events: Vec::new(),
            modes: setup.modes,
            random,
            outcomes: BTreeMap::new(),
            base_url: String::new(),
            api_key: setup.api_key,
            clock: Clock::new(wall_ms, setup.speed),
            faults: Faults::default(),
            log: Vec::new(),
        };
        history::seed(&mut simulator, wall_ms);
        Ok(simulator)
    }

    /// Tells the simulator where it is reached, for the links it hands out.
    pub fn set_base_url(&mut self, base_url: &str) {
        base_url.clone_into(&mut self.base_url);
    }

    /// Answers a request at a wall time (epoch ms).
    pub fn handle(&mut self, request: &Request, wall_ms: i64) -> Answer {
        let correlation_id = self.random.uuid();
        if request.path.starts_with("/simulator/") {
            return answer(self.control(request, wall_ms), &correlation_id);
        }
        let now = self.clock.now(wall_ms);
        let fault = self.faults.take(request);
        let refusal = fault.as_ref().and_then(Fault::refusal);
        let honest = refusal.unwrap_or_else(|| answer(self.route(request, now), &correlation_id));
        let answer = fault.iter().fold(honest, |answer, fault| fault.apply(answer));
        self.log.push(Logged {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            status: answer.status,
        });
        answer
    }

    /// Source: Harness API facts, hosts and base paths: the same APIs answer with and without `/gateway`.
    fn route(&mut self, request: &Request, now: i64) -> Outcome {
        let path = request.path.strip_prefix("/gateway").unwrap_or(&request.path);
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments.as_slice() {
            ["pipeline", "api", "webhook", rest @ ..] => self.webhooks(request, rest, now),
            // Source: Harness API facts, UI URLs: paths below `/ng` that are not `/ng/api` are pages.
            ["ng", first, ..] if *first != "api" => Ok(ui_page()),
            ["ng"] => Ok(ui_page()),
            segments => {
                self.authenticate(request)?;
                match segments {
                    ["pipeline", "api", "v1", rest @ ..] | ["v1", rest @ ..] | ["pipeline", "v1", rest @ ..] => {
                        self.v1(request, rest, now)
                    }
                    ["pipeline", "api", "approvals", rest @ ..] => self.approvals(request, rest, now),
                    ["pipeline", "api", "triggers", rest @ ..] => self.triggers(request, rest, now),
                    ["pipeline", "api", "inputSets", "template"] => self.input_template(request),
                    ["pipeline", "api", "pipeline", "execute", rest @ ..] => self.execute(request, rest, now),
                    ["pipeline", "api", "pipelines", "execution", rest @ ..] => self.executions(request, rest, now),
                    ["pipeline", "api", "pipelines", rest @ ..] => self.pipelines(request, rest, now),
                    ["ng", "api", rest @ ..] => self.entities(request, rest, now),
                    _ => Err(unknown_path()),
                }
            }
        }
    }

    /// Source: Harness API facts, hosts and auth: the key is the header `x-api-key`.
    fn authenticate(&self, request: &Request) -> Result<(), Failure> {
        let known = request.header("x-api-key").is_some_and(|key| key == self.api_key);
        if known { Ok(()) } else { Err(Failure::unauthorized()) }
    }

    /// Source: Harness API facts, checklist 2 and status codes: a missing scope is a 400, a wrong triplet a 404 (or 400).
    pub(crate) fn check_scope(&self, request: &Request) -> Result<(), Failure> {
        let names = ["accountIdentifier", "orgIdentifier", "projectIdentifier"];
        let missing: Vec<&'static str> = names
            .into_iter()
            .filter(|name| request.parameter(name).is_none())
            .collect();
        if !missing.is_empty() {
            return Err(Failure::missing_parameters(missing));
        }
        self.check_given_scope(request)
    }

    /// The scope where the account is required and the rest may be left out.
    pub(crate) fn check_account(&self, request: &Request) -> Result<(), Failure> {
        if request.parameter("accountIdentifier").is_none() {
            return Err(Failure::missing_parameters(vec!["accountIdentifier"]));
        }
        self.check_given_scope(request)
    }

    fn check_given_scope(&self, request: &Request) -> Result<(), Failure> {
        let agrees = |name: &str, own: &str| request.parameter(name).is_none_or(|given| given == own);
        let scope = &self.store.scope;
        if !agrees("accountIdentifier", &scope.account) {
            return Err(Failure::forbidden("Missing permission core_account_view on account"));
        }
        if agrees("orgIdentifier", &scope.org) && agrees("projectIdentifier", &scope.project) {
            return Ok(());
        }
        let given = |name: &str| request.parameter(name).unwrap_or_default().to_owned();
        let (org, project) = (given("orgIdentifier"), given("projectIdentifier"));
        let message = format!("Project with orgIdentifier [{org}] and identifier [{project}] not found");
        Err(store::not_found(message, &self.modes))
    }

    fn control(&mut self, request: &Request, wall_ms: i64) -> Outcome {
        let now = self.clock.now(wall_ms);
        let name = request.path.strip_prefix("/simulator/").unwrap_or_default();
        match (request.method.as_str(), name) {
            ("GET", "clock") => {}
            ("POST", "clock") => {
                let change: ClockChange = read_json(&request.body)?;
                self.clock.change(change, wall_ms).map_err(Failure::invalid)?;
            }
            ("POST", "faults") => {
                self.faults.arm(read_json(&request.body)?);
                return Ok(Reply::Bare(json!({})));
            }
            ("DELETE", "faults") => {
                self.faults.clear();
                return Ok(Reply::Bare(json!({})));
            }
            ("POST", "outcomes") => {
                let change: OutcomeChange = read_json(&request.body)?;
                self.outcomes.insert(change.pipeline, change.outcome);
                return Ok(Reply::Bare(json!({})));
            }
            ("GET", "requests") => return Ok(Reply::Bare(json!(self.log))),
            ("DELETE", "requests") => {
                self.log.clear();
                return Ok(Reply::Bare(json!({})));
            }
            ("GET", "modes") => return Ok(Reply::Bare(json!(self.modes))),
            ("POST", "modes") => {
                self.modes = merged(&self.modes, &request.body)?;
                return Ok(Reply::Bare(json!(self.modes)));
            }
            ("POST", "approve") => {
                let asked: ApproveAll = read_json(&request.body)?;
                let index = self.run_index(&asked.execution_id)?;
                let approved = self
                    .runs
                    .get_mut(index)
                    .map_or(0, |run| approvals::approve_all(run, now));
                return Ok(Reply::Bare(json!({ "approved": approved })));
            }
            _ => return Err(unknown_path()),
        }
        Ok(Reply::Bare(json!(self.clock.read(wall_ms))))
    }
}

fn merged(modes: &Modes, body: &[u8]) -> Result<Modes, Failure> {
    let mut fields = json!(modes);
    let change: BTreeMap<String, Value> = read_json(body)?;
    if let Value::Object(fields) = &mut fields {
        fields.extend(change);
    }
    serde_json::from_value(fields).map_err(|error| Failure::invalid(error.to_string()))
}

/// Reads a JSON body.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::invalid(format!("Unable to process JSON: {error}")))
}

pub(crate) fn unknown_path() -> Failure {
    Failure::new(404, "RESOURCE_NOT_FOUND", "HTTP 404 Not Found")
}

/// Source: Harness API facts, status codes and retry: a known path with another method is a 405.
pub(crate) fn wrong_method() -> Failure {
    Failure::new(405, "METHOD_NOT_ALLOWED", "HTTP 405 Method Not Allowed")
}

fn ui_page() -> Reply {
    Reply::Html(
        "Harness simulator",
        "This is where Harness's own page would open. You are looking at a page of the simulator.",
    )
}

fn answer(outcome: Outcome, correlation_id: &str) -> Answer {
    match outcome {
        Ok(reply) => reply.answer(correlation_id),
        Err(failure) => failure.answer(correlation_id),
    }
}
