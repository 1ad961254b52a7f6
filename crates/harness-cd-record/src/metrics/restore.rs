//! From a deployment that failed to what mended it.

use std::collections::BTreeMap;

use super::deployments::{Outcome, Whole};
use crate::moments::has_rolled_back;
use crate::place::ByPlace;

/// An environment of a service that a deployment broke.
pub(super) struct Outage<'a> {
    pub(super) service: &'a str,
    pub(super) environment: &'a str,
    /// The end of the first deployment that failed, epoch ms.
    pub(super) from: i64,
    /// The end of what mended it; nothing while nothing has.
    pub(super) until: Option<i64>,
}

/// What happens to an environment. The order is that of what happens at the same instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Failed,
    Mended,
}

/// All outages, by service and environment, in order. What has no time is left out.
pub(super) fn outages<'a>(wholes: &[Whole<'a>], places: &ByPlace<'a>) -> Vec<Outage<'a>> {
    let mut events: BTreeMap<(&str, &str), Vec<(i64, Event)>> = BTreeMap::new();
    let mut note = |service: &'a str, environment: &'a str, at: Option<i64>, event| {
        let of_environment = events.entry((service, environment)).or_default();
        of_environment.extend(at.map(|at| (at, event)));
    };
    for whole in wholes {
        let Whole {
            service,
            environment,
            settled,
            ..
        } = *whole;
        match whole.outcome {
            Outcome::Succeeded => note(service, environment, settled, Event::Mended),
            Outcome::Failed => {
                note(service, environment, settled, Event::Failed);
                let undone = whole.rows.iter().filter(|row| row.is_undone);
                if let Some(row) = undone.max_by_key(|row| row.run_ended_at) {
                    note(service, environment, settled.max(row.run_ended_at), Event::Mended);
                }
            }
            Outcome::UnderWay | Outcome::Stopped => {}
        }
    }
    for (place, rows) in &places.places {
        for row in rows.iter().filter(|row| has_rolled_back(row)) {
            note(place.service, place.environment, row.settled_at(), Event::Mended);
        }
    }
    let mut outages = Vec::new();
    for ((service, environment), mut events) in events {
        events.sort_unstable();
        let mut from = None;
        for (at, event) in events {
            match (event, from) {
                (Event::Failed, None) => from = Some(at),
                (Event::Mended, Some(since)) => {
                    outages.push(Outage {
                        service,
                        environment,
                        from: since,
                        until: Some(at),
                    });
                    from = None;
                }
                _ => {}
            }
        }
        outages.extend(from.map(|from| Outage {
            service,
            environment,
            from,
            until: None,
        }));
    }
    outages
}
