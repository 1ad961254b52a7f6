//! How many calls came, by minute and key, and which of them the simulator could not answer.

use std::collections::BTreeMap;

use serde_json::{Value, json};

const MINUTE_MS: i64 = 60_000;
/// How many minutes of each key, and how many paths, are remembered.
const MOST: usize = 1_000;

/// What a call came to, as far as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Answered,
    /// Beyond a limit.
    Refused,
    /// Harness answers it, the simulator does not.
    NotSimulated,
    /// Harness is not known to answer it.
    UnknownPath,
}

#[derive(Clone, Copy, Debug, Default)]
struct Calls {
    answered: u64,
    refused: u64,
}

/// A method and a path.
type Address = (String, String);

/// The counts so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traffic {
    calls: BTreeMap<(i64, Option<String>), Calls>,
    not_simulated: BTreeMap<Address, u64>,
    unknown_paths: BTreeMap<Address, u64>,
}

impl Traffic {
    /// Counts a call at a time of the budget's clock.
    pub(crate) fn count(&mut self, method: &str, path: &str, key: Option<&str>, kind: Kind, budget_ms: i64) {
        let minute = budget_ms.div_euclid(MINUTE_MS) * MINUTE_MS;
        let calls = self.calls.entry((minute, key.map(str::to_owned))).or_default();
        match kind {
            Kind::Refused => calls.refused += 1,
            Kind::Answered | Kind::NotSimulated | Kind::UnknownPath => calls.answered += 1,
        }
        if self.calls.len() > MOST {
            self.calls.pop_first();
        }
        let paths = match kind {
            Kind::NotSimulated => &mut self.not_simulated,
            Kind::UnknownPath => &mut self.unknown_paths,
            Kind::Answered | Kind::Refused => return,
        };
        let address = (method.to_owned(), path.to_owned());
        if paths.len() < MOST || paths.contains_key(&address) {
            *paths.entry(address).or_default() += 1;
        }
    }

    /// `[{minute, key, answered, refused}]`; the minute by its first ms.
    pub(crate) fn calls(&self) -> Value {
        let calls = self.calls.iter().map(|((minute, key), calls)| {
            json!({ "minute": minute, "key": key, "answered": calls.answered, "refused": calls.refused })
        });
        calls.collect()
    }

    /// `[{method, path, count}]`.
    pub(crate) fn not_simulated(&self) -> Value {
        counted(&self.not_simulated)
    }

    /// `[{method, path, count}]`.
    pub(crate) fn unknown_paths(&self) -> Value {
        counted(&self.unknown_paths)
    }
}

fn counted(paths: &BTreeMap<Address, u64>) -> Value {
    paths
        .iter()
        .map(|((method, path), count)| json!({ "method": method, "path": path, "count": count }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_minute_and_key() {
        let mut traffic = Traffic::default();
        for (key, kind, at) in [
            (Some("a"), Kind::Answered, 0),
            (Some("a"), Kind::Refused, 59_999),
            (None, Kind::UnknownPath, 60_000),
            (None, Kind::NotSimulated, 60_000),
            (None, Kind::NotSimulated, 60_000),
        ] {
            traffic.count("GET", "/x", key, kind, at);
        }
        let expected = json!([
            { "minute": 0, "key": "a", "answered": 1, "refused": 1 },
            { "minute": 60_000, "key": null, "answered": 3, "refused": 0 },
        ]);
        assert_eq!(traffic.calls(), expected);
        assert_eq!(
            traffic.not_simulated(),
            json!([{ "method": "GET", "path": "/x", "count": 2 }])
        );
        assert_eq!(
            traffic.unknown_paths(),
            json!([{ "method": "GET", "path": "/x", "count": 1 }])
        );
    }

    #[test]
    fn counts_are_bounded() {
        let mut traffic = Traffic::default();
        for number in 0..2_000_i64 {
            traffic.count(
                "GET",
                &format!("/{number}"),
                None,
                Kind::UnknownPath,
                number * MINUTE_MS,
            );
        }
        assert_eq!((traffic.calls.len(), traffic.unknown_paths.len()), (MOST, MOST));
    }
}
