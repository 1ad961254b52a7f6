//! The armed faults, and which request each of them hits next.

use super::faults::{Fault, Harm};
use super::message::Request;

/// One armed fault.
#[derive(Clone)]
struct Armed {
    fault: Fault,
    harm: Harm,
    /// How many fitting requests it has seen.
    seen: u32,
    /// How many it still hits; as many as come without a number.
    left: Option<u32>,
    /// The state of the draw.
    drawn: u64,
}

impl Armed {
    /// Whether it hits a fitting request.
    fn strikes(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        let Some(beyond) = self.seen.checked_sub(self.fault.after).filter(|beyond| *beyond > 0) else {
            return false;
        };
        let is_turn = self.fault.every.is_none_or(|every| beyond % every == 0);
        is_turn
            && self
                .fault
                .probability
                .is_none_or(|probability| self.draw() < probability)
    }

    /// A number from 0 to below 1, by the generator of Knuth's MMIX.
    fn draw(&mut self) -> f64 {
        self.drawn = self
            .drawn
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = u32::try_from(self.drawn >> 32).unwrap_or(u32::MAX);
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// Counts a hit; whether there are more to come.
    fn goes_on(&mut self) -> bool {
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.left != Some(0)
    }
}

/// The armed faults, in the order in which they were armed.
#[derive(Clone, Default)]
pub(crate) struct Faults(Vec<Armed>);

impl Faults {
    /// Arms a fault.
    ///
    /// # Errors
    /// A sentence, where the fault says nothing or what cannot be.
    pub(crate) fn arm(&mut self, fault: Fault) -> Result<(), String> {
        self.0.push(Armed {
            harm: fault.harm()?,
            seen: 0,
            left: Some(fault.times.unwrap_or(1)).filter(|times| *times > 0),
            drawn: fault.seed,
            fault,
        });
        Ok(())
    }

    /// Disarms all of them.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What goes wrong with a request: the first fault that hits it counts, and later ones do not see it.
    pub(crate) fn strike(&mut self, request: &Request) -> Option<Harm> {
        let position = self
            .0
            .iter_mut()
            .position(|armed| armed.fault.fits(request) && armed.strikes())?;
        let armed = self.0.get_mut(position)?;
        let harm = armed.harm;
        if !armed.goes_on() {
            self.0.remove(position);
        }
        Some(harm)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn armed(fault: Value) -> Faults {
        let mut faults = Faults::default();
        faults.arm(serde_json::from_value(fault).unwrap()).unwrap();
        faults
    }

    /// Which of so many requests are hit, counted from 1.
    fn hits(faults: &mut Faults, requests: usize) -> Vec<usize> {
        (1..=requests)
            .filter(|_| faults.strike(&Request::default()).is_some())
            .collect()
    }

    #[test]
    fn a_fault_chooses_its_turn() {
        for (fault, expected) in [
            (json!({ "kind": "slow" }), vec![1]),
            (json!({ "kind": "slow", "times": 2 }), vec![1, 2]),
            (json!({ "kind": "slow", "times": 0 }), vec![1, 2, 3, 4, 5, 6, 7]),
            (json!({ "kind": "slow", "times": 0, "every": 3 }), vec![3, 6]),
            (json!({ "kind": "slow", "times": 0, "after": 5 }), vec![6, 7]),
            (json!({ "kind": "slow", "times": 1, "after": 1, "every": 2 }), vec![3]),
            (json!({ "kind": "slow", "times": 0, "probability": 0.0 }), vec![]),
            (
                json!({ "kind": "slow", "times": 0, "probability": 1.0, "every": 4 }),
                vec![4],
            ),
        ] {
            assert_eq!(hits(&mut armed(fault.clone()), 7), expected, "{fault}");
        }
    }

    #[test]
    fn a_probability_draws_by_its_seed() {
        let drawn = |seed: u64| {
            let fault = json!({ "status": 503, "times": 0, "probability": 0.3, "seed": seed });
            hits(&mut armed(fault), 1_000)
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        assert!((200..400).contains(&drawn(7).len()), "{}", drawn(7).len());
    }

    #[test]
    fn a_fault_chooses_its_requests() {
        let request = Request {
            method: "POST".to_owned(),
            path: "/pipeline/api/pipeline/execute/shop_cd".to_owned(),
            query: "branch=main&page=0".to_owned(),
            headers: vec![("x-api-key".to_owned(), "key-a".to_owned())],
            body: b"value: v1".to_vec(),
            ..Request::default()
        };
        for (field, fitting, other) in [
            ("method", "post", "GET"),
            ("path", "/execute/", "/list"),
            ("query", "branch=main", "branch=dev"),
            ("bodyContains", "v1", "v2"),
            ("key", "key-a", "key-b"),
            ("key", &super::super::message::fingerprint("key-a"), "key"),
        ] {
            let struck = |value: &str| {
                armed(json!({ "kind": "slow", field: value }))
                    .strike(&request)
                    .is_some()
            };
            assert!(struck(fitting) && !struck(other), "{field}");
        }
    }

    #[test]
    fn the_next_fault_takes_what_the_first_leaves() {
        let mut faults = armed(json!({ "status": 502, "after": 1 }));
        faults
            .arm(serde_json::from_value(json!({ "status": 504 })).unwrap())
            .unwrap();
        let statuses = [(); 3].map(|()| faults.strike(&Request::default()).and_then(|harm| harm.refusal()));
        let json = |status| Some(super::super::refusal::Refusal::Json(status));
        assert_eq!(statuses, [json(504), json(502), None]);
    }

    #[test]
    fn a_fault_that_cannot_be_is_refused() {
        for (fault, part) in [
            (json!({}), "a fault needs"),
            (json!({ "stage": "afterAccept" }), "a fault needs"),
            (json!({ "status": 101 }), "status is 101"),
            (json!({ "status": 304 }), "status is 304"),
            (json!({ "kind": "slow", "probability": 1.5 }), "probability is 1.5"),
            (json!({ "kind": "slow", "every": 0 }), "every is 0"),
            (json!({ "kind": "slow", "page": "html" }), "a page needs a status"),
        ] {
            let problem = Faults::default()
                .arm(serde_json::from_value(fault).unwrap())
                .unwrap_err();
            assert!(problem.contains(part), "{problem}");
        }
    }
}
