//! The state machine: a request and the time go in, an answer comes out.

use crate::api::pages;
use crate::api::route;
use crate::api::triggers::schedule::start_due;
use crate::api::webhooks::processing::process_due;
use crate::control;
use crate::launch::advance::advance;
use crate::setup::Setup;
use crate::state::clock::{Clock, ClockReading};
use crate::state::modes::{Limits as LimitsMode, LongAddress, RateLimited};
use crate::state::outbox::Outgoing;
use crate::state::random::Random;
use crate::state::traffic::{Kind, Traffic};
use crate::state::truth::Posted;
use crate::wire::armed::Faults;
use crate::wire::limits::Limits;
use crate::wire::message::{Answer, Request};
use crate::wire::refusal::Refusal;
use crate::wire::request_log::{Fate, RequestLog};
use crate::wire::respond::{Failure, Outcome, Style};
use crate::world::World;

/// A small Harness. A pure state machine: a request and the time go in, an answer comes out.
pub struct Simulator {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) traffic: Traffic,
    limits: Limits,
    /// Of its own, so that reading changes no id that is made later.
    correlation_ids: Random,
}

/// A request on its way through.
struct Passage<'a> {
    request: &'a Request,
    key: Option<&'a str>,
    /// Simulated time, epoch ms.
    now: i64,
    correlation_id: String,
    style: Style,
}

impl Simulator {
    /// Reads the entities and seeds their history.
    ///
    /// # Errors
    /// One sentence per entity file that cannot be read.
    pub fn new(setup: Setup, wall_ms: i64) -> Result<Self, Vec<String>> {
        let now_ms = setup.start_at.unwrap_or(wall_ms);
        let reading = ClockReading {
            now_ms,
            speed: setup.speed,
            step_ms: 0,
        };
        let correlation_ids = Random::new(!setup.seed);
        Ok(Self {
            world: setup.world(now_ms)?,
            clock: Clock::new(reading, wall_ms),
            faults: Faults::default(),
            log: RequestLog::default(),
            traffic: Traffic::default(),
            limits: Limits::default(),
            correlation_ids,
        })
    }

    /// Tells the simulator where it is reached, for the links it hands out.
    pub fn set_base_url(&mut self, base_url: &str) {
        base_url.clone_into(&mut self.world.base_url);
    }

    /// Answers a request at a wall time (epoch ms): limits first, then faults that refuse, then the request itself, then
    /// faults that spoil its answer.
    pub fn handle(&mut self, request: &Request, wall_ms: i64) -> Answer {
        let correlation_id = self.correlation_ids.uuid();
        if request.path.starts_with("/simulator/") {
            return answer(
                control::control(self, request, wall_ms),
                &correlation_id,
                Style::Classic,
            );
        }
        let key = request.fingerprint();
        let passage = Passage {
            request,
            key: key.as_deref(),
            now: self.clock.step(wall_ms),
            correlation_id,
            style: route::style(&request.path),
        };
        let budget_ms = self.clock.budget_ms(wall_ms);
        let (answer, kind, refused_by) = match self.admit(&passage, budget_ms) {
            Ok(()) => {
                let (answer, kind) = self.answer_with_faults(&passage);
                (answer, kind, None)
            }
            Err((limit, refusal)) => (passage.refused(refusal), Kind::Refused, Some(limit)),
        };
        self.traffic
            .count(&request.method, &request.path, passage.key, kind, budget_ms);
        let fate = Fate {
            status: answer.status,
            refused_by,
        };
        let now = passage.now;
        self.log.record(request, key, &fate, now);
        answer
    }

    /// What refuses a request before anything looks at it.
    ///
    /// Source: harness-api §0.7 [RL]: the limits; §12.22: a 429 is a refusal before the application. run-inputs §11,
    /// §14.11 [weak]: the limit of the address.
    fn admit(&mut self, passage: &Passage<'_>, budget_ms: i64) -> Result<(), (&'static str, Refusal)> {
        let modes = &self.world.modes;
        if modes.long_address == LongAddress::Refused && passage.request.address_length() > MOST_ADDRESS {
            return Err(("8 KB of address", Refusal::Page(414)));
        }
        if modes.limits == LimitsMode::Off {
            return Ok(());
        }
        let refusal = match modes.rate_limited {
            RateLimited::Page => Refusal::Page(429),
            RateLimited::Json => Refusal::Json(429),
        };
        let admitted = self.limits.admit(passage.request, passage.key, budget_ms);
        admitted.map_err(|limit| (limit, refusal))
    }

    fn answer_with_faults(&mut self, passage: &Passage<'_>) -> (Answer, Kind) {
        let Some(harm) = self.faults.strike(passage.request) else {
            return self.answer_honestly(passage);
        };
        if let Some(refusal) = harm.refusal() {
            return (harm.deliver(passage.refused(refusal)), Kind::Answered);
        }
        let (honest, kind) = self.answer_honestly(passage);
        let answer = harm.instead().map_or(honest, |refusal| passage.refused(refusal));
        (harm.deliver(answer), kind)
    }

    fn answer_honestly(&mut self, passage: &Passage<'_>) -> (Answer, Kind) {
        let outcome = match pages::is_page(&passage.request.path) {
            true => Ok(pages::page()),
            false => {
                go_on(&mut self.world, passage.now);
                route::dispatch(&mut self.world, passage.request, passage.now)
            }
        };
        let kind = kind(&outcome);
        (answer(outcome, &passage.correlation_id, passage.style), kind)
    }

    /// Lets happen what happens without a request. The server calls this every few ms.
    pub fn tick(&mut self, wall_ms: i64) {
        let now = self.clock.now(wall_ms);
        go_on(&mut self.world, now);
    }

    /// The notifications that are due; who takes them posts them.
    pub fn take_outgoing(&mut self, wall_ms: i64) -> Vec<Outgoing> {
        self.world.outbox.take_due(self.clock.now(wall_ms))
    }

    /// Tells what became of a notification: the status that it got, or why it got none.
    pub fn posted(&mut self, outgoing: &Outgoing, result: Result<u16, String>, wall_ms: i64) {
        self.world.truth.posted(Posted {
            url: outgoing.url.clone(),
            at: self.clock.now(wall_ms),
            status: result.as_ref().ok().copied(),
            problem: result.err(),
        });
    }
}

/// Lets everything happen until `now` that happens without a request: events, schedules, what runs do.
pub(crate) fn go_on(world: &mut World, now: i64) {
    process_due(world, now);
    let until = start_due(world, now);
    advance(world, until);
}

/// Source: run-inputs §11, §14.11 [weak]: about 8 KB.
const MOST_ADDRESS: usize = 8 * 1024;

impl Passage<'_> {
    fn refused(&self, refusal: Refusal) -> Answer {
        refusal.answer(&self.correlation_id, self.style)
    }
}

fn kind(outcome: &Outcome) -> Kind {
    match outcome {
        Err(failure) if failure.status() == 501 => Kind::NotSimulated,
        Err(failure) if is_unknown_path(failure) => Kind::UnknownPath,
        _ => Kind::Answered,
    }
}

/// Source: harness-api §12.20 [CORE]: an unknown path, or a known one with another method.
fn is_unknown_path(failure: &Failure) -> bool {
    matches!(failure.status(), 400 | 405) && failure.code() == "RESOURCE_NOT_FOUND_EXCEPTION"
}

fn answer(outcome: Outcome, correlation_id: &str, style: Style) -> Answer {
    match outcome {
        Ok(reply) => reply.answer(correlation_id),
        Err(failure) => failure.answer(correlation_id, style),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::state::modes::Modes;
    use crate::state::scope::Scope;
    use crate::state::world_file::WorldFile;

    fn simulator() -> Simulator {
        let setup = Setup {
            files: Vec::new(),
            scope: Scope::project("acme", "default", "platform"),
            world: WorldFile::of(Setup::accounts("acme", "key")),
            scenarios: Vec::new(),
            seed: 7,
            start_at: Some(1_000),
            speed: 2.0,
            pace: 1.0,
            modes: Modes::default(),
            history: 0,
        };
        Simulator::new(setup, 50).unwrap()
    }

    #[test]
    fn reading_changes_no_id_that_is_made_later() {
        let (mut read, mut unread) = (simulator(), simulator());
        for path in ["/ng/api/nothing", "/simulator/clock", "/ng/home"] {
            let request = Request {
                method: "GET".to_owned(),
                path: path.to_owned(),
                ..Request::default()
            };
            read.handle(&request, 60);
        }
        assert_eq!(read.world.random.id(), unread.world.random.id());
    }

    /// harness-api §7, §12.21
    #[test]
    fn a_notification_leaves_when_it_is_due_and_the_truth_tells_its_fate() {
        let mut simulator = simulator();
        simulator.world.outbox.push(Outgoing {
            url: "http://127.0.0.1:1/hook".to_owned(),
            headers: Vec::new(),
            body: Value::Null,
            at: 1_100,
        });
        assert_eq!(simulator.take_outgoing(99), []);
        let due = simulator.take_outgoing(100);
        assert_eq!(due.len(), 1);
        for outgoing in &due {
            simulator.posted(outgoing, Ok(204), 110);
        }
        let told = simulator.world.truth.posts.front().unwrap();
        assert_eq!((told.at, told.status, &told.problem), (1_120, Some(204), &None));
    }
}
