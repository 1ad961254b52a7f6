//! Simulated time.

use serde::{Deserialize, Serialize};

/// Turns the wall clock into simulated time: `now = anchor + (wall - wall at anchor) × speed`.
///
/// Changing the speed or advancing moves the anchor, so that simulated time never jumps back. All times are epoch ms.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    anchor_ms: i64,
    anchor_wall_ms: i64,
    speed: f64,
    step_ms: i64,
    /// By how much it was turned ahead so far.
    advanced_ms: i64,
}

/// What a clock shows, and what it can be set to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ClockReading {
    /// Simulated time, epoch ms.
    pub(crate) now_ms: i64,
    /// Simulated ms per ms of wall time; 0 stops the clock.
    pub(crate) speed: f64,
    /// How far each request turns the clock ahead, ms.
    #[serde(default)]
    pub(crate) step_ms: i64,
}

/// What `POST /simulator/clock` takes; what is left out stays.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ClockChange {
    /// How far to jump ahead, ms; not negative.
    pub(crate) advance_ms: Option<i64>,
    /// The new speed; not negative.
    pub(crate) speed: Option<f64>,
    /// How far each request shall turn the clock ahead, ms; not negative.
    pub(crate) step_ms: Option<i64>,
    /// How many times faster than usual the work of runs goes that start from now on; more than 0.
    pub(crate) pace: Option<f64>,
}

impl ClockChange {
    /// # Errors
    /// A sentence, when a value is negative or not a number: time only goes forward.
    pub(crate) fn check(&self) -> Result<(), String> {
        for (name, ms) in [("advanceMs", self.advance_ms), ("stepMs", self.step_ms)] {
            if let Some(ms) = ms.filter(|ms| *ms < 0) {
                return Err(format!("{name} is {ms}; the clock only goes forward, give 0 or more"));
            }
        }
        if let Some(speed) = self.speed.filter(|speed| !is_speed(*speed)) {
            return Err(format!("speed is {speed}; the clock only goes forward, give 0 or more"));
        }
        match self.pace.filter(|pace| !is_pace(*pace)) {
            Some(pace) => Err(format!("pace is {pace}; give more than 0")),
            None => Ok(()),
        }
    }
}

/// Whether a clock can run at this speed.
pub(crate) fn is_speed(speed: f64) -> bool {
    speed.is_finite() && speed >= 0.0
}

/// Whether work can go at this pace.
pub(crate) fn is_pace(pace: f64) -> bool {
    pace.is_finite() && pace > 0.0
}

impl Clock {
    /// A clock that shows a reading at a wall time.
    pub(crate) fn new(reading: ClockReading, wall_ms: i64) -> Self {
        Self {
            anchor_ms: reading.now_ms,
            anchor_wall_ms: wall_ms,
            speed: reading.speed,
            step_ms: reading.step_ms,
            advanced_ms: 0,
        }
    }

    /// Simulated time at a wall time.
    pub(crate) fn now(&self, wall_ms: i64) -> i64 {
        let elapsed = wall_ms.saturating_sub(self.anchor_wall_ms).max(0);
        self.anchor_ms.saturating_add(scale(elapsed, self.speed))
    }

    /// The time that budgets go by: the wall's, with what the clock was turned ahead.
    pub(crate) fn budget_ms(&self, wall_ms: i64) -> i64 {
        wall_ms.saturating_add(self.advanced_ms)
    }

    pub(crate) fn read(&self, wall_ms: i64) -> ClockReading {
        ClockReading {
            now_ms: self.now(wall_ms),
            speed: self.speed,
            step_ms: self.step_ms,
        }
    }

    /// A request comes in: simulated time, once more ahead by a step.
    pub(crate) fn step(&mut self, wall_ms: i64) -> i64 {
        self.anchor_ms = self.anchor_ms.saturating_add(self.step_ms);
        self.now(wall_ms)
    }

    /// Shows another time, even an earlier one: a restored world goes on where it was.
    pub(crate) fn set(&mut self, reading: ClockReading, wall_ms: i64) {
        let advanced_ms = self.advanced_ms;
        *self = Self {
            advanced_ms,
            ..Self::new(reading, wall_ms)
        };
    }

    /// Applies a change that was checked.
    pub(crate) fn change(&mut self, change: ClockChange, wall_ms: i64) {
        let advance = change.advance_ms.unwrap_or(0);
        self.anchor_ms = self.now(wall_ms).saturating_add(advance);
        self.anchor_wall_ms = wall_ms;
        self.advanced_ms = self.advanced_ms.saturating_add(advance);
        self.speed = change.speed.unwrap_or(self.speed);
        self.step_ms = change.step_ms.unwrap_or(self.step_ms);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "float casts saturate, and a millisecond more or less is beyond what anybody simulates"
)]
fn scale(elapsed_ms: i64, speed: f64) -> i64 {
    (elapsed_ms as f64 * speed) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(now_ms: i64, speed: f64, step_ms: i64) -> Clock {
        let reading = ClockReading { now_ms, speed, step_ms };
        Clock::new(reading, 1_000)
    }

    fn speed(speed: f64) -> ClockChange {
        ClockChange {
            speed: Some(speed),
            ..ClockChange::default()
        }
    }

    fn advance(ms: i64) -> ClockChange {
        ClockChange {
            advance_ms: Some(ms),
            ..ClockChange::default()
        }
    }

    #[test]
    fn time_scales_jumps_and_never_goes_back() {
        let mut clock = clock(1_000, 1.0, 0);
        assert_eq!(clock.now(1_500), 1_500);
        clock.change(speed(60.0), 1_500);
        assert_eq!(clock.now(1_600), 7_500);
        clock.change(speed(0.0), 1_600);
        clock.change(advance(500), 1_600);
        assert_eq!(clock.now(9_999), 8_000);
        assert_eq!(clock.now(0), 8_000);
    }

    #[test]
    fn it_starts_anywhere_and_steps_with_requests() {
        let mut clock = clock(7, 0.0, 10);
        assert_eq!([clock.step(2_000), clock.step(3_000), clock.now(4_000)], [17, 27, 27]);
        clock.set(
            ClockReading {
                now_ms: 5,
                ..clock.read(0)
            },
            4_000,
        );
        assert_eq!(clock.now(4_000), 5);
    }

    #[test]
    fn budgets_go_by_the_wall_and_by_what_was_turned_ahead() {
        let mut clock = clock(0, 1_000.0, 0);
        assert_eq!(clock.budget_ms(2_000), 2_000);
        clock.change(advance(60_000), 2_000);
        assert_eq!(clock.budget_ms(2_000), 62_000);
    }

    #[test]
    fn what_no_clock_can_do_is_refused() {
        let stepping = |ms| ClockChange {
            step_ms: Some(ms),
            ..ClockChange::default()
        };
        let pace = |pace| ClockChange {
            pace: Some(pace),
            ..ClockChange::default()
        };
        for (change, part) in [
            (advance(-1), "advanceMs is -1"),
            (stepping(-1), "stepMs is -1"),
            (speed(-1.0), "speed is -1"),
            (speed(f64::NAN), "speed is NaN"),
            (pace(0.0), "pace is 0"),
        ] {
            assert!(change.check().unwrap_err().contains(part), "{part}");
        }
        assert_eq!(speed(0.0).check(), Ok(()));
    }
}
