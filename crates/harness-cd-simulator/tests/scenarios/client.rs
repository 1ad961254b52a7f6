//! Several people with keys of their own, at a simulator whose clock they turn.

use std::fmt::Write as _;

use harness_cd_simulator::modes::{Limits, UserMarkedFailure};
use harness_cd_simulator::{Account, Accounts, Modes, Principal, Request, Scope, Setup, Simulator, WorldFile};
use serde_json::{Value, json};

const START: i64 = 1_700_000_000_000;
const SCOPE: &str = "accountIdentifier=acme&orgIdentifier=default&projectIdentifier=platform";

/// How many people there are; each has two keys.
pub(crate) const PEOPLE: u8 = 5;

/// Somebody's key: the person, and which of the keys.
pub(crate) type Key = (u8, bool);

pub(crate) struct Client {
    simulator: Simulator,
    now: i64,
}

fn key((person, is_second): Key) -> String {
    format!("pat.{person}.{}", u8::from(is_second))
}

fn accounts() -> Accounts {
    let email = |person: u8| format!("p{person}@example.com");
    let keys = (0..PEOPLE).flat_map(|person| [false, true].map(|second| (key((person, second)), email(person))));
    let account = Account {
        keys: keys.collect(),
        principals: (0..PEOPLE)
            .map(|person| Principal::user(&format!("P{person}"), &email(person)))
            .collect(),
        ..Account::default()
    };
    Accounts([("acme".to_owned(), account)].into())
}

impl Client {
    /// A simulator with one pipeline, `p`.
    pub(crate) fn of(pipeline: &str) -> Self {
        let setup = Setup {
            files: vec![("p.yaml".to_owned(), pipeline.to_owned())],
            scope: Scope::project("acme", "default", "platform"),
            world: WorldFile::of(accounts()),
            scenarios: Vec::new(),
            seed: 7,
            start_at: Some(START),
            speed: 1.0,
            pace: 1.0,
            modes: Modes {
                limits: Limits::Off,
                user_marked_failure: UserMarkedFailure::Allowed,
                ..Modes::default()
            },
            history: 0,
        };
        Self {
            simulator: Simulator::new(setup, START).unwrap(),
            now: START,
        }
    }

    pub(crate) fn pass(&mut self, ms: i64) {
        self.now += ms;
    }

    /// Status and body of an answer. A call always comes back, and never with a fault of the simulator's own.
    pub(crate) fn call(&mut self, by: Key, method: &str, path: &str, query: &str, body: &Value) -> (u16, Value) {
        let mut all = SCOPE.to_owned();
        if !query.is_empty() {
            write!(all, "&{query}").unwrap();
        }
        let pair = |pair: &str| {
            pair.split_once('=')
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            parameters: all.split('&').filter_map(pair).collect(),
            query: all,
            headers: vec![
                ("x-api-key".to_owned(), key(by)),
                ("harness-account".to_owned(), "acme".to_owned()),
            ],
            body: if body.is_null() {
                Vec::new()
            } else {
                body.to_string().into_bytes()
            },
            peer: None,
        };
        let answer = self.simulator.handle(&request, self.now);
        assert!(
            answer.status < 500,
            "{method} {path}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    /// Starts the pipeline; the id of its run.
    pub(crate) fn run(&mut self) -> String {
        let (_, answer) = self.call((0, false), "POST", "/pipeline/api/pipeline/execute/p", "", &Value::Null);
        answer["data"]["planExecution"]["uuid"].as_str().unwrap().to_owned()
    }

    /// The detail of a run, with its graph.
    pub(crate) fn detail(&mut self, run: &str) -> Value {
        let path = format!("/pipeline/api/pipelines/execution/v2/{run}");
        let (_, mut answer) = self.call((0, false), "GET", &path, "renderFullBottomGraph=true", &json!(null));
        answer["data"].take()
    }
}
