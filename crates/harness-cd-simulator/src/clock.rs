use serde::{Deserialize, Serialize};

/// Turns the wall clock into simulated time: `now = anchor + (wall - wall at anchor) × speed`.
///
/// Changing the speed or advancing moves the anchor, so that simulated time never jumps back. All times are epoch ms.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    anchor_ms: i64,
    anchor_wall_ms: i64,
    speed: f64,
}

/// What `GET /simulator/clock` answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClockReading {
    /// Simulated time, epoch ms.
    pub(crate) now_ms: i64,
    /// Simulated ms per ms of wall time; 0 stops the clock.
    pub(crate) speed: f64,
}

/// What `POST /simulator/clock` takes; both may be given.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ClockChange {
    /// How far to jump ahead, ms; not negative.
    pub(crate) advance_ms: Option<i64>,
    /// The new speed; not negative.
    pub(crate) speed: Option<f64>,
}

impl Clock {
    /// A clock that shows the wall's time now and runs at `speed` from here on.
    pub(crate) fn new(wall_ms: i64, speed: f64) -> Self {
        Self {
            anchor_ms: wall_ms,
            anchor_wall_ms: wall_ms,
            speed,
        }
    }

    /// Simulated time at a wall time.
    pub(crate) fn now(&self, wall_ms: i64) -> i64 {
        let elapsed = wall_ms.saturating_sub(self.anchor_wall_ms).max(0);
        self.anchor_ms.saturating_add(scale(elapsed, self.speed))
    }

    /// The time and the speed.
    pub(crate) fn read(&self, wall_ms: i64) -> ClockReading {
        ClockReading {
            now_ms: self.now(wall_ms),
            speed: self.speed,
        }
    }

    /// Applies a change.
    ///
    /// # Errors
    /// A sentence, when a value is negative or not a number: time only goes forward.
    pub(crate) fn change(&mut self, change: ClockChange, wall_ms: i64) -> Result<(), String> {
        let advance = change.advance_ms.unwrap_or(0);
        let speed = change.speed.unwrap_or(self.speed);
        if advance < 0 {
            return Err(format!(
                "advanceMs is {advance}; the clock only goes forward, give 0 or more"
            ));
        }
        if !speed.is_finite() || speed < 0.0 {
            return Err(format!("speed is {speed}; the clock only goes forward, give 0 or more"));
        }
        self.anchor_ms = self.now(wall_ms).saturating_add(advance);
        self.anchor_wall_ms = wall_ms;
        self.speed = speed;
        Ok(())
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

    #[test]
    fn time_scales_jumps_and_never_goes_back() {
        let mut clock = Clock::new(1_000, 1.0);
        assert_eq!(clock.now(1_500), 1_500);
        let faster = ClockChange {
            speed: Some(60.0),
            ..ClockChange::default()
        };
        clock.change(faster, 1_500).unwrap();
        assert_eq!(clock.now(1_600), 7_500);
        let stopped = ClockChange {
            advance_ms: Some(500),
            speed: Some(0.0),
        };
        clock.change(stopped, 1_600).unwrap();
        assert_eq!(clock.now(9_999), 8_000);
        assert_eq!(clock.now(0), 8_000);
        let back = ClockChange {
            advance_ms: Some(-1),
            ..ClockChange::default()
        };
        assert!(clock.change(back, 1_600).unwrap_err().contains("forward"));
    }
}
