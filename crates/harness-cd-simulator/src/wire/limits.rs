//! How many calls Harness takes: what comes beyond is refused before anything is carried out.
//!
//! The time that counts is the wall's, since a budget protects a server from the load that is really there, however fast
//! simulated time goes. Turning the clock ahead lets that much time pass here as well, so that a test need not wait.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use super::message::Request;

const SECOND_MS: i64 = 1_000;

/// Source: harness-api §0.7 [RL]: any call, by the client's address.
const BY_ADDRESS: Limit = Limit::new("5000 in 10 s by address", 5_000, 10 * SECOND_MS);
/// Source: harness-api §0.7 [RL]: API calls, by key. What the limit of calls from outside refuses still counts here.
const BY_KEY: Limit = Limit::new("1000 a minute by key", 1_000, 60 * SECOND_MS);
/// Source: harness-api §0.7 [RL]: calls from outside of Harness, by `x-api-key`.
const FROM_OUTSIDE: Limit = Limit::new("400 a minute by key", 400, 60 * SECOND_MS);
/// Source: harness-api §0.7, §9 [RL]: requests of more than 500,000 characters. By whom is open: by key.
const LONG_BODIES: Limit = Limit::new("1 long body in 10 s by key", 1, 10 * SECOND_MS);
const LONG_BODY: usize = 500_000;

/// How many keys and addresses are remembered before those that have become silent are forgotten.
const REMEMBERED: usize = 1_000;

/// So many calls in so much time.
#[derive(Clone, Copy, Debug)]
struct Limit {
    name: &'static str,
    most: usize,
    span_ms: i64,
}

impl Limit {
    const fn new(name: &'static str, most: usize, span_ms: i64) -> Self {
        Self { name, most, span_ms }
    }
}

/// When the calls were let through that still count. That a refused call does not count is invented.
#[derive(Debug, Default)]
struct Window(VecDeque<i64>);

impl Window {
    /// Counts a call, or names the limit that it is beyond.
    fn admit(&mut self, limit: &Limit, now: i64) -> Result<(), &'static str> {
        while self.0.front().is_some_and(|at| at.saturating_add(limit.span_ms) <= now) {
            self.0.pop_front();
        }
        if self.0.len() >= limit.most {
            return Err(limit.name);
        }
        self.0.push_back(now);
        Ok(())
    }

    fn is_silent(&self, now: i64) -> bool {
        self.0.back().is_none_or(|at| at.saturating_add(BY_KEY.span_ms) <= now)
    }
}

#[derive(Debug, Default)]
struct KeyWindows {
    all: Window,
    from_outside: Window,
    long_bodies: Window,
}

/// The calls that count at present.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    addresses: HashMap<Option<IpAddr>, Window>,
    keys: HashMap<String, KeyWindows>,
}

impl Limits {
    /// Counts a call of a key's fingerprint.
    ///
    /// # Errors
    /// The name of the limit that the call is beyond. The outer limits count what they let through to the inner ones.
    pub(crate) fn admit(&mut self, request: &Request, key: Option<&str>, now: i64) -> Result<(), &'static str> {
        self.forget_silent(now);
        self.addresses
            .entry(request.peer)
            .or_default()
            .admit(&BY_ADDRESS, now)?;
        let Some(key) = key else {
            return Ok(());
        };
        if !self.keys.contains_key(key) {
            self.keys.insert(key.to_owned(), KeyWindows::default());
        }
        let Some(windows) = self.keys.get_mut(key) else {
            return Ok(());
        };
        windows.all.admit(&BY_KEY, now)?;
        windows.from_outside.admit(&FROM_OUTSIDE, now)?;
        if request.body.len() > LONG_BODY && request.body_characters() > LONG_BODY {
            windows.long_bodies.admit(&LONG_BODIES, now)?;
        }
        Ok(())
    }

    fn forget_silent(&mut self, now: i64) {
        if self.keys.len() > REMEMBERED {
            self.keys.retain(|_, windows| !windows.all.is_silent(now));
        }
        if self.addresses.len() > REMEMBERED {
            self.addresses.retain(|_, window| !window.is_silent(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(limits: &mut Limits, key: Option<&str>, calls: usize, now: i64) -> usize {
        (0..calls)
            .filter(|_| limits.admit(&Request::default(), key, now).is_ok())
            .count()
    }

    /// harness-api §0.7: 400 a minute and key; the minute slides.
    #[test]
    fn a_key_has_a_budget_of_its_own_that_comes_back_after_a_minute() {
        let mut limits = Limits::default();
        assert_eq!(admitted(&mut limits, Some("a"), 300, 0), 300);
        assert_eq!(admitted(&mut limits, Some("a"), 300, 30_000), 100);
        assert_eq!(admitted(&mut limits, Some("b"), 300, 30_000), 300);
        assert_eq!(admitted(&mut limits, Some("a"), 1, 59_999), 0);
        assert_eq!(admitted(&mut limits, Some("a"), 400, 60_000), 300);
    }

    /// harness-api §0.7: 1,000 a minute and key count what the 400 refuse, 5,000 in 10 s count by address.
    #[test]
    fn the_outer_limits_count_what_the_inner_ones_refuse() {
        let mut limits = Limits::default();
        let request = Request::default();
        let refused: Vec<_> = (0..1_200)
            .filter_map(|_| limits.admit(&request, Some("a"), 0).err())
            .collect();
        assert_eq!(refused.iter().filter(|name| **name == FROM_OUTSIDE.name).count(), 600);
        assert_eq!(refused.iter().filter(|name| **name == BY_KEY.name).count(), 200);
        assert_eq!(admitted(&mut limits, None, 5_000, 9_999), 3_800);
        assert_eq!(limits.admit(&request, None, 9_999), Err(BY_ADDRESS.name));
        assert_eq!(admitted(&mut limits, None, 5_000, 10_000), 1_200);
    }

    /// harness-api §0.7: characters count, not bytes.
    #[test]
    fn a_long_body_passes_once_in_ten_seconds() {
        let mut limits = Limits::default();
        let of = |text: &str| Request {
            body: text.repeat(LONG_BODY).into_bytes(),
            ..Request::default()
        };
        let (short, mut long) = (of("ä"), of("a"));
        long.body.push(b'a');
        for (request, now, expected) in [
            (&short, 0, Ok(())),
            (&short, 0, Ok(())),
            (&long, 0, Ok(())),
            (&long, 9_999, Err(LONG_BODIES.name)),
            (&short, 9_999, Ok(())),
            (&long, 10_000, Ok(())),
        ] {
            assert_eq!(limits.admit(request, Some("a"), now), expected, "{now}");
        }
    }

    #[test]
    fn silent_keys_are_forgotten() {
        let mut limits = Limits::default();
        for number in 0..=REMEMBERED {
            let _ = limits.admit(&Request::default(), Some(&number.to_string()), 0);
        }
        let _ = limits.admit(&Request::default(), Some("late"), 60_000);
        assert_eq!(limits.keys.len(), 1);
    }
}
