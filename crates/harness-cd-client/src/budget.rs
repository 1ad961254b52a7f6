//! One budget for everything that goes out by one key, and a pause where Harness has had enough or does not answer.

use std::collections::VecDeque;

use crate::transport::{Response, TransportError};
use crate::{FailureCode, HarnessFailure};

/// Source: harness-api §0.7 [RL]: 400 calls in any minute by one key.
const A_MINUTE: usize = 400;
/// What is sent in a minute may arrive in less.
const MINUTE_MS: i64 = 61_000;
/// What is left in the bucket keeps a minute from being used up at once; it fills as fast as the record may be kept.
const BUCKET: f64 = 100.0;
const A_MS: f64 = 382.0 / 60_000.0;

/// So many calls in a row without an answer of Harness mean that there is nobody; one read repeats itself three times.
const SILENT: u32 = 8;
const FIRST_PAUSE_MS: i64 = 2_000;
const LONGEST_PAUSE_MS: i64 = 60_000;

/// Who waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Whether something was started is not known.
    Searching,
    /// A person, who has just asked for something to happen.
    Interactive,
    /// A page that shows how far something is, and asks again anyway.
    Following,
    /// The record of what ran, for which nobody waits.
    Recording,
}

/// Whether a call may go out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Admission {
    /// At once.
    Now,
    /// It is asked again after so many ms.
    Later(u32),
    /// Not for the time being.
    Refused(HarnessFailure),
}

/// Why nothing goes out for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pause {
    /// Harness had too many calls.
    Limited,
    /// Harness did not answer.
    Silent,
}

impl Urgency {
    /// What this leaves in the bucket for those before it. Who keeps the record asks of what nobody else needs, and may
    /// make up for the seconds in which nobody did, because a backend was gone.
    fn leaves(self) -> f64 {
        match self {
            Self::Searching => 0.0,
            Self::Interactive => 5.0,
            Self::Following => 25.0,
            Self::Recording => 60.0,
        }
    }

    /// How many calls of a minute this leaves to those before it.
    fn leaves_of_minute(self) -> usize {
        match self {
            Self::Searching => 0,
            Self::Interactive => 2,
            Self::Following => 6,
            Self::Recording => 12,
        }
    }
}

/// What has been spent and learnt. Time is epoch ms.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    left: f64,
    counted_at: i64,
    /// When calls of the last minute went out, the oldest first.
    sent: VecDeque<i64>,
    unanswered: u32,
    /// How many pauses came one after the other.
    pauses: u32,
    pause: Option<(Pause, i64)>,
}

impl Budget {
    pub(crate) fn full() -> Self {
        Self {
            left: BUCKET,
            counted_at: i64::MIN,
            sent: VecDeque::new(),
            unanswered: 0,
            pauses: 0,
            pause: None,
        }
    }

    /// Asks for one call, and spends it where it may go out.
    pub(crate) fn admit(&mut self, urgency: Urgency, now_ms: i64) -> Admission {
        self.refill(now_ms);
        match self.pause {
            Some((Pause::Limited, until)) if now_ms < until => return Admission::Later(ms(until - now_ms)),
            Some((Pause::Silent, until)) if now_ms < until => return Admission::Refused(silent(until - now_ms)),
            // One call tries whether Harness is back; the others wait for what becomes of it.
            Some((Pause::Silent, _)) => self.pause = Some((Pause::Silent, now_ms.saturating_add(FIRST_PAUSE_MS))),
            _ => self.pause = None,
        }
        let wait = self.wait_for_bucket(urgency).max(self.wait_for_minute(urgency, now_ms));
        if wait > 0 {
            return Admission::Later(ms(wait));
        }
        self.left -= 1.0;
        self.sent.push_back(now_ms);
        Admission::Now
    }

    /// How long it takes until there is enough in the bucket, ms.
    fn wait_for_bucket(&self, urgency: Urgency) -> i64 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most the time in which a bucket fills"
        )]
        let wait = ((1.0 + urgency.leaves() - self.left) / A_MS).ceil() as i64;
        wait
    }

    /// How long it takes until so many calls are no longer of the last minute that this may be one of it, ms.
    fn wait_for_minute(&self, urgency: Urgency, now_ms: i64) -> i64 {
        let most = A_MINUTE - urgency.leaves_of_minute();
        let too_many = (self.sent.len() + 1).saturating_sub(most);
        let last = too_many.checked_sub(1).and_then(|index| self.sent.get(index));
        last.map_or(0, |at| at.saturating_add(MINUTE_MS).saturating_sub(now_ms))
    }

    /// Learns from what became of a call.
    pub(crate) fn learn(&mut self, outcome: &Result<Response, TransportError>, now_ms: i64) {
        let status = outcome.as_ref().ok().map(|response| response.status);
        match status {
            Some(429) => {
                self.left = 0.0;
                self.unanswered = 0;
                self.rest(Pause::Limited, now_ms);
            }
            None | Some(502..=504) => {
                self.unanswered = self.unanswered.saturating_add(1);
                if self.unanswered >= SILENT {
                    self.rest(Pause::Silent, now_ms);
                }
            }
            Some(_) => {
                (self.unanswered, self.pauses, self.pause) = (0, 0, None);
            }
        }
    }

    fn rest(&mut self, why: Pause, now_ms: i64) {
        let pause = FIRST_PAUSE_MS
            .checked_shl(self.pauses)
            .map_or(LONGEST_PAUSE_MS, |ms| ms.clamp(FIRST_PAUSE_MS, LONGEST_PAUSE_MS));
        self.pauses = self.pauses.saturating_add(1).min(16);
        self.pause = Some((why, now_ms.saturating_add(pause)));
    }

    fn refill(&mut self, now_ms: i64) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "beyond a few minutes the bucket is full anyway"
        )]
        let passed = now_ms.saturating_sub(self.counted_at).max(0) as f64;
        self.left = (self.left + passed * A_MS).min(BUCKET);
        self.counted_at = now_ms;
        // A clock that went back says nothing of what is later than now.
        self.sent
            .retain(|at| *at <= now_ms && at.saturating_add(MINUTE_MS) > now_ms);
    }
}

fn ms(ms: i64) -> u32 {
    u32::try_from(ms.max(1)).unwrap_or(u32::MAX)
}

fn silent(ms: i64) -> HarnessFailure {
    let seconds = ms.div_euclid(1_000) + 1;
    let message = format!("Harness has not answered several times in a row; it is asked again in {seconds} s");
    HarnessFailure::new(FailureCode::Unavailable, message)
}

/// A call that would have to wait for longer than its caller does.
pub(crate) fn used_up() -> HarnessFailure {
    HarnessFailure::new(
        FailureCode::RateLimited,
        "the calls that Harness allows for this API key in a minute are used up; try again in a minute",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(status: u16) -> Result<Response, TransportError> {
        Ok(Response {
            status,
            ..Response::default()
        })
    }

    fn admitted(budget: &mut Budget, urgency: Urgency, now_ms: i64) -> usize {
        (0..1_000)
            .take_while(|_| budget.admit(urgency, now_ms) == Admission::Now)
            .count()
    }

    #[test]
    fn no_minute_has_more_calls_than_harness_allows() {
        let mut budget = Budget::full();
        let mut sent = Vec::new();
        for second in 0..300_i64 {
            sent.push(admitted(&mut budget, Urgency::Searching, second * 1_000));
        }
        let busiest = sent.windows(60).map(|minute| minute.iter().sum::<usize>()).max();
        assert_eq!(busiest, Some(400));
        assert!(sent.iter().sum::<usize>() > 5 * 360);
    }

    #[test]
    fn a_record_is_kept_by_nearly_all_that_harness_allows() {
        let mut budget = Budget::full();
        let sent: Vec<_> = (0..6_000_i64)
            .map(|tenth| admitted(&mut budget, Urgency::Recording, tenth * 100))
            .collect();
        let minutes: Vec<usize> = sent.chunks(600).map(|minute| minute.iter().sum()).collect();
        assert!(minutes.iter().all(|minute| (376..=388).contains(minute)), "{minutes:?}");
        let busiest = sent.windows(10).map(|second| second.iter().sum::<usize>()).max();
        assert!(busiest < Some(48), "{busiest:?}");
        // Who asks now gets an answer at once, and the record waits.
        assert!(admitted(&mut budget, Urgency::Interactive, 600_000) >= 10);
        assert_ne!(budget.admit(Urgency::Recording, 601_000), Admission::Now);
        assert!(admitted(&mut budget, Urgency::Interactive, 601_000) >= 4);
    }

    #[test]
    fn who_only_follows_leaves_something_for_people() {
        let mut budget = Budget::full();
        assert_eq!(admitted(&mut budget, Urgency::Following, 0), 75);
        assert_eq!(budget.admit(Urgency::Following, 0), Admission::Later(158));
        assert_eq!(admitted(&mut budget, Urgency::Interactive, 0), 20);
        assert_eq!(budget.admit(Urgency::Interactive, 0), Admission::Later(158));
        assert_eq!(budget.admit(Urgency::Interactive, 158), Admission::Now);
        assert_ne!(budget.admit(Urgency::Following, 3_400), Admission::Now);
        assert_eq!(budget.admit(Urgency::Following, 3_500), Admission::Now);
    }

    #[test]
    fn what_keeps_a_record_leaves_something_for_pages() {
        let mut budget = Budget::full();
        assert_eq!(admitted(&mut budget, Urgency::Recording, 0), 40);
        assert_eq!(admitted(&mut budget, Urgency::Following, 0), 35);
        assert_ne!(budget.admit(Urgency::Recording, 5_000), Admission::Now);
        assert_eq!(budget.admit(Urgency::Following, 5_000), Admission::Now);
    }

    #[test]
    fn a_search_for_a_lost_run_goes_before_whatever_else_wants_to_go_out() {
        let mut budget = Budget::full();
        assert_eq!(admitted(&mut budget, Urgency::Interactive, 0), 95);
        assert_eq!(admitted(&mut budget, Urgency::Searching, 0), 5);
        assert_eq!(budget.admit(Urgency::Searching, 0), Admission::Later(158));
        for now in (158..2_000).step_by(158) {
            assert_ne!(budget.admit(Urgency::Interactive, now), Admission::Now, "{now}");
            assert_ne!(budget.admit(Urgency::Following, now), Admission::Now, "{now}");
            assert_eq!(budget.admit(Urgency::Searching, now), Admission::Now, "{now}");
        }
    }

    #[test]
    fn after_a_429_nothing_goes_out_for_a_while_and_longer_each_time() {
        let mut budget = Budget::full();
        let mut now = 0;
        for pause in [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
            budget.learn(&status(429), now);
            assert_eq!(
                budget.admit(Urgency::Interactive, now),
                Admission::Later(u32::try_from(pause).unwrap())
            );
            assert_ne!(budget.admit(Urgency::Interactive, now + pause - 1), Admission::Now);
            now += pause;
            assert_eq!(budget.admit(Urgency::Interactive, now), Admission::Now);
        }
        budget.learn(&status(200), now);
        budget.learn(&status(429), now);
        assert_eq!(budget.admit(Urgency::Interactive, now), Admission::Later(2_000));
    }

    #[test]
    fn who_never_answers_is_asked_by_one_call_at_a_time() {
        let mut budget = Budget::full();
        let lost = || Err(TransportError::Timeout);
        for attempt in 0..SILENT {
            assert_eq!(budget.admit(Urgency::Following, 0), Admission::Now, "{attempt}");
            budget.learn(&if attempt % 2 == 0 { lost() } else { status(503) }, 0);
        }
        let Admission::Refused(error) = budget.admit(Urgency::Interactive, 0) else {
            panic!("it goes out");
        };
        assert_eq!(error.code, FailureCode::Unavailable);
        assert!(error.message.contains("in 3 s"), "{}", error.message);
        let Admission::Refused(error) = budget.admit(Urgency::Interactive, 1_500) else {
            panic!("it goes out");
        };
        assert!(error.message.contains("in 1 s"), "{}", error.message);
        assert_eq!(budget.admit(Urgency::Following, 2_000), Admission::Now);
        assert!(matches!(
            budget.admit(Urgency::Interactive, 2_001),
            Admission::Refused(_)
        ));
        budget.learn(&lost(), 2_002);
        assert!(matches!(
            budget.admit(Urgency::Interactive, 6_001),
            Admission::Refused(_)
        ));
        assert_eq!(budget.admit(Urgency::Interactive, 6_002), Admission::Now);
        budget.learn(&status(500), 6_003);
        assert_eq!(admitted(&mut budget, Urgency::Searching, 6_004), 99);
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_and_takes_nothing() {
        let mut budget = Budget::full();
        assert_eq!(admitted(&mut budget, Urgency::Searching, 1_000_000), 100);
        assert_eq!(admitted(&mut budget, Urgency::Searching, 0), 0);
        assert_eq!(admitted(&mut budget, Urgency::Searching, 1_000), 6);
    }
}
