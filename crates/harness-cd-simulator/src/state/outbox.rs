//! Outbound notifications on their way.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A notification that is to be posted. Source: harness-api §7, §12.21 [HUB, CORE]: one JSON body per address,
/// with the headers that its rule names, unsigned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    /// Where to.
    pub url: String,
    /// Headers of the rule.
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    pub body: Value,
    /// When it is due, simulated time in epoch ms.
    pub at: i64,
}

/// What waits until it is due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outbox(Vec<Outgoing>);

impl Outbox {
    pub(crate) fn push(&mut self, outgoing: Outgoing) {
        self.0.push(outgoing);
    }

    /// What is due, by time and then in the order in which it came.
    pub(crate) fn take_due(&mut self, now: i64) -> Vec<Outgoing> {
        let mut due: Vec<Outgoing> = self.0.extract_if(.., |outgoing| outgoing.at <= now).collect();
        due.sort_by_key(|outgoing| outgoing.at);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_leaves_in_its_order() {
        let mut outbox = Outbox::default();
        for (url, at) in [("c", 3), ("b", 2), ("a", 1), ("b2", 2)] {
            outbox.push(Outgoing {
                url: url.to_owned(),
                headers: Vec::new(),
                body: Value::Null,
                at,
            });
        }
        let due = |outbox: &mut Outbox, now| outbox.take_due(now).into_iter().map(|due| due.url).collect::<Vec<_>>();
        assert_eq!(due(&mut outbox, 2), ["a", "b", "b2"]);
        assert_eq!(due(&mut outbox, 2), Vec::<String>::new());
        assert_eq!(due(&mut outbox, 3), ["c"]);
    }
}
