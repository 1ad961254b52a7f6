//! Turns of the record in the time of a clock that stands still while somebody works: what is asked at once, how long a
//! long record takes beside what Harness allows, and what becomes of a turn of which one question fails.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use harness_cd::client::{Body, Request, Response, Transport, TransportError};
use harness_cd::history::{HistoryOptions, SyncHints};
use harness_cd::{HarnessCd, SyncQuestion};
use serde_json::{Value, json};
use support::{product, scope};

const NOW: i64 = 1_790_000_000_000;
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;
const BACK: i64 = 90 * DAY;
const PAGE: i64 = 100;
/// Executions that began in that time: one of a thousand services each day.
const RUNS: i64 = 90_000;
const EVERY: i64 = BACK / RUNS;
/// As long as an answer of Harness takes.
const ANSWER: i64 = 335;
/// As long as it takes to store a turn.
const STORING: i64 = 150;
/// So long after a kill another backend goes on.
const LEASE: i64 = 6 * SECOND + SECOND / 2;
/// Source: harness-api §0.7 [RL].
const CALLS_A_MINUTE: i64 = 400;

/// A project in which runs begin evenly.
struct Busy {
    now: Cell<i64>,
    /// Instants for which somebody waits.
    awaited: RefCell<Vec<i64>>,
    /// When the calls of the last minute came.
    came: RefCell<VecDeque<i64>>,
    calls: Cell<i64>,
    refused: Cell<i64>,
    under_way: Cell<i64>,
    most: Cell<i64>,
    /// Questions about a time that ends before this instant are refused.
    forbidden_before: Cell<i64>,
}

impl Busy {
    fn new() -> Self {
        Self {
            now: Cell::new(NOW),
            awaited: RefCell::default(),
            came: RefCell::default(),
            calls: Cell::new(0),
            refused: Cell::new(0),
            under_way: Cell::new(0),
            most: Cell::new(0),
            forbidden_before: Cell::new(0),
        }
    }

    /// Waits for a while, in the time of the clock.
    async fn wait(&self, ms: i64) {
        let until = self.now.get() + ms;
        poll_fn(|_| {
            if self.now.get() >= until {
                return Poll::Ready(());
            }
            self.awaited.borrow_mut().push(until);
            Poll::Pending
        })
        .await;
    }

    /// Does something; when all wait, time goes on to the next instant.
    fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return done;
            }
            let next = self.awaited.borrow_mut().drain(..).min().unwrap();
            self.now.set(next);
        }
    }

    /// Whether a call is one of those that Harness takes.
    fn admits(&self) -> bool {
        let mut came = self.came.borrow_mut();
        came.retain(|at| at + MINUTE > self.now.get());
        let admits = came.len() < usize::try_from(CALLS_A_MINUTE).unwrap();
        if admits {
            came.push_back(self.now.get());
        }
        admits
    }

    fn list(&self, range: &Value) -> Response {
        let (from, to) = (range["startTime"].as_i64().unwrap(), range["endTime"].as_i64().unwrap());
        if to < self.forbidden_before.get() {
            return answer(
                403,
                &json!({ "status": "ERROR", "code": "NG_ACCESS_DENIED", "message": "no" }),
            );
        }
        let newest = (to.min(NOW) - (NOW - BACK)).div_euclid(EVERY).min(RUNS - 1);
        let content: Vec<_> = (0..PAGE)
            .map(|back| newest - back)
            .filter(|number| *number >= 0)
            .map(|number| (number, NOW - BACK + number * EVERY))
            .filter(|(_, begun)| *begun >= from)
            .map(|(number, begun)| {
                json!({
                    "planExecutionId": number.to_string(), "pipelineIdentifier": "shop_cd", "status": "Success",
                    "startTs": begun, "createdAt": begun, "endTs": begun + 1,
                })
            })
            .collect();
        answer(200, &json!({ "status": "SUCCESS", "data": { "content": content } }))
    }
}

impl Transport for &Busy {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let Some(Body { bytes, .. }) = &request.body else {
            return Err(TransportError::Timeout);
        };
        let filter: Value = serde_json::from_slice(bytes).unwrap();
        if !self.admits() {
            self.refused.set(self.refused.get() + 1);
            return Ok(answer(429, &json!({})));
        }
        self.calls.set(self.calls.get() + 1);
        self.under_way.set(self.under_way.get() + 1);
        self.most.set(self.most.get().max(self.under_way.get()));
        self.wait(ANSWER).await;
        self.under_way.set(self.under_way.get() - 1);
        Ok(self.list(&filter["timeRange"]))
    }

    async fn sleep(&self, ms: u32) {
        self.wait(i64::from(ms)).await;
    }

    fn now_ms(&self) -> i64 {
        self.now.get()
    }
}

fn answer(status: u16, body: &Value) -> Response {
    Response {
        status,
        body: serde_json::to_vec(body).unwrap(),
        content_type: None,
    }
}

fn backend(busy: &Busy) -> HarnessCd<&Busy> {
    product("https://harness.company.com", busy)
}

async fn turn(product: &HarnessCd<&Busy>, state: &str) -> Value {
    let question = SyncQuestion {
        scope: scope(),
        pipelines: Vec::new(),
        state: state.to_owned(),
        back_ms: BACK,
        hints: SyncHints::default(),
        untold: Vec::new(),
    };
    let told = product.sync(&question, HistoryOptions::default()).await;
    serde_json::from_str(&told.unwrap()).unwrap()
}

/// Fills a record, while at some pages the backend is killed that fills it: how long that takes beside the floor.
fn fill(busy: &Busy, kills: &[usize]) -> f64 {
    let mut kills = kills.iter().peekable();
    let (mut product, mut state, mut known) = (backend(busy), String::new(), BTreeSet::new());
    loop {
        let told = busy.run(turn(&product, &state));
        if kills.next_if(|at| known.len() >= **at * 100).is_some() {
            // What it had asked is lost, and the other one has spent nothing.
            product = backend(busy);
            busy.run(busy.wait(LEASE));
            continue;
        }
        if told["kind"] == "learnt" {
            state = told["state"].as_str().unwrap().to_owned();
            let listed = told["changes"]["listed"].as_array().unwrap();
            known.extend(listed.iter().map(|id| id.as_str().unwrap().to_owned()));
            busy.run(busy.wait(STORING));
        }
        if told["progress"]["isWhole"] == true {
            break;
        }
        if told["kind"] != "learnt" {
            busy.run(busy.wait(SECOND));
        }
    }
    assert_eq!(known.len(), usize::try_from(RUNS).unwrap());
    #[expect(clippy::cast_precision_loss, reason = "some minutes")]
    let times = (busy.now.get() - NOW) as f64 / (RUNS / PAGE * MINUTE / CALLS_A_MINUTE) as f64;
    times
}

#[test]
fn a_long_record_takes_hardly_longer_than_harness_allows() {
    let busy = Busy::new();
    let times = fill(&busy, &[]);
    assert!(times <= 1.1, "{times} of the floor, {} calls", busy.calls.get());
    assert_eq!(busy.refused.get(), 0);
}

#[test]
fn what_was_not_asked_while_a_backend_was_gone_is_made_up_for() {
    // One in each quarter of a minute: 65 s in which nobody asks, half of the floor.
    let kills: Vec<_> = (0..10).map(|kill| 45 + 90 * kill).collect();
    let busy = Busy::new();
    let times = fill(&busy, &kills);
    assert!(times <= 1.3, "{times} of the floor, {} calls", busy.calls.get());
}

#[test]
fn a_long_record_is_asked_for_in_several_places_at_once() {
    let busy = Busy::new();
    let product = backend(&busy);
    let first = busy.run(turn(&product, ""));
    assert_eq!((first["kind"].as_str(), busy.most.get()), (Some("learnt"), 1));
    let second = busy.run(turn(&product, first["state"].as_str().unwrap()));
    assert_eq!(busy.most.get(), 6);
    let changes = &second["changes"];
    assert_eq!(changes["whole"].as_array().unwrap().len(), 6);
    assert_eq!(changes["listed"].as_array().unwrap().len(), 600);
}

#[test]
fn of_a_turn_that_fails_in_one_place_everything_is_asked_for_again() {
    let busy = Busy::new();
    let product = backend(&busy);
    let first = busy.run(turn(&product, ""));
    busy.forbidden_before.set(NOW - 5 * DAY);
    let failed = busy.run(turn(&product, first["state"].as_str().unwrap()));
    assert_eq!(failed["kind"], "failed");
    assert_eq!(failed["failure"]["code"], "FORBIDDEN");
    assert_eq!(failed["progress"]["knownFrom"], first["progress"]["knownFrom"]);
}
