//! Following a run whose reads fail: which failures pass, and how many of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::cell::{Cell, RefCell};

use harness_cd::client::{FailureCode, HarnessFailure, Request, Response, Transport, TransportError};
use pollster::block_on;
use serde_json::json;
use support::{product, scope};

/// Answers each look by the statuses given, and by the last of them from then on.
struct Looks {
    statuses: Vec<u16>,
    asked: Cell<usize>,
    slept: RefCell<Vec<u32>>,
    now: Cell<i64>,
}

impl Looks {
    fn new(statuses: &[u16]) -> Self {
        Self {
            statuses: statuses.to_vec(),
            asked: Cell::new(0),
            slept: RefCell::default(),
            now: Cell::new(0),
        }
    }
}

impl Transport for &Looks {
    async fn send(&self, _request: &Request) -> Result<Response, TransportError> {
        let at = self.asked.replace(self.asked.get() + 1);
        let last = self.statuses.last().copied().unwrap_or_default();
        let look = self.statuses.get(at).copied().unwrap_or(last);
        // 200 is a run at work, 201 one that has ended.
        let status = if look == 200 { "Running" } else { "Success" };
        let summary = json!({ "planExecutionId": "e", "pipelineIdentifier": "p", "status": status });
        let body = match look {
            200 | 201 => json!({ "status": "SUCCESS", "data": { "pipelineExecutionSummary": summary } }),
            _ => json!({ "status": "ERROR", "message": "not now" }),
        };
        Ok(Response {
            status: look,
            body: body.to_string().into_bytes(),
            content_type: None,
        })
    }

    async fn sleep(&self, ms: u32) {
        self.slept.borrow_mut().push(ms);
        self.now.set(self.now.get() + i64::from(ms));
    }

    fn now_ms(&self) -> i64 {
        self.now.get()
    }
}

/// What following comes to: how often it was told something, and how it ended.
fn follow(looks: &Looks) -> (usize, Result<&'static str, FailureCode>) {
    let harness = product("https://app.harness.io", looks);
    let mut told = 0;
    let ended = block_on(harness.follow(&scope(), "e", |_| {
        told += 1;
        Ok::<_, HarnessFailure>(())
    }));
    (told, ended.map(|_| "ended").map_err(|failure| failure.code))
}

/// So many looks that fail, each with its status; none of these statuses is asked again by the read itself.
fn after(status: u16, times: usize, then: &[u16]) -> Looks {
    let mut statuses = vec![status; times];
    statuses.extend(then);
    Looks::new(&statuses)
}

#[test]
fn a_run_is_looked_at_until_it_has_ended() {
    let looks = Looks::new(&[200, 200, 201]);
    assert_eq!(follow(&looks), (3, Ok("ended")));
    assert_eq!(*looks.slept.borrow(), [3_000, 3_000]);
}

#[test]
fn a_run_that_is_not_visible_yet_is_waited_for_half_a_minute() {
    for status in [400, 404] {
        assert_eq!(follow(&after(status, 10, &[200, 201])), (2, Ok("ended")), "{status}");
    }
    let looks = after(404, 11, &[201]);
    assert_eq!(follow(&looks), (0, Err(FailureCode::NotFound)));
    assert_eq!(looks.slept.borrow().iter().sum::<u32>(), 30_000);
}

#[test]
fn a_run_that_was_seen_is_no_more_invisible() {
    for (status, code) in [(404, FailureCode::NotFound), (400, FailureCode::InvalidRequest)] {
        assert_eq!(follow(&after(200, 1, &[status, 201])), (1, Err(code)));
    }
}

#[test]
fn a_failure_that_passes_is_lived_through_and_counted_anew_after_each_look() {
    // 408 is a timeout that Harness tells: it passes, and the read itself does not repeat it.
    let mut statuses = vec![200];
    for _ in 0..2 {
        statuses.extend([408; 10]);
        statuses.push(200);
    }
    statuses.push(201);
    assert_eq!(follow(&Looks::new(&statuses)), (4, Ok("ended")));
    assert_eq!(
        follow(&after(200, 1, &[408; 11])),
        (1, Err(FailureCode::Timeout)),
        "not for ever"
    );
}

#[test]
fn a_failure_that_stays_ends_it_at_once() {
    let looks = Looks::new(&[401]);
    assert_eq!(follow(&looks), (0, Err(FailureCode::Unauthorized)));
    assert_eq!(looks.asked.get(), 1);
}
